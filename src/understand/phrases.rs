//! Phrases of many languages, looked for all at once.
//!
//! A phrase is written as people type it, and found however they typed it:
//! text and phrases are both folded ([`fold`]) to lower case without accents.
//!
//! ```text
//! out of office        these words, whole
//! abwesen*             any word that begins so
//! *remos               any word that ends so, behind two letters at least; three letters where a phrase begins
//! away ... until       in this order, at most 60 bytes apart, in one sentence
//! ^automatic reply     only where the text begins
//! ```
//!
//! Where a script has no spaces between words, a phrase may stand anywhere.
//! A [`Lexicon`] looks at each word start once, so a thousand phrases cost
//! about as much as ten. It refuses patterns of any other kind on purpose:
//! who edits a phrase list should not have to know a pattern language.

use std::collections::BTreeMap;

use unicode_normalization::char::decompose_canonical;

use super::prefix::{Class, Prefixes};
use super::prepared;

/// How far apart, in bytes of folded text, the pieces of a `...` phrase may stand.
const GAP: usize = 60;

/// Bytes of a word's end that a phrase may begin with, at least.
pub const TAIL: usize = 3;
/// How many letters stand before a word's end at least: `vrai` does not end in `*rai`.
const BEFORE_END: usize = 2;

/// Many phrases, each with the answer it stands for.
#[derive(Debug, Clone)]
pub struct Lexicon<T> {
    phrases: Vec<Phrase<T>>,
    /// Phrase numbers by how their first pieces begin.
    prefixes: Prefixes,
    /// Numbers of the phrases whose first piece is a word's end, and the last bytes that such ends have.
    ends: Vec<u32>,
    tails: Vec<[u8; TAIL]>,
}

#[derive(Debug, Clone)]
struct Phrase<T> {
    pieces: Vec<Piece>,
    anchored: bool,
    answer: T,
}

#[derive(Debug, Clone)]
struct Piece {
    text: String,
    /// Ended with `*`: the word may go on.
    stem: bool,
    /// Began with `*`: it is a word's end.
    end: bool,
}

