//! Measure 14: look back together once a year. Nothing here is about money.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Span};

use super::answer::Share;
use super::dealings::{Dealings, Place};
use super::sight::Sight;
use super::{Corrections, Departures, Issues, Promises, Successes};
use super::{Entry, PersonNo};
use crate::understand::SignalKind;

/// With fewer mails than this a year is sparse, and told in a sentence.
const SPARSE: usize = 6;

/// How many of their sentences are looked back at.
const WARMEST: usize = 3;

/// The year up to the report's day, W(365), with one customer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Year {
    /// Their mails.
    pub theirs: usize,
    /// Ours.
    pub ours: usize,
    /// Who of theirs was first seen in it, though not on the very first mail; in that order.
    pub arrived: Vec<PersonNo>,
    /// Who left.
    pub left: Vec<PersonNo>,
    /// The month with most mails, the earlier of two.
    pub busiest: Option<Month>,
    /// The longest time without a mail that ended within it.
    pub silence: Option<Quiet>,
    /// Their mails that asked and got an answer, of all that asked.
    pub questions: Share,
    /// Corrections thanked for, of all.
    pub corrections: Share,
    /// Issues solved, of all.
    pub issues: Share,
    /// Successes cheered, of all.
    pub successes: Share,
    /// Promises kept, of those kept or overdue.
    pub promises: Share,
    /// The first mail of it.
    pub first: Option<i64>,
    /// The latest.
    pub latest: Option<i64>,
    /// Their mails with most thanks and successes, by time.
    pub warmest: Vec<i64>,
    /// The day of the very first mail.
    pub since: Option<Date>,
    /// Why one looks back today.
    pub occasion: Option<Occasion>,
}

/// A month and how many mails it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// The mails.
    pub mails: usize,
}

/// A time without a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// From one mail to the next, in days.
    pub days: i64,
    /// The day of the mail that ended it.
    pub until: Date,
    /// That mail.
    pub broken_by: i64,
    /// Who wrote it.
    pub person: Option<PersonNo>,
    /// Whether they did.
    pub theirs: bool,
}

/// Why one looks back on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// So many years ago to the day the first mail was written.
    Anniversary(i16),
    /// The year ends.
    December,
}

impl Year {
    /// The mails of both sides.
    pub fn exchanges(&self) -> usize {
        self.theirs + self.ours
    }

    /// Whether there is too little to tell more than a sentence.
    pub fn is_sparse(&self) -> bool {
        self.exchanges() < SPARSE
    }

    /// The mails whose words a page of the year shows.
    pub fn lines(&self) -> impl Iterator<Item = i64> {
        self.first.into_iter().chain(self.latest).chain(self.warmest.iter().copied())
    }
}

/// What the other measures found over the same year.
pub struct Found<'f> {
    /// Measure 4.
    pub promises: &'f Promises,
    /// Measure 5.
    pub corrections: &'f Corrections,
    /// Measure 6.
    pub issues: &'f Issues,
    /// Measure 7.
    pub successes: &'f Successes,
    /// Measure 9.
    pub departures: &'f Departures,
}

/// The year. Whoever is on the first mail of all did not arrive: with them it began. A silence counts between two
/// mails, whoever wrote them, and belongs to the year in which it ended.
pub fn year(dealings: &Dealings<'_>, sight: &Sight<'_>, found: &Found<'_>) -> Year {
    let from = sight.at.since(365);
    let in_year = || dealings.since(from);
    let side = |inbound: bool| in_year().filter(move |place| place.entry.inbound == inbound);
    let asked = || side(true).filter(|place| place.entry.says(SignalKind::Ask));
    let began = dealings.all().next().map(|first| first.entry);
    let since = began.map(|first| sight.at.date(first.at));
    let mut arrived: Vec<_> = sight.first_seen(dealings.customer).collect();
    arrived.retain(|(_, first)| first.at >= from && began.is_some_and(|began| began.interaction != first.interaction));
    arrived.sort_by_key(|(person, first)| (first.order(), *person));
    Year {
        theirs: side(true).count(),
        ours: side(false).count(),
        arrived: arrived.into_iter().map(|(person, _)| person).collect(),
        left: found.departures.all.iter().map(|departed| departed.person).collect(),
        busiest: busiest(dealings, sight),
        silence: longest_silence(dealings, sight),
        questions: Share::new(asked().filter(|place| place.answer().is_some()).count(), asked().count()),
        corrections: found.corrections.thanked(),
        issues: found.issues.solved(),
        successes: found.successes.cheered(),
        promises: found.promises.kept(),
        first: in_year().next().map(|place| place.entry.interaction),
        latest: in_year().next_back().map(|place| place.entry.interaction),
        warmest: warmest(side(true)),
        since,
        occasion: since.and_then(|since| occasion(since, sight.at.day)),
    }
}

