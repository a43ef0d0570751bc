//! What is asked with one command, and what has not come of it yet.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tokio::task::JoinHandle;

use super::parts::{LARGE, Plan};
use super::response::Fetched;
use super::sync::{LINE, Window};
use super::text;
use crate::inbox::{BEGINNING, LedgerError, WHOLE};
use crate::mailbox::{DeliveryId, Key, Pending, Uid};

/// Bytes asked for with one command.
const GROUP_BYTES: u64 = 4 * 1024 * 1024;
/// Taken for a mail's size when the server states none.
const UNSTATED: u64 = 1024 * 1024;
/// What a structure takes at most in an answer.
const STRUCTURE: u64 = 64 * 1024;

/// Everything that is to be listed and fetched, and what has been asked for.
#[derive(Default)]
pub struct Work {
    pub(super) windows: VecDeque<Window>,
    pub listing: Option<Listing>,
    /// A window that was listed and is being recorded.
    pub recording: Option<Recording>,
    /// The tags of all commands under way, the oldest first.
    pub tags: VecDeque<String>,
    pub waiting: VecDeque<Job>,
    pub flying: VecDeque<Flight>,
    /// Mails of groups that the server refused: each gets its own answer.
    pub refused: Vec<Pending>,
    /// Mails that were asked for and not mentioned.
    pub missing: BTreeMap<u32, Pending>,
    /// Kept unread, for this reason.
    pub give_up: Option<String>,
}

/// A window that was asked for.
pub struct Listing {
    pub tag: String,
    pub(super) window: Window,
    pub listed: BTreeMap<u32, Fetched>,
}

/// Gives what is new in a window when it is recorded.
pub type Recording = JoinHandle<Result<Vec<Pending>, LedgerError>>;

impl Work {
    /// Whether there is nothing to be listed or fetched.
    pub fn is_nothing(&self) -> bool {
        self.waiting.is_empty() && self.windows.is_empty()
    }

    /// Whether no command is under way.
    pub fn is_idle(&self) -> bool {
        self.flying.is_empty() && self.listing.is_none()
    }

    /// Every mail that did not come.
    pub fn open(self) -> Vec<DeliveryId> {
        let flying = self.flying.into_iter().flat_map(|flight| flight.missing.into_values());
        let waiting = self.waiting.into_iter().flat_map(|job| job.mails);
        flying.chain(waiting).chain(self.refused).chain(self.missing.into_values()).map(|mail| mail.id).collect()
    }
}

/// What is fetched of mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Everything.
    Whole,
    /// The beginning of what is too large.
    Beginning,
    /// What they are made of.
    Structures,
    /// Parts of one mail.
    Parts(Plan),
}

/// Mails that are asked for with one command, all of them by UID.
pub struct Job {
    pub mails: Vec<Pending>,
    what: What,
    alone: bool,
}

impl Job {
    /// The commands for mails, each for at most `group` of them. Of large ones it is first asked what they are made of.
    pub fn of(mails: Vec<Pending>, group: usize, structures: bool) -> VecDeque<Job> {
        let (large, small): (Vec<_>, Vec<_>) = mails.into_iter().partition(|mail| structures && mail.size > LARGE);
        let mut jobs = VecDeque::new();
        let mut large = large.into_iter().peekable();
        while large.peek().is_some() {
            jobs.push_back(Job { mails: large.by_ref().take(group).collect(), what: What::Structures, alone: false });
        }
        let mut small = small.into_iter().peekable();
        while let Some(first) = small.next() {
            let mut bytes = expected(&first);
            let mut mails = vec![first];
            while mails.len() < group
                && let Some(mail) = small.next_if(|mail| bytes + expected(mail) <= GROUP_BYTES && mail.size <= WHOLE)
            {
                bytes += expected(&mail);
                mails.push(mail);
            }
            jobs.push_back(match <[Pending; 1]>::try_from(mails) {
                Ok([mail]) => Job::alone(mail),
                Err(mails) => Job { mails, what: What::Whole, alone: false },
            });
        }
        jobs
    }

    /// One mail, as much of it as is ever fetched.
    pub fn alone(mail: Pending) -> Job {
        let what = if mail.size > WHOLE { What::Beginning } else { What::Whole };
        Job { mails: vec![mail], what, alone: true }
    }

    /// Parts of one mail.
    pub fn parts(mail: Pending, plan: Plan) -> Job {
        Job { mails: vec![mail], what: What::Parts(plan), alone: true }
    }

    /// The command.
    pub fn command(&self) -> String {
        let uids: Vec<u32> = self.mails.iter().filter_map(uid).collect();
        let items = match &self.what {
            What::Whole => "BODY.PEEK[]".to_owned(),
            What::Beginning => format!("BODY.PEEK[]<0.{BEGINNING}>"),
            What::Structures => "BODYSTRUCTURE".to_owned(),
            What::Parts(plan) => plan.items(),
        };
        format!("UID FETCH {} (UID {items})", text::set(&uids))
    }

    /// About how much the server sends. A size may be a lie; a mail alone may be as large as any mail.
    fn bytes(&self) -> u64 {
        match &self.what {
            What::Whole if self.alone => WHOLE,
            What::Whole => self.mails.iter().map(|mail| expected(mail) + LINE).sum(),
            What::Beginning => BEGINNING,
            What::Structures => self.mails.len() as u64 * STRUCTURE,
            What::Parts(plan) => plan.bytes,
        }
    }
}

/// A command under way.
pub struct Flight {
    pub tag: String,
    pub what: What,
    /// Mails that have not come.
    pub missing: BTreeMap<u32, Pending>,
    /// Mails that were told of, whatever was told.
    pub mentioned: BTreeSet<u32>,
    /// Parts that have come.
    pub sections: BTreeMap<String, Vec<u8>>,
    /// Whether it is about one mail that is to be blamed for what goes wrong.
    pub alone: bool,
    /// What the server may send.
    pub bytes: u64,
}

impl Flight {
    /// Of a job; the tag is not known yet.
    pub fn of(job: Job) -> Flight {
        let bytes = job.bytes();
        let missing = job.mails.into_iter().filter_map(|mail| Some((uid(&mail)?, mail))).collect();
        let (mentioned, sections) = (BTreeSet::new(), BTreeMap::new());
        Flight { tag: String::new(), what: job.what, missing, mentioned, sections, alone: job.alone, bytes }
    }

    /// Whether what is told of a mail is what this command asked for: the same mail may be told of for another reason.
    pub fn waits_for(&self, uid: u32, told: &Fetched) -> bool {
        let answers = match self.what {
            What::Structures => told.structure.is_some(),
            What::Parts(_) => !told.sections.is_empty(),
            What::Whole | What::Beginning => told.structure.is_none() && told.sections.is_empty(),
        };
        answers && self.missing.contains_key(&uid)
    }
}

fn uid(mail: &Pending) -> Option<u32> {
    if let Key::Uid(Uid(uid)) = mail.key { Some(uid) } else { None }
}

fn expected(mail: &Pending) -> u64 {
    match mail.size {
        0 => UNSTATED,
        size if size > WHOLE => BEGINNING,
        size => size,
    }
}
