//! What a colleague's answer to a report asks for: lines such as `done 3`, `dismiss 3, 4`, `later 3 friday`.
//!
//! Such a line says nothing else, so that no sentence becomes an order; whatever else the answer says is passed
//! over. The words are English ones, as the report that is answered shows them.

use jiff::civil::{Date, Weekday};
use jiff::{Span, tz::Offset};

use super::{Automation, Capture, Command, Exchange, own_report};
use crate::mail::{Mail, MessageId, Moment};

/// More orders than this in one answer are no person's.
const MOST: usize = 100;

/// The report of ours that a mail answers, by its identifier's shape.
pub fn answered(mail: &Mail, automation: Automation) -> Option<MessageId> {
    let written = automation == Automation::None;
    mail.references.iter().rev().find(|id| written && own_report::is_one(id)).cloned()
}

/// What the new words of an answer ask for, each once, in their order.
pub fn of_exchanges(exchanges: &[Exchange], sent: Option<Moment>) -> Vec<Command> {
    let today = sent.and_then(day_of);
    let mut found = Vec::new();
    for exchange in exchanges {
        let reported = matches!(exchange.capture, Capture::Forward | Capture::Attached);
        let words = if reported { exchange.comment.as_ref() } else { Some(&exchange.text) };
        for command in words.into_iter().flat_map(|words| words.raw().lines()).flat_map(|line| of_line(line, today)) {
            if !found.contains(&command) && found.len() < MOST {
                found.push(command);
            }
        }
    }
    found
}

/// The orders of one line; none when it says anything besides.
fn of_line(line: &str, today: Option<Date>) -> Vec<Command> {
    let line = line.replace([',', ';', ':'], " ").to_lowercase();
    let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_end_matches(['.', '!'])).collect();
    let Some((verb, rest)) = words.split_first() else { return Vec::new() };
    let each = |order: fn(i64) -> Command| numbers(rest).into_iter().flatten().map(order).collect();
    match *verb {
        "done" => each(Command::Done),
        "dismiss" => each(Command::Dismiss),
        "reopen" => each(Command::Reopen),
        "later" => later(rest, today),
        _ => Vec::new(),
    }
}

/// `later 3 4 friday`: numbers, then a day. Of the ways to read it, the one with the longest day.
fn later(words: &[&str], today: Option<Date>) -> Vec<Command> {
    let Some(today) = today else { return Vec::new() };
    let read = (1..words.len()).find_map(|at| {
        let (first, rest) = words.split_at_checked(at)?;
        Some((numbers(first)?, day(&rest.join(" "), today)?))
    });
    let (numbers, until) = read.unwrap_or_default();
    numbers.into_iter().map(|number| Command::Later(number, until)).collect()
}

/// Nothing but numbers, `3 #4 and 5`; `None` for anything else.
fn numbers(words: &[&str]) -> Option<Vec<i64>> {
    let number = |word: &&&str| word.trim_start_matches('#').parse::<i64>().ok().filter(|number| *number > 0);
    let named: Vec<&&str> = words.iter().filter(|word| !matches!(**word, "and" | "&")).collect();
    let found: Option<Vec<i64>> = named.iter().map(number).collect();
    found.filter(|numbers| !numbers.is_empty())
}

/// The day that words name, counted from today: `friday`, `tomorrow`, `next week` (its Monday), `next month` (its
/// first), `in 3 days`, `2 weeks`, `2026-12-01`, `1 december`, `december 1`. Never today or before: then it would
/// not be later.
pub fn day(words: &str, today: Date) -> Option<Date> {
    let lower = words.to_lowercase();
    let mut words: Vec<&str> = lower.split_whitespace().collect();
    while words.first().is_some_and(|word| matches!(*word, "in" | "on" | "until" | "till" | "by" | "the")) {
        words.remove(0);
    }
    let found = match words.as_slice() {
        ["tomorrow"] => today.tomorrow().ok(),
        ["next", "week"] => today.nth_weekday(1, Weekday::Monday).ok(),
        ["next", "month"] => today.first_of_month().checked_add(Span::new().months(1)).ok(),
        ["next", name] => weekday(name).and_then(|weekday| today.nth_weekday(1, weekday).ok()),
        [one] => one.parse::<Date>().ok().or_else(|| today.nth_weekday(1, weekday(one)?).ok()),
        ["a", unit] => after(today, 1, unit),
        [first, second] => match (ordinal(first), ordinal(second)) {
            (Some(day), None) => month(second).map_or_else(|| after(today, day, second), |m| coming(today, m, day)),
            (None, Some(day)) => coming(today, month(first)?, day),
            _ => None,
        },
        [day, name, year] => month(name).and_then(|month| exactly(year, month, ordinal(day)?)),
        _ => None,
    };
    found.filter(|day| *day > today)
}

