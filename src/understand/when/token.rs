//! A date line as numbers, words and signs.

use crate::understand::plain::{plain, spelled};

/// Longer lines hold no date; the bound keeps hostile ones cheap.
const LONGEST: usize = 240;

/// One piece of a date line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub piece: Piece,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A number and how many digits it was written with.
    Number(u32, usize),
    /// A word in [`plain`] spelling without full stops at its end, and whether it was all capitals.
    Word(String, bool),
    /// Anything else.
    Sign(char),
}

impl Token {
    /// The number and its digits.
    pub fn number(&self) -> Option<(u32, usize)> {
        match self.piece {
            Piece::Number(value, digits) => Some((value, digits)),
            _ => None,
        }
    }

    /// The word.
    pub fn word(&self) -> Option<&str> {
        match &self.piece {
            Piece::Word(word, _) => Some(word),
            _ => None,
        }
    }

    /// Whether it is that sign.
    pub fn is(&self, sign: char) -> bool {
        self.piece == Piece::Sign(sign)
    }
}

/// The tokens of a line, at most its first 240 characters.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = spelled(text).chars().take(LONGEST).collect();
    let mut found = Vec::new();
    let (mut at, mut spaced) = (0, false);
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() {
            spaced = true;
            at += 1;
            continue;
        }
        let rest = chars.get(at..).unwrap_or_default();
        let (piece, length) = if c.is_ascii_digit() { number(rest) } else { word(rest) };
        found.push(Token { piece, spaced });
        spaced = false;
        at += length;
    }
    found
}

fn number(rest: &[char]) -> (Piece, usize) {
    let digits: String = rest.iter().take_while(|c| c.is_ascii_digit()).collect();
    (Piece::Number(digits.parse().unwrap_or(u32::MAX), digits.len()), digits.len())
}

fn word(rest: &[char]) -> (Piece, usize) {
    let length = word_length(rest);
    if length == 0 {
        return (Piece::Sign(rest.first().copied().unwrap_or(' ')), 1);
    }
    let written: String = rest.iter().take(length).collect();
    let capitals = !written.chars().any(char::is_lowercase);
    (Piece::Word(plain(&written), capitals), length)
}

/// Ideographs and syllables stand alone; a full stop belongs to a word only between single letters (`p.m`).
fn word_length(rest: &[char]) -> usize {
    if rest.first().is_some_and(|c| stands_alone(*c)) {
        return 1;
    }
    let (mut length, mut since_stop) = (0, 0);
    while let Some(&c) = rest.get(length) {
        let next = rest.get(length + 1).copied().unwrap_or(' ');
        if is_letter(c) && !stands_alone(c) {
            since_stop += 1;
        } else if matches!(c, '.' | '\'' | '’' | 'ʼ')
            && since_stop > 0
            && is_letter(next)
            && (c != '.' || short(since_stop, next))
        {
            since_stop = 0;
        } else {
            break;
        }
        length += 1;
    }
    length
}

fn short(since_stop: usize, next: char) -> bool {
    since_stop == 1 || (since_stop <= 3 && ('\u{E00}'..'\u{E80}').contains(&next))
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || (u32::from(c) >= 0x300 && !c.is_whitespace() && !"׳״،؛॰।–—‘’“”„…、。，・〜「」【】（）：−‐‑".contains(c))
}

fn stands_alone(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}')
}