/// Phrases by group and language, as the files beside this one hold them.
#[derive(Debug, Clone, Default)]
pub struct Table(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Table {
    /// Reads a table that was compiled in. One that is none is empty, which its own test refuses.
    pub fn compiled_in(json: &str) -> Table {
        Table(prepared::read(json))
    }

    /// The phrases of one group and language, as written.
    pub fn list(&self, group: &str, language: &str) -> &[String] {
        self.0.get(group).and_then(|g| g.get(language)).map_or(&[], Vec::as_slice)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One phrase found: its answer, and where it stands in the folded text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<T> {
    /// What the phrase stands for.
    pub answer: T,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl<T: Copy> Default for Lexicon<T> {
    fn default() -> Self {
        Lexicon { phrases: Vec::new(), prefixes: Prefixes::default(), ends: Vec::new(), tails: Vec::new() }
    }
}

impl<T: Copy> Lexicon<T> {
    /// Adds a phrase. One without any letter or digit is passed over.
    pub fn add(&mut self, phrase: &str, answer: T) {
        self.add_all([(phrase, answer)]);
    }

    /// Adds many phrases, which costs less than one by one.
    pub fn add_all<'a>(&mut self, phrases: impl IntoIterator<Item = (&'a str, T)>) {
        self.phrases.extend(phrases.into_iter().filter_map(|(phrase, answer)| Phrase::new(phrase, answer)));
        let first = self.phrases.iter().zip(0..).filter_map(|(phrase, number)| Some((phrase.pieces.first()?, number)));
        let (ends, begins): (Vec<_>, Vec<_>) = first.partition(|(piece, _)| piece.end);
        self.tails = ends.iter().filter_map(|(piece, _)| piece.text.as_bytes().last_chunk().copied()).collect();
        self.tails.sort_unstable();
        self.tails.dedup();
        self.ends = ends.into_iter().map(|(_, number)| number).collect();
        self.prefixes = Prefixes::of(begins.into_iter().map(|(piece, number)| (piece.text.as_str(), number)));
    }

    /// The phrases of a table `[group]` → `language = ["phrase", ...]`, each standing for its group's answer.
    /// Groups without an answer are left out.
    pub fn of_table(table: &Table, answers: &[(&str, T)]) -> Lexicon<T> {
        let mut lexicon = Lexicon::default();
        for &(group, answer) in answers {
            let languages = table.0.get(group).into_iter().flat_map(BTreeMap::values);
            lexicon.add_all(languages.flatten().map(|phrase| (phrase.as_str(), answer)));
        }
        lexicon
    }

    /// The same phrases, each found only where the text begins.
    pub fn anchored(mut self) -> Lexicon<T> {
        self.phrases.iter_mut().for_each(|phrase| phrase.anchored = true);
        self
    }

    /// Every phrase in folded text, by where it begins. Linear in the text.
    pub fn find<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Hit<T>> + 'a {
        let may_begin = |start: &usize| {
            folded.get(*start..).is_some_and(|rest| self.prefixes.may_begin(rest) || self.may_end(rest))
        };
        word_starts(folded, 0).filter(may_begin).flat_map(move |start| self.at(folded, start))
    }

    /// Whether any phrase is there.
    pub fn has(&self, folded: &str) -> bool {
        self.find(folded).next().is_some()
    }

    /// Whether the first word of `rest` may end as a phrase says.
    fn may_end(&self, rest: &str) -> bool {
        if self.tails.is_empty() {
            return false;
        }
        let bytes = rest.as_bytes();
        let end = bytes.iter().position(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        let word = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        word.last_chunk().is_some_and(|tail| self.tails.contains(tail))
    }

    /// The phrases that begin at `start`, in the order they were added.
    fn at(&self, folded: &str, start: usize) -> impl Iterator<Item = Hit<T>> + use<T> {
        let rest = folded.get(start..).unwrap_or("");
        let mut hits: Vec<(u32, Hit<T>)> = Vec::new();
        let ends = if self.may_end(rest) { self.ends.as_slice() } else { &[] };
        hits.extend(self.prefixes.candidates(rest).chain(ends.iter().copied()).filter_map(|number| {
            let phrase = self.phrases.get(number as usize)?;
            let end = phrase.matches(folded, start)?;
            Some((number, Hit { answer: phrase.answer, start, end }))
        }));
        hits.sort_unstable_by_key(|(number, _)| *number);
        hits.into_iter().map(|(_, hit)| hit)
    }
}

impl<T> Phrase<T> {
    /// A phrase as it was written; `None` when nothing is in it.
    fn new(written: &str, answer: T) -> Option<Phrase<T>> {
        let bare = written.trim();
        let rest = bare.strip_prefix('^');
        let pieces: Vec<Piece> =
            rest.unwrap_or(bare).split("...").map(Piece::new).filter(|piece| !piece.text.is_empty()).collect();
        let begins = pieces.first().is_some_and(|first| !first.end || first.text.len() >= TAIL);
        begins.then_some(Phrase { pieces, anchored: rest.is_some(), answer })
    }

    /// Where the phrase ends when it begins at `start`.
    fn matches(&self, folded: &str, start: usize) -> Option<usize> {
        let (first, rest) = self.pieces.split_first()?;
        let end = first.matches(folded, start)?;
        if self.anchored && folded.get(..start)?.contains(char::is_alphanumeric) {
            return None;
        }
        rest.iter().try_fold(end, |from, piece| {
            let reach = reach(folded, from);
            word_starts(folded, from).take_while(|&at| at <= reach).find_map(|at| piece.matches(folded, at))
        })
    }
}

impl Piece {
    fn new(written: &str) -> Piece {
        let folded = fold(written);
        let text = folded.trim();
        let (text, end) = text.strip_prefix('*').map_or((text, false), |text| (text, true));
        let (text, stem) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        Piece { text: text.to_owned(), stem, end }
    }

    fn matches(&self, folded: &str, at: usize) -> Option<usize> {
        let rest = folded.get(at..)?;
        if self.end {
            let word = word(rest);
            let before = word.strip_suffix(self.text.as_str())?;
            return (before.chars().nth(BEFORE_END - 1).is_some()).then_some(at + word.len());
        }
        let rest = rest.strip_prefix(self.text.as_str())?;
        let whole = self.stem
            || !rest.starts_with(char::is_alphanumeric)
            || self.text.ends_with(|c: char| !c.is_alphanumeric() || unspaced(c));
        whole.then_some(at + self.text.len())
    }
}

/// The word that a text begins with; empty when it begins with none.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

/// Positions from `from` on where a word may begin.
fn word_starts(folded: &str, from: usize) -> impl Iterator<Item = usize> + '_ {
    let (mut at, mut inside) = (from, false);
    std::iter::from_fn(move || {
        loop {
            let (here, was_inside) = (at, inside);
            let byte = *folded.as_bytes().get(at)?;
            let class = Class::of(byte);
            let begins = if class == Class::Longer {
                let c = folded.get(at..)?.chars().next()?;
                at += c.len_utf8();
                inside = c.is_alphanumeric();
                !c.is_whitespace() && (!was_inside || !inside || unspaced(c))
            } else {
                at += 1;
                inside = class == Class::Word;
                class == Class::Sign || inside && !was_inside
            };
            if begins {
                return Some(here);
            }
        }
    })
}

/// How far from `from` a phrase's next piece may begin: [`GAP`] bytes, but not in another sentence.
fn reach(folded: &str, from: usize) -> usize {
    let near = folded.as_bytes().get(from..).unwrap_or_default();
    let near = near.get(..GAP).unwrap_or(near);
    let ends = |at: usize| match near.get(at..) {
        Some([b'.' | b'!' | b'?', b' ', ..]) => Some(from + at + 1),
        Some([0xE3, 0x80, 0x82, ..]) => Some(from + at + 2), // 。
        _ => None,
    };
    (0..near.len()).find_map(ends).unwrap_or(from + GAP)
}

/// Scripts that write words without spaces, or glue particles to them: Thai, Lao, Khmer, kana, Han, Hangul.
pub fn unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7A3)
}

