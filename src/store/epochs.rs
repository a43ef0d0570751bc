//! Which mail lies where: mailboxes, the lifetimes of their numbers, and every delivery.
//!
//! A delivery is counted before it is tried: whatever kills the program while it reads a mail, the next
//! start knows how often that has happened.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use super::value::{instant, signed};
use super::writing::Writing;
use super::{Reader, Result, Store, StoreError};
use crate::failpoint::Step;
pub use crate::mailbox::{DeliveryId, EpochId, Listed, Pending, Progress};
use crate::mailbox::{Key, Mailbox, Uid, UidValidity};

/// The longest that a mail is left alone after an attempt that failed.
pub const LONGEST_REST: SignedDuration = SignedDuration::from_hours(6);

impl Reader {
    /// How many attempts are counted.
    pub fn attempts(&self, id: DeliveryId) -> Result<u32> {
        let sql = "SELECT attempts FROM delivery WHERE id = ?1";
        let counted = self.conn.prepare_cached(sql)?.query_row([id.0], |row| row.get("attempts")).optional()?;
        counted.ok_or_else(|| missing(id))
    }
}

impl Store {
    /// Where to go on in a mailbox. A changed UIDVALIDITY, or a UIDNEXT that went down, opens a new epoch:
    /// everything is enumerated again, and nothing is recorded twice.
    pub fn open_epoch(
        &mut self,
        mailbox: &Mailbox,
        validity: UidValidity,
        next: Option<Uid>,
        now: Timestamp,
    ) -> Result<Progress> {
        self.write(Step::OpenEpoch, |w| {
            let mailbox = mailbox_id(w, mailbox)?;
            let (epoch, low_uid) = match current_epoch(w, mailbox, validity, next)? {
                Some(found) => found,
                None => (new_epoch(w, mailbox, validity, next, now)?, Uid(1)),
            };
            Ok(Progress { epoch, low_uid, retry: pending(w, epoch, now)? })
        })
    }

    /// Writes down which mails an epoch holds, each with its first attempt counted, and moves the cursor to
    /// `low_uid`. Gives those that were not known. Call it only after the server's tagged OK. A mail whose
    /// arrival nobody could tell arrived now.
    ///
    /// # Errors
    /// `Full` while there is no room to fetch them: nothing is written down then.
    pub fn enumerate(
        &mut self,
        epoch: EpochId,
        listed: &[Listed],
        low_uid: Option<Uid>,
        now: Timestamp,
    ) -> Result<Vec<Pending>> {
        if let Some(largest) = listed.iter().map(|mail| mail.size).max() {
            self.has_room_for(largest)?;
        }
        self.write(Step::List, |w| {
            let mut new = Vec::new();
            for mail in listed {
                let arrived = mail.arrived.unwrap_or(now);
                if let Some(id) = deliver(w, epoch, mail, arrived)? {
                    let (key, size) = (mail.key.clone(), mail.size);
                    new.push(Pending { id, key, size, arrived: Some(arrived), attempts: 1 });
                }
            }
            if let Some(low) = low_uid {
                w.run("UPDATE epoch SET low_uid = max(low_uid, ?2) WHERE id = ?1", params![epoch.0, low.0])?;
            }
            Ok(new)
        })
    }

    /// Counts one more attempt at each, committed before it is made; gives how many there were, in the order given.
    ///
    /// # Errors
    /// `NotFound` for a delivery that was never enumerated; then nothing is counted.
    pub fn count_attempts(&mut self, ids: &[DeliveryId]) -> Result<Vec<u32>> {
        let sql = "UPDATE delivery SET attempts = attempts + 1 WHERE id = ?1 RETURNING attempts";
        self.write(Step::CountAttempt, |w| {
            let mut count = w.tx.prepare_cached(sql)?;
            let mut one = |id: &DeliveryId| {
                let counted = count.query_row([id.0], |row| row.get("attempts")).optional()?;
                counted.ok_or_else(|| missing(*id))
            };
            ids.iter().map(&mut one).collect()
        })
    }

    /// Takes one attempt back: the connection failed, not the mail.
    pub fn give_back(&mut self, ids: &[DeliveryId]) -> Result<()> {
        self.write(Step::GiveBack, |w| {
            for id in ids {
                let sql = "UPDATE delivery SET attempts = max(attempts - 1, 0) WHERE id = ?1 AND state = 'pending'";
                w.run(sql, [id.0])?;
            }
            Ok(())
        })
    }

    /// Notes why an attempt failed and when the next one may be made.
    pub fn failed(&mut self, id: DeliveryId, reason: &str, not_before: Timestamp) -> Result<()> {
        self.write(Step::NoteFailed, |w| {
            let sql = "UPDATE delivery SET reason = ?2, not_before = ?3 WHERE id = ?1 AND state = 'pending'";
            w.run(sql, params![id.0, reason, not_before.as_second()])?;
            Ok(())
        })
    }

