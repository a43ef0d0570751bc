//! Where an author's words end and the signature begins.
//!
//! Four shapes, strongest first: a delimiter line, a closing with little below
//! it, the line of a phone's mail program, a name above ways to reach it. What
//! programs add below counts as signature as well ([`super::disclaimer`]).
//! A signature stands at the end, and whatever looks like a sentence is text:
//! leaving a signature in costs less than losing words.

mod author;
pub mod learned;
mod shape;

use super::disclaimer;
use author::Author;
use shape::{
    is_barred_card, is_closing, is_contact, is_dashed_name, is_delimiter, is_line_of_signature, is_name, is_ornament,
    is_reachable, is_sent_from,
};

/// A signature below `-- ` may be long, but not a letter.
const MOST_BELOW_DELIMITER: usize = 40;

/// Below other dashes, and below a closing, it is a name with a card.
const MOST_BELOW_CLOSING: usize = 14;

/// Below the author's whole name, without ways to reach them: a title, a department, an extension.
const MOST_BELOW_NAME: usize = 3;

/// What stands above the lines in which a signature is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Above {
    /// Words of the author: all of the lines may be the signature.
    Words,
    /// Only quotes: all of them may be one if a program or a delimiter says so.
    Quotes,
    /// Nothing: the lines are the mail, and some of them are its words.
    Nothing,
}

/// The index of the signature's first line among `lines`, and the rule that found it.
///
/// `author` is the author's display name where it is known: a name standing alone at the end is
/// a signature only if it is theirs. Looks at the last lines only, and at each a few times.
pub fn find(lines: &[&str], author: Option<&str>, above: Above) -> Option<(usize, &'static str)> {
    let mut end = written(lines, lines.len());
    let mut found = None;
    let footer = disclaimer::begin(lines.get(..end)?);
    if footer < end && (above != Above::Nothing || written(lines, footer) > 0) {
        found = Some((footer, "footer"));
        end = written(lines, footer);
    }
    // A phone's line may stand below a card, a card below a closing: each is looked for above the last.
    for _ in 0..3 {
        let Some(next) = lines.get(..end).and_then(|part| one(part, author, above)) else { break };
        found = Some(next);
        end = written(lines, next.0);
    }
    let above_it = found.and_then(|(at, _)| name_above(lines, end, lines.get(at..)?));
    above_it.map(|at| (at, "name above a signature")).or(found)
}

/// The line before `end` if it is a name that the signature below repeats, or has two words and stands alone.
fn name_above(lines: &[&str], end: usize, signature: &[&str]) -> Option<usize> {
    let at = end.checked_sub(1)?;
    let line = lines.get(at)?.trim();
    let words: Vec<&str> = line.split_whitespace().collect();
    let head = signature.iter().take(MOST_BELOW_CLOSING);
    let repeated =
        || head.flat_map(|line| line.split(|c: char| !c.is_alphabetic())).any(|word| words.first() == Some(&word));
    let named = starts_paragraph(lines, at) && is_name(line) && words.iter().all(|word| word.chars().count() > 1);
    let likely = named
        && !is_announced(lines, at)
        && (words.len() == 2 && !line.ends_with(['.', '!']) || words.len() <= 3 && repeated());
    (likely && lines.iter().take(at).any(|line| !line.trim().is_empty())).then_some(at)
}

/// Whether a line is the signature of a phone's mail program, in any language.
pub fn is_phone_line(line: &str) -> bool {
    is_sent_from(line)
}

/// The line of a delimiter directly above `at`, blank lines aside; `at` if there is none.
pub fn delimiter_above(lines: &[&str], at: usize) -> usize {
    let above = written(lines, at).checked_sub(1);
    above.filter(|&i| lines.get(i).is_some_and(|line| is_delimiter(line))).unwrap_or(at)
}

