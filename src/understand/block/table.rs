//! Memo heads as Notes 5 to 7 printed them for the outside: an indented table, right-aligned, without rules.
//!
//! ```text
//!              "Ann Li"
//!              <ann@acme.exam
//!              ple>                                                       To
//!                                        <bo@ours.example>
//!              03/16/2000 07:06                                           cc
//!              AM
//!                                                                    Subject
//!                                        Maps
//! ```
//!
//! Who and when stand at the left, wrapped anywhere, addresses too; labels at the right, with or without
//! colons, beside or above their values; blank rows wherever they fell. The table ends at the first line
//! that begins left of it. Both halves must make sense, or it is no such head.

use crate::mail::Line;
use crate::understand::labels::{self, Kind, Kinds};

use super::columns;
use super::run::{Field, Run};

/// A head has no more rows, and none is wider.
const MOST_ROWS: usize = 60;
const WIDEST: usize = 300;
/// The table is set in by at least so many spaces.
const LEAST_INDENT: usize = 8;
/// The spaces that divide two cells.
const GAP: &str = "  ";

/// The run that begins at a line.
pub fn read(lines: &[Line], start: usize) -> Option<Run> {
    let head = lines.get(start)?;
    let indent = indent(head.words())?;
    let above = start.checked_sub(1).and_then(|above| lines.get(above));
    if indent < LEAST_INDENT || above.is_some_and(|line| !line.is_blank()) {
        return None;
    }
    let (mut left, mut right): (Vec<&str>, Vec<Field>) = (Vec::new(), Vec::new());
    let mut end = start;
    for (row, line) in lines.iter().enumerate().skip(start).take(MOST_ROWS) {
        let words = line.words();
        let Some(column) = self::indent(words) else { continue };
        if column < indent || line.depth != head.depth || words.len() > WIDEST {
            break;
        }
        for (at, cell) in cells(words) {
            if at == indent { left.push(cell) } else { take(&mut right, cell)? }
        }
        end = row + 1;
    }
    let (author, date) = columns::name_and_date(&columns::joined(&left))?;
    let has = |kind: Kind| right.iter().any(|field| field.kinds.has(kind));
    if !has(Kind::To) || !has(Kind::Subject) {
        return None;
    }
    let field = |kind, value| Field { kinds: Kinds::default().with(kind), value };
    let mut fields = vec![field(Kind::From, author), field(Kind::Date, date)];
    fields.append(&mut right);
    Some(Run { start, end, fields, ..Run::default() })
}

/// The spaces before the first word, counted in characters; `None` for a blank line.
fn indent(words: &str) -> Option<usize> {
    words.chars().position(|c| !c.is_whitespace())
}

/// The cells of a row and the columns they begin at.
fn cells(words: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let (mut column, mut rest) = (0, words.trim_end());
    while let Some(skip) = indent(rest) {
        let (blank, cell) = rest.split_at(rest.len() - rest.trim_start().len());
        debug_assert_eq!(blank.chars().count(), skip);
        let (cell, behind) = cell.find(GAP).map_or((cell, ""), |end| cell.split_at(end));
        found.push((column + skip, cell));
        column += skip + cell.chars().count();
        rest = behind;
    }
    found
}

/// A label begins a field, another cell goes on with the last; words before the first label are none of a head.
fn take(fields: &mut Vec<Field>, cell: &str) -> Option<()> {
    let (label, value) = labels::split(cell).unwrap_or((cell, ""));
    let seen = fields.iter().flat_map(|field| field.kinds.iter()).fold(Kinds::default(), Kinds::with);
    let kinds = labels::kinds(label);
    let kind = kinds.without(seen).iter().next().filter(|_| kinds != Kinds::default().with(Kind::Other));
    if let Some(kind) = kind {
        fields.push(Field { kinds: Kinds::default().with(kind), value: value.to_owned() });
        return Some(());
    }
    let last = fields.last_mut()?;
    let cut = last.value.rfind('<') > last.value.rfind('>');
    let between = if cut || last.value.is_empty() { "" } else { " " };
    last.value = format!("{}{between}{}", last.value, cell.trim());
    Some(())
}
