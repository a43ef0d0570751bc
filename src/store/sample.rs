//! Mails and people for the tests of the store.

use jiff::Timestamp;
use tempfile::TempDir;

use super::value::stored;
use super::{DeliveryId, Listed, Settings, Settled, Settlement, Store};
use crate::contacts::{ContactId, CustomerId};
use crate::interaction::{Disposition, Interaction, Outcome, Person};
use crate::mail::{Address, MessageId, Moment, Participant, Role, Untrusted};
use crate::mailbox::{Key, Mailbox, Uid, UidValidity};
use crate::understand::{Automation, Capture, Direction, Kind};

/// A store in a directory of its own.
pub(super) fn temporary() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&Settings { path: dir.path().join("touchbase.db") }).unwrap();
    (dir, store)
}

/// `minutes` after a Friday morning.
pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_161_600 + minutes * 60).unwrap()
}

pub(super) fn mailbox() -> Mailbox {
    Mailbox { name: "capture".into(), folder: "INBOX".into() }
}

pub(super) fn listed(uid: u32) -> Listed {
    Listed { key: Key::Uid(Uid(uid)), size: 1000, arrived: Some(at(i64::from(uid))) }
}

pub(super) fn address(text: &str) -> Address {
    stored(text).unwrap()
}

/// `Ann Li <ann@acme.example>` in a role, a stranger.
pub(super) fn someone(role: Role, name: &str, at: &str) -> Person {
    let name = (!name.is_empty()).then(|| Untrusted::new(name));
    let address = (!at.is_empty()).then(|| address(at));
    Person { participant: Participant { role, name, address }, contact: None, customer: None, team: false }
}

/// Ann of Acme, a known contact.
pub(super) fn ann(role: Role) -> Person {
    Person {
        contact: Some(ContactId("ann-li".into())),
        customer: Some(CustomerId("acme".into())),
        ..someone(role, "Ann Li", "ann@acme.example")
    }
}

/// One of us.
pub(super) fn me(role: Role) -> Person {
    Person { team: true, ..someone(role, "Mia", "me@us.example") }
}

/// A mail from Ann to us.
pub(super) fn mail(id: &str, minutes: i64, subject: &str, text: &str) -> Interaction {
    Interaction {
        kind: Kind::Email,
        direction: Direction::Inbound,
        capture: Capture::Direct,
        message_id: MessageId::parse(id),
        occurred_at: Moment::new(at(minutes), 3600),
        exact: true,
        subject: Untrusted::new(subject),
        author: Some(ann(Role::From)),
        recipients: vec![me(Role::To)],
        customers: vec![CustomerId("acme".into())],
        body: Untrusted::new(text),
        text: Untrusted::new(text),
        signature: None,
        comment: None,
        automation: Automation::None,
        conversation: vec![],
        signals: vec![],
        attachments: vec![],
        interleaved: false,
        answered: vec![],
        left: None,
        failed: vec![],
    }
}

/// The same as somebody else's, whom nobody knows.
pub(super) fn strangers(from: &str, mail: Interaction) -> Interaction {
    Interaction { author: Some(someone(Role::From, "Zoe Quinn", from)), customers: vec![], ..mail }
}

pub(super) fn disposed(outcome: Outcome, interactions: Vec<Interaction>) -> Disposition {
    let reason = (outcome != Outcome::Recorded).then(|| "because".to_owned());
    Disposition { outcome, reason, interactions, forwarding_request: None, answer: None }
}

/// The settlement of a delivery; every delivery has bytes of its own.
pub(super) fn settlement(delivery: DeliveryId, disposition: Disposition) -> Settlement {
    let mut digest = [7; 32];
    digest[..8].copy_from_slice(&delivery.0.to_le_bytes());
    Settlement { delivery, digest, disposition, raw: None, subject: None, author: None }
}

/// Delivers one mail more.
pub(super) fn deliver(store: &mut Store) -> DeliveryId {
    deliver_to(store, &mailbox())
}

/// Delivers one mail more to a mailbox.
pub(super) fn deliver_to(store: &mut Store, mailbox: &Mailbox) -> DeliveryId {
    let progress = store.open_epoch(mailbox, UidValidity(1), None, at(0)).unwrap();
    let Uid(uid) = progress.low_uid;
    store.enumerate(progress.epoch, &[listed(uid)], Some(Uid(uid + 1)), at(0)).unwrap()[0].id
}

/// Delivers and settles a mail that reports one exchange.
pub(super) fn settle(store: &mut Store, outcome: Outcome, interaction: Interaction) -> Settled {
    let settlement = settlement(deliver(store), disposed(outcome, vec![interaction]));
    store.settle(&[settlement], at(500)).unwrap().remove(0)
}

/// The same as recorded; gives the interaction's number.
pub(super) fn record(store: &mut Store, interaction: Interaction) -> i64 {
    settle(store, Outcome::Recorded, interaction).interactions[0]
}
