//! Strangers' words on their way to a page: on one line, not too long, escaped for that sink.

use crate::mail::Untrusted;

/// The most characters of a subject that a page shows.
pub const SUBJECT: usize = 300;

/// The most characters of a name that a page shows.
pub const NAME: usize = 100;

/// At most `longest` characters, all white space as single spaces, an ellipsis where it was cut.
pub fn one_line(words: &Untrusted, longest: usize) -> Untrusted {
    let line = words.raw().split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        None => Untrusted::new(line),
        Some((end, _)) => Untrusted::new(format!("{}…", line.get(..end).unwrap_or("").trim_end())),
    }
}

/// Escaped for an HTML text node or a quoted attribute.
pub fn html(words: &Untrusted) -> String {
    let mut out = String::new();
    for c in words.raw().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if hidden(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Escaped for Markdown on one line.
pub fn markdown(words: &Untrusted) -> String {
    let mut out = String::new();
    for c in words.raw().chars() {
        match c {
            ',' | '\'' | '?' | ';' | '%' => out.push(c),
            c if c.is_ascii_punctuation() => out.extend(['\\', c]),
            c if hidden(c) => out.push_str(&format!("\\\\u\\{{{:x}\\}}", u32::from(c))),
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Controls, bidirectional overrides and invisible characters.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
