//! Words that change what a phrase behind them says: not, if, should, the competitor.
//!
//! ```text
//! never had a problem with it        a negation, a few words before
//! if the lift breaks down, call us   a condition, up to the end of its clause
//! it should be fixed by noon         wished for
//! our competitor won the tender      somebody else
//! ```
//!
//! They count before a phrase of their own language only, since a word such as
//! `se` or `no` is another one elsewhere, and never over the end of a clause:
//! "no, it is broken".

use serde::Deserialize;

use super::SignalKind;
use crate::understand::prepared::Text;

/// Words that may stand between a negation and the phrase it denies.
const DENIED: usize = 3;
/// Bytes of folded text over which a word reaches at most.
const REACH: usize = 160;

/// One such word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Not, never, without.
    Negation,
    /// If, in case, whether.
    Condition,
    /// Should, hope, plan to.
    Wish,
    /// The competitor, our neighbours.
    Others,
}

/// The words of one language, as its file holds them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Words<'a> {
    #[serde(borrow)]
    negation: Vec<Text<'a>>,
    condition: Vec<Text<'a>>,
    wish: Vec<Text<'a>>,
    others: Vec<Text<'a>>,
}

impl Words<'_> {
    /// Every word with what it is.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Context)> {
        let groups = [
            (&self.negation, Context::Negation),
            (&self.condition, Context::Condition),
            (&self.wish, Context::Wish),
            (&self.others, Context::Others),
        ];
        groups.into_iter().flat_map(|(words, context)| words.iter().map(move |word| (&**word, context)))
    }
}

impl Context {
    /// Whether a phrase of that kind says nothing behind `between`, the folded text from this word to the phrase.
    pub(super) fn takes_back(self, kind: SignalKind, between: &str) -> bool {
        self.concerns(kind)
            && between.len() <= REACH
            && !between.contains(ends_clause)
            && (self != Context::Negation || between.split_whitespace().count() <= DENIED)
    }

    fn concerns(self, kind: SignalKind) -> bool {
        use SignalKind::{BadNews, Issue, LeftCompany, Solved, Success, Thanks};
        match self {
            Context::Negation | Context::Condition => {
                matches!(kind, Thanks | Issue | Solved | Success | LeftCompany | BadNews)
            }
            Context::Wish => matches!(kind, Solved | Success),
            Context::Others => matches!(kind, Issue | Success | BadNews),
        }
    }
}

/// Where the last clause of a folded sentence begins, in bytes; marks at its end do not end it.
pub(super) fn last_clause(folded: &str) -> usize {
    let words = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    words.rfind(ends_clause).map_or(0, |at| at + 1)
}

fn ends_clause(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | '(' | ')' | '–' | '—' | '"')
}
