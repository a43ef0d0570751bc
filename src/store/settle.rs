//! What became of a mail: disposition, interactions, conversations and identity in one transaction.
//!
//! Settling twice is an answer (`already`), the same exchange again is an answer (`duplicates`); neither is
//! an error. What nobody could use is not kept: the interactions of an untrusted or unreadable mail stay
//! in its raw bytes until a person decides.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::answers::{self, Answered};
use super::epochs::{DeliveryId, missing};
use super::record::Place;
use super::value::{column, maybe, word};
use super::writing::Writing;
use super::{Result, Store, conversation, ending, forwarding, identity, merge, raw, record, tombstone};
use crate::failpoint::Step;
use crate::interaction::{Disposition, Interaction, Outcome};
use crate::mail::Untrusted;
use crate::understand::{Automation, Direction, Kind, subject};

/// One mail that has been read, and what is to become of it.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Which mail.
    pub delivery: DeliveryId,
    /// SHA-256 of its raw bytes.
    pub digest: [u8; 32],
    /// What it means to us.
    pub disposition: Disposition,
    /// Its raw bytes, kept (compressed) only when it goes to the quarantine.
    pub raw: Option<Vec<u8>>,
    /// Its subject, for the quarantine's list.
    pub subject: Option<Untrusted>,
    /// Its claimed author, for the quarantine's list.
    pub author: Option<Untrusted>,
}

/// What settling came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which mail.
    pub delivery: DeliveryId,
    /// What became of it.
    pub outcome: Outcome,
    /// The interactions it stands behind, whether new or found again.
    pub interactions: Vec<i64>,
    /// How many of its exchanges were in the record before.
    pub duplicates: usize,
    /// Whether the mail had been settled before; nothing was changed then.
    pub already: bool,
    /// What it asked for as an answer to a report, and what that came to.
    pub answered: Vec<Answered>,
}

impl Store {
    /// Settles a batch of mails: all of it lands, or nothing. 1,000 at a time share one sync of the disk.
    ///
    /// # Errors
    /// `NotFound` for a delivery that was never enumerated.
    pub fn settle(&mut self, batch: &[Settlement], now: Timestamp) -> Result<Vec<Settled>> {
        self.write(Step::Settle, |w| batch.iter().map(|settlement| settle_one(w, settlement, now)).collect())
    }

    /// The same with those that come while it is at it, as long as `more` has one. What came is in the batch
    /// afterwards, so that it is not lost with a transaction that fails.
    ///
    /// # Errors
    /// As [`Store::settle`].
    pub fn settle_as_they_come(
        &mut self,
        batch: &mut Vec<Settlement>,
        now: impl Fn() -> Timestamp,
        mut more: impl FnMut() -> Option<Settlement>,
    ) -> Result<Vec<Settled>> {
        self.write(Step::Settle, |w| {
            let mut settled = Vec::with_capacity(batch.len());
            loop {
                while let Some(next) = batch.get(settled.len()) {
                    settled.push(settle_one(w, next, now())?);
                }
                match more() {
                    Some(settlement) => batch.push(settlement),
                    None => return Ok(settled),
                }
            }
        })
    }
}

/// The delivery as it stands.
struct Standing {
    state: String,
    outcome: Option<Outcome>,
    mailbox: i64,
    mailbox_name: String,
    /// Whether its mails are to be seen, moved or deleted once they are settled.
    wishes: bool,
}

/// See [`Store::settle`].
pub(super) fn settle_one(w: &Writing<'_>, settlement: &Settlement, now: Timestamp) -> Result<Settled> {
    let delivery = settlement.delivery;
    let standing = standing(w, delivery)?;
    if let (Some(outcome), "settled" | "dropped") = (standing.outcome, standing.state.as_str()) {
        let interactions = interactions_of(w, delivery)?;
        return Ok(Settled { delivery, outcome, interactions, duplicates: 0, already: true, answered: Vec::new() });
    }
    let mut settled = match twin(w, settlement, &standing)? {
        Some(Twin { id, dropped: true }) => return drop_as(w, settlement, id, now),
        Some(twin) => repeat(w, settlement, twin.id)?,
        None => record_all(w, settlement, &standing, now)?,
    };
    if let Some(answer) = &settlement.disposition.answer {
        settled.answered = answers::heed(w, answer, now)?;
    }
    close(w, settlement, &settled, standing.wishes, now)?;
    Ok(settled)
}

fn standing(w: &Writing<'_>, id: DeliveryId) -> Result<Standing> {
    let sql = "SELECT d.state, d.outcome, e.mailbox, m.name, m.wishes FROM delivery AS d
               JOIN epoch AS e ON e.id = d.epoch JOIN mailbox AS m ON m.id = e.mailbox WHERE d.id = ?1";
    let read = |row: &Row<'_>| {
        Ok(Standing {
            state: row.get("state")?,
            outcome: maybe(row, "outcome")?,
            mailbox: row.get("mailbox")?,
            mailbox_name: row.get("name")?,
            wishes: row.get("wishes")?,
        })
    };
    w.tx.prepare_cached(sql)?.query_row([id.0], read).optional()?.ok_or_else(|| missing(id))
}

