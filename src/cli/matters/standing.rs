//! How promises, corrections and issues stand by what mails say: the measures, in a word each.

use std::collections::BTreeMap;

use super::Family;
use crate::measure::{Correction, Findings, Issue, Neglect, Promised, Reaction, State};

/// How one of them stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// In a word.
    pub word: &'static str,
    /// Whether it needs nobody any more.
    pub over: bool,
}

/// How each of the last 365 days stands, by its number. What is missing was said before, or is no matter of its own:
/// a weak sign that corrects nothing, a sentence that adds to an issue that was open.
pub fn of(findings: &Findings, family: Family) -> BTreeMap<i64, Standing> {
    let relations = findings.relations.iter();
    match family {
        Family::Promises => relations.flat_map(|r| &r.promises.all).map(|one| (one.number, promised(one))).collect(),
        Family::Corrections => {
            relations.flat_map(|r| &r.corrections.all).map(|one| (one.number, corrected(one))).collect()
        }
        Family::Issues => relations.flat_map(|r| &r.issues.all).map(|one| (one.number, broken(one))).collect(),
    }
}

fn promised(promise: &Promised) -> Standing {
    let (word, over) = match promise.state {
        State::Kept(_) => ("kept", true),
        State::Open => ("open", false),
        State::Due => ("due", false),
        State::Overdue => ("overdue", false),
    };
    Standing { word, over }
}

fn corrected(correction: &Correction) -> Standing {
    let (word, over) = match correction.thanks {
        Reaction::InTime(_) => ("thanked", true),
        Reaction::Late(_) => ("thanked late", true),
        Reaction::ByHand => ("closed", true),
        Reaction::Missing => ("not thanked", false),
    };
    Standing { word, over }
}

fn broken(issue: &Issue) -> Standing {
    let (word, over) = match (issue.closed, issue.solved, issue.heard) {
        (true, _, _) => ("closed", true),
        (_, Some(_), _) if issue.flag == Some(Neglect::NotAskedAfter) => ("solved, not asked after", false),
        (_, Some(_), _) => ("solved", true),
        (_, None, Some(_)) => ("answered", false),
        (_, None, None) => ("not answered", false),
    };
    Standing { word, over }
}
