//! The day by which a sentence promises something: ISO dates, weekdays, tomorrow, in two days, the 20th of November.
//!
//! Words come from the phrase files ([`words`]); numbers are read here
//! ([`written`]). A day is counted from the day the mail was sent, at its
//! author's offset. Refused: `3/4`, which is two days, and words such as
//! "soon" or "in the coming days" that are none.
//!
//! Where a sentence names several days, the first one behind the promise
//! counts, else the last one before it: "as discussed on Monday, I will send
//! it by Friday". A time of day alone means today.

mod words;
mod written;

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::phrases::Hit;
use super::shape;
use crate::mail::Moment;
pub use words::Dates;
use words::{Unit, Word};
use written::Written;

/// Bytes of a sentence that are read.
const LONGEST: usize = 2_000;
/// How far apart, in bytes, words stand that make one date: `Friday, the 4th of December`, `next week on Friday`.
const BESIDE: usize = 14;
/// How far a number may stand behind its `within`: `within the next two days`.
const COUNTED: usize = 28;

/// A day that a sentence names, and where, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named {
    start: usize,
    end: usize,
    day: Day,
}

/// What a day is called, before anybody knows when that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// So many days after the sending.
    After(i64),
    /// So many working days after the sending.
    WorkingDaysAfter(i64),
    /// So many months after the sending.
    MonthsAfter(i64),
    /// The next one of that name.
    Next(Weekday),
    /// That day of the week so many weeks after.
    OfWeek(i64, Weekday),
    /// The last day of the month so many months after.
    EndOfMonth(i64),
    /// The last day of the year.
    EndOfYear,
    /// The next time that a month has this day.
    OfMonth(i8),
    /// The next day of that name that is this day of its month: `Friday the 27th`.
    OnWeekday(Weekday, i8),
    /// A day of that name, and `3/12` or `12/3`, whichever is one.
    Either(Weekday, i8, i8),
    /// The next one of that name, and a week.
    WeekAfter(Weekday),
    /// That day of the week of that number.
    OfNumberedWeek(i8, Weekday),
    /// A written date.
    Written(Written),
    /// The last day of that month.
    LastOf(i8),
}

/// The day by which a folded sentence promises something: `None` when it names none, `Some(None)` when it names one
/// but nothing says from when to count. `said`: where the words begin that make it a promise, in bytes; `ruled_out`:
/// the languages it is not in.
pub fn find(
    dates: &Dates,
    folded: &str,
    said: usize,
    sent: Option<Moment>,
    ruled_out: impl Fn(u8) -> bool,
) -> Option<Option<Date>> {
    let folded = shape::cut(folded, LONGEST);
    let hits = dates.hits(folded, ruled_out);
    let days = named(folded, &hits);
    let behind = days.iter().find(|day| day.start >= said);
    let day = behind.or_else(|| days.last()).map(|named| named.day);
    let day = day.or_else(|| is_timed(folded, &hits).then_some(Day::After(0)))?;
    Some(sent.and_then(day_of).and_then(|today| resolve(today, day)))
}

/// The day of the sending where its author was.
fn day_of(sent: Moment) -> Option<Date> {
    let offset = jiff::tz::Offset::from_seconds(sent.offset_seconds).ok()?;
    Some(offset.to_datetime(sent.timestamp).date())
}

/// Every day that a sentence names, in order.
fn named(folded: &str, hits: &[Hit<Word>]) -> Vec<Named> {
    let mut days = written::find(folded, hits);
    days.extend(hits.iter().enumerate().filter_map(|(at, hit)| {
        let day = match hit.answer {
            Word::Day(day) => day,
            Word::In => return counted(folded, hit, hits.get(at + 1..)?),
            Word::NumberedWeek => return written::numbered_week(folded, hit),
            _ => return None,
        };
        Some(Named { start: hit.start, end: hit.end, day })
    }));
    days.sort_by_key(|named| named.start);
    let past = |day: &Named| hits.iter().any(|hit| hit.answer == Word::Past && touches(hit, day));
    days.retain(|day| !past(day));
    joined(days, hits)
}

/// Whether one stands directly before or behind the other, or in it.
fn touches(hit: &Hit<Word>, day: &Named) -> bool {
    hit.start <= day.end + 1 && day.start <= hit.end + 1
}

/// Days that stand beside each other and are one: `Friday, 4 December`, `Friday next week`, `next Friday`.
fn joined(days: Vec<Named>, hits: &[Hit<Word>]) -> Vec<Named> {
    let mut joined: Vec<Named> = Vec::new();
    for day in days {
        let beside = joined.last_mut().filter(|last| day.start <= last.end + BESIDE);
        let one = beside.as_ref().and_then(|last| one_of(last.day, day.day));
        match (beside, one) {
            (Some(last), Some(one)) => *last = Named { start: last.start, end: day.end, day: one },
            _ => joined.push(Named { day: following(&day, hits), ..day }),
        }
    }
    joined
}

/// The one day that two neighbours mean together.
fn one_of(first: Day, second: Day) -> Option<Day> {
    match (first, second) {
        (Day::Next(_) | Day::OfWeek(..), Day::Written(_) | Day::OfMonth(_)) => Some(second),
        (Day::Next(_), Day::OnWeekday(..) | Day::Either(..)) => Some(second),
        (Day::OnWeekday(..) | Day::Either(..), Day::Written(_)) => Some(second),
        (Day::Written(_), Day::OnWeekday(..) | Day::Either(..)) => Some(first),
        (Day::Next(weekday), Day::OfNumberedWeek(week, _)) | (Day::OfNumberedWeek(week, _), Day::Next(weekday)) => {
            Some(Day::OfNumberedWeek(week, weekday))
        }
        (Day::Written(_), Day::Next(_)) => Some(first),
        (Day::Next(weekday), Day::OfWeek(weeks, _)) | (Day::OfWeek(weeks, _), Day::Next(weekday)) => {
            Some(Day::OfWeek(weeks, weekday))
        }
        (Day::After(_), Day::Next(_)) => Some(first),
        _ => None,
    }
}

