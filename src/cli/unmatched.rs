//! `unmatched`: people nobody knows yet.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{UnmatchedAction, UnmatchedArgs};
use super::{office, output, people};
use crate::config::Config;
use crate::contacts::domains;
use crate::contacts::import::{Person, Row};
use crate::failure::Failure;
use crate::store::{Ignored, Reader, UnmatchedPerson};
use crate::{clock, wiring};

pub fn unmatched(config: &Option<PathBuf>, args: UnmatchedArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    match args.action {
        UnmatchedAction::List(json) => list(&strangers(&office::reader(&config)?)?, &config, json.json)?,
        UnmatchedAction::Accept { address, customer, name, json } => accept(&config, &address, customer, name, json)?,
        UnmatchedAction::Ignore { who, json } => ignore(&config, &who, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn strangers(reader: &Reader) -> Result<Vec<UnmatchedPerson>, Failure> {
    reader.unmatched_people(domains::is_freemail).map_err(wiring::store_failure)
}

fn list(strangers: &[UnmatchedPerson], config: &Config, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let object = |p: &UnmatchedPerson| -> Value {
            json!({
                "address": p.address, "name": p.name, "mails": p.count, "first": p.first.to_string(),
                "last": p.last.to_string(), "subjects": p.subjects, "customer": p.guess,
            })
        };
        return output::json(&strangers.iter().map(object).collect::<Vec<_>>());
    }
    let zone = config.report.zone();
    let row = |p: &UnmatchedPerson| {
        vec![
            p.address.to_string(),
            p.name.as_ref().map(|n| n.log()).unwrap_or_default(),
            p.count.to_string(),
            output::day(p.last, &zone),
            p.subjects.first().map(|s| s.line(50).log()).unwrap_or_default(),
            p.guess.as_ref().map(|c| c.0.clone()).unwrap_or_default(),
        ]
    };
    let rows = strangers.iter().map(row).collect();
    output::table(&["address", "name", "mails", "last", "subject", "perhaps"], rows, "everybody who wrote is known")
}

/// Makes a person a contact. Without a name given, the one their mail says.
fn accept(
    config: &Config,
    address: &str,
    customer: String,
    name: Option<String>,
    as_json: bool,
) -> Result<(), Failure> {
    let parsed = people::address(address)?;
    let strangers = strangers(&office::reader(config)?)?;
    let found = strangers.iter().find(|p| p.address.key() == parsed.key());
    let name = name.or_else(|| found.and_then(|p| p.name.as_ref()).map(|name| name.log()));
    let person = Person { name, addresses: vec![parsed], ..Person::default() };
    people::add(config, Row { customer: Some(customer), contact: Some(person), ..Row::default() }, as_json)
}

fn ignore(config: &Config, who: &str, as_json: bool) -> Result<(), Failure> {
    let what = match who.contains('@') {
        true => Ignored::Address(people::address(who)?),
        false => Ignored::Domain(people::domain(who)?),
    };
    office::store(config)?.ignore(&what, clock::now()).map_err(wiring::store_failure)?;
    output::done(as_json, &format!("{who} will not be proposed again\n"), || json!({"ignored": who}))
}
