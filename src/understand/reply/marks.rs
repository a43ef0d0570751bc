//! Quote marks other than `>` at the edge: initials (`JD> text`), bars and colons of old news readers, GroupWise's frame.
//!
//! Such marks are also prompts, tables and lists. They count only where the line above their first use
//! announces a quote, and then for the whole mail. Lines so marked are given a depth, as `>` would have.

use std::borrow::Cow;

use crate::mail::text::Line;
use crate::understand::attribution;

/// What old news readers put before quoted lines. Dashes, stars and plus signs are lists.
const MARKS: &[char] = &['|', ':', '}', '%', '#', ']', '~', '=', '\u{bb}', '\u{203a}', '>', WIDE];

/// The wide form of `>`, which people type themselves in front of each line, without an announcement.
const WIDE: char = '\u{ff1e}';

/// Bars stand at the edge, or a space behind it; `>` may be indented with its announcement.
const DEEPEST_BAR: usize = 1;
const DEEPEST_MARK: usize = 4;

/// A mail announces so many quotes at most in marks of its own.
const MOST_PREFIXES: usize = 8;

/// The lines with every mark made a depth; borrowed where nothing changes, as in most mails.
pub(super) fn made_plain(lines: &[Line]) -> Cow<'_, [Line]> {
    let prefixes = prefixes(lines);
    let framed = |line: &Line| attribution::is_framed(&line.text);
    if prefixes.is_empty() && !lines.iter().any(framed) {
        return Cow::Borrowed(lines);
    }
    let plain = lines.iter().map(|line| {
        if framed(line) {
            return Line { depth: 0, start: 0, ..line.clone() };
        }
        let behind = prefix(line).filter(|(prefix, _)| prefixes.contains(prefix)).map(|(_, behind)| behind);
        behind.map_or_else(|| line.clone(), |start| Line { depth: 1, start, ..line.clone() })
    });
    Cow::Owned(plain.collect())
}

/// The marks that an announcement introduces.
fn prefixes(lines: &[Line]) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let mut above: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        if line.is_blank() {
            continue;
        }
        if found.len() < MOST_PREFIXES
            && let Some((prefix, _)) = prefix(line)
            && !found.contains(&prefix)
            && (prefix.starts_with(WIDE) || above.is_some_and(|above| announces(lines, above, prefix)))
        {
            found.push(prefix);
        }
        above = Some(index);
    }
    found
}

/// Whether the line at `above` says that a quote in this mark follows.
fn announces(lines: &[Line], above: usize, prefix: &str) -> bool {
    let Some(line) = lines.get(above) else { return false };
    let initials = prefix.ends_with('>');
    initials && line.depth > 0 && line.text.contains(prefix.trim_end_matches('>'))
        || line.depth == 0 && attribution::ending_at(lines, above, true).is_some()
}

/// The mark that an unquoted line begins with, and the byte where its words begin.
fn prefix(line: &Line) -> Option<(&str, u16)> {
    if line.depth > 0 {
        return None;
    }
    let text = line.text.as_str();
    let inner = text.trim_start_matches([' ', '\t']);
    let indent = text.len() - inner.len();
    let length = initials(inner).or_else(|| bar(inner).filter(|_| indent <= deepest(inner)))?;
    let rest = inner.get(length..)?;
    let start = text.len() - rest.strip_prefix(' ').unwrap_or(rest).len();
    Some((inner.get(..length)?, u16::try_from(start).ok()?))
}

/// The length of `JD>`.
fn initials(text: &str) -> Option<usize> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let begun = text.starts_with(|c: char| c.is_ascii_uppercase());
    (begun && (1..=4).contains(&letters) && text.get(letters..)?.starts_with('>')).then_some(letters + 1)
}

fn deepest(mark: &str) -> usize {
    if mark.starts_with('>') { DEEPEST_MARK } else { DEEPEST_BAR }
}

/// The length of a bar; none for a table's row, which ends in one as well.
fn bar(text: &str) -> Option<usize> {
    let first = text.chars().next().filter(|c| MARKS.contains(c))?;
    let rest = text.get(first.len_utf8()..)?;
    (!rest.trim_end().ends_with(first) && !rest.starts_with(first)).then_some(first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text;

    fn depths(mail: &str) -> Vec<u8> {
        made_plain(&text::body(mail, None).lines).iter().map(|line| line.depth).collect()
    }

    #[test]
    fn marks_count_once_they_are_announced() {
        assert_eq!(depths("Jo Dent wrote:\nJD> One?\nYes.\nJD> Two?"), [0, 1, 0, 1]);
        assert_eq!(depths("jd@acme.example (Jo Dent) writes:\n| One?\n|\nYes."), [0, 1, 1, 0]);
        assert_eq!(depths("Jo Dent schreibt:\n | One?\n |\n\nYes."), [0, 1, 1, 0, 0]);
        assert_eq!(depths("Jo Dent schrieb:\n» One?\nYes."), [0, 1, 0]);
        assert_eq!(depths("  Jo Dent wrote:\n  > One?\n\nYes."), [0, 1, 0, 0]);
        assert_eq!(depths("\u{ff1e}One?\nYes."), [1, 0]);
        assert_eq!(depths(">>> \"JD\" == Jo Dent writes:\n    JD> One?\nYes."), [3, 1, 0]);
    }

    #[test]
    fn prompts_tables_and_lists_are_words() {
        for mail in ["Run this:\nSQL> select 1\nSQL> exit", "Bo said:\n| a | b |\n| 1 | 2 |", "He wrote:\n- one\n- two"]
        {
            assert!(depths(mail).iter().all(|depth| *depth == 0), "{mail}");
        }
    }
}
