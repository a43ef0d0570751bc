//! The daemon: one loop over one closed enum of events.
//!
//! Mail flows beside the loop, in the [`engine`]. The loop itself only decides: reload, report, stop, and
//! whether the work is still alive enough to feed systemd's watchdog.

pub mod counts;
pub mod engine;
pub mod keeper;
pub mod ledger;
pub mod mailing;
pub mod metrics;
pub mod notify;
pub mod readiness;
pub mod reporting;
mod signals;
pub mod states;
pub mod steady;
pub mod tally;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, timeout};

use crate::clock;
use crate::config::{Config, Privacy};
use crate::failure::{Code, Failure};
use crate::logs;
use crate::mailbox::Mailbox;
use crate::wiring::{self, People};
use engine::Engine;
use keeper::Keeper;
use metrics::Figures;
use signals::Signals;
use steady::{Look, Steady};

/// How often contacts files and the directory are looked at, and the watchdog is fed, unless it is hungrier.
const TICK: Duration = Duration::from_secs(2);
/// How long the writer may take to answer before it counts as stuck.
const ANSWER: Duration = Duration::from_secs(60);
/// How long mailboxes may take to let go. With [`keeper`]'s closing it stays below the five seconds in which the
/// daemon ends.
const LANDING: Duration = Duration::from_millis(2_500);
/// How long a report that could not be written waits for the next try.
const REPORT_PAUSE: Duration = Duration::from_secs(60);
/// How often old unmatched mail is looked for and let go.
const HOUSEKEEPING: Duration = Duration::from_secs(3_600);

/// Everything that can wake the daemon.
#[derive(Debug)]
enum Event {
    /// SIGTERM or SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
    /// Time to look around.
    Tick,
    /// A mailbox's task has ended although nobody asked it to.
    Ended,
}

/// Runs until stopped.
///
/// # Errors
/// Whatever keeps it from starting, and a store that is beyond use.
pub async fn run(config_path: &Path) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let config = wiring::load(config_path)?;
    wiring::filled_in(config_path, &config)?;
    logs::adopt(config.log.level);
    let (engine, people) = Engine::start(&config, false)?;
    let mut daemon = Daemon::new(config_path.to_owned(), config, people, engine);
    let folders = daemon.watch()?;
    daemon.tell_when_ready(folders);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "touchbase watches");
    let ended = daemon.turn(&mut signals).await;
    notify::stopping();
    daemon.stop(&mut signals).await;
    tracing::info!("touchbase stopped");
    ended
}

struct Daemon {
    config_path: PathBuf,
    config: Config,
    people: People,
    engine: Engine,
    inboxes: JoinSet<()>,
    running: watch::Sender<bool>,
    tick: Interval,
    /// Tells systemd once every folder is open.
    readiness: Option<JoinHandle<()>>,
    kept_house: Option<Instant>,
    /// Writes the reports that are due and keeps house, beside everything else.
    chores: Option<JoinHandle<()>>,
    /// Mails reports, which may take a server its time.
    post: Option<JoinHandle<()>>,
    figures: Figures,
    /// What is due by the clock waits while that cannot be believed.
    steady: Steady,
    /// How often the writer had turned to its work when it was last looked at.
    turns: u64,
}

impl Daemon {
    fn new(config_path: PathBuf, config: Config, people: People, engine: Engine) -> Daemon {
        let mut tick = interval(notify::hunger().map_or(TICK, |pause| TICK.min(pause)));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Daemon {
            config_path,
            config,
            people,
            engine,
            inboxes: JoinSet::new(),
            running: watch::Sender::new(false),
            tick,
            readiness: None,
            kept_house: None,
            chores: None,
            post: None,
            figures: Figures::default(),
            steady: Steady::default(),
            turns: 0,
        }
    }

