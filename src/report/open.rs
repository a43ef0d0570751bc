//! Which open loops a page tells in full.
//!
//! The measure lists every one, the longest wait first, and so does the JSON. A page that began with what
//! nobody answered last year would hide the question of yesterday below it: what waits for more than a month
//! is counted by customer, whose page has it in full.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use super::day::{Context, Waiting};
use crate::contacts::CustomerId;

/// How many open loops a page tells in full, and how many customers it names for the others.
const SHOWN: usize = 12;
/// For how many days an open loop is told in full.
const RECENT_DAYS: i64 = 30;

/// Open loops in two parts.
pub struct Selection<'a> {
    /// How many there are.
    pub total: usize,
    /// Those told in full, the longest wait first.
    pub shown: Vec<&'a Waiting>,
    /// The others.
    pub left: Left<'a>,
}

/// Open loops that are only counted.
pub struct Left<'a> {
    /// How many.
    pub total: usize,
    /// How many of them wait for more than a month.
    pub old: usize,
    /// How many each customer has, the most first.
    pub customers: Vec<(&'a CustomerId, usize)>,
    /// How many of them are with customers who are not named.
    pub elsewhere: usize,
}

/// Chooses what is told in full at a day's end.
pub fn select<'a>(waiting: &'a [Waiting], context: &Context, date: Date) -> Selection<'a> {
    let (old, recent): (Vec<&Waiting>, Vec<&Waiting>) = waiting.iter().partition(|open| is_old(open, context, date));
    let shown: Vec<&Waiting> = recent.iter().take(SHOWN).copied().collect();
    let mut counts: BTreeMap<&CustomerId, usize> = BTreeMap::new();
    for open in recent.iter().skip(SHOWN).chain(&old) {
        *counts.entry(&open.customer).or_default() += 1;
    }
    let mut customers: Vec<_> = counts.into_iter().collect();
    customers.sort_by_key(|(id, count)| (Reverse(*count), *id));
    let elsewhere = customers.iter().skip(SHOWN).map(|(_, count)| count).sum();
    customers.truncate(SHOWN);
    let left = Left { total: waiting.len() - shown.len(), old: old.len(), customers, elsewhere };
    Selection { total: waiting.len(), shown, left }
}

/// How many of these have waited for more than a month at a day's end.
pub fn old(waiting: &[Waiting], context: &Context, date: Date) -> usize {
    waiting.iter().filter(|open| is_old(open, context, date)).count()
}

fn is_old(open: &Waiting, context: &Context, date: Date) -> bool {
    let day = context.zone.to_datetime(open.at).date();
    date.checked_sub(Span::new().days(RECENT_DAYS)).is_ok_and(|month_ago| day < month_ago)
}
