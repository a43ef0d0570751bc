//! Phrases of many languages as data: one line per language, `xx: phrase | phrase`.
//!
//! The tables beside this file are ours. They hold lower-case phrases and are
//! matched at word boundaries, except in scripts that write without spaces.
//! Nearly every line of a mail is asked for phrases it does not hold, so a word
//! is passed over at the sight of its first two bytes.

use std::borrow::Cow;

/// Slots that phrases are filed in, as a power of two: far more than beginnings that differ.
const SLOT_BITS: u32 = 10;
/// So many bytes of a phrase are compared at once.
const FIRST: usize = 8;

/// The phrases of one table, found by how they begin.
///
/// Texts may have their ASCII letters in any case, so that most lines are compared as they stand; all other letters
/// must be in lower case ([`lowered`]).
pub(crate) struct Phrases {
    /// By slot, and within one in the order of the table.
    phrases: Vec<Phrase>,
    /// Where each slot begins in `phrases`, and behind the last one its end.
    begins: Vec<u16>,
}

struct Phrase {
    text: &'static str,
    /// Its first bytes as a number, and which bits of a text's first bytes are compared with them.
    first: u64,
    mask: u64,
    /// Which line of the table, so that a count can be kept to one language.
    language: usize,
}

impl Phrase {
    fn of(text: &'static str, language: usize) -> Phrase {
        let bits = 8 * text.len().min(FIRST);
        let mask = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
        Phrase { text, first: first_bytes(text.as_bytes()), mask, language }
    }

    /// Whether `text`, which begins with `first`, begins with the phrase.
    fn begins(&self, text: &[u8], first: u64) -> bool {
        first & self.mask == self.first
            && text.get(..self.text.len()).is_some_and(|head| head.eq_ignore_ascii_case(self.text.as_bytes()))
    }
}

impl Phrases {
    /// Reads a table; lines that begin with `#` are notes.
    pub fn read(table: &'static str) -> Phrases {
        let lines = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
        let all = lines.enumerate().flat_map(|(language, (_, phrases))| {
            phrases.split('|').map(str::trim).map(move |text| Phrase::of(text, language))
        });
        let mut phrases: Vec<Phrase> = all.filter(|phrase| !phrase.text.is_empty()).collect();
        phrases.sort_by_key(|phrase| slot(phrase.first));
        let mut begins = vec![0; (1 << SLOT_BITS) + 1];
        for phrase in &phrases {
            if let Some(begin) = begins.get_mut(slot(phrase.first) + 1) {
                *begin += 1;
            }
        }
        let mut end = 0;
        for begin in &mut begins {
            end += *begin;
            *begin = end;
        }
        Phrases { phrases, begins }
    }

    /// The length in bytes of the longest phrase that the text begins with, as a whole word.
    pub fn at_start(&self, text: &str) -> Option<usize> {
        self.starting(text).filter(|phrase| ends_word(text, phrase.text)).map(|phrase| phrase.text.len()).max()
    }

    /// Whether the text is one of the phrases.
    pub fn is(&self, text: &str) -> bool {
        self.starting(text).any(|phrase| phrase.text.len() == text.len())
    }

    /// Whether a phrase stands somewhere in the text, as whole words.
    pub fn inside(&self, text: &str) -> bool {
        any_word_start(text, |rest| self.starting(rest).any(|phrase| ends_word(rest, phrase.text)))
    }

    /// How many different phrases of one language the text holds, the best language counted.
    /// Phrases are stems here: a word may go on behind them.
    pub fn most_stems(&self, text: &str) -> usize {
        let mut found: Vec<(usize, &str)> = Vec::new();
        any_word_start(text, |rest| {
            for phrase in self.starting(rest) {
                let stem = (phrase.language, phrase.text);
                if !found.contains(&stem) {
                    found.push(stem);
                }
            }
            false
        });
        let of_language = |language: usize| found.iter().filter(|(other, _)| *other == language).count();
        found.iter().map(|(language, _)| of_language(*language)).max().unwrap_or(0)
    }

