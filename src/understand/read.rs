//! The order of the questions, on one screen.

use serde::{Deserialize, Serialize};

use crate::mail::{Mail, Role, Untrusted};
use crate::mailbox::Route;

use super::automation::{self, Verdict};
use super::signal::Phrases;
use super::{
    Automation, Capture, Command, Direction, Envelope, Evidence, Exchange, Reading, Team, attached, calendar,
    direction, exchange, forward, note, orders,
};

/// Attached mails beyond this depth, or this many of one mail, are files.
const DEEPEST: u8 = 5;
const MOST_ATTACHED: usize = 200;

/// How much of a mail is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// All of it, as for whoever wants to see how a mail is read.
    #[default]
    Everything,
    /// What a record keeps: the words of bulk from outside are in none, and a third of many mailboxes is bulk. What
    /// a colleague passes on is kept.
    WhatIsKept,
}

/// What one mail means, heard with the phrase lists that touchbase comes with: [`understand_with`].
pub fn understand(mail: &Mail, route: Route, team: &Team) -> Reading {
    understand_with(mail, route, team, Phrases::built_in(), Wanted::Everything)
}

/// What one mail means. The same mail, route, team and phrases always give the same reading.
///
/// The questions, each asked only when those before it leave it open: did a person write it, is it one
/// of us, does it report other people's mails (inline, then attached), is it a note, or is it its
/// author's own mail?
pub fn understand_with(mail: &Mail, route: Route, team: &Team, phrases: &Phrases, wanted: Wanted) -> Reading {
    let author_is_team =
        mail.author().is_some_and(|author| team.assume && author.address.is_some() || team.has_person(author));
    let verdict = automation::classify_for(mail, team);
    let mut evidence = vec![author_evidence(mail, author_is_team, team)];
    evidence.extend(verdict.evidence.iter().cloned());
    let mut asked = Asked { route, team, wanted, evidence, depth: 0 };
    let mut exchanges = asked.exchanges(mail, author_is_team, &verdict);
    let mut commands = if author_is_team { commands(&mut exchanges) } else { Vec::new() };
    let answers = orders::answered(mail, verdict.automation).filter(|_| author_is_team);
    if answers.is_some() {
        commands.extend(orders::of_exchanges(&exchanges, mail.date));
    }
    for exchange in exchanges.iter_mut().filter(|e| matches!(e.automation, Automation::None | Automation::AutoReply)) {
        exchange.signals = phrases.find(exchange.text.raw(), exchange.occurred_at);
    }
    let reported = exchanges.iter().any(|e| matches!(e.capture, Capture::Forward | Capture::Attached));
    Reading {
        envelope: envelope(mail),
        author_is_team,
        automation: if reported { Automation::None } else { own_automation(&exchanges, &verdict) },
        auto_reply: verdict.auto_reply,
        failed: verdict.failed,
        own_report: verdict.own_report,
        forwarding_request: verdict.forwarding_request,
        commands,
        answers,
        exchanges,
        evidence: asked.evidence,
    }
}

struct Asked<'a> {
    route: Route,
    team: &'a Team,
    wanted: Wanted,
    evidence: Vec<Evidence>,
    depth: u8,
}

