//! One case: a scene, a fault, and the course of both from beginning to end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use touchbase::inbox::State;
use touchbase::inbox::imap::{self, After, Password, Patience, Settings, Tls};
use touchbase::mailbox::Route;
use touchbase::worker;

use super::clock;
use super::fault::Fault;
use super::log::Entry;
use super::office::{Office, Watched};
use super::oracle::{self, Evidence, Expect, SECRET};
use super::record::Record;
use super::server::{Server, Traits};

/// What the mailbox goes through while the fault waits for its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scene {
    /// Five mails lie there; touchbase has never seen them.
    FirstFill,
    /// Three of seven are new when it is started again.
    CatchUp,
    /// It idles, and two arrive.
    Arrival,
    /// It idles, two arrive, and the connection is lost.
    Reconnect,
    /// Two of four have large files.
    Large,
    /// Numbers with a hole of two thousand between them.
    Sparse,
    /// A server that does not tell the next UID and cannot idle.
    Plain,
}

impl Scene {
    /// Its name in the name of a case.
    pub fn name(self) -> &'static str {
        match self {
            Scene::FirstFill => "first-fill",
            Scene::CatchUp => "catch-up",
            Scene::Arrival => "arrival",
            Scene::Reconnect => "reconnect",
            Scene::Large => "large",
            Scene::Sparse => "sparse",
            Scene::Plain => "plain",
        }
    }

    /// The numbers of the mails in the scene, without the last one that arrives when all is over.
    pub fn mails(self) -> BTreeSet<usize> {
        let count = match self {
            Scene::FirstFill => 5,
            Scene::CatchUp => 7,
            Scene::Arrival | Scene::Reconnect => 5,
            Scene::Large | Scene::Sparse => 4,
            Scene::Plain => 3,
        };
        (1..=count).collect()
    }

    /// The numbers of those that are read while the fault may strike.
    pub fn new_mails(self) -> BTreeSet<usize> {
        let old = match self {
            Scene::CatchUp => 4,
            Scene::Arrival | Scene::Reconnect => 3,
            _ => 0,
        };
        self.mails().into_iter().filter(|number| *number > old).collect()
    }
}

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
}

impl Case {
    /// A case of which nothing special is expected.
    pub fn new(name: impl Into<String>, scene: Scene, fault: Fault) -> Case {
        Case { name: name.into(), scene, fault, expect: Expect::default(), traits: None, tune: None }
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
    running: Option<Running>,
    evidence: Evidence,
}

/// Runs a case; what did not hold, and the server's log.
pub async fn run(case: &Case, pool: Arc<worker::Pool>) -> (Vec<String>, Vec<Entry>) {
    clock::begin();
    let traits = case.traits.clone().unwrap_or_else(|| match case.scene {
        Scene::Plain => Traits { capabilities: "IMAP4rev1", tells_next: false, ..Traits::ordinary() },
        Scene::CatchUp => Traits { capabilities: "IMAP4rev1 IDLE AUTH=PLAIN", ..Traits::ordinary() },
        _ => Traits::ordinary(),
    });
    let server = Server::new(traits);
    let office = Office::open(pool);
    let mut course = Course { case, server, office, running: None, evidence: Evidence::default() };
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
            port: 143,
            tls: Tls::None,
            ca_file: None,
            user: "capture".into(),
            password: Password::new(|| async { Ok(SecretString::from(SECRET)) }),
            folders: vec!["INBOX".into()],
            route: Route::Capture,
            poll: Duration::from_secs(60),
            after: After::Leave,
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
        let watching = imap::watch_over(self.server.dial(), self.settings(), Arc::clone(&ledger), stopping);
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
            Scene::FirstFill => self.deliver(5),
            Scene::Plain => self.deliver(3),
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
        }
        self.server.arm(fault);
        self.start();
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
            sleep((clock::elapsed() / 200).max(Duration::from_millis(500))).await;
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
            sleep((waited / 8).max(Duration::from_secs(1))).await;
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
        let Some(running) = &self.running else { return false };
        if !matches!(running.ledger.seen().states.last(), Some(State::Idle | State::Polling)) {
            return false;
        }
        let record = Record::read(&self.office.path());
        let held = self.case.expect.quarantined.as_ref().map(|(held, _)| held.clone()).unwrap_or_default();
        record.open() == 0
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
        evidence.record = Record::read(&self.office.path());
        self.server.look(|folder| {
            evidence.present = folder.mails.iter().map(|mail| (mail.number, mail.uid)).collect();
            evidence.validity = folder.validity;
            (evidence.ever, evidence.denied) = (folder.ever.clone(), folder.denied.clone());
        });
    }
}
