//! A record of any size, settled through the store's own door, the same in every run.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use touchbase::contacts::{Contact, ContactId, Customer, CustomerId};
use touchbase::interaction::{Disposition, Interaction, Outcome, Person};
use touchbase::mail::{Address, MessageId, Moment, Participant, Role, Untrusted};
use touchbase::mailbox::{Key, Mailbox, Uid, UidValidity};
use touchbase::store::{Listed, Settings, Settlement, Store};
use touchbase::understand::{Automation, Capture, Direction, Kind, Signal, SignalKind};

/// The instant at which the last day ends: 2026-11-20 in UTC.
pub const END: i64 = 1_795_219_200;
const YEARS: i64 = 5 * 365 * 86_400;
const CONTACTS: u64 = 4;
const COLLEAGUES: u64 = 6;
const BATCH: usize = 1_000;

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    fn percent(&mut self, of: u64) -> bool {
        self.below(1000) < of * 10
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, end: u64) -> u64 {
        let one = self.below(1 << 20);
        (((one * one) >> 20) * end) >> 20
    }
}

/// One mail to be written.
#[derive(Clone, Copy)]
struct Plan {
    at: i64,
    conversation: u64,
    customer: u64,
    /// Its place in the conversation, and how many it has.
    place: u64,
    out: bool,
    /// Whether nobody wrote after it.
    last: bool,
}

/// Fills a new record; gives how long settling took.
pub fn fill(path: &Path, mails: usize, customers: u64) -> Duration {
    let mut store = Store::open(&Settings { path: path.to_owned() }).expect("a record");
    store.save_customers(&directory(customers), "contacts.csv").expect("customers");
    let mailbox = Mailbox { name: "capture".into(), folder: "INBOX".into() };
    let plans = plans(mails, customers);
    let mut words = Words::new();
    let mut took = Duration::ZERO;
    for batch in plans.chunks(BATCH) {
        let now = Timestamp::from_second(batch.last().map_or(END, |plan| plan.at)).expect("a time");
        let opened = store.open_epoch(&mailbox, UidValidity(1), None, now).expect("an epoch");
        let Uid(first) = opened.low_uid;
        let next = first + batch.len() as u32;
        let listed: Vec<Listed> =
            (first..next).map(|uid| Listed { key: Key::Uid(Uid(uid)), size: 4_000, arrived: Some(now) }).collect();
        let pending = store.enumerate(opened.epoch, &listed, Some(Uid(next)), now).expect("deliveries");
        let settlements: Vec<Settlement> = batch
            .iter()
            .zip(&pending)
            .map(|(plan, pending)| {
                let mut digest = [0; 32];
                digest[..8].copy_from_slice(&pending.id.0.to_le_bytes());
                let interactions = vec![words.interaction(plan)];
                let disposition = Disposition {
                    outcome: Outcome::Recorded,
                    reason: None,
                    interactions,
                    forwarding_request: None,
                    answer: None,
                };
                Settlement { delivery: pending.id, digest, disposition, raw: None, subject: None, author: None }
            })
            .collect();
        let began = Instant::now();
        store.settle(&settlements, now).expect("settled");
        took += began.elapsed();
    }
    took
}

/// Conversations of one to nine mails, a few customers with very many, in the order of time.
fn plans(mails: usize, customers: u64) -> Vec<Plan> {
    let mut dice = Dice(7);
    let mut plans = Vec::with_capacity(mails + 10);
    let mut conversation = 0;
    while plans.len() < mails {
        conversation += 1;
        let customer = dice.skewed(customers);
        let mut at = END - 1 - dice.below(YEARS as u64) as i64;
        let mut out = dice.percent(45);
        let mails = 1 + dice.skewed(9);
        for place in 0..mails {
            plans.push(Plan { at: at.min(END - 1), conversation, customer, place, out, last: place + 1 == mails });
            at += 600 + dice.skewed(5 * 86_400) as i64;
            out = out != dice.percent(75);
        }
    }
    plans.truncate(mails);
    plans.sort_by_key(|plan| (plan.at, plan.conversation, plan.place));
    plans
}

/// A text of pseudo-words, and the interaction around it.
struct Words {
    vocabulary: Vec<String>,
}

impl Words {
    fn new() -> Words {
        const SYLLABLES: [&str; 16] = [
            "ba", "cor", "del", "fin", "gra", "hol", "jun", "kel", "lor", "mit", "nor", "pla", "ras", "sto", "tur",
            "vel",
        ];
        let pick = |n: usize, shift: usize| SYLLABLES[(n >> shift) & 15];
        let vocabulary = (0..4096).map(|n| format!("{}{}{}", pick(n, 0), pick(n, 4), pick(n, 8))).collect();
        Words { vocabulary }
    }

    fn sentence(&self, dice: &mut Dice, begin: &str, end: &str) -> String {
        let mut sentence = begin.to_owned();
        for _ in 0..5 + dice.below(9) {
            sentence.push(' ');
            sentence.push_str(self.vocabulary.get(dice.skewed(4096) as usize).map_or("word", String::as_str));
        }
        sentence + end
    }

