//! Measure 8: people come.

use jiff::Timestamp;

use super::answer::Share;
use super::dealings::Dealings;
use super::sight::Sight;
use super::{Entry, PersonNo};

/// Within how many working days somebody new is to be greeted.
const IN_TIME: i64 = 10;

/// For how many days somebody new is told of.
const TOLD: usize = 30;

/// Who came to a customer in W(365), in the order they were first seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arrivals {
    /// Everybody who came and is in no contact list.
    pub all: Vec<Arrived>,
}

/// Somebody of a customer's domain who is in no contact list.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// Who.
    pub person: PersonNo,
    /// When they were first seen.
    pub at: Timestamp,
    /// On which mail.
    pub interaction: i64,
    /// Who wrote it, when it was somebody else: at the customer, or one of us.
    pub introducer: Option<PersonNo>,
    /// Our first mail addressed to them, within ten working days.
    pub welcome: Option<i64>,
    /// Whether the report tells of them: they came within the last 30 days.
    pub told: bool,
}

impl Arrivals {
    /// Those we greeted in time, of all.
    pub fn welcomed(&self) -> Share {
        Share::new(self.all.iter().filter(|arrived| arrived.welcome.is_some()).count(), self.all.len())
    }
}

/// The arrivals of W(365). Who is in the directory by now did not arrive: they were settled. A mail of ours that brings
/// somebody in and is addressed to them greets them by itself.
pub fn arrivals(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Arrivals {
    let from = sight.at.since(365);
    let unknown = |person: PersonNo| sight.record.roster.person(person).is_some_and(|who| who.contact.is_none());
    let seen = sight.first_seen(dealings.customer).filter(|(person, first)| first.at >= from && unknown(*person));
    let mut all: Vec<Arrived> = seen.map(|(person, first)| arrived(dealings, sight, person, first)).collect();
    all.sort_by_key(|arrived| (arrived.at, arrived.interaction, arrived.person));
    Arrivals { all }
}

fn arrived(dealings: &Dealings<'_>, sight: &Sight<'_>, person: PersonNo, first: &Entry) -> Arrived {
    let written = dealings.written_to(person, first.at).filter(|ours| ours.entry.order() >= first.order());
    let mut in_time = written.take_while(|ours| sight.at.within(first.at, ours.entry.at, IN_TIME));
    Arrived {
        person,
        at: first.at,
        interaction: first.interaction,
        introducer: first.author.filter(|author| *author != person),
        welcome: in_time.find(|ours| ours.entry.to.contains(&person)).map(|ours| ours.entry.interaction),
        told: first.at >= sight.at.since(TOLD),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of(mails: &[&str]) -> Arrivals {
        Story::of("2026-11-20", mails).told().arrivals
    }

    fn names(story: &mut Story, arrivals: &Arrivals) -> Vec<(String, Option<String>)> {
        let name = |person: PersonNo| story.record.roster.person(person).unwrap().name.clone().unwrap();
        arrivals.all.iter().map(|arrived| (name(arrived.person), arrived.introducer.map(name))).collect()
    }

    #[test]
    fn whoever_is_in_no_contact_list_arrives_with_who_brought_them() {
        let mut story = Story::of(
            "2026-11-20",
            &[
                "11-02T10:00 in ann@acme a cc=bea?@acme",
                "11-03T10:00 in cyd?@acme b",
                "11-04T10:00 out ann@acme c cc=dan?@acme",
                "11-05T10:00 in ann@acme a cc=bea?@acme",
                "11-06T10:00 in ann@acme a cc=eve?@acme robot",
            ],
        );
        let arrivals = story.told().arrivals;
        let expected = [("bea", Some("ann")), ("cyd", None), ("dan", Some("max"))];
        let expected: Vec<_> = expected.map(|(who, by)| (who.to_owned(), by.map(str::to_owned))).into();
        assert_eq!(names(&mut story, &arrivals), expected);
    }

    #[test]
    fn a_greeting_is_addressed_to_them_within_ten_working_days() {
        let table = [
            ("11-16T16:00 out bea?@acme b", true), // from Monday the 2nd, 16:00
            ("11-16T16:01 out bea?@acme b", false),
            ("11-03T10:00 out ann@acme a cc=bea?@acme", false),
            ("11-01T10:00 out ann@acme a", false),
        ];
        for (ours, welcomed) in table {
            let arrivals = of(&["11-02T16:00 in ann@acme a cc=bea?@acme", ours]);
            assert_eq!(arrivals.welcomed(), Share::new(usize::from(welcomed), 1), "{ours}");
        }
        assert_eq!(of(&["11-02T16:00 out bea?@acme a"]).welcomed(), Share::new(1, 1), "we wrote to her ourselves");
    }

    #[test]
    fn they_are_told_of_for_thirty_days_and_counted_for_a_year() {
        let of = |when: &str| of(&[&format!("{when} in bea?@acme a")]).all.first().map(|arrived| arrived.told);
        assert_eq!((of("10-22T00:00"), of("10-21T23:59")), (Some(true), Some(false)));
        assert_eq!((of("2025-11-21T00:00"), of("2025-11-20T23:59")), (Some(false), None));
    }
}
