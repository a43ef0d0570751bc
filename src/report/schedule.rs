//! When a day's report is due, and which report tells of which interaction.
//!
//! The report about a day is due the next morning. A report that should be
//! there and is not is due now, so a machine that slept, or a daemon that was
//! down, loses no day. Nothing is remembered but what was published: there is
//! no timer to miss.
//!
//! Every interaction is told once. Each published report keeps a watermark,
//! the last sequence number it knew; what was recorded for a day after that
//! day's watermark is late, and belongs to the first report whose watermark
//! covers it. Written again, a report tells the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::measure::calendar::{day_span, instant_at};

/// How many days back a missing report is still written, and a late interaction still told.
pub const DAYS_BACK: i32 = 31;

/// The days whose report should be there by `now` and is not, oldest first: at most the last 31, none
/// before `first_day` (the first day with anything to tell; `None` when there is none), none that the
/// zone skipped.
pub fn due(
    published: &BTreeSet<Date>,
    first_day: Option<Date>,
    now: Timestamp,
    zone: &TimeZone,
    at: Time,
) -> Vec<Date> {
    let Some(first_day) = first_day else { return Vec::new() };
    let today = zone.to_datetime(now).date();
    (1..=DAYS_BACK)
        .rev()
        .filter_map(|back| today.checked_sub(Span::new().days(back)).ok())
        .filter(|day| *day >= first_day && !published.contains(day))
        .filter(|day| due_at(*day, zone, at).is_some_and(|due| due <= now))
        .collect()
}

/// The next instant after `now` at which a report becomes due.
pub fn next_wake(now: Timestamp, zone: &TimeZone, at: Time) -> Timestamp {
    let today = zone.to_datetime(now).date();
    (-2..=3)
        .filter_map(|ahead| today.checked_add(Span::new().days(ahead)).ok())
        .filter_map(|day| due_at(day, zone, at))
        .find(|due| *due > now)
        .unwrap_or(Timestamp::MAX)
}

/// When the report about a day is due: the next day, at that local time, or at the first instant
/// after it that the zone has. `None` for a day that the zone skipped.
pub fn due_at(day: Date, zone: &TimeZone, at: Time) -> Option<Timestamp> {
    day_span(day, zone)?;
    instant_at(day.tomorrow().ok()?, at, zone)
}

/// The end of a day, as of which its report speaks: the first instant of the next.
pub fn as_of(day: Date, zone: &TimeZone) -> Timestamp {
    day.tomorrow().ok().and_then(|next| instant_at(next, Time::midnight(), zone)).unwrap_or(Timestamp::MAX)
}

/// Where an interaction is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// In the report about which day.
    pub report: Date,
    /// Whether that is later than its own day.
    pub late: bool,
}

