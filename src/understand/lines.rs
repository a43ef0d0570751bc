//! The lines of a body, with what one look at each of them told.
//!
//! Many rules ask every line, and nearly every line is nothing to most of them: prose without a colon, an address or
//! a digit. What rules cannot do without is looked for once, for all of them.

use std::ops::Deref;

use super::labels;
use crate::mail::Line;

/// Lines, and the signs that each of them holds.
pub struct Lines<'a> {
    lines: &'a [Line],
    signs: Vec<Signs>,
}

impl<'a> Lines<'a> {
    /// Looks at each line once.
    pub fn of(lines: &'a [Line]) -> Lines<'a> {
        Lines { lines, signs: lines.iter().map(Signs::of_line).collect() }
    }

    /// What the words of a line hold; nothing where there is no line.
    pub fn signs(&self, at: usize) -> Signs {
        self.signs.get(at).copied().unwrap_or_default()
    }

    /// [`Line::is_blank`]; also where there is no line.
    pub fn is_blank(&self, at: usize) -> bool {
        !self.signs(at).has(Signs::WRITTEN)
    }
}

impl Deref for Lines<'_> {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        self.lines
    }
}

/// A set of signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs(u8);

impl Signs {
    /// A colon, of any script where it is a line that was looked at.
    pub const COLON: Signs = Signs(1);
    /// `@`.
    pub const AT: Signs = Signs(2);
    /// A comma, a full stop or a semicolon.
    pub const STOP: Signs = Signs(4);
    /// A tab.
    pub const TAB: Signs = Signs(8);
    /// `0` to `9`.
    pub const DIGIT: Signs = Signs(16);
    /// Anything that is not ASCII, and so the sign of another script perhaps.
    pub const WIDE: Signs = Signs(32);
    /// Anything that can be seen.
    pub const WRITTEN: Signs = Signs(64);

    fn of_line(line: &Line) -> Signs {
        let signs = Signs::of(line.words());
        if !signs.has(Signs::WIDE) {
            return signs;
        }
        let colon = if line.words().contains(labels::is_colon) { Signs::COLON } else { Signs::default() };
        let written = if line.is_blank() { Signs::default() } else { Signs::WRITTEN };
        signs.with(colon).with(written)
    }

    /// The signs of a text, those of ASCII only.
    pub fn of(text: &str) -> Signs {
        Signs(text.bytes().fold(0, |signs, byte| signs | OF_BYTE.get(usize::from(byte)).map_or(0, |signs| signs.0)))
    }

    /// Whether every sign of `other` is there.
    pub fn has(self, other: Signs) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether one of the signs is there, or something that may be the same in another script.
    pub fn may_have(self, any: Signs) -> bool {
        self.0 & (any.0 | Signs::WIDE.0) != 0
    }

    /// Both sets together.
    pub const fn with(self, other: Signs) -> Signs {
        Signs(self.0 | other.0)
    }
}

const OF_BYTE: [Signs; 256] = {
    let mut table = [Signs::WIDE; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'\t' => Signs::TAB,
            b'\n'..=b'\r' | b' ' => Signs(0),
            b':' => Signs::COLON.with(Signs::WRITTEN),
            b'@' => Signs::AT.with(Signs::WRITTEN),
            b',' | b'.' | b';' => Signs::STOP.with(Signs::WRITTEN),
            b'0'..=b'9' => Signs::DIGIT.with(Signs::WRITTEN),
            _ => Signs::WRITTEN,
        };
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn signs_are_those_of_the_words_behind_the_marks() {
        let lines = [Line::plain("> On 3 May:"), Line::plain("a@b.example"), Line::plain("> \t")];
        let lines = Lines::of(&lines);
        assert!(lines.signs(0).has(Signs::COLON.with(Signs::DIGIT)) && !lines.signs(0).may_have(Signs::AT));
        assert!(lines.signs(1).has(Signs::AT) && lines.signs(1).may_have(Signs::STOP));
        assert!(lines.is_blank(2) && lines.signs(2).has(Signs::TAB) && lines.is_blank(3));
    }

    proptest! {
        #[test]
        fn a_line_is_blank_by_its_signs_when_it_is(text in "[ \t\u{b}\u{a0}\u{200b}\u{2028}\u{feff}>a\u{e9}]{0,4}") {
            let line = [Line::plain(text)];
            prop_assert_eq!(Lines::of(&line).is_blank(0), line[0].is_blank());
        }
    }
}
