//! Facts to make pages of: a usual day, a quiet one, the very first, and a flood.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use touchbase::contacts::{Contact, ContactId, Customer, CustomerId};
use touchbase::interaction::{Interaction, Outcome, Person, Recorded};
use touchbase::mail::{Address, Attachment, Moment, Participant, Role, Untrusted};
use touchbase::measure::{CustomerNo, Entry, Findings, NoWords, PersonNo, Record, Roster, Someone, WorkingTime};
use touchbase::report::{self, page};
use touchbase::report::{CustomerFacts, Facts, File, Format, Held, IndexFacts, MailboxState, Report, Stranger};
use touchbase::understand::{Automation, Capture, Direction, ForwardingRequest, Kind, Signal, SignalKind};

/// Everything a set of pages is made of, owned.
pub struct World {
    pub date: Date,
    pub customers: Vec<Customer>,
    pub recorded: Vec<Recorded>,
    pub late: Vec<i64>,
    pub strangers: Vec<Stranger>,
    pub held: Vec<Held>,
    pub requests: Vec<ForwardingRequest>,
    pub mailboxes: Vec<MailboxState>,
    pub empty: bool,
}

/// One exchange in brief.
pub struct Brief<'a> {
    pub at: &'a str,
    pub customer: &'a str,
    pub person: (&'a str, &'a str),
    pub inbound: bool,
    pub subject: &'a str,
    pub text: &'a str,
}

pub fn brussels() -> TimeZone {
    TimeZone::get("Europe/Brussels").unwrap()
}

pub fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

impl World {
    pub fn new(date: &str) -> World {
        World {
            date: date.parse().unwrap(),
            customers: Vec::new(),
            recorded: Vec::new(),
            late: Vec::new(),
            strangers: Vec::new(),
            held: Vec::new(),
            requests: Vec::new(),
            mailboxes: vec![MailboxState {
                name: "capture".into(),
                last_success: Some(instant("2026-11-21T06:59:41+01")),
                lag: 0,
                failure: None,
            }],
            empty: false,
        }
    }

    pub fn customer(&mut self, id: &str, name: &str, people: &[(&str, &str, &str)]) {
        let contact = |(id, name, role): &(&str, &str, &str)| Contact {
            id: ContactId((*id).into()),
            name: Some((*name).into()),
            addresses: vec![address(&format!("{id}@example.org"))],
            role: Some((*role).into()).filter(|r: &String| !r.is_empty()),
            phone: None,
            since: None,
            notes: None,
        };
        self.customers.push(Customer {
            id: CustomerId(id.into()),
            name: name.into(),
            domains: Vec::new(),
            cadence_days: None,
            since: None,
            notes: None,
            contacts: people.iter().map(contact).collect(),
        });
    }

    pub fn exchange(&mut self, brief: &Brief<'_>) -> &mut Recorded {
        let id = self.recorded.len() as i64 + 1;
        let person = |role: Role, name: &str, contact: Option<&str>, customer: Option<&str>| Person {
            participant: Participant { role, name: Some(Untrusted::new(name)), address: None },
            contact: contact.map(|c| ContactId(c.into())),
            customer: customer.map(|c| CustomerId(c.into())),
            team: contact.is_none(),
        };
        let (them, contact) = (brief.person.1, brief.person.0);
        let us = |role| person(role, "Max Berg", None, None);
        let (author, recipient) = if brief.inbound {
            (person(Role::From, them, Some(contact), Some(brief.customer)), us(Role::To))
        } else {
            (us(Role::From), person(Role::To, them, Some(contact), Some(brief.customer)))
        };
        self.recorded.push(Recorded {
            sequence: 0,
            id,
            recorded_at: instant(brief.at),
            mailbox: "capture".into(),
            outcome: Outcome::Recorded,
            conversation_id: id,
            interaction: Interaction {
                kind: Kind::Email,
                direction: if brief.inbound { Direction::Inbound } else { Direction::Outbound },
                capture: Capture::Bcc,
                message_id: None,
                occurred_at: Moment::new(instant(brief.at), 3600),
                exact: true,
                subject: Untrusted::new(brief.subject),
                author: Some(author),
                recipients: vec![recipient],
                customers: vec![CustomerId(brief.customer.into())],
                body: Untrusted::new(brief.text),
                text: Untrusted::new(brief.text),
                signature: None,
                comment: None,
                automation: Automation::None,
                conversation: Vec::new(),
                signals: asks(brief.text),
                attachments: Vec::new(),
                interleaved: false,
                answered: Vec::new(),
                left: None,
                failed: Vec::new(),
            },
        });
        self.recorded.last_mut().unwrap()
    }

