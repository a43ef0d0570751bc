//! The process that parses what strangers sent.
//!
//! A thread that hangs, overflows its stack or eats all memory cannot be
//! stopped; a process can. So the daemon starts its own program again as
//! `touchbase parse-worker` ([`serve`]), under limits, and hands it one mail at
//! a time ([`Pool::read`]), or a few small ones ([`Pool::read_together`]), each
//! of which comes alone if that goes wrong. A mail that ends its worker is tried
//! once more by its header alone; what ends that one too is [`Unread`], and the
//! next mail gets a fresh process. Nothing here knows what a mail means.

mod frame;
mod process;
mod serve;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::mailbox::{Delivery, Mailbox, Route};
use crate::pipeline::{Rules, Understood};
use process::{Failed, Process};

pub use serve::serve;

/// The first argument that makes a touchbase a reader: a word between it and itself, not a command.
pub const COMMAND: &str = "parse-worker";

/// Mails after which a process is replaced.
const MAILS_PER_PROCESS: u32 = 5_000;
/// Memory of a process, in bytes, above which it is replaced.
const RESIDENT_LIMIT: u64 = 64 * 1024 * 1024;
/// Mails on their way for which another process is started ahead of them.
const MAILS_FOR_ANOTHER: usize = 50;
/// How long a process may wait for work before it is ended.
const IDLE: Duration = Duration::from_secs(30);

/// How to start workers.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program, as a rule our own (`/proc/self/exe`).
    pub program: PathBuf,
    /// Its arguments: `parse-worker`.
    pub args: Vec<OsString>,
    /// How many may work at once; at least one does.
    pub workers: usize,
    /// How long one try may take before its process is killed: 15 s.
    pub deadline: Duration,
}

/// Why a mail was not read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The mail ended its process, twice. Never again without a person.
    #[error("{reason}")]
    Mail {
        /// What happened at each try, free of the mail's own words.
        reason: String,
    },
    /// No process could be started. The mail is not to blame; try later.
    #[error("cannot start the parsing process")]
    NoWorker(#[source] io::Error),
}

/// The workers. Dropping it ends them all.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    permits: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The rules as the frame a new process is given first.
    rules: Arc<Vec<u8>>,
    idle: Vec<Idle>,
    /// Whether a task is watching for processes that wait too long.
    watched: bool,
}

#[derive(Debug)]
struct Idle {
    process: Process,
    since: Instant,
}

impl Pool {
    /// A pool that starts its processes when mails come.
    pub fn new(settings: Settings, rules: &Rules) -> Pool {
        let permits = Semaphore::new(settings.workers.max(1));
        let state = State { rules: Arc::new(frame::encode(rules)), idle: Vec::new(), watched: false };
        Pool { shared: Arc::new(Shared { settings, permits, state: Mutex::new(state) }) }
    }

    /// Reads one mail, waiting for a worker if all are busy. Takes at most twice the deadline then.
    pub async fn read(&self, delivery: &Delivery) -> Result<Understood, Unread> {
        // The semaphore is never closed; if it were, reading without a permit would still be right.
        let _permit = self.shared.permits.acquire().await.ok();
        let first = match self.shared.attempt(delivery, false).await? {
            Ok(understood) => return Ok(understood),
            Err(failed) => failed,
        };
        tracing::warn!(reason = %first, bytes = delivery.bytes.len(), "mail ended its parsing process");
        self.shared
            .attempt(delivery, true)
            .await?
            .map_err(|second| Unread::Mail { reason: format!("{first}; by its header alone: {second}") })
    }

    /// Reads a few small mails with one question to one worker; the answers in their order. When that goes wrong,
    /// whatever it was, those without an answer are read one by one.
    pub async fn read_together(&self, deliveries: &[&Delivery]) -> Vec<Result<Understood, Unread>> {
        let together = if deliveries.len() > 1 { self.ask_together(deliveries).await } else { Vec::new() };
        let mut together = together.into_iter();
        let mut answers = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            answers.push(match together.next() {
                Some(Ok(understood)) => Ok(understood),
                Some(Err(_)) | None => self.read(delivery).await,
            });
        }
        answers
    }

    async fn ask_together(&self, deliveries: &[&Delivery]) -> Vec<Result<Understood, String>> {
        let _permit = self.shared.permits.acquire().await.ok();
        let Some(process) = self.shared.waiting().or_else(|| self.shared.start().ok()) else { return Vec::new() };
        match self.shared.attempt_with(process, deliveries, false).await {
            Ok(results) => results,
            Err(failed) => {
                tracing::debug!(reason = %failed, mails = deliveries.len(), "mails are read one by one");
                Vec::new()
            }
        }
    }

    /// Has one process started and at work before the first mail comes.
    ///
    /// # Errors
    /// No process can be started, or it does not even read an empty mail: then none would ever be read.
    pub async fn warm(&self) -> Result<(), Unread> {
        let nowhere = Mailbox { name: String::new(), folder: String::new() };
        let empty = Delivery {
            mailbox: nowhere,
            route: Route::Unknown,
            sent_folder: false,
            arrived: Timestamp::UNIX_EPOCH,
            size: 0,
            bytes: Vec::new(),
        };
        self.read(&empty).await.map(drop)
    }

    /// Has processes started for so many mails that are on their way, as far as none is there yet, so that they make
    /// their lists ready while the mails travel. Whatever cannot be started now is started when it is needed.
    pub fn expect(&self, mails: usize) {
        for _ in self.shared.there()..self.shared.workers().min(mails.div_ceil(MAILS_FOR_ANOTHER)) {
            tokio::spawn(self.shared.clone().prepare());
        }
    }

    /// New rules, from the next mail on.
    pub fn reload(&self, rules: &Rules) {
        let mut state = self.shared.state();
        state.rules = Arc::new(frame::encode(rules));
        state.idle.clear();
    }
}

