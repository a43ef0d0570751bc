//! Which of many phrases a text may begin with, told by its first few bytes.
//!
//! Each phrase is filed under its first eight bytes, or five, three, two or one
//! when it is shorter. A text is looked up under each, so that of thousands of
//! phrases only a handful is compared. A candidate may go on differently behind
//! those bytes; a phrase that fits is never left out.

const LENGTHS: [usize; 5] = [8, 5, 3, 2, 1];
/// Slots enough that most stay empty under the twenty thousand phrases of the signals.
const SLOT_BITS: u32 = 16;

/// Phrase numbers by the beginnings of the phrases.
#[derive(Debug, Clone)]
pub(crate) struct Prefixes {
    /// What is filed, by slot and then in the order it came: the slot, the beginning itself, the phrase's number.
    filed: Vec<(u32, u64, u32)>,
    /// Which slots hold anything: small enough to stay in the fastest memory.
    filled: Vec<u64>,
    /// Of [`LENGTHS`], those that some phrase is filed under, as bits.
    lengths: u8,
}

impl Default for Prefixes {
    fn default() -> Prefixes {
        Prefixes { filed: Vec::new(), filled: vec![0; 1 << (SLOT_BITS - 6)], lengths: 0 }
    }
}

impl Prefixes {
    /// Files phrases under their numbers. Empty ones are passed over.
    pub fn add<'a>(&mut self, phrases: impl IntoIterator<Item = (&'a str, u32)>) {
        for (phrase, number) in phrases {
            let Some(at) = LENGTHS.iter().position(|&n| n <= phrase.len()) else { continue };
            let key = key(first_bytes(phrase.as_bytes()), at);
            let slot = slot(key, at);
            self.filed.push((slot, key, number));
            self.lengths |= 1 << at;
            if let Some(word) = self.filled.get_mut(slot as usize / 64) {
                *word |= 1 << (slot % 64);
            }
        }
        // Once for all of them; stable, so that each slot keeps the order in which they came.
        self.filed.sort_by_key(|(slot, ..)| *slot);
    }

    /// The numbers of phrases that the text may begin with.
    #[inline]
    pub fn candidates(&self, text: &str) -> impl Iterator<Item = u32> + '_ {
        let first = first_bytes(text.as_bytes());
        let mut likely = 0u8;
        for (at, length) in LENGTHS.iter().enumerate() {
            let slot = slot(key(first, at), at) as usize;
            let filled = self.filled.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1);
            likely |= u8::from(filled && *length <= text.len()) << at;
        }
        likely &= self.lengths;
        std::iter::from_fn(move || {
            let at = (likely != 0).then(|| likely.trailing_zeros() as usize)?;
            likely &= likely - 1;
            Some(at)
        })
        .flat_map(move |at| self.filed_under(key(first, at), at))
    }

    fn filed_under(&self, key: u64, at: usize) -> impl Iterator<Item = u32> + '_ {
        let slot = slot(key, at);
        let from = self.filed.partition_point(|(other, ..)| *other < slot);
        let same = self.filed.iter().skip(from).take_while(move |(other, ..)| *other == slot);
        same.filter(move |(_, other, _)| *other == key).map(|(.., number)| *number)
    }
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

/// Where phrases lie that begin so.
#[inline]
fn slot(key: u64, at: usize) -> u32 {
    let mixed = (key ^ at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - SLOT_BITS)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_that_fits_is_a_candidate() {
        let phrases = ["", "r", "re", "ok", "thanks", "thank you very much", "здравствуйте", "你好"];
        let mut prefixes = Prefixes::default();
        prefixes.add(phrases.iter().copied().zip(0..));
        for (phrase, number) in phrases.iter().zip(0..).skip(1) {
            let text = format!("{phrase} and more");
            assert!(prefixes.candidates(&text).any(|found| found == number), "{phrase}");
            assert!(prefixes.candidates(phrase).any(|found| found == number), "{phrase}");
        }
        assert_eq!(prefixes.candidates("").count(), 0);
    }
}
