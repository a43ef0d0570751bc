//! Letters, words, and where words begin; without a table of Unicode's where that is not needed.
//!
//! Much mail is written in Latin letters with accents, in Cyrillic ones, in Chinese, Japanese or Korean. Which of
//! their characters are letters, and which are small, follows from where they stand; looking it up in the tables of
//! the standard library takes ten times as long. All else is looked up there.

use std::borrow::Cow;

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

/// Scripts that write words without spaces, or glue particles to them: Thai, Lao, Khmer, kana, Han, Hangul.
pub fn unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7A3)
}

/// The word that a text begins with; empty when it begins with none.
pub(crate) fn word(text: &str) -> &str {
    let mut end = 0;
    while let Some(byte) = text.as_bytes().get(end) {
        end += match Class::of(*byte) {
            Class::Word => word_bytes(text.as_bytes().get(end..).unwrap_or_default()),
            Class::Longer => match text.get(end..).and_then(|rest| rest.chars().next()) {
                Some(c) if is_letter_or_digit(c) => c.len_utf8(),
                _ => break,
            },
            Class::Space | Class::Sign => break,
        };
    }
    text.get(..end).unwrap_or("")
}

/// The words of a text: its runs of letters and digits.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while let Some(c) = rest.chars().next() {
            let word = word(rest);
            rest = rest.get(word.len().max(c.len_utf8())..).unwrap_or("");
            if !word.is_empty() {
                return Some(word);
            }
        }
        None
    })
}

/// Places where a word may begin.
pub(crate) struct WordStarts<'a> {
    text: &'a str,
    at: usize,
    /// Whether the character before stands in a word.
    inside: bool,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub at: usize,
    /// Behind its letters and digits of one byte, which the word may go on after.
    pub plain: usize,
}

impl WordStarts<'_> {
    /// From `from` on, a word within which counts as one that begins there.
    pub fn of(text: &str, from: usize) -> WordStarts<'_> {
        WordStarts { text, at: from, inside: false }
    }
}

impl Iterator for WordStarts<'_> {
    type Item = Start;

    #[inline]
    fn next(&mut self) -> Option<Start> {
        let bytes = self.text.as_bytes();
        loop {
            let at = self.at;
            match Class::of(*bytes.get(at)?) {
                Class::Word => {
                    self.at = at + word_bytes(bytes.get(at..)?);
                    if !std::mem::replace(&mut self.inside, true) {
                        return Some(Start { at, plain: self.at });
                    }
                }
                Class::Space => (self.at, self.inside) = (at + 1, false),
                Class::Sign => {
                    (self.at, self.inside) = (at + 1, false);
                    return Some(Start { at, plain: at });
                }
                Class::Longer => {
                    let c = self.text.get(at..)?.chars().next()?;
                    let was_inside = std::mem::replace(&mut self.inside, is_letter_or_digit(c));
                    self.at += c.len_utf8();
                    if !c.is_whitespace() && (!was_inside || !self.inside || unspaced(c)) {
                        return Some(Start { at, plain: at });
                    }
                }
            }
        }
    }
}

/// How many letters and digits of one byte a text begins with.
#[inline]
fn word_bytes(text: &[u8]) -> usize {
    text.iter().position(|byte| Class::of(*byte) != Class::Word).unwrap_or(text.len())
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

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(words("l'été, 12 кг: 案件!").collect::<Vec<_>>(), ["l", "été", "12", "кг", "案件"]);
        assert_eq!(words(" -\u{2014} ").next(), None);
    }

    #[test]
    fn words_begin_at_letters_behind_none_and_at_every_sign() {
        let starts = |text: &str| WordStarts::of(text, 0).map(|start| (start.at, start.plain)).collect::<Vec<_>>();
        assert_eq!(starts("ab, c3d"), [(0, 2), (2, 2), (4, 7)]);
        assert_eq!(starts("été 案件"), [(0, 0), (6, 6), (9, 9)]);
    }
}
