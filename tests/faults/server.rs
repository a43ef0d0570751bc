//! A small honest IMAP server over a folder in memory, with one fault in it and a log of everything.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use touchbase::inbox::imap::{Dial, Stream};

use super::clock;
use super::fault::{Act, Answer, Asked, Fault, Lasts, Step};
use super::folder::{Deed, Folder};
use super::log::{Entry, Event};
use super::pipe::{Line, pipe};
use super::talk::Talk;
use super::wire;

/// Commands no client needs in any of the cases.
pub const STORM: usize = 4_000;

/// What kind of server it is when nothing goes wrong.
#[derive(Clone)]
pub struct Traits {
    /// What it can do.
    pub capabilities: &'static str,
    /// Whether it tells UIDNEXT (Courier does not).
    pub tells_next: bool,
    /// How connections are protected.
    pub tls: ServerTls,
}

/// How connections are protected.
#[derive(Clone)]
pub enum ServerTls {
    /// Not at all.
    None,
    /// From the first byte.
    Implicit(Arc<ServerConfig>),
    /// After STARTTLS.
    Start(Arc<ServerConfig>),
}

impl Traits {
    /// A server as most are.
    pub fn ordinary() -> Traits {
        Traits { capabilities: "IMAP4rev1 IDLE ID", tells_next: true, tls: ServerTls::None }
    }
}

/// The server.
pub struct Server {
    /// What kind it is.
    pub traits: Traits,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// Counts up when every connection is to be closed.
    hang_up: watch::Sender<u64>,
    judge: OnceLock<Judge>,
}

/// Of these mails, by number, those to which nothing may be done yet.
type Judge = Box<dyn Fn(&[usize]) -> Vec<usize> + Send + Sync>;

struct State {
    folder: Folder,
    fault: Option<Armed>,
    log: Vec<Entry>,
    connections: usize,
    heard: usize,
    lines: Vec<Arc<Line>>,
}

/// A fault, and what has become of it.
struct Armed {
    fault: Fault,
    reached: u32,
    struck: u32,
    first: Option<Duration>,
}

impl Armed {
    /// Whether it strikes now.
    fn strikes(&mut self, at: Step) -> bool {
        if self.fault.at != at || self.is_over() {
            return false;
        }
        self.reached += 1;
        if self.reached <= self.fault.after {
            return false;
        }
        self.struck += 1;
        self.first.get_or_insert_with(clock::elapsed);
        true
    }

    fn is_over(&self) -> bool {
        match self.fault.lasts {
            Lasts::Times(times) => self.struck >= times,
            Lasts::For(time) => self.first.is_some_and(|first| clock::elapsed() >= first + time),
        }
    }
}

impl Server {
    /// A server with an empty folder.
    pub fn new(traits: Traits) -> Arc<Server> {
        let state =
            State { folder: Folder::new(), fault: None, log: Vec::new(), connections: 0, heard: 0, lines: Vec::new() };
        Arc::new(Server {
            traits,
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            hang_up: watch::Sender::new(0),
            judge: OnceLock::new(),
        })
    }

    /// Whom to ask which mails nothing may be done to yet.
    pub fn judge(&self, judge: impl Fn(&[usize]) -> Vec<usize> + Send + Sync + 'static) {
        let _ = self.judge.set(Box::new(judge));
    }

    /// A client wants something done; whether it may is written down.
    pub fn hear_of(&self, connection: usize, deed: &Deed) {
        let numbers: Vec<usize> = self.look(|folder| {
            let named = folder.mails.iter().filter(|mail| deed.uids().contains(&mail.uid));
            named.map(|mail| mail.number).collect()
        });
        let premature = self.judge.get().map(|judge| judge(&numbers)).unwrap_or_default();
        if !premature.is_empty() {
            self.note(connection, Event::Premature(premature));
        }
    }

    /// How to reach it.
    pub fn dial(self: &Arc<Server>) -> Dial {
        let server = Arc::clone(self);
        Dial::Through(Arc::new(move || server.accept()))
    }

    /// The same over TCP: where it listens.
    pub async fn listen(self: &Arc<Server>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let server = Arc::clone(self);
        tokio::spawn(async move {
            let mut hang_up = server.hang_up.subscribe();
            // It stops listening with the end of the case.
            while let Some(Ok((stream, _))) = tokio::select! {
                accepted = listener.accept() => Some(accepted),
                _ = hang_up.changed() => None,
            } {
                let line = Arc::new(Line::default());
                if let Ok(number) = server.connection(&line) {
                    server.talk(number, Box::new(wire::ServerEnd::new(stream, Arc::clone(&line))), line);
                }
            }
        });
        port
    }

