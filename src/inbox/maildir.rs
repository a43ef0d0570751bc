//! Mail in files (Maildir, and the subfolders of Maildir++), read without moving, renaming or flagging any; that is done
//! only as `after` says, to what is settled.
//!
//! A mail is known by the part of its file name before the flags: other programs move it from `new/` to `cur/` and
//! rename it with every flag. The kernel tells of arrivals; what it forgets (network file systems, overflows) the
//! periodic look finds.

mod after;
mod files;
mod probe;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use notify::Watcher;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

pub(super) use self::files::PARTS;
use self::files::{Found, Read};
pub use self::probe::{openings, probe};
use crate::inbox::{
    After, InboxError, Ledger, LedgerError, State, WINDOW, count_all, few_and_single, named_like_sent, once_more,
};
use crate::mailbox::{Delivery, EpochId, Key, Listed, Mailbox, Pending, Route, UidValidity};

/// A Maildir.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The mailbox's name in the configuration.
    pub name: String,
    /// The folder that holds `new` and `cur`; its subfolders begin with a dot.
    pub path: PathBuf,
    /// Which folders are read, named as a person writes them; `INBOX` is the top.
    pub folders: Vec<String>,
    /// How mail gets there.
    pub route: Route,
    /// How often to look without being told.
    pub poll: Duration,
    /// What happens to a mail there once it is settled.
    pub after: After,
    /// Mails whose files are older than this day (UTC) are left alone.
    pub since: Option<Date>,
    /// The time, for files without one.
    pub clock: fn() -> Timestamp,
}

/// How soon after a failure, or after handing mails over, to look again.
const PAUSE: Duration = Duration::from_secs(30);
/// How long to wait before a mail is tried that was in hand alone before.
const SUSPICION: Duration = Duration::from_secs(2);
/// How often a Maildir that is read once is looked at for mails that failed.
const ROUNDS: usize = 4;
/// Files that are read with one visit to a thread that may block, at the most, and bytes after which no further one is.
const TOGETHER: usize = 32;
const TOGETHER_BYTES: u64 = 512 * 1024;
/// New files are gathered for so long, so that a burst is one window.
const GATHER: Duration = Duration::from_millis(5);

