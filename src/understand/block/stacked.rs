//! Blocks whose labels stand alone, each above its value, as text made from the tables of Notes shows them.
//!
//! ```text
//! Ann Li <ann@acme.example>
//! 06.10.2026 09:31
//!
//! An
//! "bo@ours.example" <bo@ours.example>
//! Kopie
//!
//! Thema
//! Maps
//! ```
//!
//! Who wrote and when stands above, where [`super::headless`] looks for it; without both it is no such block.

use crate::mail::Line;
use crate::understand::labels::{self, Kind, Kinds};

use super::run::{Field, Run};

/// A block of this kind has no more lines, and a label none longer, in bytes.
const MOST_LINES: usize = 24;
const LONGEST_LABEL: usize = 40;
/// A recipient's address stands directly below the label, or below a blank line.
const MOST_ABOVE_ADDRESS: usize = 3;

/// The run that begins at a label for recipients and ends at a subject.
pub fn read(lines: &[Line], start: usize) -> Option<Run> {
    let head = lines.get(start)?;
    // Looking up a label costs more.
    if !lines.iter().skip(start + 1).take(MOST_ABOVE_ADDRESS).any(|line| line.text.contains('@')) {
        return None;
    }
    let mut fields: Vec<Field> = Vec::new();
    for (index, line) in lines.iter().enumerate().skip(start).take(MOST_LINES) {
        let words = line.words().trim();
        if words.is_empty() {
            continue;
        }
        if line.depth != head.depth {
            return None;
        }
        let seen = fields.iter().flat_map(|field| field.kinds.iter()).fold(Kinds::default(), Kinds::with);
        let kinds = label_alone(words).without(seen);
        match fields.last_mut() {
            None if !kinds.has(Kind::To) => return None,
            _ if !kinds.is_empty() => fields.push(Field { kinds, value: String::new() }),
            Some(last) => {
                last.value = format!("{} {words}", last.value).trim().to_owned();
                if last.kinds.has(Kind::Subject) {
                    let sent_to = fields.first().is_some_and(|field| field.value.contains('@'));
                    return sent_to.then(|| Run { start, end: index + 1, fields, ..Run::default() });
                }
            }
            None => return None,
        }
    }
    None
}

/// What a line means that is a label and nothing else, without a colon.
fn label_alone(words: &str) -> Kinds {
    let may_be = words.len() <= LONGEST_LABEL && !words.contains([':', '\u{ff1a}', '@', ',', '.', ';']);
    if may_be { labels::kinds(words) } else { Kinds::default() }
}
