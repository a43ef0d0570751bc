//! Which reports are due, what they are made of, and where they go.
//!
//! A report is made of the record as of its day's end, as far as its watermark knew it, and nothing else:
//! writing it again gives the same bytes.

mod history;
mod house;
mod pages;
mod settled;
mod tell;
mod week;
mod year;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use self::pages::Writer;
use self::tell::Known;
use super::keeper::Keeper;
use crate::config::{self, Config};
use crate::contacts::{Customer, CustomerId};
use crate::failure::{Code, Failure};
use crate::interaction::Recorded;
use crate::mail::{Address, Domain};
use crate::measure::calendar::day_span;
use crate::measure::{Findings, Past, Record, WorkingTime};
use crate::report::{self, Format, Report, schedule};
use crate::store::{self, Chronicle, Reader, Store};
use crate::{publish, wiring};

pub use week::{last_week, week, write_week};
pub use year::{write_years, year};

/// For how many days mails are looked through for the mails they mention (measures.md 15).
const LATELY: i64 = 90;

/// How reports are made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where they go.
    pub directory: PathBuf,
    /// When yesterday's is due, local time.
    pub at: Time,
    /// When we work, and in which zone.
    pub working: WorkingTime,
    /// In which formats.
    pub formats: Vec<Format>,
    /// To whom they are mailed, and the domain they are mailed from; `None` when they are not.
    pub mailed: Option<(Vec<Address>, Domain)>,
}

impl Settings {
    /// What the configuration says.
    pub fn of(config: &Config) -> Settings {
        let calendar = &config.report.calendar;
        let (days, zone) = (calendar.days.clone(), config.report.zone());
        let holidays = calendar.holidays.iter().copied().collect();
        let form = |format: &config::Format| match format {
            config::Format::Html => Format::Html,
            config::Format::Markdown => Format::Markdown,
            config::Format::Json => Format::Json,
        };
        Settings {
            directory: config.report.directory.clone(),
            at: config.report.at,
            working: WorkingTime { days, from: calendar.from, to: calendar.to, holidays, zone },
            formats: config.report.formats.iter().map(form).collect(),
            mailed: config.report.mail.as_ref().map(|mail| (mail.to.clone(), mail.from.domain())),
        }
    }

    fn zone(&self) -> &TimeZone {
        &self.working.zone
    }

    fn publishing(&self) -> publish::Settings {
        publish::Settings { directory: self.directory.clone() }
    }
}

/// Writes every report that should be there and is not; returns their days. Each is noted only once its
/// files are complete: after a crash in between it is written again, the same.
///
/// # Errors
/// The store's, and a folder that cannot be written (73).
pub async fn publish_due(keeper: &Keeper, settings: Settings, now: Timestamp) -> Result<Vec<Date>, Failure> {
    let asked = keeper.ask(|store| Ok((store.report_days()?, store.earliest()?, store.path().to_owned()))).await;
    let (published, earliest, path) = asked?;
    let zone = settings.zone().clone();
    let known: BTreeSet<Date> = published.keys().copied().collect();
    let first_day = earliest.map(|at| zone.to_datetime(at).date());
    let due = schedule::due(&known, first_day, now, &zone, settings.at);
    let mut chronicle = None;
    for date in &due {
        let scope = if due.last() == Some(date) { Scope::AllThatLinks } else { Scope::Day };
        let (date, path) = (*date, path.clone());
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        // Rendering asks the record on a connection of its own: the writer goes on settling mail.
        let how = settings.clone();
        let begun = chronicle.take();
        let rendered =
            tokio::task::spawn_blocking(move || publish_first(&store::Settings { path }, &how, date, scope, begun));
        let read = rendered.await.map_err(|_| Failure::new(Code::Bug, "a report could not be rendered"))??;
        let watermark = read.watermark();
        chronicle = Some(read);
        // Of several days that are due only the newest is mailed, and before it is noted: a day that is due again
        // after a crash is not mailed again.
        let newest = due.last() == Some(&date) && known.last().is_none_or(|last| *last < date);
        if let Some((to, domain)) = settings.mailed.clone().filter(|_| newest) {
            keeper.ask(move |store| store.queue_letters(date, &to, &domain, now)).await?;
        }
        keeper.ask(move |store| store.note_report(date, &name, watermark, now)).await?;
    }
    Ok(due)
}

