//! The page of a week.

use std::collections::BTreeSet;

use askama::Template;
use jiff::civil::Date;

use super::chart::{self, Bar};
use super::customer::Rhythm;
use super::day::{CustomerLink, Line, Loops, PromiseLine, Promises};
use super::frame::Frame;
use super::html::Html;
use super::{filled, first, week_path};
use crate::mail::Untrusted;
use crate::report::day::{Exchange, Promise};
use crate::report::week::Week;
use crate::report::{grouped, phrase};

/// How many promises of each sort.
const PROMISES: usize = 20;

/// The page of a week's report.
pub fn page(week: &Week) -> String {
    let context = &week.context;
    let promises = |list: &[Promise]| {
        let lines = list.iter().map(|promise| PromiseLine::new(promise, context, week.to));
        first(lines.collect::<Vec<_>>(), PROMISES)
    };
    let grouped = week.grouped();
    let title = format!("Week {} – touchbase", week.week);
    filled(&Page {
        frame: Frame::new(Html::bare(&Untrusted::new(title)), "../", &context.version),
        number: week.from.iso_week_date().week(),
        span: week.span(),
        to: week.to,
        previous: week.previous.map(|monday| (week_path(monday), format!("Week {}", monday.iso_week_date().week()))),
        lede: week.lede(),
        chart: days(week),
        days: week.days().into_iter().map(|told| DayLink::of(told, &week.published)).collect(),
        promised: promises(&week.promised),
        kept: promises(&week.kept),
        open: Promises::new(&week.open.promises, context, week.to),
        on_us: Loops::new(&week.open.waiting_on_us, context, week.to),
        on_them: Loops::new(&week.open.waiting_on_them, context, week.to),
        as_of: phrase::long_date(week.to),
        groups: grouped.told.iter().map(|group| Group::of(group, week)).collect(),
        named: grouped.named.iter().map(|(id, count)| CustomerLink::to(id, context, *count)).collect(),
        elsewhere: grouped.elsewhere,
        time_zone: week.time_zone.clone(),
    })
}

#[derive(Template)]
#[template(path = "week.html")]
struct Page {
    frame: Frame,
    number: i8,
    span: String,
    to: Date,
    previous: Option<(String, String)>,
    lede: String,
    chart: Option<Rhythm>,
    days: Vec<DayLink>,
    promised: (Vec<PromiseLine>, usize),
    kept: (Vec<PromiseLine>, usize),
    open: Promises,
    on_us: Loops,
    on_them: Loops,
    as_of: String,
    groups: Vec<Group>,
    named: Vec<CustomerLink>,
    elsewhere: usize,
    time_zone: String,
}

impl Page {
    fn nothing_open(&self) -> bool {
        self.on_us.total == 0 && self.on_them.total == 0 && self.open.total == 0
    }
}

/// One customer's exchanges, each with its weekday.
struct Group {
    customer: CustomerLink,
    lines: Vec<(String, Line)>,
    more: usize,
}

impl Group {
    fn of(group: &grouped::Group<'_>, week: &Week) -> Group {
        let context = &week.context;
        let line = |exchange: &&Exchange| {
            let day = context.zone.to_datetime(exchange.instant).date();
            (day.strftime("%a").to_string(), Line::new(exchange, context, week.to))
        };
        let lines = group.lines.iter().map(line).collect();
        Group { customer: CustomerLink::to(group.customer, context, 0), lines, more: group.more }
    }
}

/// A day below its bar.
struct DayLink {
    date: Date,
    weekday: String,
    number: i8,
    label: String,
    published: bool,
}

impl DayLink {
    fn of((date, theirs, ours): (Date, u32, u32), published: &BTreeSet<Date>) -> DayLink {
        let exchanges = phrase::some((theirs + ours) as usize, "exchange", "exchanges");
        DayLink {
            date,
            weekday: date.strftime("%a").to_string(),
            number: date.day(),
            label: format!("{}, {exchanges}", phrase::long_date(date)),
            published: published.contains(&date),
        }
    }
}

/// The week's days as bars.
fn days(week: &Week) -> Option<Rhythm> {
    let bar = |(day, theirs, ours): (Date, u32, u32)| Bar { label: phrase::weekday(day), theirs, ours };
    let numbers: Vec<Bar> = week.days().into_iter().map(bar).collect();
    Some(Rhythm {
        chart: chart::rhythm(&numbers, "Exchanges a day: theirs above the line, ours below it")?,
        first: String::new(),
        last: String::new(),
        words: String::new(),
        numbers,
        unit: "Day",
    })
}
