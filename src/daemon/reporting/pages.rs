//! What is written beside a day: a page for every customer, and the index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::Editor;
use super::year::{Looking, is_occasion};
use crate::failure::Failure;
use crate::measure::calendar::day_span;
use crate::measure::{CustomerNo, Findings, Record};
use crate::report::day::Relationship;
use crate::report::{CustomerFacts, File, IndexFacts, Open, Report, Seen, page};
use crate::store::{self, Chronicle};
use crate::{publish, wiring};

/// How many exchanges a customer's page shows.
const RECENT: usize = 60;

/// How many files are held before they are written: pages of thousands of customers would not fit in memory.
const HELD: usize = 200;

/// Puts files in place, some at a time, in their order.
pub(super) struct Writer {
    settings: publish::Settings,
    files: Vec<File>,
    published: publish::Published,
}

impl Writer {
    pub(super) fn new(settings: publish::Settings) -> Writer {
        Writer { settings, files: Vec::new(), published: publish::Published::default() }
    }

    pub(super) fn add(&mut self, file: File) -> Result<(), Failure> {
        self.files.push(file);
        if self.files.len() >= HELD { self.flush() } else { Ok(()) }
    }

    /// Writes the rest; gives what was written in all.
    pub(super) fn finish(mut self) -> Result<publish::Published, Failure> {
        self.flush()?;
        Ok(self.published)
    }

    /// Writes what is held so far, for what asks whether a page is there.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        let files = std::mem::take(&mut self.files);
        let written = publish::publish(&self.settings, &files).map_err(|error| wiring::publish_failure(&error))?;
        self.published.written += written.written;
        self.published.unchanged += written.unchanged;
        Ok(())
    }
}

impl Editor<'_> {
    /// Every customer's page, as things stood at the end of the latest published day, which the report is about and at
    /// whose end the findings are.
    pub(super) fn customer_pages(
        &self,
        days: &BTreeMap<Date, i64>,
        chronicle: &mut Chronicle,
        (report, findings): (&Report, &Findings),
        writer: &mut Writer,
    ) -> Result<(), Failure> {
        let history = self.history(chronicle, report).map_err(wiring::store_failure)?;
        let record = chronicle.record();
        let told = told(record, findings);
        let published: BTreeSet<Date> = days.keys().copied().collect();
        let seen = Seen::of(&record.entries, &record.roster);
        let relationships: BTreeMap<_, _> = report.relationships.iter().map(|r| (&r.customer, r)).collect();
        let (open, nothing) = (Open::by_customer(report), Open::default());
        for customer in &self.customers {
            let told = record.roster.find(&customer.id).and_then(|number| told.get(&number));
            let recent = told.map_or(Ok(Vec::new()), |told| self.quoted(told.shown.iter().copied()));
            let relation = record.roster.find(&customer.id).and_then(|number| findings.relation(number));
            if relation.is_some_and(|relation| is_occasion(relation, report.date)) {
                let looking = Looking { record, findings, report };
                let files = self.year(report.date, &customer.id, &looking, &self.settings.formats);
                for file in files.map_err(wiring::store_failure)? {
                    writer.add(file)?;
                }
                writer.flush()?;
            }
            let since = relation.and_then(|relation| relation.year.since);
            let mut relationship = relationships.get(&customer.id).map(|told| Relationship::clone(told));
            if let Some(relationship) = &mut relationship {
                history.tell(relationship);
            }
            let facts = CustomerFacts {
                customer,
                report,
                relationship: relationship.as_ref(),
                recent: &recent.map_err(wiring::store_failure)?,
                exchanges: told.map_or(0, |told| told.exchanges),
                open: open.get(&customer.id).unwrap_or(&nothing),
                seen: &seen,
                published: &published,
                years: &self.years_written(&customer.id, since, report.date),
            };
            writer.add(File { path: page::customer_path(&customer.id), content: page::customer(&facts) })?;
        }
        Ok(())
    }

    pub(super) fn index(&self, days: &BTreeMap<Date, i64>) -> store::Result<File> {
        let mut told: BTreeMap<Date, u64> = BTreeMap::new();
        for date in days.keys() {
            let on_day = match day_span(*date, self.settings.zone()) {
                Some(span) => self.reader.count_between(span.start, span.end)?,
                None => 0,
            };
            told.insert(*date, on_day);
        }
        let facts = IndexFacts {
            days: &told,
            weeks: &self.weeks_written(days),
            customers: &self.customers,
            version: env!("CARGO_PKG_VERSION"),
        };
        Ok(File { path: "index.html".into(), content: page::index(&facts) })
    }
}

/// What one customer's page tells.
#[derive(Default)]
struct Told {
    /// How many exchanges are on record.
    exchanges: u64,
    /// The latest of them, and those the findings point at.
    shown: BTreeSet<i64>,
}

/// What every customer's page tells, by one walk through the record from its end.
fn told(record: &Record, findings: &Findings) -> HashMap<CustomerNo, Told> {
    let mut told: HashMap<CustomerNo, Told> = HashMap::new();
    for entry in record.entries.iter().rev() {
        for customer in entry.customers.iter() {
            let one = told.entry(*customer).or_default();
            one.exchanges += 1;
            if one.shown.len() < RECENT {
                one.shown.insert(entry.interaction);
            }
        }
    }
    for waiting in findings.open_loops.on_us.iter().chain(&findings.open_loops.on_them) {
        for customer in waiting.entry.customers.iter() {
            told.entry(*customer).or_default().shown.insert(waiting.entry.interaction);
        }
    }
    for relation in &findings.relations {
        told.entry(relation.customer).or_default().shown.extend(relation.quoted_in_full());
    }
    told
}
