//! Measure 7: celebrate with them.

use jiff::Timestamp;

use super::PersonNo;
use super::answer::Share;
use super::dealings::{Dealings, Place};
use super::sight::{Reaction, Sight};
use crate::understand::SignalKind;

/// Within how many working days congratulations come in time.
const IN_TIME: i64 = 2;

/// For how many days a success that nobody cheered is told; then it is too late for it.
const TOLD: usize = 14;

/// How many later mails of ours to the contact are looked at for congratulations.
const LATER: usize = 50;

/// The successes that a customer told us of in W(365), by time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Successes {
    /// Each mail that tells of one.
    pub all: Vec<Success>,
}

/// A mail that tells of a success.
#[derive(Debug, Clone, PartialEq)]
pub struct Success {
    /// The mail.
    pub interaction: i64,
    /// Who told us.
    pub person: Option<PersonNo>,
    /// When.
    pub at: Timestamp,
    /// How we took it.
    pub cheer: Reaction,
    /// Whether the report tells it as open: nobody has cheered, and it is two weeks ago at most.
    pub told: bool,
}

impl Successes {
    /// Those cheered in time, of all.
    pub fn cheered(&self) -> Share {
        Share::new(self.all.iter().filter(|success| success.cheer.is_good()).count(), self.all.len())
    }
}

/// The successes of W(365). Congratulations count in whatever conversation, as long as they went to who told us.
pub fn successes(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Successes {
    let told = dealings.since(sight.at.since(365)).filter(|p| p.entry.inbound && p.entry.says(SignalKind::Success));
    let success = |place: Place<'_, '_>| {
        let cheer = cheer(dealings, sight, place);
        Success {
            interaction: place.entry.interaction,
            person: place.entry.author,
            at: place.entry.at,
            cheer,
            told: cheer == Reaction::Missing && place.entry.at >= sight.at.since(TOLD),
        }
    };
    Successes { all: told.map(success).collect() }
}

fn cheer(dealings: &Dealings<'_>, sight: &Sight<'_>, place: Place<'_, '_>) -> Reaction {
    let Some(person) = place.entry.author else { return Reaction::Missing };
    let written = dealings.written_to(person, place.entry.at);
    let after = written.filter(|ours| ours.entry.order() > place.entry.order()).take(LATER);
    match after.into_iter().find(|ours| ours.entry.says(SignalKind::Congratulation)) {
        None => Reaction::Missing,
        Some(ours) if sight.at.within(place.entry.at, ours.entry.at, IN_TIME) => {
            Reaction::InTime(ours.entry.interaction)
        }
        Some(ours) => Reaction::Late(ours.entry.interaction),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of(mails: &[&str]) -> Successes {
        Story::of("2026-11-20", mails).told().successes
    }

    #[test]
    fn congratulations_come_in_time_within_two_working_days() {
        let table = [
            ("11-16T16:00 out ann@acme b congratulates", Reaction::InTime(2)), // from Thursday 16:00
            ("11-16T16:01 out ann@acme b congratulates", Reaction::Late(2)),
            ("11-13T16:00 out bea@acme a congratulates", Reaction::Missing),
            ("11-13T16:00 out bea@acme a congratulates cc=ann@acme", Reaction::InTime(2)),
            ("11-13T16:00 out ann@acme a thanks", Reaction::Missing),
            ("11-12T15:00 out ann@acme a congratulates", Reaction::Missing), // before it
        ];
        for (ours, expected) in table {
            let found = of(&["11-12T16:00 in ann@acme a success", ours]);
            let cheer = found.all[0].cheer;
            let same = std::mem::discriminant(&cheer) == std::mem::discriminant(&expected);
            assert!(same, "{ours}: {cheer:?}");
            assert_eq!(found.cheered().part, u64::from(matches!(expected, Reaction::InTime(_))), "{ours}");
        }
    }

    #[test]
    fn one_is_told_for_two_weeks() {
        let told = |when: &str| of(&[&format!("{when} in ann@acme a success")]).all[0].told;
        assert_eq!((told("11-07T00:00"), told("11-06T23:59")), (true, false));
    }

    #[test]
    fn only_theirs_of_a_year_count() {
        assert_eq!(of(&["11-12T16:00 out ann@acme a success"]).all, []);
        let old = ["2025-11-20T23:59 in ann@acme a success", "2025-11-21T00:00 in ann@acme a success"];
        assert_eq!(of(&old).cheered(), Share::new(0, 1));
    }
}
