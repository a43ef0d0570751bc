//! Measure 2: give more attention than you get.

use super::answer::{Answer, Share};
use super::dealings::{Dealings, Place};
use super::sight::{Sight, evidence};
use crate::understand::SignalKind;

/// How many mails of ours have to give or ask.
const NEEDS: usize = 5;

/// What our mails do: give, or ask for something.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Those that give, of those that give or ask, in W(180).
    pub given: Share,
    /// More than half of them ask.
    pub flagged: bool,
    /// The mails.
    pub evidence: Vec<i64>,
}

/// The balance of giving and asking. A mail of ours asks, or else gives if it is our first since they asked, or
/// opens a conversation; any other is neither.
pub fn balance(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<Balance> {
    let ours = || dealings.since(sight.at.since(180)).filter(|place| asks(place) || gives(place));
    let n = ours().count();
    if n < NEEDS {
        return Answer::TooLittle { n, needs: NEEDS };
    }
    let given = Share::new(ours().filter(gives).count(), n);
    Answer::Known(Balance { given, flagged: given.is_below(50), evidence: evidence(ours()) })
}

fn asks(place: &Place<'_, '_>) -> bool {
    !place.entry.inbound && place.entry.says(SignalKind::Ask)
}

fn gives(place: &Place<'_, '_>) -> bool {
    !place.entry.inbound && !place.entry.says(SignalKind::Ask) && (place.was_asked() || place.opens())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of<S: AsRef<str>>(mails: &[S]) -> Answer<Balance> {
        Story::of("2026-11-20", mails).told().balance
    }

    /// So many conversations that we open with a gift, and so many with an ask.
    fn mails(gives: usize, asks: usize) -> Vec<String> {
        let mail = |n: usize, what: &str| format!("11-{:02}T10:00 out ann@acme c{n} {what}", n + 1);
        (0..gives).map(|n| mail(n, "")).chain((gives..gives + asks).map(|n| mail(n, "ask"))).collect()
    }

    #[test]
    fn more_asks_than_gifts_are_flagged() {
        for (gives, asks, flagged) in [(2, 6, true), (4, 4, false), (8, 0, false), (0, 5, true)] {
            let known = of(&mails(gives, asks));
            let known = known.known().unwrap();
            assert_eq!((known.given, known.flagged), (Share::new(gives, gives + asks), flagged));
        }
    }

    #[test]
    fn five_mails_are_the_minimum() {
        assert_eq!(of(&mails(2, 2)), Answer::TooLittle { n: 4, needs: 5 });
        assert!(of(&mails(2, 3)).known().is_some());
    }

    #[test]
    fn an_answer_gives_and_what_only_follows_is_neither() {
        let mut all = mails(0, 4);
        all.push("11-10T10:00 in ann@acme x ask".into());
        all.push("11-10T11:00 out ann@acme x".into()); // answers
        all.push("11-10T12:00 out ann@acme x".into()); // nobody asked since
        all.push("11-10T13:00 in ann@acme x".into());
        all.push("11-10T14:00 out ann@acme x".into()); // neither
        all.push("11-10T15:00 in ann@acme x ask".into());
        all.push("11-10T16:00 out ann@acme x ask".into()); // asks back
        assert_eq!(of(&all).known().map(|known| known.given), Some(Share::new(1, 6)));
    }

    #[test]
    fn the_window_is_of_180_days() {
        let mut all = mails(5, 0);
        all.push("05-25T00:00 out ann@acme y".into());
        all.push("05-24T23:59 out ann@acme z".into());
        assert_eq!(of(&all).known().map(|known| known.given.whole), Some(6));
    }

    #[test]
    fn it_is_withheld_above_half_unseen_and_told_at_half() {
        let blind = |unseen| Story::of("2026-11-20", &mails(5, 0)).mentioned(10, unseen).told().balance;
        assert!(matches!(blind(5), Answer::Known(_)));
        assert_eq!(blind(6), Answer::Withheld { n: 5 });
    }
}
