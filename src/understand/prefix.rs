//! Which of many phrases a text may begin with, told by its first few bytes.
//!
//! Each phrase is filed under its first eight bytes, or five, three, two or one
//! when it is shorter, and its first sixteen are kept there. A text is looked up
//! under each, so that of thousands of phrases only a handful is compared. A
//! candidate may go on differently behind those sixteen bytes; a phrase that
//! fits is never left out.

const LENGTHS: [usize; 5] = [8, 5, 3, 2, 1];
/// Slots for each phrase at least, so that most stay empty.
const SLOTS_PER_PHRASE: usize = 4;
/// As a power of two, how many times finer the bitmap is: what is not there shall mostly be seen not to be there.
const FINER_BITS: u32 = 2;
/// Of [`LENGTHS`], as bits: those of at least three bytes.
const LONG: u8 = 0b111;
/// Slots that there are at least, as a power of two: so that the bitmap has whole words.
const FEWEST_BITS: u32 = 6;

/// One phrase: its first bytes, and what of them counts.
#[derive(Debug, Clone, Copy, Default)]
struct Filed {
    first: First,
    bytes: u8,
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
    /// Files phrases under their numbers. Empty ones are passed over.
    pub fn of<'a>(phrases: impl IntoIterator<Item = (&'a str, u32)>) -> Prefixes {
        let begun: Vec<Filed> = phrases.into_iter().filter_map(Filed::of).collect();
        let slots = begun.len().saturating_mul(SLOTS_PER_PHRASE).next_power_of_two();
        let bits = slots.trailing_zeros().max(FEWEST_BITS);
        let mut prefixes = Prefixes {
            filed: vec![Filed::default(); begun.len()],
            begins: vec![0; (1 << bits) + 1],
            filled: vec![0; 1 << (bits + FINER_BITS - 6)],
            begun: vec![0; 1 << bits],
            bits,
            short: begun.iter().fold(0, |lengths, filed| lengths | 1 << filed.at) & !LONG,
        };
        // Counted, added up, and filed backwards, which leaves each slot's beginning in its place.
        for filed in &begun {
            prefixes.count(filed);
            let three = prefixes.begun.get_mut(three(filed.first.0, bits)).filter(|_| LONG >> filed.at & 1 == 1);
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
        let mut likely = 0;
        let mut lengths = self.short | self.begun.get(three(first.0, self.bits)).copied().unwrap_or(0);
        while lengths != 0 {
            let at = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            let fine = slot(key(first.0, at), at, self.bits + FINER_BITS);
            let filled = self.filled.get(fine / 64).is_some_and(|word| word >> (fine % 64) & 1 == 1);
            likely |= u8::from(filled) << at;
        }
        (likely != 0).then_some(Likely { first, lengths: likely })
    }

    /// The numbers of phrases that the text may begin with.
    #[inline]
    pub fn candidates(&self, Likely { first, mut lengths }: Likely) -> impl Iterator<Item = u32> + '_ {
        std::iter::from_fn(move || {
            let at = (lengths != 0).then(|| lengths.trailing_zeros() as usize)?;
            lengths &= lengths - 1;
            Some(at)
        })
        .flat_map(move |at| self.filed_under(first, at))
    }

    #[inline]
    fn filed_under(&self, first: First, at: usize) -> impl Iterator<Item = u32> + '_ {
        let slot = slot(key(first.0, at), at, self.bits);
        let begin = |slot: usize| self.begins.get(slot).map_or(0, |&begin| begin as usize);
        let here = self.filed.get(begin(slot)..begin(slot + 1)).unwrap_or_default();
        here.iter().filter(move |filed| usize::from(filed.at) == at && filed.begins(first)).map(|filed| filed.number)
    }
}

impl Filed {
    /// `None` for an empty phrase.
    fn of((phrase, number): (&str, u32)) -> Option<Filed> {
        let at = LENGTHS.iter().position(|&length| length <= phrase.len())? as u8;
        Some(Filed { first: First::of(phrase.as_bytes()), bytes: phrase.len().min(16) as u8, at, number })
    }

    fn slot(&self, bits: u32) -> usize {
        let at = usize::from(self.at);
        slot(key(self.first.0, at), at, bits)
    }

    /// Whether what is kept of the phrase stands at the beginning of a text.
    #[inline]
    fn begins(&self, text: First) -> bool {
        let counts = |bytes: u8| u64::MAX.checked_shr(64 - 8 * u32::from(bytes)).unwrap_or(0);
        let first = counts(self.bytes.min(8));
        let next = counts(self.bytes.saturating_sub(8));
        (self.first.0 ^ text.0) & first == 0 && (self.first.1 ^ text.1) & next == 0
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

/// The slot of a phrase's first three bytes among `2^bits`.
#[inline]
fn three(first: u64, bits: u32) -> usize {
    slot(key(first, 2), LENGTHS.len(), bits)
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

    #[test]
    fn every_phrase_that_fits_is_a_candidate() {
        let phrases = ["", "r", "re", "ok", "thanks", "thank you very much", "здравствуйте", "你好"];
        let prefixes = Prefixes::of(phrases.iter().copied().zip(0..));
        for (phrase, number) in phrases.iter().zip(0..).skip(1) {
            let text = format!("{phrase} and more");
            for text in [&text, *phrase] {
                let likely = prefixes.likely(text).unwrap();
                assert!(prefixes.candidates(likely).any(|found| found == number), "{phrase}");
            }
        }
        assert!(prefixes.likely("").is_none());
        assert!(Prefixes::default().likely("thanks").is_none());
    }
}
