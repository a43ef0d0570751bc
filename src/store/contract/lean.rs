//! Lean rows say what the tables say that they are made of: asked after every transaction of every test.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::params;

use crate::contacts::CustomerId;
use crate::failpoint::Step;
use crate::interaction::{Interaction, Outcome, Person};
use crate::mail::{Role, Untrusted};
use crate::measure::{Entry, Record, Roster, Signals, Someone};
use crate::store::sample::*;
use crate::store::value::{column, instant};
use crate::store::writing::Writing;
use crate::store::{Reader, Result, Store, lean, person, record};
use crate::understand::{Automation, Direction, Kind, Signal, SignalKind};

/// An entry with names instead of numbers, so that two records can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spelled {
    interaction: i64,
    at: Timestamp,
    conversation: i64,
    heading: u64,
    customers: Vec<CustomerId>,
    author: Option<Someone>,
    to: Vec<Someone>,
    cc: Vec<Someone>,
    words: u32,
    signals: Signals,
    kind: Kind,
    automation: Automation,
    inbound: bool,
    interleaved: bool,
}

/// The record as the tables tell it, row by row, without a lean row.
fn derived(reader: &Reader, until: Timestamp, watermark: i64) -> Vec<Spelled> {
    let sql = "SELECT * FROM interaction AS i WHERE occurred_at < ?1 AND sequence <= ?2
        AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id) ORDER BY occurred_at, id";
    let mut statement = reader.conn.prepare(sql).unwrap();
    let mut rows = statement.query(params![until.as_second(), watermark]).unwrap();
    let mut last: BTreeMap<String, Someone> = BTreeMap::new();
    let mut entries = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let id: i64 = row.get("id").unwrap();
        let recorded = reader.get(id).unwrap().interaction;
        let customers = recorded.customers.clone();
        let mut lists: [Vec<String>; 3] = Default::default();
        for (position, person) in person::of(&reader.conn, id).unwrap() {
            let author = position == person::AUTHOR;
            if !author && (person.team || person.customer.is_none()) {
                continue;
            }
            let place = match person.participant.role {
                _ if author => 0,
                Role::Cc | Role::Bcc => 2,
                _ => 1,
            };
            let key = key(&person);
            let before = last.remove(&key).unwrap_or_default();
            last.insert(key.clone(), seen(&person, before));
            if !lists[place].contains(&key) {
                lists[place].push(key);
            }
        }
        let signals = recorded.signals.iter().map(|signal| signal.signal).collect();
        entries.push((
            lists,
            Spelled {
                interaction: id,
                at: instant(row, "occurred_at").unwrap(),
                conversation: row.get("conversation").unwrap(),
                heading: lean::heading(&row.get::<_, String>("base_subject").unwrap()),
                customers,
                author: None,
                to: vec![],
                cc: vec![],
                words: row.get("words").unwrap(),
                signals,
                kind: column(row, "kind").unwrap(),
                automation: column(row, "automation").unwrap(),
                inbound: column::<Direction>(row, "direction").unwrap() == Direction::Inbound,
                interleaved: recorded.interleaved,
            },
        ));
    }
    let named = |keys: &[String]| keys.iter().map(|key| last[key].clone()).collect::<Vec<_>>();
    entries
        .into_iter()
        .map(|([author, to, cc], entry)| Spelled {
            author: named(&author).pop(),
            to: named(&to),
            cc: named(&cc),
            ..entry
        })
        .collect()
}

fn key(person: &Person) -> String {
    match &person.contact {
        Some(contact) => format!("contact {}", contact.0),
        None => person::address(person).or_else(|| person::name(person)).unwrap_or_default(),
    }
}

/// Somebody as last seen; the customer's number is left to [`spell`], which knows no roster but its own.
fn seen(person: &Person, before: Someone) -> Someone {
    let name = person.participant.name.as_ref().filter(|name| !name.is_blank()).map(|name| name.raw().to_owned());
    let address = person.participant.address.as_ref().map(|address| address.as_str().to_owned());
    Someone {
        contact: person.contact.clone(),
        customer: None,
        team: person.team,
        name: name.or(before.name),
        address: address.or(before.address),
    }
}

