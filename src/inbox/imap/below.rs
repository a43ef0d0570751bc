//! Mails that turn up below the cursor.
//!
//! UIDs only grow (RFC 3501, 2.3.1.1), but servers made of several machines have given out low ones late. So every few
//! hours the mails of the last days are compared with those known. That costs one search and its answer, however large
//! the folder is, and a listing of what is missing, which is nothing on a server that keeps its promise.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::folder::Searched;
use super::sync::Reader;
use crate::inbox::{InboxError, Ledger, WINDOW};
use crate::mailbox::Uid;

/// How far back mails are looked for, in days.
const DAYS: i64 = 7;

impl<L: Ledger> Reader<'_, L> {
    /// Looks for mails below the cursor that are not known, if it is time to, and reads them.
    pub async fn look_below(&mut self) -> Result<(), InboxError> {
        let now = (self.settings.clock)();
        let comparison = self.ledger.comparison(self.epoch, self.settings.since).await?;
        if self.low <= 1 || !self.is_due(comparison.last, now) {
            return Ok(());
        }
        // A server that does not want to say tells nothing; the cursor is not moved by any of this.
        let Some(present) = self.recent(comparison.since, now).await? else { return Ok(()) };
        let unknown = self.ledger.unknown(self.epoch, present).await?;
        if unknown.is_empty() {
            return Ok(());
        }
        tracing::warn!(mailbox = %self.mailbox.name, folder = %self.mailbox.folder, mails = unknown.len(),
            "mails turned up below what was read already");
        let unknown: Vec<u32> = unknown.into_iter().map(|Uid(uid)| uid).collect();
        for window in unknown.chunks(WINDOW) {
            let mut listed = self.list(window).await?;
            listed.retain(|_, mail| {
                let day = mail.arrived.map(|arrived| arrived.to_zoned(TimeZone::UTC).date());
                day.zip(comparison.since).is_none_or(|(day, since)| day >= since)
            });
            self.record(listed, self.low).await?;
        }
        Ok(())
    }

    fn is_due(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        let every = SignedDuration::try_from(self.settings.patience.comparison).unwrap_or(SignedDuration::MAX);
        // A clock that was set back is no reason to wait for it.
        last.is_none_or(|last| now < last || now.duration_since(last) >= every)
    }

    /// The UIDs below the cursor whose mails arrived in the last days; `None` when that cannot be told.
    async fn recent(&mut self, since: Option<Date>, now: Timestamp) -> Result<Option<Vec<Uid>>, InboxError> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let past = today.checked_sub(DAYS.days()).unwrap_or(today);
        // What is older was left alone on purpose. A day more, as the server's day may be another.
        let day = since.map_or(past, |since| since.max(past));
        let day = day.checked_sub(1.day()).unwrap_or(day);
        let last = self.low.saturating_sub(1);
        Ok(match self.session.search(&format!("UID 1:{last} SINCE {}", day.strftime("%-d-%b-%Y"))).await? {
            Searched::Found(found) => Some(found.range(1..=last).copied().map(Uid).collect()),
            Searched::Silence | Searched::Unknown => None,
        })
    }
}
