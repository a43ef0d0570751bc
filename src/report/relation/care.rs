//! What we owe them: measures 4, 5, 6, 7 and 13.

use super::Telling;
use super::say::{ago, answer, due, none, on, told, waited};
use crate::mail::Untrusted;
use crate::measure::{Correction, Issue, Missed, Neglect, Promised, QUOTED, Reaction, Relation, Share, State, Success};
use crate::report::day::{Item, Measured, Promise};
use crate::report::phrase::{capital, some};
use crate::understand::SignalKind;

/// Those of a customer's promises that the day's report tells.
pub fn promises_told(telling: &Telling<'_>, relation: &Relation) -> Vec<Promise> {
    let told = relation.promises.told().into_iter();
    told.map(|promised| {
        let someone = promised.person.and_then(|person| telling.roster.person(person));
        Promise {
            number: promised.number,
            customer: telling.id(relation.customer),
            contact: someone.and_then(|someone| someone.contact.as_ref()).map(|id| id.0.clone()),
            name: telling.name(promised.person),
            sentence: words(telling, promised).unwrap_or_default(),
            due: promised.due,
            overdue: promised.state == State::Overdue,
            interaction: promised.interaction,
            since: telling.teller.time(promised.made),
        }
    })
    .collect()
}

fn words(telling: &Telling<'_>, promised: &Promised) -> Option<Untrusted> {
    telling.sentence(promised.interaction, Some(promised.position), &[SignalKind::Promise])
}

/// "Promised Ann Li; due on Friday", and how many were kept.
pub fn promises(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, all) = (telling.customer(relation), &relation.promises.all);
    if all.is_empty() {
        return none(&whom, "no promise of ours");
    }
    let kept = relation.promises.kept();
    let open = all.len() as u64 - kept.whole;
    let overdue = kept.whole - kept.part;
    let balance = match kept.whole {
        0 => None,
        1 if overdue == 0 => Some("1 promise, kept".to_owned()),
        1 => Some("1 promise, overdue".to_owned()),
        whole if overdue == 0 => Some(format!("all {} kept", some(whole as usize, "promise", "promises"))),
        whole => {
            Some(format!("{} of {} kept, {overdue} overdue", kept.part, some(whole as usize, "promise", "promises")))
        }
    };
    let open = (open > 0).then(|| format!("{open} open"));
    let parts: Vec<String> = balance.into_iter().chain(open).collect();
    let told_now = relation.promises.told();
    let items = told_now.iter().map(|promised| Item {
        text: line(telling, promised),
        sentence: words(telling, promised),
        interaction: promised.interaction,
        number: Some(promised.number),
        open: true,
    });
    let interactions = latest(all.iter().map(|promised| promised.interaction));
    let text = format!("{whom}: {}", parts.join("; "));
    let measured = told(kept.value(), all.len(), !told_now.is_empty(), text, interactions);
    Measured { items: items.collect(), ..measured }
}

fn line(telling: &Telling<'_>, promised: &Promised) -> Untrusted {
    let name = telling.name(promised.person);
    let due = due(promised.due, telling.day, promised.state == State::Overdue);
    Untrusted::new(format!("Promised {}; {due}", name.raw()))
}

/// "Bea corrected us; not yet thanked (9 h)".
pub fn corrections(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, all) = (telling.customer(relation), &relation.corrections.all);
    let item = |correction: &Correction| Item {
        text: Untrusted::new(format!(
            "{} corrected us{}",
            telling.name(correction.person).raw(),
            thanked(telling, correction)
        )),
        sentence: telling.sentence(
            correction.interaction,
            Some(correction.position),
            &[SignalKind::Correction, SignalKind::CorrectionHint],
        ),
        interaction: correction.interaction,
        number: Some(correction.number),
        open: correction.told,
    };
    let (share, what) =
        (relation.corrections.thanked(), ("no correction of theirs", "correction", "corrections", "thanked for"));
    summed(&whom, share, what, all.iter().map(|c| (c.told, item(c), c.interaction)))
}

fn thanked(telling: &Telling<'_>, correction: &Correction) -> String {
    match correction.thanks {
        Reaction::InTime(_) => "; thanked".to_owned(),
        Reaction::Late(_) => "; thanked, though late".to_owned(),
        Reaction::ByHand => "; settled".to_owned(),
        Reaction::Missing if correction.told => {
            format!("; not yet thanked ({})", waited(correction.working_hours, telling.hours_per_day))
        }
        Reaction::Missing => "; nobody thanked".to_owned(),
    }
}

/// "Solved 8 days ago at Acme; nobody asked if it still works".
pub fn issues(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, all) = (telling.customer(relation), &relation.issues.all);
    let item = |issue: &Issue| Item {
        text: Untrusted::new(course(telling, issue, &whom)),
        sentence: telling.sentence(issue.interaction, Some(issue.position), &[SignalKind::Issue]),
        interaction: issue.interaction,
        number: Some(issue.number),
        open: issue.flag.is_some(),
    };
    let (share, what) = (relation.issues.solved(), ("no issue of theirs", "issue", "issues", "solved"));
    summed(&whom, share, what, all.iter().map(|i| (i.flag.is_some(), item(i), i.interaction)))
}

