//! Phrases of many languages as data: one line per language, `xx: phrase | phrase`.
//!
//! The tables beside this file are ours. They hold lower-case phrases and are
//! matched at word boundaries, except in scripts that write without spaces.
//! Nearly every line of a mail is asked for phrases it does not hold, so a word
//! is passed over at the sight of its first three bytes.

use super::letters::{Class, is_letter_or_digit};

/// Slots that phrases are filed in, as a power of two: far more than beginnings that differ.
const SLOT_BITS: u32 = 10;
/// Of the answers by three bytes, as a power of two.
const BEGUN_BITS: u32 = 12;
/// So many bytes of a phrase are compared at once.
const FIRST: usize = 8;

/// The phrases of one table, found by how they begin.
///
/// Texts may have their ASCII letters in any case, so that most lines are compared as they stand; all other letters
/// must be in lower case ([`lowered`]).
pub(crate) struct Phrases {
    /// Those of two bytes or more, by slot.
    phrases: Vec<Phrase>,
    /// Where each slot begins in `phrases`, and behind the last one its end.
    begins: Vec<u16>,
    /// By the first three bytes of a text, whether it may begin with a phrase: most words of a text end here.
    begun: Vec<u64>,
    /// Those of one byte.
    short: Vec<Phrase>,
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
        let all: Vec<Phrase> = all.filter(|phrase| !phrase.text.is_empty()).collect();
        let begun = begun(&all);
        let (short, mut phrases): (Vec<_>, Vec<_>) = all.into_iter().partition(|phrase| phrase.text.len() == 1);
        phrases.sort_by_key(|phrase| slot(phrase.text.as_bytes()));
        let mut begins = vec![0; (1 << SLOT_BITS) + 1];
        for slot in phrases.iter().map(|phrase| slot(phrase.text.as_bytes())) {
            begins.iter_mut().skip(slot + 1).take(1).for_each(|begin| *begin += 1);
        }
        let mut end = 0;
        for begin in &mut begins {
            end += *begin;
            *begin = end;
        }
        Phrases { phrases, begins, begun, short }
    }

    /// The length in bytes of the longest phrase that the text begins with, as a whole word.
    pub fn at_start(&self, text: &str) -> Option<usize> {
        self.starting(text).filter(|phrase| ends_word(text, phrase.text)).map(|phrase| phrase.text.len()).max()
    }

    /// Whether a text in any case may begin with a phrase: `false` saves making it lower case.
    pub fn may_begin(&self, text: &str) -> bool {
        if text.as_bytes().get(..3).is_some_and(<[u8]>::is_ascii) {
            return self.may_start(text.as_bytes());
        }
        let mut first = [0; FIRST];
        let mut at = 0;
        for c in text.chars().take(3).flat_map(char::to_lowercase) {
            let Some(room) = first.get_mut(at..at + c.len_utf8()) else { break };
            c.encode_utf8(room);
            at += c.len_utf8();
        }
        self.may_start(&first)
    }

    /// Whether the text is one of the phrases.
    pub fn is(&self, text: &str) -> bool {
        self.starting(text).any(|phrase| phrase.text.len() == text.len())
    }

    /// Whether a phrase stands somewhere in the text, as whole words.
    pub fn inside(&self, text: &str) -> bool {
        any_word_start(text, |rest| {
            self.may_start(rest.as_bytes()) && self.starting(rest).any(|phrase| ends_word(rest, phrase.text))
        })
    }

    /// How many different phrases of one language the text holds, the best language counted.
    /// Phrases are stems here: a word may go on behind them.
    pub fn most_stems(&self, text: &str) -> usize {
        let mut found: Vec<(usize, &str)> = Vec::new();
        any_word_start(text, |rest| {
            if self.may_start(rest.as_bytes()) {
                for phrase in self.starting(rest) {
                    let stem = (phrase.language, phrase.text);
                    if !found.contains(&stem) {
                        found.push(stem);
                    }
                }
            }
            false
        });
        let of_language = |language: usize| found.iter().filter(|(other, _)| *other == language).count();
        found.iter().map(|(language, _)| of_language(*language)).max().unwrap_or(0)
    }

    #[inline]
    fn starting<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Phrase> {
        let first = first_bytes(text.as_bytes());
        let filed = self.filed(slot(text.as_bytes()));
        filed.iter().chain(&self.short).filter(move |phrase| phrase.begins(text.as_bytes(), first))
    }

    /// Whether a phrase begins so.
    #[inline]
    fn may_start(&self, text: &[u8]) -> bool {
        let at = three(text);
        self.begun.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    fn filed(&self, slot: usize) -> &[Phrase] {
        let begin = |slot: usize| self.begins.get(slot).map_or(0, |&begin| usize::from(begin));
        self.phrases.get(begin(slot)..begin(slot + 1)).unwrap_or_default()
    }
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

/// [`Phrases::begun`]. Behind a short phrase anything may follow.
fn begun(phrases: &[Phrase]) -> Vec<u64> {
    let mut begun = vec![0; 1 << (BEGUN_BITS - 6)];
    for phrase in phrases {
        match *phrase.text.as_bytes() {
            [] => {}
            [_] => begun.fill(u64::MAX),
            [one, two] => (0..=u8::MAX).for_each(|any| fill(&mut begun, three(&[one, two, any]))),
            ref long => fill(&mut begun, three(long)),
        }
    }
    begun
}

fn fill(bits: &mut [u64], at: usize) {
    if let Some(bits) = bits.get_mut(at / 64) {
        *bits |= 1 << (at % 64);
    }
}

/// Where it is told whether a phrase begins with the first three bytes of a text.
#[inline]
fn three(text: &[u8]) -> usize {
    mixed(u64::from(folded(text, 0)) << 16 | u64::from(folded(text, 1)) << 8 | u64::from(folded(text, 2)), BEGUN_BITS)
}

/// Where phrases lie whose first two bytes are those.
#[inline]
fn slot(text: &[u8]) -> usize {
    mixed(u64::from(folded(text, 0)) << 8 | u64::from(folded(text, 1)), SLOT_BITS)
}

/// A byte, letters in any case the same; behind the end a space.
#[inline]
fn folded(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(b' ', |byte| byte | 0x20)
}

/// One of `2^bits` places.
#[inline]
fn mixed(key: u64, bits: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - bits)) as usize
}