/// The interactions behind a delivery, by number.
pub(super) fn interactions_of(w: &Writing<'_>, id: DeliveryId) -> Result<Vec<i64>> {
    let sql = "SELECT interaction FROM delivery_interaction WHERE delivery = ?1 ORDER BY interaction";
    let mut statement = w.tx.prepare_cached(sql)?;
    let ids = statement.query_map([id.0], |row| row.get("interaction"))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// A delivery of the same bytes that a person or an earlier pass has dealt with.
struct Twin {
    id: DeliveryId,
    dropped: bool,
}

/// A settled delivery of the same bytes in the same mailbox with the same outcome: another folder, or the
/// same folder after its numbers changed. Other mailboxes may read the same bytes differently.
fn twin(w: &Writing<'_>, settlement: &Settlement, standing: &Standing) -> Result<Option<Twin>> {
    let sql = "SELECT d.id, d.state, d.outcome FROM delivery AS d
               JOIN epoch AS e ON e.id = d.epoch JOIN mailbox AS m ON m.id = e.mailbox
               WHERE d.digest = ?1 AND d.id <> ?2 AND d.state IN ('settled', 'dropped') AND m.name = ?3
               ORDER BY d.id";
    let mut statement = w.tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![settlement.digest, settlement.delivery.0, standing.mailbox_name])?;
    while let Some(row) = rows.next()? {
        let id = DeliveryId(row.get("id")?);
        let dropped = row.get::<_, String>("state")? == "dropped";
        let same = column::<Outcome>(row, "outcome")? == settlement.disposition.outcome;
        if same && (dropped || !interactions_of(w, id)?.is_empty()) {
            return Ok(Some(Twin { id, dropped }));
        }
    }
    Ok(None)
}

/// Gives a delivery the interactions of its twin.
fn repeat(w: &Writing<'_>, settlement: &Settlement, twin: DeliveryId) -> Result<Settled> {
    let delivery = settlement.delivery;
    let interactions = interactions_of(w, twin)?;
    for id in &interactions {
        link(w, delivery, *id)?;
    }
    let duplicates = interactions.len();
    Ok(Settled {
        delivery,
        outcome: settlement.disposition.outcome,
        interactions,
        duplicates,
        already: false,
        answered: Vec::new(),
    })
}

/// Drops a delivery whose twin was dropped: the same mail does not ask a second time.
fn drop_as(w: &Writing<'_>, settlement: &Settlement, twin: DeliveryId, now: Timestamp) -> Result<Settled> {
    let (delivery, outcome) = (settlement.delivery, settlement.disposition.outcome);
    w.run(
        "UPDATE delivery SET outcome = ?2, digest = ?3, reason = (SELECT reason FROM delivery WHERE id = ?4),
         state = 'dropped', settled_at = ?5, not_before = NULL WHERE id = ?1",
        params![delivery.0, word(&outcome)?, settlement.digest, twin.0, now.as_second()],
    )?;
    raw::discard(w, delivery)?;
    Ok(Settled { delivery, outcome, interactions: Vec::new(), duplicates: 0, already: false, answered: Vec::new() })
}

fn link(w: &Writing<'_>, delivery: DeliveryId, interaction: i64) -> Result<()> {
    let sql = "INSERT INTO delivery_interaction (delivery, interaction) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    w.run(sql, [delivery.0, interaction])?;
    Ok(())
}

/// Records each exchange of a mail, or finds it again.
fn record_all(w: &Writing<'_>, settlement: &Settlement, standing: &Standing, now: Timestamp) -> Result<Settled> {
    let disposition = &settlement.disposition;
    let mut settled = Settled {
        delivery: settlement.delivery,
        outcome: disposition.outcome,
        interactions: Vec::new(),
        duplicates: 0,
        already: false,
        answered: Vec::new(),
    };
    for interaction in &disposition.interactions {
        let Some(outcome) = keep_as(disposition.outcome, interaction) else {
            note_that_it_came(w, disposition.outcome, interaction)?;
            continue;
        };
        let Some(remembered) = tombstone::without_the_forgotten(w, interaction)? else { continue };
        // Keys are hashes of the exchange as it came: what remained after an erasure is found again.
        let keys = identity::Keys::of(w, interaction);
        let (id, found) = record_one(w, &remembered, &keys, outcome, standing.mailbox, now)?;
        link(w, settlement.delivery, id)?;
        settled.duplicates += usize::from(found);
        if !settled.interactions.contains(&id) {
            settled.interactions.push(id);
        }
    }
    settled.outcome = outcome_of_all(w, disposition.outcome, &settled.interactions)?;
    Ok(settled)
}

