//! Asking the record.

use std::ops::ControlFlow;

use crate::contacts::{ContactId, CustomerId};
use crate::interaction::{Interaction, Outcome};
use crate::mail::{Address, Attachment, MessageId, Role, Untrusted};
use crate::mailbox::Wait;
use crate::store::sample::*;
use crate::store::{Store, StoreError, Whose};
use crate::understand::{Automation, Direction, FailedRecipient, Kind, Signal, SignalKind};

fn ids(found: Vec<crate::interaction::Recorded>) -> Vec<i64> {
    found.into_iter().map(|r| r.id).collect()
}

/// An interaction that has everything.
fn full() -> Interaction {
    Interaction {
        recipients: vec![me(Role::To), someone(Role::Cc, "", "bo@acme.example"), someone(Role::Cc, "Nameless", "")],
        body: Untrusted::new("Hello\n> quoted"),
        signature: Some(Untrusted::new("-- Ann")),
        comment: Some(Untrusted::new("Look")),
        conversation: MessageId::parse_all("<r@x> <p@x>"),
        signals: vec![
            Signal { signal: SignalKind::Ask, sentence: Untrusted::new("Can you?"), due: None },
            Signal {
                signal: SignalKind::Promise,
                sentence: Untrusted::new("I will, by Friday."),
                due: Some("2026-11-20".parse().unwrap()),
            },
        ],
        attachments: vec![Attachment {
            name: Some(Untrusted::new("plan.pdf")),
            media_type: "application/pdf".into(),
            bytes: 12,
        }],
        failed: vec![FailedRecipient {
            address: address("gone@acme.example"),
            permanent: true,
            status: Some("5.1.1".into()),
        }],
        ..mail("<1@x>", 0, "Re: Plan", "Hello")
    }
}

#[test]
fn what_is_recorded_comes_back_whole() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, full());
    let recorded = store.get(id).unwrap();
    assert_eq!(recorded.interaction, full());
    assert_eq!(
        (recorded.mailbox.as_str(), recorded.recorded_at, recorded.outcome),
        ("capture", at(500), Outcome::Recorded)
    );
    assert!(matches!(store.get(id + 1), Err(StoreError::NotFound(_))));
}

#[test]
fn a_line_and_an_outline_are_the_same_mail_with_less_of_it() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, full());
    let line = Interaction {
        body: full().text,
        signature: None,
        comment: None,
        conversation: Vec::new(),
        failed: Vec::new(),
        ..full()
    };
    assert_eq!(store.line(id).unwrap().interaction, line);
    let nothing = Untrusted::default();
    let outline = Interaction {
        author: None,
        recipients: Vec::new(),
        customers: Vec::new(),
        attachments: Vec::new(),
        body: nothing.clone(),
        text: nothing,
        ..line
    };
    assert_eq!(store.outline(id).unwrap().interaction, outline);
    assert!(matches!(store.line(id + 1), Err(StoreError::NotFound(_))));
}

#[test]
fn entries_are_in_order_of_time_and_know_who_is_on_the_other_side() {
    let (_dir, mut store) = temporary();
    let out = Interaction {
        direction: Direction::Outbound,
        author: Some(me(Role::From)),
        recipients: vec![someone(Role::To, "Zed", "zed@else.example"), ann(Role::To)],
        ..mail("<2@x>", 5, "Re: Plan", "Thanks, fine.")
    };
    let out = record(&mut store, out);
    let inbound = record(&mut store, full());
    let away = Interaction { automation: Automation::AutoReply, ..mail("<3@x>", 6, "Away", "I am away") };
    let away = settle(&mut store, Outcome::SetAside, away).interactions[0];
    settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", mail("<4@x>", 7, "Hi", "Hello there")));
    let known = store.record_as_of(at(1000), None).unwrap();
    let entries = &known.entries;
    assert_eq!(entries.iter().map(|e| e.interaction).collect::<Vec<_>>(), [inbound, out, away]);
    let [first, second, third] = entries.as_slice() else { panic!() };
    assert_eq!((first.inbound, first.personal(), first.says(SignalKind::Ask), first.words), (true, true, true, 1));
    let ann = known.roster.person(first.author.unwrap()).unwrap();
    assert_eq!((ann.name.as_deref(), ann.contact.as_ref()), (Some("Ann Li"), Some(&ContactId("ann-li".into()))));
    assert_eq!((second.inbound, &*second.to), (false, [first.author.unwrap()].as_slice()), "Zed is nobody's");
    assert!(known.roster.person(second.author.unwrap()).unwrap().team);
    assert_eq!(second.customers, first.customers);
    assert!(!third.personal());
    assert_eq!(store.record_as_of(at(6), None).unwrap().entries.len(), 2, "`until` is not included");
    assert_eq!(store.record_as_of(at(1000), Some(1)).unwrap().entries.len(), 1, "a watermark hides what came later");
}

#[test]
fn the_words_of_a_note_were_said_to_nobody() {
    let (_dir, mut store) = temporary();
    let note = Interaction { kind: Kind::Note, ..mail("<1@x>", 0, "Call", "Ann called about the plan") };
    record(&mut store, note);
    assert_eq!(store.record_as_of(at(1), None).unwrap().entries[0].words, 0);
}

