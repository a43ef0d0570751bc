//! All of a batch or nothing, whatever ends the program; copies and speed.

use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use crate::interaction::Outcome;
use crate::mail::MessageId;
use crate::mailbox::Pending;
use crate::mailbox::{Uid, UidValidity};
use crate::store::sample::*;
use crate::store::{DeliveryId, Settings, Settlement, Store, StoreError};

/// `n` deliveries with one mail each, all different.
fn batch(store: &mut Store, n: u32) -> Vec<Settlement> {
    let progress = store.open_epoch(&mailbox(), UidValidity(1), None, at(0)).unwrap();
    let Uid(low) = progress.low_uid;
    let mails: Vec<_> = (low..low + n).map(listed).collect();
    let new = store.enumerate(progress.epoch, &mails, Some(Uid(low + n)), at(0)).unwrap();
    let text = "We looked at the plan for the second building and have a few remarks on the schedule. ".repeat(8);
    new.iter()
        .map(|Pending { id, .. }| {
            let n = id.0;
            let text = format!("Mail number {n}. {text} Could you send number {n} by Friday?");
            let mut mail = mail(&format!("<{n}@x>"), n, &format!("Subject {}", n / 5), &text);
            mail.conversation = MessageId::parse_all(&format!("<{}@x> <{}@x>", n - 2, n - 1));
            settlement(*id, disposed(Outcome::Recorded, vec![mail]))
        })
        .collect()
}

pub(super) fn counts(store: &Store) -> Vec<i64> {
    let tables =
        ["interaction", "participant", "identity", "thread", "conversation", "delivery_interaction", "fulltext"];
    let count = |t: &&str| store.conn.query_row(&format!("SELECT count(*) AS n FROM {t}"), [], |row| row.get("n"));
    tables.iter().map(|t| count(t).unwrap()).collect()
}

pub(super) fn healthy(store: &Store) {
    let verdict: String = store.conn.query_row("PRAGMA integrity_check", [], |row| row.get("integrity_check")).unwrap();
    assert_eq!(verdict, "ok");
    assert!(!store.conn.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
}

/// The full-text index against the words it is of (`integrity-check` with rank 1 compares both).
fn indexed(store: &Store) {
    store.conn.execute("INSERT INTO fulltext (fulltext, rank) VALUES ('integrity-check', 1)", []).unwrap();
}

#[test]
fn the_index_has_what_changed_and_what_went_before_its_batch_was_indexed() {
    let (_dir, mut store) = temporary();
    let old = record(&mut store, mail("<old@x>", 0, "Fence", "The fence is painted, all of it."));
    let added = batch(&mut store, 3);
    store
        .write(crate::failpoint::Step::Settle, |w| {
            for one in &added {
                crate::store::settle::settle_one(w, one, at(1))?;
            }
            w.run("UPDATE interaction SET comment = 'zebra'", [])?;
            w.run("DELETE FROM interaction WHERE subject = 'Subject 0'", [])
        })
        .unwrap();
    indexed(&store);
    store.write(crate::failpoint::Step::Settle, |w| w.run("DELETE FROM interaction WHERE id = ?1", [old])).unwrap();
    indexed(&store);
}

#[test]
fn one_mail_that_cannot_be_settled_leaves_nothing_of_its_batch() {
    let (_dir, mut store) = temporary();
    let mut settlements = batch(&mut store, 5);
    settlements.push(settlement(DeliveryId(999), disposed(Outcome::Recorded, vec![])));
    let before = counts(&store);
    assert!(matches!(store.settle(&settlements, at(1)), Err(StoreError::NotFound(_))));
    assert_eq!((counts(&store), store.max_sequence().unwrap()), (before, 0));
    settlements.pop();
    assert_eq!(store.settle(&settlements, at(1)).unwrap().len(), 5);
    healthy(&store);
}

#[test]
fn mails_that_come_while_a_batch_is_written_land_with_it_or_are_handed_back() {
    let (_dir, mut store) = temporary();
    let settlements = batch(&mut store, 5);
    let before = counts(&store);
    let mut mails = settlements[..2].to_vec();
    let stranger = settlement(DeliveryId(999), disposed(Outcome::Recorded, vec![]));
    let mut coming = [&settlements[2], &stranger].into_iter().cloned();
    let refused = store.settle_as_they_come(&mut mails, || at(1), || coming.next());
    assert!(matches!(refused, Err(StoreError::NotFound(_))));
    assert_eq!((counts(&store), mails.len()), (before, 4), "none was written, none is lost");
    mails.pop();
    let mut coming = settlements[3..].iter().cloned();
    let settled = store.settle_as_they_come(&mut mails, || at(1), || coming.next()).unwrap();
    let landed: Vec<DeliveryId> = settled.iter().map(|mail| mail.delivery).collect();
    assert_eq!(landed, settlements.iter().map(|mail| mail.delivery).collect::<Vec<_>>());
    assert!(settled.iter().all(|mail| !mail.already));
    healthy(&store);
}

#[test]
fn a_program_that_ends_before_its_commit_has_written_nothing() {
    let (dir, mut store) = temporary();
    let settlements = batch(&mut store, 3);
    let before = counts(&store);
    let stopped: crate::store::Result<()> = store.write(crate::failpoint::Step::Settle, |w| {
        for one in &settlements {
            crate::store::settle::settle_one(w, one, at(1))?;
        }
        Err(StoreError::Defect("the power went".into()))
    });
    assert!(stopped.is_err());
    drop(store);
    let mut store = Store::open(&Settings { path: dir.path().join("touchbase.db") }).unwrap();
    assert_eq!(counts(&store), before);
    let waiting = store.open_epoch(&mailbox(), UidValidity(1), None, at(2)).unwrap().retry;
    assert_eq!(waiting.iter().map(|p| p.attempts).collect::<Vec<_>>(), [1, 1, 1]);
    store.settle(&settlements, at(2)).unwrap();
    healthy(&store);
}

/// The file and its log as they lie after every commit, opened as after a power cut: each is a record of its own.
#[test]
fn a_copy_of_file_and_log_after_any_step_is_a_whole_record() {
    let (dir, mut store) = temporary();
    let settlements = batch(&mut store, 12);
    for (step, one) in settlements.into_iter().enumerate() {
        store.settle(&[one], at(1)).unwrap();
        let cut = tempfile::tempdir().unwrap();
        for name in ["touchbase.db", "touchbase.db-wal"] {
            std::fs::copy(dir.path().join(name), cut.path().join(name)).unwrap();
        }
        // A torn end of the log belongs to no commit.
        let log = std::fs::OpenOptions::new().append(true).open(cut.path().join("touchbase.db-wal")).unwrap();
        std::io::Write::write_all(&mut &log, &[0xAB; 5000]).unwrap();
        let after = Store::open(&Settings { path: cut.path().join("touchbase.db") }).unwrap();
        assert_eq!(counts(&after)[0], step as i64 + 1);
        healthy(&after);
    }
}

#[test]
fn a_torn_log_loses_whole_commits_only() {
    let (dir, mut store) = temporary();
    for one in batch(&mut store, 6) {
        store.settle(&[one], at(1)).unwrap();
    }
    let whole = std::fs::read(dir.path().join("touchbase.db-wal")).unwrap();
    for part in 0..20 {
        let cut = tempfile::tempdir().unwrap();
        std::fs::copy(dir.path().join("touchbase.db"), cut.path().join("touchbase.db")).unwrap();
        // Not before the schema, which the log holds as well.
        let length = whole.len() * (80 + part) / 100;
        std::fs::write(cut.path().join("touchbase.db-wal"), &whole[..length]).unwrap();
        let after = Store::open(&Settings { path: cut.path().join("touchbase.db") }).unwrap();
        let [interactions, _, _, _, _, links, words] = counts(&after)[..] else { panic!() };
        assert_eq!((interactions, interactions), (links, words));
        healthy(&after);
    }
}

#[test]
fn a_backup_is_a_whole_record_of_one_file_that_overwrites_nothing() {
    let (dir, mut store) = temporary();
    let settlements = batch(&mut store, 20);
    store.settle(&settlements, at(1)).unwrap();
    let to = dir.path().join("copy.db");
    store.backup(&to).unwrap();
    assert!(matches!(store.backup(&to), Err(StoreError::Exists(_))));
    assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!dir.path().join("copy.db-wal").exists());
    let copy = Store::open(&Settings { path: to }).unwrap();
    assert_eq!(counts(&copy), counts(&store));
    healthy(&copy);
}

