//! A customer's year looked back at, from the store to the report.

use jiff::Span;
use jiff::civil::Date;

use super::pages::Writer;
use super::{Editor, Settings};
use crate::contacts::CustomerId;
use crate::failure::Failure;
use crate::interaction::Recorded;
use crate::mail::Untrusted;
use crate::measure::{CustomerNo, Findings, Occasion, PersonNo, Record, Relation, Share};
use crate::report::year::{Silence, Tally, Warm, YearFacts, file, months};
use crate::report::{File, Format, Report, page};
use crate::store::{self, Chronicle, Reader};
use crate::understand::SignalKind;
use crate::{publish, wiring};

/// The days of the year that a page looks back at, the last one included (measures.md 14).
const YEAR: i64 = 365;

/// One customer's year up to a day, in some formats.
///
/// # Errors
/// The store's.
pub fn year(
    reader: &Reader,
    settings: &Settings,
    to: Date,
    customer: &CustomerId,
    formats: &[Format],
) -> Result<Vec<File>, Failure> {
    let tell = || {
        let editor = Editor::new(reader, settings)?;
        let (chronicle, report, findings) = editor.up_to(to)?;
        editor.year(
            to,
            customer,
            &Looking { record: chronicle.record(), findings: &findings, report: &report },
            formats,
        )
    };
    tell().map_err(wiring::store_failure)
}

/// Writes the years of these customers up to a day, of everybody's without any named, in every configured format;
/// tells after each how many are done, of how many.
///
/// # Errors
/// The store's, and a folder that cannot be written (73).
pub fn write_years(
    reader: &Reader,
    settings: &Settings,
    to: Date,
    customer: Option<&CustomerId>,
    mut tell: impl FnMut(usize, usize),
) -> Result<publish::Published, Failure> {
    let editor = Editor::new(reader, settings).map_err(wiring::store_failure)?;
    let (chronicle, report, findings) = editor.up_to(to).map_err(wiring::store_failure)?;
    let looking = Looking { record: chronicle.record(), findings: &findings, report: &report };
    let everybody: Vec<&CustomerId> = editor.customers.iter().map(|known| &known.id).collect();
    let asked = customer.map_or(everybody, |one| vec![one]);
    let mut writer = Writer::new(settings.publishing());
    for (done, id) in asked.iter().enumerate() {
        tell(done, asked.len());
        for file in editor.year(to, id, &looking, &settings.formats).map_err(wiring::store_failure)? {
            writer.add(file)?;
        }
    }
    writer.finish()
}

/// What years are told from.
pub(super) struct Looking<'l> {
    pub record: &'l Record,
    pub findings: &'l Findings,
    pub report: &'l Report,
}

/// Whether a day's report brings a customer's year: on the day of the first mail, and when the year is over.
pub(super) fn is_occasion(relation: &Relation, date: Date) -> bool {
    matches!(relation.year.occasion, Some(Occasion::Anniversary(_))) || (date.month(), date.day()) == (12, 31)
}

impl Editor<'_> {
    /// The record up to a day's end, that day's report, and what it was found from.
    fn up_to(&self, date: Date) -> store::Result<(Chronicle, Report, Findings)> {
        let mut chronicle = self.chronicle(self.watermark(date)?);
        self.read_on(&mut chronicle, date)?;
        let (report, findings) = self.report(date, &chronicle, None)?;
        Ok((chronicle, report, findings))
    }

    /// One customer's year. A customer we never exchanged a word with has an honest empty one.
    pub(super) fn year(
        &self,
        to: Date,
        customer: &CustomerId,
        looking: &Looking<'_>,
        formats: &[Format],
    ) -> store::Result<Vec<File>> {
        let Looking { record, findings, report } = looking;
        let number = record.roster.find(customer);
        let relation = number.and_then(|number| findings.relation(number));
        let year = relation.map(|relation| relation.year.clone()).unwrap_or_default();
        let from = to.checked_sub(Span::new().days(YEAR - 1)).unwrap_or(to);
        let theirs = record.entries.iter().filter(|entry| number.is_some_and(|one| entry.customers.contains(&one)));
        let months = months(theirs, from, to, self.settings.zone());
        let names = |people: &[PersonNo]| people.iter().map(|one| name(record, *one, report)).collect::<Vec<_>>();
        let (arrived, left) = (names(&year.arrived), names(&year.left));
        let get = |id: Option<i64>| id.map(|id| self.reader.get(id)).transpose();
        let (first, latest) = (get(year.first)?, get(year.latest)?);
        let warmest = self.quoted(year.warmest.iter().copied())?;
        let warmest: Vec<Warm> = warmest.iter().filter_map(|recorded| warm(recorded, number, record, report)).collect();
        let silence = year.silence.map(|quiet| Silence {
            from: quiet.until.checked_sub(Span::new().days(quiet.days)).unwrap_or(quiet.until),
            to: quiet.until,
            broken_by: quiet.person.map(|one| name(record, one, report)).unwrap_or_default(),
            interaction: quiet.broken_by,
        });
        let facts = YearFacts {
            customer,
            from,
            to,
            report,
            months: &months,
            arrived: &arrived,
            left: &left,
            silence,
            questions: tally(year.questions),
            corrections: tally(year.corrections),
            issues: tally(year.issues),
            successes: tally(year.successes),
            promises: tally(year.promises),
            first: first.as_ref(),
            latest: latest.as_ref(),
            warmest: &warmest,
        };
        Ok(formats.iter().map(|format| file(&facts, *format)).collect())
    }

    /// The years of a customer that have a page beside the others, the latest one first told up to `date`.
    pub(super) fn years_written(&self, customer: &CustomerId, since: Option<Date>, date: Date) -> Vec<i16> {
        let years = since.unwrap_or(date).year()..=date.year();
        years.filter(|year| self.settings.directory.join(page::year_path(customer, *year)).exists()).collect()
    }
}

/// Somebody's name: as we know it, as they wrote it, or the address.
fn name(record: &Record, person: PersonNo, report: &Report) -> Untrusted {
    let Some(someone) = record.roster.person(person) else { return Untrusted::default() };
    let known = someone.contact.as_ref().and_then(|id| report.context.names.contact(id));
    let given = || someone.name.as_ref().or(someone.address.as_ref()).map(Untrusted::new);
    known.or_else(given).unwrap_or_default()
}

/// The sentence of a mail that does one good: of thanks before one of success.
fn warm(recorded: &Recorded, customer: Option<CustomerNo>, record: &Record, report: &Report) -> Option<Warm> {
    let told = &recorded.interaction;
    let of = |kind| told.signals.iter().find(|signal| signal.signal == kind);
    let signal = of(SignalKind::Thanks).or_else(|| of(SignalKind::Success))?;
    let entry = record.entries.iter().find(|entry| entry.interaction == recorded.id);
    let author = entry.and_then(|entry| entry.author).filter(|_| customer.is_some());
    Some(Warm {
        sentence: signal.sentence.clone(),
        author: author.map(|one| name(record, one, report)).unwrap_or_default(),
        at: told.occurred_at.timestamp,
        interaction: recorded.id,
    })
}

fn tally(share: Share) -> Tally {
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Tally { done: count(share.part), of: count(share.whole) }
}
