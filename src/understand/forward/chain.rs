//! Forwards of forwards, and several forwards in one mail.
//!
//! The outermost block is the original, unless one of us wrote it only to
//! pass on the next one: then the customer further in is meant. Blocks below
//! it belong to its body, whatever they claim: a stranger's words must not
//! become another customer's mail.

use crate::mail::{Line, Mail, Participant};
use crate::understand::block::Block;
use crate::understand::separators::Announcement;
use crate::understand::{Evidence, Team, subject};

use super::Forward;
use super::purpose::same_name;

/// Deeper chains are cut.
const DEEPEST: usize = 20;

/// Groups of nested blocks. The next message of a digest begins one of its own, and an announced block that is newer than the one above it, at the same
/// depth, cannot lie inside that one: it begins a forward as well.
pub fn siblings(blocks: &[Block]) -> Vec<Vec<Block>> {
    let mut groups: Vec<Vec<Block>> = Vec::new();
    for block in blocks {
        let own = groups.last().and_then(|group| group.first()).is_none_or(|head| is_newer(block, head));
        match groups.last_mut() {
            Some(group) if !own => group.push(block.clone()),
            _ => groups.push(vec![block.clone()]),
        }
    }
    groups
}

fn is_newer(block: &Block, head: &Block) -> bool {
    let announced = block.announced == Some(Announcement::Forward) && head.announced == Some(Announcement::Forward);
    let counted = block.announced == Some(Announcement::Next) && head.announced.is_some();
    let later = block.sent(None).zip(head.sent(None)).is_some_and(|(b, h)| b.0.timestamp > h.0.timestamp);
    (counted || (announced && later)) && block.depth == head.depth
}

/// The original of one group, which stands in the lines `begin` to `end`.
pub fn original(
    lines: &[Line],
    group: &[Block],
    (begin, end): (usize, usize),
    mail: &Mail,
    team: &Team,
) -> Option<Forward> {
    let carried = |block: &Block| block.author.as_ref().is_some_and(|a| is_ours(a, mail, team));
    let chosen = (0..group.len().min(DEEPEST))
        .find(|at| match (group.get(*at), group.get(at + 1)) {
            (Some(outer), Some(inner)) => !(carried(outer) && passes_on(outer, inner, team)),
            _ => true,
        })
        .unwrap_or(0);
    let outermost = group.first()?;
    let block = group.get(chosen)?;
    let mut comment = lines.get(begin..outermost.start).unwrap_or_default().to_vec();
    for (outer, inner) in group.iter().zip(group.iter().skip(1)).take(chosen) {
        comment.push(Line::default());
        comment.extend(super::below(lines, outer, inner.start).0);
    }
    let (body, around) = super::below(lines, block, end);
    if !around.is_empty() {
        comment.push(Line::default());
        comment.extend(around);
    }
    let evidence = told(group, chosen);
    Some(Forward {
        block: block.clone(),
        named_at: block.start,
        named_as: String::new(),
        body,
        comment,
        rendered: false,
        evidence,
    })
}

/// Whether an author is one of us: by address, or by the carrier author's own name.
pub fn is_ours(author: &Participant, mail: &Mail, team: &Team) -> bool {
    match &author.address {
        Some(_) => {
            team.has_person(author) || mail.author().is_some_and(|a| a.address.is_some() && a.address == author.address)
        }
        None => mail.author().is_some_and(|carrier| same_name(author, carrier)),
    }
}

/// Whether our outer mail only passes the inner one on: it says so, or went to none but us.
fn passes_on(outer: &Block, inner: &Block, team: &Team) -> bool {
    let written = |outer: &Block| outer.recipients.iter().filter(|p| !team.is_recorder(p)).cloned().collect::<Vec<_>>();
    let answers = written(outer)
        .iter()
        .any(|p| Some(p.address.as_ref()) == inner.author.as_ref().map(|a| a.address.as_ref()) && p.address.is_some());
    let says =
        outer.subject.as_deref().is_some_and(subject::is_forward) || inner.announced == Some(Announcement::Forward);
    let among_us = written(outer).iter().all(|p| team.has_person(p));
    !answers && (says || among_us)
}

fn told(group: &[Block], chosen: usize) -> Vec<Evidence> {
    let deeper = group.len().saturating_sub(chosen + 1);
    let mut told = Vec::new();
    if chosen > 0 {
        told.push(Evidence::new("author", "further in", format!("{chosen} of our own forwards around it")));
    }
    if deeper > 0 {
        told.push(Evidence::new("chain", format!("{deeper} deeper"), "older header blocks stay part of the body"));
    }
    told
}
