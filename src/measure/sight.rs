//! What every measure looks at besides one customer's mails, looked up once for all customers.

use std::collections::HashMap;

use jiff::Timestamp;

use super::answer::Share;
use super::dealings::Place;
use super::standpoint::Standpoint;
use super::{
    Closed, CustomerNo, Entry, Left, Matter, Mentioned, Past, PersonNo, Record, Roster, Undelivered, Wording,
    WorkingTime,
};
use crate::understand::SignalKind;

/// How many interactions a value names as its evidence, the latest.
const EVIDENCE: usize = 20;

/// The record, the words behind it and the instant it is told as of.
pub struct Sight<'r> {
    /// The record.
    pub record: &'r Record,
    /// The content words of single mails.
    pub wording: &'r dyn Wording,
    /// The instant, with its calendar.
    pub at: Standpoint<'r>,
    /// By interaction, then position.
    matters: Vec<&'r Matter>,
    /// By customer, then person: the entry they were first seen on.
    first_seen: Vec<(CustomerNo, PersonNo, &'r Entry)>,
    /// By customer, then time.
    undelivered: Vec<(CustomerNo, &'r Undelivered)>,
    left: Vec<(CustomerNo, &'r Left)>,
    /// By customer: unseen Message-IDs of all that are named.
    mentioned: Vec<(CustomerNo, Share)>,
    /// By person: when they last wrote.
    last_wrote: Vec<Timestamp>,
    by_address: HashMap<&'r str, PersonNo>,
}

impl<'r> Sight<'r> {
    /// Looks a record up; entries at `as_of` or later are not known yet.
    pub fn of(record: &'r Record, wording: &'r dyn Wording, working: &'r WorkingTime, as_of: Timestamp) -> Sight<'r> {
        let known = || record.entries.iter().filter(|entry| entry.personal() && entry.at < as_of);
        let at = Standpoint::new(working, known().map(|entry| entry.at).min(), as_of);
        let mut matters: Vec<&Matter> = record.matters.iter().collect();
        matters.sort_by_key(|matter| (matter.interaction, matter.position));
        let mut last_wrote = vec![Timestamp::MIN; record.roster.people()];
        for entry in known().filter(|entry| entry.inbound) {
            if let Some(last) = entry.author.and_then(|author| last_wrote.get_mut(author.0 as usize)) {
                *last = entry.at.max(*last);
            }
        }
        let home = |person: PersonNo| record.roster.person(person).and_then(|someone| someone.customer);
        let theirs = |b: &'r Undelivered| Some((home(b.person)?, b)).filter(|_| b.at < as_of);
        let mut undelivered: Vec<_> = record.undelivered.iter().filter_map(theirs).collect();
        undelivered.sort_by_key(|(customer, bounce)| (*customer, bounce.at, bounce.interaction));
        let theirs = |l: &'r Left| Some((home(l.person)?, l)).filter(|_| l.at < as_of);
        let mut left: Vec<_> = record.left.iter().filter_map(theirs).collect();
        left.sort_by_key(|(customer, left)| (*customer, left.at, left.interaction));
        let share = |m: &Mentioned| Share { part: u64::from(m.unseen), whole: u64::from(m.ids) };
        let mut mentioned: Vec<_> = record.mentioned.iter().map(|m| (m.customer, share(m))).collect();
        mentioned.sort_by_key(|(customer, _)| *customer);
        Sight {
            record,
            wording,
            at,
            matters,
            first_seen: first_seen(&record.roster, &record.past, known()),
            undelivered,
            left,
            mentioned,
            last_wrote,
            by_address: if record.left.is_empty() { HashMap::new() } else { addresses(&record.roster) },
        }
    }

    /// The matters of an interaction that nobody dismissed, by position.
    pub fn matters(&self, interaction: i64) -> impl Iterator<Item = &'r Matter> {
        let first = self.matters.partition_point(|matter| matter.interaction < interaction);
        let its = self.matters.get(first..).unwrap_or_default().iter();
        its.take_while(move |matter| matter.interaction == interaction)
            .filter(|matter| matter.closed != Some(Closed::Dismissed))
            .copied()
    }

    /// The matters of an entry of one kind, looked up only when the entry has that signal.
    pub fn matters_of(&self, entry: &Entry, kind: SignalKind) -> impl Iterator<Item = &'r Matter> {
        let its = entry.says(kind).then(|| self.matters(entry.interaction));
        its.into_iter().flatten().filter(move |matter| matter.kind == kind)
    }

    /// Whether a matter may be told: nobody asked to be left alone with it until later. The report of a Thursday is
    /// read on Friday, so it tells again what was put off to Friday.
    pub fn may_tell(&self, matter: &Matter) -> bool {
        matter.not_before.is_none_or(|day| day <= self.at.tomorrow())
    }

    /// The people of a customer, each with the entry they were first seen on.
    pub fn first_seen(&self, customer: CustomerNo) -> impl Iterator<Item = (PersonNo, &'r Entry)> {
        of(&self.first_seen, customer, |seen| seen.0).iter().map(|(_, person, entry)| (*person, *entry))
    }

    /// Mails that did not reach a customer's people, since an instant.
    pub fn undelivered(&self, customer: CustomerNo, from: Timestamp) -> impl Iterator<Item = &'r Undelivered> {
        let theirs = of(&self.undelivered, customer, |seen| seen.0).iter().map(|(_, bounce)| *bounce);
        theirs.filter(move |bounce| bounce.at >= from)
    }

    /// Automatic answers of a customer's people who left, since an instant.
    pub fn left(&self, customer: CustomerNo, from: Timestamp) -> impl Iterator<Item = &'r Left> {
        let theirs = of(&self.left, customer, |seen| seen.0).iter().map(|(_, left)| *left);
        theirs.filter(move |left| left.at >= from)
    }

    /// The Message-IDs that a customer's mails name and we never saw, of all that they name.
    pub fn mentioned(&self, customer: CustomerNo) -> Share {
        of(&self.mentioned, customer, |seen| seen.0).first().map(|(_, share)| *share).unwrap_or_default()
    }

    /// Whether a person wrote after an instant.
    pub fn wrote_after(&self, person: PersonNo, at: Timestamp) -> bool {
        self.last_wrote.get(person.0 as usize).is_some_and(|last| *last > at)
    }

    /// Who has an address.
    pub fn person_at(&self, address: &str) -> Option<PersonNo> {
        self.by_address.get(address).copied()
    }

    /// Whether a person is one of this customer's.
    pub fn is_at(&self, person: PersonNo, customer: CustomerNo) -> bool {
        self.record.roster.person(person).is_some_and(|someone| !someone.team && someone.customer == Some(customer))
    }
}

