//! How an author's latest mails ended, which tells where the next one's signature begins.
//!
//! The words are asked for where they stand, so that there is nothing more to
//! erase. Beside each author stand a mail's last letters, as a number
//! ([`LastLetters`]): most mails end otherwise, and are not read.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::value::instant;
use super::writing::Writing;
use super::{Reader, Result};
use crate::interaction::Interaction;
use crate::mail::{Address, Moment, Untrusted};
use crate::understand::signature::learned::{Earlier, LastLetters, Latest};

/// Mails that are asked, and the last characters of each that are read.
const LATEST: u32 = 12;
const LAST: usize = 4_000;

impl Reader {
    /// The latest mails of an author that a person wrote, as far as they may end as `text` does.
    pub fn earlier_mails(&self, author: &Address, text: &Untrusted) -> Result<Latest> {
        latest(&self.conn, author, text)
    }
}

/// The exchange without the lines that ended earlier mails of its author; `None` when they tell nothing new.
pub(super) fn taken_off(w: &Writing<'_>, interaction: &Interaction) -> Result<Option<Interaction>> {
    let Some(author) = interaction.whose_ending() else { return Ok(None) };
    let earlier = latest(&w.tx, author, &interaction.text)?;
    Ok(interaction.signed_as(&earlier, w.lists).map(|(signed, _)| signed))
}

const LATEST_OF_AUTHOR: &str = "SELECT interaction, last_letters FROM participant
    WHERE position = 0 AND address = ?1 ORDER BY interaction DESC LIMIT ?2";
const PERSONS_MAIL: &str = "SELECT occurred_at, offset_seconds, text, signature FROM interaction
    WHERE id = ?1 AND kind = 'email' AND automation = 'none'";

fn latest(conn: &Connection, author: &Address, text: &Untrusted) -> Result<Latest> {
    let asked = LastLetters::asked(text.raw());
    let mut latest = Latest::default();
    let mut statement = conn.prepare_cached(LATEST_OF_AUTHOR)?;
    let mut rows = statement.query(params![author.as_str(), LATEST])?;
    let mut mail = conn.prepare_cached(PERSONS_MAIL)?;
    while let Some(row) = rows.next()? {
        let (interaction, letters): (i64, LastLetters) = (row.get(0)?, LastLetters::from_kept(row.get(1)?));
        match letters {
            LastLetters::NOBODYS => {}
            letters if letters.may_be(asked) => latest.alike.extend(mail.query_row([interaction], read).optional()?),
            _ => latest.others += 1,
        }
    }
    Ok(latest)
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
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
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
