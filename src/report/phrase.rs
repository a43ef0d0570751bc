//! Our own words: dates, waits, counts and the sentences at the top of a page, the same in every format.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::day::{Arrival, Counts, Departure, Mailbox, Promise, Report};
use super::open::{self, Left};

/// `Friday, 20 November 2026`.
pub fn long_date(day: Date) -> String {
    day.strftime("%A, %-d %B %Y").to_string()
}

/// `20 November 2026`.
pub fn day_month_year(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// `Friday`.
pub fn weekday(day: Date) -> String {
    day.strftime("%A").to_string()
}

/// `Tue 17 Nov`, with the year when it is not that of `now`.
pub fn short_date(day: Date, now: Date) -> String {
    let format = if day.year() == now.year() { "%a %-d %b" } else { "%-d %b %Y" };
    day.strftime(format).to_string()
}

/// `16 to 22 November 2026`, with as much of the first day as differs from the last.
pub fn span(from: Date, to: Date) -> String {
    let format = match (from.year() == to.year(), from.month() == to.month()) {
        (true, true) => "%-d",
        (true, false) => "%-d %B",
        (false, _) => "%-d %B %Y",
    };
    if from == to { day_month_year(to) } else { format!("{} to {}", from.strftime(format), day_month_year(to)) }
}

/// `16:20` as the zone shows it.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

/// How long something waits: `new`, `5 working hours`, `3 working days`.
pub fn wait(working_hours: f64, hours_per_day: f64) -> String {
    if working_hours < 1.0 {
        "new".to_owned()
    } else if hours_per_day <= 0.0 || working_hours < hours_per_day {
        some(working_hours as usize, "working hour", "working hours")
    } else {
        some((working_hours / hours_per_day) as usize, "working day", "working days")
    }
}

/// `1 mail`, `2 mails`.
pub fn some(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `not once`, `once`, `14 times`.
pub fn times(n: u32) -> String {
    match n {
        0 => "not once".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}

/// Numbers up to twelve in letters, as newspapers write them.
pub fn number(n: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// The sentences under the date: what waits, and what the day brought.
pub fn lede(report: &Report) -> String {
    if !report.context.anything_recorded && report.exchanges.is_empty() {
        return "Nothing is on record yet. This page fills as soon as mail from or to your customers comes in.".into();
    }
    let sentences = [waiting(report), promised(report), brought(report), trouble(report)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What to say when nothing needs a person.
pub fn nothing_needed(report: &Report) -> &'static str {
    match (report.exchanges.is_empty(), report.context.anything_recorded) {
        (_, false) => "Nothing yet.",
        (true, true) => "Nothing today. A good day to call someone you have not heard from in a while.",
        (false, true) => "Nothing today. Well kept.",
    }
}

fn waiting(report: &Report) -> Option<String> {
    let today = &report.today;
    let (us, them) = (today.waiting_on_us.len(), today.waiting_on_them.len());
    let on_us = waiting_on_us(us, open::old(&today.waiting_on_us, &report.context, report.date));
    match (us, them) {
        (0, 0) => Some("Nobody waits for an answer.".into()),
        (_, 0) => Some(format!("{on_us}.")),
        (0, _) => Some(format!("Nobody waits for us; we wait for {}.", some_letters(them, "answer", "answers"))),
        _ => Some(format!("{on_us}, and we wait for {}.", number(them))),
    }
}

/// `We promised three things for these days; one is overdue.`
fn promised(report: &Report) -> Option<String> {
    let promises = &report.today.promises;
    let old = promises.iter().filter(|promise| open::is_long_overdue(promise, report.date)).count();
    let overdue = promises.iter().filter(|promise| promise.overdue).count();
    promises_due(promises.len(), overdue, old)
}

/// `Four promises are due, two overdue; one more has been overdue for over a month.`
fn promises_due(total: usize, overdue: usize, old: usize) -> Option<String> {
    let (recent, late) = (total - old, overdue - old);
    let have = if old == 1 { "has" } else { "have" };
    let all = capital(&some_letters(recent, "promise", "promises"));
    let verb = if recent == 1 { "is" } else { "are" };
    let said = match (recent, late) {
        (0, _) => {
            let all = capital(&some_letters(old, "promise", "promises"));
            return (old > 0).then(|| format!("{all} of ours {have} been overdue for over a month."));
        }
        (n, 0) => format!("{all} {} due", if n == 1 { "falls" } else { "fall" }),
        (n, late) if n == late => format!("{all} of ours {verb} overdue"),
        (_, late) => format!("{all} {verb} due, {} overdue", number(late)),
    };
    Some(match old {
        0 => format!("{said}."),
        _ => format!("{said}; {} more {have} been overdue for over a month.", number(old)),
    })
}

/// `Five conversations wait for our answer, 14 more for over a month`.
fn waiting_on_us(total: usize, old: usize) -> String {
    let conversations = |n: usize| capital(&some_letters(n, "conversation", "conversations"));
    let recent = total.saturating_sub(old);
    let verb = if recent == 1 { "waits" } else { "wait" };
    match (recent, old) {
        (0, 1) => "One conversation has waited for our answer for over a month".to_owned(),
        (0, _) => format!("{} have waited for our answer for over a month", conversations(old)),
        (_, 0) => format!("{} {verb} for our answer", conversations(recent)),
        _ => format!("{} {verb} for our answer, {} more for over a month", conversations(recent), number(old)),
    }
}

/// What is said before what is open and only counted: `and 14 more, 12 of them for over a month`.
pub fn left(left: &Left<'_>) -> Option<String> {
    match (left.total, left.old) {
        (0, _) => None,
        (total, 0) => Some(format!("and {total} more")),
        (total, old) if total == old => Some(format!("{total} {}", left.so_long)),
        (total, old) => Some(format!("and {total} more, {old} of them {}", left.so_long)),
    }
}

fn brought(report: &Report) -> Option<String> {
    let day = weekday(report.date);
    let on_time = Counts::of(report.exchanges.iter().filter(|e| !e.late));
    let came_late = match report.counts.late {
        0 => String::new(),
        1 => " One exchange of an earlier day came in late.".to_owned(),
        n => format!(" {} exchanges of earlier days came in late.", capital(&number(n))),
    };
    Some(match listed(&on_time) {
        None => format!("{day} was quiet: no mail from or to a customer.{came_late}"),
        Some(list) => {
            let with = some_letters(on_time.customers, "customer", "customers");
            format!("{day} brought {list}, with {with}.{came_late}")
        }
    })
}

/// `three mails in, two out and one note`; `None` for nothing.
pub fn listed(counts: &Counts) -> Option<String> {
    let of = |n: usize, words: &dyn Fn() -> String| (n > 0).then(words);
    let out = || match counts.inbound {
        0 => format!("{} out", some_letters(counts.outbound, "mail", "mails")),
        _ => format!("{} out", number(counts.outbound)),
    };
    let parts = [
        of(counts.inbound, &|| format!("{} in", some_letters(counts.inbound, "mail", "mails"))),
        of(counts.outbound, &out),
        of(counts.notes, &|| some_letters(counts.notes, "note", "notes")),
        of(counts.meetings, &|| some_letters(counts.meetings, "meeting", "meetings")),
    ];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

fn trouble(report: &Report) -> Option<String> {
    match report.today.trouble.len() {
        0 => None,
        1 => Some("One thing needs a decision.".into()),
        n => Some(format!("{} things need a decision.", capital(&number(n)))),
    }
}

/// How a promise stands on the morning after the report's day, and the day it was for: `overdue`, `Fri 20 Nov`.
pub fn due(promise: &Promise, date: Date) -> (&'static str, String) {
    let day = short_date(promise.due, date);
    let today = date.tomorrow().unwrap_or(date);
    let state = match promise.due {
        _ if promise.overdue => "overdue",
        due if due < today => "was due",
        due if due == today => "due today",
        due if today.tomorrow().is_ok_and(|tomorrow| due == tomorrow) => "due tomorrow",
        _ => "due",
    };
    (state, day)
}

/// Whether somebody new was greeted.
pub fn greeted(arrival: &Arrival) -> &'static str {
    if arrival.welcomed { "greeted" } else { "not greeted yet" }
}

/// Whether somebody who left was seen off; a guess from silence asks first.
pub fn seen_off(departure: &Departure) -> &'static str {
    match (departure.farewell, departure.sign) {
        (true, _) => "we said goodbye",
        (false, "silence") => "a guess: ask how they are",
        (false, _) => "nobody has said goodbye yet",
    }
}

/// The local day of a time as reports hold it.
pub fn day_of(time: &str) -> Option<Date> {
    time.get(..10)?.parse().ok()
}

/// How a mailbox is doing: `read to the end of the day, nothing waits in it`.
pub fn mailbox(mailbox: &Mailbox, report: &Report) -> String {
    let as_of = report.as_of.as_str();
    let read = match mailbox.last_success.as_deref() {
        Some(at) if at == as_of => "read to the end of the day".to_owned(),
        Some(at) => match (day_of(at), at.get(11..16)) {
            (Some(day), Some(time)) => format!("last read on {} at {time}", short_date(day, report.date)),
            _ => format!("last read on {at}"),
        },
        None => "not read yet".to_owned(),
    };
    let lag = match mailbox.lag {
        0 => "nothing waits in it".to_owned(),
        n => format!("{} in it", some(n as usize, "mail waits", "mails wait")),
    };
    format!("{read}, {lag}")
}

/// `no mail`, `one mail`, `13 mails`.
pub fn some_letters(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// The same with a capital first letter.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_said_in_the_coarsest_unit_that_is_true() {
        let said: Vec<String> = [0.2, 1.0, 7.9, 8.0, 23.9, 24.0].iter().map(|h| wait(*h, 8.0)).collect();
        let expected =
            ["new", "1 working hour", "7 working hours", "1 working day", "2 working days", "3 working days"];
        assert_eq!(said, expected);
        assert_eq!(wait(30.0, 0.0), "30 working hours");
    }

    #[test]
    fn what_waits_for_long_is_told_apart_from_what_is_fresh() {
        let table = [
            (1, 0, "One conversation waits for our answer"),
            (19, 14, "Five conversations wait for our answer, 14 more for over a month"),
            (2, 1, "One conversation waits for our answer, one more for over a month"),
            (3, 3, "Three conversations have waited for our answer for over a month"),
        ];
        for (total, old, expected) in table {
            assert_eq!(waiting_on_us(total, old), expected);
        }
    }

    #[test]
    fn promises_of_long_ago_are_no_news() {
        let table = [
            ((0, 0, 0), None),
            ((1, 0, 0), Some("One promise falls due.")),
            ((2, 2, 0), Some("Two promises of ours are overdue.")),
            ((4, 2, 1), Some("Three promises are due, one overdue; one more has been overdue for over a month.")),
            ((3, 2, 2), Some("One promise falls due; two more have been overdue for over a month.")),
            ((2, 2, 2), Some("Two promises of ours have been overdue for over a month.")),
        ];
        for ((total, overdue, old), expected) in table {
            assert_eq!(promises_due(total, overdue, old).as_deref(), expected, "{total} {overdue} {old}");
        }
    }

    #[test]
    fn promises_are_said_as_of_the_morning_after() {
        let date = jiff::civil::date(2026, 11, 20);
        let promise = |due: i8, overdue| Promise {
            number: 1,
            customer: crate::contacts::CustomerId("acme".into()),
            contact: None,
            name: crate::mail::Untrusted::default(),
            sentence: crate::mail::Untrusted::default(),
            due: jiff::civil::date(2026, 11, due),
            overdue,
            interaction: 1,
            since: String::new(),
        };
        let said: Vec<&str> = [(18, true), (20, false), (21, false), (22, false), (23, false)]
            .map(|(day, overdue)| due(&promise(day, overdue), date).0)
            .into();
        assert_eq!(said, ["overdue", "was due", "due today", "due tomorrow", "due"]);
    }

    #[test]
    fn dates_name_the_year_only_when_it_is_another() {
        let day = jiff::civil::date(2026, 11, 7);
        assert_eq!(long_date(day), "Saturday, 7 November 2026");
        assert_eq!(short_date(day, jiff::civil::date(2026, 12, 1)), "Sat 7 Nov");
        assert_eq!(short_date(day, jiff::civil::date(2027, 1, 1)), "7 Nov 2026");
    }
}
