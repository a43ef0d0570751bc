//! Measure 4: the ledger of what we promised.

use jiff::Timestamp;
use jiff::civil::Date;

use super::answer::Share;
use super::dealings::{Dealings, Place};
use super::sight::Sight;
use super::{Matter, PersonNo};
use crate::understand::SignalKind;

/// How many content words a mail in another conversation has to share with a promise to keep it.
const SHARED: usize = 2;

/// How many mails to the same people are read to find one that keeps a promise.
const CANDIDATES: usize = 40;

/// What we promised a customer in W(365), by when it was promised.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Promises {
    /// Each promise that names a day and was not dismissed.
    pub all: Vec<Promised>,
}

/// One promise of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Promised {
    /// The number by which it is closed.
    pub number: i64,
    /// The mail it stands in.
    pub interaction: i64,
    /// Which of its signals it is.
    pub position: u32,
    /// To whom: the first the mail was addressed to.
    pub person: Option<PersonNo>,
    /// When it was made.
    pub made: Timestamp,
    /// The day it falls due.
    pub due: Date,
    /// How it stands.
    pub state: State,
    /// Whether the report of the day tells it: it is due or overdue, and nobody put it off.
    pub told: bool,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Kept in time: by this mail, or by somebody's word (`None`).
    Kept(Option<i64>),
    /// It falls due later.
    Open,
    /// It falls due by the day on which this report is read, or did and its working day of grace is not over.
    Due,
    /// That is over, and nothing followed in time.
    Overdue,
}

impl Promises {
    /// Those kept, of those kept or overdue.
    pub fn kept(&self) -> Share {
        let count = |state: fn(State) -> bool| self.all.iter().filter(|promised| state(promised.state)).count();
        let kept = count(|state| matches!(state, State::Kept(_)));
        Share::new(kept, kept + count(|state| state == State::Overdue))
    }

    /// Those that the report of the day tells, the earliest due first.
    pub fn told(&self) -> Vec<&Promised> {
        let mut told: Vec<&Promised> = self.all.iter().filter(|promised| promised.told).collect();
        told.sort_by_key(|promised| (promised.due, promised.number));
        told
    }
}

