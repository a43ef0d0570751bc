//! A record whose past was let go of: every finding is what the whole record says.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Person};
use crate::mail::{MessageId, Role, Untrusted};
use crate::measure::{Findings, Past, PersonNo, Record, WorkingTime};
use crate::store::sample::*;
use crate::store::{Chronicle, Store};
use crate::understand::{Automation, Direction, Signal, SignalKind};

const A_DAY: i64 = 24 * 60;
const YEARS: i64 = 3 * 365;

/// Everything up to an instant, and what is left after a leap.
fn both(store: &Store, working: &WorkingTime, until: Timestamp, watermark: i64) -> (Chronicle, Chronicle) {
    let lately = until - SignedDuration::from_hours(90 * 24);
    let mut whole = store.chronicle(&[], watermark);
    whole.advance(store, until, lately).unwrap();
    let leapt = store.chronicle(&[], watermark).leap(store, until, lately, Past::end(working, until)).unwrap();
    (whole, leapt)
}

fn findings(store: &Store, record: &Record, working: &WorkingTime, until: Timestamp) -> Findings {
    let words = store.words();
    let findings = Findings::of(record, &words, working, until);
    words.finish().unwrap();
    findings
}

/// Mails of three customers over three years, of which some are about two of them, in conversations of which many are
/// short, one never ends, and some are answered elsewhere under the same heading.
fn fill(store: &mut Store) {
    let at_home = |name: &str, home: &str, role| Person {
        customer: Some(CustomerId(home.into())),
        ..someone(role, name, &format!("{}@{home}.example", name.to_lowercase()))
    };
    for n in 0..240_i64 {
        let (out, home) = (n % 3 == 0, ["acme", "beta", "gamma"][(n * 5 % 7 % 3) as usize]);
        // Nobody hears of gamma for the last two years.
        let day = if home == "gamma" { (n * 37) % 365 } else { (n * 37) % YEARS };
        let who = format!("P{}", n % 5);
        let (author, to) = match out {
            true => (me(Role::From), at_home(&who, home, Role::To)),
            false => (at_home(&who, home, Role::From), me(Role::To)),
        };
        let copied = (n % 4 == 0).then(|| at_home("Bo", "beta", Role::Cc));
        let mut customers = vec![CustomerId(home.into())];
        customers.extend((copied.is_some() && home != "beta").then(|| CustomerId("beta".into())));
        let signal = |kind| Signal { signal: kind, sentence: Untrusted::new("Could you send the plan?"), due: None };
        let says = [SignalKind::Ask, SignalKind::Ask, SignalKind::Closer, SignalKind::Thanks, SignalKind::Issue];
        let conversation = match n % 6 {
            0 => "<the-long-one@x>".to_owned(),
            _ => format!("<root-{}@x>", n / 6),
        };
        let id = format!("<{n}@x>");
        let plan = if n % 7 == 0 { n % 3 } else { 100 + n };
        record(
            store,
            Interaction {
                direction: if out { Direction::Outbound } else { Direction::Inbound },
                author: Some(author),
                recipients: [to].into_iter().chain(copied).collect(),
                customers,
                conversation: MessageId::parse_all(&conversation),
                signals: (n % 8 < 5).then(|| signal(says[(n % 8) as usize])).into_iter().collect(),
                automation: if n % 23 == 0 { Automation::AutoReply } else { Automation::None },
                ..mail(&id, day * A_DAY + n, &format!("Plan {plan}"), &format!("Words {n} about the plan"))
            },
        );
    }
}

#[test]
fn findings_after_a_leap_are_those_over_the_whole_record() {
    let (_dir, mut store) = temporary();
    fill(&mut store);
    let working = WorkingTime::usual(TimeZone::UTC);
    for (day, watermark) in [(YEARS, i64::MAX), (YEARS, 180), (900, i64::MAX), (600, 200), (10, i64::MAX), (0, 5)] {
        let until = at(day * A_DAY);
        let (whole, leapt) = both(&store, &working, until, watermark);
        let said = |chronicle: &Chronicle| findings(&store, chronicle.record(), &working, until);
        assert_eq!(said(&leapt), said(&whole), "day {day}");
        let people = |chronicle: &Chronicle| {
            let roster = &chronicle.record().roster;
            let all = (0..roster.people() as u32).map(|n| roster.person(PersonNo(n)).cloned());
            (all.collect::<Vec<_>>(), roster.customers().map(|(_, id)| id.clone()).collect::<Vec<_>>())
        };
        assert_eq!(people(&leapt), people(&whole), "people and their numbers, day {day}");
        let numbers = |chronicle: &Chronicle| {
            chronicle.record().entries.iter().map(|entry| entry.interaction).collect::<Vec<_>>()
        };
        let (left, all) = (numbers(&leapt), numbers(&whole));
        assert!(left.iter().all(|number| all.contains(number)), "day {day}");
        assert!(day < YEARS || left.len() < all.len() * 3 / 4, "{} of {}", left.len(), all.len());
    }
}

#[test]
fn nothing_is_read_on_from_a_leap() {
    let (_dir, mut store) = temporary();
    record(&mut store, mail("<1@x>", 0, "Plan", "One"));
    let (mut whole, mut leapt) = both(&store, &WorkingTime::usual(TimeZone::UTC), at(5), i64::MAX);
    assert!(whole.advance(&store, at(9), at(0)).is_ok());
    assert!(leapt.advance(&store, at(9), at(0)).is_err());
}
