//! Words as lines, the one form in which plain text and HTML are understood.

use serde::{Deserialize, Serialize};

/// The lines of one body, top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The lines, without line ends.
    pub lines: Vec<Line>,
}

/// One line. Plain text keeps its quote marks as written; a line inside HTML block quotes gets `> `
/// for each of them, so that both read the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The whole line, quote marks included.
    pub text: String,
    /// How deep it is quoted: the number of `>` marks, or of block quotes around it.
    pub depth: u8,
    /// Where, in bytes, the words begin behind the quote marks.
    pub start: u16,
    /// What the HTML around it said about it; none for plain text.
    pub marks: Marks,
    /// Names that link to an address which is not shown (`mailto:`); none for plain text.
    pub links: Vec<Link>,
}

/// A name in a line, and the address behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The words of the link, which hold no address.
    pub name: String,
    /// Where it leads, as written.
    pub address: String,
}

impl Body {
    /// All lines with their quote marks, joined by line feeds.
    pub fn to_text(&self) -> String {
        joined(self.lines.iter().map(|line| line.text.as_str()))
    }

    /// All words without their quote marks, joined by line feeds.
    pub fn words_text(&self) -> String {
        joined(self.lines.iter().map(Line::words))
    }
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for (index, line) in lines.enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

impl Line {
    /// A line of plain text, its quote marks counted: `>>`, `> >` and `> > ` are all two.
    pub fn plain(text: impl Into<String>) -> Line {
        let text = text.into();
        let (depth, start) = quote_marks(&text);
        Line { text, depth, start, ..Line::default() }
    }

    /// Whether there is nothing behind the quote marks but white space and invisible characters.
    pub fn is_blank(&self) -> bool {
        self.words().chars().all(|c| c.is_whitespace() || is_invisible(c))
    }

    /// The same line with `levels` quote marks taken off, as far as it has them.
    pub fn unquoted(&self, levels: u8) -> Line {
        let depth = self.depth.saturating_sub(levels);
        if depth == self.depth {
            return self.clone();
        }
        let (text, start) = marked(depth, self.words());
        Line { text, depth, start, marks: self.marks, links: self.links.clone() }
    }

    /// The words behind the quote marks.
    pub fn words(&self) -> &str {
        self.text.get(usize::from(self.start)..).unwrap_or("")
    }
}

/// Structure that a client wrote into its HTML, as a set of flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks(pub u16);

impl Marks {
    /// Inside `class="gmail_quote"` and its kin (yahoo_quoted, protonmail_quote, zmail_extra, ...).
    pub const QUOTE: Marks = Marks(1);
    /// The attribution line of a quote: `moz-cite-prefix`, `gmail_attr`.
    pub const ATTRIBUTION: Marks = Marks(2);
    /// Inside `blockquote type="cite"`.
    pub const CITE: Marks = Marks(4);
    /// Inside a header block that a client marked: `divRplyFwdMsg`, `OutlookMessageHeader`, `moz-email-headers-table`.
    pub const HEADER_BLOCK: Marks = Marks(8);
    /// A horizontal rule, or a `border-top` that works as one, directly above this line.
    pub const RULE: Marks = Marks(16);
    /// Inside a signature that a client marked: `gmail_signature`, `moz-signature`, `id="Signature"`.
    pub const SIGNATURE: Marks = Marks(32);
    /// A cell of the same table row stands before this one on the line (cells are joined by a tab).
    pub const CELLS: Marks = Marks(64);
    /// The line begins bold, as labels do.
    pub const BOLD: Marks = Marks(128);
    /// Inside a forward that a client marked: `moz-forward-container`, `gmail_quote` with a forward's separator.
    pub const FORWARD: Marks = Marks(256);

    /// The line begins in a colour other than black and grey; links do not count.
    pub const COLOURED: Marks = Marks(512);

    /// Whether every flag of `other` is set.
    pub fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    pub fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

/// Characters that take no room: zero-width and bidirectional marks, soft hyphens, byte order marks.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Splits decoded plain text into lines. `flowed` is `Some` for `format=flowed` (RFC 3676) and
/// tells whether `delsp=yes`: such lines are unfolded into the paragraphs their author typed.
///
/// Line ends may be CRLF, LF or CR. Linear in the length of the text.
pub fn body(text: &str, flowed: Option<bool>) -> Body {
    let lines = split_lines(text);
    Body {
        lines: match flowed {
            None => lines.map(Line::plain).collect(),
            Some(delete_space) => unfold(lines, delete_space),
        },
    }
}

fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let mut rest = Some(text.strip_suffix('\r').unwrap_or(text));
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = memchr::memchr2(b'\n', b'\r', text.as_bytes()) else { return rest.take() };
        let (line, behind) = text.split_at_checked(end)?;
        rest = behind.strip_prefix("\r\n").or_else(|| behind.get(1..));
        Some(line)
    })
}

