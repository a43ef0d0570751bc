//! How many mails came to what, for `once` and the log.

use std::collections::BTreeMap;

use crate::interaction::Outcome;
use crate::store::Settled;

/// Counts since the start of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    by_outcome: BTreeMap<Outcome, u64>,
    /// Exchanges that were on record before, by another way in.
    pub duplicates: u64,
}

impl Counts {
    /// Adds what one batch came to. Mails settled before count nowhere.
    pub fn add(&mut self, settled: &[Settled]) {
        for mail in settled.iter().filter(|mail| !mail.already) {
            *self.by_outcome.entry(mail.outcome).or_default() += 1;
            self.duplicates += u64::try_from(mail.duplicates).unwrap_or(u64::MAX);
        }
    }

    /// How many mails came to an outcome.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.by_outcome.get(&outcome).copied().unwrap_or(0)
    }

    /// All mails.
    pub fn total(&self) -> u64 {
        self.by_outcome.values().sum()
    }
}