    fn starting<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Phrase> {
        let first = first_bytes(text.as_bytes());
        // A phrase of one byte is filed as if nothing followed it.
        let short = if first > 0xFF { self.filed(slot(first & 0xFF)) } else { &[] };
        let candidates = self.filed(slot(first)).iter().chain(short.iter().filter(|phrase| phrase.text.len() == 1));
        candidates.filter(move |phrase| phrase.begins(text.as_bytes(), first))
    }

    fn filed(&self, slot: usize) -> &[Phrase] {
        let begin = |slot: usize| self.begins.get(slot).map_or(0, |&begin| usize::from(begin));
        self.phrases.get(begin(slot)..begin(slot + 1)).unwrap_or_default()
    }
}

/// The text as [`Phrases`] compares it: as it stands, unless it holds letters other than ASCII.
pub(crate) fn lowered(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// Up to [`FIRST`] bytes as one number, the first the lowest, ASCII letters in lower case.
#[inline]
fn first_bytes(text: &[u8]) -> u64 {
    let mut first = [0; FIRST];
    match text.first_chunk() {
        Some(whole) => first = *whole,
        None => first.iter_mut().zip(text).for_each(|(slot, byte)| *slot = *byte),
    }
    first.make_ascii_lowercase();
    u64::from_le_bytes(first)
}

/// Where phrases lie whose first two bytes are those.
#[inline]
fn slot(first: u64) -> usize {
    let mixed = (first & 0xFFFF).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - SLOT_BITS)) as usize
}

/// Whether `is_so` of what follows one of the places where a word begins. Most bytes are of one-byte characters,
/// which need no table of Unicode's to be known.
#[inline]
fn any_word_start<'a>(text: &'a str, mut is_so: impl FnMut(&'a str) -> bool) -> bool {
    let (mut at, mut inside, mut unspaced) = (0, false, false);
    while let Some(&byte) = text.as_bytes().get(at) {
        let (here, was_inside, was_unspaced) = (at, inside, unspaced);
        if byte.is_ascii() {
            at += 1;
            inside = byte.is_ascii_alphanumeric();
            unspaced = false;
        } else {
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return false };
            at += c.len_utf8();
            inside = c.is_alphanumeric();
            unspaced = inside && is_unspaced(c);
        }
        let begins = inside && (!was_inside || unspaced || was_unspaced);
        if begins && text.get(here..).is_some_and(&mut is_so) {
            return true;
        }
    }
    false
}

fn ends_word(text: &str, phrase: &str) -> bool {
    let next = text.get(phrase.len()..).and_then(|rest| rest.chars().next());
    let last = phrase.chars().next_back();
    next.is_none_or(|c| !c.is_alphanumeric() || is_unspaced(c))
        || last.is_some_and(|c| is_unspaced(c) || !c.is_alphanumeric())
}

/// Scripts that write words without spaces between them: Thai, Lao, Burmese, Khmer, Chinese, Japanese; Korean
/// joins particles to its nouns.
fn is_unspaced(c: char) -> bool {
    !c.is_ascii()
        && matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_whole_words_only() {
        let phrases = Phrases::read("en: sent from | best\n# note: x\nzh: 写道");
        assert_eq!(phrases.at_start("sent from my phone"), Some(9));
        assert_eq!(phrases.at_start("Sent From: me"), Some(9));
        assert_eq!(phrases.at_start("bestow"), None);
        assert!(phrases.inside("all the best, ann"));
        assert!(phrases.inside("李安于周五写道"));
        assert!(!phrases.inside("absent fromage"));
        assert!(phrases.is("BEST") && !phrases.is("bestow") && !phrases.is(""));
        let short = Phrases::read("xx: r | re");
        assert!(short.is("R") && short.is("re") && short.at_start("r: x") == Some(1) && short.at_start("x").is_none());
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
