//! Small charts as inline SVG: geometry only, drawn in the colour of the text around them, with their numbers in
//! words. Labels are HTML beside the chart, so that they keep their size when a chart shrinks to a telephone.

use std::fmt::Write;

use super::html::Html;

/// How wide one bar's place is, and how much of it the bar fills; less where bars are few and so wide.
const STEP: u32 = 10;
const BAR: u32 = 7;
const FEW: usize = 14;
const BAR_OF_FEW: u32 = 4;
/// How high the longest bar is, on either side of the line.
const REACH: u32 = 50;
/// Up to this count bars share one scale: one mail in a quiet year is no peak.
const LEAST_PEAK: u32 = 4;

/// One bar: what they wrote above the line, what we wrote below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Which week or month, in our words.
    pub label: String,
    /// How many exchanges were theirs.
    pub theirs: u32,
    /// How many were ours.
    pub ours: u32,
}

/// A line of 26 points in the height of a word: the exchanges of each week, both ways. `None` when there were none.
pub fn sparkline(weeks: &[(u32, u32)]) -> Option<Html> {
    let counts: Vec<u32> = weeks.iter().map(|(theirs, ours)| theirs.saturating_add(*ours)).collect();
    let peak = counts.iter().copied().max().filter(|peak| *peak > 0)?.max(LEAST_PEAK);
    let x = |at: usize| at as u32 * 4 + 2;
    let y = |count: u32| 18 - u64::from(count) * 16 / u64::from(peak);
    let mut points = String::new();
    for (at, count) in counts.iter().enumerate() {
        let _ = write!(points, "{}{},{}", if at == 0 { "" } else { " " }, x(at), y(*count));
    }
    let (last_x, last_y) = (x(counts.len() - 1), y(counts.last().copied().unwrap_or(0)));
    let numbers: Vec<String> = counts.iter().map(u32::to_string).collect();
    Some(Html::drawn(format!(
        "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 {} 20\">\
         <title>Exchanges a week, the oldest of {} weeks first: {}</title>\
         <polyline points=\"{points}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.4\" \
         stroke-linejoin=\"round\"/><circle cx=\"{last_x}\" cy=\"{last_y}\" r=\"2\" fill=\"currentColor\"/></svg>",
        counts.len() * 4 + 2,
        counts.len(),
        numbers.join(", "),
    )))
}

/// How wide the place of one point in a line of few is, and how high the line reaches.
const PLACE: u32 = 40;
const RISE: u32 = 22;

/// A line through a few numbers, from 0 to `most` at least; where there is none it breaks.
pub fn line(values: &[Option<f64>], most: f64, title: &str) -> Html {
    let top = values.iter().flatten().fold(most, |top, value| top.max(*value)).max(f64::MIN_POSITIVE);
    let x = |at: usize| at as u32 * PLACE + PLACE / 2;
    let y = |value: f64| RISE + 3 - (value.max(0.0) / top * f64::from(RISE)).round() as u32;
    let known: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect();
    let mut drawn = String::new();
    for run in known.chunk_by(|a, b| a.0 + 1 == b.0).filter(|run| run.len() > 1) {
        let points: Vec<String> = run.iter().map(|(at, value)| format!("{},{}", x(*at), y(*value))).collect();
        let _ = write!(
            drawn,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.4\" stroke-linejoin=\"round\"/>",
            points.join(" ")
        );
    }
    for (at, value) in known {
        let radius = if at + 1 == values.len() { "3" } else { "1.8" };
        let _ = write!(drawn, "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"currentColor\"/>", x(at), y(value));
    }
    Html::drawn(format!(
        "<svg class=\"line\" role=\"img\" viewBox=\"0 0 {} {}\"><title>{title}</title>{drawn}</svg>",
        values.len() as u32 * PLACE,
        RISE + 6
    ))
}

