//! Which of many phrases a text may begin with, told by its first few bytes.
//!
//! Each phrase is filed under its first eight bytes, or five, three, two or one
//! when it is shorter. A text is looked up under each, so that of thousands of
//! phrases only a handful is compared. A candidate may go on differently behind
//! those bytes; a phrase that fits is never left out.

const LENGTHS: [usize; 5] = [8, 5, 3, 2, 1];
/// Slots for each phrase at least, so that most stay empty.
const SLOTS_PER_PHRASE: usize = 4;
/// Of [`LENGTHS`], as bits: those of at least three bytes.
const LONG: u8 = 0b111;
/// Slots that there are at least, as a power of two: those of one word of the bitmap.
const FEWEST_BITS: u32 = 6;

/// What a byte of a text is, to whoever looks for the beginnings of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// White space of one byte.
    Space,
    /// A letter or digit of one byte.
    Word,
    /// Another sign of one byte.
    Sign,
    /// Part of a longer character, which must be looked at itself.
    Longer,
}

impl Class {
    /// Most bytes are of one-byte characters, which need no table of Unicode's to be known.
    #[inline]
    pub fn of(byte: u8) -> Class {
        const TABLE: [Class; 256] = {
            let mut table = [Class::Longer; 256];
            let mut byte = 0_u8;
            while byte < 128 {
                table[byte as usize] = match byte {
                    b'\t'..=b'\r' | b' ' => Class::Space,
                    b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Class::Word,
                    _ => Class::Sign,
                };
                byte += 1;
            }
            table
        };
        TABLE.get(usize::from(byte)).copied().unwrap_or(Class::Longer)
    }
}

/// Phrase numbers by the beginnings of the phrases.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prefixes {
    /// The beginning and the phrase's number; by slot, and within one in the order they came.
    filed: Vec<(u64, u32)>,
    /// Where each slot begins in `filed`, and behind the last one its end.
    begins: Vec<u32>,
    /// Which slots hold anything: small enough to stay in the fastest memory.
    filled: Vec<u64>,
    /// Which first three bytes begin a phrase of three or more, by slot: most words end here.
    begun: Vec<u64>,
    /// How many slots there are, as a power of two.
    bits: u32,
    /// Of [`LENGTHS`], those that some phrase is filed under, as bits.
    lengths: u8,
}

impl Prefixes {
    /// Files phrases under their numbers. Empty ones are passed over.
    pub fn of<'a>(phrases: impl IntoIterator<Item = (&'a str, u32)>) -> Prefixes {
        let begun: Vec<(usize, u64, u32)> = phrases.into_iter().filter_map(begun).collect();
        let slots = begun.len().saturating_mul(SLOTS_PER_PHRASE).next_power_of_two();
        let bits = slots.trailing_zeros().max(FEWEST_BITS);
        let mut prefixes = Prefixes {
            filed: vec![(0, 0); begun.len()],
            begins: vec![0; (1 << bits) + 1],
            filled: vec![0; 1 << (bits - 6)],
            begun: vec![0; 1 << (bits - 6)],
            bits,
            lengths: begun.iter().fold(0, |lengths, (at, ..)| lengths | 1 << at),
        };
        let slot = |at: usize, key: u64| slot(key, at, bits);
        // Counted, added up, and filed backwards, which leaves each slot's beginning in its place.
        for &(at, key, _) in &begun {
            prefixes.count(slot(at, key));
            if LONG >> at & 1 == 1 {
                fill(&mut prefixes.begun, three(key, bits));
            }
        }
        let mut end = 0;
        for begins in &mut prefixes.begins {
            end += *begins;
            *begins = end;
        }
        for &(at, key, number) in begun.iter().rev() {
            prefixes.file(slot(at, key), (key, number));
        }
        prefixes
    }

    fn count(&mut self, slot: usize) {
        fill(&mut self.filled, slot);
        if let Some(count) = self.begins.get_mut(slot) {
            *count += 1;
        }
    }

    fn file(&mut self, slot: usize, phrase: (u64, u32)) {
        let Some(begins) = self.begins.get_mut(slot) else { return };
        *begins -= 1;
        if let Some(place) = self.filed.get_mut(*begins as usize) {
            *place = phrase;
        }
    }

    /// The numbers of phrases that the text may begin with.
    #[inline]
    pub fn candidates(&self, text: &str) -> impl Iterator<Item = u32> + '_ {
        let first = first_bytes(text.as_bytes());
        let mut likely = self.likely(first);
        std::iter::from_fn(move || {
            let at = (likely != 0).then(|| likely.trailing_zeros() as usize)?;
            likely &= likely - 1;
            Some(at)
        })
        .flat_map(move |at| self.filed_under(key(first, at), at))
    }

    /// Whether the text may begin with a phrase: the answer that most words of a text come to, quickly.
    #[inline]
    pub fn may_begin(&self, text: &str) -> bool {
        self.likely(first_bytes(text.as_bytes())) != 0
    }

    /// Of [`LENGTHS`], those under which something may be filed that begins so, as bits.
    #[inline]
    fn likely(&self, first: u64) -> u8 {
        let mut likely = 0;
        let mut lengths = self.lengths;
        if lengths & LONG != 0 && !is_filled(&self.begun, three(first, self.bits)) {
            lengths &= !LONG;
        }
        while lengths != 0 {
            let at = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            let filled = is_filled(&self.filled, slot(key(first, at), at, self.bits));
            likely |= u8::from(filled) << at;
        }
        likely
    }

    fn filed_under(&self, key: u64, at: usize) -> impl Iterator<Item = u32> + '_ {
        let slot = slot(key, at, self.bits);
        let begin = |slot: usize| self.begins.get(slot).map_or(0, |&begin| begin as usize);
        let here = self.filed.get(begin(slot)..begin(slot + 1)).unwrap_or_default();
        here.iter().filter(move |(other, _)| *other == key).map(|(_, number)| *number)
    }
}

