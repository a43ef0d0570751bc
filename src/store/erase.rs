//! Forgetting a person: what they wrote, who they were, and every byte of it in the file.
//!
//! Deleted: interactions they wrote, and those on which they were the only one outside. From the rest they are
//! removed, with their address and full name wherever a text holds them, and with what was quoted there, as
//! it may be theirs. Raw mails that hold the address go as well. What remains is a tombstone, an HMAC that says
//! "not this one" to a re-scan and nothing to a reader.
//!
//! Not found here: a first name alone in somebody else's sentence, an address inside an encoded raw mail,
//! backups made earlier, reports published already.
//!
//! Deleting and sweeping are two steps. A flag set in the first makes the next start do the second if something
//! comes between.

use std::collections::BTreeSet;
use std::io::Read;

use jiff::Timestamp;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, params};

use super::epochs::DeliveryId;
use super::mentions::Names;
use super::quarantine::put_away;
use super::raw::{damaged, unpack};
use super::tombstone::{self, REASON};
use super::writing::Writing;
use super::{Result, Store, person};
use crate::failpoint::{self, Step};
use crate::mail::Address;

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// The addresses of the person: the one given, and those of the same contact.
    pub addresses: Vec<String>,
    /// Interactions that were deleted.
    pub interactions: usize,
    /// Interactions from which the person was removed.
    pub removed_from: usize,
    /// Contacts that were deleted.
    pub contacts: usize,
    /// Mails of the quarantine that were deleted.
    pub raw: usize,
    /// Whether free pages and the write-ahead log are swept. `false` while somebody reads the record: the next
    /// start, or the next [`Store::finish_erasing`], does it.
    pub swept: bool,
}

impl Store {
    /// Erases the person at an address, for good.
    pub fn forget(&mut self, address: &Address, now: Timestamp) -> Result<Erased> {
        let whole = self.whole_person(address)?;
        let names = Names::new(&whole.addresses, &whole.names);
        define(&self.reader.conn, &names)?;
        let mut erased = self.write(Step::Forget, |w| {
            let mut erased = Erased { addresses: whole.addresses.iter().cloned().collect(), ..Erased::default() };
            bury(w, &whole, now)?;
            erased.interactions = delete_theirs(w)?;
            erased.removed_from = remove_from_others(w)?;
            blank_texts(w)?;
            erased.raw = delete_raw(w, &names, now)?;
            erased.contacts = delete_contacts(w)?;
            w.run("UPDATE instance SET sweep = 1, unused = 1", [])?;
            Ok(erased)
        })?;
        erased.swept = self.finish_erasing()?;
        Ok(erased)
    }

    /// Ends an erasure that was interrupted between deleting and sweeping; tells whether nothing is left to sweep.
    pub fn finish_erasing(&mut self) -> Result<bool> {
        let conn = &self.reader.conn;
        if !conn.query_row("SELECT sweep FROM instance", [], |row| row.get::<_, bool>("sweep"))? {
            return Ok(true);
        }
        // Rebuilt, as deleting from the index may leave the beginnings of words as signposts.
        failpoint::before(Step::RebuildIndex);
        conn.execute("INSERT INTO fulltext (fulltext) VALUES ('rebuild')", [])?;
        failpoint::after(Step::RebuildIndex);
        failpoint::before(Step::Vacuum);
        conn.execute("VACUUM", [])?;
        failpoint::after(Step::Vacuum);
        if !empty_log(conn)? {
            return Ok(false);
        }
        failpoint::before(Step::EndSweep);
        conn.execute("UPDATE instance SET sweep = 0", [])?;
        failpoint::after(Step::EndSweep);
        empty_log(conn)
    }

    /// Builds the full-text index again from the words it was made of, and the lean rows from the mails.
    pub fn reindex(&mut self) -> Result<()> {
        self.write(Step::RebuildIndex, |w| {
            w.run("INSERT INTO fulltext (fulltext) VALUES ('rebuild')", [])?;
            w.run("DELETE FROM entry", [])?;
            w.run("DELETE FROM changed", [])?;
            // What follows at the end of every transaction makes the rows anew.
            w.run("UPDATE instance SET entered = 0, indexed = (SELECT coalesce(max(id), 0) FROM interaction)", [])?;
            Ok(())
        })
    }

