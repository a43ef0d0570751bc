//! Forwards that announce their original in one line, as some Outlooks do:
//! `On 28/10/2021 12:46, "Ann Li" <ann@acme.example> wrote:`
//!
//! Only the shape counts: a line, or a few wrapped ones, with a date and an
//! address, that ends in a colon. The address is required: a reply quotes
//! people by name alone, and that is not enough to name an author.

use crate::mail::Line;
use crate::understand::{labels, people, when};

use super::Block;

/// Wrapped over more lines, or longer, it is prose.
const MOST_LINES: usize = 4;
const LONGEST: usize = 400;

/// The first attribution line, or one-line head ([`super::heads`]).
pub fn find(lines: &[Line]) -> Option<Block> {
    (0..lines.len().min(super::MOST_LINES)).find_map(|at| {
        let attribution = || ends_in_colon(lines, at).then(|| ending_at(lines, at)).flatten();
        super::heads::at(lines, at).or_else(attribution)
    })
}

/// The attribution that is the one line at that place.
pub fn at(lines: &[Line], at: usize) -> Option<Block> {
    let line = lines.get(at).filter(|_| ends_in_colon(lines, at)).filter(|line| line.words().len() <= LONGEST)?;
    read(line.words().trim(), at, at, line.depth)
}

fn ends_in_colon(lines: &[Line], at: usize) -> bool {
    lines.get(at).is_some_and(|line| line.words().trim_end().ends_with(labels::is_colon))
}

fn ending_at(lines: &[Line], last: usize) -> Option<Block> {
    let depth = lines.get(last)?.depth;
    let mut joined = String::new();
    for start in (0..=last).rev().take(MOST_LINES) {
        let line = lines.get(start).filter(|line| line.depth == depth && !line.words().trim().is_empty())?;
        joined = format!("{} {joined}", line.words().trim());
        if joined.len() > LONGEST {
            return None;
        }
        if let Some(block) = read(joined.trim(), start, last, depth) {
            return Some(block);
        }
    }
    None
}

fn read(text: &str, start: usize, last: usize, depth: u8) -> Option<Block> {
    let (_, end) = people::first_address(text)?;
    when::read(text, None)?;
    let before = text.get(..end)?;
    let behind = text.get(end..)?;
    let author = people::author(&format!("{} {}", name_at_end(before), behind.trim_end_matches(labels::is_colon)))?;
    author.address.as_ref()?;
    Some(Block {
        start,
        end: last + 1,
        depth,
        announced: None,
        author: Some(author),
        recipients: Vec::new(),
        date: Some(text.to_owned()),
        subject: None,
        attribution: true,
        score: super::ENOUGH,
        grounds: vec!["date and address in a line that ends in a colon"],
    })
}

/// The name at the end of `On 28 Oct 2021, at 12:46, Ann Li`: what follows the date, or stands in quotes.
fn name_at_end(before: &str) -> String {
    let before = before.trim_end().trim_end_matches(['<', '(', '[']).trim_end();
    if before.matches('"').count() % 2 == 1 {
        return before.rsplit('"').next().map(|name| format!("\"{name}\"")).unwrap_or_default();
    }
    let after = before.rsplit([',', '，']).next().unwrap_or("");
    let after = after.rsplit(|c: char| c.is_ascii_digit() || c == ':').next().unwrap_or("");
    let mut words: Vec<&str> = after.split_whitespace().collect();
    while words
        .first()
        .is_some_and(|w| w.chars().next().is_some_and(|c| c.is_lowercase() || !c.is_alphabetic()) || is_clock(w))
    {
        words.remove(0);
    }
    format!("\"{}\"", words.join(" "))
}

fn is_clock(word: &str) -> bool {
    matches!(word, "AM" | "PM" | "Uhr")
        || (word.chars().count() >= 3 && word.chars().all(|c| c.is_ascii_uppercase() || c == '+'))
}