/// What is written with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Its own files. Of several days that are due, the last brings the rest: whatever ends the program before
    /// leaves that one due.
    Day,
    /// The customers' pages and the index, too.
    AllThatLinks,
}

/// Writes a day's first edition and what links to it. Days that are due together share one reading of the record, and
/// so one watermark; what was read is given back for the next.
fn publish_first(
    at: &store::Settings,
    settings: &Settings,
    date: Date,
    scope: Scope,
    begun: Option<Chronicle>,
) -> Result<Chronicle, Failure> {
    let reader = Store::open_to_read(at).map_err(wiring::store_failure)?;
    let editor = Editor::new(&reader, settings).map_err(wiring::store_failure)?;
    let mut chronicle = match begun {
        Some(chronicle) => chronicle,
        None => editor.chronicle(reader.max_sequence().map_err(wiring::store_failure)?),
    };
    editor.publish(date, &mut chronicle, scope)?;
    Ok(chronicle)
}

/// Writes a day's report again, or for the first time, without noting it as published: only the daemon's
/// schedule closes a day.
///
/// # Errors
/// The store's, and a folder that cannot be written (73).
pub fn rewrite(reader: &Reader, settings: &Settings, date: Date) -> Result<publish::Published, Failure> {
    let editor = Editor::new(reader, settings).map_err(wiring::store_failure)?;
    let watermark = editor.watermark(date).map_err(wiring::store_failure)?;
    editor.publish(date, &mut editor.chronicle(watermark), Scope::AllThatLinks)
}

/// A day's report, optionally about one customer only.
///
/// # Errors
/// The store's.
pub fn day(reader: &Reader, settings: &Settings, date: Date, customer: Option<&CustomerId>) -> Result<Report, Failure> {
    let tell = || {
        let editor = Editor::new(reader, settings)?;
        match customer {
            None => {
                let chronicle = editor.leap(date)?;
                let findings = editor.findings(chronicle.record(), editor.span(date)?.end)?;
                let known = Known { watermark: chronicle.watermark(), roster: &chronicle.into_roster() };
                editor.tell(date, &known, &findings, None)
            }
            Some(id) => {
                let mut chronicle = editor.chronicle(editor.watermark(date)?);
                editor.read_on(&mut chronicle, date)?;
                let mut chronicle = chronicle.of_customer(id);
                let (mut report, _) = editor.report(date, &chronicle, Some(id))?;
                let history = editor.history(&mut chronicle, &report)?;
                report.relationships.iter_mut().for_each(|relationship| history.tell(relationship));
                Ok(report)
            }
        }
    };
    reader.at_once(tell).map_err(wiring::store_failure)
}

/// What the record says as of an instant, everything known of it included.
///
/// # Errors
/// The store's.
pub fn findings(reader: &Reader, settings: &Settings, as_of: Timestamp) -> Result<Findings, Failure> {
    let tell = || {
        let editor = Editor::new(reader, settings)?;
        editor.findings(&reader.record_as_of(as_of, None)?, as_of)
    };
    tell().map_err(wiring::store_failure)
}

/// The record, opened to tell of it.
struct Editor<'a> {
    reader: &'a Reader,
    settings: &'a Settings,
    customers: Vec<Customer>,
    /// The watermark of every published day.
    published: BTreeMap<Date, i64>,
}

