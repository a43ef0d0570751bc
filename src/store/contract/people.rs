//! The directory, the unmatched, and what changes when somebody is known.

use crate::contacts::{Contact, ContactId, Customer, CustomerId, Match};
use crate::interaction::{Interaction, Outcome};
use crate::mail::{Participant, Role};
use crate::store::sample::*;
use crate::store::value::stored;
use crate::store::{COMMAND, Ignored, StoreError};

fn contact(id: &str, name: &str, addresses: &[&str]) -> Contact {
    Contact {
        id: ContactId(id.into()),
        name: Some(name.into()),
        addresses: addresses.iter().map(|a| address(a)).collect(),
        role: None,
        phone: None,
        since: None,
        notes: None,
    }
}

fn acme(contacts: Vec<Contact>) -> Customer {
    Customer {
        id: CustomerId("acme".into()),
        name: "Acme Works".into(),
        domains: vec![stored("acme.example").unwrap()],
        cadence_days: Some(14),
        since: Some("2024-02-29".parse().unwrap()),
        notes: None,
        contacts,
    }
}

/// Zoe is known now.
fn zoe_is_known(participant: &Participant) -> Match {
    let zoe = participant.address.as_ref().is_some_and(|a| a.as_str() == "zoe@quinn.example");
    let known = |id: &str| zoe.then(|| id.to_owned());
    Match { contact: known("zoe").map(ContactId), customer: known("quinn").map(CustomerId), rule: "address".into() }
}

#[test]
fn a_directory_that_anybody_changed_is_no_longer_the_noted_one() {
    let (_dir, mut store) = temporary();
    let ann = contact("ann-li", "Ann Li", &["ann@acme.example"]);
    type Change<'c> = &'c dyn Fn(&mut crate::store::Store);
    let changes: [Change<'_>; 4] = [
        &|store| _ = store.save_customers(&[acme(vec![ann.clone()])], "contacts.csv").unwrap(),
        &|store| _ = store.add_contact(&acme(vec![]), &contact("bo", "Bo", &["bo@acme.example"]), COMMAND).unwrap(),
        &|store| store.remove_contact(&ContactId("ann-li".into())).unwrap(),
        &|store| store.remove_customer(&CustomerId("acme".into())).unwrap(),
    ];
    for change in changes {
        let seen = store.directory_changes().unwrap();
        store.note_directory(&[7; 32], seen).unwrap();
        assert!(store.directory_is(&[7; 32]).unwrap() && !store.directory_is(&[8; 32]).unwrap());
        change(&mut store);
        assert!(!store.directory_is(&[7; 32]).unwrap());
        store.note_directory(&[7; 32], seen).unwrap();
        assert!(!store.directory_is(&[7; 32]).unwrap(), "what was not seen does not count as known");
    }
}

#[test]
fn each_source_replaces_only_what_it_said_itself() {
    let (_dir, mut store) = temporary();
    let ann = contact("ann-li", "Ann Li", &["ann@acme.example", "ann@home.example"]);
    let bo = contact("bo", "Bo", &["bo@acme.example"]);
    store.save_customers(&[acme(vec![ann.clone(), bo.clone()])], "contacts.csv").unwrap();
    let known_by_hand = Contact { phone: Some("+1 555".into()), ..contact("ann-li", "Annie", &["al@acme.example"]) };
    store.add_contact(&acme(vec![]), &known_by_hand, COMMAND).unwrap();
    store.save_customers(&[acme(vec![ann.clone()])], "contacts.csv").unwrap();
    let customers = store.load_customers().unwrap();
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0].contacts.len(), 1, "Bo is in no source any more");
    let both = &customers[0].contacts[0];
    assert_eq!((both.name.as_deref(), both.phone.as_deref()), (Some("Annie"), Some("+1 555")));
    assert_eq!(both.addresses.len(), 3);
    assert_eq!(store.customers_of("contacts.csv").unwrap(), [acme(vec![ann])]);
}

#[test]
fn removing_people_leaves_their_interactions() {
    let (_dir, mut store) = temporary();
    store.save_customers(&[acme(vec![contact("ann-li", "Ann Li", &["ann@acme.example"])])], COMMAND).unwrap();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", "Words"));
    store.remove_contact(&ContactId("ann-li".into())).unwrap();
    store.remove_customer(&CustomerId("acme".into())).unwrap();
    assert!(matches!(store.remove_customer(&CustomerId("acme".into())), Err(StoreError::NotFound(_))));
    store.rematch(|_| Match::default(), at(9)).unwrap();
    assert_eq!(store.get(id).unwrap().interaction.customers, [CustomerId("acme".into())]);
}

