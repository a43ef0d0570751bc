//! What the measures said before: the same measures of the same record, as of the ends of earlier quarters.
//!
//! A quarter's end stays where it is while days go by, so that what a page says of June it will say tomorrow as well.
//! It is what the record knows of that time now: a mail of May that was forwarded in August counts.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

use super::day::{Measured, Relationship, Report};
use super::phrase;
use super::relation::Telling;
use super::tell::Teller;
use super::topic::Topic;
use crate::contacts::CustomerId;
use crate::measure::{Relation, Roster};

/// How many quarters are looked back at.
const QUARTERS: i32 = 4;

/// What a measure said at an earlier day's end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Then {
    /// The day.
    pub date: Date,
    /// The value; `None` where there was too little, or it was withheld.
    pub value: Option<f64>,
    /// Over how many.
    pub n: usize,
    /// Whether more than half of the conversation was unseen, so that there is no value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

/// The last days of the four quarters before the one of `date`, the earliest first.
pub fn ends(date: Date) -> Vec<Date> {
    let into_quarter = i32::from((date.month() - 1) % 3);
    let first = date.first_of_month();
    let end = |quarter: i32| first.checked_sub(Span::new().months(into_quarter + 3 * quarter)).ok()?.yesterday().ok();
    (0..QUARTERS).rev().filter_map(end).collect()
}

/// What one customer's measures said at one end, by key: small, as there may be thousands of customers.
type End = Vec<(&'static str, Then)>;

/// What the measures of every customer said at some earlier ends.
#[derive(Debug, Clone, Default)]
pub struct History {
    customers: BTreeMap<CustomerId, Vec<End>>,
}

impl History {
    /// Takes in what measures said at the end of `date`, later than what it holds already. Only numbers are kept.
    pub fn add(&mut self, date: Date, relations: &[Relation], roster: &Roster, report: &Report) {
        let context = &report.context;
        let teller = Teller { names: context.names.clone(), zone: context.zone.clone() };
        let no_words = BTreeMap::new();
        let telling = Telling::in_numbers(&teller, roster, &no_words, date);
        for relation in relations {
            let Relationship { customer, measures, .. } = telling.relationship(relation);
            let then = measures.into_iter().map(|(key, measured)| (key, Then::of(&measured, date)));
            self.customers.entry(customer).or_default().push(then.collect());
        }
    }

    /// Adds to each measure that has a value what it said earlier, unless it said nothing.
    pub fn tell(&self, relationship: &mut Relationship) {
        let Some(ends) = self.customers.get(&relationship.customer) else { return };
        for (key, measured) in relationship.measures.iter_mut().filter(|(_, measured)| measured.value.is_some()) {
            let at = |end: &End| end.iter().find(|(known, _)| known == key).map(|(_, then)| *then);
            let earlier: Vec<Then> = ends.iter().filter_map(at).collect();
            if earlier.iter().any(|then| then.value.is_some()) {
                measured.earlier = earlier;
            }
        }
    }
}

impl Then {
    fn of(measured: &Measured, date: Date) -> Then {
        Then { date, value: measured.value, n: measured.n, withheld: measured.withheld }
    }

    /// The number, or why there is none.
    pub fn say(&self, topic: Topic) -> String {
        match self.value {
            Some(value) => topic.unit.say(value),
            None => self.why_not().to_owned(),
        }
    }

    /// Why there is no value.
    pub fn why_not(&self) -> &'static str {
        if self.withheld { "withheld" } else { "too little seen" }
    }
}

/// `57 % on 31 Dec 2025, too little seen on 31 Mar, 38 % now`.
pub fn in_words(topic: Topic, measured: &Measured, now: Date) -> String {
    let said = measured.earlier.iter().map(|then| format!("{} on {}", then.say(topic), day(then.date, now)));
    let value = measured.value.map(|value| format!("{} now", topic.unit.say(value)));
    said.chain(value).collect::<Vec<_>>().join(", ")
}

/// `31 Mar`, with the year when it is not that of `now`.
fn day(date: Date, now: Date) -> String {
    if date.year() == now.year() { date.strftime("%-d %b").to_string() } else { phrase::short_date(date, now) }
}

#[cfg(test)]
mod tests {
    use super::super::topic;
    use super::*;
    use crate::mail::Untrusted;
    use jiff::civil::date;

    #[test]
    fn the_ends_are_those_of_the_quarters_before() {
        let year = [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)];
        for day in [date(2026, 10, 1), date(2026, 11, 21), date(2026, 12, 31)] {
            assert_eq!(ends(day), year, "{day}");
        }
        let shifted = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31)];
        for day in [date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 31)] {
            assert_eq!(ends(day), shifted, "{day}");
        }
    }

    fn measured(value: Option<f64>, withheld: bool, earlier: Vec<Then>) -> Measured {
        let (text, interactions) = (Untrusted::default(), Vec::new());
        Measured { value, n: 4, flagged: false, text, interactions, items: Vec::new(), withheld, earlier }
    }

    #[test]
    fn what_was_before_is_said_with_its_day_and_why_there_is_none() {
        let then = |date, value, withheld| Then { date, value, n: 4, withheld };
        let earlier = vec![
            then(date(2025, 12, 31), Some(0.57), false),
            then(date(2026, 3, 31), None, true),
            then(date(2026, 6, 30), None, false),
        ];
        let listening = topic::of("listening_share").unwrap();
        assert_eq!(
            in_words(listening, &measured(Some(0.38), false, earlier), date(2026, 11, 20)),
            "57 % on 31 Dec 2025, withheld on 31 Mar, too little seen on 30 Jun, 38 % now"
        );
    }

    #[test]
    fn only_a_value_has_a_history_and_only_one_that_held_a_value() {
        let acme = CustomerId("acme".into());
        let then = |value| Then { date: date(2026, 9, 30), value, n: 1, withheld: false };
        let end = vec![("listening_share", then(Some(0.5))), ("voices", then(Some(1.5))), ("silence", then(None))];
        let history = History { customers: [(acme.clone(), vec![end])].into() };
        let measures = BTreeMap::from([
            ("listening_share", measured(Some(0.4), false, Vec::new())),
            ("voices", measured(None, true, Vec::new())),
            ("silence", measured(Some(3.0), false, Vec::new())),
        ]);
        let mut relationship = Relationship { customer: acme, measures, rhythm: Vec::new() };
        history.tell(&mut relationship);
        let told: Vec<_> = relationship.measures.iter().filter(|(_, m)| !m.earlier.is_empty()).collect();
        assert_eq!(told.len(), 1);
        assert_eq!((*told[0].0, &told[0].1.earlier), ("listening_share", &vec![then(Some(0.5))]));
    }
}
