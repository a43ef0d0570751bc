//! Header lines whose labels have no colon, as some clients show them:
//!
//! ```text
//! From "Ann Li" <ann@acme.example>
//! To bo@ours.example
//! Date 10/6/2026 9:31:08 AM
//! Subject Plan
//! ```
//!
//! Prose begins with such words too, so all of it must fit: lines in a row that each begin with a
//! known label of another kind, an address where one belongs, and a date that can be read.

use crate::understand::labels::{self, Kind, Kinds};
use crate::understand::lines::{Lines, Signs};
use crate::understand::{people, when};

use super::run::{Field, Run};

/// A block of such lines has no more than this.
const MOST_FIELDS: usize = 8;
/// An author, recipients, a date and a subject.
const FEWEST_FIELDS: usize = 4;
/// Labels are no longer than this, in words and in characters.
const MOST_WORDS: usize = 4;
const LONGEST_LABEL: usize = 30;

/// The run that begins at a line.
pub fn read(lines: &Lines<'_>, start: usize) -> Option<Run> {
    let depth = lines.get(start)?.depth;
    if !may_begin(lines, start) {
        return None;
    }
    let mut run = Run { start, end: start, ..Run::default() };
    let mut taken = Kinds::default();
    for line in lines.iter().skip(start).take(MOST_FIELDS) {
        let Some(field) = Some(line).filter(|l| l.depth == depth).and_then(|l| field(l.words(), taken)) else { break };
        taken = field.kinds.iter().fold(taken, Kinds::with);
        run.fields.push(field);
        run.end += 1;
    }
    let addressed = |kind: Kind| run.value(kind).is_some_and(|value| people::first_address(value).is_some());
    let dated = run.value(Kind::Date).is_some_and(|value| when::read(value, None).is_some());
    let whole = addressed(Kind::From) && addressed(Kind::To) && dated && run.has(Kind::Subject);
    whole.then_some(run)
}

/// Whether enough lines follow without a gap, and one holds an address: looking up labels costs more.
fn may_begin(lines: &Lines<'_>, start: usize) -> bool {
    let rows = || (start..start + MOST_FIELDS).take_while(|at| !lines.is_blank(*at));
    rows().any(|at| lines.signs(at).has(Signs::AT)) && rows().count() >= FEWEST_FIELDS
}

/// The longest known label that begins the line, and the rest.
fn field(words: &str, taken: Kinds) -> Option<Field> {
    let words = words.trim();
    let beginning = words.char_indices().take(LONGEST_LABEL).take_while(|(_, c)| !labels::is_colon(*c));
    let ends: Vec<usize> = beginning.filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take(MOST_WORDS).collect();
    ends.into_iter().rev().find_map(|end| {
        let (label, value) = words.split_at_checked(end)?;
        let kinds = labels::kinds(label).without(taken);
        let fits = |kind: &Kind| match kind {
            Kind::From | Kind::To | Kind::Cc | Kind::Bcc => people::first_address(value).is_some(),
            Kind::Date => when::read(value, None).is_some(),
            Kind::Subject => true,
            _ => false,
        };
        let kind = kinds.iter().find(fits)?;
        let value = value.trim();
        (!value.starts_with(labels::is_colon))
            .then(|| Field { kinds: Kinds::default().with(kind), value: value.to_owned() })
    })
}
