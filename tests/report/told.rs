//! What measures would find in the worlds: relationships, promises, people who came and left, a year.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use touchbase::contacts::CustomerId;
use touchbase::interaction::Recorded;
use touchbase::mail::Untrusted;
use touchbase::report::day::{Arrival, Departure, Item, Measured, Promise, Relationship};
use touchbase::report::history::Then;
use touchbase::report::week::Pledge;
use touchbase::report::year::{Month, Silence, Tally, Warm};
use touchbase::report::{self, Report, YearFacts};
use touchbase::understand::Direction;

use crate::fixture::{World, instant};

fn words(text: &str) -> Untrusted {
    Untrusted::new(text)
}

/// A measure: `key`, its value, how many it rests on, whether it deserves attention, and in words.
type Said<'a> = (&'static str, Option<f64>, usize, bool, &'a str);

fn relationship(customer: &str, rhythm: &[(u32, u32)], interactions: &[i64], said: &[Said<'_>]) -> Relationship {
    let measured = |(key, value, n, flagged, text): &Said<'_>| {
        let interactions = interactions.to_vec();
        let measured = Measured {
            value: *value,
            n: *n,
            flagged: *flagged,
            text: words(text),
            interactions,
            items: Vec::new(),
            withheld: false,
            earlier: Vec::new(),
        };
        (*key, measured)
    };
    let measures: BTreeMap<_, _> = said.iter().map(measured).collect();
    Relationship { customer: CustomerId(customer.into()), measures, rhythm: rhythm.to_vec() }
}

/// What a measure said at the ends of the four quarters before; `None` for too little.
fn was(relationship: &mut Relationship, key: &str, values: [Option<f64>; 4]) {
    let ends = report::history::ends(date(2026, 11, 20));
    let then = |(date, value)| Then { date, value, n: 12, withheld: false };
    let measured = relationship.measures.get_mut(key).unwrap();
    measured.earlier = ends.into_iter().zip(values).map(then).collect();
}

fn promise(number: i64, customer: &str, person: (&str, &str), sentence: &str, due: Date, interaction: i64) -> Promise {
    Promise {
        number,
        customer: CustomerId(customer.into()),
        contact: Some(person.0.into()),
        name: words(person.1),
        sentence: words(sentence),
        due,
        overdue: due < date(2026, 11, 19),
        interaction,
        since: "2026-11-17T15:40:00+01:00".into(),
    }
}

/// Half a year of weeks, from 26 digits for them and 26 for us.
fn rhythm(theirs: &str, ours: &str) -> Vec<(u32, u32)> {
    let digit = |c: char| c.to_digit(10).unwrap();
    theirs.chars().map(digit).zip(ours.chars().map(digit)).collect()
}

/// The findings of the usual Friday.
pub fn usual(world: &mut World) {
    world.relationships = vec![acme(), brouwer(), nordwind(), silva()];
    world.promises = vec![
        promise(4, "nordwind", ("ute-hahn", "Ute Hahn"), "Wir melden uns bis Dienstag.", date(2026, 11, 17), 8),
        promise(
            3,
            "silva",
            ("joana-silva", "Joana Silva"),
            "I will send the draft by Saturday.",
            date(2026, 11, 21),
            2,
        ),
    ];
    let kept = promise(2, "acme", ("ann-li", "Ann Li"), "We will call you on Wednesday.", date(2026, 11, 18), 9);
    world.pledges = vec![
        Pledge { promise: world.promises[0].clone(), made: instant("2026-11-12T10:00:00+01"), kept: None },
        Pledge { promise: world.promises[1].clone(), made: instant("2026-11-17T15:40:00+01"), kept: None },
        Pledge {
            promise: kept,
            made: instant("2026-11-16T15:40:00+01"),
            kept: Some(instant("2026-11-18T17:45:00+01")),
        },
    ];
    world.arrivals = vec![Arrival {
        customer: CustomerId("acme".into()),
        address: "cleo.mann@acme.example".into(),
        name: words("Cleo Mann"),
        introducer: Some(words("Ann Li")),
        first: "2026-11-20T08:47:00+01:00".into(),
        interaction: 3,
        welcomed: false,
    }];
    world.departures = vec![
        Departure {
            customer: CustomerId("nordwind".into()),
            contact: None,
            name: words("Kai Brandt"),
            sign: "auto-reply",
            text: words("An automatic answer says that Kai Brandt has left"),
            successors: vec!["ute.hahn@nordwind.example".into()],
            farewell: false,
            interactions: vec![1],
        },
        Departure {
            customer: CustomerId("acme".into()),
            contact: None,
            name: words("Tom Reed"),
            sign: "silence",
            text: words("Tom Reed has not been on the last 9 mails (was on 80 %)"),
            successors: Vec::new(),
            farewell: false,
            interactions: Vec::new(),
        },
    ];
    let warm = [
        ("Thank you for staying until the line ran again.", "Bea Roth", "2026-03-11T18:20:00+01"),
        ("Without you we would not have won this.", "Ann Li", "2026-06-02T09:05:00+02"),
    ];
    let warm = warm.map(|(sentence, author, at)| Warm {
        sentence: words(sentence),
        author: words(author),
        at: instant(at),
        interaction: 3,
    });
    world.year = Some((CustomerId("acme".into()), warm.into()));
}

