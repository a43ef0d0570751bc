//! Which measures a page tells in full, and in which order.
//!
//! A customer of whom something deserves attention comes first, with that said in sentences; what is as it
//! should be is folded, and what was too little seen is only named. Customers stand in the order of their
//! names, never by how they do: there is no ranking (measures.md).

use std::collections::BTreeMap;

use super::day::{Item, Measured, Relationship, Report};
use crate::contacts::CustomerId;

/// How many customers are told in full, and how many folded.
const SHOWN: usize = 12;

/// The measures of product.md in the order of measures.md, each as people call it.
const TOPICS: [(&str, &str); 15] = [
    ("listening_share", "Listening"),
    ("give_balance", "Giving and asking"),
    ("last_heard", "The last they heard"),
    ("promises", "Promises"),
    ("corrections", "Corrections"),
    ("issues", "Issues"),
    ("successes", "Successes"),
    ("arrivals", "Who came"),
    ("departures", "Who left"),
    ("silence", "Keeping in touch"),
    ("voices", "Voices"),
    ("money_only", "Money"),
    ("answer_coverage", "Questions answered"),
    ("year", "Our year"),
    ("blind_spot", "What we see"),
];

/// What a day's page tells in sections of their own.
const TOLD_ELSEWHERE: [&str; 3] = ["promises", "arrivals", "departures"];

/// One measure and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Its key in product.md.
    pub key: &'static str,
    /// What people call it.
    pub topic: &'static str,
    /// What it says.
    pub measured: &'a Measured,
}

/// How it stands with one customer.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// Which customer.
    pub customer: &'a CustomerId,
    /// Their rhythm, as [`Relationship::rhythm`] has it.
    pub rhythm: &'a [(u32, u32)],
    /// What deserves attention.
    pub flagged: Vec<Told<'a>>,
    /// What has a value and is as it should be.
    pub calm: Vec<Told<'a>>,
    /// What was too little seen to say.
    pub unseen: Vec<Told<'a>>,
    /// How much of their mail comes to us: it stands beside everything else (measures.md, 15).
    pub sight: Option<&'a Measured>,
}

/// Every customer's standing, cut to what a page tells.
#[derive(Debug, Clone)]
pub struct Standings<'a> {
    /// Those of whom something deserves attention, by name.
    pub flagged: Vec<Standing<'a>>,
    /// How many more there are of them.
    pub more_flagged: usize,
    /// The others, by name.
    pub calm: Vec<Standing<'a>>,
    /// How many more there are of them.
    pub more_calm: usize,
}

impl<'a> Told<'a> {
    /// What of it needs a person.
    pub fn open_items(&self) -> impl Iterator<Item = &'a Item> + use<'a> {
        self.measured.items.iter().filter(|item| item.open)
    }

    /// Whether it is to be told first.
    fn deserves_attention(&self) -> bool {
        self.measured.flagged || self.open_items().next().is_some()
    }

    /// Its place in a page: `listening-share`.
    pub fn anchor(&self) -> String {
        self.key.replace('_', "-")
    }
}

impl<'a> Standing<'a> {
    /// How it stands with a customer, in every measure.
    pub fn of(relationship: &'a Relationship) -> Standing<'a> {
        Standing::without(relationship, &[])
    }

    fn without(relationship: &'a Relationship, told_elsewhere: &[&str]) -> Standing<'a> {
        let told = topics().filter(|(key, _)| !told_elsewhere.contains(key) && *key != "blind_spot");
        let told = told
            .filter_map(|(key, topic)| relationship.measures.get(key).map(|measured| Told { key, topic, measured }));
        let (flagged, others): (Vec<_>, Vec<_>) = told.partition(Told::deserves_attention);
        let (calm, unseen) = others.into_iter().partition(|told| told.measured.value.is_some());
        Standing {
            customer: &relationship.customer,
            rhythm: &relationship.rhythm,
            flagged,
            calm,
            unseen,
            sight: relationship.measures.get("blind_spot").filter(|sight| sight.value.is_some()),
        }
    }
}

/// What a day's page tells of its relationships.
pub fn select(report: &Report) -> Standings<'_> {
    let mut by_name: BTreeMap<_, Standing<'_>> = BTreeMap::new();
    for relationship in &report.relationships {
        let name = report.context.names.customer(&relationship.customer).raw().to_lowercase();
        by_name.insert((name, &relationship.customer), Standing::without(relationship, &TOLD_ELSEWHERE));
    }
    let says_something = |standing: &Standing<'_>| !(standing.calm.is_empty() && standing.unseen.is_empty());
    let (flagged, calm): (Vec<_>, Vec<_>) = by_name.into_values().partition(|standing| !standing.flagged.is_empty());
    let (flagged, more_flagged) = first(flagged);
    let (calm, more_calm) = first(calm.into_iter().filter(says_something).collect());
    Standings { flagged, more_flagged, calm, more_calm }
}

impl Standings<'_> {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.flagged.is_empty() && self.calm.is_empty()
    }
}

fn first<T>(mut all: Vec<T>) -> (Vec<T>, usize) {
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    (all, more)
}

fn topics() -> impl Iterator<Item = (&'static str, &'static str)> {
    TOPICS.into_iter()
}
