//! Instants as mails state them (RFC 5322, 3.3 and 4.3).
//!
//! Read word by word rather than by a grammar: mail programs put the zone, the
//! year and the month in many places, but each word says by its own form what
//! it is. A date that does not exist is none; a weekday that disagrees is ignored.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize};

/// An instant together with the offset its author stated, or that was assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// The instant, UTC, whole seconds.
    pub timestamp: Timestamp,
    /// Seconds east of Greenwich, within a day.
    pub offset_seconds: i32,
}

impl Moment {
    /// An instant seen from an offset of `offset_seconds` east.
    pub fn new(timestamp: Timestamp, offset_seconds: i32) -> Moment {
        Moment { timestamp, offset_seconds }
    }

    /// Reads a `Date` field: RFC 5322 with its obsolete forms, and what is common besides (asctime,
    /// ISO 8601, `20-Nov-2026`, whole month names, `GMT+0100`, AM and PM). Without a zone, and with
    /// one that means nothing (`-0000`, military letters), the offset is 0.
    pub fn from_header(value: &str) -> Option<Moment> {
        let mut parts = Parts::default();
        for word in
            without_comments(value.get(..value.len().min(200)).unwrap_or("")).split([' ', '\t', ',', '\r', '\n'])
        {
            parts.word(word)?;
        }
        parts.moment()
    }
}

/// RFC 3339 with the offset, such as `2026-11-20T09:12:00+01:00`.
impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let offset = Offset::from_seconds(self.offset_seconds).unwrap_or(Offset::UTC);
        write!(f, "{}", self.timestamp.display_with_offset(offset))
    }
}

#[derive(Default)]
struct Parts {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<(i8, i8, i8)>,
    offset: Option<i32>,
    afternoon: Option<bool>,
}

impl Parts {
    /// Takes one word; `None` when it contradicts what is known or cannot belong to a date.
    fn word(&mut self, word: &str) -> Option<()> {
        let word = word.trim_matches('.');
        if word.is_empty() || is_weekday(word) {
            return Some(());
        }
        if let Some((date, time)) = word.split_once(['T', 't']).filter(|(date, _)| is_numeric_date(date)) {
            self.word(date)?;
            return self.time_with_zone(time);
        }
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.time_with_zone(word);
        }
        if self.time.is_some() && word.starts_with(['+', '-']) {
            return put(&mut self.offset, numeric_zone(word)?).or(Some(()));
        }
        if word.contains(['-', '/']) {
            return self.joined_date(word);
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.number(word);
        }
        self.name(word)
    }

    /// `20-Nov-2026`, `2026-11-20`.
    fn joined_date(&mut self, word: &str) -> Option<()> {
        let words: Vec<&str> = word.split(['-', '/']).collect();
        match words.as_slice() {
            [year, month, day] if is_numeric_date(word) => {
                put(&mut self.year, year.parse().ok()?)?;
                put(&mut self.month, month.parse().ok()?)?;
                put(&mut self.day, day.parse().ok()?)
            }
            [day, month, year] if month.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                self.number(day)?;
                self.name(month)?;
                self.number(year)
            }
            _ => None,
        }
    }

    fn number(&mut self, word: &str) -> Option<()> {
        let number: i16 = word.parse().ok()?;
        match word.len() {
            1 | 2 if self.day.is_none() => put(&mut self.day, i8::try_from(number).ok()?),
            // RFC 5322, 4.3: two digits below 50 are of this century, three digits count from 1900.
            2 if number < 50 => put(&mut self.year, number + 2000),
            2 | 3 => put(&mut self.year, number + 1900),
            4 => put(&mut self.year, number),
            _ => None,
        }
    }

    fn name(&mut self, word: &str) -> Option<()> {
        match word.to_ascii_lowercase().as_str() {
            "am" => put(&mut self.afternoon, false),
            "pm" => put(&mut self.afternoon, true),
            lower if self.month.is_none() && month(lower).is_some() => put(&mut self.month, month(lower)?),
            // A second zone only repeats the first: `+0100 CET`.
            lower if self.time.is_some() => put(&mut self.offset, named_zone(lower)?).or(Some(())),
            _ => None,
        }
    }

    /// `09:12`, `09:12:00`, `09:12:00.5`, each perhaps with `Z`, `+01:00` or `PM` behind it.
    fn time_with_zone(&mut self, word: &str) -> Option<()> {
        let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(word.len());
        let (clock, rest) = word.split_at_checked(end)?;
        let mut numbers = clock.split('.').next()?.split(':');
        let mut number = || numbers.next().map(|n| n.parse::<i8>().ok().filter(|_| n.len() <= 2));
        let (hour, minute, second) = (number()??, number()??, number().unwrap_or(Some(0))?);
        if number().is_some() {
            return None;
        }
        // A leap second is counted as the one before it.
        put(&mut self.time, (hour, minute, if second == 60 { 59 } else { second }))?;
        if rest.is_empty() { Some(()) } else { self.word(rest) }
    }

    fn moment(self) -> Option<Moment> {
        let (hour, minute, second) = self.time?;
        let hour = match self.afternoon {
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
            None => hour,
        };
        let year = self.year.filter(|year| (1900..=9000).contains(year))?;
        let date = Date::new(year, self.month?, self.day?).ok()?;
        let local = date.to_datetime(Time::new(hour, minute, second, 0).ok()?);
        let offset_seconds = self.offset.unwrap_or(0);
        let timestamp = Offset::from_seconds(offset_seconds).ok()?.to_timestamp(local).ok()?;
        Some(Moment { timestamp, offset_seconds })
    }
}

