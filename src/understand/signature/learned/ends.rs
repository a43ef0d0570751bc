//! Where two mails, read upward from their ends, say the same. Only letters and digits count: blank lines,
//! wrapping, emphasis and punctuation differ between the programs of one author.

/// Lines of a signature that are looked at, and letters of one mail.
const LINES: usize = 40;
const LETTERS: usize = 4_000;
/// Bytes that hold as many.
pub(super) const BYTES: usize = 4 * LETTERS;

/// A letter or digit, met while reading upward.
pub(super) struct Letter {
    pub(super) letter: char,
    /// Its place in bytes.
    at: usize,
    /// Whether it is the first of its line.
    pub(super) begins: bool,
}

/// The letters of a text from its end upward.
pub(super) struct Upward<'t> {
    rest: &'t str,
}

impl Upward<'_> {
    pub(super) fn of(text: &str) -> Upward<'_> {
        Upward { rest: text }
    }
}

impl Iterator for Upward<'_> {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        let (at, letter) = self.rest.char_indices().rev().find(|(_, c)| c.is_alphanumeric())?;
        let above = self.rest.get(..at)?;
        self.rest = above.trim_end_matches(|c: char| !c.is_alphanumeric());
        let gap = above.get(self.rest.len()..)?;
        Some(Letter { letter, at, begins: self.rest.is_empty() || gap.contains('\n') })
    }
}

/// The places (bytes in each) from which on both texts say the same and both begin a line, the last line first.
pub(super) fn same(one: &str, other: &str) -> Vec<(usize, usize)> {
    let pairs = Upward::of(one).zip(Upward::of(other)).take(LETTERS);
    let agreeing = pairs.take_while(|(one, other)| one.letter.to_lowercase().eq(other.letter.to_lowercase()));
    let beginning = agreeing.filter(|(one, other)| one.begins && other.begins);
    beginning.map(|(one, other)| (one.at, other.at)).take(LINES).collect()
}

/// The ends (in bytes) of a text's last lines, the text's own end first, up to the line that ends at `top`.
pub(super) fn of_lines(text: &str, top: usize) -> Vec<usize> {
    let below = text.get(top..).unwrap_or_default();
    let ends = below.char_indices().filter(|(_, c)| *c == '\n').map(|(at, _)| top + at);
    let mut ends: Vec<usize> = ends.chain([text.len()]).collect();
    ends.reverse();
    ends.truncate(LINES);
    ends
}

/// The last bytes of a text, from the beginning of a line on.
pub(super) fn tail(text: &str) -> &str {
    let cut = text.len().saturating_sub(BYTES);
    let line = text.bytes().enumerate().skip(cut).find(|(at, byte)| cut == 0 || *byte == b'\n' || *at == text.len());
    line.and_then(|(at, _)| text.get(at..)).unwrap_or("")
}

/// The letters and digits of a text, case folded.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_agree_from_where_both_begin_a_line() {
        assert_eq!(same("Yes.\n\n*Ann*\nAcme", "No.\nAnn\n\nAcme\n"), [(12, 9), (7, 4)]);
        assert_eq!(same("Yes.\nAnn", "Call Ann"), []);
        assert_eq!(same("Yes.\na long line that\nwas wrapped", "No.\na long line that was wrapped"), [(5, 4)]);
        assert_eq!(same("", "x"), []);
        assert_eq!(same("same", "SAME"), [(0, 0)]);
    }

    #[test]
    fn a_texts_last_lines_may_be_left_out() {
        assert_eq!(of_lines("words\nAnn\nSent", 5), [14, 9, 5]);
        assert_eq!(of_lines("words\n", 5), [6, 5]);
    }
}
