//! Letters, words, and where words begin.

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

/// Whether a character is a letter or a digit: [`char::is_alphanumeric`], quick where most mails are written.
#[inline]
pub(crate) fn is_alphanumeric(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        // Cyrillic, kana, Han and Hangul have long runs of nothing else.
        '\u{400}'..='\u{481}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' => true,
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => true,
        _ => c.is_alphanumeric(),
    }
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
                Some(c) if is_alphanumeric(c) => c.len_utf8(),
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
                    let was_inside = std::mem::replace(&mut self.inside, is_alphanumeric(c));
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
    fn letters_and_digits_are_those_of_unicode() {
        assert_eq!(('\0'..=char::MAX).find(|c| is_alphanumeric(*c) != c.is_alphanumeric()), None);
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
