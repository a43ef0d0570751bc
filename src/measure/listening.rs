//! Measure 1: listen more than you talk.

use super::answer::{Answer, Share};
use super::dealings::{Dealings, Place};
use super::sight::{Sight, evidence};

/// How many mails each side has to have written.
const NEEDS: usize = 3;

/// Whose words fill the conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Listening {
    /// Their words of all words in W(90), over conversations in which both sides wrote.
    pub theirs: Share,
    /// The same in the 90 days before; `None` where those had too little.
    pub before: Option<Share>,
    /// Mails of both sides.
    pub n: usize,
    /// They wrote less than half of it, and 15 of a hundred less than before.
    pub flagged: bool,
    /// The mails.
    pub evidence: Vec<i64>,
}

/// The listening share. A conversation counts once both sides ever wrote in it, whichever wrote within the window.
/// The minimum is told by the side that wrote less; mails without a word kept are too little as well.
pub fn listening(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<Listening> {
    let (from, before) = (sight.at.since(90), sight.at.since(180));
    let now = Words::of(dealings.since(from));
    let (seen, Some(theirs)) = (now.seen(), now.share()) else {
        return Answer::TooLittle { n: now.seen(), needs: NEEDS };
    };
    let before = Words::of(dealings.between(before, from)).share();
    debug_assert!(seen >= NEEDS);
    Answer::Known(Listening {
        theirs,
        before,
        n: now.mails[0] + now.mails[1],
        flagged: theirs.is_below(50) && before.is_some_and(|before| theirs.fell_by(15, before)),
        evidence: evidence(dealings.since(from).filter(Place::is_two_way)),
    })
}

/// Mails and words by side: ours, theirs.
#[derive(Default)]
struct Words {
    mails: [usize; 2],
    words: [u64; 2],
}

impl Words {
    fn of<'d, 'r: 'd>(places: impl Iterator<Item = Place<'d, 'r>>) -> Words {
        let mut sums = Words::default();
        for place in places.filter(Place::is_two_way) {
            let side = usize::from(place.entry.inbound);
            sums.mails[side] += 1;
            sums.words[side] += u64::from(place.entry.words);
        }
        sums
    }

    fn seen(&self) -> usize {
        self.mails[0].min(self.mails[1])
    }

    fn share(&self) -> Option<Share> {
        let share = Share { part: self.words[1], whole: self.words[0] + self.words[1] };
        (self.seen() >= NEEDS && share.whole > 0).then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    /// Three each way in the window, with so many words; before it the same with so many others.
    fn mails(theirs: u32, ours: u32, before: Option<(u32, u32)>) -> Vec<String> {
        let three = |month: &str, theirs: u32, ours: u32| {
            (1..=3)
                .flat_map(move |day| {
                    [
                        format!("{month}-0{day}T10:00 in ann@acme a w{theirs}"),
                        format!("{month}-0{day}T11:00 out ann@acme a w{ours}"),
                    ]
                })
                .collect::<Vec<_>>()
        };
        let mut all = before.map(|(theirs, ours)| three("07", theirs, ours)).unwrap_or_default();
        all.extend(three("11", theirs, ours));
        all
    }

    fn of<S: AsRef<str>>(mails: &[S]) -> Answer<Listening> {
        Story::of("2026-11-20", mails).told().listening
    }

    #[test]
    fn it_is_flagged_below_half_after_a_fall_of_fifteen() {
        let table = [
            (35, 65, Some((50, 50)), true),
            (36, 64, Some((50, 50)), false), // 14 of a hundred
            (50, 50, Some((90, 10)), false), // half is not less than half
            (20, 80, None, false),           // nothing to compare with
            (20, 80, Some((0, 0)), false),   // no word kept before
        ];
        for (theirs, ours, before, flagged) in table {
            let Answer::Known(known) = of(&mails(theirs, ours, before)) else { panic!("{theirs} {ours}") };
            assert_eq!((known.theirs.part, known.n, known.flagged), (u64::from(3 * theirs), 6, flagged), "{theirs}");
        }
    }

    #[test]
    fn three_mails_each_way_are_the_minimum() {
        let all = mails(10, 10, None);
        assert_eq!(of(&all[..5]), Answer::TooLittle { n: 2, needs: 3 });
        assert_eq!(of(&all[1..]), Answer::TooLittle { n: 2, needs: 3 });
        assert_eq!(of(&mails(0, 0, None)), Answer::TooLittle { n: 3, needs: 3 }, "no word was kept");
    }

    #[test]
    fn only_conversations_of_both_sides_count() {
        let mut all = mails(10, 10, None);
        all.push("11-10T10:00 in ann@acme alone w1000".to_owned());
        assert_eq!(of(&all).known().map(|known| known.theirs.value()), Some(Some(0.5)));
    }

    #[test]
    fn the_window_is_of_ninety_days_and_clocks_changed_in_it() {
        let mut all = mails(10, 10, None);
        all.push("08-23T00:00 in ann@acme a w40".to_owned()); // the first instant, still in summer time
        all.push("08-22T23:59 in ann@acme a w1000".to_owned());
        assert_eq!(of(&all).known().map(|known| (known.theirs.part, known.theirs.whole)), Some((70, 100)));
    }

    #[test]
    fn it_is_withheld_above_half_unseen_and_told_at_half() {
        let blind = |unseen| Story::of("2026-11-20", &mails(10, 10, None)).mentioned(10, unseen).told().listening;
        assert!(matches!(blind(5), Answer::Known(_)));
        assert_eq!(blind(6), Answer::Withheld { n: 6 });
    }
}