    /// The loop. Ends with `Ok` when asked to stop, with the reason when the store is beyond use.
    async fn turn(&mut self, signals: &mut Signals) -> Result<(), Failure> {
        loop {
            let event = tokio::select! {
                event = signals.next() => event,
                _ = self.tick.tick() => Event::Tick,
                Some(_) = self.inboxes.join_next() => Event::Ended,
            };
            match event {
                Event::Stop => return Ok(()),
                Event::Reload => self.reload().await,
                Event::Tick => {
                    // A disk without room may keep it waiting; whoever wants it to stop does not wait.
                    let signalled = tokio::select! {
                        done = self.look_around() => done.map(|()| None)?,
                        event = signals.next() => Some(event),
                    };
                    match signalled {
                        Some(Event::Stop) => return Ok(()),
                        Some(_) => self.reload().await,
                        None => {}
                    }
                }
                // None does so by itself. Started anew, the daemon watches all of them again, and a mail that was the
                // reason is found by its attempts.
                Event::Ended => {
                    let hint = "the service starts itself again; if this comes back, please report it with the log";
                    let unwatched = Failure::new(Code::Bug, "a mailbox is no longer watched").hint(hint);
                    return Err(self.engine.failure().unwrap_or(unwatched));
                }
            }
        }
    }

    /// Starts a task for every mailbox. Returns the folders they will read.
    fn watch(&mut self) -> Result<Vec<Mailbox>, Failure> {
        let inboxes = wiring::inboxes(&self.config)?;
        let folders = readiness::folders(&inboxes);
        self.engine.desk.states.watch_only(&folders);
        self.running = watch::Sender::new(false);
        self.inboxes = self.engine.watch(inboxes, &self.running.subscribe());
        Ok(folders)
    }

    /// Has systemd told that we are ready, once these folders are open.
    fn tell_when_ready(&mut self, folders: Vec<Mailbox>) {
        self.readiness = Some(tokio::spawn(readiness::tell(folders, self.engine.desk.states.clone())));
    }

    /// Reads configuration and contacts again. A mistake in them keeps everything as it was.
    async fn reload(&mut self) {
        // Whoever is not ready yet does not say so after a reload either.
        let ready = self.readiness.as_ref().is_none_or(|telling| telling.is_finished());
        if ready {
            notify::reloading();
        }
        match self.take_over().await {
            Ok(()) => tracing::info!("configuration and contacts read again"),
            Err(failure) => {
                tracing::error!(reason = failure.in_one_line(), "configuration not taken over; the old one stays")
            }
        }
        if ready {
            notify::ready();
        }
    }

    async fn take_over(&mut self) -> Result<(), Failure> {
        let config = wiring::load(&self.config_path)?;
        let mut people = People::read(&config)?;
        // Asked before the old mailboxes are let go: a credential that is missing must not stop the watch.
        wiring::inboxes(&config)?;
        let mailboxes_changed = config.mailboxes != self.config.mailboxes;
        self.engine.adopt(&mut people, &config).await?;
        logs::adopt(config.log.level);
        (self.config, self.people) = (config, people);
        if mailboxes_changed {
            self.let_go().await;
            self.watch()?;
        }
        Ok(())
    }

    /// What every tick looks at: the writer, the people, the reports.
    async fn look_around(&mut self) -> Result<(), Failure> {
        if let Some(failure) = self.engine.failure() {
            return Err(failure);
        }
        // The question waits its turn behind a batch; a writer that never answers lets the watchdog bite.
        let asked = self.engine.desk.keeper.ask(|store| store.foreign_writes());
        let version = match timeout(ANSWER, asked).await {
            Ok(Ok(version)) => version,
            Ok(Err(_)) | Err(_) if self.engine.desk.keeper.is_stuck() => {
                // It tries again every few seconds; a writer that does not is fed no longer.
                let turns = self.engine.desk.keeper.turns();
                if std::mem::replace(&mut self.turns, turns) != turns {
                    notify::alive("no room on the disk: mail waits in its mailboxes");
                }
                return Ok(());
            }
            Ok(Err(error)) => {
                tracing::warn!(reason = %error, "the writer does not answer");
                return Ok(());
            }
            Err(_) => return Ok(()),
        };
        if self.people.changed(version) {
            match People::read(&self.config) {
                Ok(mut people) => match self.engine.adopt(&mut people, &self.config).await {
                    Ok(()) => {
                        self.people = people;
                        tracing::info!("contacts read again");
                    }
                    // A writer that is beyond use says so above, at the next turn.
                    Err(failure) => {
                        tracing::warn!(reason = failure.in_one_line(), "contacts not taken over; will try again");
                    }
                },
                Err(failure) => {
                    self.people.leave_as_is(version);
                    tracing::error!(reason = failure.in_one_line(), "contacts not taken over; the old ones stay");
                }
            }
        }
        match self.steady.look(clock::now(), clock::passed()) {
            Look::Steady => self.do_chores(),
            Look::Set(by) => {
                let hours = by.as_hours();
                tracing::warn!(hours, "the clock was set: reports and housekeeping wait ten minutes, mail does not");
            }
            Look::OnTrial => {}
        }
        self.see_to_the_post();
        if timeout(ANSWER, self.figures.keep(&self.config, &self.engine.desk)).await.is_err() {
            return Ok(());
        }
        notify::alive(&self.engine.desk.states.line(self.engine.counts().total()));
        Ok(())
    }

