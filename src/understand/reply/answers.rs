//! Answers that an author wrote into the quote in letters of another colour, as Outlook's users do.
//!
//! Quoted text is coloured as well, so the author must say above the quote that answers stand in it, and
//! they must be the smaller part of what was quoted last; deeper quotes are never looked at.

use std::sync::LazyLock;

use crate::mail::text::{Line, Marks};
use crate::understand::letters::lowered;
use crate::understand::wordlist::Phrases;

static ANNOUNCED: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/answers.txt")));

/// An announcement is a line or two above the quote, in characters.
const LONGEST_ANNOUNCEMENT: usize = 2000;

/// Programs break lines behind so many characters.
const BROKEN: usize = 65;

/// Whether the author's words above a quote say that there are answers inside it.
pub(super) fn are_announced<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let mut read = 0;
    words
        .take_while(|line| {
            read += line.len() + 1;
            read <= LONGEST_ANNOUNCEMENT
        })
        .any(|line| ANNOUNCED.inside(&lowered(line)))
}

/// Which of the quoted `lines` begin with the author's name in brackets (`[Ann Li] Yes.`), as Outlook marks
/// comments in a quote; counted from the first of them. A long line may have been broken.
pub(super) fn by_name(lines: &[Line], author: Option<&str>) -> Vec<usize> {
    let Some(author) = author.map(str::trim).filter(|name| name.chars().count() >= 2) else { return Vec::new() };
    let signed = |line: &Line| {
        let inner = line.words().trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
        inner.is_some_and(|(name, said)| name.trim().eq_ignore_ascii_case(author) && !said.trim().is_empty())
    };
    let mut found: Vec<usize> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let above = index.checked_sub(1).filter(|above| found.last() == Some(above)).and_then(|above| lines.get(above));
        let broken = above.is_some_and(|above| above.words().chars().count() >= BROKEN) && !line.is_blank();
        if signed(line) || broken {
            found.push(index);
        }
    }
    found
}

/// Which of the quoted `lines` are answers in another colour; counted from the first of them.
pub(super) fn in_colour(lines: &[Line]) -> Vec<usize> {
    let is_answer = |line: &Line| line.marks.has(Marks::COLOURED) && !line.is_blank();
    let answers: Vec<usize> = (0..lines.len()).filter(|&i| lines.get(i).is_some_and(is_answer)).collect();
    let written = lines.iter().filter(|line| !line.is_blank()).count();
    if answers.len() * 3 <= written * 2 && answers.len() < written { answers } else { Vec::new() }
}
