//! One day's report as a value: the object of product.md, from which every format is rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::Format;
use super::facts::Names;
use super::history::Then;
use super::settled::Settled;
use crate::contacts::CustomerId;
use crate::mail::Untrusted;
use crate::understand::{Direction, Kind};

/// A day's report. Times are RFC 3339 as the report's zone shows them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The day it is about.
    pub date: Date,
    /// The report's zone, by its IANA name.
    pub time_zone: String,
    /// The day's end, as of which everything is said.
    pub as_of: String,
    /// What needs a person.
    pub today: Today,
    /// What took place, by customer, then time.
    pub exchanges: Vec<Exchange>,
    /// What people settled by hand on the day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settled>,
    /// How much of what.
    pub counts: Counts,
    /// What the record says about each customer.
    pub relationships: Vec<Relationship>,
    /// People to settle.
    pub people: People,
    /// How touchbase itself is doing.
    pub machinery: Machinery,
    /// What pages show besides.
    #[serde(skip)]
    pub context: Context,
}

/// What pages need and the object does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Everyone's names.
    pub names: Arc<Names>,
    /// The report's zone.
    pub zone: TimeZone,
    /// The hours of one working day.
    pub hours_per_day: f64,
    /// The day of the report before.
    pub previous: Option<Date>,
    /// Whether anything at all is on record.
    pub anything_recorded: bool,
    /// The formats that are written beside one another.
    pub formats: Vec<Format>,
    /// Our version.
    pub version: String,
}

/// What needs a person today.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Today {
    /// Who waits for our answer, longest first.
    pub waiting_on_us: Vec<Waiting>,
    /// Whose answer we wait for, longest first.
    pub waiting_on_them: Vec<Waiting>,
    /// Promises of ours that fall due or are overdue, the earliest due first.
    pub promises: Vec<Promise>,
    /// Mails that wait for a decision, and mailboxes that cannot be read.
    pub trouble: Vec<Trouble>,
}

/// A conversation that waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waiting {
    /// Its customer.
    pub customer: CustomerId,
    /// The contact's id; `None` for somebody who is only known by domain.
    pub contact: Option<String>,
    /// The subject of its last mail.
    pub subject: Untrusted,
    /// When that was sent.
    pub since: String,
    /// How long ago, in working hours, to the hundredth.
    pub working_hours: f64,
    /// That mail's interaction.
    pub interaction: i64,
    /// The name to show.
    pub name: Untrusted,
    /// One honest line of that mail; `None` when it is not at hand.
    pub gist: Option<Untrusted>,
    /// The instant of `since`.
    #[serde(skip)]
    pub at: Timestamp,
}

/// Something that a person has to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trouble {
    /// `quarantine`, `mailbox` or `forwarding`.
    pub kind: &'static str,
    /// What it is, in our words.
    pub text: String,
    /// What was said about it by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Untrusted>,
    /// What to do.
    pub hint: String,
}

/// One line of what took place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exchange {
    /// The interaction.
    pub interaction: i64,
    /// Its customer; the author's when it has several.
    pub customer: CustomerId,
    /// When it was sent.
    pub at: String,
    /// Which way.
    pub direction: Direction,
    /// Who wrote it.
    pub author: Untrusted,
    /// Its subject.
    pub subject: Untrusted,
    /// One honest line.
    pub gist: Untrusted,
    /// Mail, note or meeting.
    pub kind: Kind,
    /// Further customers on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CustomerId>,
    /// Whether it comes too late for its own day's report.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// To whom, when we wrote it.
    #[serde(skip)]
    pub to: Option<Untrusted>,
    /// The instant of `at`.
    #[serde(skip)]
    pub instant: Timestamp,
}

/// How many of what the exchanges hold; late ones included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Mails from customers.
    pub inbound: usize,
    /// Mails to customers.
    pub outbound: usize,
    /// Notes to self.
    pub notes: usize,
    /// Meetings.
    pub meetings: usize,
    /// Customers in touch with.
    pub customers: usize,
    /// How many of all came late.
    pub late: usize,
}

