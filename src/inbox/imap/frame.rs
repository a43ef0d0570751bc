//! One whole response as the server sent it: its lines and the literals inside them, in one piece of memory.
//!
//! The grammar is the library's ([`super::response`]); here is what must be known before it is asked. Where a response
//! ends. Whether it is too deep or too long for a parser that recurses and keeps a value for every word. And two
//! mends for sentences that make the library panic. When the library gives up, the frame still tells what the
//! response was about and whose UID it states, so that nothing unread looks like nothing there.

use std::ops::Range;

/// Lists within lists; what we ask for has two levels, and some hundred overflow the library's stack.
const DEEPEST: usize = 16;
/// Bytes of text, literals left out: the library keeps some hundred bytes for every word of it.
const LONGEST: usize = 64 * 1024;
/// Room for what follows a literal, so that a large mail is not moved for its closing parenthesis.
const TAIL: usize = 256;

/// The bytes of one response, every line ended by CRLF, every literal announced as `{n}`.
#[derive(Debug, Default)]
pub struct Frame {
    bytes: Vec<u8>,
    literals: Vec<Range<usize>>,
}

impl Frame {
    /// Takes a line without its end. When it announces a literal: how many bytes, which [`Frame::literal`] takes.
    pub fn line(&mut self, line: &[u8]) -> Option<u64> {
        let announced = if self.may_announce(line) { announced(line) } else { None };
        match announced {
            Some((text, size)) => {
                self.bytes.extend_from_slice(line.get(..text).unwrap_or_default());
                self.bytes.extend_from_slice(format!("{{{size}}}\r\n").as_bytes());
                Some(size)
            }
            None => {
                self.bytes.extend_from_slice(line);
                self.bytes.extend_from_slice(b"\r\n");
                None
            }
        }
    }

    /// Where the bytes of an announced literal go. Memory that no byte is written to costs nothing.
    pub fn literal(&mut self, size: usize) -> &mut Vec<u8> {
        let start = self.bytes.len();
        self.literals.push(start..start.saturating_add(size));
        self.bytes.reserve_exact(size.saturating_add(TAIL));
        &mut self.bytes
    }

    /// How many literals there are so far.
    pub fn literals(&self) -> usize {
        self.literals.len()
    }

    /// Everything, as the library reads it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The words of the first line: `*`, `SEARCH`, `1`, `2`.
    pub fn first_words(&self) -> impl Iterator<Item = &[u8]> {
        let (_, line) = self.texts().next().unwrap_or_default();
        line.trim_ascii().split(|&b| b == b' ').filter(|word| !word.is_empty())
    }

    /// Whether it tells of a mail.
    pub fn is_fetch(&self) -> bool {
        self.first_words().nth(2).is_some_and(|word| word.eq_ignore_ascii_case(b"FETCH"))
    }

    /// Whether the library may read it.
    pub fn is_tame(&self) -> bool {
        let text: usize = self.texts().map(|(_, text)| text.len()).sum();
        let numbers_only = self.first_words().nth(1).is_some_and(|word| word.eq_ignore_ascii_case(b"SEARCH"));
        (text <= LONGEST || numbers_only) && self.depth() <= DEEPEST
    }

    /// Whether it tells of a mail's structure or of single parts, which we read ourselves ([`super::items`]).
    pub fn tells_of_parts(&self) -> bool {
        let names = |text: &[u8]| {
            let upper = text.to_ascii_uppercase();
            let part = memchr::memmem::find_iter(&upper, b"BODY[").any(|at| upper.get(at + 5) != Some(&b']'));
            part || memchr::memmem::find(&upper, b"BODYSTRUCTURE ").is_some()
        };
        self.is_fetch()
            && self.texts().map(|(_, text)| text.len()).sum::<usize>() <= LONGEST
            && self.texts().any(|(_, text)| names(text))
    }

