//! The index: every day and week that has a page, as calendars, and every customer.

use askama::Template;
use jiff::Span;
use jiff::civil::Date;

use super::day::CustomerLink;
use super::frame::Frame;
use super::html::Html;
use super::{filled, week_path};
use crate::mail::Untrusted;
use crate::report::facts::IndexFacts;
use crate::report::{page, phrase, week};

/// How many months are shown open; earlier ones are folded by year.
const MONTHS: usize = 6;

/// The index of all reports, newest month first.
pub fn page(facts: &IndexFacts<'_>) -> String {
    let mut customers: Vec<_> = facts.customers.iter().collect();
    customers.sort_by_key(|c| (c.name.to_lowercase(), c.id.clone()));
    let link = |c: &&crate::contacts::Customer| CustomerLink {
        href: page::customer_path(&c.id),
        name: Html::words(&Untrusted::new(if c.name.trim().is_empty() { &c.id.0 } else { &c.name })),
        count: 0,
    };
    let mut months = months(facts);
    let earlier = months.split_off(months.len().min(MONTHS));
    filled(&Page {
        frame: Frame::new(Html::ours("touchbase"), "", facts.version),
        latest: facts.days.keys().next_back().map(|day| (*day, phrase::long_date(*day))),
        weeks: !facts.weeks.is_empty(),
        months,
        years: by_year(earlier),
        customers: customers.iter().map(link).collect(),
    })
}

#[derive(Template)]
#[template(path = "index.html")]
struct Page {
    frame: Frame,
    latest: Option<(Date, String)>,
    weeks: bool,
    months: Vec<Month>,
    years: Vec<(i16, Vec<Month>)>,
    customers: Vec<CustomerLink>,
}

/// One month as weeks of seven days, Monday first.
struct Month {
    first: Date,
    name: String,
    weeks: Vec<Week>,
}

/// One row of a month: its days, and the week's page if it has one.
struct Week {
    page: Option<WeekLink>,
    days: Vec<Option<Day>>,
}

struct WeekLink {
    href: String,
    number: i8,
    label: String,
}

struct Day {
    number: i8,
    date: Date,
    label: String,
    report: Option<u64>,
}

impl Day {
    /// How long the mark below the day is: 0 quiet to 3 busy.
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
    let month =
        |first: &Date| Month { first: *first, name: first.strftime("%B %Y").to_string(), weeks: weeks(*first, facts) };
    firsts.iter().rev().map(month).collect()
}

/// Months of one year each, the newest year first.
fn by_year(months: Vec<Month>) -> Vec<(i16, Vec<Month>)> {
    let mut years: Vec<(i16, Vec<Month>)> = Vec::new();
    for month in months {
        match years.last_mut() {
            Some((year, months)) if *year == month.first.year() => months.push(month),
            _ => years.push((month.first.year(), vec![month])),
        }
    }
    years
}

fn weeks(first: Date, facts: &IndexFacts<'_>) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut monday = week::monday(first);
    while monday <= first.last_of_month() {
        let days = monday.series(Span::new().days(1)).take(7);
        let days = days.map(|date| (date.month() == first.month()).then(|| day(date, facts))).collect();
        let page = facts.weeks.contains(&monday).then(|| WeekLink {
            href: week_path(monday),
            number: monday.iso_week_date().week(),
            label: format!("Week of {}", phrase::day_month_year(monday)),
        });
        weeks.push(Week { page, days });
        let Ok(next) = monday.checked_add(Span::new().weeks(1)) else { break };
        monday = next;
    }
    weeks
}

fn day(date: Date, facts: &IndexFacts<'_>) -> Day {
    let report = facts.days.get(&date).copied();
    let exchanges = phrase::some(report.unwrap_or(0) as usize, "exchange", "exchanges");
    Day { number: date.day(), date, label: format!("{}, {exchanges}", phrase::long_date(date)), report }
}
