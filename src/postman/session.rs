//! One conversation with the server: greet, log in, hand letters over, say goodbye.

use std::fmt::Display;
use std::net::IpAddr;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension};
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{PostmanError, Settings, connect};
use crate::failpoint::{self, Step};
use crate::mail::Address;

/// Characters of a server's words that are shown.
const SHOWN: usize = 160;

/// An open, protected connection, logged in.
pub struct Session {
    connection: AsyncSmtpConnection,
    settings: Settings,
}

/// Connects and logs in without sending anything; tells what was found.
///
/// # Errors
/// As [`Session::open`].
pub async fn probe(settings: &Settings) -> Result<String, PostmanError> {
    let session = Session::open(settings).await?;
    let login = settings.login.as_ref().map_or_else(|| "without a login".to_owned(), |(user, _)| format!("as {user}"));
    let found = format!("{} port {} takes mail {login}", settings.host, settings.port);
    session.close().await;
    Ok(found)
}

impl Session {
    /// Connects, protects the connection and logs in.
    ///
    /// # Errors
    /// `Later` for a server that does not answer, `Person` for a certificate or login that is refused. Never
    /// `Refused`: no letter was shown.
    pub async fn open(settings: &Settings) -> Result<Session, PostmanError> {
        let opened = timeout(settings.patience.connect, Session::log_in(settings)).await;
        opened.unwrap_or_else(|_| Err(PostmanError::Later(format!("{} does not answer in time", settings.host))))
    }

    async fn log_in(settings: &Settings) -> Result<Session, PostmanError> {
        let line = connect::connect(settings).await?;
        let name = match line.here {
            IpAddr::V4(here) => ClientId::Ipv4(here),
            IpAddr::V6(here) => ClientId::Ipv6(here),
        };
        let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(line), &name).await;
        let mut connection = greeted.map_err(|error| PostmanError::Later(said(settings, "greeting", &error)))?;
        if let Some((user, password)) = &settings.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let offered = |one: &Mechanism| connection.server_info().supports_feature(Extension::Authentication(*one));
            if !mechanisms.iter().any(offered) {
                let what = format!("{} takes no password on this connection", settings.host);
                let hint = "check `port` and `tls` under [report.mail]; without `user` nothing is logged in";
                return Err(PostmanError::person(what, hint));
            }
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection.auth(&mechanisms, &credentials).await.map_err(|error| login_error(settings, &error))?;
        }
        Ok(Session { connection, settings: settings.clone() })
    }

    /// Hands one letter over for one recipient. Once this is `Ok` the server has taken it upon itself to deliver it.
    ///
    /// # Errors
    /// `Refused` when the server never will, `Later` otherwise. The connection is as good as before only after
    /// `Refused`.
    pub async fn send(&mut self, to: &Address, letter: &[u8]) -> Result<(), PostmanError> {
        let patience = self.settings.patience.letter;
        match timeout(patience, self.hand_over(to, letter)).await {
            Ok(Err(refused @ PostmanError::Refused(_))) => {
                // The next letter begins anew; a server that does not let it says so then.
                let _ = timeout(self.settings.patience.connect, self.connection.command("RSET\r\n")).await;
                Err(refused)
            }
            Ok(outcome) => outcome,
            Err(_) => Err(PostmanError::Later(format!("{} does not answer in time", self.settings.host))),
        }
    }

    async fn hand_over(&mut self, to: &Address, letter: &[u8]) -> Result<(), PostmanError> {
        let (from, to) = (envelope(&self.settings.from)?, envelope(to)?);
        self.say("MAIL", Mail::new(Some(from), Vec::new()), "250").await?;
        self.say("RCPT", Rcpt::new(to, Vec::new()), "25").await?;
        self.say("DATA", Data, "354").await?;
        failpoint::before(Step::HandOver);
        let answer = self.connection.message(letter).await;
        let answer = answer.map_err(|error| letter_error(&self.settings, "the letter", &error))?;
        failpoint::after(Step::HandOver);
        self.expect("the letter", &answer, "250")
    }

    async fn say(&mut self, what: &str, command: impl Display, code: &str) -> Result<(), PostmanError> {
        let answer = self.connection.command(command).await;
        let answer = answer.map_err(|error| letter_error(&self.settings, what, &error))?;
        self.expect(what, &answer, code)
    }

    /// An answer that is good and none to what was said: who knows what the server takes the next line for.
    fn expect(&self, what: &str, answer: &Response, code: &str) -> Result<(), PostmanError> {
        match answer.code().to_string().starts_with(code) {
            true => Ok(()),
            false => Err(PostmanError::Later(format!("{} answers {what} with {}", self.settings.host, answer.code()))),
        }
    }

    /// Says goodbye. Whether it is heard does not matter.
    pub async fn close(mut self) {
        let _ = timeout(self.settings.patience.connect, self.connection.quit()).await;
    }
}

fn envelope(address: &Address) -> Result<lettre::Address, PostmanError> {
    let cannot = |error| PostmanError::Refused(format!("cannot mail {}: {error}", address.as_str()));
    address.as_str().parse::<lettre::Address>().map_err(cannot)
}

/// A login that is refused does not get better by itself (RFC 4954, section 6); anything else may.
fn login_error(settings: &Settings, error: &Error) -> PostmanError {
    match error.is_permanent() {
        true => PostmanError::person(
            said(settings, "the login", error),
            "check `user` and its password under [report.mail]",
        ),
        false => PostmanError::Later(said(settings, "the login", error)),
    }
}

fn letter_error(settings: &Settings, what: &str, error: &Error) -> PostmanError {
    let words = said(settings, what, error);
    match error.status().map(u16::from) {
        // 421 closes the connection; 530 and its like are about the login, not about the letter (RFC 4954, 6).
        Some(530 | 534 | 535 | 538) => PostmanError::person(words, "set `user` and its password under [report.mail]"),
        Some(500..) => PostmanError::Refused(words),
        _ => PostmanError::Later(words),
    }
}

/// What the server said to what, on one line.
fn said(settings: &Settings, what: &str, error: &Error) -> String {
    match error.is_response() || error.is_permanent() || error.is_transient() {
        true => format!("{} refuses {what}: {}", settings.host, shown(&error.to_string())),
        false => format!("the connection to {} broke at {what}: {}", settings.host, shown(&error.to_string())),
    }
}

/// A server's words for people: one line, nothing that steers a terminal.
pub fn shown(words: &str) -> String {
    crate::mail::Untrusted::new(words.trim()).line(SHOWN).log()
}