    /// Rewrites what servers say and the library panics on: `[CODE]` without a space behind it and a date that is
    /// NIL. Control characters in words for people become spaces, for they would hide the answer.
    pub fn mend(&mut self) {
        if is_for_people(&self.bytes) {
            let end = self.bytes.len().saturating_sub(2);
            self.bytes.iter_mut().take(end).filter(|b| b.is_ascii_control()).for_each(|b| *b = b' ');
            let code_end = self.bytes.iter().position(|&b| b == b']').map(|at| at + 1);
            if let Some(at) = code_end.filter(|&at| at < end && self.bytes.get(at) != Some(&b' ')) {
                self.bytes.insert(at, b' ');
            }
            return;
        }
        if !self.is_fetch() {
            return;
        }
        for at in self.values_of("INTERNALDATE") {
            // A string of the same length that is no date either.
            if let Some(value) = self.bytes.get_mut(at).filter(|value| value.eq_ignore_ascii_case(b"NIL")) {
                value.copy_from_slice(b"\"?\"");
            }
        }
    }

    /// The UID the response states, if it states only one.
    pub fn stated_uid(&self) -> Option<u32> {
        let mut uids: Vec<Option<u32>> = self.values_of("UID").into_iter().map(|at| uid(self.bytes.get(at)?)).collect();
        uids.dedup();
        if let [one] = uids.as_slice() { *one } else { None }
    }

    /// Cuts a string out and drops the rest, without a second copy of a large one.
    pub fn cut(mut self, at: Range<usize>) -> Vec<u8> {
        if is_quoted(&self.bytes, at.start) {
            return unescaped(self.bytes.get(at).unwrap_or_default());
        }
        self.bytes.truncate(at.end);
        self.bytes.drain(..at.start.min(at.end));
        self.bytes
    }

    /// A string the library found, without the escapes it leaves in.
    pub fn plain(bytes: &[u8], found: &[u8]) -> Vec<u8> {
        match place(bytes, found) {
            Some(at) if is_quoted(bytes, at.start) => unescaped(found),
            _ => found.to_vec(),
        }
    }

    /// Words for people may end in anything; only other responses hold literals.
    fn may_announce(&self, line: &[u8]) -> bool {
        !self.literals.is_empty() || !is_for_people(line)
    }

    /// What is outside the literals, and where it starts.
    fn texts(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let starts = std::iter::once(0).chain(self.literals.iter().map(|literal| literal.end));
        let ends = self.literals.iter().map(|literal| literal.start).chain([self.bytes.len()]);
        starts.zip(ends).map(|(start, end)| (start, self.bytes.get(start..end).unwrap_or_default()))
    }

    /// Every byte outside literals and quoted strings, and where it is.
    fn bare(&self) -> impl Iterator<Item = (usize, u8)> {
        self.texts().flat_map(|(start, text)| {
            let (mut quoted, mut escaped) = (false, false);
            let bare = move |(at, &byte): (usize, &u8)| {
                let outside = !quoted && byte != b'"';
                quoted ^= byte == b'"' && !escaped;
                escaped = quoted && byte == b'\\' && !escaped;
                outside.then_some((start + at, byte))
            };
            text.iter().enumerate().filter_map(bare)
        })
    }

    fn depth(&self) -> usize {
        let (mut depth, mut deepest) = (0usize, 0);
        for (_, byte) in self.bare() {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        deepest
    }

    /// Where the bare words stand that follow a bare word.
    fn values_of(&self, name: &str) -> Vec<Range<usize>> {
        let mut words: Vec<Range<usize>> = Vec::new();
        for (at, _) in self.bare().filter(|(_, byte)| !b" ()\r\n".contains(byte)) {
            match words.last_mut() {
                Some(word) if word.end == at => word.end += 1,
                _ => words.push(at..at + 1),
            }
        }
        let is_name = |at: &Range<usize>| {
            self.bytes.get(at.clone()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        words.windows(2).filter_map(|pair| is_name(pair.first()?).then(|| pair.last().cloned())?).collect()
    }
}

/// Where a part of some bytes stands in them; `None` when it is not a part of them.
pub fn place(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(start..end)
}

/// Whether a line is an outcome or `+`: a word of the protocol, then words for a person (RFC 3501, 7.1).
fn is_for_people(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"* ") else { return !line.starts_with(b"*") };
    let word = rest.trim_ascii().split(|&b| b == b' ').next().unwrap_or_default();
    ["OK", "NO", "BAD", "BYE", "PREAUTH"].iter().any(|verdict| word.eq_ignore_ascii_case(verdict.as_bytes()))
}

/// Whether the line ends in `{n}`, `{n+}` or `~{n}`: where its text ends, and n.
fn announced(line: &[u8]) -> Option<(usize, u64)> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|&b| b == b'{')?;
    let digits = inner.get(open + 1..)?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    // A number too large for u64 is more than any budget holds.
    let size = if all_digits { std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX) } else { return None };
    let text_end = if open > 0 && line.get(open - 1) == Some(&b'~') { open - 1 } else { open };
    Some((text_end, size))
}

