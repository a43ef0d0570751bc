//! A week looked back at: its exchanges by customer, what was promised and kept, what is open at its end.
//!
//! [`WeekFacts`] go in, a [`Week`] comes out, and every format is rendered from that one value.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::day::{Context, Counts, Exchange, Promise, Report, Waiting};
use super::grouped::{self, Grouped};
use super::tell::Teller;
use super::{File, Format, json, markdown, page, phrase};
use crate::interaction::Recorded;

/// What the report of a week is made of.
#[derive(Debug, Clone)]
pub struct WeekFacts<'a> {
    /// Its Monday.
    pub monday: Date,
    /// The report of its last day, or of the latest one of a week that is not over: how things stand then, and
    /// everyone's names.
    pub last_day: &'a Report,
    /// What took place in it; more does no harm.
    pub exchanges: &'a [Recorded],
    /// Promises of ours made before its end; those kept or closed before it began do no harm.
    pub pledges: &'a [Pledge],
    /// The days that have a page, to link to them.
    pub published: &'a BTreeSet<Date>,
    /// The Mondays of the weeks that have a page.
    pub weeks: &'a BTreeSet<Date>,
}

/// A promise of ours, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pledge {
    /// The promise; of [`overdue`](Promise::overdue) the week asks as of its own end.
    pub promise: Promise,
    /// When it was made.
    pub made: Timestamp,
    /// When it was kept, or closed as done.
    pub kept: Option<Timestamp>,
}

/// A week's report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Week {
    /// `2026-W47` (ISO 8601).
    pub week: String,
    /// Its Monday.
    pub from: Date,
    /// Its last day that is told.
    pub to: Date,
    /// The report's zone, by its IANA name.
    pub time_zone: String,
    /// The instant as of which everything is said.
    pub as_of: String,
    /// What took place, by customer, then time.
    pub exchanges: Vec<Exchange>,
    /// How much of what.
    pub counts: Counts,
    /// What we promised in it.
    pub promised: Vec<Promise>,
    /// What we kept in it.
    pub kept: Vec<Promise>,
    /// What is open at its end.
    pub open: Open,
    /// What pages show besides.
    #[serde(skip)]
    pub context: Context,
    /// The days that have a page.
    #[serde(skip)]
    pub published: BTreeSet<Date>,
    /// The Monday of the week before, if that has a page.
    #[serde(skip)]
    pub previous: Option<Date>,
}

/// What is open at a week's end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Open {
    /// Who waits for our answer, longest first.
    pub waiting_on_us: Vec<Waiting>,
    /// Whose answer we wait for, longest first.
    pub waiting_on_them: Vec<Waiting>,
    /// Promises not yet kept, the earliest due first.
    pub promises: Vec<Promise>,
}

/// `2026-W47`: the week of a day (ISO 8601).
pub fn name(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// The Monday of a day's week.
pub fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(Span::new().days(since)).unwrap_or(day)
}

/// A week's report in one format.
pub fn render(facts: &WeekFacts<'_>, format: Format) -> String {
    let week = Week::new(facts);
    match format {
        Format::Html => page::week(&week),
        Format::Markdown => markdown::week(&week),
        Format::Json => json(&week),
    }
}

/// A week's report as a file in one format: `weeks/2026-W47.html`.
pub fn file(facts: &WeekFacts<'_>, format: Format) -> File {
    File { path: format!("weeks/{}.{}", name(facts.monday), format.extension()), content: render(facts, format) }
}

impl Week {
    /// Says what the facts say.
    pub fn new(facts: &WeekFacts<'_>) -> Week {
        let report = facts.last_day;
        let teller = Teller { names: report.context.names.clone(), zone: report.context.zone.clone() };
        let sunday = facts.monday.checked_add(Span::new().days(6)).unwrap_or(facts.monday);
        let to = report.date.clamp(facts.monday, sunday);
        let within = |at: Timestamp| (facts.monday..=to).contains(&teller.zone.to_datetime(at).date());
        let known = |at: Timestamp| teller.zone.to_datetime(at).date() <= to;

        let in_week = facts.exchanges.iter().filter(|r| within(r.interaction.occurred_at.timestamp));
        let mut exchanges: Vec<Exchange> = in_week.filter_map(|recorded| teller.exchange(recorded, false)).collect();
        exchanges.sort_by(|a, b| (&a.customer, a.instant, a.interaction).cmp(&(&b.customer, b.instant, b.interaction)));
        exchanges.dedup_by_key(|exchange| exchange.interaction);

        let told = |chosen: &dyn Fn(&Pledge) -> bool| {
            let mut promises: Vec<Promise> =
                facts.pledges.iter().filter(|p| chosen(p)).map(|pledge| pledge.promise.clone()).collect();
            promises.sort_by_key(|promise| (promise.due, promise.number));
            promises
        };
        Week {
            week: name(facts.monday),
            from: facts.monday,
            to,
            time_zone: report.time_zone.clone(),
            as_of: report.as_of.clone(),
            counts: Counts::of(&exchanges),
            exchanges,
            promised: told(&|pledge| within(pledge.made)),
            kept: told(&|pledge| pledge.kept.is_some_and(within)),
            open: Open {
                waiting_on_us: report.today.waiting_on_us.clone(),
                waiting_on_them: report.today.waiting_on_them.clone(),
                promises: told(&|pledge| known(pledge.made) && !pledge.kept.is_some_and(known)),
            },
            context: report.context.clone(),
            published: facts.published.clone(),
            previous: facts.weeks.range(..facts.monday).next_back().copied(),
        }
    }

    /// The exchanges by customer, as many as a page tells.
    pub fn grouped(&self) -> Grouped<'_> {
        grouped::select(&self.exchanges, &self.context.names, &grouped::OF_A_WEEK)
    }

    /// How many exchanges each day had, Monday first: theirs, ours.
    pub fn days(&self) -> Vec<(Date, u32, u32)> {
        let mut counts: BTreeMap<Date, (u32, u32)> = BTreeMap::new();
        for exchange in &self.exchanges {
            let (theirs, ours) = counts.entry(self.context.zone.to_datetime(exchange.instant).date()).or_default();
            let side = if exchange.direction == crate::understand::Direction::Inbound { theirs } else { ours };
            *side += 1;
        }
        let days = self.from.series(Span::new().days(1)).take(7);
        days.map(|day| counts.get(&day).map_or((day, 0, 0), |(theirs, ours)| (day, *theirs, *ours))).collect()
    }

    /// The sentences at the top: what the week brought, what was promised and kept.
    pub fn lede(&self) -> String {
        let brought = match phrase::listed(&self.counts) {
            None => "No mail from or to a customer".to_owned(),
            Some(list) => {
                let with = phrase::some_letters(self.counts.customers, "customer", "customers");
                format!("{}, with {with}", phrase::capital(&list))
            }
        };
        let promises = match (self.promised.len(), self.kept.len()) {
            (0, 0) => String::new(),
            (made, 0) => format!(" We promised {}.", phrase::some_letters(made, "thing", "things")),
            (0, kept) => format!(" We kept {}.", phrase::some_letters(kept, "promise", "promises")),
            (made, kept) => {
                let things = phrase::some_letters(made, "thing", "things");
                format!(" We promised {things} and kept {}.", phrase::number(kept))
            }
        };
        format!("{brought}.{promises}")
    }

    /// `16 to 22 November 2026`.
    pub fn span(&self) -> String {
        phrase::span(self.from, self.to)
    }
}
