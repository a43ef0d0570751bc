//! The parts of a mail (RFC 2046, 5.1): one pass over its lines, whatever they claim.
//!
//! Boundaries are looked for in a stack of the multiparts that are open, so a
//! boundary that never comes costs nothing, and an outer boundary ends all that
//! is open within it. Contents are ranges of the mail's bytes: nothing is copied.

use std::ops::Range;

use super::LEFT_OUT;
use super::decode::{Encoding, Parameters};
use super::encoded::decoded;
use crate::mail::{Defect, Headers};

/// Parts of one mail that are read.
pub const PART_LIMIT: usize = 10_000;
/// Multiparts within one another that are read.
pub const DEPTH_LIMIT: usize = 100;

/// One part: a leaf with content, or a multipart with children.
#[derive(Debug, Default)]
pub struct Part {
    /// `Content-Type` with its parameters; the default of its surroundings when it has none.
    pub content_type: Parameters,
    /// `Content-Disposition`.
    pub disposition: Parameters,
    /// `Content-Transfer-Encoding`.
    pub encoding: Encoding,
    /// Where its content lies, in bytes of the mail; for a multipart, all of it.
    pub content: Range<usize>,
    /// Its parts, as indices in order.
    pub children: Vec<usize>,
    /// The multipart it lies in; none for the mail itself.
    pub parent: Option<usize>,
    /// Encoded bytes of its content that stand before what is here and were not fetched.
    pub left_out: u64,
}

impl Part {
    fn new(headers: &Headers, default_type: &str, parent: Option<usize>, start: usize) -> Part {
        let parse = |name| headers.first(name).map(Parameters::parse).unwrap_or_default();
        let mut content_type = parse("Content-Type");
        if !content_type.value.contains('/') {
            content_type.value = default_type.to_owned();
        }
        let encoding = headers.first("Content-Transfer-Encoding").map(Encoding::named).unwrap_or_default();
        let disposition = parse("Content-Disposition");
        let left_out = headers.first(LEFT_OUT).and_then(|value| value.trim().parse().ok()).unwrap_or(0);
        Part { content_type, disposition, encoding, content: start..start, children: Vec::new(), parent, left_out }
    }

    /// Type and subtype, lower case.
    pub fn media_type(&self) -> &str {
        &self.content_type.value
    }

    /// Whether it is declared as a multipart.
    pub fn is_multipart(&self) -> bool {
        self.media_type().starts_with("multipart/")
    }

    /// The file name it declares, decoded.
    pub fn file_name(&self) -> Option<String> {
        let name = self.disposition.get("filename").or_else(|| self.content_type.get("name"))?;
        let name = decoded(name.trim());
        (!name.is_empty()).then_some(name)
    }

    /// The bytes of its content.
    pub fn bytes<'a>(&self, mail: &'a [u8]) -> &'a [u8] {
        mail.get(self.content.clone()).unwrap_or_default()
    }
}

/// All parts of a mail; the first is the mail itself, children come after their parents.
#[derive(Debug, Default)]
pub struct Tree {
    /// The parts in the order they begin.
    pub parts: Vec<Part>,
    /// What was wrong with the structure.
    pub defects: Vec<Defect>,
}

/// Takes the mail apart whose header has been split off and ends at `body`.
pub fn walk(mail: &[u8], headers: &Headers, body: usize) -> Tree {
    let mut walk = Walk { mail, tree: Tree::default(), open: Vec::new(), leaf: None };
    walk.begin_part(headers, body);
    let mut at = body;
    while let Some(start) = next_dashes(mail, at) {
        let end = line_end(mail, start);
        match walk.delimiter(mail.get(start..end).unwrap_or_default()) {
            None => at = end,
            Some((level, closes)) => {
                walk.end_within(level, start);
                at = if closes { walk.end_multipart(level, start, end) } else { walk.next_part(end) };
                if walk.tree.parts.len() >= PART_LIMIT {
                    let detail = format!("parts beyond {PART_LIMIT} were left out");
                    walk.tree.defects.push(Defect::new("too-many-parts", detail));
                    break;
                }
            }
        }
    }
    walk.end_within(0, mail.len());
    walk.end_multipart(0, mail.len(), mail.len());
    walk.tree
}

