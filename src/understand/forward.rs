//! A colleague's mail that reports somebody else's: whose, and which words.
//!
//! The evidence is the block ([`super::block`]), never the subject, which
//! people edit. The text and the HTML are both read, and the better evidence
//! wins. What the carrier is for decides between a forward and a reply that
//! quotes: nobody forwards a mail to its author, and a mail that goes to
//! outsiders is first of all a mail to them. When neither fits, it is not
//! taken for a forward; nothing is guessed.

mod chain;
mod ending;
mod purpose;

use crate::mail::{Html, Line, Mail, Marks};
use crate::mailbox::Route;

use super::attribution;
use super::block::{self, Block};
use super::content;
use super::{Evidence, Team};

pub use chain::is_ours;
pub use purpose::subject_of_original;

/// An inline forward.
#[derive(Debug, Clone)]
pub struct Forward {
    /// The block of the original.
    pub block: Block,
    /// The line that names its author, counted from 0, and what it says.
    pub named_at: usize,
    /// See `named_at`.
    pub named_as: String,
    /// The original's lines, one level of the forward's own quote marks taken off.
    pub body: Vec<Line>,
    /// The forwarder's lines above, between and below.
    pub comment: Vec<Line>,
    /// Whether both were HTML.
    pub rendered: bool,
    /// Why it is one.
    pub evidence: Vec<Evidence>,
}

/// In how many lines of a header its author is looked for.
const LONGEST_HEAD: usize = 60;

/// The forwards that a colleague's mail holds, one after the other; none when it is something else.
pub fn find(mail: &Mail, route: Route, team: &Team) -> Vec<Forward> {
    let bodies = [(mail.plain.as_ref(), "text"), (mail.html.as_ref().map(Html::body), "html")];
    let candidates = bodies.into_iter().filter_map(|(body, name)| {
        let lines = &body?.lines;
        let blocks = blocks(lines);
        (!blocks.is_empty()).then(|| (strength(lines, &blocks), lines, blocks, name))
    });
    // The first of equals is the plain text, which keeps the author's own lines.
    let best = candidates.reduce(|one, other| if other.0 > one.0 { other } else { one });
    let Some((_, lines, blocks, name)) = best else { return Vec::new() };
    let Some(first) = blocks.first() else { return Vec::new() };
    let Some(rule) = purpose::forwards(mail, first, route, team) else { return Vec::new() };
    let groups = chain::siblings(&blocks);
    let starts: Vec<usize> = groups.iter().filter_map(|g| g.first()).map(|b| b.start).chain([lines.len()]).collect();
    let region = |at: usize| {
        (if at == 0 { 0 } else { *starts.get(at).unwrap_or(&0) }, *starts.get(at + 1).unwrap_or(&lines.len()))
    };
    let originals =
        groups.iter().enumerate().filter_map(|(at, group)| chain::original(lines, group, region(at), mail, team));
    let mut found: Vec<Forward> = originals.collect();
    for forward in &mut found {
        forward.rendered = name == "html";
        forward.named_at = author_line(lines, &forward.block);
        forward.named_as = lines.get(forward.named_at).map(|line| line.words().to_owned()).unwrap_or_default();
    }
    if let Some(forward) = found.first_mut() {
        let words = lines.get(first.start).map_or("", |line| line.words());
        let start = Evidence::new("forward", "inline", rule).at_line(first.start, words);
        forward.evidence.insert(0, start);
        forward
            .evidence
            .insert(1, Evidence::new("block", format!("{name}, {} points", first.score), first.grounds.join(", ")));
    }
    found
}

/// The line of a block's header that names its author: by address if it can, else by name.
fn author_line(lines: &[Line], block: &Block) -> usize {
    let Some(author) = &block.author else { return block.start };
    let named = author.name.as_ref().map(|name| name.raw().to_owned());
    let known = author.address.as_ref().map(|address| address.as_str().to_owned()).or(named).unwrap_or_default();
    let mut head = lines.iter().enumerate().skip(block.start).take(LONGEST_HEAD);
    head.find(|(_, line)| line.text.contains(&known)).map_or(block.start, |(at, _)| at)
}

/// Labelled blocks, and the first attribution line where it stands above them.
fn blocks(lines: &[Line]) -> Vec<Block> {
    let labelled = block::find_all(lines);
    let above = labelled.first().map_or(lines.len(), |first| first.start);
    let lines = lines.get(..above).unwrap_or(lines);
    let attributed = block::attributed::find(lines);
    attributed.filter(|block| labelled.is_empty() || introduces(lines, block)).into_iter().chain(labelled).collect()
}