fn spelled(record: &Record) -> Vec<Spelled> {
    record.entries.iter().map(|entry| spell(&record.roster, entry)).collect()
}

fn spell(roster: &Roster, entry: &Entry) -> Spelled {
    let someone = |number| Someone { customer: None, ..roster.person(number).unwrap().clone() };
    Spelled {
        interaction: entry.interaction,
        at: entry.at,
        conversation: entry.conversation,
        heading: entry.heading,
        customers: {
            let named: BTreeSet<_> = entry.customers.iter().map(|number| roster.id(*number).unwrap().clone()).collect();
            named.into_iter().collect()
        },
        author: entry.author.map(someone),
        to: entry.to.iter().copied().map(someone).collect(),
        cc: entry.cc.iter().copied().map(someone).collect(),
        words: entry.words,
        signals: entry.signals,
        kind: entry.kind,
        automation: entry.automation,
        inbound: entry.inbound,
        interleaved: entry.interleaved,
    }
}

/// Large records are compared at some transactions only: comparing reads all of it.
const SMALL: i64 = 100;

/// Compares the record, and nothing but it, with what the tables say.
pub(in crate::store) fn holds(store: &Store) {
    let n: i64 = store.conn.query_row("SELECT count(*) FROM interaction", [], |row| row.get(0)).unwrap();
    let writes = store.conn.total_changes();
    if n <= SMALL || writes.is_multiple_of(17) {
        let record = store.record_as_of(Timestamp::MAX, None).unwrap();
        assert_eq!(spelled(&record), derived(store, Timestamp::MAX, i64::MAX));
        let count = |sql: &str| store.conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM changed"), 0);
        assert_eq!(count("SELECT count(*) FROM entry"), record.entries.len() as i64);
    }
}

fn names(store: &Store) -> Vec<String> {
    let mut statement = store.conn.prepare("SELECT coalesce(name, address) FROM someone ORDER BY 1").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(|name| name.unwrap()).collect()
}

#[test]
fn people_are_called_as_they_last_were_by_then() {
    let (_dir, mut store) = temporary();
    let from =
        |name: &str, at: &str| Person { customer: Some(CustomerId("acme".into())), ..someone(Role::From, name, at) };
    let mail = |minutes, author| Interaction {
        author: Some(author),
        ..mail(&format!("<{minutes}@x>"), minutes, "Plan", &format!("Words of {minutes}"))
    };
    // Recorded in another order than they were sent.
    record(&mut store, mail(20, from("Bo Berg-Ode", "bo@acme.example")));
    record(&mut store, mail(10, from("Bo Berg", "Bo@acme.example")));
    record(&mut store, mail(30, from("", "bo@acme.example")));
    let called = |minutes| {
        let record = store.record_as_of(at(minutes), None).unwrap();
        let numbers: BTreeSet<_> = record.entries.iter().filter_map(|entry| entry.author).collect();
        assert_eq!(numbers.len(), 1, "one person");
        let bo = record.roster.person(*numbers.first().unwrap()).unwrap().clone();
        (bo.name.unwrap(), bo.address.unwrap())
    };
    assert_eq!(called(11), ("Bo Berg".into(), "Bo@acme.example".into()));
    assert_eq!(called(21), ("Bo Berg-Ode".into(), "bo@acme.example".into()));
    assert_eq!(called(31), ("Bo Berg-Ode".into(), "bo@acme.example".into()), "an empty name says nothing");
}

