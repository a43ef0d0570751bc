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
/// Commands for mails that wait to be sent, below which the next window is listed: as many as a window has, whose mails
/// come while the next is recorded.
const AHEAD: usize = 8;

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
    /// Commands for mails of the window after those in `waiting`.
    pub behind: VecDeque<Job>,
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

    /// Whether the window after the one that is fetched is to be listed: little is left to ask for, and it is not on its
    /// way already.
    pub fn has_room(&mut self) -> bool {
        self.turn();
        let unlisted = self.listing.is_none() && self.recording.is_none() && self.behind.is_empty();
        unlisted && self.waiting.len() < AHEAD
    }

    /// The next command for mails.
    pub fn next(&mut self) -> Option<Job> {
        self.turn();
        self.waiting.pop_front()
    }

    /// Turns to the next window when everything of this one was asked for. Not before the structures of this one are
    /// told: what is fetched of its large mails comes before the next one's mails every time, however fast the server
    /// answers, and so the same mail gives the same record.
    fn turn(&mut self) {
        let told = self.flying.iter().all(|flight| flight.what != What::Structures);
        if self.waiting.is_empty() && told {
            self.waiting = std::mem::take(&mut self.behind);
        }
    }

    /// Whether mails of the command at this place may be handed over: those of all before it have come. Dovecot works
    /// on several commands by turns, and mails of a later one may come before those of an earlier, though it ends them
    /// in their order.
    pub fn is_in_turn(&self, place: usize) -> bool {
        self.flying.iter().take(place).all(|flight| flight.what == What::Structures)
    }

    /// Whether no command is under way.
    pub fn is_idle(&self) -> bool {
        self.flying.is_empty() && self.listing.is_none()
    }

    /// Every mail that did not come.
    pub fn open(self) -> Vec<DeliveryId> {
        let flying = self.flying.into_iter().flat_map(|flight| flight.missing.into_values());
        let waiting = self.waiting.into_iter().chain(self.behind).flat_map(|job| job.mails);
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
    /// Mails that came and are to be handed over after those of the commands sent before this one.
    pub come: VecDeque<(Pending, Vec<u8>)>,
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
        let (mentioned, come, sections) = (BTreeSet::new(), VecDeque::new(), BTreeMap::new());
        Flight { tag: String::new(), what: job.what, missing, mentioned, come, sections, alone: job.alone, bytes }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(uid: u32, size: u64) -> Pending {
        Pending { id: DeliveryId(uid.into()), key: Key::Uid(Uid(uid)), size, arrived: None, attempts: 1 }
    }

    fn uids(job: Option<Job>) -> Option<Vec<u32>> {
        job.map(|job| job.mails.iter().filter_map(uid).collect())
    }

    /// The server may tell what a large mail is made of before or after the next window is recorded. Its parts are asked
    /// for behind the small mails of its own window and before that one, either way.
    #[test]
    fn the_next_window_waits_until_the_structures_of_this_one_are_told() {
        let large = || mail(1, LARGE + 1);
        let this = || Job::of(vec![large(), mail(2, 9), mail(3, 9)], 200, true);
        let next = || Job::of(vec![mail(4, 9), mail(5, 9)], 200, true);
        let parts = || Job { mails: vec![large()], what: What::Whole, alone: true };
        let order = |early: bool| {
            let mut work = Work { waiting: this(), ..Work::default() };
            let structures = work.next().expect("a command");
            assert_eq!(structures.what, What::Structures);
            work.flying.push_back(Flight::of(structures));
            if early {
                work.behind.extend(next());
                assert!(!work.has_room(), "a second window behind this one would have to wait, too");
            }
            let mut order = vec![uids(work.next()), uids(work.next())];
            work.flying.clear();
            work.waiting.push_back(parts());
            if !early {
                work.behind.extend(next());
            }
            order.extend([uids(work.next()), uids(work.next())]);
            order.into_iter().flatten().flatten().collect::<Vec<u32>>()
        };
        assert_eq!(order(true), [2, 3, 1, 4, 5]);
        assert_eq!(order(false), [2, 3, 1, 4, 5]);
    }

    /// Whatever was not fetched is given back, wherever it waits.
    #[test]
    fn mails_of_every_queue_are_open() {
        let waiting = Job::of(vec![mail(1, 9)], 200, true);
        let behind = Job::of(vec![mail(2, 9)], 200, true);
        let flying = VecDeque::from([Flight::of(Job::alone(mail(3, 9)))]);
        let missing = BTreeMap::from([(4, mail(4, 9))]);
        let work = Work { waiting, behind, flying, missing, refused: vec![mail(5, 9)], ..Work::default() };
        let mut open: Vec<i64> = work.open().into_iter().map(|id| id.0).collect();
        open.sort_unstable();
        assert_eq!(open, [1, 2, 3, 4, 5]);
    }
}
