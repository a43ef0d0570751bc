//! Mail on a server (IMAP4rev1, RFC 3501), read without changing anything there.
//!
//! ```text
//! text, wire, frame, response   what is said: bytes, whole responses, meanings
//! items, structure, parts       of large mails: what they are made of, what is fetched of them
//! connect, login, door          TCP and TLS, the password, not too often
//! session, folder               one command after another
//! sync, fetch, flight           list a window, count, fetch, hand over
//! idle                          wait until the server says there is more (RFC 2177)
//! watch, backoff                one connection a folder, and what to do when it breaks
//! ```
//!
//! The grammar is async-imap's. Its stream and its commands are not used, for what was measured with them (0.12): a
//! refused, cut or half-sent listing is an empty success; IDLE waits for ever when refused or ended by the server, and
//! misses mail announced before its `+`; nothing has a time limit; 480 MB are allocated for a literal that is only
//! announced; a long line is parsed anew with every read; a response it does not know closes the connection for good.
//!
//! A connection has one way to fail: it is dropped, and after a pause another is made. Nothing is concluded from an
//! answer that was refused, cut or late.

mod backoff;
mod certificate;
mod connect;
mod door;
mod fetch;
mod flight;
mod folder;
mod frame;
mod idle;
mod items;
mod login;
mod parts;
mod probe;
mod response;
mod session;
mod structure;
mod sync;
mod text;
mod watch;
mod wire;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;

use crate::mailbox::Route;

pub(super) use text::folder_from;

pub use probe::{Step, probe};
pub use watch::{pass, watch};

/// An account on a server and the folders of it that are read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The mailbox's name in the configuration.
    pub name: String,
    /// The server; also the name its certificate must have.
    pub host: String,
    /// 993 for implicit TLS, 143 otherwise.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// A PEM file with certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Who logs in.
    pub user: String,
    /// Where the password comes from.
    pub password: Password,
    /// The folders, named as a person writes them.
    pub folders: Vec<String>,
    /// How mail gets there.
    pub route: Route,
    /// How often to ask a server that has no IDLE.
    pub poll: Duration,
    /// Mails that arrived before this day (UTC) are left alone.
    pub since: Option<Date>,
    /// How long to wait for what.
    pub patience: Patience,
    /// The time, for mails whose time of arrival the server does not tell.
    pub clock: fn() -> Timestamp,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// Plain text until `STARTTLS`; nothing said before it counts.
    StartTls,
    /// No protection: refused unless the server is this machine.
    None,
}

/// A way to get the password, asked at each login so that it may change.
#[derive(Clone)]
pub struct Password(Arc<dyn Fn() -> Answer + Send + Sync>);

type Answer = Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send>>;

impl Password {
    /// From a function that reads it, or says without any secret why it cannot.
    pub fn new<F, A>(ask: F) -> Password
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<SecretString, String>> + Send + 'static,
    {
        Password(Arc::new(move || Box::pin(ask())))
    }

    async fn ask(&self) -> Result<SecretString, String> {
        (self.0)().await
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Finding the host's addresses.
    pub resolve: Duration,
    /// Each address's answer.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// The greeting.
    pub greeting: Duration,
    /// The longest silence within a command's answer.
    pub command: Duration,
    /// How long one IDLE lasts before it is renewed (NAT forgets connections).
    pub idle: Duration,
    /// The answer to DONE.
    pub done: Duration,
    /// The first pause after a failure.
    pub pause: Duration,
    /// The longest pause after failures.
    pub longest_pause: Duration,
    /// How long after handing mails over to look for those that failed.
    pub second_try: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        let seconds = Duration::from_secs;
        Patience {
            resolve: seconds(10),
            connect: seconds(20),
            tls: seconds(20),
            greeting: seconds(30),
            command: seconds(60),
            idle: seconds(9 * 60),
            done: seconds(15),
            pause: seconds(2),
            longest_pause: seconds(300),
            second_try: seconds(30),
        }
    }
}
