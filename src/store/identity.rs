//! Whether two mails tell of the same exchange.
//!
//! A Message-ID is only a claim: it counts together with the author and the beginning of the new words,
//! and another text under the same Message-ID is another exchange. Without one, or where ids differ
//! (a forward makes its own), author, base subject, original minute and beginning decide. A forward's
//! header block often gives the time without its zone; then a difference that zones can explain (at most
//! 14 hours, whole quarters of an hour) is none. Keys are salted hashes: nobody reads who wrote, and
//! nobody outside can make two of them collide.

use rusqlite::{Row, params};

use super::writing::Writing;
use super::{Result, person};
use crate::interaction::{Interaction, Person};
use crate::understand::{Kind, subject};

/// How many letters and digits of the new words are compared.
const BEGINNING: usize = 120;
/// How many of them must agree when one text ends earlier (a signature recognised here and not there).
const ENOUGH: usize = 24;
/// How far local time and UTC can be apart, in minutes (Line Islands).
const WIDEST_OFFSET: i64 = 14 * 60;
/// What every offset in use is a multiple of, in minutes.
const OFFSET_STEP: i64 = 15;

/// The keys under which one exchange may be found.
pub(super) struct Keys {
    by_message_id: Option<[u8; 16]>,
    /// Under the author's address, contact or name, whichever are known.
    by_author: Vec<[u8; 16]>,
    minute: i64,
    letters: String,
    beginning: i64,
}

impl Keys {
    /// The keys of an exchange. One without Message-ID, author and words has none and is always new.
    pub(super) fn of(w: &Writing<'_>, interaction: &Interaction) -> Keys {
        let letters = letters(interaction.text.raw());
        let base = subject::base(interaction.subject.raw());
        let kind = kind_word(interaction.kind);
        let message_id = interaction.message_id.as_ref();
        // A meeting that is moved has the same author, subject and words; only its Message-ID differs.
        let by_words = !(interaction.kind == Kind::Meeting && message_id.is_some());
        let authors = if by_words && !(letters.is_empty() && base.is_empty()) {
            authors(interaction.author.as_ref())
        } else {
            Vec::new()
        };
        Keys {
            by_message_id: message_id.map(|id| half(w.mark(&["message-id", kind, id.as_str()]))),
            by_author: authors.iter().map(|a| half(w.mark(&["author", kind, a, &base]))).collect(),
            minute: interaction.occurred_at.timestamp.as_second().div_euclid(60),
            beginning: w.number(&["beginning", &letters]),
            letters,
        }
    }
}

/// How many interactions under one key are looked at.
const LOOKED_AT: usize = 200;

/// An interaction that may be the same.
struct Candidate {
    interaction: i64,
    minute: i64,
    beginning: i64,
}

/// The interaction that an exchange is already recorded as.
pub(super) fn find(w: &Writing<'_>, interaction: &Interaction, keys: &Keys) -> Result<Option<i64>> {
    if let Some(key) = &keys.by_message_id {
        for candidate in candidates(w, key, 0, 0)? {
            if same_words(w, &candidate, keys)? && same_author(w, candidate.interaction, interaction)? {
                return Ok(Some(candidate.interaction));
            }
        }
    }
    for key in &keys.by_author {
        let around = (keys.minute - WIDEST_OFFSET, keys.minute + WIDEST_OFFSET);
        let mut near = candidates(w, key, around.0, around.1)?;
        near.sort_by_key(|c| ((c.minute - keys.minute).abs(), c.interaction));
        for candidate in near {
            if same_time(w, &candidate, keys, interaction.exact)? && same_words(w, &candidate, keys)? {
                return Ok(Some(candidate.interaction));
            }
        }
    }
    Ok(None)
}

/// Notes the keys under which an interaction is found from now on. The first holder of a key keeps it.
pub(super) fn remember(w: &Writing<'_>, id: i64, keys: &Keys) -> Result<()> {
    let sql = "INSERT INTO identity (likeness, minute, beginning, interaction) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO NOTHING";
    if let Some(key) = &keys.by_message_id {
        w.run(sql, params![key, 0, keys.beginning, id])?;
    }
    for key in &keys.by_author {
        w.run(sql, params![key, keys.minute, keys.beginning, id])?;
    }
    Ok(())
}

