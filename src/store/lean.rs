//! Lean rows: what measures need of an interaction, small enough to read a million of them for a report.
//!
//! They say nothing that other tables do not. Those mark what changes or goes in them (the triggers of migration 09), so
//! that whoever rematches, joins conversations or erases knows nothing of lean rows; the few places that add rows mark
//! it themselves ([`Writing::changes`]). [`keep`] makes them true again before the transaction ends. New interactions
//! come after all others and need no mark.
//!
//! [`Writing::changes`]: super::writing::Writing::changes

pub(super) mod facts;

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use self::facts::{Facts, Packed, Scalars, numbers};
use super::conversation::thread_key;
use super::value::{Columns, column};
use super::writing::keyed;
use super::{Result, StoreError, person};
use crate::contacts::CustomerId;
use crate::interaction::Person;
use crate::mail::Role;
use crate::measure::Signals;
use crate::understand::{Direction, SignalKind};

/// The version of the record that has them first.
pub(super) const SINCE: i64 = 9;
/// How many interactions are looked at together.
const AT_A_TIME: i64 = 10_000;

/// Makes the lean rows of what is new and of what changed. Part of every transaction, as its last deed.
pub(super) fn keep(conn: &Connection) -> Result<()> {
    let sql = "SELECT entered, unused, (SELECT max(id) FROM interaction) AS newest FROM instance";
    let read = |row: &Row<'_>| Ok((row.get("entered")?, row.get("unused")?, row.get("newest")?));
    let (entered, unused, newest): (i64, bool, Option<i64>) = conn.prepare_cached(sql)?.query_row([], read)?;
    let newest = newest.unwrap_or(entered);
    let mut numbered = Numbered { conn, someone: HashMap::new(), customers: HashMap::new() };
    // First, as what changes an old row may be a new interaction.
    enter_changed(&mut numbered)?;
    let mut from = entered;
    while from < newest {
        let to = newest.min(from + AT_A_TIME);
        enter(&mut numbered, from + 1, to)?;
        from = to;
    }
    if newest > entered {
        conn.prepare_cached("UPDATE instance SET entered = ?1")?.execute([newest])?;
    }
    if unused {
        drop_unused(conn)?;
    }
    Ok(())
}

/// Whether interactions are older than the lean rows: a record of an earlier version.
pub(super) fn is_behind(conn: &Connection) -> Result<bool> {
    let sql = "SELECT entered < coalesce((SELECT max(id) FROM interaction), 0) AS behind FROM instance";
    Ok(conn.query_row(sql, [], |row| row.get("behind"))?)
}

/// Makes the lean rows of a record that an earlier version wrote, and notes which Message-IDs came to us.
pub(super) fn catch_up(conn: &Connection) -> Result<()> {
    keep(conn)?;
    let salt: Vec<u8> = conn.query_row("SELECT salt FROM instance", [], |row| row.get("salt"))?;
    let salted = keyed(&salt)?;
    let sql = "SELECT message_id, coalesce(sequence, 0) AS seen FROM interaction
               WHERE message_id IS NOT NULL ORDER BY id";
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut note = conn.prepare("UPDATE thread SET seen = ?2 WHERE message = ?1 AND seen IS NULL")?;
    while let Some(row) = rows.next()? {
        let id = row.get_ref("message_id")?.as_str().map_err(rusqlite::Error::from)?;
        note.execute(params![thread_key(&salted, id), row.get::<_, i64>("seen")?])?;
    }
    Ok(())
}

fn enter_changed(numbered: &mut Numbered<'_>) -> Result<()> {
    let conn = numbered.conn;
    let mut statement = conn.prepare_cached("SELECT interaction FROM changed ORDER BY interaction")?;
    let changed = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    for id in &changed {
        let sql = "DELETE FROM entry WHERE interaction = ?1
                   AND at = (SELECT occurred_at FROM interaction WHERE id = ?1)";
        conn.prepare_cached(sql)?.execute([id])?;
        enter(numbered, *id, *id)?;
    }
    if !changed.is_empty() {
        conn.prepare_cached("DELETE FROM changed")?.execute([])?;
    }
    Ok(())
}

