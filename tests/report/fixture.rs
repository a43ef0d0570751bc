//! What pages are made of, and how to make them: `worlds` has days of every sort.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use touchbase::contacts::{Contact, ContactId, Customer, CustomerId};
use touchbase::interaction::{Interaction, Outcome, Person, Recorded};
use touchbase::mail::{Address, Moment, Participant, Role, Untrusted};
use touchbase::measure::{CustomerNo, Entry, Findings, NoWords, PersonNo, Record, Roster, Someone, WorkingTime};
use touchbase::report::day::{Arrival, Departure, Promise, Relationship};
use touchbase::report::week::Pledge;
use touchbase::report::year::Warm;
use touchbase::report::{self, WeekFacts, page, week, year};
use touchbase::report::{
    CustomerFacts, Facts, File, Format, Held, IndexFacts, MailboxState, Open, Report, Seen, Stranger,
};
use touchbase::understand::{Automation, Capture, Direction, ForwardingRequest, Kind, Signal, SignalKind};

/// Everything a set of pages is made of, owned.
pub struct World {
    pub date: Date,
    pub customers: Vec<Customer>,
    pub recorded: Vec<Recorded>,
    pub late: Vec<i64>,
    pub strangers: Vec<Stranger>,
    pub held: Vec<Held>,
    pub requests: Vec<ForwardingRequest>,
    pub mailboxes: Vec<MailboxState>,
    pub relationships: Vec<Relationship>,
    pub promises: Vec<Promise>,
    pub pledges: Vec<Pledge>,
    pub arrivals: Vec<Arrival>,
    pub departures: Vec<Departure>,
    /// Whose year is told, and what did us good in it.
    pub year: Option<(CustomerId, Vec<Warm>)>,
    pub empty: bool,
}

/// One exchange in brief.
pub struct Brief<'a> {
    pub at: &'a str,
    pub customer: &'a str,
    pub person: (&'a str, &'a str),
    pub inbound: bool,
    pub subject: &'a str,
    pub text: &'a str,
}

pub fn brussels() -> TimeZone {
    TimeZone::get("Europe/Brussels").unwrap()
}

pub fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

impl World {
    pub fn new(date: &str) -> World {
        World {
            date: date.parse().unwrap(),
            customers: Vec::new(),
            recorded: Vec::new(),
            late: Vec::new(),
            strangers: Vec::new(),
            held: Vec::new(),
            requests: Vec::new(),
            mailboxes: vec![MailboxState {
                name: "capture".into(),
                last_success: Some(instant("2026-11-21T06:59:41+01")),
                lag: 0,
                failure: None,
            }],
            relationships: Vec::new(),
            promises: Vec::new(),
            pledges: Vec::new(),
            arrivals: Vec::new(),
            departures: Vec::new(),
            year: None,
            empty: false,
        }
    }

    pub fn customer(&mut self, id: &str, name: &str, people: &[(&str, &str, &str)]) {
        let contact = |(id, name, role): &(&str, &str, &str)| Contact {
            id: ContactId((*id).into()),
            name: Some((*name).into()),
            addresses: vec![address(&format!("{id}@example.org"))],
            role: Some((*role).into()).filter(|r: &String| !r.is_empty()),
            phone: None,
            since: None,
            notes: None,
        };
        self.customers.push(Customer {
            id: CustomerId(id.into()),
            name: name.into(),
            domains: Vec::new(),
            cadence_days: None,
            since: None,
            notes: None,
            contacts: people.iter().map(contact).collect(),
        });
    }