#[test]
fn a_chronicle_says_day_after_day_what_a_fresh_one_says() {
    let (_dir, mut store) = temporary();
    for n in 0..40 {
        let out = n % 3 == 0;
        let bea = Person {
            customer: Some(CustomerId("acme".into())),
            ..someone(Role::Cc, "", &format!("b{}@acme.example", n % 5))
        };
        let (author, to) = if out { (me(Role::From), ann(Role::To)) } else { (ann(Role::From), me(Role::To)) };
        let customers = match n % 7 {
            0 => vec![CustomerId("zeta".into()), CustomerId("acme".into())],
            _ => vec![CustomerId("acme".into())],
        };
        record(
            &mut store,
            Interaction {
                direction: if out { Direction::Outbound } else { Direction::Inbound },
                author: Some(author),
                recipients: vec![to, bea],
                customers,
                ..mail(&format!("<{n}@x>"), (n * 37) % 41, &format!("Plan {}", n % 4), &format!("Words {n}"))
            },
        );
    }
    let mut chronicle = store.chronicle(&[], 30);
    for until in [5, 6, 6, 20, 41] {
        let day = chronicle.advance(&store, at(until), at(0)).unwrap();
        let fresh = store.record_as_of(at(until), Some(30)).unwrap();
        assert_eq!(day.entries, fresh.entries, "numbers and all");
        assert_eq!(spelled(day), derived(&store, at(until), 30));
        assert_eq!(
            format!("{:?}", day.roster.person(crate::measure::PersonNo(0))),
            format!("{:?}", fresh.roster.person(crate::measure::PersonNo(0)))
        );
        assert!(day.entries.iter().all(|entry| entry.customers.is_sorted()));
    }
}

#[test]
fn nobody_stays_by_a_number_who_was_erased_or_expired() {
    let (_dir, mut store) = temporary();
    let bo = |role| Person { customer: Some(CustomerId("acme".into())), ..someone(role, "Bo", "bo@acme.example") };
    record(&mut store, Interaction { recipients: vec![me(Role::To), bo(Role::Cc)], ..mail("<1@x>", 0, "Plan", "One") });
    record(&mut store, Interaction { author: Some(bo(Role::From)), ..mail("<2@x>", 900, "Plan", "Two") });
    assert_eq!(names(&store), ["Ann Li", "Bo"]);
    store.forget(&address("ann@acme.example"), at(1000)).unwrap();
    assert_eq!(names(&store), ["Bo"]);
    store.expire_interactions(at(2000)).unwrap();
    assert!(names(&store).is_empty());
}

#[test]
fn a_record_of_an_earlier_version_catches_up_when_it_is_opened() {
    let (dir, mut store) = temporary();
    let issue = Signal { signal: SignalKind::Issue, sentence: Untrusted::new("Stuck."), due: None };
    record(&mut store, Interaction { signals: vec![issue], ..mail("<1@x>", 0, "Plan", "Stuck.") });
    let reply = Interaction {
        conversation: crate::mail::MessageId::parse_all("<1@x> <0@x>"),
        ..mail("<2@x>", 5, "Re: Plan", "Yes")
    };
    record(&mut store, reply);
    settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", mail("<3@x>", 6, "Hi", "Hello")));
    let before = store.record_as_of(at(99), None).unwrap();
    assert_eq!((before.mentioned[0].ids, before.mentioned[0].unseen), (2, 1));
    store
        .conn
        .execute_batch(
            "DELETE FROM entry; DELETE FROM someone; UPDATE thread SET seen = NULL; UPDATE instance SET entered = 0",
        )
        .unwrap();
    drop(store);
    let reader = Store::open_to_read(&crate::store::Settings { path: dir.path().join("touchbase.db") }).unwrap();
    let after = reader.record_as_of(at(99), None).unwrap();
    assert_eq!((spelled(&after), after.mentioned), (spelled(&before), before.mentioned));
}