impl Asked<'_> {
    fn exchanges(&mut self, mail: &Mail, ours: bool, verdict: &Verdict) -> Vec<Exchange> {
        // What no person wrote reports nothing; only bulk may be a colleague's list mail with a forward in it.
        let personal = matches!(verdict.automation, Automation::None | Automation::Bulk) && !verdict.own_report;
        if ours && personal {
            let reported = self.reported(mail);
            if !reported.is_empty() {
                return reported;
            }
            let plain = verdict.automation == Automation::None && mail.calendars.is_empty() && self.depth == 0;
            if plain && note::is_note(mail, self.route, self.team) {
                self.tell("capture", "note", "a colleague's mail to nobody but us");
                return vec![self.kept(exchange::of_note(mail, self.team))];
            }
        }
        self.own(mail, ours, verdict)
    }

    /// What a colleague's mail reports: forwards in its words, else mails attached to it.
    fn reported(&mut self, mail: &Mail) -> Vec<Exchange> {
        let forwards = forward::find(mail, self.route, self.team);
        if !forwards.is_empty() {
            return forwards.iter().map(|f| self.kept(exchange::of_forward(mail, f, self.team))).collect();
        }
        let Some(rule) = attached::rule(mail, self.route, self.team).filter(|_| self.depth < DEEPEST) else {
            return Vec::new();
        };
        self.tell("forward", "attached", rule);
        let (carrier, _) = exchange::of_mail(mail, true, Capture::Attached, self.team);
        self.depth += 1;
        let originals: Vec<Exchange> =
            mail.attached.iter().take(MOST_ATTACHED).flat_map(|original| self.attached(original)).collect();
        self.depth -= 1;
        let comment = Some(carrier.text).filter(|words| !words.is_blank());
        originals.into_iter().map(|e| Exchange { comment: e.comment.or_else(|| comment.clone()), ..e }).collect()
    }

    /// One attached mail, read like any other; only the list says whether its author is one of us.
    fn attached(&mut self, original: &Mail) -> Vec<Exchange> {
        let ours = original.author().is_some_and(|author| self.team.has_person(author));
        let verdict = automation::classify_for(original, self.team);
        let found = self.exchanges(original, ours, &verdict);
        found.into_iter().map(|e| Exchange { capture: Capture::Attached, ..e }).collect()
    }

    /// A mail that is its author's own, if it holds anything.
    fn own(&mut self, mail: &Mail, ours: bool, verdict: &Verdict) -> Vec<Exchange> {
        let (capture, rule) = exchange::capture(mail, ours, self.route, self.team);
        self.tell("capture", capture_word(capture), rule);
        // What a colleague reports by attaching it is kept, whatever it is.
        let outside = !ours && self.depth == 0;
        let unkept = self.wanted == Wanted::WhatIsKept && verdict.automation == Automation::Bulk && outside;
        let of_mail = if unkept { exchange::without_words } else { exchange::of_mail };
        let mut own = self.kept(of_mail(mail, ours, capture, self.team));
        own.automation = verdict.automation;
        if let Some(meeting) = calendar::meeting(mail).filter(|_| verdict.automation == Automation::None) {
            self.tell("kind", "meeting", "a calendar part (RFC 5545)");
            own = exchange::of_meeting(mail, meeting, own);
        }
        let empty = own.author.is_none() && own.recipients.is_empty() && own.body.is_blank() && own.subject.is_blank();
        if empty { Vec::new() } else { vec![own] }
    }

    fn kept(&mut self, (exchange, evidence): (Exchange, Vec<Evidence>)) -> Exchange {
        self.evidence.extend(evidence);
        self.evidence.push(Evidence::new("direction", direction_word(exchange.direction), direction::RULE));
        exchange
    }

    fn tell(&mut self, question: &'static str, answer: &str, rule: &str) {
        self.evidence.push(Evidence::new(question, answer, rule));
    }
}

/// Bare calendar mail is known only when its new words are.
fn own_automation(exchanges: &[Exchange], verdict: &Verdict) -> Automation {
    exchanges.first().map_or(verdict.automation, |exchange| exchange.automation)
}

/// Takes the commands out of the forwarder's comment, or out of the colleague's own words.
fn commands(exchanges: &mut [Exchange]) -> Vec<Command> {
    let mut found = Vec::new();
    for exchange in exchanges {
        let reported = matches!(exchange.capture, Capture::Forward | Capture::Attached);
        let words = if reported { exchange.comment.clone().unwrap_or_default() } else { exchange.text.clone() };
        let (commands, rest) = note::commands(words.raw());
        if commands.is_empty() {
            continue;
        }
        found.extend(commands.into_iter().filter(|c| !found.contains(c)).collect::<Vec<_>>());
        if reported {
            exchange.comment = (!rest.is_empty()).then(|| Untrusted::new(rest));
        } else {
            exchange.text = Untrusted::new(rest);
        }
    }
    found
}

fn envelope(mail: &Mail) -> Envelope {
    let shown = |p: &&crate::mail::Participant| matches!(p.role, Role::From | Role::To | Role::Cc);
    Envelope {
        message_id: mail.message_id.clone(),
        date: mail.date,
        subject: mail.subject.clone(),
        participants: mail.participants.iter().filter(shown).cloned().collect(),
        bytes: mail.bytes,
        defects: mail.defects.clone(),
    }
}

fn author_evidence(mail: &Mail, ours: bool, team: &Team) -> Evidence {
    match (mail.role(Role::From).count(), ours) {
        (0, _) => Evidence::new("author", "unknown", "no From field names anybody"),
        (1, true) if team.assume => Evidence::new("author", "team", "assumed"),
        (1, true) => Evidence::new("author", "team", "address or domain is listed"),
        (1, false) => Evidence::new("author", "outside", "neither address nor domain is listed"),
        _ => Evidence::new("author", "unknown", "From names several people (RFC 5322, 3.6.2)"),
    }
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "internal",
    }
}

fn capture_word(capture: Capture) -> &'static str {
    match capture {
        Capture::Direct => "direct",
        Capture::Bcc => "bcc",
        Capture::Forward => "forward",
        Capture::Attached => "attached",
        Capture::Redirect => "redirect",
        Capture::Watched => "watched",
        Capture::Import => "import",
        Capture::Note => "note",
    }
}
