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

mod fold;

use std::collections::BTreeMap;
use std::ops::Deref;

use super::letters::{Class, Start, WordStarts, is_letter_or_digit, unspaced, word};
use super::prefix::{self, Likely, Prefixes};
use super::prepared::{self, Text};
pub use fold::{fold, folded};

/// How far apart, in bytes of folded text, the pieces of a `...` phrase may stand.
const GAP: usize = 60;

/// Bytes of a word's end that a phrase may begin with, at least.
pub const TAIL: usize = 3;
/// Bytes of a word that may have an end, at most; what goes on without a space or an ASCII sign counts as one word.
const WORD: usize = 64;
/// How many letters stand before a word's end at least: `vrai` does not end in `*rai`.
const BEFORE_END: usize = 2;

/// Many phrases, each with the answer it stands for.
#[derive(Debug, Clone)]
pub struct Lexicon<T> {
    phrases: Vec<Phrase<T>>,
    /// The pieces of all phrases, one phrase behind the other, and their letters.
    pieces: Vec<Piece>,
    letters: String,
    /// Phrase numbers by how their first pieces begin.
    prefixes: Prefixes,
    /// Numbers of the phrases whose first piece is a word's end, and the last bytes that such ends have.
    ends: Vec<u32>,
    tails: Vec<[u8; TAIL]>,
}

#[derive(Debug, Clone, Copy)]
struct Phrase<T> {
    /// Where its first piece stands among all, and how many there are.
    first: u32,
    pieces: u32,
    anchored: bool,
    answer: T,
}

/// Letters that stand together.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where they begin and end among all.
    begin: u32,
    end: u32,
    /// Whether they stand for a whole word, or for which part of one.
    part: Part,
}

/// Which part of a word the last letters of a piece may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// Its beginning: written `abwesen*`. Or they end with a sign, or in a script without spaces.
    Beginning,
    /// Its end: written `*remos`.
    End,
}

/// Phrases by group and language, as the files beside this one hold them.
#[derive(Debug, Clone, Default)]
pub struct Table(BTreeMap<String, BTreeMap<String, Vec<Text<'static>>>>);

impl Table {
    /// Reads a table that was compiled in. One that is none is empty, which its own test refuses.
    pub fn compiled_in(json: &'static str) -> Table {
        Table(prepared::read(json))
    }

    /// The phrases of some groups, each with its group's answer; of other groups none.
    pub fn phrases<'a, T: Copy>(&'a self, answers: &'a [(&str, T)]) -> impl Iterator<Item = (&'a str, T)> {
        answers.iter().flat_map(|&(group, answer)| {
            let languages = self.0.get(group).into_iter().flat_map(BTreeMap::values);
            languages.flatten().map(move |phrase| (&**phrase, answer))
        })
    }

    /// The phrases of one group and language, as written.
    pub fn list<'a>(&'a self, group: &str, language: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(group).and_then(|g| g.get(language)).into_iter().flatten().map(Deref::deref)
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
        Lexicon {
            phrases: Vec::new(),
            pieces: Vec::new(),
            letters: String::new(),
            prefixes: Prefixes::default(),
            ends: Vec::new(),
            tails: Vec::new(),
        }
    }
}

impl<'a, T: Copy> FromIterator<(&'a str, T)> for Lexicon<T> {
    /// Phrases with what they stand for. One without any letter or digit is passed over.
    fn from_iter<I: IntoIterator<Item = (&'a str, T)>>(phrases: I) -> Lexicon<T> {
        let mut lexicon = Lexicon::default();
        phrases.into_iter().for_each(|(phrase, answer)| lexicon.add(phrase, answer));
        lexicon.file();
        lexicon
    }
}

impl<T: Copy> Lexicon<T> {
    /// The phrases of a table `[group]` → `language = ["phrase", ...]`, each standing for its group's answer.
    /// Groups without an answer are left out.
    pub fn of_table(table: &Table, answers: &[(&str, T)]) -> Lexicon<T> {
        table.phrases(answers).collect()
    }

