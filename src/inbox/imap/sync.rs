//! How far a folder is read: list a window, record it, have what is new fetched.
//!
//! The cursor moves only with a listing that ended in a tagged OK, and never by a number the server did not say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use tokio::time::sleep;

use super::folder::Searched;
use super::response::Fetched;
use super::session::{Opened, Session, Untagged};
use super::{Settings, text};
use crate::inbox::{InboxError, Ledger, WINDOW};
use crate::mailbox::{DeliveryId, EpochId, Key, Listed, Mailbox, Pending, Uid, UidValidity};

/// Mails fetched with one command: enough to hide the round trip, little enough to lose.
pub(super) const GROUP: usize = 200;
/// What a listed mail takes in an answer.
pub(super) const LINE: u64 = 200;
/// How long until a clock of whole seconds has moved on.
const CLOCK: Duration = Duration::from_millis(1_100);
/// What a folder's reader remembers from one connection to the next.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Mails in a group, made smaller when connections break.
    pub(super) group: usize,
    /// Whether large mails are asked what they are made of: until that goes wrong.
    pub(super) structures: bool,
    /// The promise of a server without UIDNEXT that was seen to hold.
    pub(super) steady: UidValidity,
    /// Whether the folder holds what its owner sent, once there was a reason to ask.
    pub(super) sent: Option<bool>,
    /// Connections that broke while this mail alone was fetched.
    pub(super) strikes: BTreeMap<DeliveryId, u32>,
    /// Mails handed over since the folder was last quiet.
    pub handed: u64,
    /// Whether a login ever succeeded.
    pub connected: bool,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            group: GROUP,
            structures: true,
            steady: UidValidity(0),
            sent: None,
            strikes: BTreeMap::new(),
            handed: 0,
            connected: false,
        }
    }
}

/// A folder being read over one connection.
pub struct Reader<'a, L> {
    pub session: &'a mut Session,
    pub ledger: &'a Arc<L>,
    pub settings: &'a Settings,
    pub mailbox: &'a Mailbox,
    pub memory: &'a mut Memory,
    /// The epoch, once the folder is open.
    pub epoch: EpochId,
    /// The first UID not enumerated.
    pub low: u32,
}