    pub fn exchange(&mut self, brief: &Brief<'_>) -> &mut Recorded {
        let id = self.recorded.len() as i64 + 1;
        let person = |role: Role, name: &str, contact: Option<&str>, customer: Option<&str>| Person {
            participant: Participant { role, name: Some(Untrusted::new(name)), address: None },
            contact: contact.map(|c| ContactId(c.into())),
            customer: customer.map(|c| CustomerId(c.into())),
            team: contact.is_none(),
        };
        let (them, contact) = (brief.person.1, brief.person.0);
        let us = |role| person(role, "Max Berg", None, None);
        let (author, recipient) = if brief.inbound {
            (person(Role::From, them, Some(contact), Some(brief.customer)), us(Role::To))
        } else {
            (us(Role::From), person(Role::To, them, Some(contact), Some(brief.customer)))
        };
        self.recorded.push(Recorded {
            sequence: 0,
            id,
            recorded_at: instant(brief.at),
            mailbox: "capture".into(),
            outcome: Outcome::Recorded,
            conversation_id: id,
            interaction: Interaction {
                kind: Kind::Email,
                direction: if brief.inbound { Direction::Inbound } else { Direction::Outbound },
                capture: Capture::Bcc,
                message_id: None,
                occurred_at: Moment::new(instant(brief.at), 3600),
                exact: true,
                subject: Untrusted::new(brief.subject),
                author: Some(author),
                recipients: vec![recipient],
                customers: vec![CustomerId(brief.customer.into())],
                body: Untrusted::new(brief.text),
                text: Untrusted::new(brief.text),
                signature: None,
                comment: None,
                automation: Automation::None,
                conversation: Vec::new(),
                signals: asks(brief.text),
                attachments: Vec::new(),
                interleaved: false,
                answered: Vec::new(),
                left: None,
                failed: Vec::new(),
            },
        });
        self.recorded.last_mut().unwrap()
    }

    fn record(&self) -> Record {
        let mut roster = Roster::default();
        let entries: Vec<Entry> = self.recorded.iter().map(|recorded| entry(recorded, &mut roster)).collect();
        Record { roster, entries, ..Record::default() }
    }

    /// The day's report; what measures would find is told as the world has it.
    pub fn report(&self) -> Report {
        let day = |r: &&Recorded| brussels().to_datetime(r.interaction.occurred_at.timestamp).date() == self.date;
        let exchanges: Vec<Recorded> = self.recorded.iter().filter(day).cloned().collect();
        let late: Vec<Recorded> = self.recorded.iter().filter(|r| self.late.contains(&r.id)).cloned().collect();
        let record = self.record();
        let as_of = self.date.tomorrow().unwrap().to_zoned(brussels()).unwrap().timestamp();
        let findings = Findings::of(&record, &NoWords, &WorkingTime::usual(brussels()), as_of);
        let mut report = Report::new(&Facts {
            date: self.date,
            zone: brussels(),
            hours_per_day: 8.0,
            customers: &self.customers,
            roster: &record.roster,
            findings: &findings,
            quoted: &self.recorded,
            exchanges: &exchanges,
            late: &late,
            unmatched: &self.strangers,
            quarantine: &self.held,
            forwarding_requests: &self.requests,
            mailboxes: &self.mailboxes,
            previous: self.date.yesterday().ok().filter(|_| !self.empty),
            anything_recorded: !self.empty,
            formats: &[Format::Html, Format::Markdown, Format::Json],
            version: "0.1.0",
        });
        report.relationships = self.relationships.clone();
        // A day's report is not made of what was before: only the page of a customer is.
        for measured in report.relationships.iter_mut().flat_map(|one| one.measures.values_mut()) {
            measured.earlier.clear();
        }
        report.today.promises = self.promises.clone();
        report.people.arrivals = self.arrivals.clone();
        report.people.departures = self.departures.clone();
        report
    }

    /// The days that have a page: of this week every one, of earlier weeks most.
    fn days(&self) -> BTreeMap<Date, u64> {
        (0..50)
            .filter(|back| back % 7 != 5)
            .map(|back| (self.date - jiff::Span::new().days(back), (back * 5 % 13) as u64))
            .filter(|(day, _)| !self.empty || *day == self.date)
            .collect()
    }

