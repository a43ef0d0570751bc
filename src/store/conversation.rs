//! Which interactions belong together: by References, else by base subject and a shared customer.
//!
//! Anyone can name any Message-ID. So a conversation is only how a record is shown, never who it is about;
//! and only what is recorded may join two conversations into one: a stranger's mail cannot.

use std::collections::BTreeSet;

use hmac::Hmac;
use rusqlite::{OptionalExtension, params};
use sha2::Sha256;

use super::Result;
use super::writing::{Writing, number};
use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Outcome};
use crate::mail::MessageId;

/// How long a subject stays the same conversation, in seconds: 180 days.
const SUBJECT_LASTS: i64 = 180 * 86_400;

/// The conversation of an exchange that is about to be recorded.
pub(super) fn of(w: &Writing<'_>, interaction: &Interaction, base: &str, outcome: Outcome) -> Result<i64> {
    let ids = || interaction.message_id.iter().chain(&interaction.conversation);
    let mut known = BTreeSet::new();
    for id in ids() {
        known.extend(by_message(w, id)?);
    }
    let at = interaction.occurred_at.timestamp.as_second();
    let conversation = match known.pop_first() {
        Some(first) => first,
        None => match by_topic(w, base, &interaction.customers, at)? {
            Some(found) => found,
            None => w.insert("INSERT INTO conversation DEFAULT VALUES", [])?,
        },
    };
    if outcome == Outcome::Recorded {
        for other in known {
            join(w, conversation, other)?;
        }
    }
    name_messages(w, conversation, interaction)?;
    note_topic(w, conversation, base, &interaction.customers, at)?;
    Ok(conversation)
}

/// Lets the Message-IDs of an exchange lead to a conversation; the first that claimed one keeps it. Its own was seen.
pub(super) fn name_messages(w: &Writing<'_>, conversation: i64, interaction: &Interaction) -> Result<()> {
    if let Some(own) = &interaction.message_id {
        w.run(
            "INSERT INTO thread (message, conversation, seen) VALUES (?1, ?2, ?3)
             ON CONFLICT (message) DO UPDATE SET seen = excluded.seen WHERE seen IS NULL",
            [thread_key(&w.salted, own.as_str()), conversation, w.upcoming()],
        )?;
    }
    for id in &interaction.conversation {
        let sql = "INSERT INTO thread (message, conversation) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        w.run(sql, [thread_key(&w.salted, id.as_str()), conversation])?;
    }
    Ok(())
}

/// Notes that a mail came to us which is not kept. It may be the first of a conversation.
pub(super) fn note_that_it_came(w: &Writing<'_>, id: &MessageId) -> Result<()> {
    let key = thread_key(&w.salted, id.as_str());
    let sql = "UPDATE thread SET seen = coalesce(seen, ?2) WHERE message = ?1";
    if w.run(sql, [key, w.upcoming()])? == 0 {
        let conversation = w.insert("INSERT INTO conversation DEFAULT VALUES", [])?;
        let sql = "INSERT INTO thread (message, conversation, seen) VALUES (?1, ?2, ?3)";
        w.run(sql, [key, conversation, w.upcoming()])?;
    }
    Ok(())
}

/// Once an unmatched interaction gets a customer, its subject may lead to that customer's conversation.
pub(super) fn settle_in(
    w: &Writing<'_>,
    conversation: i64,
    base: &str,
    customers: &[CustomerId],
    at: i64,
) -> Result<()> {
    if let Some(found) = by_topic(w, base, customers, at)?
        && found != conversation
    {
        join(w, found.min(conversation), found.max(conversation))?;
    }
    note_topic(w, current(w, conversation)?, base, customers, at)
}

/// What a Message-ID is in `thread`.
pub(super) fn thread_key(salted: &Hmac<Sha256>, id: &str) -> i64 {
    number(salted, &["thread", id])
}

fn by_message(w: &Writing<'_>, id: &MessageId) -> Result<Option<i64>> {
    let sql = "SELECT coalesce(c.current, c.id) AS conversation
               FROM thread AS t JOIN conversation AS c ON c.id = t.conversation WHERE t.message = ?1";
    let found =
        w.tx.prepare_cached(sql)?.query_row([thread_key(&w.salted, id.as_str())], |row| row.get("conversation"));
    Ok(found.optional()?)
}

fn current(w: &Writing<'_>, conversation: i64) -> Result<i64> {
    let sql = "SELECT coalesce(current, id) AS conversation FROM conversation WHERE id = ?1";
    Ok(w.tx.prepare_cached(sql)?.query_row([conversation], |row| row.get("conversation"))?)
}

/// Makes two conversations one; the older number stays.
fn join(w: &Writing<'_>, stays: i64, goes: i64) -> Result<()> {
    w.run("UPDATE interaction SET conversation = ?1 WHERE conversation = ?2", [stays, goes])?;
    w.run("UPDATE conversation SET current = ?1 WHERE id = ?2 OR current = ?2", [stays, goes])?;
    Ok(())
}

fn heading(w: &Writing<'_>, customer: &CustomerId, base: &str) -> i64 {
    w.number(&["topic", &customer.0, base])
}

fn by_topic(w: &Writing<'_>, base: &str, customers: &[CustomerId], at: i64) -> Result<Option<i64>> {
    if base.is_empty() {
        return Ok(None);
    }
    let sql = "SELECT coalesce(c.current, c.id) AS conversation
               FROM topic AS t JOIN conversation AS c ON c.id = t.conversation
               WHERE t.heading = ?1 AND ?2 BETWEEN t.first_at - ?3 AND t.last_at + ?3";
    for customer in customers {
        let values = params![heading(w, customer, base), at, SUBJECT_LASTS];
        let found = w.tx.prepare_cached(sql)?.query_row(values, |row| row.get("conversation")).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Remembers the conversation under its heading for each customer; one that rested too long is replaced.
fn note_topic(w: &Writing<'_>, conversation: i64, base: &str, customers: &[CustomerId], at: i64) -> Result<()> {
    if base.is_empty() {
        return Ok(());
    }
    for customer in customers {
        w.run(
            "INSERT INTO topic (heading, conversation, first_at, last_at) VALUES (?1, ?2, ?3, ?3)
             ON CONFLICT (heading) DO UPDATE SET
                first_at = iif(conversation = ?2, min(first_at, ?3), ?3),
                last_at = iif(conversation = ?2, max(last_at, ?3), ?3),
                conversation = ?2",
            params![heading(w, customer, base), conversation, at],
        )?;
    }
    Ok(())
}
