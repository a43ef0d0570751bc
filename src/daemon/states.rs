//! How each folder is doing right now, for the log and systemd's status line.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::inbox::State;
use crate::mailbox::Mailbox;

/// The latest state of every folder; clones share it.
#[derive(Debug, Clone, Default)]
pub struct States(Arc<Mutex<BTreeMap<Mailbox, State>>>);

impl States {
    /// Notes a folder's state and logs it if it is another one than before.
    pub fn note(&self, mailbox: &Mailbox, state: &State) {
        // Mail comes and goes all day; each one has a line of its own when it is settled.
        if matches!(state, State::Reading { .. } | State::Read) {
            tracing::debug!(mailbox = %mailbox.name, folder = %mailbox.folder, ?state, "mailbox state");
            return;
        }
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = states.insert(mailbox.clone(), state.clone());
        let changed = before.as_ref().map(std::mem::discriminant) != Some(std::mem::discriminant(state));
        drop(states);
        if !changed {
            return;
        }
        let (name, folder) = (&mailbox.name, &mailbox.folder);
        match state {
            State::Waiting { until, reason, .. } => {
                tracing::warn!(mailbox = %name, %folder, next_try = %until, %reason, "mailbox cannot be read");
            }
            State::Idle => tracing::info!(mailbox = %name, %folder, "mailbox watched, the server tells of new mail"),
            State::Polling => tracing::info!(mailbox = %name, %folder, "mailbox watched by polling"),
            State::Stopped => tracing::info!(mailbox = %name, %folder, "mailbox no longer watched"),
            State::Connecting | State::Reading { .. } | State::Read => {
                tracing::debug!(mailbox = %name, %folder, state = ?state, "mailbox state");
            }
        }
    }

    /// One line for a person: `2 folder(s) watched; 120 mails settled`, or
    /// `1 of 2 folder(s) waiting: capture INBOX until 2026-11-20T08:15:00Z: ...`.
    pub fn line(&self, settled: u64) -> String {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting: Vec<String> = states
            .iter()
            .filter_map(|(mailbox, state)| match state {
                State::Waiting { until, reason, .. } => {
                    Some(format!("{} {} until {until:.0}: {reason}", mailbox.name, mailbox.folder))
                }
                _ => None,
            })
            .collect();
        match waiting.first() {
            None => format!("{} folder(s) watched; {settled} mails settled", states.len()),
            Some(first) => format!("{} of {} folder(s) waiting: {first}", waiting.len(), states.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Wait;

    #[test]
    fn the_line_tells_which_folder_waits_for_what_until_when() {
        let (states, mailbox) =
            (States::default(), |folder: &str| Mailbox { name: "me".into(), folder: folder.into() });
        states.note(&mailbox("INBOX"), &State::Idle);
        states.note(&mailbox("Sent"), &State::Idle);
        assert_eq!(states.line(7), "2 folder(s) watched; 7 mails settled");
        let until = "2026-11-20T08:15:00.25Z".parse().expect("a time");
        states.note(&mailbox("Sent"), &State::Waiting { until, wait: Wait::Network, reason: "no route".into() });
        assert_eq!(states.line(7), "1 of 2 folder(s) waiting: me Sent until 2026-11-20T08:15:00Z: no route");
    }
}
