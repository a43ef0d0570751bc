//! `status`: mailboxes, lag, last report, quarantine and store size.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::args::Json;
use super::{office, output};
use crate::config::Config;
use crate::failure::Failure;
use crate::interaction::Outcome;
use crate::mail::Untrusted;
use crate::mailbox::Mailbox;
use crate::store::{MailboxState, Mailing, MailingTrouble, Resting, Status};
use crate::{clock, wiring};

pub fn status(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let reader = office::reader(&config)?;
    let mut status = reader.status().map_err(wiring::store_failure)?;
    add_unread(&mut status, &config);
    let resting = reader.resting().map_err(wiring::store_failure)?;
    let now = clock::now();
    let reports = reader.report_days().map_err(wiring::store_failure)?;
    let last_report = reports.keys().next_back().map(ToString::to_string);
    let mailing = reader.mailing().map_err(wiring::store_failure)?;
    if args.json {
        let mut facts = as_json(&status, &resting, &config, last_report, now);
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("mailing".to_owned(), mailing_object(&mailing));
        }
        output::json(&facts)?;
        return Ok(ExitCode::SUCCESS);
    }
    let zone = config.report.zone();
    let of = |state: &MailboxState| resting.iter().find(|of| of.mailbox == state.mailbox);
    let rows = status.mailboxes.iter().map(|s| row(s, of(s), word(s, &config, now), &zone)).collect();
    output::table(
        &["mailbox", "folder", "state", "last read", "lag", "next try", "trouble"],
        rows,
        "no mailbox is configured",
    )?;
    output::text(&facts(&status, last_report))?;
    output::text(&mailed(&mailing, &zone))?;
    Ok(ExitCode::SUCCESS)
}

/// Configured mailboxes that were never opened are shown as well: silence there is what a person looks for.
fn add_unread(status: &mut Status, config: &Config) {
    let folders =
        config.mailboxes.iter().flat_map(|mailbox| mailbox.folders.iter().map(|folder| (&mailbox.name, folder)));
    for (name, folder) in folders {
        let mailbox = Mailbox { name: name.clone(), folder: folder.clone() };
        if !status.mailboxes.iter().any(|state| state.mailbox == mailbox) {
            status.mailboxes.push(MailboxState::unread(mailbox));
        }
    }
}

/// How a folder is doing, in a word.
fn word(state: &MailboxState, config: &Config, now: Timestamp) -> &'static str {
    let of = &state.mailbox;
    let configured = config.mailboxes.iter().any(|m| m.name == of.name && m.folders.contains(&of.folder));
    match (&state.failure, state.next_try) {
        // History that was imported, and what the configuration has named before.
        _ if !configured => "unwatched",
        (Some(_), Some(at)) if at > now => "waiting",
        (Some(_), _) => "failing",
        (None, _) if state.last_success.is_none() => "unread",
        (None, _) => "well",
    }
}

fn row(state: &MailboxState, resting: Option<&Resting>, word: &str, zone: &TimeZone) -> Vec<String> {
    let trouble = match (&state.failure, state.last_failure) {
        (Some(why), Some(since)) => format!("{} ({})", Untrusted::new(why).log(), output::minute(since, zone)),
        (Some(why), None) => Untrusted::new(why).log(),
        (None, _) if let Some(Resting { mails, reason, .. }) = resting => {
            format!("{mails} of these not read yet: {}", Untrusted::new(reason).log())
        }
        (None, _) if state.owed > 0 => format!("{} settled mails not yet seen, moved or deleted there", state.owed),
        (None, _) => String::new(),
    };
    vec![
        state.mailbox.name.clone(),
        Untrusted::new(&state.mailbox.folder).log(),
        word.to_owned(),
        state.last_success.map_or("never".into(), |at| output::minute(at, zone)),
        state.pending.to_string(),
        state.next_try.or_else(|| resting?.next_try).map(|at| output::minute(at, zone)).unwrap_or_default(),
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

fn as_json(
    status: &Status,
    resting: &[Resting],
    config: &Config,
    last_report: Option<String>,
    now: Timestamp,
) -> Value {
    let of = |state: &MailboxState| {
        let resting = resting.iter().find(|of| of.mailbox == state.mailbox);
        mailbox_object(state, resting, word(state, config, now))
    };
    json!({
        "at": now.to_string(),
        "mailboxes": status.mailboxes.iter().map(of).collect::<Vec<_>>(),
        "deliveries": per_disposition(&status.deliveries),
        "interactions": per_disposition(&status.interactions),
        "quarantine": status.quarantine,
        "last_report": last_report,
        "store_bytes": status.bytes,
    })
}

/// How mailing the reports is going; nothing where none was ever to be mailed.
fn mailed(mailing: &Mailing, zone: &TimeZone) -> String {
    let mut text = match &mailing.last {
        Some((day, at)) => format!("last report mailed: {day} ({})\n", output::minute(*at, zone)),
        None => String::new(),
    };
    if let Some(MailingTrouble { day, recipient, reason, next_try }) = &mailing.trouble {
        let next = match next_try {
            Some(at) => format!("next try {}", output::minute(*at, zone)),
            None => "not tried again".to_owned(),
        };
        let reason = Untrusted::new(reason).log();
        text += &format!("not mailed: {day} to {} ({reason}; {next})\n", Untrusted::new(recipient).log());
    }
    text
}

fn mailing_object(mailing: &Mailing) -> Value {
    json!({
        "last_report": mailing.last.map(|(day, _)| day.to_string()),
        "last_at": mailing.last.map(|(_, at)| at.to_string()),
        "queued": mailing.queued,
        "trouble": mailing.trouble.as_ref().map(|trouble| json!({
            "report": trouble.day.to_string(),
            "recipient": trouble.recipient,
            "reason": trouble.reason,
            "next_try": trouble.next_try.map(|at| at.to_string()),
        })),
    })
}

fn mailbox_object(state: &MailboxState, resting: Option<&Resting>, word: &str) -> Value {
    json!({
        "name": state.mailbox.name,
        "folder": state.mailbox.folder,
        "state": word,
        "last_success": state.last_success.map(|at| at.to_string()),
        "last_failure": state.last_failure.map(|at| at.to_string()),
        "reason": state.failure,
        "next_try": state.next_try.map(|at| at.to_string()),
        "lag": state.pending,
        "owed": state.owed,
        "resting": resting.map(|of| json!({
            "mails": of.mails,
            "reason": of.reason,
            "next_try": of.next_try.map(|at| at.to_string()),
        })),
    })
}

fn per_disposition(counts: &BTreeMap<Outcome, u64>) -> Value {
    counts.iter().map(|(outcome, n)| (output::word(outcome), json!(n))).collect::<Map<_, _>>().into()
}