/// What may happen to the tables that lean rows are made of: after each of these the rows are compared, as after every
/// transaction.
enum Change {
    /// Whoever does it, as triggers watch.
    Sql(&'static str),
    /// By the one place that adds such rows, which marks it.
    Adds(fn(&Writing<'_>) -> Result<()>),
}

use Change::{Adds, Sql};

const CHANGES: &[Change] = &[
    Sql("UPDATE interaction SET occurred_at = occurred_at - 600 WHERE id = 2"),
    Sql("UPDATE interaction SET words = 99, kind = 'meeting' WHERE id = 1"),
    Sql("UPDATE interaction SET automation = 'bulk', base_subject = 'another' WHERE id = 1"),
    Sql("INSERT INTO conversation (id) VALUES (77); UPDATE interaction SET conversation = 77 WHERE id = 2"),
    Sql("UPDATE interaction SET direction = 'outbound' WHERE id = 2"),
    Adds(|w| person::insert(w, 1, 5, &cy())),
    Sql("UPDATE participant SET name = 'Cy Young', contact = 'cy' WHERE interaction = 1 AND position = 5"),
    Sql("DELETE FROM participant WHERE interaction = 1 AND position = 5"),
    Adds(|w| record::customers(w, 1, &about("zeta")).map(drop)),
    Sql("DELETE FROM interaction_customer WHERE interaction = 1 AND customer = 'zeta'"),
    Adds(|w| record::signs(w, 1, &[success()], "")),
    Sql("UPDATE signal SET signal = 'money' WHERE interaction = 1"),
    Sql("DELETE FROM signal WHERE interaction = 1"),
    Adds(|w| record::interleaved(w, 2)),
    Sql("DELETE FROM interleaved"),
    Sql("UPDATE interaction SET sequence = NULL WHERE id = 2"),
    Sql("UPDATE interaction SET sequence = 2 WHERE id = 2"),
    Sql("DELETE FROM interaction_customer WHERE interaction = 2"),
    Sql("DELETE FROM interaction WHERE id = 1"),
];

fn cy() -> Person {
    Person { customer: Some(CustomerId("acme".into())), ..someone(Role::Cc, "Cy", "cy@acme.example") }
}

fn about(customer: &str) -> Interaction {
    Interaction { customers: vec![CustomerId(customer.into())], ..mail("<1@x>", 0, "Plan", "One") }
}

fn success() -> Signal {
    Signal { signal: SignalKind::Success, sentence: Untrusted::new("We went live."), due: None }
}

/// What is taken away, to see that its loss is noticed.
#[derive(Clone, Copy, PartialEq)]
enum Without<'a> {
    Nothing,
    Trigger(&'a str),
    /// What the change of this place in the list marked.
    Mark(usize),
}

/// Makes every change.
fn change_everything(without: Without<'_>) {
    let (_dir, mut store) = temporary();
    record(&mut store, mail("<1@x>", 0, "Plan", "One"));
    record(&mut store, mail("<2@x>", 20, "Plan", "Two"));
    if let Without::Trigger(trigger) = without {
        store.conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    for (place, change) in CHANGES.iter().enumerate() {
        let make = |w: &Writing<'_>| match change {
            Sql(sql) => Ok(w.tx.execute_batch(sql)?),
            Adds(add) => {
                add(w)?;
                if without == Without::Mark(place) {
                    w.tx.execute_batch("DELETE FROM changed")?;
                }
                Ok(())
            }
        };
        store.write(Step::Settle, make).unwrap();
    }
}

#[test]
fn whatever_changes_a_table_changes_the_rows_made_of_it() {
    change_everything(Without::Nothing);
}

#[test]
fn no_trigger_and_no_mark_is_missed_by_nobody() {
    let (_dir, store) = temporary();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'entry_*' ORDER BY name";
    let mut statement = store.conn.prepare(sql).unwrap();
    let triggers: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(|name| name.unwrap()).collect();
    assert_eq!(triggers.len(), 9);
    let is_noticed = |without| std::panic::catch_unwind(|| change_everything(without)).is_err();
    for trigger in &triggers {
        assert!(is_noticed(Without::Trigger(trigger)), "{trigger} could be dropped");
    }
    let marks: Vec<usize> = (0..CHANGES.len()).filter(|place| matches!(CHANGES[*place], Adds(_))).collect();
    assert_eq!(marks.len(), 4);
    for place in marks {
        assert!(is_noticed(Without::Mark(place)), "change {place} need not be marked");
    }
}
