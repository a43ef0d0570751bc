//! `export`: every interaction, by time, for other programs.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use super::args::{ExportArgs, ExportFormat};
use super::{office, output};
use crate::failure::{Code, Failure};
use crate::interaction::{Outcome, Recorded, json};
use crate::mail::Untrusted;
use crate::wiring;

/// The flat fields, one column each.
const COLUMNS: [&str; 18] = [
    "id",
    "kind",
    "direction",
    "capture",
    "occurred_at",
    "occurred_at_exact",
    "subject",
    "author_name",
    "author_address",
    "author_contact",
    "customers",
    "recipients",
    "text",
    "comment",
    "automation",
    "recorded_at",
    "mailbox",
    "disposition",
];

pub fn export(config: &Option<PathBuf>, args: ExportArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let reader = office::reader(&config)?;
    let csv = args.format == ExportFormat::Csv && !args.json;
    if csv {
        output::text(&line(COLUMNS.iter().map(|c| (*c).to_owned()))?)?;
    }
    let mut result = Ok(());
    let each = |recorded: Recorded| {
        if !args.all && recorded.outcome != Outcome::Recorded {
            return ControlFlow::Continue(());
        }
        result = match csv {
            true => line(cells(&recorded).into_iter()).and_then(|line| output::text(&line)),
            false => output::json_line(&json::recorded(&recorded)),
        };
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    reader.export(each).map_err(wiring::store_failure)?;
    result.map(|()| ExitCode::SUCCESS)
}

fn line(cells: impl Iterator<Item = String>) -> Result<String, Failure> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let written = writer.write_record(cells).map_err(|e| Failure::new(Code::Bug, "cannot render CSV").because(&e));
    written?;
    let bytes = writer.into_inner().map_err(|e| Failure::new(Code::Bug, "cannot render CSV").cause(e.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The cells of one interaction. Whatever a stranger wrote is defused for spreadsheets.
fn cells(r: &Recorded) -> Vec<String> {
    let i = &r.interaction;
    let words = |words: &Untrusted| words.csv();
    let author = i.author.as_ref();
    let recipients: Vec<String> =
        i.recipients.iter().filter_map(|p| p.participant.address.as_ref().map(ToString::to_string)).collect();
    let customers: Vec<&str> = i.customers.iter().map(|c| c.0.as_str()).collect();
    vec![
        r.id.to_string(),
        output::word(&i.kind),
        output::word(&i.direction),
        output::word(&i.capture),
        i.occurred_at.to_string(),
        i.exact.to_string(),
        words(&i.subject),
        author.and_then(|p| p.participant.name.as_ref()).map(words).unwrap_or_default(),
        author
            .and_then(|p| p.participant.address.as_ref())
            .map(|a| Untrusted::new(a.as_str()).csv())
            .unwrap_or_default(),
        author.and_then(|p| p.contact.as_ref()).map(|c| c.0.clone()).unwrap_or_default(),
        customers.join(";"),
        Untrusted::new(recipients.join(";")).csv(),
        words(&i.text),
        i.comment.as_ref().map(words).unwrap_or_default(),
        output::word(&i.automation),
        r.recorded_at.to_string(),
        r.mailbox.clone(),
        output::word(&r.outcome),
    ]
}
