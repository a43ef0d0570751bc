//! Whether a sentence names something that can be wrong: a number, a day, a name.
//!
//! Vague phrases count only beside one. "In fact, it went very well" corrects
//! nobody; "in fact, it begins on Thursday" may. A "not" is one as well, which
//! the phrases' own look-up finds.

use super::Dates;

/// Whether there is one in a sentence, also given folded. Where nouns are written with capitals, every noun counts.
/// `ruled_out`: the languages it is not in.
pub(super) fn is_in(sentence: &str, folded: &str, dates: &Dates, ruled_out: impl Fn(u8) -> bool) -> bool {
    let named = || {
        let words =
            sentence.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’'))).filter(|w| !w.is_empty());
        words.skip(1).map(bare).any(|word| word.starts_with(char::is_uppercase) && word != "I")
    };
    sentence.contains(|c: char| c.is_ascii_digit()) || named() || dates.name_one(folded, ruled_out)
}

/// A word without what is glued to its front: `l'Italie`, `I'm`.
fn bare(word: &str) -> &str {
    match word.split_once(['\'', '’']) {
        Some((article, noun)) if article.chars().count() <= 2 => noun,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::phrases::fold;

    fn has(sentence: &str) -> bool {
        let words = [("thursday", "giovedì"), ("two", "two"), ("one", "a"), ("june", "giugno")];
        let words = words.map(|(name, word)| (name.to_owned(), vec![word.into()])).into();
        let dates = Dates::of([(&words, 0)]).unwrap();
        is_in(sentence, &fold(sentence), &dates, |_| false)
    }

    #[test]
    fn numbers_days_and_names_are_something_that_can_be_wrong() {
        for sentence in [
            "It was 11 boxes.",
            "there were two of them",
            "In realtà la riunione è giovedì.",
            "Actually Bea does it.",
            "C'est l'Espagne.",
            "a giugno",
        ] {
            assert!(has(sentence), "{sentence}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for sentence in ["Actually it went very well.", "In fact I'm happy, and so I say.", "A day of joy", ""] {
            assert!(!has(sentence), "{sentence}");
        }
    }
}
