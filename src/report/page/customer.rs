//! The page of one customer, their story: the rhythm of half a year, what is open, how it goes, who they are, and
//! what was said lately.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Span;
use jiff::civil::Date;

use super::chart::{self, Bar};
use super::day::{Line, Loop, PromiseLine, subject};
use super::frame::Frame;
use super::history::Before;
use super::html::Html;
use super::standing::Measure;
use super::{filled, first};
use crate::contacts::Contact;
use crate::interaction::Recorded;
use crate::mail::Untrusted;
use crate::report::day::{Context, Exchange, Measured, Waiting};
use crate::report::facts::{CustomerFacts, Seen};
use crate::report::standing::{Standing, Told};
use crate::report::tell::Teller;
use crate::report::{phrase, topic};

/// How many of the mails behind a measure are named.
const BEHIND: usize = 20;

/// The page of a customer.
pub fn page(facts: &CustomerFacts<'_>) -> String {
    let (report, context) = (facts.report, &facts.report.context);
    let exchanges = recent(facts);
    let open =
        |list: &[&Waiting]| list.iter().map(|waiting| Loop::new(waiting, context, report.date)).collect::<Vec<_>>();
    let standing = facts.relationship.map(|relationship| Standing::of(relationship, &context.names));
    let name = context.names.customer(&facts.customer.id);
    filled(&Page {
        frame: Frame::new(Html::bare(&Untrusted::new(format!("{} – touchbase", name.raw()))), "../", &context.version),
        name: Html::words(&name),
        as_of: phrase::long_date(report.date),
        date: report.date,
        lede: lede(facts, &exchanges),
        rhythm: facts.relationship.and_then(|relationship| Rhythm::of(&relationship.rhythm, report.date)),
        on_us: open(&facts.open.on_us),
        on_them: open(&facts.open.on_them),
        promises: facts.open.promises.iter().map(|p| PromiseLine::new(p, context, report.date)).collect(),
        measures: standing.iter().flat_map(|standing| measures(standing, &exchanges, facts)).collect(),
        sight: standing.as_ref().and_then(|standing| standing.sight).map(|sight| Sight::of(sight, report.date)),
        people: people(facts),
        years: facts.years.iter().rev().copied().collect(),
        folder: super::file_name(&facts.customer.id),
        left: facts.exchanges.saturating_sub(exchanges.len() as u64),
        days: days(&exchanges, facts),
        id: Html::bare(&Untrusted::new(&facts.customer.id.0)),
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
    rhythm: Option<Rhythm>,
    on_us: Vec<Loop>,
    on_them: Vec<Loop>,
    promises: Vec<PromiseLine>,
    measures: Vec<Behind>,
    sight: Option<Sight>,
    people: Vec<Person>,
    years: Vec<i16>,
    folder: String,
    days: Vec<Day>,
    left: u64,
    id: Html,
}

/// The chart of the last half year.
pub(super) struct Rhythm {
    pub chart: Html,
    pub first: String,
    pub last: String,
    pub words: String,
    pub numbers: Vec<Bar>,
    pub unit: &'static str,
}

impl Rhythm {
    /// Weeks up to the one of `date`, the oldest first.
    fn of(weeks: &[(u32, u32)], date: Date) -> Option<Rhythm> {
        let begin = |weeks_ago: usize| {
            let days = i64::try_from(weeks_ago).unwrap_or(0) * 7 + 6;
            date.checked_sub(Span::new().days(days)).unwrap_or(date)
        };
        let bars = weeks.iter().enumerate().map(|(at, (theirs, ours))| Bar {
            label: phrase::short_date(begin(weeks.len() - 1 - at), date),
            theirs: *theirs,
            ours: *ours,
        });
        let numbers: Vec<Bar> = bars.collect();
        let sum = |count: fn(&Bar) -> u32| numbers.iter().map(count).fold(0, u32::saturating_add);
        let silent = numbers.iter().filter(|bar| bar.theirs + bar.ours == 0).count();
        let most = numbers.iter().rev().max_by_key(|bar| bar.theirs.saturating_add(bar.ours))?;
        let words = format!(
            "In {} weeks they wrote {} and we {}. Most in the seven days from {}: {}.{}",
            numbers.len(),
            phrase::times(sum(|bar| bar.theirs)),
            phrase::times(sum(|bar| bar.ours)),
            most.label,
            most.theirs.saturating_add(most.ours),
            match silent {
                0 => String::new(),
                1 => " One week was silent.".to_owned(),
                n => format!(" {} weeks were silent.", phrase::capital(&phrase::number(n))),
            },
        );
        Some(Rhythm {
            chart: chart::rhythm(&numbers, "Exchanges a week: theirs above the line, ours below it")?,
            first: phrase::short_date(begin(weeks.len() - 1), date),
            last: phrase::short_date(date, date),
            words,
            numbers,
            unit: "Seven days from",
        })
    }
}

/// How much of their mail comes to us.
struct Sight {
    text: Html,
    before: Option<Before>,
}

impl Sight {
    fn of(sight: &Measured, date: Date) -> Sight {
        let before = topic::of("blind_spot").and_then(|topic| Before::of(topic, sight, date));
        Sight { text: Html::words(&sight.text), before }
    }
}

/// A measure, what it said before, and the mails behind it.
struct Behind {
    measure: Measure,
    mails: Vec<Evidence>,
    more: usize,
    label: String,
    before: Option<Before>,
}

/// A mail behind a measure, which this page shows.
struct Evidence {
    interaction: i64,
    day: String,
    who: Html,
    subject: Html,
}

/// Every measure in the order of measures.md, what deserves attention first.
fn measures(standing: &Standing<'_>, shown: &[Exchange], facts: &CustomerFacts<'_>) -> Vec<Behind> {
    let zone = &facts.report.context.zone;
    let behind = |told: &Told<'_>| {
        let ids: BTreeSet<i64> = told.measured.interactions.iter().copied().collect();
        let known = shown.iter().filter(|exchange| ids.contains(&exchange.interaction));
        let mails: Vec<Evidence> = known
            .map(|exchange| Evidence {
                interaction: exchange.interaction,
                day: phrase::short_date(zone.to_datetime(exchange.instant).date(), facts.report.date),
                who: Html::words(&exchange.author),
                subject: subject(&exchange.subject),
            })
            .collect();
        let (mails, _) = first(mails, BEHIND);
        let more = ids.len() - mails.len();
        let label = format!("{} behind it", phrase::some(ids.len(), "mail", "mails"));
        let mut measure = Measure::of(told);
        for item in &mut measure.items {
            item.shown = shown.iter().any(|exchange| exchange.interaction == item.interaction);
        }
        let before = Before::of(told.topic, told.measured, facts.report.date);
        Behind { measure, mails, more, label, before }
    };
    let all = standing.flagged.iter().chain(&standing.calm).chain(&standing.unseen).chain(&standing.withheld);
    all.map(behind).collect()
}

struct Person {
    name: Html,
    role: Option<Html>,
    addresses: Vec<Html>,
    phone: Option<Html>,
    seen: Option<(String, String)>,
}

/// Their contacts, whoever was on a mail last first.
fn people(facts: &CustomerFacts<'_>) -> Vec<Person> {
    let mut contacts: Vec<(&Contact, Option<&Seen>)> =
        facts.customer.contacts.iter().map(|contact| (contact, facts.seen.get(&contact.id))).collect();
    contacts.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.map(|seen| seen.last)));
    contacts.into_iter().map(|(contact, seen)| Person::of(contact, seen, facts)).collect()
}

