//! What stands directly above and below a run of header lines: the separator, a date, the rule that closes it.

use crate::mail::Line;
use crate::understand::labels::Kind;
use crate::understand::separators::{self, Announcement};
use crate::understand::when;

use super::run::{self, Run};

/// No separator has more blank lines below it.
const FARTHEST: usize = 6;

/// The line above a run with which mail is kept in files (`From ann@acme.example Tue Nov 10 16:42:07 1998`;
/// RFC 4155), or the run's first line.
pub fn envelope(lines: &[Line], head: usize, floor: usize) -> usize {
    let above = head.checked_sub(1).filter(|at| *at >= floor);
    let line = above.and_then(|at| lines.get(at)).filter(|line| lines.get(head).is_some_and(|h| h.depth == line.depth));
    let words = line.map_or("", |line| line.words().trim());
    let sender = words.strip_prefix("From ").and_then(|rest| rest.trim_start().split_once(' '));
    let is_envelope = sender
        .is_some_and(|(sender, date)| !sender.contains(':') && date.contains(':') && when::read(date, None).is_some());
    above.filter(|_| is_envelope).unwrap_or(head)
}

/// The separator above a line: where it begins and what it says. One that announces a mail may stand some
/// blank lines away, others two.
pub fn above(lines: &[Line], head: usize, floor: usize) -> (usize, Option<Announcement>) {
    let mut blanks = 0;
    for at in (floor..head).rev() {
        let words = lines.get(at).map_or("", Line::words);
        if words.trim().is_empty() {
            blanks += 1;
            if blanks > FARTHEST {
                break;
            }
            continue;
        }
        // A long announcement may be wrapped: "Forwarded by Ann on 03/21/2000⏎01:24 PM -----".
        let wrapped = at.checked_sub(1).filter(|before| *before >= floor).and_then(|before| lines.get(before));
        let joined = wrapped.map(|before| format!("{} {}", before.words(), words));
        if let Some(found) = separators::announcement(words) {
            let says = matches!(found, Announcement::Forward | Announcement::Original | Announcement::Next);
            return if says || blanks <= 2 { (told_twice(lines, at, floor), Some(found)) } else { (head, None) };
        }
        return match joined.and_then(|text| separators::announcement(&text)) {
            Some(found @ (Announcement::Forward | Announcement::Original)) => (at - 1, Some(found)),
            _ => (head, None),
        };
    }
    (head, None)
}

/// `Forwarded by Bo <bo@ours.example>` directly above the separator is a part of it.
fn told_twice(lines: &[Line], separator: usize, floor: usize) -> usize {
    let above = separator.checked_sub(1).filter(|above| *above >= floor);
    let said = above.and_then(|above| lines.get(above)).and_then(|line| separators::announcement(line.words()));
    above.filter(|_| said == Some(Announcement::Forward)).unwrap_or(separator)
}

/// The date that the separator itself tells of the original (`Forwarding note from ANN 94/11/08 16:33`).
pub fn date_in_separator(lines: &[Line], run: &mut Run, separator: usize) {
    if run.has(Kind::Date) || run.spare_date.is_some() {
        return;
    }
    let told = lines.get(separator).and_then(|line| separators::told_of_original(line.words()));
    run.spare_date = told.filter(|told| when::read(told, None).is_some()).map(str::to_owned);
}

/// Takes the date of a run without one from the line directly above (`Message du 06/10/26 09:31`), and
/// returns that line. A line that announces a forward tells when it was forwarded, and is not asked.
pub fn date_above(lines: &[Line], run: &mut Run, floor: usize) -> Option<usize> {
    if run.has(Kind::Date) || run.spare_date.is_some() {
        return None;
    }
    let at = run.start.checked_sub(1).filter(|at| *at >= floor)?;
    let (line, first) = (lines.get(at)?, lines.get(run.start)?);
    let words = line.words().trim();
    let short = words.split_whitespace().count() <= 8 && words.chars().count() <= 60;
    let timed = words.contains(':') || words.contains('.');
    let told = separators::announcement(words) == Some(Announcement::Forward);
    if !short || !timed || told || line.depth != first.depth || when::read(words, None).is_none() {
        return None;
    }
    run.spare_date = Some(words.to_owned());
    Some(at)
}

/// Takes the line that closes the header lines into the run: a rule, the announcement once more, or
/// the line along which some clients cut. What stands above another block belongs to that block.
pub fn close(lines: &[Line], run: &mut Run) {
    let words = |at: usize| lines.get(at).map_or("", |line| line.words().trim());
    let Some(next) = (run.end..run.end + 3).find(|at| !words(*at).is_empty()) else { return };
    let adjacent = next == run.end;
    let said = separators::announcement(words(next));
    let repeated = || run.start.checked_sub(1).is_some_and(|above| words(above) == words(next));
    let closes = separators::is_cut(words(next))
        || (adjacent && (separators::is_rule(words(next)) || (said.is_some() && repeated())));
    let Some(after) = (next + 1..next + 4).find(|at| !words(*at).is_empty()) else { return };
    let opens_another = lines.get(after).and_then(run::labelled).is_some_and(|(kinds, _)| !kinds.is_empty());
    if closes && !opens_another {
        run.end = next + 1;
    }
}
