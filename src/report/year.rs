//! Our year together: one customer's year looked back at (measures.md, 14). No money is told, and a year with little
//! in it gets a short honest text.
//!
//! [`YearFacts`] go in, a [`Year`] comes out, and every format is rendered from that one value.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::day::{Context, Exchange, Report};
use super::tell::Teller;
use super::words::{NAME, SUBJECT};
use super::{File, Format, json, markdown, page, phrase};
use crate::contacts::CustomerId;
use crate::interaction::Recorded;
use crate::mail::Untrusted;
use crate::measure::Entry;

/// Fewer exchanges than this tell no story.
const LEAST_EXCHANGES: u32 = 6;

/// How many of the warmest sentences are told.
const WARMEST: usize = 3;

/// What the page of a customer's year is made of.
#[derive(Debug, Clone)]
pub struct YearFacts<'a> {
    /// Whose year.
    pub customer: &'a CustomerId,
    /// Its first day.
    pub from: Date,
    /// Its last day, which is told; the page bears the name of that day's calendar year.
    pub to: Date,
    /// A report of these days, for the zone and everyone's names.
    pub report: &'a Report,
    /// The calendar months it touches, in order, each with its personal exchanges ([`months`]).
    pub months: &'a [Month],
    /// Who arrived in it, by name.
    pub arrived: &'a [Untrusted],
    /// Who left in it, by name.
    pub left: &'a [Untrusted],
    /// The longest time without an exchange.
    pub silence: Option<Silence>,
    /// Questions of theirs, and how many we answered.
    pub questions: Tally,
    /// Corrections of theirs, and for how many we thanked.
    pub corrections: Tally,
    /// Issues of theirs, and how many were solved.
    pub issues: Tally,
    /// Successes of theirs, and how many we cheered.
    pub successes: Tally,
    /// Promises of ours that fell due, and how many we kept.
    pub promises: Tally,
    /// The first exchange.
    pub first: Option<&'a Recorded>,
    /// The latest one.
    pub latest: Option<&'a Recorded>,
    /// What they wrote with most thanks or success in it, the warmest first.
    pub warmest: &'a [Warm],
}

/// A month of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Its first day.
    pub month: Date,
    /// How many exchanges were theirs.
    pub theirs: u32,
    /// How many were ours.
    pub ours: u32,
}

/// A time without an exchange.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silence {
    /// The day of the exchange before it.
    pub from: Date,
    /// The day of the exchange that broke it.
    pub to: Date,
    /// Who broke it.
    pub broken_by: Untrusted,
    /// With which mail.
    pub interaction: i64,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// So many were answered, thanked, solved, cheered or kept.
    pub done: u32,
    /// Of so many.
    pub of: u32,
}

/// A sentence of theirs that does one good.
#[derive(Debug, Clone, PartialEq)]
pub struct Warm {
    /// The sentence.
    pub sentence: Untrusted,
    /// Who wrote it.
    pub author: Untrusted,
    /// When.
    pub at: Timestamp,
    /// In which mail.
    pub interaction: i64,
}

/// A customer's year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Year {
    /// Whose.
    pub customer: CustomerId,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// The report's zone, by its IANA name.
    pub time_zone: String,
    /// How many exchanges.
    pub exchanges: u32,
    /// Whether that is too few to tell more than the first and the latest line.
    pub sparse: bool,
    /// Its months.
    pub months: Vec<Month>,
    /// The month with the most exchanges, the first of several.
    pub busiest: Option<Month>,
    /// Who arrived.
    pub arrived: Vec<Untrusted>,
    /// Who left.
    pub left: Vec<Untrusted>,
    /// The longest silence.
    pub silence: Option<Silence>,
    /// Questions answered.
    pub questions: Tally,
    /// Corrections thanked.
    pub corrections: Tally,
    /// Issues solved.
    pub issues: Tally,
    /// Successes cheered.
    pub successes: Tally,
    /// Promises kept.
    pub promises: Tally,
    /// The first exchange.
    pub first: Option<Exchange>,
    /// The latest one.
    pub latest: Option<Exchange>,
    /// The warmest sentences.
    pub warmest: Vec<WarmLine>,
    /// What pages show besides.
    #[serde(skip)]
    pub context: Context,
}

