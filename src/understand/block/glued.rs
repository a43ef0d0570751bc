//! Header lines that a client glued into one: `From: Ann <a@x>To: Bo <b@x>Sent: …Subject: …`.

use crate::understand::labels::{self, Kind, Kinds};
use crate::understand::lines::{Lines, Signs};
use crate::understand::separators;

use super::run::{Field, Run};

/// Longer lines are no header lines.
const LONGEST: usize = 6000;
/// Colons looked at in one line; more are text.
const MOST_COLONS: usize = 60;

/// The run that one line, or a few wrapped ones, hold.
pub fn read(lines: &Lines<'_>, at: usize) -> Option<Run> {
    let head = lines.get(at)?;
    if !lines.signs(at).has(Signs::COLON) || !may_be_glued(head.words()) {
        return None;
    }
    let mut text = head.words().to_owned();
    let mut best = fields(&text);
    let mut end = at + 1;
    for line in lines.iter().skip(at + 1).take(5) {
        let complete = best.as_ref().is_some_and(|(_, f)| f.iter().any(|f| f.kinds.has(Kind::Subject)));
        if complete || line.words().trim().is_empty() || line.depth != head.depth {
            break;
        }
        text = format!("{text} {}", line.words());
        let Some(longer) = fields(&text) else { break };
        if longer.1.len() > best.as_ref().map_or(0, |(_, f)| f.len()) {
            end += 1;
            best = Some(longer);
        } else {
            break;
        }
    }
    let (prefix, fields) = best?;
    let announced = separators::announcement(prefix.trim());
    Some(Run { start: at, end, fields, announced, spare_date: None })
}

fn may_be_glued(text: &str) -> bool {
    text.len() <= LONGEST && labels::colons(text) >= 3
}

/// The words before the first label, and the fields; `None` unless three different kinds stand there,
/// an author among them, and nothing but a separator before the first.
fn fields(text: &str) -> Option<(String, Vec<Field>)> {
    let marks = labels_in(text);
    let prefix = text.get(..marks.first()?.start)?;
    if !prefix.trim().is_empty() && separators::announcement(prefix.trim()).is_none() {
        return None;
    }
    let ends = marks.iter().skip(1).map(|m| m.start).chain([text.len()]);
    let fields: Vec<Field> = marks
        .iter()
        .zip(ends)
        .map(|(mark, end)| Field {
            kinds: mark.kinds,
            value: text.get(mark.value..end).unwrap_or("").trim().trim_matches('*').trim().to_owned(),
        })
        .collect();
    let whole = fields.len() >= 3 && fields.iter().any(|f| f.kinds.has(Kind::From));
    whole.then(|| (prefix.to_owned(), fields))
}

struct Mark {
    start: usize,
    value: usize,
    kinds: Kinds,
}

fn labels_in(text: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut taken = Kinds::default();
    let colons = text.char_indices().filter(|(_, c)| labels::is_colon(*c)).take(MOST_COLONS);
    for (seen, (at, colon)) in colons.enumerate() {
        if seen == 1 && marks.is_empty() {
            break; // Glued header lines begin with a label.
        }
        let floor = marks.last().map_or(0, |m| m.value);
        let Some((start, kinds)) = label_before(text, floor, at) else { continue };
        let fresh = kinds.without(taken);
        if fresh.is_empty() {
            continue;
        }
        if fresh.iter().count() == 1 {
            taken = fresh.iter().fold(taken, Kinds::with);
        }
        marks.push(Mark { start, value: at + colon.len_utf8(), kinds: fresh });
    }
    marks
}

/// The longest known label that ends at a colon and begins where a word may begin.
fn label_before(text: &str, floor: usize, colon: usize) -> Option<(usize, Kinds)> {
    let before = text.get(floor..colon)?;
    let starts = before.char_indices().rev().take(32);
    let known = starts.filter_map(|(at, first)| {
        let label = before.get(at..)?;
        let previous = before.get(..at)?.chars().next_back();
        may_begin(previous, first, label.trim_end().chars().count()).then_some(())?;
        let kinds = labels::kinds(label);
        (!kinds.is_empty()).then_some((floor + at, kinds))
    });
    known.last()
}

/// A capital letter, or a letter of a script without capitals. Without a gap before it a label needs
/// three letters, unless the script changes there.
fn may_begin(previous: Option<char>, first: char, length: usize) -> bool {
    if !first.is_alphabetic() || (first.is_lowercase() && !labels::is_caseless(first)) {
        return false;
    }
    let gap = previous.is_none_or(|c| !c.is_alphanumeric());
    let other_script = !first.is_ascii() && labels::is_caseless(first) && previous.is_some_and(|c| c.is_ascii());
    gap || length > 2 || other_script
}