/// The measures of one customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relationship {
    /// Which customer.
    pub customer: CustomerId,
    /// By the keys of product.md.
    pub measures: BTreeMap<&'static str, Measured>,
    /// Personal exchanges of each of the last 26 weeks up to the report's day, the oldest first: theirs, ours.
    #[serde(skip)]
    pub rhythm: Vec<(u32, u32)>,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// The value; `None` under the measure's minimum.
    pub value: Option<f64>,
    /// Over how many.
    pub n: usize,
    /// Whether it deserves attention.
    pub flagged: bool,
    /// In words; they may hold a stranger's.
    pub text: Untrusted,
    /// The interactions behind it.
    pub interactions: Vec<i64>,
    /// What it is made of, where a person can act on it: each correction, issue, success or uncovered question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Whether there is no value because more than half of the conversation is unseen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
    /// What it said at the ends of earlier quarters, the earliest first; told of one customer only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Then>,
}

/// One thing behind a measure that a person can act on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// In words: "Bea Li corrected us; not yet thanked (9 h)".
    pub text: Untrusted,
    /// The sentence it rests on.
    pub sentence: Option<Untrusted>,
    /// Its mail.
    pub interaction: i64,
    /// The number by which it is closed (`touchbase corrections done 3`), if it can be.
    pub number: Option<i64>,
    /// Whether it needs a person.
    pub open: bool,
}

/// A promise of ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Promise {
    /// The number by which it is closed (`touchbase promises done 3`).
    pub number: i64,
    /// To which customer.
    pub customer: CustomerId,
    /// To whom: the contact's id; `None` for somebody who is only known by domain.
    pub contact: Option<String>,
    /// The name to show.
    pub name: Untrusted,
    /// Our words.
    pub sentence: Untrusted,
    /// The day it falls due.
    pub due: Date,
    /// Whether that day is over, with one working day of grace.
    pub overdue: bool,
    /// Its mail.
    pub interaction: i64,
    /// When that was sent.
    pub since: String,
}

/// Somebody new at a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrival {
    /// At which customer.
    pub customer: CustomerId,
    /// Their address.
    pub address: String,
    /// The name to show.
    pub name: Untrusted,
    /// Who brought them in; `None` when they wrote themselves.
    pub introducer: Option<Untrusted>,
    /// When they were first seen.
    pub first: String,
    /// In which mail.
    pub interaction: i64,
    /// Whether one of us has written to them since, within ten working days.
    pub welcomed: bool,
}

/// Somebody who left a customer, or seems to have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Departure {
    /// From which customer.
    pub customer: CustomerId,
    /// The contact's id, if they are one.
    pub contact: Option<String>,
    /// The name to show.
    pub name: Untrusted,
    /// `bounce`, `auto-reply`, `own-words` or `silence`; only the last is a guess.
    pub sign: &'static str,
    /// In words.
    pub text: Untrusted,
    /// Who follows them: addresses.
    pub successors: Vec<String>,
    /// Whether one of us has said goodbye.
    pub farewell: bool,
    /// The mails behind it.
    pub interactions: Vec<i64>,
}

/// People to settle.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct People {
    /// Who wrote and is not known.
    pub unmatched: Vec<Unmatched>,
    /// Who is new at a customer.
    pub arrivals: Vec<Arrival>,
    /// Who left one.
    pub departures: Vec<Departure>,
}

/// Somebody in no contact list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unmatched {
    /// Their address.
    pub address: String,
    /// The name they give themselves.
    pub name: Option<Untrusted>,
    /// How many mails of theirs are kept.
    pub mails: u64,
    /// When the last was sent.
    pub last: String,
    /// Its subject.
    pub subject: Untrusted,
}

/// How touchbase itself is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machinery {
    /// The mailboxes, in the order of the configuration.
    pub mailboxes: Vec<Mailbox>,
    /// How many mails wait in the quarantine.
    pub quarantine: usize,
}

/// How one mailbox is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mailbox {
    /// Its name.
    pub name: String,
    /// When it was last read without an error.
    pub last_success: Option<String>,
    /// How many mails wait in it.
    pub lag: u64,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Untrusted>,
}

impl Counts {
    /// Counts lines.
    pub fn of<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Counts {
        let mut counts = Counts::default();
        let mut customers = BTreeSet::new();
        for exchange in exchanges {
            match (exchange.kind, exchange.direction) {
                (Kind::Note, _) => counts.notes += 1,
                (Kind::Meeting, _) => counts.meetings += 1,
                (Kind::Email, Direction::Inbound) => counts.inbound += 1,
                (Kind::Email, _) => counts.outbound += 1,
            }
            counts.late += usize::from(exchange.late);
            customers.extend(exchange.also.iter().chain([&exchange.customer]));
        }
        counts.customers = customers.len();
        counts
    }
}
