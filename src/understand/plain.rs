//! One spelling for words that clients write in many ways.
//!
//! Labels, separators and dates are compared after compatibility
//! normalisation (UAX 15, NFKC), in lower case, with any script's digits as
//! ASCII, plain spaces, and without invisible characters. Nothing that is
//! shown or stored comes from here.

use unicode_normalization::UnicodeNormalization;

/// Zero of each script whose digits appear in dates that clients write.
const ZEROS: [u32; 14] =
    [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x1040];

/// The text in that one spelling. White space is kept as single characters, not joined.
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        let mut text = spelled_ascii(text);
        text.make_ascii_lowercase();
        return text;
    }
    spelled(text).to_lowercase().nfkc().filter(|c| *c != '\u{307}').collect()
}

/// The same with its capital letters.
pub fn spelled(text: &str) -> String {
    if text.is_ascii() {
        return spelled_ascii(text);
    }
    text.nfkc()
        .filter(|c| !is_invisible(*c) && !is_vowel_point(*c))
        .map(digit)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect()
}

/// Most lines are ASCII, which normalisation leaves as it is, and have no white space but spaces.
fn spelled_ascii(text: &str) -> String {
    let is_other_space = |c: char| c != ' ' && c.is_ascii() && c.is_whitespace();
    if text.contains(is_other_space) { text.replace(is_other_space, " ") } else { text.to_owned() }
}

/// Bidirectional marks, zero-width characters, soft hyphens and the byte order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FE0E}' | '\u{FE0F}' | '\u{FEFF}')
}

/// Points that Arabic and Hebrew words are written with or without, and the stroke that stretches Arabic ones.
fn is_vowel_point(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{652}' | '\u{670}')
}

fn digit(c: char) -> char {
    let code = u32::from(c);
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(c)
}

/// Words with single spaces between them.
pub fn squeezed(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_script_become_ascii() {
        assert_eq!(plain("٢٦/۱۰/２０२१"), "26/10/2021");
    }

    #[test]
    fn ascii_is_spelled_as_any_text() {
        let all: String = (0..128).map(char::from).collect();
        let slow: String = all.nfkc().filter(|c| !is_invisible(*c)).map(digit).collect();
        let slow: String = slow.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        assert_eq!((spelled(&all), plain(&all)), (slow.clone(), slow.to_lowercase()));
    }

    #[test]
    fn invisible_marks_and_wide_forms_do_not_matter() {
        assert_eq!(plain("\u{200f}Von：\u{feff}"), "von:");
    }
}
