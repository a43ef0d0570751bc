//! Which of many phrases a text may begin with, told by its first few bytes.
//!
//! Each phrase is filed under its first eight bytes, or five, three, two or one
//! when it is shorter, and its first sixteen are kept there. A text is looked up
//! under each, so that of thousands of phrases only a handful is compared. A
//! candidate may go on differently behind those sixteen bytes; a phrase that
//! fits is never left out.
//!
//! The tables are many times larger than the fastest memory, and a wrong guess
//! at a branch costs as much as ten steps. So what rules most words out is
//! small, and asked without a branch.

use super::letters::Class;

const LENGTHS: [usize; 5] = [8, 5, 3, 2, 1];
/// Bytes of a phrase that are kept.
const KEPT: usize = 16;
/// Slots for each phrase at least.
const SLOTS_PER_PHRASE: usize = 1;
/// As a power of two, how many times finer the bitmap is: what is not there shall mostly be seen not to be there.
const FINER_BITS: u32 = 4;
/// Of [`LENGTHS`], as bits: those of at least three bytes.
const LONG: u8 = 0b111;
/// Slots that there are at least, as a power of two: so that the bitmap has whole words.
const FEWEST_BITS: u32 = 6;
/// Slots for the first three bytes, as a power of two. Of 20,000 phrases in seven languages there are 1,500 of those.
const BEGUN_BITS: u32 = 14;

/// A phrase that is to be filed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase<'a> {
    pub letters: &'a str,
    /// Whether no letter or digit may follow.
    pub whole: bool,
    pub number: u32,
}

/// A phrase that a text may begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub number: u32,
    /// Its bytes, if it is known that the text begins with it, and that nothing follows which may not.
    pub fits: Option<u8>,
}

/// One phrase: its first bytes, and what of them counts.
#[derive(Debug, Clone, Copy, Default)]
struct Filed {
    first: First,
    bytes: u8,
    /// Whether these are all of it, and whether a word must end behind it.
    all: bool,
    whole: bool,
    /// Of [`LENGTHS`], by its place there, what it is filed under.
    at: u8,
    number: u32,
}

/// The first bytes of a text: eight, and the next eight, each as a number whose lowest byte comes first.
#[derive(Debug, Clone, Copy, Default)]
struct First(u64, u64);

/// How a text begins, and under which of [`LENGTHS`], as bits, something may be filed that begins so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Likely {
    first: First,
    lengths: u8,
}

/// Phrase numbers by the beginnings of the phrases.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prefixes {
    /// By slot, and within one in the order they came.
    filed: Vec<Filed>,
    /// Where each slot begins in `filed`, and behind the last one its end.
    begins: Vec<u32>,
    /// Which beginnings there are, by finer slots: small enough to stay in the fastest memory.
    filled: Vec<u64>,
    /// Of [`LENGTHS`], as bits, those of three bytes and more under which something is filed that begins with these three
    /// bytes, by slot: most words end here.
    begun: Vec<u8>,
    /// How many slots there are, as a power of two.
    bits: u32,
    /// Of [`LENGTHS`], those below three bytes that some phrase is filed under, as bits.
    short: u8,
}

