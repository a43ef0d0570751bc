//! Letters, without a table of Unicode's where that is not needed.
//!
//! Much mail is written in Latin letters with accents, in Cyrillic ones, in Chinese, Japanese or Korean. Which of
//! their characters are letters, and which are small, follows from where they stand; looking it up in the tables of
//! the standard library takes ten times as long. All else is looked up there.

use std::borrow::Cow;

use super::prefix::Class;

/// [`char::is_alphanumeric`].
#[inline]
pub(super) fn is_letter_or_digit(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        '\u{c0}'..='\u{24f}' => !matches!(c, '\u{d7}' | '\u{f7}'),
        '\u{400}'..='\u{52f}' => !matches!(c, '\u{482}'..='\u{489}'),
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' => true,
        '\u{2010}'..='\u{2064}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{ff01}'..='\u{ff0f}' => false,
        _ => c.is_alphanumeric(),
    }
}

/// The text with its letters in lower case ([`str::to_lowercase`]), those of ASCII in any: so that nearly every line is
/// taken as it stands.
pub(super) fn lowered(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(has_no_small_form) { text.into() } else { text.to_lowercase().into() }
}

/// Whether a character's place tells that it is ASCII, or its own small form.
#[inline]
fn has_no_small_form(c: char) -> bool {
    matches!(c, '\0'..='\u{bf}' | '\u{d7}' | '\u{df}'..='\u{ff}' | '\u{430}'..='\u{45f}' | '\u{2010}'..='\u{2064}'
        | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff20}')
}

/// How many words [`str::split_whitespace`] finds.
pub(super) fn count_words(text: &str) -> usize {
    if !text.is_ascii() {
        return text.split_whitespace().count();
    }
    let mut outside = true;
    let begins = |byte: &u8| std::mem::replace(&mut outside, Class::of(*byte) == Class::Space) && !outside;
    text.bytes().filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_what_the_tables_say() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
            assert!(c.is_ascii() || !has_no_small_form(c) || c.to_lowercase().eq([c]), "{c:?}");
        }
    }

    #[test]
    fn small_letters_are_those_of_the_standard_library() {
        for text in [
            "\u{c9}COLE DES \u{c6}UVRES",
            "\u{41f}\u{420}\u{418}\u{412}\u{415}\u{422}, \u{401}\u{416}",
            "\u{39f}\u{394}\u{39f}\u{3a3} \u{3a3}",
            "\u{130}stanbul \u{df}",
            "\u{4f60}\u{597d}\u{ff21}A",
            "\u{10a0}\u{1e9e}",
        ] {
            assert_eq!(lowered(text).to_ascii_lowercase(), text.to_lowercase());
        }
        assert!(matches!(lowered("ASCII \u{e9}"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn words_are_those_between_white_space(text in "[a,. \t\u{b}\u{1c}\u{7f}]{0,9}\u{a0}?b?") {
            proptest::prop_assert_eq!(count_words(&text), text.split_whitespace().count());
        }
    }
}
