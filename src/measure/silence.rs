//! Measure 10: frequent enough that nobody drifts, by this customer's own rhythm.

use jiff::SignedDuration;

use super::answer::Answer;
use super::dealings::{Dealings, Place};
use super::rank::{median, percentile};
use super::sight::Sight;

/// How many gaps make a rhythm.
const NEEDS: usize = 5;

/// How soon an answer makes its question's day one of exchange.
const ANSWERED: SignedDuration = SignedDuration::from_hours(72);

/// The rhythms there are, in days: nobody is nagged sooner, nobody forgotten longer.
const RHYTHM: std::ops::RangeInclusive<i64> = 2..=120;

/// How long it has been quiet, beside how long it usually is.
#[derive(Debug, Clone, PartialEq)]
pub struct Silence {
    /// The usual days from one exchange to the next: the cadence somebody set, or the median of what was.
    pub usual: i64,
    /// Whether somebody set it.
    pub cadence: bool,
    /// Days since the last exchange.
    pub days: i64,
    /// How many gaps the rhythm rests on.
    pub n: usize,
    /// It has been quiet for more than twice as long as usual, and longer than nine of ten gaps were.
    pub flagged: bool,
    /// The latest mails.
    pub evidence: Vec<i64>,
}

/// The silence, over days of exchange in W(365): days with mail both ways, or with a mail that was answered in its
/// conversation within 72 hours. A configured cadence stands in for the rhythm, so that it needs no gaps; with fewer
/// than five of them it is judged by the cadence alone.
pub fn silence(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<Silence> {
    let days = days_of_exchange(dealings, sight);
    let mut gaps: Vec<i64> = days.windows(2).filter_map(|pair| Some(pair.first()? - pair.last()?)).collect();
    gaps.sort_unstable();
    let cadence = sight.record.roster.cadence_days(dealings.customer).map(|days| i64::from(days.max(1)));
    let rhythm = median(&gaps).filter(|_| gaps.len() >= NEEDS);
    let usual = cadence.or(rhythm.map(|gap| gap.clamp(*RHYTHM.start(), *RHYTHM.end())));
    let (Some(usual), Some(since)) = (usual, days.last()) else {
        return Answer::TooLittle { n: gaps.len(), needs: NEEDS };
    };
    let long = percentile(&gaps, 90).filter(|_| gaps.len() >= NEEDS).unwrap_or(0);
    Answer::Known(Silence {
        usual,
        cadence: cadence.is_some(),
        days: *since,
        n: gaps.len(),
        flagged: *since > long.max(2 * usual),
        evidence: dealings.all().next_back().map(|last| vec![last.entry.interaction]).unwrap_or_default(),
    })
}

/// The days of exchange in W(365), as how many days ago they were, the longest ago first.
fn days_of_exchange(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Vec<i64> {
    let mut days = [Sides::default(); 366];
    for place in dealings.since(sight.at.since(365)) {
        let day = place.days_ago().and_then(|ago| days.get_mut(ago));
        let Some(day) = day else { continue };
        day.theirs |= place.entry.inbound;
        day.ours |= !place.entry.inbound;
        day.answered |= is_answered(&place);
    }
    let exchanged = (0..).zip(days).filter(|(_, day)| day.answered || (day.theirs && day.ours));
    let mut ago: Vec<i64> = exchanged.map(|(ago, _)| ago).collect();
    ago.reverse();
    ago
}

/// What a day brought.
#[derive(Debug, Clone, Copy, Default)]
struct Sides {
    theirs: bool,
    ours: bool,
    answered: bool,
}

fn is_answered(place: &Place<'_, '_>) -> bool {
    place.answer().is_some_and(|answer| answer.entry.at.duration_since(place.entry.at) <= ANSWERED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    /// Mail both ways on each of these days of the year.
    fn days(days: &[&str]) -> Vec<String> {
        let both = |day: &&str| [format!("{day}T10:00 in ann@acme a"), format!("{day}T11:00 out ann@acme b")];
        days.iter().flat_map(both).collect()
    }

    fn of(day: &str, mails: &[String]) -> Answer<Silence> {
        Story::of(day, mails).told().silence
    }

    const EVERY_FOUR: [&str; 6] = ["10-01", "10-05", "10-09", "10-13", "10-17", "10-21"];

    #[test]
    fn it_is_flagged_beyond_twice_the_rhythm_and_beyond_the_longest_but_few() {
        let table = [("2026-10-29", 8, false), ("2026-10-30", 9, true)];
        for (day, since, flagged) in table {
            let told = of(day, &days(&EVERY_FOUR));
            let told = told.known().unwrap();
            assert_eq!((told.usual, told.days, told.n, told.flagged), (4, since, 5, flagged), "{day}");
        }
        // One gap of 20 days: the usual is 4 still, but nine of ten gaps were within 20.
        let once = ["09-11", "10-01", "10-05", "10-09", "10-13", "10-17"];
        let flagged = |day: &str| of(day, &days(&once)).known().map(|told| told.flagged);
        assert_eq!((flagged("2026-11-06"), flagged("2026-11-07")), (Some(false), Some(true)));
    }

    #[test]
    fn five_gaps_are_a_rhythm() {
        assert_eq!(of("2026-11-20", &days(&EVERY_FOUR[1..])), Answer::TooLittle { n: 4, needs: 5 });
    }

    #[test]
    fn a_rhythm_is_of_two_days_at_least_and_of_120_at_most() {
        let daily = ["11-02", "11-03", "11-04", "11-05", "11-06", "11-07"];
        let usual = |days: Answer<Silence>| days.known().map(|told| (told.usual, told.flagged));
        assert_eq!(usual(of("2026-11-11", &days(&daily))), Some((2, false)), "four days");
        assert_eq!(usual(of("2026-11-12", &days(&daily))), Some((2, true)));
    }

    #[test]
    fn a_mail_answered_within_three_days_makes_its_day_one_of_exchange() {
        let mut mails = days(&EVERY_FOUR[..5]);
        let with = |mails: &[String], answer: &str| {
            let pair = ["10-21T10:00 out ann@acme x".to_owned(), format!("{answer} in ann@acme x")];
            of("2026-11-20", &[mails, &pair].concat()).known().map(|told| told.days)
        };
        assert_eq!(with(&mails, "10-24T10:00"), Some(30));
        assert_eq!(with(&mails, "10-24T10:01"), None, "four gaps only");
        mails = days(&EVERY_FOUR);
        assert_eq!(with(&mails, "10-24T10:01"), Some(30), "nor is the day of the late answer one");
    }

    #[test]
    fn days_are_those_of_the_zone_over_the_change_of_clocks() {
        let october = ["10-22T23:30 in ann@acme a", "10-22T00:10 out ann@acme b"].map(str::to_owned);
        let all = [days(&["10-02", "10-06", "10-10", "10-14", "10-18"]), october.to_vec()].concat();
        let told = of("2026-10-26", &all);
        assert_eq!(told.known().map(|told| (told.usual, told.days)), Some((4, 4)));
    }

    #[test]
    fn a_cadence_stands_in_for_the_rhythm() {
        let with = |day: &str, mails: &[String]| {
            let mut story = Story::of(day, mails);
            let acme = story.record.roster.find(&crate::contacts::CustomerId("acme".into())).unwrap();
            story.record.roster.describe(acme, Some(7), 1);
            story.told().silence
        };
        let flagged = |answer: Answer<Silence>| answer.known().map(|told| (told.usual, told.cadence, told.flagged));
        assert_eq!(flagged(with("2026-10-15", &days(&["10-01"]))), Some((7, true, false)));
        assert_eq!(flagged(with("2026-10-16", &days(&["10-01"]))), Some((7, true, true)));
        let nothing = ["10-01T10:00 in ann@acme a".to_owned()];
        assert_eq!(with("2026-10-16", &nothing), Answer::TooLittle { n: 0, needs: 5 });
    }

    #[test]
    fn it_is_withheld_above_half_unseen_and_told_at_half() {
        let blind = |unseen| Story::of("2026-11-20", &days(&EVERY_FOUR)).mentioned(2, unseen).told().silence;
        assert!(matches!(blind(1), Answer::Known(_)));
        assert_eq!(blind(2), Answer::Withheld { n: 5 });
    }
}