    fn interaction(&mut self, plan: &Plan) -> Interaction {
        let mut dice = Dice((plan.conversation << 8) | plan.place);
        let mut sentences = Vec::new();
        let mut signals = Vec::new();
        for _ in 0..1 + dice.skewed(16) {
            sentences.push(self.sentence(&mut dice, "The", "."));
        }
        for (of, outbound, kind, begin, end) in KINDS {
            // Most conversations end with somebody's thanks, few with a question.
            let of = match kind {
                SignalKind::Closer => {
                    if plan.last {
                        60
                    } else {
                        1
                    }
                }
                SignalKind::Ask if plan.last => 8,
                _ => *of,
            };
            if outbound.is_none_or(|out| out == plan.out) && dice.percent(of) {
                let sentence = self.sentence(&mut dice, begin, end);
                let day =
                    Timestamp::from_second(plan.at + 3 * 86_400).expect("a time").to_zoned(jiff::tz::TimeZone::UTC);
                let due = (*kind == SignalKind::Promise).then(|| day.date());
                signals.push(Signal { signal: *kind, sentence: Untrusted::new(&sentence), due });
                sentences.push(sentence);
            }
        }
        let text = sentences.join(" ");
        let (us, them) = (dice.below(COLLEAGUES), plan.customer * CONTACTS + dice.skewed(CONTACTS));
        let copied = dice.percent(30).then(|| contact(plan.customer * CONTACTS + dice.below(CONTACTS), Role::Cc));
        let (author, to) = match plan.out {
            true => (colleague(us, Role::From), contact(them, Role::To)),
            false => (contact(them, Role::From), colleague(us, Role::To)),
        };
        let itself = |one: &Person| one.contact.is_some() && one.contact == author.contact;
        let recipients: Vec<Person> = [to].into_iter().chain(copied).filter(|one| !itself(one)).collect();
        let id = |place: u64| format!("<{}.{place}@mail.example>", plan.conversation);
        // Of some mails we never saw what they answer.
        let blind = dice.percent(15).then(|| format!("<{}.x@elsewhere.example>", plan.conversation));
        let references: Vec<String> = blind.into_iter().chain((0..plan.place).map(id)).collect();
        let subject =
            self.sentence(&mut Dice(plan.conversation), if plan.place > 0 { "Re: About" } else { "About" }, "");
        let asked = plan.out && plan.place > 0 && dice.percent(10);
        Interaction {
            kind: Kind::Email,
            direction: if plan.out { Direction::Outbound } else { Direction::Inbound },
            capture: Capture::Watched,
            message_id: MessageId::parse(&id(plan.place)),
            occurred_at: Moment::new(Timestamp::from_second(plan.at).expect("a time"), 3600),
            exact: true,
            subject: Untrusted::new(subject),
            author: Some(author),
            recipients,
            customers: vec![CustomerId(format!("customer-{}", plan.customer))],
            body: Untrusted::new(format!("{text}\n\n> {text}")),
            text: Untrusted::new(&text),
            signature: None,
            comment: None,
            automation: if dice.percent(3) { Automation::AutoReply } else { Automation::None },
            conversation: MessageId::parse_all(&references.join(" ")),
            signals,
            attachments: vec![],
            interleaved: asked,
            answered: if asked { vec![Untrusted::new(self.sentence(&mut dice, "When", "?"))] } else { vec![] },
            left: None,
            failed: vec![],
        }
    }
}

/// How many of a hundred mails hold what, in which direction (`None`: both), and how the sentence begins and ends.
const KINDS: &[(u64, Option<bool>, SignalKind, &str, &str)] = &[
    (28, None, SignalKind::Ask, "Could you", "?"),
    (12, None, SignalKind::Thanks, "Thank you for", "."),
    (1, None, SignalKind::Closer, "Thanks", "."),
    (4, Some(true), SignalKind::Promise, "I will send", "by Friday."),
    (1, Some(false), SignalKind::Correction, "That is not right:", "."),
    (3, Some(false), SignalKind::CorrectionHint, "Actually", "."),
    (3, Some(false), SignalKind::Issue, "It does not work:", "."),
    (2, None, SignalKind::Solved, "It works again:", "."),
    (1, Some(false), SignalKind::Success, "We went live with", "."),
    (1, Some(true), SignalKind::Congratulation, "Congratulations on", "."),
    (5, None, SignalKind::Money, "The invoice about", "."),
];

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn contact(number: u64, role: Role) -> Person {
    let customer = number / CONTACTS;
    // One in four is in no contact list and known by the domain alone.
    let known = !number.is_multiple_of(CONTACTS);
    let participant = Participant {
        role,
        name: Some(Untrusted::new(format!("Contact {number}"))),
        address: Some(address(&format!("contact-{number}@customer-{customer}.example"))),
    };
    let contact = known.then(|| ContactId(format!("contact-{number}")));
    Person { participant, contact, customer: Some(CustomerId(format!("customer-{customer}"))), team: false }
}

fn colleague(number: u64, role: Role) -> Person {
    let participant = Participant {
        role,
        name: Some(Untrusted::new(format!("Colleague {number}"))),
        address: Some(address(&format!("colleague-{number}@us.example"))),
    };
    Person { participant, contact: None, customer: None, team: true }
}

fn directory(customers: u64) -> Vec<Customer> {
    let contacts = |customer: u64| {
        let numbers = customer * CONTACTS + 1..(customer + 1) * CONTACTS;
        let contact = |number: u64| Contact {
            id: ContactId(format!("contact-{number}")),
            name: Some(format!("Contact {number}")),
            addresses: vec![address(&format!("contact-{number}@customer-{customer}.example"))],
            role: None,
            phone: None,
            since: None,
            notes: None,
        };
        numbers.map(contact).collect()
    };
    let customer = |number: u64| Customer {
        id: CustomerId(format!("customer-{number}")),
        name: format!("Customer {number}"),
        domains: vec![],
        cadence_days: None,
        since: None,
        notes: None,
        contacts: contacts(number),
    };
    (0..customers).map(customer).collect()
}
