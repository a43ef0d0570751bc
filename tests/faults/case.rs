//! One case: a scene, a fault, and the course of both from beginning to end.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use touchbase::inbox::State;
use touchbase::inbox::imap::{self, Dial, Password, Patience, Settings, Tls};
use touchbase::mailbox::Route;
use touchbase::worker;

use super::clock;
use super::done::Done;
use super::fault::Fault;
use super::log::Entry;
use super::office::{Office, Watched};
use super::oracle::{self, Evidence, Expect, SECRET};
use super::record::Record;
pub use super::scene::Scene;
use super::server::{Server, Traits};

/// A case.
#[derive(Clone)]
pub struct Case {
    /// `group/…`, without the scene.
    pub name: String,
    /// What goes on.
    pub scene: Scene,
    /// What goes wrong.
    pub fault: Fault,
    /// What else is to be expected.
    pub expect: Expect,
    /// The server, where it is not an ordinary one.
    pub traits: Option<Traits>,
    /// The client, where it is not an ordinary one.
    pub tune: Option<Arc<dyn Fn(Settings) -> Settings + Send + Sync>>,
    /// Whether server and client are connected by TCP, in real time.
    pub over_tcp: bool,
}

impl Case {
    /// A case of which nothing special is expected.
    pub fn new(name: impl Into<String>, scene: Scene, fault: Fault) -> Case {
        Case { name: name.into(), scene, fault, expect: Expect::default(), traits: None, tune: None, over_tcp: false }
    }

    /// With expectations.
    pub fn expecting(self, change: impl FnOnce(&mut Expect)) -> Case {
        let mut expect = self.expect;
        change(&mut expect);
        Case { expect, ..self }
    }

    /// At another server.
    pub fn at(self, traits: Traits) -> Case {
        Case { traits: Some(traits), ..self }
    }

    /// With another client.
    pub fn tuned(self, tune: impl Fn(Settings) -> Settings + Send + Sync + 'static) -> Case {
        Case { tune: Some(Arc::new(tune)), ..self }
    }

