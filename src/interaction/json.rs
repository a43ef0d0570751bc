//! An interaction as JSON: the fields, names and order of product.md, in one place for `explain` and `export`.

use serde_json::{Map, Value, json};

use super::{Interaction, Person, Recorded};
use crate::mail::{Attachment, Participant};

/// The object under `interactions` of `explain --json`. Every field is present; unknown is `null`.
pub fn interaction(i: &Interaction, known_instant: bool) -> Map<String, Value> {
    let value = json!({
        "kind": i.kind,
        "direction": i.direction,
        "capture": i.capture,
        "message_id": i.message_id,
        "occurred_at": known_instant.then(|| i.occurred_at.to_string()),
        "occurred_at_exact": i.exact,
        "subject": i.subject,
        "author": i.author.as_ref().map(author),
        "recipients": i.recipients.iter().map(recipient).collect::<Vec<_>>(),
        "customers": i.customers,
        "body": i.body,
        "text": i.text,
        "signature": i.signature,
        "comment": i.comment,
        "automation": i.automation,
        "conversation": i.conversation,
        "signals": i.signals.iter().filter(|s| s.signal.is_told()).collect::<Vec<_>>(),
        "attachments": i.attachments.iter().map(attachment).collect::<Vec<_>>(),
    });
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// One line of `export`: the interaction with its number, when and where it was recorded, and its disposition.
pub fn recorded(r: &Recorded) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("id".into(), json!(r.id));
    fields.extend(interaction(&r.interaction, true));
    fields.insert("recorded_at".into(), json!(r.recorded_at.to_string()));
    fields.insert("mailbox".into(), json!(r.mailbox));
    fields.insert("disposition".into(), json!(r.outcome));
    fields
}

/// A participant as the mail names them: name and address.
pub fn participant(p: &Participant) -> Value {
    json!({"name": p.name, "address": p.address})
}

fn author(p: &Person) -> Value {
    json!({
        "name": p.participant.name,
        "address": p.participant.address,
        "contact": p.contact,
        "customer": p.customer,
    })
}

fn recipient(p: &Person) -> Value {
    json!({
        "role": p.participant.role,
        "name": p.participant.name,
        "address": p.participant.address,
        "contact": p.contact,
        "customer": p.customer,
    })
}

fn attachment(a: &Attachment) -> Value {
    json!({"name": a.name, "type": a.media_type, "bytes": a.bytes})
}
