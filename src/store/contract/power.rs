//! The power goes: the log ends anywhere, with anything behind it. What lies there opens, holds whole commits and
//! all of those whose frames are good, and is completed by reading the mailbox again.

use std::fs;
use std::path::Path;

use super::durability::{counts, healthy};
use crate::interaction::Outcome;
use crate::mailbox::{Uid, UidValidity};
use crate::store::sample::*;
use crate::store::{DeliveryId, Settings, Settlement, Store};

/// Mails in the mailbox; each is settled alone, so that commits and mails can be counted against each other.
const MAILS: u32 = 14;
const DATABASE: &str = "touchbase.db";
const LOG: &str = "touchbase.db-wal";

/// What becomes of the nth mail, whatever its number in the record.
fn mail_number(uid: u32, delivery: DeliveryId) -> Settlement {
    let text = format!("The words of mail {uid}, and no others. Could you send number {uid} by Friday?");
    let mail = mail(&format!("<{uid}@x>"), i64::from(uid), &format!("Subject {uid}"), &text);
    let mut settlement = settlement(delivery, disposed(Outcome::Recorded, vec![mail]));
    settlement.digest = [uid as u8; 32];
    settlement
}

/// Reads the mailbox as after any start: what is pending, and what was never listed.
fn read_all(store: &mut Store) {
    let progress = store.open_epoch(&mailbox(), UidValidity(1), None, at(0)).unwrap();
    for again in progress.retry {
        let crate::mailbox::Key::Uid(Uid(uid)) = again.key else { panic!("a mail without a number") };
        store.count_attempts(&[again.id]).unwrap();
        store.settle(&[mail_number(uid, again.id)], at(1)).unwrap();
    }
    let Uid(low) = progress.low_uid;
    for uid in low..=MAILS {
        let new = store.enumerate(progress.epoch, &[listed(uid)], Some(Uid(uid + 1)), at(0)).unwrap();
        store.settle(&[mail_number(uid, new[0].id)], at(1)).unwrap();
    }
}

/// A life that was cut off: the file, its log, and after which byte of the log how many mails were settled.
struct Life {
    file: Vec<u8>,
    log: Vec<u8>,
    settled: Vec<(usize, i64)>,
}

/// Lives until half of the mails are in the file and the others in the log alone.
fn live() -> Life {
    let (dir, mut store) = temporary();
    let at_path = |name: &str| dir.path().join(name);
    let mut settled = Vec::new();
    for uid in 1..=MAILS {
        if uid == MAILS / 2 {
            let busy: i64 = store.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get("busy")).unwrap();
            assert_eq!(busy, 0);
            settled = vec![(0, i64::from(uid) - 1)];
        }
        let progress = store.open_epoch(&mailbox(), UidValidity(1), None, at(0)).unwrap();
        let new = store.enumerate(progress.epoch, &[listed(uid)], Some(Uid(uid + 1)), at(0)).unwrap();
        store.settle(&[mail_number(uid, new[0].id)], at(1)).unwrap();
        settled.push((fs::metadata(at_path(LOG)).unwrap().len() as usize, i64::from(uid)));
    }
    Life { file: fs::read(at_path(DATABASE)).unwrap(), log: fs::read(at_path(LOG)).unwrap(), settled }
}

impl Life {
    /// How many mails were settled in the first `length` bytes of the log.
    fn settled_within(&self, length: usize) -> i64 {
        self.settled.iter().take_while(|(end, _)| *end <= length).last().map_or(0, |(_, mails)| *mails)
    }

    /// Opens the file with another log, and reads the mailbox again; `good` bytes of the log are as they were.
    fn survives(&self, log: &[u8], good: usize, what: &str) {
        let cut = tempfile::tempdir().unwrap();
        fs::write(cut.path().join(DATABASE), &self.file).unwrap();
        fs::write(cut.path().join(LOG), log).unwrap();
        let mut store = open(cut.path());
        let found = counts(&store)[0];
        assert!(found >= self.settled_within(good), "{what}: {found} of {} settled mails", self.settled_within(good));
        healthy(&store);
        read_all(&mut store);
        let [interactions, _, _, _, _, links, words] = counts(&store)[..] else { panic!("seven tables") };
        assert_eq!([interactions, links, words], [i64::from(MAILS); 3], "{what}");
        healthy(&store);
        drop(store);
        let mut again = open(cut.path());
        read_all(&mut again);
        assert_eq!(counts(&again)[0], i64::from(MAILS), "{what}: read a third time");
    }
}

fn open(folder: &Path) -> Store {
    Store::open(&Settings { path: folder.join(DATABASE) }).unwrap()
}

/// Numbers that look drawn, the same in every run (xorshift64*, Vigna 2016).
fn dice() -> impl FnMut(usize) -> usize {
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    move |end| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}

/// Every boundary between frames: 32 bytes of head, then frames of 24 bytes and a page.
fn boundaries(log: &[u8]) -> Vec<usize> {
    let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
    (32..=log.len()).step_by(24 + page).collect()
}

#[test]
fn a_log_that_ends_at_any_frame_holds_every_commit_before() {
    let life = live();
    let ends = boundaries(&life.log);
    assert!(ends.len() > 100, "{} frames", ends.len());
    for end in &ends {
        life.survives(&life.log[..*end], *end, &format!("cut at {end}"));
    }
    println!("{} cuts between frames", ends.len());
}

#[test]
fn a_log_that_is_torn_anywhere_holds_every_commit_before() {
    let (life, mut below) = (live(), dice());
    for _ in 0..100 {
        let end = below(life.log.len());
        life.survives(&life.log[..end], end, &format!("torn at {end}"));
    }
    // The end was never synced: the file has its length, and whatever the disk held there before.
    for _ in 0..100 {
        let end = below(life.log.len());
        let mut log = life.log.clone();
        log[end..].iter_mut().for_each(|byte| *byte = below(256) as u8);
        life.survives(&log, end, &format!("rubbish from {end}"));
    }
}

#[test]
fn bytes_that_turned_in_the_log_undo_no_commit_before_them() {
    let (life, mut below) = (live(), dice());
    for _ in 0..60 {
        let at = 32 + below(life.log.len() - 32);
        let mut log = life.log.clone();
        log[at] ^= 1 << below(8);
        life.survives(&log, at, &format!("turned at {at}"));
    }
}

#[test]
fn a_log_that_was_deleted_takes_only_what_it_held_alone() {
    let life = live();
    life.survives(&[], 0, "deleted");
}
