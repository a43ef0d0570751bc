//! Which of many phrases a text may begin with, told by its first few bytes.
//!
//! Each phrase is filed under its first eight bytes, or four, two or one when
//! it is shorter. A text is looked up under each, so that of thousands of
//! phrases only a handful is compared. A candidate may be wrong, because
//! different beginnings share a slot; a phrase that fits is never left out.

const LENGTHS: [usize; 4] = [8, 4, 2, 1];
const SLOT_BITS: u32 = 12;

/// Phrase numbers by the beginnings of the phrases.
#[derive(Debug, Clone)]
pub(crate) struct Prefixes {
    slots: Vec<Vec<u32>>,
    /// Which slots hold anything: small enough to stay in the fastest memory.
    filled: [u64; 1 << (SLOT_BITS - 6)],
}

impl Default for Prefixes {
    fn default() -> Prefixes {
        Prefixes { slots: vec![Vec::new(); 1 << SLOT_BITS], filled: [0; 1 << (SLOT_BITS - 6)] }
    }
}

impl Prefixes {
    /// Files a phrase under its number. An empty one is passed over.
    pub fn add(&mut self, phrase: &str, number: u32) {
        let Some(length) = LENGTHS.into_iter().find(|&n| n <= phrase.len()) else { return };
        let slot = slot(first_bytes(phrase.as_bytes()), length);
        self.slots.get_mut(slot).into_iter().for_each(|list| list.push(number));
        if let Some(word) = self.filled.get_mut(slot / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    /// The numbers of phrases that the text may begin with.
    pub fn candidates(&self, text: &str) -> impl Iterator<Item = u32> + '_ {
        let (length, word) = (text.len(), first_bytes(text.as_bytes()));
        let slots = LENGTHS.into_iter().filter(move |&n| n <= length).map(move |n| slot(word, n));
        let filled = slots.filter(|slot| self.filled.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1));
        filled.filter_map(|slot| self.slots.get(slot)).flatten().copied()
    }
}

/// Up to eight bytes as one number, the first the lowest.
fn first_bytes(text: &[u8]) -> u64 {
    let short = || text.iter().take(8).rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    text.first_chunk().map_or_else(short, |bytes| u64::from_le_bytes(*bytes))
}

/// Where phrases lie that begin with the same `length` bytes.
fn slot(first: u64, length: usize) -> usize {
    let kept = first & (u64::MAX >> (64 - 8 * length));
    let mixed = (kept ^ length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_that_fits_is_a_candidate() {
        let phrases = ["", "r", "re", "ok", "thanks", "thank you very much", "здравствуйте", "你好"];
        let mut prefixes = Prefixes::default();
        phrases.iter().zip(0..).for_each(|(phrase, number)| prefixes.add(phrase, number));
        for (phrase, number) in phrases.iter().zip(0..).skip(1) {
            let text = format!("{phrase} and more");
            assert!(prefixes.candidates(&text).any(|found| found == number), "{phrase}");
            assert!(prefixes.candidates(phrase).any(|found| found == number), "{phrase}");
        }
        assert_eq!(prefixes.candidates("").count(), 0);
    }
}
