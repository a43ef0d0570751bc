//! Blocks in two columns, as Notes printed them: who and when on the left, labels on the right.
//!
//! ```text
//!           "Ann Li"
//!           <ann@acme.exam       To:     <bo@ours.example>
//!           ple>                 cc:
//!                                Subject:     Maps
//!           03/16/2000 07:06 AM
//! ```
//!
//! The labels stand at one column, behind a gap; what stands left of it, taken together, must be a name
//! and a date, or it is no such block.

use crate::mail::Line;
use crate::understand::labels::{self, Kind, Kinds};
use crate::understand::lines::{Lines, Signs};
use crate::understand::when;

use super::headless;
use super::run::{Field, Run};

/// A block of this kind has no more lines, and none is wider.
const MOST_LINES: usize = 14;
const WIDEST: usize = 400;
/// The first label stands in one of so many lines.
const MOST_UNLABELLED: usize = 5;
/// The spaces that divide the columns.
const GAP: &str = "  ";

/// The run that begins at a line, which must be the first of its paragraph.
pub fn read(lines: &Lines<'_>, start: usize) -> Option<Run> {
    let head = lines.get(start).filter(|_| !lines.is_blank(start))?;
    let labelled = |at: usize| lines.signs(at).has(Signs::COLON);
    if start.checked_sub(1).is_some_and(|above| !lines.is_blank(above))
        || !(start..start + MOST_UNLABELLED).any(labelled)
    {
        return None;
    }
    let rows: Vec<&str> = lines
        .iter()
        .skip(start)
        .take(MOST_LINES)
        .take_while(|line| !line.is_blank() && line.depth == head.depth && line.words().len() <= WIDEST)
        .map(Line::words)
        .collect();
    let column = rows.iter().take(MOST_UNLABELLED).find_map(|row| label_column(row))?;
    let (mut left, mut right): (Vec<&str>, Vec<Field>) = (Vec::new(), Vec::new());
    for row in &rows {
        let (one, other) = halves(row, column)?;
        left.push(one.trim());
        take(&mut right, other);
    }
    let (author, date) = name_and_date(&joined(&left))?;
    let labelled = |kind: Kind| right.iter().any(|f| f.kinds.has(kind));
    if !labelled(Kind::To) || !labelled(Kind::Subject) {
        return None;
    }
    let kind = |kind, value| Field { kinds: Kinds::default().with(kind), value };
    let mut fields = vec![kind(Kind::From, author), kind(Kind::Date, date)];
    fields.append(&mut right);
    Some(Run { start, end: start + rows.len(), fields, ..Run::default() })
}

/// Where a known label stands behind a gap, counted in characters.
fn label_column(row: &str) -> Option<usize> {
    let colon = row.find(':')?;
    let before = row.get(..colon)?;
    let at = before.rfind(GAP)? + GAP.len();
    let kinds = labels::kinds(before.get(at..)?);
    (kinds.has(Kind::To) || kinds.has(Kind::Cc)).then(|| before.get(..at).unwrap_or("").chars().count())
}

/// A row's two halves; `None` when words run across the column.
fn halves(row: &str, column: usize) -> Option<(&str, &str)> {
    let at = row.char_indices().nth(column).map_or(row.len(), |(at, _)| at);
    let (left, right) = row.split_at_checked(at)?;
    let divided = right.trim().is_empty() || left.is_empty() || left.ends_with(' ');
    divided.then_some((left, right))
}

/// A labelled half begins a field, another one goes on with the last.
fn take(fields: &mut Vec<Field>, half: &str) {
    match labels::split(half).map(|(label, value)| (labels::kinds(label), value)) {
        Some((kinds, value)) if !kinds.is_empty() => fields.push(Field { kinds, value: value.to_owned() }),
        _ if half.trim().is_empty() => {}
        _ => {
            if let Some(last) = fields.last_mut() {
                last.value = format!("{} {}", last.value, half.trim()).trim().to_owned();
            }
        }
    }
}

/// The left column as one line. An address cut in two is put together again.
pub fn joined(left: &[&str]) -> String {
    left.iter().filter(|part| !part.is_empty()).fold(String::new(), |line, part| {
        let cut = line.rfind('<') > line.rfind('>');
        if line.is_empty() || cut { line + part } else { format!("{line} {part}") }
    })
}

/// `"Ann Li" <ann@acme.example> 03/16/2000 07:06 AM`, with or without who sent it for her.
pub fn name_and_date(line: &str) -> Option<(String, String)> {
    let starts = line.match_indices(' ').map(|(at, _)| at + 1);
    let digit = |at: &usize| line.get(*at..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let at = starts.filter(digit).find(|at| line.get(*at..).is_some_and(|rest| when::read(rest, None).is_some()))?;
    let (name, date) = line.split_at_checked(at)?;
    let name = without_notes(name).trim_end_matches(" on").trim();
    let date = without_notes(date);
    name.chars().any(char::is_alphabetic).then(|| (name.to_owned(), date.to_owned()))
}

/// What stands before `Sent by: …` or `Please respond to …`.
fn without_notes(words: &str) -> &str {
    let starts = words.char_indices().filter(|(at, _)| *at == 0 || words.get(..*at).is_some_and(|b| b.ends_with(' ')));
    let note = starts.map(|(at, _)| at).find(|at| words.get(*at..).is_some_and(headless::is_note));
    note.and_then(|at| words.get(..at)).unwrap_or(words).trim()
}
