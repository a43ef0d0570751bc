//! Participants: the rows that say who was on an interaction, and who of them may be one person.

use rusqlite::{Connection, params};

use super::Result;
use super::value::Columns;
use super::writing::Writing;
use crate::interaction::Person;
use crate::mail::{Address, Participant, Role, Untrusted};
use crate::understand::signature::learned::LastLetters;

/// The place of the author among the participants.
pub(super) const AUTHOR: usize = 0;

/// Writes one participant at a place.
pub(super) fn insert(w: &Writing<'_>, interaction: i64, position: usize, person: &Person) -> Result<()> {
    insert_with(w, interaction, position, person, LastLetters::UNKNOWN)
}

/// Writes the author of a mail that has these last letters.
pub(super) fn insert_author(w: &Writing<'_>, interaction: i64, author: &Person, letters: LastLetters) -> Result<()> {
    insert_with(w, interaction, AUTHOR, author, letters)
}

fn insert_with(
    w: &Writing<'_>,
    interaction: i64,
    position: usize,
    person: &Person,
    letters: LastLetters,
) -> Result<()> {
    let participant = &person.participant;
    w.run(
        "INSERT INTO participant (interaction, position, role, name, address, contact, customer, team, last_letters)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            interaction,
            position as i64,
            participant.role.as_str(),
            participant.name.as_ref().map(Untrusted::raw),
            participant.address.as_ref().map(|a| a.as_str()),
            person.contact.as_ref().map(|c| c.0.as_str()),
            person.customer.as_ref().map(|c| c.0.as_str()),
            person.team,
            letters.kept(),
        ],
    )?;
    w.changes(interaction)
}

/// Who was on an interaction, with their places, the author first if it has one.
pub(super) fn of(conn: &Connection, interaction: i64) -> Result<Vec<(usize, Person)>> {
    let sql = "SELECT position, role, name, address, contact, customer, team FROM participant
               WHERE interaction = ?1 ORDER BY position";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([interaction], |row| {
        let mut columns = Columns::of(row);
        Ok((columns.next::<u32>()? as usize, read(&mut columns)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One participant: role, name, address, contact, customer, team.
pub(super) fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Person> {
    let role = Role::from_word(columns.text()?).unwrap_or(Role::To);
    let name = columns.maybe_text()?.map(Untrusted::new);
    Ok(Person {
        participant: Participant { role, name, address: columns.maybe_word()? },
        contact: columns.maybe_word()?,
        customer: columns.maybe_word()?,
        team: columns.next()?,
    })
}

/// A name as people compare it: case folded, white space as single spaces.
pub(super) fn folded_name(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The folded address of a person, if known.
pub(super) fn address(person: &Person) -> Option<String> {
    person.participant.address.as_ref().map(Address::key)
}

/// The folded name of a person, if it says anything.
pub(super) fn name(person: &Person) -> Option<String> {
    let name = folded_name(person.participant.name.as_ref()?.raw());
    (!name.is_empty()).then_some(name)
}

/// Whether two participants of one exchange may be the same person: one contact, one address, or the
/// same name where one of them came without an address.
pub(super) fn same(one: &Person, other: &Person) -> bool {
    if one.contact.is_some() && one.contact == other.contact {
        return true;
    }
    match (address(one), address(other)) {
        (Some(a), Some(b)) => a == b,
        _ => name(one).is_some() && name(one) == name(other),
    }
}

/// Everybody's names and addresses in one line, for the full-text index.
pub(super) fn line<'p>(people: impl Iterator<Item = &'p Person>) -> String {
    let mut line = String::new();
    for participant in people.map(|p| &p.participant) {
        let words = [participant.name.as_ref().map(Untrusted::raw), participant.address.as_ref().map(|a| a.as_str())];
        for word in words.into_iter().flatten() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    line
}
