//! Several runs on one page: a column each, a row for each case.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{badge, document, time};
use crate::report::Source;
use crate::report::markdown::is_bad;
use crate::report::merge::Column;
use crate::report::summary::in_seconds;
use crate::report::tally::{Spread, Tally};
use crate::view::CaseView;

/// The page.
pub(in crate::report) fn text(columns: &[(Column, Source)]) -> String {
    let banner = columns.iter().any(|(_, source)| !source.view.is_hardware()).then(|| {
        let labels: Vec<_> = columns
            .iter()
            .filter(|(_, source)| !source.view.is_hardware())
            .map(|(column, _)| column.run.as_str())
            .collect();
        format!("Not measured on Ascend hardware: {}", labels.join(", "))
    });
    let body = html! {
        header.card {
            h1 { (columns.len()) " runs, node by node" }
            (runs(columns))
        }
        section #matrix {
            h2 { "Cases" }
            p.lead { "Cases that did not end the same everywhere come first." }
            (cases(columns))
        }
        (measures(columns))
    };
    document(&format!("hw-test: {} runs", columns.len()), banner, &body)
}

fn head(columns: &[(Column, Source)], first: &str) -> Markup {
    html! {
        thead {
            tr {
                th { (first) }
                @for (column, source) in columns {
                    th {
                        (column.node) span.who { "run " (column.run) } span.who { (column.soc) } span.who { "driver " (column.driver) } span.who { "CANN " (column.cann) }
                        @if !source.view.is_hardware() { span.badge.sim { (source.view.label()) } }
                    }
                }
            }
        }
    }
}

fn runs(columns: &[(Column, Source)]) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { th { "run" } th { "backend" } th { "node" } th { "SoC" } th { "driver" } th { "CANN" } th.n { "cases" } th.n { "pass" } th.n { "fail" } th.n { "environment" } th.n { "took" } th { "exit" } } }
                tbody {
                    @for (column, source) in columns {
                        @let tally = Tally::of(&source.view.cases);
                        tr {
                            td { code { (column.run) } }
                            td { span class=(if source.view.is_hardware() { "backend hw" } else { "backend sim" }) { (source.view.label()) } }
                            td { (column.node) } td { (column.soc) } td { (column.driver) } td { (column.cann) }
                            td.n { (tally.cases) } td.n { (tally.pass) } td.n { (tally.failures()) } td.n { (tally.errors()) }
                            td.n { (time(in_seconds(source.view.end))) }
                            td { @match source.view.exit { Some(exit) => (exit), None => "did not end" } }
                        }
                    }
                }
            }
        }
    }
}

fn cases(columns: &[(Column, Source)]) -> Markup {
    let mut rows: BTreeMap<&str, Vec<Option<&CaseView>>> = BTreeMap::new();
    for (index, (_, source)) in columns.iter().enumerate() {
        for case in &source.view.cases {
            rows.entry(&case.case.name).or_insert_with(|| vec![None; columns.len()])[index] = Some(case);
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    // Stable: by name within the same rank.
    rows.sort_by_key(|(_, cells)| {
        let mut verdicts = cells.iter().flatten().map(|case| case.verdict());
        let first = verdicts.next();
        let differ = verdicts.any(|verdict| Some(verdict) != first);
        let bad = cells.iter().flatten().any(|case| is_bad(case));
        match (differ, bad) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        }
    });
    html! {
        div.scroll {
            table.matrix {
                (head(columns, "case"))
                tbody {
                    @for (name, cells) in rows {
                        tr {
                            td { code { (name) } }
                            @for cell in cells {
                                @match cell {
                                    Some(case) => td title=(case.last().map_or("", |end| &end.reason)) { (badge(case.verdict())) @if case.is_flaky() { span.quiet { " flaky" } } },
                                    None => td { span.quiet { "–" } },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn measures(columns: &[(Column, Source)]) -> Markup {
    let mut rows: BTreeMap<(&str, &str, &str), Vec<Option<Spread>>> = BTreeMap::new();
    for (index, (_, source)) in columns.iter().enumerate() {
        for measure in &source.view.measures {
            let key = (measure.case.as_str(), measure.name.as_str(), measure.unit.as_str());
            rows.entry(key).or_insert_with(|| vec![None; columns.len()])[index] = Spread::of(&measure.samples);
        }
    }
    html! {
        @if !rows.is_empty() {
            section {
                h2 { "Measurements" }
                p.lead { "Median, and the value below which 99 of 100 samples are." }
                div.scroll {
                    table.matrix {
                        (head(columns, "measurement"))
                        tbody {
                            @for ((case, name, unit), cells) in rows {
                                tr {
                                    td { b { (name) } " (" (unit) ") " div.detail { (case) } }
                                    @for cell in cells {
                                        td { @if let Some(spread) = cell { (format!("{:.2}", spread.p50)) " / " (format!("{:.2}", spread.p99)) } @else { span.quiet { "–" } } }
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
