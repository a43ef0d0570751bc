//! A block: the run of labelled header lines that a client copied above somebody's words.
//!
//! Clients differ in language, order, quote marks, bold marks, wrapping and
//! separators, so no template is looked for. A block is a run of lines
//! `label: value` that names an author, and a time or a subject. Known labels,
//! an address, a date that can be read and what stands above it each add to
//! its score; below [`ENOUGH`] it is taken for ordinary words.
//!
//! What a block means (a forward, or the quote in a reply) is decided elsewhere.

mod around;
pub mod attributed;
mod colonless;
mod columns;
mod glued;
mod headless;
pub mod heads;
mod infer;
mod run;
mod stacked;
mod table;

use crate::mail::{Line, Marks, Moment, Participant, Role};

use super::labels::Kind;
use super::lines::Lines;
use super::separators::Announcement;
use super::{people, when};
use run::Run;

/// The score from which a run of lines is a block.
pub const ENOUGH: u32 = 6;

/// One header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its first line, the separator above it included; counted from 0.
    pub start: usize,
    /// The line after its last header line.
    pub end: usize,
    /// The quote depth of its header lines.
    pub depth: u8,
    /// What the line above it announces.
    pub announced: Option<Announcement>,
    /// Who wrote what follows.
    pub author: Option<Participant>,
    /// To, Cc, Bcc and Reply-To.
    pub recipients: Vec<Participant>,
    /// The date as written.
    pub date: Option<String>,
    /// The subject as written; `None` when the block has no such line.
    pub subject: Option<String>,
    /// Whether it is one line such as "On 3 May, Ann wrote:" rather than labels.
    pub attribution: bool,
    /// How good the evidence is.
    pub score: u32,
    /// The rules that added to the score.
    pub grounds: Vec<&'static str>,
}

impl Block {
    /// When what follows was sent, and whether the block states the offset (see [`when::read`]).
    pub fn sent(&self, carrier: Option<Moment>) -> Option<(Moment, bool)> {
        self.date.as_deref().and_then(|text| when::read(text, carrier))
    }
}

/// More lines are not searched, and more blocks are not kept: what matters of a forward stands first.
const MOST_LINES: usize = 20_000;
const MOST_BLOCKS: usize = 100;

/// Every block, top to bottom. Blocks do not overlap.
pub fn find_all(lines: &[Line]) -> Vec<Block> {
    find_in(&Lines::of(lines))
}

/// The same for lines that were looked at already.
pub(super) fn find_in(lines: &Lines<'_>) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut at = 0;
    while at < lines.len().min(MOST_LINES) && found.len() < MOST_BLOCKS {
        let floor = found.last().map_or(0, |b| b.end);
        match block_at(lines, at, floor) {
            Some(block) => {
                at = block.end.max(at + 1);
                found.push(block);
            }
            None => at += 1,
        }
    }
    found
}

fn block_at(lines: &Lines<'_>, at: usize, floor: usize) -> Option<Block> {
    if lines.is_blank(at) {
        return None;
    }
    let mut run = glued::read(lines, at)
        .or_else(|| colonless::read(lines, at))
        .or_else(|| columns::read(lines, at))
        .or_else(|| table::read(lines, at))
        .or_else(|| stacked::read(lines, at))
        .or_else(|| run::read(lines, at))?;
    if run.field(Kind::From).is_none() {
        headless::complete(lines, &mut run, floor);
    }
    run.start = around::envelope(lines, run.start, floor);
    let above = around::above(lines, run.start, floor);
    infer::complete(&mut run, above.1.is_some());
    if above.1.is_some() {
        around::date_in_separator(lines, &mut run, above.0);
    }
    let dated_above = around::date_above(lines, &mut run, floor);
    let announced = run.announced.or(above.1);
    let start = if above.1.is_some() { above.0 } else { dated_above.unwrap_or(run.start) };
    around::close(lines, &mut run);
    weigh(run, start, announced, lines)
}

