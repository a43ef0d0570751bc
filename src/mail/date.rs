//! Instants as mails state them (RFC 5322, 3.3 and 4.3).

use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};

/// An instant together with the offset its author stated, or that was assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// The instant, UTC, whole seconds.
    pub timestamp: Timestamp,
    /// Seconds east of Greenwich, within a day.
    pub offset_seconds: i32,
}

impl Moment {
    /// An instant seen from an offset of `offset_seconds` east.
    pub fn new(timestamp: Timestamp, offset_seconds: i32) -> Moment {
        Moment { timestamp, offset_seconds }
    }
}

/// RFC 3339 with the offset, such as `2026-11-20T09:12:00+01:00`.
impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let offset = Offset::from_seconds(self.offset_seconds).unwrap_or(Offset::UTC);
        write!(f, "{}", self.timestamp.display_with_offset(offset))
    }
}
