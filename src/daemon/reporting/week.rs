//! A week looked back at, from the store to the report.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::{Editor, Settings};
use crate::contacts::CustomerId;
use crate::failure::{Code, Failure};
use crate::measure::{Findings, Promised, State};
use crate::report::day::Promise;
use crate::report::week::{Pledge, WeekFacts, file, monday};
use crate::report::{File, Format, Report, page};
use crate::store::{self, Decision, Reader};
use crate::{publish, wiring};

/// The week that holds a day, in one format, optionally about one customer only. Of one that is not over, what was
/// known at the end of `until`, the last day that may be told.
///
/// # Errors
/// The store's.
pub fn week(
    reader: &Reader,
    settings: &Settings,
    (day, until): (Date, Date),
    customer: Option<&CustomerId>,
    formats: &[Format],
) -> Result<Vec<File>, Failure> {
    let editor = Editor::new(reader, settings).map_err(wiring::store_failure)?;
    editor.week(monday(day), until, customer, formats).map_err(wiring::store_failure)
}

/// Writes a week's report, in every configured format.
///
/// # Errors
/// The store's, and a folder that cannot be written (73).
pub fn write_week(reader: &Reader, settings: &Settings, days: (Date, Date)) -> Result<publish::Published, Failure> {
    let files = week(reader, settings, days, None, &settings.formats)?;
    publish::publish(&settings.publishing(), &files).map_err(|error| wiring::publish_failure(&error))
}

impl Editor<'_> {
    fn week(
        &self,
        monday: Date,
        until: Date,
        customer: Option<&CustomerId>,
        formats: &[Format],
    ) -> store::Result<Vec<File>> {
        let last = sunday(monday).min(until);
        let chronicle = match customer {
            None => self.leap(last)?,
            Some(id) => {
                let mut chronicle = self.chronicle(self.watermark(last)?);
                self.read_on(&mut chronicle, last)?;
                chronicle.of_customer(id)
            }
        };
        let (last_day, findings) = self.report(last, &chronicle, customer)?;
        self.week_up_to((&last_day, &findings), chronicle.watermark(), customer, formats)
    }

    /// The week of a day, told at that day's end, from its report and what that was found from.
    pub(super) fn week_up_to(
        &self,
        (last_day, findings): (&Report, &Findings),
        watermark: i64,
        customer: Option<&CustomerId>,
        formats: &[Format],
    ) -> store::Result<Vec<File>> {
        let monday = monday(last_day.date);
        let (first, end) = (self.span(monday)?, self.span(last_day.date)?);
        let mut exchanges = self.reader.interactions_between(first.start, end.end)?;
        exchanges.retain(|recorded| {
            recorded.sequence <= watermark && customer.is_none_or(|id| recorded.interaction.customers.contains(id))
        });
        let pledges = self.pledges(findings, first.start, end.end, last_day, customer)?;
        let published: BTreeSet<Date> = self.published.keys().copied().chain([last_day.date]).collect();
        let facts = WeekFacts {
            monday,
            last_day,
            exchanges: &exchanges,
            pledges: &pledges,
            published: &published,
            weeks: &self.written_before(monday),
        };
        Ok(formats.iter().map(|format| file(&facts, *format)).collect())
    }

    /// The Mondays of the weeks of these days that have a page.
    pub(super) fn weeks_written(&self, days: &BTreeMap<Date, i64>) -> BTreeSet<Date> {
        let mondays: BTreeSet<Date> = days.keys().map(|day| monday(*day)).collect();
        mondays.into_iter().filter(|monday| self.has_page(*monday)).collect()
    }

    fn has_page(&self, monday: Date) -> bool {
        self.settings.directory.join(page::week_path(monday)).exists()
    }

    /// Our promises that the week may tell of: made or kept in it, or open at its end.
    fn pledges(
        &self,
        findings: &Findings,
        start: Timestamp,
        end: Timestamp,
        report: &Report,
        customer: Option<&CustomerId>,
    ) -> store::Result<Vec<Pledge>> {
        let mut pledges: Vec<Pledge> = Vec::new();
        for promised in findings.relations.iter().flat_map(|relation| &relation.promises.all) {
            let kept = self.kept(promised, end)?;
            if promised.made < start && kept.is_some_and(|at| at < start) {
                continue;
            }
            let promise = self.promise(promised, report)?;
            let known = pledges.iter().any(|pledge| pledge.promise.number == promised.number);
            if let Some(promise) = promise.filter(|one| !known && customer.is_none_or(|id| one.customer == *id)) {
                pledges.push(Pledge { promise, made: promised.made, kept });
            }
        }
        Ok(pledges)
    }

    /// When a promise was kept: by the mail that did, or by somebody's word.
    fn kept(&self, promised: &Promised, end: Timestamp) -> store::Result<Option<Timestamp>> {
        match promised.state {
            State::Kept(Some(by)) => Ok(Some(self.reader.get(by)?.interaction.occurred_at.timestamp)),
            State::Kept(None) => {
                let decided = self.reader.settled_between(promised.made, end)?;
                let closed = decided.iter().rev().find(|one| {
                    one.matter.matter.number == promised.number && matches!(one.decision, Decision::Closed(_))
                });
                Ok(Some(closed.map_or(promised.made, |one| one.at)))
            }
            State::Open | State::Due | State::Overdue => Ok(None),
        }
    }

    fn promise(&self, promised: &Promised, report: &Report) -> store::Result<Option<Promise>> {
        let Some(told) = self.reader.matter(promised.number)? else { return Ok(None) };
        let Some(customer) = told.customers.first().cloned() else { return Ok(None) };
        let contact = told.with.as_ref().and_then(|person| person.contact.clone());
        let zone = self.settings.zone();
        Ok(Some(Promise {
            number: promised.number,
            customer,
            name: super::settled::name(&told, report),
            contact: contact.map(|id| id.0),
            sentence: told.sentence,
            due: promised.due,
            overdue: promised.state == State::Overdue,
            interaction: promised.interaction,
            since: promised.made.display_with_offset(zone.to_offset(promised.made)).to_string(),
        }))
    }

    /// The Monday of the week before, if its page was written.
    fn written_before(&self, monday: Date) -> BTreeSet<Date> {
        let before = monday.checked_sub(Span::new().days(7)).ok();
        before.into_iter().filter(|monday| self.has_page(*monday)).collect()
    }
}

/// The last day of a week.
pub(super) fn sunday(monday: Date) -> Date {
    monday.checked_add(Span::new().days(6)).unwrap_or(monday)
}

/// The day of a week that is asked for when nobody says which: the last day of the last week that is over.
///
/// # Errors
/// Never in the years that calendars know.
pub fn last_week(today: Date) -> Result<Date, Failure> {
    let sunday = monday(today).yesterday();
    sunday.map_err(|error| Failure::new(Code::Usage, "there is no week before").because(&error))
}
