//! Which open loops and promises a page tells in full.
//!
//! The measure lists every one, the longest wait first, and so does the JSON. A page that began with what
//! nobody answered last year would hide the question of yesterday below it: what waits, or is overdue, for more than
//! a month is counted by customer, whose page has it in full.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use super::day::{Context, Promise, Waiting};
use crate::contacts::CustomerId;

/// How many open loops a page tells in full, and how many customers it names for the others.
const SHOWN: usize = 12;
/// How many promises.
const PROMISES: usize = 8;
/// For how many days something open is told in full.
const RECENT_DAYS: i64 = 30;

/// What is open, in two parts.
pub struct Selection<'a, T = Waiting> {
    /// How many there are.
    pub total: usize,
    /// Those told in full, in their order.
    pub shown: Vec<&'a T>,
    /// The others.
    pub left: Left<'a>,
}

/// What is only counted.
pub struct Left<'a> {
    /// How many.
    pub total: usize,
    /// How many of them have been open for more than a month.
    pub old: usize,
    /// For how long these are, in words: `for over a month`.
    pub so_long: &'static str,
    /// How many each customer has, the most first.
    pub customers: Vec<(&'a CustomerId, usize)>,
    /// How many of them are with customers who are not named.
    pub elsewhere: usize,
}

/// Chooses what is told in full at a day's end.
pub fn select<'a>(waiting: &'a [Waiting], context: &Context, date: Date) -> Selection<'a> {
    select_few(waiting, context, date, SHOWN)
}

/// The same with room for so many.
pub fn select_few<'a>(waiting: &'a [Waiting], context: &Context, date: Date, most: usize) -> Selection<'a> {
    let is_old = |open: &Waiting| is_old(open, context, date);
    choose(waiting, most, is_old, |open| &open.customer, "for over a month")
}

/// The same of promises that are due.
pub fn select_promises(promises: &[Promise], date: Date) -> Selection<'_, Promise> {
    let is_old = |promise: &Promise| is_long_overdue(promise, date);
    choose(promises, PROMISES, is_old, |promise| &promise.customer, "overdue for over a month")
}

/// How many of these have waited for more than a month at a day's end.
pub fn old(waiting: &[Waiting], context: &Context, date: Date) -> usize {
    waiting.iter().filter(|open| is_old(open, context, date)).count()
}

/// Whether a promise has been overdue for more than a month at a day's end.
pub fn is_long_overdue(promise: &Promise, date: Date) -> bool {
    promise.overdue && month_before(date).is_some_and(|month_ago| promise.due < month_ago)
}

fn choose<'a, T>(
    all: &'a [T],
    most: usize,
    is_old: impl Fn(&T) -> bool,
    customer: impl Fn(&'a T) -> &'a CustomerId,
    so_long: &'static str,
) -> Selection<'a, T> {
    let (old, recent): (Vec<&T>, Vec<&T>) = all.iter().partition(|open| is_old(open));
    let shown: Vec<&T> = recent.iter().take(most).copied().collect();
    let mut counts: BTreeMap<&CustomerId, usize> = BTreeMap::new();
    for open in recent.iter().skip(most).chain(&old) {
        *counts.entry(customer(open)).or_default() += 1;
    }
    let mut customers: Vec<_> = counts.into_iter().collect();
    customers.sort_by_key(|(id, count)| (Reverse(*count), *id));
    let elsewhere = customers.iter().skip(SHOWN).map(|(_, count)| count).sum();
    customers.truncate(SHOWN);
    let left = Left { total: all.len() - shown.len(), old: old.len(), so_long, customers, elsewhere };
    Selection { total: all.len(), shown, left }
}

fn is_old(open: &Waiting, context: &Context, date: Date) -> bool {
    let day = context.zone.to_datetime(open.at).date();
    month_before(date).is_some_and(|month_ago| day < month_ago)
}

fn month_before(date: Date) -> Option<Date> {
    date.checked_sub(Span::new().days(RECENT_DAYS)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Untrusted;
    use jiff::civil::date;

    fn promise(number: i64, customer: &str, due: Date, overdue: bool) -> Promise {
        Promise {
            number,
            customer: CustomerId(customer.into()),
            contact: None,
            name: Untrusted::default(),
            sentence: Untrusted::default(),
            due,
            overdue,
            interaction: number,
            since: String::new(),
        }
    }

    #[test]
    fn promises_of_long_ago_are_counted_by_customer() {
        let promises = [
            promise(1, "acme", date(2025, 12, 8), true),
            promise(2, "beta", date(2026, 10, 20), true),
            promise(3, "acme", date(2026, 10, 20), true),
            promise(4, "acme", date(2026, 10, 21), true),
            promise(5, "beta", date(2026, 11, 21), false),
        ];
        let Selection { total, shown, left } = select_promises(&promises, date(2026, 11, 20));
        assert_eq!(total, 5);
        assert_eq!(shown.iter().map(|promise| promise.number).collect::<Vec<_>>(), [4, 5], "a month ago to the day");
        let named: Vec<_> = left.customers.iter().map(|(id, count)| (id.0.as_str(), *count)).collect();
        assert_eq!((left.total, left.old, named), (3, 3, vec![("acme", 2), ("beta", 1)]));
    }

    #[test]
    fn what_is_too_much_is_counted_with_what_is_old() {
        let mut promises: Vec<Promise> = (0..9).map(|n| promise(n, "acme", date(2026, 11, 19), true)).collect();
        promises.insert(0, promise(9, "beta", date(2026, 1, 1), true));
        let Selection { shown, left, .. } = select_promises(&promises, date(2026, 11, 20));
        assert_eq!((shown.len(), left.total, left.old), (8, 2, 1));
    }
}