    /// Deliveries that somebody deleted between enumeration and fetch.
    pub fn vanished(&mut self, ids: &[DeliveryId]) -> Result<()> {
        self.write(Step::NoteVanished, |w| {
            for id in ids {
                w.run("UPDATE delivery SET state = 'vanished' WHERE id = ?1 AND state = 'pending'", [id.0])?;
            }
            Ok(())
        })
    }
}

/// The mailbox's number, given at its first mention.
pub(super) fn mailbox_id(w: &Writing<'_>, mailbox: &Mailbox) -> Result<i64> {
    let both = params![mailbox.name, mailbox.folder];
    w.run("INSERT INTO mailbox (name, folder) VALUES (?1, ?2) ON CONFLICT DO NOTHING", both)?;
    let sql = "SELECT id FROM mailbox WHERE name = ?1 AND folder = ?2";
    Ok(w.tx.prepare_cached(sql)?.query_row(both, |row| row.get("id"))?)
}

/// The newest epoch, if the server's promise still holds; remembers how far UIDNEXT has come.
fn current_epoch(
    w: &Writing<'_>,
    mailbox: i64,
    validity: UidValidity,
    next: Option<Uid>,
) -> Result<Option<(EpochId, Uid)>> {
    let sql = "SELECT id, validity, low_uid, uid_next FROM epoch WHERE mailbox = ?1 ORDER BY id DESC LIMIT 1";
    let newest = w.tx.prepare_cached(sql)?.query_row([mailbox], |row| {
        Ok((row.get("id")?, row.get("validity")?, row.get("low_uid")?, row.get::<_, Option<u32>>("uid_next")?))
    });
    let Some((id, known, low, seen)) = newest.optional()? else { return Ok(None) };
    let went_down = matches!((next, seen), (Some(Uid(next)), Some(seen)) if next < seen);
    if UidValidity(known) != validity || went_down {
        return Ok(None);
    }
    if let Some(Uid(next)) = next {
        w.run("UPDATE epoch SET uid_next = ?2 WHERE id = ?1 AND uid_next IS NOT ?2", params![id, next])?;
    }
    Ok(Some((EpochId(id), Uid(low))))
}

fn new_epoch(
    w: &Writing<'_>,
    mailbox: i64,
    validity: UidValidity,
    next: Option<Uid>,
    now: Timestamp,
) -> Result<EpochId> {
    // What still waited under the old numbers cannot be asked for any more; whatever is there gets a new one.
    let sql = "UPDATE delivery SET state = 'vanished', reason = 'the server numbered the folder anew'
               WHERE state = 'pending' AND epoch IN (SELECT id FROM epoch WHERE mailbox = ?1)";
    w.run(sql, [mailbox])?;
    let sql = "INSERT INTO epoch (mailbox, validity, uid_next, opened_at) VALUES (?1, ?2, ?3, ?4)";
    let id = w.insert(sql, params![mailbox, validity.0, next.map(|n| n.0), now.as_second()])?;
    Ok(EpochId(id))
}

