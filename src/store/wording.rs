//! The content words of single mails, for the measures that compare them.
//!
//! What we wrote has them kept as hashes beside it: a report compares thousands of our answers with what was asked.
//! Everything else is read where it stands. What was recorded without its words has none.

use std::cell::RefCell;

use rusqlite::{OptionalExtension, params};

use super::value::word;
use super::writing::Writing;
use super::{Reader, Result, StoreError};
use crate::interaction::Interaction;
use crate::mail::Untrusted;
use crate::measure::{Question, Said, Wording};
use crate::understand::{Automation, Direction, Kind, SignalKind, content_words};

/// Asks the record for content words, one mail at a time. The first error ends the asking; whoever made it
/// asks [`Words::finish`] whether all was answered.
#[derive(Debug)]
pub struct Words<'r> {
    reader: &'r Reader,
    failed: RefCell<Option<StoreError>>,
}

impl Reader {
    /// The content words of single mails.
    pub fn words(&self) -> Words<'_> {
        Words { reader: self, failed: RefCell::new(None) }
    }
}

impl Words<'_> {
    /// Whether everything was answered.
    ///
    /// # Errors
    /// The first error that a question met.
    pub fn finish(self) -> Result<()> {
        self.failed.into_inner().map_or(Ok(()), Err)
    }

    fn ask<T: Default>(&self, question: impl FnOnce(&Reader) -> Result<T>) -> T {
        if self.failed.borrow().is_some() {
            return T::default();
        }
        question(self.reader).unwrap_or_else(|error| {
            self.failed.replace(Some(error));
            T::default()
        })
    }
}

impl Wording for Words<'_> {
    fn questions(&self, interaction: i64) -> Vec<Question> {
        self.ask(|reader| reader.questions(interaction))
    }

    fn sentence(&self, interaction: i64, position: u32) -> Vec<u32> {
        self.ask(|reader| reader.words_of_sentence(interaction, position))
    }

    fn said(&self, interaction: i64) -> Said {
        self.ask(|reader| reader.said(interaction))
    }
}

impl Reader {
    fn questions(&self, interaction: i64) -> Result<Vec<Question>> {
        let sql = "SELECT position, sentence FROM signal_told WHERE interaction = ?1 AND signal = ?2 ORDER BY position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![interaction, word(&SignalKind::Ask)?], |row| {
            let words = content_words::of(row.get_ref("sentence")?.as_str()?);
            Ok(Question { position: row.get("position")?, words })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn words_of_sentence(&self, interaction: i64, position: u32) -> Result<Vec<u32>> {
        let sql = "SELECT sentence FROM signal_told WHERE interaction = ?1 AND position = ?2";
        let read = |row: &rusqlite::Row<'_>| Ok(content_words::of(row.get_ref("sentence")?.as_str()?));
        let found = self.conn.prepare_cached(sql)?.query_row(params![interaction, position], read);
        Ok(found.optional()?.unwrap_or_default())
    }

    fn said(&self, interaction: i64) -> Result<Said> {
        let sql = "SELECT text, quoted FROM content WHERE interaction = ?1";
        let kept = self.conn.prepare_cached(sql)?.query_row([interaction], |row| {
            let quoted = row.get_ref("quoted")?.as_blob_or_null()?.map(unpack).unwrap_or_default();
            Ok(Said { text: unpack(row.get_ref("text")?.as_blob()?), quoted })
        });
        if let Some(said) = kept.optional()? {
            return Ok(said);
        }
        let sql = "SELECT text FROM interaction WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok(content_words::of(row.get_ref("text")?.as_str()?));
        let text = self.conn.prepare_cached(sql)?.query_row([interaction], read);
        Ok(Said { text: text.optional()?.unwrap_or_default(), quoted: Vec::new() })
    }
}

/// Keeps the content words of what a person on our side wrote.
pub(super) fn keep(w: &Writing<'_>, id: i64, interaction: &Interaction) -> Result<()> {
    let personal = interaction.automation == Automation::None && interaction.kind != Kind::Note;
    if !personal || interaction.direction != Direction::Outbound || interaction.text.is_blank() {
        return Ok(());
    }
    let text = pack(&content_words::of(interaction.text.raw()));
    let answered: Vec<&str> = interaction.answered.iter().map(Untrusted::raw).collect();
    let quoted = (!answered.is_empty()).then(|| pack(&content_words::of(&answered.join("\n"))));
    w.run("INSERT INTO content (interaction, text, quoted) VALUES (?1, ?2, ?3)", params![id, text, quoted])?;
    Ok(())
}

fn pack(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn unpack(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| four.first_chunk()).map(|four| u32::from_le_bytes(*four)).collect()
}