impl Prefixes {
    /// Files phrases. Empty ones are passed over.
    pub fn of<'a>(phrases: impl IntoIterator<Item = Phrase<'a>>) -> Prefixes {
        let begun: Vec<Filed> = phrases.into_iter().filter_map(Filed::of).collect();
        let slots = begun.len().saturating_mul(SLOTS_PER_PHRASE).next_power_of_two();
        let bits = slots.trailing_zeros().max(FEWEST_BITS);
        let mut prefixes = Prefixes {
            filed: vec![Filed::default(); begun.len()],
            begins: vec![0; (1 << bits) + 1],
            filled: vec![0; 1 << (bits + FINER_BITS - 6)],
            begun: vec![0; 1 << BEGUN_BITS],
            bits,
            short: begun.iter().fold(0, |lengths, filed| lengths | 1 << filed.at) & !LONG,
        };
        // Counted, added up, and filed backwards, which leaves each slot's beginning in its place.
        for filed in &begun {
            prefixes.count(filed);
            let three = prefixes.begun.get_mut(three(filed.first.0)).filter(|_| LONG >> filed.at & 1 == 1);
            three.into_iter().for_each(|lengths| *lengths |= 1 << filed.at);
        }
        let mut end = 0;
        for begins in &mut prefixes.begins {
            end += *begins;
            *begins = end;
        }
        for filed in begun.iter().rev() {
            prefixes.file(filed.slot(bits), *filed);
        }
        prefixes
    }

    fn count(&mut self, filed: &Filed) {
        let fine = filed.slot(self.bits + FINER_BITS);
        if let Some(word) = self.filled.get_mut(fine / 64) {
            *word |= 1 << (fine % 64);
        }
        if let Some(count) = self.begins.get_mut(filed.slot(self.bits)) {
            *count += 1;
        }
    }

    fn file(&mut self, slot: usize, filed: Filed) {
        let Some(begins) = self.begins.get_mut(slot) else { return };
        *begins -= 1;
        if let Some(place) = self.filed.get_mut(*begins as usize) {
            *place = filed;
        }
    }

    /// What a text may begin with: nothing is the answer that most words of a text come to, quickly.
    #[inline]
    pub fn likely(&self, text: &str) -> Option<Likely> {
        let first = First::of(text.as_bytes());
        let begun = self.short | self.begun.get(three(first.0)).copied().unwrap_or(0);
        let filled = |at: usize| {
            let fine = slot(key(first.0, at), at, self.bits + FINER_BITS);
            (self.filled.get(fine / 64).copied().unwrap_or(0) >> (fine % 64) & 1) as u8
        };
        let lengths = begun & (0..LENGTHS.len()).fold(0, |lengths, at| lengths | filled(at) << at);
        (lengths != 0).then_some(Likely { first, lengths })
    }

    /// Tells `to` of the phrases that the text may begin with.
    #[inline]
    pub fn candidates(&self, Likely { first, mut lengths }: Likely, mut to: impl FnMut(Candidate)) {
        while lengths != 0 {
            let at = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            let slot = slot(key(first.0, at), at, self.bits);
            let begin = |slot: usize| self.begins.get(slot).map_or(0, |&begin| begin as usize);
            for filed in self.filed.get(begin(slot)..begin(slot + 1)).unwrap_or_default() {
                if usize::from(filed.at) == at {
                    filed.begins(first).into_iter().for_each(&mut to);
                }
            }
        }
    }
}

impl Filed {
    /// `None` for an empty phrase.
    fn of(Phrase { letters, whole, number }: Phrase<'_>) -> Option<Filed> {
        let at = LENGTHS.iter().position(|&length| length <= letters.len())? as u8;
        let (bytes, all) = (letters.len().min(KEPT) as u8, letters.len() <= KEPT);
        Some(Filed { first: First::of(letters.as_bytes()), bytes, all, whole, at, number })
    }

    fn slot(&self, bits: u32) -> usize {
        let at = usize::from(self.at);
        slot(key(self.first.0, at), at, bits)
    }

    /// The phrase, if what is kept of it stands at the beginning of a text.
    #[inline]
    fn begins(&self, text: First) -> Option<Candidate> {
        let counts = |bytes: u8| u64::MAX.checked_shr(64 - 8 * u32::from(bytes)).unwrap_or(0);
        let first = counts(self.bytes.min(8));
        let next = counts(self.bytes.saturating_sub(8));
        if (self.first.0 ^ text.0) & first != 0 || (self.first.1 ^ text.1) & next != 0 {
            return None;
        }
        let known = match text.byte(self.bytes).map(Class::of) {
            _ if !self.whole => self.all,
            // Letters that are not all of it may well be followed by others.
            Some(Class::Word) if self.all => return None,
            Some(Class::Space | Class::Sign) => self.all,
            _ => false,
        };
        Some(Candidate { number: self.number, fits: known.then_some(self.bytes) })
    }
}