/// The answer about one mail.
fn only(mut results: Vec<Result<Understood, String>>) -> Result<Understood, Failed> {
    results.pop().unwrap_or_else(|| Err("no answer".to_owned())).map_err(Failed::Refused)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One try. A process that had read other mails before may have ended of them, so its end counts
    /// only after a new one has ended, too.
    async fn attempt(
        self: &Arc<Self>,
        delivery: &Delivery,
        headers_only: bool,
    ) -> Result<Result<Understood, Failed>, Unread> {
        let waiting = self.waiting();
        let was_used = waiting.is_some();
        let process = match waiting {
            Some(process) => process,
            None => self.start()?,
        };
        match self.attempt_with(process, &[delivery], headers_only).await {
            Err(Failed::Ended(_) | Failed::Pipe(_)) if was_used => {
                Ok(self.attempt_with(self.start()?, &[delivery], headers_only).await.and_then(only))
            }
            answer => Ok(answer.and_then(only)),
        }
    }

    async fn attempt_with(
        self: &Arc<Self>,
        mut process: Process,
        deliveries: &[&Delivery],
        headers_only: bool,
    ) -> Result<Vec<Result<Understood, String>>, Failed> {
        let exchange = process.exchange(deliveries, headers_only);
        let answer = match tokio::time::timeout(self.settings.deadline, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(Failed::Deadline(self.settings.deadline)),
        };
        match answer {
            // Whatever made it refuse a mail, the next one gets a fresh process.
            Ok(answers) if answers.results.iter().all(Result::is_ok) => {
                self.keep(process, answers.resident);
                Ok(answers.results)
            }
            Ok(answers) => Ok(answers.results),
            Err(failed) => Err(process.end(failed).await),
        }
    }

    /// A process that waits and still runs.
    fn waiting(&self) -> Option<Process> {
        let mut state = self.state();
        while let Some(mut idle) = state.idle.pop() {
            if idle.process.is_alive() {
                return Some(idle.process);
            }
        }
        None
    }

    fn start(&self) -> Result<Process, Unread> {
        let rules = self.state().rules.clone();
        Process::start(&self.settings, rules).map_err(Unread::NoWorker)
    }

    fn workers(&self) -> usize {
        self.settings.workers.max(1)
    }

    /// How many processes there are, at work or waiting.
    fn there(&self) -> usize {
        self.workers().saturating_sub(self.permits.available_permits()) + self.state().idle.len()
    }

    async fn prepare(self: Arc<Shared>) {
        let _permit = self.permits.acquire().await.ok();
        // Several folders may have expected mails at the same moment. The permit counts as a process itself.
        if self.there() > self.workers() {
            return;
        }
        if let Ok(mut process) = self.start()
            && tokio::time::timeout(self.settings.deadline, process.prepare()).await.is_ok_and(|ready| ready.is_ok())
        {
            self.keep(process, 0);
        }
    }

    /// Lets a process wait for the next mail, unless it is worn out or holds old rules.
    fn keep(self: &Arc<Self>, process: Process, resident: u64) {
        let mut state = self.state();
        let is_worn = process.mails() >= MAILS_PER_PROCESS || resident > RESIDENT_LIMIT;
        if is_worn || !process.holds(&state.rules) {
            return;
        }
        state.idle.push(Idle { process, since: Instant::now() });
        if !std::mem::replace(&mut state.watched, true) {
            tokio::spawn(end_idle(Arc::downgrade(self)));
        }
    }

    /// Ends what has waited too long; whether anything still waits.
    fn end_waiting(&self) -> bool {
        let mut state = self.state();
        state.idle.retain(|idle| idle.since.elapsed() < IDLE);
        state.watched = !state.idle.is_empty();
        state.watched
    }
}

/// Watches until no process waits. Holds the pool only weakly, so that dropping it ends its processes at once.
async fn end_idle(pool: Weak<Shared>) {
    loop {
        tokio::time::sleep(IDLE / 4).await;
        if !pool.upgrade().is_some_and(|pool| pool.end_waiting()) {
            return;
        }
    }
}
