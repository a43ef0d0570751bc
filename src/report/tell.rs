//! From facts to what is said: names for ids, local times for instants, one line for an exchange.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::day::{Context, Counts, Exchange, Machinery, Mailbox, People, Report, Today, Trouble, Unmatched, Waiting};
use super::facts::{Facts, Held, MailboxState, Names};
use super::gist::gist;
use super::relation::Telling;
use super::schedule::as_of;
use super::words::{NAME, SUBJECT};
use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Outcome, Person, Recorded};
use crate::mail::Untrusted;
use crate::measure::{Roster, Someone, open_loops};
use crate::understand::ForwardingRequest;

impl Report {
    /// Says what the facts say.
    pub fn new(facts: &Facts<'_>) -> Report {
        let teller = Teller { names: Arc::new(Names::of(facts.customers)), zone: facts.zone.clone() };
        let exchanges = teller.exchanges(facts.exchanges, facts.late);
        let quoted: BTreeMap<i64, &Interaction> = facts.quoted.iter().map(|r| (r.id, &r.interaction)).collect();
        let relation = Telling::new(&teller, facts, &quoted);
        // Thousands of customers beside tens of thousands of conversations that wait: each takes as long as the other.
        let (relationships, today) = std::thread::scope(|scope| {
            let relationships = scope.spawn(|| relation.relationships(facts.findings));
            let today = teller.today(facts, &relation, &quoted);
            (relationships.join(), today)
        });
        let relationships = relationships.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Report {
            date: facts.date,
            time_zone: facts.zone.iana_name().unwrap_or("UTC").to_owned(),
            as_of: teller.time(as_of(facts.date, &facts.zone)),
            today,
            settled: Vec::new(),
            counts: Counts::of(&exchanges),
            exchanges,
            relationships,
            people: teller.people(facts, &relation),
            machinery: teller.machinery(facts.mailboxes, facts.quarantine),
            context: Context {
                names: teller.names,
                zone: teller.zone,
                hours_per_day: facts.hours_per_day,
                previous: facts.previous,
                anything_recorded: facts.anything_recorded,
                formats: facts.formats.to_vec(),
                version: facts.version.to_owned(),
            },
        }
    }
}

/// Turns what the record holds into what a reader sees: names for ids, local times for instants.
pub(super) struct Teller {
    /// Everyone's names; pages of thousands of customers share them.
    pub names: Arc<Names>,
    /// The report's zone.
    pub zone: TimeZone,
}

impl Teller {
    /// RFC 3339 with the offset the zone had.
    pub fn time(&self, at: Timestamp) -> String {
        at.display_with_offset(self.zone.to_offset(at)).to_string()
    }

    fn today(&self, facts: &Facts<'_>, relation: &Telling<'_>, quoted: &BTreeMap<i64, &Interaction>) -> Today {
        let waiting =
            |list: &[open_loops::Waiting]| list.iter().map(|w| self.waiting(w, facts.roster, quoted)).collect();
        Today {
            waiting_on_us: waiting(&facts.findings.open_loops.on_us),
            waiting_on_them: waiting(&facts.findings.open_loops.on_them),
            promises: relation.promises(facts.findings),
            trouble: trouble(facts),
        }
    }

    /// One open loop, in the words of its last mail; without a subject when that mail is not at hand.
    pub fn waiting(
        &self,
        open: &open_loops::Waiting,
        roster: &Roster,
        quoted: &BTreeMap<i64, &Interaction>,
    ) -> Waiting {
        let entry = &open.entry;
        let person = entry.people().next().and_then(|number| roster.person(number));
        let theirs = person.and_then(|someone| someone.customer).filter(|number| entry.customers.contains(number));
        let customer = theirs.or(entry.customers.first().copied()).and_then(|number| roster.id(number));
        let last = quoted.get(&entry.interaction);
        let contact = person.and_then(|someone| someone.contact.as_ref());
        Waiting {
            customer: customer.cloned().unwrap_or_else(|| CustomerId(String::new())),
            contact: contact.map(|id| id.0.clone()),
            subject: last.map(|mail| mail.subject.line(SUBJECT)).unwrap_or_default(),
            since: self.time(entry.at),
            working_hours: (open.working_hours * 100.0).round() / 100.0,
            interaction: entry.interaction,
            name: person.map(|someone| self.someone(someone)).unwrap_or_default(),
            gist: last.map(|mail| gist(mail)),
            at: entry.at,
        }
    }

    /// The name of somebody in the findings: as we know it, as they wrote it, or the address.
    pub fn someone(&self, someone: &Someone) -> Untrusted {
        let known = someone.contact.as_ref().and_then(|id| self.names.contact(id));
        let given = || someone.name.as_ref().or(someone.address.as_ref()).map(Untrusted::new);
        known.or_else(given).unwrap_or_default().line(NAME)
    }