/// Writes the rows of the interactions of these numbers that are on record with a customer.
fn enter(numbered: &mut Numbered<'_>, from: i64, to: i64) -> Result<()> {
    let conn = numbered.conn;
    let mut customers = grouped(conn, CUSTOMERS, from, to, |row| column::<CustomerId>(row, "customer"))?;
    if customers.is_empty() {
        return Ok(());
    }
    let mut people = grouped(conn, PEOPLE, from, to, |row| {
        let mut columns = Columns::of(row);
        let (_interaction, position) = (columns.next::<i64>()?, columns.next()?);
        Ok((position, person::read(&mut columns)?))
    })?;
    let mut signals = grouped(conn, SIGNALS, from, to, |row| column::<SignalKind>(row, "signal"))?;
    let mut rows = conn.prepare_cached(INTERACTIONS)?;
    let mut rows = rows.query([from, to])?;
    let sql = "INSERT INTO entry (at, interaction, sequence, facts) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = conn.prepare_cached(sql)?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        let Some(customers) = customers.remove(&id) else { continue };
        let signals = signals.remove(&id).unwrap_or_default().into_iter().collect();
        let mut facts = Facts { scalars: scalars(row, signals)?, customers: vec![], to: vec![], cc: vec![] };
        for customer in customers {
            facts.customers.push(numbered.customer(customer)?);
        }
        numbered.add_people(&mut facts, people.remove(&id).unwrap_or_default())?;
        insert.execute(params![row.get::<_, i64>("occurred_at")?, id, row.get::<_, i64>("sequence")?, facts.pack()])?;
    }
    Ok(())
}

const INTERACTIONS: &str =
    "SELECT id, sequence, occurred_at, kind, direction, automation, conversation, words, base_subject,
        EXISTS (SELECT 1 FROM interleaved AS b WHERE b.interaction = i.id) AS interleaved
     FROM interaction AS i WHERE id BETWEEN ?1 AND ?2 AND sequence IS NOT NULL ORDER BY id";
const CUSTOMERS: &str = "SELECT interaction, customer FROM interaction_customer
     WHERE interaction BETWEEN ?1 AND ?2 ORDER BY interaction, customer";
const PEOPLE: &str = "SELECT interaction, position, role, name, address, contact, customer, team FROM participant
     WHERE interaction BETWEEN ?1 AND ?2 AND (position = 0 OR (team = 0 AND customer IS NOT NULL))
     ORDER BY interaction, position";
const SIGNALS: &str = "SELECT interaction, signal FROM signal WHERE interaction BETWEEN ?1 AND ?2";

fn scalars(row: &Row<'_>, signals: Signals) -> rusqlite::Result<Scalars> {
    Ok(Scalars {
        inbound: column::<Direction>(row, "direction")? == Direction::Inbound,
        interleaved: row.get("interleaved")?,
        kind: column(row, "kind")?,
        automation: column(row, "automation")?,
        signals,
        words: row.get("words")?,
        conversation: row.get("conversation")?,
        author: 0,
        heading: heading(row.get_ref("base_subject")?.as_str()?),
    })
}

/// A base subject as a number that is the same in every version of this program.
pub(super) fn heading(base_subject: &str) -> u64 {
    let hash: [u8; 32] = Sha256::digest(base_subject).into();
    hash.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// What rows of interactions say, by interaction.
fn grouped<T>(
    conn: &Connection,
    sql: &str,
    from: i64,
    to: i64,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<HashMap<i64, Vec<T>>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([from, to])?;
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    while let Some(row) = rows.next()? {
        groups.entry(row.get("interaction")?).or_default().push(read(row)?);
    }
    Ok(groups)
}

/// Numbers for people and customers, those of this transaction remembered.
struct Numbered<'c> {
    conn: &'c Connection,
    someone: HashMap<Written, u64>,
    customers: HashMap<CustomerId, u64>,
}