fn weigh(run: Run, start: usize, announced: Option<Announcement>, lines: &[Line]) -> Option<Block> {
    let author = run.value(Kind::From).and_then(author_of)?;
    let mut recipients = people::read(run.value(Kind::To).unwrap_or(""), Role::To);
    recipients.extend(people::read(run.value(Kind::Cc).unwrap_or(""), Role::Cc));
    recipients.extend(people::read(run.value(Kind::Bcc).unwrap_or(""), Role::Bcc));
    recipients.extend(people::read(run.value(Kind::ReplyTo).unwrap_or(""), Role::ReplyTo));
    let date = run.value(Kind::Date).or(run.spare_date.as_deref()).map(str::to_owned);
    let dated = date.as_deref().is_some_and(|text| when::read(text, None).is_some());
    // A date line without any digit is none: a configuration, a template.
    let dateless = date.as_deref().is_some_and(|text| !text.is_empty() && !text.chars().any(char::is_numeric));
    let marks = lines.get(run.start).map_or(Marks::default(), |line| line.marks);
    let named = run.known_kinds();
    let has_address = author.address.is_some() || recipients.iter().any(|p| p.address.is_some());
    let subject = run.value(Kind::Subject).map(|subject| without_list_mark(&run, subject).to_owned());
    let points = [
        (u32::from(named.min(5)), "known labels"),
        (if author.address.is_some() { 2 } else { 0 }, "address in the author line"),
        (if dated { 2 } else { 0 }, "readable date"),
        (announcement_points(announced), announcement_rule(announced)),
        (if marks.has(Marks::HEADER_BLOCK) || marks.has(Marks::FORWARD) { 2 } else { 0 }, "marked by the client"),
        (if marks.has(Marks::RULE) { 1 } else { 0 }, "rule above"),
        (if run.fields.len() >= 4 { 1 } else { 0 }, "four or more header lines"),
    ];
    let score = points.iter().map(|(points, _)| points).sum();
    let traits = Traits { announced, has_address, dated, dateless, marks };
    let plausible = is_plausible(&run, &traits);
    (plausible && score >= ENOUGH).then(|| Block {
        start,
        end: run.end,
        depth: lines.get(run.start).map_or(0, |line| line.depth),
        announced,
        author: Some(author),
        recipients,
        date,
        subject,
        attribution: false,
        score,
        grounds: points.iter().filter(|(points, _)| *points > 0).map(|(_, rule)| *rule).collect(),
    })
}

/// What is known of a run besides its fields.
struct Traits {
    announced: Option<Announcement>,
    has_address: bool,
    dated: bool,
    dateless: bool,
    marks: Marks,
}

/// Whether a run holds what a forward cannot do without, however high its score.
fn is_plausible(run: &Run, traits: &Traits) -> bool {
    let Traits { announced, has_address, dated, dateless, marks } = *traits;
    let announced_as_mail =
        matches!(announced, Some(Announcement::Forward | Announcement::Original | Announcement::Next));
    let marked = marks.has(Marks::HEADER_BLOCK) || marks.has(Marks::FORWARD);
    // Names alone are in forms and notes as well: without an address nothing may be missing or strange.
    let whole = dated && [Kind::From, Kind::To, Kind::Subject].iter().all(|kind| run.has(*kind));
    let named_only = whole && run.fields.iter().all(|f| !f.kinds.is_empty());
    (has_address || named_only || announced.is_some() || marked)
        && (has_address || run.has(Kind::Subject) || announced_as_mail)
        && (dated || run.has(Kind::Subject) || run.has(Kind::To))
        && !(dateless && announced.is_none())
        && (run.fields.len() >= 3 || announced.is_some() || marks.has(Marks::HEADER_BLOCK))
}

/// Some clients end every header line with a semicolon.
fn without_list_mark<'a>(run: &Run, subject: &'a str) -> &'a str {
    let listed = [Kind::To, Kind::From].iter().any(|kind| run.value(*kind).is_some_and(|v| v.ends_with(';')));
    subject.strip_suffix(';').filter(|_| listed).unwrap_or(subject)
}

/// An author line names somebody: letters, and not a clock time or a sentence.
fn author_of(value: &str) -> Option<Participant> {
    let author = people::author(value)?;
    let name = author.name.as_ref().map_or("", |n| n.raw());
    let wordy = name.split_whitespace().count() > 8 || name.chars().count() > 100;
    let clock = name.split(':').zip(name.split(':').skip(1)).any(|(hour, minute)| {
        hour.ends_with(|c: char| c.is_ascii_digit()) && minute.starts_with(|c: char| c.is_ascii_digit())
    });
    let named = name.chars().any(char::is_alphabetic) && !clock && when::read(name, None).is_none();
    (author.address.is_some() || (named && !wordy)).then_some(author)
}

fn announcement_points(announced: Option<Announcement>) -> u32 {
    match announced {
        Some(Announcement::Forward | Announcement::Original | Announcement::Next) => 3,
        Some(Announcement::Dashed) => 2,
        Some(Announcement::Rule) => 1,
        None => 0,
    }
}

fn announcement_rule(announced: Option<Announcement>) -> &'static str {
    match announced {
        Some(Announcement::Forward) => "announced as a forward",
        Some(Announcement::Original) => "announced as an original message",
        Some(Announcement::Dashed) => "words between dashes above",
        Some(Announcement::Rule) => "line of dashes above",
        Some(Announcement::Next) => "counted in a digest",
        None => "",
    }
}

#[cfg(test)]
mod tests;
