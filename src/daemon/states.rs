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

    /// One line for a person: `2 folders watched` or `1 of 2 folders waiting: ...`.
    pub fn line(&self) -> String {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting: Vec<&String> = states
            .values()
            .filter_map(|state| match state {
                State::Waiting { reason, .. } => Some(reason),
                _ => None,
            })
            .collect();
        match waiting.first() {
            None => format!("{} folder(s) watched", states.len()),
            Some(reason) => format!("{} of {} folder(s) waiting: {reason}", waiting.len(), states.len()),
        }
    }
}
