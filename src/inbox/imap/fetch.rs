//! From mails that were listed to bytes in the ledger.
//!
//! What is concluded from what (hazards of a protocol in which nothing is atomic):
//!
//! | the server | means |
//! |---|---|
//! | tagged OK, a UID of the window not listed | a hole for good, the cursor passes it |
//! | tagged OK, a mail asked for and not mentioned | it may have been removed: the server is asked whether it is there |
//! | the server does not find it either | vanished |
//! | a mail mentioned without its body | that mail failed |
//! | NO or BAD to a group | nobody's fault: each mail is asked for alone |
//! | NO or BAD to one mail | that mail failed |
//! | the connection breaks | attempts are given back, groups become smaller, and who breaks it alone fails |
//!
//! Several commands are under way at a time, so that the server never waits for us; answers are told apart by UID and
//! tag. After a connection broke it is one at a time, until all is well again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::time::sleep;

use super::flight::{Flight, Job, Listing, Recording, What, Work};
use super::folder::Searched;
use super::parts::Plan;
use super::response::Fetched;
use super::session::{Answer, Said, Untagged};
use super::sync::{GROUP, Reader, Window};
use super::text;
use super::wire::Budget;
use crate::inbox::{InboxError, Ledger, State, count_all, few_and_single, once_more};
use crate::mailbox::{Delivery, Key, Pending, Uid};

/// Bytes under way, above which no further command is sent.
const UNDER_WAY: u64 = 4 * 1024 * 1024;
/// Commands under way.
const COMMANDS: usize = 16;
/// Connections one mail may break before that counts as its failure.
const STRIKES: u32 = 3;

