//! The explaining twin of [`super::process`]: the same answers with what they rest on.

use serde_json::{Value, json};

use super::Understood;
use crate::interaction::{Disposition, json as shape};
use crate::mail::{Participant, Role};
use crate::trust::Authenticated;

/// One object of `explain --json`, with the fields, names and order of product.md.
pub fn json(understood: &Understood, disposition: &Disposition) -> Value {
    let (reading, verdict) = (&understood.reading, &understood.verdict);
    let envelope = &reading.envelope;
    let role = |role: Role| -> Vec<Value> {
        envelope.participants.iter().filter(|p: &&Participant| p.role == role).map(shape::participant).collect()
    };
    let interactions: Vec<Value> = disposition
        .interactions
        .iter()
        .enumerate()
        .map(|(at, i)| {
            let known_instant = reading.exchanges.get(at).is_some_and(|e| e.occurred_at.is_some());
            Value::Object(shape::interaction(i, known_instant))
        })
        .collect();
    json!({
        "mail": {
            "message_id": envelope.message_id,
            "date": envelope.date.map(|d| d.to_string()),
            "subject": envelope.subject,
            "from": role(Role::From),
            "to": role(Role::To),
            "cc": role(Role::Cc),
            "bytes": envelope.bytes,
            "defects": envelope.defects.iter().map(|d| format!("{}: {}", d.kind, d.detail)).collect::<Vec<_>>(),
        },
        "disposition": disposition.outcome,
        "reason": disposition.reason,
        "trust": {
            "author": if reading.author_is_team { "team" } else { "outside" },
            "authenticated": authenticated(verdict.authenticated),
            "by": verdict.by,
        },
        "interactions": interactions,
        "evidence": reading.evidence,
    })
}

fn authenticated(answer: Authenticated) -> &'static str {
    match answer {
        Authenticated::Pass => "pass",
        Authenticated::Fail => "fail",
        Authenticated::Unknown => "unknown",
    }
}
