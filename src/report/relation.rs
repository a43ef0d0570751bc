//! How the relationships are doing, in words: from findings to the measures of the report.
//!
//! Every line is one that a colleague could say aloud, carries how many mails it rests on, and names them. What is
//! under its minimum says so and gives no value.

mod care;
mod people;
mod say;
mod talk;
#[cfg(test)]
mod tests;
mod touch;
mod year;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::day::{Arrival, Departure, Measured, Promise, Relationship};
use super::facts::Facts;
use super::gist;
use super::tell::Teller;
use crate::contacts::CustomerId;
use crate::interaction::Interaction;
use crate::mail::Untrusted;
use crate::measure::{CustomerNo, Findings, PersonNo, Relation, Roster};
use crate::understand::{Signal, SignalKind};

/// How many interactions a log names, the latest.
const LATEST: usize = 20;

/// Findings being told.
pub(super) struct Telling<'t> {
    /// Names and local times.
    teller: &'t Teller,
    /// Who the numbers are.
    roster: &'t Roster,
    /// The mails at hand, for their sentences.
    quoted: &'t BTreeMap<i64, &'t Interaction>,
    /// The report's day.
    day: Date,
    /// The hours of one working day.
    hours_per_day: f64,
}

impl<'t> Telling<'t> {
    /// A day's findings.
    pub fn new(teller: &'t Teller, facts: &'t Facts<'_>, quoted: &'t BTreeMap<i64, &'t Interaction>) -> Telling<'t> {
        Telling { teller, roster: facts.roster, quoted, day: facts.date, hours_per_day: facts.hours_per_day }
    }

    /// Findings of a day in numbers: no mail is at hand.
    pub fn in_numbers(
        teller: &'t Teller,
        roster: &'t Roster,
        no_words: &'t BTreeMap<i64, &'t Interaction>,
        day: Date,
    ) -> Telling<'t> {
        Telling { teller, roster, quoted: no_words, day, hours_per_day: 0.0 }
    }

    /// Every customer of the last year: those with something that deserves attention first, then by name.
    pub fn relationships(&self, findings: &Findings) -> Vec<Relationship> {
        let active = findings.relations.iter().filter(|relation| relation.is_active);
        let mut told: Vec<Relationship> = active.map(|relation| self.relationship(relation)).collect();
        told.sort_by_cached_key(|relationship| {
            let flagged = relationship.measures.values().any(|measured| measured.flagged);
            let name = self.teller.names.customer(&relationship.customer).raw().to_lowercase();
            (!flagged, name, relationship.customer.clone())
        });
        told
    }

    /// The promises that fall due or are overdue, the earliest due first, each once.
    pub fn promises(&self, findings: &Findings) -> Vec<Promise> {
        let told = |relation| care::promises_told(self, relation);
        let mut promises: Vec<Promise> = findings.relations.iter().flat_map(told).collect();
        promises.sort_by_key(|promise| (promise.due, promise.number));
        promises.dedup_by_key(|promise| promise.number);
        promises
    }

    /// Who is new, the latest first.
    pub fn arrivals(&self, findings: &Findings) -> Vec<Arrival> {
        people::arrivals(self, findings)
    }

    /// Who left or seems to have, the latest first.
    pub fn departures(&self, findings: &Findings) -> Vec<Departure> {
        people::departures(self, findings)
    }

    /// One customer's fifteen measures, by the keys of product.md.
    pub fn relationship(&self, relation: &Relation) -> Relationship {
        let measures: [(&'static str, Measured); 15] = [
            ("listening_share", talk::listening(self, relation)),
            ("give_balance", talk::balance(self, relation)),
            ("last_heard", touch::last_heard(self, relation)),
            ("promises", care::promises(self, relation)),
            ("corrections", care::corrections(self, relation)),
            ("issues", care::issues(self, relation)),
            ("successes", care::successes(self, relation)),
            ("arrivals", people::arrived(self, relation)),
            ("departures", people::departed(self, relation)),
            ("silence", touch::silence(self, relation)),
            ("voices", talk::voices(self, relation)),
            ("money_only", talk::money_only(self, relation)),
            ("answer_coverage", care::coverage(self, relation)),
            ("year", year::year(self, relation)),
            ("blind_spot", touch::blind_spot(self, relation)),
        ];
        let customer = self.id(relation.customer);
        Relationship { customer, measures: measures.into(), rhythm: relation.rhythm.clone() }
    }

    /// A customer's id.
    fn id(&self, customer: CustomerNo) -> CustomerId {
        self.roster.id(customer).cloned().unwrap_or_else(|| CustomerId(String::new()))
    }

    /// A customer's name; words to compose with, not yet for any sink.
    fn customer(&self, relation: &Relation) -> String {
        self.teller.names.customer(&self.id(relation.customer)).line(super::words::NAME).raw().to_owned()
    }

    /// Somebody's name.
    fn name(&self, person: Option<PersonNo>) -> Untrusted {
        let someone = person.and_then(|number| self.roster.person(number));
        let name = someone.map(|someone| self.teller.someone(someone)).filter(|name| !name.is_blank());
        name.unwrap_or_else(|| Untrusted::new("somebody"))
    }

    /// The day on which an instant was.
    fn date(&self, at: jiff::Timestamp) -> Date {
        self.teller.zone.to_datetime(at).date()
    }

    /// The sentence of a mail's signal, if that mail is at hand: the one at a position, else the first of its kind.
    fn sentence(&self, interaction: i64, position: Option<u32>, kinds: &[SignalKind]) -> Option<Untrusted> {
        let signals = &self.quoted.get(&interaction)?.signals;
        let is = |signal: &&Signal| kinds.contains(&signal.signal);
        let there = position.and_then(|at| signals.get(at as usize)).filter(is);
        let found = there.or_else(|| kinds.iter().find_map(|kind| signals.iter().find(|s| s.signal == *kind)))?;
        let line = found.sentence.raw().split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Untrusted::new(gist::cut(&line))).filter(|line| !line.is_blank())
    }
}
