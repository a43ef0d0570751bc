//! How long to leave a mailbox alone, kept across restarts; and when it was last compared with what is known.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

use super::epochs::mailbox_id;
use super::value::{instant, maybe_instant};
use super::{EpochId, Reader, Result, Store};
use crate::failpoint::Step;
use crate::mailbox::{Comparison, Mailbox, Uid, Wait, Waiting};

impl Reader {
    /// Why a mailbox was last left alone, if it has not been read since.
    pub fn waiting(&self, mailbox: &Mailbox) -> Result<Option<Waiting>> {
        let sql = "SELECT last_failure, next_try, wait, coalesce(failure, '') AS reason FROM mailbox
                   WHERE name = ?1 AND folder = ?2
                   AND last_failure IS NOT NULL AND next_try IS NOT NULL AND wait IS NOT NULL";
        let found = self.conn.prepare_cached(sql)?.query_row(params![mailbox.name, mailbox.folder], |row| {
            let wait = wait_of(&row.get::<_, String>("wait")?);
            Ok(Waiting {
                since: instant(row, "last_failure")?,
                until: instant(row, "next_try")?,
                wait,
                reason: row.get("reason")?,
            })
        });
        Ok(found.optional()?)
    }
}

impl Store {
    /// A mailbox was read to the end.
    pub fn note_success(&mut self, mailbox: &Mailbox, now: Timestamp) -> Result<()> {
        self.write(Step::NoteSuccess, |w| {
            let sql = "UPDATE mailbox SET last_success = ?2, last_failure = NULL, failure = NULL, next_try = NULL,
                       wait = NULL WHERE id = ?1";
            w.run(sql, params![mailbox_id(w, mailbox)?, now.as_second()])?;
            Ok(())
        })
    }

    /// A mailbox could not be read. `reason` is for the operator and holds neither secrets nor words of mails.
    /// What a server asked for stands until it is over, whatever else goes wrong meanwhile.
    pub fn note_failure(
        &mut self,
        mailbox: &Mailbox,
        reason: &str,
        now: Timestamp,
        next_try: Timestamp,
        wait: Wait,
    ) -> Result<()> {
        self.write(Step::NoteFailure, |w| {
            let asked = "wait = 'server' AND next_try > max(?2, ?4) AND ?5 <> 'server'";
            let sql = format!(
                "UPDATE mailbox SET last_failure = ?2, failure = ?3,
                 next_try = CASE WHEN {asked} THEN next_try ELSE ?4 END,
                 wait = CASE WHEN {asked} THEN wait ELSE ?5 END WHERE id = ?1"
            );
            let id = mailbox_id(w, mailbox)?;
            w.run(&sql, params![id, now.as_second(), reason, next_try.as_second(), word(wait)])?;
            Ok(())
        })
    }

    /// What a comparison has to know of the epoch. `since` is the day before which mails are left alone now; the
    /// latest such day is remembered, so that what was left alone once is not taken for something that was missed.
    pub fn comparison(&mut self, epoch: EpochId, since: Option<Date>) -> Result<Comparison> {
        self.write(Step::NoteSince, |w| {
            if let Some(day) = since.map(|day| day.to_string()) {
                let sql = "UPDATE epoch SET since = ?2 WHERE id = ?1 AND coalesce(since, '') < ?2";
                w.run(sql, params![epoch.0, day])?;
            }
            let sql = "SELECT coalesce(compared_at, opened_at) AS at, since FROM epoch WHERE id = ?1";
            let found = w.tx.prepare_cached(sql)?.query_row([epoch.0], |row| {
                let since = row.get::<_, Option<String>>("since")?;
                Ok(Comparison { last: maybe_instant(row, "at")?, since: since.and_then(|day| day.parse().ok()) })
            });
            Ok(found.optional()?.unwrap_or_default())
        })
    }

