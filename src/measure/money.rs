//! Measure 12: it is not about the money.

use super::answer::{Answer, Share};
use super::dealings::{Dealings, Place};
use super::sight::{Sight, evidence};
use crate::understand::SignalKind;

/// How many mails of ours it takes.
const NEEDS: usize = 3;

/// From how many of a hundred mails about money on we seem to want nothing else.
const CHASES: u64 = 67;

/// How many of our mails are about money.
#[derive(Debug, Clone, PartialEq)]
pub struct MoneyOnly {
    /// Those about money, of ours in W(120).
    pub money: Share,
    /// Our last three were all about money.
    pub last_three: bool,
    /// Two of three are, or the last three were.
    pub flagged: bool,
    /// Those about money.
    pub evidence: Vec<i64>,
}

/// The share of money in what we write. An invoice or a reminder is about money with or without an amount.
pub fn money_only(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<MoneyOnly> {
    let ours = || dealings.since(sight.at.since(120)).filter(|place| !place.entry.inbound);
    let n = ours().count();
    if n < NEEDS {
        return Answer::TooLittle { n, needs: NEEDS };
    }
    let money = Share::new(ours().filter(is_money).count(), n);
    let last_three = ours().rev().take(NEEDS).all(|place| is_money(&place));
    let flagged = last_three || !money.is_below(CHASES);
    Answer::Known(MoneyOnly { money, last_three, flagged, evidence: evidence(ours().filter(is_money)) })
}

fn is_money(place: &Place<'_, '_>) -> bool {
    place.entry.says(SignalKind::Money) || place.entry.says(SignalKind::Dunning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    /// `m` for a mail of ours about money, `i` for an invoice, `-` for another; day by day.
    fn of(pattern: &str) -> Answer<MoneyOnly> {
        let what = |c: char| match c {
            'm' => "money",
            'i' => "dunning",
            _ => "",
        };
        let mail = |(n, c): (usize, char)| format!("11-{:02}T10:00 out ann@acme a {}", n + 1, what(c));
        Story::of("2026-11-20", &pattern.chars().enumerate().map(mail).collect::<Vec<_>>()).told().money
    }

    #[test]
    fn two_of_three_are_flagged_and_so_are_the_last_three() {
        let table = [
            ("mm-", 2, false), // 66.7 of a hundred
            ("mmm-", 3, true),
            ("----mim", 3, true),
            ("m-m-m-", 3, false),
            ("---", 0, false),
        ];
        for (pattern, money, flagged) in table {
            let told = of(pattern);
            let told = told.known().unwrap();
            assert_eq!((told.money, told.flagged), (Share::new(money, pattern.len()), flagged), "{pattern}");
        }
    }

    #[test]
    fn exactly_67_of_a_hundred_are_flagged() {
        let pattern = |money: usize| "m".repeat(money - 1) + &"-".repeat(100 - money) + "m";
        let mails = |pattern: String| {
            let hour = |(n, c): (usize, char)| {
                format!(
                    "11-{:02}T{:02}:00 out ann@acme a {}",
                    n / 10 + 1,
                    n % 10 + 8,
                    if c == 'm' { "money" } else { "" }
                )
            };
            Story::of("2026-11-20", &pattern.chars().enumerate().map(hour).collect::<Vec<_>>()).told().money
        };
        let flagged = |money: usize| mails(pattern(money)).known().map(|told| told.flagged);
        assert_eq!((flagged(67), flagged(66)), (Some(true), Some(false)));
    }

    #[test]
    fn three_mails_of_ours_in_120_days_are_the_minimum() {
        assert_eq!(of("mm"), Answer::TooLittle { n: 2, needs: 3 });
        let with = |third: &str| {
            let mails =
                ["11-01T10:00 out ann@acme a", "11-02T10:00 out ann@acme a", "11-03T10:00 in ann@acme a", third];
            Story::of("2026-11-20", &mails).told().money.known().is_some()
        };
        assert!(with("07-24T00:00 out ann@acme a"));
        assert!(!with("07-23T23:59 out ann@acme a"));
    }
}