/// Whether an attribution above a labelled block has words of its own below it, and says that somebody wrote
/// them: forwarders tell of calls with address and day as well.
fn introduces(lines: &[Line], block: &Block) -> bool {
    let words_below = lines.iter().skip(block.end).any(|line| !line.is_blank());
    let worded = || {
        let last = block.end.checked_sub(1)?;
        attribution::ending_at(lines, last, false).filter(|found| found.worded)
    };
    words_below && (block::heads::at(lines, block.start).is_some() || worded().is_some())
}

/// How good the first block's evidence is: whether it names address and date, shows where the forward
/// ends, and its score.
fn strength(lines: &[Line], blocks: &[Block]) -> (bool, bool, bool, u32) {
    let first = blocks.first();
    let addressed = first.and_then(|b| b.author.as_ref()).is_some_and(|a| a.address.is_some());
    let below = |block: &Block| marked_end(lines.get(block.end..).unwrap_or_default(), marks_of(lines, block));
    let ends = first.is_some_and(|block| below(block).is_some());
    (addressed, first.is_some_and(|b| b.sent(None).is_some()), ends, first.map_or(0, |b| b.score.min(9)))
}

/// What the client marked a block's lines as, of the marks that hold a whole forward.
fn marks_of(lines: &[Line], block: &Block) -> Option<Marks> {
    let line = block.end.checked_sub(1).and_then(|last| lines.get(last))?;
    [Marks::FORWARD, Marks::QUOTE].into_iter().find(|mark| line.marks.has(*mark))
}

/// The line after the last one in the client's mark, where words of somebody else follow outside of it.
fn marked_end(region: &[Line], mark: Option<Marks>) -> Option<usize> {
    let mark = mark?;
    let words = |line: &Line| !line.is_blank();
    let last = region.iter().rposition(|line| line.marks.has(mark) && words(line))?;
    region.get(last + 1..)?.iter().any(words).then_some(last + 1)
}

/// The lines below a block, as their author wrote them, and those of the forwarder among them.
///
/// A quoted block ends where the quote ends, any at a line that says so; else it takes everything.
fn below(lines: &[Line], block: &Block, end: usize) -> (Vec<Line>, Vec<Line>) {
    let region = lines.get(block.end..end).unwrap_or_default();
    let (region, outside) = region.split_at(marked_end(region, marks_of(lines, block)).unwrap_or(region.len()));
    let (region, rest) = ending::split(region, block);
    let (body, mut others) = parted(region, block);
    others.extend(rest);
    others.extend_from_slice(outside);
    (body, others)
}

fn parted(region: &[Line], block: &Block) -> (Vec<Line>, Vec<Line>) {
    // Some clients quote the header lines alone.
    let quoted = region.iter().any(|line| line.depth >= block.depth && !line.is_blank());
    if block.depth > 0 && quoted {
        let (body, others): (Vec<&Line>, Vec<&Line>) =
            region.iter().partition(|l| l.depth >= block.depth || l.is_blank());
        let body = body.into_iter().map(|line| content::released(line, block.depth)).collect();
        return (body, others.into_iter().cloned().collect());
    }
    let head = region.iter().take_while(|line| line.is_blank()).count();
    let region = region.get(head..).unwrap_or_default();
    let all_quoted = region.iter().any(|l| l.depth > 0) && region.iter().all(|l| l.depth > 0 || l.is_blank());
    let levels = u8::from(all_quoted);
    let body: Vec<Line> = region.iter().map(|line| content::released(line, levels)).collect();
    let body = if block.attribution { dedented(body) } else { body };
    (if block.announced.is_some() { unstuffed(body) } else { body }, Vec::new())
}

/// RFC 934 puts `- ` before every line of the original that begins with a dash.
fn unstuffed(mut lines: Vec<Line>) -> Vec<Line> {
    let dashed = |line: &&Line| line.text.starts_with('-');
    let stuffed = lines.iter().filter(dashed).all(|line| line.text.starts_with("- -"));
    if stuffed {
        let dashed = lines.iter_mut().filter(|line| line.text.starts_with('-'));
        dashed.for_each(|line| line.text.replace_range(..2, ""));
    }
    lines
}

/// Lines without the indentation that all of them share.
fn dedented(lines: Vec<Line>) -> Vec<Line> {
    let indent = |line: &Line| line.text.len() - line.text.trim_start_matches(' ').len();
    let shared = lines.iter().filter(|l| !l.is_blank()).map(indent).min().unwrap_or(0);
    let cut = |line: Line| {
        let text = line.text.get(shared..).unwrap_or("").to_owned();
        Line { start: line.start.saturating_sub(u16::try_from(shared).unwrap_or(0)), text, ..line }
    };
    lines.into_iter().map(cut).collect()
}
