//! Reading a run of labelled lines: where it begins, what continues a value, where it ends.

use crate::mail::{Line, Marks};
use crate::understand::labels::{self, Kind, Kinds};
use crate::understand::lines::{Lines, Signs};
use crate::understand::separators::Announcement;
use crate::understand::{people, when};

/// More header lines than this belong to no forward, those of servers and programs left out.
const MOST_FIELDS: usize = 24;
/// More lines than this, folded ones included, belong to no header block.
const MOST_LINES: usize = 120;

/// One header line with its folded lines.
#[derive(Debug, Clone)]
pub struct Field {
    /// What its label may mean; empty when unknown.
    pub kinds: Kinds,
    /// The value, folded lines joined.
    pub value: String,
}

/// A run of header lines.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Its first line.
    pub start: usize,
    /// The line after its last.
    pub end: usize,
    /// The header lines.
    pub fields: Vec<Field>,
    /// What stood before the first label on the same line.
    pub announced: Option<Announcement>,
    /// A date that stood in no line of its own.
    pub spare_date: Option<String>,
}

impl Run {
    /// The first line of that kind.
    pub fn field(&self, kind: Kind) -> Option<&Field> {
        self.fields.iter().find(|f| f.kinds.has(kind))
    }

    /// Its value.
    pub fn value(&self, kind: Kind) -> Option<&str> {
        self.field(kind).map(|f| f.value.as_str())
    }

    /// Whether a line of that kind is there.
    pub fn has(&self, kind: Kind) -> bool {
        self.field(kind).is_some()
    }

    /// How many different kinds the labels name, those without weight left out.
    pub fn known_kinds(&self) -> u8 {
        let seen = self.fields.iter().flat_map(|f| f.kinds.iter()).fold(Kinds::default(), Kinds::with);
        u8::try_from(seen.iter().filter(|k| !matches!(k, Kind::Other | Kind::Attachments)).count()).unwrap_or(0)
    }

    fn taken(&self) -> Kinds {
        let single = self.fields.iter().filter(|f| f.kinds.iter().count() == 1);
        single.flat_map(|f| f.kinds.iter()).filter(|k| *k != Kind::Other).fold(Kinds::default(), Kinds::with)
    }
}

/// The label and value of a line, whether or not the label is known.
pub fn labelled(line: &Line) -> Option<(Kinds, &str)> {
    let words = line.words();
    if let Some((label, value)) = labels::split(words) {
        let kinds = if is_trace(label, value) { OTHER } else { labels::kinds(label) };
        let shaped = !kinds.is_empty() || (labels::looks_like_label(label) && !value.starts_with("//"));
        return shaped.then_some((kinds, value));
    }
    let cells = line.marks.has(Marks::CELLS) || words.contains('\t');
    labels::split_cells(words).filter(|_| cells).map(|(label, value)| (labels::kinds(label), value))
}

const OTHER: Kinds = Kinds::one(Kind::Other);

/// The line that a server left behind (`Received: from mx.acme.example by …`; RFC 5321, 4.4), not a date.
fn is_trace(label: &str, value: &str) -> bool {
    label == "Received" && ["from ", "by ", "(from "].iter().any(|begin| value.starts_with(begin))
}

/// The run that begins at a line; `None` when the line has no label.
pub fn read(lines: &Lines<'_>, start: usize) -> Option<Run> {
    let head = lines.get(start)?;
    if !lines.signs(start).has(Signs::COLON) && !lines.signs(start).has(Signs::TAB) {
        return None;
    }
    let (kinds, value) = labelled(head)?;
    if kinds.is_empty() && !next_is_labelled(lines, start) {
        return None;
    }
    let mut run = Run { start, end: start + 1, ..Run::default() };
    run.fields.push(Field { kinds, value: with_addresses(head, kinds, value) });
    let mut at = start + 1;
    let mut told = usize::from(kinds != OTHER);
    while at < lines.len() && at - start < MOST_LINES && told < MOST_FIELDS {
        let fields = run.fields.len();
        let Some(next) = step(lines, at, head.depth, &mut run) else { break };
        told += usize::from(run.fields.len() > fields && run.fields.last().is_some_and(|f| f.kinds != OTHER));
        at = next;
        run.end = at;
    }
    Some(run)
}

/// The value with the address behind every name that its HTML linked to one.
fn with_addresses(line: &Line, kinds: Kinds, value: &str) -> String {
    let missing = line.links.iter().filter(|link| !kinds.has(Kind::Subject) && !value.contains(link.address.as_str()));
    missing.fold(value.to_owned(), |value, link| {
        value.replacen(link.name.as_str(), &format!("{} <{}>", link.name, link.address), 1)
    })
}

fn next_is_labelled(lines: &[Line], at: usize) -> bool {
    lines.get(at + 1).is_some_and(|line| labelled(line).is_some())
}

/// Takes the line into the run and returns the line after it; `None` when the run ended before it.
fn step(lines: &[Line], at: usize, depth: u8, run: &mut Run) -> Option<usize> {
    let line = lines.get(at)?;
    if line.words().trim().is_empty() {
        return over_blank(lines, at, depth, run);
    }
    if line.depth != depth {
        return None;
    }
    match labelled(line) {
        Some((kinds, value)) if belongs(lines, at, kinds, run) => {
            let free = kinds.without(run.taken());
            run.fields.push(Field { kinds: free, value: with_addresses(line, free, value) });
            Some(at + 1)
        }
        Some((kinds, _)) if !kinds.is_empty() && !continues(lines, at, run) => None,
        _ if continues(lines, at, run) => {
            let field = run.fields.last_mut()?;
            if !field.value.is_empty() {
                field.value.push(' ');
            }
            field.value.push_str(line.words().trim());
            Some(at + 1)
        }
        _ => None,
    }
}

