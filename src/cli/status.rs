//! `status`: mailboxes, lag, last report, quarantine and store size.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Json;
use super::{office, output};
use crate::failure::Failure;
use crate::mail::Untrusted;
use crate::store::{MailboxState, Status};
use crate::{clock, wiring};

pub fn status(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let reader = office::reader(&config)?;
    let status = reader.status().map_err(wiring::store_failure)?;
    let reports = reader.report_days().map_err(wiring::store_failure)?;
    let last_report = reports.keys().next_back().map(ToString::to_string);
    match args.json {
        true => output::json(&as_json(&status, last_report))?,
        false => {
            let rows = status.mailboxes.iter().map(row).collect();
            let headings = ["mailbox", "folder", "last success", "waiting", "trouble"];
            output::table(&headings, rows, "no mailbox was read yet")?;
            output::text(&facts(&status, last_report))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(state: &MailboxState) -> Vec<String> {
    let trouble = match (&state.failure, state.next_try) {
        (Some(why), Some(next)) => format!("{} (next try {next})", Untrusted::new(why).log()),
        (Some(why), None) => Untrusted::new(why).log(),
        (None, _) => String::new(),
    };
    vec![
        state.mailbox.name.clone(),
        Untrusted::new(&state.mailbox.folder).log(),
        state.last_success.map_or("never".into(), |at| at.to_string()),
        state.pending.to_string(),
        trouble,
    ]
}

fn facts(status: &Status, last_report: Option<String>) -> String {
    let deliveries: u64 = status.deliveries.values().sum();
    let interactions: u64 = status.interactions.values().sum();
    format!(
        "\n{deliveries} mails, {interactions} interactions, {} in quarantine\nlast report: {}\nstore: {} KiB\n",
        status.quarantine,
        last_report.unwrap_or_else(|| "none yet".into()),
        status.bytes.div_ceil(1024),
    )
}

fn as_json(status: &Status, last_report: Option<String>) -> Value {
    let now = clock::now();
    let mailboxes: Vec<Value> = status
        .mailboxes
        .iter()
        .map(|state| {
            json!({
                "name": state.mailbox.name,
                "folder": state.mailbox.folder,
                "last_success": state.last_success.map(|at| at.to_string()),
                "last_failure": state.last_failure.map(|at| at.to_string()),
                "reason": state.failure,
                "next_try": state.next_try.map(|at| at.to_string()),
                "lag": state.pending,
            })
        })
        .collect();
    let words = |counts: &std::collections::BTreeMap<crate::interaction::Outcome, u64>| -> Value {
        counts.iter().map(|(outcome, n)| (output::word(outcome), json!(n))).collect::<serde_json::Map<_, _>>().into()
    };
    json!({
        "at": now.to_string(),
        "mailboxes": mailboxes,
        "deliveries": words(&status.deliveries),
        "interactions": words(&status.interactions),
        "quarantine": status.quarantine,
        "last_report": last_report,
        "store_bytes": status.bytes,
    })
}
