//! Encoded words in header values (RFC 2047).
//!
//! Neighbours in one charset are decoded together, because many programs cut a
//! character in two between them. What is no well-formed encoded word stays as it is.

use super::decode;

/// Bytes of one encoded word that are looked at. RFC 2047 allows 75; programs write more.
const WORD_LIMIT: usize = 8 * 1024;

/// The value with its encoded words decoded. Charsets that are not known are guessed.
pub fn decoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut pending = Pending::default();
    let mut rest = value;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        match Word::at_start(from) {
            Some(word) => {
                // White space between two encoded words is not part of the text (RFC 2047, 6.2).
                if !(pending.open && before.chars().all(char::is_whitespace)) {
                    pending.flush(&mut out);
                    out.push_str(before);
                }
                pending.add(&word, &mut out);
                rest = from.get(word.length..).unwrap_or("");
            }
            None => {
                pending.flush(&mut out);
                out.push_str(before);
                out.push_str("=?");
                rest = from.get(2..).unwrap_or("");
            }
        }
    }
    pending.flush(&mut out);
    out.push_str(rest);
    out
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    length: usize,
}

impl Word<'_> {
    /// The encoded word `=?charset?encoding?text?=` at the start of `from`.
    fn at_start(from: &str) -> Option<Word<'_>> {
        let inner = from.get(2..)?;
        let (charset, inner) = bounded_split(inner, "?", 64)?;
        let (encoding, inner) = bounded_split(inner, "?", 1)?;
        let (text, _) = bounded_split(inner, "?=", WORD_LIMIT)?;
        let charset_is_token = !charset.is_empty() && charset.bytes().all(|b| b.is_ascii_graphic());
        let bytes = match encoding {
            "B" | "b" => decode::base64(text.as_bytes()),
            "Q" | "q" => {
                let mut bytes = Vec::with_capacity(text.len());
                decode::unescape(text.replace('_', " ").as_bytes(), &mut bytes);
                bytes
            }
            _ => return None,
        };
        let length = 2 + charset.len() + 1 + encoding.len() + 1 + text.len() + 2;
        // RFC 2231, 5: a language may follow the charset.
        let charset = charset.split('*').next().unwrap_or(charset);
        charset_is_token.then_some(Word { charset, bytes, length })
    }
}

/// Splits at the first separator that begins within `limit` bytes.
fn bounded_split<'a>(text: &'a str, separator: &str, limit: usize) -> Option<(&'a str, &'a str)> {
    let window = text.as_bytes().get(..limit + separator.len()).unwrap_or(text.as_bytes());
    let at = memchr::memmem::find(window, separator.as_bytes())?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

/// Decoded bytes that wait for more of the same charset.
#[derive(Default)]
struct Pending {
    open: bool,
    charset: String,
    bytes: Vec<u8>,
}

impl Pending {
    fn add(&mut self, word: &Word<'_>, out: &mut String) {
        if self.open && !self.charset.eq_ignore_ascii_case(word.charset) {
            self.flush(out);
        }
        self.open = true;
        self.charset = word.charset.to_owned();
        self.bytes.extend_from_slice(&word.bytes);
    }

    fn flush(&mut self, out: &mut String) {
        if self.open {
            out.push_str(&decode::text(&self.bytes, Some(&self.charset)).0);
            self.bytes.clear();
            self.open = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_become_text() {
        for (value, expected) in [
            ("plain", "plain"),
            ("=?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait"),
            ("=?ISO-8859-1?b?Y2Fm6Q==?= au =?utf-8*fr?q?lait?=", "café au lait"),
            ("=?utf-8?q?a?= =?utf-8?q?b?=\t=?iso-8859-1?q?c?=", "abc"),
            ("=?utf-8?q?a?=b =?utf-8?q?c?=", "ab c"),
            ("=?UTF-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
            ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
            ("=?utf-8?Q?with spaces, too?=", "with spaces, too"),
            ("=?x-made-up?q?caf=E9?=", "café"),
        ] {
            assert_eq!(decoded(value), expected, "{value:?}");
        }
    }

    #[test]
    fn what_is_no_encoded_word_stays() {
        for value in ["=?", "=?=", "=?utf-8?q?open", "=?utf-8?x?a?=", "=??q?a?=", "a =? b", "é=?é?=?"] {
            assert_eq!(decoded(value), value);
        }
    }

    #[test]
    fn many_open_words_cost_little() {
        let value = "=?a?q?x ".repeat(10_000);
        assert!(decoded(&value) == value);
    }
}
