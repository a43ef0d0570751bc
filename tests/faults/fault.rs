//! What goes wrong: at which step of the protocol, how often, and how the honest answer is twisted.

use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::ServerConfig;

use super::folder::{Deed, Folder};

/// A step of the protocol, named by what the server answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The TCP connection; there is nothing to answer yet.
    Connect,
    /// The first line.
    Greeting,
    /// The TLS handshake.
    Secure,
    /// STARTTLS.
    StartTls,
    /// CAPABILITY.
    Capability,
    /// AUTHENTICATE, answered by `+`.
    Authenticate,
    /// LOGIN, or the words after AUTHENTICATE's `+`.
    Login,
    /// ID.
    Id,
    /// LIST.
    List,
    /// EXAMINE.
    Examine,
    /// UID SEARCH.
    Search,
    /// FETCH of the last mail's UID, from a server without UIDNEXT.
    LastUid,
    /// UID FETCH of sizes and dates.
    Enumerate,
    /// UID FETCH of structures.
    Structure,
    /// UID FETCH of parts.
    Parts,
    /// UID FETCH of whole mails.
    Fetch,
    /// NOOP.
    Noop,
    /// IDLE, answered by `+`.
    Idle,
    /// What is said while idling, when something has changed.
    News,
    /// DONE.
    Done,
    /// LOGOUT.
    Logout,
    /// SELECT, before anything is changed.
    Select,
    /// UID STORE.
    Store,
    /// UID EXPUNGE.
    Expunge,
    /// UID MOVE.
    Move,
    /// UID COPY.
    Copy,
    /// CREATE.
    Create,
    /// What nobody should say.
    Other,
}

impl Step {
    /// Its name in the name of a case.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// What an ordinary server answers to one command.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The command's tag; empty where there is none.
    pub tag: String,
    /// The untagged responses, each whole.
    pub untagged: Vec<Vec<u8>>,
    /// The last line; empty where none follows.
    pub tagged: Vec<u8>,
    /// The mails whose presence it tells, by number.
    pub listed: Vec<usize>,
    /// What is done before it is said.
    pub deed: Option<Deed>,
}

impl Answer {
    /// Every byte of it.
    pub fn bytes(&self) -> Vec<u8> {
        [self.untagged.concat(), self.tagged.clone()].concat()
    }

    /// What an ordinary server does.
    pub fn acts(self) -> Vec<Act> {
        let mut acts: Vec<Act> = self.deed.into_iter().map(Act::Do).collect();
        acts.extend(self.untagged.into_iter().map(Act::Say));
        acts.push(Act::Say(self.tagged));
        acts.push(Act::Tell(self.listed));
        acts
    }

    /// The same with other untagged responses.
    pub fn with_untagged(self, untagged: Vec<Vec<u8>>) -> Answer {
        Answer { untagged, ..self }
    }
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server closes it.
    Fin,
    /// It is reset: what was under way is lost.
    Rst,
    /// Nothing comes any more, and nobody says so.
    Blackhole,
}

/// One thing a server does.
#[derive(Clone)]
pub enum Act {
    /// Sends bytes.
    Say(Vec<u8>),
    /// Waits.
    Wait(Duration),
    /// Sends these bytes again and again, for so many bytes.
    Flood(Vec<u8>, u64),
    /// Sends bytes one by one, so far apart.
    Drip(Vec<u8>, Duration),
    /// Somebody else does something to the folder.
    Change(fn(&mut Folder)),
    /// Does what the client wants.
    Do(Deed),
    /// After this time the clock is set forward by so many seconds, or back.
    Jump(Duration, i64),
    /// These mails, by number, have been told of, and the client may rely on it.
    Tell(Vec<usize>),
    /// Shows the certificate of this server in the handshake.
    Show(Arc<ServerConfig>),
    /// Ends the connection.
    Close(Cut),
}

/// An honest answer, and the folder behind it.
pub struct Asked<'a> {
    /// What an ordinary server answers.
    pub answer: Answer,
    /// The folder.
    pub folder: &'a mut Folder,
}

/// Makes something else of an honest answer.
pub type Twist = Arc<dyn Fn(Asked<'_>) -> Vec<Act> + Send + Sync>;

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// The first so many times that the step is reached.
    Times(u32),
    /// Whenever the step is reached, until so long after it first was.
    For(Duration),
}

/// A fault.
#[derive(Clone)]
pub struct Fault {
    /// Where.
    pub at: Step,
    /// How often the step goes well before.
    pub after: u32,
    /// How often.
    pub lasts: Lasts,
    /// What.
    pub twist: Twist,
}

impl Fault {
    /// A fault that strikes once.
    pub fn once(at: Step, twist: impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static) -> Fault {
        Fault { at, after: 0, lasts: Lasts::Times(1), twist: Arc::new(twist) }
    }

    /// The same, longer.
    pub fn lasting(self, lasts: Lasts) -> Fault {
        Fault { lasts, ..self }
    }

    /// The same, later.
    pub fn after(self, times: u32) -> Fault {
        Fault { after: times, ..self }
    }
}

/// Says this instead; `{tag}` is the command's tag.
pub fn instead(words: impl AsRef<[u8]>) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static {
    let words = words.as_ref().to_vec();
    move |asked| vec![Act::Say(tagged(&words, &asked.answer.tag))]
}

/// Says this before the honest answer.
pub fn before(words: impl AsRef<[u8]>) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static {
    let words = words.as_ref().to_vec();
    move |asked| {
        let said = tagged(&words, &asked.answer.tag);
        [vec![Act::Say(said)], asked.answer.acts()].into_iter().flatten().collect()
    }
}

/// Says the untagged responses, and this instead of the tagged one.
pub fn ending(words: impl AsRef<[u8]>) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static {
    let words = words.as_ref().to_vec();
    move |asked| {
        let last = tagged(&words, &asked.answer.tag);
        let untagged = asked.answer.untagged.into_iter();
        untagged.chain([last]).map(Act::Say).collect()
    }
}

/// Ends the connection after what another twist does.
pub fn then_cut(
    twist: impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static,
    cut: Cut,
) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static {
    move |asked| {
        let mut acts = twist(asked);
        acts.push(Act::Close(cut));
        acts
    }
}

/// Puts another in the place of one word of the honest answer.
pub fn swap(from: &'static str, to: impl AsRef<[u8]>) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync + 'static {
    let to = to.as_ref().to_vec();
    move |asked| {
        let Answer { untagged, tagged, listed, .. } = asked.answer;
        let swapped = |bytes: &Vec<u8>| replace(bytes, from.as_bytes(), &to);
        let mut acts: Vec<Act> = untagged.iter().map(|line| Act::Say(swapped(line))).collect();
        acts.push(Act::Say(swapped(&tagged)));
        acts.push(Act::Tell(listed));
        acts
    }
}

/// The bytes with every `from` replaced.
pub fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

fn tagged(words: &[u8], tag: &str) -> Vec<u8> {
    replace(words, b"{tag}", tag.as_bytes())
}