/// Whether a labelled line is one more header line: a kind not yet seen, or an unknown label among labels.
fn belongs(lines: &[Line], at: usize, kinds: Kinds, run: &Run) -> bool {
    if kinds.is_empty() {
        let strange = run.fields.iter().filter(|f| f.kinds.is_empty()).count();
        let unknown_run = strange * 2 > run.fields.len();
        return unknown_run || known_soon(lines, at, run) || fills_a_gap(lines, at, run);
    }
    let fresh = kinds.without(run.taken());
    let only_other = kinds.has(Kind::Other) && kinds.iter().count() == 1;
    let stray = only_other && run.value_is_open();
    !fresh.is_empty() && !stray
}

/// Whether the value behind an unknown label is what the run still lacks: somebody's address, or a date.
fn fills_a_gap(lines: &[Line], at: usize, run: &Run) -> bool {
    let Some((_, value)) = lines.get(at).and_then(labelled) else { return false };
    let lacks_people = !run.has(Kind::From) || !run.has(Kind::To);
    run.known_kinds() >= 2
        && ((lacks_people && people::first_address(value).is_some())
            || (!run.has(Kind::Date) && when::read(value, None).is_some()))
}

impl Run {
    /// Whether the last value ends in a separator, so that something must follow. Subjects may end as they like.
    fn value_is_open(&self) -> bool {
        let last = self.fields.last().filter(|f| !f.kinds.has(Kind::Subject));
        last.is_some_and(|f| f.value.ends_with([',', ';', '<']))
    }
}

/// Blank lines between header lines: in double-spaced blocks, and where the block is not yet whole.
fn over_blank(lines: &[Line], at: usize, depth: u8, run: &Run) -> Option<usize> {
    let next = (at..at + 3).find(|i| lines.get(*i).is_some_and(|l| !l.words().trim().is_empty()))?;
    let line = lines.get(next).filter(|l| l.depth == depth)?;
    let (kinds, _) = labelled(line)?;
    let fresh = kinds.without(run.taken());
    let double_spaced = run.end - run.start >= run.fields.len() * 2 - 1;
    let whole = run.has(Kind::From) && run.has(Kind::Subject) && (run.has(Kind::Date) || run.has(Kind::To));
    let header = fresh.iter().any(|k| !matches!(k, Kind::Other | Kind::Attachments));
    (header && !run.fields.iter().all(|f| f.kinds.is_empty()) && (double_spaced || !whole)).then_some(next)
}

/// Whether a line without a fresh label goes on with the value above it.
fn continues(lines: &[Line], at: usize, run: &Run) -> bool {
    let (Some(line), Some(field)) = (lines.get(at), run.fields.last()) else { return false };
    let words = line.words();
    if field.value.is_empty() {
        // Labels on lines of their own; without that habit an empty subject is an empty subject.
        let stacked = run.fields.len() > 1 && run.end - run.start == run.fields.len() * 2 - 1;
        return !is_lone_label(words) && (stacked || known_soon(lines, at, run) || !field.kinds.has(Kind::Subject));
    }
    let people = [Kind::From, Kind::To, Kind::Cc, Kind::Bcc].iter().any(|k| field.kinds.has(*k));
    let first = words.trim_start().chars().next().unwrap_or(' ');
    let indented = words.starts_with([' ', '\t']);
    let folded = indented && !lines.get(run.start).is_some_and(|head| head.words().starts_with([' ', '\t']));
    let blank_follows = lines.get(at + 1).is_none_or(|l| l.words().trim().is_empty());
    let internet = field.kinds == OTHER && folded;
    run.value_is_open()
        || internet
        || (people && matches!(first, '<' | '['))
        || (people && indented && (words.contains('@') || words.contains(['<', ';'])))
        || known_soon(lines, at, run)
        || (field.kinds.has(Kind::Subject)
            && blank_follows
            && (folded || field.value.chars().count() >= 60)
            && words.len() < 100
            && run.has(Kind::From))
}

fn is_lone_label(words: &str) -> bool {
    labels::split(words).is_some_and(|(label, _)| !labels::kinds(label).is_empty())
}

/// Whether a fresh known label stands within the next lines, with no blank line before it. Lists of
/// people may be folded over many lines, other values over three.
fn known_soon(lines: &[Line], at: usize, run: &Run) -> bool {
    let taken = run.taken();
    for (steps, line) in lines.iter().skip(at + 1).take(40).enumerate() {
        let words = line.words().trim();
        if words.is_empty() {
            return false;
        }
        if let Some((kinds, _)) = labelled(line).filter(|(kinds, _)| !kinds.is_empty()) {
            let fresh = kinds.without(taken);
            return fresh.iter().any(|k| k != Kind::Other) || (steps == 0 && fresh.has(Kind::Other));
        }
        if steps >= 3 && !(words.contains('@') || words.ends_with([',', ';'])) {
            return false;
        }
    }
    false
}