/// Bars above a line for them and below it for us, as wide as there is room. `None` when all are empty.
pub fn rhythm(bars: &[Bar], title: &str) -> Option<Html> {
    let peak = bars.iter().map(|bar| bar.theirs.max(bar.ours)).max().filter(|peak| *peak > 0)?.max(LEAST_PEAK);
    let height = |count: u32| match count {
        0 => 0,
        count => (u64::from(count) * u64::from(REACH) / u64::from(peak)).max(2) as u32,
    };
    let wide = if bars.len() > FEW { BAR } else { BAR_OF_FEW };
    let mut drawn = String::new();
    for (at, bar) in bars.iter().enumerate() {
        let x = at as u32 * STEP + (STEP - wide) / 2;
        for (class, y, height) in
            [("theirs", REACH - height(bar.theirs), height(bar.theirs)), ("ours", REACH + 2, height(bar.ours))]
        {
            if height > 0 {
                let _ = write!(
                    drawn,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\" fill=\"currentColor\"/>"
                );
            }
        }
    }
    let (width, whole) = (bars.len() as u32 * STEP, 2 * REACH + 2);
    let line = format!("<rect x=\"0\" y=\"{REACH}\" width=\"{width}\" height=\"2\" fill=\"currentColor\"/>");
    Some(Html::drawn(format!(
        "<svg class=\"bars\" role=\"img\" viewBox=\"0 0 {width} {whole}\" preserveAspectRatio=\"none\">\
         <title>{title}</title>{drawn}{line}</svg>"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(theirs: u32, ours: u32) -> Bar {
        Bar { label: String::new(), theirs, ours }
    }

    #[test]
    fn a_sparkline_tells_its_numbers_and_stays_in_its_box() {
        let drawn = sparkline(&[(0, 0), (1, 1), (3, 5), (0, 4)]).unwrap().to_string();
        assert!(drawn.contains("the oldest of 4 weeks first: 0, 2, 8, 4</title>"), "{drawn}");
        assert!(drawn.contains("points=\"2,18 6,14 10,2 14,10\""), "{drawn}");
        let huge = sparkline(&[(u32::MAX, u32::MAX), (0, 1)]).unwrap().to_string();
        assert!(huge.contains("points=\"2,2 6,18\""), "{huge}");
    }

    #[test]
    fn one_mail_in_half_a_year_is_no_peak() {
        let drawn = sparkline(&[(0, 0), (1, 0)]).unwrap().to_string();
        assert!(drawn.contains("points=\"2,18 6,14\""), "{drawn}");
        let drawn = rhythm(&[bar(1, 0)], "t").unwrap().to_string();
        assert!(drawn.contains("height=\"12\""), "{drawn}");
    }

    #[test]
    fn theirs_stand_above_the_line_and_ours_below_it() {
        let drawn = rhythm(&[bar(10, 0), bar(0, 5)], "They wrote 10, we 5").unwrap().to_string();
        assert!(drawn.contains("class=\"theirs\" x=\"3\" y=\"0\" width=\"4\" height=\"50\""), "{drawn}");
        assert!(drawn.contains("class=\"ours\" x=\"13\" y=\"52\" width=\"4\" height=\"25\""), "{drawn}");
        assert!(drawn.contains("<title>They wrote 10, we 5</title>"));
        let many = rhythm(&[[bar(10, 5)].as_slice(), &vec![bar(0, 0); 25]].concat(), "").unwrap().to_string();
        assert!(many.contains("class=\"theirs\" x=\"1\" y=\"0\" width=\"7\" height=\"50\""), "{many}");
    }

    #[test]
    fn a_line_breaks_where_nothing_is_known_and_begins_at_nothing() {
        let drawn = line(&[Some(0.5), None, Some(0.0), Some(1.0)], 1.0, "t").to_string();
        assert!(drawn.contains("viewBox=\"0 0 160 28\"><title>t</title>"), "{drawn}");
        assert!(drawn.contains("<polyline points=\"100,25 140,3\""), "{drawn}");
        assert_eq!(drawn.matches("polyline").count(), 1, "one point makes no line");
        assert!(drawn.contains("<circle cx=\"20\" cy=\"14\" r=\"1.8\""), "{drawn}");
        assert!(drawn.contains("<circle cx=\"140\" cy=\"3\" r=\"3\""), "the last is now: {drawn}");
        let days = line(&[Some(4.0), Some(44.0)], 1.0, "t").to_string();
        assert!(days.contains("20,23 60,3"), "more than expected is the top: {days}");
    }

    #[test]
    fn what_did_not_happen_is_not_drawn() {
        assert_eq!(sparkline(&[]), None);
        assert_eq!(sparkline(&[(0, 0); 26]), None);
        assert_eq!(rhythm(&[bar(0, 0)], ""), None);
        let seldom = rhythm(&[bar(1000, 1)], "").unwrap().to_string();
        assert!(seldom.contains("class=\"ours\" x=\"3\" y=\"52\" width=\"4\" height=\"2\""), "one stays to be seen");
    }
}