    /// Every file of this world: the day in each format, the customers, the index, the week and the year.
    pub fn files(&self) -> Vec<File> {
        let report = self.report();
        let days = self.days();
        let published: BTreeSet<Date> = days.keys().copied().collect();
        let weeks: BTreeSet<Date> = if self.empty { BTreeSet::new() } else { [week::monday(self.date)].into() };
        let record = self.record();
        let seen = Seen::of(&record.entries, &record.roster);
        let mut files: Vec<File> = FORMATS.map(|format| report::file(&report, format)).into();
        files.extend(self.customers.iter().map(|customer| File {
            path: page::customer_path(&customer.id),
            content: page::customer(&CustomerFacts {
                customer,
                report: &report,
                relationship: self.relationships.iter().find(|r| r.customer == customer.id),
                recent: &self.recorded,
                exchanges: self.recorded.len() as u64 + 20,
                open: &Open::by_customer(&report).remove(&customer.id).unwrap_or_default(),
                seen: &seen,
                published: &published,
                years: if self.year.as_ref().is_some_and(|(id, _)| *id == customer.id) { &[2026] } else { &[] },
            }),
        }));
        let facts = IndexFacts { days: &days, weeks: &weeks, customers: &self.customers, version: "0.1.0" };
        files.push(File { path: "index.html".into(), content: page::index(&facts) });
        files.extend(self.week_files(&report, &published, &weeks));
        files.extend(self.year_files(&report));
        files
    }

    fn week_files(&self, report: &Report, published: &BTreeSet<Date>, weeks: &BTreeSet<Date>) -> Vec<File> {
        let facts = WeekFacts {
            monday: week::monday(self.date),
            last_day: report,
            exchanges: &self.recorded,
            pledges: &self.pledges,
            published,
            weeks,
        };
        let formats = FORMATS.iter().filter(|_| !weeks.is_empty());
        formats.map(|format| week::file(&facts, *format)).collect()
    }

    fn year_files(&self, report: &Report) -> Vec<File> {
        let Some((customer, warmest)) = &self.year else { return Vec::new() };
        let facts = crate::told::year(self, customer, warmest, report);
        FORMATS.map(|format| year::file(&facts.facts(report), format)).into()
    }
}

/// All of them.
pub const FORMATS: [Format; 3] = [Format::Html, Format::Markdown, Format::Json];

/// A stand-in for the phrase lists: sentences with a question mark ask.
fn asks(text: &str) -> Vec<Signal> {
    let sentence = text.split_inclusive(['.', '?', '!']).find(|s| s.trim_end().ends_with('?'));
    let ask = |s: &str| Signal { signal: SignalKind::Ask, sentence: Untrusted::new(s.trim()), due: None };
    sentence.map(ask).into_iter().collect()
}

fn entry(recorded: &Recorded, roster: &mut Roster) -> Entry {
    let told = &recorded.interaction;
    let inbound = told.direction == Direction::Inbound;
    let other = if inbound { told.author.as_ref() } else { told.recipients.first() };
    let customers: Vec<CustomerNo> = told.customers.iter().map(|id| roster.customer(id)).collect();
    let other = other.map(|p| {
        let known = |n: &PersonNo| roster.person(*n).is_some_and(|someone| someone.contact == p.contact);
        (0..roster.people() as u32).map(PersonNo).find(known).unwrap_or_else(|| {
            roster.add(Someone {
                contact: p.contact.clone(),
                customer: customers.first().copied(),
                name: p.participant.name.as_ref().map(|n| n.raw().to_owned()),
                ..Someone::default()
            })
        })
    });
    let heading = told.subject.raw().trim_start_matches("Re: ").to_lowercase();
    let closer = told.text.raw().starts_with("Thanks").then_some(SignalKind::Closer);
    Entry {
        interaction: recorded.id,
        at: told.occurred_at.timestamp,
        conversation: recorded.conversation_id,
        heading: heading.bytes().fold(0, |hash, b| hash * 31 % 1_000_003 + u64::from(b)),
        customers: customers.into(),
        author: other.filter(|_| inbound),
        to: other.filter(|_| !inbound).into_iter().collect(),
        cc: [].into(),
        words: 10,
        signals: told.signals.iter().map(|s| s.signal).chain(closer).collect(),
        kind: told.kind,
        automation: told.automation,
        inbound,
        interleaved: false,
    }
}
