//! Matters: what stays open until something follows, and what people decide about it.
//!
//! A number is given when the interaction has a customer ([`number`]) and dies with it. Decisions
//! are added, never changed: as of an earlier instant a matter stands as it stood then, whatever was decided since.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Params, Row, params};

use super::value::{Columns, column, instant, maybe, maybe_date, word};
use super::writing::Writing;
use super::{Reader, Result, Store, person};
use crate::contacts::CustomerId;
use crate::failpoint::Step;
use crate::interaction::Person;
use crate::mail::Untrusted;
use crate::measure::{Closed, Matter};
use crate::understand::SignalKind;

/// The signals that may become matters.
pub(super) const MATTERS: [SignalKind; 4] =
    [SignalKind::Promise, SignalKind::Correction, SignalKind::CorrectionHint, SignalKind::Issue];

/// Numbers what stays open of an interaction; `matter_on_record` (migration 07) says what that is. Signals and customers
/// make it, and whoever adds the second of them asks for this.
pub(super) fn number(w: &Writing<'_>, interaction: i64) -> Result<()> {
    let sql = "INSERT INTO matter (interaction, position, kind, due)
               SELECT interaction, position, kind, due FROM matter_on_record WHERE interaction = ?1 ORDER BY position
               ON CONFLICT DO NOTHING";
    w.run(sql, [interaction])?;
    Ok(())
}

/// What a person's decision about a matter came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It holds from now on.
    Now,
    /// Nothing was to be changed: it is closed this way already, or open (`None`).
    Already(Option<Closed>),
    /// No matter has that number (any more).
    NoSuchMatter,
}

/// A matter with what a person needs to decide about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterTold {
    /// Its number, kind, day due and state, as of now.
    pub matter: Matter,
    /// When its mail was sent.
    pub at: Timestamp,
    /// The customers its mail is about, sorted.
    pub customers: Vec<CustomerId>,
    /// Who said it to us, or the first outside whom we said it to.
    pub with: Option<Person>,
    /// The sentence.
    pub sentence: Untrusted,
}

/// How matter `m` stands before an instant. What is put off may be closed as well.
const STATE: &str = "(SELECT nullif(d.decided, 'open') FROM decision AS d
        WHERE d.matter = m.number AND d.at < ?1 AND d.decided <> 'later' ORDER BY d.id DESC LIMIT 1) AS closed,
    (SELECT d.until FROM decision AS d
        WHERE d.matter = m.number AND d.at < ?1 AND d.decided = 'later' ORDER BY d.id DESC LIMIT 1) AS not_before";

impl Reader {
    /// Every matter of these kinds as it stands now, by number; `only_open` leaves out what somebody closed. What a
    /// later mail has answered is not known here: that is what measures find out.
    pub fn matters(&self, kinds: &[SignalKind], only_open: bool) -> Result<Vec<MatterTold>> {
        let mut told = self.told("", [i64::MAX])?;
        told.retain(|one| kinds.contains(&one.matter.kind) && !(only_open && one.matter.closed.is_some()));
        Ok(told)
    }

    /// One matter as it stands now; `None` when no matter has that number.
    pub fn matter(&self, number: i64) -> Result<Option<MatterTold>> {
        Ok(self.told("WHERE m.number = ?2", [i64::MAX, number])?.pop())
    }

