//! Keeps every folder of an account read: one connection each, and what to do when it breaks.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::backoff::{Backoff, after_refusals, resumed};
use super::connect::Dial;
use super::door::Door;
use super::idle::{Woke, idle};
use super::session::Session;
use super::sync::{Memory, Reader};
use super::{After, Settings, after};
use crate::inbox::{InboxError, Ledger, LedgerError, State};
use crate::mailbox::{Mailbox, Wait};

/// A connection that lasted so long was healthy: the next failure is the first again.
const HEALTHY: Duration = Duration::from_secs(600);
/// An IDLE that ended sooner ended in haste.
const HASTE: Duration = Duration::from_secs(1);
/// How often in a row we let ourselves be woken in haste and for nothing.
const HASTY: u32 = 3;
/// How often a folder that is read once is looked at for mails that failed.
const ROUNDS: usize = 4;

/// Watches every folder until `stop` is true (or its sender is gone). Returns early only when the ledger is closed.
pub async fn watch<L: Ledger>(settings: Settings, ledger: Arc<L>, stop: watch::Receiver<bool>) {
    watch_over(Dial::Network, settings, ledger, stop).await;
}

/// The same, with the server reached in another way.
pub async fn watch_over<L: Ledger>(dial: Dial, settings: Settings, ledger: Arc<L>, stop: watch::Receiver<bool>) {
    let settings = Arc::new(settings);
    let door = Arc::new(Door::new(settings.folders.len(), dial));
    let mut folders = JoinSet::new();
    for folder in &settings.folders {
        let mailbox = Mailbox { name: settings.name.clone(), folder: folder.clone() };
        let (settings, ledger, door) = (Arc::clone(&settings), Arc::clone(&ledger), Arc::clone(&door));
        let read = Arc::new(Notify::new());
        if settings.after != After::Leave {
            let (settings, ledger, door) = (Arc::clone(&settings), Arc::clone(&ledger), Arc::clone(&door));
            folders.spawn(after::keep(settings, ledger, door, mailbox.clone(), Arc::clone(&read), stop.clone()));
        }
        folders.spawn(keep_reading(settings, ledger, door, mailbox, read, stop.clone()));
    }
    while folders.join_next().await.is_some() {}
}

/// Reads every folder once, with what failed tried again until it is settled. Returns the first thing that went wrong
/// after everything else was read.
pub async fn pass<L: Ledger>(settings: Settings, ledger: Arc<L>) -> Result<(), InboxError> {
    pass_over(Dial::Network, settings, ledger).await
}

/// The same, with the server reached in another way.
pub async fn pass_over<L: Ledger>(dial: Dial, settings: Settings, ledger: Arc<L>) -> Result<(), InboxError> {
    let settings = Arc::new(settings);
    let mut first_error = None;
    for folder in &settings.folders {
        let mailbox = Mailbox { name: settings.name.clone(), folder: folder.clone() };
        let passed = match pass_folder(&dial, &settings, &ledger, &mailbox).await {
            Ok(()) => after::once(&dial, &settings, &ledger, &mailbox).await,
            failed => failed,
        };
        if let Err(error) = passed {
            let pause = if let InboxError::BackOff { wait, .. } = &error { *wait } else { Duration::ZERO };
            let until = later(&settings, pause);
            ledger.state(&mailbox, State::Waiting { until, wait: error.wait(), reason: error.to_string() });
            let hopeless = !matches!(error, InboxError::Configuration { .. });
            first_error.get_or_insert(error);
            if hopeless {
                break;
            }
        }
    }
    first_error.map_or(Ok(()), Err)
}

/// A connection that breaks while mails come is made again a few times: groups become smaller with each.
async fn pass_folder<L: Ledger>(
    dial: &Dial,
    settings: &Arc<Settings>,
    ledger: &Arc<L>,
    mailbox: &Mailbox,
) -> Result<(), InboxError> {
    let (pause, mut tries) = (settings.patience.pause, 0);
    let mut backoff = Backoff::new(pause / 4, pause * 4);
    let mut memory = Memory::default();
    loop {
        let handed = memory.handed;
        let (dial, settings, ledger, mailbox) =
            (dial.clone(), Arc::clone(settings), Arc::clone(ledger), mailbox.clone());
        let task = isolated(async move {
            let mut memory = memory;
            let result = read_once(&dial, &settings, &ledger, &mailbox, &mut memory).await;
            (memory, result)
        });
        let (kept, result) = task.await;
        tries = if kept.handed > handed { 0 } else { tries + 1 };
        match result {
            Err(InboxError::Retry(_)) if kept.connected && tries < 8 => sleep(backoff.next(chance())).await,
            result => return result,
        }
        memory = kept;
    }
}

