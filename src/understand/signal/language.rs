//! What a phrase file holds: the lists of one language, the words around them, and the words for days.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{SignalKind, context, spoken};
use crate::understand::prepared::{Text, prepared};

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
pub(super) struct Language<'a> {
    /// Requests without a question mark.
    #[serde(borrow)]
    ask: List<'a>,
    /// Thanks, ok.
    closer: List<'a>,
    /// Thanks.
    thanks: List<'a>,
    /// "That's not right."
    correction: List<'a>,
    /// Names a problem.
    issue: List<'a>,
    /// Says that it works again.
    solved: List<'a>,
    /// Went live, won, launched.
    success: List<'a>,
    /// Congratulates.
    congratulation: List<'a>,
    /// "I will"; a promise only with a date.
    promise: List<'a>,
    /// Invoices, prices, renewals.
    money: List<'a>,
    /// Left the organisation.
    left_company: List<'a>,
    /// "Actually", "to clarify".
    correction_hint: List<'a>,
    /// Delays, refusals.
    bad_news: List<'a>,
    /// Asks for payment.
    dunning: List<'a>,
    /// "You are right."
    acknowledgement: List<'a>,
    /// Words that tell this language from others.
    pub(super) frequent: spoken::Frequent<'a>,
    /// Words that change what a phrase behind them says.
    pub(super) context: context::Words<'a>,
    /// Words for days, by what day they mean.
    pub(super) dates: BTreeMap<String, Vec<Text<'a>>>,
}

/// Phrases, those that count only beside a number, a day or a name, and those that take a sentence back.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct List<'a> {
    /// Whether it is used.
    pub(super) on: bool,
    #[serde(borrow)]
    pub(super) phrases: Vec<Text<'a>>,
    pub(super) vague: Vec<Text<'a>>,
    pub(super) unless: Vec<Text<'a>>,
}

impl Default for List<'_> {
    fn default() -> Self {
        List { on: true, phrases: Vec::new(), vague: Vec::new(), unless: Vec::new() }
    }
}

impl<'a> Language<'a> {
    /// Every list with its kind.
    pub(super) fn lists(&self) -> [(SignalKind, &List<'a>); 15] {
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