/// A multipart whose end has not come yet.
struct Open {
    boundary: Vec<u8>,
    part: usize,
}

struct Walk<'a> {
    mail: &'a [u8],
    tree: Tree,
    open: Vec<Open>,
    /// The part whose content is being passed over.
    leaf: Option<usize>,
}

impl Walk<'_> {
    /// Which open multipart a line delimits, innermost first, and whether it closes it.
    fn delimiter(&self, line: &[u8]) -> Option<(usize, bool)> {
        let line = line.trim_ascii_end().strip_prefix(b"--")?;
        self.open.iter().enumerate().rev().find_map(|(level, open)| {
            match line.strip_prefix(open.boundary.as_slice())? {
                b"" => Some((level, false)),
                b"--" => Some((level, true)),
                _ => None,
            }
        })
    }

    /// Ends the leaf, and every multipart inside that of `level`, at the line beginning at `at`.
    fn end_within(&mut self, level: usize, at: usize) {
        let end = before_line_end(self.mail, at);
        let inner = self.open.drain((level + 1).min(self.open.len())..).map(|open| open.part);
        for part in inner.chain(self.leaf.take()) {
            if let Some(part) = self.tree.parts.get_mut(part) {
                part.content.end = end.max(part.content.start);
            }
        }
    }

    /// Ends the multipart of `level`; gives where to go on.
    fn end_multipart(&mut self, level: usize, at: usize, next: usize) -> usize {
        for open in self.open.drain(level.min(self.open.len())..) {
            if let Some(part) = self.tree.parts.get_mut(open.part) {
                part.content.end = at.max(part.content.start);
            }
        }
        next
    }

    /// Begins the part whose header stands at `at`; gives where its content begins.
    fn next_part(&mut self, at: usize) -> usize {
        let mut end = at;
        while let Some(rest) = self.mail.get(end..).filter(|rest| !rest.is_empty()) {
            let line_length = line_end(rest, 0);
            let line = rest.get(..line_length).unwrap_or(rest);
            // A delimiter ends a header that forgot its blank line.
            if line.starts_with(b"--") && self.delimiter(line).is_some() {
                break;
            }
            end += line_length;
            if line == b"\n" || line == b"\r\n" {
                break;
            }
        }
        let (headers, _, _) = Headers::split(self.mail.get(at..end).unwrap_or_default());
        self.begin_part(&headers, end);
        end
    }

    fn begin_part(&mut self, headers: &Headers, start: usize) {
        let parent = self.open.last().map(|open| open.part);
        let index = self.tree.parts.len();
        let within = parent.and_then(|parent| self.tree.parts.get_mut(parent));
        let default_type = match &within {
            Some(parent) if parent.media_type() == "multipart/digest" => "message/rfc822",
            _ => "text/plain",
        };
        let part = Part::new(headers, default_type, parent, start);
        if let Some(parent) = within {
            parent.children.push(index);
        }
        let boundary = if part.is_multipart() { self.boundary(&part) } else { None };
        match boundary {
            Some(boundary) if self.open.len() < DEPTH_LIMIT => self.open.push(Open { boundary, part: index }),
            Some(_) => {
                self.leaf = Some(index);
                self.note("too-deep", format!("parts within more than {DEPTH_LIMIT} others were not taken apart"));
            }
            None => self.leaf = Some(index),
        }
        self.tree.parts.push(part);
    }

    /// The boundary a multipart declares, or else the one its content begins with: gateways break headers.
    fn boundary(&mut self, part: &Part) -> Option<Vec<u8>> {
        let declared = part.content_type.get("boundary").unwrap_or("").trim_end().as_bytes();
        if !declared.is_empty() {
            return Some(declared.to_vec());
        }
        let start = self.mail.get(part.content.start..).unwrap_or_default();
        // 70 is the longest boundary (RFC 2046, 5.1.1).
        let start = start.get(..200).unwrap_or(start).trim_ascii_start();
        let line = start.get(..line_end(start, 0)).unwrap_or_default().trim_ascii_end();
        let boundary = line.strip_prefix(b"--").filter(|b| !b.is_empty() && b.len() <= 70)?;
        self.note("guessed-boundary", "a multipart declares no boundary; its first line was taken for one".to_owned());
        Some(boundary.to_vec())
    }

    fn note(&mut self, kind: &str, detail: String) {
        if !self.tree.defects.iter().any(|defect| defect.kind == kind) {
            self.tree.defects.push(Defect::new(kind, detail));
        }
    }
}

