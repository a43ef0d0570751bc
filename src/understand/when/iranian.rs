//! Days of the Iranian calendar, which Persian clients write: 14 مهر 1405 is 6 October 2026.
//!
//! Leap years follow the 33-year cycle, which agrees with the astronomical rule
//! from 1178 to 1633 (Birashk's table; ICU's `persian` calendar does the same).

use jiff::{Span, civil::Date};

/// The years whose day is not in doubt.
const YEARS: std::ops::RangeInclusive<u32> = 1300..=1500;
/// 1 Farvardin 1300 was 21 March 1921.
const FIRST: (i16, i8, i8) = (1921, 3, 21);

/// The day, from year, month (1 to 12) and day of the month; `None` when there is no such day.
pub fn day(year: u32, month: i8, day: u32) -> Option<Date> {
    if !YEARS.contains(&year) || !(1..=12).contains(&month) || day == 0 || day > length(year, month) {
        return None;
    }
    let years: u32 = (*YEARS.start()..year).map(|y| 365 + u32::from(is_leap(y))).sum();
    let months: u32 = (1..month).map(|m| length(year, m)).sum();
    let (y, m, d) = FIRST;
    Date::new(y, m, d).ok()?.checked_add(Span::new().days(i64::from(years + months + day - 1))).ok()
}

fn length(year: u32, month: i8) -> u32 {
    match month {
        1..=6 => 31,
        7..=11 => 30,
        _ => 29 + u32::from(is_leap(year)),
    }
}

fn is_leap(year: u32) -> bool {
    matches!(year % 33, 1 | 5 | 9 | 13 | 17 | 22 | 26 | 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_known_years_are_where_the_calendars_meet() {
        for ((y, m, d), expected) in [
            ((1405, 7, 14), "2026-10-06"),
            ((1400, 1, 1), "2021-03-21"),
            ((1399, 12, 30), "2021-03-20"),
            ((1403, 12, 30), "2025-03-20"),
            ((1357, 11, 22), "1979-02-11"),
        ] {
            assert_eq!(day(y, m, d).map(|d| d.to_string()).as_deref(), Some(expected));
        }
        assert_eq!(day(1404, 12, 30), None);
        assert_eq!(day(1405, 7, 31), None);
    }
}
