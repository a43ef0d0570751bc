//! Forwards inside what a client marked as a quote.

use crate::mail::text::{Body, Marks};

/// A forward inside a marked quote begins with its separator, whatever the language: those
/// lines are a forward, not a quote of what is answered.
pub(super) fn mark(body: &mut Body) {
    let mut at = 0;
    while let Some(found) = body.lines.iter().skip(at).position(|line| line.marks.has(Marks::QUOTE)) {
        let start = at + found;
        let region = body.lines.iter_mut().skip(start).take_while(|line| line.marks.has(Marks::QUOTE));
        let mut opens_with_dashes = None;
        let mut length = 0;
        for line in region {
            length += 1;
            if opens_with_dashes.is_none() && !line.is_blank() {
                opens_with_dashes = Some(line.words().starts_with("-----"));
            }
            if opens_with_dashes == Some(true) {
                line.marks = line.marks.with(Marks::FORWARD);
            }
        }
        at = start + length;
    }
}