#[test]
fn strangers_are_proposed_with_what_is_known_of_them() {
    let (_dir, mut store) = temporary();
    store.save_customers(&[acme(vec![contact("ann-li", "Ann Li", &["ann@works.example"])])], COMMAND).unwrap();
    for (n, subject) in ["One", "Two", "Three", "Four", "Two"].into_iter().enumerate() {
        let mail = mail(&format!("<{n}@w>"), n as i64, subject, &format!("Words number {n}"));
        settle(&mut store, Outcome::Unmatched, strangers("Zoe@works.example", mail));
    }
    let once = strangers("bob@shared.example", mail("<b@w>", 9, "Hi", "Hello"));
    settle(&mut store, Outcome::Unmatched, once);
    let people = store.unmatched_people(|d| d.as_str() == "shared.example").unwrap();
    let zoe = &people[0];
    assert_eq!((people.len(), zoe.count, zoe.first, zoe.last), (2, 5, at(0), at(4)));
    assert_eq!(zoe.subjects.iter().map(|s| s.raw()).collect::<Vec<_>>(), ["Two", "Four", "Three"]);
    assert_eq!((zoe.guess.clone(), people[1].guess.clone()), (Some(CustomerId("acme".into())), None));
    store.ignore(&Ignored::Domain(stored("works.example").unwrap()), at(9)).unwrap();
    store.ignore(&Ignored::Address(address("bob@shared.example")), at(9)).unwrap();
    assert!(store.unmatched_people(|_| false).unwrap().is_empty());
    assert_eq!(store.ignored().unwrap(), ["bob@shared.example", "works.example"]);
}

#[test]
fn who_becomes_known_brings_their_interactions_into_the_record() {
    let (_dir, mut store) = temporary();
    let known = record(&mut store, mail("<0@x>", 0, "Plan", "The first words"));
    let theirs = strangers("zoe@quinn.example", mail("<1@x>", 1, "Offer", "Our offer"));
    let theirs = settle(&mut store, Outcome::Unmatched, theirs).interactions[0];
    let also = Interaction {
        recipients: vec![me(Role::To), someone(Role::Cc, "Zoe", "zoe@quinn.example")],
        ..mail("<2@x>", 2, "Both", "Zoe is in copy")
    };
    let also = record(&mut store, also);
    let before = store.max_sequence().unwrap();
    assert_eq!(store.rematch(zoe_is_known, at(77)).unwrap(), 1);
    assert_eq!(store.rematch(zoe_is_known, at(78)).unwrap(), 0);
    let joined = store.get(theirs).unwrap();
    assert_eq!((joined.outcome, joined.recorded_at), (Outcome::Recorded, at(77)));
    assert_eq!(joined.interaction.author.unwrap().contact, Some(ContactId("zoe".into())));
    assert_eq!(store.max_sequence().unwrap(), before + 1);
    let customers = |id| store.get(id).unwrap().interaction.customers;
    assert_eq!(customers(also), [CustomerId("acme".into()), CustomerId("quinn".into())]);
    assert_eq!(customers(known), [CustomerId("acme".into())]);
    assert_eq!(store.status().unwrap().deliveries.get(&Outcome::Unmatched), None);
    assert_eq!(
        store.late(before, before + 1, (at(-1), at(2))).unwrap().iter().map(|r| r.id).collect::<Vec<_>>(),
        [theirs]
    );
}

#[test]
fn a_customer_that_a_colleague_named_stays_when_people_are_asked_again() {
    let (_dir, mut store) = temporary();
    let note = Interaction {
        author: Some(someone(Role::From, "Zoe", "zoe@quinn.example")),
        ..mail("<1@x>", 0, "Call", "About Acme, they said")
    };
    let id = record(&mut store, note);
    store.rematch(zoe_is_known, at(9)).unwrap();
    let customers = store.get(id).unwrap().interaction.customers;
    assert_eq!(customers, [CustomerId("acme".into()), CustomerId("quinn".into())]);
}

#[test]
fn the_unmatched_are_forgotten_after_a_while_and_the_record_is_not() {
    let (_dir, mut store) = temporary();
    settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", mail("<1@x>", 0, "Offer", "Our offer")));
    let id = record(&mut store, mail("<2@x>", 0, "Plan", "Words"));
    assert_eq!(store.expire_unmatched(at(500)).unwrap(), 0);
    assert_eq!(store.expire_unmatched(at(501)).unwrap(), 1);
    assert!(store.search("offer", 9).unwrap().is_empty());
    assert!(store.get(id).is_ok());
    assert_eq!(store.expire_interactions(at(1)).unwrap(), 1);
    assert!(store.search("words", 9).unwrap().is_empty());
}
