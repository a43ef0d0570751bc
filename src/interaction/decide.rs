//! What becomes of one mail: the order of questions, each answered once.
//!
//! Believe first (who claims to be us?), then automation, then privacy, then
//! people. Nothing is dropped: whatever the answer, the interactions that would
//! be recorded are part of it, except where privacy forbids to keep any.

use jiff::{SignedDuration, Timestamp};

use super::{Disposition, Interaction, Outcome, Person, answer};
use crate::contacts::{CustomerId, Directory};
use crate::mail::{Address, Domain, Moment, Participant, Role, Untrusted};
use crate::mailbox::Route;
use crate::trust::{Authenticated, Verdict};
use crate::understand::{AutoReply, Automation, Command, Direction, Exchange, Kind, Reading, Team};

/// How far behind the arrival a mail may claim to be sent; beyond it the clock that wrote it was wrong.
const FUTURE: SignedDuration = SignedDuration::from_hours(24);

/// How many characters `text = "excerpt"` keeps.
const EXCERPT: usize = 280;

/// Everything the decision depends on besides the mail.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Our side.
    pub team: &'a Team,
    /// Whether a receiving server of ours is configured to vouch for authors.
    pub vouching: bool,
    /// Who is known.
    pub directory: &'a Directory,
    /// What may be kept.
    pub privacy: &'a Privacy,
    /// How the mail came.
    pub route: Route,
    /// When it arrived; `None` when it never did (`explain`).
    pub arrived: Option<Timestamp>,
}

/// What may be kept of other people's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    /// How much of the words.
    pub text: Keep,
    /// Keys of the addresses ([`crate::mail::Address::key`]) whose mail is never recorded.
    pub exclude_addresses: Vec<String>,
    /// Domains, with their subdomains, whose mail is never recorded.
    pub exclude_domains: Vec<Domain>,
}

/// How much of a mail's words is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep {
    /// All of them.
    #[default]
    Full,
    /// The beginning of the new words.
    Excerpt,
    /// None: who, when and the subject.
    None,
}

/// Decides what becomes of a mail. Total and pure.
pub fn decide(reading: &Reading, verdict: &Verdict, context: Context) -> Disposition {
    let mut interactions: Vec<Interaction> =
        reading.exchanges.iter().map(|exchange| interaction(exchange, reading, context)).collect();
    let (outcome, reason) = outcome(reading, verdict, context, &interactions);
    match outcome {
        Outcome::SetAside if matches!(reason.as_deref(), Some("skipped" | "excluded")) => interactions.clear(),
        _ => keep_only_what_may_be_kept(&mut interactions, reading, context.privacy),
    }
    // Nobody can act on a request that may be forged: its link is Google's own, but the account would be a lie.
    let request = reading.forwarding_request.clone().filter(|_| verdict.authenticated != Authenticated::Fail);
    let believed = !matches!(outcome, Outcome::Untrusted | Outcome::Unreadable);
    let answer = answer::of(reading, context).filter(|_| believed);
    Disposition { outcome, reason, interactions, forwarding_request: request, answer }
}

/// The outcome and its reason, by the first question that has an answer.
fn outcome(
    reading: &Reading,
    verdict: &Verdict,
    context: Context,
    interactions: &[Interaction],
) -> (Outcome, Option<String>) {
    let set_aside = |why: &str| (Outcome::SetAside, Some(why.to_owned()));
    if is_unreadable(reading) {
        return (Outcome::Unreadable, Some("no header field could be read".to_owned()));
    }
    if reading.own_report {
        return set_aside("own report");
    }
    if let Some(why) = pretends_to_be_us(reading, verdict, context) {
        return (Outcome::Untrusted, Some(why));
    }
    if reading.author_is_team && reading.commands.contains(&Command::Skip) {
        return set_aside("skipped");
    }
    if is_excluded(reading, context.privacy) {
        return set_aside("excluded");
    }
    match reading.automation {
        Automation::Bounce => return set_aside("bounce"),
        Automation::AutoReply => return set_aside("auto-reply"),
        Automation::Bulk if reading.forwarding_request.is_some() => return set_aside("request to forward mail here"),
        Automation::Bulk => return set_aside("bulk"),
        Automation::None | Automation::Calendar => {}
    }
    if verdict.authenticated == Authenticated::Fail {
        return (Outcome::Untrusted, Some(format!("authentication failed: {}", verdict.reason)));
    }
    if answer::is_only_that(reading, context) {
        return set_aside("answer to a report");
    }
    if interactions.iter().any(|i| !i.customers.is_empty()) {
        return (Outcome::Recorded, None);
    }
    if !interactions.is_empty()
        && interactions.iter().all(|i| i.direction == Direction::Internal && i.kind != Kind::Note)
    {
        return set_aside("internal");
    }
    (Outcome::Unmatched, Some(nobody_known(reading, interactions, context.directory)))
}