impl First {
    #[inline]
    fn of(text: &[u8]) -> First {
        match text.first_chunk::<16>() {
            Some(bytes) => {
                let both = u128::from_le_bytes(*bytes);
                First(both as u64, (both >> 64) as u64)
            }
            None => First(up_to_eight(text), up_to_eight(text.get(8..).unwrap_or_default())),
        }
    }

    /// One of them; behind the end of a text 0, which is no letter.
    #[inline]
    fn byte(self, at: u8) -> Option<u8> {
        let eight = if at < 8 { self.0 } else { self.1 };
        (usize::from(at) < KEPT).then(|| (eight >> (8 * (at % 8))) as u8)
    }
}

/// Up to eight bytes as one number.
fn up_to_eight(text: &[u8]) -> u64 {
    let short = || text.iter().take(8).rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    text.first_chunk().map_or_else(short, |bytes| u64::from_le_bytes(*bytes))
}

/// The beginning that is kept of the first bytes, for a length by its place in [`LENGTHS`].
#[inline]
fn key(first: u64, at: usize) -> u64 {
    const MASKS: [u64; 5] = [u64::MAX, 0xFF_FFFF_FFFF, 0xFF_FFFF, 0xFFFF, 0xFF];
    first & MASKS.get(at).copied().unwrap_or(0)
}

/// The slot of a phrase's first three bytes.
#[inline]
fn three(first: u64) -> usize {
    slot(key(first, 2), LENGTHS.len(), BEGUN_BITS)
}

/// Where phrases lie that begin so, among `2^bits` places.
#[inline]
fn slot(key: u64, at: usize, bits: u32) -> usize {
    let mixed = (key ^ at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed.checked_shr(64 - bits).unwrap_or(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(letters: &str, number: u32) -> Phrase<'_> {
        Phrase { letters, whole: false, number }
    }

    fn found(prefixes: &Prefixes, likely: Likely) -> Vec<Candidate> {
        let mut found = Vec::new();
        prefixes.candidates(likely, |candidate| found.push(candidate));
        found
    }

    #[test]
    fn every_phrase_that_fits_is_a_candidate() {
        let phrases = ["", "r", "re", "ok", "thanks", "thank you very much", "здравствуйте", "你好"];
        let prefixes = Prefixes::of(phrases.iter().zip(0..).map(|(letters, number)| phrase(letters, number)));
        for (phrase, number) in phrases.iter().zip(0..).skip(1) {
            let text = format!("{phrase} and more");
            for text in [&text, *phrase] {
                let likely = prefixes.likely(text).unwrap();
                let fits = (phrase.len() <= KEPT).then_some(phrase.len() as u8);
                let expected = Candidate { number, fits };
                assert!(found(&prefixes, likely).contains(&expected), "{phrase}");
            }
        }
        assert!(prefixes.likely("").is_none());
        assert!(Prefixes::default().likely("thanks").is_none());
    }

    #[test]
    fn whether_the_word_ends_is_told_where_the_kept_bytes_show_it() {
        let fits = |letters: &'static str, text: &str| {
            let prefixes = Prefixes::of([Phrase { whole: true, ..phrase(letters, 7) }]);
            found(&prefixes, prefixes.likely(text)?).first().map(|candidate| candidate.fits)
        };
        assert_eq!(fits("not", "not"), Some(Some(3)));
        assert_eq!(fits("not", "not, he"), Some(Some(3)));
        assert_eq!(fits("not", "nothing"), None);
        assert_eq!(fits("not", "noté"), Some(None), "may be a sign or a letter");
        assert_eq!(fits("fifteen letters", "fifteen letters."), Some(Some(15)));
        assert_eq!(fits("fifteen letters", "fifteen lettersx"), None);
        assert_eq!(fits("sixteen  letters", "sixteen  letters."), Some(None), "beyond what is kept");
        assert_eq!(fits("more than sixteen letters", "more than sixteen letters"), Some(None));
    }
}
