//! Measure 6: the first call when an issue arises, and the one after it is solved.

use jiff::Timestamp;

use super::answer::Share;
use super::dealings::{Dealings, Place};
use super::hash::ByNumber;
use super::sight::Sight;
use super::{Matter, PersonNo};
use crate::understand::SignalKind;

/// From how many working days on an issue that nobody answered is told.
const UNHEARD: i64 = 1;

/// From how many days after its solution on an issue is told when nobody asked whether it still works.
const UNASKED: i64 = 7;

/// The days after a solution within which asking is checking back.
const CHECKED_BACK: std::ops::RangeInclusive<i64> = 3..=21;

/// For how many days an issue that nobody answered is told.
const TOLD: usize = 90;

/// The issues of a customer in W(365), by time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Issues {
    /// Each issue that was not dismissed.
    pub all: Vec<Issue>,
}

/// One issue. What they add to it in its conversation until it is solved belongs to it; afterwards it is another.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The number by which it is closed.
    pub number: i64,
    /// The mail that named it.
    pub interaction: i64,
    /// Which of its signals does.
    pub position: u32,
    /// Who named it.
    pub person: Option<PersonNo>,
    /// When.
    pub at: Timestamp,
    /// How many working hours ago.
    pub working_hours: f64,
    /// Our first mail after it.
    pub heard: Option<i64>,
    /// The mail that calls it solved, theirs or ours, and how many days ago that was.
    pub solved: Option<(i64, i64)>,
    /// The mail of ours that asked whether it still works.
    pub checked_back: Option<i64>,
    /// Somebody closed it by hand.
    pub closed: bool,
    /// What the report tells of it.
    pub flag: Option<Neglect>,
}

/// What an issue wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neglect {
    /// Nobody has answered for a working day.
    NotHeard,
    /// It was called solved a week ago, and nobody has asked whether it still works.
    NotAskedAfter,
}

impl Issues {
    /// Those solved, of all.
    pub fn solved(&self) -> Share {
        Share::new(self.all.iter().filter(|issue| issue.solved.is_some() || issue.closed).count(), self.all.len())
    }
}

/// The issues of W(365). As with open loops, our answer may stand in another conversation, to the same contact under
/// the same base subject, and so may the mail that calls it solved. Nobody is reminded to check back once the three
/// weeks for it are over, nor of an issue of more than 90 days ago that nobody answered.
pub fn issues(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Issues {
    let mut cases = Cases::default();
    for place in dealings.since(sight.at.since(365)) {
        let matter = if place.entry.inbound { sight.matters_of(place.entry, SignalKind::Issue).next() } else { None };
        match matter {
            Some(matter) => cases.open(place, matter),
            None => cases.follow(place),
        }
    }
    Issues { all: cases.all.into_iter().map(|case| case.judged(dealings, sight)).collect() }
}

/// Issues being put together.
#[derive(Default)]
struct Cases<'r> {
    all: Vec<Case<'r>>,
    /// By conversation, and by contact and heading: the latest issue.
    latest: ByNumber<Thread, usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thread {
    Conversation(i64),
    Contact(PersonNo, u64),
}

struct Case<'r> {
    matter: &'r Matter,
    place: (Option<PersonNo>, Timestamp),
    heard: Option<i64>,
    solved: Option<(i64, Timestamp)>,
}

impl<'r> Cases<'r> {
    fn open(&mut self, place: Place<'_, 'r>, matter: &'r Matter) {
        let entry = place.entry;
        let still = |case: &&Case<'_>| case.solved.is_none() && case.matter.closed.is_none();
        let current = self.latest.get(&Thread::Conversation(entry.conversation));
        if current.and_then(|at| self.all.get(*at)).filter(still).is_some() {
            return;
        }
        let at = self.all.len();
        self.all.push(Case { matter, place: (entry.author, entry.at), heard: None, solved: None });
        self.latest.insert(Thread::Conversation(entry.conversation), at);
        if let Some(author) = entry.author {
            self.latest.insert(Thread::Contact(author, entry.heading), at);
        }
    }

    fn follow(&mut self, place: Place<'_, 'r>) {
        let entry = place.entry;
        if self.all.is_empty() || (entry.inbound && !entry.says(SignalKind::Solved)) {
            return;
        }
        let named = if entry.inbound { 1 } else { usize::MAX };
        let contacts = entry.people().take(named).map(|person| Thread::Contact(person, entry.heading));
        let threads = [Thread::Conversation(entry.conversation)].into_iter().chain(contacts);
        for thread in threads {
            let Some(case) = self.latest.get(&thread).and_then(|at| self.all.get_mut(*at)) else { continue };
            if !entry.inbound {
                case.heard.get_or_insert(entry.interaction);
            }
            if entry.says(SignalKind::Solved) {
                case.solved.get_or_insert((entry.interaction, entry.at));
            }
        }
    }
}