impl<'a> Editor<'a> {
    fn new(reader: &'a Reader, settings: &'a Settings) -> store::Result<Editor<'a>> {
        let published = reader.report_days()?.into_iter().map(|(date, report)| (date, report.watermark)).collect();
        Ok(Editor { reader, settings, customers: reader.load_customers()?, published })
    }

    /// What a day's report may know: what its first edition knew, or everything if it has none yet.
    fn watermark(&self, date: Date) -> store::Result<i64> {
        match self.published.get(&date) {
            Some(watermark) => Ok(*watermark),
            None => self.reader.max_sequence(),
        }
    }

    /// The record up to a watermark, at its beginning.
    fn chronicle(&self, watermark: i64) -> Chronicle {
        self.reader.chronicle(&self.customers, watermark)
    }

    /// Reads on to the end of a day.
    fn read_on(&self, chronicle: &mut Chronicle, date: Date) -> store::Result<()> {
        chronicle.advance(self.reader, self.span(date)?.end, self.lately(date))?;
        Ok(())
    }

    /// The record as far as findings at the end of a day need it, which is little of its past.
    fn leap(&self, date: Date) -> store::Result<Chronicle> {
        let end = self.span(date)?.end;
        let past = Past::end(&self.settings.working, end);
        self.chronicle(self.watermark(date)?).leap(self.reader, end, self.lately(date), past)
    }

    /// Since when mails are looked through for the mails they mention, at the end of a day.
    fn lately(&self, date: Date) -> Timestamp {
        let first = date.checked_sub(Span::new().days(LATELY - 1)).unwrap_or(date);
        schedule::as_of(first.yesterday().unwrap_or(first), self.settings.zone())
    }

    fn span(&self, date: Date) -> store::Result<Range<Timestamp>> {
        day_span(date, self.settings.zone()).ok_or_else(|| store::StoreError::NotFound(format!("day {date}")))
    }

    /// What measures say of the record as of an instant.
    fn findings(&self, record: &Record, as_of: Timestamp) -> store::Result<Findings> {
        let words = self.reader.words();
        let findings = Findings::of(record, &words, &self.settings.working, as_of);
        words.finish()?;
        Ok(findings)
    }

    /// Writes the day in every format; where it brings all that links, the customers' pages, and last the index.
    fn publish(&self, date: Date, chronicle: &mut Chronicle, scope: Scope) -> Result<publish::Published, Failure> {
        self.read_on(chronicle, date).map_err(wiring::store_failure)?;
        let told = self.reader.at_once(|| self.report(date, chronicle, None));
        let (report, findings) = told.map_err(wiring::store_failure)?;
        let mut writer = Writer::new(self.settings.publishing());
        for format in &self.settings.formats {
            writer.add(report::file(&report, *format))?;
        }
        if self.ends_its_week(date, scope) {
            let week = self.week_up_to((&report, &findings), chronicle.watermark(), None, &self.settings.formats);
            week.map_err(wiring::store_failure)?.into_iter().try_for_each(|file| writer.add(file))?;
            writer.flush()?;
        }
        if scope == Scope::AllThatLinks && self.settings.formats.contains(&Format::Html) {
            let mut days = self.published.clone();
            days.insert(date, chronicle.watermark());
            match days.last_key_value() {
                Some((latest, watermark)) if *latest != date => {
                    let mut chronicle = self.chronicle(*watermark);
                    self.read_on(&mut chronicle, *latest).map_err(wiring::store_failure)?;
                    let told = self.report(*latest, &chronicle, None).map_err(wiring::store_failure)?;
                    self.customer_pages(&days, &mut chronicle, (&told.0, &told.1), &mut writer)?;
                }
                _ => self.customer_pages(&days, chronicle, (&report, &findings), &mut writer)?,
            }
            writer.add(self.index(&days).map_err(wiring::store_failure)?)?;
        }
        writer.finish()
    }

    /// Whether the page of a day's week is written with it: it is the latest day of the week that has a report, and
    /// either the week is over or no later day is due now.
    fn ends_its_week(&self, date: Date, scope: Scope) -> bool {
        let sunday = week::sunday(report::week::monday(date));
        let is_latest = self.published.range(date..=sunday).all(|(day, _)| *day == date);
        is_latest && (date == sunday || scope == Scope::AllThatLinks)
    }

    /// The report of the day at whose end a chronicle stands, and what it was found from.
    fn report(
        &self,
        date: Date,
        chronicle: &Chronicle,
        customer: Option<&CustomerId>,
    ) -> store::Result<(Report, Findings)> {
        let record = chronicle.record();
        let findings = self.findings(record, self.span(date)?.end)?;
        let known = Known { watermark: chronicle.watermark(), roster: &record.roster };
        let report = self.tell(date, &known, &findings, customer)?;
        Ok((report, findings))
    }

    fn quoted(&self, interactions: impl IntoIterator<Item = i64>) -> store::Result<Vec<Recorded>> {
        interactions.into_iter().map(|id| self.reader.line(id)).collect()
    }
}
