//! Walks over a response word by word (RFC 3501, 9): atoms, quoted strings, literals, lists.
//! Lists are skipped by counting, never by recursion, so that no depth of nesting costs stack.

use super::wire::Part;

/// A place in the parts of one response.
pub struct Scanner {
    parts: Vec<Part>,
    part: usize,
    at: usize,
}

impl Scanner {
    /// At the beginning.
    pub fn new(parts: Vec<Part>) -> Scanner {
        Scanner { parts, part: 0, at: 0 }
    }

    /// Where we are, to come back to within the same text.
    pub fn mark(&self) -> usize {
        self.at
    }

    /// Back to a mark.
    pub fn back_to(&mut self, mark: usize) {
        self.at = mark;
    }

    /// The next word up to a space or the end of the text; empty at the end.
    pub fn word(&mut self) -> Vec<u8> {
        self.skip_spaces();
        let text = self.text();
        let end = text.iter().position(|&b| b == b' ').unwrap_or(text.len());
        let word = text.get(..end).unwrap_or_default().to_vec();
        self.at += end;
        word
    }

    /// Every further word of this text.
    pub fn words(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| Some(self.word()).filter(|w| !w.is_empty())).collect()
    }

    /// What is left of this text, leading spaces skipped.
    pub fn rest_of_line(&mut self) -> &[u8] {
        self.skip_spaces();
        self.text()
    }

    /// Steps into a list, if one begins here.
    pub fn open_list(&mut self) {
        self.skip_spaces();
        if self.peek() == Some(b'(') {
            self.at += 1;
        }
    }

    /// The words of the list that begins here; empty when none does.
    pub fn list_of_words(&mut self) -> Vec<Vec<u8>> {
        self.skip_spaces();
        if self.peek() != Some(b'(') {
            return Vec::new();
        }
        self.at += 1;
        let text = self.text();
        let end = text.iter().position(|&b| b == b')').unwrap_or(text.len());
        let words = text.get(..end).unwrap_or_default().split(|&b| b == b' ').filter(|w| !w.is_empty());
        let words = words.map(<[u8]>::to_vec).collect();
        self.at += end + 1;
        words
    }

    /// The name of the next item of a list, upper case, with its section (`BODY[]<0>`); `None` at the list's end.
    pub fn item_name(&mut self) -> Option<String> {
        self.next_text_part();
        self.skip_spaces();
        let name = self.atom();
        if name.is_empty() {
            return None;
        }
        Some(String::from_utf8_lossy(&name).to_ascii_uppercase())
    }

    /// The next value as bytes: an atom, a quoted string without its escapes, a literal. `None` for NIL and lists,
    /// which are skipped.
    pub fn text_value(&mut self) -> Option<Vec<u8>> {
        self.skip_spaces();
        match self.peek() {
            Some(b'"') => Some(self.quoted()),
            Some(b'(') => {
                self.skip_list();
                None
            }
            Some(_) => Some(self.atom()).filter(|atom| !atom.is_empty() && !atom.eq_ignore_ascii_case(b"NIL")),
            None => self.take_literal(),
        }
    }

    /// Skips the next value.
    pub fn skip_value(&mut self) {
        self.text_value();
    }

    fn text(&self) -> &[u8] {
        match self.parts.get(self.part) {
            Some(Part::Text(text)) => text.get(self.at..).unwrap_or_default(),
            _ => &[],
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text().first().copied()
    }

    fn skip_spaces(&mut self) {
        self.at += self.text().iter().take_while(|&&b| b == b' ').count();
    }

    /// Steps over a literal nobody asked about, to the text after it.
    fn next_text_part(&mut self) {
        while self.peek().is_none() && self.part + 1 < self.parts.len() {
            self.part += 1;
            self.at = 0;
        }
    }

    /// Takes the literal that follows this text, and goes on after it.
    fn take_literal(&mut self) -> Option<Vec<u8>> {
        match self.parts.get_mut(self.part + 1) {
            Some(Part::Literal(bytes)) => {
                let bytes = std::mem::take(bytes);
                self.part += 2;
                self.at = 0;
                Some(bytes)
            }
            _ => None,
        }
    }

    /// Up to a space, parenthesis or quote; a section in brackets belongs to it whatever it holds.
    fn atom(&mut self) -> Vec<u8> {
        let mut in_brackets = false;
        let text = self.text();
        let end = text
            .iter()
            .position(|&b| {
                in_brackets = (in_brackets || b == b'[') && b != b']';
                !in_brackets && matches!(b, b' ' | b'(' | b')' | b'"')
            })
            .unwrap_or(text.len());
        let atom = text.get(..end).unwrap_or_default().to_vec();
        self.at += end;
        atom
    }

    /// A quoted string; one without its end goes to the end of the text.
    fn quoted(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        let mut escaped = false;
        let mut length = 1;
        for &byte in self.text().iter().skip(1) {
            length += 1;
            match byte {
                _ if escaped => {
                    value.push(byte);
                    escaped = false;
                }
                b'\\' => escaped = true,
                b'"' => break,
                _ => value.push(byte),
            }
        }
        self.at += length;
        value
    }

    fn skip_list(&mut self) {
        let mut depth = 0u64;
        loop {
            match self.peek() {
                Some(b'(') => depth += 1,
                Some(b')') => depth = depth.saturating_sub(1),
                Some(b'"') => {
                    self.quoted();
                    continue;
                }
                Some(_) => {}
                None if self.part + 1 < self.parts.len() => {
                    self.next_text_part();
                    continue;
                }
                None => return,
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}
