//! The way in: one login of an account at a time, and not too many in a row.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::Settings;
use super::backoff::TRIES;
use super::connect::Dial;
use super::session::Session;
use crate::inbox::InboxError;

/// The account's door: one login at a time, and not too many in a row.
pub struct Door {
    dial: Dial,
    budget: Mutex<Logins>,
    refusals: AtomicU32,
}

struct Logins {
    left: u32,
    most: u32,
    since: Instant,
}

/// One more login every so often, once those in a row are used up.
const LOGIN_EVERY: Duration = Duration::from_secs(20);

impl Door {
    /// For an account of which so many folders are watched.
    pub fn new(folders: usize, dial: Dial) -> Door {
        // Each folder may connect and, after a restart of the server, connect again.
        let most = u32::try_from(folders).unwrap_or(u32::MAX).saturating_mul(2).saturating_add(2);
        Door {
            dial,
            budget: Mutex::new(Logins { left: most, most, since: Instant::now() }),
            refusals: AtomicU32::new(0),
        }
    }

    /// A session that is logged in.
    pub async fn enter(&self, settings: &Settings) -> Result<Session, InboxError> {
        let mut session = Session::connect(settings, &self.dial).await?;
        let mut logins = self.budget.lock().await;
        logins.take_one().await;
        let result = session.login(settings).await;
        match &result {
            Ok(()) => self.refusals.store(0, Ordering::Relaxed),
            Err(InboxError::Refused { .. } | InboxError::RefusedToken { .. }) => {
                self.refusals.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        result.map(|()| session)
    }

    /// The login was refused before a restart: the next refusal is not taken for the first.
    pub fn remember_refusals(&self) {
        self.refusals.fetch_max(TRIES - 1, Ordering::Relaxed);
    }

    /// How often in a row the login was refused.
    pub fn refusals(&self) -> u32 {
        self.refusals.load(Ordering::Relaxed)
    }
}

impl Logins {
    async fn take_one(&mut self) {
        let earned = self.since.elapsed().as_secs() / LOGIN_EVERY.as_secs();
        if earned > 0 {
            self.left = self.left.saturating_add(u32::try_from(earned).unwrap_or(u32::MAX)).min(self.most);
            self.since = Instant::now();
        }
        if self.left == 0 {
            sleep(LOGIN_EVERY.saturating_sub(self.since.elapsed())).await;
            self.since = Instant::now();
        } else {
            self.left -= 1;
        }
    }
}
