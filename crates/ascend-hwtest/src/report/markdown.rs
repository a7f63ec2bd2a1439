//! `summary.md`: what matters of a run, for the summary of a GitHub step.

use std::fmt::Write as _;

use super::Source;
use super::summary::{by_placement, in_seconds};
use super::tally::{Spread, Tally, dirt};
use crate::view::{CaseView, View};
use crate::words::Word;

/// Cases that are told in full.
const FAILURES: usize = 25;
/// Bytes of a reason.
const REASON: usize = 2000;

/// The file's text.
pub(super) fn text(source: &Source) -> String {
    let view = &source.view;
    let mut text = String::new();
    let _ = writeln!(text, "## {}\n", cell(&title(view)));
    if !view.is_hardware() {
        let _ = writeln!(text, "> **{}**: these results say nothing about hardware.\n", cell(&view.label()));
    }
    let _ = writeln!(text, "{}\n", sentence(view));
    totals(&mut text, view);
    findings(&mut text, view);
    failures(&mut text, view);
    measures(&mut text, view);
    let left = dirt(view);
    if !left.is_empty() {
        let _ = writeln!(text, "### Devices were left dirty\n");
        for (bus, what) in left {
            let _ = writeln!(text, "* `{}`: {}", cell(&bus), cell(&what));
        }
        text.push('\n');
    }
    text
}

/// The run in one line, backend first.
pub(super) fn title(view: &View) -> String {
    let mut parts = vec![format!("hw-test {} on {}", view.run.run, view.label())];
    for name in ["soc", "driver", "cann"] {
        parts.extend(view.version(name).map(|value| format!("{name} {value}")));
    }
    parts.join(" · ")
}

/// What happened, in one sentence.
pub(super) fn sentence(view: &View) -> String {
    let tally = Tally::of(&view.cases);
    let parts: Vec<_> = tally.parts().into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    let mut text = format!("{} cases in {:.1} s: {}", tally.cases, in_seconds(view.end), parts.join(", "));
    if tally.flaky > 0 {
        let _ = write!(text, " ({} flaky)", tally.flaky);
    }
    match view.exit {
        Some(exit) => {
            let _ = write!(text, "; exit {exit}.");
        }
        None => text.push_str("; the run did not come to its end."),
    }
    text
}

fn totals(text: &mut String, view: &View) {
    let _ = writeln!(
        text,
        "| placement | cases | pass | fail | environment | xfail | skip |\n|---|--:|--:|--:|--:|--:|--:|"
    );
    for (placement, tally) in by_placement(view) {
        let (failures, errors) = (tally.failures(), tally.errors());
        let Tally { cases, pass, xfail, skip, .. } = tally;
        let _ =
            writeln!(text, "| {} | {cases} | {pass} | {failures} | {errors} | {xfail} | {skip} |", placement.word());
    }
    text.push('\n');
}

fn findings(text: &mut String, view: &View) {
    if view.findings.is_empty() {
        return;
    }
    let _ = writeln!(text, "### Preflight\n\n| code | | finding | fix | effect |\n|---|---|---|---|---|");
    for each in &view.findings {
        let columns = [&each.title, &each.fix, &each.effect].map(|text| cell(text));
        let _ = writeln!(text, "| {} | {} | {} |", cell(&each.code), each.severity.word(), columns.join(" | "));
    }
    text.push('\n');
}

fn failures(text: &mut String, view: &View) {
    let failed: Vec<&CaseView> = view.cases.iter().filter(|case| is_bad(case)).collect();
    if failed.is_empty() {
        return;
    }
    let _ = writeln!(text, "### Failures\n");
    for case in failed.iter().take(FAILURES) {
        let word = case.verdict().map_or("UNFINISHED", |verdict| verdict.word());
        let _ = writeln!(text, "**{word}** `{}`\n", code(&case.case.name));
        if let Some(end) = case.last() {
            let reason = &end.reason[..end.reason.floor_char_boundary(REASON)];
            fenced(text, reason);
            if let Some(again) = &end.again {
                let _ = writeln!(text, "again: `{}`\n", code(again));
            }
        }
    }
    if failed.len() > FAILURES {
        let _ = writeln!(text, "and {} more, see `report.html`.\n", failed.len() - FAILURES);
    }
}

fn measures(text: &mut String, view: &View) {
    let spreads: Vec<_> =
        view.measures.iter().filter_map(|measure| Some((measure, Spread::of(&measure.samples)?))).collect();
    if spreads.is_empty() {
        return;
    }
    let _ = writeln!(text, "<details><summary>Measurements on {}</summary>\n", cell(&view.label()));
    let _ = writeln!(text, "| case | what | samples | p50 | p99 | max | |\n|---|---|--:|--:|--:|--:|---|");
    for (measure, Spread { samples, p50, p99, max, .. }) in spreads.into_iter().take(100) {
        let [case, name, unit] = [&measure.case, &measure.name, &measure.unit].map(|text| cell(text));
        let _ = writeln!(text, "| {case} | {name} | {samples} | {p50:.2} | {p99:.2} | {max:.2} | {unit} |");
    }
    let _ = writeln!(text, "\n</details>\n");
}

/// Whether somebody must look at it.
pub(super) fn is_bad(case: &CaseView) -> bool {
    case.verdict().is_none_or(|verdict| verdict.is_failure() || verdict.is_infra())
}

/// Text in a table: one line, and no markup.
pub(super) fn cell(text: &str) -> String {
    let mut cell = String::new();
    for letter in text.chars().take(400) {
        match letter {
            '\n' | '\r' | '\t' => cell.push(' '),
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '@' | '~' => {
                // As a number, so that it is markup nowhere, and `@name` calls nobody.
                let _ = write!(cell, "&#{};", letter as u32);
            }
            other => cell.push(other),
        }
    }
    cell
}

/// Text between single back-quotes.
fn code(text: &str) -> String {
    text.replace('`', "'").replace(['\n', '\r'], " ")
}

/// A block whose fence is longer than any in the text.
fn fenced(text: &mut String, block: &str) {
    let longest = block.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "{fence}text\n{block}\n{fence}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_no_markup_and_a_fence_cannot_be_closed_from_inside() {
        assert_eq!(cell("a|b\n<script>@me"), "a&#124;b &lt;script&gt;&#64;me");
        let mut text = String::new();
        fenced(&mut text, "````\nx");
        assert!(text.starts_with("`````text\n"), "{text}");
    }
}
