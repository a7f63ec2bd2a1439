//! `report.html`: the run on one page that loads nothing and runs nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Source;
use super::markdown::{is_bad, sentence, title};
use super::summary::{by_placement, in_seconds};
use super::tally::{Tally, dirt};
use crate::event::Severity;
use crate::verdict::Verdict;
use crate::view::View;
use crate::words::Word;

mod cases;
mod heat_map;
mod matrix;
mod plots;
mod timeline;

pub(super) use matrix::text as merged;

/// Nothing but the styles of the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page.
pub(super) fn text(source: &Source) -> String {
    let view = &source.view;
    let body = html! {
        (header(source))
        (totals(view))
        (problems(view))
        (findings(view))
        (heat_map::section(view))
        (cases::failures(source))
        (plots::section(view))
        (timeline::section(view))
        (states(view))
        (cases::all(view))
        (provenance(source))
    };
    document(&title(view), banner(view), &body)
}

/// A page around its body.
fn document(title: &str, banner: Option<String>, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                @if let Some(banner) = banner { div.banner role="note" { (banner) } }
                main { (body) }
            }
        }
    };
    page.into_string()
}

fn banner(view: &View) -> Option<String> {
    let label = view.label();
    (!view.is_hardware()).then(|| format!("{label} — nothing on this page was measured on Ascend hardware"))
}

/// The colour class of a verdict; `None` is a case that did not end.
fn class(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Skip) => "skip",
        Some(Verdict::XFail) => "xfail",
        Some(verdict) if verdict.is_failure() => "fail",
        _ => "infra",
    }
}

fn word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("UNFINISHED", Verdict::word)
}

fn badge(verdict: Option<Verdict>) -> Markup {
    html! { span class={ "badge " (class(verdict)) } { (word(verdict)) } }
}

/// Seconds for people.
fn time(seconds: f64) -> String {
    match seconds {
        ..0.0995 => format!("{:.1} ms", seconds * 1e3),
        ..99.95 => format!("{seconds:.2} s"),
        _ => format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), (seconds % 60.0).floor()),
    }
}

fn header(source: &Source) -> Markup {
    let view = &source.view;
    let run = &view.run;
    let shown = ["soc", "driver", "cann", "runtime", "kernel", "rustc"];
    html! {
        header.card {
            div.line {
                h1 { "Hardware test run " code { @if run.run.is_empty() { "?" } @else { (run.run) } } }
                span class=(if view.is_hardware() { "backend hw" } else { "backend sim" }) { (view.label()) }
                @match view.exit {
                    Some(0) => span.outcome.pass { "exit 0" },
                    Some(exit) => span.outcome.fail { "exit " (exit) },
                    None => span.outcome.infra { "did not end" },
                }
            }
            p.sentence { (sentence(view)) }
            nav {
                @for (anchor, title) in sections(view) { a href={ "#" (anchor) } { (title) } }
            }
            dl.facts {
                @for name in shown {
                    @if let Some(value) = view.version(name) { div { dt { (name) } dd { (value) } } }
                }
                @if !run.started.is_empty() { div { dt { "started" } dd { (run.started) } } }
                @if !run.isolation.is_empty() { div { dt { "isolation" } dd { (run.isolation) } } }
                div { dt { "seed" } dd { (format!("{:#x}", run.seed)) } }
                @if let Some(git) = &run.git { div { dt { "source" } dd { (git) } } }
            }
        }
    }
}

/// The sections that this page has.
fn sections(view: &View) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("findings", "preflight", !view.findings.is_empty()),
        ("heat-map", "topology", !view.dies.is_empty()),
        ("failures", "failures", view.cases.iter().any(is_bad)),
        ("plots", "measurements", !view.cases.is_empty()),
        ("timeline", "timeline", view.end > 0 && !view.phases.is_empty()),
        ("states", "devices", !view.states.is_empty()),
        ("cases", "all cases", !view.cases.is_empty()),
    ];
    all.into_iter().filter(|(_, _, shown)| *shown).map(|(anchor, title, _)| (anchor, title)).collect()
}

