//! Bytes to responses (RFC 3501, 2.2.2 and 4.3): lines, and the literals inside them.
//!
//! Every answer has a budget of bytes and of time. A literal announced as larger is refused before a byte of it is
//! kept, and memory grows only with bytes that came.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use super::frame::Frame;
use super::response::Response;

/// What can be read from and written to: TCP, TLS, or a test's pipe.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Why a connection is of no more use. Whatever it was, the connection is dropped.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The network failed.
    #[error("{0}")]
    Io(io::Error),
    /// No answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// More bytes than the answer can have.
    #[error("the server sends more than was asked for")]
    TooMuch,
}

/// How much of the server's time and bytes one command may take.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Bytes left.
    pub bytes: u64,
    /// Time left, counted only while waiting for the server.
    pub time: Duration,
    /// The longest silence.
    pub silence: Duration,
}

/// Slowest transfer that is waited for, in bytes a second: a server that drips is as good as gone.
const SLOWEST: u64 = 16 * 1024;
/// Bytes an answer may have besides what was asked for.
const SLACK: u64 = 1024 * 1024;

impl Budget {
    /// For an answer of about `bytes`, from a server that may be silent for `silence`.
    pub fn of(bytes: u64, silence: Duration) -> Budget {
        let time = silence.saturating_add(Duration::from_secs(bytes / SLOWEST));
        Budget { bytes: bytes.saturating_add(SLACK), time, silence }
    }

    /// Makes room for another answer of about `bytes`.
    pub fn add(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.time = self.time.saturating_add(Duration::from_secs(bytes / SLOWEST));
    }
}

/// A connection that reads responses and writes lines.
pub struct Wire {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    start: usize,
}

const CHUNK: usize = 64 * 1024;
/// In one response; what we ask for has one at most.
const MOST_LITERALS: usize = 100;

impl Wire {
    /// Over an open stream.
    pub fn new(stream: Box<dyn Stream>) -> Wire {
        Wire { stream, buffer: Vec::new(), start: 0 }
    }

    /// Gives the stream back, to put TLS over it. `None` when bytes were already read past the last line: they came
    /// in plain text and would be taken for protected ones.
    pub fn into_clean_stream(self) -> Option<Box<dyn Stream>> {
        (self.start == self.buffer.len()).then_some(self.stream)
    }

    /// Writes bytes and flushes them.
    pub async fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), WireError> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        timeout(within, write).await.map_err(|_| WireError::Timeout)?.map_err(WireError::Io)
    }

    /// Reads one response within the budget.
    ///
    /// Not safe to cancel in the middle of a response, except while it waits for its first byte.
    pub async fn receive(&mut self, budget: &mut Budget) -> Result<Response, WireError> {
        let mut frame = Frame::default();
        loop {
            let line = self.line(budget).await?;
            let Some(size) = frame.line(&line) else { return Ok(Response::read(frame)) };
            if frame.literals() == MOST_LITERALS {
                return Err(WireError::TooMuch);
            }
            self.literal(size, &mut frame, budget).await?;
        }
    }

    /// Waits until something can be read, without taking it. Safe to cancel.
    pub async fn readable(&mut self, within: Duration) -> Result<(), WireError> {
        if self.start < self.buffer.len() {
            return Ok(());
        }
        self.fill(within).await
    }

    async fn line(&mut self, budget: &mut Budget) -> Result<Vec<u8>, WireError> {
        let mut line = Vec::new();
        loop {
            let ready = self.buffer.get(self.start..).unwrap_or_default();
            if let Some(end) = ready.iter().position(|&b| b == b'\n') {
                line.extend_from_slice(ready.get(..end).unwrap_or_default());
                self.start += end + 1;
                spend(budget, end + 1)?;
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            spend(budget, ready.len())?;
            line.extend_from_slice(ready);
            self.refill(budget).await?;
        }
    }

    async fn literal(&mut self, size: u64, frame: &mut Frame, budget: &mut Budget) -> Result<(), WireError> {
        if size > budget.bytes {
            return Err(WireError::TooMuch);
        }
        let mut missing = size as usize;
        spend(budget, missing)?;
        let bytes = frame.literal(missing);
        loop {
            let ready = self.buffer.get(self.start..).unwrap_or_default();
            let taken = ready.len().min(missing);
            bytes.extend_from_slice(ready.get(..taken).unwrap_or_default());
            self.start += taken;
            missing -= taken;
            if missing == 0 {
                return Ok(());
            }
            self.refill(budget).await?;
        }
    }

    /// Replaces the consumed buffer by what the server sends next, on the budget's time.
    async fn refill(&mut self, budget: &mut Budget) -> Result<(), WireError> {
        let began = Instant::now();
        let result = self.fill(budget.silence.min(budget.time)).await;
        budget.time = budget.time.saturating_sub(began.elapsed());
        result
    }

    async fn fill(&mut self, within: Duration) -> Result<(), WireError> {
        self.buffer.clear();
        self.start = 0;
        self.buffer.reserve(CHUNK);
        let read = timeout(within, self.stream.read_buf(&mut self.buffer)).await;
        match read.map_err(|_| WireError::Timeout)?.map_err(WireError::Io)? {
            0 => Err(WireError::Closed),
            _ => Ok(()),
        }
    }
}

