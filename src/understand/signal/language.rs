//! What a phrase file holds: the lists of one language, the words around them, and the words for days.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{SignalKind, context, spoken};
use crate::understand::prepared::prepared;

/// The lists that touchbase comes with, by language; as JSON.
pub(super) const OURS: [(&str, &str); 7] = [
    ("de", prepared!("config/phrases/de")),
    ("en", prepared!("config/phrases/en")),
    ("es", prepared!("config/phrases/es")),
    ("fr", prepared!("config/phrases/fr")),
    ("it", prepared!("config/phrases/it")),
    ("nl", prepared!("config/phrases/nl")),
    ("pt", prepared!("config/phrases/pt")),
];

/// The lists of one language, as its file holds them. A list that is not there is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Language {
    /// Requests without a question mark.
    ask: List,
    /// Thanks, ok.
    closer: List,
    /// Thanks.
    thanks: List,
    /// "That's not right."
    correction: List,
    /// Names a problem.
    issue: List,
    /// Says that it works again.
    solved: List,
    /// Went live, won, launched.
    success: List,
    /// Congratulates.
    congratulation: List,
    /// "I will"; a promise only with a date.
    promise: List,
    /// Invoices, prices, renewals.
    money: List,
    /// Left the organisation.
    left_company: List,
    /// "Actually", "to clarify".
    correction_hint: List,
    /// Delays, refusals.
    bad_news: List,
    /// Asks for payment.
    dunning: List,
    /// "You are right."
    acknowledgement: List,
    /// Words that tell this language from others.
    pub(super) frequent: spoken::Frequent,
    /// Words that change what a phrase behind them says.
    pub(super) context: context::Words,
    /// Words for days, by what day they mean.
    pub(super) dates: BTreeMap<String, Vec<String>>,
}

/// Phrases, those that count only beside a number, a day or a name, and those that take a sentence back.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct List {
    /// Whether it is used.
    pub(super) on: bool,
    pub(super) phrases: Vec<String>,
    pub(super) vague: Vec<String>,
    pub(super) unless: Vec<String>,
}

impl Default for List {
    fn default() -> List {
        List { on: true, phrases: Vec::new(), vague: Vec::new(), unless: Vec::new() }
    }
}

impl Language {
    /// Every list with its kind.
    pub(super) fn lists(&self) -> [(SignalKind, &List); 15] {
        [
            (SignalKind::Ask, &self.ask),
            (SignalKind::Closer, &self.closer),
            (SignalKind::Thanks, &self.thanks),
            (SignalKind::Correction, &self.correction),
            (SignalKind::Issue, &self.issue),
            (SignalKind::Solved, &self.solved),
            (SignalKind::Success, &self.success),
            (SignalKind::Congratulation, &self.congratulation),
            (SignalKind::Promise, &self.promise),
            (SignalKind::Money, &self.money),
            (SignalKind::LeftCompany, &self.left_company),
            (SignalKind::CorrectionHint, &self.correction_hint),
            (SignalKind::BadNews, &self.bad_news),
            (SignalKind::Dunning, &self.dunning),
            (SignalKind::Acknowledgement, &self.acknowledgement),
        ]
    }
}