/// The next line that begins with `--`, at or behind `from`, which is the start of a line.
fn next_dashes(mail: &[u8], from: usize) -> Option<usize> {
    let rest = mail.get(from..)?;
    if rest.starts_with(b"--") {
        return Some(from);
    }
    memchr::memmem::find(rest, b"\n--").map(|at| from + at + 1)
}

/// Where the line beginning at `start` ends, its line end included.
fn line_end(mail: &[u8], start: usize) -> usize {
    let rest = mail.get(start..).unwrap_or_default();
    start + memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)
}

/// The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
fn before_line_end(mail: &[u8], at: usize) -> usize {
    match mail.get(..at) {
        Some([.., b'\r', b'\n']) if at < mail.len() => at - 2,
        Some([.., b'\n']) if at < mail.len() => at - 1,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Type and content of every leaf, in order.
    fn leaves(mail: &str) -> Vec<(String, String)> {
        let (headers, body, _) = Headers::split(mail.as_bytes());
        let tree = walk(mail.as_bytes(), &headers, body);
        let leaf = |part: &&Part| part.children.is_empty();
        let text = |part: &Part| String::from_utf8_lossy(part.bytes(mail.as_bytes())).into_owned();
        tree.parts.iter().filter(leaf).map(|p| (p.media_type().to_owned(), text(p))).collect()
    }

    fn text(content: &str) -> (String, String) {
        ("text/plain".into(), content.into())
    }

    #[test]
    fn parts_are_found_with_both_line_ends() {
        for end in ["\r\n", "\n"] {
            let mail = "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none\n\n--b\t\nContent-Type: text/html\n\ntwo\n--b--\nepilogue\n--b\n";
            let found = leaves(&mail.replace('\n', end));
            let one = format!("one{end}");
            assert_eq!(found.first().map(|(t, c)| (t.as_str(), c.as_str())), Some(("text/plain", one.as_str())));
            assert_eq!(found.get(1), Some(&("text/html".to_owned(), "two".to_owned())));
            assert_eq!(found.len(), 2);
        }
    }

    #[test]
    fn an_outer_boundary_ends_what_is_open_within() {
        let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--b\n\ntwo\n--bb\nthree";
        assert_eq!(leaves(mail), [text("one"), text("two\n--bb\nthree")]);
    }

    #[test]
    fn a_header_that_forgot_its_blank_line_ends_at_the_boundary() {
        let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\n\ntwo\n--b--";
        assert_eq!(leaves(mail), [("text/html".into(), String::new()), text("two")]);
    }

    #[test]
    fn a_boundary_that_is_not_declared_is_guessed() {
        let mail = "Content-Type: multipart/mixed;\nboundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n";
        assert_eq!(leaves(mail), [text("one"), text("two")]);
        assert_eq!(leaves("Content-Type: multipart/mixed\n\nno parts").len(), 1);
    }

    #[test]
    fn digests_hold_mails_and_nothing_holds_text() {
        let mail = "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--";
        assert_eq!(leaves(mail), [("message/rfc822".into(), "Subject: x\n\ny".into())]);
        assert_eq!(leaves("Subject: x\n\nwords\n"), [text("words\n")]);
        assert_eq!(leaves(""), [text("")]);
    }

    #[test]
    fn boundaries_that_never_come_cost_one_pass() {
        let part = |n: usize| format!("--b\nContent-Type: multipart/mixed; boundary=none{n}\n\n");
        let parts: String = (0..40_000).map(part).collect();
        let mail = format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}");
        assert_eq!(leaves(&mail).len(), PART_LIMIT - 1);
    }

    #[test]
    fn nesting_stops_at_its_limit() {
        let nested: String =
            (0..100_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
        let (headers, body, _) = Headers::split(nested.as_bytes());
        let tree = walk(nested.as_bytes(), &headers, body);
        assert_eq!(tree.parts.len(), DEPTH_LIMIT + 1);
        assert_eq!(tree.defects.first().map(|d| d.kind.as_str()), Some("too-deep"));
    }
}
