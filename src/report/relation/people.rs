//! Who comes and who goes: measures 8 and 9, and the lists of people to settle.

use std::cmp::Reverse;

use super::Telling;
use super::say::{none, on, percent, told};
use crate::mail::Untrusted;
use crate::measure::{Arrived, Departed, Findings, Relation, Share, Sign};
use crate::report::day::{Arrival, Departure, Measured};
use crate::report::phrase::some;

/// Everybody who is new, the latest first.
pub fn arrivals(telling: &Telling<'_>, findings: &Findings) -> Vec<Arrival> {
    let told = |relation: &Relation| {
        let new = relation.arrivals.all.iter().filter(|arrived| arrived.told).cloned();
        new.map(|arrived| (relation.customer, arrived)).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = findings.relations.iter().flat_map(told).collect();
    all.sort_by_key(|(customer, arrived)| (Reverse((arrived.at, arrived.interaction)), *customer, arrived.person));
    let arrival = |(customer, arrived): (_, Arrived)| Arrival {
        customer: telling.id(customer),
        address: telling.roster.person(arrived.person).and_then(|someone| someone.address.clone()).unwrap_or_default(),
        name: telling.name(Some(arrived.person)),
        introducer: arrived.introducer.map(|introducer| telling.name(Some(introducer))),
        first: telling.teller.time(arrived.at),
        interaction: arrived.interaction,
        welcomed: arrived.welcome.is_some(),
    };
    all.into_iter().map(arrival).collect()
}

/// Everybody who left or seems to have, the latest first.
pub fn departures(telling: &Telling<'_>, findings: &Findings) -> Vec<Departure> {
    let told = |relation: &Relation| {
        let gone = relation.departures.all.iter().filter(|departed| departed.told);
        gone.map(|departed| (departed.at, departure(telling, relation, departed))).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = findings.relations.iter().flat_map(told).collect();
    all.sort_by_key(|(at, _)| Reverse(*at));
    all.into_iter().map(|(_, departure)| departure).collect()
}

fn departure(telling: &Telling<'_>, relation: &Relation, departed: &Departed) -> Departure {
    let someone = telling.roster.person(departed.person);
    Departure {
        customer: telling.id(relation.customer),
        contact: someone.and_then(|someone| someone.contact.as_ref()).map(|id| id.0.clone()),
        name: telling.name(Some(departed.person)),
        sign: match departed.sign {
            Sign::Bounce => "bounce",
            Sign::AutoReply => "auto-reply",
            Sign::OwnWords => "own-words",
            Sign::Silence { .. } => "silence",
        },
        text: Untrusted::new(how(telling, relation, departed)),
        successors: departed.successors.clone(),
        farewell: departed.farewell.is_some(),
        interactions: departed.evidence.clone(),
    }
}

fn how(telling: &Telling<'_>, relation: &Relation, departed: &Departed) -> String {
    let name = telling.name(Some(departed.person));
    let name = name.raw();
    let day = on(telling.date(departed.at), telling.day);
    match departed.sign {
        Sign::Bounce => format!("A mail to {name} came back {day}: nobody is there any more"),
        Sign::AutoReply => format!("The mailbox of {name} answered {day} that they have left"),
        Sign::OwnWords => format!("{name} wrote of leaving {day}"),
        Sign::Silence { missed, before } => {
            let whom = telling.customer(relation);
            format!("{name} has not been on the last {missed} {whom} mails (was on {})", percent(before))
        }
    }
}

/// "New at Acme: Bea Li, brought in by Ann on 3 May; not greeted".
pub fn arrived(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, all) = (telling.customer(relation), &relation.arrivals.all);
    if all.is_empty() {
        return none(&whom, "nobody new");
    }
    let open = |arrived: &&Arrived| arrived.told && arrived.welcome.is_none();
    let welcomed = relation.arrivals.welcomed();
    let text = match all.iter().rfind(open) {
        Some(arrived) => format!("New at {whom}: {}", introduced(telling, arrived)),
        None => format!("{whom}: {} came, {} greeted (n = {})", people(welcomed), welcomed.part, welcomed.whole),
    };
    let flagged = all.iter().any(|arrived| open(&arrived));
    told(welcomed.value(), all.len(), flagged, text, latest(all.iter().map(|arrived| arrived.interaction)))
}

fn introduced(telling: &Telling<'_>, arrived: &Arrived) -> String {
    let name = telling.name(Some(arrived.person));
    let day = on(telling.date(arrived.at), telling.day);
    match arrived.introducer {
        Some(introducer) => {
            format!("{}, brought in by {} {day}; not greeted", name.raw(), telling.name(Some(introducer)).raw())
        }
        None => format!("{}, who wrote {day}; not greeted", name.raw()),
    }
}

/// "Ann has not been on the last 9 Acme mails (was on 80 %)".
pub fn departed(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let (whom, all) = (telling.customer(relation), &relation.departures.all);
    if all.is_empty() {
        return none(&whom, "nobody left");
    }
    let open = |departed: &&Departed| departed.told && departed.farewell.is_none();
    let farewells = relation.departures.farewells();
    let text = match all.iter().rfind(open) {
        Some(departed) => how(telling, relation, departed),
        None => {
            format!("{whom}: {} left, {} with a farewell (n = {})", people(farewells), farewells.part, farewells.whole)
        }
    };
    let flagged = all.iter().any(|departed| open(&departed));
    told(farewells.value(), all.len(), flagged, text, latest(all.iter().flat_map(|d| d.evidence.iter().copied())))
}

fn people(of: Share) -> String {
    some(of.whole as usize, "person", "people")
}

fn latest(interactions: impl Iterator<Item = i64>) -> Vec<i64> {
    let all: Vec<i64> = interactions.collect();
    all.get(all.len().saturating_sub(super::LATEST)..).unwrap_or_default().to_vec()
}
