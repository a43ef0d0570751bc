//! Our year together: measure 14.

use super::Telling;
use super::say::told;
use crate::mail::Untrusted;
use crate::measure::{Occasion, Relation, Share, Year};
use crate::report::day::{Item, Measured};
use crate::report::gist::gist;
use crate::report::phrase::{capital, number, some};
use crate::understand::SignalKind;

/// The year in a few sentences, its lines as items: the first, the warmest of theirs, the latest.
pub fn year(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, year) = (telling.customer(relation), &relation.year);
    let n = year.exchanges();
    let looked_back = matches!(year.occasion, Some(Occasion::Anniversary(_)));
    let text = match n {
        0 => format!("{whom}: no mail in the last year (n = 0)"),
        _ => {
            let began = occasion(telling, year, &whom);
            match year.is_sparse() {
                true => format!("{began}{}", sparse(telling, year, &whom)),
                false => format!("{began}{}", in_full(telling, year, &whom)),
            }
        }
    };
    let interactions = year.lines().fold(Vec::new(), |mut seen, line| {
        if !seen.contains(&line) {
            seen.push(line);
        }
        seen
    });
    let measured = told((n > 0).then_some(n as f64), n, looked_back, text, interactions);
    Measured { items: lines(telling, year), ..measured }
}

fn occasion(telling: &Telling<'_>, year: &Year, whom: &str) -> String {
    match year.occasion {
        Some(Occasion::Anniversary(years)) => {
            let years = usize::try_from(years).unwrap_or(0);
            let ago = match years {
                1 => "A year".to_owned(),
                _ => format!("{} years", capital(&number(years))),
            };
            let day = year.since.unwrap_or(telling.day);
            format!("{ago} ago today, on {}, the first mail with {whom} was written. ", day.strftime("%-d %B %Y"))
        }
        Some(Occasion::December) | None => String::new(),
    }
}

/// A short honest text: a young relation is no quiet one.
fn sparse(telling: &Telling<'_>, year: &Year, whom: &str) -> String {
    let mails = some(year.exchanges(), "mail", "mails");
    let young = year.since.filter(|since| since.until(telling.day).is_ok_and(|span| span.get_days() < 365));
    match young {
        Some(since) => format!("With {whom} since {}: {mails} so far.", since.strftime("%-d %B %Y")),
        None => format!("A quiet year with {whom}: {mails}. There is room for a call."),
    }
}

fn in_full(telling: &Telling<'_>, year: &Year, whom: &str) -> String {
    let mut parts =
        vec![format!("{} mails with {whom}, {} theirs and {} ours", year.exchanges(), year.theirs, year.ours)];
    parts.extend(year.busiest.map(|month| format!("busiest in {} ({})", month.first.strftime("%B %Y"), month.mails)));
    parts.extend(year.silence.filter(|quiet| quiet.days > 1).map(|quiet| {
        let name = telling.name(quiet.person);
        let who = if quiet.theirs { name.raw() } else { "we" };
        format!("the longest silence lasted {} days, until {who} broke it", quiet.days)
    }));
    parts.extend(came_and_went(year));
    let counted = |share: Share, what: &str, done: &str| {
        (share.whole > 0).then(|| format!("{} of {} {what} {done}", share.part, share.whole))
    };
    parts.extend(counted(year.questions, "mails that asked", "answered"));
    parts.extend(counted(year.promises, "promises", "kept"));
    parts.extend(counted(year.corrections, "corrections", "thanked for"));
    parts.extend(counted(year.issues, "issues", "solved"));
    parts.extend(counted(year.successes, "successes", "cheered"));
    format!("The last year: {}.", parts.join("; "))
}

fn came_and_went(year: &Year) -> Option<String> {
    let people = |n: usize| some(n, "person", "people");
    match (year.arrived.len(), year.left.len()) {
        (0, 0) => None,
        (came, 0) => Some(format!("{} came", people(came))),
        (0, went) => Some(format!("{} left", people(went))),
        (came, went) => Some(format!("{} came and {went} left", people(came))),
    }
}

/// The lines at hand.
fn lines(telling: &Telling<'_>, year: &Year) -> Vec<Item> {
    let line = |what: &str, interaction: i64, warm: bool| {
        let mail = telling.quoted.get(&interaction)?;
        let warmest = || telling.sentence(interaction, None, &[SignalKind::Success, SignalKind::Thanks]);
        let sentence = if warm { warmest() } else { None }.unwrap_or_else(|| gist(mail));
        let day = telling.date(mail.occurred_at.timestamp).strftime("%-d %B %Y");
        let text = Untrusted::new(format!("{what}, {day}"));
        Some(Item { text, sentence: Some(sentence), interaction, number: None, open: false })
    };
    let warm = year.warmest.iter().filter_map(|interaction| line("A kind word", *interaction, true));
    let first = year.first.and_then(|interaction| line("The first line", interaction, false));
    let latest = year.latest.filter(|latest| year.first != Some(*latest));
    let latest = latest.and_then(|interaction| line("The latest line", interaction, false));
    first.into_iter().chain(warm).chain(latest).collect()
}
