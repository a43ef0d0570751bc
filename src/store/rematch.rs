//! Who people are, asked again: what happens to the record when the directory changes.
//!
//! Nothing is taken away. Somebody who is known now gets their contact and customer; somebody who left the
//! directory keeps what the record says of them.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::merge::{customers_of, join_record};
use super::value::Columns;
use super::writing::Writing;
use super::{Result, Store, conversation, matters, person};
use crate::contacts::Match;
use crate::failpoint::Step;
use crate::interaction::Person;
use crate::mail::Participant;

impl Store {
    /// Asks `who` about everybody outside the team who ever took part. Unmatched interactions that have a customer
    /// now join the record, with a new sequence number, as of `now`; gives how many did.
    pub fn rematch(&mut self, who: impl Fn(&Participant) -> Match, now: Timestamp) -> Result<usize> {
        self.write(Step::Rematch, |w| {
            for person in strangers_and_known(w)? {
                let found = who(&person.participant);
                let customer = found.customer.or(person.customer.clone());
                let contact = found.contact.or(person.contact.clone());
                let changed = Person { contact, customer, ..person.clone() };
                if changed != person {
                    relink(w, &person, &changed)?;
                }
            }
            join_all(w, now)
        })
    }

    /// Reads unmatched notes again: `named` finds people in a note's subject and words, besides those on it. They
    /// are added; [`Store::rematch`] has the notes join the record.
    pub fn reread_notes(&mut self, named: impl Fn(&str, &[Person]) -> Vec<Person>) -> Result<()> {
        self.write(Step::RereadNotes, |w| {
            for (id, words) in unmatched_notes(w)? {
                let people = person::of(&w.tx, id)?;
                let next = people.iter().map(|(position, _)| position + 1).max().unwrap_or(0).max(person::AUTHOR + 1);
                let mut everybody: Vec<Person> = people.into_iter().map(|(_, person)| person).collect();
                let found = named(&words, &everybody);
                for (place, person) in found.iter().enumerate() {
                    person::insert(w, id, next + place, person)?;
                }
                if !found.is_empty() {
                    everybody.extend(found);
                    let line = person::line(everybody.iter());
                    w.run("UPDATE interaction SET people = ?2 WHERE id = ?1", params![id, line])?;
                    recount(w, id)?;
                }
            }
            Ok(())
        })
    }
}

/// Notes that name nobody known, with their subject and words.
fn unmatched_notes(w: &Writing<'_>) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT id, subject, text FROM interaction WHERE outcome = 'unmatched' AND kind = 'note' ORDER BY id";
    let read = |row: &Row<'_>| {
        let (subject, text): (String, String) = (row.get("subject")?, row.get("text")?);
        Ok((row.get("id")?, format!("{subject}\n{text}")))
    };
    let mut statement = w.tx.prepare_cached(sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Everybody outside the team, once for each way they are written and linked.
fn strangers_and_known(w: &Writing<'_>) -> Result<Vec<Person>> {
    let sql = "SELECT min(role) AS role, name, address, contact, customer, team FROM participant WHERE team = 0
               GROUP BY name, address COLLATE BINARY, contact, customer ORDER BY name, address COLLATE BINARY";
    let mut statement = w.tx.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| person::read(&mut Columns::of(row)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes down who somebody turned out to be, wherever they are written that way.
fn relink(w: &Writing<'_>, old: &Person, new: &Person) -> Result<()> {
    let (name, address) = (&old.participant.name, &old.participant.address);
    let customer = new.customer.as_ref().map(|c| c.0.as_str());
    let sql = "UPDATE participant SET contact = ?5, customer = ?6
               WHERE team = 0 AND name IS ?1 AND address COLLATE BINARY IS ?2 AND contact IS ?3 AND customer IS ?4
               RETURNING interaction";
    let mut statement = w.tx.prepare_cached(sql)?;
    let values = params![
        name.as_ref().map(|n| n.raw()),
        address.as_ref().map(|a| a.as_str()),
        old.contact.as_ref().map(|c| c.0.as_str()),
        old.customer.as_ref().map(|c| c.0.as_str()),
        new.contact.as_ref().map(|c| c.0.as_str()),
        customer,
    ];
    let touched = statement.query_map(values, |row| row.get("interaction"))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    for id in touched {
        recount(w, id)?;
    }
    Ok(())
}

/// The customers of an interaction are those its people explain and those that were named.
fn recount(w: &Writing<'_>, id: i64) -> Result<()> {
    w.run(
        "DELETE FROM interaction_customer WHERE interaction = ?1 AND said = 0
         AND customer NOT IN (SELECT customer FROM participant WHERE interaction = ?1 AND customer IS NOT NULL)",
        [id],
    )?;
    let added = w.run(
        "INSERT INTO interaction_customer (interaction, customer, said)
         SELECT DISTINCT interaction, customer, 0 FROM participant WHERE interaction = ?1 AND customer IS NOT NULL
         ON CONFLICT DO NOTHING",
        [id],
    )?;
    if added > 0 {
        w.changes(id)?;
        matters::number(w, id)?;
    }
    Ok(())
}

/// An unmatched interaction that has a customer now.
struct Joining {
    id: i64,
    conversation: i64,
    base_subject: String,
    occurred_at: i64,
}

fn join_all(w: &Writing<'_>, now: Timestamp) -> Result<usize> {
    let sql = "SELECT i.id, i.conversation, i.base_subject, i.occurred_at FROM interaction AS i
               WHERE i.outcome = 'unmatched'
               AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id)
               ORDER BY i.occurred_at, i.id";
    let read = |row: &Row<'_>| {
        Ok(Joining {
            id: row.get("id")?,
            conversation: row.get("conversation")?,
            base_subject: row.get("base_subject")?,
            occurred_at: row.get("occurred_at")?,
        })
    };
    let joining: Vec<Joining> = w.tx.prepare_cached(sql)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    for one in &joining {
        join_record(w, one.id, now)?;
        let customers = customers_of(w, one.id)?;
        conversation::settle_in(w, one.conversation, &one.base_subject, &customers, one.occurred_at)?;
    }
    Ok(joining.len())
}