    fn accept(self: &Arc<Server>) -> io::Result<Box<dyn Stream>> {
        let (ours, theirs, line) = pipe();
        let number = self.connection(&line)?;
        self.talk(number, Box::new(theirs), line);
        Ok(Box::new(ours))
    }

    /// A client connects; the number it gets, unless it is refused.
    fn connection(&self, line: &Arc<Line>) -> io::Result<usize> {
        let (number, struck) = {
            let mut state = self.state();
            state.connections += 1;
            state.lines.push(Arc::clone(line));
            (state.connections, state.fault.as_mut().is_some_and(|armed| armed.strikes(Step::Connect)))
        };
        self.note(number, Event::Opened);
        if struck {
            self.note(number, Event::Struck);
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        Ok(number)
    }

    fn talk(self: &Arc<Server>, number: usize, stream: Box<dyn Stream>, line: Arc<Line>) {
        let server = Arc::clone(self);
        tokio::spawn(async move {
            let mut hang_up = server.hang_up.subscribe();
            let how = tokio::select! {
                how = Talk::run(&server, number, stream, &line) => how,
                _ = hang_up.changed() => "hung up",
            };
            server.note(number, Event::Closed(how));
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it was held")
    }

    /// Writes something down.
    pub fn note(&self, connection: usize, event: Event) {
        let mut state = self.state();
        state.heard += usize::from(matches!(event, Event::Heard(_)));
        state.log.push(Entry { at: clock::elapsed(), connection, event });
    }

    /// Does something to the folder, and tells whoever idles.
    pub fn change<T>(&self, change: impl FnOnce(&mut Folder) -> T) -> T {
        let done = change(&mut self.state().folder);
        self.note(0, Event::Changed);
        self.changed.send_modify(|count| *count += 1);
        done
    }

    /// Tells when the folder has changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Looks at the folder.
    pub fn look<T>(&self, look: impl FnOnce(&Folder) -> T) -> T {
        look(&self.state().folder)
    }

    /// A small mail arrives.
    pub fn deliver(&self) -> usize {
        let number = self.change(Folder::arrive);
        self.note(0, Event::Arrived(number));
        number
    }

    /// From now on this goes wrong.
    pub fn arm(&self, fault: Fault) {
        self.state().fault = Some(Armed { fault, reached: 0, struck: 0, first: None });
    }

    /// Whether the fault has struck, and strikes no more.
    pub fn is_well(&self) -> bool {
        self.state().fault.as_ref().is_none_or(Armed::is_over)
    }

    /// How often it struck.
    pub fn struck(&self) -> u32 {
        self.state().fault.as_ref().map_or(0, |armed| armed.struck)
    }

    /// Whatever it was, it is over.
    pub fn heal(&self) {
        self.state().fault = None;
    }

    /// Closes every connection.
    pub fn hang_up(&self) {
        self.hang_up.send_modify(|count| *count += 1);
    }

    /// Everything that happened.
    pub fn log(&self) -> Vec<Entry> {
        self.state().log.clone()
    }

    /// How many commands came.
    pub fn heard(&self) -> usize {
        self.state().heard
    }

    /// The most bytes a client took over one connection.
    pub fn most_taken(&self) -> u64 {
        self.state().lines.iter().map(|line| line.taken()).max().unwrap_or(0)
    }

    /// Mails the client was told of by an answer it may rely on.
    pub fn told(&self) -> Vec<usize> {
        let told = |entry: &Entry| if let Event::Told(numbers) = &entry.event { numbers.clone() } else { Vec::new() };
        self.state().log.iter().flat_map(told).collect()
    }

    /// What is done about a command: the honest answer, or what the fault makes of it.
    pub fn acts(&self, number: usize, step: Step, answer: Answer) -> Vec<Act> {
        let mut state = self.state();
        let state = &mut *state;
        let Some(armed) = &mut state.fault else { return answer.acts() };
        if !armed.strikes(step) {
            return answer.acts();
        }
        let twist = Arc::clone(&armed.fault.twist);
        state.log.push(Entry { at: clock::elapsed(), connection: number, event: Event::Struck });
        twist(Asked { answer, folder: &mut state.folder })
    }
}
