//! One thing that was looked at, for a person or a script.

use serde_json::{Value, json};

use crate::failure::Failure;
pub(super) use crate::inbox::probe::Grade;
use crate::inbox::probe::Step;
use crate::mail::Untrusted;

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) what: String,
    pub(super) grade: Grade,
    pub(super) detail: String,
    pub(super) hint: Option<String>,
}

impl Finding {
    pub(super) fn good(what: impl Into<String>, detail: impl Into<String>) -> Finding {
        Finding { what: what.into(), grade: Grade::Good, detail: detail.into(), hint: None }
    }

    pub(super) fn doubtful(what: impl Into<String>, detail: impl Into<String>, hint: impl Into<String>) -> Finding {
        Finding { what: what.into(), grade: Grade::Doubtful, detail: detail.into(), hint: Some(hint.into()) }
    }

    pub(super) fn wrong(what: impl Into<String>, failure: &Failure) -> Finding {
        let hint = failure.hint_text().map(str::to_owned);
        Finding { what: what.into(), grade: Grade::Wrong, detail: failure.in_one_line(), hint }
    }

    /// One step of looking at a mailbox.
    pub(super) fn of_step(mailbox: &str, step: Step) -> Finding {
        Finding {
            what: format!("mailbox {mailbox}: {}", step.what),
            grade: step.grade,
            detail: step.detail,
            hint: step.hint,
        }
    }

    /// The finding as JSON: `what`, `ok`, `doubtful`, `detail`, `hint` (or null).
    pub(super) fn as_object(&self) -> Value {
        json!({
            "what": self.what,
            "ok": self.grade != Grade::Wrong,
            "doubtful": self.grade == Grade::Doubtful,
            "detail": self.detail,
            "hint": self.hint,
        })
    }
}

/// All of them for a terminal. Servers and files had their say in them, so nothing in them steers it.
pub(super) fn told(findings: &[Finding]) -> String {
    let plain = |words: &str| Untrusted::new(words).log();
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.grade {
            Grade::Good => "ok   ",
            Grade::Doubtful => "note ",
            Grade::Wrong => "WRONG",
        };
        text += &format!("{mark}  {}: {}\n", plain(&finding.what), plain(&finding.detail));
        if let Some(hint) = finding.hint.as_ref().filter(|_| finding.grade != Grade::Good) {
            text += &format!("       hint: {}\n", hint.lines().map(plain).collect::<Vec<_>>().join("\n             "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_cannot_steer_the_terminal_or_add_a_line() {
        let findings = [Finding::doubtful("mailbox a: TLS", "issued by \u{1b}[2Jme\nok     all: well", "wait")];
        let said = told(&findings);
        assert_eq!(said.lines().count(), 2, "{said}");
        assert!(!said.contains('\u{1b}'));
    }
}
