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
}

impl Line {
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

    /// Whether every flag of `other` is set.
    pub fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    pub fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

/// STUB until branch `words` is merged.
pub fn body(text: &str, _flowed: Option<bool>) -> Body {
    Body { lines: text.lines().map(|line| Line { text: line.to_owned(), ..Line::default() }).collect() }
}
