//! Days of every sort: a usual one, a quiet one, the very first, the one after a holiday, and a flood.

use touchbase::interaction::Outcome;
use touchbase::mail::{Attachment, Untrusted};
use touchbase::report::{Held, Stranger};
use touchbase::understand::{Capture, ForwardingRequest, Kind};

use crate::fixture::{Brief, World, address, instant};
use crate::told;

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
    told::usual(&mut world);
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
    world.relationships.clear();
    world.promises.clear();
    world.pledges.clear();
    world.arrivals.clear();
    world.departures.clear();
    world.year = None;
    world
}

/// The first day after two weeks of holidays: much is old, the day itself is silent.
pub fn after_holidays() -> World {
    let mut world = usual();
    world.date = "2027-01-03".parse().unwrap();
    world.late.clear();
    world.year = None;
    for relationship in &mut world.relationships {
        let end = relationship.rhythm.len();
        relationship.rhythm[end - 5..].fill((0, 0));
    }
    world
}

/// A single customer, on a usual day.
pub fn one_customer() -> World {
    let mut world = usual();
    let only = world.customers[0].id.clone();
    world.customers.truncate(1);
    world.recorded.retain(|recorded| recorded.interaction.customers.contains(&only));
    world.relationships.retain(|relationship| relationship.customer == only);
    world.promises.retain(|promise| promise.customer == only);
    world.pledges.retain(|pledge| pledge.promise.customer == only);
    world.arrivals.retain(|arrival| arrival.customer == only);
    world.departures.retain(|departure| departure.customer == only);
    world
}

/// The first morning.
pub fn first_day() -> World {
    let mut world = quiet();
    world.customers.clear();
    world.empty = true;
    world
}

/// A year with one customer in which next to nothing was said.
pub fn sparse() -> World {
    let mut world = one_customer();
    world.relationships.clear();
    world.promises.clear();
    world.pledges.clear();
    world.arrivals.clear();
    world.departures.clear();
    world.recorded.truncate(2);
    world.late.clear();
    world.year = Some((world.customers[0].id.clone(), Vec::new()));
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
    told::flood(&mut world);
    world.mailboxes[0].failure = Some((
        instant("2026-11-21T03:00:00+01"),
        Untrusted::new("server answered NO [AUTHENTICATIONFAILED] Invalid credentials"),
    ));
    world
}
