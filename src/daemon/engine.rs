//! Everything that reads mail, started and stopped as one: writer, worker processes, inboxes.
//!
//! `run`, `once`, `import` and `demo` share it, so that all of them read mail the same way.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::counts::Counts;
use super::keeper::Keeper;
use super::ledger::{Book, Desk};
use crate::clock;
use crate::config::Config;
use crate::failure::{Code, Failure};
use crate::inbox::{self, InboxError, Ledger, import, maildir};
use crate::store::{Lock, Reader, Store};
use crate::wiring::{self, Inbox, People};
use crate::worker;

/// A running engine. It holds the lock that keeps a second one out.
pub struct Engine {
    /// What the mailboxes share.
    pub desk: Arc<Desk>,
    readers: usize,
    _lock: Lock,
}

impl Engine {
    /// Opens the store, takes the lock, learns who is known and starts the writer. `impatient` engines fail on a
    /// full disk instead of waiting for room.
    ///
    /// # Errors
    /// Another touchbase runs (75), the store cannot be opened (69, 73, 78), a contacts file cannot be taken (78).
    pub fn start(config: &Config, impatient: bool) -> Result<(Engine, People), Failure> {
        let mut open = Store::open(&wiring::store_settings(config)).map_err(wiring::store_failure)?;
        let lock = open.lock().map_err(wiring::store_failure)?;
        open.listen_for(&config.phrases.lists);
        let mut people = People::read_what_is_new(config, &open)?;
        // Asked first: what another command writes from here on is a change.
        let mut foreign_writes = open.foreign_writes().map_err(wiring::store_failure)?;
        let mut known = None;
        if !people.are_taken_over() {
            let adopted = people.adopt_into(&mut open, config, true).map_err(wiring::store_failure)?;
            (known, foreign_writes) = (Some(adopted.0), adopted.1);
        }
        people.adopted(foreign_writes);
        let readers = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = Arc::new(worker::Pool::new(wiring::reader(readers), &wiring::rules(config).for_a_record()));
        let config = config.clone();
        let learn_first = move |store: &Reader| Ok(wiring::people::known(store.load_customers()?, &config));
        let desk = Desk::new(Keeper::start(open, impatient), pool, Arc::new(learn_first));
        known.into_iter().for_each(|known| desk.learn(known));
        Ok((Engine { desk: Arc::new(desk), readers, _lock: lock }, people))
    }

    /// Writes the contacts files into the store, and knows everyone in it from now on.
    ///
    /// # Errors
    /// The store's.
    pub async fn adopt(&self, people: &mut People, config: &Config) -> Result<(), Failure> {
        let (files, config) = (people.clone(), config.clone());
        let (known, foreign_writes) =
            self.desk.keeper.ask(move |store| files.adopt_into(store, &config, false)).await?;
        people.adopted(foreign_writes);
        self.desk.learn(known);
        Ok(())
    }

    /// Makes sure that mail can be read before any is fetched.
    ///
    /// # Errors
    /// The system does not let the reading processes work (75).
    pub async fn ready(&self) -> Result<(), Failure> {
        let hint =
            "the daemon starts itself again to read mail: check the limits on memory and processes it runs under";
        let warm = self.desk.pool.warm().await;
        warm.map_err(|e| Failure::new(Code::TryLater, "cannot start a process to read mail").because(&e).hint(hint))
    }

    /// Reads one mailbox once, to its end. What was handed over is settled when this returns.
    ///
    /// # Errors
    /// What the inbox says; a store that cannot be written is in [`Engine::failure`].
    pub async fn pass(&self, inbox: &Inbox) -> Result<(), InboxError> {
        let book = Arc::new(self.book());
        let result = match inbox {
            Inbox::Imap(settings) => inbox::imap::pass((**settings).clone(), book.clone()).await,
            Inbox::Maildir(settings) => maildir::pass(settings.clone(), book.clone()).await,
        };
        // How the folders are doing was told to the writer; once it answers, that is on disk, too.
        let _ = self.desk.keeper.ask(|_| Ok(())).await;
        result
    }

    /// Reads history from files.
    ///
    /// # Errors
    /// What the import says.
    pub async fn import(
        &self,
        paths: &[PathBuf],
        tell: impl FnMut(import::Progress) + Send,
    ) -> Result<import::Progress, InboxError> {
        let book = Arc::new(self.book());
        let progress = import::run(paths, book.clone(), clock::now, tell).await?;
        book.settled().await?;
        Ok(progress)
    }

    /// Watches mailboxes until `stop` turns true; each in a task of its own.
    pub fn watch(&self, inboxes: Vec<Inbox>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for inbox in inboxes {
            let (book, stop) = (Arc::new(self.book()), stop.clone());
            match inbox {
                Inbox::Imap(settings) => tasks.spawn(inbox::imap::watch(*settings, book, stop)),
                Inbox::Maildir(settings) => tasks.spawn(maildir::watch(settings, book, stop)),
            };
        }
        tasks
    }

    /// What was settled so far.
    pub fn counts(&self) -> Counts {
        self.desk.keeper.counts()
    }

    /// Why the writer has ended, if it has.
    pub fn failure(&self) -> Option<Failure> {
        self.desk.keeper.take_failure().map(wiring::store_failure)
    }

    fn book(&self) -> Book {
        Book::open(self.desk.clone(), self.readers * 2)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.desk.keeper.close();
    }
}
