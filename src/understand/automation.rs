//! Written by a person or not: the order of the questions.
//!
//! Own report, request to forward, bounce, automatic answer, bulk, nobody. Each question weighs
//! headers, subject, sender and words together ([`super::weight`]), because a
//! colleague's or customer's mail must never be called automatic for one odd
//! header. Bare calendar mail is asked for elsewhere ([`super::calendar`]),
//! when it is known which words are new.

use super::shape::Shape;
use super::{
    AutoReply, Automation, Evidence, FailedRecipient, ForwardingRequest, Team, auto_reply, bounce, bulk, calendar,
    forwarding_request, own_report,
};
use crate::mail::{Address, Mail, Participant, Role};

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
    /// It asks whether somebody's mail may be forwarded to us.
    pub forwarding_request: Option<ForwardingRequest>,
    /// For bulk that a person wrote and a list passed on, the list's id (RFC 2919). Who knows the
    /// list to be one's own group address may take the mail for personal.
    pub list: Option<String>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

/// Asks a mail. Total: any mail gives a verdict.
pub fn classify(mail: &Mail) -> Verdict {
    let shape = Shape::of(mail);
    sent_by_us(mail)
        .or_else(|| forwarding_request::of(mail).map(requested))
        .or_else(|| bounce::of(mail, &shape).map(bounced))
        .or_else(|| bulk::complaint(mail, &shape).map(|rule| Verdict::of(Automation::Bulk, rule)))
        .or_else(|| auto_reply::of(mail, &shape).map(answered))
        // Calendar programs sign as programs do; whether a person added words is asked later.
        .or_else(|| bulk::of(mail, &shape).filter(|_| !calendar::negotiates(mail)).map(sent_to_many))
        .unwrap_or_default()
}

/// The same mail as our side sees it: what a list of ours passed on, or what names one of us beside the list, a
/// person wrote to us.
pub fn classify_for(mail: &Mail, team: &Team) -> Verdict {
    let verdict = classify(mail);
    let Some(id) = &verdict.list else { return verdict };
    let group = Address::parse(&id.replacen('.', "@", 1));
    let rule = if group.is_some_and(|address| team.has(&address) || team.is_capture(&address)) {
        "passed on by a group address of ours"
    } else if [Role::To, Role::Cc].iter().flat_map(|role| mail.role(*role)).any(|person| team.has_person(person)) {
        "written to a list and to one of us"
    } else {
        return verdict;
    };
    Verdict { list: verdict.list, ..Verdict::of(Automation::None, rule.to_owned()) }
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

fn sent_by_us(mail: &Mail) -> Option<Verdict> {
    let named = mail.message_id.as_ref().is_some_and(own_report::is_one);
    let ours = (named || mail.headers.has(OWN_REPORT)) && mail.headers.has("Auto-Submitted");
    ours.then(|| Verdict { own_report: true, ..Verdict::of(Automation::Bulk, "own report".to_owned()) })
}

fn requested(request: ForwardingRequest) -> Verdict {
    let rule = "a provider asks to forward mail here".to_owned();
    Verdict { forwarding_request: Some(request), ..Verdict::of(Automation::Bulk, rule) }
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::mail::parse::parse;

    fn verdict(mail: &str) -> Verdict {
        classify(&parse(mail.replace('\n', "\r\n").as_bytes()))
    }

    #[test]
    fn a_mail_without_anything_was_written_by_a_person() {
        assert_eq!(classify(&Mail::default()), Verdict::default());
    }

    #[test]
    fn a_list_that_passes_on_a_persons_mail_is_named() {
        let mail =
            "From: Kim <kim@oak.example>\nTo: team@us.example\nSubject: Plan\nList-Id: <team.us.example>\n\nHi all";
        let verdict = verdict(mail);
        assert_eq!((verdict.automation, verdict.list.as_deref()), (Automation::Bulk, Some("team.us.example")));
    }

    #[test]
    fn what_a_group_address_of_ours_passes_on_was_written_by_a_person() {
        let mail = parse(
            b"From: Kim <kim@oak.example>\r\nTo: sales@us.example\r\nSubject: Plan\r\n\
            List-Id: <sales.us.example>\r\nPrecedence: list\r\nList-Unsubscribe: <mailto:x@g.example>\r\n\r\nHi",
        );
        let domains = |name: &str| vec![crate::mail::Domain::parse(name).unwrap()];
        let seen_by = |name| classify_for(&mail, &Team { domains: domains(name), ..Team::default() }).automation;
        assert_eq!((seen_by("us.example"), seen_by("other.example")), (Automation::None, Automation::Bulk));
    }

    #[test]
    fn our_reports_header_alone_does_not_make_a_mail_ours() {
        let mail = "From: Ann <ann@acme.example>\nSubject: Plan\nX-Touchbase-Report: 2026-11-19\n\nHello";
        assert!(!verdict(mail).own_report);
    }

    #[test]
    fn the_words_of_a_forwarded_bounce_are_a_bounce() {
        let text = "Your message could not be delivered.\n\n<ann@acme.example>: 550 5.1.1 User unknown";
        let daemon = Participant {
            role: crate::mail::Role::From,
            name: Some(crate::mail::Untrusted::new("Mail Delivery System")),
            address: None,
        };
        let verdict = classify_words(Some(&daemon), "Undelivered Mail Returned to Sender", text);
        assert_eq!(verdict.automation, Automation::Bounce);
        assert_eq!(verdict.failed.first().map(|f| f.address.as_str()), Some("ann@acme.example"));
    }

    #[test]
    fn hostile_notices_take_no_time() {
        let head = "From: MAILER-DAEMON@x.example\nReturn-Path: <>\nSubject: failure notice\n\n";
        for body in ["a@b.example ", "@", "5.1.1", "! ", "From: a@b.example\n", "away from ", "<a@b.example>:\n550 "] {
            let began = Instant::now();
            verdict(&format!("{head}{}", body.repeat(500_000 / body.len())));
            assert!(began.elapsed() < Duration::from_secs(5), "{body:?}");
        }
    }
}