/// Text as phrases are compared: lower case; accents of Latin, Greek and Cyrillic letters, invisible
/// characters and repeated white space gone; typographic apostrophes and full-width forms made plain.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    // What is ASCII goes over a run at a time: of most languages' letters nearly all are.
    while let Some(c) = rest.chars().next() {
        let from = folded.len();
        if let Some((run, behind)) =
            rest.split_at_checked(plain(rest, folded.ends_with(' '))).filter(|split| !split.0.is_empty())
        {
            folded.push_str(run);
            folded.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
            rest = behind;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or("");
        match c {
            '\u{200B}'..='\u{200F}' | '\u{00AD}' | '\u{FEFF}' | '\u{2060}' => {}
            _ if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            _ if c.is_ascii() => folded.push(c),
            _ => fold_other(c, &mut folded),
        }
    }
    folded
}

/// How many bytes a text begins with that only need to be made lower case: letters, signs and single spaces.
fn plain(text: &str, mut spaced: bool) -> usize {
    let is_plain = |byte: &u8| {
        let space = *byte == b' ';
        let twice = std::mem::replace(&mut spaced, space) && space;
        byte.is_ascii_graphic() || space && !twice
    };
    text.as_bytes().iter().copied().take_while(is_plain).count()
}

fn fold_other(c: char, folded: &mut String) {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{00B4}' => folded.push('\''),
        'ß' => folded.push_str("ss"),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' => folded.push('d'),
        'ı' | 'İ' => folded.push('i'),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        '\u{0300}'..='\u{036F}' => {}
        '\u{FF01}'..='\u{FF5E}' => {
            let plain = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
            folded.push(plain.to_ascii_lowercase());
        }
        '\u{00C0}'..='\u{052F}' | '\u{1E00}'..='\u{1FFF}' => decompose_canonical(c, |part| {
            if !('\u{0300}'..='\u{036F}').contains(&part) {
                folded.extend(part.to_lowercase());
            }
        }),
        _ => folded.extend(c.to_lowercase()),
    }
}

#[cfg(test)]
mod tests;