/// How many quote marks a line begins with, and the byte where its words begin.
/// One space may stand before each mark, and one after the last belongs to it.
fn quote_marks(text: &str) -> (u8, u16) {
    let bytes = text.as_bytes();
    let (mut depth, mut start) = (0_u8, 0_usize);
    while depth < u8::MAX {
        match (bytes.get(start), bytes.get(start + 1)) {
            (Some(b'>'), _) => start += 1,
            (Some(b' '), Some(b'>')) => start += 2,
            _ => break,
        }
        depth += 1;
    }
    if depth > 0 && bytes.get(start) == Some(&b' ') {
        start += 1;
    }
    (depth, u16::try_from(start).unwrap_or(0))
}

/// Words behind `depth` quote marks, each written `> `, and where the words begin.
pub(crate) fn marked(depth: u8, words: &str) -> (String, u16) {
    let start = u16::from(depth) * 2;
    let mut text = String::with_capacity(usize::from(start) + words.len());
    for _ in 0..depth {
        text.push_str("> ");
    }
    text.push_str(words);
    (text, start)
}

/// Joins soft-broken lines of equal quote depth (RFC 3676, 4.1 to 4.5).
fn unfold<'a>(lines: impl Iterator<Item = &'a str>, delete_space: bool) -> Vec<Line> {
    let mut unfolded = Vec::new();
    let mut paragraph: Option<(u8, String)> = None;
    for line in lines {
        let (depth, words) = flowed_words(line);
        let is_delimiter = words == "-- ";
        let soft = words.ends_with(' ') && !is_delimiter;
        let piece = if soft && delete_space { words.strip_suffix(' ').unwrap_or(words) } else { words };
        match &mut paragraph {
            Some((open, text)) if *open == depth && !is_delimiter => text.push_str(piece),
            _ => {
                finish_paragraph(paragraph.take(), &mut unfolded);
                paragraph = Some((depth, piece.to_owned()));
            }
        }
        if !soft {
            finish_paragraph(paragraph.take(), &mut unfolded);
        }
    }
    finish_paragraph(paragraph, &mut unfolded);
    unfolded
}

fn finish_paragraph(paragraph: Option<(u8, String)>, unfolded: &mut Vec<Line>) {
    let Some((depth, words)) = paragraph else { return };
    let words = if words == "-- " { &words } else { words.trim_end_matches(' ') };
    let (text, start) = marked(depth, words);
    unfolded.push(Line { text, depth, start, ..Line::default() });
}

/// Quote depth and words of a flowed line, its space-stuffing removed. Inside a quote, marks behind
/// a space are counted as well: many clients write them, against the RFC.
fn flowed_words(line: &str) -> (u8, &str) {
    let (depth, start) = if line.starts_with('>') { quote_marks(line) } else { (0, 0) };
    let words = line.get(usize::from(start)..).unwrap_or("");
    let words = if depth == 0 { words.strip_prefix(' ').unwrap_or(words) } else { words };
    (depth, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depths(text: &str) -> Vec<(u8, String)> {
        body(text, None).lines.iter().map(|l| (l.depth, l.words().to_owned())).collect()
    }

    #[test]
    fn quote_marks_are_counted_however_they_are_spaced() {
        for line in [">> two", "> > two", "> >two", " > > two"] {
            assert_eq!(depths(line), [(2, "two".to_owned())], "{line:?}");
        }
        assert_eq!(depths("a > b"), [(0, "a > b".to_owned())]);
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        assert_eq!(body("a\r\nb\nc\rd\n", None).to_text(), "a\nb\nc\nd");
        assert_eq!(body("a\r\r\n\n\rb\r\n", None).to_text(), "a\n\n\n\nb");
        assert_eq!(
            (body("", None).lines.len(), body("\r\n", None).lines.len(), body("\n\r", None).lines.len()),
            (1, 1, 2)
        );
    }

    #[test]
    fn flowed_paragraphs_are_unfolded_at_their_own_depth() {
        let flowed = body("One \ntwo\n> quoted \n> on\n answer \n>> deep\n", Some(false));
        assert_eq!(flowed.to_text(), "One two\n> quoted on\nanswer\n> > deep");
    }

    #[test]
    fn a_signature_delimiter_never_flows() {
        assert_eq!(body("Bye \n-- \nAnn \nAcme", Some(false)).to_text(), "Bye\n-- \nAnn Acme");
    }

    #[test]
    fn space_stuffing_keeps_a_literal_mark_out_of_the_quotes() {
        let lines = body(" > not a quote\n From here", Some(false)).lines;
        assert_eq!((lines[0].depth, lines[0].words()), (0, "> not a quote"));
        assert_eq!(lines[1].text, "From here");
    }

    #[test]
    fn deleted_spaces_join_words_of_scripts_without_spaces() {
        assert_eq!(body("\u{4f60} \n\u{597d}", Some(true)).to_text(), "\u{4f60}\u{597d}");
    }

    #[test]
    fn a_line_of_marks_alone_costs_nothing_and_stays_within_bounds() {
        let line = Line::plain(">".repeat(100_000));
        assert_eq!(line.depth, u8::MAX);
        assert_eq!(line.unquoted(254).depth, 1);
    }
}
