//! Forgetting: no byte of a person stays, and a re-scan does not bring them back.

use std::path::Path;

use crate::contacts::{Contact, ContactId, Customer, CustomerId};
use crate::interaction::{Interaction, Outcome};
use crate::mail::{MessageId, Role, Untrusted};
use crate::store::sample::*;
use crate::store::{Settlement, Store};
use crate::understand::{Direction, Signal, SignalKind};

/// Ann's address, name, a word only she used, and a word only she was told.
const TRACES: &[&str] = &["ann@acme.example", "Ann Li", "ann li", "xylophone", "zeppelin"];

fn bytes_of(dir: &Path) -> String {
    let mut all = Vec::new();
    for name in ["touchbase.db", "touchbase.db-wal"] {
        all.extend(std::fs::read(dir.join(name)).unwrap_or_default());
    }
    String::from_utf8_lossy(&all).to_lowercase()
}

fn traces(dir: &Path) -> Vec<&'static str> {
    let bytes = bytes_of(dir);
    TRACES.iter().copied().filter(|trace| bytes.contains(&trace.to_lowercase())).collect()
}

/// From her.
fn hers() -> Interaction {
    let asks = Signal { signal: SignalKind::Ask, sentence: Untrusted::new("Where is my xylophone?"), due: None };
    Interaction { signals: vec![asks], ..mail("<1@x>", 0, "Xylophone", "Where is my xylophone? Ann Li") }
}

/// To her alone.
fn to_her() -> Interaction {
    Interaction {
        direction: Direction::Outbound,
        author: Some(me(Role::From)),
        recipients: vec![ann(Role::To)],
        ..mail("<2@us>", 5, "Re: Xylophone", "It came by zeppelin.")
    }
}

/// To her and Bo, naming her and quoting her.
fn to_both() -> Interaction {
    let bo = crate::interaction::Person {
        customer: Some(CustomerId("acme".into())),
        ..someone(Role::To, "Bo Berg", "bo@acme.example")
    };
    Interaction {
        direction: Direction::Outbound,
        author: Some(me(Role::From)),
        recipients: vec![bo, ann(Role::Cc)],
        body: Untrusted::new("Dear Bo, as ANN LI said.\n> my xylophone"),
        conversation: MessageId::parse_all("<1@x> <77.ann@acme.example>"),
        ..mail("<3@us>", 9, "Delivery for Ann Li", "Dear Bo, as ANN LI (ann@acme.example) said.")
    }
}

fn acme() -> Customer {
    let contact = |id: &str, name: &str, at: &[&str]| Contact {
        id: ContactId(id.into()),
        name: Some(name.into()),
        addresses: at.iter().map(|a| address(a)).collect(),
        role: None,
        phone: None,
        since: None,
        notes: Some("knows Ann Li well".into()),
    };
    Customer {
        id: CustomerId("acme".into()),
        name: "Acme".into(),
        domains: vec![],
        cadence_days: None,
        since: None,
        notes: None,
        contacts: vec![
            contact("ann-li", "Ann Li", &["ann@acme.example", "private@home.example"]),
            contact("bo", "Bo Berg", &["bo@acme.example"]),
        ],
    }
}

/// A record with Ann all over it.
fn filled(store: &mut Store) -> [i64; 3] {
    store.save_customers(&[acme()], "contacts.csv").unwrap();
    let ids = [record(store, hers()), record(store, to_her()), record(store, to_both())];
    let unmatched = strangers("private@home.example", mail("<4@x>", 20, "Hi", "A zeppelin from Ann Li"));
    settle(store, Outcome::Unmatched, unmatched);
    let held = Settlement {
        raw: Some(b"From: Ann@Acme.example\r\n\r\nxylophone\r\n".to_vec()),
        subject: Some(Untrusted::new("xylophone")),
        author: Some(Untrusted::new("ann@acme.example")),
        ..settlement(deliver(store), disposed(Outcome::Untrusted, vec![]))
    };
    store.settle(&[held], at(9)).unwrap();
    ids
}

#[test]
fn no_byte_of_a_forgotten_person_stays_in_the_file_or_its_log() {
    let (dir, mut store) = temporary();
    let [hers, to_her, to_both] = filled(&mut store);
    assert_eq!(traces(dir.path()), TRACES, "the test would see her");
    let erased = store.forget(&address("Ann@acme.example"), at(600)).unwrap();
    assert_eq!((erased.interactions, erased.removed_from, erased.contacts, erased.raw), (3, 1, 1, 1));
    assert_eq!(erased.addresses, ["ann@acme.example", "private@home.example"]);
    assert!(erased.swept);
    assert_eq!(traces(dir.path()), Vec::<&str>::new());
    assert!(store.get(hers).is_err() && store.get(to_her).is_err());
    let rest = store.get(to_both).unwrap().interaction;
    assert_eq!((rest.recipients.len(), rest.customers.len()), (1, 1));
    assert_eq!(rest.text.raw(), "Dear Bo, as [erased] ([erased]) said.");
    assert_eq!((rest.body.raw(), rest.subject.raw()), (rest.text.raw(), "Delivery for [erased]"));
    assert_eq!(rest.conversation, MessageId::parse_all("<1@x>"));
    assert_eq!(store.search("delivery", 9).unwrap().len(), 1);
    assert!(store.quarantine().unwrap().is_empty());
}