fn acme() -> Relationship {
    let mut acme = relationship(
        "acme",
        &rhythm("01202310023010000310204203", "11101210012010010210103212"),
        &[3, 4, 5, 9],
        &[
            ("listening_share", Some(0.38), 22, true, "Acme Tools: they wrote 38 % of the words (n = 22); it was 57 %"),
            ("give_balance", Some(0.75), 24, false, "18 of our last 24 mails gave something"),
            ("last_heard", Some(0.0), 1, false, "last heard from us today: an answer"),
            ("corrections", Some(0.5), 2, false, "we thanked for one of two corrections"),
            ("issues", Some(1.0), 1, true, "one issue is open"),
            ("silence", Some(1.0), 14, false, "usually every 9 days; yesterday the last time"),
            ("voices", Some(1.9), 22, false, "1.9 voices of 5 known; our side 1.4"),
            ("money_only", None, 2, false, "too little seen"),
            ("answer_coverage", Some(0.86), 14, true, "our answers touched 12 of 14 questions"),
            ("blind_spot", Some(0.4), 30, false, "We see about 60 % of this conversation"),
        ],
    );
    let item = |text: &str, sentence: Option<&str>, interaction, number, open| Item {
        text: words(text),
        sentence: sentence.map(words),
        interaction,
        number,
        open,
    };
    let items = [
        (
            "corrections",
            vec![
                item(
                    "Bea Roth corrected us; not yet thanked (9 h)",
                    Some("Small correction: gate 4."),
                    4,
                    Some(11),
                    true,
                ),
                item("Ann Li corrected us; thanked", None, 9, Some(8), false),
            ],
        ),
        (
            "issues",
            vec![item(
                "Bea Roth cannot work with something; answered, not yet solved",
                Some("I still cannot log in: the page stays white after the password."),
                4,
                Some(12),
                true,
            )],
        ),
        (
            "answer_coverage",
            vec![item("Ann Li asked, and our answer did not say", Some("Can Bea get a login?"), 3, None, true)],
        ),
    ];
    for (key, items) in items {
        acme.measures.get_mut(key).unwrap().items = items;
    }
    was(&mut acme, "listening_share", [Some(0.61), Some(0.57), Some(0.44), Some(0.4)]);
    was(&mut acme, "silence", [Some(30.0), None, Some(4.0), Some(11.0)]);
    was(&mut acme, "voices", [None, None, Some(1.2), Some(1.7)]);
    was(&mut acme, "blind_spot", [Some(0.2), Some(0.25), Some(0.35), Some(0.45)]);
    if let Some(then) = acme.measures.get_mut("silence").and_then(|silence| silence.earlier.get_mut(1)) {
        then.withheld = true;
    }
    acme
}

fn brouwer() -> Relationship {
    relationship(
        "brouwer",
        &rhythm("00010000100001000010000101", "00010000100010000010000100"),
        &[6, 7],
        &[
            ("listening_share", Some(0.55), 12, false, "they wrote 55 % of the words; it was 51 %"),
            ("silence", Some(0.0), 9, false, "usually every 20 days; in touch today"),
            ("give_balance", None, 3, false, "too little seen"),
            ("answer_coverage", None, 1, false, "too little seen"),
            ("blind_spot", Some(0.1), 8, false, "We see about 90 % of this conversation"),
        ],
    )
}

fn nordwind() -> Relationship {
    relationship(
        "nordwind",
        &rhythm("21012101210210121000000001", "11011101110110111000000001"),
        &[1, 8],
        &[
            ("silence", Some(24.0), 31, true, "usually every 9 days; 24 days now"),
            ("money_only", Some(0.8), 5, true, "our last 3 mails were all about money"),
            ("promises", Some(0.0), 1, true, "one of one promise is overdue"),
            ("departures", Some(1.0), 1, true, "Kai Brandt has left"),
        ],
    )
}

fn silva() -> Relationship {
    let mut silva = relationship(
        "silva",
        &[(0, 0); 26],
        &[2],
        &[
            ("listening_share", None, 1, false, "too little seen"),
            ("silence", None, 7, false, "withheld, for we see less than half of the conversation"),
            ("blind_spot", Some(0.75), 8, true, "We see about 25 % of this conversation"),
        ],
    );
    silva.measures.get_mut("silence").unwrap().withheld = true;
    silva
}

