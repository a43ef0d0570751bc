//! Virtual time: each thread has its own, which begins at the real time and then jumps from one wait to the next.

use std::cell::Cell;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

thread_local! {
    static BEGAN: Cell<Option<(Instant, Timestamp)>> = const { Cell::new(None) };
    static JUMPED: Cell<i64> = const { Cell::new(0) };
}

/// Sets this thread's time to the real one.
pub fn begin() {
    BEGAN.set(Some((Instant::now(), touchbase::clock::now())));
    JUMPED.set(0);
}

/// Somebody sets the clock, forward by so many seconds or back. Waits take as long as before.
pub fn jump(seconds: i64) {
    JUMPED.set(JUMPED.get() + seconds);
}

/// Virtual time since [`begin`].
pub fn elapsed() -> Duration {
    BEGAN.get().map(|(instant, _)| instant.elapsed()).unwrap_or_default()
}

/// The virtual time of this thread, for [`touchbase::inbox::imap::Settings::clock`].
pub fn now() -> Timestamp {
    let (_, began) = BEGAN.get().expect("a time that has begun");
    let passed = SignedDuration::try_from(elapsed()).expect("no ages") + SignedDuration::from_secs(JUMPED.get());
    let now = began + passed;
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Now, as INTERNALDATE has it.
pub fn internal_date() -> String {
    now().strftime("%d-%b-%Y %H:%M:%S +0000").to_string()
}

/// When this thread's time began, as a mail's Date has it.
pub fn date() -> String {
    let (_, began) = BEGAN.get().expect("a time that has begun");
    began.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
