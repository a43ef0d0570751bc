//! Phrases of many languages, looked for all at once.
//!
//! A phrase is written as people type it, and found however they typed it:
//! text and phrases are both folded ([`fold`]) to lower case without accents.
//!
//! ```text
//! out of office        these words, whole
//! abwesen*             any word that begins so
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

use super::prefix::Prefixes;

/// How far apart, in bytes of folded text, the pieces of a `...` phrase may stand.
const GAP: usize = 60;

/// Many phrases, each with the answer it stands for.
#[derive(Debug, Clone)]
pub struct Lexicon<T> {
    phrases: Vec<Phrase<T>>,
    /// Phrase numbers by how their first pieces begin.
    prefixes: Prefixes,
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
}

/// Phrases by group and language, as the files beside this one hold them.
#[derive(Debug, Clone, Default)]
pub struct Table(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Table {
    /// Reads a table that was compiled in. One that is no TOML is empty, which its own test refuses.
    pub fn compiled_in(toml: &str) -> Table {
        Table(toml::from_str(toml).unwrap_or_default())
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
        Lexicon { phrases: Vec::new(), prefixes: Prefixes::default() }
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
        let numbered = self.phrases.iter().zip(0..);
        self.prefixes =
            Prefixes::of(numbered.filter_map(|(phrase, number)| Some((phrase.pieces.first()?.text.as_str(), number))));
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
        let may_begin = |start: &usize| folded.get(*start..).is_some_and(|rest| self.prefixes.may_begin(rest));
        word_starts(folded, 0).filter(may_begin).flat_map(move |start| self.at(folded, start))
    }

    /// Whether any phrase is there.
    pub fn has(&self, folded: &str) -> bool {
        self.find(folded).next().is_some()
    }

    /// The phrases that begin at `start`, in the order they were added.
    fn at(&self, folded: &str, start: usize) -> impl Iterator<Item = Hit<T>> + use<T> {
        let rest = folded.get(start..).unwrap_or("");
        let mut hits: Vec<(u32, Hit<T>)> = Vec::new();
        hits.extend(self.prefixes.candidates(rest).filter_map(|number| {
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
        (!pieces.is_empty()).then_some(Phrase { pieces, anchored: rest.is_some(), answer })
    }

    /// Where the phrase ends when it begins at `start`.
    fn matches(&self, folded: &str, start: usize) -> Option<usize> {
        let (first, rest) = self.pieces.split_first()?;
        let end = first.matches(folded, start)?;
        if self.anchored && folded.get(..start)?.contains(char::is_alphanumeric) {
            return None;
        }
        rest.iter().try_fold(end, |from, piece| {
            word_starts(folded, from)
                .take_while(|&at| at - from <= GAP && !crosses_sentence(folded, from, at))
                .find_map(|at| piece.matches(folded, at))
        })
    }
}

impl Piece {
    fn new(written: &str) -> Piece {
        let folded = fold(written);
        let text = folded.trim();
        match text.strip_suffix('*') {
            Some(stem) => Piece { text: stem.to_owned(), stem: true },
            None => Piece { text: text.to_owned(), stem: false },
        }
    }

    fn matches(&self, folded: &str, at: usize) -> Option<usize> {
        let rest = folded.get(at..)?.strip_prefix(self.text.as_str())?;
        let whole = self.stem
            || !rest.starts_with(char::is_alphanumeric)
            || self.text.ends_with(|c: char| !c.is_alphanumeric() || unspaced(c));
        whole.then_some(at + self.text.len())
    }
}

/// Positions from `from` on where a word may begin.
fn word_starts(folded: &str, from: usize) -> impl Iterator<Item = usize> + '_ {
    let mut inside = false;
    folded.get(from..).unwrap_or("").char_indices().filter_map(move |(at, c)| {
        let word = c.is_alphanumeric();
        let starts = !c.is_whitespace() && (!inside || !word || unspaced(c));
        inside = word;
        starts.then_some(from + at)
    })
}

fn crosses_sentence(folded: &str, from: usize, to: usize) -> bool {
    folded.get(from..to).is_some_and(|between| [". ", "! ", "? ", "。"].iter().any(|end| between.contains(end)))
}

/// Scripts that write words without spaces, or glue particles to them: Thai, Lao, Khmer, kana, Han, Hangul.
pub fn unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7A3)
}

/// Text as phrases are compared: lower case; accents of Latin, Greek and Cyrillic letters, invisible
/// characters and repeated white space gone; typographic apostrophes and full-width forms made plain.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' => folded.push(c),
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
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
mod tests {
    use super::*;

    fn found(phrases: &[&str], text: &str) -> bool {
        let mut lexicon = Lexicon::default();
        phrases.iter().for_each(|p| lexicon.add(p, ()));
        lexicon.has(&fold(text))
    }

    #[test]
    fn every_table_that_is_compiled_in_is_well_formed() {
        let tables = [
            include_str!("auto_reply.toml"),
            include_str!("bounce.toml"),
            include_str!("bulk.toml"),
            include_str!("calendar.toml"),
        ];
        assert!(tables.into_iter().all(|toml| !Table::compiled_in(toml).is_empty()));
    }

    #[test]
    fn words_are_found_whole_and_stems_are_not() {
        assert!(found(&["out of office"], "I am Out of\n Office."));
        assert!(!found(&["out of office"], "out of offices"));
        assert!(found(&["abwesen*"], "Meine Abwesenheit"));
        assert!(!found(&["wesen*"], "Abwesenheit"));
    }

    #[test]
    fn accents_case_and_apostrophes_do_not_matter() {
        assert!(found(&["réponse automatique"], "REPONSE AUTOMATIQUE"));
        assert!(found(&["i'm away"], "I’m away"));
        assert!(found(&["straße"], "STRASSE"));
    }

    #[test]
    fn pieces_stand_in_order_in_one_sentence() {
        assert!(found(&["away ... until"], "I am away from my desk until Monday"));
        assert!(!found(&["away ... until"], "I was away. Until Monday then."));
        assert!(!found(&["away ... until"], "until now nobody was away"));
    }

    #[test]
    fn an_anchored_phrase_stands_only_at_the_beginning() {
        assert!(found(&["^automatic reply"], "  \"Automatic reply: x"));
        assert!(!found(&["^automatic reply"], "Re: Automatic reply: x"));
    }

    #[test]
    fn scripts_without_spaces_are_read_anywhere() {
        assert!(found(&["自动回复"], "这是自动回复邮件"));
        assert!(found(&["不在"], "本日は不在です"));
    }
}
