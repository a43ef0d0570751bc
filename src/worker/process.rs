//! One worker as the daemon sees it: started, asked, ended.

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::pipe::fcntl_setpipe_size;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::Settings;
use super::frame::{self, Answers, FRAME_LIMIT, Request};
use crate::mailbox::Delivery;

/// How long a killed process may take to be gone.
const END: Duration = Duration::from_secs(5);

/// Why a try gave nothing.
#[derive(Debug)]
pub enum Failed {
    /// It took longer than it may.
    Deadline(Duration),
    /// The pipe broke or held something else than an answer.
    Pipe(io::Error),
    /// The process ended, and how.
    Ended(String),
    /// The process says why it could not.
    Refused(String),
}

/// In words for a person, free of the mail's own words.
impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Deadline(limit) => write!(f, "reading it took longer than {} s", limit.as_secs_f32()),
            Failed::Pipe(error) => write!(f, "the parsing process answered badly: {error}"),
            Failed::Ended(how) => write!(f, "the parsing process {how}"),
            Failed::Refused(reason) => f.write_str(reason),
        }
    }
}

/// What the kernel keeps of what is under way, in bytes: enough for a few mails, so that neither side waits for the
/// other in their midst.
const PIPE: usize = 1024 * 1024;

/// A running worker. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    rules: Arc<Vec<u8>>,
    has_rules: bool,
    mails: u32,
    /// What goes out, then what comes back; kept from one question to the next, as memory of that size would be asked
    /// of the system each time.
    buffer: Vec<u8>,
}

impl Process {
    /// Starts the program; the rules go with the first mail, unless it is prepared before.
    pub fn start(settings: &Settings, rules: Arc<Vec<u8>>) -> io::Result<Process> {
        let mut child = Command::new(&settings.program)
            .args(&settings.args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::other("a pipe is missing"))?;
        // Smaller pipes do, too, only slower.
        let _ = (fcntl_setpipe_size(&input, PIPE), fcntl_setpipe_size(&output, PIPE));
        Ok(Process { child, input, output, rules, has_rules: false, mails: 0, buffer: Vec::new() })
    }

    /// Hands it the rules, with which it makes itself ready.
    pub async fn prepare(&mut self) -> io::Result<()> {
        let mut out = Vec::new();
        frame::put(&mut out, &self.rules)?;
        self.has_rules = true;
        self.input.write_all(&out).await
    }

    /// How many mails it was given.
    pub fn mails(&self) -> u32 {
        self.mails
    }

    /// Whether it was started with these rules.
    pub fn holds(&self, rules: &Arc<Vec<u8>>) -> bool {
        Arc::ptr_eq(&self.rules, rules)
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Hands it mails and waits for the answers, one for each. After an error it must not be used again.
    pub async fn exchange(&mut self, mails: &[&Delivery], headers_only: bool) -> Result<Answers, Failed> {
        let answers = self.ask(mails, headers_only).await.map_err(Failed::Pipe)?;
        if answers.results.len() != mails.len() {
            return Err(Failed::Pipe(io::Error::new(io::ErrorKind::InvalidData, "not an answer for each mail")));
        }
        Ok(answers)
    }

    async fn ask(&mut self, mails: &[&Delivery], headers_only: bool) -> io::Result<Answers> {
        let requests: Vec<Request> = mails.iter().map(|mail| Request::of(mail, headers_only)).collect();
        let bytes: usize = mails.iter().map(|mail| frame::sent(mail).len()).sum();
        let out = &mut self.buffer;
        out.clear();
        out.reserve(bytes.min(PIPE) + 1024);
        if !std::mem::replace(&mut self.has_rules, true) {
            frame::put(out, &self.rules)?;
        }
        self.mails += u32::try_from(mails.len()).unwrap_or(u32::MAX);
        frame::put(out, &frame::encode(&requests))?;
        out.extend_from_slice(&frame::length(bytes)?);
        for mail in mails {
            // Small mails go with one call; a large one is not copied.
            if out.len() + mail.bytes.len() > PIPE {
                self.input.write_all(out).await?;
                out.clear();
                self.input.write_all(frame::sent(mail)).await?;
            } else {
                out.extend_from_slice(&mail.bytes);
            }
        }
        self.input.write_all(out).await?;
        let answer = self.answer().await;
        self.buffer.clear();
        self.buffer.shrink_to(PIPE);
        answer
    }

    async fn answer(&mut self) -> io::Result<Answers> {
        let mut length = [0; 4];
        self.output.read_exact(&mut length).await?;
        let length = frame::checked_length(length, FRAME_LIMIT)?;
        self.buffer.clear();
        // What was announced is believed as it comes.
        self.buffer.reserve(length.min(PIPE));
        let mut output = (&mut self.output).take(length as u64);
        while output.read_buf(&mut self.buffer).await? > 0 {}
        if self.buffer.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        frame::decode(&self.buffer)
    }

    /// Kills it and waits until it is gone; if it ended by itself, tells how instead of the broken pipe.
    pub async fn end(mut self, failed: Failed) -> Failed {
        if matches!(failed, Failed::Pipe(_))
            && let Ok(Ok(status)) = tokio::time::timeout(Duration::from_millis(200), self.child.wait()).await
        {
            return Failed::Ended(match status.signal() {
                Some(signal) => format!("was ended by signal {signal}"),
                None => format!("ended with status {}", status.code().unwrap_or(-1)),
            });
        }
        // Already gone is as good as killed.
        let _ = self.child.start_kill();
        let _ = tokio::time::timeout(END, self.child.wait()).await;
        failed
    }
}
