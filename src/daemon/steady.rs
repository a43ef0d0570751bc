//! Whether the clock can be believed. One that was set by hours may be set back in a minute: a virtual machine that was
//! resumed, a battery that is empty, a typing error. Mail does not wait for that; but a report that is due because of it
//! would be written for good, and what is kept for thirty days would be let go.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A clock that is corrected moves by less.
const JUMP: SignedDuration = SignedDuration::from_hours(1);
/// How long a clock that was set has to go on from there to be believed.
const TRIAL: Duration = Duration::from_secs(10 * 60);

/// What the clock showed when it was last looked at.
#[derive(Debug, Default)]
pub struct Steady {
    last: Option<(Timestamp, Duration)>,
    /// When it was last set, in time that passed.
    set: Option<Duration>,
}

/// What a look at the clock found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It goes on from where it was.
    Steady,
    /// It was set by so much since the last look.
    Set(SignedDuration),
    /// It was set a short while ago.
    OnTrial,
}

impl Steady {
    /// Looks at a clock that shows `now` when so much time has passed (since whenever, sleep included).
    pub fn look(&mut self, now: Timestamp, passed: Duration) -> Look {
        let before = self.last.replace((now, passed));
        if let Some((then, passed_then)) = before {
            let went = SignedDuration::try_from(passed.saturating_sub(passed_then)).unwrap_or(SignedDuration::MAX);
            let by = now.duration_since(then).saturating_sub(went);
            if by.abs() > JUMP {
                self.set = Some(passed);
                return Look::Set(by);
            }
        }
        match self.set {
            Some(set) if passed.saturating_sub(set) < TRIAL => Look::OnTrial,
            _ => Look::Steady,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a clock that shows `shown` seconds after noon when `passed` seconds have passed.
    fn looks(looks: &[(i64, u64)]) -> Vec<Look> {
        let noon = Timestamp::from_second(1_795_000_000).unwrap();
        let mut steady = Steady::default();
        let look = |(shown, passed): &(i64, u64)| {
            steady.look(noon + SignedDuration::from_secs(*shown), Duration::from_secs(*passed))
        };
        looks.iter().map(look).collect()
    }

    #[test]
    fn a_clock_that_goes_on_or_is_corrected_is_believed() {
        assert_eq!(looks(&[(0, 9), (2, 11), (3_000, 13), (100, 15)]), [Look::Steady; 4]);
    }

    #[test]
    fn a_machine_that_slept_has_a_clock_to_be_believed() {
        assert_eq!(looks(&[(0, 9), (30_000, 30_009)]), [Look::Steady; 2]);
    }

    #[test]
    fn a_clock_that_was_set_is_believed_after_ten_minutes_whichever_way_it_went() {
        for way in [-1, 1] {
            let day = way * 86_400;
            let said = looks(&[(0, 0), (day + 2, 2), (day + 4, 4), (day + 601, 601), (day + 602, 602)]);
            let set = Look::Set(SignedDuration::from_secs(day));
            assert_eq!(said, [Look::Steady, set, Look::OnTrial, Look::OnTrial, Look::Steady]);
        }
    }

    #[test]
    fn one_that_is_set_back_meanwhile_begins_its_trial_anew() {
        let said = looks(&[(0, 0), (86_402, 2), (500, 500), (800, 800), (1_100, 1_100)]);
        assert_eq!(said[3..], [Look::OnTrial, Look::Steady]);
    }
}