    fn findings(&self) -> (Roster, Findings) {
        let mut roster = Roster::default();
        let entries: Vec<Entry> = self.recorded.iter().map(|recorded| entry(recorded, &mut roster)).collect();
        let record = Record { roster, entries, ..Record::default() };
        let as_of = self.date.tomorrow().unwrap().to_zoned(brussels()).unwrap().timestamp();
        let findings = Findings::of(&record, &NoWords, &WorkingTime::usual(brussels()), as_of);
        (record.roster, findings)
    }

    pub fn report(&self) -> Report {
        let day = |r: &&Recorded| brussels().to_datetime(r.interaction.occurred_at.timestamp).date() == self.date;
        let exchanges: Vec<Recorded> = self.recorded.iter().filter(day).cloned().collect();
        let late: Vec<Recorded> = self.recorded.iter().filter(|r| self.late.contains(&r.id)).cloned().collect();
        let (roster, findings) = self.findings();
        Report::new(&Facts {
            date: self.date,
            zone: brussels(),
            hours_per_day: 8.0,
            customers: &self.customers,
            roster: &roster,
            findings: &findings,
            quoted: &self.recorded,
            exchanges: &exchanges,
            late: &late,
            unmatched: &self.strangers,
            quarantine: &self.held,
            forwarding_requests: &self.requests,
            mailboxes: &self.mailboxes,
            previous: self.date.yesterday().ok().filter(|_| !self.empty),
            anything_recorded: !self.empty,
            formats: &[Format::Html, Format::Markdown, Format::Json],
            version: "0.1.0",
        })
    }

    /// Every file of this world: the day in each format, the customers, the index.
    pub fn files(&self) -> Vec<File> {
        let report = self.report();
        let days: BTreeMap<Date, u64> = (0..50)
            .filter(|back| back % 7 != 5)
            .map(|back| (self.date - jiff::Span::new().days(back), (back * 5 % 13) as u64))
            .filter(|(day, _)| !self.empty || *day == self.date)
            .collect();
        let published: BTreeSet<Date> = days.keys().copied().collect();
        let (roster, findings) = self.findings();
        let mut files: Vec<File> =
            [Format::Html, Format::Markdown, Format::Json].map(|format| report::file(&report, format)).into();
        files.extend(self.customers.iter().map(|customer| File {
            path: page::customer_path(&customer.id),
            content: page::customer(&CustomerFacts {
                customer,
                zone: brussels(),
                hours_per_day: 8.0,
                date: self.date,
                customers: &self.customers,
                roster: &roster,
                findings: &findings,
                recent: &self.recorded,
                exchanges: self.recorded.len() as u64 + 20,
                published: &published,
                version: "0.1.0",
            }),
        }));
        let index = page::index(&IndexFacts { days: &days, customers: &self.customers, version: "0.1.0" });
        files.push(File { path: "index.html".into(), content: index });
        files
    }
}

/// A stand-in for the phrase lists: sentences with a question mark ask.
fn asks(text: &str) -> Vec<Signal> {
    let sentence = text.split_inclusive(['.', '?', '!']).find(|s| s.trim_end().ends_with('?'));
    let ask = |s: &str| Signal { signal: SignalKind::Ask, sentence: Untrusted::new(s.trim()), due: None };
    sentence.map(ask).into_iter().collect()
}

