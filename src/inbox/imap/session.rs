//! One connection: greeting, STARTTLS, login, and then one command after another.
//!
//! Every command goes through [`Session::command`], which knows only one success: the tagged OK with its own tag. A
//! refusal is an answer ([`Answer::Refused`]); BYE, silence, too many bytes and the end of the stream are errors, and
//! after an error the session is dropped.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use super::backoff;
use super::connect;
use super::response::{Fetched, Folder, Outcome, Response, Verdict};
use super::text;
use super::wire::{Budget, Wire, WireError};
use super::{Settings, Tls};
use crate::inbox::{InboxError, named_like_sent};
use crate::mailbox::UidValidity;

/// A connection that is logged in.
pub struct Session {
    wire: Wire,
    host: String,
    silence: Duration,
    tags: u32,
    capabilities: Vec<String>,
    /// The folder opened last, as the server described it, and what was said about it since.
    pub folder: Opened,
    /// Whether the server spoke of new mail since this was last cleared.
    pub news: bool,
    /// Until when the server's certificate is valid.
    pub valid_until: Option<Timestamp>,
}

/// A folder that was opened for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The server's promise; 0 when it made none.
    pub validity: UidValidity,
    /// The next UID; `None` when the server does not say (Courier).
    pub next: Option<u32>,
    /// How many mails it holds; kept up to date by every answer.
    pub exists: u32,
}

impl Opened {
    /// Nothing is known yet.
    const UNKNOWN: Opened = Opened { validity: UidValidity(0), next: None, exists: 0 };
}

/// How a command ended, short of an error.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// A tagged OK.
    Done(Outcome),
    /// A tagged NO or BAD that asks for no patience.
    Refused(Outcome),
}

impl Answer {
    /// The OK, or an error that says what was refused.
    pub fn or_retry(self, what: &str) -> Result<Outcome, InboxError> {
        match self {
            Answer::Done(outcome) => Ok(outcome),
            Answer::Refused(said) => Err(InboxError::Retry(format!("the server refused {what}: {}", said.text))),
        }
    }
}

