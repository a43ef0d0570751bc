//! What systemd is told (sd_notify(3)): ready, reloading, alive, stopping. Without systemd, nothing happens.

use std::time::Duration;

use sd_notify::NotifyState;

/// Not ready yet; `status` is what `systemctl status` shows meanwhile.
pub fn opening(status: &str) {
    tell(&[NotifyState::Status(status)]);
}

/// How often the watchdog wants to be fed: three times in each of its periods (`WATCHDOG_USEC`,
/// sd_watchdog_enabled(3) asks for two). `None` when nobody watches.
pub fn hunger() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|period| period / 3).filter(|pause| !pause.is_zero())
}

/// The daemon does its work.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The configuration is being read again. Both lines go in one datagram, as systemd wants them.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// The loop turns and the writer has answered; `status` is what `systemctl status` shows.
pub fn alive(status: &str) {
    tell(&[NotifyState::Status(status), NotifyState::Watchdog]);
}

/// The daemon ends, and `systemctl status` goes on to show why.
pub fn failed(why: &str) {
    tell(&[NotifyState::Status(why)]);
}

/// The daemon is about to end.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(reason = %error, "systemd was not told");
    }
}