    /// Everything the record knows the person by.
    fn whole_person(&self, address: &Address) -> Result<WholePerson> {
        let conn = &self.reader.conn;
        let address = address.key();
        let column = |sql: &str| -> Result<BTreeSet<String>> {
            let mut statement = conn.prepare(sql)?;
            let rows = statement.query_map([&address], |row| row.get::<_, Option<String>>("found"))?;
            Ok(rows.filter_map(std::result::Result::transpose).collect::<rusqlite::Result<_>>()?)
        };
        let contacts = column("SELECT contact AS found FROM contact_address WHERE address = ?1")?;
        let mut addresses = column(
            "SELECT lower(address) AS found FROM contact_address
             WHERE contact IN (SELECT contact FROM contact_address WHERE address = ?1)",
        )?;
        addresses.insert(address.clone());
        let mut names = BTreeSet::new();
        for one in &addresses {
            let sql = "SELECT name FROM participant WHERE address = ?1 AND team = 0
                       UNION SELECT c.name FROM contact AS c JOIN contact_address AS a
                       ON a.source = c.source AND a.contact = c.id WHERE a.address = ?1";
            let mut statement = conn.prepare(sql)?;
            let found = statement.query_map([one], |row| row.get::<_, Option<String>>("name"))?;
            names.extend(found.filter_map(std::result::Result::transpose).collect::<rusqlite::Result<Vec<_>>>()?);
        }
        Ok(WholePerson { addresses, contacts, names })
    }
}

/// Addresses (folded), contacts and names of one person.
struct WholePerson {
    addresses: BTreeSet<String>,
    contacts: BTreeSet<String>,
    names: BTreeSet<String>,
}

/// Teaches the connection to find and blank the person: `names_person(text)` and `without_person(text)`.
fn define(conn: &Connection, names: &Names) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    let finding = names.clone();
    conn.create_scalar_function("names_person", 1, flags, move |context| {
        Ok(context.get::<Option<String>>(0)?.is_some_and(|text| finding.found_in(&text)))
    })?;
    let blanking = names.clone();
    conn.create_scalar_function("without_person", 1, flags, move |context| {
        Ok(context.get::<Option<String>>(0)?.map(|text| blanking.blank(&text)))
    })?;
    Ok(())
}

/// Tombstones, and the person's addresses and contacts where the statements below can ask for them.
fn bury(w: &Writing<'_>, whole: &WholePerson, now: Timestamp) -> Result<()> {
    w.tx.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS erased_address (address TEXT COLLATE NOCASE PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS erased_contact (contact TEXT PRIMARY KEY);
         DELETE FROM erased_address;
         DELETE FROM erased_contact;",
    )?;
    for address in &whole.addresses {
        tombstone::set(w, address, now)?;
        w.run("INSERT INTO erased_address (address) VALUES (?1)", [address])?;
    }
    for contact in &whole.contacts {
        w.run("INSERT INTO erased_contact (contact) VALUES (?1)", [contact])?;
    }
    Ok(())
}

/// Whether a participant row is the person.
const THEM: &str = "(p.team = 0 AND (p.address IN (SELECT address FROM erased_address)
    OR p.contact IN (SELECT contact FROM erased_contact)))";

fn delete_theirs(w: &Writing<'_>) -> Result<usize> {
    let sql = format!(
        "DELETE FROM interaction WHERE id IN (
            SELECT p.interaction FROM participant AS p WHERE {THEM} AND (p.position = 0 OR NOT EXISTS (
                SELECT 1 FROM participant AS o WHERE o.interaction = p.interaction AND o.team = 0
                AND o.position NOT IN (SELECT position FROM participant AS p
                    WHERE p.interaction = o.interaction AND {THEM}))))"
    );
    w.run(&sql, [])
}

/// Takes the person off what remains, and what is quoted there and in the same conversations.
fn remove_from_others(w: &Writing<'_>) -> Result<usize> {
    let sql = format!("SELECT DISTINCT p.interaction FROM participant AS p WHERE {THEM} ORDER BY p.interaction");
    let touched: Vec<i64> =
        w.tx.prepare(&sql)?.query_map([], |row| row.get("interaction"))?.collect::<rusqlite::Result<_>>()?;
    for id in &touched {
        w.run(
            "UPDATE interaction SET body = NULL, body_follows = 0
             WHERE conversation = (SELECT conversation FROM interaction WHERE id = ?1)",
            [id],
        )?;
        let sql = format!(
            "DELETE FROM participant WHERE interaction = ?1
             AND position IN (SELECT p.position FROM participant AS p WHERE p.interaction = ?1 AND {THEM})"
        );
        w.run(&sql, [id])?;
        let people = person::of(&w.tx, *id)?;
        let line = person::line(people.iter().map(|(_, p)| p));
        w.run("UPDATE interaction SET people = ?2 WHERE id = ?1", params![id, line])?;
        w.run(
            "DELETE FROM interaction_customer WHERE interaction = ?1 AND said = 0
             AND customer NOT IN (SELECT customer FROM participant WHERE interaction = ?1 AND customer IS NOT NULL)
             AND (SELECT count(*) FROM interaction_customer WHERE interaction = ?1) > 1",
            [id],
        )?;
    }
    Ok(touched.len())
}

