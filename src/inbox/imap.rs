//! Mail on a server (IMAP4rev1, RFC 3501), read without changing anything there; changed only as `after` says.
//!
//! ```text
//! text, wire, frame, response   what is said: bytes, whole responses, meanings
//! items, structure, parts       of large mails: what they are made of, what is fetched of them
//! connect, door                 TCP and TLS, not too often
//! password, sasl, login         a password or a token, and how each is said
//! session, folder               one command after another
//! sync, fetch, flight           list a window, count, fetch, hand over
//! below                         look for mails that turned up below the cursor
//! idle                          wait until the server says there is more (RFC 2177)
//! after                         settled mails are seen, moved or deleted, over a connection of its own
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

mod after;
mod backoff;
mod below;
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
mod password;
mod probe;
mod response;
mod roots;
mod sasl;
mod session;
mod structure;
mod sync;
mod text;
mod watch;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::mailbox::Route;

pub(super) use text::{folder_from, folder_name};

pub use super::After;
pub use connect::Dial;
pub use password::{Denied, Kind, Password};
pub use probe::{probe, try_login};
pub use watch::{pass, pass_over, watch, watch_over};
pub use wire::Stream;

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
    /// Where the password or the token comes from.
    pub password: Password,
    /// The folders, named as a person writes them.
    pub folders: Vec<String>,
    /// How mail gets there.
    pub route: Route,
    /// How often to ask a server that has no IDLE.
    pub poll: Duration,
    /// What happens to a mail there once it is settled.
    pub after: After,
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
    /// How old a connection may become before it is made anew.
    pub session: Duration,
    /// How often to look for mails that turned up below the cursor.
    pub comparison: Duration,
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
            // Google ends connections after a day; ours end at a time of our own choosing.
            session: seconds(12 * 3_600),
            comparison: seconds(6 * 3_600),
        }
    }
}