fn entry(recorded: &Recorded, roster: &mut Roster) -> Entry {
    let told = &recorded.interaction;
    let inbound = told.direction == Direction::Inbound;
    let other = if inbound { told.author.as_ref() } else { told.recipients.first() };
    let customers: Vec<CustomerNo> = told.customers.iter().map(|id| roster.customer(id)).collect();
    let other = other.map(|p| {
        let known = |n: &PersonNo| roster.person(*n).is_some_and(|someone| someone.contact == p.contact);
        (0..roster.people() as u32).map(PersonNo).find(known).unwrap_or_else(|| {
            roster.add(Someone {
                contact: p.contact.clone(),
                customer: customers.first().copied(),
                name: p.participant.name.as_ref().map(|n| n.raw().to_owned()),
                ..Someone::default()
            })
        })
    });
    let heading = told.subject.raw().trim_start_matches("Re: ").to_lowercase();
    let closer = told.text.raw().starts_with("Thanks").then_some(SignalKind::Closer);
    Entry {
        interaction: recorded.id,
        at: told.occurred_at.timestamp,
        conversation: recorded.conversation_id,
        heading: heading.bytes().fold(0, |hash, b| hash * 31 % 1_000_003 + u64::from(b)),
        customers: customers.into(),
        author: other.filter(|_| inbound),
        to: other.filter(|_| !inbound).into_iter().collect(),
        cc: [].into(),
        words: 10,
        signals: told.signals.iter().map(|s| s.signal).chain(closer).collect(),
        kind: told.kind,
        automation: told.automation,
        inbound,
        interleaved: false,
    }
}

/// A Friday as most are.
pub fn usual() -> World {
    let mut world = World::new("2026-11-20");
    world.customer("acme", "Acme Tools", &[("ann-li", "Ann Li", "Head of operations"), ("bea-roth", "Bea Roth", "")]);
    world.customer("brouwer", "Brouwerij De Linde", &[("jan-maes", "Jan Maes", "Owner")]);
    world.customer("nordwind", "Nordwind Logistik GmbH & Co. KG", &[("ute-hahn", "Ute Hahn", "Purchasing")]);
    world.customer("silva", "Silva e Filhos", &[("joana-silva", "Joana Silva", "")]);
    let ann = ("ann-li", "Ann Li");
    let mut add = |at, customer, person, inbound, subject, text| {
        world.exchange(&Brief { at, customer, person, inbound, subject, text }).id
    };
    add(
        "2026-11-16T10:05:00+01",
        "nordwind",
        ("ute-hahn", "Ute Hahn"),
        true,
        "Lieferschein 2219",
        "Guten Tag,\n\nkönnen Sie uns den Lieferschein noch einmal schicken?",
    );
    add(
        "2026-11-17T15:40:00+01",
        "silva",
        ("joana-silva", "Joana Silva"),
        false,
        "Offer for the spring",
        "Dear Joana,\n\nwould the second week of March suit you?",
    );
    add(
        "2026-11-20T08:47:00+01",
        "acme",
        ann,
        true,
        "Re: Delivery plan",
        "Hi Max,\n\nthe first pallets arrived, all in one piece. Could you send the plan for December by Tuesday?\nBest, Ann",
    );
    add(
        "2026-11-20T09:30:00+01",
        "acme",
        ("bea-roth", "Bea Roth"),
        true,
        "Login for the portal",
        "Hello,\n\nI still cannot log in: the page stays white after the password.",
    );
    add(
        "2026-11-20T11:12:00+01",
        "acme",
        ("bea-roth", "Bea Roth"),
        false,
        "Re: Login for the portal",
        "Hi Bea,\n\nsorry for that. It was the old certificate; it should work now.",
    );
    add(
        "2026-11-20T14:20:00+01",
        "brouwer",
        ("jan-maes", "Jan Maes"),
        true,
        "Proeverij",
        "Dag Max,\n\nwe hebben de prijs gewonnen! Vanavond vieren we het met een vat van de nieuwe.",
    );
    let call = add(
        "2026-11-20T16:05:00+01",
        "brouwer",
        ("jan-maes", "Jan Maes"),
        false,
        "call with Jan",
        "Called Jan: two more tanks next spring, he wants to see a drawing first.",
    );
    let plan = add("2026-11-20T10:00:00+01", "nordwind", ("ute-hahn", "Ute Hahn"), false, "Plan", "");
    let late = add(
        "2026-11-18T17:45:00+01",
        "acme",
        ann,
        false,
        "Delivery plan",
        "Hi Ann,\n\nthe pallets leave tomorrow morning.",
    );
    for recorded in &mut world.recorded {
        let told = &mut recorded.interaction;
        if recorded.id == call {
            told.kind = Kind::Note;
            told.capture = Capture::Note;
        }
        if recorded.id == plan {
            told.attachments = ["plan.pdf", "map.png"]
                .map(|name| Attachment {
                    name: Some(Untrusted::new(name)),
                    media_type: "application/pdf".into(),
                    bytes: 1,
                })
                .into();
        }
    }
    world.late.push(late);
    world.strangers.push(Stranger {
        address: address("lena@hofladen.example"),
        name: Some(Untrusted::new("Lena Kurz")),
        mails: 2,
        last: instant("2026-11-20T12:00:00+01"),
        subject: Untrusted::new("Do you deliver on Saturdays?"),
    });
    world.requests.push(ForwardingRequest {
        account: Some(address("mara@us.example")),
        code: "412345678".into(),
        link: Some("https://mail-settings.google.com/mail/vf-x".into()),
    });
    world.held.push(Held {
        number: 7,
        outcome: Outcome::Untrusted,
        reason: "says it is from a colleague, but authentication failed".into(),
        from: Some(Untrusted::new("max@us.example")),
        subject: Untrusted::new("Please pay today"),
        arrived: instant("2026-11-20T03:00:00+01"),
    });
    world
}