/// Whether `is_so` of what follows one of the places where a word begins.
#[inline]
fn any_word_start<'a>(text: &'a str, mut is_so: impl FnMut(&'a str) -> bool) -> bool {
    let mut starts_at = |at: usize| text.get(at..).is_some_and(&mut is_so);
    // Whether the character before is part of a word, and of a script without spaces.
    let (mut inside, mut unspaced) = (false, false);
    if text.is_ascii() {
        return text.bytes().enumerate().any(|(at, byte)| {
            let is_inside = Class::of(byte) == Class::Word;
            let begins = is_inside && !inside;
            inside = is_inside;
            begins && starts_at(at)
        });
    }
    text.char_indices().any(|(at, c)| {
        let is_inside = is_letter_or_digit(c);
        let is_unspaced = is_inside && is_unspaced(c);
        let begins = is_inside && (!inside || unspaced || is_unspaced);
        (inside, unspaced) = (is_inside, is_unspaced);
        begins && starts_at(at)
    })
}

fn ends_word(text: &str, phrase: &str) -> bool {
    let next = text.get(phrase.len()..).and_then(|rest| rest.chars().next());
    let last = phrase.chars().next_back();
    next.is_none_or(|c| !is_letter_or_digit(c) || is_unspaced(c))
        || last.is_some_and(|c| is_unspaced(c) || !is_letter_or_digit(c))
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
    use crate::understand::letters::lowered;

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
        let two = Phrases::read("xx: lg | k9");
        assert!(two.inside("my LG") && two.inside("lg, k9") && two.may_begin("Lg") && !two.inside("alg"));
        assert!(short.is("R") && short.is("re") && short.at_start("r: x") == Some(1) && short.at_start("x").is_none());
    }

    #[test]
    fn stems_are_counted_within_one_language() {
        let stems = Phrases::read("en: confiden | recipient\nde: vertraulich");
        assert_eq!(stems.most_stems("confidential, for the recipients. vertraulich"), 2);
    }

    proptest::proptest! {
        #[test]
        fn a_text_that_cannot_begin_with_a_phrase_does_not(
            text in "(S|s|ENV|\u{c9}|\u{e9}|\u{130}|\u{41e}|i|I|\u{53d1}|R)(e|E|E\u{301}|\u{442}|\u{422}|nt|nvoy| ){0,3}(from|:| )?"
        ) {
            let phrases = Phrases::read("en: sent from | i | \u{e9}nv | ent\nru: \u{43e}\u{442}\u{442} \u{43e}\u{442}\nzh: \u{53d1}");
            let long = Phrases::read("en: sent from | \u{e9}nv | ent | se\nru: \u{43e}\u{442}\nzh: \u{53d1}\ntr: i\u{307}");
            for phrases in [phrases, long] {
                proptest::prop_assert!(phrases.at_start(&text.to_lowercase()).is_none() || phrases.may_begin(&text), "{}", text);
                proptest::prop_assert_eq!(phrases.at_start(&lowered(&text)), phrases.at_start(&text.to_lowercase()));
                proptest::prop_assert_eq!(phrases.inside(&lowered(&text)), phrases.inside(&text.to_lowercase()));
            }
        }
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
