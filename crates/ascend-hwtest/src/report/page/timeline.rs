//! Phases and attempts on one time line, as SVG.

use maud::{Markup, html};

use super::{class, time, word};
use crate::report::summary::in_seconds;
use crate::report::trace::lanes;
use crate::view::View;
use crate::words::Word;

const WIDTH: f64 = 1100.0;
const LEFT: f64 = 70.0;
const ROW: f64 = 18.0;
/// Bars drawn at most; the trace has all.
const BARS: usize = 4000;

/// The section.
pub(super) fn section(view: &View) -> Markup {
    let lanes = lanes(view);
    if view.end == 0 || (lanes.is_empty() && view.phases.is_empty()) {
        return html! {};
    }
    let total = view.end as f64;
    let x = |t: u64| LEFT + (WIDTH - LEFT - 8.0) * (t as f64 / total);
    let rows = lanes.len() + 1;
    let height = ROW * rows as f64 + 26.0;
    let y = |row: usize| ROW * row as f64 + 2.0;
    let n = |value: f64| format!("{value:.1}");
    let step = step(in_seconds(view.end));
    let ticks = (0_u32..).map(|tick| f64::from(tick) * step).take_while(|tick| *tick <= in_seconds(view.end));
    let mut drawn = 0;
    html! {
        section #timeline {
            h2 { "Timeline" }
            p.lead { "Attempts by the device where they begin. The same with more detail: trace.json, in ui.perfetto.dev." }
            div.scroll {
                svg.timeline xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {height:.0}")) role="img" aria-label="phases and attempts over time" {
                    @for tick in ticks {
                        @let at = LEFT + (WIDTH - LEFT - 8.0) * (tick * 1e9 / total);
                        line.grid x1=(n(at)) x2=(n(at)) y1="0" y2=(n(height - 20.0)) {}
                        text.tick x=(n(at)) y=(n(height - 6.0)) text-anchor="middle" { (label(tick, step)) }
                    }
                    text.lane x=(n(LEFT - 6.0)) y=(n(y(0) + 12.0)) text-anchor="end" { "phases" }
                    @for (index, span) in view.phases.iter().enumerate() {
                        @let (begin, end) = (span.begin, span.end.unwrap_or(view.end));
                        @let width = (x(end) - x(begin)).max(1.0);
                        g {
                            title { (span.phase.word()) " " (time(in_seconds(end - begin))) }
                            rect class=(if index % 2 == 0 { "phase" } else { "phase odd" }) x=(n(x(begin))) y=(n(y(0))) width=(n(width)) height=(n(ROW - 4.0)) {}
                            @if width > 7.0 * span.phase.word().len() as f64 {
                                text.inside x=(n(x(begin) + 3.0)) y=(n(y(0) + 11.0)) { (span.phase.word()) }
                            }
                        }
                    }
                    @for (row, (title, bars)) in lanes.iter().enumerate() {
                        @if row == 0 || lanes[row - 1].0 != *title {
                            text.lane x=(n(LEFT - 6.0)) y=(n(y(row + 1) + 12.0)) text-anchor="end" { (title) }
                        }
                        @for bar in bars {
                            @if { drawn += 1; drawn <= BARS } {
                                @let attempt = &bar.case.attempts[bar.attempt];
                                @let verdict = attempt.outcome.as_ref().map(|end| end.verdict);
                                @let width = (x(bar.end) - x(bar.begin) - 0.5).max(0.8);
                                g {
                                    title { (word(verdict)) " " (bar.case.case.name) " attempt " (attempt.number) ", " (time(in_seconds(bar.end - bar.begin))) }
                                    rect class=(class(verdict)) x=(n(x(bar.begin))) y=(n(y(row + 1))) width=(n(width)) height=(n(ROW - 4.0)) rx="1" {}
                                }
                            }
                        }
                    }
                }
            }
            @if drawn > BARS { p.quiet { (drawn - BARS) " attempts are not drawn." } }
        }
    }
}

/// Seconds between ticks: 1, 2 or 5 by a power of ten, about ten of them.
fn step(total: f64) -> f64 {
    let rough = (total / 10.0).max(1e-6);
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough).unwrap_or(power * 10.0)
}

fn label(tick: f64, step: f64) -> String {
    if step >= 1.0 {
        format!("{tick:.0} s")
    } else {
        format!("{:.*} s", (-step.log10()).ceil().max(0.0) as usize, tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_line_has_between_five_and_ten_ticks() {
        for total in [0.003, 0.9, 1.0, 7.3, 94.0, 3600.0] {
            let ticks = total / step(total);
            assert!((3.9..=10.001).contains(&ticks), "{total}: {ticks}");
        }
    }
}