    /// The same phrases, each found only where the text begins.
    pub fn anchored(mut self) -> Lexicon<T> {
        self.phrases.iter_mut().for_each(|phrase| phrase.anchored = true);
        self
    }

    /// Every phrase in folded text, by where it begins. Linear in the text.
    pub fn find<'a>(&'a self, folded: &'a str) -> Found<'a, T> {
        Found { lexicon: self, folded, starts: WordStarts::of(folded, 0), here: Vec::new(), next: 0 }
    }

    /// Whether any phrase is there.
    pub fn has(&self, folded: &str) -> bool {
        self.find(folded).next().is_some()
    }

    /// Takes a phrase in as it was written.
    fn add(&mut self, written: &str, answer: T) {
        let bare = written.trim();
        let rest = bare.strip_prefix('^');
        let (first, letters) = (self.pieces.len(), self.letters.len());
        let written = rest.unwrap_or(bare);
        // Most phrases are of one piece, and a reader process takes in tens of thousands when it begins.
        match written.contains('.') {
            true => written.split("...").for_each(|piece| self.add_piece(piece)),
            false => self.add_piece(written),
        }
        let begins = self.pieces.get(first).is_some_and(|piece| piece.part != Part::End || piece.len() >= TAIL);
        if begins {
            let pieces = (self.pieces.len() - first) as u32;
            self.phrases.push(Phrase { first: first as u32, pieces, anchored: rest.is_some(), answer });
        } else {
            self.pieces.truncate(first);
            self.letters.truncate(letters);
        }
    }

    fn add_piece(&mut self, written: &str) {
        let folded = folded(written);
        let text = folded.trim();
        let (text, end) = text.strip_prefix('*').map_or((text, false), |text| (text, true));
        let (text, stem) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        if text.is_empty() {
            return;
        }
        let part = match () {
            () if end => Part::End,
            () if stem || text.ends_with(|c: char| !c.is_alphanumeric() || unspaced(c)) => Part::Beginning,
            () => Part::Whole,
        };
        let begin = self.letters.len() as u32;
        self.letters.push_str(text);
        self.pieces.push(Piece { begin, end: self.letters.len() as u32, part });
    }

    /// Files all phrases by how they begin.
    fn file(&mut self) {
        let first =
            self.phrases.iter().zip(0..).filter_map(|(phrase, number)| Some((self.pieces_of(phrase).first()?, number)));
        let (ends, begins): (Vec<_>, Vec<_>) = first.partition(|(piece, _)| piece.part == Part::End);
        let mut tails: Vec<[u8; TAIL]> =
            ends.iter().filter_map(|(piece, _)| self.letters_of(piece).as_bytes().last_chunk().copied()).collect();
        tails.sort_unstable();
        tails.dedup();
        let ends = ends.into_iter().map(|(_, number)| number).collect();
        self.prefixes = Prefixes::of(begins.into_iter().map(|(piece, number)| prefix::Phrase {
            letters: self.letters_of(piece),
            whole: piece.part == Part::Whole,
            number,
        }));
        (self.ends, self.tails) = (ends, tails);
    }

    fn pieces_of(&self, phrase: &Phrase<T>) -> &[Piece] {
        let first = phrase.first as usize;
        self.pieces.get(first..first + phrase.pieces as usize).unwrap_or_default()
    }

    fn letters_of(&self, piece: &Piece) -> &str {
        self.letters.get(piece.begin as usize..piece.end as usize).unwrap_or("")
    }

    /// Whether the word at `start` may end as a phrase says.
    #[inline]
    fn may_end(&self, folded: &str, start: Start) -> bool {
        if self.tails.is_empty() {
            return false;
        }
        let bytes = folded.as_bytes();
        let is_in_word = |byte: &u8| matches!(Class::of(*byte), Class::Longer | Class::Word);
        let mut end = start.plain;
        // Where nothing ends a word, as in scripts without spaces, each look would go to the end of the text.
        while end - start.at <= WORD && bytes.get(end).is_some_and(is_in_word) {
            end += 1;
        }
        let tail = bytes.get(start.at..end).filter(|word| word.len() <= WORD).and_then(<[u8]>::last_chunk);
        tail.is_some_and(|tail| self.tails.contains(tail))
    }