    fn exchanges(&self, on_time: &[Recorded], late: &[Recorded]) -> Vec<Exchange> {
        let told = |late: bool| move |recorded| (recorded, late);
        let all = on_time.iter().map(told(false)).chain(late.iter().map(told(true)));
        let mut lines: Vec<Exchange> = all.filter_map(|(recorded, late)| self.exchange(recorded, late)).collect();
        lines.sort_by(|a, b| (&a.customer, a.instant, a.interaction).cmp(&(&b.customer, b.instant, b.interaction)));
        lines.dedup_by_key(|line| line.interaction);
        lines
    }

    /// One line; `None` for what is not with a known customer.
    pub fn exchange(&self, recorded: &Recorded, late: bool) -> Option<Exchange> {
        let told = &recorded.interaction;
        let by_author = told.author.as_ref().and_then(|a| a.customer.as_ref()).filter(|c| told.customers.contains(c));
        let customer = by_author.or(told.customers.first()).filter(|_| recorded.outcome == Outcome::Recorded)?;
        Some(Exchange {
            interaction: recorded.id,
            customer: customer.clone(),
            at: self.time(told.occurred_at.timestamp),
            direction: told.direction,
            author: told.author.as_ref().map(|author| self.person(author)).unwrap_or_default(),
            subject: told.subject.line(SUBJECT),
            gist: gist(told),
            kind: told.kind,
            also: told.customers.iter().filter(|c| *c != customer).cloned().collect(),
            late,
            to: told.recipients.iter().find(|p| !p.team).map(|person| self.person(person)),
            instant: told.occurred_at.timestamp,
        })
    }

    /// Somebody's name: as we know it, as the mail has it, or the address.
    fn person(&self, person: &Person) -> Untrusted {
        let known = person.contact.as_ref().and_then(|id| self.names.contact(id));
        let named = || person.participant.name.clone().filter(|name| !name.is_blank());
        let addressed = || person.participant.address.as_ref().map(|a| Untrusted::new(a.as_str()));
        known.or_else(named).or_else(addressed).unwrap_or_default().line(NAME)
    }

    fn people(&self, facts: &Facts<'_>, relation: &Telling<'_>) -> People {
        let unmatched = facts.unmatched.iter().map(|s| Unmatched {
            address: s.address.to_string(),
            name: s.name.as_ref().filter(|n| !n.is_blank()).map(|n| n.line(NAME)),
            mails: s.mails,
            last: self.time(s.last),
            subject: s.subject.line(SUBJECT),
        });
        People {
            unmatched: unmatched.collect(),
            arrivals: relation.arrivals(facts.findings),
            departures: relation.departures(facts.findings),
        }
    }

    fn machinery(&self, mailboxes: &[MailboxState], quarantine: &[Held]) -> Machinery {
        let state = |m: &MailboxState| Mailbox {
            name: m.name.clone(),
            last_success: m.last_success.map(|at| self.time(at)),
            lag: m.lag,
            failure: m.failure.as_ref().map(|(_, words)| words.line(SUBJECT)),
        };
        Machinery { mailboxes: mailboxes.iter().map(state).collect(), quarantine: quarantine.len() }
    }
}

/// What a person has to look at: the mailboxes that fail, requests to forward mail here, the quarantine's mails.
fn trouble(facts: &Facts<'_>) -> Vec<Trouble> {
    let held = facts.quarantine.iter().map(|mail| Trouble {
        kind: "quarantine",
        text: match mail.outcome {
            Outcome::Unreadable => format!("a mail could not be read: {}", mail.reason),
            _ => format!("a mail is not trusted: {}", mail.reason),
        },
        detail: Some(mail.subject.line(SUBJECT)).filter(|subject| !subject.is_blank()),
        hint: format!("touchbase quarantine show {}", mail.number),
    });
    let failing = facts.mailboxes.iter().filter_map(|mailbox| {
        let (_, words) = mailbox.failure.as_ref()?;
        Some(Trouble {
            kind: "mailbox",
            text: format!("the mailbox {} cannot be read", mailbox.name),
            detail: Some(words.line(SUBJECT)),
            hint: "touchbase check".to_owned(),
        })
    });
    failing.chain(facts.forwarding_requests.iter().map(forwarding)).chain(held).collect()
}

/// A request to forward mail here: nobody else reads our mailbox, so the report shows how to answer it.
fn forwarding(request: &ForwardingRequest) -> Trouble {
    let whose = request.account.as_ref().map(|account| Untrusted::new(account.as_str()).line(NAME));
    Trouble {
        kind: "forwarding",
        text: "Gmail asks whether mail may be forwarded here; if one of you wants that, confirm it".to_owned(),
        detail: whose,
        hint: match &request.link {
            Some(link) => format!("code {}, or open {link}", request.code),
            None => format!("code {}", request.code),
        },
    }
}