fn spend(budget: &mut Budget, bytes: usize) -> Result<(), WireError> {
    budget.bytes = budget.bytes.checked_sub(bytes as u64).ok_or(WireError::TooMuch)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        Budget { bytes: 1000, time: Duration::from_secs(60), silence: Duration::from_secs(5) }
    }

    async fn reads(server: &'static [u8]) -> Result<Response, WireError> {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        theirs.write_all(server).await.unwrap();
        drop(theirs);
        Wire::new(Box::new(ours)).receive(&mut budget()).await
    }

    #[tokio::test]
    async fn a_literal_announced_as_larger_than_the_budget_is_refused_before_a_byte_is_kept() {
        assert!(matches!(reads(b"* 1 FETCH (BODY[] {500000000}\r\n").await, Err(WireError::TooMuch)));
        assert!(matches!(reads(b"* 1 FETCH (BODY[] {99999999999999999999}\r\n").await, Err(WireError::TooMuch)));
    }

    #[tokio::test]
    async fn an_answer_cut_in_the_middle_is_never_taken_for_a_whole_one() {
        for cut in
            [&b""[..], b"A1 O", b"A1 OK done", b"* 1 FETCH (BODY[] {5}\r\nabc", b"* 1 FETCH (BODY[] {5}\r\nabcde"]
        {
            assert!(matches!(reads(cut).await, Err(WireError::Closed)));
        }
    }

    #[tokio::test]
    async fn lines_without_a_carriage_return_and_binary_literals_are_read() {
        let Ok(Response::Fetch(mail)) = reads(b"* 1 FETCH (UID 7 BODY[] ~{3}\nabc)\n").await else {
            panic!("not a FETCH")
        };
        assert_eq!((mail.uid, mail.body.as_deref()), (Some(7), Some(&b"abc"[..])));
    }

    #[tokio::test]
    async fn literals_without_end_are_refused() {
        let line: &'static [u8] = Box::leak([&b"* X"[..], &b" {0}\r\n".repeat(120)].concat().into_boxed_slice());
        assert!(matches!(reads(line).await, Err(WireError::TooMuch)));
    }

    #[tokio::test]
    async fn an_endless_line_ends_with_the_budget() {
        let line: &'static [u8] = Box::leak(vec![b'x'; 5000].into_boxed_slice());
        assert!(matches!(reads(line).await, Err(WireError::TooMuch)));
    }

    #[tokio::test]
    async fn a_silent_server_is_given_up() {
        let (ours, _theirs) = tokio::io::duplex(64);
        let mut budget = Budget { silence: Duration::from_millis(20), ..budget() };
        assert!(matches!(Wire::new(Box::new(ours)).receive(&mut budget).await, Err(WireError::Timeout)));
    }

    #[tokio::test]
    async fn a_server_that_drips_is_given_up_when_the_time_of_the_whole_answer_is_over() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let dripping = tokio::spawn(async move {
            while theirs.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await
            }
        });
        let mut budget = Budget { time: Duration::from_millis(50), ..budget() };
        assert!(matches!(Wire::new(Box::new(ours)).receive(&mut budget).await, Err(WireError::Timeout)));
        dripping.abort();
    }
}
