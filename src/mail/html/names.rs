//! Whether one of a few names stands in a page's source, in any case, as the end of a word.
//!
//! A page is long and nearly always holds none. So it is not read byte by byte: three bytes that stand in no name, or
//! stand far from the end of each, show that none can end near them, and the bytes up to there are passed over
//! (S. Wu, U. Manber: A fast algorithm for multi-pattern searching, 1994).

/// The shortest name, in bytes; of longer ones so many are looked for first.
const SHORTEST: usize = 8;
/// So many neighbouring bytes are looked at.
const BLOCK: usize = 3;
/// How far the next end of a name is behind bytes that stand in none.
const FARTHEST: u8 = 6;
/// Slots for what such bytes say, as a power of two.
const SLOT_BITS: u32 = 12;

/// By byte, whether it may stand in a word.
const IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        byte += 1;
    }
    table
};

/// Names to look for.
pub(super) struct Names {
    names: Vec<&'static [u8]>,
    /// By three neighbouring bytes, how far the nearest end of a name is behind them at least.
    farther: [u8; 1 << SLOT_BITS],
}

impl Names {
    /// Names of at least eight bytes; shorter ones would be missed.
    pub fn of(names: impl Iterator<Item = &'static [u8]>) -> Names {
        let names: Vec<&[u8]> = names.collect();
        let mut farther = [FARTHEST; 1 << SLOT_BITS];
        debug_assert!(names.iter().all(|name| name.len() >= SHORTEST));
        for end in names.iter().filter_map(|name| name.last_chunk::<SHORTEST>()) {
            for (block, distance) in end.windows(BLOCK).rev().zip(0..) {
                if let Some(known) = slot(block).and_then(|slot| farther.get_mut(slot)) {
                    *known = distance.min(*known);
                }
            }
        }
        Names { names, farther }
    }

    /// Whether a word of `text` ends with one of them.
    pub fn end_a_word(&self, text: &[u8]) -> bool {
        let mut end = SHORTEST;
        while let Some(block) = text.get(end - BLOCK..end) {
            match slot(block).and_then(|slot| self.farther.get(slot)) {
                Some(0) | None => {
                    if self.end_at(text, end) {
                        return true;
                    }
                    end += 1;
                }
                Some(&farther) => end += usize::from(farther),
            }
        }
        false
    }

    fn end_at(&self, text: &[u8], end: usize) -> bool {
        let goes_on = text.get(end).is_some_and(|next| IN_WORDS.get(usize::from(*next)) == Some(&true));
        let is_there = |name: &&[u8]| {
            let found = end.checked_sub(name.len()).and_then(|begin| text.get(begin..end));
            found.is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        !goes_on && self.names.iter().any(is_there)
    }
}

/// Where three bytes are filed, letters in any case together.
#[inline]
fn slot(block: &[u8]) -> Option<usize> {
    let [one, two, three] = block else { return None };
    let mixed = usize::from(one | 0x20) << 8 ^ usize::from(two | 0x20) << 4 ^ usize::from(three | 0x20);
    Some(mixed & ((1 << SLOT_BITS) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 4] = ["hs_reply", "gmail_quote", "blockquote", "moz-cite-prefix"];

    /// Word by word.
    fn plainly(text: &str) -> bool {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
        words.map(str::to_ascii_lowercase).any(|word| NAMES.iter().any(|name| word.ends_with(name)))
    }

    proptest! {
        #[test]
        fn names_are_found_wherever_they_end_a_word(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "hs_reply", "HS_Reply", "hs_repl", "gmail_", "quote", "Quote", "block", "moz-", "cite-prefix", "x_", " ",
                "\"", "d", "-", "\u{e9}", "<",
            ]), 0..12)
        ) {
            let text = pieces.concat();
            let names = Names::of(NAMES.iter().map(|name| name.as_bytes()));
            prop_assert_eq!(names.end_a_word(text.as_bytes()), plainly(&text), "{}", text);
        }
    }
}