async fn read_once<L: Ledger>(
    dial: &Dial,
    settings: &Settings,
    ledger: &Arc<L>,
    mailbox: &Mailbox,
    memory: &mut Memory,
) -> Result<(), InboxError> {
    if let Some(waiting) = ledger.waiting(mailbox).await?.filter(|waiting| waiting.wait == Wait::Server) {
        let wait = resumed(&waiting, (settings.clock)());
        if !wait.is_zero() {
            return Err(InboxError::BackOff { wait, said: waiting.reason });
        }
    }
    ledger.state(mailbox, State::Connecting);
    ledger.wish(mailbox, settings.after != After::Leave).await?;
    let mut session = Session::connect(settings, dial).await?;
    session.login(settings).await?;
    memory.connected = true;
    let mut reader = Reader::new(&mut session, ledger, settings, mailbox, memory);
    for _ in 0..ROUNDS {
        let handed = reader.memory.handed;
        reader.catch_up().await?;
        // To open a folder afresh has some servers look at every file of it: without a reason it is not done again.
        if reader.is_done(handed).await? {
            break;
        }
    }
    reader.look_below().await?;
    ledger.settled().await?;
    ledger.state(mailbox, State::Read);
    session.logout().await;
    Ok(())
}

async fn keep_reading<L: Ledger>(
    settings: Arc<Settings>,
    ledger: Arc<L>,
    door: Arc<Door>,
    mailbox: Mailbox,
    read: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    let mut backoff = Backoff::new(settings.patience.pause, settings.patience.longest_pause);
    let mut memory = Memory::default();
    tokio::select! {
        () = hold_back(&settings, &ledger, &door, &mailbox, &mut backoff) => {}
        () = stopped(&mut stop) => {}
    }
    loop {
        let began = Instant::now();
        let task = {
            let (settings, ledger, door, mailbox) =
                (Arc::clone(&settings), Arc::clone(&ledger), Arc::clone(&door), mailbox.clone());
            let (read, stop) = (Arc::clone(&read), stop.clone());
            isolated(async move {
                let mut memory = memory;
                let result = one_connection(&settings, &ledger, &door, &mailbox, &mut memory, &read, stop).await;
                (memory, result)
            })
        };
        let (kept, result) = task.await;
        memory = kept;
        if began.elapsed() > HEALTHY {
            backoff.reset();
        }
        let error = match result {
            Ok(()) | Err(InboxError::Ledger(LedgerError::Closed)) => break,
            Err(error) => error,
        };
        let pause = pause_after(&error, backoff.next(chance()), &settings, &door);
        let (until, wait) = (later(&settings, pause), error.wait());
        ledger.state(&mailbox, State::Waiting { until, wait, reason: error.to_string() });
        tokio::select! {
            () = sleep(pause) => {}
            () = stopped(&mut stop) => break,
        }
    }
    ledger.state(&mailbox, State::Stopped);
}

/// Waits for as long as a wait from before a restart is to be kept.
async fn hold_back<L: Ledger>(
    settings: &Settings,
    ledger: &Arc<L>,
    door: &Door,
    mailbox: &Mailbox,
    backoff: &mut Backoff,
) {
    // A ledger that cannot tell will say so when it is asked for more.
    let Ok(Some(waiting)) = ledger.waiting(mailbox).await else { return };
    if waiting.wait == Wait::Login {
        door.remember_refusals();
    }
    backoff.resume(Duration::try_from(waiting.until.duration_since(waiting.since)).unwrap_or_default());
    let left = resumed(&waiting, (settings.clock)());
    if !left.is_zero() {
        ledger.state(mailbox, State::Held { until: later(settings, left), reason: waiting.reason });
        sleep(left).await;
    }
}

fn later(settings: &Settings, pause: Duration) -> Timestamp {
    let now = (settings.clock)();
    now.saturating_add(SignedDuration::try_from(pause).unwrap_or_default()).unwrap_or(now)
}

