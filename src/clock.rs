//! The one place that asks the time.

use jiff::Timestamp;

/// The instant that is now, in whole seconds: nothing touchbase keeps is finer.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
