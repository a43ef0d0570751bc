//! Measure 11: a relationship of several people, not one strand.

use std::collections::BTreeMap;

use super::PersonNo;
use super::answer::Answer;
use super::dealings::{Dealings, Place};
use super::sight::{Sight, evidence};

/// How many mails it takes, and from how many of one side on its number is judged.
const NEEDS: usize = 10;

/// Below so many effective voices a side hangs by a strand.
const STRAND: f64 = 1.5;

/// How many people effectively speak: the exponential of the entropy of their shares of the words. Two who write the
/// same make 2, one who writes nearly all makes little more than 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Voices {
    /// At the customer; `None` when they wrote no word.
    pub theirs: Option<f64>,
    /// Of us.
    pub ours: Option<f64>,
    /// How many contacts of theirs are known.
    pub known: u32,
    /// Mails of both sides.
    pub n: usize,
    /// A side that wrote ten mails or more has fewer than 1.5 voices.
    pub flagged: bool,
    /// The mails.
    pub evidence: Vec<i64>,
}

/// The effective voices in W(180).
pub fn voices(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<Voices> {
    let authored = || dealings.since(sight.at.since(180)).filter(|place| place.entry.author.is_some());
    let n = authored().count();
    if n < NEEDS {
        return Answer::TooLittle { n, needs: NEEDS };
    }
    let side = |inbound: bool| authored().filter(move |place| place.entry.inbound == inbound);
    let judged = |inbound: bool| {
        let voices = effective(side(inbound));
        (voices, side(inbound).count() >= NEEDS && voices.is_some_and(|voices| voices < STRAND))
    };
    let ((theirs, one_of_them), (ours, one_of_us)) = (judged(true), judged(false));
    Answer::Known(Voices {
        theirs,
        ours,
        known: sight.record.roster.contacts(dealings.customer),
        n,
        flagged: one_of_them || one_of_us,
        evidence: evidence(authored()),
    })
}

/// The voices of some mails; summed by person's number, so that the same record gives the same last digit.
fn effective<'d, 'r: 'd>(mails: impl Iterator<Item = Place<'d, 'r>>) -> Option<f64> {
    let mut words: BTreeMap<PersonNo, u64> = BTreeMap::new();
    for entry in mails.map(|place| place.entry) {
        if let Some(author) = entry.author {
            *words.entry(author).or_default() += u64::from(entry.words);
        }
    }
    let all = words.values().sum::<u64>();
    let share = |words: u64| words as f64 / all as f64;
    let terms = words.values().filter(|words| **words > 0).map(|words| share(*words) * share(*words).ln());
    (all > 0).then(|| (-terms.sum::<f64>()).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of<S: AsRef<str>>(mails: &[S]) -> Answer<Voices> {
        Story::of("2026-11-20", mails).told().voices
    }

    /// So many mails of Ann's and of Bea's with so many words each.
    fn mails(ann: (usize, u32), bea: (usize, u32)) -> Vec<String> {
        let mail = |who: &str, n: usize, words: u32| format!("11-{:02}T10:00 in {who}@acme a w{words}", n + 1);
        let ann = (0..ann.0).map(|n| mail("ann", n, ann.1)).collect::<Vec<_>>();
        ann.into_iter().chain((0..bea.0).map(|n| mail("bea", n, bea.1))).collect()
    }

    #[test]
    fn two_who_say_the_same_are_two_voices_and_one_who_says_all_is_one() {
        let rounded = |answer: Answer<Voices>| {
            let told = answer.known().cloned().unwrap();
            (told.theirs.map(|v| (v * 1000.0).round() / 1000.0), told.flagged)
        };
        assert_eq!(rounded(of(&mails((5, 10), (5, 10)))), (Some(2.0), false));
        assert_eq!(rounded(of(&mails((10, 10), (0, 0)))), (Some(1.0), true));
        assert_eq!(rounded(of(&mails((9, 100), (9, 5)))), (Some(1.211), true));
        assert_eq!(rounded(of(&mails((5, 10), (5, 0)))), (Some(1.0), true), "who says nothing has no voice");
        assert_eq!(rounded(of(&mails((5, 0), (5, 0)))), (None, false));
    }

    #[test]
    fn ten_mails_are_the_minimum_and_a_side_is_flagged_for_its_own_ten() {
        assert_eq!(of(&mails((9, 10), (0, 0))), Answer::TooLittle { n: 9, needs: 10 });
        let few_of_theirs: Vec<String> = mails((9, 10), (0, 0));
        let ours = |n: usize, by: &str| {
            (0..n).map(|day| format!("11-{:02}T11:00 out ann@acme a by={by}", day + 1)).collect::<Vec<_>>()
        };
        let one_of_us = of(&[few_of_theirs.clone(), ours(10, "max")].concat());
        assert_eq!(one_of_us.known().map(|told| (told.ours, told.n, told.flagged)), Some((Some(1.0), 19, true)));
        let two_of_us = of(&[few_of_theirs, ours(5, "max"), ours(5, "mia")].concat());
        assert_eq!(two_of_us.known().map(|told| told.flagged), Some(false));
    }

    #[test]
    fn the_window_is_of_180_days() {
        let mut all = mails((9, 10), (0, 0));
        all.push("05-24T23:59 in ann@acme a".into());
        assert_eq!(of(&all), Answer::TooLittle { n: 9, needs: 10 });
        all.push("05-25T00:00 in ann@acme a".into());
        assert!(of(&all).known().is_some());
    }
}