    /// Has every report written that should be there and is not, and then lets go of what is kept longer than
    /// wished: a report may still tell of it.
    fn do_chores(&mut self) {
        if self.chores.as_ref().is_some_and(|chores| !chores.is_finished()) {
            return;
        }
        let tidy = self.kept_house.is_none_or(|at| at.elapsed() >= HOUSEKEEPING);
        if tidy {
            self.kept_house = Some(Instant::now());
        }
        let keeper = self.engine.desk.keeper.clone();
        let (settings, privacy) = (reporting::Settings::of(&self.config), self.config.privacy.clone());
        self.chores = Some(tokio::spawn(async move {
            let written = write_due_reports(&keeper, settings).await;
            if tidy {
                keep_house(&keeper, privacy).await;
            }
            if !written {
                // The task stays until then, so that nobody tries before.
                sleep(REPORT_PAUSE).await;
            }
        }));
    }

    /// Has every report mailed that waits for it.
    fn see_to_the_post(&mut self) {
        if self.config.report.mail.is_none() || self.post.as_ref().is_some_and(|post| !post.is_finished()) {
            return;
        }
        let (keeper, config) = (self.engine.desk.keeper.clone(), self.config.clone());
        self.post = Some(tokio::spawn(async move {
            if let Err(failure) = mailing::send_due(&keeper, &config, clock::now()).await {
                tracing::warn!(reason = failure.in_one_line(), "reports not mailed; will try again");
                // The task stays until then, so that nobody tries before.
                sleep(REPORT_PAUSE).await;
            }
        }));
    }

    /// Ends the mailboxes' tasks and waits for what they handed over.
    async fn let_go(&mut self) {
        self.running.send_replace(true);
        let landing = async { while self.inboxes.join_next().await.is_some() {} };
        if timeout(LANDING, landing).await.is_err() {
            // What has not landed is not settled, and will be read again.
            self.inboxes.shutdown().await;
        }
    }

    /// Stops; a second signal means now. A day whose report is not complete is due again.
    async fn stop(&mut self, signals: &mut Signals) {
        // A letter whose last byte is on its way is mailed again, under the same identifier.
        for task in [self.chores.take(), self.post.take(), self.readiness.take()].into_iter().flatten() {
            task.abort();
        }
        tokio::select! {
            () = self.let_go() => {}
            _ = signals.stop() => tracing::warn!("stopping at once"),
        }
        self.figures.forget();
    }
}

/// Writes every report that is due; `false` when one could not be written and has to be tried again.
async fn write_due_reports(keeper: &Keeper, settings: reporting::Settings) -> bool {
    match reporting::publish_due(keeper, settings, clock::now()).await {
        Ok(written) => {
            for date in written {
                tracing::info!(%date, "report written");
            }
            true
        }
        Err(failure) => {
            tracing::error!(reason = failure.in_one_line(), "report not written; will try again");
            false
        }
    }
}

/// Lets go of what is kept longer than wished.
async fn keep_house(keeper: &Keeper, privacy: Privacy) {
    let swept = keeper.ask(move |store| wiring::keep_house(store, &privacy, clock::now())).await;
    if let Err(error) = swept {
        tracing::warn!(reason = %error, "old mail could not be let go");
    }
}
