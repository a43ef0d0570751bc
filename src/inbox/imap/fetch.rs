//! From mails that were listed to bytes in the ledger.
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

use tokio::time::sleep;

use super::response::Fetched;
use super::session::{Answer, Said, Untagged};
use super::sync::{GROUP, LINE, Reader};
use super::text;
use crate::inbox::{Attempt, BEGINNING, InboxError, Ledger, State, WHOLE};
use crate::mailbox::{Delivery, DeliveryId, Key, Pending, Uid};

/// Bytes fetched with one command.
const GROUP_BYTES: u64 = 8 * 1024 * 1024;
/// Taken for a mail's size when the server states none.
const UNSTATED: u64 = 1024 * 1024;
/// Connections one mail may break before that counts as its failure.
const STRIKES: u32 = 3;

impl<L: Ledger> Reader<'_, L> {
    /// Fetches mails whose attempt is counted, many with one command.
    pub(super) async fn fetch_in_groups(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
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
    /// the next, so that whatever breaks is known by name. One that was in hand alone comes last and after a pause: if
    /// it does end us, everything else went first; if somebody killed us, that is not taken for its doing.
    pub(super) async fn try_again(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
        let (innocent, mut suspect): (Vec<_>, Vec<_>) = mails.into_iter().partition(|mail| mail.attempts == 0);
        suspect.sort_by_key(|mail| mail.attempts);
        for mail in &innocent {
            self.ledger.count_attempt(mail.id).await?;
        }
        self.fetch_in_groups(innocent).await?;
        // Nothing else is in hand while a suspect is: should we end now, it was the one.
        self.ledger.settled().await?;
        for mail in suspect {
            if mail.attempts > 1 {
                sleep(self.settings.patience.pause).await;
            }
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
                self.give_back(missing, alone, &give_up).await?;
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
    async fn give_back(
        &mut self,
        missing: BTreeMap<u32, Pending>,
        alone: bool,
        give_up: &Option<String>,
    ) -> Result<(), InboxError> {
        self.memory.group = (self.memory.group / 4).max(1);
        let mut innocent = Vec::new();
        for mail in missing.into_values() {
            let strikes = self.memory.strikes.entry(mail.id).or_default();
            *strikes += u32::from(alone);
            if *strikes < STRIKES {
                innocent.push(mail.id);
            } else {
                self.one_failed(mail, "the connection breaks whenever it is fetched".into(), give_up).await?;
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