#[test]
fn a_forgotten_person_is_not_brought_back_by_reading_everything_again() {
    let (dir, mut store) = temporary();
    let [.., to_both_id] = filled(&mut store);
    store.forget(&address("ann@acme.example"), at(600)).unwrap();
    assert!(store.is_forgotten(&address("ANN@acme.example")).unwrap());
    assert!(!store.is_forgotten(&address("bo@acme.example")).unwrap());
    let first = settle(&mut store, Outcome::Recorded, hers());
    assert_eq!((first.outcome, first.interactions.len()), (Outcome::SetAside, 0));
    assert!(settle(&mut store, Outcome::Recorded, to_her()).interactions.is_empty());
    let again = settle(&mut store, Outcome::Recorded, to_both());
    assert_eq!(again.interactions, [to_both_id], "what remained is found again");
    assert_eq!(store.get(to_both_id).unwrap().interaction.recipients.len(), 1);
    assert_eq!(store.save_customers(&[acme()], "contacts.csv").unwrap(), 2);
    assert_eq!(store.load_customers().unwrap()[0].contacts.len(), 1);
    assert!(!bytes_of(dir.path()).contains("ann@acme.example"));
}

#[test]
fn forgetting_a_recipient_keeps_their_address_out_of_new_texts() {
    let (_dir, mut store) = temporary();
    store.forget(&address("ann@acme.example"), at(0)).unwrap();
    let id = record(&mut store, to_both());
    let kept = store.get(id).unwrap().interaction;
    assert_eq!(kept.text.raw(), "Dear Bo, as ANN LI ([erased]) said.");
    assert_eq!(kept.recipients.len(), 1);
}

#[test]
fn a_reader_that_holds_the_record_only_delays_the_sweeping() {
    let (dir, mut store) = temporary();
    filled(&mut store);
    let settings = crate::store::Settings { path: dir.path().join("touchbase.db") };
    let reader = Store::open_to_read(&settings).unwrap();
    reader.conn.execute_batch("BEGIN; SELECT count(*) FROM interaction;").unwrap();
    let erased = store.forget(&address("ann@acme.example"), at(600)).unwrap();
    assert!(!erased.swept);
    drop(reader);
    drop(store);
    drop(Store::open(&settings).unwrap());
    assert_eq!(traces(dir.path()), Vec::<&str>::new());
}

#[test]
fn what_expires_leaves_the_index_as_well() {
    let (_dir, mut store) = temporary();
    settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", hers()));
    store.expire_unmatched(at(1000)).unwrap();
    let bytes: Vec<u8> = store
        .conn
        .prepare("SELECT block FROM fulltext_data ORDER BY id")
        .unwrap()
        .query_map([], |row| row.get::<_, Vec<u8>>("block"))
        .unwrap()
        .flat_map(|block| block.unwrap())
        .collect();
    assert!(!String::from_utf8_lossy(&bytes).contains("phone"));
}

#[test]
fn words_that_are_kept_by_their_place_lose_the_name_and_nothing_else() {
    let (_dir, mut store) = temporary();
    record(&mut store, mail("<1@x>", 0, "Plan", "The plan."));
    let says = |sentence: &str| Signal { signal: SignalKind::Ask, sentence: Untrusted::new(sentence), due: None };
    let bo = someone(Role::From, "Bo Berg", "bo@acme.example");
    let text = "Says Ann Li so? Where is the crane? Ask Ann";
    let from_bo = |id: &str, minutes, text: &str, body: &str| Interaction {
        author: Some(bo.clone()),
        body: Untrusted::new(body),
        ..mail(id, minutes, &format!("Crane {id}"), text)
    };
    let signals = vec![says("Says Ann Li so?"), says("Where is the crane?"), says("Ask Ann")];
    let first = Interaction { signals, ..from_bo("<2@x>", 5, text, &format!("{text} Li now.\nBo")) };
    let second = from_bo("<3@x>", 9, "Ask Ann", "Ask Ann Li now.\nBo");
    let [first, second] = [first, second].map(|mail| record(&mut store, mail));
    store.forget(&address("ann@acme.example"), at(600)).unwrap();
    let told = store.get(first).unwrap().interaction;
    let sentences: Vec<&str> = told.signals.iter().map(|signal| signal.sentence.raw()).collect();
    assert_eq!(sentences[1..], ["Where is the crane?", "Ask Ann"]);
    assert!(told.text.raw().starts_with(sentences[0]) && !told.text.raw().contains("Ann Li"), "{sentences:?}");
    assert!(told.text.raw().ends_with("Where is the crane? Ask Ann"));
    assert!(told.body.raw().ends_with("now.\nBo") && !told.body.raw().contains("Ann"), "{:?}", told.body.raw());
    let told = store.get(second).unwrap().interaction;
    assert_eq!(told.text.raw(), "Ask Ann");
    assert!(told.body.raw().ends_with("now.\nBo") && !told.body.raw().contains("Ann"), "{:?}", told.body.raw());
}
