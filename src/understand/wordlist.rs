//! Phrases of many languages as data: one line per language, `xx: phrase | phrase`.
//!
//! The tables beside this file are ours. They hold lower-case phrases and are
//! matched at word boundaries, except in scripts that write without spaces.

use std::collections::BTreeMap;

use super::letters::{Class, is_alphanumeric};
use super::prefix::Prefixes;

/// So many bytes of a text are looked at by [`Prefixes::likely`].
const FIRST: usize = 8;

/// The phrases of one table, found by how they begin.
pub(crate) struct Phrases {
    phrases: Vec<Phrase>,
    prefixes: Prefixes,
}

struct Phrase {
    text: &'static str,
    /// Which line of the table, so that a count can be kept to one language.
    language: usize,
}

impl Phrases {
    /// Reads a table; lines that begin with `#` are notes.
    pub fn read(table: &'static str) -> Phrases {
        let mut all: Vec<Phrase> = Vec::new();
        let lines = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
        for (language, (_, phrases)) in lines.enumerate() {
            all.extend(phrases.split('|').map(str::trim).map(|text| Phrase { text, language }));
        }
        let prefixes = Prefixes::of(all.iter().map(|phrase| phrase.text).zip(0..));
        Phrases { phrases: all, prefixes }
    }

    /// The length in bytes of the longest phrase that lower-case `text` begins with, as a whole word.
    pub fn at_start(&self, text: &str) -> Option<usize> {
        self.starting(text).filter(|phrase| ends_word(text, phrase.text)).map(|phrase| phrase.text.len()).max()
    }

    /// Whether `text` may begin with a phrase once it is lower case: `false` saves making it so.
    pub fn may_begin(&self, text: &str) -> bool {
        let mut first = [0; FIRST];
        let length = text.len().min(FIRST);
        let (Some(first), Some(begin)) = (first.get_mut(..length), text.as_bytes().get(..length)) else { return true };
        first.copy_from_slice(begin);
        first.make_ascii_lowercase();
        // Letters of other scripts may change their length with their case.
        std::str::from_utf8(first).map_or(true, |first| !first.is_ascii() || self.prefixes.likely(first).is_some())
    }

    /// Whether lower-case `text` is one of the phrases.
    pub fn is(&self, text: &str) -> bool {
        self.starting(text).any(|phrase| phrase.text == text)
    }

    /// Whether a phrase stands somewhere in lower-case `text`, as whole words.
    pub fn inside(&self, text: &str) -> bool {
        word_starts(text).any(|rest| self.at_start(rest).is_some())
    }

    /// How many different phrases of one language lower-case `text` holds, the best language counted.
    /// Phrases are stems here: a word may go on behind them.
    pub fn most_stems(&self, text: &str) -> usize {
        let mut found: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for rest in word_starts(text) {
            for phrase in self.starting(rest) {
                let stems = found.entry(phrase.language).or_default();
                if !stems.contains(&phrase.text) {
                    stems.push(phrase.text);
                }
            }
        }
        found.values().map(Vec::len).max().unwrap_or(0)
    }

    fn starting<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Phrase> {
        let likely = self.prefixes.likely(text).into_iter();
        let candidates = likely.flat_map(|likely| self.prefixes.candidates(likely));
        let phrases = candidates.filter_map(|number| self.phrases.get(number as usize));
        phrases.filter(move |phrase| text.starts_with(phrase.text))
    }
}

/// What follows each place where a word begins.
fn word_starts(text: &str) -> impl Iterator<Item = &str> {
    let (mut at, mut inside, mut unspaced) = (0, false, false);
    std::iter::from_fn(move || {
        loop {
            let (here, was_inside, was_unspaced) = (at, inside, unspaced);
            let byte = *text.as_bytes().get(at)?;
            let class = Class::of(byte);
            if class == Class::Longer {
                let c = text.get(at..)?.chars().next()?;
                at += c.len_utf8();
                inside = is_alphanumeric(c);
                unspaced = inside && is_unspaced(c);
            } else {
                at += 1;
                inside = class == Class::Word;
                unspaced = false;
            }
            if inside && (!was_inside || unspaced || was_unspaced) {
                return text.get(here..);
            }
        }
    })
}

fn ends_word(text: &str, phrase: &str) -> bool {
    let next = text.get(phrase.len()..).and_then(|rest| rest.chars().next());
    let last = phrase.chars().next_back();
    next.is_none_or(|c| !is_alphanumeric(c) || is_unspaced(c))
        || last.is_some_and(|c| is_unspaced(c) || !c.is_alphanumeric())
}

/// Scripts that write words without spaces between them: Thai, Lao, Burmese, Khmer, Chinese, Japanese; Korean
/// joins particles to its nouns.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_whole_words_only() {
        let phrases = Phrases::read("en: sent from | best\n# note: x\nzh: 写道");
        assert_eq!(phrases.at_start("sent from my phone"), Some(9));
        assert_eq!(phrases.at_start("bestow"), None);
        assert!(phrases.inside("all the best, ann"));
        assert!(phrases.inside("李安于周五写道"));
        assert!(!phrases.inside("absent fromage"));
    }

    #[test]
    fn stems_are_counted_within_one_language() {
        let stems = Phrases::read("en: confiden | recipient\nde: vertraulich");
        assert_eq!(stems.most_stems("confidential, for the recipients. vertraulich"), 2);
    }

    #[test]
    fn every_table_is_lower_case() {
        for table in [
            include_str!("words/wrote.txt"),
            include_str!("words/openers.txt"),
            include_str!("words/original.txt"),
            include_str!("words/signoffs.txt"),
            include_str!("words/thanks.txt"),
            include_str!("words/sent_from.txt"),
            include_str!("words/devices.txt"),
            include_str!("words/disclaimers.txt"),
            include_str!("words/answers.txt"),
            include_str!("words/footers.txt"),
            include_str!("words/formulas.txt"),
            include_str!("words/cites.txt"),
            include_str!("words/markers.txt"),
            include_str!("words/replies.txt"),
            include_str!("words/forwards.txt"),
        ] {
            for line in table.lines().filter(|line| !line.starts_with('#')) {
                let phrases = line.split_once(':').map_or("", |(_, phrases)| phrases);
                assert_eq!(phrases, phrases.to_lowercase(), "{line}");
                assert!(!phrases.is_empty(), "{line}");
            }
        }
    }
}