fn three_days(store: &mut Store) -> Vec<i64> {
    let times = [2880, 0, 1440];
    times
        .map(|m| record(store, mail(&format!("<{m}@x>"), m, &format!("Day {m}"), &format!("Words of day {m}"))))
        .to_vec()
}

#[test]
fn a_timeline_is_newest_first_and_read_page_by_page() {
    let (_dir, mut store) = temporary();
    let [third, first, second] = three_days(&mut store)[..] else { panic!() };
    for whose in [Whose::Customer(CustomerId("acme".into())), Whose::Address(address("ANN@acme.example"))] {
        let page = store.timeline(&whose, 2, None).unwrap();
        let last = page.last().map(|r| (r.interaction.occurred_at.timestamp, r.id));
        assert_eq!(ids(page), [third, second]);
        assert_eq!(ids(store.timeline(&whose, 2, last).unwrap()), [first]);
    }
    assert!(store.timeline(&Whose::Customer(CustomerId("beta".into())), 9, None).unwrap().is_empty());
}

#[test]
fn a_stretch_of_time_includes_its_beginning_and_not_its_end() {
    let (_dir, mut store) = temporary();
    let [_, first, second] = three_days(&mut store)[..] else { panic!() };
    assert_eq!(ids(store.interactions_between(at(0), at(2880)).unwrap()), [first, second]);
}

#[test]
fn an_export_is_everything_by_time_and_can_be_broken_off() {
    let (_dir, mut store) = temporary();
    let [third, first, second] = three_days(&mut store)[..] else { panic!() };
    let mut seen = Vec::new();
    let mut stop_after = |most: usize| {
        seen.clear();
        let each = |r: crate::interaction::Recorded| {
            seen.push(r.id);
            if seen.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        store.export(each).unwrap();
        seen.clone()
    };
    assert_eq!(stop_after(9), [first, second, third]);
    assert_eq!(stop_after(2), [first, second]);
}

#[test]
fn search_finds_words_names_and_addresses_and_takes_every_question() {
    let (_dir, mut store) = temporary();
    let older = record(&mut store, mail("<1@x>", 0, "Größe", "We measured the café table"));
    let newer = record(&mut store, Interaction { comment: Some(Untrusted::new("urgent")), ..full() });
    let found = |words: &str| store.search(words, 9).unwrap().into_iter().map(|f| f.recorded.id).collect::<Vec<_>>();
    assert_eq!(found("ann"), [newer, older]);
    for (words, hits) in [
        ("cafe", vec![older]),
        ("GRÖSSE groß*", vec![]),
        ("größe", vec![older]),
        ("urgent", vec![newer]),
        ("bo@acme.example", vec![newer]),
        ("\"measured the\"", vec![older]),
        ("\"the measured\"", vec![]),
        ("meas* table", vec![older]),
        ("quoted", vec![]),
        ("", vec![]),
        ("\" * NOT ( -", vec![]),
        ("subject:plan", vec![]),
    ] {
        assert_eq!(found(words), hits, "{words}");
    }
    assert!(store.search("café", 9).unwrap()[0].snippet.raw().contains("measured the café"));
}

#[test]
fn scripts_without_spaces_are_searched_as_well() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, mail("<1@x>", 0, "見積書", "来週の会議でお会いしましょう"));
    let found = store.search("会議", 9).unwrap();
    assert_eq!(found.iter().map(|f| f.recorded.id).collect::<Vec<_>>(), [id]);
    assert!(found[0].snippet.raw().contains("来週の会議"));
    assert!(store.search("会議 東京", 9).unwrap().is_empty());
}

#[test]
fn addresses_are_found_whatever_their_case() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, full());
    let bo: Address = address("BO@ACME.EXAMPLE");
    assert_eq!(ids(store.timeline(&Whose::Address(bo), 9, None).unwrap()), [id]);
}

#[test]
fn a_day_keeps_its_first_watermark() {
    let (_dir, mut store) = temporary();
    let day = "2026-11-20".parse().unwrap();
    let first = store.note_report(day, "Europe/Brussels", 3, at(0)).unwrap();
    assert_eq!(store.note_report(day, "Europe/Brussels", 9, at(1)).unwrap(), first);
    assert_eq!(store.report_days().unwrap().into_values().collect::<Vec<_>>(), [first]);
}

#[test]
fn status_counts_and_remembers_failures_until_the_next_success() {
    let (_dir, mut store) = temporary();
    record(&mut store, full());
    deliver(&mut store);
    store.note_failure(&mailbox(), "connection refused", at(1), at(5), Wait::Network).unwrap();
    let status = store.status().unwrap();
    assert_eq!((status.deliveries[&Outcome::Recorded], status.quarantine, status.mailboxes.len()), (1, 0, 1));
    let state = &status.mailboxes[0];
    assert_eq!((state.pending, state.failure.as_deref(), state.next_try), (1, Some("connection refused"), Some(at(5))));
    assert!(status.bytes > 4096);
    store.note_success(&mailbox(), at(2)).unwrap();
    let state = &store.status().unwrap().mailboxes[0];
    assert_eq!((state.last_success, state.failure.as_deref(), state.next_try), (Some(at(2)), None, None));
}
