//! Which way the words went: by who wrote them, and to whom.

use crate::mail::Participant;

use super::{Direction, Team};

/// The direction of an exchange. `ours`: its author is one of us, by address or because the caller knows.
/// A mail without an author comes from outside: nobody of ours wrote it.
pub fn of(ours: bool, recipients: &[Participant], team: &Team) -> Direction {
    let among_us = !recipients.is_empty() && recipients.iter().all(|p| team.has_person(p));
    match (ours, among_us) {
        (true, true) => Direction::Internal,
        (true, false) => Direction::Outbound,
        (false, _) => Direction::Inbound,
    }
}

/// The rule, in words.
pub const RULE: &str = "who wrote it, and to whom";
