//! Measure 5: a customer who corrects you is a friend.

use jiff::{SignedDuration, Timestamp};

use super::answer::Share;
use super::dealings::{Dealings, Place};
use super::sight::{Reaction, Sight};
use super::{Matter, PersonNo};
use crate::understand::SignalKind;

/// How soon a mail of theirs has to follow ours to count as a reaction to it.
const SOON: SignedDuration = SignedDuration::from_hours(48);

/// From which score on a mail corrects us.
const CORRECTS: u32 = 2;

/// Within how many working days a correction is to be thanked for.
const IN_TIME: i64 = 2;

/// How many later mails of ours in the conversation are looked at for late thanks.
const LATER: usize = 50;

/// For how many days a correction that nobody thanked for is told.
const TOLD: usize = 30;

/// The corrections of a customer in W(365), by time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corrections {
    /// Each mail that corrected us and was not dismissed.
    pub all: Vec<Correction>,
}

/// A mail that corrected us.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The number by which it is closed.
    pub number: i64,
    /// The mail.
    pub interaction: i64,
    /// Which of its signals says so.
    pub position: u32,
    /// Who corrected us.
    pub person: Option<PersonNo>,
    /// When.
    pub at: Timestamp,
    /// How many working hours ago.
    pub working_hours: f64,
    /// How we took it.
    pub thanks: Reaction,
    /// Whether the report tells it as open: not thanked for at all, of the last 30 days, and nobody put it off.
    pub told: bool,
}

impl Corrections {
    /// Those thanked for in time, of all.
    pub fn thanked(&self) -> Share {
        Share::new(self.all.iter().filter(|correction| correction.thanks.is_good()).count(), self.all.len())
    }
}

