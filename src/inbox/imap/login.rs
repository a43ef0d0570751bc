//! From nothing to a session that is logged in: greeting, STARTTLS, password or token.
//!
//! Neither is ever said on a connection that others may read: [`connect::resolve`] refuses plain text to any other
//! machine, and STARTTLS is not left out when the server does not offer it.

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::certificate::Certificate;
use super::connect::Dial;
use super::password::Kind;
use super::response::{Response, Verdict};
use super::sasl::{self, Dialog};
use super::session::{Answer, Opened, Session, said};
use super::wire::{Budget, Wire};
use super::{Settings, Tls, connect, text};
use crate::inbox::InboxError;

/// Questions a server may ask in one AUTHENTICATE.
const MOST_QUESTIONS: usize = 5;

impl Session {
    /// Connects and protects the connection, without logging in.
    pub async fn connect(settings: &Settings, dial: &Dial) -> Result<Session, InboxError> {
        let stream = connect::reach(settings, dial).await?;
        match settings.tls {
            Tls::Implicit => {
                let secured = connect::secure(settings, stream).await?;
                let mut session = Session::over(settings, Wire::new(secured.stream), secured.certificate);
                session.greeting(settings).await?;
                Ok(session)
            }
            Tls::None => {
                let mut session = Session::over(settings, Wire::new(stream), None);
                session.greeting(settings).await?;
                Ok(session)
            }
            Tls::StartTls => Session::start_tls(settings, Wire::new(stream)).await,
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
        Ok(Session::over(settings, Wire::new(secured.stream), secured.certificate))
    }

    fn over(settings: &Settings, wire: Wire, certificate: Option<Certificate>) -> Session {
        Session {
            wire,
            host: settings.host.clone(),
            silence: settings.patience.command,
            tags: 0,
            capabilities: Vec::new(),
            folder: Opened::UNKNOWN,
            news: false,
            challenge: String::new(),
            certificate,
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
        self.prove(settings).await?;
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

    /// Shows the password or the token. A token that is refused may have been revoked or replaced meanwhile: it is
    /// shown once more after having been renewed.
    async fn prove(&mut self, settings: &Settings) -> Result<(), InboxError> {
        let mut secret = settings.password.ask(&settings.name, None).await?;
        let mut proof = self.show(settings, &secret).await?;
        if proof.is_refused() && settings.password.kind() == Kind::Token {
            let renewed = settings.password.ask(&settings.name, Some(secret.clone())).await?;
            if renewed.expose_secret() != secret.expose_secret() {
                secret = renewed;
                proof = self.show(settings, &secret).await?;
            }
        }
        match proof.answer {
            Answer::Done(outcome) => {
                self.capabilities.clear();
                self.learn(&outcome);
                Ok(())
            }
            Answer::Refused(outcome) => {
                let words = [proof.why.unwrap_or_default(), said(&outcome)];
                let said = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("; ");
                let (host, user) = (self.host.clone(), settings.user.clone());
                Err(match settings.password.kind() {
                    Kind::Password => InboxError::Refused { host, user, said },
                    Kind::Token => InboxError::RefusedToken { host, user, said, mailbox: settings.name.clone() },
                })
            }
        }
    }

    /// Shows one secret by the best mechanism both sides know.
    async fn show(&mut self, settings: &Settings, secret: &SecretString) -> Result<Proof, InboxError> {
        let (kind, secret) = (settings.password.kind(), secret.expose_secret());
        let quoted = text::quoted(&settings.user).zip(text::quoted(secret).map(Zeroizing::new));
        let chosen = sasl::choose(kind, quoted.is_some(), |name| self.can(name));
        let mechanism = chosen.ok_or_else(|| self.no_way_in(kind, quoted.is_some()))?;
        match (mechanism.dialog(&settings.user, secret, (&settings.host, settings.port)), quoted) {
            (Some(dialog), _) => self.authenticate(dialog).await,
            (None, Some((user, password))) => {
                let answer = self.command(&Zeroizing::new(format!("LOGIN {user} {}", *password))).await?;
                Ok(Proof { answer, why: None })
            }
            (None, None) => Err(self.no_way_in(kind, false)),
        }
    }

    /// AUTHENTICATE (RFC 3501, 6.2.2), the first words with the command where the server takes them (RFC 4959).
    async fn authenticate(&mut self, dialog: Dialog) -> Result<Proof, InboxError> {
        let (mut words, mut why) = (dialog.words.into_iter(), None);
        let first = if dialog.begins && self.can("SASL-IR") { words.next() } else { None };
        let line = match first {
            Some(first) => Zeroizing::new(format!("AUTHENTICATE {} {}", dialog.name, *first)),
            None => Zeroizing::new(format!("AUTHENTICATE {}", dialog.name)),
        };
        let tag = self.begin(&line).await?;
        // No mechanism asks more often than this.
        for _ in 0..MOST_QUESTIONS {
            if let Some(outcome) = self.until_continue(&tag).await? {
                return Ok(Proof { answer: self.judged(outcome)?, why });
            }
            match words.next() {
                Some(word) => self.write(&Zeroizing::new(format!("{}\r\n", *word))).await?,
                None => {
                    why = sasl::refusal(&std::mem::take(&mut self.challenge));
                    self.write(&format!("{}\r\n", dialog.after)).await?;
                }
            }
        }
        Err(self.confused())
    }

    /// The server offers nothing for what we have.
    fn no_way_in(&self, kind: Kind, sayable: bool) -> InboxError {
        let host = &self.host;
        let (what, hint) = match kind {
            Kind::Token => (
                format!("{host} does not take OAuth tokens (neither OAUTHBEARER nor XOAUTH2)"),
                "use a password made for this program alone: `password-file` instead of `oauth`",
            ),
            Kind::Password if ["AUTH=XOAUTH2", "AUTH=OAUTHBEARER"].iter().any(|name| self.can(name)) => (
                format!("{host} takes no passwords here, but OAuth tokens"),
                "set `oauth` instead of the password, then run `touchbase login`",
            ),
            Kind::Password if self.can("LOGINDISABLED") => (
                format!("{host} accepts no password on an unprotected connection"),
                "set `tls` to \"implicit\" or \"starttls\"",
            ),
            Kind::Password if !sayable => (
                format!("{host} takes only passwords of plain ASCII characters"),
                "choose another password for this mailbox",
            ),
            Kind::Password => (format!("{host} offers no way to log in that is known here"), "ask who runs it"),
        };
        InboxError::Configuration { what, hint: hint.into() }
    }
}

/// How showing a secret ended, and why it was refused, where the mechanism tells.
struct Proof {
    answer: Answer,
    why: Option<String>,
}

impl Proof {
    fn is_refused(&self) -> bool {
        matches!(self.answer, Answer::Refused(_))
    }
}
