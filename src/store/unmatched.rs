//! People nobody knows yet: proposed as contacts, never invented, and forgotten after a while.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::value::{Columns, column, instant};
use super::{Reader, Result, Store};
use crate::contacts::CustomerId;
use crate::failpoint::Step;
use crate::mail::{Address, Domain, Untrusted};

/// How many subjects are shown for a person.
const SAMPLE: usize = 3;

/// Somebody on unmatched interactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedPerson {
    /// Their address.
    pub address: Address,
    /// The name they used last, if any.
    pub name: Option<Untrusted>,
    /// On how many unmatched interactions they are.
    pub count: u64,
    /// The first of them.
    pub first: Timestamp,
    /// The latest of them.
    pub last: Timestamp,
    /// The latest subjects, newest first, at most three.
    pub subjects: Vec<Untrusted>,
    /// A customer whose people have addresses at the same domain.
    pub guess: Option<CustomerId>,
}

/// What is not to be proposed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ignored {
    /// One address.
    Address(Address),
    /// Everybody at a domain.
    Domain(Domain),
}

impl Ignored {
    fn as_str(&self) -> &str {
        match self {
            Ignored::Address(address) => address.as_str(),
            Ignored::Domain(domain) => domain.as_str(),
        }
    }
}

impl Reader {
    /// Everybody on unmatched interactions who is not ignored, the most frequent first, then by address.
    /// Domains that `is_shared` (freemail) suggest no customer.
    pub fn unmatched_people(&self, is_shared: impl Fn(&Domain) -> bool) -> Result<Vec<UnmatchedPerson>> {
        let mut people: BTreeMap<String, UnmatchedPerson> = BTreeMap::new();
        let sql = "SELECT p.address, p.name, i.occurred_at, i.subject
                   FROM interaction AS i INDEXED BY interaction_unmatched CROSS JOIN participant AS p ON p.interaction = i.id
                   WHERE i.outcome = 'unmatched' AND p.team = 0 AND p.address IS NOT NULL
                   AND p.address NOT IN (SELECT what FROM ignored)
                   AND substr(p.address, instr(p.address, '@') + 1) NOT IN (SELECT what FROM ignored)
                   GROUP BY i.id, p.address ORDER BY i.occurred_at, i.id, p.address";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let seen = sighting(row)?;
            let key = seen.address.key();
            match people.get_mut(&key) {
                Some(known) => see_again(known, seen),
                None => drop(people.insert(key, seen)),
            }
        }
        let mut people: Vec<UnmatchedPerson> = people.into_values().collect();
        let homes = if people.is_empty() { BTreeMap::new() } else { self.homes()? };
        for person in &mut people {
            person.guess = Some(person.address.domain()).filter(|d| !is_shared(d)).and_then(|d| homes.get(&d).cloned());
        }
        people.sort_by_key(|p| std::cmp::Reverse(p.count));
        Ok(people)
    }

    /// Domains at which exactly one customer is at home, by its own list or its people's addresses.
    fn homes(&self) -> Result<BTreeMap<Domain, CustomerId>> {
        let sql = "SELECT home, min(customer) AS customer FROM (
                SELECT domain AS home, customer FROM customer_domain
                UNION SELECT lower(substr(a.address, instr(a.address, '@') + 1)), c.customer
                FROM contact_address AS a JOIN contact AS c ON c.source = a.source AND c.id = a.contact)
            GROUP BY home HAVING count(DISTINCT customer) = 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let mut columns = Columns::of(row);
            Ok((columns.word()?, columns.word()?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What is ignored, in alphabetical order, each as `address` or `domain`.
    pub fn ignored(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached("SELECT what FROM ignored ORDER BY what")?;
        let rows = statement.query_map([], |row| row.get("what"))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Store {
    /// Proposes an address, or anybody at a domain, no more.
    pub fn ignore(&mut self, what: &Ignored, now: Timestamp) -> Result<()> {
        self.write(Step::Ignore, |w| {
            let sql = "INSERT INTO ignored (what, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            w.run(sql, params![what.as_str(), now.as_second()])?;
            Ok(())
        })
    }

    /// Lets unmatched interactions go that were kept since before `before`; gives how many. Their deliveries
    /// stay known, so that the same mails are not read again.
    pub fn expire_unmatched(&mut self, before: Timestamp) -> Result<usize> {
        self.write(Step::ExpireUnmatched, |w| {
            let sql = "DELETE FROM interaction WHERE outcome = 'unmatched' AND recorded_at < ?1";
            w.run(sql, [before.as_second()])
        })
    }

    /// Lets interactions go that happened before `before` (`keep-days`); gives how many.
    pub fn expire_interactions(&mut self, before: Timestamp) -> Result<usize> {
        self.write(Step::ExpireInteractions, |w| {
            w.run("DELETE FROM interaction WHERE occurred_at < ?1", [before.as_second()])
        })
    }
}

/// One appearance on one interaction.
fn sighting(row: &Row<'_>) -> rusqlite::Result<UnmatchedPerson> {
    let at = instant(row, "occurred_at")?;
    Ok(UnmatchedPerson {
        address: column(row, "address")?,
        name: row.get::<_, Option<String>>("name")?.map(Untrusted::new),
        count: 1,
        first: at,
        last: at,
        subjects: vec![Untrusted::new(row.get::<_, String>("subject")?)],
        guess: None,
    })
}

/// Adds a later appearance.
fn see_again(known: &mut UnmatchedPerson, seen: UnmatchedPerson) {
    known.count += 1;
    known.last = seen.last;
    known.name = seen.name.or(known.name.take());
    for subject in seen.subjects {
        known.subjects.retain(|s| *s != subject);
        known.subjects.insert(0, subject);
    }
    known.subjects.truncate(SAMPLE);
}