/// One of the warmest sentences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarmLine {
    /// The sentence.
    pub sentence: Untrusted,
    /// Who wrote it.
    pub author: Untrusted,
    /// When, as the report's zone shows it.
    pub at: String,
    /// In which mail.
    pub interaction: i64,
}

/// A customer's year in one format.
pub fn render(facts: &YearFacts<'_>, format: Format) -> String {
    let year = Year::new(facts);
    match format {
        Format::Html => page::year(&year),
        Format::Markdown => markdown::year(&year),
        Format::Json => json(&year),
    }
}

/// A customer's year as a file in one format: `customers/acme/2026.html`.
pub fn file(facts: &YearFacts<'_>, format: Format) -> File {
    let page = page::year_path(facts.customer, facts.to.year());
    let path = page.strip_suffix("html").map_or_else(|| page.clone(), |stem| format!("{stem}{}", format.extension()));
    File { path, content: render(facts, format) }
}

impl Year {
    /// Says what the facts say.
    pub fn new(facts: &YearFacts<'_>) -> Year {
        let context = facts.report.context.clone();
        let teller = Teller { names: context.names.clone(), zone: context.zone.clone() };
        let exchanges = facts.months.iter().fold(0, |sum: u32, m| sum.saturating_add(m.theirs).saturating_add(m.ours));
        let names = |people: &[Untrusted]| people.iter().map(|name| name.line(NAME)).collect();
        let line = |recorded: Option<&Recorded>| recorded.and_then(|recorded| teller.exchange(recorded, false));
        let warm = facts.warmest.iter().take(WARMEST).map(|warm| WarmLine {
            sentence: warm.sentence.line(SUBJECT),
            author: warm.author.line(NAME),
            at: teller.time(warm.at),
            interaction: warm.interaction,
        });
        Year {
            customer: facts.customer.clone(),
            from: facts.from,
            to: facts.to,
            time_zone: facts.report.time_zone.clone(),
            exchanges,
            sparse: exchanges < LEAST_EXCHANGES,
            months: facts.months.to_vec(),
            busiest: busiest(facts.months),
            arrived: names(facts.arrived),
            left: names(facts.left),
            silence: facts.silence.clone(),
            questions: facts.questions,
            corrections: facts.corrections,
            issues: facts.issues,
            successes: facts.successes,
            promises: facts.promises,
            first: line(facts.first),
            latest: line(facts.latest),
            warmest: warm.collect(),
            context,
        }
    }

    /// The customer's name.
    pub fn name(&self) -> Untrusted {
        self.context.names.customer(&self.customer)
    }

    /// The sentences at the top, without a stranger's words: how much, and in which month most.
    pub fn lede(&self) -> String {
        let total = phrase::some_letters(self.exchanges as usize, "exchange", "exchanges");
        if self.sparse {
            return match self.exchanges {
                0 => "We wrote to one another not once in this year. Whoever knows why may know what to do.".to_owned(),
                _ => format!("{}: too little to tell a story of. Here is what there was.", phrase::capital(&total)),
            };
        }
        let theirs: u32 = self.months.iter().map(|m| m.theirs).sum();
        let mut lede = format!("{}: they wrote {theirs}, we {}.", phrase::capital(&total), self.exchanges - theirs);
        if let Some(busiest) = self.busiest {
            let name = busiest.month.strftime("%B");
            lede.push_str(&format!(" The busiest month was {name}, with {}.", busiest.theirs + busiest.ours));
        }
        lede
    }