/// Under what a phrase is filed: the place in [`LENGTHS`], its beginning, its number.
fn begun((phrase, number): (&str, u32)) -> Option<(usize, u64, u32)> {
    let at = LENGTHS.iter().position(|&length| length <= phrase.len())?;
    Some((at, key(first_bytes(phrase.as_bytes()), at), number))
}

/// Up to eight bytes as one number, the first the lowest.
fn first_bytes(text: &[u8]) -> u64 {
    let short = || text.iter().take(8).rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    text.first_chunk().map_or_else(short, |bytes| u64::from_le_bytes(*bytes))
}

/// The beginning that is kept of the first bytes, for a length by its place in [`LENGTHS`].
#[inline]
fn key(first: u64, at: usize) -> u64 {
    const MASKS: [u64; 5] = [u64::MAX, 0xFF_FFFF_FFFF, 0xFF_FFFF, 0xFFFF, 0xFF];
    first & MASKS.get(at).copied().unwrap_or(0)
}

/// The slot of a phrase's first three bytes among `2^bits`.
#[inline]
fn three(first: u64, bits: u32) -> usize {
    slot(key(first, 2), LENGTHS.len(), bits)
}

fn fill(bitmap: &mut [u64], slot: usize) {
    if let Some(word) = bitmap.get_mut(slot / 64) {
        *word |= 1 << (slot % 64);
    }
}

#[inline]
fn is_filled(bitmap: &[u64], slot: usize) -> bool {
    bitmap.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
}

/// Where phrases lie that begin so, among `2^bits` places.
#[inline]
fn slot(key: u64, at: usize, bits: u32) -> usize {
    let mixed = (key ^ at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_that_fits_is_a_candidate() {
        let phrases = ["", "r", "re", "ok", "thanks", "thank you very much", "здравствуйте", "你好"];
        let prefixes = Prefixes::of(phrases.iter().copied().zip(0..));
        for (phrase, number) in phrases.iter().zip(0..).skip(1) {
            let text = format!("{phrase} and more");
            assert!(prefixes.candidates(&text).any(|found| found == number), "{phrase}");
            assert!(prefixes.candidates(phrase).any(|found| found == number), "{phrase}");
        }
        assert_eq!(prefixes.candidates("").count(), 0);
        assert_eq!(Prefixes::default().candidates("thanks").count(), 0);
    }
}
