//! Mailing the report (SMTP, RFC 5321 and 6409).
//!
//! What is mailed, to whom and how often it was tried is in the store; here is one connection and one letter at a
//! time. [`compose`] makes the letter's bytes, [`connect`] a stream that may be trusted, [`session`] speaks over it.
//! A letter is tried again with the bytes it had, its Message-ID among them: whoever gets it twice can tell.

pub mod compose;
mod connect;
mod session;

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

pub use compose::{Letter, compose};
pub use session::{Session, probe};

use crate::mail::Address;

/// Which server takes our mail, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// A PEM file with roots to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The login and its password; a server on this machine may need none.
    pub login: Option<(String, SecretString)>,
    /// Whom letters are from.
    pub from: Address,
    /// How long to wait for the server.
    pub patience: Patience,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (RFC 8314, 3.3).
    Implicit,
    /// After STARTTLS (RFC 3207), without which nothing is said.
    StartTls,
    /// Not at all: only for a server on this machine.
    None,
}

/// How long to wait. A server takes its time over a letter's last byte: it may be reading it for spam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, protected and logged in.
    pub connect: Duration,
    /// For one letter, up to the server's word that it has it (RFC 5321, 4.5.3.2.6).
    pub letter: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { connect: Duration::from_secs(60), letter: Duration::from_secs(600) }
    }
}

/// Why a letter is not with the server. No text holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostmanError {
    /// It may work later: no network, a full disk there, greylisting. After the letter's last byte it is not
    /// known whether the server has it.
    #[error("{0}")]
    Later(String),
    /// The server will never take this letter for this recipient (5xx, RFC 5321, 4.2.1).
    #[error("{0}")]
    Refused(String),
    /// Only a person can help: a login that is refused, a certificate, a setting.
    #[error("{what}")]
    Person {
        /// What is wrong.
        what: String,
        /// What to do about it.
        hint: String,
    },
}

impl PostmanError {
    /// What an operator may do about it.
    pub fn hint(&self) -> &str {
        match self {
            PostmanError::Later(_) => "check `smtp` and `port` under [report.mail], and the network; it is tried again",
            PostmanError::Refused(_) => "check `to` and `from` under [report.mail]: the server does not want this mail",
            PostmanError::Person { hint, .. } => hint,
        }
    }

    fn person(what: impl Into<String>, hint: impl Into<String>) -> PostmanError {
        PostmanError::Person { what: what.into(), hint: hint.into() }
    }
}