/// What waits in one epoch and may be tried by now, oldest first. What is to wait longer than anything does was
/// written down before the clock was set back.
fn pending(w: &Writing<'_>, epoch: EpochId, now: Timestamp) -> Result<Vec<Pending>> {
    let sql = "SELECT id, uid, name, size, arrived, attempts FROM delivery
               WHERE epoch = ?1 AND state = 'pending' AND coalesce(not_before, 0) NOT BETWEEN ?2 + 1 AND ?2 + ?3
               ORDER BY id";
    let mut statement = w.tx.prepare_cached(sql)?;
    let rows = statement.query_map([epoch.0, now.as_second(), LONGEST_REST.as_secs()], |row| {
        Ok(Pending {
            id: DeliveryId(row.get("id")?),
            key: key(row)?,
            size: row.get::<_, i64>("size")?.unsigned_abs(),
            arrived: Some(instant(row, "arrived")?),
            attempts: row.get("attempts")?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A delivery's key, from `uid` and `name`.
pub(super) fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    match row.get("uid")? {
        0 => Ok(Key::Name(row.get("name")?)),
        uid => Ok(Key::Uid(Uid(uid))),
    }
}

/// Writes one delivery down; `None` when it is known.
fn deliver(w: &Writing<'_>, epoch: EpochId, mail: &Listed, arrived: Timestamp) -> Result<Option<DeliveryId>> {
    let (uid, name) = match &mail.key {
        Key::Uid(uid) => (uid.0, ""),
        Key::Name(name) => (0, name.as_str()),
    };
    let sql = "INSERT INTO delivery (epoch, uid, name, size, arrived, attempts) VALUES (?1, ?2, ?3, ?4, ?5, 1)
               ON CONFLICT (epoch, uid, name) DO NOTHING";
    let values = params![epoch.0, uid, name, signed(mail.size), arrived.as_second()];
    // Not RETURNING, which sets up a table of its own for every row.
    Ok((w.run(sql, values)? > 0).then(|| DeliveryId(w.tx.last_insert_rowid())))
}

pub(super) fn missing(id: DeliveryId) -> StoreError {
    StoreError::NotFound(format!("delivery {}", id.0))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, listed, mailbox, temporary};
    use super::*;

    #[test]
    fn enumerating_twice_gives_each_mail_once_and_moves_the_cursor_forward_only() {
        let (_dir, mut store) = temporary();
        let progress = store.open_epoch(&mailbox(), UidValidity(7), Some(Uid(3)), at(0)).unwrap();
        assert_eq!(progress.low_uid, Uid(1));
        let new = store.enumerate(progress.epoch, &[listed(1), listed(2)], Some(Uid(3)), at(1)).unwrap();
        assert_eq!(new.len(), 2);
        let again = store.enumerate(progress.epoch, &[listed(2), listed(3)], Some(Uid(2)), at(2)).unwrap();
        assert_eq!(again.iter().map(|p| p.key.clone()).collect::<Vec<_>>(), [Key::Uid(Uid(3))]);
        let progress = store.open_epoch(&mailbox(), UidValidity(7), Some(Uid(4)), at(3)).unwrap();
        assert_eq!(progress.low_uid, Uid(3));
    }

    #[test]
    fn an_attempt_interrupted_before_it_ended_is_offered_again_with_its_count() {
        let (dir, mut store) = temporary();
        let progress = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap();
        let new = store.enumerate(progress.epoch, &[listed(1), listed(2)], Some(Uid(3)), at(1)).unwrap();
        assert_eq!(store.count_attempts(&[new[0].id]).unwrap(), [2]);
        store.give_back(&[new[1].id]).unwrap();
        store.failed(new[0].id, "the worker was killed", at(90)).unwrap();
        drop(store);
        let mut store = Store::open(&super::super::Settings { path: dir.path().join("touchbase.db") }).unwrap();
        let mut attempts = |now| -> Vec<u32> {
            let retry = store.open_epoch(&mailbox(), UidValidity(7), None, now).unwrap().retry;
            retry.iter().map(|p| p.attempts).collect()
        };
        assert_eq!(attempts(at(89)), [0], "the one that failed waits");
        assert_eq!(attempts(at(90)), [2, 0]);
        assert_eq!(attempts(at(90) - LONGEST_REST), [0], "it waits as long as anything may");
        assert_eq!(attempts(at(89) - LONGEST_REST), [2, 0], "the clock was set back");
        store.vanished(&[new[0].id, new[1].id]).unwrap();
        assert!(store.open_epoch(&mailbox(), UidValidity(7), None, at(3)).unwrap().retry.is_empty());
    }

    #[test]
    fn a_changed_validity_and_a_uidnext_that_went_down_each_open_an_epoch() {
        let (_dir, mut store) = temporary();
        let mut open = |validity, next| store.open_epoch(&mailbox(), UidValidity(validity), next, at(0)).unwrap().epoch;
        let first = open(7, Some(Uid(10)));
        assert_eq!(open(7, Some(Uid(12))), first);
        assert_eq!(open(7, None), first);
        let second = open(7, Some(Uid(11)));
        assert_ne!(second, first);
        let third = open(8, Some(Uid(11)));
        assert_ne!(third, second);
        assert_ne!(open(7, Some(Uid(12))), first, "an old promise is not believed again");
    }

    #[test]
    fn what_waited_under_old_numbers_waits_no_more() {
        let (_dir, mut store) = temporary();
        let first = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        store.enumerate(first, &[listed(1), listed(2)], Some(Uid(3)), at(1)).unwrap();
        let second = store.open_epoch(&mailbox(), UidValidity(8), None, at(2)).unwrap();
        assert_eq!((second.low_uid, second.retry), (Uid(1), vec![]));
        assert_eq!(store.status().unwrap().mailboxes.iter().map(|m| m.pending).sum::<u64>(), 0);
    }

    #[test]
    fn names_and_uids_are_keys_side_by_side() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(0), None, at(0)).unwrap().epoch;
        let named = Listed { key: Key::Name("1700000000.M1P2.host".into()), ..listed(1) };
        store.enumerate(epoch, &[named.clone(), listed(1)], None, at(0)).unwrap();
        assert_eq!(store.enumerate(epoch, std::slice::from_ref(&named), None, at(0)).unwrap(), []);
        let retry = store.open_epoch(&mailbox(), UidValidity(0), None, at(0)).unwrap().retry;
        assert_eq!(retry.iter().map(|p| p.key.clone()).collect::<Vec<_>>(), [named.key, Key::Uid(Uid(1))]);
    }

    #[test]
    fn an_attempt_at_nothing_is_not_found() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        let known = store.enumerate(epoch, &[listed(1)], None, at(0)).unwrap()[0].id;
        assert!(matches!(store.count_attempts(&[known, DeliveryId(4)]), Err(StoreError::NotFound(_))));
        assert_eq!(store.count_attempts(&[known]).unwrap(), [2], "nothing was counted with what is not there");
    }
}
