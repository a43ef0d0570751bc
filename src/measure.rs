//! What the record says about a relationship: arithmetic over lean rows.
//!
//! A measure never sees the words of a mail. What it needs of them was read
//! when the mail was (signals, word counts), so a million rows fit in memory.

pub mod calendar;
pub mod open_loops;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::contacts::{ContactId, CustomerId};
pub use calendar::WorkingTime;
pub use open_loops::OpenLoops;

/// One interaction as measures see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The interaction's number.
    pub interaction: i64,
    /// The original sent instant.
    pub at: Timestamp,
    /// Whether a customer wrote it; otherwise we did.
    pub inbound: bool,
    /// Whether a person wrote it, by measures.md: no auto-reply, bulk, bounce or bare calendar mail.
    pub personal: bool,
    /// The conversation's number.
    pub conversation: i64,
    /// The customers it is about.
    pub customers: Vec<CustomerId>,
    /// The contacts on it, its author first when a contact wrote it.
    pub contacts: Vec<ContactId>,
    /// The name to show for whoever is on the other side.
    pub counterpart: String,
    /// Base subject, prefixes removed, case folded.
    pub base_subject: String,
    /// Words of new text.
    pub words: u32,
    /// The new text asks for something.
    pub asks: bool,
    /// The new text only closes: thanks, ok.
    pub closes: bool,
}

/// Everything the record says as of one instant. The words behind it are asked for afterwards,
/// by [`Findings::interactions`], so that a report loads the few mails it shows and not a million.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Who waits for whom.
    pub open_loops: OpenLoops,
}

impl Findings {
    /// What the entries say as of an instant, which is excluded.
    pub fn of(entries: &[Entry], working: &WorkingTime, as_of: Timestamp) -> Findings {
        Findings { open_loops: open_loops::open_loops(entries, working, as_of) }
    }

    /// The interactions that these findings point at.
    pub fn interactions(&self) -> BTreeSet<i64> {
        let OpenLoops { on_us, on_them } = &self.open_loops;
        on_us.iter().chain(on_them).map(|waiting| waiting.entry.interaction).collect()
    }
}
