//! What a report is made of, as the store and the daemon know it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Format;
use super::day::{Promise, Relationship, Report, Waiting};
use crate::contacts::{ContactId, Customer, CustomerId};
use crate::interaction::{Outcome, Recorded};
use crate::mail::{Address, Untrusted};
use crate::measure::{Entry, Findings, PersonNo, Roster};
use crate::understand::ForwardingRequest;

/// Everything that one day's report says, as of that day's end.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Which day.
    pub date: Date,
    /// The report's zone.
    pub zone: TimeZone,
    /// The hours of one working day, to say waits in days.
    pub hours_per_day: f64,
    /// Everyone known.
    pub customers: &'a [Customer],
    /// Who the numbers in the findings are.
    pub roster: &'a Roster,
    /// What the record says as of the day's end.
    pub findings: &'a Findings,
    /// The interactions that the findings point at ([`Findings::interactions`]); more does no harm.
    pub quoted: &'a [Recorded],
    /// What took place on the day.
    pub exchanges: &'a [Recorded],
    /// What took place earlier and was told to us too late for its own report.
    pub late: &'a [Recorded],
    /// People nobody knows yet.
    pub unmatched: &'a [Stranger],
    /// Mails that wait for a person.
    pub quarantine: &'a [Held],
    /// Providers that lately asked whether somebody's mail may be forwarded here.
    pub forwarding_requests: &'a [ForwardingRequest],
    /// The mailboxes, as they stood when the report was first written.
    pub mailboxes: &'a [MailboxState],
    /// The day of the report before this one, to link to it.
    pub previous: Option<Date>,
    /// Whether anything at all is on record.
    pub anything_recorded: bool,
    /// The formats that are written beside one another, to link them.
    pub formats: &'a [Format],
    /// Our version.
    pub version: &'a str,
}

/// Somebody who wrote and is in no contact list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Their address.
    pub address: Address,
    /// The name they give themselves.
    pub name: Option<Untrusted>,
    /// How many mails of theirs are kept.
    pub mails: u64,
    /// When the last was sent.
    pub last: Timestamp,
    /// Its subject.
    pub subject: Untrusted,
}

/// A mail in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number in the quarantine.
    pub number: i64,
    /// `Untrusted` or `Unreadable`.
    pub outcome: Outcome,
    /// Why, in words for a person.
    pub reason: String,
    /// Who it says it is from.
    pub from: Option<Untrusted>,
    /// Its subject.
    pub subject: Untrusted,
    /// When it arrived.
    pub arrived: Timestamp,
}

/// How one mailbox is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxState {
    /// Its name in the configuration.
    pub name: String,
    /// When it was last read without an error.
    pub last_success: Option<Timestamp>,
    /// How many mails wait in it.
    pub lag: u64,
    /// What is wrong with it now: since when, and in which words (a server may have chosen them).
    pub failure: Option<(Timestamp, Untrusted)>,
}

/// What the page of one customer is made of.
#[derive(Debug, Clone)]
pub struct CustomerFacts<'a> {
    /// Whom it is about.
    pub customer: &'a Customer,
    /// The latest day's report: the page says how things stand at its end.
    pub report: &'a Report,
    /// What that report says about them, if it says anything.
    pub relationship: Option<&'a Relationship>,
    /// Their latest exchanges, in any order, and the interactions that the report points at.
    pub recent: &'a [Recorded],
    /// How many exchanges are on record in all.
    pub exchanges: u64,
    /// What that report tells as open with them.
    pub open: &'a Open<'a>,
    /// When each of their contacts was on a mail.
    pub seen: &'a BTreeMap<ContactId, Seen>,
    /// The days that have a report, to link to them.
    pub published: &'a BTreeSet<Date>,
    /// The years that have a page.
    pub years: &'a [i16],
}

/// What a report tells as open with one customer, in its order.
#[derive(Debug, Clone, Default)]
pub struct Open<'r> {
    /// What waits on us.
    pub on_us: Vec<&'r Waiting>,
    /// What waits on them.
    pub on_them: Vec<&'r Waiting>,
    /// What we promised.
    pub promises: Vec<&'r Promise>,
}

impl<'r> Open<'r> {
    /// What is open with each customer, by one walk through the report for the pages of all.
    pub fn by_customer(report: &'r Report) -> BTreeMap<&'r CustomerId, Open<'r>> {
        let mut open: BTreeMap<&CustomerId, Open<'_>> = BTreeMap::new();
        for waiting in &report.today.waiting_on_us {
            open.entry(&waiting.customer).or_default().on_us.push(waiting);
        }
        for waiting in &report.today.waiting_on_them {
            open.entry(&waiting.customer).or_default().on_them.push(waiting);
        }
        for promise in &report.today.promises {
            open.entry(&promise.customer).or_default().promises.push(promise);
        }
        open
    }
}

/// When somebody was on a mail, as author or recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// For the first time.
    pub first: Timestamp,
    /// For the last time.
    pub last: Timestamp,
}

impl Seen {
    /// When each contact was on a mail.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>, roster: &Roster) -> BTreeMap<ContactId, Seen> {
        let mut seen: BTreeMap<PersonNo, Seen> = BTreeMap::new();
        for entry in entries {
            for person in entry.people() {
                let times = seen.entry(person).or_insert(Seen { first: entry.at, last: entry.at });
                times.first = times.first.min(entry.at);
                times.last = times.last.max(entry.at);
            }
        }
        let contact = |number| roster.person(number).and_then(|someone| someone.contact.clone());
        seen.into_iter().filter_map(|(number, times)| Some((contact(number)?, times))).collect()
    }
}

/// What the index is made of.
#[derive(Debug, Clone)]
pub struct IndexFacts<'a> {
    /// The days that have a report, each with how many exchanges it tells.
    pub days: &'a BTreeMap<Date, u64>,
    /// The Mondays of the weeks that have a page.
    pub weeks: &'a BTreeSet<Date>,
    /// The customers that have a page.
    pub customers: &'a [Customer],
    /// Our version.
    pub version: &'a str,
}

/// Names by id, for pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    customers: BTreeMap<CustomerId, Untrusted>,
    contacts: BTreeMap<ContactId, (Option<Untrusted>, CustomerId)>,
}

impl Names {
    /// The names of everyone known. Contacts may have been taken over from mails, so theirs are not trusted either.
    pub fn of(customers: &[Customer]) -> Names {
        let mut names = Names::default();
        for customer in customers {
            names.customers.insert(customer.id.clone(), Untrusted::new(&customer.name));
            for contact in &customer.contacts {
                let name = contact.name.as_deref().map(Untrusted::new);
                names.contacts.insert(contact.id.clone(), (name, customer.id.clone()));
            }
        }
        names
    }

    /// A customer's name; its id when it is not listed any more.
    pub fn customer(&self, id: &CustomerId) -> Untrusted {
        self.customers.get(id).filter(|name| !name.is_blank()).cloned().unwrap_or_else(|| Untrusted::new(&id.0))
    }

    /// A contact's name, if one is known.
    pub fn contact(&self, id: &ContactId) -> Option<Untrusted> {
        self.contacts.get(id).and_then(|(name, _)| name.clone()).filter(|name| !name.is_blank())
    }

    /// The customer a contact belongs to.
    pub fn customer_of(&self, id: &ContactId) -> Option<&CustomerId> {
        self.contacts.get(id).map(|(_, customer)| customer)
    }
}
