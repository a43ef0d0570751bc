//! One connection of the fault server: lines in, answers out, and what the fault makes of them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use touchbase::inbox::imap::Stream;

use super::answers::{self, View};
use super::clock;
use super::fault::{Act, Answer, Cut, Step};
use super::log::{Event, excerpt};
use super::pipe::Line;
use super::server::{STORM, Server, ServerTls};

/// One connection.
pub struct Talk<'a> {
    server: &'a Server,
    number: usize,
    line: &'a Line,
    wire: Option<Box<dyn Stream>>,
    buffer: Vec<u8>,
    view: View,
    /// The tag of the IDLE under way.
    idling: Option<String>,
    /// The tag of the AUTHENTICATE under way.
    logging_in: Option<String>,
}

/// Why a connection ended.
enum End {
    Closed(&'static str),
    Gone,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> End {
        End::Gone
    }
}

impl Talk<'_> {
    /// Talks until the connection ends; tells how.
    pub async fn run(server: &Server, number: usize, stream: Box<dyn Stream>, line: &Line) -> &'static str {
        let mut talk = Talk {
            server,
            number,
            line,
            wire: Some(stream),
            buffer: Vec::new(),
            view: View::default(),
            idling: None,
            logging_in: None,
        };
        match talk.talk().await {
            Ok(()) => "logged out",
            Err(End::Closed(how)) => how,
            Err(End::Gone) => "the client is gone",
        }
    }

    async fn talk(&mut self) -> Result<(), End> {
        if let ServerTls::Implicit(config) = self.server.traits.tls.clone() {
            self.secure(config).await?;
        }
        let greeting = Answer { untagged: vec![b"* OK ready\r\n".to_vec()], ..Answer::default() };
        self.answer(Step::Greeting, greeting).await?;
        let mut changed = self.server.changes();
        loop {
            let line = tokio::select! {
                line = next_line(&mut self.wire, &mut self.buffer) => line?,
                _ = changed.changed(), if self.idling.is_some() => {
                    let news = self.server.look(|folder| self.view.news(folder));
                    if !news.untagged.is_empty() {
                        self.answer(Step::News, news).await?;
                    }
                    continue;
                }
            };
            if !self.hear(&line).await? {
                return Ok(());
            }
        }
    }

    /// Does what one line wants. `false` when it was the last.
    async fn hear(&mut self, line: &str) -> Result<bool, End> {
        if self.server.heard() > STORM {
            // The oracle will say so; meanwhile virtual time has to go on.
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        if let Some(tag) = self.logging_in.take() {
            self.server.note(self.number, Event::Heard("(words)".into()));
            return self.login(&tag).await;
        }
        let (tag, command) = line.split_once(' ').unwrap_or(("", line));
        let shown = if command.starts_with("LOGIN") { "LOGIN (words)" } else { command };
        self.server.note(self.number, Event::Heard(shown.to_owned()));
        let step = answers::step(command);
        let tag = match (step, self.idling.take()) {
            (Step::Done, Some(tag)) => tag,
            // Nobody idles: there is nothing to end.
            (Step::Done, None) => return Ok(true),
            _ => tag.to_owned(),
        };
        if step == Step::Login {
            return self.login(&tag).await;
        }
        let (view, traits) = (&mut self.view, &self.server.traits);
        let answer = self.server.look(|folder| answers::honest(step, &tag, command, view, folder, traits));
        if let Some(deed) = &answer.deed {
            self.server.hear_of(self.number, deed);
        }
        let said = self.answer(step, answer).await?;
        match step {
            Step::Authenticate if says_continue(&said) => self.logging_in = Some(tag),
            Step::Idle if begins_to_idle(&said, &tag) => {
                self.idling = Some(tag);
                let news = self.server.look(|folder| self.view.news(folder));
                if !news.untagged.is_empty() {
                    self.answer(Step::News, news).await?;
                }
            }
            Step::StartTls => {
                if let ServerTls::Start(config) = self.server.traits.tls.clone() {
                    self.secure(config).await?;
                }
            }
            Step::Logout => return Ok(false),
            _ => {}
        }
        Ok(true)
    }

    async fn login(&mut self, tag: &str) -> Result<bool, End> {
        let tagged = format!("{tag} OK logged in\r\n").into_bytes();
        let honest = Answer { tag: tag.to_owned(), tagged: tagged.clone(), ..Answer::default() };
        let said = self.answer(Step::Login, honest).await?;
        if said.ends_with(&tagged) {
            self.server.note(self.number, Event::LoggedIn);
        }
        Ok(true)
    }

    /// Gives an answer, or what the fault makes of it; returns what was said.
    async fn answer(&mut self, step: Step, answer: Answer) -> Result<Vec<u8>, End> {
        let mut said = Vec::new();
        for act in self.server.acts(self.number, step, answer) {
            match act {
                Act::Say(bytes) => {
                    self.send(&bytes).await?;
                    said.extend_from_slice(&bytes);
                }
                Act::Wait(time) => tokio::time::sleep(time).await,
                Act::Flood(bytes, much) => {
                    let mut left = much;
                    while left > 0 {
                        self.wire()?.write_all(&bytes).await?;
                        left = left.saturating_sub(bytes.len() as u64);
                    }
                }
                Act::Drip(bytes, every) => {
                    for byte in bytes {
                        tokio::time::sleep(every).await;
                        self.wire()?.write_all(&[byte]).await?;
                    }
                }
                Act::Change(change) => self.server.change(change),
                Act::Do(deed) => self.server.change(|folder| folder.perform(&deed)),
                Act::Jump(after, seconds) => drop(tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    clock::jump(seconds);
                })),
                Act::Tell(numbers) => self.tell(numbers),
                Act::Show(_) => {}
                Act::Close(cut) => return Err(self.close(cut).await),
            }
        }
        Ok(said)
    }

    fn tell(&self, numbers: Vec<usize>) {
        if !numbers.is_empty() {
            self.server.note(self.number, Event::Told(numbers));
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), End> {
        if !bytes.is_empty() {
            self.server.note(self.number, Event::Said(excerpt(bytes)));
            let wire = self.wire()?;
            wire.write_all(bytes).await?;
            wire.flush().await?;
        }
        Ok(())
    }

    async fn close(&mut self, cut: Cut) -> End {
        match cut {
            Cut::Fin => End::Closed("closed"),
            Cut::Rst => {
                self.line.reset();
                End::Closed("reset")
            }
            Cut::Blackhole => {
                // What the client says vanishes; when it gives up, so do we.
                while next_line(&mut self.wire, &mut self.buffer).await.is_ok() {}
                End::Closed("given up")
            }
        }
    }

    fn wire(&mut self) -> Result<&mut Box<dyn Stream>, End> {
        self.wire.as_mut().ok_or(End::Gone)
    }

    async fn secure(&mut self, mut config: Arc<ServerConfig>) -> Result<(), End> {
        for act in self.server.acts(self.number, Step::Secure, Answer::default()) {
            match act {
                Act::Show(other) => config = other,
                Act::Say(bytes) => self.send(&bytes).await?,
                Act::Wait(time) => tokio::time::sleep(time).await,
                Act::Close(cut) => return Err(self.close(cut).await),
                _ => {}
            }
        }
        let Some(plain) = self.wire.take() else { return Err(End::Gone) };
        let secured = TlsAcceptor::from(config).accept(plain).await;
        self.wire = Some(Box::new(secured.map_err(|_| End::Closed("no TLS"))?));
        Ok(())
    }
}

fn says_continue(said: &[u8]) -> bool {
    String::from_utf8_lossy(said).lines().any(|line| line.starts_with('+'))
}

fn begins_to_idle(said: &[u8], tag: &str) -> bool {
    let text = String::from_utf8_lossy(said);
    says_continue(said) && !text.lines().any(|line| line.starts_with(&format!("{tag} ")))
}

/// The next line without its end. Safe to cancel: what was read stays in the buffer.
async fn next_line(wire: &mut Option<Box<dyn Stream>>, buffer: &mut Vec<u8>) -> Result<String, End> {
    let wire = wire.as_mut().ok_or(End::Gone)?;
    loop {
        if let Some(end) = buffer.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        if wire.read_buf(buffer).await? == 0 {
            return Err(End::Closed("the client closed it"));
        }
    }
}
