//! Days as a zone has them, and the hours of them that are worked.
//!
//! A day is the span from its own beginning to the next day's, so it has 23,
//! 24 or 25 hours, may begin at one in the morning, and may not exist at all
//! (Apia had no 30 December 2011). A working hour is an elapsed hour between
//! the opening and closing time of a working day: a change of the clock
//! within them makes that day shorter or longer, as it was for the people.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// When we work. `to` comes after `from`; otherwise no hour is worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingTime {
    /// The days of the week that are worked.
    pub days: Vec<Weekday>,
    /// When a working day opens, local time.
    pub from: Time,
    /// When it closes, local time.
    pub to: Time,
    /// Days off, whatever day of the week they are.
    pub holidays: BTreeSet<Date>,
    /// The zone of those times, which is the report's.
    pub zone: TimeZone,
}

impl WorkingTime {
    /// Monday to Friday, 09:00 to 17:00 (measures.md, "Shared definitions").
    pub fn usual(zone: TimeZone) -> WorkingTime {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        let days = vec![Monday, Tuesday, Wednesday, Thursday, Friday];
        WorkingTime {
            days,
            from: Time::constant(9, 0, 0, 0),
            to: Time::constant(17, 0, 0, 0),
            holidays: BTreeSet::new(),
            zone,
        }
    }

    /// How many hours make one working day, 0 when none is worked.
    pub fn hours_per_day(&self) -> f64 {
        hours(self.seconds_per_day())
    }

    /// The same in seconds.
    pub fn seconds_per_day(&self) -> i64 {
        self.to.duration_since(self.from).as_secs().max(0)
    }

    /// Whether any hour of a day is worked.
    pub fn works_on(&self, day: Date) -> bool {
        self.opening(day).is_some()
    }

    /// The working hours from `a` to `b`; 0 when `b` is not later. Walks the days between them:
    /// ask a [`Ruler`] when many beginnings share one end.
    pub fn working_hours_between(&self, a: Timestamp, b: Timestamp) -> f64 {
        hours(self.spans(a, b).map(|span| span.end.as_second() - span.start.as_second()).sum())
    }

    /// A ruler that measures from any instant since `earliest` up to `as_of`.
    pub fn ruler(&self, earliest: Timestamp, as_of: Timestamp) -> Ruler {
        let mut after = 0;
        let mut spans: Vec<_> = self.spans(earliest, as_of).map(|span| (span, 0)).collect();
        for (span, worked_after) in spans.iter_mut().rev() {
            *worked_after = after;
            after += span.end.as_second() - span.start.as_second();
        }
        Ruler { spans, total: after }
    }

    /// The worked spans of every day between two instants, cut to them, in order.
    fn spans(&self, a: Timestamp, b: Timestamp) -> impl Iterator<Item = Range<Timestamp>> + '_ {
        let first = self.zone.to_datetime(a).date();
        let last = if a < b { self.zone.to_datetime(b).date() } else { Date::MIN };
        first
            .series(jiff::Span::new().days(1))
            .take_while(move |day| *day <= last)
            .filter_map(|day| self.opening(day))
            .map(move |span| span.start.max(a)..span.end.min(b))
            .filter(|span| span.start < span.end)
    }

    /// From when to when a day is worked; `None` on a day off, or one the zone does not have.
    fn opening(&self, day: Date) -> Option<Range<Timestamp>> {
        let worked = self.days.contains(&day.weekday()) && !self.holidays.contains(&day);
        if !worked || self.to <= self.from || !exists(day, &self.zone) {
            return None;
        }
        Some(instant_at(day, self.from, &self.zone)?..instant_at(day, self.to, &self.zone)?)
    }
}

/// Working hours up to one fixed instant, answered by look-up.
#[derive(Debug, Clone)]
pub struct Ruler {
    /// Each worked span with the seconds worked after it.
    spans: Vec<(Range<Timestamp>, i64)>,
    total: i64,
}

impl Ruler {
    /// The working hours since an instant; what lies before the ruler's beginning counts as its beginning.
    pub fn hours_since(&self, at: Timestamp) -> f64 {
        hours(self.seconds_since(at))
    }

    /// The same in seconds, which can be compared exactly.
    pub fn seconds_since(&self, at: Timestamp) -> i64 {
        let next = self.spans.partition_point(|(span, _)| span.end <= at);
        match self.spans.get(next) {
            None => 0,
            Some(_) if next == 0 && self.spans.first().is_some_and(|(span, _)| at <= span.start) => self.total,
            Some((span, after)) => after + span.end.as_second() - at.max(span.start).as_second(),
        }
    }
}

/// The span of a day in a zone, end excluded; `None` for a day the zone skipped.
pub fn day_span(day: Date, zone: &TimeZone) -> Option<Range<Timestamp>> {
    let start = instant_at(day, Time::midnight(), zone)?;
    let end = instant_at(day.tomorrow().ok()?, Time::midnight(), zone)?;
    (exists(day, zone) && start < end).then_some(start..end)
}

/// The first instant of a day at or after a local time: when the clock jumps over that time, the
/// instant of the jump; when it shows it twice, the first of both.
pub fn instant_at(day: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(day.to_datetime(time));
    let gap = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let instant = ambiguous.compatible().ok()?;
    if !gap {
        return Some(instant);
    }
    let just_after = instant.checked_add(jiff::SignedDuration::from_secs(1)).ok()?;
    Some(zone.preceding(just_after).next().map_or(instant, |jump| jump.timestamp()))
}