/// Which report tells of an interaction that was recorded as number `sequence` and took place on
/// `day`. `published` holds each report's watermark, that of a report just being written included.
///
/// `None`: no report yet, or it came more than 31 days late. Of several later reports it is the one
/// with the lowest watermark that tells it, which is the one that was written first, so a day that
/// is filled in afterwards takes nothing away from a page that people have read.
pub fn assign(sequence: i64, day: Date, published: &BTreeMap<Date, i64>) -> Option<Told> {
    let own = published.get(&day)?;
    if sequence <= *own {
        return Some(Told { report: day, late: false });
    }
    let last = day.checked_add(Span::new().days(DAYS_BACK)).unwrap_or(Date::MAX);
    published
        .range(day..=last)
        .filter(|(_, watermark)| sequence <= **watermark)
        .min_by_key(|(report, watermark)| (**watermark, **report))
        .map(|(report, _)| Told { report: *report, late: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: Time = Time::constant(7, 0, 0, 0);

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_report_is_due_the_next_morning_as_the_zone_shows_it() {
        let table = [
            ("Europe/Brussels", "2026-11-20", "07:00", Some("2026-11-21T07:00:00+01:00")),
            ("Europe/Brussels", "2026-03-28", "02:30", Some("2026-03-29T03:00:00+02:00")), // jumped over
            ("Europe/Brussels", "2026-10-24", "02:30", Some("2026-10-25T02:30:00+02:00")), // the first of two
            ("Australia/Lord_Howe", "2026-10-03", "02:15", Some("2026-10-04T02:30:00+11:00")),
            ("Australia/Lord_Howe", "2026-04-04", "01:45", Some("2026-04-05T01:45:00+11:00")),
            ("America/Sao_Paulo", "2018-11-03", "00:00", Some("2018-11-04T01:00:00-02:00")), // no midnight
            ("America/Sao_Paulo", "2018-02-17", "00:00", Some("2018-02-18T00:00:00-03:00")),
            ("Pacific/Apia", "2011-12-29", "07:00", Some("2011-12-31T00:00:00+14:00")), // the 30th never was
            ("Pacific/Apia", "2011-12-30", "07:00", None),
            ("Pacific/Apia", "2011-12-31", "07:00", Some("2012-01-01T07:00:00+14:00")),
            ("UTC", "2026-12-31", "23:59", Some("2027-01-01T23:59:00Z")),
        ];
        for (name, about, at, expected) in table {
            let found = due_at(day(about), &zone(name), at.parse().unwrap());
            assert_eq!(found, expected.map(instant), "{name} {about} {at}");
        }
    }

    #[test]
    fn yesterdays_report_is_due_at_the_hour_and_not_a_second_before() {
        let none = BTreeSet::new();
        let first = Some(day("2026-11-20"));
        let brussels = zone("Europe/Brussels");
        let at = |now: &str| due(&none, first, instant(now), &brussels, SEVEN);
        assert_eq!(at("2026-11-21T06:59:59+01"), []);
        assert_eq!(at("2026-11-21T07:00:00+01"), [day("2026-11-20")]);
        assert_eq!(at("2026-11-22T06:59:59+01"), [day("2026-11-20")]);
        assert_eq!(at("2026-11-22T07:00:00+01"), [day("2026-11-20"), day("2026-11-21")]);
    }

    #[test]
    fn missed_days_are_written_oldest_first_and_at_most_31_of_them() {
        let published = BTreeSet::from([day("2026-11-18"), day("2026-11-20")]);
        let now = instant("2026-11-22T08:00:00Z");
        let found = due(&published, Some(day("2026-11-17")), now, &TimeZone::UTC, SEVEN);
        assert_eq!(found, [day("2026-11-17"), day("2026-11-19"), day("2026-11-21")]);

        let years = due(&BTreeSet::new(), Some(day("2001-01-01")), now, &TimeZone::UTC, SEVEN);
        assert_eq!(
            (years.len(), years.first(), years.last()),
            (31, Some(&day("2026-10-22")), Some(&day("2026-11-21")))
        );
    }

    #[test]
    fn without_anything_to_tell_nothing_is_due() {
        assert_eq!(due(&BTreeSet::new(), None, instant("2026-11-22T08:00:00Z"), &TimeZone::UTC, SEVEN), []);
    }

    #[test]
    fn a_skipped_day_is_never_due() {
        let found = due(
            &BTreeSet::new(),
            Some(day("2011-12-28")),
            instant("2012-01-02T08:00:00+14"),
            &zone("Pacific/Apia"),
            SEVEN,
        );
        assert_eq!(found, [day("2011-12-28"), day("2011-12-29"), day("2011-12-31"), day("2012-01-01")]);
    }

    #[test]
    fn waking_at_each_next_wake_meets_every_day_exactly_once() {
        for name in ["Europe/Brussels", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo"] {
            for at in ["00:00", "02:15", "07:00", "23:59:59"] {
                let (zone, at) = (zone(name), at.parse().unwrap());
                let mut now = instant("2011-06-01T12:00:00Z");
                let first = zone.to_datetime(now).date().yesterday().unwrap();
                let mut published = BTreeSet::from_iter(due(&BTreeSet::new(), Some(first), now, &zone, at));
                while now < instant("2012-12-01T00:00:00Z") {
                    let next = next_wake(now, &zone, at);
                    assert!(next > now, "{name} {at} {now}");
                    now = next;
                    let found = due(&published, Some(first), now, &zone, at);
                    assert_eq!(found.len(), 1, "{name} {at} {now}");
                    published.extend(found);
                }
            }
        }
    }

    #[test]
    fn what_was_known_is_told_on_its_day_and_the_rest_in_the_first_report_that_knows_it() {
        let reports = |marks: &[(&str, i64)]| marks.iter().map(|(d, w)| (day(d), *w)).collect::<BTreeMap<_, _>>();
        type Case<'a> = (i64, &'a str, &'a [(&'a str, i64)], Option<(&'a str, bool)>);
        let table: [Case<'_>; 8] = [
            (5, "2026-11-20", &[], None),
            (5, "2026-11-20", &[("2026-11-20", 5)], Some(("2026-11-20", false))),
            (6, "2026-11-20", &[("2026-11-20", 5)], None),
            (6, "2026-11-20", &[("2026-11-20", 5), ("2026-11-21", 9)], Some(("2026-11-21", true))),
            (9, "2026-11-20", &[("2026-11-20", 5), ("2026-11-21", 8), ("2026-11-24", 9)], Some(("2026-11-24", true))),
            // Caught up at once: the same watermark, the earliest day tells it.
            (6, "2026-11-20", &[("2026-11-20", 5), ("2026-11-22", 9), ("2026-11-23", 9)], Some(("2026-11-22", true))),
            // The 22nd was filled in after the 23rd had told it.
            (6, "2026-11-20", &[("2026-11-20", 5), ("2026-11-22", 20), ("2026-11-23", 9)], Some(("2026-11-23", true))),
            (6, "2026-10-01", &[("2026-10-01", 5), ("2026-11-02", 9)], None),
        ];
        for (sequence, on, marks, expected) in table {
            let told = assign(sequence, day(on), &reports(marks));
            assert_eq!(told.map(|t| (t.report, t.late)), expected.map(|(d, late)| (day(d), late)), "{sequence} {on}");
        }
    }

    #[test]
    fn over_a_random_looking_month_nothing_is_told_twice_and_pages_never_change() {
        let mut published: BTreeMap<Date, i64> = BTreeMap::new();
        let interactions: Vec<(i64, Date)> =
            (1..=300).map(|s| (s, day("2026-11-01") + Span::new().days(s * 7919 % (1 + s / 12)))).collect();
        let mut told: BTreeMap<i64, Date> = BTreeMap::new();
        for written in 0..24_i64 {
            // Every fourth report is left out first and filled in three days later.
            let about = written / 4 * 4 + [1, 2, 3, 0][written as usize % 4];
            published.insert(day("2026-11-01") + Span::new().days(about), (written + 1) * 12);
            for (sequence, on) in &interactions {
                let found = assign(*sequence, *on, &published).map(|t| t.report);
                let before = told.get(sequence).copied();
                assert!(before.is_none() || before == found, "{sequence} moved from {before:?} to {found:?}");
                told.extend(found.map(|report| (*sequence, report)));
            }
        }
        assert!(told.len() > 200, "{}", told.len());
    }
}
