//! The index: every day that has a page, as calendars, and every customer.

use askama::Template;
use jiff::civil::Date;

use super::day::CustomerLink;
use super::filled;
use super::frame::Frame;
use super::html::Html;
use crate::mail::Untrusted;
use crate::report::facts::IndexFacts;
use crate::report::{page, phrase};

/// The index of all reports, newest month first.
pub fn page(facts: &IndexFacts<'_>) -> String {
    let mut customers: Vec<_> = facts.customers.iter().collect();
    customers.sort_by_key(|c| (c.name.to_lowercase(), c.id.clone()));
    let link = |c: &&crate::contacts::Customer| CustomerLink {
        href: page::customer_path(&c.id),
        name: Html::words(&Untrusted::new(if c.name.trim().is_empty() { &c.id.0 } else { &c.name })),
        count: 0,
    };
    filled(&Page {
        frame: Frame::new(Html::ours("touchbase"), "", facts.version),
        latest: facts.days.keys().next_back().map(|day| (*day, phrase::long_date(*day))),
        months: months(facts),
        customers: customers.iter().map(link).collect(),
    })
}

#[derive(Template)]
#[template(path = "index.html")]
struct Page {
    frame: Frame,
    latest: Option<(Date, String)>,
    months: Vec<Month>,
    customers: Vec<CustomerLink>,
}

/// One month as weeks of seven days, Monday first.
struct Month {
    name: String,
    weeks: Vec<Vec<Option<Day>>>,
}

struct Day {
    number: i8,
    date: Date,
    label: String,
    report: Option<u64>,
}

impl Day {
    /// How dark the day is shown: 0 quiet to 3 busy.
    fn weight(&self) -> u8 {
        match self.report.unwrap_or(0) {
            0 => 0,
            1..=3 => 1,
            4..=9 => 2,
            _ => 3,
        }
    }
}

fn months(facts: &IndexFacts<'_>) -> Vec<Month> {
    let mut firsts: Vec<Date> = facts.days.keys().map(|day| day.first_of_month()).collect();
    firsts.dedup();
    firsts
        .iter()
        .rev()
        .map(|first| Month { name: first.strftime("%B %Y").to_string(), weeks: weeks(*first, facts) })
        .collect()
}

fn weeks(first: Date, facts: &IndexFacts<'_>) -> Vec<Vec<Option<Day>>> {
    let before = usize::from(first.weekday().to_monday_zero_offset().unsigned_abs());
    let mut cells: Vec<Option<Day>> = (0..before).map(|_| None).collect();
    cells.extend(first.series(jiff::Span::new().days(1)).take_while(|d| d.month() == first.month()).map(|date| {
        let report = facts.days.get(&date).copied();
        let exchanges = phrase::some(report.unwrap_or(0) as usize, "exchange", "exchanges");
        let label = format!("{}, {exchanges}", phrase::long_date(date));
        Some(Day { number: date.day(), date, label, report })
    }));
    let mut weeks = Vec::new();
    while !cells.is_empty() {
        let rest = cells.split_off(cells.len().min(7));
        weeks.push(cells);
        cells = rest;
    }
    weeks
}
