//! Plots of what cases measured and of how long they took, as SVG inside the page.

use std::collections::BTreeMap;
use std::error::Error;

use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::coord::combinators::BindKeyPoints;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

use super::class;
use crate::event::Placement;
use crate::report::tally::Spread;
use crate::view::View;
use crate::words::{PLACEMENTS, Word};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const SIZE: (u32, u32) = (540, 320);
/// Points of a curve: more than there are pixels shows nothing.
const POINTS: usize = 400;
/// Plots on a page.
const PLOTS: usize = 24;
const INK: RGBColor = RGBColor(51, 60, 72);
const GRID: RGBColor = RGBColor(226, 230, 236);

/// Samples by placement.
type Series = BTreeMap<Option<Placement>, Vec<f64>>;

/// The section: a plot for each name of a measurement, and one for durations.
pub(super) fn section(view: &View) -> Markup {
    let mut by_name: BTreeMap<(&str, &str), Series> = BTreeMap::new();
    for measure in view.measures.iter().filter(|measure| !measure.samples.is_empty()) {
        let series = by_name.entry((&measure.name, &measure.unit)).or_default();
        series.entry(measure.placement).or_default().extend(&measure.samples);
    }
    let hidden = by_name.len().saturating_sub(PLOTS);
    html! {
        @if !by_name.is_empty() || !view.cases.is_empty() {
            section #plots {
                h2 { "Measurements" }
                p.lead { "How many samples are below a value, by placement; measured on: " (view.label()) "." }
                div.plots {
                    @for ((name, unit), series) in by_name.iter().take(PLOTS) {
                        figure.plot {
                            figcaption { (name) }
                            (svg(|area| share_below(area, unit, series)))
                            (table(unit, series))
                        }
                    }
                    @if view.cases.iter().any(|case| case.seconds() > 0.0) {
                        figure.plot {
                            figcaption { "time that cases took" }
                            (svg(|area| durations(area, view)))
                        }
                    }
                }
                @if hidden > 0 { p.quiet { (hidden) " more measurements are in summary.json." } }
            }
        }
    }
}

fn table(unit: &str, series: &Series) -> Markup {
    html! {
        table.spread {
            thead { tr { th { (unit) } @for word in ["n", "min", "p50", "p90", "p99", "max"] { th.n { (word) } } } }
            tbody {
                @for (placement, samples) in series {
                    @if let Some(spread) = Spread::of(samples) {
                        tr {
                            td { span.dot style=(format!("background:{}", css(*placement))) {} " " (name(*placement)) }
                            td.n { (spread.samples) }
                            @for value in [spread.min, spread.p50, spread.p90, spread.p99, spread.max] { td.n { (short(value)) } }
                        }
                    }
                }
            }
        }
    }
}

fn name(placement: Option<Placement>) -> &'static str {
    placement.map_or("elsewhere", Word::word)
}

fn color(placement: Option<Placement>) -> RGBColor {
    match placement {
        Some(Placement::SameDie) => RGBColor(37, 99, 195),
        Some(Placement::SiblingDie) => RGBColor(196, 100, 8),
        Some(Placement::CrossCard) => RGBColor(128, 60, 160),
        None => RGBColor(110, 118, 130),
    }
}

fn css(placement: Option<Placement>) -> String {
    let RGBColor(red, green, blue) = color(placement);
    format!("rgb({red},{green},{blue})")
}

/// A number of a few digits.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e7).contains(&size) => format!("{value:.1e}"),
        size if size < 0.1 => format!("{value:.4}").trim_end_matches('0').to_owned(),
        size if size < 10.0 => trimmed(&format!("{value:.2}")),
        size if size < 1000.0 => trimmed(&format!("{value:.1}")),
        _ => format!("{value:.0}"),
    }
}

