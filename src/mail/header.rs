//! Header fields as they stood: order, count and exact names (RFC 5322, 2.2).
//!
//! Trust decisions read these, never a parser's look-ups, because a look-up
//! that returns the last of several fields returns the attacker's. A line that
//! is neither a field nor the continuation of one is left out and named as a
//! defect; it is never glued into a name (`Fr om:` is not `From:`).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Defect;

/// Bytes of a header block that are read; what follows up to the blank line is cut.
pub const BLOCK_LIMIT: usize = 1024 * 1024;
/// Fields of a header block that are kept.
pub const FIELD_COUNT_LIMIT: usize = 2_000;
/// Bytes of one field that are kept.
pub const FIELD_LIMIT: usize = 64 * 1024;

/// All fields of one header block, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(pub Vec<Field>);

/// One field, unfolded: `name` as written, `value` without the white space around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name before the colon, as written.
    pub name: String,
    /// The value, unfolded, not decoded; bytes that are no UTF-8 are read as windows-1252.
    pub value: String,
}

impl Headers {
    /// Splits the header block at the beginning of `bytes`; also gives where the body starts, in
    /// bytes, and what was wrong. Lines end in CRLF or LF. An mbox `From ` line before the first
    /// field is passed over. Past [`BLOCK_LIMIT`], [`FIELD_COUNT_LIMIT`] and [`FIELD_LIMIT`] it
    /// only looks for the blank line, so that a header of any size costs one scan.
    pub fn split(bytes: &[u8]) -> (Headers, usize, Vec<Defect>) {
        let mut splitter = Splitter::default();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let line = trim_line_end(rest.get(..length).unwrap_or(rest));
            if line.is_empty() {
                at += length;
                break;
            }
            splitter.line(line, at);
            at += length;
        }
        let (headers, defects) = splitter.finish();
        (headers, at, defects)
    }

    /// The values of every field of that name, in order, ASCII case ignored.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |f| f.name.eq_ignore_ascii_case(name)).map(|f| f.value.as_str())
    }

    /// The first value of that name.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Whether a field of that name is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|f| f.name.eq_ignore_ascii_case(name))
    }
}

/// Text of bytes whose charset nobody stated: UTF-8 where they are UTF-8, else windows-1252.
pub fn guess_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        other => char::from(other),
    }
}

#[derive(Default)]
struct Splitter<'a> {
    /// Most values stand on one line, and are not copied before they are decoded.
    fields: Vec<(&'a str, Cow<'a, [u8]>)>,
    /// Whether a continuation line belongs to the last field kept.
    open: bool,
    cut_block: bool,
    cut_fields: usize,
    cut_values: usize,
    odd_lines: usize,
}

impl<'a> Splitter<'a> {
    fn line(&mut self, line: &'a [u8], at: usize) {
        if at + line.len() > BLOCK_LIMIT {
            self.cut_block = true;
            self.open = false;
        } else if line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
            self.continuation(line);
        } else if let Some((name, value)) = field(line) {
            self.begin(name, value);
        } else {
            self.open = false;
            let mbox_separator = at == 0 && (line.starts_with(b"From ") || line.starts_with(b">From "));
            self.odd_lines += usize::from(!mbox_separator);
        }
    }

    fn begin(&mut self, name: &'a str, value: &'a [u8]) {
        self.open = self.fields.len() < FIELD_COUNT_LIMIT;
        if self.open {
            self.fields.push((name, Cow::Borrowed(&[])));
            self.append(value);
        } else {
            self.cut_fields += 1;
        }
    }

    fn continuation(&mut self, line: &'a [u8]) {
        if self.open {
            self.append(line);
        } else if self.fields.is_empty() {
            self.odd_lines += 1;
        }
    }

    fn append(&mut self, bytes: &'a [u8]) {
        let Some((_, value)) = self.fields.last_mut() else { return };
        let room = FIELD_LIMIT.saturating_sub(value.len());
        let kept = bytes.get(..room).unwrap_or(bytes);
        match value {
            Cow::Borrowed([]) => *value = Cow::Borrowed(kept),
            Cow::Borrowed(first) => *value = Cow::Owned([*first, kept].concat()),
            Cow::Owned(folded) => folded.extend_from_slice(kept),
        }
        if bytes.len() > room {
            self.cut_values += 1;
            self.open = false;
        }
    }

    fn finish(self) -> (Headers, Vec<Defect>) {
        let mut defects = Vec::new();
        if self.cut_block {
            defects.push(Defect::new("header-cut", format!("the header is longer than {BLOCK_LIMIT} bytes")));
        }
        if self.cut_fields > 0 {
            let detail = format!("{} header fields beyond {FIELD_COUNT_LIMIT} were left out", self.cut_fields);
            defects.push(Defect::new("too-many-fields", detail));
        }
        if self.cut_values > 0 {
            let detail = format!("{} header fields were cut at {FIELD_LIMIT} bytes", self.cut_values);
            defects.push(Defect::new("field-cut", detail));
        }
        if self.odd_lines > 0 {
            let detail = format!("{} lines of the header are not fields", self.odd_lines);
            defects.push(Defect::new("odd-header-line", detail));
        }
        let fields = self.fields.into_iter();
        let fields = fields.map(|(name, value)| Field { name: name.to_owned(), value: trimmed(&value) });
        (Headers(fields.collect()), defects)
    }
}

