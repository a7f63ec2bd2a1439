//! Puts the results of several runs side by side: node × SoC × driver × CANN.

use std::path::{Path, PathBuf};
use std::time::Duration;

use quick_junit::Report;
use serde::Serialize;

use super::markdown::{cell, is_bad};
use super::tally::Tally;
use super::{Error, Format, Options, Source, junit, page, summary, write_each};
use crate::exit::Exit;
use crate::view::View;

/// What tells a run from the others.
#[derive(Debug, Serialize)]
pub(super) struct Column {
    pub(super) run: String,
    pub(super) node: String,
    pub(super) soc: String,
    pub(super) driver: String,
    pub(super) cann: String,
}

impl Column {
    fn of(view: &View, folder: &Path) -> Self {
        let version = |names: &[&str]| names.iter().find_map(|name| view.version(name)).unwrap_or("?").to_owned();
        let soc = view.dies.first().map(|die| die.soc.clone()).filter(|soc| !soc.is_empty());
        let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self {
            run: if view.run.run.is_empty() { name } else { view.run.run.clone() },
            node: version(&["node", "host", "hostname"]),
            soc: soc.unwrap_or_else(|| version(&["soc"])),
            driver: version(&["driver"]),
            cann: version(&["cann"]),
        }
    }
}

/// Writes into `out` a report on the runs in `folders`, one column each. There is no trace of several runs: their clocks have
/// nothing to do with each other.
///
/// # Errors
///
/// If a journal cannot be read, or no file can be written. What can be read is reported first.
pub fn merge(folders: &[PathBuf], out: &Path, options: &Options) -> Result<Vec<PathBuf>, Error> {
    let redactor = options.redactor().map_err(|error| Error::one(out, error))?;
    std::fs::create_dir_all(out).map_err(|error| Error::one(out, error))?;
    let mut failed = Vec::new();
    let mut columns: Vec<(Column, Source)> = Vec::new();
    for folder in folders {
        match Source::open(folder, &redactor) {
            Ok(source) => columns.push((Column::of(&source.view, folder), source)),
            Err(error) => failed.extend(error.failed),
        }
    }
    let formats: Vec<Format> = options.formats.iter().copied().filter(|format| *format != Format::Perfetto).collect();
    let result = write_each(out, &formats, |format| match format {
        Format::Json => json(&columns),
        Format::Junit => xml(&columns),
        Format::Html => Ok(page::merged(&columns)),
        Format::Md | Format::Perfetto => Ok(markdown(&columns)),
    });
    match result {
        Ok(written) if failed.is_empty() => Ok(written),
        Ok(written) => Err(Error { written, failed }),
        Err(mut error) => {
            error.failed.append(&mut failed);
            Err(error)
        }
    }
}

/// The exit code for all of them: a run that did not end is the environment's fault.
fn exit(columns: &[(Column, Source)]) -> u8 {
    const ALL: [Exit; 5] = [Exit::Failed, Exit::Dirty, Exit::Infra, Exit::OutOfTime, Exit::CannotRun];
    let codes: Vec<u8> = columns.iter().map(|(_, source)| source.view.exit.unwrap_or(Exit::Infra.code())).collect();
    let known: Vec<Exit> = ALL.into_iter().filter(|exit| codes.contains(&exit.code())).collect();
    match Exit::worst(&known) {
        // A code that has no place in that order, such as "busy", is still not a success.
        Exit::Ok => codes.into_iter().max().unwrap_or(0),
        worst => worst.code(),
    }
}

#[derive(Serialize)]
struct Merged<'a> {
    schema: &'static str,
    exit: u8,
    /// Whether every run was on hardware.
    hardware: bool,
    totals: Tally,
    columns: Vec<ColumnOut<'a>>,
    runs: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct ColumnOut<'a> {
    #[serde(flatten)]
    column: &'a Column,
    backend: &'a str,
    exit: Option<u8>,
    totals: Tally,
}

fn json(columns: &[(Column, Source)]) -> std::io::Result<String> {
    let mut merged = Merged {
        schema: "hw-test-merge/1",
        exit: exit(columns),
        hardware: columns.iter().all(|(_, source)| source.view.is_hardware()),
        totals: Tally::of(columns.iter().flat_map(|(_, source)| &source.view.cases)),
        columns: Vec::new(),
        runs: Vec::new(),
    };
    for (column, source) in columns {
        let (view, totals) = (&source.view, Tally::of(&source.view.cases));
        merged.columns.push(ColumnOut { column, backend: &view.run.backend, exit: view.exit, totals });
        merged.runs.push(serde_json::from_str(&summary::text(source)?)?);
    }
    let mut text = serde_json::to_string_pretty(&merged)?;
    text.push('\n');
    Ok(text)
}

fn xml(columns: &[(Column, Source)]) -> std::io::Result<String> {
    let mut report = Report::new("hw-test");
    report.set_time(columns.iter().map(|(_, source)| Duration::from_nanos(source.view.end)).sum());
    for (column, source) in columns {
        // The run tells them apart even if two are of the same node.
        report.add_test_suites(junit::suites(source, &format!("@{}#{}", column.node, column.run)));
    }
    report.to_string().map_err(std::io::Error::other)
}

fn markdown(columns: &[(Column, Source)]) -> String {
    let mut text = format!("## hw-test: {} runs, exit {}\n\n", columns.len(), exit(columns));
    text.push_str("| run | backend | node | SoC | driver | CANN | cases | pass | fail | environment | exit |\n");
    text.push_str("|---|---|---|---|---|---|--:|--:|--:|--:|--:|\n");
    for (column, source) in columns {
        let tally = Tally::of(&source.view.cases);
        let exit = source.view.exit.map_or("–".to_owned(), |exit| exit.to_string());
        let label = source.view.label();
        let words =
            [&column.run, &label, &column.node, &column.soc, &column.driver, &column.cann].map(|word| cell(word));
        let (failures, errors) = (tally.failures(), tally.errors());
        text.push_str(&format!(
            "| {} | {} | {} | {failures} | {errors} | {exit} |\n",
            words.join(" | "),
            tally.cases,
            tally.pass
        ));
    }
    text.push_str("\n### Failures\n\n");
    let mut shown = 0;
    for (column, source) in columns {
        for case in source.view.cases.iter().filter(|case| is_bad(case)) {
            shown += 1;
            if shown <= 50 {
                let word = case.verdict().map_or("UNFINISHED", |verdict| verdict.word());
                let reason = case.last().and_then(|end| end.reason.lines().next()).unwrap_or_default();
                text.push_str(&format!(
                    "* {word} {} on {}: {}\n",
                    cell(&case.case.name),
                    cell(&column.run),
                    cell(reason)
                ));
            }
        }
    }
    match shown {
        0 => text.push_str("None.\n"),
        51.. => text.push_str(&format!("* and {} more\n", shown - 50)),
        _ => {}
    }
    text
}
