//! The one place that asks the time.

use std::time::Duration;

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// The instant that is now, in whole seconds: nothing touchbase keeps is finer.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// How much time has passed since the machine was started, its sleep included. Nobody can set it.
pub fn passed() -> Duration {
    let passed = clock_gettime(ClockId::Boottime);
    Duration::new(passed.tv_sec.unsigned_abs(), u32::try_from(passed.tv_nsec).unwrap_or_default())
}