    /// The phrases that begin at `start`, with their numbers, in the order they were added.
    fn at(&self, folded: &str, start: usize, likely: Option<Likely>, may_end: bool, hits: &mut Vec<(u32, Hit<T>)>) {
        if let Some(likely) = likely {
            let prefixes = &self.prefixes;
            prefixes.candidates(likely, |one| hits.extend(self.hit(one.number, one.fits, folded, start)));
        }
        if may_end {
            hits.extend(self.ends.iter().filter_map(|number| self.hit(*number, None, folded, start)));
        }
        if hits.len() > 1 {
            hits.sort_unstable_by_key(|(number, _)| *number);
        }
    }

    /// The phrase of that number, with it, if it begins at `start`. `fits`: so many bytes of its first piece are known
    /// to stand there.
    fn hit(&self, number: u32, fits: Option<u8>, folded: &str, start: usize) -> Option<(u32, Hit<T>)> {
        let phrase = self.phrases.get(number as usize)?;
        let end = match fits {
            // Without a look at its letters, which lie in slower memory.
            Some(bytes) if phrase.pieces == 1 && !phrase.anchored => start + usize::from(bytes),
            _ => self.ends_at(phrase, folded, start)?,
        };
        Some((number, Hit { answer: phrase.answer, start, end }))
    }

    /// Where a phrase ends when it begins at `start`.
    fn ends_at(&self, phrase: &Phrase<T>, folded: &str, start: usize) -> Option<usize> {
        let (first, rest) = self.pieces_of(phrase).split_first()?;
        let end = self.piece_ends_at(first, folded, start)?;
        if phrase.anchored && folded.get(..start)?.contains(char::is_alphanumeric) {
            return None;
        }
        rest.iter().try_fold(end, |from, piece| {
            let reach = reach(folded, from);
            let mut starts = WordStarts::of(folded, from).map(|start| start.at).take_while(|&at| at <= reach);
            starts.find_map(|at| self.piece_ends_at(piece, folded, at))
        })
    }

    fn piece_ends_at(&self, piece: &Piece, folded: &str, at: usize) -> Option<usize> {
        let letters = self.letters_of(piece);
        let rest = folded.get(at..)?;
        if piece.part == Part::End {
            let word = word(rest);
            let before = word.strip_suffix(letters)?;
            return (before.chars().nth(BEFORE_END - 1).is_some()).then_some(at + word.len());
        }
        let rest = rest.strip_prefix(letters)?;
        let whole = piece.part == Part::Beginning || !rest.starts_with(is_letter_or_digit);
        whole.then_some(at + letters.len())
    }
}

impl Piece {
    /// Its length in bytes.
    fn len(self) -> usize {
        (self.end - self.begin) as usize
    }
}

/// The phrases found in a text, see [`Lexicon::find`].
pub struct Found<'a, T> {
    lexicon: &'a Lexicon<T>,
    folded: &'a str,
    starts: WordStarts<'a>,
    /// Those that begin at the same place, with their numbers, and which of them comes next.
    here: Vec<(u32, Hit<T>)>,
    next: usize,
}

impl<T: Copy> Iterator for Found<'_, T> {
    type Item = Hit<T>;

    fn next(&mut self) -> Option<Hit<T>> {
        loop {
            if let Some((_, hit)) = self.here.get(self.next) {
                self.next += 1;
                return Some(*hit);
            }
            let start = self.starts.next()?;
            let rest = self.folded.get(start.at..)?;
            let (likely, may_end) = (self.lexicon.prefixes.likely(rest), self.lexicon.may_end(self.folded, start));
            if likely.is_some() || may_end {
                self.next = 0;
                self.here.clear();
                self.lexicon.at(self.folded, start.at, likely, may_end, &mut self.here);
            }
        }
    }
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

#[cfg(test)]
mod tests;