/// Fills a slot once; `None` when it is filled already.
fn put<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value);
    Some(())
}

/// The value with its `(comments)` taken out; they nest (RFC 5322, 3.2.2).
fn without_comments(value: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
        if c == ')' {
            out.push(' ');
        }
    }
    out
}

fn is_numeric_date(word: &str) -> bool {
    let lengths: Vec<usize> = word.split('-').map(str::len).collect();
    lengths == [4, 2, 2] && word.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn is_weekday(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .any(|day| lower.len() >= 3 && day.starts_with(&lower))
}

fn month(lower: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let found = MONTHS.iter().position(|month| lower.len() >= 3 && month.starts_with(lower))?;
    i8::try_from(found + 1).ok()
}

/// `+0100`, `+01:00`, `+01`; hours below 24, minutes below 60.
fn numeric_zone(word: &str) -> Option<i32> {
    let sign = if word.starts_with('-') { -1 } else { 1 };
    let digits: String = word.get(1..)?.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        4 => (digits.get(..2)?, digits.get(2..)?),
        3 => (digits.get(..1)?, digits.get(1..)?),
        1 | 2 => (digits.as_str(), "0"),
        _ => return None,
    };
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
}

/// Zones of RFC 5322, 4.3, and a few whose letters mean one thing only. Any other letters are
/// read as `-0000`, as the RFC asks. `GMT+0100` and its kin carry a number behind the letters.
fn named_zone(lower: &str) -> Option<i32> {
    if let Some(at) = lower.find(['+', '-']) {
        return numeric_zone(lower.get(at..)?);
    }
    let hours = match lower {
        "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "akst" => -9,
        "hst" => -10,
        "cet" | "met" | "mez" | "bst" | "west" => 1,
        "cest" | "mest" | "mesz" | "eet" => 2,
        "eest" | "msk" => 3,
        "jst" | "kst" => 9,
        "aest" => 10,
        _ if lower.len() <= 5 && lower.bytes().all(|b| b.is_ascii_alphabetic()) => 0,
        _ => return None,
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        Moment::from_header(value).map(|m| m.to_string())
    }

    #[test]
    fn a_date_has_many_forms() {
        let same = [
            "Fri, 20 Nov 2026 09:12:00 +0100",
            "20 Nov 2026 09:12:00 +0100",
            "Fri, 20 Nov 2026 09:12 +0100",
            "Fri, 20 Nov 26 09:12:00 +0100",
            "Fri, 20 Nov 126 09:12:00 +0100",
            "Mon, 20 Nov 2026 09:12:00 +0100",
            "Fri,20 Nov 2026 09:12:00+0100",
            "Fri, 20 Nov 2026 09:12:00 +0100 (CET)",
            "Fri, 20 Nov 2026 09:12:00 +0100 CET",
            "Fri (day), 20 (a (nested) one) Nov 2026 09:12:00 +01:00",
            "Fri, 20 November 2026 09:12:00 GMT+0100",
            "Fri, 20 Nov. 2026 09:12:00 +0100",
            "FRI, 20 NOV 2026 09:12:00 cet",
            "Fri Nov 20 09:12:00 CET 2026",
            "Fri Nov 20 09:12:00 2026 +0100",
            "20-Nov-2026 09:12:00 +0100",
            "2026-11-20T09:12:00+01:00",
            "2026-11-20 09:12:00.123 +0100",
            "Friday, November 20, 2026 9:12 AM +0100",
            "Fri,  20 Nov 2026 9:12:00 +0100\r\n",
        ];
        for value in same {
            assert_eq!(read(value).as_deref(), Some("2026-11-20T09:12:00+01:00"), "{value:?}");
        }
    }

    #[test]
    fn zones_are_kept_as_stated() {
        for (zone, expected) in [
            ("-0000", "+00:00"),
            ("GMT", "+00:00"),
            ("UT", "+00:00"),
            ("Z", "+00:00"),
            ("", "+00:00"),
            ("A", "+00:00"),
            ("XYZ", "+00:00"),
            ("EST", "-05:00"),
            ("PDT", "-07:00"),
            ("+0530", "+05:30"),
            ("-0330", "-03:30"),
            ("+1400", "+14:00"),
        ] {
            let read = read(&format!("1 Jan 2026 12:00:00 {zone}"));
            assert_eq!(read, Some(format!("2026-01-01T12:00:00{expected}")), "{zone:?}");
        }
    }

    #[test]
    fn years_of_two_digits_lie_around_now() {
        assert_eq!(read("1 Jan 49 00:00:00 GMT").as_deref(), Some("2049-01-01T00:00:00+00:00"));
        assert_eq!(read("1 Jan 50 00:00:00 GMT").as_deref(), Some("1950-01-01T00:00:00+00:00"));
    }

    #[test]
    fn noon_and_midnight_are_told_apart() {
        assert_eq!(read("1 Jan 2026 12:30 PM").as_deref(), Some("2026-01-01T12:30:00+00:00"));
        assert_eq!(read("1 Jan 2026 12:30am").as_deref(), Some("2026-01-01T00:30:00+00:00"));
        assert_eq!(read("1 Jan 2026 13:30 PM"), None);
    }

    #[test]
    fn a_leap_second_is_the_second_before() {
        assert_eq!(read("31 Dec 2016 23:59:60 GMT").as_deref(), Some("2016-12-31T23:59:59+00:00"));
    }

    #[test]
    fn dates_that_do_not_exist_are_none() {
        for value in [
            "",
            "now",
            "Fri",
            "30 Feb 2026 10:00:00 GMT",
            "29 Feb 2025 10:00:00 GMT",
            "20 Nov 2026 25:61:00 GMT",
            "20 Nov 2026 24:00:00 GMT",
            "20 Nov 2026 10:60:00 GMT",
            "20 Nov 2026 10:00:61 GMT",
            "20 Nov 2026 10:00:00 -2400",
            "20 Nov 2026 10:00:00 +0060",
            "99 Jan 65535 99:99",
            "20 Nov 2026",
            "20 Nov 10:00:00",
            "20 Nov 1700 10:00:00",
            "0 Jan 2026 10:00:00",
            "20 Foo 2026 10:00:00",
            "20 Nov 2026 10:00:00 11:00:00",
            "20 Nov 2026 10",
            "20 Nov 2026 10:00:00:00",
            "+0100 +0100",
            "é 20 Nov 2026 10:00:00",
        ] {
            assert_eq!(read(value), None, "{value:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_date_or_none(text in "[-0-9A-Za-z:+, ./()TZ\u{e9}]{0,40}") {
            let _ = Moment::from_header(&text);
        }
    }
}