/// Reads the folder until its connection breaks (an error) or we stop. A connection that has become old is made anew.
async fn one_connection<L: Ledger>(
    settings: &Settings,
    ledger: &Arc<L>,
    door: &Door,
    mailbox: &Mailbox,
    memory: &mut Memory,
    read: &Notify,
    mut stop: watch::Receiver<bool>,
) -> Result<(), InboxError> {
    ledger.wish(mailbox, settings.after != After::Leave).await?;
    loop {
        ledger.state(mailbox, State::Connecting);
        let mut session = tokio::select! {
            session = door.enter(settings) => session?,
            () = stopped(&mut stop) => return Ok(()),
        };
        // Dropped in the middle, whatever was not settled is read again at the next start.
        tokio::select! {
            result = until_old(&mut session, settings, ledger, mailbox, memory, read) => result?,
            () = stopped(&mut stop) => return Ok(()),
        }
        tracing::debug!(mailbox = %mailbox.name, folder = %mailbox.folder, "connection is old and made anew");
        session.logout().await;
    }
}

/// Reads the folder over one connection until that is old. Folders that began together do not end together.
async fn until_old<L: Ledger>(
    session: &mut Session,
    settings: &Settings,
    ledger: &Arc<L>,
    mailbox: &Mailbox,
    memory: &mut Memory,
    read: &Notify,
) -> Result<(), InboxError> {
    let end = Instant::now() + settings.patience.session.mul_f64(1.0 - chance() / 4.0);
    let mut reader = Reader::new(session, ledger, settings, mailbox, memory);
    tracing::info!(mailbox = %mailbox.name, folder = %mailbox.folder, "mailbox is connected");
    let (mut look, mut hasty) = (true, 0);
    while Instant::now() < end {
        if look {
            reader.catch_up().await?;
            reader.look_below().await?;
        } else {
            reader.arrivals().await?;
        }
        read.notify_one();
        let (waited, mails) = (Instant::now(), reader.memory.handed);
        look = wait_for_more(&mut reader).await?;
        hasty = if mails == 0 && waited.elapsed() < HASTE { hasty + 1 } else { 0 };
        if hasty >= HASTY {
            // IDLE that ends at once, mail announced that is not there: such a server is asked as one without IDLE is.
            ledger.state(mailbox, State::Polling);
            sleep(settings.poll).await;
            look = true;
        }
    }
    Ok(())
}

/// Waits until there may be more. `true` when the folder should be opened afresh.
async fn wait_for_more<L: Ledger>(reader: &mut Reader<'_, L>) -> Result<bool, InboxError> {
    let handed = std::mem::take(&mut reader.memory.handed);
    let (settings, ledger, mailbox) = (reader.settings, reader.ledger, reader.mailbox);
    let validity = reader.session.folder.validity;
    let something_failed = async {
        if handed == 0 {
            std::future::pending::<()>().await;
        }
        sleep(settings.patience.second_try).await;
        let looked = async {
            ledger.settled().await?;
            ledger.open_epoch(mailbox, validity, None).await
        };
        match looked.await {
            Ok(progress) if progress.retry.is_empty() => std::future::pending().await,
            _ => {}
        }
    };
    if reader.session.can("IDLE") {
        ledger.state(mailbox, State::Idle);
        match idle(reader.session, &settings.patience, something_failed).await? {
            Woke::News => return Ok(false),
            Woke::Renew | Woke::Other => return Ok(true),
            Woke::Refused => {}
        }
    }
    ledger.state(mailbox, State::Polling);
    sleep(settings.poll.min(settings.patience.idle)).await;
    Ok(true)
}

fn pause_after(error: &InboxError, pause: Duration, settings: &Settings, door: &Door) -> Duration {
    match error {
        InboxError::Retry(_) => pause,
        InboxError::BackOff { wait, .. } => pause.max(*wait),
        InboxError::Refused { .. } | InboxError::RefusedToken { .. } => after_refusals(door.refusals(), pause),
        InboxError::Ledger(_) => pause.max(settings.patience.second_try),
        InboxError::Certificate { .. }
        | InboxError::Configuration { .. }
        | InboxError::File { .. }
        | InboxError::Disk { .. } => settings.patience.longest_pause,
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone means the same as its word.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What a connection leaves behind.
type Ended = (Memory, Result<(), InboxError>);

/// Runs in a task of its own, ended with us: should reading what a server says ever panic, it costs a connection.
async fn isolated(task: impl Future<Output = Ended> + Send + 'static) -> Ended {
    let mut alone = JoinSet::new();
    alone.spawn(task);
    let panicked = || (Memory::default(), Err(InboxError::Retry("reading the server's answer failed".into())));
    alone.join_next().await.and_then(Result::ok).unwrap_or_else(panicked)
}

/// A number in 0..1 that differs between folders and daemons.
pub(super) fn chance() -> f64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1u64 << 53) as f64
}
