//! Where a forwarded original ends: at the line that says so, if there is one.
//!
//! `----- End forwarded message -----`, or whatever the client's language makes of it. Forwards inside
//! the forward have such lines of their own, so they are counted like brackets.

use crate::mail::Line;
use crate::understand::block::Block;
use crate::understand::separators::{self, Announcement};

/// The lines of the original and those below its end, the line between left out.
pub fn split<'a>(region: &'a [Line], block: &Block) -> (&'a [Line], Vec<Line>) {
    if block.attribution && region.iter().all(|line| !separators::is_end(line.words())) {
        return (region, Vec::new());
    }
    let Some(at) = end(region) else { return (without_last_rule(region, block), Vec::new()) };
    let below = region.get(at + 1..).unwrap_or_default();
    let below = below.iter().filter(|line| !closes(line)).cloned().collect();
    (region.get(..at).unwrap_or(region), below)
}

fn closes(line: &Line) -> bool {
    separators::is_end(line.words())
}

/// The end that belongs to this original.
fn end(region: &[Line]) -> Option<usize> {
    let mut inside = 0u32;
    region.iter().position(|line| {
        if closes(line) {
            inside = match inside.checked_sub(1) {
                Some(outer) => outer,
                None => return true,
            };
        } else if separators::announcement(line.words()) == Some(Announcement::Forward) {
            inside += 1;
        }
        false
    })
}

/// A line of dashes below everything closes a block that a line of dashes opened.
fn without_last_rule<'a>(region: &'a [Line], block: &Block) -> &'a [Line] {
    let Some(last) = region.iter().rposition(|line| !line.is_blank()) else { return region };
    let words = region.get(last).map_or("", |line| line.words().trim());
    let said = separators::announcement(words).filter(|_| words.starts_with("-----") && words.ends_with("-----"));
    let closes = match (block.announced, said) {
        (Some(Announcement::Rule) | None, _) => false,
        (_, Some(Announcement::Dashed)) => true,
        (Some(opened), Some(Announcement::Rule)) => opened != Announcement::Original,
        _ => false,
    };
    if closes { region.get(..last).unwrap_or(region) } else { region }
}
