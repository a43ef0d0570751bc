//! The day a sentence names: ISO dates, weekdays, tomorrow, the 20th of November.
//!
//! Words for days come from the phrase files; numbers are read here. A day is
//! counted from the day the mail was sent, at its author's offset. Refused:
//! `3/4`, which is two days, and words such as "soon" that are none.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::phrases::Lexicon;
use crate::mail::Moment;

/// What a word for a day means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// So many days after the sending.
    After(i64),
    /// The next one of that name.
    Next(Weekday),
    /// Friday of the week so many weeks after.
    EndOfWeek(i64),
    EndOfMonth,
    /// A month, with a number beside it.
    Month(i8),
}

/// The names a phrase file may use under `[dates]`, with their meaning.
const NAMES: &[(&str, Day)] = &[
    ("today", Day::After(0)),
    ("tomorrow", Day::After(1)),
    ("day-after-tomorrow", Day::After(2)),
    ("monday", Day::Next(Weekday::Monday)),
    ("tuesday", Day::Next(Weekday::Tuesday)),
    ("wednesday", Day::Next(Weekday::Wednesday)),
    ("thursday", Day::Next(Weekday::Thursday)),
    ("friday", Day::Next(Weekday::Friday)),
    ("saturday", Day::Next(Weekday::Saturday)),
    ("sunday", Day::Next(Weekday::Sunday)),
    ("this-week", Day::EndOfWeek(0)),
    ("next-week", Day::EndOfWeek(1)),
    ("end-of-month", Day::EndOfMonth),
    ("january", Day::Month(1)),
    ("february", Day::Month(2)),
    ("march", Day::Month(3)),
    ("april", Day::Month(4)),
    ("may", Day::Month(5)),
    ("june", Day::Month(6)),
    ("july", Day::Month(7)),
    ("august", Day::Month(8)),
    ("september", Day::Month(9)),
    ("october", Day::Month(10)),
    ("november", Day::Month(11)),
    ("december", Day::Month(12)),
];

/// Words for days of every language.
#[derive(Debug, Clone, Default)]
pub struct Dates(Lexicon<Day>);

impl Dates {
    /// Adds one language's words; names that are not in the list above are passed over.
    pub fn add(&mut self, words: &BTreeMap<String, Vec<String>>) {
        for (name, day) in NAMES {
            words.get(*name).into_iter().flatten().for_each(|word| self.0.add(word, *day));
        }
    }
}

/// The first day that a folded sentence names: `None` when it names none, `Some(None)` when it names
/// one but nothing says from when to count.
pub fn find(dates: &Dates, folded: &str, sent: Option<Moment>) -> Option<Option<Date>> {
    let today = sent.and_then(day_of);
    if let Some(date) = iso(folded) {
        return Some(Some(date));
    }
    if let Some((day, month)) = dotted(folded) {
        return Some(today.and_then(|today| coming(today, month, day)));
    }
    dates.0.find(folded).find_map(|hit| match hit.answer {
        Day::Month(month) => beside(folded, hit.start, hit.end).map(|day| today.and_then(|t| coming(t, month, day))),
        day => Some(today.and_then(|today| resolve(today, day))),
    })
}

/// The day of the sending where its author was.
fn day_of(sent: Moment) -> Option<Date> {
    let offset = jiff::tz::Offset::from_seconds(sent.offset_seconds).ok()?;
    Some(offset.to_datetime(sent.timestamp).date())
}

fn resolve(today: Date, day: Day) -> Option<Date> {
    let to_friday =
        i64::from(Weekday::Friday.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset());
    match day {
        Day::After(days) => today.checked_add(days.days()).ok(),
        Day::Next(weekday) => today.nth_weekday(1, weekday).ok(),
        Day::EndOfWeek(0) => today.checked_add(to_friday.max(0).days()).ok(),
        Day::EndOfWeek(weeks) => today.checked_add((to_friday + 7 * weeks).days()).ok(),
        Day::EndOfMonth => Some(today.last_of_month()),
        Day::Month(_) => None,
    }
}

/// That day of this year, or of the next when it has long passed.
fn coming(today: Date, month: i8, day: i8) -> Option<Date> {
    let this = Date::new(today.year(), month, day).ok()?;
    if this < today { Date::new(today.year() + 1, month, day).ok() } else { Some(this) }
}

/// `2026-11-20`.
fn iso(folded: &str) -> Option<Date> {
    folded.split(|c: char| !(c.is_ascii_digit() || c == '-')).find_map(|word| {
        let mut parts = word.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        (year.len() == 4 && parts.next().is_none()).then_some(())?;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    })
}

/// `20.11.` and `20.11.2026`, which always mean the day first.
fn dotted(folded: &str) -> Option<(i8, i8)> {
    folded.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let mut parts = word.split('.');
        let (day, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let year = rest.is_empty() || rest.len() == 4 || rest.len() == 2;
        let (day, month): (i8, i8) = (day.parse().ok()?, month.parse().ok()?);
        (year && (1..=31).contains(&day) && (1..=12).contains(&month)).then_some((day, month))
    })
}

/// The day's number next to a month's name: `20 november`, `november 20th`, `20. november`, `20 de noviembre`.
fn beside(folded: &str, start: usize, end: usize) -> Option<i8> {
    let number = |word: &str| {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<i8>().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)
    };
    let before =
        folded.get(..start)?.split_whitespace().rev().filter(|word| !matches!(*word, "of" | "de" | "the")).take(1);
    let after = folded.get(end..)?.split_whitespace().take(1);
    before.chain(after).find_map(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::phrases::fold;

    fn due(sentence: &str) -> Option<String> {
        let mut dates = Dates::default();
        let words = [
            ("friday", "friday"),
            ("friday", "freitag"),
            ("tomorrow", "tomorrow"),
            ("next-week", "next week"),
            ("november", "november"),
        ];
        for (name, word) in words {
            dates.add(&BTreeMap::from([(name.to_owned(), vec![word.to_owned()])]));
        }
        // A Wednesday, late in the evening in New York: already Thursday at Greenwich.
        let sent = Moment::new("2026-11-19T02:00:00Z".parse().unwrap(), -5 * 3600);
        find(&dates, &fold(sentence), Some(sent)).flatten().map(|d| d.to_string())
    }

    #[test]
    fn days_are_counted_from_where_the_author_was() {
        assert_eq!(due("I will send it tomorrow").as_deref(), Some("2026-11-19"));
        assert_eq!(due("by Friday").as_deref(), Some("2026-11-20"));
        assert_eq!(due("next week").as_deref(), Some("2026-11-27"));
    }

    #[test]
    fn written_dates_are_read_in_every_order() {
        assert_eq!(due("on 2026-12-01 at noon").as_deref(), Some("2026-12-01"));
        assert_eq!(due("bis zum 3.12.").as_deref(), Some("2026-12-03"));
        assert_eq!(due("by November 30th").as_deref(), Some("2026-11-30"));
        assert_eq!(due("on 5 November").as_deref(), Some("2027-11-05"));
    }

    #[test]
    fn a_sentence_without_a_day_has_none() {
        assert_eq!(due("I will send it soon, version 1.2.3.4"), None);
        assert_eq!(due("in november"), None);
    }
}
