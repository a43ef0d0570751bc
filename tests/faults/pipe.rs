//! A connection without a network: two ends in memory, so that time can be virtual. Unlike a plain pipe it can be
//! reset, and it knows how many bytes were taken from it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

/// What a network keeps for a reader who is slow, in bytes.
const UNDER_WAY: usize = 64 * 1024;

/// What both ends know of the line between them.
#[derive(Debug, Default)]
pub struct Line {
    reset: AtomicBool,
    taken: AtomicU64,
}

impl Line {
    /// From now on the client reads and writes nothing but "connection reset by peer"; what was under way is gone.
    /// It notices when the server's end is dropped.
    pub fn reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Whether it was.
    pub fn is_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    /// How many bytes the client has taken.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    fn check(&self) -> io::Result<()> {
        if self.is_reset() { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

/// The client's end.
pub struct ClientEnd {
    stream: DuplexStream,
    line: Arc<Line>,
}

/// Both ends of a new connection, and the line between them.
pub fn pipe() -> (ClientEnd, DuplexStream, Arc<Line>) {
    let (ours, theirs) = duplex(UNDER_WAY);
    let line = Arc::new(Line::default());
    (ClientEnd { stream: ours, line: Arc::clone(&line) }, theirs, line)
}

impl AsyncRead for ClientEnd {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.line.check()?;
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        self.line.taken.fetch_add((into.filled().len() - before) as u64, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for ClientEnd {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.line.check()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
