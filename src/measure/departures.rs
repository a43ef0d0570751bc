//! Measure 9: people go.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::answer::Share;
use super::dealings::Dealings;
use super::sight::Sight;
use super::{Left, PersonNo, Undelivered};
use crate::understand::SignalKind;

/// Bounces that say that nobody is there any more (RFC 3463 and RFC 7505).
const NOBODY_THERE: [&str; 3] = ["5.1.1", "5.1.10", "5.4.1"];

/// Within how many working days a farewell comes in time.
const IN_TIME: i64 = 5;

/// For how many days a certain departure is told.
const TOLD: usize = 30;

/// How many mails of a customer it takes on either side to miss somebody.
const NEEDS: usize = 6;

/// On how many of a hundred mails somebody has to have been to be missed.
const USUALLY: u64 = 60;

/// The days in which somebody was there, and from which on they are missed.
const BEFORE: usize = 135;
const SINCE: usize = 45;

/// Who left a customer in W(365), and who seems to have, by when it showed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Departures {
    /// Each person once, by the surest sign.
    pub all: Vec<Departed>,
}

/// Somebody who left, or seems to have.
#[derive(Debug, Clone, PartialEq)]
pub struct Departed {
    /// Who.
    pub person: PersonNo,
    /// How it shows.
    pub sign: Sign,
    /// When it showed; for a guess, when they were last seen.
    pub at: Timestamp,
    /// The interactions behind it.
    pub evidence: Vec<i64>,
    /// Who follows them: addresses.
    pub successors: Vec<String>,
    /// Our mail to them or a successor afterwards, within five working days.
    pub farewell: Option<i64>,
    /// Whether the report tells it: it is a guess that holds today, or certain for less than 30 days.
    pub told: bool,
}

/// How a departure shows. Only the last is a guess.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sign {
    /// A mail to them found nobody.
    Bounce,
    /// Their mailbox answered that they left.
    AutoReply,
    /// They said so themselves.
    OwnWords,
    /// They have been on none of the latest mails, and were on most before.
    Silence {
        /// How many mails they have not been on.
        missed: usize,
        /// On how many of the mails before they were.
        before: Share,
    },
}

impl Departures {
    /// Those who got a farewell, of all.
    pub fn farewells(&self) -> Share {
        Share::new(self.all.iter().filter(|departed| departed.farewell.is_some()).count(), self.all.len())
    }
}