/// What colleagues write to one another is not kept, but mails that name it tell of no mail that we did not see. Of
/// what may be forged nothing is noted.
fn note_that_it_came(w: &Writing<'_>, outcome: Outcome, interaction: &Interaction) -> Result<()> {
    let trusted = !matches!(outcome, Outcome::Untrusted | Outcome::Unreadable);
    match &interaction.message_id {
        Some(id) if trusted && interaction.automation == Automation::None => conversation::note_that_it_came(w, id),
        _ => Ok(()),
    }
}

/// As what one exchange of a mail is kept; `None` for not at all. What was set aside is kept only if
/// measures need it: bounces, automatic answers, meetings. A note is kept whoever it names, as it may name
/// somebody who becomes known.
fn keep_as(outcome: Outcome, interaction: &Interaction) -> Option<Outcome> {
    let feeds_measures =
        matches!(interaction.automation, Automation::AutoReply | Automation::Bounce | Automation::Calendar);
    match outcome {
        Outcome::Untrusted | Outcome::Unreadable => None,
        Outcome::SetAside => feeds_measures.then_some(Outcome::SetAside),
        Outcome::Recorded | Outcome::Unmatched => match interaction.automation {
            _ if !interaction.customers.is_empty() => Some(Outcome::Recorded),
            Automation::None if interaction.direction == Direction::Internal && interaction.kind != Kind::Note => None,
            Automation::None => Some(Outcome::Unmatched),
            _ => feeds_measures.then_some(Outcome::SetAside),
        },
    }
}

/// Writes one exchange down, or completes the record of it; tells which. How earlier mails of its author ended is
/// asked here, as the last of them may be of the same batch.
fn record_one(
    w: &Writing<'_>,
    interaction: &Interaction,
    keys: &identity::Keys,
    outcome: Outcome,
    mailbox: i64,
    now: Timestamp,
) -> Result<(i64, bool)> {
    let mut again = identity::find(w, interaction, keys)?;
    let signed = if again.is_none() { ending::taken_off(w, interaction)? } else { None };
    // Another way in may have shown the signature: then the exchange is found by the words that are left.
    let signed = signed.map(|signed| (identity::Keys::of(w, &signed), signed));
    if let Some((keys, signed)) = &signed {
        again = identity::find(w, signed, keys)?;
    }
    let kept = signed.as_ref().map_or(interaction, |(_, signed)| signed);
    let id = match again {
        Some(id) => {
            merge::complete(w, id, kept, outcome, now)?;
            id
        }
        None => {
            let base = &subject::base(kept.subject.raw());
            let conversation = conversation::of(w, kept, base, outcome)?;
            record::insert(w, kept, outcome, &Place { mailbox, conversation, base }, now)?
        }
    };
    for keys in [keys].into_iter().chain(signed.as_ref().map(|(keys, _)| keys)) {
        identity::remember(w, id, keys)?;
    }
    Ok((id, again.is_some()))
}

/// A mail found again as a recorded exchange is recorded; one whose every exchange was erased is set aside.
fn outcome_of_all(w: &Writing<'_>, outcome: Outcome, interactions: &[i64]) -> Result<Outcome> {
    if !matches!(outcome, Outcome::Recorded | Outcome::Unmatched) {
        return Ok(outcome);
    }
    let mut best = Outcome::SetAside;
    for id in interactions {
        let sql = "SELECT outcome FROM interaction WHERE id = ?1";
        let one = w.tx.prepare_cached(sql)?.query_row([id], |row| column(row, "outcome"))?;
        best = best.min(one);
    }
    Ok(best)
}

/// Ends a delivery: state, outcome, reason, what is owed to it, and the raw bytes if a person has to see them.
fn close(w: &Writing<'_>, settlement: &Settlement, settled: &Settled, wishes: bool, now: Timestamp) -> Result<()> {
    let disposition = &settlement.disposition;
    let erased = settled.outcome == Outcome::SetAside && disposition.outcome != Outcome::SetAside;
    let reason = if erased && w.forgets { Some(tombstone::REASON) } else { disposition.reason.as_deref() };
    let waits = matches!(settled.outcome, Outcome::Untrusted | Outcome::Unreadable);
    let shown = |words: &Option<Untrusted>| words.as_ref().filter(|_| waits).map(|w| w.raw().to_owned());
    w.run(
        "UPDATE delivery SET state = 'settled', outcome = ?2, reason = ?3,
         digest = ?4, settled_at = ?5, subject = ?6, author = ?7, not_before = NULL, owed = ?8 WHERE id = ?1",
        params![
            settlement.delivery.0,
            word(&settled.outcome)?,
            reason,
            settlement.digest,
            now.as_second(),
            shown(&settlement.subject),
            shown(&settlement.author),
            // What a person has to look at stays where it is until they have.
            wishes && !waits,
        ],
    )?;
    if let Some(request) = &disposition.forwarding_request {
        forwarding::keep(w, settlement.delivery, request)?;
    }
    match &settlement.raw {
        Some(raw) if waits => raw::keep(w, settlement.delivery, raw),
        _ if waits => Ok(()),
        _ => raw::discard(w, settlement.delivery),
    }
}