/// What is known under a key, by minute, then in the order of the record. The index has it by minute; sorting the rest
/// here is cheaper than a table that SQLite would set up for it each time.
fn candidates(w: &Writing<'_>, key: &[u8; 16], from: i64, to: i64) -> Result<Vec<Candidate>> {
    let sql = "SELECT interaction, minute, beginning FROM identity
               WHERE likeness = ?1 AND minute BETWEEN ?2 AND ?3 ORDER BY minute";
    let mut statement = w.tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![key, from, to])?;
    let mut found: Vec<Candidate> = Vec::new();
    while let Some(row) = rows.next()? {
        let one = Candidate { interaction: row.get(0)?, minute: row.get(1)?, beginning: row.get(2)? };
        if found.len() >= LOOKED_AT && found.last().is_some_and(|last| last.minute != one.minute) {
            break;
        }
        found.push(one);
    }
    found.sort_unstable_by_key(|c| (c.minute, c.interaction));
    found.truncate(LOOKED_AT);
    Ok(found)
}

/// Equal beginnings, or one text that ends where the other goes on.
fn same_words(w: &Writing<'_>, candidate: &Candidate, keys: &Keys) -> Result<bool> {
    if candidate.beginning == keys.beginning {
        return Ok(true);
    }
    let sql = "SELECT substr(text, 1, 2000) FROM interaction WHERE id = ?1";
    let read = |row: &Row<'_>| Ok(letters(row.get_ref(0)?.as_str()?));
    let recorded = w.tx.prepare_cached(sql)?.query_row([candidate.interaction], read)?;
    let (a, b) = (recorded.as_str(), keys.letters.as_str());
    let shorter = a.chars().count().min(b.chars().count());
    Ok(shorter >= ENOUGH && (a.starts_with(b) || b.starts_with(a)))
}

/// The same minute, or, where a zone was assumed, one that another zone would make the same. Without words
/// to compare, a guess at the zone would be one guess too many.
fn same_time(w: &Writing<'_>, candidate: &Candidate, keys: &Keys, exact: bool) -> Result<bool> {
    let apart = (candidate.minute - keys.minute).abs();
    if apart == 0 {
        return Ok(true);
    }
    let explained = apart <= WIDEST_OFFSET && apart % OFFSET_STEP == 0;
    Ok(explained && !keys.letters.is_empty() && !(exact && is_exact(w, candidate.interaction)?))
}

fn is_exact(w: &Writing<'_>, interaction: i64) -> Result<bool> {
    let sql = "SELECT exact FROM interaction WHERE id = ?1";
    Ok(w.tx.prepare_cached(sql)?.query_row([interaction], |row| row.get(0))?)
}

/// Whether a recorded interaction has the author that an exchange claims.
fn same_author(w: &Writing<'_>, recorded: i64, interaction: &Interaction) -> Result<bool> {
    let people = person::of(&w.tx, recorded)?;
    let author = people.iter().find(|(position, _)| *position == person::AUTHOR).map(|(_, p)| p);
    Ok(match (author, &interaction.author) {
        (Some(one), Some(other)) => person::same(one, other),
        (None, None) => true,
        _ => false,
    })
}

/// The ways to name an author.
fn authors(author: Option<&Person>) -> Vec<String> {
    let Some(author) = author else { return Vec::new() };
    let contact = author.contact.as_ref().map(|c| format!("contact {}", c.0));
    let address = person::address(author).map(|a| format!("address {a}"));
    let known: Vec<String> = contact.into_iter().chain(address).collect();
    match person::name(author) {
        Some(name) if known.is_empty() => vec![format!("name {name}")],
        _ => known,
    }
}

/// The first letters and digits, case folded: what survives quoting, wrapping and re-encoding.
fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(2 * BEGINNING);
    letters.extend(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(BEGINNING));
    letters
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "email",
        Kind::Note => "note",
        Kind::Meeting => "meeting",
    }
}

fn half(mark: [u8; 32]) -> [u8; 16] {
    let mut key = [0; 16];
    for (to, from) in key.iter_mut().zip(mark) {
        *to = from;
    }
    key
}