/// A Sunday without anything.
pub fn quiet() -> World {
    let mut world = usual();
    world.date = "2026-11-15".parse().unwrap();
    world.recorded.clear();
    world.late.clear();
    world.strangers.clear();
    world.held.clear();
    world.requests.clear();
    world
}

/// The first morning.
pub fn first_day() -> World {
    let mut world = quiet();
    world.customers.clear();
    world.empty = true;
    world
}

/// Three hundred customers, most of whom wrote.
pub fn flood() -> World {
    let mut world = World::new("2026-11-20");
    for n in 0..300 {
        let (id, contact) = (format!("customer-{n:03}"), format!("person-{n:03}"));
        let name = format!("Customer Number {n} of the Long List");
        world.customer(&id, &name, &[(&contact, &format!("Person {n}"), "")]);
        for mail in 0..(n % 4) * (n % 5) {
            let at = format!("2026-11-{}T{:02}:{:02}:00+01", if n % 3 == 0 { 19 } else { 20 }, 8 + mail, n % 60);
            let subject = format!("Matter {mail}");
            let person = (contact.as_str(), "Person");
            let text = "This is about the matter we spoke of. What do you think of it, and when can we start?";
            world.exchange(&Brief { at: &at, customer: &id, person, inbound: mail % 3 != 1, subject: &subject, text });
        }
    }
    for n in 0..40 {
        world.strangers.push(Stranger {
            address: address(&format!("stranger{n}@else.example")),
            name: None,
            mails: 1,
            last: instant("2026-11-20T12:00:00+01"),
            subject: Untrusted::new(""),
        });
    }
    world.mailboxes[0].failure = Some((
        instant("2026-11-21T03:00:00+01"),
        Untrusted::new("server answered NO [AUTHENTICATIONFAILED] Invalid credentials"),
    ));
    world
}