/// Watches the Maildir and its subfolders until `stop` is true (or its sender is gone). Subfolders made later are
/// found with the next look.
pub async fn watch<L: Ledger>(settings: Settings, ledger: Arc<L>, mut stop: watch::Receiver<bool>) {
    let mut watched: HashSet<String> = HashSet::new();
    let mut folders = JoinSet::new();
    loop {
        for folder in present(&settings) {
            if watched.insert(folder.clone()) {
                folders.spawn(keep_reading(settings.clone(), Arc::clone(&ledger), folder, stop.clone()));
            }
        }
        tokio::select! {
            () = sleep(settings.poll) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    while folders.join_next().await.is_some() {}
}

/// Reads everything once, with what failed tried again until it is settled.
pub async fn pass<L: Ledger>(settings: Settings, ledger: Arc<L>) -> Result<(), InboxError> {
    for folder in present(&settings) {
        let mut reader = Reader::new(&settings, &ledger, folder);
        let result = reader.read_once().await;
        let state = match &result {
            Ok(()) => State::Read,
            Err(error) => State::Waiting { until: (settings.clock)(), wait: error.wait(), reason: error.to_string() },
        };
        ledger.state(&reader.mailbox, state);
        result?;
    }
    Ok(())
}

/// The folders that are there, of those that are wanted. A wanted one may be made later.
pub fn present(settings: &Settings) -> impl Iterator<Item = String> {
    files::folders(&settings.path).into_iter().filter(|folder| settings.folders.contains(folder))
}

async fn keep_reading<L: Ledger>(settings: Settings, ledger: Arc<L>, folder: String, mut stop: watch::Receiver<bool>) {
    let mut reader = Reader::new(&settings, &ledger, folder);
    let mailbox = reader.mailbox.clone();
    let reading = async {
        loop {
            let error = match reader.read_for_ever().await {
                InboxError::Ledger(LedgerError::Closed) => return,
                error => error,
            };
            let until = (settings.clock)().saturating_add(SignedDuration::try_from(PAUSE).unwrap_or_default());
            let (until, wait) = (until.unwrap_or_default(), error.wait());
            ledger.state(&mailbox, State::Waiting { until, wait, reason: error.to_string() });
            sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = reading => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    ledger.state(&mailbox, State::Stopped);
}

struct Reader<'a, L> {
    settings: &'a Settings,
    ledger: &'a Arc<L>,
    mailbox: Mailbox,
    top: PathBuf,
    epoch: EpochId,
    /// Names listed already: the ledger need not be asked about them again.
    known: HashSet<Box<str>>,
    handed: u64,
}

impl<'a, L: Ledger> Reader<'a, L> {
    fn new(settings: &'a Settings, ledger: &'a Arc<L>, folder: String) -> Reader<'a, L> {
        let top = files::folder_path(&settings.path, &folder);
        let mailbox = Mailbox { name: settings.name.clone(), folder };
        Reader { settings, ledger, mailbox, top, epoch: EpochId(0), known: HashSet::new(), handed: 0 }
    }

    async fn read_once(&mut self) -> Result<(), InboxError> {
        self.ledger.wish(&self.mailbox, self.settings.after != After::Leave).await?;
        for round in 0..ROUNDS {
            let again = self.catch_up().await?;
            if round > 0 && again == 0 {
                break;
            }
        }
        self.ledger.settled().await?;
        after::settle_up(self.settings, self.ledger, &self.mailbox).await
    }

    /// Does what is owed. That it cannot be done keeps no mail from being read.
    async fn settle_up(&self) -> Result<(), InboxError> {
        match after::settle_up(self.settings, self.ledger, &self.mailbox).await {
            Err(error @ (InboxError::Configuration { .. } | InboxError::Disk { .. })) => {
                tracing::warn!(mailbox = %self.mailbox.name, folder = %self.mailbox.folder, reason = %error,
                    "settled mails wait to be seen, moved or deleted");
                Ok(())
            }
            result => result,
        }
    }

    /// Reads, waits, reads; ends only with an error.
    async fn read_for_ever(&mut self) -> InboxError {
        if let Err(error) = self.ledger.wish(&self.mailbox, self.settings.after != After::Leave).await {
            return error.into();
        }
        // Watched before the first look, so that nothing falls between the two.
        let (told, mut tellings) = mpsc::channel::<()>(1);
        let watcher = watcher(&self.top, told);
        self.known.clear();
        loop {
            if let Err(error) = self.catch_up().await {
                return error;
            }
            if let Err(error) = self.settle_up().await {
                return error;
            }
            let state = if watcher.is_some() { State::Idle } else { State::Polling };
            self.ledger.state(&self.mailbox, state);
            let patience =
                if std::mem::take(&mut self.handed) > 0 { PAUSE.min(self.settings.poll) } else { self.settings.poll };
            let look_again = sleep(patience);
            tokio::pin!(look_again);
            loop {
                tokio::select! {
                    Some(()) = tellings.recv() => {
                        sleep(GATHER).await;
                        if let Err(error) = self.read_new().await {
                            return error;
                        }
                        if let Err(error) = self.settle_up().await {
                            return error;
                        }
                    }
                    () = &mut look_again => break,
                }
            }
        }
    }

    /// Looks at everything, and tries again what was not settled. Returns how many mails it tried again.
    async fn catch_up(&mut self) -> Result<usize, InboxError> {
        self.ledger.settled().await?;
        let progress = self.ledger.open_epoch(&self.mailbox, UidValidity(0), None).await?;
        self.epoch = progress.epoch;
        self.read_new().await?;
        let again = progress.retry.len();
        self.try_again(progress.retry).await?;
        Ok(again)
    }

    /// Lists what was not listed before, oldest name first, and hands it over.
    async fn read_new(&mut self) -> Result<(), InboxError> {
        let top = self.top.clone();
        let found = spawn_blocking(move || files::scan(&top)).await.unwrap_or_else(|_| Ok(BTreeMap::new()))?;
        self.known.retain(|name| found.contains_key(&**name));
        let mut waiting: Vec<(String, Found)> =
            found.into_iter().filter(|(name, _)| !self.known.contains(name.as_str())).collect();
        waiting.sort_by_cached_key(|(name, _)| files::age(name));
        let mut waiting = waiting.into_iter();
        loop {
            let window: Vec<(String, Found)> = waiting.by_ref().take(WINDOW).collect();
            if window.is_empty() {
                return Ok(());
            }
            self.read_window(window).await?;
        }
    }

    async fn read_window(&mut self, window: Vec<(String, Found)>) -> Result<(), InboxError> {
        let mut listed = Vec::new();
        for (name, found) in &window {
            // Without size and time the file is gone already; if it only moved, the next look finds it.
            let Some((size, arrived)) = files::size_and_time(&found.path) else { continue };
            self.known.insert(name.as_str().into());
            if self.young_enough(arrived) {
                listed.push(Listed { key: Key::Name(name.clone()), size, arrived });
            }
        }
        let new = self.ledger.enumerate(self.epoch, listed, None).await?;
        let places: BTreeMap<String, Found> = window.into_iter().collect();
        self.take_all(new, &places).await?;
        self.ledger.state(&self.mailbox, State::Reading { mails: self.handed });
        Ok(())
    }

    /// Hands mails over, in their order.
    async fn take_all(&mut self, mails: Vec<Pending>, places: &BTreeMap<String, Found>) -> Result<(), InboxError> {
        let mut mails = mails.into_iter().peekable();
        while let Some(first) = mails.next() {
            let (mut bytes, mut together) = (first.size, vec![first]);
            let fits = |bytes, mail: &Pending| bytes + mail.size <= TOGETHER_BYTES;
            while let Some(mail) = mails.next_if(|mail| together.len() < TOGETHER && fits(bytes, mail)) {
                bytes += mail.size;
                together.push(mail);
            }
            let read = self.read_files(&together, places).await;
            for (mail, read) in together.into_iter().zip(read) {
                self.take(mail, read, None).await?;
            }
        }
        Ok(())
    }

    fn young_enough(&self, arrived: Option<Timestamp>) -> bool {
        match (self.settings.since, arrived) {
            (Some(day), Some(arrived)) => arrived.to_zoned(TimeZone::UTC).date() >= day,
            _ => true,
        }
    }

    /// A few at a time, and those that failed again one by one, each settled before the next: whatever breaks is known by
    /// name before it has failed too often. One that failed again comes last and after a pause, so that everything else
    /// went first and a person who kills us is not taken for it.
    async fn try_again(&mut self, mails: Vec<Pending>) -> Result<(), InboxError> {
        if mails.is_empty() {
            return Ok(());
        }
        let top = self.top.clone();
        let places = spawn_blocking(move || files::scan(&top)).await.unwrap_or_else(|_| Ok(BTreeMap::new()))?;
        // Nothing else is in hand while these are: should we end now, it was one of them.
        self.ledger.settled().await?;
        let (second, later) = few_and_single(mails);
        for few in second {
            count_all(self.ledger.as_ref(), &few).await?;
            self.take_all(few, &places).await?;
            self.ledger.settled().await?;
        }
        // Once: a program that ends for another reason soon after its start shall not count against many.
        if !later.is_empty() {
            sleep(SUSPICION).await;
        }
        for mail in later {
            let give_up = once_more(self.ledger.as_ref(), &mail).await?;
            if let Some(read) = self.read_files(std::slice::from_ref(&mail), &places).await.pop() {
                self.take(mail, read, give_up).await?;
            }
            self.ledger.settled().await?;
        }
        Ok(())
    }

    /// Reads the files of some mails, in their order, with one visit to a thread that may block.
    async fn read_files(&self, mails: &[Pending], places: &BTreeMap<String, Found>) -> Vec<Read> {
        let place = |mail: &Pending| match &mail.key {
            Key::Name(name) => places.get(name).cloned(),
            Key::Uid(_) => None,
        };
        let (top, wanted) = (self.top.clone(), mails.iter().map(|mail| (mail.key.clone(), place(mail))).collect());
        let read = spawn_blocking(move || files::read_all(&top, wanted)).await;
        read.unwrap_or_else(|_| mails.iter().map(|_| Read::Failed("reading it failed".into())).collect())
    }

    /// Does with a mail what reading its file calls for.
    async fn take(&mut self, mail: Pending, read: Read, give_up: Option<String>) -> Result<(), InboxError> {
        self.handed += 1;
        match read {
            Read::Mail { bytes, size } => self.hand_over(mail, bytes, size, give_up).await,
            Read::Gone => Ok(self.ledger.vanished(vec![mail.id]).await?),
            Read::Failed(why) if give_up.is_some() => self.hand_over(mail, Vec::new(), 0, Some(why)).await,
            Read::Failed(why) => Ok(self.ledger.failed(mail.id, why).await?),
        }
    }

    async fn hand_over(
        &self,
        mail: Pending,
        bytes: Vec<u8>,
        size: u64,
        give_up: Option<String>,
    ) -> Result<(), InboxError> {
        let delivery = Delivery {
            mailbox: self.mailbox.clone(),
            route: self.settings.route,
            sent_folder: named_like_sent(&self.mailbox.folder),
            arrived: mail.arrived.unwrap_or_else(self.settings.clock),
            size: size.max(mail.size),
            bytes,
        };
        Ok(self.ledger.deliver(mail.id, delivery, give_up).await?)
    }
}

/// Tells of every change in `new` and `cur`; `None` where the kernel cannot.
fn watcher(top: &std::path::Path, told: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let tell = move |event: Result<notify::Event, notify::Error>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // A full channel holds a telling already.
            let _ = told.try_send(());
        }
    };
    let mut watcher = notify::recommended_watcher(tell).ok()?;
    for part in files::PARTS {
        watcher.watch(&top.join(part), notify::RecursiveMode::NonRecursive).ok()?;
    }
    Some(watcher)
}
