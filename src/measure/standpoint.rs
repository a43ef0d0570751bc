//! The instant that a report speaks as of, and the calendar around it.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::WorkingTime;
use super::calendar::{Ruler, instant_at};

/// For how many days back the mornings are known: a year, and what compares one with the time before.
const MORNINGS: i32 = 400;

/// How far back working hours are counted exactly, in days; what is older has waited for ever anyway.
const RULED: i64 = 20 * 366;

/// How many days are looked through for the next that is worked; behind a longer holiday every day counts.
const LONGEST_HOLIDAY: i32 = 60;

/// The instant that a report speaks as of. Days are those of the calendar's zone, so that one of them may have 23 or
/// 25 hours.
#[derive(Debug, Clone)]
pub struct Standpoint<'a> {
    /// That instant; what happened at it or later is not known.
    pub as_of: Timestamp,
    /// The report's day: the last that has an instant before `as_of`.
    pub day: Date,
    working: &'a WorkingTime,
    ruler: Ruler,
    /// When each of the last [`MORNINGS`] days began, the oldest first; the last is `day`.
    mornings: Vec<Timestamp>,
}

impl<'a> Standpoint<'a> {
    /// The standpoint of an instant over a record that begins at `earliest`.
    pub fn new(working: &'a WorkingTime, earliest: Option<Timestamp>, as_of: Timestamp) -> Standpoint<'a> {
        let just_before = as_of.checked_sub(Span::new().nanoseconds(1)).unwrap_or(as_of);
        let day = working.zone.to_datetime(just_before).date();
        let morning = |back: i32| {
            let day = day.checked_sub(Span::new().days(back)).unwrap_or(day);
            instant_at(day, jiff::civil::Time::midnight(), &working.zone).unwrap_or(as_of)
        };
        let mornings: Vec<Timestamp> = (0..MORNINGS).rev().map(morning).collect();
        let oldest = as_of.checked_sub(jiff::SignedDuration::from_hours(24 * RULED)).unwrap_or(Timestamp::MIN);
        let known = mornings.first().copied().unwrap_or(as_of);
        let ruler = working.ruler(earliest.unwrap_or(known).min(known).max(oldest), as_of);
        Standpoint { as_of, day, working, ruler, mornings }
    }

    /// When `W(days)` began: so many days of the calendar, of which the report's own is the last.
    pub fn since(&self, days: usize) -> Timestamp {
        let back = self.mornings.len().saturating_sub(days);
        self.mornings.get(back).copied().unwrap_or(self.as_of)
    }

    /// When the earliest day began that measures know by its date.
    pub fn earliest_day(&self) -> Timestamp {
        self.mornings.first().copied().unwrap_or(self.as_of)
    }

    /// How many days before the report's own each of these instants was, which come by time: 0 on that day; `None`
    /// when it is more than a year and a month ago.
    pub fn days_of(&self, by_time: impl Iterator<Item = Timestamp>) -> impl Iterator<Item = Option<usize>> {
        let mut begun = 0;
        by_time.map(move |at| {
            let later = self.mornings.get(begun..).unwrap_or_default();
            begun += later.iter().take_while(|morning| **morning <= at).count();
            (begun > 0).then(|| self.mornings.len() - begun)
        })
    }

    /// The day on which an instant was.
    pub fn date(&self, at: Timestamp) -> Date {
        self.working.zone.to_datetime(at).date()
    }

    /// How many days before the report's own a day was; 0 when it was not.
    pub fn days_since(&self, day: Date) -> i64 {
        day.until(self.day).map_or(0, |span| i64::from(span.get_days())).max(0)
    }

    /// The seconds worked since an instant.
    pub fn worked_since(&self, at: Timestamp) -> i64 {
        self.ruler.seconds_since(at)
    }

    /// The working hours since an instant.
    pub fn hours_since(&self, at: Timestamp) -> f64 {
        self.ruler.hours_since(at)
    }

    /// Whether at least so many working days have passed since an instant.
    pub fn passed(&self, at: Timestamp, working_days: i64) -> bool {
        self.works() && self.worked_since(at) >= working_days * self.working.seconds_per_day()
    }

    /// The working days since an instant; 0 where nobody ever works.
    pub fn working_days_since(&self, at: Timestamp) -> f64 {
        if self.works() { self.worked_since(at) as f64 / self.working.seconds_per_day() as f64 } else { 0.0 }
    }

    /// Whether `b` follows `a` within so many working days, the last second included.
    pub fn within(&self, a: Timestamp, b: Timestamp, working_days: i64) -> bool {
        let worked = self.worked_since(a) - self.worked_since(b);
        a <= b && worked <= working_days * self.working.seconds_per_day()
    }

    /// The end of the working day that follows a day: up to then, what fell due on it comes in time.
    pub fn grace(&self, due: Date) -> Timestamp {
        let end = self.next_worked(due).tomorrow().ok();
        end.and_then(|day| instant_at(day, jiff::civil::Time::midnight(), &self.working.zone)).unwrap_or(Timestamp::MAX)
    }

    /// The day that begins where the report ends.
    pub fn tomorrow(&self) -> Date {
        self.day.tomorrow().unwrap_or(self.day)
    }

    /// The next day on which somebody works, and so reads the report.
    pub fn read_on(&self) -> Date {
        self.next_worked(self.day)
    }

    fn works(&self) -> bool {
        self.working.seconds_per_day() > 0
    }

    fn next_worked(&self, day: Date) -> Date {
        let after = |days: i32| day.checked_add(Span::new().days(days)).ok();
        let worked = (1..=LONGEST_HOLIDAY).filter_map(after).find(|day| self.working.works_on(*day));
        worked.or(after(1)).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn brussels() -> WorkingTime {
        WorkingTime::usual(TimeZone::get("Europe/Brussels").unwrap())
    }

    #[test]
    fn a_window_is_made_of_days_whatever_the_clocks_did() {
        let working = brussels();
        // The last Sunday of October has 25 hours, the last of March 23.
        let table = [
            ("2026-11-21T00:00:00+01", 1, "2026-11-20T00:00:00+01"),
            ("2026-11-21T00:00:00+01", 90, "2026-08-23T00:00:00+02"),
            ("2026-10-26T00:00:00+01", 1, "2026-10-25T00:00:00+02"),
            ("2026-03-30T00:00:00+02", 1, "2026-03-29T00:00:00+01"),
            ("2026-04-10T00:00:00+02", 90, "2026-01-10T00:00:00+01"),
            ("2026-11-20T12:00:00+01", 1, "2026-11-20T00:00:00+01"), // a day that is not over
        ];
        for (as_of, days, expected) in table {
            assert_eq!(Standpoint::new(&working, None, at(as_of)).since(days), at(expected), "{as_of} {days}");
        }
    }

    #[test]
    fn days_ago_are_counted_by_mornings() {
        let working = brussels();
        let standpoint = Standpoint::new(&working, None, at("2026-10-26T00:00:00+01"));
        let table = [
            ("2026-10-25T23:59:59+01", Some(0)),
            ("2026-10-25T00:00:00+02", Some(0)),
            ("2026-10-24T23:59:59+02", Some(1)),
            ("2025-10-26T12:00:00+01", Some(364)),
            ("2020-01-01T00:00:00Z", None),
        ];
        for (instant, expected) in table {
            assert_eq!(standpoint.days_of([at(instant)].into_iter()).next(), Some(expected), "{instant}");
        }
        let by_time = table.iter().rev().map(|(instant, _)| at(instant)).chain([at("2026-10-25T12:00:00+01")]);
        let mut by_time: Vec<_> = by_time.collect();
        by_time.sort_unstable();
        let together: Vec<_> = standpoint.days_of(by_time.into_iter()).collect();
        assert_eq!(together, [None, Some(364), Some(1), Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn grace_ends_with_the_working_day_after() {
        let mut working = brussels();
        working.holidays.insert(date(2026, 11, 24));
        let standpoint = Standpoint::new(&working, None, at("2026-11-21T00:00:00+01"));
        let table = [
            (date(2026, 11, 18), "2026-11-20T00:00:00+01"),
            (date(2026, 11, 20), "2026-11-24T00:00:00+01"), // Friday: over Monday
            (date(2026, 11, 23), "2026-11-26T00:00:00+01"), // Tuesday is a holiday
            (date(2026, 3, 27), "2026-03-31T00:00:00+02"),  // over the change of the clocks
        ];
        for (due, expected) in table {
            assert_eq!(standpoint.grace(due), at(expected), "{due}");
        }
        working.days.clear();
        let standpoint = Standpoint::new(&working, None, at("2026-11-21T00:00:00+01"));
        assert_eq!(standpoint.grace(date(2026, 11, 20)), at("2026-11-22T00:00:00+01"), "nobody works: the next day");
    }

    #[test]
    fn working_days_between_include_their_last_second() {
        let working = brussels();
        let standpoint = Standpoint::new(&working, None, at("2026-11-27T00:00:00+01"));
        let asked = at("2026-11-20T16:00:00+01");
        assert!(standpoint.within(asked, at("2026-11-24T16:00:00+01"), 2));
        assert!(!standpoint.within(asked, at("2026-11-24T16:00:01+01"), 2));
        assert!(!standpoint.within(asked, at("2026-11-20T15:59:59+01"), 2), "before is not after");
        assert!(standpoint.passed(at("2026-11-26T09:00:00+01"), 1));
        assert!(!standpoint.passed(at("2026-11-26T09:00:01+01"), 1));
    }

    #[test]
    fn the_report_of_a_friday_is_read_on_monday() {
        let working = brussels();
        let standpoint = Standpoint::new(&working, None, at("2026-11-21T00:00:00+01"));
        assert_eq!((standpoint.day, standpoint.read_on()), (date(2026, 11, 20), date(2026, 11, 23)));
    }
}