fn trimmed(value: &[u8]) -> String {
    guess_text(value.trim_ascii())
}

/// Name and value of a field's first line. White space between name and colon is obsolete but legal
/// (RFC 5322, 4.5); white space within a name is not.
fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    // 255 is generous: the longest registered name has 40.
    let colon = memchr::memchr(b':', line.get(..line.len().min(256))?)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let legal = !name.is_empty() && name.iter().all(|b| b.is_ascii_graphic());
    let name = std::str::from_utf8(name).ok().filter(|_| legal)?;
    Some((name, line.get(colon + 1..)?))
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(defects: &[Defect]) -> Vec<&str> {
        defects.iter().map(|d| d.kind.as_str()).collect()
    }

    #[test]
    fn order_count_and_names_stay_as_they_stood() {
        let (headers, body, defects) = Headers::split(b"To: a\r\nFROM: x\r\nFrom: y\r\n\r\nbody");
        let names: Vec<&str> = headers.0.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["To", "FROM", "From"]);
        assert_eq!(headers.all("from").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!((headers.first("From"), body), (Some("x"), 27));
        assert!(defects.is_empty());
    }

    #[test]
    fn folded_lines_are_joined_with_both_line_ends() {
        for end in ["\r\n", "\n"] {
            let mail = format!("Subject: one{end}\ttwo{end}  three {end}{end}x");
            let (headers, body, _) = Headers::split(mail.as_bytes());
            assert_eq!(headers.first("subject"), Some("one\ttwo  three"));
            assert_eq!(mail.get(body..), Some("x"));
        }
    }

    #[test]
    fn a_name_with_a_space_inside_is_no_field() {
        let (headers, _, defects) = Headers::split(b"From: b@evil.example\nFr om: a@us.example\n\tmore\nTo : c\n\n");
        assert_eq!(headers.all("from").collect::<Vec<_>>(), ["b@evil.example"]);
        assert_eq!(headers.first("To"), Some("c"));
        assert_eq!(kinds(&defects), ["odd-header-line"]);
    }

    #[test]
    fn an_mbox_line_is_passed_over() {
        let (headers, _, defects) = Headers::split(b"From ann@acme.example Fri Nov 20 09:12:00 2026\nTo: x\n\n");
        assert_eq!((headers.0.len(), headers.first("to")), (1, Some("x")));
        assert!(defects.is_empty());
    }

    #[test]
    fn eight_bit_values_are_utf8_or_windows_1252() {
        let (headers, _, _) = Headers::split(b"A: caf\xc3\xa9\nB: caf\xe9 \x80\n\n");
        assert_eq!((headers.first("a"), headers.first("b")), (Some("café"), Some("café €")));
    }

    #[test]
    fn what_passes_a_limit_is_cut_and_named() {
        let long = format!("X: {}\n{}\nbody", "x".repeat(70_000), "Y: 1\n".repeat(2_100));
        let (headers, body, defects) = Headers::split(long.as_bytes());
        assert_eq!(headers.0.len(), FIELD_COUNT_LIMIT);
        assert_eq!(headers.first("x").map(str::len), Some(FIELD_LIMIT - 1));
        assert_eq!(kinds(&defects), ["too-many-fields", "field-cut"]);
        assert_eq!(long.get(body..), Some("body"));
    }

    #[test]
    fn a_header_without_end_is_cut_at_its_limit() {
        let (headers, body, defects) = Headers::split("Z: 123456789\n".repeat(200_000).as_bytes());
        assert_eq!((headers.0.len(), body), (FIELD_COUNT_LIMIT, 2_600_000));
        assert_eq!(kinds(&defects), ["header-cut", "too-many-fields"]);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(Headers::split(b""), (Headers::default(), 0, vec![]));
        assert_eq!(Headers::split(b"\r\nbody").1, 2);
    }
}