/// `next Friday` on a Wednesday is not the day after tomorrow, where the language's word says so.
fn following(day: &Named, hits: &[Hit<Word>]) -> Day {
    let next = |hit: &Hit<Word>| hit.answer == Word::Following && hit.end < day.start && day.start <= hit.end + 1;
    let later = |hit: &Hit<Word>| hit.answer == Word::WeekLater && day.end < hit.start && hit.start <= day.end + 1;
    match day.day {
        Day::Next(weekday) if hits.iter().any(next) => Day::OfWeek(1, weekday),
        Day::Next(weekday) if hits.iter().any(later) => Day::WeekAfter(weekday),
        other => other,
    }
}

/// `in two days`, `within 48 hours`: the number and what is counted follow the hit.
fn counted(folded: &str, hit: &Hit<Word>, rest: &[Hit<Word>]) -> Option<Named> {
    let unit = rest.iter().find_map(|next| match next.answer {
        Word::Unit(unit) if next.start <= hit.end + COUNTED + BESIDE => Some((unit, next)),
        _ => None,
    });
    let (unit, at) = unit?;
    let between = folded.get(hit.end..at.start)?;
    if between.contains(['.', ',', ';', '!', '?']) {
        return None;
    }
    let digits = between.split_whitespace().rev().take(2).find_map(|word| word.parse::<i64>().ok());
    let word = rest.iter().rev().find_map(|number| match number.answer {
        Word::Number(n) if number.start >= hit.end && number.end <= at.start => Some(i64::from(n)),
        _ => None,
    });
    let n = digits.or(word).filter(|n| (1..=400).contains(n))?;
    let day = match unit {
        Unit::Hours => Day::After((n + 12) / 24),
        Unit::Days => Day::After(n),
        Unit::WorkingDays => Day::WorkingDaysAfter(n),
        Unit::Weeks => Day::After(7 * n),
        Unit::Months => Day::MonthsAfter(n),
    };
    Some(Named { start: hit.start, end: at.end, day })
}

/// Whether it names a time of day: `before noon`, `by 5 pm`, `17:00`.
fn is_timed(folded: &str, hits: &[Hit<Word>]) -> bool {
    hits.iter().any(|hit| hit.answer == Word::Time) || written::has_clock(folded)
}

fn resolve(today: Date, day: Day) -> Option<Date> {
    match day {
        Day::After(days) => today.checked_add(days.days()).ok(),
        Day::WorkingDaysAfter(days) => working_days_after(today, days),
        Day::MonthsAfter(months) => today.checked_add(months.months()).ok(),
        Day::Next(weekday) => today.nth_weekday(1, weekday).ok(),
        Day::OfWeek(weeks, weekday) => {
            let days = i64::from(weekday.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset());
            let days = if weeks == 0 { days.max(0) } else { days + 7 * weeks };
            today.checked_add(days.days()).ok()
        }
        Day::EndOfMonth(months) => Some(today.first_of_month().checked_add(months.months()).ok()?.last_of_month()),
        Day::EndOfYear => Some(today.last_of_year()),
        Day::OfMonth(day) => of_coming_months(today, day, 3).next(),
        Day::OnWeekday(weekday, day) => {
            let called = of_coming_months(today, day, 2).find(|date| date.weekday() == weekday);
            called.or_else(|| resolve(today, Day::Next(weekday)))
        }
        Day::Either(weekday, one, other) => {
            let ways = [(one, other), (other, one)];
            let mut days = ways.into_iter().filter_map(|(day, month)| Written::of(day, month)?.coming(today));
            days.find(|date| date.weekday() == weekday).or_else(|| resolve(today, Day::Next(weekday)))
        }
        Day::WeekAfter(weekday) => today.nth_weekday(1, weekday).ok()?.checked_add(7.days()).ok(),
        Day::OfNumberedWeek(week, weekday) => {
            let year = today.iso_week_date().year();
            let in_year = |year| Some(ISOWeekDate::new(year, week, weekday).ok()?.date());
            in_year(year).filter(|date| *date >= today).or_else(|| in_year(year.checked_add(1)?))
        }
        Day::Written(written) => written.coming(today),
        Day::LastOf(month) => {
            let this = Date::new(today.year(), month, 1).ok()?.last_of_month();
            if this < today { Some(Date::new(today.year() + 1, month, 1).ok()?.last_of_month()) } else { Some(this) }
        }
    }
}

/// That day of this month and of those that follow, from today on.
fn of_coming_months(today: Date, day: i8, months: i64) -> impl Iterator<Item = Date> {
    let begin = (0..months).filter_map(move |months| today.first_of_month().checked_add(months.months()).ok());
    let days = begin.filter_map(move |month| Date::new(month.year(), month.month(), day).ok());
    days.filter(move |date| *date >= today)
}

/// Monday to Friday are counted; a phrase file knows no holidays.
fn working_days_after(today: Date, days: i64) -> Option<Date> {
    let mut day = today;
    for _ in 0..days {
        day = day.tomorrow().ok()?;
        while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            day = day.tomorrow().ok()?;
        }
    }
    Some(day)
}

#[cfg(test)]
mod tests;
