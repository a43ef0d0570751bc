//! What a measure said before, as a customer's page shows it: a line, and its numbers below it.

use jiff::civil::Date;

use super::chart;
use super::html::Html;
use crate::report::day::Measured;
use crate::report::phrase;
use crate::report::topic::{Topic, Unit};

/// The line of a measure from the first of the earlier ends to now.
pub(super) struct Before {
    pub counts: &'static str,
    pub chart: Html,
    pub points: Vec<Point>,
}

/// One number of it.
pub(super) struct Point {
    pub date: Date,
    /// `Sep`, and `now` for the last.
    pub name: String,
    /// The day in full.
    pub day: String,
    pub value: Option<String>,
    pub why_not: &'static str,
}

impl Before {
    /// What a measure said before `now`; `None` when it said nothing.
    pub fn of(topic: Topic, measured: &Measured, now: Date) -> Option<Before> {
        let first = measured.earlier.first()?;
        let mut points: Vec<Point> = measured
            .earlier
            .iter()
            .map(|then| Point {
                date: then.date,
                name: then.date.strftime("%b").to_string(),
                day: phrase::day_month_year(then.date),
                value: then.value.map(|value| topic.unit.say(value)),
                why_not: then.why_not(),
            })
            .collect();
        points.push(Point {
            date: now,
            name: "now".to_owned(),
            day: phrase::day_month_year(now),
            value: measured.value.map(|value| topic.unit.say(value)),
            why_not: "too little seen",
        });
        let values: Vec<Option<f64>> = measured.earlier.iter().map(|then| then.value).chain([measured.value]).collect();
        let title = format!("{}, {}", phrase::capital(topic.counts), phrase::span(first.date, now));
        let most = if topic.unit == Unit::Share { 1.0 } else { 4.0 };
        Some(Before { counts: topic.counts, chart: chart::line(&values, most, &title), points })
    }
}