fn busiest(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Option<Month> {
    let mut by_day = [0_usize; 366];
    for place in dealings.since(sight.at.since(365)) {
        if let Some(mails) = place.days_ago().and_then(|ago| by_day.get_mut(ago)) {
            *mails += 1;
        }
    }
    let mut months: BTreeMap<Date, usize> = BTreeMap::new();
    for (ago, mails) in (0_i32..).zip(by_day).filter(|(_, mails)| *mails > 0) {
        let day = sight.at.day.checked_sub(Span::new().days(ago)).unwrap_or(sight.at.day);
        *months.entry(day.first_of_month()).or_default() += mails;
    }
    let best = months.into_iter().max_by_key(|(first, mails)| (*mails, std::cmp::Reverse(*first)));
    best.map(|(first, mails)| Month { first, mails })
}

fn longest_silence(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Option<Quiet> {
    let from = sight.at.since(365);
    let mut before = dealings.between(jiff::Timestamp::MIN, from).next_back().map(|place| place.entry);
    let mut longest: Option<(SignedDuration, &Entry, &Entry)> = None;
    for entry in dealings.since(from).map(|place| place.entry) {
        let gap = before.map(|before| entry.at.duration_since(before.at));
        if gap.is_some() && gap > longest.map(|(gap, ..)| gap) {
            longest = gap.zip(before).map(|(gap, before)| (gap, before, entry));
        }
        before = Some(entry);
    }
    let (_, before, entry) = longest?;
    let until = sight.at.date(entry.at);
    let days = sight.at.date(before.at).until(until).map_or(0, |span| i64::from(span.get_days()));
    let (broken_by, person) = (entry.interaction, entry.author);
    (days > 0).then_some(Quiet { days, until, broken_by, person, theirs: entry.inbound })
}

/// Of equally warm ones the later; a bare "thanks!" leaves nothing to show.
fn warmest<'d, 'r: 'd>(theirs: impl Iterator<Item = Place<'d, 'r>>) -> Vec<i64> {
    let hits = |place: &Place<'_, '_>| {
        let says = |kind| usize::from(place.entry.says(kind));
        if place.entry.says(SignalKind::Closer) { 0 } else { says(SignalKind::Thanks) + says(SignalKind::Success) }
    };
    let mut warm: Vec<_> = theirs.map(|place| (hits(&place), place.entry)).filter(|(hits, _)| *hits > 0).collect();
    warm.sort_by_key(|(hits, entry)| std::cmp::Reverse((*hits, entry.order())));
    warm.truncate(WARMEST);
    warm.sort_by_key(|(_, entry)| entry.order());
    warm.into_iter().map(|(_, entry)| entry.interaction).collect()
}

/// A first mail of 29 February has its day on the 28th where there is no other.
fn occasion(since: Date, day: Date) -> Option<Occasion> {
    let years = day.year() - since.year();
    let yearly = since.checked_add(Span::new().years(years)).ok();
    match years {
        1.. if yearly == Some(day) => Some(Occasion::Anniversary(years)),
        _ => (day.month() == 12).then_some(Occasion::December),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;
    use jiff::civil::date;

    fn of(day: &str, mails: &[&str]) -> Year {
        Story::of(day, mails).told().year
    }

    #[test]
    fn the_year_is_told_in_numbers() {
        let mut story = Story::of(
            "2026-11-20",
            &[
                "2025-03-01T10:00 in ann@acme old",
                "02-02T10:00 in ann@acme a ask",
                "02-03T10:00 out ann@acme a promise=2026-02-05",
                "02-04T10:00 out ann@acme a",
                "06-10T10:00 in bea?@acme b ask thanks",
                "06-11T10:00 in ann@acme c success thanks",
                "06-12T10:00 out ann@acme c congratulates",
                "07-01T10:00 in ann@acme d thanks",
                "07-02T10:00 in ann@acme e thanks",
                "07-03T10:00 in ann@acme e thanks closer",
            ],
        );
        let year = story.told().year;
        assert_eq!((year.theirs, year.ours, year.is_sparse()), (6, 3, false));
        assert_eq!(
            (year.questions, year.promises, year.successes),
            (Share::new(1, 2), Share::new(1, 1), Share::new(1, 1))
        );
        assert_eq!((year.corrections, year.issues), (Share::new(0, 0), Share::new(0, 0)));
        assert_eq!(year.arrived, [story.person("bea?@acme")], "Ann was there when it began");
        assert_eq!((year.first, year.latest, year.warmest), (Some(2), Some(10), vec![6, 8, 9]));
        assert_eq!(year.busiest, Some(Month { first: date(2026, 2, 1), mails: 3 }), "the first of three with three");
        let silence = year.silence.unwrap();
        assert_eq!((silence.days, silence.until, silence.broken_by, silence.theirs), (338, date(2026, 2, 2), 2, true));
    }

    #[test]
    fn the_busiest_month_is_the_zone_s_and_of_two_the_earlier() {
        let mails = ["09-30T23:59 in ann@acme a", "10-01T00:00 in ann@acme a", "10-31T23:59 in ann@acme a"];
        assert_eq!(of("2026-11-20", &mails).busiest, Some(Month { first: date(2026, 10, 1), mails: 2 }));
        assert_eq!(of("2026-11-20", &mails[..2]).busiest, Some(Month { first: date(2026, 9, 1), mails: 1 }));
    }

    #[test]
    fn one_looks_back_on_the_day_and_in_december() {
        let on = |day: &str, first: &str| of(day, &[&format!("{first} in ann@acme a")]).occasion;
        assert_eq!(on("2026-11-20", "2024-11-20T10:00"), Some(Occasion::Anniversary(2)));
        assert_eq!(on("2026-11-20", "2026-11-20T10:00"), None, "it began today");
        assert_eq!(on("2026-11-21", "2024-11-20T10:00"), None);
        assert_eq!(on("2026-02-28", "2024-02-29T10:00"), Some(Occasion::Anniversary(2)));
        assert_eq!(on("2026-12-24", "2024-11-20T10:00"), Some(Occasion::December));
    }

    #[test]
    fn a_sparse_year_has_fewer_than_six_mails() {
        let mails: Vec<String> = (1..=6).map(|n| format!("11-0{n}T10:00 in ann@acme a")).collect();
        let mails: Vec<&str> = mails.iter().map(String::as_str).collect();
        assert!(of("2026-11-20", &mails[..5]).is_sparse() && !of("2026-11-20", &mails).is_sparse());
        assert_eq!(of("2026-11-20", &["2025-11-20T23:59 in ann@acme a"]).exchanges(), 0);
    }
}