impl Case<'_> {
    fn judged(self, dealings: &Dealings<'_>, sight: &Sight<'_>) -> Issue {
        let Case { matter, place: (person, at), heard, solved } = self;
        let checked_back = solved.zip(person).and_then(|((_, solved), person)| {
            let day = sight.at.date(solved);
            let days =
                |place: &Place<'_, '_>| i64::from(day.until(sight.at.date(place.entry.at)).map_or(0, |s| s.get_days()));
            let written = dealings.written_to(person, solved).filter(|place| place.entry.says(SignalKind::Ask));
            let mut timely = written.take_while(|place| days(place) <= *CHECKED_BACK.end());
            timely.find(|place| days(place) >= *CHECKED_BACK.start()).map(|place| place.entry.interaction)
        });
        let solved = solved.map(|(by, at)| (by, sight.at.days_since(sight.at.date(at))));
        let closed = matter.closed.is_some();
        let flag = match (heard, solved) {
            _ if closed || !sight.may_tell(matter) => None,
            (None, None) if sight.at.passed(at, UNHEARD) && at >= sight.at.since(TOLD) => Some(Neglect::NotHeard),
            (_, Some((_, days))) if checked_back.is_none() && (UNASKED..=*CHECKED_BACK.end()).contains(&days) => {
                Some(Neglect::NotAskedAfter)
            }
            _ => None,
        };
        Issue {
            number: matter.number,
            interaction: matter.interaction,
            position: matter.position,
            person,
            at,
            working_hours: sight.at.hours_since(at),
            heard,
            solved,
            checked_back,
            closed,
            flag,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Closed;
    use crate::measure::story::Story;

    fn of(mails: &[&str]) -> Issues {
        Story::of("2026-11-20", mails).told().issues
    }

    fn one(mails: &[&str]) -> Issue {
        let issues = of(mails).all;
        assert_eq!(issues.len(), 1, "{mails:?}");
        issues.into_iter().next().unwrap()
    }

    #[test]
    fn nobody_answered_for_a_working_day() {
        let flag = |mails: &[&str]| one(mails).flag;
        assert_eq!(flag(&["11-19T17:00 in ann@acme a issue"]), Some(Neglect::NotHeard));
        assert_eq!(flag(&["11-20T09:00 in ann@acme a issue"]), Some(Neglect::NotHeard), "exactly one");
        assert_eq!(flag(&["11-20T09:01 in ann@acme a issue"]), None);
        assert_eq!(flag(&["11-19T10:00 in ann@acme a issue", "11-19T11:00 out ann@acme a"]), None);
        let elsewhere = "11-19T11:00 out ann@acme b re=a";
        assert_eq!(flag(&["11-19T10:00 in ann@acme a issue", elsewhere]), None, "to her, under the same subject");
        let about_something_else = "11-19T11:00 out ann@acme b";
        assert_eq!(flag(&["11-19T10:00 in ann@acme a issue", about_something_else]), Some(Neglect::NotHeard));
        assert_eq!(flag(&["08-22T10:00 in ann@acme a issue"]), None, "of more than 90 days ago");
    }

    #[test]
    fn solved_and_nobody_asked_for_a_week() {
        let issue = "10-20T10:00 in ann@acme a issue";
        let table: [(&[&str], Option<Neglect>); 9] = [
            (&["11-13T10:00 in ann@acme a solved"], Some(Neglect::NotAskedAfter)), // 7 days
            (&["11-14T10:00 in ann@acme a solved"], None),
            (&["11-13T10:00 out ann@acme a solved"], Some(Neglect::NotAskedAfter)),
            (&["10-30T10:00 out ann@acme a solved"], Some(Neglect::NotAskedAfter)), // 21 days
            (&["10-29T10:00 out ann@acme a solved"], None),                         // too late to ask
            (&["11-12T10:00 out ann@acme a solved", "11-15T09:00 out ann@acme b ask"], None), // on the third day
            (&["11-12T10:00 out ann@acme a solved", "11-14T23:00 out ann@acme b ask"], Some(Neglect::NotAskedAfter)),
            (&["11-12T10:00 out ann@acme a solved", "11-15T09:00 out bea@acme b ask"], Some(Neglect::NotAskedAfter)),
            (&["11-12T10:00 out ann@acme a solved", "11-15T09:00 out ann@acme b"], Some(Neglect::NotAskedAfter)),
        ];
        for (mails, expected) in table {
            let heard = ["10-20T11:00 out ann@acme a"];
            assert_eq!(one(&[&[issue], &heard[..], mails].concat()).flag, expected, "{mails:?}");
        }
    }

    #[test]
    fn checking_back_counts_from_the_third_to_the_twenty_first_day_over_the_change_of_clocks() {
        let solved = ["10-20T10:00 in ann@acme a issue", "10-23T23:30 out ann@acme a solved"];
        let table = [("10-26T00:10", true), ("10-25T23:50", false), ("11-13T23:59", true), ("11-14T00:00", false)];
        for (when, checked) in table {
            let asked = format!("{when} out ann@acme b ask");
            assert_eq!(one(&[solved[0], solved[1], &asked]).checked_back.is_some(), checked, "{when}");
        }
    }

    #[test]
    fn what_they_add_belongs_to_it_until_it_is_solved() {
        let more = ["11-02T10:00 in ann@acme a issue", "11-03T10:00 in ann@acme a issue"];
        assert_eq!(one(&more).interaction, 1);
        let again =
            ["11-02T10:00 in ann@acme a issue", "11-03T10:00 out ann@acme a solved", "11-04T10:00 in ann@acme a issue"];
        let found = of(&again);
        assert_eq!((found.all.len(), found.solved()), (2, Share::new(1, 2)));
    }

    #[test]
    fn people_close_and_put_off() {
        let with = |closed: Option<Closed>, not_before: Option<&str>| {
            let mut story = Story::of("2026-11-20", &["11-18T09:00 in ann@acme a issue"]);
            story.record.matters[0].closed = closed;
            story.record.matters[0].not_before = not_before.map(|day| day.parse().unwrap());
            story.told().issues
        };
        assert_eq!(with(Some(Closed::Done), None).all[0].flag, None);
        assert_eq!(with(Some(Closed::Done), None).solved(), Share::new(1, 1));
        assert_eq!(with(Some(Closed::Dismissed), None).all, []);
        assert_eq!(with(None, Some("2026-11-22")).all[0].flag, None);
        assert_eq!(with(None, Some("2026-11-21")).all[0].flag, Some(Neglect::NotHeard));
    }
}
