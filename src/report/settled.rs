//! What people settled by hand on the day of a report: `touchbase promises done 3`, or an answer to a mailed report.

use jiff::civil::Date;
use serde::Serialize;

use super::day::Trouble;
use super::phrase;
use crate::contacts::CustomerId;
use crate::mail::Untrusted;

/// One decision about a promise, a correction or an issue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settled {
    /// Its number.
    pub number: i64,
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
    /// The customer it is about.
    pub customer: Option<CustomerId>,
    /// Who said it to us, or to whom we said it.
    pub name: Untrusted,
    /// The sentence.
    pub sentence: Untrusted,
    /// Its mail.
    pub interaction: i64,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "decision", content = "until")]
pub enum Decision {
    /// It is done.
    Done,
    /// It was none, or does not matter any more.
    Dismissed,
    /// It is open again.
    Reopened,
    /// It is not told before that day.
    Later(Date),
}

impl Settled {
    /// `done`, `not before Tue 1 Dec`.
    pub fn words(&self, today: Date) -> String {
        match self.decision {
            Decision::Done => "done".to_owned(),
            Decision::Dismissed => "dismissed".to_owned(),
            Decision::Reopened => "open again".to_owned(),
            Decision::Later(day) => format!("not before {}", phrase::short_date(day, today)),
        }
    }
}

/// An answer to a report that asked for something in vain; `older` when somebody has said something else since.
pub fn in_vain(number: i64, older: bool) -> Trouble {
    let (text, hint) = match older {
        true => (
            format!("an answer to a report is about number {number}, and somebody has settled it otherwise since"),
            format!("touchbase promises list --all shows how number {number} stands; corrections and issues as well"),
        ),
        false => (
            format!("an answer to a report is about number {number}, and nothing has that number"),
            "touchbase promises list shows the numbers; corrections and issues as well".to_owned(),
        ),
    };
    Trouble { kind: "answer", text, detail: None, hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_decision_is_one_flat_object_and_a_few_words() {
        let settled = |decision| Settled {
            number: 3,
            decision,
            customer: None,
            name: Untrusted::new("Ann Li"),
            sentence: Untrusted::new("I will send it."),
            interaction: 7,
        };
        let later = settled(Decision::Later(date(2026, 12, 1)));
        let object = serde_json::to_value(&later).unwrap();
        assert_eq!((&object["decision"], &object["until"]), (&"later".into(), &"2026-12-01".into()));
        assert_eq!(later.words(date(2026, 11, 20)), "not before Tue 1 Dec");
        let done = serde_json::to_value(settled(Decision::Done)).unwrap();
        assert_eq!((&done["decision"], done.get("until")), (&"done".into(), None));
    }
}
