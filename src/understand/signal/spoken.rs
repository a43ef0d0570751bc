//! Which languages a text is surely not in, told by the most frequent words of each.
//!
//! A word may be a phrase in one language and say nothing in another: Italian
//! `delle` is a German dent, German `Stück` an English machine that is stuck.
//! So phrases count only in languages that a sentence may be in. It is never
//! asked which language that is: mails mix them, and Spanish and Portuguese
//! look alike in a short sentence. A sentence of too few such words is judged
//! by its whole text, and one that tells nothing either is heard in all.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use serde::Deserialize;

use crate::understand::letters::words;
use crate::understand::phrases::fold;
use crate::understand::prepared::Text;

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
pub(super) struct Frequent<'a> {
    #[serde(borrow)]
    pub(super) words: Vec<Text<'a>>,
}

/// Some of the languages, by their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Languages(u128);

/// The most frequent words of every language.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken {
    words: HashMap<String, Word, BuildHasherDefault<Mixed>>,
    /// The languages that have such words; others are never ruled out.
    known: Languages,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// The languages that it is frequent in.
    of: Languages,
    /// Which of the words it is, by the order they came.
    number: usize,
}

/// A quick hash. Only our own words are kept under it, so nobody can choose them to fall together.
#[derive(Debug, Clone, Default)]
struct Mixed(u64);

/// What a text tells of the languages it may be in.
#[derive(Debug, Clone, Default)]
pub(super) struct Tongues {
    /// What its frequent words of each language weigh, by the languages' numbers.
    weights: Vec<u16>,
    ruled_out: Languages,
    /// Whether that was enough to judge by.
    judged: bool,
}

impl Languages {
    fn has(self, number: u8) -> bool {
        self.0 & Languages::one(number).0 != 0
    }

    fn one(number: u8) -> Languages {
        Languages(1_u128.checked_shl(number.into()).unwrap_or(0))
    }

    fn with(self, other: Languages) -> Languages {
        Languages(self.0 | other.0)
    }

    fn numbers(self) -> impl Iterator<Item = u8> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let number = u8::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left - 1;
            Some(number)
        })
    }
}

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let number = eight.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
            self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn write_u8(&mut self, _: u8) {
        // What ends a string: one string alone is told from another by its length anyway.
    }

    fn finish(&self) -> u64 {
        // The table takes its place from the lowest bits, and the highest are mixed best.
        self.0.rotate_left(32)
    }
}

impl Spoken {
    /// The words of each language, by its number.
    pub(super) fn of_languages<'a>(languages: impl IntoIterator<Item = (&'a Frequent<'a>, u8)>) -> Spoken {
        let mut spoken = Spoken::default();
        for (frequent, language) in languages {
            for word in &frequent.words {
                let number = spoken.words.len();
                let word = spoken.words.entry(fold(word)).or_insert(Word { of: Languages::default(), number });
                word.of = word.of.with(Languages::one(language));
                spoken.known = spoken.known.with(word.of);
            }
        }
        spoken
    }

    /// What a folded text tells.
    pub(super) fn of(&self, folded: &str) -> Tongues {
        let mut weights = vec![0_u16; (u128::BITS - self.known.0.leading_zeros()) as usize];
        let mut heard = vec![0_u64; self.words.len().div_ceil(64)];
        for word in words(folded).filter_map(|word| self.words.get(word)) {
            let Some(heard) = heard.get_mut(word.number / 64) else { continue };
            // Each once: what is said twice tells no more.
            if std::mem::replace(heard, *heard | 1 << (word.number % 64)) == *heard {
                continue;
            }
            for language in word.of.numbers() {
                if let Some(weight) = weights.get_mut(usize::from(language)) {
                    *weight = weight.saturating_add(if word.of.0.is_power_of_two() { OWN } else { SHARED });
                }
            }
        }
        let most = weights.iter().copied().max().unwrap_or(0);
        let judged = most >= MORE;
        let out = |weight: u16| most >= weight.saturating_add(MORE) && most >= weight.saturating_mul(TIMES);
        let numbers = (0_u8..).zip(&weights).filter(|(number, weight)| self.known.has(*number) && out(**weight));
        let ruled_out = numbers.fold(Languages::default(), |all, (number, _)| all.with(Languages::one(number)));
        Tongues { weights, ruled_out, judged }
    }

    /// What a folded sentence tells; where that is too little, languages are ruled out that its text is not in.
    pub(super) fn of_sentence(&self, sentence: &str, of_text: impl FnOnce() -> Rc<Tongues>) -> Tongues {
        let tongues = self.of(sentence);
        if tongues.judged { tongues } else { Tongues { ruled_out: of_text().ruled_out, ..tongues } }
    }
}

impl Tongues {
    /// Whether it is surely not in the language of that number.
    pub(super) fn rule_out(&self, number: u8) -> bool {
        self.ruled_out.has(number)
    }

    /// What its frequent words of that language weigh.
    pub(super) fn weight(&self, number: u8) -> u16 {
        self.weights.get(usize::from(number)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken() -> Spoken {
        let frequent = |words: [&'static str; 4]| Frequent { words: words.map(Text::from).to_vec() };
        let languages = [["the", "is", "in", "of"], ["der", "ist", "in", "für"], ["o", "é", "na", "de"]].map(frequent);
        Spoken::of_languages(languages.iter().zip([0, 1, 3]))
    }

    fn out(text: &str) -> Vec<u8> {
        let tongues = spoken().of(&fold(text));
        (0..10).filter(|number| tongues.rule_out(*number)).collect()
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
        let of_text = || Rc::new(spoken().of("der ist in"));
        assert!(spoken().of_sentence("in", of_text).rule_out(3), "its text decides");
        assert!(!spoken().of_sentence("o de aco", of_text).rule_out(3), "or the sentence itself");
    }

    #[test]
    fn a_language_without_such_words_is_never_ruled_out() {
        assert!(!out("The pump is in the hall.").contains(&2));
        assert!(!out("The pump is in the hall.").contains(&9));
    }
}
