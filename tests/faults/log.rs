//! What the fault server writes down and never changes: what the client said, what it was told, what befell it.
//! The oracle believes this and nothing else.

use std::fmt;
use std::time::Duration;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A client connected.
    Opened,
    /// It said a line, secrets left out.
    Heard(String),
    /// The fault struck.
    Struck,
    /// It was told something.
    Said(String),
    /// It was told, by an answer it may rely on, that these mails are there.
    Told(Vec<usize>),
    /// A login succeeded.
    LoggedIn,
    /// A mail arrived.
    Arrived(usize),
    /// The folder was changed.
    Changed,
    /// The client wanted something done to these mails, by number, that are not on record.
    Premature(Vec<usize>),
    /// The connection ended, and how.
    Closed(&'static str),
}

/// When, on which connection, what.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Virtual time since the case began.
    pub at: Duration,
    /// The connection's number; 0 for the folder itself.
    pub connection: usize,
    /// What happened.
    pub event: Event,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:9.3} #{} ", self.at.as_secs_f64(), self.connection)?;
        match &self.event {
            Event::Heard(line) => write!(f, "C: {line}"),
            Event::Said(text) => write!(f, "S: {text}"),
            event => write!(f, "-- {event:?}"),
        }
    }
}

/// Bytes fit for a line, and not too many of them.
pub fn excerpt(bytes: &[u8]) -> String {
    let shown: String = bytes.iter().take(160).flat_map(|byte| byte.escape_ascii()).map(char::from).collect();
    if bytes.len() > 160 { format!("{shown}… ({} bytes)", bytes.len()) } else { shown }
}
