//! Which reports are due, what they are made of, and where they go.
//!
//! A report is made of the record as of its day's end, as far as its watermark knew it, and nothing else:
//! writing it again gives the same bytes.

mod settled;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::keeper::Keeper;
use crate::config::{self, Config};
use crate::contacts::{Customer, CustomerId, domains};
use crate::failure::{Code, Failure};
use crate::interaction::Recorded;
use crate::mail::{Address, Domain, Untrusted};
use crate::measure::calendar::day_span;
use crate::measure::{Entry, Findings, NoWords, WorkingTime};
use crate::report::{
    self, CustomerFacts, Facts, File, Format, Held, IndexFacts, MailboxState, Report, Seen, Stranger, page, schedule,
};
use crate::store::{self, Reader, Store, Whose};
use crate::understand::ForwardingRequest;
use crate::{publish, wiring};

/// How many exchanges a customer's page shows.
const RECENT: usize = 60;

/// For how long a request to forward mail here is told.
const REQUESTS_TOLD: jiff::SignedDuration = jiff::SignedDuration::from_hours(72);

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
    for date in &due {
        let scope = if due.last() == Some(date) { Scope::AllThatLinks } else { Scope::Day };
        let (date, path) = (*date, path.clone());
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        // Rendering asks the record on a connection of its own: the writer goes on settling mail.
        let how = settings.clone();
        let rendered = tokio::task::spawn_blocking(move || publish_first(&store::Settings { path }, &how, date, scope));
        let watermark = rendered.await.map_err(|_| Failure::new(Code::Bug, "a report could not be rendered"))??;
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

/// Writes a day's first edition and what links to it; gives the watermark it knew.
fn publish_first(at: &store::Settings, settings: &Settings, date: Date, scope: Scope) -> Result<i64, Failure> {
    let reader = Store::open_to_read(at).map_err(wiring::store_failure)?;
    let editor = Editor::new(&reader, settings).map_err(wiring::store_failure)?;
    let watermark = reader.max_sequence().map_err(wiring::store_failure)?;
    editor.publish(date, watermark, scope)?;
    Ok(watermark)
}

/// Writes a day's report again, or for the first time, without noting it as published: only the daemon's
/// schedule closes a day.
///
/// # Errors
/// The store's, and a folder that cannot be written (73).
pub fn rewrite(reader: &Reader, settings: &Settings, date: Date) -> Result<publish::Published, Failure> {
    let editor = Editor::new(reader, settings).map_err(wiring::store_failure)?;
    let watermark = editor.watermark(date).map_err(wiring::store_failure)?;
    editor.publish(date, watermark, Scope::AllThatLinks)
}

/// A day's report, optionally about one customer only.
///
/// # Errors
/// The store's.
pub fn day(reader: &Reader, settings: &Settings, date: Date, customer: Option<&CustomerId>) -> Result<Report, Failure> {
    let editor = Editor::new(reader, settings).map_err(wiring::store_failure)?;
    let watermark = editor.watermark(date).map_err(wiring::store_failure)?;
    editor.report(date, watermark, customer).map_err(wiring::store_failure)
}

/// What the record says as of an instant, everything known of it included.
///
/// # Errors
/// The store's.
pub fn findings(reader: &Reader, settings: &Settings, as_of: Timestamp) -> Result<Findings, Failure> {
    let record = reader.record_as_of(as_of, None).map_err(wiring::store_failure)?;
    Ok(Findings::of(&record, &NoWords, &settings.working, as_of))
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

    fn publish(&self, date: Date, watermark: i64, scope: Scope) -> Result<publish::Published, Failure> {
        let files = self.files(date, watermark, scope).map_err(wiring::store_failure)?;
        publish::publish(&self.settings.publishing(), &files).map_err(|error| wiring::publish_failure(&error))
    }

    /// The day in every format, the customers' pages, and last the index that links to them.
    fn files(&self, date: Date, watermark: i64, scope: Scope) -> store::Result<Vec<File>> {
        let report = self.report(date, watermark, None)?;
        let mut files: Vec<File> = self.settings.formats.iter().map(|format| report::file(&report, *format)).collect();
        if scope == Scope::Day || !self.settings.formats.contains(&Format::Html) {
            return Ok(files);
        }
        let mut days = self.published.clone();
        days.insert(date, watermark);
        let latest = match days.last_key_value() {
            Some((latest, watermark)) if *latest != date => self.report(*latest, *watermark, None)?,
            _ => report,
        };
        files.extend(self.customer_pages(&latest, &days)?);
        files.push(self.index(&days)?);
        Ok(files)
    }

    fn report(&self, date: Date, watermark: i64, customer: Option<&CustomerId>) -> store::Result<Report> {
        let zone = self.settings.zone();
        let Some(span) = day_span(date, zone) else { return Err(store::StoreError::NotFound(format!("day {date}"))) };
        let mut days = self.published.clone();
        days.insert(date, watermark);
        let about = |recorded: &Recorded| customer.is_none_or(|c| recorded.interaction.customers.contains(c));
        let told_here = |recorded: &Recorded, late: bool| {
            let day = zone.to_datetime(recorded.interaction.occurred_at.timestamp).date();
            let told = schedule::assign(recorded.sequence, day, &days);
            about(recorded) && told == Some(schedule::Told { report: date, late })
        };
        let mut exchanges = self.reader.interactions_between(span.start, span.end)?;
        exchanges.retain(|recorded| told_here(recorded, false));
        let mut late = self.late_candidates(span.start, watermark)?;
        late.retain(|recorded| told_here(recorded, true));
        let mut record = self.reader.record_as_of(span.end, Some(watermark))?;
        if let Some(customer) = customer {
            let number = record.roster.find(customer);
            record.entries.retain(|entry| number.is_some_and(|number| entry.customers.contains(&number)));
        }
        let findings = Findings::of(&record, &NoWords, &self.settings.working, span.end);
        let mut report = Report::new(&Facts {
            date,
            zone: zone.clone(),
            hours_per_day: self.settings.working.hours_per_day(),
            customers: &self.customers,
            quoted: &self.quoted(&findings)?,
            roster: &record.roster,
            findings: &findings,
            exchanges: &exchanges,
            late: &late,
            unmatched: &self.strangers(span.end)?,
            quarantine: &self.held(span.end)?,
            forwarding_requests: &self.forwarding_requests(span.end)?,
            mailboxes: &self.mailboxes(span.end)?,
            formats: &self.settings.formats,
            previous: days.range(..date).next_back().map(|(day, _)| *day),
            anything_recorded: watermark > 0,
            version: env!("CARGO_PKG_VERSION"),
        });
        settled::add(&mut report, self.reader, (span.start, span.end), customer)?;
        Ok(report)
    }

    /// What joined the record after the reports of the last weeks were written, and took place before `start`.
    fn late_candidates(&self, start: Timestamp, watermark: i64) -> store::Result<Vec<Recorded>> {
        let oldest = start.to_zoned(self.settings.zone().clone()).date();
        let oldest = oldest.checked_sub(Span::new().days(schedule::DAYS_BACK)).unwrap_or(oldest);
        match self.published.range(oldest..).map(|(_, watermark)| *watermark).min() {
            Some(lowest) => self.reader.late(lowest, watermark, start),
            None => Ok(Vec::new()),
        }
    }

    fn quoted(&self, findings: &Findings) -> store::Result<Vec<Recorded>> {
        findings.interactions().into_iter().map(|id| self.reader.get(id)).collect()
    }

    fn strangers(&self, as_of: Timestamp) -> store::Result<Vec<Stranger>> {
        let people = self.reader.unmatched_people(domains::is_freemail)?;
        let known_by_then = people.into_iter().filter(|person| person.first < as_of);
        Ok(known_by_then
            .map(|person| Stranger {
                address: person.address,
                name: person.name,
                mails: person.count,
                last: person.last.min(as_of),
                subject: person.subjects.into_iter().next().unwrap_or_default(),
            })
            .collect())
    }

    fn held(&self, as_of: Timestamp) -> store::Result<Vec<Held>> {
        let held = self.reader.quarantine()?.into_iter().filter(|held| held.arrived < as_of);
        Ok(held
            .map(|held| Held {
                number: held.id.0,
                outcome: held.outcome,
                reason: held.reason,
                from: held.author,
                subject: held.subject.unwrap_or_default(),
                arrived: held.arrived,
            })
            .collect())
    }

    /// Requests to forward mail here are told for a few days: a code is not typed on a Sunday.
    fn forwarding_requests(&self, as_of: Timestamp) -> store::Result<Vec<ForwardingRequest>> {
        let from = as_of.checked_sub(REQUESTS_TOLD).unwrap_or(Timestamp::MIN);
        let requests = self.reader.forwarding_requests(from, as_of)?;
        Ok(requests.into_iter().map(|requested| requested.request).collect())
    }

    /// How the mailboxes stood at the day's end. What was read later was read by then as well, as far as the day
    /// is concerned, so that tomorrow's reading does not change today's page.
    fn mailboxes(&self, as_of: Timestamp) -> store::Result<Vec<MailboxState>> {
        let state = |mailbox: store::MailboxState| MailboxState {
            name: match mailbox.mailbox.folder.as_str() {
                "INBOX" => mailbox.mailbox.name,
                folder => format!("{}/{folder}", mailbox.mailbox.name),
            },
            last_success: mailbox.last_success.map(|at| at.min(as_of)),
            lag: mailbox.pending,
            failure: mailbox.last_failure.zip(mailbox.failure).map(|(since, why)| (since, Untrusted::new(why))),
        };
        Ok(self.reader.status()?.mailboxes.into_iter().map(state).collect())
    }

    /// Every customer's page, as things stood at the end of the latest published day.
    fn customer_pages(&self, report: &Report, days: &BTreeMap<Date, i64>) -> store::Result<Vec<File>> {
        let Some((latest, watermark)) = days.last_key_value() else { return Ok(Vec::new()) };
        let zone = self.settings.zone();
        let Some(span) = day_span(*latest, zone) else { return Ok(Vec::new()) };
        let record = self.reader.record_as_of(span.end, Some(*watermark))?;
        let findings = Findings::of(&record, &NoWords, &self.settings.working, span.end);
        let quoted = self.quoted(&findings)?;
        let published: BTreeSet<Date> = days.keys().copied().collect();
        let seen = Seen::of(&record.entries, &record.roster);
        let relationships: BTreeMap<_, _> = report.relationships.iter().map(|r| (&r.customer, r)).collect();
        let mut pages = Vec::new();
        for customer in &self.customers {
            let before = Some((span.end, i64::MIN));
            let mut recent = self.reader.timeline(&Whose::Customer(customer.id.clone()), RECENT, before)?;
            recent.retain(|recorded| recorded.sequence <= *watermark);
            let number = record.roster.find(&customer.id);
            let theirs = |entry: &&Entry| number.is_some_and(|number| entry.customers.contains(&number));
            let exchanges = record.entries.iter().filter(theirs).count();
            let missing = quoted.iter().filter(|q| !recent.iter().any(|r| r.id == q.id)).cloned();
            let missing: Vec<Recorded> = missing.filter(|q| q.interaction.customers.contains(&customer.id)).collect();
            recent.extend(missing);
            let facts = CustomerFacts {
                customer,
                report,
                relationship: relationships.get(&customer.id).copied(),
                recent: &recent,
                exchanges: exchanges as u64,
                seen: &seen,
                published: &published,
                years: &[],
            };
            pages.push(File { path: page::customer_path(&customer.id), content: page::customer(&facts) });
        }
        Ok(pages)
    }

    fn index(&self, days: &BTreeMap<Date, i64>) -> store::Result<File> {
        let mut told: BTreeMap<Date, u64> = BTreeMap::new();
        for date in days.keys() {
            let span = day_span(*date, self.settings.zone());
            let on_day = match span {
                Some(span) => self.reader.interactions_between(span.start, span.end)?.len(),
                None => 0,
            };
            told.insert(*date, on_day as u64);
        }
        let facts = IndexFacts {
            days: &told,
            weeks: &BTreeSet::new(),
            customers: &self.customers,
            version: env!("CARGO_PKG_VERSION"),
        };
        Ok(File { path: "index.html".into(), content: page::index(&facts) })
    }
}
