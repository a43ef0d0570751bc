//! Lines by which ticket systems separate an answer from what they sent: `##- Please type your reply above this line -##`.

use std::sync::LazyLock;

use crate::understand::letters::lowered;
use crate::understand::wordlist::Phrases;

static ABOVE_THIS_LINE: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/markers.txt")));

/// No phrase is longer, in bytes.
const LONGEST_BARE: usize = 100;

/// More words are a sentence that mentions such a line.
const MOST_WORDS: usize = 16;

/// Whether a line asks to answer above it: set off by marks on a side, or saying nothing else.
pub(super) fn is_marker(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 300 {
        return false;
    }
    let is_mark = |c: char| !c.is_alphanumeric() && !matches!(c, '>' | '(' | '"' | '\u{201c}' | '\u{ab}');
    let begins = line.chars().take(2).filter(|c| is_mark(*c)).count();
    let ends = line.chars().rev().take(2).filter(|c| is_mark(*c)).count();
    let framed = begins == 2 || ends == 2;
    let words = line.trim_matches(is_mark);
    if !framed && (words.len() > LONGEST_BARE || !ABOVE_THIS_LINE.may_begin(words)) {
        return false;
    }
    let words = lowered(words);
    let asks = ABOVE_THIS_LINE.is(&words) || framed && ABOVE_THIS_LINE.inside(&words);
    asks && line.split_whitespace().count() <= MOST_WORDS
}

#[cfg(test)]
mod tests {
    use super::is_marker;

    #[test]
    fn markers_are_set_off_or_alone() {
        for line in [
            "##- Please type your reply above this line -##",
            "--- Reply above this line ---",
            "=== Bitte antworten Sie oberhalb dieser Zeile ===",
            "Reply above this line",
            "-- 请在此行上方回复 --",
        ] {
            assert!(is_marker(line), "{line}");
        }
        assert!(!is_marker("The form says \"please reply above this line\" but nothing happens."));
        assert!(!is_marker(
            "-- the row above this line is wrong and so is the next one of the same table, as far as I see"
        ));
    }
}