/// The correction log of W(365). Each sign counts once a mail, however many sentences have it. Thanks that come later
/// than they should leave nothing to do, but were not in time.
pub fn corrections(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Corrections {
    let theirs = dealings.since(sight.at.since(365)).filter(|place| place.entry.inbound);
    Corrections { all: theirs.filter_map(|place| correction(sight, place)).collect() }
}

fn correction(sight: &Sight<'_>, place: Place<'_, '_>) -> Option<Correction> {
    let strong = sight.matters_of(place.entry, SignalKind::Correction).next();
    let weak = sight.matters_of(place.entry, SignalKind::CorrectionHint).next();
    let matter = strong.or(weak)?;
    let score = 2 * u32::from(strong.is_some())
        + u32::from(weak.is_some())
        + u32::from(follows_soon(&place))
        + u32::from(place.entry.interleaved);
    let thanks = if score < CORRECTS { return None } else { thanks(sight, place, matter) };
    let open = thanks == Reaction::Missing && place.entry.at >= sight.at.since(TOLD);
    Some(Correction {
        number: matter.number,
        interaction: matter.interaction,
        position: matter.position,
        person: place.entry.author,
        at: place.entry.at,
        working_hours: sight.at.hours_since(place.entry.at),
        thanks,
        told: open && sight.may_tell(matter),
    })
}

/// Whether it follows a mail of ours in its conversation within 48 hours.
fn follows_soon(place: &Place<'_, '_>) -> bool {
    place.answers().is_some_and(|ours| place.entry.at.duration_since(ours.entry.at) <= SOON)
}

fn thanks(sight: &Sight<'_>, place: Place<'_, '_>, matter: &Matter) -> Reaction {
    let thanks =
        |ours: &Place<'_, '_>| ours.entry.says(SignalKind::Thanks) || ours.entry.says(SignalKind::Acknowledgement);
    let next = place.answer().filter(thanks).filter(|next| sight.at.within(place.entry.at, next.entry.at, IN_TIME));
    match (matter.closed, next) {
        (Some(_), _) => Reaction::ByHand,
        (None, Some(next)) => Reaction::InTime(next.entry.interaction),
        (None, None) => {
            let later = place.answered_by().take(LATER).find(thanks);
            later.map_or(Reaction::Missing, |later| Reaction::Late(later.entry.interaction))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Closed;
    use crate::measure::story::Story;

    fn of(mails: &[&str]) -> Corrections {
        Story::of("2026-11-20", mails).told().corrections
    }

    #[test]
    fn two_points_make_a_correction() {
        let ours = "11-17T10:00 out ann@acme a";
        let table: [(&[&str], usize); 7] = [
            (&["11-19T09:00 in ann@acme a correction"], 1),
            (&["11-19T09:00 in ann@acme a hint"], 0),
            (&["11-19T09:00 in ann@acme a hint hint"], 0), // a sign counts once
            (&["11-19T09:00 in ann@acme a hint interleaved"], 1),
            (&[ours, "11-19T10:00 in ann@acme a hint"], 1), // 48 hours after ours
            (&[ours, "11-19T10:01 in ann@acme a hint"], 0),
            (&[ours, "11-17T11:00 in ann@acme b hint"], 0), // no answer to it
        ];
        for (mails, expected) in table {
            assert_eq!(of(mails).all.len(), expected, "{mails:?}");
        }
        assert_eq!(of(&["11-19T09:00 out ann@acme a correction"]).all, [], "we do not correct ourselves");
        assert_eq!(of(&["11-19T09:00 in ann@acme a interleaved"]).all, [], "comments alone correct nothing");
    }

    #[test]
    fn forty_eight_hours_are_elapsed_ones_over_either_change_of_clocks() {
        for (day, sent, border, late) in [
            ("2026-10-30", "10-24T10:00", "10-26T09:00", "10-26T09:01"), // 25 hours of Sunday
            ("2026-03-31", "03-28T10:00", "03-30T11:00", "03-30T11:01"), // 23
        ] {
            let hint = |when: &str| {
                let mails = [format!("{sent} out ann@acme a"), format!("{when} in ann@acme a hint")];
                Story::of(day, &mails).told().corrections.all.len()
            };
            assert_eq!((hint(border), hint(late)), (1, 0), "{day}");
        }
    }

    #[test]
    fn the_next_of_ours_within_two_working_days_has_to_thank() {
        let theirs = "11-12T16:00 in ann@acme a correction"; // a Thursday
        let table: [(&[&str], Reaction); 6] = [
            (&["11-16T16:00 out ann@acme a thanks"], Reaction::InTime(2)),
            (&["11-16T16:00 out ann@acme a noted"], Reaction::InTime(2)),
            (&["11-16T16:01 out ann@acme a noted"], Reaction::Late(2)),
            (&["11-13T10:00 out ann@acme a", "11-13T11:00 out ann@acme a thanks"], Reaction::Late(3)),
            (&["11-13T10:00 out ann@acme b thanks"], Reaction::Missing),
            (&[], Reaction::Missing),
        ];
        for (ours, expected) in table {
            assert_eq!(of(&[&[theirs], ours].concat()).all[0].thanks, expected, "{ours:?}");
        }
    }

    #[test]
    fn what_is_open_is_told_for_thirty_days() {
        let told = |when: &str| of(&[&format!("{when} in ann@acme a correction")]).all[0].told;
        assert_eq!((told("10-22T00:00"), told("10-21T23:59")), (true, false));
        let missing = of(&["11-20T09:00 in ann@acme a correction"]);
        assert_eq!((missing.all[0].working_hours, missing.thanked()), (8.0, Share::new(0, 1)));
    }

    #[test]
    fn people_close_and_put_off() {
        let with = |closed: Option<Closed>, not_before: Option<&str>| {
            let mut story = Story::of("2026-11-20", &["11-19T09:00 in ann@acme a correction hint"]);
            story.record.matters[0].closed = closed;
            story.record.matters[0].not_before = not_before.map(|day| day.parse().unwrap());
            story.told().corrections
        };
        assert_eq!(with(Some(Closed::Done), None).all[0].thanks, Reaction::ByHand);
        assert_eq!(with(Some(Closed::Done), None).thanked(), Share::new(1, 1));
        assert_eq!(with(Some(Closed::Dismissed), None).all, [], "what is left is too weak");
        assert!(!with(None, Some("2026-11-22")).all[0].told);
        assert!(with(None, Some("2026-11-21")).all[0].told);
    }
}
