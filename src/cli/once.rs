//! `once`: one pass over every mailbox, then counts per disposition.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::args::Json;
use super::{office, output};
use crate::config::Config;
use crate::daemon::counts::Counts;
use crate::daemon::engine::Engine;
use crate::failure::Failure;
use crate::interaction::Outcome;
use crate::wiring::{self, Inbox, People};

/// The dispositions in the order in which people read them.
const OUTCOMES: [Outcome; 5] =
    [Outcome::Recorded, Outcome::Unmatched, Outcome::SetAside, Outcome::Untrusted, Outcome::Unreadable];

pub fn once(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let runtime = wiring::runtime()?;
    let counts = runtime.block_on(pass(&config))?;
    runtime.shutdown_background();
    print(&counts, args.json)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads every mailbox to its end. One that cannot be read does not keep the others waiting; the first such
/// failure is returned when all are done.
pub async fn pass(config: &Config) -> Result<Counts, Failure> {
    let mut people = People::read(config)?;
    let engine = Engine::start(&wiring::store_settings(config), people.known(config), true)?;
    engine.adopt(&mut people, config).await?;
    let mut failed = None;
    for inbox in wiring::inboxes(config)? {
        if let Err(error) = engine.pass(&inbox).await {
            // The store's own failure explains more than the inbox that met it.
            let failure = engine.failure().unwrap_or_else(|| wiring::inbox_failure(name(&inbox), &error));
            failed.get_or_insert(failure);
        }
    }
    match engine.failure().or(failed) {
        Some(failure) => Err(failure),
        None => Ok(engine.counts()),
    }
}

fn name(inbox: &Inbox) -> &str {
    match inbox {
        Inbox::Imap(settings) => &settings.name,
        Inbox::Maildir(settings) => &settings.name,
    }
}

/// Prints counts per disposition.
pub fn print(counts: &Counts, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let mut object: Map<String, Value> =
            OUTCOMES.iter().map(|outcome| (output::word(outcome), json!(counts.of(*outcome)))).collect();
        object.insert("duplicates".into(), json!(counts.duplicates));
        object.insert("mails".into(), json!(counts.total()));
        return output::json(&object);
    }
    let mut rows: Vec<Vec<String>> =
        OUTCOMES.iter().map(|outcome| vec![output::word(outcome), counts.of(*outcome).to_string()]).collect();
    rows.push(vec!["all".into(), counts.total().to_string()]);
    output::table(&["disposition", "mails"], rows, "")?;
    match counts.duplicates {
        0 => Ok(()),
        again => output::text(&format!("\n{again} of these exchanges were on record already, by another way in\n")),
    }
}