impl<'a, L: Ledger> Reader<'a, L> {
    /// Before the folder is opened.
    pub fn new(
        session: &'a mut Session,
        ledger: &'a Arc<L>,
        settings: &'a Settings,
        mailbox: &'a Mailbox,
        memory: &'a mut Memory,
    ) -> Reader<'a, L> {
        Reader { session, ledger, settings, mailbox, memory, epoch: EpochId(0), low: 1 }
    }

    /// Opens the folder afresh and reads everything that is new or was not settled. Returns how many mails it tried
    /// again.
    pub async fn catch_up(&mut self) -> Result<usize, InboxError> {
        let opened = self.open_steadily().await?;
        let next = match opened.next {
            Some(next) => next,
            None => self.find_next(opened.exists).await?,
        };
        // What is still in flight would look like what failed.
        self.ledger.settled().await?;
        // Only the server's own word may tell that its numbers went down: what was found out here goes down whenever
        // somebody deletes the newest mail.
        let progress = self.ledger.open_epoch(self.mailbox, opened.validity, opened.next.map(Uid)).await?;
        (self.epoch, self.low) = (progress.epoch, progress.low_uid.0.max(1));
        self.read_up_to(next).await?;
        let again = progress.retry.len();
        self.try_again(progress.retry).await?;
        Ok(again)
    }

    /// Whether everything that lay in the folder is settled, and the server spoke of nothing new while it was read. It
    /// is not asked: to some that is as much work as opening the folder, and what came meanwhile is the next pass's.
    /// `handed` is how many mails were handed over before the folder was opened.
    pub async fn is_done(&mut self, handed: u64) -> Result<bool, InboxError> {
        if self.memory.handed == handed {
            // It was opened a moment ago.
            return Ok(!self.session.news);
        }
        // What is still in flight would look like what failed.
        self.ledger.settled().await?;
        let progress = self.ledger.open_epoch(self.mailbox, self.session.folder.validity, None).await?;
        Ok(!self.session.news && progress.retry.is_empty())
    }

    /// Opens the folder for reading only. Courier writes its numbers down only for those who open a folder to change
    /// it: one that nobody has opened so is numbered anew, by the clock, at every opening, and would be read anew as
    /// often. Such a folder is opened to be changed once, and nothing is changed.
    async fn open_steadily(&mut self) -> Result<Opened, InboxError> {
        let folder = &self.mailbox.folder;
        let opened = self.session.examine(folder).await?;
        if opened.next.is_some() || opened.exists == 0 || opened.validity == self.memory.steady {
            return Ok(opened);
        }
        // Without UIDNEXT it is such a server, and its clock has to move on for its numbers to show what they are.
        sleep(CLOCK).await;
        let mut again = self.session.examine(folder).await?;
        if again.validity != opened.validity {
            self.session.select(folder).await?;
            again = self.session.examine(folder).await?;
        }
        self.memory.steady = again.validity;
        Ok(again)
    }

    /// After the server spoke of new mail: reads the next window at once, without asking how far it goes.
    pub async fn arrivals(&mut self) -> Result<(), InboxError> {
        while std::mem::take(&mut self.session.news) {
            let last = self.low.saturating_add(WINDOW as u32 - 1);
            let uids: Vec<u32> = (self.low..=last).collect();
            let listed = self.list(&uids).await?;
            let Some(highest) = listed.keys().next_back().copied() else {
                // Not where it was expected: the numbers jumped, or the server counts otherwise.
                self.catch_up().await?;
                continue;
            };
            // More may have come behind a full window.
            self.session.news |= listed.len() == WINDOW;
            self.record(listed, highest.saturating_add(1)).await?;
        }
        Ok(())
    }

    /// The UID after the last mail's, from a server that does not tell the next one.
    async fn find_next(&mut self, exists: u32) -> Result<u32, InboxError> {
        if exists == 0 {
            return Ok(1);
        }
        let mut highest = 0;
        let mut note = |untagged| {
            if let Untagged::Fetch(Fetched { uid: Some(uid), .. }) = untagged {
                highest = highest.max(uid);
            }
        };
        self.session.exchange(&format!("FETCH {exists} (UID)"), LINE, &mut note).await?.or_retry("FETCH")?;
        match highest {
            0 => Err(InboxError::Retry("the server does not tell the last mail's number".into())),
            uid => Ok(uid.saturating_add(1)),
        }
    }

    async fn read_up_to(&mut self, next: u32) -> Result<(), InboxError> {
        let span = next.saturating_sub(self.low) as usize;
        // Over long stretches it is cheaper to ask which numbers are there, and which are young enough.
        let known = if span > WINDOW { self.search(next).await? } else { None };
        let windows = match known {
            Some(uids) => uids.chunks(WINDOW).map(|window| Window::of(window.to_vec())).collect(),
            None => {
                (self.low..next).step_by(WINDOW).map(|low| Window::of((low..next).take(WINDOW).collect())).collect()
            }
        };
        self.read_windows(windows).await?;
        self.pass_over(next).await
    }

    /// Moves the cursor over a stretch without mails.
    async fn pass_over(&mut self, next: u32) -> Result<(), InboxError> {
        if self.low < next {
            self.record(BTreeMap::new(), next).await?;
        }
        Ok(())
    }

    /// The UIDs between the cursor and `next`, those too old left out; `None` when the server does not want to say.
    async fn search(&mut self, next: u32) -> Result<Option<Vec<u32>>, InboxError> {
        let range = self.low..next;
        // The server's day may be another than ours: a day is added here, and the listing decides.
        let since = self.settings.since.and_then(|day| day.checked_sub(1.day()).ok());
        let since = since.map(|day| day.strftime(" SINCE %-d-%b-%Y").to_string()).unwrap_or_default();
        let keys = format!("UID {}:{}{since}", range.start, next.saturating_sub(1));
        Ok(match self.session.search(&keys).await? {
            Searched::Found(uids) => Some(uids.range(range).copied().collect()),
            // Without an answer that can be read nothing was found out, not even that nothing is there.
            Searched::Silence | Searched::Unknown => None,
        })
    }

    /// What the server tells of these UIDs, after its tagged OK.
    pub(super) async fn list(&mut self, uids: &[u32]) -> Result<BTreeMap<u32, Fetched>, InboxError> {
        let window = Window::of(uids.to_vec());
        let mut listed = BTreeMap::new();
        let mut note = |untagged| {
            if let Untagged::Fetch(mail) = untagged {
                window.note(mail, &mut listed);
            }
        };
        self.session.exchange(&window.command(), window.room(), &mut note).await?.or_retry("to list mails")?;
        Ok(listed)
    }

    /// Records a window and fetches what is new in it.
    pub(super) async fn record(&mut self, listed: BTreeMap<u32, Fetched>, after: u32) -> Result<(), InboxError> {
        let new = self.enumerate(listed, after).await?;
        self.fetch_in_groups(new).await
    }

    /// Records a window; gives what is new in it.
    async fn enumerate(&mut self, listed: BTreeMap<u32, Fetched>, after: u32) -> Result<Vec<Pending>, InboxError> {
        let listed = self.to_record(listed);
        let new = self.ledger.enumerate(self.epoch, listed, Some(Uid(after))).await?;
        self.low = after;
        Ok(new)
    }

    /// What is recorded of mails that were listed.
    pub(super) fn to_record(&self, listed: BTreeMap<u32, Fetched>) -> Vec<Listed> {
        let listed = listed.into_iter().map(|(uid, mail)| Listed {
            key: Key::Uid(Uid(uid)),
            size: mail.size.unwrap_or(0),
            arrived: mail.arrived,
        });
        listed.filter(|mail| self.young_enough(mail)).collect()
    }

    fn young_enough(&self, mail: &Listed) -> bool {
        match (self.settings.since, mail.arrived) {
            (Some(day), Some(arrived)) => arrived.to_zoned(TimeZone::UTC).date() >= day,
            _ => true,
        }
    }
}

/// UIDs that are listed with one command.
pub(super) struct Window {
    asked: BTreeSet<u32>,
    /// Where the cursor stands when they are recorded.
    pub after: u32,
}

impl Window {
    fn of(uids: Vec<u32>) -> Window {
        let after = uids.last().map_or(1, |&last| last.saturating_add(1));
        Window { asked: uids.into_iter().collect(), after }
    }

    /// The command.
    pub fn command(&self) -> String {
        let uids: Vec<u32> = self.asked.iter().copied().collect();
        format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE)", text::set(&uids))
    }

    /// About how much the server answers, in bytes.
    pub fn room(&self) -> u64 {
        self.asked.len() as u64 * LINE
    }

    /// Takes what is told of a mail that was asked for. One described in a way that cannot be read is there all the
    /// same.
    pub fn note(&self, mail: Fetched, listed: &mut BTreeMap<u32, Fetched>) {
        if let Some(uid) = mail.uid.filter(|uid| self.asked.contains(uid))
            && (mail.size.is_some() || mail.arrived.is_some() || mail.unreadable)
        {
            // What was understood of a mail is not forgotten for what was not.
            let known = listed.entry(uid).or_default();
            if !mail.unreadable {
                *known = mail;
            }
        }
    }
}