#[test]
fn a_reader_sees_what_was_committed_while_it_was_open() {
    let (dir, mut store) = temporary();
    let reader = Store::open_to_read(&Settings { path: dir.path().join("touchbase.db") }).unwrap();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", "Words"));
    assert_eq!(reader.get(id).unwrap().id, id);
}

#[test]
fn a_thousand_mails_share_one_transaction() {
    let (_dir, mut store) = temporary();
    for round in 1..=2 {
        let settlements = batch(&mut store, 1000);
        let begin = Instant::now();
        let settled = store.settle(&settlements, at(1)).unwrap();
        println!("1,000 mails settled in {:?} (round {round})", begin.elapsed());
        assert_eq!((settled.len(), counts(&store)[0]), (1000, 1000 * round));
    }
    healthy(&store);
    let begin = Instant::now();
    assert_eq!(store.record_as_of(at(99_999), None).unwrap().entries.len(), 2000);
    println!("2,000 entries in {:?}", begin.elapsed());
}

/// The file may not grow past any of the sizes it comes to: whatever does not fit leaves nothing, and fits later.
#[test]
fn a_disk_that_is_full_at_any_page_holds_whole_batches() {
    let (mut refused, mut page) = (0, 0);
    loop {
        let (_dir, mut store) = temporary();
        let settlements = batch(&mut store, 120);
        let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let before = counts(&store);
        let limit = |store: &Store, most: i64| {
            store.conn.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(())).unwrap();
        };
        limit(&store, pages + page);
        let settled = store.settle(&settlements, at(1));
        if settled.is_ok() {
            break;
        }
        assert!(matches!(settled, Err(StoreError::Full(_))), "{settled:?}");
        assert_eq!(counts(&store), before, "with {page} pages of room");
        healthy(&store);
        limit(&store, 1_000_000);
        assert_eq!(store.settle(&settlements, at(2)).unwrap().len(), 120);
        healthy(&store);
        (refused, page) = (refused + 1, page + 1);
    }
    println!("refused at {refused} sizes");
    assert!(refused > 10);
}
