//! Words that strangers wrote, and the only ways they may leave the program.
//!
//! [`Untrusted`] has no `Display`: a page, a table, a log line or a CSV cell
//! has to name itself, and gets the words escaped for it. What is always
//! neutralised, whatever the sink: control characters, bidirectional
//! overrides and invisible characters, which become visible `\u{…}`. The two
//! joiners stay where writing needs them, between letters or emoji.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Text from a mail. Read it with [`Untrusted::raw`] to understand it; print it only through a sink.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes words as they came.
    pub fn new(words: impl Into<String>) -> Untrusted {
        Untrusted(words.into())
    }

    /// The words themselves, for understanding and storing; never for printing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The words on one line: every run of white space is one space, and after `max_chars`
    /// characters an ellipsis stands for the rest. Still untrusted: a sink has to follow.
    pub fn line(&self, max_chars: usize) -> Untrusted {
        let mut line = String::with_capacity(self.0.len());
        for word in self.0.split_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        match line.char_indices().nth(max_chars) {
            None => Untrusted(line),
            Some((end, _)) => Untrusted(format!("{}…", line.get(..end).unwrap_or("").trim_end())),
        }
    }

    /// NFC and neutralised, lines and tabs kept, nothing escaped: for sinks that escape by
    /// themselves, such as a JSON serializer.
    pub fn visible(&self) -> String {
        neutralised(&self.0)
    }

    /// For an HTML text node or a quoted attribute value. Lines and tabs stay.
    pub fn html(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in self.visible().chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
        out
    }

    /// For Markdown, on one line: every ASCII punctuation mark is escaped, so that no link, image,
    /// HTML, table cell or heading can come of it, and web schemes are defanged for the viewers
    /// that link bare addresses.
    pub fn markdown(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in defanged(one_line(&self.visible()).trim()).chars() {
            if c.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(c);
        }
        out
    }

    /// For one CSV cell; the CSV writer adds the quotes. What a spreadsheet would take for a
    /// formula gets an apostrophe before it (OWASP ASVS 1.2.10).
    pub fn csv(&self) -> String {
        let cell = one_line(&self.visible());
        match cell.trim_start().chars().next() {
            Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{cell}"),
            _ => cell,
        }
    }

    /// For a terminal. Lines and tabs stay; no escape sequence survives.
    pub fn terminal(&self) -> String {
        self.visible()
    }

    /// For a log field, on one line.
    pub fn log(&self) -> String {
        one_line(&self.visible())
    }
}

/// Debug text goes to logs and panics, so it tells the length and not the words.
impl std::fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Untrusted({} bytes)", self.0.len())
    }
}

