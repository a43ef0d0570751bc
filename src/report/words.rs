//! Strangers' words in Markdown that people also read as it stands.
//!
//! The sink escapes every punctuation mark, which is safe and hard to read in
//! a terminal: `Re\: plan \(v2\)\.`. Here the backslash goes again where the
//! mark cannot begin anything: our lines never start with a stranger's mark,
//! brackets, backticks, stars, underscores, pipes, `<`, `&`, `@`, `$` and `#`
//! stay escaped, and so do the dots and colons inside of words, of which some
//! viewers would make links.

use crate::mail::Untrusted;

/// The most characters of a subject that a page shows.
pub const SUBJECT: usize = 300;

/// The most characters of a name that a page shows.
pub const NAME: usize = 100;

/// Escaped for Markdown on one line, with as few backslashes as are safe.
pub fn markdown(words: &Untrusted) -> String {
    let mut out = String::new();
    let escaped = words.markdown();
    let mut rest = escaped.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(mark) = (c == '\\').then(|| rest.next()).flatten() else {
            out.push(c);
            continue;
        };
        if !is_inert(mark, &out, rest.peek().copied()) {
            out.push('\\');
        }
        out.push(mark);
    }
    out
}

/// Whether a mark between these neighbours means nothing in CommonMark or its common extensions.
fn is_inert(mark: char, before: &str, after: Option<char>) -> bool {
    let ends_a_word = after.is_none_or(char::is_whitespace);
    let within_a_word = before.ends_with(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
    let numbers_a_list = before.chars().all(|c| c.is_ascii_digit());
    let within_a_number = before.ends_with(|c: char| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit());
    // Under a line of its own it would make a heading of the one above.
    let stands_alone = before.ends_with(' ') && after == Some(' ') && before.contains(char::is_alphanumeric);
    match mark {
        '.' if within_a_number => true,
        '=' => stands_alone,
        ',' | ';' | '\'' | '"' | '?' | '/' | '%' => true,
        '(' => true,
        ')' => !numbers_a_list,
        '.' | ':' | '!' => ends_a_word && !numbers_a_list,
        '-' => within_a_word,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marks_that_could_mean_something_keep_their_backslash() {
        let table = [
            ("Re: plan (v2), ready?", "Re: plan (v2), ready?"),
            ("It's a follow-up. Done!", "It's a follow-up. Done!"),
            ("1. one", "1\\. one"),
            ("1.9 of 3 (n = 7)", "1.9 of 3 (n = 7)"),
            ("== a==b =", "\\=\\= a\\=\\=b \\="),
            ("2) two", "2\\) two"),
            ("- item", "\\- item"),
            ("[a](b)", "\\[a\\](b)"),
            ("![a](b)", "\\!\\[a\\](b)"),
            ("www.evil.example", "www\\.evil\\.example"),
            ("ftp://evil.example/x", "ftp\\://evil\\.example/x"),
            ("a@b.example", "a\\@b\\.example"),
            ("back\\slash", "back\\\\slash"),
            ("---", "\\-\\-\\-"),
            ("a_b *c* `d` <e> &amp; | #", "a\\_b \\*c\\* \\`d\\` \\<e\\> \\&amp; \\| \\#"),
        ];
        for (words, expected) in table {
            assert_eq!(markdown(&Untrusted::new(words)), expected);
        }
    }
}
