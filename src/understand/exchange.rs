//! Putting together one exchange from what the questions answered.

use crate::mail::{Mail, Moment, Participant, Role, Untrusted};
use crate::mailbox::Route;

use super::calendar::{self, Meeting};
use super::content::{self, Content};
use super::forward::{self, Forward};
use super::{Automation, Capture, Direction, Evidence, Exchange, Kind, Team, automation, direction, note, redirect};

/// A mail read as its author's own: nothing forwarded, nothing attached to report.
pub fn of_mail(mail: &Mail, ours: bool, capture: Capture, team: &Team) -> (Exchange, Vec<Evidence>) {
    with_words(content::of_mail(mail), mail, ours, capture, team)
}

/// The same, its words left unread.
pub fn without_words(mail: &Mail, ours: bool, capture: Capture, team: &Team) -> (Exchange, Vec<Evidence>) {
    with_words(Content::default(), mail, ours, capture, team)
}

fn with_words(words: Content, mail: &Mail, ours: bool, capture: Capture, team: &Team) -> (Exchange, Vec<Evidence>) {
    let author = mail.author().cloned();
    let recipients: Vec<Participant> = team.written_to(&mail.participants).cloned().collect();
    let direction = direction::of(ours, &recipients, team);
    let exact = mail.date.is_some() && states_offset(mail);
    let exchange = Exchange {
        kind: Kind::Email,
        direction,
        capture,
        message_id: mail.message_id.clone(),
        occurred_at: mail.date,
        exact,
        subject: mail.subject.clone(),
        author,
        recipients,
        body: Untrusted::new(words.body),
        text: Untrusted::new(words.text),
        signature: words.signature,
        comment: None,
        automation: Automation::None,
        conversation: mail.references.clone(),
        signals: Vec::new(),
        attachments: mail.attachments.clone(),
        interleaved: !words.answered.is_empty(),
        answered: words.answered,
    };
    (exchange, words.evidence)
}

/// `-0000` says that the offset is not known (RFC 5322, 3.3).
fn states_offset(mail: &Mail) -> bool {
    !mail.headers.first("Date").is_some_and(|date| date.contains("-0000"))
}

/// How a mail came to us when it is its author's own, with the rule.
pub fn capture(mail: &Mail, ours: bool, route: Route, team: &Team) -> (Capture, &'static str) {
    match route {
        Route::Watched => (Capture::Watched, "found in a watched mailbox"),
        Route::Import => (Capture::Import, "found in history"),
        Route::Capture | Route::Unknown if ours => {
            if team.capture_addresses.is_empty() {
                (Capture::Direct, "no capture address is known")
            } else if team.sees_itself(mail) {
                (Capture::Direct, "the capture address is written to")
            } else {
                (Capture::Bcc, "the capture address stands in no header")
            }
        }
        Route::Capture | Route::Unknown => match redirect::rule(mail, team) {
            Some(rule) => (Capture::Redirect, rule),
            None => (Capture::Direct, "nothing says that it was passed on"),
        },
    }
}

/// A note: the words, and those they name.
pub fn of_note(mail: &Mail, team: &Team) -> (Exchange, Vec<Evidence>) {
    let (mut exchange, evidence) = of_mail(mail, true, Capture::Note, team);
    exchange.kind = Kind::Note;
    exchange.direction = Direction::Internal;
    exchange.recipients = note::mentioned(exchange.text.raw(), team);
    (exchange, evidence)
}

/// A meeting: the calendar mail's own words, and those it invites.
pub fn of_meeting(mail: &Mail, meeting: Meeting, mut exchange: Exchange) -> Exchange {
    let same = |one: &Participant, other: &Participant| one.address.is_some() && one.address == other.address;
    let author = exchange.author.clone();
    let written_to = std::mem::take(&mut exchange.recipients);
    exchange.recipients = meeting.attendees;
    exchange.recipients.retain(|p| !author.as_ref().is_some_and(|a| same(a, p)));
    let others: Vec<Participant> =
        written_to.into_iter().filter(|p| !exchange.recipients.iter().any(|q| same(p, q))).collect();
    exchange.recipients.extend(others);
    exchange.kind = Kind::Meeting;
    if calendar::bare(mail, exchange.text.raw()) {
        exchange.automation = Automation::Calendar;
    }
    exchange
}

/// What an inline forward reports.
pub fn of_forward(mail: &Mail, forward: &Forward, team: &Team) -> (Exchange, Vec<Evidence>) {
    let block = &forward.block;
    let words = content::of_lines(forward.body.clone(), forward.rendered, name(block.author.as_ref()));
    let recipients = written_to(&block.recipients, team);
    let ours = block.author.as_ref().is_some_and(|a| forward::is_ours(a, mail, team));
    let when = block.sent(mail.date);
    let subject = block.subject.as_deref().or_else(|| forward::subject_of_original(mail.subject.raw()));
    let verdict = automation::classify_words(block.author.as_ref(), subject.unwrap_or(""), &words.text);
    let mut evidence = forward.evidence.clone();
    evidence.push(author_evidence(block.author.as_ref()).at_line(forward.named_at, &forward.named_as));
    evidence.push(date_evidence(when));
    evidence.extend(words.evidence.iter().cloned());
    let exchange = Exchange {
        kind: Kind::Email,
        direction: direction::of(ours, &recipients, team),
        capture: Capture::Forward,
        message_id: None,
        occurred_at: when.map(|(moment, _)| moment),
        exact: when.is_some_and(|(_, exact)| exact),
        subject: Untrusted::new(subject.unwrap_or("")),
        author: block.author.clone(),
        recipients,
        comment: comment(forward, name(mail.author())),
        body: Untrusted::new(words.body),
        text: Untrusted::new(words.text),
        signature: words.signature,
        automation: verdict.automation,
        conversation: mail.references.clone(),
        signals: Vec::new(),
        attachments: mail.attachments.clone(),
        interleaved: !words.answered.is_empty(),
        answered: words.answered,
    };
    (exchange, evidence)
}

fn written_to(people: &[Participant], team: &Team) -> Vec<Participant> {
    team.written_to(people).filter(|p| p.role != Role::ReplyTo).cloned().collect()
}

/// The forwarder's own words, without quotes and signature.
fn comment(forward: &Forward, author: Option<&str>) -> Option<Untrusted> {
    let Content { text, .. } = content::of_lines(forward.comment.clone(), forward.rendered, author);
    (!text.trim().is_empty()).then(|| Untrusted::new(text))
}

fn name(person: Option<&Participant>) -> Option<&str> {
    person.and_then(|p| p.name.as_ref()).map(|name| name.raw())
}

fn author_evidence(author: Option<&Participant>) -> Evidence {
    match author {
        Some(Participant { address: Some(_), .. }) => {
            Evidence::new("author", "the original's", "address in the author line")
        }
        Some(_) => Evidence::new("author", "a name without address", "author line"),
        None => Evidence::new("author", "unknown", "no author line"),
    }
}

fn date_evidence(when: Option<(Moment, bool)>) -> Evidence {
    match when {
        Some((_, true)) => Evidence::new("date", "the original's", "offset stated"),
        Some((_, false)) => Evidence::new("date", "the original's", "offset taken from the forward"),
        None => Evidence::new("date", "unknown", "no date that can be read"),
    }
}