/// What an untagged response may be, for those who wait for it.
#[derive(Debug)]
pub enum Untagged {
    /// About one mail.
    Fetch(Fetched),
    /// UIDs found.
    Search(Vec<u32>),
    /// A folder.
    List(Folder),
    /// The folder's count grew, shrank, or a mail left.
    Count,
}

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

    /// Opens a folder for reading only (EXAMINE), so that nothing in it changes.
    pub async fn examine(&mut self, folder: &str) -> Result<Opened, InboxError> {
        self.folder = Opened::UNKNOWN;
        let name = text::quoted(&text::folder_name(folder)).unwrap_or_default();
        match self.command(&format!("EXAMINE {name}")).await? {
            Answer::Done(_) => {
                self.news = false;
                Ok(self.folder)
            }
            Answer::Refused(outcome) => Err(InboxError::Configuration {
                what: format!("{} does not open the folder `{folder}`: {}", self.host, said(&outcome)),
                hint: "check `folders`; `touchbase check` lists the folders there are".into(),
            }),
        }
    }

    /// Every folder there is: its name and attributes.
    pub async fn folders(&mut self) -> Result<Vec<(String, Vec<String>)>, InboxError> {
        let mut folders = Vec::new();
        let mut note = |untagged: Untagged| {
            if let Untagged::List(Folder { attributes, name }) = untagged {
                folders.push((text::folder_from(&name), attributes));
            }
        };
        self.exchange("LIST \"\" \"*\"", 0, &mut note).await?.or_retry("LIST")?;
        folders.sort();
        Ok(folders)
    }

    /// Whether the folder holds what its owner sent: by its special use (RFC 6154), else by its name.
    pub async fn is_sent(&mut self, folder: &str) -> Result<bool, InboxError> {
        let marks = if self.can("SPECIAL-USE") { " RETURN (SPECIAL-USE)" } else { "" };
        let name = text::quoted(&text::folder_name(folder)).unwrap_or_default();
        let mut sent = None;
        let mut note = |untagged: Untagged| {
            if let Untagged::List(found) = untagged
                && text::folder_from(&found.name) == folder
            {
                let special = ["\\all", "\\archive", "\\drafts", "\\flagged", "\\junk", "\\trash"];
                let other = found.attributes.iter().any(|a| special.contains(&a.as_str()));
                sent = if found.attributes.iter().any(|a| a == "\\sent") { Some(true) } else { other.then_some(false) };
            }
        };
        self.exchange(&format!("LIST \"\" {name}{marks}"), 0, &mut note).await?;
        Ok(sent.unwrap_or_else(|| named_like_sent(folder)))
    }

    /// Whether the server can do something, by its capability's name in upper case.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|c| c == capability)
    }

    /// One command whose untagged answers do not matter.
    pub async fn command(&mut self, line: &str) -> Result<Answer, InboxError> {
        self.exchange(line, 0, &mut |_| ()).await
    }

    /// One command, its untagged answers handed to `note` as they come; `bytes` is about what they may amount to.
    pub async fn exchange(
        &mut self,
        line: &str,
        bytes: u64,
        note: &mut (dyn FnMut(Untagged) + Send),
    ) -> Result<Answer, InboxError> {
        let tag = self.begin(line).await?;
        self.finish(&tag, self.budget(bytes), note).await
    }

    /// What an answer of about so many bytes may cost.
    pub fn budget(&self, bytes: u64) -> Budget {
        Budget::of(bytes, self.silence)
    }

    /// Says goodbye, for a second at most; what comes of it does not matter.
    pub async fn logout(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.command("LOGOUT")).await;
    }

    /// Sends a command, without waiting for its answer, and tells its tag.
    pub async fn begin(&mut self, line: &str) -> Result<String, InboxError> {
        self.tags = self.tags.wrapping_add(1);
        let tag = format!("T{}", self.tags);
        let bytes = Zeroizing::new(format!("{tag} {line}\r\n"));
        self.write(&bytes).await?;
        Ok(tag)
    }

    /// Sends bytes as they are.
    pub async fn write(&mut self, bytes: &str) -> Result<(), InboxError> {
        let sent = self.wire.send(bytes.as_bytes(), self.silence).await;
        sent.map_err(|e| self.broken(e))
    }

    /// Reads until the command of this tag has ended, within the budget.
    pub async fn finish(
        &mut self,
        tag: &str,
        mut budget: Budget,
        mut note: impl FnMut(Untagged) + Send,
    ) -> Result<Answer, InboxError> {
        loop {
            match self.next(&mut budget).await? {
                Said::Untagged(untagged) => note(untagged),
                Said::Continue => return Err(self.confused()),
                Said::Tagged(other, outcome) if other == tag => return self.judged(outcome),
                Said::Tagged(..) => return Err(self.confused()),
            }
        }
    }

    /// Reads until the server says `+`, or ends the command instead.
    pub async fn until_continue(&mut self, tag: &str) -> Result<Option<Outcome>, InboxError> {
        let mut budget = self.budget(0);
        loop {
            match self.next(&mut budget).await? {
                Said::Untagged(_) => {}
                Said::Continue => return Ok(None),
                Said::Tagged(other, outcome) if other == tag => return Ok(Some(outcome)),
                Said::Tagged(..) => return Err(self.confused()),
            }
        }
    }

    /// Waits until the server says something, at most `within`. Safe to cancel. `false` when the time is over.
    pub async fn hears_something(&mut self, within: Duration) -> Result<bool, InboxError> {
        match self.wire.readable(within).await {
            Ok(()) => Ok(true),
            Err(WireError::Timeout) => Ok(false),
            Err(error) => Err(self.broken(error)),
        }
    }

    /// The next thing the server says.
    pub async fn next(&mut self, budget: &mut Budget) -> Result<Said, InboxError> {
        loop {
            let response = self.wire.receive(budget).await.map_err(|e| self.broken(e))?;
            return Ok(match response {
                Response::Continue => Said::Continue,
                Response::Tagged { tag, outcome } => {
                    if outcome.verdict == Verdict::Ok {
                        self.learn(&outcome);
                    }
                    Said::Tagged(tag, outcome)
                }
                Response::Status(outcome) if outcome.verdict == Verdict::Bye => return Err(self.turned_away(&outcome)),
                Response::Status(outcome) => {
                    self.hear(&outcome)?;
                    continue;
                }
                Response::Exists(count) => {
                    // Some servers repeat the count whenever they are asked anything.
                    self.news |= count > self.folder.exists;
                    self.folder.exists = count;
                    Said::Untagged(Untagged::Count)
                }
                Response::Expunge => {
                    self.folder.exists = self.folder.exists.saturating_sub(1);
                    Said::Untagged(Untagged::Count)
                }
                Response::Fetch(fetched) => Said::Untagged(Untagged::Fetch(*fetched)),
                Response::Search(uids) => Said::Untagged(Untagged::Search(uids)),
                Response::List(folder) => Said::Untagged(Untagged::List(folder)),
                Response::Capability(capabilities) => {
                    self.capabilities = capabilities;
                    continue;
                }
                Response::Other => continue,
            });
        }
    }

    async fn ask_capabilities(&mut self) -> Result<(), InboxError> {
        // A server that cannot say it can still do what every server can.
        self.command("CAPABILITY").await.map(drop)
    }

    /// Takes in an untagged remark; a promise that changes under our hands ends the session.
    fn hear(&mut self, outcome: &Outcome) -> Result<(), InboxError> {
        let before = self.folder.validity;
        self.learn(outcome);
        if before != UidValidity(0) && before != self.folder.validity {
            return Err(InboxError::Retry(format!("{} numbered the folder anew", self.host)));
        }
        Ok(())
    }

    fn learn(&mut self, outcome: &Outcome) {
        let (word, rest) = outcome.code.split_once(' ').unwrap_or((&outcome.code, ""));
        match word.to_ascii_uppercase().as_str() {
            "UIDVALIDITY" => self.folder.validity = UidValidity(rest.trim().parse().unwrap_or(0)),
            "UIDNEXT" => self.folder.next = rest.trim().parse().ok().filter(|&n| n > 0),
            "CAPABILITY" => self.capabilities = rest.split_ascii_whitespace().map(str::to_ascii_uppercase).collect(),
            _ => {}
        }
    }

    /// What a tagged answer means: a refusal that asks for patience is an error.
    pub fn judged(&self, outcome: Outcome) -> Result<Answer, InboxError> {
        match outcome.verdict {
            Verdict::Ok => Ok(Answer::Done(outcome)),
            Verdict::No | Verdict::Bad => match backoff::asked_for(&outcome) {
                Some(wait) => {
                    Err(InboxError::BackOff { wait, said: format!("{} says: {}", self.host, said(&outcome)) })
                }
                None => Ok(Answer::Refused(outcome)),
            },
            Verdict::Bye | Verdict::PreAuth => Err(self.confused()),
        }
    }

    fn turned_away(&self, outcome: &Outcome) -> InboxError {
        let said = format!("{} closed the connection: {}", self.host, said(outcome));
        match backoff::asked_for(outcome) {
            Some(wait) => InboxError::BackOff { wait, said },
            None => InboxError::Retry(said),
        }
    }

    fn broken(&self, error: WireError) -> InboxError {
        InboxError::Retry(format!("connection to {}: {error}", self.host))
    }

    /// The server and we are not talking about the same.
    pub fn confused(&self) -> InboxError {
        InboxError::Retry(format!("{} answers what was not asked", self.host))
    }
}

/// One thing a server says.
#[derive(Debug)]
pub enum Said {
    /// `+`.
    Continue,
    /// The end of a command.
    Tagged(String, Outcome),
    /// Anything in between that matters.
    Untagged(Untagged),
}

fn said(outcome: &Outcome) -> String {
    match (outcome.code.is_empty(), outcome.text.is_empty()) {
        (true, _) => outcome.text.clone(),
        (false, true) => format!("[{}]", outcome.code.chars().take(60).collect::<String>()),
        (false, false) => format!("[{}] {}", outcome.code.chars().take(60).collect::<String>(), outcome.text),
    }
}
