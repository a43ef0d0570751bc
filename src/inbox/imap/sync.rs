//! From a folder's numbers to mails in the ledger: list a window, record it, fetch, hand over.
//!
//! What is concluded from what (hazards of a protocol in which nothing is atomic):
//!
//! | the server | means |
//! |---|---|
//! | tagged OK, a UID of the window not listed | a hole for good, the cursor passes it |
//! | tagged OK, a mail asked for and not mentioned | it was removed since: vanished |
//! | a mail mentioned without its body | that mail failed |
//! | NO or BAD to a group | nobody's fault: each mail is asked for alone |
//! | NO or BAD to one mail | that mail failed |
//! | the connection breaks | attempts are given back, groups become smaller, and who breaks it alone fails |

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::response::Fetched;
use super::session::{Answer, Said, Session, Untagged};
use super::{Settings, text};
use crate::inbox::{Attempt, BEGINNING, InboxError, Ledger, State, WHOLE, WINDOW};
use crate::mailbox::{Delivery, DeliveryId, EpochId, Key, Listed, Mailbox, Pending, Uid};

/// Mails and bytes fetched with one command: enough to hide the round trip, little enough to lose.
const GROUP: usize = 200;
const GROUP_BYTES: u64 = 8 * 1024 * 1024;
/// Taken for a mail's size when the server states none.
const UNSTATED: u64 = 1024 * 1024;
/// What a listed mail takes in an answer.
const LINE: u64 = 200;
/// Connections one mail may break before that counts as its failure.
const STRIKES: u32 = 3;

/// What a folder's reader remembers from one connection to the next.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Mails in a group, made smaller when connections break.
    group: usize,
    /// Connections that broke while this mail alone was fetched.
    strikes: BTreeMap<DeliveryId, u32>,
    /// Mails handed over since the folder was last quiet.
    pub handed: u64,
    /// Whether a login ever succeeded.
    pub connected: bool,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { group: GROUP, strikes: BTreeMap::new(), handed: 0, connected: false }
    }
}

/// A folder being read over one connection.
pub struct Reader<'a, L> {
    pub session: &'a mut Session,
    pub ledger: &'a Arc<L>,
    pub settings: &'a Settings,
    pub mailbox: &'a Mailbox,
    pub memory: &'a mut Memory,
    /// Whether the folder holds what its owner sent.
    pub sent: bool,
    /// The epoch, once the folder is open.
    pub epoch: EpochId,
    /// The first UID not enumerated.
    pub low: u32,
}

