//! What is said about a failure, and at the end of a run.

use std::collections::BTreeMap;
use std::path::Path;

use super::tally::Tally;
use crate::event::{CaseEnd, Finding, Phase};
use crate::verdict::Verdict;

/// Reasons for skips that are told one by one.
const REASONS: usize = 3;

/// A failure, cause first.
#[must_use]
pub fn failure(end: &CaseEnd, dies: &[u32], folder: &Path) -> String {
    let dies: Vec<String> = dies.iter().map(u32::to_string).collect();
    let place = if dies.is_empty() { String::new() } else { format!("   die {}", dies.join("→")) };
    let mut text = format!(
        " ✘ {}  {}{place}   attempt {}   {:.2}s\n   why     {}\n",
        end.verdict.word(),
        end.case,
        end.attempt,
        end.seconds,
        end.reason
    );
    if let Some(known) = &end.known {
        text.push_str(&format!("   known   {known}\n"));
    }
    if let Some(logs) = &end.logs {
        text.push_str(&format!("   logs    {}/\n", folder.join(logs).display()));
    }
    if let Some(again) = &end.again {
        text.push_str(&format!("   again   {again}\n"));
    }
    text
}

/// A finding of preflight: no knowledge of Rust is needed to act on it.
#[must_use]
pub fn finding(finding: &Finding, mark: &str) -> String {
    let mut text = format!(" {mark} {}  {}\n", finding.code, finding.title);
    for (name, part) in [("", &finding.detail), ("fix: ", &finding.fix), ("effect: ", &finding.effect)] {
        if !part.is_empty() {
            text.push_str(&format!("        {name}{part}\n"));
        }
    }
    text
}

/// The end of a run.
#[must_use]
pub fn text(tally: &Tally, folder: Option<&Path>, exit: u8) -> String {
    let mut text = String::new();
    if !tally.last.is_empty() {
        text.push_str(&format!(
            " {} in {}: {}\n",
            cases(tally.last.len()),
            time(tally.seconds()),
            counts(tally).join(" · ")
        ));
    }
    for (phase, ok, summary, _) in &tally.phases {
        if *phase == Phase::PostCheck || !ok && *phase != Phase::Matrix {
            text.push_str(&format!(" {summary}\n"));
        }
    }
    let simulated = if tally.is_simulated() { "   SIMULATOR: nothing was run on an NPU" } else { "" };
    let report = folder.map(|folder| format!(" report  {}/   ", folder.display())).unwrap_or_else(|| " ".to_owned());
    text.push_str(&format!("{report}exit {exit}{simulated}\n"));
    text
}

fn counts(tally: &Tally) -> Vec<String> {
    let mut parts = vec![format!("{} pass", tally.count(|verdict| verdict == Verdict::Pass))];
    let mut part = |word: &str, wanted: Verdict, details: String| match tally.count(|verdict| verdict == wanted) {
        0 => {}
        count if details.is_empty() => parts.push(format!("{count} {word}")),
        count => parts.push(format!("{count} {word} ({details})")),
    };
    part("FAIL", Verdict::Fail, String::new());
    part("HANG", Verdict::Hang, String::new());
    part("LEAK", Verdict::Leak, String::new());
    part("XPASS", Verdict::XPass, issues(tally, Verdict::XPass));
    part("HANG(D-state)", Verdict::HangInDriver, String::new());
    part("INFRA", Verdict::Infra, String::new());
    part("xfail", Verdict::XFail, issues(tally, Verdict::XFail));
    part("skip", Verdict::Skip, reasons(tally));
    if tally.flaky > 0 {
        parts.push(format!("{} flaky", tally.flaky));
    }
    if let Some(first) = tally.recovered.first() {
        parts.push(format!("{} infra ({}, retried ok)", tally.recovered.len(), first.reason));
    }
    parts
}

fn issues(tally: &Tally, verdict: Verdict) -> String {
    let with = tally.last.values().filter(|end| end.verdict == verdict);
    let issues: std::collections::BTreeSet<&str> = with.filter_map(|end| end.known.as_deref()).collect();
    issues.into_iter().collect::<Vec<_>>().join(", ")
}

fn reasons(tally: &Tally) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for end in tally.last.values().filter(|end| end.verdict == Verdict::Skip) {
        *counts.entry(&end.reason).or_default() += 1;
    }
    let mut told: Vec<_> = counts.into_iter().collect();
    told.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = told.len().saturating_sub(REASONS);
    let mut texts: Vec<String> = match told.as_slice() {
        [(reason, _)] => vec![(*reason).to_owned()],
        several => several.iter().take(REASONS).map(|(reason, count)| format!("{count}: {reason}")).collect(),
    };
    if more > 0 {
        texts.push(format!("{more} more reasons"));
    }
    texts.join("; ")
}

fn cases(count: usize) -> String {
    format!("{count} case{}", if count == 1 { "" } else { "s" })
}

/// A time for people.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time for people")]
pub fn time(seconds: f64) -> String {
    match seconds {
        ..60.0 => format!("{seconds:.1}s"),
        _ => format!("{}m{:02}s", seconds as u64 / 60, seconds as u64 % 60),
    }
}
