//! Writing a new interaction: one row, and its people, customers, references, signals and files.

use jiff::Timestamp;
use rusqlite::params;

use super::matters::{self, MATTERS};
use super::value::{signed, word};
use super::writing::Writing;
use super::{Result, person, wording};
use crate::interaction::{Interaction, Outcome};
use crate::mail::{Attachment, MessageId, Untrusted};
use crate::understand::{FailedRecipient, Kind, Signal, SignalKind};

/// Where an interaction belongs.
pub(super) struct Place<'p> {
    pub(super) mailbox: i64,
    pub(super) conversation: i64,
    /// Its base subject.
    pub(super) base: &'p str,
}

/// Writes an interaction; gives its number. Without a customer on it, what was set aside keeps no words.
pub(super) fn insert(
    w: &Writing<'_>,
    interaction: &Interaction,
    outcome: Outcome,
    place: &Place<'_>,
    now: Timestamp,
) -> Result<i64> {
    let wordless = outcome == Outcome::SetAside && interaction.customers.is_empty();
    let words = |text: &'_ Untrusted| if wordless { String::new() } else { text.raw().to_owned() };
    let optional = |text: &Option<Untrusted>| text.as_ref().filter(|_| !wordless).map(|t| t.raw().to_owned());
    let text = words(&interaction.text);
    let (body, body_follows) = rest(words(&interaction.body), &text);
    let sequence = (outcome != Outcome::Unmatched).then(|| w.next_sequence());
    let signals = |kind| interaction.signals.iter().any(|s| s.signal == kind);
    let everybody = interaction.author.iter().chain(&interaction.recipients);
    let id = w.insert(
        "INSERT INTO interaction (sequence, outcome, recorded_at, mailbox, kind, direction, capture, automation,
            message_id, occurred_at, offset_seconds, exact, conversation, words, asks, closes, base_subject, people,
            subject, text, body, signature, comment, body_follows)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
            ?23, ?24)",
        params![
            sequence,
            word(&outcome)?,
            now.as_second(),
            place.mailbox,
            word(&interaction.kind)?,
            word(&interaction.direction)?,
            word(&interaction.capture)?,
            word(&interaction.automation)?,
            interaction.message_id.as_ref().map(MessageId::as_str),
            interaction.occurred_at.timestamp.as_second(),
            interaction.occurred_at.offset_seconds,
            interaction.exact,
            place.conversation,
            said(interaction),
            signals(SignalKind::Ask),
            signals(SignalKind::Closer),
            if wordless { "" } else { place.base },
            person::line(everybody),
            words(&interaction.subject),
            text,
            body,
            optional(&interaction.signature),
            optional(&interaction.comment),
            body_follows,
        ],
    )?;
    people(w, id, interaction)?;
    references(w, id, &interaction.conversation)?;
    if !wordless {
        signs(w, id, &interaction.signals, interaction.text.raw())?;
        attachments(w, id, &interaction.attachments)?;
        wording::keep(w, id, interaction)?;
        if !interaction.customers.is_empty() && MATTERS.into_iter().any(signals) {
            matters::number(w, id)?;
        }
    }
    if interaction.interleaved {
        interleaved(w, id)?;
    }
    departed(w, id, interaction)?;
    failed(w, id, &interaction.failed)?;
    Ok(id)
}

/// What is kept of a body beside the new text: nothing when they are the same, and only what follows, which is told,
/// when the body begins with the text.
fn rest(body: String, text: &str) -> (Option<String>, bool) {
    match body.strip_prefix(text) {
        Some("") => (None, false),
        Some(rest) if !text.is_empty() => (Some(rest.to_owned()), true),
        _ => (Some(body), false),
    }
}

/// How many words it says to the other side. A note's words were said to nobody.
fn said(interaction: &Interaction) -> u32 {
    match interaction.kind {
        Kind::Note => 0,
        Kind::Email | Kind::Meeting => count_words(interaction.text.raw()),
    }
}

/// Runs of letters and digits; an ideograph or a kana counts by itself, as those scripts set no spaces.
fn count_words(text: &str) -> u32 {
    let (mut words, mut inside) = (0u32, false);
    for c in text.chars() {
        // Most letters are of the first kind, and the tables of all letters are slow to ask.
        let alone =
            !c.is_ascii() && matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
        let letter = if c.is_ascii() { c.is_ascii_alphanumeric() } else { !alone && c.is_alphanumeric() };
        let letter = letter || (inside && matches!(c, '\'' | '’' | '-'));
        words = words.saturating_add(u32::from(alone || (letter && !inside)));
        inside = letter;
    }
    words
}

fn people(w: &Writing<'_>, id: i64, interaction: &Interaction) -> Result<()> {
    if let Some(author) = &interaction.author {
        person::insert_author(w, id, author, interaction.last_letters())?;
    }
    for (index, recipient) in interaction.recipients.iter().enumerate() {
        person::insert(w, id, index + 1, recipient)?;
    }
    customers(w, id, interaction)?;
    Ok(())
}

/// The customers on it; one that no participant explains was named by a colleague. Tells whether any is new.
pub(super) fn customers(w: &Writing<'_>, id: i64, interaction: &Interaction) -> Result<bool> {
    let mut added = 0;
    for customer in &interaction.customers {
        let mut everybody = interaction.author.iter().chain(&interaction.recipients);
        let explained = everybody.any(|p| p.customer.as_ref() == Some(customer));
        added += w.run(
            "INSERT INTO interaction_customer (interaction, customer, said) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
            params![id, customer.0, !explained],
        )?;
    }
    if added > 0 {
        w.changes(id)?;
    }
    Ok(added > 0)
}

