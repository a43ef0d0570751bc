//! The same exchange found again: what the second mail knows and the first did not is filled in, and
//! nothing is doubled.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::value::{column, word};
use super::writing::Writing;
use super::{Result, conversation, matters, person, record};
use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Outcome, Person};
use crate::mail::{Role, Untrusted};

/// What the record says so far.
struct Known {
    outcome: Outcome,
    exact: bool,
    message_id: Option<String>,
    conversation: i64,
    base_subject: String,
    occurred_at: i64,
    comment: Option<String>,
}

/// Completes interaction `id` with what another mail tells of the same exchange.
pub(super) fn complete(w: &Writing<'_>, id: i64, again: &Interaction, outcome: Outcome, now: Timestamp) -> Result<()> {
    let known = known(w, id)?;
    fill_facts(w, id, &known, again)?;
    fill_people(w, id, again)?;
    if record::customers(w, id, again)? {
        matters::number(w, id)?;
    }
    fill_conversation(w, id, &known, again)?;
    // What was set aside may have been kept without its words, and gets none now.
    if known.outcome != Outcome::SetAside {
        fill_comment(w, id, &known, again.comment.as_ref())?;
        fill_attachments(w, id, again)?;
    }
    if known.outcome == Outcome::Unmatched && outcome == Outcome::Recorded {
        join_record(w, id, now)?;
        let at = known.occurred_at;
        conversation::settle_in(w, known.conversation, &known.base_subject, &again.customers, at)?;
    }
    Ok(())
}

/// An unmatched interaction that has a customer now becomes part of the record.
pub(super) fn join_record(w: &Writing<'_>, id: i64, now: Timestamp) -> Result<()> {
    w.run(
        "UPDATE interaction SET outcome = ?2, sequence = ?3, recorded_at = ?4 WHERE id = ?1",
        params![id, word(&Outcome::Recorded)?, w.next_sequence(), now.as_second()],
    )?;
    w.run(
        "UPDATE delivery SET outcome = ?2, reason = NULL WHERE outcome = ?3
         AND id IN (SELECT delivery FROM delivery_interaction WHERE interaction = ?1)",
        params![id, word(&Outcome::Recorded)?, word(&Outcome::Unmatched)?],
    )?;
    Ok(())
}

fn known(w: &Writing<'_>, id: i64) -> Result<Known> {
    let sql = "SELECT outcome, exact, message_id, conversation, base_subject, occurred_at, comment
               FROM interaction WHERE id = ?1";
    let read = |row: &Row<'_>| {
        Ok(Known {
            outcome: column(row, "outcome")?,
            exact: row.get("exact")?,
            message_id: row.get("message_id")?,
            conversation: row.get("conversation")?,
            base_subject: row.get("base_subject")?,
            occurred_at: row.get("occurred_at")?,
            comment: row.get("comment")?,
        })
    };
    Ok(w.tx.prepare_cached(sql)?.query_row([id], read)?)
}

/// The Message-ID and the exact time.
fn fill_facts(w: &Writing<'_>, id: i64, known: &Known, again: &Interaction) -> Result<()> {
    if let (None, Some(message_id)) = (&known.message_id, &again.message_id) {
        w.run("UPDATE interaction SET message_id = ?2 WHERE id = ?1", params![id, message_id.as_str()])?;
    }
    if again.exact && !known.exact {
        let at = again.occurred_at;
        w.run(
            "UPDATE interaction SET occurred_at = ?2, offset_seconds = ?3, exact = 1 WHERE id = ?1",
            params![id, at.timestamp.as_second(), at.offset_seconds],
        )?;
    }
    Ok(())
}

/// A second colleague's comment stands below the first one's.
fn fill_comment(w: &Writing<'_>, id: i64, known: &Known, again: Option<&Untrusted>) -> Result<()> {
    let Some(new) = again.filter(|c| !c.is_blank()).map(Untrusted::raw) else { return Ok(()) };
    let comment = match &known.comment {
        None => new.to_owned(),
        Some(old) if old.contains(new) => return Ok(()),
        Some(old) => format!("{old}\n\n{new}"),
    };
    w.run("UPDATE interaction SET comment = ?2 WHERE id = ?1", params![id, comment])?;
    Ok(())
}

/// Adds whoever was not named before, and the address of whoever was named without one.
fn fill_people(w: &Writing<'_>, id: i64, again: &Interaction) -> Result<()> {
    let mut people = person::of(&w.tx, id)?;
    let mut next = people.iter().map(|(position, _)| position + 1).max().unwrap_or(0).max(person::AUTHOR + 1);
    let mut changed = false;
    for new in again.author.iter().chain(&again.recipients) {
        match people.iter_mut().find(|(_, old)| person::same(old, new)) {
            Some((position, old)) => changed |= fill_person(w, id, *position, old, new)?,
            None => {
                let author = again.author.as_ref().is_some_and(|a| std::ptr::eq(a, new));
                let free = author && !people.iter().any(|(position, _)| *position == person::AUTHOR);
                let position = if free { person::AUTHOR } else { next };
                // Another author than the recorded one cannot be a recipient; a name that differs in spelling can be.
                if author && !free {
                    continue;
                }
                person::insert(w, id, position, new)?;
                people.push((position, new.clone()));
                next = next.max(position + 1);
                changed = true;
            }
        }
    }
    if changed {
        let line = person::line(people.iter().map(|(_, p)| p));
        w.run("UPDATE interaction SET people = ?2 WHERE id = ?1", params![id, line])?;
    }
    Ok(())
}

/// Fills what one participant lacks; tells whether there was anything.
fn fill_person(w: &Writing<'_>, id: i64, position: usize, old: &mut Person, new: &Person) -> Result<bool> {
    let before = old.clone();
    let (known, found) = (&mut old.participant, &new.participant);
    known.name = known.name.take().or_else(|| found.name.clone());
    known.address = known.address.take().or_else(|| found.address.clone());
    // A copy that shows To or Cc knows better than a Bcc that was guessed from the envelope.
    if known.role == Role::Bcc && matches!(found.role, Role::To | Role::Cc) {
        known.role = found.role;
    }
    old.contact = old.contact.take().or_else(|| new.contact.clone());
    old.customer = old.customer.take().or_else(|| new.customer.clone());
    old.team |= new.team;
    if *old == before {
        return Ok(false);
    }
    w.run("DELETE FROM participant WHERE interaction = ?1 AND position = ?2", params![id, position as i64])?;
    person::insert(w, id, position, old)?;
    Ok(true)
}

/// The references, where the first mail had none, and what they lead to.
fn fill_conversation(w: &Writing<'_>, id: i64, known: &Known, again: &Interaction) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM reference WHERE interaction = ?1) AS found";
    let found: bool = w.tx.prepare_cached(sql)?.query_row([id], |row| row.get("found"))?;
    if !found {
        record::references(w, id, &again.conversation)?;
    }
    conversation::name_messages(w, known.conversation, again)
}

fn fill_attachments(w: &Writing<'_>, id: i64, again: &Interaction) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachment WHERE interaction = ?1) AS found";
    let found: bool = w.tx.prepare_cached(sql)?.query_row([id], |row| row.get("found"))?;
    if found { Ok(()) } else { record::attachments(w, id, &again.attachments) }
}

/// The customers that an interaction is about, sorted.
pub(super) fn customers_of(w: &Writing<'_>, id: i64) -> Result<Vec<CustomerId>> {
    let sql = "SELECT customer FROM interaction_customer WHERE interaction = ?1 ORDER BY customer";
    let mut statement = w.tx.prepare_cached(sql)?;
    let rows = statement.query_map([id], |row| column(row, "customer"))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
