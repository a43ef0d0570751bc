//! What the daemon is told by signals: stop (SIGTERM, SIGINT), reload (SIGHUP).

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Event;
use crate::failure::{Code, Failure};

/// The signals a daemon listens to.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Listens from here on; what comes before it is asked is not lost.
    ///
    /// # Errors
    /// The system refuses.
    pub fn listen() -> Result<Signals, Failure> {
        let listen = |kind| signal(kind).map_err(|e| Failure::new(Code::Bug, "cannot listen to signals").because(&e));
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// The next one, as what it means.
    pub async fn next(&mut self) -> Event {
        tokio::select! {
            _ = self.terminate.recv() => Event::Stop,
            _ = self.interrupt.recv() => Event::Stop,
            _ = self.hangup.recv() => Event::Reload,
        }
    }

    /// The next that asks us to stop.
    pub async fn stop(&mut self) {
        while !matches!(self.next().await, Event::Stop) {}
    }
}
