//! One connection: one command after another.
//!
//! Every command goes through [`Session::command`], which knows only one success: the tagged OK with its own tag. A
//! refusal is an answer ([`Answer::Refused`]); BYE, silence, too many bytes and the end of the stream are errors, and
//! after an error the session is dropped.

use std::time::Duration;

use secrecy::zeroize::Zeroizing;

use super::backoff;
use super::certificate::Certificate;
use super::response::{Code, Fetched, Folder, Outcome, Response, Verdict};
use super::wire::{Budget, Wire, WireError};
use crate::inbox::InboxError;
use crate::mailbox::UidValidity;

/// A connection that is logged in.
pub struct Session {
    pub(super) wire: Wire,
    pub(super) host: String,
    pub(super) silence: Duration,
    pub(super) tags: u32,
    pub(super) capabilities: Vec<String>,
    /// The folder opened last, as the server described it, and what was said about it since.
    pub folder: Opened,
    /// Whether the server spoke of new mail since this was last cleared.
    pub news: bool,
    /// The words behind the server's last `+`.
    pub(super) challenge: String,
    /// What the server's certificate says.
    pub certificate: Option<Certificate>,
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
    pub(super) const UNKNOWN: Opened = Opened { validity: UidValidity(0), next: None, exists: 0 };
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
    /// UIDs found; `None` when they cannot be read.
    Search(Option<Vec<u32>>),
    /// A folder.
    List(Folder),
    /// The folder's count grew, shrank, or a mail left.
    Count,
}

impl Session {
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
                Response::Continue(words) => {
                    self.challenge = words;
                    Said::Continue
                }
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

    pub(super) async fn ask_capabilities(&mut self) -> Result<(), InboxError> {
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

    pub(super) fn learn(&mut self, outcome: &Outcome) {
        match &outcome.code {
            Some(Code::UidValidity(number)) => self.folder.validity = UidValidity(*number),
            Some(Code::UidNext(number)) => self.folder.next = Some(*number).filter(|&number| number > 0),
            Some(Code::Capability(names)) => self.capabilities.clone_from(names),
            Some(Code::Other(_)) | None => {}
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

    pub(super) fn turned_away(&self, outcome: &Outcome) -> InboxError {
        let said = format!("{} closed the connection: {}", self.host, said(outcome));
        match backoff::asked_for(outcome) {
            Some(wait) => InboxError::BackOff { wait, said },
            None => InboxError::Retry(said),
        }
    }

    pub(super) fn broken(&self, error: WireError) -> InboxError {
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

/// What the server said, with its code, fit for one line.
pub(super) fn said(outcome: &Outcome) -> String {
    match &outcome.code {
        Some(Code::Other(code)) => {
            let code: String = code.chars().take(60).collect();
            format!("[{code}] {}", outcome.text).trim_end().to_owned()
        }
        _ => outcome.text.clone(),
    }
}
