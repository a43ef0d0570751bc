//! Blocks whose author and date stand above the labels, without labels of their own, as Notes wrote them:
//!
//! ```text
//! Ann Li                          "Ann Li" <ann@acme.example> on 03/16/2000 07:06:00 AM
//! 03/16/2000 07:06 AM             Please respond to ann@acme.example
//! To: Bo Roe/US/OURS@OURS         To: bo@ours.example
//! cc:                             cc:
//! Subject: Maps                   Subject: Maps
//! ```

use crate::mail::Line;
use crate::understand::labels::{self, Kind, Kinds};
use crate::understand::plain::plain;
use crate::understand::{people, separators, when};

use super::attributed;
use super::run::{Field, Run};

/// How many lines above the labels are looked at.
const REACH: usize = 7;

/// Finds the author and date of a run that has none: in the line below (`06.10.2026, 09:31, "Ann Li" <ann@…>:`)
/// or above.
pub fn complete(lines: &[Line], run: &mut Run, floor: usize) {
    let named = [Kind::To, Kind::Cc, Kind::Subject].iter().filter(|k| run.has(**k)).count();
    if named < 2 {
        return;
    }
    if attributed_below(lines, run) {
        return;
    }
    let above: Vec<(usize, &str)> = above(lines, run.start, floor);
    for (at, (index, words)) in above.iter().enumerate() {
        if let Some((author, date)) = on_one_line(words) {
            return take(run, *index, author, date);
        }
        if is_date_alone(words) {
            let name = above.iter().skip(at + 1).find(|(_, w)| !is_note(w));
            if let Some((index, name)) = name.filter(|(_, n)| is_name(n)) {
                take(run, *index, name, words);
            }
            return;
        }
        if !is_note(words) {
            return;
        }
    }
}

/// `06.10.2026, 09:31, "Ann Li" <ann@acme.example>:` directly below the labels, as Yandex writes it.
fn attributed_below(lines: &[Line], run: &mut Run) -> bool {
    let Some(told) = attributed::at(lines, run.end) else { return false };
    let (Some(author), Some(date)) = (told.author, told.date) else { return false };
    let name = author.name.as_ref().map_or("", |name| name.raw());
    let address = author.address.as_ref().map_or("", |address| address.as_str());
    let from = Kinds::default().with(Kind::From);
    run.fields.push(Field { kinds: from, value: format!("\"{name}\" <{address}>") });
    run.spare_date = Some(date);
    run.end = told.end;
    true
}

fn above(lines: &[Line], start: usize, floor: usize) -> Vec<(usize, &str)> {
    let depth = lines.get(start).map_or(0, |l| l.depth);
    (floor.max(start.saturating_sub(REACH))..start)
        .rev()
        .filter_map(|at| lines.get(at).map(|line| (at, line)))
        .take_while(|(_, line)| line.depth == depth || line.words().trim().is_empty())
        .map(|(at, line)| (at, line.words().trim()))
        .filter(|(_, words)| !words.is_empty())
        .take_while(|(_, words)| separators::announcement(words).is_none())
        .collect()
}

/// How Notes says who sent it for the author, and where answers go.
const NOTES: [&str; 14] = [
    "please respond to",
    "sent by",
    "gesendet von",
    "bitte antwort",
    "envoyé par",
    "veuillez répondre",
    "enviado por",
    "por favor, responda",
    "por favor responda",
    "inviato da",
    "rispondere a",
    "verzonden door",
    "antwoord aan",
    "skickat av",
];

/// Lines between the author and the labels: `Please respond to …`, `Sent by: …`.
pub fn is_note(words: &str) -> bool {
    let lower = plain(words);
    NOTES.iter().any(|note| lower.starts_with(note))
}

/// `"Ann Li" <ann@acme.example> on 03/16/2000 07:06:00 AM`, with whatever word for "on".
fn on_one_line(words: &str) -> Option<(&str, &str)> {
    if words.chars().count() > 160 {
        return None;
    }
    let open = words.find(|c: char| c.is_ascii_digit() && words.contains(':'))?;
    let from = words.match_indices(char::is_whitespace).map(|(at, _)| at + 1).rfind(|at| *at <= open)?;
    let (who, date) = words.split_at_checked(from)?;
    let who = who.trim_end();
    let who = who
        .rsplit_once(' ')
        .filter(|(_, on)| on.chars().count() <= 4 && on.chars().all(char::is_lowercase))
        .map_or(who, |(who, _)| who);
    (is_name(who) && when::read(date, None).is_some()).then_some((who, date))
}

fn is_date_alone(words: &str) -> bool {
    words.chars().count() <= 60
        && words.chars().any(|c| c.is_ascii_digit())
        && !words.contains('@')
        && when::read(words, None).is_some()
        && words.split_whitespace().count() <= 8
}

fn is_name(words: &str) -> bool {
    let short = words.split_whitespace().count() <= 7 && words.chars().count() <= 100;
    short
        && !words.ends_with(['.', '!', '?', ':', ','])
        && words.chars().any(char::is_alphabetic)
        && people::author(words).is_some()
}

fn take(run: &mut Run, index: usize, author: &str, date: &str) {
    let author = labels::split(author).filter(|(l, _)| labels::kinds(l).has(Kind::From)).map_or(author, |(_, v)| v);
    run.start = index;
    run.fields.insert(0, Field { kinds: Kinds::default().with(Kind::From), value: author.to_owned() });
    if run.value(Kind::Date).is_none() {
        run.fields.insert(1, Field { kinds: Kinds::default().with(Kind::Date), value: date.to_owned() });
    }
}