/// The promises of W(365). A promise whose day could not be told (no date of sending) is in no ledger: nobody can say
/// whether it was kept. One closed by hand as done was kept.
pub fn promises(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Promises {
    let ours = dealings.since(sight.at.since(365)).filter(|place| !place.entry.inbound);
    let all = ours.flat_map(|place| {
        let made = sight.matters_of(place.entry, SignalKind::Promise);
        made.filter_map(move |matter| promised(dealings, sight, place, matter))
    });
    Promises { all: all.collect() }
}

fn promised(dealings: &Dealings<'_>, sight: &Sight<'_>, place: Place<'_, '_>, matter: &Matter) -> Option<Promised> {
    let due = matter.due?;
    let until = sight.at.grace(due);
    let state = match kept(dealings, sight, place, matter, until) {
        Some(by) => State::Kept(by),
        None if until <= sight.at.as_of => State::Overdue,
        None if due <= sight.at.read_on() => State::Due,
        None => State::Open,
    };
    Some(Promised {
        number: matter.number,
        interaction: matter.interaction,
        position: matter.position,
        person: place.entry.people().next(),
        made: place.entry.at,
        due,
        state,
        told: matches!(state, State::Due | State::Overdue) && sight.may_tell(matter),
    })
}

/// What kept a promise before `until`: the next mail of ours in its conversation, or one to the same people that
/// speaks of the same. `Some(None)` when somebody said that it is done.
fn kept(
    dealings: &Dealings<'_>,
    sight: &Sight<'_>,
    place: Place<'_, '_>,
    matter: &Matter,
    until: Timestamp,
) -> Option<Option<i64>> {
    if matter.closed.is_some() {
        return Some(None);
    }
    if let Some(next) = place.goes_on().next().filter(|next| next.entry.at < until) {
        return Some(Some(next.entry.interaction));
    }
    let mut later: Vec<Place<'_, '_>> = Vec::new();
    for person in place.entry.people() {
        let written = dealings.written_to(person, place.entry.at);
        let after = written.filter(|later| later.entry.order() > place.entry.order());
        later.extend(after.take_while(|later| later.entry.at < until).take(CANDIDATES));
    }
    later.sort_by_key(|later| later.entry.order());
    later.dedup_by_key(|later| later.entry.interaction);
    let promise =
        if later.is_empty() { return None } else { sight.wording.sentence(matter.interaction, matter.position) };
    let mut later = later.iter().take(CANDIDATES).filter(|_| promise.len() >= SHARED);
    let keeps = later.find(|later| shared(&promise, &sight.wording.said(later.entry.interaction).text) >= SHARED);
    keeps.map(|later| Some(later.entry.interaction))
}

/// How many words two sorted lists share.
pub fn shared(a: &[u32], b: &[u32]) -> usize {
    a.iter().filter(|word| b.binary_search(word).is_ok()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Closed;
    use crate::measure::story::Story;

    const PROMISED: &str = "11-16T10:00 out ann@acme a promise=2026-11-18:1+2+3";

    fn story(day: &str, mails: &[&str]) -> Story {
        Story::of(day, &[&[PROMISED], mails].concat())
    }

    fn state(day: &str, mails: &[&str]) -> State {
        story(day, mails).told().promises.all[0].state
    }

    #[test]
    fn it_stands_by_the_day_the_report_is_read_and_a_working_day_of_grace() {
        let table = [
            ("2026-11-16", State::Open), // read on Tuesday, due on Wednesday
            ("2026-11-17", State::Due),  // read on the day itself
            ("2026-11-18", State::Due),
            ("2026-11-19", State::Overdue), // Thursday was the grace
        ];
        for (day, expected) in table {
            assert_eq!(state(day, &[]), expected, "{day}");
        }
        let friday =
            |day: &str| Story::of(day, &["11-16T10:00 out ann@acme a promise=2026-11-20"]).told().promises.all[0].state;
        assert_eq!((friday("2026-11-22"), friday("2026-11-23")), (State::Due, State::Overdue), "Monday is the grace");
    }

    #[test]
    fn our_next_mail_in_the_conversation_keeps_it_in_time() {
        assert_eq!(state("2026-11-30", &["11-19T23:59 out bea@acme a"]), State::Kept(Some(2)));
        assert_eq!(state("2026-11-30", &["11-20T00:00 out ann@acme a"]), State::Overdue);
        assert_eq!(state("2026-11-30", &["11-18T10:00 in ann@acme a"]), State::Overdue, "theirs keeps nothing of ours");
        assert_eq!(state("2026-11-30", &["11-18T10:00 out ann@acme a robot"]), State::Overdue);
    }

    #[test]
    fn elsewhere_it_takes_the_same_contact_and_two_words() {
        let table = [
            ("11-18T10:00 out ann@acme b says=1+3+9", true),
            ("11-18T10:00 out ann@acme b says=1+9", false),
            ("11-18T10:00 out bea@acme b says=1+2+3", false),
            ("11-18T10:00 out bea@acme b says=1+2+3 cc=ann@acme", true),
            ("11-16T09:00 out ann@acme b says=1+2+3", false), // before it was promised
            ("11-20T00:00 out ann@acme b says=1+2+3", false),
        ];
        for (mail, kept) in table {
            let told = story("2026-11-30", &[mail]).told();
            let promised = &told.promises.all[0];
            assert_eq!(matches!(promised.state, State::Kept(Some(_))), kept, "{mail}");
        }
    }

    #[test]
    fn people_close_and_put_off() {
        let with = |closed: Option<Closed>, not_before: Option<&str>| {
            let mut story = story("2026-11-19", &[]);
            story.record.matters[0].closed = closed;
            story.record.matters[0].not_before = not_before.map(|day| day.parse().unwrap());
            story.told().promises
        };
        assert_eq!(with(Some(Closed::Done), None).all[0].state, State::Kept(None));
        assert_eq!(with(Some(Closed::Dismissed), None).all, []);
        assert_eq!(with(None, None).told().len(), 1);
        assert_eq!(with(None, Some("2026-11-20")).told().len(), 1, "Thursday's report is read on Friday");
        assert_eq!(with(None, Some("2026-11-21")).told().len(), 0);
    }

    #[test]
    fn the_share_is_of_those_that_are_over() {
        let mails = [
            "11-02T10:00 out ann@acme b promise=2026-11-04",
            "11-03T10:00 out ann@acme b",
            "11-02T10:00 out ann@acme c promise=2026-12-24",
            "11-02T11:00 out ann@acme d promise=",
        ];
        let told = story("2026-11-30", &mails).told().promises;
        assert_eq!((told.all.len(), told.kept()), (3, Share::new(1, 2)), "one without a day is in no ledger");
        let due: Vec<_> = told.told().iter().map(|promised| promised.number).collect();
        assert_eq!(due, [1]);
    }

    #[test]
    fn a_promise_is_remembered_for_a_year() {
        let of = |when: &str| Story::of("2026-11-20", &[&format!("{when} out ann@acme a promise=2025-12-01")]).told();
        assert_eq!(of("2025-11-21T00:00").promises.all.len(), 1);
        assert_eq!(of("2025-11-20T23:59").promises.all.len(), 0);
    }

    #[test]
    fn the_nearest_due_stands_first_and_of_two_the_lower_number() {
        let mails = ["11-16T11:00 out ann@acme b promise=2026-11-17", "11-16T12:00 out ann@acme c promise=2026-11-18"];
        let told = story("2026-11-19", &mails).told().promises;
        assert_eq!(told.told().iter().map(|promised| promised.number).collect::<Vec<_>>(), [2, 1, 3]);
    }
}
