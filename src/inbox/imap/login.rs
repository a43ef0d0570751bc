//! From nothing to a session that is logged in: greeting, STARTTLS, password.

use jiff::Timestamp;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use super::response::{Outcome, Response, Verdict};
use super::session::{Answer, Opened, Session, said};
use super::wire::{Budget, Wire};
use super::{Settings, Tls, connect, text};
use crate::inbox::InboxError;

impl Session {
    /// Connects and protects the connection, without logging in.
    pub async fn connect(settings: &Settings) -> Result<Session, InboxError> {
        let addresses = connect::resolve(settings).await?;
        let stream = connect::tcp(settings, &addresses).await?;
        match settings.tls {
            Tls::Implicit => {
                let secured = connect::secure(settings, stream).await?;
                let mut session = Session::over(settings, Wire::new(secured.stream), secured.valid_until);
                session.greeting(settings).await?;
                Ok(session)
            }
            Tls::None => {
                let mut session = Session::over(settings, Wire::new(Box::new(stream)), None);
                session.greeting(settings).await?;
                Ok(session)
            }
            Tls::StartTls => Session::start_tls(settings, Wire::new(Box::new(stream))).await,
        }
    }

    /// Nothing said in plain text is believed: the greeting must be OK, no byte may follow the answer to STARTTLS,
    /// and what the server can do is asked again (RFC 3501, 6.2.1; RFC 3207, 6 tells why).
    async fn start_tls(settings: &Settings, wire: Wire) -> Result<Session, InboxError> {
        let mut plain = Session::over(settings, wire, None);
        plain.greeting(settings).await?;
        plain.command("STARTTLS").await?.or_retry("STARTTLS").map_err(|refused| InboxError::Configuration {
            what: format!("{refused}"),
            hint: "set `tls` to \"implicit\" with port 993 if the server has it".into(),
        })?;
        let stream = plain.wire.into_clean_stream().ok_or_else(|| {
            InboxError::Retry(format!("{} said more before TLS than it may: somebody may be in between", settings.host))
        })?;
        let secured = connect::secure(settings, stream).await?;
        Ok(Session::over(settings, Wire::new(secured.stream), secured.valid_until))
    }

    fn over(settings: &Settings, wire: Wire, valid_until: Option<Timestamp>) -> Session {
        Session {
            wire,
            host: settings.host.clone(),
            silence: settings.patience.command,
            tags: 0,
            capabilities: Vec::new(),
            folder: Opened::UNKNOWN,
            news: false,
            valid_until,
        }
    }

    async fn greeting(&mut self, settings: &Settings) -> Result<(), InboxError> {
        let mut budget = Budget::of(0, settings.patience.greeting);
        let greeting = self.wire.receive(&mut budget).await.map_err(|e| self.broken(e))?;
        let Response::Status(outcome) = greeting else {
            return Err(InboxError::Retry(format!("{} does not greet like an IMAP server", self.host)));
        };
        match outcome.verdict {
            Verdict::Ok => {
                self.learn(&outcome);
                Ok(())
            }
            // A session that is logged in before we are: whoever said so is not our server.
            Verdict::PreAuth => Err(InboxError::Configuration {
                what: format!("{} says that we are logged in before we are", self.host),
                hint: "somebody may be in between; use `tls = \"implicit\"`".into(),
            }),
            _ => Err(self.turned_away(&outcome)),
        }
    }

    /// Logs in, and tells servers that want to know who we are.
    pub async fn login(&mut self, settings: &Settings) -> Result<(), InboxError> {
        if self.capabilities.is_empty() {
            self.ask_capabilities().await?;
        }
        if self.can("LOGINDISABLED") {
            return Err(InboxError::Configuration {
                what: format!("{} accepts no password on an unprotected connection", self.host),
                hint: "set `tls` to \"implicit\" or \"starttls\"".into(),
            });
        }
        let answer = self.send_password(settings).await?;
        match answer {
            Answer::Done(outcome) => {
                self.capabilities.clear();
                self.learn(&outcome);
            }
            Answer::Refused(outcome) => return Err(self.login_refused(settings, outcome)),
        }
        if self.capabilities.is_empty() {
            self.ask_capabilities().await?;
        }
        if self.can("ID") {
            // Some servers open no folder for a program without a name; what they answer does not matter.
            let id = concat!("ID (\"name\" \"touchbase\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\")");
            self.command(id).await?;
        }
        Ok(())
    }

    /// AUTHENTICATE PLAIN (RFC 4616) where there is one, since LOGIN cannot say every password.
    async fn send_password(&mut self, settings: &Settings) -> Result<Answer, InboxError> {
        let password = settings.password.ask().await.map_err(|why| InboxError::Configuration {
            what: format!("cannot read the password of mailbox `{}`: {why}", settings.name),
            hint: "check the password's file, credential or command".into(),
        })?;
        let secret = password.expose_secret();
        if self.can("AUTH=PLAIN") {
            let plain = Zeroizing::new(format!("\0{}\0{}", settings.user, secret));
            let coded = Zeroizing::new(text::base64(plain.as_bytes()));
            if self.can("SASL-IR") {
                return self.command(&Zeroizing::new(format!("AUTHENTICATE PLAIN {}", *coded))).await;
            }
            let tag = self.begin("AUTHENTICATE PLAIN").await?;
            return match self.until_continue(&tag).await? {
                None => {
                    self.write(&format!("{}\r\n", *coded)).await?;
                    self.finish(&tag, self.budget(0), |_| ()).await
                }
                Some(outcome) => Ok(Answer::Refused(outcome)),
            };
        }
        let (Some(user), Some(quoted)) = (text::quoted(&settings.user), text::quoted(secret).map(Zeroizing::new))
        else {
            return Err(InboxError::Configuration {
                what: format!("{} takes only passwords of plain ASCII characters", self.host),
                hint: "choose another password for this mailbox".into(),
            });
        };
        self.command(&Zeroizing::new(format!("LOGIN {user} {}", *quoted))).await
    }

    fn login_refused(&self, settings: &Settings, outcome: Outcome) -> InboxError {
        InboxError::Refused { host: self.host.clone(), user: settings.user.clone(), said: said(&outcome) }
    }
}
