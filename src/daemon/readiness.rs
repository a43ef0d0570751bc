//! When the daemon is ready: every folder was opened, and not merely every task started.
//!
//! Whoever starts the service, and every unit ordered after it, may then rely on mail being read. A server that is
//! away, or turns us away, must not keep a machine from starting: it holds readiness up only as long as a try that
//! may still succeed is near.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep_until};

use super::notify;
use super::states::States;
use crate::clock;
use crate::inbox::maildir;
use crate::mailbox::Mailbox;
use crate::wiring::Inbox;

/// How long folders that do not open are waited for. A server on the same machine starts within it.
const LONGEST: Duration = Duration::from_secs(15);

/// Every folder that will be read, of those that are there.
pub fn folders(inboxes: &[Inbox]) -> Vec<Mailbox> {
    let named = |name: &str, folder| Mailbox { name: name.to_owned(), folder };
    let of = |inbox: &Inbox| -> Vec<Mailbox> {
        match inbox {
            Inbox::Imap(settings) => settings.folders.iter().map(|f| named(&settings.name, f.clone())).collect(),
            Inbox::Maildir(settings) => maildir::present(settings).map(|f| named(&settings.name, f)).collect(),
        }
    };
    inboxes.iter().flat_map(of).collect()
}

/// Tells systemd that we are ready, once we are.
pub async fn tell(folders: Vec<Mailbox>, states: States) {
    let (end, end_by_clock) = (Instant::now() + LONGEST, after(clock::now(), LONGEST));
    notify::opening(&states.line(0));
    loop {
        let changed = states.changed();
        let shut = states.shut(&folders, end_by_clock);
        if shut == 0 {
            break;
        }
        tokio::select! {
            () = changed => {}
            () = sleep_until(end) => break,
        }
    }
    notify::ready();
    let opened = states.opened(&folders);
    tracing::info!(opened, folders = folders.len(), "touchbase is ready");
}

fn after(now: Timestamp, pause: Duration) -> Timestamp {
    now.saturating_add(SignedDuration::try_from(pause).unwrap_or_default()).unwrap_or(now)
}