/// Every column that may hold a stranger's words.
const TEXTS: &[(&str, &str)] = &[
    ("interaction", "subject"),
    ("interaction", "base_subject"),
    ("interaction", "people"),
    ("interaction", "text"),
    ("interaction", "body"),
    ("interaction", "signature"),
    ("interaction", "comment"),
    ("participant", "name"),
    ("signal", "sentence"),
    ("attachment", "name"),
    ("customer", "notes"),
    ("contact", "notes"),
    ("delivery", "subject"),
    ("delivery", "author"),
    ("delivery", "reason"),
    ("mailbox", "failure"),
];

/// Words that are kept by their place in a text are written out where that text will change, or where the name may stand
/// across both.
const WRITTEN_OUT: &[&str] = &[
    "UPDATE interaction SET body = text || body, body_follows = 0 WHERE body_follows AND names_person(text || body)",
    "UPDATE signal SET begins = NULL, bytes = NULL, sentence = (SELECT t.sentence FROM signal_told AS t
        WHERE t.interaction = signal.interaction AND t.position = signal.position)
     WHERE begins IS NOT NULL AND interaction IN (SELECT id FROM interaction WHERE names_person(text))",
];

fn blank_texts(w: &Writing<'_>) -> Result<()> {
    for sql in WRITTEN_OUT {
        w.tx.execute(sql, [])?;
    }
    for (table, column) in TEXTS {
        let sql = format!("UPDATE {table} SET {column} = without_person({column}) WHERE names_person({column})");
        w.tx.execute(&sql, [])?;
    }
    w.tx.execute_batch(
        "UPDATE interaction SET message_id = NULL
            WHERE EXISTS (SELECT 1 FROM erased_address AS e WHERE instr(lower(message_id), e.address) > 0);
         DELETE FROM reference
            WHERE EXISTS (SELECT 1 FROM erased_address AS e WHERE instr(lower(message_id), e.address) > 0);
         DELETE FROM successor WHERE address IN (SELECT address FROM erased_address);
         DELETE FROM failed_recipient WHERE address IN (SELECT address FROM erased_address);
         DELETE FROM forwarding_request WHERE lower(account) IN (SELECT address FROM erased_address);
         DELETE FROM ignored WHERE what IN (SELECT address FROM erased_address);",
    )?;
    Ok(())
}

fn delete_contacts(w: &Writing<'_>) -> Result<usize> {
    w.run("DELETE FROM contact WHERE id IN (SELECT contact FROM erased_contact)", [])
}

/// Puts away every mail of the quarantine whose bytes, subject or author name the person.
fn delete_raw(w: &Writing<'_>, names: &Names, now: Timestamp) -> Result<usize> {
    let mut theirs = Vec::new();
    let mut statement = w.tx.prepare("SELECT delivery, zstd FROM raw ORDER BY delivery")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if holds(&row.get::<_, Vec<u8>>("zstd")?, names)? {
            theirs.push(DeliveryId(row.get("delivery")?));
        }
    }
    for id in &theirs {
        put_away(w, *id, REASON, now)?;
    }
    Ok(theirs.len())
}

/// Whether a compressed mail holds the person, read piece by piece: 150 MB need not fit in memory.
fn holds(packed: &[u8], names: &Names) -> Result<bool> {
    const PIECE: usize = 1 << 20;
    const OVERLAP: usize = 1024;
    let mut mail = unpack(packed)?;
    let mut window: Vec<u8> = Vec::with_capacity(PIECE + OVERLAP);
    loop {
        let read = mail.by_ref().take(PIECE as u64).read_to_end(&mut window).map_err(damaged)?;
        if names.found_in(&String::from_utf8_lossy(&window)) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        window.drain(..window.len().saturating_sub(OVERLAP));
    }
}

/// Writes the log into the file and empties it; `false` when somebody still reads from it.
fn empty_log(conn: &Connection) -> Result<bool> {
    failpoint::before(Step::EmptyLog);
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get("busy"))?;
    failpoint::after(Step::EmptyLog);
    Ok(busy == 0)
}
