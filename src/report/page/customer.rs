//! The page of one customer: who waits, who they are, what was said lately.

use std::collections::BTreeMap;

use askama::Template;
use jiff::civil::Date;

use super::day::{Line, Loop};
use super::filled;
use super::frame::Frame;
use super::html::Html;
use crate::contacts::Contact;
use crate::interaction::Recorded;
use crate::mail::Untrusted;
use crate::measure::open_loops;
use crate::report::day::{Context, Exchange};
use crate::report::facts::{CustomerFacts, Names};
use crate::report::phrase;
use crate::report::tell::Teller;

/// The page of a customer.
pub fn page(facts: &CustomerFacts<'_>) -> String {
    let teller = Teller { names: Names::of(facts.customers), zone: facts.zone.clone() };
    let name = teller.names.customer(&facts.customer.id);
    let exchanges = recent(facts, &teller);
    let loops = &facts.findings.open_loops;
    let (on_us, on_them) = (waiting(&loops.on_us, facts, &teller), waiting(&loops.on_them, facts, &teller));
    let context = context(facts, teller);
    let open = |list: Vec<_>| list.iter().map(|w| Loop::new(w, &context, facts.date)).collect::<Vec<_>>();
    filled(&Page {
        frame: Frame::new(Html::bare(&Untrusted::new(format!("{} – touchbase", name.raw()))), "../", facts.version),
        name: Html::words(&name),
        as_of: phrase::long_date(facts.date),
        date: facts.date,
        lede: lede(facts, &exchanges, &context),
        on_us: open(on_us),
        on_them: open(on_them),
        people: facts.customer.contacts.iter().map(Person::of).collect(),
        left: facts.exchanges.saturating_sub(exchanges.len() as u64),
        days: days(&exchanges, facts, &context),
        id: facts.customer.id.0.clone(),
    })
}

#[derive(Template)]
#[template(path = "customer.html")]
struct Page {
    frame: Frame,
    name: Html,
    as_of: String,
    date: Date,
    lede: String,
    on_us: Vec<Loop>,
    on_them: Vec<Loop>,
    people: Vec<Person>,
    days: Vec<Day>,
    left: u64,
    id: String,
}

struct Person {
    name: Html,
    role: Option<Html>,
    addresses: Vec<Html>,
    phone: Option<Html>,
}

impl Person {
    fn of(contact: &Contact) -> Person {
        let words = |text: &str| Html::words(&Untrusted::new(text));
        Person {
            name: words(contact.name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&contact.id.0)),
            role: contact.role.as_deref().map(words),
            addresses: contact.addresses.iter().map(|a| words(a.as_str())).collect(),
            phone: contact.phone.as_deref().map(words),
        }
    }
}

/// One day's exchanges with them.
struct Day {
    date: Date,
    name: String,
    published: bool,
    lines: Vec<Line>,
}

/// Their latest exchanges, newest first.
fn recent(facts: &CustomerFacts<'_>, teller: &Teller) -> Vec<Exchange> {
    let theirs = |r: &&Recorded| r.interaction.customers.contains(&facts.customer.id);
    let mut lines: Vec<Exchange> =
        facts.recent.iter().filter(theirs).filter_map(|recorded| teller.exchange(recorded, false)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse((line.instant, line.interaction)));
    lines.dedup_by_key(|line| line.interaction);
    lines
}

fn waiting(
    loops: &[open_loops::Waiting],
    facts: &CustomerFacts<'_>,
    teller: &Teller,
) -> Vec<crate::report::day::Waiting> {
    let quoted: BTreeMap<_, _> = facts.recent.iter().map(|r| (r.id, &r.interaction)).collect();
    let number = facts.roster.find(&facts.customer.id);
    let theirs = loops.iter().filter(|w| number.is_some_and(|number| w.entry.customers.contains(&number)));
    theirs.map(|w| teller.waiting(w, facts.roster, &quoted)).collect()
}

fn context(facts: &CustomerFacts<'_>, teller: Teller) -> Context {
    Context {
        names: teller.names,
        zone: teller.zone,
        hours_per_day: facts.hours_per_day,
        previous: None,
        anything_recorded: true,
        formats: Vec::new(),
        version: facts.version.to_owned(),
    }
}

/// How many exchanges, and when the last one was.
fn lede(facts: &CustomerFacts<'_>, exchanges: &[Exchange], context: &Context) -> String {
    let Some(last) = exchanges.first() else { return "Nothing is on record with them yet.".to_owned() };
    let day = context.zone.to_datetime(last.instant).date();
    let since = facts.customer.since.map(|s| format!(", a customer since {}", s.strftime("%B %Y"))).unwrap_or_default();
    let count = phrase::some(facts.exchanges.max(exchanges.len() as u64) as usize, "exchange", "exchanges");
    format!("{count} on record{since}. The latest was on {}.", phrase::long_date(day))
}

/// The exchanges as days, newest first; within a day from morning to evening.
fn days(exchanges: &[Exchange], facts: &CustomerFacts<'_>, context: &Context) -> Vec<Day> {
    let date = |e: &Exchange| context.zone.to_datetime(e.instant).date();
    exchanges
        .chunk_by(|a, b| date(a) == date(b))
        .filter_map(|same_day| {
            let date = date(same_day.first()?);
            let lines = same_day.iter().rev().map(|e| Line::new(e, context, facts.date)).collect();
            Some(Day {
                date,
                name: phrase::short_date(date, facts.date),
                published: facts.published.contains(&date),
                lines,
            })
        })
        .collect()
}
