//! The same over real TCP, where a reset (SO_LINGER 0) takes with it what was on its way. Time is real here, so there
//! are few cases and short waits.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::case::{Case, Scene};
use super::cut::{Place, cut_at, steps};
use super::fault::{Cut, Fault, Step};
use super::pipe::Line;

/// Every step of a daemon, of `once` and of a move, reset before its answer and in the middle of it.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in [Scene::FirstFill, Scene::Once, Scene::Moved] {
        for &step in steps(scene) {
            let places = match step {
                Step::Fetch => [Place::Literal(50), Place::Untagged],
                _ => [Place::Nothing, Place::HalfTagged],
            };
            for place in places {
                let fault = Fault::once(step, cut_at(place, Cut::Rst));
                let case = Case::new(format!("wire/{}-{}", step.name(), place.name()), scene, fault);
                let case = case.tuned(|mut settings| {
                    settings.patience.pause = Duration::from_millis(50);
                    settings
                });
                cases.push(Case { over_tcp: true, ..case });
            }
        }
    }
    cases
}

/// The server's end of a TCP connection.
pub struct ServerEnd {
    stream: TcpStream,
    line: Arc<Line>,
}

impl ServerEnd {
    /// It is reset when it is dropped, if its line says so.
    pub fn new(stream: TcpStream, line: Arc<Line>) -> ServerEnd {
        ServerEnd { stream, line }
    }
}

impl Drop for ServerEnd {
    fn drop(&mut self) {
        if self.line.is_reset() {
            self.stream.set_zero_linger().expect("a socket");
        }
    }
}

impl AsyncRead for ServerEnd {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for ServerEnd {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