    /// What was counted, in the order of a story: what it is called, how many of how many.
    pub fn tallies(&self) -> [(&'static str, Tally); 5] {
        [
            ("Questions answered", self.questions),
            ("Promises kept", self.promises),
            ("Issues solved", self.issues),
            ("Corrections thanked", self.corrections),
            ("Successes cheered", self.successes),
        ]
    }

    /// `20 November 2025 to 19 November 2026`.
    pub fn span(&self) -> String {
        phrase::span(self.from, self.to)
    }
}

/// The calendar months from one day to another, each with its personal exchanges of these entries.
pub fn months<'a>(entries: impl IntoIterator<Item = &'a Entry>, from: Date, to: Date, zone: &TimeZone) -> Vec<Month> {
    let firsts = from.first_of_month().series(Span::new().months(1)).take_while(|first| *first <= to);
    let mut months: Vec<Month> = firsts.map(|month| Month { month, theirs: 0, ours: 0 }).collect();
    for entry in entries.into_iter().filter(|entry| entry.personal()) {
        let day = zone.to_datetime(entry.at).date();
        let month = months.iter_mut().rev().find(|month| month.month <= day);
        if let Some(month) = month.filter(|_| (from..=to).contains(&day)) {
            *if entry.inbound { &mut month.theirs } else { &mut month.ours } += 1;
        }
    }
    months
}

impl Silence {
    /// How many days it lasted.
    pub fn days(&self) -> i64 {
        self.from.until(self.to).map_or(0, |span| i64::from(span.get_days()))
    }
}

fn busiest(months: &[Month]) -> Option<Month> {
    let mut busiest: Option<Month> = None;
    for month in months.iter().filter(|m| m.theirs + m.ours > 0) {
        if busiest.is_none_or(|most| month.theirs + month.ours > most.theirs + most.ours) {
            busiest = Some(*month);
        }
    }
    busiest
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_first_of_two_busiest_months_is_named_and_none_of_a_silent_year() {
        let month = |month, theirs, ours| Month { month: date(2026, month, 1), theirs, ours };
        assert_eq!(busiest(&[month(1, 1, 1), month(2, 3, 2), month(3, 0, 5)]), Some(month(2, 3, 2)));
        assert_eq!(busiest(&[month(1, 0, 0)]), None);
    }

    #[test]
    fn a_year_from_one_anniversary_to_the_next_touches_thirteen_months() {
        let zone = TimeZone::get("Europe/Brussels").unwrap();
        let entry = |at: &str, inbound| Entry {
            interaction: 1,
            at: at.parse().unwrap(),
            conversation: 1,
            heading: 0,
            customers: [].into(),
            author: None,
            to: [].into(),
            cc: [].into(),
            words: 1,
            signals: Default::default(),
            kind: crate::understand::Kind::Email,
            automation: crate::understand::Automation::None,
            inbound,
            interleaved: false,
        };
        let entries = [
            entry("2025-11-19T12:00:00+01", true),
            entry("2025-11-20T00:00:00+01", true),
            entry("2026-10-31T23:30:00Z", false),
            entry("2026-11-19T23:59:00+01", false),
            entry("2026-11-20T00:00:00+01", false),
            Entry { kind: crate::understand::Kind::Note, ..entry("2026-01-02T10:00:00+01", false) },
        ];
        let months = months(&entries, date(2025, 11, 20), date(2026, 11, 19), &zone);
        assert_eq!(months.len(), 13);
        let told = |month: &Month| (month.month, month.theirs, month.ours);
        assert_eq!(months.first().map(told), Some((date(2025, 11, 1), 1, 0)));
        assert_eq!(months.last().map(told), Some((date(2026, 11, 1), 0, 2)), "the night to November is of November");
        assert_eq!(months.iter().map(|m| m.theirs + m.ours).sum::<u32>(), 3, "what lies outside is not of it");
    }

    #[test]
    fn a_silence_lasts_from_one_exchange_to_the_next() {
        let silence = |from, to| Silence { from, to, broken_by: Untrusted::default(), interaction: 1 };
        assert_eq!(silence(date(2026, 2, 27), date(2026, 3, 2)).days(), 3);
        assert_eq!(silence(date(2025, 12, 1), date(2026, 3, 2)).days(), 91);
    }
}