/// Somebody as one mail writes them: contact, customer, team, name, address.
type Written = (Option<String>, Option<String>, bool, Option<String>, Option<String>);

impl Numbered<'_> {
    /// The author, whoever it is, and the people of customers it was addressed to.
    fn add_people(&mut self, facts: &mut Facts, people: Vec<(i64, Person)>) -> Result<()> {
        for (position, person) in people {
            let role = person.participant.role;
            let number = self.someone(person)?;
            match role {
                _ if position == person::AUTHOR as i64 => facts.scalars.author = number,
                Role::Cc | Role::Bcc => facts.cc.push(number),
                _ => facts.to.push(number),
            }
        }
        Ok(())
    }

    fn someone(&mut self, person: Person) -> Result<u64> {
        let name = person.participant.name.filter(|name| !name.is_blank()).map(|name| name.raw().to_owned());
        let address = person.participant.address.map(|address| address.as_str().to_owned());
        let written = (person.contact.map(|id| id.0), person.customer.map(|id| id.0), person.team, name, address);
        if let Some(number) = self.someone.get(&written) {
            return Ok(*number);
        }
        let (contact, customer, team, name, address) = &written;
        let values = params![address, name, contact, customer, team];
        let find = "SELECT id FROM someone
            WHERE address IS ?1 AND name IS ?2 AND contact IS ?3 AND customer IS ?4 AND team IS ?5";
        let insert = "INSERT INTO someone (address, name, contact, customer, team) VALUES (?1, ?2, ?3, ?4, ?5)";
        let known = self.conn.prepare_cached(find)?.query_row(values, |row| row.get::<_, i64>("id")).optional()?;
        let number = match known {
            Some(number) => number,
            None => self.conn.prepare_cached(insert)?.insert(values)?,
        };
        Ok(*self.someone.entry(written).or_insert(number.unsigned_abs()))
    }

    fn customer(&mut self, customer: CustomerId) -> Result<u64> {
        if let Some(number) = self.customers.get(&customer) {
            return Ok(*number);
        }
        let find = "SELECT id FROM customer_number WHERE customer = ?1";
        let insert = "INSERT INTO customer_number (customer) VALUES (?1)";
        let known = self.conn.prepare_cached(find)?.query_row([&customer.0], |row| row.get::<_, i64>("id"));
        let number = match known.optional()? {
            Some(number) => number,
            None => self.conn.prepare_cached(insert)?.insert([&customer.0])?,
        };
        Ok(*self.customers.entry(customer).or_insert(number.unsigned_abs()))
    }
}

/// Lets go of whom and of which customers no row refers to any more: nobody who was erased stays by a number.
fn drop_unused(conn: &Connection) -> Result<()> {
    let (mut someone, mut customers) = (HashSet::new(), HashSet::new());
    let mut statement = conn.prepare_cached("SELECT facts FROM entry")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let packed = packed(row, 0)?;
        someone.insert(packed.scalars.author);
        someone.extend(numbers(packed.to).chain(numbers(packed.cc)));
        customers.extend(numbers(packed.customers));
    }
    for (table, used) in [("someone", someone), ("customer_number", customers)] {
        let mut statement = conn.prepare_cached(&format!("SELECT id FROM {table}"))?;
        let all = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        for id in all.into_iter().filter(|id| !used.contains(&id.unsigned_abs())) {
            conn.prepare_cached(&format!("DELETE FROM {table} WHERE id = ?1"))?.execute([id])?;
        }
    }
    conn.prepare_cached("UPDATE instance SET unused = 0")?.execute([])?;
    Ok(())
}

/// The facts of a row, as they lie in one of its columns.
pub(super) fn packed<'r>(row: &'r Row<'_>, column: usize) -> Result<Packed<'r>> {
    let bytes = row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?;
    Packed::read(bytes).ok_or_else(unreadable)
}

/// The error for a lean row that this program did not write.
pub(super) fn unreadable() -> StoreError {
    StoreError::Defect("a lean row cannot be read".to_owned())
}
