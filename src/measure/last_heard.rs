//! Measure 3: you are as good as the last thing they heard from you.

use jiff::Timestamp;

use super::answer::Answer;
use super::dealings::{Dealings, Place};
use super::sight::Sight;
use crate::understand::SignalKind;

/// From how many working days on an unpleasant last word is told.
const LINGERS: i64 = 5;

/// Up to how many words a mail that thanks, and says nothing else that we know of, is only thanks.
const ONLY_THANKS: u32 = 25;

/// Our latest mail to a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct LastHeard {
    /// The mail.
    pub interaction: i64,
    /// When it was sent.
    pub at: Timestamp,
    /// What it was.
    pub class: Class,
    /// How many working days ago.
    pub working_days: f64,
    /// How many days ago.
    pub days: i64,
    /// It is unpleasant, lingers for five working days, and they have not written since.
    pub flagged: bool,
}

/// What a mail of ours was, by the first rule that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// An invoice or a reminder of one.
    Invoice,
    /// Bad news, or a delay.
    BadNews,
    /// It asked for something.
    Ask,
    /// It answered what they had asked.
    Answer,
    /// Thanks and nothing else.
    Thanks,
    /// Anything else.
    News,
}

impl Class {
    /// Which signal it rests on, to find the sentence.
    pub fn signal(self) -> Option<SignalKind> {
        match self {
            Class::Invoice => Some(SignalKind::Dunning),
            Class::BadNews => Some(SignalKind::BadNews),
            Class::Ask => Some(SignalKind::Ask),
            Class::Thanks => Some(SignalKind::Thanks),
            Class::Answer | Class::News => None,
        }
    }
}

/// The last thing they heard. Whatever is no mere thanks is news, so thanks are looked for first.
pub fn last_heard(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<LastHeard> {
    let mut answered = false;
    let later = dealings.all().rev();
    let last = later.inspect(|place| answered |= place.entry.inbound).find(|place| !place.entry.inbound);
    let Some(last) = last else { return Answer::TooLittle { n: 0, needs: 1 } };
    let class = class(&last);
    let unpleasant = matches!(class, Class::Invoice | Class::BadNews | Class::Ask);
    Answer::Known(LastHeard {
        interaction: last.entry.interaction,
        at: last.entry.at,
        class,
        working_days: sight.at.working_days_since(last.entry.at),
        days: sight.at.days_since(sight.at.date(last.entry.at)),
        flagged: unpleasant && !answered && sight.at.passed(last.entry.at, LINGERS),
    })
}

fn class(place: &Place<'_, '_>) -> Class {
    let says = |kind| place.entry.says(kind);
    let thanks = says(SignalKind::Closer)
        || (place.entry.words <= ONLY_THANKS
            && says(SignalKind::Thanks)
            && place.entry.signals.is_within(&[SignalKind::Thanks, SignalKind::Acknowledgement]));
    match () {
        () if says(SignalKind::Dunning) => Class::Invoice,
        () if says(SignalKind::BadNews) => Class::BadNews,
        () if says(SignalKind::Ask) => Class::Ask,
        () if place.was_asked() => Class::Answer,
        () if thanks => Class::Thanks,
        () => Class::News,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of(mails: &[&str]) -> LastHeard {
        let Answer::Known(heard) = Story::of("2026-11-20", mails).told().last_heard else { panic!("heard nothing") };
        heard
    }

    #[test]
    fn the_first_rule_that_holds_names_the_class() {
        let table = [
            ("dunning bad ask", Class::Invoice),
            ("bad ask thanks", Class::BadNews),
            ("ask thanks", Class::Ask),
            ("thanks closer", Class::Thanks),
            ("thanks w25", Class::Thanks),
            ("thanks w26", Class::News),
            ("thanks congratulates w9", Class::News),
            ("", Class::News),
        ];
        for (signals, class) in table {
            assert_eq!(of(&[&format!("11-10T10:00 out ann@acme a {signals}")]).class, class, "{signals}");
        }
        assert_eq!(
            of(&["11-10T10:00 in ann@acme a ask", "11-10T11:00 out ann@acme a thanks closer"]).class,
            Class::Answer
        );
    }

    #[test]
    fn an_unpleasant_last_word_is_told_from_five_working_days_on() {
        // As of the end of a Friday: Friday a week ago 17:00 is five working days ago.
        for (when, flagged) in [("11-13T17:00", true), ("11-16T09:00", true), ("11-16T09:01", false)] {
            assert_eq!(of(&[&format!("{when} out ann@acme a dunning")]).flagged, flagged, "{when}");
        }
        assert!(!of(&["11-02T10:00 out ann@acme a"]).flagged, "news may linger");
        assert_eq!(of(&["11-08T10:00 out ann@acme a dunning"]).days, 12);
    }

    #[test]
    fn it_is_over_once_they_wrote_whatever_and_wherever() {
        let invoice = "11-02T10:00 out ann@acme a dunning";
        assert!(of(&[invoice, "11-01T10:00 in ann@acme a"]).flagged);
        assert!(!of(&[invoice, "11-19T10:00 in bea@acme b"]).flagged);
        assert!(of(&[invoice, "11-19T10:00 in bea@acme b robot"]).flagged, "a machine said nothing");
        assert!(!of(&[invoice, "11-19T10:00 out bea@acme b"]).flagged, "they heard better since");
    }

    #[test]
    fn the_change_of_clocks_makes_no_working_day() {
        let story = |as_of: &str, when: &str| Story::of(as_of, &[&format!("{when} out ann@acme a bad")]).told();
        // Friday 16:00 over the weekend of the change to Monday's end: 1 + 8 hours, in March as in October.
        for (day, when) in [("2026-10-26", "10-23T16:00"), ("2026-03-30", "03-27T16:00")] {
            let relation = story(day, when);
            assert_eq!(relation.last_heard.known().map(|heard| heard.working_days), Some(1.125), "{day}");
        }
    }

    #[test]
    fn who_never_heard_from_us_has_no_last_word() {
        let told = Story::of("2026-11-20", &["11-10T10:00 in ann@acme a"]).told();
        assert_eq!(told.last_heard, Answer::TooLittle { n: 0, needs: 1 });
    }
}