/// Whether a character shows nothing, or changes how its neighbours are shown: bidirectional
/// controls, zero-width and filler characters, tags, line and paragraph separators, variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character is shown as its code wherever people look: a control, or one that shows nothing or changes how
/// its neighbours are shown.
pub fn hides_or_steers(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// Whether words stay as they are in every sink that escapes nothing, as most do: ASCII is its own NFC.
pub fn is_plain(words: &str) -> bool {
    words.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'))
}

/// NFC, with every character that hides or steers made visible. CRLF and a lone CR become LF.
fn neutralised(words: &str) -> String {
    if is_plain(words) {
        return words.to_owned();
    }
    let mut out = String::with_capacity(words.len());
    let mut before = ' ';
    let mut rest = words.nfc().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            c if is_needed(before, c, rest.peek().copied()) => out.push(c),
            c if hides_or_steers(c) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// Joiners between letters or emoji (Persian, Hindi, families), and one variation selector behind
/// a character that can have one.
fn is_needed(before: char, c: char, after: Option<char>) -> bool {
    let joins = |c: char| c.is_alphabetic() || is_combining_mark(c) || is_pictograph(c) || c == '\u{fe0f}';
    match c {
        '\u{200c}' | '\u{200d}' => {
            !before.is_ascii() && joins(before) && after.is_some_and(|c| !c.is_ascii() && joins(c))
        }
        '\u{fe00}'..='\u{fe0f}' => is_pictograph(before) || before.is_alphanumeric() || matches!(before, '#' | '*'),
        '\u{e0100}'..='\u{e01ef}' => !before.is_ascii() && before.is_alphabetic(),
        _ => false,
    }
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}') && !is_invisible(c)
}

fn one_line(words: &str) -> String {
    words.replace(['\n', '\t'], " ")
}

/// `hxxp://` for `http://`, in any case, so that nothing turns it into a link.
fn defanged(words: &str) -> String {
    let mut out = words.to_owned();
    for (at, _) in words.to_ascii_lowercase().match_indices("http") {
        let is_scheme = words.get(at + 4..).is_some_and(|rest| {
            rest.starts_with(':') || rest.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("s:"))
        });
        if is_scheme && out.is_char_boundary(at) {
            out.replace_range(at + 1..at + 3, "xx");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &[&str] = &[
        "\x1b[31mred\x1b[0m",
        "a\r\nSet-Cookie: x",
        "\u{202e}gpj.exe",
        "<script>alert('x')</script>",
        "\" onload=\"x",
        "[x](http://evil.example)",
        "![x][y]",
        "=HYPERLINK(\"http://evil.example\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\0=1",
        "a|b",
        "\u{e0041}\u{e0042}",
        "\u{200b}\u{feff}\u{2066}",
        "| --- |\n# head\n- item\n1. x\n    code\n```\n~~~",
        "\u{9b}31m\u{85}\u{2028}\u{2029}",
        "\u{7f}\u{8}\u{7}",
        "a\u{fe00}\u{fe00}\u{fe00}",
        "&amp;lt;",
        "HtTpS://evil.example",
    ];

    #[test]
    fn no_sink_lets_a_control_or_an_invisible_character_through() {
        for nasty in NASTY {
            let words = Untrusted::new(*nasty);
            for out in [words.html(), words.markdown(), words.csv(), words.terminal(), words.log(), words.visible()] {
                let bad = |c: &char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(*c);
                let hidden: Vec<char> = out.chars().filter(bad).filter(|c| *c != '\u{fe00}').collect();
                assert!(hidden.is_empty(), "{nasty:?} became {out:?}");
            }
            for out in [words.markdown(), words.csv(), words.log()] {
                assert!(!out.contains(['\n', '\r', '\t']), "{out:?}");
            }
        }
    }

    #[test]
    fn html_keeps_no_markup() {
        for nasty in NASTY {
            let out = Untrusted::new(*nasty).html();
            assert!(!out.contains(['<', '>', '"', '\'']), "{out:?}");
        }
        assert_eq!(Untrusted::new("a & <b>\n\t").html(), "a &amp; &lt;b&gt;\n\t");
    }

    #[test]
    fn markdown_escapes_all_punctuation_and_defangs_links() {
        assert_eq!(Untrusted::new("[a](x)|").markdown(), "\\[a\\]\\(x\\)\\|");
        assert_eq!(Untrusted::new("    HTTPS://x").markdown(), "HxxPS\\:\\/\\/x");
        assert_eq!(Untrusted::new("one\r\n# two").markdown(), "one \\# two");
        for nasty in NASTY {
            let out = Untrusted::new(*nasty).markdown();
            let mut chars = out.chars();
            while let Some(c) = chars.next() {
                assert!(!c.is_ascii_punctuation() || c == '\\' && chars.next().is_some(), "{out:?}");
            }
        }
    }

    #[test]
    fn csv_cells_are_no_formulas() {
        for nasty in ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "  =1", "＝1"] {
            assert!(Untrusted::new(nasty).csv().starts_with('\''), "{nasty:?}");
        }
        assert!(!Untrusted::new("\0=1").csv().starts_with('='));
        assert_eq!(Untrusted::new("a=1\nb").csv(), "a=1 b");
    }

    #[test]
    fn joiners_stay_where_writing_needs_them() {
        for kept in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}👩\u{200d}👧", "❤\u{fe0f}\u{200d}🔥", "葛\u{e0100}"]
        {
            assert_eq!(Untrusted::new(kept).visible(), kept.nfc().collect::<String>());
        }
        assert_eq!(Untrusted::new("pay\u{200d}pal").visible(), "pay\\u{200d}pal");
        assert_eq!(Untrusted::new("a\u{200c} b").visible(), "a\\u{200c} b");
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(Untrusted::new("e\u{301}").visible(), "é");
    }

    #[test]
    fn a_line_is_short_and_single() {
        assert_eq!(Untrusted::new(" one\n\n two\tthree ").line(100).raw(), "one two three");
        assert_eq!(Untrusted::new("one two three").line(8).raw(), "one two…");
        assert_eq!(Untrusted::new("äöü").line(2).raw(), "äö…");
        assert_eq!(Untrusted::new("äöü").line(3).raw(), "äöü");
    }

    #[test]
    fn debug_text_tells_no_words() {
        assert_eq!(format!("{:?}", Untrusted::new("secret")), "Untrusted(6 bytes)");
    }
}