/// Its references, root first.
pub(super) fn references(w: &Writing<'_>, id: i64, references: &[MessageId]) -> Result<()> {
    for (position, reference) in references.iter().enumerate() {
        w.run(
            "INSERT INTO reference (interaction, position, message_id) VALUES (?1, ?2, ?3)",
            params![id, position as i64, reference.as_str()],
        )?;
    }
    Ok(())
}

/// What it says. A sentence is kept as its place in the new text; one that stands nowhere in it, with the first of the
/// signals in it (`signal_told` gives it to each).
pub(super) fn signs(w: &Writing<'_>, id: i64, signals: &[Signal], text: &str) -> Result<()> {
    let sql = "INSERT INTO signal (interaction, position, signal, sentence, due, begins, bytes)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut insert = w.tx.prepare_cached(sql)?;
    let (mut places, mut before) = (Places { text, last: 0 }, "");
    for (position, signal) in signals.iter().enumerate() {
        let due = signal.due.map(|day| day.to_string());
        let sentence = signal.sentence.raw();
        let place = places.find(sentence);
        let repeated = sentence == std::mem::replace(&mut before, sentence);
        let kept = if place.is_some() || repeated { "" } else { sentence };
        let (begins, bytes) = (place.map(|at| at as i64), place.map(|_| sentence.len() as i64));
        insert.execute(params![id, position as i64, word(&signal.signal)?, kept, due, begins, bytes])?;
    }
    w.changes(id)
}

/// Where sentences stand in a text.
struct Places<'t> {
    text: &'t str,
    /// Where the last one was found: sentences come in the order of the text.
    last: usize,
}

impl Places<'_> {
    /// Where a sentence begins, in bytes: that of the last place or the next such one, or else the first in the text.
    fn find(&mut self, sentence: &str) -> Option<usize> {
        if sentence.is_empty() {
            return None;
        }
        let at = find(self.text, self.last, sentence).or_else(|| find(self.text, 0, sentence))?;
        self.last = at;
        Some(at)
    }
}

/// Where `sentence` stands in a text from `from` on. Looked for by its beginning: `str::find` would study all of it
/// before it looks, which costs more than finding what mostly stands near.
fn find(text: &str, from: usize, sentence: &str) -> Option<usize> {
    const BEGINNING: usize = 24;
    let (text, sentence) = (text.as_bytes().get(from..)?, sentence.as_bytes());
    let beginning = sentence.get(..BEGINNING).unwrap_or(sentence);
    let mut places = memchr::memmem::find_iter(text, beginning);
    places.find(|&at| text.get(at..).is_some_and(|rest| rest.starts_with(sentence))).map(|at| from + at)
}

/// That its author wrote directly below lines of ours.
pub(super) fn interleaved(w: &Writing<'_>, id: i64) -> Result<()> {
    w.run("INSERT INTO interleaved (interaction) VALUES (?1)", [id])?;
    w.changes(id)
}

/// Its attached files.
pub(super) fn attachments(w: &Writing<'_>, id: i64, attachments: &[Attachment]) -> Result<()> {
    for (position, file) in attachments.iter().enumerate() {
        let name = file.name.as_ref().map(Untrusted::raw);
        w.run(
            "INSERT INTO attachment (interaction, position, name, media_type, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, position as i64, name, file.media_type, signed(file.bytes)],
        )?;
    }
    Ok(())
}

/// That its author left, and who follows.
fn departed(w: &Writing<'_>, id: i64, interaction: &Interaction) -> Result<()> {
    let Some(successors) = &interaction.left else { return Ok(()) };
    w.run("INSERT INTO departed (interaction) VALUES (?1)", [id])?;
    for (position, address) in successors.iter().enumerate() {
        let sql = "INSERT INTO successor (interaction, position, address) VALUES (?1, ?2, ?3)";
        w.run(sql, params![id, position as i64, address.as_str()])?;
    }
    Ok(())
}

fn failed(w: &Writing<'_>, id: i64, failed: &[FailedRecipient]) -> Result<()> {
    for (position, recipient) in failed.iter().enumerate() {
        w.run(
            "INSERT INTO failed_recipient (interaction, position, address, permanent, status)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, position as i64, recipient.address.as_str(), recipient.permanent, recipient.status],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_body_what_follows_the_text_is_kept() {
        let kept = |body: &str, text| rest(body.to_owned(), text);
        assert_eq!(kept("Yes.", "Yes."), (None, false));
        assert_eq!(kept("Yes.\n\nAnn", "Yes."), (Some("\n\nAnn".to_owned()), true));
        assert_eq!(kept("No.\n\nAnn", "Yes."), (Some("No.\n\nAnn".to_owned()), false));
        assert_eq!(kept("Ann", ""), (Some("Ann".to_owned()), false));
        assert_eq!(kept("", ""), (None, false));
    }

    #[test]
    fn sentences_are_found_in_the_order_of_the_text() {
        let mut places = Places { text: "Oui. Été? Oui. Non.", last: 0 };
        assert_eq!(places.find("Oui."), Some(0));
        assert_eq!(places.find("Oui."), Some(0), "another signal of the same sentence");
        assert_eq!(places.find("Été?"), Some(5));
        assert_eq!(places.find("Oui."), Some(12));
        assert_eq!(places.find("Non."), Some(17));
        assert_eq!(places.find("Été?"), Some(5), "behind its turn");
        assert_eq!((places.find("Nein."), places.find("")), (None, None));
    }

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(count_words("Don't wait - we'll call, e-mail or meet."), 7);
        assert_eq!(count_words("  \n… — !"), 0);
        assert_eq!(count_words("会議は10時"), 5);
        assert_eq!(count_words("Größe prüfen"), 2);
    }
}
