//! Finding a person in a text, and taking them out.

use std::collections::BTreeSet;

/// What stands where a person stood.
const BLANK: &str = "[erased]";

/// The addresses and full names of one person, case folded.
#[derive(Debug, Clone)]
pub(super) struct Names {
    folded: Vec<Vec<char>>,
}

impl Names {
    /// Addresses, and those names that are more than one word: a first name alone belongs to many.
    pub(super) fn new(addresses: &BTreeSet<String>, names: &BTreeSet<String>) -> Names {
        let full = names.iter().map(|n| n.trim()).filter(|n| n.split_whitespace().nth(1).is_some());
        let mut folded: Vec<Vec<char>> =
            addresses.iter().map(String::as_str).chain(full).map(|n| n.chars().map(fold).collect()).collect();
        // The longest first, so that no shorter one leaves a remainder of it.
        folded.sort_by_key(|n| std::cmp::Reverse(n.len()));
        Names { folded }
    }

    /// Whether a text holds one of them.
    pub(super) fn found_in(&self, text: &str) -> bool {
        self.places(text).next().is_some()
    }

    /// The text without them.
    pub(super) fn blank(&self, text: &str) -> String {
        let (mut blanked, mut done) = (String::with_capacity(text.len()), 0);
        for (from, to) in self.places(text) {
            blanked.push_str(text.get(done..from).unwrap_or_default());
            blanked.push_str(BLANK);
            done = to;
        }
        blanked.push_str(text.get(done..).unwrap_or_default());
        blanked
    }

    /// From where to where one of them stands, as bytes, in order and without overlap.
    fn places<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        let mut done = 0;
        let mut before: Option<char> = None;
        text.char_indices().filter_map(move |(at, c)| {
            let inside_word = before.is_some_and(joins);
            before = Some(c);
            if at < done || inside_word {
                return None;
            }
            let rest = text.get(at..)?;
            let length = self.folded.iter().find_map(|name| starts_with(rest, name))?;
            done = at + length;
            Some((at, done))
        })
    }
}

/// How many bytes of `text` are `name`, if it starts with it and the word ends there. Any white space is like any other.
fn starts_with(text: &str, name: &[char]) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    for expected in name {
        let (_, c) = chars.next()?;
        if fold(c) != *expected {
            return None;
        }
        while c.is_whitespace() && chars.peek().is_some_and(|(_, next)| next.is_whitespace()) {
            chars.next();
        }
    }
    let end = chars.peek().map_or(text.len(), |(at, _)| *at);
    let mut after = text.get(end..)?.chars();
    match after.next() {
        Some('.') if after.next().is_some_and(char::is_alphanumeric) && name.contains(&'@') => None,
        Some(c) if c.is_alphanumeric() || c == '-' => None,
        _ => Some(end),
    }
}

/// Whether a character belongs to the address or word that follows it.
fn joins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-')
}

/// One character for one character, so that places stay places.
fn fold(c: char) -> char {
    if c.is_whitespace() {
        return ' ';
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// What looks like an address in a text.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| !(c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ',' | ';' | ':'));
    text.split(move |c| !part(c))
        .filter(|piece| piece.contains('@'))
        .map(|piece| piece.trim_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> Names {
        let set = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<BTreeSet<_>>();
        Names::new(&set(&["ann@acme.example"]), &set(&["Ann Li", "Ann"]))
    }

    #[test]
    fn addresses_and_full_names_are_taken_out_however_they_are_written() {
        let text = "ANN  LI <Ann@Acme.example>, Ann\nLi: write to ann@acme.example.";
        assert_eq!(ann().blank(text), "[erased] <[erased]>, [erased]: write to [erased].");
    }

    #[test]
    fn other_people_whose_names_contain_it_stay() {
        let text = "joann@acme.example ann@acme.example.org ann@acme.example-x Joann Li Ann Lind Announcement Ann";
        assert_eq!(ann().blank(text), text);
        assert!(!ann().found_in(text));
    }

    #[test]
    fn letters_that_change_their_length_with_case_do_no_harm() {
        assert_eq!(ann().blank("İİ Ann Li ẞ"), "İİ [erased] ẞ");
    }

    #[test]
    fn addresses_are_seen_among_words() {
        let found: Vec<&str> = addresses("Ask <ann@acme.example>, mailto:bo@beta.example. Or (c@d)").collect();
        assert_eq!(found, ["ann@acme.example", "bo@beta.example", "c@d"]);
    }
}