/// Without one field that says who, when or which, it is no mail that a person could settle by reading it.
fn is_unreadable(reading: &Reading) -> bool {
    let envelope = &reading.envelope;
    envelope.participants.is_empty() && envelope.date.is_none() && envelope.message_id.is_none()
}

/// Why the author is not believed to be one of us although the mail says so; `None` when it does not say so, or is believed.
fn pretends_to_be_us(reading: &Reading, verdict: &Verdict, context: Context) -> Option<String> {
    if context.team.assume {
        return None;
    }
    let from = || reading.envelope.participants.iter().filter(|p| p.role == Role::From);
    let claims_team = |p: &Participant| p.address.as_ref().is_some_and(|a| context.team.has(a));
    if from().count() > 1 && from().any(claims_team) {
        return Some("several authors, one of them a colleague".to_owned());
    }
    if !reading.author_is_team {
        let named_like_us = from().any(|p| p.name.as_ref().is_some_and(|name| names_a_colleague(name, context.team)));
        return named_like_us.then(|| "the author's name is a colleague's address, the address is not".to_owned());
    }
    match verdict.authenticated {
        Authenticated::Pass => None,
        Authenticated::Fail => Some(format!("says to be a colleague, but {}", verdict.reason)),
        // History was brought by the operator, and mail one sent oneself never passed the receiving server.
        Authenticated::Unknown if !context.vouching || context.route == Route::Import => None,
        Authenticated::Unknown => Some(format!("says to be a colleague, but nobody vouches: {}", verdict.reason)),
    }
}

/// Whether a display name holds the address of one of us (`"me@us.example" <b@evil.example>`).
fn names_a_colleague(name: &Untrusted, team: &Team) -> bool {
    name.raw()
        .split(|c: char| c.is_whitespace() || "<>()[]\"',;".contains(c))
        .filter(|word| word.contains('@'))
        .filter_map(crate::mail::Address::parse)
        .any(|address| team.has(&address))
}

/// Whether somebody on the carrier or in an exchange is never to be recorded.
fn is_excluded(reading: &Reading, privacy: &Privacy) -> bool {
    let in_exchanges = reading.exchanges.iter().flat_map(|e| e.author.iter().chain(&e.recipients));
    reading.envelope.participants.iter().chain(in_exchanges).filter_map(|p| p.address.as_ref()).any(|address| {
        let (key, domain) = (address.key(), address.domain());
        privacy.exclude_addresses.contains(&key) || privacy.exclude_domains.iter().any(|d| domain.is_within(d))
    })
}

/// Says whom nobody knows, so that the person can be accepted or the forward looked at.
fn nobody_known(reading: &Reading, interactions: &[Interaction], directory: &Directory) -> String {
    if let Some(word) = unknown_customer_word(reading, directory) {
        return match directory.nearest_customer(&word) {
            Some(near) => format!("no customer is called @{word}; did you mean @{}?", near.0),
            None => format!("no customer is called @{word}"),
        };
    }
    let Some(first) = interactions.first() else {
        return "nothing in it names an exchange".to_owned();
    };
    if first.kind == Kind::Note {
        return "the note names no known contact, address or @customer".to_owned();
    }
    let strangers: Vec<&str> = interactions
        .iter()
        .flat_map(|i| i.author.iter().chain(&i.recipients))
        .filter(|p| !p.team)
        .filter_map(|p| p.participant.address.as_ref().map(|a| a.as_str()))
        .take(3)
        .collect();
    match (strangers.is_empty(), &first.author) {
        (false, _) => format!("nobody known: {}", strangers.join(", ")),
        (true, Some(_)) => "the author is named without an address, and no contact has that name".to_owned(),
        (true, None) => "the author could not be told".to_owned(),
    }
}

/// The first `@customer` that names no customer.
fn unknown_customer_word(reading: &Reading, directory: &Directory) -> Option<String> {
    named_customers(reading).find(|word| directory.customer(word).is_none()).map(str::to_owned)
}

/// The words after `@` in a colleague's first new line.
fn named_customers(reading: &Reading) -> impl Iterator<Item = &str> {
    let from_team = reading.author_is_team;
    reading.commands.iter().filter_map(move |command| match command {
        Command::Customer(word) if from_team => Some(word.as_str()),
        _ => None,
    })
}

