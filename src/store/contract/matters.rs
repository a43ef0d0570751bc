//! What stays open: its numbers, what people decide about it, and when a report knows.

use jiff::civil::Date;

use crate::contacts::{ContactId, CustomerId, Match};
use crate::interaction::{Interaction, Outcome};
use crate::mail::{Moment, Participant, Role, Untrusted};
use crate::measure::{Closed, Matter};
use crate::store::sample::*;
use crate::store::{Decided, Store};
use crate::understand::{Automation, Direction, Signal, SignalKind};

fn says(signal: SignalKind, sentence: &str) -> Signal {
    let due = (signal == SignalKind::Promise).then(|| day("2026-11-27"));
    Signal { signal, sentence: Untrusted::new(sentence), due }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// From Ann: it asks, and names an issue.
fn issue(id: &str) -> Interaction {
    let signals = vec![says(SignalKind::Ask, "Can you look?"), says(SignalKind::Issue, "The crane is stuck.")];
    Interaction { signals, ..mail(id, 0, "Crane", &format!("The crane is stuck. Can you look? {id}")) }
}

/// To Ann: a promise, and an issue of our own, which is none of theirs.
fn promise(id: &str) -> Interaction {
    Interaction {
        direction: Direction::Outbound,
        author: Some(me(Role::From)),
        recipients: vec![ann(Role::To)],
        signals: vec![says(SignalKind::Issue, "Ours is stuck."), says(SignalKind::Promise, "I'll send it by Friday.")],
        ..mail(id, 1, "Re: Crane", &format!("I'll send it by Friday. {id}"))
    }
}

fn as_of(store: &Store, minutes: i64) -> Vec<Matter> {
    store.record_as_of(at(minutes), None).unwrap().matters
}

#[test]
fn promises_of_ours_and_issues_of_theirs_get_numbers_and_nothing_else_does() {
    let (_dir, mut store) = temporary();
    let (asked, promised) = (record(&mut store, issue("<1@x>")), record(&mut store, promise("<2@us>")));
    let away = Interaction { automation: Automation::AutoReply, ..issue("<3@x>") };
    settle(&mut store, Outcome::SetAside, away);
    settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", issue("<4@x>")));
    let found: Vec<_> = as_of(&store, 600).iter().map(|m| (m.number, m.interaction, m.position, m.kind)).collect();
    assert_eq!(found, [(1, asked, 1, SignalKind::Issue), (2, promised, 1, SignalKind::Promise)]);
    let told = store.matters(&[SignalKind::Promise], true).unwrap();
    assert_eq!(
        (told.len(), told[0].sentence.raw(), told[0].matter.due),
        (1, "I'll send it by Friday.", Some(day("2026-11-27")))
    );
    assert_eq!(
        (&told[0].customers[..], told[0].with.as_ref()),
        (&[CustomerId("acme".into())][..], Some(&ann(Role::To)))
    );
    assert_eq!(store.matter(1).unwrap().unwrap().with, Some(ann(Role::From)));
    assert_eq!(store.matter(3).unwrap(), None);
}

#[test]
fn closing_says_what_it_came_to_and_can_be_taken_back() {
    let (_dir, mut store) = temporary();
    record(&mut store, issue("<1@x>"));
    let open = |store: &Store| store.matters(&[SignalKind::Issue], true).unwrap().len();
    assert_eq!(store.close_matter(7, Closed::Done, at(10)).unwrap(), Decided::NoSuchMatter);
    assert_eq!(store.reopen_matter(1, at(10)).unwrap(), Decided::Already(None));
    assert_eq!(store.close_matter(1, Closed::Done, at(10)).unwrap(), Decided::Now);
    assert_eq!(store.close_matter(1, Closed::Dismissed, at(11)).unwrap(), Decided::Already(Some(Closed::Done)));
    let put_off = store.put_off_matter(1, day("2026-11-23"), at(11)).unwrap();
    assert_eq!((put_off, open(&store)), (Decided::Already(Some(Closed::Done)), 0));
    assert_eq!(store.reopen_matter(1, at(12)).unwrap(), Decided::Now);
    assert_eq!((store.reopen_matter(1, at(13)).unwrap(), open(&store)), (Decided::Already(None), 1));
    assert_eq!(store.close_matter(1, Closed::Dismissed, at(14)).unwrap(), Decided::Now);
    assert_eq!(store.matter(1).unwrap().unwrap().matter.closed, Some(Closed::Dismissed));
}

#[test]
fn a_decision_is_known_to_what_ends_later_and_to_nothing_before() {
    let (_dir, mut store) = temporary();
    record(&mut store, issue("<1@x>"));
    store.put_off_matter(1, day("2026-11-23"), at(10)).unwrap();
    store.put_off_matter(1, day("2026-11-25"), at(20)).unwrap();
    store.close_matter(1, Closed::Done, at(30)).unwrap();
    store.reopen_matter(1, at(40)).unwrap();
    let state = |minutes| as_of(&store, minutes).into_iter().map(|m| (m.closed, m.not_before)).next().unwrap();
    assert_eq!(state(10), (None, None), "at its instant it is not over");
    assert_eq!(state(11), (None, Some(day("2026-11-23"))));
    assert_eq!(state(21), (None, Some(day("2026-11-25"))));
    assert_eq!(state(31), (Some(Closed::Done), Some(day("2026-11-25"))));
    assert_eq!(state(41), (None, Some(day("2026-11-25"))));
}

#[test]
fn whoever_joins_later_brings_their_matters_and_no_number_changes() {
    let (_dir, mut store) = temporary();
    let unknown = settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", issue("<1@x>")));
    let known = record(&mut store, issue("<2@x>"));
    store.close_matter(1, Closed::Done, at(5)).unwrap();
    let who = |participant: &Participant| {
        let zoe = participant.address.as_ref().is_some_and(|a| a.as_str() == "zoe@quinn.example");
        let id = |id: &str| zoe.then(|| id.to_owned());
        Match { contact: id("zoe").map(ContactId), customer: id("quinn").map(CustomerId), rule: "address".into() }
    };
    store.rematch(who, at(9)).unwrap();
    let found: Vec<_> = as_of(&store, 600).iter().map(|m| (m.number, m.interaction, m.closed)).collect();
    assert_eq!(found, [(1, known, Some(Closed::Done)), (2, unknown.interactions[0], None)]);
}

#[test]
fn the_same_mail_by_another_way_keeps_its_matters_and_what_was_decided() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, issue("<1@x>"));
    store.close_matter(1, Closed::Done, at(5)).unwrap();
    let again = Interaction { comment: Some(Untrusted::new("See below")), ..issue("<1@x>") };
    assert_eq!(record(&mut store, again), id);
    let found: Vec<_> = as_of(&store, 600).iter().map(|m| (m.number, m.closed)).collect();
    assert_eq!(found, [(1, Some(Closed::Done))]);
}

