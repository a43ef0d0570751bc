//! A run of labelled header lines, read by shape alone: `Label: value` lines of which one holds an address
//! and one a day and a time.
//!
//! [`block`](crate::understand::block) knows the labels and asks for an author. This is for what it does
//! not call a block but a reader would: two lines, no author, labels of a language nobody listed. Records,
//! bookings and logs look the same, so it counts only below a rule or a title, or apart with known labels.

use crate::mail::text::{Line, Marks};
use crate::understand::attribution::Stamp;
use crate::understand::block::Block;
use crate::understand::labels::{self, Kind};

use super::quotes::is_marked;

/// Fields that programs write for programs (RFC 5322, 3.6.7; RFC 2045; X- fields).
const RAW_FIELDS: [&str; 8] = [
    "Received: ",
    "Return-Path:",
    "Message-ID:",
    "X-",
    "MIME-Version:",
    "Content-Type:",
    "DKIM-Signature:",
    "Authentication-Results:",
];
/// Lines below a block that may still belong to the header it was copied from.
const MOST_BELOW: usize = 8;

/// The index behind the header block that begins at `start`, if one does.
pub(super) fn block_at(lines: &[Line], start: usize) -> Option<usize> {
    let end = run_at(lines, start, true)?;
    // A telephone line of the signature above is labelled as well: the block begins below the blank line.
    let blank = (start..end).find(|&index| lines.get(index).is_some_and(Line::is_blank));
    let later = blank.is_some_and(|blank| run_at(lines, blank + 1, false).is_some());
    (!later).then_some(end)
}

/// Whether the labelled lines from `start` begin a paragraph that nothing introduces, with two labels of mail programs.
pub(super) fn stands_apart(lines: &[Line], start: usize) -> bool {
    const LABELS: [Kind; 5] = [Kind::From, Kind::To, Kind::Cc, Kind::Date, Kind::Subject];
    let known = |line: &Line| {
        labels::split(line.words()).is_some_and(|(label, _)| LABELS.iter().any(|kind| labels::kinds(label).has(*kind)))
    };
    let begins = start.checked_sub(1).and_then(|above| lines.get(above)).is_none_or(Line::is_blank);
    begins && lines.iter().skip(start).take(2).all(known) && !is_introduced(lines, start)
}

/// Whether the author's words above end in a colon.
fn is_introduced(lines: &[Line], start: usize) -> bool {
    let above = lines.iter().take(start).rev().find(|line| !line.is_blank());
    above.is_some_and(|line| line.words().trim_end().ends_with([':', '\u{ff1a}']))
}

/// Whether a mail program wrote a header block above the mail it quotes: it states the minute, or stands below a line
/// that announces it. A memo names people and a day, lines of a log name addresses, but neither says when a mail was
/// sent; and what the author introduces with a colon is a mail only if it names addresses.
pub(super) fn is_of_a_mail(lines: &[Line], block: &Block) -> bool {
    let marked = lines.get(block.start).is_some_and(is_marked);
    let mut people = block.author.iter().chain(&block.recipients);
    let addressed = people.any(|person| person.address.is_some());
    let minute = block.date.as_deref().is_some_and(states_minute);
    block.announced.is_some() || marked || minute && (addressed || !is_introduced(lines, block.start))
}

/// Whether the labelled lines from `start` to `end`, and those that follow without a gap, hold a field that programs
/// write for programs.
pub(super) fn is_raw(lines: &[Line], start: usize, end: usize) -> bool {
    let raw = |line: &Line| {
        let words = line.words().trim_start().as_bytes();
        let begins =
            |name: &&str| words.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()));
        RAW_FIELDS.iter().any(begins)
    };
    let around = lines.get(start..(end + MOST_BELOW).min(lines.len())).unwrap_or_default();
    around.iter().take_while(|line| !line.is_blank()).any(raw)
}

/// The run of labelled lines from `start`, if it states an address, a day and a time; `loose_lines`: blank lines may stand inside.
fn run_at(lines: &[Line], start: usize, loose_lines: bool) -> Option<usize> {
    let first = lines.get(start)?;
    if !is_labelled(first.words()) {
        return None;
    }
    let (mut labels, mut address, mut minute, mut end) = (0, false, false, start);
    let mut loose = 0;
    for (index, line) in lines.iter().enumerate().skip(start) {
        let words = line.words();
        if line.depth != first.depth || labels > 12 {
            break;
        }
        let labelled = is_labelled(words);
        if labelled {
            labels += 1;
            loose = 0;
            end = index + 1;
        } else {
            loose += 1;
            let may_skip = loose_lines || !line.is_blank();
            let continues = loose <= 2 && may_skip && (continues(words) || is_next_labelled(lines, index));
            if !continues {
                break;
            }
        }
        address |= words.contains('@');
        minute |= states_minute(words) && !is_phone(words);
    }
    let marked = first.marks.has(Marks::RULE) || first.marks.has(Marks::HEADER_BLOCK);
    (address && minute && (labels >= 2 || marked)).then_some(end)
}

/// Whether a line states a day and a time on it, as programs do; the minutes of a meeting state the day alone.
pub(super) fn states_minute(words: &str) -> bool {
    let (mut day, mut date, mut time, mut numbers) = (false, false, false, 0);
    for stamp in words.split_whitespace().filter(|word| !word.contains('@')).map(Stamp::of) {
        day |= stamp.day;
        date |= stamp.date;
        time |= stamp.time;
        numbers += usize::from(stamp.digits);
    }
    day && (time || numbers >= if date { 2 } else { 3 })
}

/// A value of digits alone, without a year and without a time: a telephone number, which a card labels as well.
fn is_phone(words: &str) -> bool {
    let value = words.split_once([':', '\u{ff1a}']).map_or(words, |(_, value)| value);
    let year = |run: &str| run.len() == 4 && run.starts_with(['1', '2']);
    let bare = value.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '.' | '/' | '(' | ')'));
    bare && !value.split(|c: char| !c.is_ascii_digit()).any(year)
}

fn is_next_labelled(lines: &[Line], index: usize) -> bool {
    lines.get(index + 1).is_some_and(|next| is_labelled(next.words()))
}

/// A folded value: indented, or an address on its own.
fn continues(words: &str) -> bool {
    !words.trim().is_empty() && (words.starts_with([' ', '\t']) || words.trim_start().starts_with('<'))
}

/// `Label: value`, perhaps emphasised: one to three words without digits before the colon.
fn is_labelled(words: &str) -> bool {
    let words = words.trim_start().trim_start_matches(['*', '|', '-', ' ']);
    let Some((at, colon)) = words.char_indices().take(30).find(|(_, c)| matches!(c, ':' | '\u{ff1a}')) else {
        return false;
    };
    let label = words.get(..at).unwrap_or("").trim_end_matches(['*', ' ', '\u{a0}', '\t']);
    let value = words.get(at + colon.len_utf8()..).unwrap_or("");
    let plain = |c: char| c.is_alphabetic() || !c.is_ascii() || matches!(c, ' ' | '-' | '.' | '\'' | '/');
    let count = label.split_whitespace().count();
    (1..=3).contains(&count) && label.chars().all(plain) && !value.starts_with("//")
}
