//! The oracle itself: fed with what must never happen, it says so.

use std::collections::BTreeSet;
use std::time::Duration;

use touchbase::inbox::State;
use touchbase::mailbox::Wait;

use super::done::{Done, Lies};
use super::log::{Entry, Event};
use super::office::Seen;
use super::oracle::{Evidence, Expect, SECRET, violations};
use super::record::{Record, Row};

fn row(uid: i64, state: &str, outcome: &str) -> Row {
    Row { validity: 7, uid, state: state.into(), outcome: outcome.into(), reason: String::new() }
}

fn heard(second: u64, line: &str) -> Entry {
    Entry { at: Duration::from_secs(second), connection: 1, event: Event::Heard(line.into()) }
}

/// Two mails, a fault that struck, and nothing wrong.
fn sound() -> Evidence {
    Evidence {
        log: vec![heard(0, "EXAMINE \"INBOX\""), heard(1, "UID FETCH 1:2 (UID BODY.PEEK[])")],
        present: vec![(1, 1), (2, 2)],
        validity: 7,
        ever: BTreeSet::from([1, 2]),
        record: Record {
            deliveries: vec![row(1, "settled", "recorded"), row(2, "settled", "recorded")],
            interactions: [("Mail 1".to_owned(), 1), ("Mail 2".to_owned(), 1)].into(),
            integrity: "ok".into(),
            owed: 0,
        },
        seen: vec![Seen::default()],
        struck: 1,
        caught_up: Some(Duration::from_secs(5)),
        ..Evidence::default()
    }
}

/// What the oracle says after somebody has meddled with the evidence.
fn said(meddle: impl FnOnce(&mut Evidence)) -> String {
    let mut evidence = sound();
    meddle(&mut evidence);
    violations(&evidence, &Expect::default()).join("\n")
}

#[test]
fn nothing_is_said_of_what_is_sound() {
    assert_eq!(said(|_| ()), "");
}

#[test]
fn a_lost_mail_is_seen() {
    let lost = said(|e| {
        e.record.interactions.remove("Mail 2");
    });
    assert!(lost.contains("mail 2 (UID 2) is lost"), "{lost}");
    let pending = said(|e| e.record.deliveries[1] = row(2, "pending", ""));
    assert!(pending.contains("not settled"), "{pending}");
    let vanished = said(|e| e.record.deliveries[1] = row(2, "vanished", ""));
    assert!(vanished.contains("said to have vanished"), "{vanished}");
    let held = said(|e| e.record.deliveries[1] = row(2, "settled", "unreadable"));
    assert!(held.contains("in the quarantine"), "{held}");
    let passed = said(|e| e.seen[0].passed.push("mail 3 passed by the cursor".into()));
    assert!(passed.contains("passed by the cursor"), "{passed}");
}

#[test]
fn a_doubled_mail_and_an_invented_one_are_seen() {
    let doubled = said(|e| {
        e.record.interactions.insert("Mail 1".into(), 2);
    });
    assert!(doubled.contains("on record 2 times"), "{doubled}");
    let invented = said(|e| {
        e.record.interactions.insert("Mail 1 with the words of another".into(), 1);
    });
    assert!(invented.contains("never sent"), "{invented}");
    let handed = said(|e| {
        e.seen[0].handed.insert(1, 2);
    });
    assert!(handed.contains("handed over 2 times"), "{handed}");
}

#[test]
fn a_word_that_changes_the_mailbox_is_seen() {
    for word in ["SELECT \"INBOX\"", "UID STORE 1 +FLAGS (\\Seen)", "UID FETCH 1 (BODY[])", "EXPUNGE", "UID MOVE 1 x"] {
        let said = said(|e| e.log.push(heard(2, word)));
        assert!(said.contains("does not only read"), "{word}: {said}");
    }
}

