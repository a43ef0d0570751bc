//! `quarantine`: mails that wait for a person's judgement.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::args::{QuarantineAction, QuarantineArgs};
use super::explain::Explained;
use super::{explain, office, output};
use crate::config::Config;
use crate::daemon::ledger::claimed_author;
use crate::failure::{Code, Failure};
use crate::interaction::Outcome;
use crate::mailbox::{Delivery, DeliveryId, Route};
use crate::pipeline::Known;
use crate::store::{Held, Settlement, StoreError};
use crate::trust::Authenticated;
use crate::wiring::people as wired;
use crate::{clock, pipeline, wiring};

pub fn quarantine(config: &Option<PathBuf>, args: QuarantineArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    match args.action {
        QuarantineAction::List(json) => {
            let held = office::reader(&config)?.quarantine().map_err(wiring::store_failure)?;
            list(&held, &config, json.json)?;
        }
        QuarantineAction::Show { id, json } => show(&config, DeliveryId(id), json)?,
        QuarantineAction::Retry { id, json } => resettle(&config, DeliveryId(id), Judgement::AsRead, json)?,
        QuarantineAction::Release { id, json } => resettle(&config, DeliveryId(id), Judgement::Believed, json)?,
        QuarantineAction::Drop { id, json } => {
            let mut store = office::store(&config)?;
            store.drop_held(DeliveryId(id), "dropped by hand", clock::now()).map_err(failure)?;
            output::done(json, &format!("{id} dropped\n"), || json!({"number": id, "disposition": null}))?;
        }
        QuarantineAction::Export { id, output } => export(&config, DeliveryId(id), output)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A number that nobody waits under is the usual mistake.
fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::NotFound(what) => Failure::new(Code::NoInput, format!("{what} not found"))
            .hint("`touchbase quarantine list` shows what waits, with its number"),
        other => wiring::store_failure(other),
    }
}

fn list(held: &[Held], config: &Config, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&held.iter().map(as_object).collect::<Vec<_>>());
    }
    let zone = config.report.zone();
    let row = |h: &Held| {
        vec![
            h.id.0.to_string(),
            output::word(&h.outcome),
            output::day(h.arrived, &zone),
            h.author.as_ref().map(|a| a.line(40).log()).unwrap_or_default(),
            h.subject.as_ref().map(|s| s.line(40).log()).unwrap_or_default(),
            crate::mail::Untrusted::new(&h.reason).log(),
        ]
    };
    let headings = ["number", "why here", "arrived", "says to be from", "subject", "reason"];
    output::table(&headings, held.iter().map(row).collect(), "the quarantine is empty")
}

fn as_object(h: &Held) -> Value {
    json!({
        "number": h.id.0, "disposition": h.outcome, "reason": h.reason, "mailbox": h.mailbox.name,
        "folder": h.mailbox.folder, "arrived": h.arrived.to_string(), "since": h.since.to_string(), "bytes": h.size,
        "author": h.author, "subject": h.subject, "raw_kept": h.has_raw,
    })
}

/// Why it waits, and how it would be read today.
fn show(config: &Config, id: DeliveryId, as_json: bool) -> Result<(), Failure> {
    let reader = office::reader(config)?;
    let held = reader.held(id).map_err(failure)?;
    let (_, mut explained) = read_again(config, &reader_known(config)?, &reader, id)?;
    explained.recall(&reader, &config.phrases.lists);
    if as_json {
        let mut object = as_object(&held);
        if let Some(fields) = object.as_object_mut() {
            fields.insert("explain".into(), pipeline::explain::json(&explained.understood, &explained.disposition));
        }
        return output::json(&object);
    }
    list(std::slice::from_ref(&held), config, false)?;
    output::text(&format!("\n{}", explain::told(&explained)))
}

/// How a person wants a mail to be settled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judgement {
    /// By today's rules.
    AsRead,
    /// As if its author had been vouched for.
    Believed,
}

fn resettle(config: &Config, id: DeliveryId, judgement: Judgement, as_json: bool) -> Result<(), Failure> {
    let mut store = office::store(config)?;
    let known = wired::known(store.load_customers().map_err(wiring::store_failure)?, config);
    let (delivery, mut explained) = read_again(config, &known, &store, id)?;
    if judgement == Judgement::Believed {
        explained.understood.verdict.authenticated = Authenticated::Pass;
        explained.understood.verdict.reason = "released by hand".into();
        let arrived = Some(delivery.arrived);
        explained.disposition = pipeline::conclude(&explained.understood, delivery.route, arrived, &known);
    }
    let outcome = explained.disposition.outcome;
    let kept = matches!(outcome, Outcome::Untrusted | Outcome::Unreadable);
    let settlement = Settlement {
        delivery: id,
        digest: Sha256::digest(&delivery.bytes).into(),
        subject: Some(explained.understood.reading.envelope.subject.clone()),
        author: claimed_author(&explained.understood),
        raw: kept.then_some(delivery.bytes),
        disposition: explained.disposition,
    };
    let settled = store.resettle(settlement, clock::now()).map_err(wiring::store_failure)?;
    let interactions = settled.interactions.len();
    let words = format!("{} is now {}, {interactions} interaction(s)\n", id.0, output::word(&settled.outcome));
    output::done(
        as_json,
        &words,
        || json!({"number": id.0, "disposition": settled.outcome, "interactions": settled.interactions}),
    )
}

/// Reads a quarantined mail the way the daemon would today.
fn read_again(
    config: &Config,
    known: &Known,
    reader: &crate::store::Reader,
    id: DeliveryId,
) -> Result<(Delivery, Explained), Failure> {
    let retry = reader.take_for_retry(id).map_err(failure)?;
    let of_mailbox = config.mailboxes.iter().find(|m| m.name == retry.mailbox.name);
    let route = match of_mailbox {
        Some(mailbox) if mailbox.capture_addresses.is_empty() => Route::Watched,
        Some(_) => Route::Capture,
        None => Route::Import,
    };
    let delivery = Delivery {
        mailbox: retry.mailbox,
        route,
        sent_folder: false,
        arrived: retry.arrived,
        size: retry.size,
        bytes: retry.raw,
    };
    let explained = explain::read(&delivery, known, Some(delivery.arrived))?;
    Ok((delivery, explained))
}

fn reader_known(config: &Config) -> Result<Known, Failure> {
    let customers = office::reader(config)?.load_customers().map_err(wiring::store_failure)?;
    Ok(wired::known(customers, config))
}

fn export(config: &Config, id: DeliveryId, to: Option<PathBuf>) -> Result<(), Failure> {
    let raw = office::reader(config)?.raw(id).map_err(failure)?;
    match to {
        Some(file) if file != std::path::Path::new("-") => output::private_file(&file, &raw),
        _ => output::bytes(&raw),
    }
}