fn uid(word: &[u8]) -> Option<u32> {
    std::str::from_utf8(word).ok()?.parse().ok().filter(|&uid| uid > 0)
}

/// Quoted strings begin behind a quote, literals behind a line's end.
fn is_quoted(bytes: &[u8], start: usize) -> bool {
    start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'"')
}

/// A quoted string's content without the escapes.
pub fn unescaped(quoted: &[u8]) -> Vec<u8> {
    let mut escaped = false;
    let kept = quoted.iter().filter(|&&byte| {
        escaped = byte == b'\\' && !escaped;
        !escaped
    });
    kept.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(line: &str) -> Frame {
        let mut frame = Frame::default();
        frame.line(line.as_bytes());
        frame
    }

    #[test]
    fn a_literal_is_announced_by_braces_at_the_end_of_a_line() {
        assert_eq!(announced(b"BODY[] {12}"), Some((7, 12)));
        assert_eq!(announced(b"BODY[] ~{12}"), Some((7, 12)));
        assert_eq!(announced(b"X {12+}"), Some((2, 12)));
        assert_eq!(announced(b"{99999999999999999999999}"), Some((0, u64::MAX)));
        for line in [&b"{}"[..], b"{a}", b"12}", b"", b"}", b"{1} "] {
            assert_eq!(announced(line), None);
        }
    }

    #[test]
    fn only_what_is_not_meant_for_people_announces_literals() {
        for line in ["* OK all fine {5}", "T1 NO try {5}", "+ go on {5}", "* bye {5}"] {
            assert_eq!(Frame::default().line(line.as_bytes()), None, "{line}");
        }
        assert_eq!(Frame::default().line(b"* OKAY {5}"), Some(5));
    }

    #[test]
    fn parentheses_in_quotes_and_literals_do_not_count_as_depth() {
        let mut deep = Frame::default();
        deep.line(b"* 1 FETCH (X \"((\\\"((((((((((((((((\" BODY[] {20}");
        deep.literal(20).extend_from_slice(&[b'('; 20]);
        deep.line(b" Y (()))");
        assert_eq!(deep.depth(), 3);
        assert!(deep.is_tame());
        assert!(!frame(&"(".repeat(17)).is_tame());
    }

    #[test]
    fn a_line_too_long_for_the_library_is_not_given_to_it_unless_it_is_of_numbers() {
        assert!(!frame(&format!("* 1 FETCH ({})", "A 1 ".repeat(20_000))).is_tame());
        assert!(frame(&format!("* SEARCH{}", " 1234567".repeat(20_000))).is_tame());
    }

    #[test]
    fn the_uid_of_what_cannot_be_read_is_found_outside_its_strings() {
        assert_eq!(frame("* 1 FETCH (X ((\"UID 7\")) uid 42 Y").stated_uid(), Some(42));
        for none in ["UID 7 UID 8", "UID 4294967296", "UID 0", "UID", "XUID 5", "UID \"5\" X", "\"UID 5"] {
            assert_eq!(frame(&format!("* 1 FETCH ({none})")).stated_uid(), None, "{none}");
        }
    }

    #[test]
    fn strings_lose_the_escapes_that_quotes_need() {
        assert_eq!(unescaped(br#"a\"b\\c\\\""#), br#"a"b\c\""#);
    }
}