#[test]
fn a_server_that_is_stormed_is_seen() {
    let opened = |second: u64| Entry { at: Duration::from_secs(second), connection: 1, event: Event::Opened };
    let connections = said(|e| e.log.extend((0..30).map(opened)));
    assert!(connections.contains("connections in"), "{connections}");
    let login = |second: u64| Entry { connection: second as usize, ..heard(second, "LOGIN (words)") };
    let logins = said(|e| e.log.extend((0..30).map(login)));
    assert!(logins.contains("logins in"), "{logins}");
    let commands = said(|e| e.log.extend((0..5_000).map(|_| heard(9, "NOOP"))));
    assert!(commands.contains("a storm"), "{commands}");
    let shown = said(|e| e.log.extend((0..3).map(|second| heard(second, "AUTHENTICATE XOAUTH2"))));
    assert!(shown.contains("too few connections"), "{shown}");
    let twice = said(|e| e.log.extend([3, 3].map(|second| heard(second, "EXAMINE \"INBOX\""))));
    assert!(twice.contains("opened the folder twice"), "{twice}");
    let listed = said(|e| e.log.insert(0, heard(0, "LIST \"\" \"INBOX\"")));
    assert!(listed.contains("with nothing new"), "{listed}");
    let alone = said(|e| e.log.extend((0..200).map(|uid| heard(9, &format!("UID FETCH {uid} (UID BODY.PEEK[])")))));
    assert!(alone.contains("200 mails were fetched each alone"), "{alone}");
    let mut impatient = sound();
    impatient.log.push(Entry { event: Event::Struck, ..opened(0) });
    impatient.log.push(opened(10));
    let asked = Expect { left_alone: Some(Duration::from_secs(900)), ..Expect::default() };
    assert!(violations(&impatient, &asked).join("\n").contains("asked to be left alone"));
}

#[test]
fn standing_still_panics_and_floods_are_seen() {
    assert!(said(|e| e.caught_up = None).contains("not caught up"));
    assert!(said(|e| e.caught_up = Some(Duration::from_secs(3_600))).contains("caught up"));
    assert!(said(|e| e.ended = Some("panicked".into())).contains("ended by itself"));
    assert!(said(|e| e.taken = 64 * 1024 * 1024).contains("bytes were taken"));
    assert!(said(|e| e.struck = 0).contains("never struck"));
    assert!(said(|e| e.record.integrity = "row 3 missing".into()).contains("damaged"));
}

#[test]
fn a_secret_in_what_a_person_reads_is_seen() {
    for words in [SECRET, "two\r\nlines", "\x1b[2J"] {
        let until = jiff::Timestamp::UNIX_EPOCH;
        let state = State::Waiting { until, wait: Wait::Network, reason: format!("said: {words}") };
        let told = said(|e| e.seen[0].states.push(state));
        assert!(told.contains("no words for a person"), "{told}");
    }
}

/// Two mails that were to be moved and were; the second lies as somebody says.
fn moved(lies: Lies) -> String {
    said(|e| {
        let wished = Lies { there: 1, ..Lies::default() };
        e.done = Done { wished: Some(wished), lie: [(1, wished), (2, lies)].into() };
    })
}

#[test]
fn deeds_that_are_missing_doubled_or_too_early_are_seen() {
    let there = |there| Lies { there, ..Lies::default() };
    assert_eq!(moved(there(1)), "");
    for lies in [there(0), there(2), Lies { here: true, ..there(0) }, Lies { here: true, ..there(1) }] {
        assert!(moved(lies).contains("mail 2 lies as"), "{lies:?}");
    }
    let early = said(|e| e.log.push(Entry { event: Event::Premature(vec![2]), ..heard(1, "") }));
    assert!(early.contains("not on record"), "{early}");
    let wished = Lies { here: true, seen: true, ..Lies::default() };
    let owed = said(|e| {
        (e.done.wished, e.record.owed) = (Some(wished), 1);
    });
    assert!(owed.contains("still owed"), "{owed}");
    let lost = said(|e| {
        e.done = Done { wished: Some(Lies::default()), lie: [(3, Lies::default())].into() };
    });
    assert!(lost.contains("mail 3 is lost"), "{lost}");
    let plain = said(|e| {
        e.done.wished = Some(wished);
        e.log.push(heard(2, "EXPUNGE"));
    });
    assert!(plain.contains("does not only read"), "what others have marked would go as well: {plain}");
}