fn course(telling: &Telling<'_>, issue: &Issue, whom: &str) -> String {
    let name = telling.name(issue.person);
    let day = on(telling.date(issue.at), telling.day);
    match (issue.flag, issue.solved) {
        (Some(Neglect::NotHeard), _) => {
            format!(
                "{} named a problem {day}; nobody has answered ({})",
                name.raw(),
                waited(issue.working_hours, telling.hours_per_day)
            )
        }
        (_, Some((_, days))) => {
            let after = match (issue.flag, issue.checked_back) {
                (Some(Neglect::NotAskedAfter), _) => "; nobody asked if it still works",
                (_, Some(_)) => "; we asked, and it was looked after",
                _ => "",
            };
            format!("Solved {} at {whom}{after}", ago(days, telling.day))
        }
        _ if issue.closed => format!("{} named a problem {day}; settled", name.raw()),
        _ if issue.heard.is_some() => format!("{} named a problem {day}; answered, not yet solved", name.raw()),
        _ => format!("{} named a problem {day}", name.raw()),
    }
}

/// "Jan told of a success on Tuesday; no congratulation yet".
pub fn successes(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, all) = (telling.customer(relation), &relation.successes.all);
    let item = |success: &Success| Item {
        text: Untrusted::new(format!(
            "{} told us of a success {}{}",
            telling.name(success.person).raw(),
            on(telling.date(success.at), telling.day),
            match success.cheer {
                Reaction::InTime(_) | Reaction::ByHand => "; we cheered",
                Reaction::Late(_) => "; we cheered, though late",
                Reaction::Missing if success.told => "; no congratulation yet",
                Reaction::Missing => "; nobody congratulated",
            }
        )),
        sentence: telling.sentence(success.interaction, None, &[SignalKind::Success]),
        interaction: success.interaction,
        number: None,
        open: success.told,
    };
    let (share, what) = (relation.successes.cheered(), ("no success of theirs", "success", "successes", "cheered"));
    summed(&whom, share, what, all.iter().map(|s| (s.told, item(s), s.interaction)))
}

/// A log told: its one open thing, or its sum; as items what is open, and then what is settled, each the latest first.
fn summed(
    whom: &str,
    good: Share,
    (nothing, one, many, what): (&str, &str, &str, &str),
    all: impl DoubleEndedIterator<Item = (bool, Item, i64)>,
) -> Measured {
    if good.whole == 0 {
        return none(whom, nothing);
    }
    let (mut items, mut settled, mut interactions) = (Vec::new(), Vec::new(), Vec::new());
    for (is_open, item, interaction) in all.rev() {
        interactions.push(interaction);
        let list = if is_open { &mut items } else { &mut settled };
        list.push(item);
    }
    let open = items.len();
    items.append(&mut settled);
    items.truncate(QUOTED);
    interactions.truncate(super::LATEST);
    interactions.reverse();
    let sum = format!("{whom}: {} of {} {what}", good.part, some(good.whole as usize, one, many));
    let text = match items.first() {
        Some(item) if open == 1 => item.text.raw().to_owned(),
        _ => sum,
    };
    let measured = told(good.value(), good.whole as usize, open > 0, text, interactions);
    Measured { items, ..measured }
}

/// "Ann asked 3 things on Monday; our reply touched 2. Missing: 'Can Bea get a login?'".
pub fn coverage(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.coverage, &whom, "questions taken up", |known| {
        let Share { part, whole } = known.covered;
        let missed = known.missed.iter().rev().take(QUOTED);
        let items: Vec<Item> = missed.flat_map(|missed| uncovered(telling, missed)).collect();
        let latest = known.missed.last().map(|missed| missing(telling, missed));
        let sum = format!("our replies to {whom} took up {part} of {whole} questions");
        let text = match latest {
            Some(latest) => format!("{latest} In all, {sum}"),
            None => capital(&sum),
        };
        let measured = told(known.covered.value(), whole as usize, known.flagged, text, known.evidence.clone());
        Measured { items, ..measured }
    })
}

fn missing(telling: &Telling<'_>, missed: &Missed) -> String {
    let things = some(missed.asked, "thing", "things");
    let asked =
        format!("{} asked {things} {}", telling.name(missed.person).raw(), on(telling.date(missed.at), telling.day));
    let touched = match (missed.answer, missed.asked - missed.positions.len()) {
        (None, _) => "; nobody has answered.".to_owned(),
        (Some(_), 0) => "; our reply touched none of it.".to_owned(),
        (Some(_), touched) => format!("; our reply touched {touched}."),
    };
    let first = missed.positions.first().and_then(|at| question(telling, missed, *at));
    let words = first.map(|words| format!(" Missing: '{}'", words.raw())).unwrap_or_default();
    format!("{asked}{touched}{words}")
}

fn uncovered<'a>(telling: &'a Telling<'_>, missed: &'a Missed) -> impl Iterator<Item = Item> + 'a {
    let name = telling.name(missed.person);
    let day = on(telling.date(missed.at), telling.day);
    missed.positions.iter().take(QUOTED).map(move |position| Item {
        text: Untrusted::new(format!("{} asked {day}", name.raw())),
        sentence: question(telling, missed, *position),
        interaction: missed.interaction,
        number: None,
        open: true,
    })
}

fn question(telling: &Telling<'_>, missed: &Missed, position: u32) -> Option<Untrusted> {
    telling.sentence(missed.interaction, Some(position), &[SignalKind::Ask])
}

fn latest(interactions: impl DoubleEndedIterator<Item = i64>) -> Vec<i64> {
    let mut latest: Vec<i64> = interactions.rev().take(super::LATEST).collect();
    latest.reverse();
    latest.dedup();
    latest
}