/// One exchange with its people matched, all words kept for now.
fn interaction(exchange: &Exchange, reading: &Reading, context: Context) -> Interaction {
    let author = exchange.author.as_ref().map(|p| person(p, context));
    let mut recipients: Vec<Person> = exchange.recipients.iter().map(|p| person(p, context)).collect();
    if exchange.kind == Kind::Note {
        let words = format!("{}\n{}", exchange.subject.raw(), exchange.text.raw());
        recipients.extend(mentioned(&words, &recipients, context.directory));
    }
    let mut customers: Vec<CustomerId> = author.iter().chain(&recipients).filter_map(|p| p.customer.clone()).collect();
    customers.extend(named_customers(reading).filter_map(|word| context.directory.customer(word).cloned()));
    customers.sort();
    customers.dedup();
    let (occurred_at, stated) = occurred(exchange, context);
    Interaction {
        kind: exchange.kind,
        direction: exchange.direction,
        capture: exchange.capture,
        message_id: exchange.message_id.clone(),
        occurred_at,
        exact: exchange.exact && stated,
        subject: exchange.subject.clone(),
        author,
        recipients,
        customers,
        body: exchange.body.clone(),
        text: exchange.text.clone(),
        signature: exchange.signature.clone(),
        comment: exchange.comment.clone(),
        automation: exchange.automation,
        conversation: exchange.conversation.clone(),
        signals: exchange.signals.clone(),
        attachments: exchange.attachments.clone(),
        interleaved: exchange.interleaved,
        answered: exchange.answered.clone(),
        left: left(exchange, reading),
        failed: if exchange.automation == Automation::Bounce { reading.failed.clone() } else { Vec::new() },
    }
}

/// Who follows, where an automatic answer says that its author left.
fn left(exchange: &Exchange, reading: &Reading) -> Option<Vec<Address>> {
    match &reading.auto_reply {
        Some(AutoReply::Left { successors }) if exchange.automation == Automation::AutoReply => {
            Some(successors.clone())
        }
        _ => None,
    }
}

/// When it happened, and whether the mail said so credibly.
fn occurred(exchange: &Exchange, context: Context) -> (Moment, bool) {
    match (exchange.occurred_at, context.arrived) {
        (Some(stated), Some(arrived)) if stated.timestamp.duration_since(arrived) > FUTURE => {
            (Moment::new(arrived, stated.offset_seconds), false)
        }
        (Some(stated), _) => (stated, true),
        (None, arrived) => (Moment::new(arrived.unwrap_or(Timestamp::UNIX_EPOCH), 0), false),
    }
}

/// Who a participant is. Our own people are never contacts, whatever the directory says.
fn person(participant: &Participant, context: Context) -> Person {
    let team = participant.address.as_ref().is_some_and(|a| context.team.has(a));
    let found = if team { Default::default() } else { context.directory.identify(participant) };
    Person { participant: participant.clone(), contact: found.contact, customer: found.customer, team }
}

/// The contacts that a note names in its subject and words, besides those already among its people.
pub fn mentioned(words: &str, already: &[Person], directory: &Directory) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for found in directory.mentioned(words) {
        let Some((customer, contact)) = found.contact.as_ref().and_then(|id| directory.contact(id)) else { continue };
        if already.iter().chain(&people).any(|p| p.contact.as_ref() == Some(&contact.id)) {
            continue;
        }
        let participant = Participant {
            role: Role::To,
            name: contact.name.as_deref().map(Untrusted::new),
            address: contact.addresses.first().cloned(),
        };
        people.push(Person {
            participant,
            contact: Some(contact.id.clone()),
            customer: Some(customer.id.clone()),
            team: false,
        });
    }
    people
}

/// Drops the words that a colleague or the configuration wants not to be kept.
fn keep_only_what_may_be_kept(interactions: &mut [Interaction], reading: &Reading, privacy: &Privacy) {
    let private = reading.author_is_team && reading.commands.contains(&Command::Private);
    let keep = if private { Keep::None } else { privacy.text };
    for i in interactions {
        match keep {
            Keep::Full => continue,
            Keep::Excerpt => {
                let text = i.text.raw();
                let end = text.char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| at);
                i.text = Untrusted::new(text.get(..end).unwrap_or(text));
            }
            Keep::None => {
                i.text = Untrusted::default();
                i.signals.clear();
                i.attachments.clear();
                i.comment = None;
            }
        }
        i.body = Untrusted::default();
        i.signature = None;
        i.answered.clear();
    }
}
