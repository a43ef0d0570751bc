//! Written by a person or not: the order of the questions.
//!
//! Own report, bounce, automatic answer, bulk, nobody. Each question weighs
//! headers, subject, sender and words together ([`super::weight`]), because a
//! colleague's or customer's mail must never be called automatic for one odd
//! header. Bare calendar mail is asked for elsewhere ([`super::calendar`]),
//! when it is known which words are new.

use super::shape::Shape;
use super::{AutoReply, Automation, Evidence, FailedRecipient, auto_reply, bounce, bulk};
use crate::mail::{Mail, Participant};

/// The header of mails that touchbase itself sends.
pub const OWN_REPORT: &str = "X-Touchbase-Report";

/// Whether a person wrote a mail, and if not, what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The answer; never `Calendar`.
    pub automation: Automation,
    /// For an automatic answer, what it says.
    pub auto_reply: Option<AutoReply>,
    /// For a bounce, whom the mail did not reach (yet).
    pub failed: Vec<FailedRecipient>,
    /// It is a report of ours.
    pub own_report: bool,
    /// For bulk that a person wrote and a list passed on, the list's id (RFC 2919). Who knows the
    /// list to be one's own group address may take the mail for personal.
    pub list: Option<String>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

/// Asks a mail. Total: any mail gives a verdict.
pub fn classify(mail: &Mail) -> Verdict {
    let shape = Shape::of(mail);
    own_report(mail)
        .or_else(|| bounce::of(mail, &shape).map(bounced))
        .or_else(|| bulk::complaint(mail, &shape).map(|rule| Verdict::of(Automation::Bulk, rule)))
        .or_else(|| auto_reply::of(mail, &shape).map(answered))
        .or_else(|| bulk::of(mail, &shape).map(sent_to_many))
        .unwrap_or_default()
}

/// Asks an original of which only author, subject and words are known, as in an inline forward.
pub fn classify_words(author: Option<&Participant>, subject: &str, text: &str) -> Verdict {
    let (mail, shape) = (Mail::default(), Shape::of_words(author, subject, text));
    bounce::of_words(&shape, text)
        .map(bounced)
        .or_else(|| auto_reply::of(&mail, &shape).map(answered))
        .or_else(|| bulk::of(&mail, &shape).map(sent_to_many))
        .unwrap_or_default()
}

impl Verdict {
    fn of(automation: Automation, rule: String) -> Verdict {
        let answer = match automation {
            Automation::None => "none",
            Automation::AutoReply => "auto-reply",
            Automation::Bounce => "bounce",
            Automation::Bulk => "bulk",
            Automation::Calendar => "calendar",
        };
        Verdict { automation, evidence: vec![Evidence::new("automation", answer, rule)], ..Verdict::default() }
    }
}

fn own_report(mail: &Mail) -> Option<Verdict> {
    let ours = mail.headers.has(OWN_REPORT) && mail.headers.has("Auto-Submitted");
    ours.then(|| Verdict { own_report: true, ..Verdict::of(Automation::Bulk, "own report".to_owned()) })
}

fn bounced(bounce: bounce::Bounce) -> Verdict {
    Verdict { failed: bounce.failed, ..Verdict::of(Automation::Bounce, bounce.rule) }
}

fn answered(answer: auto_reply::Answer) -> Verdict {
    Verdict { auto_reply: Some(answer.kind), ..Verdict::of(Automation::AutoReply, answer.rule) }
}

fn sent_to_many(bulk: bulk::Bulk) -> Verdict {
    Verdict { list: bulk.list, ..Verdict::of(Automation::Bulk, bulk.rule) }
}
