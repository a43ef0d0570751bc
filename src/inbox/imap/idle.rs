//! Waiting for the server to say that there is more (RFC 2177).
//!
//! Written by hand for what goes wrong with it: new mail announced before the server's `+`; servers that refuse IDLE,
//! that end it themselves, that say "still here" so often that no silence is ever noticed, that do not answer DONE.

use std::future::Future;
use std::pin::pin;

use tokio::time::{Instant, sleep_until};

use super::Patience;
use super::session::{Said, Session};
use super::wire::Budget;
use crate::inbox::InboxError;

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woke {
    /// The server spoke of new mail.
    News,
    /// It is time to look for ourselves.
    Renew,
    /// The other thing that was waited for happened.
    Other,
    /// The server does not want to idle.
    Refused,
}

/// Idles until there is news, `other` happens, or it is time to renew, however talkative the server is.
pub async fn idle(
    session: &mut Session,
    patience: &Patience,
    other: impl Future<Output = ()>,
) -> Result<Woke, InboxError> {
    let deadline = Instant::now() + patience.idle;
    let tag = session.begin("IDLE").await?;
    if session.until_continue(&tag).await?.is_some() {
        return Ok(Woke::Refused);
    }
    let mut other = pin!(other);
    let woke = loop {
        if session.news {
            break Woke::News;
        }
        tokio::select! {
            heard = session.hears_something(patience.idle) => if heard? {
                let mut budget = session.budget(0);
                match session.next(&mut budget).await? {
                    // The server ended it: there is nothing left to end.
                    Said::Tagged(..) => return Ok(Woke::Renew),
                    Said::Untagged(_) | Said::Continue => {}
                }
            },
            () = sleep_until(deadline) => break Woke::Renew,
            () = &mut other => break Woke::Other,
        }
    };
    session.write("DONE\r\n").await?;
    let within = Budget { time: patience.done, silence: patience.done, ..session.budget(0) };
    session.finish(&tag, within, |_| ()).await?;
    Ok(woke)
}
