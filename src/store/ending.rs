//! How an author's latest mails ended, which tells where the next one's signature begins.
//!
//! Nothing is kept for it: the words are asked for where they stand. So there is
//! nothing more to erase, and what was recorded before is known as well.

use rusqlite::{Connection, Row, params};

use super::value::instant;
use super::writing::Writing;
use super::{Reader, Result};
use crate::interaction::Interaction;
use crate::mail::{Address, Moment, Untrusted};
use crate::understand::signature::learned::Earlier;

/// Mails that are asked, and the last characters of each that are read.
const LATEST: u32 = 12;
const LAST: usize = 4_000;

impl Reader {
    /// The latest mails of an author, those that a person wrote.
    pub fn earlier_mails(&self, author: &Address) -> Result<Vec<Earlier>> {
        earlier(&self.conn, author)
    }
}

/// The exchange without the lines that ended earlier mails of its author; `None` when they tell nothing new.
pub(super) fn taken_off(w: &Writing<'_>, interaction: &Interaction) -> Result<Option<Interaction>> {
    let Some(author) = interaction.whose_ending() else { return Ok(None) };
    Ok(interaction.signed_as(&earlier(&w.tx, author)?, w.lists).map(|(signed, _)| signed))
}

const LATEST_OF_AUTHOR: &str = "SELECT i.occurred_at, i.offset_seconds, i.text, i.signature
    FROM (SELECT interaction FROM participant WHERE position = 0 AND address = ?1
          ORDER BY interaction DESC LIMIT ?2) AS latest
    JOIN interaction AS i ON i.id = latest.interaction
    WHERE i.kind = 'email' AND i.automation = 'none'";

fn earlier(conn: &Connection, author: &Address) -> Result<Vec<Earlier>> {
    let mut statement = conn.prepare_cached(LATEST_OF_AUTHOR)?;
    let rows = statement.query_map(params![author.as_str(), LATEST], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Earlier> {
    Ok(Earlier {
        // Cut here, as SQL would count its way through all of it.
        text: Untrusted::new(last(row.get_ref("text")?.as_str()?)),
        signature: row.get::<_, Option<String>>("signature")?.map(Untrusted::new),
        sent: Moment::new(instant(row, "occurred_at")?, row.get("offset_seconds")?),
    })
}

/// The last [`LAST`] characters.
fn last(text: &str) -> &str {
    let beginning = if text.len() > LAST { text.char_indices().nth_back(LAST - 1) } else { None };
    text.get(beginning.map_or(0, |(at, _)| at)..).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sample::temporary;

    #[test]
    fn one_look_into_an_index_finds_the_latest_mails() {
        let (_dir, store) = temporary();
        let sql = "EXPLAIN QUERY PLAN ".to_owned() + LATEST_OF_AUTHOR;
        let mut statement = store.conn.prepare(&sql).unwrap();
        let rows = statement.query_map(params!["ann@acme.example", LATEST], |row| row.get::<_, String>("detail"));
        let plan: Vec<String> = rows.unwrap().map(|row| row.unwrap()).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("COVERING INDEX participant_author (address=?)"), "{plan}");
        assert!(!plan.contains("SCAN i") && !plan.contains("SCAN participant"), "{plan}");
    }

    #[test]
    fn of_a_long_text_the_end_is_read() {
        for letter in ["a", "\u{e9}", "\u{4f60}", "\u{1f600}"] {
            let exactly = letter.repeat(LAST);
            assert_eq!(last(&exactly), exactly);
            assert_eq!(last(&format!("more{exactly}")), exactly);
        }
        assert_eq!((last(""), last("a")), ("", "a"));
    }
}