/// Whether the zone's clocks ever showed that date.
fn exists(day: Date, zone: &TimeZone) -> bool {
    instant_at(day, Time::midnight(), zone).is_some_and(|start| zone.to_datetime(start).date() == day)
}

/// Seconds as hours.
fn hours(seconds: i64) -> f64 {
    seconds as f64 / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brussels() -> WorkingTime {
        WorkingTime::usual(TimeZone::get("Europe/Brussels").unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_holiday_is_not_worked() {
        let mut working = brussels();
        working.holidays.insert(jiff::civil::date(2026, 12, 25));
        let (thursday, monday) = (at("2026-12-24T16:00:00+01"), at("2026-12-28T10:00:00+01"));
        assert_eq!(working.working_hours_between(thursday, monday), 2.0);
    }

    #[test]
    fn only_hours_within_working_days_count() {
        let table = [
            ("2026-11-20T10:00:00+01", "2026-11-20T12:30:00+01", 2.5),
            ("2026-11-20T16:00:00+01", "2026-11-23T10:00:00+01", 2.0), // Friday to Monday
            ("2026-11-21T00:00:00+01", "2026-11-23T00:00:00+01", 0.0), // a weekend
            ("2026-11-16T00:00:00+01", "2026-11-23T00:00:00+01", 40.0),
            ("2026-11-20T08:00:00+01", "2026-11-20T23:00:00+01", 8.0),
            ("2026-11-20T12:00:00+01", "2026-11-20T10:00:00+01", 0.0), // backwards
            ("2026-03-27T09:00:00+01", "2026-03-31T09:00:00+02", 16.0), // over the change of clocks
        ];
        for (a, b, expected) in table {
            assert_eq!(brussels().working_hours_between(at(a), at(b)), expected, "{a} to {b}");
        }
    }

    #[test]
    fn a_change_of_the_clock_within_working_hours_is_felt() {
        let mut nights = brussels();
        nights.days.push(Weekday::Sunday);
        (nights.from, nights.to) = (Time::constant(1, 0, 0, 0), Time::constant(5, 0, 0, 0));
        let day = |d: i8, m: i8| day_span(Date::constant(2026, m, d), &nights.zone).unwrap();
        assert_eq!(nights.working_hours_between(day(29, 3).start, day(29, 3).end), 3.0);
        assert_eq!(nights.working_hours_between(day(25, 10).start, day(25, 10).end), 5.0);
    }

    #[test]
    fn the_ruler_agrees_with_the_walk_from_every_quarter_of_an_hour() {
        let (first, as_of) = (at("2026-03-20T00:00:00Z"), at("2026-04-03T13:20:00Z"));
        let ruler = brussels().ruler(first, as_of);
        for quarter in 0..1500 {
            let since = first + jiff::SignedDuration::from_mins(15 * quarter);
            assert_eq!(ruler.hours_since(since), brussels().working_hours_between(since, as_of), "{since}");
        }
    }

    #[test]
    fn days_are_as_long_as_the_zone_made_them() {
        let table = [
            ("Europe/Brussels", Date::constant(2026, 3, 29), Some(23.0)),
            ("Europe/Brussels", Date::constant(2026, 10, 25), Some(25.0)),
            ("Australia/Lord_Howe", Date::constant(2026, 4, 5), Some(24.5)),
            ("Australia/Lord_Howe", Date::constant(2026, 10, 4), Some(23.5)),
            ("America/Sao_Paulo", Date::constant(2018, 11, 4), Some(23.0)), // began at 01:00
            ("America/Sao_Paulo", Date::constant(2018, 2, 17), Some(25.0)),
            ("Pacific/Apia", Date::constant(2011, 12, 29), Some(24.0)),
            ("Pacific/Apia", Date::constant(2011, 12, 30), None),
            ("Pacific/Apia", Date::constant(2011, 12, 31), Some(24.0)),
        ];
        for (zone, day, expected) in table {
            let span = day_span(day, &TimeZone::get(zone).unwrap());
            assert_eq!(span.map(|s| hours(s.end.as_second() - s.start.as_second())), expected, "{zone} {day}");
        }
    }

    #[test]
    fn a_day_that_a_zone_skipped_is_not_worked() {
        let apia = WorkingTime::usual(TimeZone::get("Pacific/Apia").unwrap());
        // Thursday 29th noon to Monday 2 January noon: Friday the 30th never was.
        let (a, b) = (at("2011-12-29T12:00:00-10"), at("2012-01-02T12:00:00+14"));
        assert_eq!(apia.working_hours_between(a, b), 8.0);
    }

    #[test]
    fn closing_before_opening_is_no_work_rather_than_a_panic() {
        let mut upside_down = brussels();
        (upside_down.from, upside_down.to) = (upside_down.to, upside_down.from);
        assert_eq!(upside_down.working_hours_between(Timestamp::UNIX_EPOCH, at("2026-01-01T00:00:00Z")), 0.0);
        assert_eq!(upside_down.hours_per_day(), 0.0);
    }
}