#[test]
fn a_forgotten_persons_matters_go_and_their_numbers_are_never_given_again() {
    let (_dir, mut store) = temporary();
    record(&mut store, issue("<1@x>"));
    store.close_matter(1, Closed::Done, at(5)).unwrap();
    store.forget(&address("ann@acme.example"), at(6)).unwrap();
    let rows =
        |table: &str| store.conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
    assert_eq!((rows("matter").unwrap(), rows("decision").unwrap()), (0, 0));
    assert_eq!(store.close_matter(1, Closed::Done, at(7)).unwrap(), Decided::NoSuchMatter);
    let bo = crate::interaction::Person {
        customer: Some(CustomerId("acme".into())),
        ..someone(Role::From, "Bo", "bo@acme.example")
    };
    record(&mut store, Interaction { author: Some(bo), ..issue("<2@x>") });
    assert_eq!(as_of(&store, 600).iter().map(|m| m.number).collect::<Vec<_>>(), [2]);
}

#[test]
fn what_an_earlier_version_recorded_is_numbered_in_the_order_in_which_it_joined() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("touchbase.db");
    let earlier = rusqlite::Connection::open(&path).unwrap();
    for step in [
        include_str!("../migrations/01-record.sql"),
        include_str!("../migrations/02-after.sql"),
        include_str!("../migrations/03-patience.sql"),
        include_str!("../migrations/04-left-alone.sql"),
        include_str!("../migrations/05-fulltext-by-batch.sql"),
        include_str!("../migrations/06-directory-mark.sql"),
    ] {
        earlier.execute_batch(step).unwrap();
    }
    earlier.pragma_update(None, "application_id", 0x7463_6862).unwrap();
    earlier.pragma_update(None, "user_version", 6).unwrap();
    let row = |id: i64, sequence: i64| {
        format!(
            "INSERT INTO interaction (id, sequence, outcome, recorded_at, mailbox, kind, direction, capture, automation,
                occurred_at, offset_seconds, exact, conversation, words, asks, closes, base_subject, people, subject, text)
             VALUES ({id}, {sequence}, 'recorded', 0, 1, 'email', 'inbound', 'direct', 'none', {id}, 0, 1, 1, 3, 0, 0,
                'crane', '', 'Crane', 'It is stuck.');
             INSERT INTO interaction_customer VALUES ({id}, 'acme', 0);
             INSERT INTO signal VALUES ({id}, 0, 'ask', 'Can you look?', NULL), ({id}, 1, 'issue', 'It is stuck.', NULL);"
        )
    };
    let house = "INSERT INTO mailbox (id, name, folder) VALUES (1, 'capture', 'INBOX'); INSERT INTO conversation (id) VALUES (1);";
    earlier.execute_batch(&format!("{house}{}{}{}", row(1, 3), row(2, 1), row(3, 2))).unwrap();
    drop(earlier);
    let store = Store::open(&crate::store::Settings { path }).unwrap();
    let found: Vec<_> = as_of(&store, 600).iter().map(|m| (m.number, m.interaction, m.position)).collect();
    assert_eq!(found, [(1, 2, 1), (2, 3, 1), (3, 1, 1)]);
}

#[test]
fn a_chronicle_looks_back_to_what_was_open_then_and_stands_again_where_it_stood() {
    let (_dir, mut store) = temporary();
    record(&mut store, issue("<1@x>"));
    record(&mut store, Interaction { occurred_at: Moment::new(at(300), 3600), ..promise("<2@us>") });
    store.close_matter(1, Closed::Done, at(200)).unwrap();
    let mut chronicle = store.chronicle(&[], i64::MAX);
    let fresh = |minutes: i64| store.record_as_of(at(minutes), None).unwrap();
    let now = chronicle.advance(&store, at(600), at(0)).unwrap().matters.clone();
    assert_eq!(now.iter().map(|matter| matter.closed).collect::<Vec<_>>(), [Some(Closed::Done), None]);
    let then = chronicle.look_back(&store, at(100), at(0)).unwrap();
    assert_eq!(then.matters.iter().find(|matter| matter.number == 1), fresh(100).matters.first(), "it was open");
    assert_eq!(then.mentioned, fresh(100).mentioned);
    let again = chronicle.advance(&store, at(600), at(0)).unwrap();
    assert_eq!((&again.matters, &again.mentioned), (&now, &fresh(600).mentioned));
}
