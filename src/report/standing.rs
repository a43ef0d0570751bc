//! Which measures a page tells in full, and in which order.
//!
//! A customer of whom something deserves attention comes first, with that said in sentences; what is as it
//! should be is folded, and what was too little seen or is withheld is only named. Customers stand in the order of their
//! names, never by how they do: there is no ranking (measures.md).

use std::collections::BTreeMap;

use super::day::{Item, Measured, Relationship, Report};
use super::facts::Names;
use super::topic::{TOPICS, Topic};
use super::words::NAME;
use crate::contacts::CustomerId;
use crate::mail::Untrusted;

/// How many customers are told in full, and how many folded.
const SHOWN: usize = 12;

/// What a day's page tells in sections of their own.
const TOLD_ELSEWHERE: [&str; 3] = ["promises", "arrivals", "departures"];

/// One measure and what it is called.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// Which one.
    pub topic: Topic,
    /// What it says.
    pub measured: &'a Measured,
    /// That in words, without what stands beside them on a page: the customer's name before it, and n.
    pub sentence: Untrusted,
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
    /// What is not said, as more than half of the conversation is unseen.
    pub withheld: Vec<Told<'a>>,
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
    fn new(topic: Topic, measured: &'a Measured, customer: &Untrusted) -> Told<'a> {
        let text = measured.text.raw();
        let named = text.strip_prefix(customer.raw()).and_then(|rest| rest.strip_prefix([':', ',']));
        let named = named.and_then(|rest| rest.strip_prefix(' '));
        let sentence = named.unwrap_or(text).replacen(&format!(" (n = {})", measured.n), "", 1);
        Told { topic, measured, sentence: Untrusted::new(sentence) }
    }

    /// What of it needs a person.
    pub fn open_items(&self) -> impl Iterator<Item = &'a Item> + use<'a> {
        self.measured.items.iter().filter(|item| item.open)
    }

    /// What an item adds to the measure's own sentence: its text and the words it rests on, or only these where the
    /// sentence says the text already, in quotation marks.
    pub fn added_by(&self, item: &Item) -> (Untrusted, Option<Untrusted>) {
        match &item.sentence {
            Some(words) if item.text == self.sentence => (Untrusted::new(format!("“{}”", words.raw())), None),
            words => (item.text.clone(), words.clone()),
        }
    }

    /// Whether it is to be told first.
    fn deserves_attention(&self) -> bool {
        self.measured.flagged || self.open_items().next().is_some()
    }

    /// Its place in a page: `listening-share`.
    pub fn anchor(&self) -> String {
        self.topic.key.replace('_', "-")
    }
}

impl<'a> Standing<'a> {
    /// How it stands with a customer, in every measure.
    pub fn of(relationship: &'a Relationship, names: &Names) -> Standing<'a> {
        Standing::with(relationship, names, |_, _| true)
    }

    /// How many measures need nobody.
    pub fn others(&self) -> usize {
        self.calm.len() + self.unseen.len() + self.withheld.len()
    }

    /// In what a day's page tells here: not what has a section of its own, and the year only on its day.
    fn of_the_day(relationship: &'a Relationship, names: &Names) -> Standing<'a> {
        Standing::with(relationship, names, |key, measured| match key {
            "year" => measured.flagged,
            key => !TOLD_ELSEWHERE.contains(&key),
        })
    }

    fn with(relationship: &'a Relationship, names: &Names, wanted: impl Fn(&str, &Measured) -> bool) -> Standing<'a> {
        let name = names.customer(&relationship.customer).line(NAME);
        let told = TOPICS.into_iter().filter(|topic| topic.key != "blind_spot").filter_map(|topic| {
            let measured = relationship.measures.get(topic.key).filter(|measured| wanted(topic.key, measured))?;
            Some(Told::new(topic, measured, &name))
        });
        let (flagged, others): (Vec<_>, Vec<_>) = told.partition(Told::deserves_attention);
        let (calm, silent): (Vec<_>, Vec<_>) = others.into_iter().partition(|told| told.measured.value.is_some());
        let (withheld, unseen) = silent.into_iter().partition(|told| told.measured.withheld);
        Standing {
            customer: &relationship.customer,
            rhythm: &relationship.rhythm,
            flagged,
            calm,
            unseen,
            withheld,
            sight: relationship.measures.get("blind_spot").filter(|sight| sight.value.is_some()),
        }
    }
}

/// What a day's page tells of its relationships.
pub fn select(report: &Report) -> Standings<'_> {
    let mut by_name: BTreeMap<_, Standing<'_>> = BTreeMap::new();
    for relationship in &report.relationships {
        let name = report.context.names.customer(&relationship.customer).raw().to_lowercase();
        by_name.insert((name, &relationship.customer), Standing::of_the_day(relationship, &report.context.names));
    }
    let says_something = |standing: &Standing<'_>| standing.others() > 0;
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

#[cfg(test)]
mod tests {
    use super::super::topic;
    use super::*;

    fn measured(text: &str, n: usize) -> Measured {
        Measured {
            value: Some(1.0),
            n,
            flagged: false,
            text: Untrusted::new(text),
            interactions: Vec::new(),
            items: Vec::new(),
            withheld: false,
            earlier: Vec::new(),
        }
    }

    #[test]
    fn what_stands_beside_a_sentence_is_not_said_twice() {
        let table = [
            ("Acme: they wrote 38 % of the words (n = 22); it was 57 %", "they wrote 38 % of the words; it was 57 %"),
            ("Acme last heard from us today: an answer", "Acme last heard from us today: an answer"),
            ("Acme, the rhythm: too little seen (n = 22, needs 30)", "the rhythm: too little seen (n = 22, needs 30)"),
            ("Acmene: one (n = 2)", "Acmene: one (n = 2)"),
        ];
        for (text, expected) in table {
            let measured = measured(text, 22);
            let told = Told::new(topic::of("silence").unwrap(), &measured, &Untrusted::new("Acme"));
            assert_eq!(told.sentence.raw(), expected);
        }
    }

    #[test]
    fn a_page_tells_first_what_is_flagged_or_needs_somebody_and_leaves_out_what_has_its_own_place() {
        let flagged = |key| (key, Measured { flagged: true, ..measured("said", 3) });
        let open =
            Item { text: Untrusted::new("corrected us"), sentence: None, interaction: 1, number: Some(1), open: true };
        let measures = [
            flagged("silence"),
            flagged("promises"),
            ("corrections", Measured { items: vec![open], ..measured("said", 3) }),
            ("voices", measured("said", 3)),
            ("year", measured("said", 3)),
            ("money_only", Measured { value: None, ..measured("said", 3) }),
            ("give_balance", Measured { value: None, withheld: true, ..measured("said", 3) }),
        ];
        let customer = CustomerId("acme".into());
        let relationship = Relationship { customer, measures: measures.into(), rhythm: Vec::new() };
        let standing = Standing::of_the_day(&relationship, &Names::default());
        let keys = |told: &[Told<'_>]| told.iter().map(|told| told.topic.key).collect::<Vec<_>>();
        assert_eq!(keys(&standing.flagged), ["corrections", "silence"]);
        assert_eq!(keys(&standing.calm), ["voices"]);
        assert_eq!((keys(&standing.unseen), keys(&standing.withheld)), (vec!["money_only"], vec!["give_balance"]));
        assert_eq!(standing.others(), 3);
        let in_full = Standing::of(&relationship, &Names::default());
        assert_eq!(keys(&in_full.flagged), ["promises", "corrections", "silence"]);
        assert_eq!(keys(&in_full.calm), ["voices", "year"]);
    }
}
