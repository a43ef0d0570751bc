//! Measure 15: how much of the conversation we do not see.

use super::answer::{Answer, Share};
use super::dealings::Dealings;
use super::sight::Sight;

/// Above how many of a hundred unseen mails measures 1, 2, 10 and 13 say nothing.
const BLIND: u64 = 50;

/// How much of a customer's conversation never came to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlindSpot {
    /// Message-IDs that its mails of W(90) name and we never saw, of all that they name.
    pub unseen: Share,
    /// Days of W(90) with mail of ours only.
    pub only_out: usize,
    /// Days of W(90) with mail of theirs only.
    pub only_in: usize,
    /// More than half is unseen: measures 1, 2, 10 and 13 are withheld.
    pub blind: bool,
}

/// The blind spot. A customer whose mails name no other mail has none that we know of.
pub fn blind_spot(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<BlindSpot> {
    let unseen = sight.mentioned(dealings.customer);
    if unseen.whole == 0 {
        return Answer::TooLittle { n: 0, needs: 1 };
    }
    let mut days = [(false, false); 91];
    for place in dealings.since(sight.at.since(90)) {
        if let Some(day) = place.days_ago().and_then(|ago| days.get_mut(ago)) {
            *day = (day.0 || place.entry.inbound, day.1 || !place.entry.inbound);
        }
    }
    Answer::Known(BlindSpot {
        unseen,
        only_out: days.iter().filter(|day| **day == (false, true)).count(),
        only_in: days.iter().filter(|day| **day == (true, false)).count(),
        blind: unseen.is_above(BLIND),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    #[test]
    fn half_is_not_yet_blind() {
        let of = |ids, unseen| {
            let told = Story::of("2026-11-20", &["11-10T10:00 in ann@acme a"]).mentioned(ids, unseen).told();
            told.blind_spot.known().map(|spot| spot.blind)
        };
        assert_eq!((of(10, 5), of(11, 6), of(1, 1), of(5, 0)), (Some(false), Some(true), Some(true), Some(false)));
        assert_eq!(of(0, 0), None);
    }

    #[test]
    fn without_a_reference_there_is_too_little() {
        let told = Story::of("2026-11-20", &["11-10T10:00 in ann@acme a"]).told();
        assert_eq!(told.blind_spot, Answer::TooLittle { n: 0, needs: 1 });
    }

    #[test]
    fn days_with_one_side_only_are_counted_by_the_zone_s_days() {
        let mails = [
            "11-10T00:00 in ann@acme a",
            "11-10T23:59 out ann@acme a",
            "11-11T10:00 out ann@acme a",
            "10-25T00:30 out ann@acme a", // the day of 25 hours
            "10-25T23:30 out ann@acme a",
            "11-12T10:00 in ann@acme a",
            "08-22T23:59 in ann@acme a", // before the window
        ];
        let told = Story::of("2026-11-20", &mails).mentioned(4, 1).told();
        let spot = told.blind_spot.known().unwrap();
        assert_eq!((spot.only_out, spot.only_in), (2, 1));
    }
}
