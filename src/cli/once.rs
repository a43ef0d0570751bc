//! `once`: one pass over every mailbox, then counts per disposition.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::args::Json;
use super::{office, output};
use crate::config::Config;
use crate::daemon::counts::Counts;
use crate::daemon::engine::Engine;
use crate::failure::{Code, Failure};
use crate::inbox::probe::Grade;
use crate::inbox::{InboxError, maildir};
use crate::interaction::Outcome;
use crate::mailbox::{Mailbox, Wait};
use crate::wiring::{self, Inbox};
use crate::{clock, config};

/// The dispositions in the order in which people read them.
const OUTCOMES: [Outcome; 5] =
    [Outcome::Recorded, Outcome::Unmatched, Outcome::SetAside, Outcome::Untrusted, Outcome::Unreadable];

/// What a pass came to.
pub struct Passed {
    /// What became of the mails that could be read.
    pub counts: Counts,
    /// Why mailboxes could not be read, in the order of the configuration.
    pub failures: Vec<Failure>,
}

pub fn once(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let path = office::config_path(config);
    let config = office::config(config)?;
    wiring::filled_in(path, &config)?;
    if config.mailboxes.is_empty() {
        output::aside("no mailbox is configured: add [[mailbox]] to have mail read");
    }
    let runtime = wiring::runtime()?;
    let passed = runtime.block_on(pass(&config))?;
    runtime.shutdown_background();
    print(&passed.counts, args.json)?;
    let mut failures = passed.failures.into_iter();
    let Some(first) = failures.next() else { return Ok(ExitCode::SUCCESS) };
    for other in failures {
        output::aside(&format!("{other}\n"));
    }
    Err(first)
}

/// Reads every mailbox to its end. One that cannot be read does not keep the others waiting.
///
/// # Errors
/// Whatever keeps all of them from being read: people, store, another touchbase.
pub async fn pass(config: &Config) -> Result<Passed, Failure> {
    let (engine, _) = Engine::start(config, true)?;
    let mut failures = Vec::new();
    for mailbox in &config.mailboxes {
        if let Err(failure) = read(&engine, config, mailbox).await {
            // The store's own failure explains more than the inbox that met it, and nothing can follow it.
            if let Some(of_store) = engine.failure() {
                return Err(of_store);
            }
            failures.push(failure);
        }
    }
    match engine.failure() {
        Some(of_store) => Err(of_store),
        None => Ok(Passed { counts: engine.counts(), failures }),
    }
}

async fn read(engine: &Engine, config: &Config, mailbox: &config::Mailbox) -> Result<(), Failure> {
    let failed = |error: &InboxError| wiring::inbox_failure(&mailbox.name, error);
    for inbox in wiring::inboxes(&Config { mailboxes: vec![mailbox.clone()], ..config.clone() })? {
        let passed = match folders_are_there(&inbox) {
            Ok(()) => engine.pass(&inbox).await.map_err(|error| failed(&error)),
            Err(failure) => Err(failure),
        };
        note(engine, mailbox, passed.as_ref().err()).await;
        passed?;
    }
    Ok(())
}

/// A daemon waits for a Maildir that is not there yet; one pass cannot.
fn folders_are_there(inbox: &Inbox) -> Result<(), Failure> {
    let Inbox::Maildir(settings) = inbox else { return Ok(()) };
    let Some(step) = maildir::openings(settings).into_iter().find(|step| step.grade == Grade::Wrong) else {
        return Ok(());
    };
    let failure = Failure::new(Code::NoInput, format!("cannot read mailbox {}", settings.name)).cause(step.detail);
    Err(match step.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    })
}

/// Leaves a note for `status` and the report. That it could not be written shows at the next write.
async fn note(engine: &Engine, mailbox: &config::Mailbox, failure: Option<&Failure>) {
    let reason = failure.map(|failure| failure.causes().join(": "));
    // What a server asked for is noted already and stands.
    for folder in &mailbox.folders {
        let (of, reason) = (Mailbox { name: mailbox.name.clone(), folder: folder.clone() }, reason.clone());
        let now = clock::now();
        let noted = engine.desk.keeper.ask(move |store| match reason {
            None => store.note_success(&of, now),
            Some(reason) => store.note_failure(&of, &reason, now, now, Wait::Person),
        });
        let _ = noted.await;
    }
}

/// Counts per disposition.
pub fn as_object(counts: &Counts) -> Value {
    let mut object: Map<String, Value> =
        OUTCOMES.iter().map(|outcome| (output::word(outcome), json!(counts.of(*outcome)))).collect();
    object.insert("duplicates".into(), json!(counts.duplicates));
    object.insert("mails".into(), json!(counts.total()));
    object.into()
}

/// Prints counts per disposition.
pub fn print(counts: &Counts, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&as_object(counts));
    }
    let mut rows: Vec<Vec<String>> =
        OUTCOMES.iter().map(|outcome| vec![output::word(outcome), counts.of(*outcome).to_string()]).collect();
    rows.push(vec!["all".into(), counts.total().to_string()]);
    output::table(&["disposition", "mails"], rows, "")?;
    match counts.duplicates {
        0 => Ok(()),
        1 => output::text("\n1 of these exchanges was on record already\n"),
        again => output::text(&format!("\n{again} of these exchanges were on record already\n")),
    }
}
