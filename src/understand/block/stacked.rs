//! Labels without colons on lines of their own, each above its value, as Notes and definition lists give them:
//!
//! ```text
//! To
//! <bo@ours.example>
//! cc
//!
//! Subject
//! Maps
//! ```
//!
//! Prose has such lines too, one at a time: a recipient and a subject, and one more label or an address
//! where it belongs, must be there.

use crate::understand::labels::{self, Kind, Kinds};
use crate::understand::lines::{Lines, Signs};
use crate::understand::people;

use super::run::{Field, Run};

/// A block of such labels has no more.
const MOST_FIELDS: usize = 10;
/// Recipients may take many lines, other values few.
const MOST_PEOPLE: usize = 40;
const MOST_WORDS: usize = 3;
/// No label is longer, in bytes.
const LONGEST_LABEL: usize = 60;

/// The run that begins at a line.
pub fn read(lines: &Lines<'_>, start: usize) -> Option<Run> {
    let depth = lines.get(start)?.depth;
    let mut run = Run { start, end: start, ..Run::default() };
    let mut taken = Kinds::default();
    let mut at = start;
    while run.fields.len() < MOST_FIELDS {
        let same_depth = lines.get(at).is_some_and(|line| line.depth == depth);
        let Some(kinds) = lone_label(lines, at, taken).filter(|_| same_depth) else { break };
        taken = kinds.iter().fold(taken, Kinds::with);
        let below = at + 1 + usize::from(address_below_blank(lines, at + 1));
        let (value, end) = value(lines, below, depth, kinds, taken);
        run.fields.push(Field { kinds, value });
        run.end = end;
        // A blank line may stand for an empty value, or between two labels.
        at = (end..end + 2).find(|at| *at >= lines.len() || !lines.is_blank(*at)).unwrap_or(end);
    }
    let addressed = run.value(Kind::To).is_some_and(|value| people::first_address(value).is_some());
    let whole = run.has(Kind::To) && run.has(Kind::Subject) && (addressed || run.fields.len() >= 3);
    whole.then_some(run)
}

/// Whether an address stands below a blank line, as in text made from tables.
fn address_below_blank(lines: &Lines<'_>, at: usize) -> bool {
    lines.is_blank(at) && lines.get(at + 1).is_some_and(|line| people::first_address(line.words()).is_some())
}

/// A known label that is the whole line, of a kind not yet seen.
fn lone_label(lines: &Lines<'_>, at: usize, taken: Kinds) -> Option<Kinds> {
    let signs = lines.signs(at);
    // Looking up a label costs more.
    if [Signs::AT, Signs::STOP, Signs::COLON].iter().any(|sign| signs.has(*sign)) {
        return None;
    }
    let words = lines.get(at)?.words().trim();
    if words.len() > LONGEST_LABEL {
        return None;
    }
    let fresh = labels::kinds(words).without(taken);
    let header = fresh.iter().find(|kind| !matches!(kind, Kind::Other))?;
    // The first of several meanings; the others stay free for labels that mean nothing else.
    Some(Kinds::default().with(header))
}

/// The lines down to the next label or blank line, joined, and the line after them.
fn value(lines: &Lines<'_>, start: usize, depth: u8, kinds: Kinds, taken: Kinds) -> (String, usize) {
    let people = [Kind::From, Kind::To, Kind::Cc, Kind::Bcc].iter().any(|kind| kinds.has(*kind));
    let most = if people { MOST_PEOPLE } else { MOST_WORDS };
    let of_value = |at: usize| {
        let line = lines.get(at).filter(|line| line.depth == depth && !lines.is_blank(at))?;
        lone_label(lines, at, taken).is_none().then(|| line.words().trim())
    };
    let values: Vec<&str> = (start..start + most).map_while(of_value).collect();
    (values.join(" "), start + values.len())
}