/// The departures of W(365). A bounce or an automatic answer is no sign any more once its person wrote again; their
/// own words stay one, for people write until their last day.
pub fn departures(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Departures {
    let mut found: BTreeMap<PersonNo, Departed> = BTreeMap::new();
    let certain = bounced(dealings, sight).chain(answered(dealings, sight)).chain(said(dealings, sight));
    for departed in certain {
        found.entry(departed.person).or_insert(departed);
    }
    for departed in missed(dealings, sight) {
        found.entry(departed.person).or_insert(departed);
    }
    let mut all: Vec<Departed> = found.into_values().map(|departed| seen_off(departed, dealings, sight)).collect();
    all.sort_by_key(|departed| (departed.at, departed.person));
    Departures { all }
}

fn bounced<'a>(dealings: &'a Dealings<'_>, sight: &'a Sight<'_>) -> impl Iterator<Item = Departed> + 'a {
    let gone = |bounce: &&Undelivered| {
        bounce.permanent && bounce.status.as_deref().is_some_and(|status| NOBODY_THERE.contains(&status))
    };
    let theirs = sight.undelivered(dealings.customer, sight.at.since(365)).filter(gone);
    theirs
        .filter(|bounce| !sight.wrote_after(bounce.person, bounce.at))
        .map(|bounce| certain(bounce.person, Sign::Bounce, bounce.at, bounce.interaction, sight))
}

fn answered<'a>(dealings: &'a Dealings<'_>, sight: &'a Sight<'_>) -> impl Iterator<Item = Departed> + 'a {
    let theirs = sight.left(dealings.customer, sight.at.since(365));
    theirs.filter(|left| !sight.wrote_after(left.person, left.at)).map(|left: &Left| Departed {
        successors: left.successors.clone(),
        ..certain(left.person, Sign::AutoReply, left.at, left.interaction, sight)
    })
}

fn said<'a>(dealings: &'a Dealings<'_>, sight: &'a Sight<'_>) -> impl Iterator<Item = Departed> + 'a {
    let theirs = dealings.since(sight.at.since(365)).filter(|place| place.entry.inbound);
    theirs.filter(|place| place.entry.says(SignalKind::LeftCompany)).filter_map(|place| {
        let person = place.entry.author.filter(|author| sight.is_at(*author, dealings.customer))?;
        Some(certain(person, Sign::OwnWords, place.entry.at, place.entry.interaction, sight))
    })
}

fn certain(person: PersonNo, sign: Sign, at: Timestamp, interaction: i64, sight: &Sight<'_>) -> Departed {
    let told = at >= sight.at.since(TOLD);
    Departed { person, sign, at, evidence: vec![interaction], successors: Vec::new(), farewell: None, told }
}

/// Who was on most mails and is on none.
fn missed(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Vec<Departed> {
    let (from, turn) = (sight.at.since(BEFORE), sight.at.since(SINCE));
    let lately = dealings.since(turn);
    let (before, now) = (dealings.between(from, turn).count(), lately.count());
    if before < NEEDS || now < NEEDS {
        return Vec::new();
    }
    let mut on: BTreeMap<PersonNo, Vec<(Timestamp, i64)>> = BTreeMap::new();
    for place in dealings.between(from, turn) {
        for person in place.entry.people() {
            on.entry(person).or_default().push((place.entry.at, place.entry.interaction));
        }
    }
    for place in dealings.since(turn) {
        place.entry.people().for_each(|person| drop(on.remove(&person)));
    }
    on.retain(|person, mails| {
        let usually = !Share::new(mails.len(), before).is_below(USUALLY);
        usually && sight.is_at(*person, dealings.customer)
    });
    let missing = |(person, mails): (PersonNo, Vec<(Timestamp, i64)>)| {
        let (at, last) = *mails.last()?;
        let sign = Sign::Silence { missed: now, before: Share::new(mails.len(), before) };
        Some(Departed { evidence: vec![last], told: true, ..certain(person, sign, at, last, sight) })
    };
    on.into_iter().filter_map(missing).collect()
}

/// The same with our farewell, if one followed.
fn seen_off(departed: Departed, dealings: &Dealings<'_>, sight: &Sight<'_>) -> Departed {
    let successors = departed.successors.iter().filter_map(|address| sight.person_at(address));
    let goodbyes = [departed.person].into_iter().chain(successors).filter_map(|person| {
        let written = dealings.written_to(person, departed.at).filter(|ours| ours.entry.at > departed.at);
        let mut in_time = written.take_while(|ours| sight.at.within(departed.at, ours.entry.at, IN_TIME));
        in_time.next().map(|ours| ours.entry.order())
    });
    let farewell = goodbyes.min().map(|(_, interaction)| interaction);
    Departed { farewell, ..departed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    const MAIL: &str = "06-01T10:00 in ann@acme a";

    #[test]
    fn only_a_mailbox_that_is_not_there_means_that_somebody_left() {
        let signs = |status: &str, permanent: bool| {
            let mut story = Story::of("2026-11-20", &[MAIL]);
            story.bounce("11-10T10:00", "ann@acme", status);
            story.record.undelivered[0].permanent = permanent;
            story.told().departures.all.len()
        };
        for status in NOBODY_THERE {
            assert_eq!((signs(status, true), signs(status, false)), (1, 0), "{status}");
        }
        for status in ["5.2.2", "5.1.100", "4.1.1", ""] {
            assert_eq!(signs(status, true), 0, "{status}");
        }
    }

    #[test]
    fn who_writes_again_has_not_left() {
        let signs = |later: &str, by_answer: bool| {
            let mut story = Story::of("2026-11-20", &[MAIL, later]);
            match by_answer {
                true => story.left("11-10T10:00", "ann@acme", &[]),
                false => story.bounce("11-10T10:00", "ann@acme", "5.1.1"),
            }
            story.told().departures.all.len()
        };
        for by_answer in [false, true] {
            assert_eq!(signs("11-10T10:01 in ann@acme b", by_answer), 0);
            assert_eq!(signs("11-10T10:00 in ann@acme b", by_answer), 1);
            assert_eq!(signs("11-10T10:01 in ann@acme b robot", by_answer), 1, "a machine answers for the dead");
        }
        let said = Story::of("2026-11-20", &["11-10T10:00 in ann@acme a leaves", "11-12T10:00 in ann@acme b"]).told();
        assert_eq!(said.departures.all[0].sign, Sign::OwnWords, "people write until their last day");
    }

    #[test]
    fn the_surest_sign_is_the_one_that_is_told() {
        let mut story = Story::of("2026-11-20", &[MAIL, "11-02T10:00 in ann@acme a leaves"]);
        story.left("11-09T10:00", "ann@acme", &["bea@acme.example"]);
        let told = story.told().departures;
        assert_eq!((told.all.len(), told.all[0].sign), (1, Sign::AutoReply));
        story.bounce("11-10T10:00", "ann@acme", "5.1.1");
        assert_eq!(story.told().departures.all[0].sign, Sign::Bounce);
    }

    #[test]
    fn a_farewell_goes_to_them_or_to_who_follows_within_five_working_days() {
        let table = [
            ("11-16T10:00 out ann@acme b", true), // from Monday the 9th, 10:00
            ("11-16T10:01 out ann@acme b", false),
            ("11-10T10:00 out bea@acme b", true),
            ("11-10T10:00 out cyd@acme b", false),
        ];
        for (ours, farewell) in table {
            let mut story = Story::of("2026-11-20", &[MAIL, ours]);
            story.left("11-09T10:00", "ann@acme", &["bea@acme.example"]);
            assert_eq!(story.told().departures.farewells(), Share::new(usize::from(farewell), 1), "{ours}");
        }
    }

    #[test]
    fn a_departure_is_told_for_thirty_days() {
        let told = |when: &str| {
            let mut story = Story::of("2026-11-20", &[MAIL]);
            story.bounce(when, "ann@acme", "5.1.1");
            story.told().departures.all.first().map(|departed| departed.told)
        };
        assert_eq!((told("10-22T00:00"), told("10-21T23:59")), (Some(true), Some(false)));
        assert_eq!(told("2025-11-20T23:59"), None);
        assert_eq!(told("11-21T00:00"), None, "it is not known yet");
    }

    /// So many mails before the turn, Ann on some of them, and so many after it.
    fn crowd(on: usize, before: usize, after: usize) -> Story {
        let mail = |n: usize| {
            if n < on {
                format!("07-{:02}T10:00 in bea@acme a cc=ann@acme", n + 10)
            } else {
                format!("07-{:02}T10:00 in bea@acme a", n + 10)
            }
        };
        let lately = |n: usize| format!("11-{:02}T10:00 out bea@acme a", n + 1);
        let mails: Vec<String> = (0..before).map(mail).chain((0..after).map(lately)).collect();
        Story::of("2026-11-20", &mails)
    }

    #[test]
    fn whoever_was_on_most_mails_and_is_on_none_is_missed() {
        let missed = |on, before, after| crowd(on, before, after).told().departures.all.len();
        assert_eq!(missed(6, 10, 6), 1, "on 60 of a hundred");
        assert_eq!(missed(5, 10, 6), 0);
        assert_eq!((missed(6, 6, 6), missed(5, 5, 6), missed(6, 6, 5)), (1, 0, 0), "six mails on either side");
        let mut story = crowd(8, 10, 9);
        let told = story.told().departures;
        assert_eq!(told.all[0].sign, Sign::Silence { missed: 9, before: Share::new(8, 10) });
        assert_eq!(told.all[0].person, story.person("ann@acme"));
        assert!(told.all[0].told);
    }

    #[test]
    fn the_turn_is_forty_five_days_ago_over_the_change_of_clocks() {
        // W(45) of 20 November begins on 7 October at midnight, in summer time.
        let with = |mail: &str| {
            let mut mails: Vec<String> =
                (0..6).map(|n| format!("07-{:02}T10:00 in bea@acme a cc=ann@acme", n + 10)).collect();
            mails.extend((0..6).map(|n| format!("11-{:02}T10:00 out bea@acme a", n + 1)));
            mails.push(mail.to_owned());
            Story::of("2026-11-20", &mails).told().departures.all.len()
        };
        assert_eq!(with("10-07T00:00 in ann@acme b"), 0);
        assert_eq!(with("10-06T23:59 in ann@acme b"), 1);
    }

    #[test]
    fn nobody_else_s_people_are_missed() {
        let mut mails: Vec<String> =
            (0..6).map(|n| format!("07-{:02}T10:00 out bea@acme,bob@beta a", n + 10)).collect();
        mails.extend((0..6).map(|n| format!("11-{:02}T10:00 out bea@acme a", n + 1)));
        assert_eq!(Story::of("2026-11-20", &mails).told().departures.all, []);
    }
}
