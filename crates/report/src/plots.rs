//! Plots as SVG, each with what it shows in words.
//!
//! They are drawn in [`INK`], [`GRID`], [`FIRST`] and [`SECOND`]; the page's styles give these their colors by day
//! and by night.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::ReportError;
use crate::numbers::grouped;

const INK: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);
const FIRST: RGBColor = RGBColor(3, 3, 3);
const SECOND: RGBColor = RGBColor(4, 4, 4);

const WIDTH: u32 = 640;
const HEIGHT: u32 = 300;
/// Height of letters, and what a line of them takes.
const LETTERS: u32 = 17;
const LINE: i32 = 19;

/// A drawing, and the same in words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plot {
    pub(crate) svg: String,
    pub(crate) words: String,
}

/// One bar for each label, with its count above it.
pub(crate) fn bars(of: &str, bars: &[(String, u64)]) -> Result<Plot, ReportError> {
    let shown: Vec<String> = bars
        .iter()
        .map(|(label, count)| format!("{label}: {}", grouped(*count)))
        .collect();
    let words = format!("{of}. {}.", shown.join("; "));
    let most = bars
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .margin_top(28)
            .x_label_area_size(2 * LETTERS + 12)
            .y_label_area_size(64)
            .build_cartesian_2d(0f64..bars.len().max(1) as f64, 0f64..most as f64)
            .map_err(ReportError::of_page)?;
        let label = text(INK);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .y_labels(5)
            .y_label_formatter(&count)
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(label.clone())
            .draw()
            .map_err(ReportError::of_page)?;
        let centered = label.pos(Pos::new(HPos::Center, VPos::Bottom));
        let below = text(INK).pos(Pos::new(HPos::Center, VPos::Top));
        for (at, (name, count)) in bars.iter().enumerate() {
            let (at, height) = (at as f64, *count as f64);
            let bar = Rectangle::new([(at + 0.12, 0.0), (at + 0.88, height)], FIRST.filled());
            chart.draw_series([bar]).map_err(ReportError::of_page)?;
            let middle = at + 0.5;
            let above = Text::new(grouped(*count), (0, -3), centered.clone());
            let above = EmptyElement::at((middle, height)) + above;
            chart.draw_series([above]).map_err(ReportError::of_page)?;
            // A name of several words takes a line for each.
            for (line, word) in (0i32..).zip(name.split(' ')) {
                let drop = 6 + line * LINE;
                let below = Text::new(word.to_owned(), (0, drop), below.clone());
                let below = EmptyElement::at((middle, 0.0)) + below;
                chart.draw_series([below]).map_err(ReportError::of_page)?;
            }
        }
        area.present().map_err(ReportError::of_page)?;
    }
    Ok(Plot { svg, words })
}

/// How a story spread: stories, and sources, by the hour since the first. `printed` has the time and the
/// number of the source of each story, by time; nothing is drawn unless time passes.
pub(crate) fn spread(printed: &[(i64, u32)]) -> Result<Option<Plot>, ReportError> {
    let [(first, _), .., (last, _)] = *printed else {
        return Ok(None);
    };
    if first == last {
        return Ok(None);
    }
    // The whole range of times takes a bit more than a signed number has.
    let hours = |time: i64| time.abs_diff(first) as f64 / 3600.0;
    let mut seen = std::collections::HashSet::new();
    let (mut stories, mut sources) = (vec![(0.0, 0.0)], vec![(0.0, 0.0)]);
    // No finer than can be seen: a story may be printed a million times.
    let fine = hours(last) / f64::from(2 * WIDTH);
    for (count, &(time, source)) in (1u32..).zip(printed) {
        seen.insert(source);
        let drawn = stories.last().map_or(0.0, |&(at, _)| at);
        let next = printed.get(count as usize);
        if next.is_some_and(|&(next, _)| hours(next) < drawn + fine) {
            continue;
        }
        step(&mut stories, hours(time), f64::from(count));
        step(&mut sources, hours(time), seen.len() as f64);
    }
    let words = format!(
        "{} stories of {} sources within {}.",
        grouped(printed.len() as u64),
        grouped(seen.len() as u64),
        duration(last.abs_diff(first)),
    );
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .margin_right(16)
            .x_label_area_size(2 * LETTERS + 16)
            .y_label_area_size(64)
            .build_cartesian_2d(0f64..hours(last), 0f64..printed.len() as f64)
            .map_err(ReportError::of_page)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(8)
            .y_labels(5)
            .x_desc("hours since the first")
            .x_label_formatter(&|hours| format!("{hours:.1}"))
            .y_label_formatter(&count)
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(text(INK))
            .axis_desc_style(text(INK))
            .draw()
            .map_err(ReportError::of_page)?;
        // The thin line stays seen where it lies on the thick one.
        for (line, color, width) in [(stories, FIRST, 5), (sources, SECOND, 2)] {
            let line = LineSeries::new(line, color.stroke_width(width));
            chart.draw_series(line).map_err(ReportError::of_page)?;
        }
        area.present().map_err(ReportError::of_page)?;
    }
    Ok(Some(Plot { svg, words }))
}

/// Goes on at the height a line has until `at`, and from there at another.
fn step(line: &mut Vec<(f64, f64)>, at: f64, height: f64) {
    let before = line.last().map_or(0.0, |&(_, height)| height);
    line.push((at, before));
    line.push((at, height));
}

/// A length of time in the largest unit of which there are two.
fn duration(seconds: u64) -> String {
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.iter().find(|(unit, _)| seconds >= 2 * unit);
    let (unit, name) = unit.copied().unwrap_or((1, "seconds"));
    format!("{} {name}", grouped(seconds / unit))
}

/// A count on an axis; nothing where a label falls between two.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that labels have"
)]
#[expect(clippy::cast_sign_loss, reason = "axes begin at zero")]
fn count(value: &f64) -> String {
    if value.fract().abs() < 1e-9 {
        grouped(value.round() as u64)
    } else {
        String::new()
    }
}

fn text(color: RGBColor) -> TextStyle<'static> {
    ("sans-serif", LETTERS).into_font().color(&color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_say_what_they_show() {
        let plot = bars("Families by size", &[("2".into(), 1200), ("3".into(), 0)]).unwrap();
        assert_eq!(plot.words, "Families by size. 2: 1,200; 3: 0.");
        assert!(plot.svg.starts_with("<svg") && plot.svg.contains("1,200"));
        assert!(bars("Nothing", &[]).unwrap().svg.ends_with("</svg>\n"));
    }

    #[test]
    fn spread_needs_time() {
        assert!(spread(&[]).unwrap().is_none());
        assert!(spread(&[(5, 1), (5, 2)]).unwrap().is_none());
        let plot = spread(&[(0, 1), (3600, 2), (9000, 1)]).unwrap().unwrap();
        assert_eq!(plot.words, "3 stories of 2 sources within 2 hours.");
        // Found by the fuzz target `report`.
        let ever = spread(&[(i64::MIN, 1), (0, 2), (i64::MAX, 3)]).unwrap();
        let days = "213,503,982,334,601 days";
        assert!(ever.unwrap().words.contains(days), "all that 64 bits count");
        let many: Vec<(i64, u32)> = (0..100_000).map(|at| (at, 1)).collect();
        let crowded = spread(&many).unwrap().unwrap();
        assert!(crowded.svg.len() < 150_000, "{}", crowded.svg.len());
        assert!(plot.svg.matches("<polyline").count() >= 2);
    }
}