/// The end of the last line before `end` that is not blank.
fn written(lines: &[&str], end: usize) -> usize {
    (0..end).rev().find(|&i| lines.get(i).is_some_and(|line| !line.trim().is_empty())).map_or(0, |i| i + 1)
}

fn one(lines: &[&str], author: Option<&str>, above: Above) -> Option<(usize, &'static str)> {
    let first = lines.iter().take_while(|line| line.trim().is_empty() || is_delimiter(line)).count();
    let by_program = |at: &usize| *at > first || above != Above::Nothing;
    let by_hand = |at: &usize| *at > first || above == Above::Words;
    let closing_from = if above == Above::Words { 0 } else { first + 1 };
    delimiter(lines)
        .filter(by_program)
        .map(|at| (at, "delimiter"))
        .or_else(|| closing(lines, closing_from).map(|at| (at, "closing")))
        .or_else(|| phone(lines).map(|at| rule_above(lines, at)).filter(by_program).map(|at| (at, "phone")))
        .or_else(|| dashed_name(lines).filter(by_hand).map(|at| (at, "dashed name")))
        .or_else(|| card(lines).filter(by_hand).map(|at| (at, "card")))
        .or_else(|| ornamented(lines, author).filter(by_hand).map(|at| (at, "ornaments")))
        .or_else(|| own_name(lines, author).filter(by_hand).map(|at| (at, "own name")))
}

/// A line of dashes with a signature below it.
fn delimiter(lines: &[&str]) -> Option<usize> {
    let mut below = 0;
    let mut found = None;
    for (index, line) in lines.iter().enumerate().rev() {
        if line.trim().is_empty() {
            continue;
        }
        if is_delimiter(line) {
            let strict = *line == "-- " || *line == "--";
            let most = if strict { MOST_BELOW_DELIMITER } else { MOST_BELOW_CLOSING };
            let rest = lines.get(index + 1..).unwrap_or_default();
            let fits = below <= most && (strict && *line == "-- " || reads_as_signature(rest, strict));
            if fits && below > 0 {
                found = Some(index);
            }
        }
        below += 1;
        if below > MOST_BELOW_DELIMITER {
            break;
        }
    }
    found
}

/// Whether the lines below dashes are a name, a card or a notice rather than the author's next paragraph.
fn reads_as_signature(lines: &[&str], strict: bool) -> bool {
    let written = || lines.iter().filter(|line| !line.trim().is_empty());
    let Some(first) = written().next() else { return false };
    let short = written().all(|line| is_line_of_signature(line));
    // A rule with words on both sides divides a table; one at the end closes a box.
    let divides = |i: usize| lines.get(i).is_some_and(|line| is_delimiter(line)) && written_below(lines, i);
    if !strict && (1..lines.len()).any(divides) {
        return false;
    }
    if strict {
        return short || is_name(first) || written().filter(|line| is_contact(line)).count() >= 2;
    }
    short && (is_name(first) || written().any(|line| is_contact(line)))
}

fn written_below(lines: &[&str], at: usize) -> bool {
    lines.iter().skip(at + 1).any(|line| !line.trim().is_empty())
}

/// A closing at or below line `from` with nothing but a signature below it.
fn closing(lines: &[&str], from: usize) -> Option<usize> {
    let mut below: Vec<&str> = Vec::new();
    let mut found = None;
    for (index, line) in lines.iter().enumerate().skip(from).rev() {
        if line.trim().is_empty() {
            continue;
        }
        if is_closing(line, &below) && !ends_a_paragraph(lines, index) {
            found = Some(index);
        }
        if !is_line_of_signature(line) || below.len() >= MOST_BELOW_CLOSING {
            break;
        }
        below.push(line);
    }
    found
}

/// Whether line `index` is the last sentence of words above it: `Thanks in advance.` with a blank line below only.
fn ends_a_paragraph(lines: &[&str], index: usize) -> bool {
    let stops = lines.get(index).is_some_and(|line| line.trim_end().ends_with(['.', '!']));
    let blank = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    stops && !starts_paragraph(lines, index) && blank(index + 1)
}

