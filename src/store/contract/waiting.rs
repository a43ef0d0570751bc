//! The quarantine: nothing is recorded before a person says so, and nothing is lost meanwhile.

use crate::interaction::Outcome;
use crate::mail::Untrusted;
use crate::store::sample::*;
use crate::store::{DeliveryId, Settlement, Store, StoreError};

/// A mail that waits.
fn held(store: &mut Store) -> Settlement {
    let exchange = mail("<1@x>", 0, "Pay now", "Please transfer it today");
    Settlement {
        raw: Some(b"From: boss@us.example\r\n\r\nPlease transfer it today\r\n".repeat(50)),
        subject: Some(Untrusted::new("Pay now")),
        author: Some(Untrusted::new("boss@us.example")),
        ..settlement(deliver(store), disposed(Outcome::Untrusted, vec![exchange]))
    }
}

#[test]
fn an_untrusted_mail_waits_with_its_bytes_and_records_nothing() {
    let (_dir, mut store) = temporary();
    let waiting = held(&mut store);
    let settled = store.settle(std::slice::from_ref(&waiting), at(9)).unwrap().remove(0);
    assert!(settled.interactions.is_empty());
    let listed = store.quarantine().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].reason.as_str(), listed[0].since, listed[0].has_raw), ("because", at(9), true));
    assert_eq!(listed[0].subject.as_ref().unwrap().raw(), "Pay now");
    assert_eq!(Some(store.raw(waiting.delivery).unwrap()), waiting.raw);
    assert_eq!(store.status().unwrap().quarantine, 1);
    assert!(store.search("transfer", 9).unwrap().is_empty());
}

#[test]
fn a_released_mail_is_recorded_and_its_bytes_go() {
    let (_dir, mut store) = temporary();
    let waiting = held(&mut store);
    store.settle(std::slice::from_ref(&waiting), at(9)).unwrap();
    let retry = store.take_for_retry(waiting.delivery).unwrap();
    assert_eq!((Some(retry.raw), retry.mailbox, retry.arrived), (waiting.raw.clone(), mailbox(), at(1)));
    let disposition = disposed(Outcome::Recorded, waiting.disposition.interactions.clone());
    let settled = store.resettle(Settlement { disposition, raw: None, ..waiting.clone() }, at(10)).unwrap();
    assert_eq!((settled.outcome, settled.interactions.len(), settled.already), (Outcome::Recorded, 1, false));
    assert!(store.quarantine().unwrap().is_empty());
    assert!(matches!(store.raw(waiting.delivery), Err(StoreError::NotFound(_))));
    assert!(matches!(store.resettle(waiting, at(11)), Err(StoreError::NotFound(_))));
}

#[test]
fn a_mail_that_stays_after_a_retry_keeps_its_bytes() {
    let (_dir, mut store) = temporary();
    let waiting = held(&mut store);
    store.settle(std::slice::from_ref(&waiting), at(9)).unwrap();
    let disposition = disposed(Outcome::Unreadable, vec![]);
    store.resettle(Settlement { disposition, raw: None, ..waiting.clone() }, at(10)).unwrap();
    assert_eq!(Some(store.raw(waiting.delivery).unwrap()), waiting.raw);
}

#[test]
fn a_dropped_mail_does_not_come_back_under_another_number() {
    let (_dir, mut store) = temporary();
    let waiting = held(&mut store);
    store.settle(std::slice::from_ref(&waiting), at(9)).unwrap();
    store.drop_held(waiting.delivery, "dropped by hand", at(10)).unwrap();
    assert!(matches!(store.drop_held(waiting.delivery, "again", at(10)), Err(StoreError::NotFound(_))));
    assert!(store.settle(std::slice::from_ref(&waiting), at(11)).unwrap()[0].already);
    let again = Settlement { delivery: deliver(&mut store), ..waiting };
    store.settle(&[again], at(12)).unwrap();
    assert!(store.quarantine().unwrap().is_empty());
    let raws: i64 = store.conn.query_row("SELECT count(*) AS n FROM raw", [], |row| row.get("n")).unwrap();
    assert_eq!(raws, 0);
}

#[test]
fn what_could_not_be_fetched_waits_without_bytes() {
    let (_dir, mut store) = temporary();
    let one = settlement(deliver(&mut store), disposed(Outcome::Unreadable, vec![]));
    store.settle(&[one], at(9)).unwrap();
    assert!(!store.quarantine().unwrap()[0].has_raw);
    assert!(matches!(store.raw(DeliveryId(77)), Err(StoreError::NotFound(_))));
}
