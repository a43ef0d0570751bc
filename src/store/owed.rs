//! What is still to be done with settled mails where they lie (`after`).
//!
//! Owing is part of settling, in the same transaction: whatever happens between the commit and the deed, the next
//! start knows what is owed. What waits for a person owes nothing until that person has decided.

use rusqlite::{OptionalExtension, params};

use super::epochs::{key, mailbox_id};
use super::{DeliveryId, Result, Store};
use crate::failpoint::Step;
use crate::mailbox::{Deed, Mailbox, Owed, OwedMail, UidValidity};

/// Mails given at a time.
const MOST: usize = 500;

impl Store {
    /// What is owed in the folder's present epoch, oldest first, up to 500 mails. In older ones the numbers mean
    /// nothing any more, and what they meant is read again under its new number.
    ///
    /// # Errors
    /// `Fenced` when another daemon has taken over: what it is about to do must not be done twice.
    pub fn owed(&self, mailbox: &Mailbox) -> Result<Owed> {
        self.still_mine()?;
        let sql = "SELECT e.id, e.validity FROM epoch AS e JOIN mailbox AS m ON m.id = e.mailbox
                   WHERE m.name = ?1 AND m.folder = ?2 ORDER BY e.id DESC LIMIT 1";
        let both = params![mailbox.name, mailbox.folder];
        let newest = self.conn.prepare_cached(sql)?.query_row(both, |row| Ok((row.get("id")?, row.get("validity")?)));
        let Some((epoch, validity)) = newest.optional()? else { return Ok(Owed::default()) };
        let (epoch, validity): (i64, u32) = (epoch, validity);
        let sql = "SELECT id, uid, name, owed FROM delivery WHERE epoch = ?1 AND owed <> 0 ORDER BY id LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![epoch, MOST as i64], |row| {
            let copied = row.get::<_, i64>("owed")? == 2;
            Ok(OwedMail { id: DeliveryId(row.get("id")?), key: key(row)?, copied })
        })?;
        Ok(Owed { validity: UidValidity(validity), mails: rows.collect::<rusqlite::Result<_>>()? })
    }

    /// Whether settled mails of this folder are to be seen, moved or deleted from now on. Mails settled before are
    /// left alone: nobody wished anything for them. Without a wish nothing is owed any more.
    pub fn wish(&mut self, mailbox: &Mailbox, wishes: bool) -> Result<()> {
        self.write(Step::Wish, |w| {
            let id = mailbox_id(w, mailbox)?;
            w.run("UPDATE mailbox SET wishes = ?2 WHERE id = ?1 AND wishes <> ?2", params![id, wishes])?;
            if !wishes {
                let sql = "UPDATE delivery SET owed = 0 WHERE owed <> 0
                           AND epoch IN (SELECT id FROM epoch WHERE mailbox = ?1)";
                w.run(sql, [id])?;
            }
            Ok(())
        })
    }

    /// Writes down what was done with mails that were owed it.
    pub fn did(&mut self, ids: &[DeliveryId], deed: Deed) -> Result<()> {
        let left = match deed {
            Deed::All => 0,
            Deed::Copied => 2,
        };
        self.write(Step::CrossOut, |w| {
            for id in ids {
                w.run("UPDATE delivery SET owed = ?2 WHERE id = ?1 AND owed <> 0", params![id.0, left])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, listed, mailbox, temporary};
    use super::super::{EpochId, Settlement};
    use super::*;
    use crate::interaction::{Disposition, Outcome};
    use crate::mailbox::Uid;

    fn settle(store: &mut Store, epoch: EpochId, uid: u32, outcome: Outcome) -> DeliveryId {
        let id = store.enumerate(epoch, &[listed(uid)], None, at(0)).unwrap()[0].id;
        store.settle(&[settlement(id, outcome)], at(1)).unwrap();
        id
    }

    fn settlement(delivery: DeliveryId, outcome: Outcome) -> Settlement {
        let disposition =
            Disposition { outcome, reason: None, interactions: Vec::new(), forwarding_request: None, answer: None };
        let digest = [u8::try_from(delivery.0).unwrap(); 32];
        Settlement { delivery, digest, disposition, raw: Some(b"raw".to_vec()), subject: None, author: None }
    }

    fn owed(store: &mut Store) -> Vec<(i64, bool)> {
        store.owed(&mailbox()).unwrap().mails.iter().map(|mail| (mail.id.0, mail.copied)).collect()
    }

    #[test]
    fn what_is_settled_under_a_wish_owes_it_and_nothing_else_does() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        settle(&mut store, epoch, 1, Outcome::SetAside);
        store.wish(&mailbox(), true).unwrap();
        let wished = settle(&mut store, epoch, 2, Outcome::SetAside);
        let held = settle(&mut store, epoch, 3, Outcome::Untrusted);
        settle(&mut store, epoch, 4, Outcome::Unreadable);
        store.enumerate(epoch, &[listed(5)], None, at(2)).unwrap();
        assert_eq!(owed(&mut store), [(wished.0, false)]);
        // A person decides.
        store.resettle(settlement(held, Outcome::SetAside), at(3)).unwrap();
        assert_eq!(owed(&mut store), [(wished.0, false), (held.0, false)]);
    }

    #[test]
    fn a_deed_is_owed_until_it_is_done_and_a_copy_is_made_once() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        store.wish(&mailbox(), true).unwrap();
        let (first, second) =
            (settle(&mut store, epoch, 1, Outcome::SetAside), settle(&mut store, epoch, 2, Outcome::SetAside));
        store.did(&[first], Deed::Copied).unwrap();
        assert_eq!(owed(&mut store), [(first.0, true), (second.0, false)]);
        store.did(&[first, second], Deed::All).unwrap();
        assert_eq!(owed(&mut store), []);
        store.did(&[first], Deed::Copied).unwrap();
        assert_eq!(owed(&mut store), [], "what is done stays done");
    }

    #[test]
    fn numbers_of_an_older_epoch_and_wishes_taken_back_are_owed_nothing() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        store.wish(&mailbox(), true).unwrap();
        settle(&mut store, epoch, 1, Outcome::SetAside);
        assert_eq!(store.owed(&mailbox()).unwrap().validity, UidValidity(7));
        store.open_epoch(&mailbox(), UidValidity(8), Some(Uid(2)), at(2)).unwrap();
        assert_eq!(owed(&mut store), []);
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        store.wish(&mailbox(), true).unwrap();
        settle(&mut store, epoch, 1, Outcome::SetAside);
        store.wish(&mailbox(), false).unwrap();
        store.wish(&mailbox(), true).unwrap();
        assert_eq!(owed(&mut store), []);
    }
}