/// How we reacted to what they wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// In time, by this interaction.
    InTime(i64),
    /// By this one, later than it should have been.
    Late(i64),
    /// Somebody closed it by hand.
    ByHand,
    /// Not at all.
    Missing,
}

impl Reaction {
    /// Whether it came as it should.
    pub fn is_good(self) -> bool {
        matches!(self, Reaction::InTime(_) | Reaction::ByHand)
    }
}

/// The numbers of the latest entries a value rests on, by time.
pub fn evidence<'d, 'r: 'd>(places: impl DoubleEndedIterator<Item = Place<'d, 'r>>) -> Vec<i64> {
    let mut latest: Vec<i64> = places.rev().take(EVIDENCE).map(|place| place.entry.interaction).collect();
    latest.reverse();
    latest
}

/// The part of a list sorted by customer that is this customer's.
fn of<T>(sorted: &[T], customer: CustomerNo, whose: impl Fn(&T) -> CustomerNo) -> &[T] {
    let first = sorted.partition_point(|item| whose(item) < customer);
    let end = sorted.partition_point(|item| whose(item) <= customer);
    sorted.get(first..end).unwrap_or_default()
}

/// Who was seen in a past that was let go of has no entry here; it would lie before every window.
fn first_seen<'r>(
    roster: &Roster,
    past: &Past,
    known: impl Iterator<Item = &'r Entry>,
) -> Vec<(CustomerNo, PersonNo, &'r Entry)> {
    let mut first_seen: Vec<Option<&Entry>> = vec![None; roster.people()];
    for entry in known {
        for person in entry.people() {
            let Some(first) = first_seen.get_mut(person.0 as usize) else { continue };
            if first.is_none_or(|first| entry.order() < first.order()) {
                *first = Some(entry);
            }
        }
    }
    let seen = (0..).map(PersonNo).zip(first_seen).filter_map(|(person, first)| {
        let someone = roster.person(person).filter(|someone| !someone.team && !past.saw(person))?;
        Some((someone.customer?, person, first?))
    });
    let mut seen: Vec<_> = seen.collect();
    seen.sort_by_key(|(customer, person, _)| (*customer, *person));
    seen
}

fn addresses(roster: &Roster) -> HashMap<&str, PersonNo> {
    let everyone = (0..).map(PersonNo).map_while(|person| Some((person, roster.person(person)?)));
    everyone.filter_map(|(person, someone)| Some((someone.address.as_deref()?, person))).collect()
}