/// So many days, weeks or months after today.
fn after(today: Date, count: i64, unit: &str) -> Option<Date> {
    let span = match unit.trim_end_matches('s') {
        "day" => Span::new().try_days(count),
        "week" => Span::new().try_weeks(count),
        "month" => Span::new().try_months(count),
        _ => return None,
    };
    span.ok().and_then(|span| today.checked_add(span).ok())
}

/// That day of this year, or of the next when it has passed.
fn coming(today: Date, month: i8, day: i64) -> Option<Date> {
    let of = |year| Date::new(year, month, i8::try_from(day).ok()?).ok();
    of(today.year()).filter(|day| *day > today).or_else(|| of(today.year() + 1))
}

fn exactly(year: &str, month: i8, day: i64) -> Option<Date> {
    Date::new(year.parse().ok()?, month, i8::try_from(day).ok()?).ok()
}

/// `1`, `1st`, `22nd`.
fn ordinal(word: &str) -> Option<i64> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    digits.parse().ok().filter(|number| (1..=366).contains(number))
}

/// A day's name or its beginning, from three letters on.
fn weekday(word: &str) -> Option<Weekday> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let names = [
        ("monday", Monday),
        ("tuesday", Tuesday),
        ("wednesday", Wednesday),
        ("thursday", Thursday),
        ("friday", Friday),
        ("saturday", Saturday),
        ("sunday", Sunday),
    ];
    names.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(word)).map(|(_, day)| *day)
}

/// A month's name or its beginning, from three letters on.
fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
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
    let at = NAMES.iter().position(|name| word.len() >= 3 && name.starts_with(word))?;
    i8::try_from(at + 1).ok()
}

/// The day of the sending where its author was.
fn day_of(sent: Moment) -> Option<Date> {
    Some(Offset::from_seconds(sent.offset_seconds).ok()?.to_datetime(sent.timestamp).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// A Friday.
    const TODAY: Date = date(2026, 11, 20);

    #[test]
    fn a_line_that_says_nothing_else_is_an_order() {
        let table: &[(&str, &[Command])] = &[
            ("done 3", &[Command::Done(3)]),
            ("DONE #3, 4 and 12.", &[Command::Done(3), Command::Done(4), Command::Done(12)]),
            ("Dismiss: 7", &[Command::Dismiss(7)]),
            ("reopen 3", &[Command::Reopen(3)]),
            ("later 3 friday", &[Command::Later(3, date(2026, 11, 27))]),
            (
                "later 3, 4 until 1 December",
                &[Command::Later(3, date(2026, 12, 1)), Command::Later(4, date(2026, 12, 1))],
            ),
            ("later 3 2 weeks", &[Command::Later(3, date(2026, 12, 4))]),
            ("done", &[]),
            ("done 3 of the drawings", &[]),
            ("I have done 3", &[]),
            ("done -3", &[]),
            ("done 0", &[]),
            ("later 3", &[]),
            ("later friday", &[]),
            ("later 3 sometime", &[]),
            ("later 3 2026-11-20", &[]),
            ("", &[]),
        ];
        for (line, expected) in table {
            assert_eq!(of_line(line, Some(TODAY)), *expected, "{line}");
        }
    }

    #[test]
    fn days_are_counted_from_the_day_of_the_answer_and_always_lie_ahead() {
        let table = [
            ("tomorrow", Some(date(2026, 11, 21))),
            ("Monday", Some(date(2026, 11, 23))),
            ("next tue", Some(date(2026, 11, 24))),
            ("friday", Some(date(2026, 11, 27))),
            ("next week", Some(date(2026, 11, 23))),
            ("next month", Some(date(2026, 12, 1))),
            ("in 10 days", Some(date(2026, 11, 30))),
            ("in a month", Some(date(2026, 12, 20))),
            ("2027-01-05", Some(date(2027, 1, 5))),
            ("january 5th", Some(date(2027, 1, 5))),
            ("3 nov", Some(date(2027, 11, 3))),
            ("3 november 2028", Some(date(2028, 11, 3))),
            ("3 november 2020", None),
            ("2020-01-01", None),
            ("31 february", None),
            ("99999999999 days", None),
            ("366 months", Some(date(2057, 5, 20))),
            ("mo", None),
            ("", None),
        ];
        for (words, expected) in table {
            assert_eq!(day(words, TODAY), expected, "{words}");
        }
    }
}