impl Person {
    fn of(contact: &Contact, seen: Option<&Seen>, facts: &CustomerFacts<'_>) -> Person {
        let words = |text: &str| Html::words(&Untrusted::new(text));
        let day = |at| phrase::short_date(facts.report.context.zone.to_datetime(at).date(), facts.report.date);
        Person {
            name: words(contact.name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&contact.id.0)),
            role: contact.role.as_deref().map(words),
            addresses: contact.addresses.iter().map(|a| words(a.as_str())).collect(),
            phone: contact.phone.as_deref().map(words),
            seen: seen.map(|seen| (day(seen.first), day(seen.last))),
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
fn recent(facts: &CustomerFacts<'_>) -> Vec<Exchange> {
    let Context { names, zone, .. } = &facts.report.context;
    let teller = Teller { names: names.clone(), zone: zone.clone() };
    let theirs = |r: &&Recorded| r.interaction.customers.contains(&facts.customer.id);
    let mut lines: Vec<Exchange> =
        facts.recent.iter().filter(theirs).filter_map(|recorded| teller.exchange(recorded, false)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse((line.instant, line.interaction)));
    lines.dedup_by_key(|line| line.interaction);
    lines
}

/// How many exchanges, and when the last one was.
fn lede(facts: &CustomerFacts<'_>, exchanges: &[Exchange]) -> String {
    let Some(last) = exchanges.first() else { return "Nothing is on record with them yet.".to_owned() };
    let day = facts.report.context.zone.to_datetime(last.instant).date();
    let since = facts.customer.since.map(|s| format!(", a customer since {}", s.strftime("%B %Y"))).unwrap_or_default();
    let count = phrase::some(facts.exchanges.max(exchanges.len() as u64) as usize, "exchange", "exchanges");
    format!("{count} on record{since}. The latest was on {}.", phrase::long_date(day))
}

/// The exchanges as days, newest first; within a day from morning to evening.
fn days(exchanges: &[Exchange], facts: &CustomerFacts<'_>) -> Vec<Day> {
    let context = &facts.report.context;
    let date = |e: &Exchange| context.zone.to_datetime(e.instant).date();
    exchanges
        .chunk_by(|a, b| date(a) == date(b))
        .filter_map(|same_day| {
            let date = date(same_day.first()?);
            let lines = same_day.iter().rev().map(|e| Line::new(e, context, facts.report.date)).collect();
            let (name, published) = (phrase::short_date(date, facts.report.date), facts.published.contains(&date));
            Some(Day { date, name, published, lines })
        })
        .collect()
}