impl<'a, L: Ledger> Reader<'a, L> {
    /// Before the folder is opened.
    pub async fn new(
        session: &'a mut Session,
        ledger: &'a Arc<L>,
        settings: &'a Settings,
        mailbox: &'a Mailbox,
        memory: &'a mut Memory,
    ) -> Result<Reader<'a, L>, InboxError> {
        let sent = session.is_sent(&mailbox.folder).await?;
        Ok(Reader { session, ledger, settings, mailbox, memory, sent, epoch: EpochId(0), low: 1 })
    }

    /// Opens the folder afresh and reads everything that is new or was not settled. Returns how many mails it tried
    /// again.
    pub async fn catch_up(&mut self) -> Result<usize, InboxError> {
        let opened = self.session.examine(&self.mailbox.folder).await?;
        let next = match opened.next {
            Some(next) => next,
            None => self.find_next(opened.exists).await?,
        };
        // What is still in flight would look like what failed.
        self.ledger.settled().await?;
        let progress = self.ledger.open_epoch(self.mailbox, opened.validity, Some(Uid(next))).await?;
        (self.epoch, self.low) = (progress.epoch, progress.low_uid.0.max(1));
        self.read_up_to(next).await?;
        let again = progress.retry.len();
        self.try_again(progress.retry).await?;
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
        match known {
            Some(uids) => {
                for window in uids.chunks(WINDOW) {
                    let listed = self.list(window).await?;
                    let after = window.last().map_or(self.low, |&last| last.saturating_add(1));
                    self.record(listed, after).await?;
                }
                self.pass_over(next).await
            }
            None => {
                while self.low < next {
                    let after = self.low.saturating_add(WINDOW as u32).min(next);
                    let uids: Vec<u32> = (self.low..after).collect();
                    let listed = self.list(&uids).await?;
                    self.record(listed, after).await?;
                }
                Ok(())
            }
        }
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
        let command = format!("UID SEARCH UID {}:{}{since}", range.start, next.saturating_sub(1));
        let mut uids = BTreeSet::new();
        let mut note = |untagged| {
            if let Untagged::Search(found) = untagged {
                uids.extend(found.into_iter().filter(|uid| range.contains(uid)));
            }
        };
        let room = u64::from(self.session.folder.exists) * 12;
        match self.session.exchange(&command, room, &mut note).await? {
            Answer::Done(_) => Ok(Some(uids.into_iter().collect())),
            Answer::Refused(_) => Ok(None),
        }
    }

    /// What the server tells of these UIDs, after its tagged OK.
    async fn list(&mut self, uids: &[u32]) -> Result<BTreeMap<u32, Fetched>, InboxError> {
        let asked: BTreeSet<u32> = uids.iter().copied().collect();
        let mut listed = BTreeMap::new();
        let mut note = |untagged| {
            if let Untagged::Fetch(mail) = untagged
                && let Some(uid) = mail.uid.filter(|uid| asked.contains(uid))
                && (mail.size.is_some() || mail.arrived.is_some())
            {
                listed.insert(uid, mail);
            }
        };
        let command = format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE)", text::set(uids));
        let room = uids.len() as u64 * LINE;
        self.session.exchange(&command, room, &mut note).await?.or_retry("to list mails")?;
        Ok(listed)
    }

    /// Records a window and fetches what is new in it.
    async fn record(&mut self, listed: BTreeMap<u32, Fetched>, after: u32) -> Result<(), InboxError> {
        let listed = listed.into_iter().map(|(uid, mail)| Listed {
            key: Key::Uid(Uid(uid)),
            size: mail.size.unwrap_or(0),
            arrived: mail.arrived,
        });
        let listed = listed.filter(|mail| self.young_enough(mail)).collect();
        let new = self.ledger.enumerate(self.epoch, listed, Some(Uid(after))).await?;
        self.low = after;
        self.fetch_in_groups(new).await
    }

    fn young_enough(&self, mail: &Listed) -> bool {
        match (self.settings.since, mail.arrived) {
            (Some(day), Some(arrived)) => arrived.to_zoned(TimeZone::UTC).date() >= day,
            _ => true,
        }
    }

    async fn fetch_in_groups(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
        let mut waiting = mails.into_iter().peekable();
        while waiting.peek().is_some() {
            let mut group = Vec::new();
            let mut bytes = 0;
            while let Some(mail) = waiting.next_if(|mail| {
                let fits = group.len() < self.memory.group && bytes + expected(mail) <= GROUP_BYTES;
                group.is_empty() || (fits && mail.size <= WHOLE)
            }) {
                bytes += expected(&mail);
                let alone = mail.size > WHOLE;
                group.push(mail);
                if alone {
                    break;
                }
            }
            let ids: Vec<DeliveryId> = group.iter().map(|mail| mail.id).collect();
            let result = self.fetch(group, None).await;
            if let Err(error) = result {
                // Those behind this group were counted with their listing and never tried.
                let rest: Vec<DeliveryId> = waiting.map(|mail| mail.id).collect();
                tracing::debug!(group = ids.len(), behind = rest.len(), "group was not fetched");
                self.ledger.give_back(rest).await?;
                return Err(error);
            }
            self.ledger.state(self.mailbox, State::Reading { mails: self.memory.handed });
        }
        Ok(())
    }

    /// Mails whose attempts were given back go in groups again; those that failed go one by one, each settled before
    /// the next, so that whatever breaks is known by name.
    async fn try_again(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
        let (innocent, suspect): (Vec<_>, Vec<_>) = mails.into_iter().partition(|mail| mail.attempts == 0);
        for mail in &innocent {
            self.ledger.count_attempt(mail.id).await?;
        }
        self.fetch_in_groups(innocent).await?;
        for mail in suspect {
            let give_up = match self.ledger.count_attempt(mail.id).await? {
                Attempt::Go => None,
                Attempt::GiveUp => Some(format!("it failed {} times", mail.attempts)),
            };
            self.fetch(vec![mail], give_up).await?;
            self.ledger.settled().await?;
        }
        Ok(())
    }

    /// Fetches one group, or one mail. On an error what did not come is given back.
    async fn fetch(&mut self, group: Vec<Pending>, give_up: Option<String>) -> Result<(), InboxError> {
        let alone = group.len() == 1;
        let mut missing: BTreeMap<u32, Pending> = BTreeMap::new();
        for mail in group {
            match mail.key {
                Key::Uid(Uid(uid)) => drop(missing.insert(uid, mail)),
                Key::Name(_) => self.ledger.failed(mail.id, "it has no UID".into()).await?,
            }
        }
        let mut mentioned = BTreeSet::new();
        match self.receive(&mut missing, &mut mentioned, give_up.as_ref()).await {
            Ok(None) => {
                self.memory.group = (self.memory.group * 2).min(GROUP);
                self.conclude(missing, &mentioned, give_up).await
            }
            Ok(Some(refusal)) if alone => {
                for mail in missing.into_values() {
                    self.one_failed(mail, format!("the server does not hand it over: {refusal}"), &give_up).await?;
                }
                Ok(())
            }
            Ok(Some(_)) => self.one_by_one(missing).await,
            Err(error) => {
                self.give_back(missing, alone).await?;
                Err(error)
            }
        }
    }

    /// Sends the command and hands over what comes. `Some` holds the words of a refusal.
    async fn receive(
        &mut self,
        missing: &mut BTreeMap<u32, Pending>,
        mentioned: &mut BTreeSet<u32>,
        give_up: Option<&String>,
    ) -> Result<Option<String>, InboxError> {
        let uids: Vec<u32> = missing.keys().copied().collect();
        let large = missing.values().any(|mail| mail.size > WHOLE);
        let part = if large { format!("<0.{BEGINNING}>") } else { String::new() };
        // A size may be a lie; a mail alone may be as large as any mail.
        let bytes = if large {
            BEGINNING
        } else if uids.len() == 1 {
            WHOLE
        } else {
            missing.values().map(|mail| expected(mail) + LINE).sum()
        };
        let tag = self.session.begin(&format!("UID FETCH {} (UID BODY.PEEK[]{part})", text::set(&uids))).await?;
        let mut budget = self.session.budget(bytes);
        loop {
            match self.session.next(&mut budget).await? {
                Said::Untagged(Untagged::Fetch(Fetched { uid: Some(uid), body, .. })) => {
                    mentioned.insert(uid);
                    if let Some(body) = body
                        && let Some(mail) = missing.remove(&uid)
                    {
                        self.hand_over(mail, body, give_up.cloned()).await?;
                    }
                }
                Said::Untagged(_) => {}
                Said::Tagged(ended, outcome) if ended == tag => {
                    return Ok(match self.session.judged(outcome)? {
                        Answer::Done(_) => None,
                        Answer::Refused(outcome) => Some(outcome.text),
                    });
                }
                Said::Tagged(..) | Said::Continue => return Err(self.session.confused()),
            }
        }
    }

    async fn hand_over(&mut self, mail: Pending, bytes: Vec<u8>, give_up: Option<String>) -> Result<(), InboxError> {
        self.memory.handed += 1;
        self.memory.strikes.remove(&mail.id);
        let delivery = Delivery {
            mailbox: self.mailbox.clone(),
            route: self.settings.route,
            sent_folder: self.sent,
            arrived: mail.arrived.unwrap_or_else(self.settings.clock),
            size: mail.size.max(bytes.len() as u64),
            bytes,
        };
        Ok(self.ledger.deliver(mail.id, delivery, give_up).await?)
    }

    /// After a tagged OK: what did not come was removed, unless it was mentioned.
    async fn conclude(
        &mut self,
        missing: BTreeMap<u32, Pending>,
        mentioned: &BTreeSet<u32>,
        give_up: Option<String>,
    ) -> Result<(), InboxError> {
        let (failed, gone): (Vec<_>, Vec<_>) = missing.into_iter().partition(|(uid, _)| mentioned.contains(uid));
        if !gone.is_empty() {
            self.ledger.vanished(gone.into_iter().map(|(_, mail)| mail.id).collect()).await?;
        }
        for (_, mail) in failed {
            self.one_failed(mail, "the server mentions it without its text".into(), &give_up).await?;
        }
        Ok(())
    }

    /// A mail given up is kept as what could be had of it: nothing.
    async fn one_failed(&mut self, mail: Pending, why: String, give_up: &Option<String>) -> Result<(), InboxError> {
        match give_up {
            Some(_) => self.hand_over(mail, Vec::new(), Some(why)).await,
            None => {
                self.memory.handed += 1;
                Ok(self.ledger.failed(mail.id, why).await?)
            }
        }
    }

    /// The server refused a group. Their attempt is counted already; each gets its own answer.
    async fn one_by_one(&mut self, missing: BTreeMap<u32, Pending>) -> Result<(), InboxError> {
        self.session.command("NOOP").await?.or_retry("NOOP")?;
        let mut waiting = missing.into_values();
        while let Some(mail) = waiting.next() {
            if let Err(error) = Box::pin(self.fetch(vec![mail], None)).await {
                self.ledger.give_back(waiting.map(|mail| mail.id).collect()).await?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// The connection broke. That is not the mails' fault, unless it always breaks at the same one.
    async fn give_back(&mut self, missing: BTreeMap<u32, Pending>, alone: bool) -> Result<(), InboxError> {
        self.memory.group = (self.memory.group / 4).max(1);
        let mut innocent = Vec::new();
        for mail in missing.into_values() {
            let strikes = self.memory.strikes.entry(mail.id).or_default();
            *strikes += u32::from(alone);
            if *strikes < STRIKES {
                innocent.push(mail.id);
            } else {
                self.ledger.failed(mail.id, "the connection breaks whenever it is fetched".into()).await?;
            }
        }
        self.memory.strikes.retain(|_, strikes| *strikes > 0);
        Ok(self.ledger.give_back(innocent).await?)
    }
}

fn expected(mail: &Pending) -> u64 {
    match mail.size {
        0 => UNSTATED,
        size if size > WHOLE => BEGINNING,
        size => size,
    }
}