/// A third of the flood's customers are worth a look, and as many arrived as left.
pub fn flood(world: &mut World) {
    for n in 0..300 {
        let flagged = n % 3 == 0;
        let said = [
            ("listening_share", Some(0.4), 20 + n, flagged, "they wrote 40 % of the words; it was 60 %"),
            ("silence", Some(9.0), 12, false, "usually every 8 days; 9 days now"),
        ];
        let weeks: Vec<(u32, u32)> = (0..26).map(|week| ((week * n as u32) % 4, (week + n as u32) % 3)).collect();
        let mut relationship = relationship(&format!("customer-{n:03}"), &weeks, &[], &said);
        if n % 10 == 0 {
            let item = |at: i64| Item {
                text: words("Somebody asked, and our answer did not say"),
                sentence: Some(words("What do you think of it, and when can we start?")),
                interaction: at,
                number: Some(100 + at),
                open: true,
            };
            let measure = relationship.measures.get_mut("listening_share").unwrap();
            measure.items = (0..8).map(item).collect();
        }
        world.relationships.push(relationship);
    }
    for n in 0..40_i64 {
        let customer = CustomerId(format!("customer-{n:03}"));
        world.promises.push(promise(n, &customer.0, ("x", "Somebody"), "We will be there.", date(2026, 11, 21), n));
        let promise = world.promises[n as usize].clone();
        world.pledges.push(Pledge { promise, made: instant("2026-11-19T12:00:00+01"), kept: None });
        world.arrivals.push(Arrival {
            customer: customer.clone(),
            address: format!("new{n}@customer.example"),
            name: words("Somebody New"),
            introducer: None,
            first: "2026-11-19T08:47:00+01:00".into(),
            interaction: n,
            welcomed: n % 2 == 0,
        });
        world.departures.push(Departure {
            customer,
            contact: None,
            name: words("Somebody Old"),
            sign: "bounce",
            text: words("Mail to Somebody Old comes back"),
            successors: Vec::new(),
            farewell: n % 2 == 0,
            interactions: Vec::new(),
        });
    }
}

/// What a year is made of, owned.
pub struct OwnYear<'a> {
    customer: &'a CustomerId,
    warmest: &'a [Warm],
    months: Vec<Month>,
    people: [Vec<Untrusted>; 2],
    silence: Silence,
    lines: [Option<&'a Recorded>; 2],
    to: Date,
}

/// A customer's year up to the world's day: the months before are made up, the latest are counted.
pub fn year<'a>(world: &'a World, customer: &'a CustomerId, warmest: &'a [Warm], report: &Report) -> OwnYear<'a> {
    let mut theirs: Vec<&Recorded> =
        world.recorded.iter().filter(|r| r.interaction.customers.contains(customer)).collect();
    theirs.sort_by_key(|r| (r.interaction.occurred_at.timestamp, r.id));
    let inbound = |r: &&&Recorded| r.interaction.direction == Direction::Inbound;
    let came = theirs.iter().filter(inbound).count() as u32;
    let named = world.customers.iter().find(|known| known.id == *customer).and_then(|known| known.contacts.first());
    let month = |n: i8| match n {
        11 => Month { month: date(2026, 11, 1), theirs: came, ours: theirs.len() as u32 - came },
        n if warmest.is_empty() => Month { month: date(2026, n, 1), theirs: 0, ours: 0 },
        n => Month { month: date(2026, n, 1), theirs: n as u32 * 5 % 7, ours: n as u32 * 3 % 8 },
    };
    OwnYear {
        customer,
        warmest,
        months: (1..=11).map(month).collect(),
        people: [
            world.arrivals.iter().map(|arrival| arrival.name.clone()).collect(),
            world.departures.iter().map(|departure| departure.name.clone()).collect(),
        ],
        silence: Silence {
            from: date(2026, 7, 17),
            to: date(2026, 8, 24),
            broken_by: named.and_then(|contact| report.context.names.contact(&contact.id)).unwrap_or_default(),
            interaction: 3,
        },
        lines: [theirs.first().copied(), theirs.last().copied()],
        to: world.date,
    }
}

impl<'a> OwnYear<'a> {
    /// As the page takes it.
    pub fn facts(&'a self, report: &'a Report) -> YearFacts<'a> {
        let tally = |done, of| Tally { done, of };
        YearFacts {
            customer: self.customer,
            from: date(2026, 1, 1),
            to: self.to,
            report,
            months: &self.months,
            arrived: &self.people[0],
            left: &self.people[1],
            silence: Some(self.silence.clone()),
            questions: tally(41, 48),
            corrections: tally(2, 3),
            issues: tally(4, 4),
            successes: tally(0, 0),
            promises: tally(17, 19),
            first: self.lines[0],
            latest: self.lines[1],
            warmest: self.warmest,
        }
    }
}