fn trimmed(number: &str) -> String {
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn svg(draw: impl FnOnce(&Area<'_>) -> Drawn) -> Markup {
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        draw(&area).and_then(|()| Ok(area.present()?))
    };
    match drawn {
        // Plotters escapes the text that it is given.
        Ok(()) => html! { (PreEscaped(text)) },
        Err(error) => html! { p.quiet { "could not be drawn: " (error) } },
    }
}

/// Bounds that are not empty, and whether they are for a logarithmic axis.
fn bounds(values: impl Iterator<Item = f64> + Clone) -> (f64, f64, bool) {
    let (least, most) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
    if !(least.is_finite() && most.is_finite()) {
        return (0.0, 1.0, false);
    }
    if least > 0.0 && most / least > 20.0 {
        return (least / 1.15, most * 1.15, true);
    }
    let size = least.abs().max(most.abs());
    // Values that are all but equal are shown in the middle, not under a magnifying glass.
    let edge = if (most - least) < size * 0.01 { (size * 0.3).max(1e-9) } else { (most - least) * 0.06 };
    (if least >= 0.0 { (least - edge).max(0.0) } else { least - edge }, most + edge, false)
}

/// Labels of a logarithmic axis: 1, 2 and 5 times powers of ten, or fewer where that would be too many.
fn ticks(least: f64, most: f64) -> Vec<f64> {
    let decades = (most / least).log10();
    let factors: &[f64] = if decades < 2.2 {
        &[1.0, 2.0, 5.0]
    } else if decades < 3.5 {
        &[1.0, 3.0]
    } else {
        &[1.0]
    };
    let (first, last) = (least.log10().floor() as i32, most.log10().ceil() as i32);
    // More than a dozen powers of ten do not fit beside each other.
    let every = usize::try_from((last - first) / 12 + 1).unwrap_or(1);
    let all =
        (first..=last).step_by(every).flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
    all.filter(|tick| (least..=most).contains(tick)).collect()
}

fn share_below(area: &Area<'_>, unit: &str, series: &Series) -> Drawn {
    let (least, most, log) = bounds(series.values().flatten().copied());
    if log {
        curves(area, (least..most).log_scale().with_key_points(ticks(least, most)), unit, series)
    } else {
        curves(area, least..most, unit, series)
    }
}

fn curves<X>(area: &Area<'_>, x: X, unit: &str, series: &Series) -> Drawn
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .margin_right(24)
        .x_label_area_size(40)
        .y_label_area_size(48)
        .build_cartesian_2d(x, 0.0..102.0)?;
    let mut mesh = chart.configure_mesh();
    mesh.light_line_style(TRANSPARENT).bold_line_style(GRID).axis_style(INK).label_style(("sans-serif", 12, &INK));
    mesh.x_labels(7)
        .y_labels(6)
        .x_desc(unit)
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| format!("{value:.0} %"));
    mesh.draw()?;
    for (placement, samples) in series {
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len() as f64;
        let each = sorted.len().div_ceil(POINTS);
        let last = sorted.len().saturating_sub(1);
        let points = sorted.iter().enumerate().filter(|(index, _)| index % each == 0 || *index == last);
        let points = points.map(|(index, value)| (*value, (index as f64 + 1.0) * 100.0 / count));
        let color = color(*placement);
        if sorted.len() < 3 {
            chart.draw_series(points.map(|point| Circle::new(point, 4, color.filled())))?;
        } else {
            chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?;
        }
    }
    Ok(())
}

/// The middle of each row, the seconds, and the colour of the verdict.
type Dot = (f64, f64, RGBColor);

fn durations(area: &Area<'_>, view: &View) -> Drawn {
    let mut dots: Vec<Dot> = Vec::new();
    for (row, placement) in PLACEMENTS.into_iter().enumerate() {
        let cases = view.cases.iter().filter(|case| case.case.placement == placement && case.seconds() > 0.0);
        for (index, case) in cases.enumerate() {
            // Seven heights, so that equal times do not hide each other.
            let height = row as f64 + 0.26 + 0.08 * (index % 7) as f64;
            let color = match class(case.verdict()) {
                "pass" => RGBColor(38, 145, 84),
                "fail" => RGBColor(200, 40, 48),
                "infra" => RGBColor(206, 122, 12),
                "xfail" => RGBColor(94, 124, 58),
                _ => RGBColor(130, 138, 150),
            };
            dots.push((case.seconds(), height, color));
        }
    }
    let (least, most, log) = bounds(dots.iter().map(|dot| dot.0));
    if log {
        strips(area, (least..most).log_scale().with_key_points(ticks(least, most)), &dots)
    } else {
        strips(area, least..most, &dots)
    }
}

fn strips<X>(area: &Area<'_>, x: X, dots: &[Dot]) -> Drawn
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let rows = PLACEMENTS.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .margin_right(24)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d(x, 0.0..rows)?;
    let mut mesh = chart.configure_mesh();
    mesh.light_line_style(TRANSPARENT).bold_line_style(GRID).axis_style(INK).label_style(("sans-serif", 12, &INK));
    mesh.disable_y_mesh().y_labels(0).x_labels(7).x_desc("seconds").x_label_formatter(&|value| short(*value));
    mesh.draw()?;
    let frame = chart.plotting_area().get_pixel_range();
    let (left, top, height) = (frame.0.start, frame.1.start, f64::from(frame.1.end - frame.1.start));
    for (row, placement) in PLACEMENTS.into_iter().enumerate() {
        let middle = f64::from(top) + height * (1.0 - (row as f64 + 0.5) / rows);
        let style =
            TextStyle::from(("sans-serif", 12).into_font()).color(&INK).pos(plotters::style::text_anchor::Pos::new(
                plotters::style::text_anchor::HPos::Right,
                plotters::style::text_anchor::VPos::Center,
            ));
        area.draw_text(placement.word(), &style, (left - 8, middle as i32))?;
    }
    chart.draw_series(dots.iter().map(|(x, y, color)| Circle::new((*x, *y), 3, color.mix(0.75).filled())))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_axis_has_some_labels_and_not_too_many() {
        for (least, most) in [(3.0, 70.0), (0.05, 9.0), (1.0, 1e3), (1e-9, 1e9), (1e-300, 1e300)] {
            let ticks = ticks(least, most);
            assert!((3..=14).contains(&ticks.len()), "{least} to {most}: {ticks:?}");
        }
    }

    #[test]
    fn samples_of_any_size_are_drawn() {
        for samples in [
            vec![],
            vec![0.0],
            vec![5.0; 9],
            vec![-1e300, 1e300],
            vec![1e-300, 1e300],
            vec![f64::MIN_POSITIVE, 1.0, 2.0],
            vec![-3.0, -2.0, -1.0],
        ] {
            let series = Series::from([(None, samples.clone())]);
            let drawn = svg(|area| share_below(area, "us", &series)).into_string();
            assert!(drawn.contains("<svg"), "{samples:?}: {drawn}");
        }
    }
}
