//! `timeline` and `search`: the record, newest first.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::args::{SearchArgs, TimelineArgs};
use super::{office, output, people};
use crate::failure::Failure;
use crate::interaction::{Outcome, Recorded, json};
use crate::report::gist;
use crate::store::{Reader, Whose};
use crate::wiring;

/// Characters of a subject in a table.
const SUBJECT: usize = 40;

pub fn timeline(config: &Option<PathBuf>, args: TimelineArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let reader = office::reader(&config)?;
    let whose = whose(&reader, &args.who)?;
    let record = reader.timeline(&whose, args.limit, None).map_err(wiring::store_failure)?;
    print(&record, &config.report.zone(), args.json, "nothing is on record yet")?;
    Ok(ExitCode::SUCCESS)
}

pub fn search(config: &Option<PathBuf>, args: SearchArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let reader = office::reader(&config)?;
    let found = reader.search(&args.words.join(" "), args.limit).map_err(wiring::store_failure)?;
    // What machines sent is kept without its words: nothing to show.
    let by_people = found.into_iter().map(|found| found.recorded).filter(|r| r.outcome != Outcome::SetAside);
    let record: Vec<Recorded> = by_people.collect();
    print(&record, &config.report.zone(), args.json, "no exchange has all these words")?;
    Ok(ExitCode::SUCCESS)
}

/// Words with `@` are an address, others a customer.
fn whose(reader: &Reader, word: &str) -> Result<Whose, Failure> {
    if !word.contains('@') {
        return people::find_customer(reader, word).map(|customer| Whose::Customer(customer.id));
    }
    people::address(word).map(Whose::Address)
}

/// On the clock of the report's zone: by their authors' clocks the lines would look out of order. JSON has those.
fn print(record: &[Recorded], zone: &TimeZone, as_json: bool, none: &str) -> Result<(), Failure> {
    if as_json {
        let record: Vec<Value> = record.iter().map(|r| Value::Object(json::recorded(r))).collect();
        return output::json(&record);
    }
    output::table(&["when", "way", "who", "what"], record.iter().map(|recorded| row(recorded, zone)).collect(), none)
}

fn row(recorded: &Recorded, zone: &TimeZone) -> Vec<String> {
    let i = &recorded.interaction;
    let who = i.author.as_ref().map(|p| {
        let name = p.participant.name.as_ref().map(|name| name.log());
        name.or_else(|| p.participant.address.as_ref().map(|a| a.to_string())).unwrap_or_default()
    });
    vec![
        output::minute(i.occurred_at.timestamp, zone),
        output::word(&i.direction),
        who.unwrap_or_default(),
        what(&i.subject.line(SUBJECT).log(), &gist::gist(i).log()),
    ]
}

fn what(subject: &str, gist: &str) -> String {
    match subject {
        "" => gist.to_owned(),
        subject => format!("{subject} – {gist}"),
    }
}