    /// Its whole name.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.name, self.scene.name())
    }

    /// Its group.
    pub fn group(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// The longest a fault may take to be over.
const LONGEST: Duration = Duration::from_secs(26 * 3_600);
/// How long the course up to the fault may take.
const BEFORE: Duration = Duration::from_secs(600);
/// How long a program that is to end may take.
const LONGEST_PASS: Duration = Duration::from_secs(30 * 60);
/// How often cron runs it.
const CRON: Duration = Duration::from_secs(5 * 60);

/// A watch that runs.
struct Running {
    ledger: Arc<Watched>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// One case under way.
struct Course<'a> {
    case: &'a Case,
    server: Arc<Server>,
    office: Office,
    reading: rusqlite::Connection,
    dial: Dial,
    port: u16,
    running: Option<Running>,
    evidence: Evidence,
}

/// Runs a case; what did not hold, and the server's log.
pub async fn run(case: &Case, pool: Arc<worker::Pool>) -> (Vec<String>, Vec<Entry>) {
    clock::begin();
    let server = Server::new(case.traits.clone().unwrap_or_else(|| case.scene.traits()));
    let office = Office::open(pool);
    let path = office.path();
    server.judge(move |numbers| {
        let record = Record::read(&Record::connect(&path));
        numbers.iter().copied().filter(|number| !record.interactions.contains_key(&format!("Mail {number}"))).collect()
    });
    let reading = Record::connect(&office.path());
    let (dial, port) = if case.over_tcp { (Dial::Network, server.listen().await) } else { (server.dial(), 143) };
    let evidence = Evidence::default();
    let mut course = Course { case, server, office, reading, dial, port, running: None, evidence };
    course.set_the_scene().await;
    course.until_well().await;
    course.until_caught_up().await;
    course.stop().await;
    course.gather().await;
    let wrong = oracle::violations(&course.evidence, &case.expect);
    (wrong, course.evidence.log)
}

impl Course<'_> {
    fn settings(&self) -> Settings {
        let settings = Settings {
            name: "capture".into(),
            host: "localhost".into(),
            port: self.port,
            tls: Tls::None,
            ca_file: None,
            user: "capture".into(),
            password: Password::new(|| async { Ok(SecretString::from(SECRET)) }),
            // No inbox: only about other folders is the server asked whether they hold what was sent (LIST).
            folders: vec!["Customers".into()],
            route: Route::Capture,
            poll: Duration::from_secs(60),
            after: self.case.scene.after(),
            since: None,
            patience: Patience::default(),
            clock: clock::now,
        };
        match &self.case.tune {
            Some(tune) => tune(settings),
            None => settings,
        }
    }

    fn start(&mut self) {
        let ledger = self.office.ledger(&self.server);
        let (stop, stopping) = watch::channel(false);
        let watching = imap::watch_over(self.dial.clone(), self.settings(), Arc::clone(&ledger), stopping);
        self.running = Some(Running { ledger, stop, task: tokio::spawn(watching) });
    }

    async fn stop(&mut self) {
        let Some(Running { ledger, stop, task }) = self.running.take() else { return };
        if task.is_finished() {
            self.evidence.ended = Some("nobody had asked it to".into());
        }
        stop.send_replace(true);
        match timeout(Duration::from_secs(60), task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.evidence.ended = Some(error.to_string()),
            Err(_) => self.evidence.ended = Some("it does not stop when it is asked to".into()),
        }
        self.office.written().await;
        self.evidence.seen.push(ledger.seen());
    }

    fn deliver(&self, mails: usize) {
        for _ in 0..mails {
            self.server.deliver();
        }
    }

    async fn set_the_scene(&mut self) {
        let fault = self.case.fault.clone();
        match self.case.scene {
            Scene::Plain => self.deliver(3),
            Scene::Flood => self.deliver(self.case.scene.mails().len()),
            Scene::Large => {
                self.server.deliver();
                self.server.change(|folder| (folder.arrive_large(), folder.arrive_large()));
                self.server.deliver();
            }
            Scene::Sparse => {
                self.deliver(2);
                self.server.change(|folder| folder.next += 2_000);
                self.deliver(2);
            }
            Scene::CatchUp => {
                self.deliver(4);
                self.start();
                self.until_quiet().await;
                self.stop().await;
                self.deliver(3);
            }
            Scene::Arrival | Scene::Reconnect => {
                self.deliver(3);
                self.start();
                self.until_quiet().await;
                self.server.arm(fault);
                self.deliver(2);
                if self.case.scene == Scene::Reconnect {
                    self.server.hang_up();
                }
                return;
            }
            _ => self.deliver(5),
        }
        self.server.arm(fault);
        if self.case.scene != Scene::Once {
            self.start();
        }
    }

    /// Waits; where cron is what drives the program, that is a run of it and the time until the next.
    async fn go_on(&mut self, time: Duration) {
        match self.case.scene {
            Scene::Once => self.pass().await,
            _ => sleep(time).await,
        }
    }

    /// A program that begins, reads and ends. If it says that all went well, nothing that lay there is unknown.
    async fn pass(&mut self) {
        self.office.reopen();
        let ledger = self.office.ledger(&self.server);
        let lay_there: Vec<u64> = self.server.look(|folder| folder.mails.iter().map(|mail| mail.uid).collect());
        let passing = imap::pass_over(self.dial.clone(), self.settings(), Arc::clone(&ledger));
        let passed = timeout(LONGEST_PASS, passing).await;
        self.office.written().await;
        match passed {
            Ok(Ok(())) => {
                let known = Record::read(&self.reading).deliveries;
                let unknown = lay_there.iter().find(|uid| !known.iter().any(|row| row.uid == **uid as i64));
                let said = unknown.map(|uid| format!("it said that all went well, and had not read UID {uid}"));
                self.evidence.ended = self.evidence.ended.take().or(said);
            }
            Ok(Err(_)) => {}
            Err(_) => self.evidence.ended = Some("it did not end".into()),
        }
        self.evidence.seen.push(ledger.seen());
        sleep(self.at_least(CRON)).await;
    }

    /// So long; nobody waits for long where time is real.
    fn at_least(&self, time: Duration) -> Duration {
        if self.case.over_tcp { Duration::from_millis(50) } else { time }
    }

    async fn until_quiet(&self) {
        let quiet = async {
            while !self.is_caught_up() {
                sleep(Duration::from_secs(1)).await;
            }
        };
        let _ = timeout(BEFORE, quiet).await;
    }

    async fn until_well(&mut self) {
        while !self.server.is_well() && clock::elapsed() < LONGEST {
            self.go_on((clock::elapsed() / 200).max(self.at_least(Duration::from_millis(500)))).await;
        }
        self.evidence.struck = self.server.struck();
        self.evidence.well = clock::elapsed();
        self.server.heal();
    }

    /// Life goes on: one more mail arrives, and everything has to be read.
    async fn until_caught_up(&mut self) {
        self.server.deliver();
        let end = self.evidence.well + self.case.expect.within;
        loop {
            // Later looks may be rarer: most cases are quiet after seconds, some after hours.
            let waited = clock::elapsed().saturating_sub(self.evidence.well);
            self.go_on((waited / 8).max(self.at_least(Duration::from_secs(1)))).await;
            if self.is_caught_up() {
                self.evidence.caught_up = Some(clock::elapsed());
                return;
            }
            if clock::elapsed() > end {
                return;
            }
        }
    }

    /// Whether the folder is quiet and every mail in it is settled.
    fn is_caught_up(&self) -> bool {
        let quiet = match &self.running {
            Some(running) => matches!(running.ledger.seen().states.last(), Some(State::Idle | State::Polling)),
            None => self.evidence.seen.last().is_some_and(|seen| seen.states.last() == Some(&State::Read)),
        };
        if !quiet {
            return false;
        }
        let record = Record::read(&self.reading);
        let held = self.case.expect.quarantined.as_ref().map(|(held, _)| held.clone()).unwrap_or_default();
        record.open() == 0
            && record.owed == 0
            && self.server.look(|folder| {
                let there = folder.mails.iter().filter(|mail| !folder.denied.contains(&mail.number));
                there.into_iter().all(|mail| {
                    held.contains(&mail.number) || record.interactions.contains_key(&format!("Mail {}", mail.number))
                })
            })
    }

    async fn gather(&mut self) {
        self.server.hang_up();
        sleep(Duration::from_millis(1)).await;
        let evidence = &mut self.evidence;
        evidence.log = self.server.log();
        evidence.taken = self.server.most_taken();
        evidence.record = Record::examined(&self.office.path());
        self.server.look(|folder| {
            evidence.present = folder.mails.iter().map(|mail| (mail.number, mail.uid)).collect();
            evidence.validity = folder.validity;
            (evidence.ever, evidence.denied) = (folder.ever.clone(), folder.denied.clone());
            evidence.done = Done::of(self.case.scene, folder);
        });
    }
}