    fn told(&self, condition: &str, params: impl Params) -> Result<Vec<MatterTold>> {
        let sql = format!(
            "SELECT m.number, m.interaction, m.position, m.kind, m.due, {STATE}, i.occurred_at, s.sentence
             FROM matter AS m JOIN interaction AS i ON i.id = m.interaction
             JOIN signal_told AS s ON s.interaction = m.interaction AND s.position = m.position
             {condition} ORDER BY m.number"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params, |row| {
            let sentence = Untrusted::new(row.get::<_, String>("sentence")?);
            Ok((matter(row)?, instant(row, "occurred_at")?, sentence))
        })?;
        rows.map(|row| {
            let (matter, at, sentence) = row?;
            let with = self.counterpart(&matter)?;
            Ok(MatterTold { at, customers: self.customers_on(matter.interaction)?, with, sentence, matter })
        })
        .collect()
    }

    /// The one outside who said it to us, or whom we said it to.
    fn counterpart(&self, matter: &Matter) -> Result<Option<Person>> {
        let people = person::of(&self.conn, matter.interaction)?;
        Ok(people.into_iter().map(|(_, person)| person).find(|person| !person.team))
    }

    fn customers_on(&self, interaction: i64) -> Result<Vec<CustomerId>> {
        let sql = "SELECT customer FROM interaction_customer WHERE interaction = ?1 ORDER BY customer";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([interaction], |row| column(row, "customer"))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The matters of some interactions as they stood before `until`, by number. Decisions are far fewer than matters,
    /// and read once.
    pub(super) fn matters_as_of(&self, until: Timestamp, of: impl Fn(i64) -> bool) -> Result<Vec<Matter>> {
        let sql = "SELECT number, interaction, position, kind, due, NULL AS closed, NULL AS not_before
                   FROM matter ORDER BY number";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut matters = Vec::new();
        while let Some(row) = rows.next()? {
            if of(row.get(1)?) {
                matters.push(matter(row)?);
            }
        }
        let sql = format!("SELECT number, {STATE} FROM matter AS m WHERE number IN (SELECT matter FROM decision)");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut decided = statement.query([until.as_second()])?;
        while let Some(row) = decided.next()? {
            let number: i64 = row.get("number")?;
            let Ok(place) = matters.binary_search_by_key(&number, |matter| matter.number) else { continue };
            let Some(matter) = matters.get_mut(place) else { continue };
            (matter.closed, matter.not_before) = (maybe(row, "closed")?, maybe_date(row, "not_before")?);
        }
        Ok(matters)
    }
}

impl Store {
    /// Closes a matter as of `now`. Reports about days that end later know it.
    pub fn close_matter(&mut self, number: i64, how: Closed, now: Timestamp) -> Result<Decided> {
        self.decide(Step::CloseMatter, number, &word(&how)?, None, now)
    }

    /// Opens a matter again that somebody closed.
    pub fn reopen_matter(&mut self, number: i64, now: Timestamp) -> Result<Decided> {
        self.decide(Step::ReopenMatter, number, "open", None, now)
    }

    /// Has an open matter not told before the day `until`. Saying so again moves the day.
    pub fn put_off_matter(&mut self, number: i64, until: Date, now: Timestamp) -> Result<Decided> {
        self.decide(Step::PutOffMatter, number, "later", Some(until), now)
    }

    fn decide(
        &mut self,
        step: Step,
        number: i64,
        decided: &str,
        until: Option<Date>,
        now: Timestamp,
    ) -> Result<Decided> {
        self.write(step, |w| {
            let Some(before) = standing(w, number)? else { return Ok(Decided::NoSuchMatter) };
            // Opening wants a closed matter; closing and putting off want an open one.
            if before.is_none() == (decided == "open") {
                return Ok(Decided::Already(before));
            }
            w.run(
                "INSERT INTO decision (matter, at, decided, until) VALUES (?1, ?2, ?3, ?4)",
                params![number, now.as_second(), decided, until.map(|day| day.to_string())],
            )?;
            Ok(Decided::Now)
        })
    }
}

/// How a matter is closed, if it is; `None` when there is none of that number.
pub(super) fn standing(w: &Writing<'_>, number: i64) -> Result<Option<Option<Closed>>> {
    let sql = format!("SELECT {STATE} FROM matter AS m WHERE m.number = ?2");
    let found = w.tx.prepare_cached(&sql)?.query_row([i64::MAX, number], |row| maybe(row, "closed"));
    Ok(found.optional()?)
}

/// A matter, whose columns stand first in its row.
fn matter(row: &Row<'_>) -> rusqlite::Result<Matter> {
    let mut columns = Columns::of(row);
    Ok(Matter {
        number: columns.next()?,
        interaction: columns.next()?,
        position: columns.next()?,
        kind: columns.word()?,
        due: columns.maybe_date()?,
        closed: columns.maybe_word()?,
        not_before: columns.maybe_date()?,
    })
}
