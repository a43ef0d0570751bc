//! Which languages a text is surely not in, told by the most frequent words of each.
//!
//! A word may be a phrase in one language and say nothing in another: Italian
//! `delle` is a German dent, German `Stück` an English machine that is stuck.
//! So phrases count only in languages that a sentence may be in. It is never
//! asked which language that is: mails mix them, and Spanish and Portuguese
//! look alike in a short sentence. A sentence of too few such words is judged
//! by its whole text, and one that tells nothing either is heard in all.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::understand::phrases::fold;

/// What a word weighs that is frequent in one language alone, and one that several share.
const OWN: u16 = 2;
const SHARED: u16 = 1;
/// By how much another language outweighs one, at least, before that is ruled out; ...
const MORE: u16 = 3;
/// ... and how many times it weighs as much.
const TIMES: u16 = 2;

/// The most frequent words of one language, as its file holds them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Frequent {
    pub(super) words: Vec<String>,
}

/// Some of the languages, by their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Languages(u128);

/// The most frequent words of every language.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken {
    words: HashMap<String, Languages>,
    /// The languages that have such words; others are never ruled out.
    known: Languages,
}

impl Languages {
    pub(super) fn has(self, number: u8) -> bool {
        self.0 & Languages::one(number).0 != 0
    }

    fn one(number: u8) -> Languages {
        Languages(1_u128.checked_shl(number.into()).unwrap_or(0))
    }

    fn with(self, other: Languages) -> Languages {
        Languages(self.0 | other.0)
    }
}

impl Spoken {
    /// Adds the words of the language of that number.
    pub(super) fn add(&mut self, frequent: &Frequent, number: u8) {
        for word in &frequent.words {
            let of = self.words.entry(fold(word)).or_default();
            *of = of.with(Languages::one(number));
            self.known = self.known.with(*of);
        }
    }

    /// The languages that a folded sentence is not in; where it does not tell, those that its text is not in.
    pub(super) fn ruled_out(&self, sentence: &str, of_text: impl FnOnce() -> Languages) -> Languages {
        self.judged(sentence).unwrap_or_else(of_text)
    }

    /// The languages that a folded text is not in.
    pub(super) fn ruled_out_of_text(&self, text: &str) -> Languages {
        self.judged(text).unwrap_or_default()
    }

    /// `None` where there is too little to judge by.
    fn judged(&self, folded: &str) -> Option<Languages> {
        let words = folded.split(|c: char| !c.is_alphanumeric());
        // Each once: what is said twice tells no more.
        let there: BTreeMap<&str, Languages> = words.filter_map(|word| Some((word, *self.words.get(word)?))).collect();
        let mut weights = [0_u16; u128::BITS as usize];
        for of in there.values() {
            let mut left = of.0;
            while left != 0 {
                if let Some(weight) = weights.get_mut(left.trailing_zeros() as usize) {
                    *weight = weight.saturating_add(if of.0.is_power_of_two() { OWN } else { SHARED });
                }
                left &= left - 1;
            }
        }
        let most = weights.iter().copied().max().filter(|most| *most >= MORE)?;
        let out = |weight: u16| most >= weight.saturating_add(MORE) && most >= weight.saturating_mul(TIMES);
        let numbers = (0..).zip(weights).filter(|(number, weight)| self.known.has(*number) && out(*weight));
        Some(numbers.fold(Languages::default(), |languages, (number, _)| languages.with(Languages::one(number))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken() -> Spoken {
        let mut spoken = Spoken::default();
        for (number, words) in
            [(0, ["the", "is", "in", "of"]), (1, ["der", "ist", "in", "für"]), (3, ["o", "é", "na", "de"])]
        {
            spoken.add(&Frequent { words: words.map(str::to_owned).to_vec() }, number);
        }
        spoken
    }

    fn out(text: &str) -> Vec<u8> {
        let languages = spoken().ruled_out_of_text(&fold(text));
        (0..10).filter(|number| languages.has(*number)).collect()
    }

    #[test]
    fn what_holds_twice_as_many_words_of_another_is_ruled_out() {
        assert_eq!(out("The pump is in the hall."), [1, 3]);
        assert_eq!(out("Für der Pumpe ist es zu spät."), [0, 3]);
        assert_eq!(out("O tanque é de aço."), [0, 1]);
    }

    #[test]
    fn a_sentence_that_tells_too_little_rules_nothing_out() {
        for text in ["", "Danke!", "The pump.", "The pump is broken, für der Hof ist Ersatz da.", "In in in in."] {
            assert!(!out(text).contains(&0) && !out(text).contains(&1), "{text}");
        }
        assert_eq!(spoken().ruled_out("danke", || Languages(5)), Languages(5), "its text decides");
    }

    #[test]
    fn a_language_without_such_words_is_never_ruled_out() {
        assert!(!out("The pump is in the hall.").contains(&2));
        assert!(!out("The pump is in the hall.").contains(&9));
    }
}
