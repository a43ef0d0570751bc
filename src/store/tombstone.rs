//! Tombstones: HMACs of erased addresses, asked before anything is recorded.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;

use super::mentions::{Names, addresses};
use super::writing::{Writing, keyed, mark};
use super::{Reader, Result, Store};
use crate::failpoint::Step;
use crate::interaction::{Interaction, Person};
use crate::mail::{Address, Untrusted};

impl Reader {
    /// Whether the person at an address asked to be erased.
    pub fn is_forgotten(&self, address: &Address) -> Result<bool> {
        Ok(self.conn.prepare_cached(FIND)?.exists([self.tombstone_of(address)?])?)
    }

    /// The mark that stands, or would stand, for an erased person.
    pub(super) fn tombstone_of(&self, address: &Address) -> Result<[u8; 32]> {
        let salt: Vec<u8> = self.conn.query_row("SELECT salt FROM instance", [], |row| row.get("salt"))?;
        Ok(mark(&keyed(&salt)?, &tomb(address.as_str()).each_ref().map(String::as_str)))
    }
}

/// The reason that stands at a delivery whose person was erased.
pub(super) const REASON: &str = "erased on request";

const FIND: &str = "SELECT 1 AS one FROM tombstone WHERE mark = ?1";

fn tomb(address: &str) -> [String; 2] {
    ["forgotten".to_owned(), address.to_lowercase()]
}

/// Sets a tombstone.
pub(super) fn set(w: &Writing<'_>, address: &str, now: Timestamp) -> Result<()> {
    let mark = w.mark(&tomb(address).each_ref().map(String::as_str));
    w.run("INSERT INTO tombstone (mark, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![mark, now.as_second()])?;
    Ok(())
}

/// Sets tombstones of another record of the same salt.
pub(super) fn set_all(store: &mut Store, marks: &BTreeSet<Vec<u8>>, now: Timestamp) -> Result<()> {
    store.write(Step::Forget, |w| {
        for mark in marks {
            let sql = "INSERT INTO tombstone (mark, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            w.run(sql, params![mark, now.as_second()])?;
        }
        Ok(())
    })
}

/// See [`Reader::is_forgotten`].
pub(super) fn is_forgotten(w: &Writing<'_>, address: &str) -> Result<bool> {
    let mark = w.mark(&tomb(address).each_ref().map(String::as_str));
    Ok(w.tx.prepare_cached(FIND)?.exists([mark])?)
}

/// An exchange as it may be recorded: without erased people among the recipients and without their addresses in
/// its words. `None` when an erased person wrote it, or was the only one outside.
pub(super) fn without_the_forgotten<'i>(
    w: &Writing<'_>,
    interaction: &'i Interaction,
) -> Result<Option<Cow<'i, Interaction>>> {
    if !w.forgets {
        return Ok(Some(Cow::Borrowed(interaction)));
    }
    if let Some(author) = &interaction.author
        && erased_person(w, author)?
    {
        return Ok(None);
    }
    let mut kept = interaction.clone();
    kept.recipients.clear();
    for recipient in &interaction.recipients {
        if !erased_person(w, recipient)? {
            kept.recipients.push(recipient.clone());
        }
    }
    let lost_some = kept.recipients.len() < interaction.recipients.len();
    let somebody_outside = kept.author.iter().chain(&kept.recipients).any(|p| !p.team);
    if lost_some && !somebody_outside {
        return Ok(None);
    }
    let left = |c: &_| kept.author.iter().chain(&kept.recipients).any(|p| p.customer.as_ref() == Some(c));
    let lost = |c: &_| lost_some && interaction.recipients.iter().any(|p| p.customer.as_ref() == Some(c)) && !left(c);
    let customers = interaction.customers.iter().filter(|c| !lost(*c)).cloned().collect();
    kept.customers = customers;
    blank_words(w, &mut kept)?;
    Ok(Some(Cow::Owned(kept)))
}

fn erased_person(w: &Writing<'_>, someone: &Person) -> Result<bool> {
    match &someone.participant.address {
        Some(address) if !someone.team => is_forgotten(w, address.as_str()),
        _ => Ok(false),
    }
}

/// Takes erased addresses out of every word of an exchange.
fn blank_words(w: &Writing<'_>, interaction: &mut Interaction) -> Result<()> {
    let mut found = BTreeSet::new();
    let mut texts = vec![&mut interaction.subject, &mut interaction.body, &mut interaction.text];
    texts.extend(interaction.signature.iter_mut());
    texts.extend(interaction.comment.iter_mut());
    texts.extend(interaction.signals.iter_mut().map(|s| &mut s.sentence));
    texts.extend(interaction.answered.iter_mut());
    for text in &texts {
        for address in addresses(text.raw()) {
            if is_forgotten(w, address)? {
                found.insert(address.to_lowercase());
            }
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let names = Names::new(&found, &BTreeSet::new());
    for text in texts {
        *text = Untrusted::new(names.blank(text.raw()));
    }
    Ok(())
}
