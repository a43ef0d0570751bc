//! When a forwarded mail was sent, from the date line that its client wrote, in any language.
//!
//! The words give every reading that is possible; a weekday beside them, and
//! that nothing is forwarded before it was sent, leave one. No offset in the
//! line means the carrier's own, and the answer says that it was assumed.
//! A line whose day is not plain gives no answer rather than a likely one.

mod clock;
mod day;
mod iranian;
mod names;
mod token;

use jiff::{SignedDuration, Timestamp, tz::Offset};

use crate::mail::Moment;
use day::Day;

/// How much later than the carrier a date may seem, for zones that were not stated.
const SLACK: SignedDuration = SignedDuration::from_hours(26);

/// The instant a date line means, and whether it states its offset. `carrier` is the Date of the mail
/// around it: it lends the offset, the year if none is written, and the latest possible day. A line
/// without a time of day means its midnight.
pub fn read(text: &str, carrier: Option<Moment>) -> Option<(Moment, bool)> {
    let tokens = token::tokens(text);
    let latest = carrier.map(|c| c.timestamp.checked_add(SLACK).unwrap_or(c.timestamp));
    let last_day = latest.map(|t| Offset::UTC.to_datetime(t).date());
    let colons = clock::with_colons(&tokens);
    let used = colons.as_ref().map_or((0, 0), |c| c.span);
    let american = colons.as_ref().is_some_and(|c| c.american);
    let days = day::candidates(&tokens, used, american, last_day);
    let day = choose(&days, last_day, american)?;
    let clock = colons.or_else(|| clock::otherwise(&tokens, day.span));
    let stated = clock.as_ref().and_then(|c| clock::offset(&tokens, c.span.1));
    let offset = stated.or(carrier.map(|c| c.offset_seconds)).unwrap_or(0);
    let (hour, minute, second) = clock.map_or((0, 0, 0), |c| (c.hour, c.minute, c.second));
    let instant = instant(day.date.at(hour, minute, second, 0), offset)?;
    Some((Moment::new(instant, offset), stated.is_some()))
}

/// Whether a word, in [`plain`](super::plain::plain) spelling, names a day of the week.
pub fn is_weekday(word: &str) -> bool {
    names::weekdays(word) != 0
}

fn instant(local: jiff::civil::DateTime, offset: i32) -> Option<Timestamp> {
    Offset::from_seconds(offset).ok()?.to_timestamp(local).ok()
}

/// The first reading that is not after the carrier. Where only the order of day and month is open and
/// nothing American speaks for the first, the one nearer to the carrier: people forward what is fresh.
fn choose(days: &[Day], last: Option<jiff::civil::Date>, american: bool) -> Option<Day> {
    let first = days.first().copied()?;
    let Some(last) = last else { return Some(first) };
    let mut past = days.iter().copied().filter(|d| d.date <= last);
    if american { past.next() } else { past.max_by_key(|d| d.date) }.or(Some(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier() -> Option<Moment> {
        Some(Moment::new("2026-11-20T16:05:00Z".parse().unwrap(), 3600))
    }

    #[test]
    fn every_date_in_the_table_is_read_as_stated() {
        let mut wrong = Vec::new();
        for line in include_str!("when/examples.txt").lines().filter(|l| !l.starts_with('#')) {
            let (expected, text) = line.split_once('|').expect("a table line has a bar");
            let found = read(text.trim(), carrier());
            let found =
                found.map_or("none".to_owned(), |(m, exact)| format!("{m}{}", if exact { "" } else { " assumed" }));
            if found != expected.trim() {
                wrong.push(format!("{text}: expected {expected}, found {found}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_order_of_numbers_is_never_later_than_the_carrier() {
        let early = Some(Moment::new("2021-06-01T00:00:00Z".parse().unwrap(), 0));
        assert_eq!(read("03/11/2021 10:00", early).unwrap().0.to_string(), "2021-03-11T10:00:00+00:00");
    }

    #[test]
    fn words_without_a_day_are_no_date() {
        for text in
            ["", "Ann Li", "14:25", "may I ask", "99/99/9999", "1.2.3.4.5", "令和99999999999年10月26日", "🦀 2021"]
        {
            assert_eq!(read(text, carrier()), None, "{text}");
        }
    }
}