    /// Of the UIDs that are there, those nobody knows; and that they were compared now.
    pub fn unknown(&mut self, epoch: EpochId, present: &[Uid], now: Timestamp) -> Result<Vec<Uid>> {
        self.write(Step::NoteComparison, |w| {
            w.run("UPDATE epoch SET compared_at = ?2 WHERE id = ?1", params![epoch.0, now.as_second()])?;
            let mut known = w.tx.prepare_cached("SELECT 1 AS one FROM delivery WHERE epoch = ?1 AND uid = ?2")?;
            let mut unknown = Vec::new();
            for uid in present {
                if !known.exists(params![epoch.0, uid.0])? {
                    unknown.push(*uid);
                }
            }
            Ok(unknown)
        })
    }
}

const WORDS: [(Wait, &str); 4] =
    [(Wait::Server, "server"), (Wait::Login, "login"), (Wait::Network, "network"), (Wait::Person, "person")];

fn word(wait: Wait) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == wait).map_or("network", |(_, word)| word)
}

fn wait_of(word: &str) -> Wait {
    WORDS.iter().find(|(_, known)| *known == word).map_or(Wait::Network, |(wait, _)| *wait)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, listed, mailbox, temporary};
    use super::*;
    use crate::mailbox::UidValidity;

    #[test]
    fn a_wait_is_known_to_the_next_start_until_the_mailbox_was_read() {
        let (_dir, mut store) = temporary();
        assert_eq!(store.waiting(&mailbox()).unwrap(), None);
        store.note_failure(&mailbox(), "throttled", at(1), at(16), Wait::Server).unwrap();
        let waiting = Waiting { since: at(1), until: at(16), wait: Wait::Server, reason: "throttled".into() };
        assert_eq!(store.waiting(&mailbox()).unwrap(), Some(waiting));
        store.note_success(&mailbox(), at(17)).unwrap();
        assert_eq!(store.waiting(&mailbox()).unwrap(), None);
    }

    #[test]
    fn what_a_server_asked_for_is_not_shortened_by_what_else_goes_wrong() {
        let (_dir, mut store) = temporary();
        store.note_failure(&mailbox(), "throttled", at(1), at(16), Wait::Server).unwrap();
        store.note_failure(&mailbox(), "no network", at(2), at(3), Wait::Network).unwrap();
        let waiting = store.waiting(&mailbox()).unwrap().unwrap();
        assert_eq!((waiting.until, waiting.wait, waiting.reason.as_str()), (at(16), Wait::Server, "no network"));
        store.note_failure(&mailbox(), "throttled less", at(4), at(5), Wait::Server).unwrap();
        assert_eq!(store.waiting(&mailbox()).unwrap().unwrap().until, at(5), "its latest word counts");
        store.note_failure(&mailbox(), "no network", at(6), at(7), Wait::Network).unwrap();
        assert_eq!(store.waiting(&mailbox()).unwrap().unwrap().wait, Wait::Network, "that one was over");
    }

    #[test]
    fn what_nobody_knows_is_told_and_comparing_is_remembered() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        store.enumerate(epoch, &[listed(1), listed(3)], Some(Uid(4)), at(0)).unwrap();
        let last = |store: &mut Store| store.comparison(epoch, None).unwrap().last;
        assert_eq!(last(&mut store), Some(at(0)), "all were listed when it was opened");
        let unknown = store.unknown(epoch, &[Uid(1), Uid(2), Uid(3)], at(400)).unwrap();
        assert_eq!((unknown, last(&mut store)), (vec![Uid(2)], Some(at(400))));
    }

    #[test]
    fn the_latest_day_before_which_mails_were_left_alone_is_remembered() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        let day = |month| Some(jiff::civil::date(2026, month, 1));
        let mut since = |now| store.comparison(epoch, now).unwrap().since;
        assert_eq!(since(None), None);
        assert_eq!((since(day(3)), since(day(2)), since(None)), (day(3), day(3), day(3)));
    }
}
