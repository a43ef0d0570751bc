//! How each folder is doing right now, for the log and systemd's status line.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::inbox::State;
use crate::mailbox::Mailbox;

/// The latest state of every folder; clones share it.
#[derive(Debug, Clone, Default)]
pub struct States(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    folders: Mutex<Folders>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Folders {
    states: BTreeMap<Mailbox, State>,
    /// Those the server has let us into since the start.
    opened: BTreeSet<Mailbox>,
}

impl States {
    /// Notes a folder's state and logs it if it is another one than before.
    pub fn note(&self, mailbox: &Mailbox, state: &State) {
        // Mail comes and goes all day; each one has a line of its own when it is settled.
        if matches!(state, State::Reading { .. } | State::Read) {
            tracing::debug!(mailbox = %mailbox.name, folder = %mailbox.folder, ?state, "mailbox state");
            return;
        }
        let before = self.folders().states.insert(mailbox.clone(), state.clone());
        self.0.changed.send_replace(());
        if before.as_ref().map(std::mem::discriminant) == Some(std::mem::discriminant(state)) {
            return;
        }
        let (name, folder) = (&mailbox.name, &mailbox.folder);
        match state {
            State::Waiting { until, reason, .. } => {
                tracing::warn!(mailbox = %name, %folder, next_try = %until, %reason, "mailbox cannot be read");
            }
            State::Held { until, reason } => {
                tracing::info!(mailbox = %name, %folder, next_try = %until, %reason, "mailbox is left alone a while longer");
            }
            State::Idle => tracing::info!(mailbox = %name, %folder, "mailbox watched, the server tells of new mail"),
            State::Polling => tracing::info!(mailbox = %name, %folder, "mailbox watched by polling"),
            State::Stopped => tracing::info!(mailbox = %name, %folder, "mailbox no longer watched"),
            State::Connecting | State::Reading { .. } | State::Read => {
                tracing::debug!(mailbox = %name, %folder, state = ?state, "mailbox state");
            }
        }
    }

    /// Notes that a folder is open: what it holds can be read.
    pub fn open(&self, mailbox: &Mailbox) {
        if self.folders().opened.insert(mailbox.clone()) {
            self.0.changed.send_replace(());
        }
    }

    /// How many of these folders have been opened.
    pub fn opened(&self, among: &[Mailbox]) -> usize {
        let folders = self.folders();
        among.iter().filter(|mailbox| folders.opened.contains(mailbox)).count()
    }

    /// How many of these folders have not been opened and may yet be before `end`.
    pub fn shut(&self, among: &[Mailbox], end: Timestamp) -> usize {
        let folders = self.folders();
        let hopeless = |state| next_try(state).is_some_and(|(until, _)| until > end);
        among.iter().filter(|m| !folders.opened.contains(m) && !folders.states.get(m).is_some_and(hopeless)).count()
    }

    /// Ends with the next change after this call, whenever it is awaited.
    pub fn changed(&self) -> impl Future<Output = ()> + use<> {
        let mut changes = self.0.changed.subscribe();
        async move {
            // Without a sender nothing will change any more, and nobody is left to wait for it.
            let _ = changes.changed().await;
        }
    }

    /// One line for a person: `2 folders watched, 120 mails settled`, or
    /// `1 of 2 folders waiting: capture INBOX until 2026-11-20T08:15:00Z: ...`, or `opening capture INBOX`.
    pub fn line(&self, settled: u64) -> String {
        let Folders { states, opened } = &*self.folders();
        let all = counted(states.len(), "folder");
        let mut waiting = states.iter().filter_map(|(mailbox, state)| {
            let (until, reason) = next_try(state)?;
            Some(format!("{} {} until {until:.0}: {reason}", mailbox.name, mailbox.folder))
        });
        if let Some(first) = waiting.next() {
            return format!("{} of {all} waiting: {first}", waiting.count() + 1);
        }
        match states.keys().find(|mailbox| !opened.contains(mailbox)) {
            Some(mailbox) => format!("opening {} {}", mailbox.name, mailbox.folder),
            None if states.is_empty() => "starting".to_owned(),
            None => format!("{all} watched, {} settled", counted(settled as usize, "mail")),
        }
    }

    fn folders(&self) -> MutexGuard<'_, Folders> {
        self.0.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a folder that is left alone is tried again, and why it is.
fn next_try(state: &State) -> Option<(Timestamp, &str)> {
    match state {
        State::Waiting { until, reason, .. } | State::Held { until, reason } => Some((*until, reason)),
        _ => None,
    }
}

/// `1 mail`, `2 mails`.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Wait;

    fn folder(folder: &str) -> Mailbox {
        Mailbox { name: "me".into(), folder: folder.into() }
    }

    fn waiting(until: &str) -> State {
        State::Waiting { until: at(until), wait: Wait::Network, reason: "no route".into() }
    }

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    #[test]
    fn the_line_tells_which_folder_waits_for_what_until_when() {
        let states = States::default();
        assert_eq!(states.line(0), "starting");
        states.note(&folder("INBOX"), &State::Connecting);
        assert_eq!(states.line(0), "opening me INBOX");
        for name in ["INBOX", "Sent"] {
            states.open(&folder(name));
            states.note(&folder(name), &State::Idle);
        }
        assert_eq!(states.line(1), "2 folders watched, 1 mail settled");
        states.note(&folder("Sent"), &waiting("2026-11-20T08:15:00.25Z"));
        assert_eq!(states.line(7), "1 of 2 folders waiting: me Sent until 2026-11-20T08:15:00Z: no route");
        states.note(&folder("INBOX"), &State::Held { until: at("2026-11-20T08:01:00Z"), reason: "refused".into() });
        assert_eq!(states.line(7), "2 of 2 folders waiting: me INBOX until 2026-11-20T08:01:00Z: refused");
    }

    #[test]
    fn a_folder_is_shut_until_it_opens_or_is_not_tried_again_in_time() {
        let (states, both, end) = (States::default(), [folder("INBOX"), folder("Sent")], at("2026-11-20T08:00:15Z"));
        assert_eq!(states.shut(&both, end), 2, "nothing is known of them");
        states.note(&both[0], &waiting("2026-11-20T08:00:02Z"));
        states.note(&both[1], &State::Connecting);
        assert_eq!(states.shut(&both, end), 2, "the next try is near");
        states.note(&both[0], &waiting("2026-11-20T08:05:00Z"));
        assert_eq!(states.shut(&both, end), 1, "the next try is far");
        states.open(&both[1]);
        assert_eq!((states.shut(&both, end), states.opened(&both)), (0, 1));
        // A connection that breaks later does not make it unready again.
        states.note(&both[1], &waiting("2026-11-20T08:00:02Z"));
        assert_eq!(states.shut(&both, end), 0);
    }

    #[tokio::test]
    async fn a_change_between_the_look_and_the_wait_is_not_missed() {
        let states = States::default();
        let changed = states.changed();
        states.open(&folder("INBOX"));
        tokio::time::timeout(std::time::Duration::from_secs(5), changed).await.expect("it was told");
    }
}
