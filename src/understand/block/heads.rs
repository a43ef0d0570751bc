//! Heads of one line that name author and date without a word for writing:
//!
//! ```text
//! Forwarded message from Ann Li on Tue Mar 4, 2025 at 2:05 PM:
//! >>> Ann Li <ann@acme.example> 9/23/2021 2:05 PM >>>
//! "Ann Li" ann@acme.example – March 2, 2026 9:14 AM
//! > Hello Bo,
//! ```
//!
//! The first two are unmistakable, so that the name alone is enough; the last needs its address, and
//! quoted lines below it.

use crate::mail::{Line, Participant};
use crate::understand::plain::plain;
use crate::understand::separators::{self, Announcement};
use crate::understand::{attribution, people, when};

use super::Block;

/// Longer lines are prose.
const LONGEST: usize = 300;
/// A name has no more words, a date neither.
const MOST_WORDS: usize = 9;

/// The head that is the one line at that place.
pub fn at(lines: &[Line], at: usize) -> Option<Block> {
    let line = lines.get(at).filter(|line| line.text.len() <= LONGEST)?;
    let (announced, told) = if attribution::is_framed(&line.text) {
        (None, line.text.trim().trim_matches('>').trim())
    } else if let Some(told) = separators::told_of_original(line.words()) {
        (Some(Announcement::Forward), told)
    } else {
        return above_quote(lines, at);
    };
    let (author, date) = split(told)?;
    let depth = if announced.is_some() { line.depth } else { 0 };
    Some(block(at, depth, announced, author, date))
}

fn above_quote(lines: &[Line], at: usize) -> Option<Block> {
    let line = lines.get(at)?;
    let words = line.words().trim();
    if !words.contains('@') || !words.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let below = lines.iter().skip(at + 1).take(3).find(|line| !line.is_blank())?;
    let (author, date) = Some(words).filter(|_| below.depth > line.depth).and_then(split)?;
    let address = author.address.as_ref()?;
    // A sentence tells of a day; a program states the minute, and nothing else.
    let behind = words.split_once(address.as_str())?.1.trim_start_matches(|c: char| !c.is_alphanumeric());
    let stated = behind.contains(':') && !behind.starts_with(char::is_lowercase) && !behind.ends_with(['.', '!', '?']);
    let is_date = behind.split_whitespace().count() <= MOST_WORDS && when::read(behind, None).is_some();
    (stated && is_date).then(|| block(at, line.depth, None, author, date))
}

/// Who, and when: the date is what stands last.
fn split(told: &str) -> Option<(Participant, String)> {
    let whole = when::read(told, None)?;
    let mut starts = told.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    let at = starts.rfind(|at| told.get(*at..).and_then(|rest| when::read(rest, None)) == Some(whole))?;
    let (who, date) = told.split_at_checked(at)?;
    let mut words: Vec<&str> = who.split_whitespace().collect();
    while words.last().is_some_and(|word| leads_to_a_date(word)) {
        words.pop();
    }
    let author = people::author(&words.join(" "))?;
    let sentence = author.address.is_none() && words.iter().any(|word| is_common(word));
    let named = !sentence && (1..=MOST_WORDS).contains(&words.len());
    named.then(|| (author, date.trim().to_owned()))
}

/// A word that no name has: a small letter first, and longer than `van` or `dos`.
fn is_common(word: &str) -> bool {
    word.starts_with(char::is_lowercase) && word.chars().filter(|c| c.is_alphabetic()).count() > 3
}

/// A weekday, a word such as `on` or `am`, or a dash.
fn leads_to_a_date(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let small = bare.chars().count() <= 3 && bare.chars().all(char::is_lowercase);
    bare.is_empty() || (!word.contains('@') && (small || when::is_weekday(&plain(bare))))
}

fn block(at: usize, depth: u8, announced: Option<Announcement>, author: Participant, date: String) -> Block {
    Block {
        start: at,
        end: at + 1,
        depth,
        announced,
        author: Some(author),
        recipients: Vec::new(),
        date: Some(date),
        subject: None,
        attribution: true,
        score: super::ENOUGH,
        grounds: vec!["author and date in one line"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(mail: &str) -> Option<(String, String)> {
        let lines: Vec<Line> = mail.lines().map(Line::plain).collect();
        let block = at(&lines, 0)?;
        let author = block.author.clone()?;
        let name = author.name.map_or(String::new(), |name| name.raw().to_owned());
        Some((name, block.sent(None)?.0.to_string()))
    }

    #[test]
    fn one_line_names_author_and_date() {
        let told = Some(("Ann Li".to_owned(), "2025-03-04T14:05:00+00:00".to_owned()));
        for mail in [
            "Forwarded message from Ann Li on Tue Mar 4, 2025 at 2:05 PM:",
            ">>> Ann Li <ann@acme.example> 3/4/2025 2:05 PM >>>",
            ">>> Ann Li 04.03.2025 14:05 >>>",
            "\"Ann Li\" ann@acme.example – March 4, 2025 2:05 PM\n> Hello",
        ] {
            assert_eq!(found(mail), told, "{mail}");
        }
    }

    #[test]
    fn words_with_an_address_and_a_date_are_no_head() {
        for mail in [
            "Ann ann@acme.example – March 4, 2025 2:05 PM\nHello",
            "ann@acme.example wants it by March 4, 2025, tell me whether that is possible for you\n> Hello",
            "Called Ann Li (ann@acme.example) on 4 March 2025.\n> as agreed",
            "Called Ann Li (ann@acme.example) on 4 March 2025 at 14:05\n> as agreed",
            "Forwarded message from Ann Li",
            "Forwarded message from Ann on the phone, 4 March 2025 about 14:05:",
            ">>>  Do not ship before June 5!!  <<<",
        ] {
            assert_eq!(found(mail), None, "{mail}");
        }
    }
}
