//! Which device reaches which, and what passed between them.

use maud::{Markup, html};

use crate::report::markdown::is_bad;
use crate::report::tally::Tally;
use crate::view::{CaseView, View};

/// The section: rows are the devices where cases begin, columns those that they reach.
pub(super) fn section(view: &View) -> Markup {
    let devices = devices(view);
    html! {
        @if !devices.is_empty() {
            section #heat-map {
                h2 { "Topology" }
                p.lead { "From the row's device to the column's. Kind of link; passed of run. Hatched: not reachable." }
                div.scroll {
                    table.heat {
                        thead {
                            tr {
                                th.corner { "from ↓ to →" }
                                @for to in &devices { th scope="col" { (to) } }
                            }
                        }
                        tbody {
                            @for from in &devices {
                                tr {
                                    th scope="row" title=(about(view, *from)) { (from) @if let Some(card) = card(view, *from) { small { " card " (card) } } }
                                    @for to in &devices { (cell(view, *from, *to)) }
                                }
                            }
                        }
                    }
                }
                p.legend {
                    span.key.pass { "all passed" } span.key.xfail { "known issues only" } span.key.fail { "failures" }
                    span.key.infra { "environment" } span.key.skip { "skipped" } span.key.none { "not tried" } span.key.cut { "not reachable" }
                }
            }
        }
    }
}

/// All devices that the topology or a case names.
fn devices(view: &View) -> Vec<u32> {
    let links = view.links.iter().flat_map(|link| [link.from, link.to]);
    let cases = view.cases.iter().flat_map(|case| case.case.dies.iter().copied());
    let mut all: Vec<u32> = view.dies.iter().map(|die| die.logic).chain(links).chain(cases).collect();
    all.sort_unstable();
    all.dedup();
    // A server has 16; more than this comes from a damaged file and would make a page that no browser opens.
    all.truncate(128);
    all
}

fn card(view: &View, logic: u32) -> Option<u32> {
    view.dies.iter().find(|die| die.logic == logic).map(|die| die.card)
}

fn about(view: &View, logic: u32) -> String {
    let die = view.dies.iter().find(|die| die.logic == logic);
    die.map_or(String::new(), |die| format!("die {}: {} at {}, card {}", die.logic, die.soc, die.bus, die.card))
}

fn cell(view: &View, from: u32, to: u32) -> Markup {
    let cases: Vec<&CaseView> = view.cases.iter().filter(|case| case.pair() == Some((from, to))).collect();
    let tally = Tally::of(cases.iter().copied());
    let link = view.links.iter().find(|link| (link.from, link.to) == (from, to));
    let kind = match link {
        Some(link) => link.kind.as_str(),
        None if from == to => "self",
        None => "?",
    };
    let run = tally.cases - tally.skip;
    let mut class = match &tally {
        Tally { cases: 0, .. } => "none",
        tally if tally.failures() > 0 => "fail",
        tally if tally.errors() > 0 => "infra",
        tally if tally.pass > 0 && tally.xfail == 0 => "pass",
        tally if run > 0 && tally.xfail > 0 => "xfail",
        _ => "skip",
    }
    .to_owned();
    if link.is_some_and(|link| !link.reachable) {
        class.push_str(" cut");
    }
    html! {
        td class=(class) title=(hint(from, to, kind, &tally, &cases)) {
            span.kind { (kind) }
            @if run > 0 { b { (tally.pass) "/" (run) } } @else if tally.skip > 0 { small { (tally.skip) " skip" } }
        }
    }
}

/// What is told when the pointer rests on a cell.
fn hint(from: u32, to: u32, kind: &str, tally: &Tally, cases: &[&CaseView]) -> String {
    let mut hint = format!("{from} → {to}, {kind}");
    for (word, count) in tally.parts() {
        hint.push_str(&format!(", {count} {word}"));
    }
    for case in cases.iter().filter(|case| is_bad(case)).take(12) {
        hint.push_str(&format!("\n{} {}", super::word(case.verdict()), case.case.name));
    }
    hint
}
