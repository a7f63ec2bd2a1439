//! The cases: those that somebody must look at, with their logs, and a table of all.

use maud::{Markup, html};

use super::{badge, time};
use crate::report::Source;
use crate::report::logs::Log;
use crate::report::markdown::is_bad;
use crate::verdict::Verdict;
use crate::view::{CaseView, View, seconds};
use crate::words::Word;

/// Failures first, then what passed only in the end, then known issues.
pub(super) fn failures(source: &Source) -> Markup {
    let cases = &source.view.cases;
    let groups: [(&str, &str, Vec<&CaseView>); 3] = [
        ("failures", "Failures", cases.iter().filter(|case| is_bad(case)).collect()),
        ("flaky", "Passed, but not at once", cases.iter().filter(|case| case.is_flaky()).collect()),
        ("known", "Known issues", cases.iter().filter(|case| case.verdict() == Some(Verdict::XFail)).collect()),
    ];
    html! {
        @for (anchor, title, cases) in groups {
            @if !cases.is_empty() {
                section id=(anchor) {
                    h2 { (title) " (" (cases.len()) ")" }
                    @for case in cases { (card(source, case)) }
                }
            }
        }
    }
}

fn card(source: &Source, case: &CaseView) -> Markup {
    html! {
        article.case {
            div.line {
                (badge(case.verdict()))
                h3 { (case.case.name) }
                span.quiet { @if !case.case.dies.is_empty() { (dies(case)) } @if case.seconds() > 0.0 { " · " (time(case.seconds())) } }
            }
            @for (index, attempt) in case.attempts.iter().enumerate() {
                div.attempt {
                    @if case.attempts.len() > 1 || attempt.outcome.is_none() {
                        p.quiet {
                            "attempt " (attempt.number) " " (badge(attempt.outcome.as_ref().map(|end| end.verdict)))
                            @match &attempt.outcome {
                                Some(end) => { " " (time(seconds(end))) }
                                None => " the run ended before it did",
                            }
                        }
                    }
                    @if let Some(end) = &attempt.outcome {
                        dl.why {
                            @if !end.reason.is_empty() { dt { "why" } dd { pre.reason { (end.reason) } } }
                            @if let Some(known) = &end.known { dt { "known" } dd { (known) } }
                            @if let Some(logs) = &end.logs { dt { "logs" } dd { code { (logs) } } }
                            @if let Some(again) = &end.again { dt { "again" } dd { code { (again) } } }
                        }
                        @let last = index + 1 == case.attempts.len();
                        @for log in source.logs.of(&case.case.name, attempt.number) { (self::log(log, last && log.name.ends_with("stderr"))) }
                    }
                }
            }
        }
    }
}

fn log(log: &Log, open: bool) -> Markup {
    html! {
        details.log open[open] {
            summary { (log.name) @if log.omitted > 0 { span.quiet { " (" (log.omitted) " bytes before)" } } }
            pre { (visible(&log.text)) }
        }
    }
}

/// Text without control characters: colours of a terminal are only noise here.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' if letters.peek() == Some(&'[') => {
                letters.next();
                while letters.next_if(|letter| !('@'..='~').contains(letter)).is_some() {}
                letters.next();
            }
            '\n' | '\t' => shown.push(letter),
            letter if letter.is_control() => {}
            letter => shown.push(letter),
        }
    }
    shown
}

fn dies(case: &CaseView) -> String {
    let dies: Vec<_> = case.case.dies.iter().map(u32::to_string).collect();
    format!("die {}", dies.join(" → "))
}

/// The table of all cases.
pub(super) fn all(view: &View) -> Markup {
    html! {
        @if !view.cases.is_empty() {
            section #cases {
                details {
                    summary { h2 { "All cases (" (view.cases.len()) ")" } }
                    div.scroll {
                        table {
                            thead { tr { th { "" } th { "case" } th { "placement" } th { "dies" } th.n { "attempts" } th.n { "took" } th { "reason" } } }
                            tbody {
                                @for case in &view.cases {
                                    tr {
                                        td { (badge(case.verdict())) }
                                        td { code { (case.case.program) "::" (case.case.test) } }
                                        td.tight { (case.case.placement.word()) }
                                        td.tight { (dies(case).trim_start_matches("die ")) }
                                        td.n { (case.attempts.len()) }
                                        td.n { (time(case.seconds())) }
                                        td.short { (case.last().and_then(|end| end.reason.lines().next()).unwrap_or_default()) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_a_terminal_are_taken_out() {
        assert_eq!(visible("\u{1b}[1;31mred\u{1b}[0m\tand\u{7}\n\u{1b}["), "red\tand\n");
    }
}