fn totals(view: &View) -> Markup {
    let tally = Tally::of(&view.cases);
    let kind = |word: &str| match word {
        "pass" | "skip" | "xfail" => word.to_owned(),
        "fail" | "hang" | "leak" | "xpass" => "fail".to_owned(),
        _ => "infra".to_owned(),
    };
    html! {
        section {
            div.tiles {
                div.tile { b { (tally.cases) } span { "cases" } }
                @for (word, count) in tally.parts() {
                    div class={ "tile " (kind(word)) } { b { (count) } span { (word) } }
                }
                @if tally.flaky > 0 { div.tile { b { (tally.flaky) } span { "flaky" } } }
            }
            @for (placement, tally) in by_placement(view) {
                div.share {
                    span.name { (placement.word()) }
                    div.bar role="img" aria-label=(format!("{} of {} passed", tally.pass, tally.cases)) {
                        @for (word, count) in tally.parts() {
                            div class=(kind(word)) style=(format!("flex:{count}")) title=(format!("{count} {word}")) {}
                        }
                    }
                    span.count { (tally.pass) "/" (tally.cases) }
                }
            }
            @if !view.phases.is_empty() {
                ol.phases {
                    @for span in &view.phases {
                        li class=(match span.ok { Some(true) => "pass", Some(false) => "fail", None => "infra" }) {
                            b { (span.phase.word()) }
                            @if let Some(end) = span.end { span.took { (time(in_seconds(end - span.begin))) } }
                            @else { span.took { "did not end" } }
                            @if !span.summary.is_empty() { span.what { (span.summary) } }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong with the record itself.
fn problems(view: &View) -> Markup {
    let mut problems = Vec::new();
    if view.exit.is_none() {
        problems.push("The run was killed or still goes on: what follows is what it wrote until then.".to_owned());
    }
    if view.torn {
        problems.push("The last line of its journal is torn.".to_owned());
    }
    if view.unread > 0 {
        problems.push(format!("Lines of its journal that make no sense: {}.", view.unread));
    }
    if view.unknown > 0 {
        problems.push(format!("Lines of its journal of kinds that only a later version knows: {}.", view.unknown));
    }
    html! {
        @if !problems.is_empty() {
            section.note { @for problem in problems { p { (problem) } } }
        }
    }
}

fn findings(view: &View) -> Markup {
    html! {
        @if !view.findings.is_empty() {
            section #findings {
                h2 { "What preflight found" }
                table.findings {
                    thead { tr { th { "code" } th { "" } th { "finding" } th { "fix" } th { "effect" } } }
                    tbody {
                        @for each in &view.findings {
                            tr {
                                td { code { (each.code) } }
                                td {
                                    @let class = match each.severity { Severity::Error => "fail", Severity::Skip => "skip", Severity::Warning => "infra" };
                                    span class={ "badge " (class) } { (each.severity.word()) }
                                }
                                td { b { (each.title) } div.detail { (each.detail) } }
                                td { (each.fix) }
                                td { (each.effect) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn states(view: &View) -> Markup {
    let dirt = dirt(view);
    let mut states: Vec<_> = view.states.iter().collect();
    states.sort_by_key(|state| &state.bus);
    html! {
        @if !view.states.is_empty() {
            section #states {
                h2 { "Devices before and after" }
                @for (bus, what) in &dirt { p.dirty { code { (bus) } ": " (what) } }
                @if dirt.is_empty() { p.lead { "No difference that matters." } }
                table {
                    thead { tr { th { "bus id" } th { "when" } th.n { "used MiB" } th { "health" } th { "processes" } } }
                    tbody {
                        @for state in states {
                            tr {
                                td { code { (state.bus) } }
                                td { (state.phase.word()) }
                                td.n { @match state.used_mib { Some(mib) => (mib), None => "?" } }
                                td { (state.health.as_deref().unwrap_or("?")) }
                                td {
                                    @if state.processes.is_empty() { span.quiet { "none" } }
                                    @for (pid, name) in &state.processes { span.process { (pid) " " (name) } " " }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn provenance(source: &Source) -> Markup {
    let run = &source.view.run;
    html! {
        footer {
            details {
                summary { "How it was run" }
                @if !run.argv.is_empty() { pre { (run.argv.join(" ")) } }
                table {
                    tbody {
                        @for (name, value) in &run.versions { tr { td { (name) } td { (value) } } }
                        @for (name, digest) in &run.programs { tr { td { "program " (name) } td { code { (digest) } } } }
                    }
                }
            }
            p {
                @if source.redacted {
                    "Handles, user names, addresses, hosts and serial numbers are replaced by marks. "
                } @else {
                    "Nothing is replaced by marks: do not publish this page. "
                }
                "A view of events.jsonl; backend: " (source.view.label()) "."
            }
        }
    }
}