impl<L: Ledger> Reader<'_, L> {
    /// Lists windows one after the other, each while the mails of the one before are fetched, and fetches what is new.
    pub(super) async fn read_windows(&mut self, windows: VecDeque<Window>) -> Result<(), InboxError> {
        self.carry_out(Work { windows, ..Work::default() }).await
    }

    /// Fetches mails whose attempt is counted, many with one command.
    pub(super) async fn fetch_in_groups(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
        self.fetch(mails, None).await
    }

    /// Mails whose attempts were given back go as if they were new. Those that failed once, or were in hand when we ended,
    /// go a few at a time, and those that failed again one by one, each settled before the next: whatever breaks is
    /// known by name before it has failed too often, and most of a window that was cut short is soon read. One that
    /// failed again comes last and after a pause: if it does end us, everything else went first; if somebody killed us,
    /// that is not taken for its doing.
    pub(super) async fn try_again(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
        let (innocent, suspect): (Vec<_>, Vec<_>) = mails.into_iter().partition(|mail| mail.attempts == 0);
        count_all(self.ledger.as_ref(), &innocent).await?;
        self.fetch_in_groups(innocent).await?;
        // Nothing else is in hand while suspects are: should we end now, it was one of them.
        self.ledger.settled().await?;
        let (second, later) = few_and_single(suspect);
        for few in second {
            count_all(self.ledger.as_ref(), &few).await?;
            self.fetch_in_groups(few).await?;
            self.ledger.settled().await?;
        }
        // Once: a program that ends for another reason soon after its start shall not count against many.
        if !later.is_empty() {
            sleep(self.settings.patience.pause).await;
        }
        for mail in later {
            let give_up = once_more(self.ledger.as_ref(), &mail).await?;
            self.fetch(vec![mail], give_up).await?;
            self.ledger.settled().await?;
        }
        Ok(())
    }

    /// Fetches mails. On an error what did not come is given back.
    async fn fetch(&mut self, mails: Vec<Pending>, give_up: Option<String>) -> Result<(), InboxError> {
        let (named, unnamed): (Vec<_>, Vec<_>) = mails.into_iter().partition(|mail| matches!(mail.key, Key::Uid(_)));
        for mail in unnamed {
            self.ledger.failed(mail.id, "it has no UID".into()).await?;
        }
        let structures = self.memory.structures && give_up.is_none();
        let waiting = Job::of(named, self.memory.group, structures);
        self.carry_out(Work { waiting, give_up, ..Work::default() }).await
    }

    async fn carry_out(&mut self, mut work: Work) -> Result<(), InboxError> {
        let carried_out = match self.find_out_whether_sent(&work).await {
            Ok(()) => self.work(&mut work).await,
            failed => failed,
        };
        match carried_out {
            Ok(()) => Ok(()),
            Err(error) => {
                // What is new in a window that is being recorded was not fetched either. A ledger that cannot tell
                // will say so when it is asked for more.
                let _ = self.recorded(&mut work).await;
                for flight in &mut work.flying {
                    self.hand_over_what_came(flight, &work.give_up).await?;
                }
                self.blame(&mut work).await?;
                let open = work.open();
                tracing::debug!(mails = open.len(), "mails were not fetched");
                self.ledger.give_back(open).await?;
                Err(error)
            }
        }
    }

    /// Asks whether the folder holds what its owner sent before its first mail is handed over, and no sooner: a Dovecot
    /// that was asked for a folder's attributes reads its Maildir afresh when it is opened next (20 ms among 20,000
    /// mails), which a look that finds nothing new need not pay for. An inbox is not asked about.
    async fn find_out_whether_sent(&mut self, work: &Work) -> Result<(), InboxError> {
        let folder = &self.mailbox.folder;
        if self.memory.sent.is_none() && !work.is_nothing() {
            let inbox = folder.eq_ignore_ascii_case("INBOX");
            self.memory.sent = Some(!inbox && self.session.is_sent(folder).await?);
        }
        Ok(())
    }

    async fn work(&mut self, work: &mut Work) -> Result<(), InboxError> {
        let mut budget = self.session.budget(0);
        loop {
            if work.recording.as_ref().is_some_and(|recording| recording.is_finished() || work.is_idle()) {
                self.recorded(work).await?;
            }
            self.send(work, &mut budget).await?;
            if work.is_idle() {
                self.find_missing(work).await?;
                let Some(next) = self.one_refused(work).await? else { return Ok(()) };
                work.waiting.push_back(next);
                budget = self.session.budget(0);
                continue;
            }
            match self.session.next(&mut budget).await? {
                Said::Untagged(Untagged::Fetch(mail)) => self.receive(mail, work).await?,
                Said::Untagged(_) => {}
                // Servers answer in order. One that does not may have lost its place, or we ours: nothing is concluded.
                Said::Tagged(tag, _) if work.tags.pop_front().as_ref() != Some(&tag) => {
                    return Err(self.session.confused());
                }
                Said::Tagged(tag, outcome) if work.listing.as_ref().is_some_and(|listing| listing.tag == tag) => {
                    self.session.judged(outcome)?.or_retry("to list mails")?;
                    work.recording = work.listing.take().map(|listing| self.begin_to_record(listing));
                }
                Said::Tagged(tag, outcome) => {
                    let place = work.flying.iter().position(|flight| flight.tag == tag);
                    let flight = place.and_then(|place| work.flying.remove(place));
                    let Some(flight) = flight else { return Err(self.session.confused()) };
                    match self.session.judged(outcome) {
                        Ok(answer) => self.land(flight, answer, work).await?,
                        Err(error) => {
                            work.flying.push_front(flight);
                            return Err(error);
                        }
                    }
                }
                Said::Continue => return Err(self.session.confused()),
            }
        }
    }

    /// Has a window recorded while what was asked for is read: the record may be busy with the mails before.
    fn begin_to_record(&mut self, Listing { window, listed, .. }: Listing) -> Recording {
        let (ledger, epoch, after) = (Arc::clone(self.ledger), self.epoch, window.after);
        let listed = self.to_record(listed);
        self.low = after;
        tokio::spawn(async move { ledger.enumerate(epoch, listed, Some(Uid(after))).await })
    }

    /// Takes what is new in a window, when it is recorded.
    async fn recorded(&mut self, work: &mut Work) -> Result<(), InboxError> {
        if let Some(recording) = work.recording.take() {
            let lost = |_| InboxError::Retry("what the server listed could not be recorded".into());
            let new = recording.await.map_err(lost)??;
            work.behind.extend(Job::of(new, self.memory.group, self.memory.structures));
        }
        Ok(())
    }

    /// Sends as many commands as may be under way.
    async fn send(&mut self, work: &mut Work, budget: &mut Budget) -> Result<(), InboxError> {
        let most = if self.memory.group < GROUP { 1 } else { COMMANDS };
        if work.has_room() && work.flying.len() < most {
            self.list_next(work, budget).await?;
        }
        while work.flying.len() < most && (most > 1 || work.listing.is_none()) {
            let under_way: u64 = work.flying.iter().map(|flight| flight.bytes).sum();
            if under_way >= UNDER_WAY {
                return Ok(());
            }
            let Some(job) = work.next() else { return Ok(()) };
            let command = job.command();
            let flight = Flight::of(job);
            if work.flying.is_empty() && work.listing.is_none() {
                *budget = self.session.budget(0);
            }
            budget.add(flight.bytes);
            work.flying.push_back(flight);
            let tag = self.session.begin(&command).await?;
            work.tags.push_back(tag.clone());
            if let Some(flight) = work.flying.back_mut() {
                flight.tag = tag;
            }
        }
        Ok(())
    }

    /// Asks for the next window, if there is one.
    async fn list_next(&mut self, work: &mut Work, budget: &mut Budget) -> Result<(), InboxError> {
        let Some(window) = work.windows.pop_front() else { return Ok(()) };
        if work.flying.is_empty() {
            *budget = self.session.budget(0);
        }
        budget.add(window.room());
        let tag = self.session.begin(&window.command()).await?;
        work.tags.push_back(tag.clone());
        work.listing = Some(Listing { tag, window, listed: BTreeMap::new() });
        Ok(())
    }

    /// A mail of a refused group, alone; after the server has shown that it answers at all.
    async fn one_refused(&mut self, work: &mut Work) -> Result<Option<Job>, InboxError> {
        if work.refused.is_empty() {
            return Ok(None);
        }
        self.session.command("NOOP").await?.or_retry("NOOP")?;
        Ok(Some(Job::alone(work.refused.remove(0))))
    }

    /// Takes what the server tells of one mail to the command that asked for it.
    async fn receive(&mut self, told: Fetched, work: &mut Work) -> Result<(), InboxError> {
        let Some(uid) = told.uid else { return Ok(()) };
        let Some(place) = work.flying.iter().position(|flight| flight.waits_for(uid, &told)) else {
            if let Some(listing) = &mut work.listing {
                listing.window.note(told, &mut listing.listed);
            }
            return Ok(());
        };
        let in_turn = work.is_in_turn(place);
        let flight = &mut work.flying[place];
        flight.mentioned.insert(uid);
        let bytes = match &flight.what {
            What::Structures => {
                // A mail that has no plan stays, to be fetched whole with others.
                if let Some(plan) = told.structure.as_ref().and_then(Plan::of)
                    && let Some(mail) = flight.missing.remove(&uid)
                {
                    work.waiting.push_back(Job::parts(mail, plan));
                }
                None
            }
            What::Parts(plan) => {
                flight.sections.extend(told.sections);
                plan.mail_from(&flight.sections)
            }
            // No mail is empty; a server that says so of one has lost its text for now.
            What::Whole | What::Beginning => told.body.filter(|body| !body.is_empty()),
        };
        if let Some(bytes) = bytes
            && let Some(mail) = flight.missing.remove(&uid)
        {
            flight.come.push_back((mail, bytes));
            if in_turn {
                self.hand_over_what_came(flight, &work.give_up).await?;
            }
        }
        Ok(())
    }

    /// A command has ended.
    async fn land(&mut self, mut flight: Flight, answer: Answer, work: &mut Work) -> Result<(), InboxError> {
        self.hand_over_what_came(&mut flight, &work.give_up).await?;
        match (answer, flight.what) {
            (Answer::Done(_), What::Whole | What::Beginning) => {
                self.memory.group = (self.memory.group * 2).min(GROUP);
                let (failed, gone): (BTreeMap<u32, Pending>, _) =
                    flight.missing.into_iter().partition(|(uid, _)| flight.mentioned.contains(uid));
                work.missing.extend::<BTreeMap<u32, Pending>>(gone);
                for (_, mail) in failed {
                    self.one_failed(mail, "the server mentions it without its text".into(), &work.give_up).await?;
                }
            }
            // Whatever did not come of structures or parts is fetched whole; that tells whether it is there.
            (Answer::Done(_), _) => {
                let whole = flight.missing.into_values().collect();
                work.waiting.extend(Job::of(whole, self.memory.group, false));
            }
            (Answer::Refused(_), What::Structures | What::Parts(_)) => {
                self.memory.structures = false;
                work.refused.extend(flight.missing.into_values());
            }
            (Answer::Refused(outcome), _) if flight.alone => {
                for mail in flight.missing.into_values() {
                    let why = format!("the server does not hand it over: {}", outcome.text);
                    self.one_failed(mail, why, &work.give_up).await?;
                }
            }
            (Answer::Refused(_), _) => work.refused.extend(flight.missing.into_values()),
        }
        self.ledger.state(self.mailbox, State::Reading { mails: self.memory.handed });
        Ok(())
    }

    /// Hands over the mails of a command that have come, in their order.
    async fn hand_over_what_came(&mut self, flight: &mut Flight, give_up: &Option<String>) -> Result<(), InboxError> {
        while let Some((mail, bytes)) = flight.come.pop_front() {
            self.hand_over(mail, bytes, give_up.clone()).await?;
        }
        Ok(())
    }

    async fn hand_over(&mut self, mail: Pending, bytes: Vec<u8>, give_up: Option<String>) -> Result<(), InboxError> {
        self.memory.handed += 1;
        self.memory.strikes.remove(&mail.id);
        let delivery = Delivery {
            mailbox: self.mailbox.clone(),
            route: self.settings.route,
            sent_folder: self.memory.sent.unwrap_or_default(),
            arrived: mail.arrived.unwrap_or_else(self.settings.clock),
            size: mail.size.max(bytes.len() as u64),
            bytes,
        };
        Ok(self.ledger.deliver(mail.id, delivery, give_up).await?)
    }

    /// Asks whether mails are there that were asked for and not mentioned: what a proxy tells without its UID looks
    /// like that, too. Only those that are not there either have vanished.
    async fn find_missing(&mut self, work: &mut Work) -> Result<(), InboxError> {
        if work.missing.is_empty() {
            return Ok(());
        }
        let uids: Vec<u32> = work.missing.keys().copied().collect();
        let found = self.session.search(&format!("UID {}", text::set(&uids))).await?;
        let is_there = |uid: &u32| match &found {
            Searched::Found(found) => found.contains(uid),
            Searched::Silence => false,
            Searched::Unknown => true,
        };
        let missing = std::mem::take(&mut work.missing).into_iter();
        let (there, gone): (Vec<_>, Vec<_>) = missing.partition(|(uid, _)| is_there(uid));
        if !gone.is_empty() {
            self.ledger.vanished(gone.into_iter().map(|(_, mail)| mail.id).collect()).await?;
        }
        for (_, mail) in there {
            self.one_failed(mail, "the server does not hand it over".into(), &work.give_up).await?;
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

    /// The connection broke. That is not the mails' fault, unless it always breaks at the same one.
    async fn blame(&mut self, work: &mut Work) -> Result<(), InboxError> {
        self.memory.group = (self.memory.group / 4).max(1);
        let mut commands = work.flying.drain(..).collect::<Vec<_>>();
        // Asking for structures or parts may be what this server cannot bear.
        self.memory.structures &=
            !commands.iter().any(|flight| matches!(flight.what, What::Structures | What::Parts(_)));
        let alone = matches!(commands.as_slice(), [one] if one.missing.len() == 1 && one.alone);
        if alone && let Some((_, mail)) = commands.first_mut().and_then(|flight| flight.missing.pop_first()) {
            let strikes = self.memory.strikes.entry(mail.id).or_default();
            *strikes += 1;
            if *strikes < STRIKES {
                work.refused.push(mail);
            } else {
                let give_up = work.give_up.clone();
                self.one_failed(mail, "the connection breaks whenever it is fetched".into(), &give_up).await?;
            }
        }
        work.flying.extend(commands);
        Ok(())
    }
}
