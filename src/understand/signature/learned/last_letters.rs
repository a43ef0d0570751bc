//! The last letters of a mail as one number, so that most earlier mails of an author need not be read to know that
//! another mail does not end as they did.

use super::ends::{self, Upward};
use super::shape;

/// How many letters are told. A line of fewer tells nothing: what stands above it may count, or not.
const LETTERS: usize = 4;
/// The bit of every mail that a person wrote. The others stand for last letters.
const PERSONS: u64 = 1 << 63;

/// Of how many last letters each of its bits tells that a mail may end so. Kept in records: another way to fill it
/// needs another column, or all that are kept unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastLetters(u64);

impl LastLetters {
    /// Of a mail that teaches nothing, whatever it ends with: no person wrote it.
    pub const NOBODYS: LastLetters = LastLetters(0);
    /// Of a mail that has to be read to be known.
    pub const UNKNOWN: LastLetters = LastLetters(u64::MAX);

    /// Of a recorded mail that a person wrote: its words may end with it, or any line of its signature may.
    pub fn of(text: &str, signature: Option<&str>) -> LastLetters {
        let words = ends::tail(text);
        let whole = format!("{words}\n{}", shape::cut(signature.unwrap_or(""), ends::BYTES));
        let ends = ends::of_lines(&whole, words.len());
        let told = ends.into_iter().filter_map(|end| bit(Upward::of(whole.get(..end)?).map(|letter| letter.letter)));
        LastLetters(told.fold(PERSONS, |all, bit| all | bit))
    }

    /// What another mail has to share one of, to end with lines that `text` ends with; if its last line is too short to
    /// tell, every mail of a person does.
    pub fn asked(text: &str) -> LastLetters {
        let mut whole_line = true;
        let last = Upward::of(ends::tail(text)).zip(1..=LETTERS).map(|(letter, nth)| {
            whole_line &= !letter.begins || nth == LETTERS;
            letter.letter
        });
        match bit(last) {
            Some(bit) if whole_line => LastLetters(bit),
            _ => LastLetters::UNKNOWN,
        }
    }

    /// Whether a mail of these last letters may end as one does that asked for those.
    pub fn may_be(self, asked: LastLetters) -> bool {
        self.0 & asked.0 != 0
    }

    /// As a record keeps it.
    pub fn kept(self) -> i64 {
        self.0.cast_signed()
    }

    /// What a record keeps.
    pub fn from_kept(kept: i64) -> LastLetters {
        LastLetters(kept.cast_unsigned())
    }
}

/// The bit of a text, whose letters come from its end upward; `None` if it has too few.
fn bit(upward: impl Iterator<Item = char>) -> Option<u64> {
    let (mut letters, mut mixed) = (0, 0_u64);
    for small in upward.take(LETTERS).inspect(|_| letters += 1).flat_map(char::to_lowercase) {
        mixed = (mixed ^ u64::from(small)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    // The highest bits are mixed best.
    (letters == LETTERS).then(|| 1 << ((mixed >> 32) % 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Moment, Untrusted};
    use crate::understand::signature::learned::{Earlier, Latest, Past, find};

    #[test]
    fn what_ends_alike_is_told_by_few_letters() {
        let may = |one: &str, signature, other: &str| LastLetters::of(one, signature).may_be(LastLetters::asked(other));
        assert!(may("Yes.\nAnn Li", None, "No.\n*ann li*"));
        assert!(may("Yes.", Some("Ann Li\nSent from my phone"), "No.\nAnn Li"), "a line of the signature");
        assert!(may("It is \u{c9}t\u{c9} now", None, "\u{e9}t\u{e9} now"), "case is folded");
        assert!(may("Yes.\nAnn", None, "No.\nAnn") && may("Yes, Tom.", None, "No.\nAnn"), "too short to tell");
        assert!(!may("Yes, Tom Wood.", None, "No.\nAnn Li"));
        assert!(!may("?!", None, "No.\nAnn Li") && !may("Ann", None, "No.\nAnn Li"));
        assert!(!LastLetters::NOBODYS.may_be(LastLetters::asked("No.\nAnn")));
        assert!(LastLetters::UNKNOWN.may_be(LastLetters::asked("No.\nAnn Li")));
    }

    proptest::proptest! {
        /// A mail that is left out for its last letters would have told nothing.
        #[test]
        fn nobody_is_missed(
            text in "([aAb]{1,3}[., \n]){0,9}(Ann[ \n]Li\n)?[a-b]{0,2}",
            mails in proptest::collection::vec(("([aAb]{1,3}[., \n]){0,9}(ann[ \n]li\n)?[a-b]{0,2}", "([aAb]{1,4}[ \n]){0,5}"), 0..9),
        ) {
            let sent = Moment::from_header("4 Nov 2026 10:00:00 +0100").unwrap();
            let read = |(text, signature): (String, String)| {
                Earlier { text: Untrusted::new(text), signature: Some(Untrusted::new(signature)), sent }
            };
            let all: Vec<Earlier> = mails.into_iter().map(read).collect();
            let may = |mail: &&Earlier| {
                let signature = mail.signature.as_ref().map(Untrusted::raw);
                LastLetters::of(mail.text.raw(), signature).may_be(LastLetters::asked(&text))
            };
            let alike: Vec<Earlier> = all.iter().filter(may).cloned().collect();
            let some = Latest { others: all.len() - alike.len(), alike };
            let whole = Latest { alike: all, others: 0 };
            proptest::prop_assert_eq!(find(&text, Some("Ann Li"), &some), find(&text, Some("Ann Li"), &whole));
            for left_out in whole.alike.iter().filter(|mail| !some.alike.contains(mail)) {
                proptest::prop_assert!(Past::of(left_out).witnesses(ends::tail(&text)).is_empty());
            }
        }
    }
}