/// `Sent from my phone`, on the last line or the last two.
fn phone(lines: &[&str]) -> Option<usize> {
    let last = lines.len().checked_sub(1)?;
    (last.saturating_sub(1)..=last).find(|&at| lines.get(at).is_some_and(|line| is_sent_from(line)))
}

/// A row of dashes directly above belongs to the line.
fn rule_above(lines: &[&str], at: usize) -> usize {
    at.checked_sub(1).filter(|&above| lines.get(above).is_some_and(|line| is_delimiter(line))).unwrap_or(at)
}

/// `-Ann` or `/Ann`, last but for lines of a signature.
fn dashed_name(lines: &[&str]) -> Option<usize> {
    let last = lines.len().checked_sub(1)?;
    let alone = last == 0 || lines.get(last - 1).is_some_and(|above| !above.trim_start().starts_with(['-', '/']));
    (alone && is_dashed_name(lines.get(last)?)).then_some(last)
}

/// A last paragraph, or two, that begins with a name and goes on with ways to reach it.
fn card(lines: &[&str]) -> Option<usize> {
    let mut contacts = 0;
    let mut below = 0;
    let mut found = None;
    for (index, line) in lines.iter().enumerate().rev() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let barred = below == 0 && is_barred_card(line);
        if starts_paragraph(lines, index) && (barred || is_name(line) && contacts > 0 && contacts * 3 >= below) {
            found = Some(index).filter(|&index| !is_announced(lines, index));
        }
        if !is_line_of_signature(line) || below >= MOST_BELOW_CLOSING {
            break;
        }
        contacts += usize::from(is_contact(line));
        below += 1;
    }
    found
}

/// The author's own name or initials on the last line; or the whole name with a short line or three below or behind it.
fn own_name(lines: &[&str], author: Option<&str>) -> Option<usize> {
    let author = Author::of(author?);
    let last = lines.len().checked_sub(1)?;
    let line = lines.get(last)?;
    let apart = starts_paragraph(lines, last) && !is_announced(lines, last);
    if author.signs(line) || apart && (author.heads(line) || author.owns_address(line)) {
        return Some(last);
    }
    let top = (0..=last).rev().take(MOST_BELOW_NAME + 1).find(|&index| starts_paragraph(lines, index))?;
    let (name, below) = (lines.get(top)?, lines.get(top + 1..)?);
    let is_card = author.is_whole(name) && below.iter().all(|line| is_line_of_signature(line))
        || author.signs(name) && below.iter().all(|line| is_contact(line));
    (is_card && !is_announced(lines, top)).then_some(top)
}

/// A last paragraph in a frame of ornaments that names an address, a page or the author.
fn ornamented(lines: &[&str], author: Option<&str>) -> Option<usize> {
    let last = lines.len().checked_sub(1)?;
    let top = (0..=last).rev().take(MOST_BELOW_CLOSING).find(|&index| starts_paragraph(lines, index))?;
    let author = author.map(Author::of);
    let names = |line: &&str| is_reachable(line) || author.as_ref().is_some_and(|author| author.is_in(line));
    let framed = is_ornament(lines.get(top)?) && last > top;
    (framed && lines.get(top..)?.iter().any(names) && !is_announced(lines, top)).then_some(top)
}

fn starts_paragraph(lines: &[&str], index: usize) -> bool {
    index.checked_sub(1).and_then(|above| lines.get(above)).is_none_or(|above| above.trim().is_empty())
}

/// Whether the words above line `at` end in a colon: then what follows is what they announce.
fn is_announced(lines: &[&str], at: usize) -> bool {
    let above = lines.iter().take(at).rev().find(|line| !line.trim().is_empty());
    above.is_some_and(|line| line.trim_end().ends_with([':', '\u{ff1a}']))
}

#[cfg(test)]
mod tests;
