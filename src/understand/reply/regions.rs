//! Regions that a client marked as its quote.

use crate::mail::text::{Line, Marks};
use crate::understand::attribution;

/// Which lines lie in a region that a client marked as its quote, and are quoted for that alone.
///
/// Not so in a region that begins with an attribution and a block quote at once: there the block
/// quotes are the quote, and words between them are answers.
pub(super) fn marked(lines: &[Line]) -> Vec<bool> {
    let mut marked: Vec<bool> = lines.iter().map(|line| line.marks.has(Marks::QUOTE)).collect();
    let mut start = 0;
    while let Some(found) = marked.iter().skip(start).position(|marked| *marked) {
        let first = start + found;
        let end = first + marked.iter().skip(first).take_while(|marked| **marked).count();
        let quote = (first..end).find(|&i| lines.get(i).is_some_and(|line| line.depth > 0));
        if quote.is_some_and(|quote| is_attribution_alone(lines, first, quote)) {
            marked.iter_mut().take(end).skip(first).for_each(|marked| *marked = false);
        }
        start = end;
    }
    marked
}

/// Whether the words from `first` to before `quote` are one attribution and nothing else.
fn is_attribution_alone(lines: &[Line], first: usize, quote: usize) -> bool {
    let written = |i: &usize| lines.get(*i).is_some_and(|line| !line.is_blank());
    let Some(last) = (first..quote).rev().find(written) else { return false };
    attribution::ending_at(lines, last, true).is_some_and(|found| !(first..found.start).any(|i| written(&i)))
}
