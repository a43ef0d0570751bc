//! `forget`: erase a person. It cannot be undone, so it asks.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::ForgetArgs;
use super::{office, output, people};
use crate::failure::{Code, Failure};
use crate::mail::Address;
use crate::store::Erased;
use crate::{clock, wiring};

pub fn forget(config: &Option<PathBuf>, args: ForgetArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let address = people::address(&args.address)?;
    if !args.yes && !confirmed(&address)? {
        output::done(args.json, "nothing was erased\n", || json!({"erased": []}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let erased = office::store(&config)?.forget(&address, clock::now()).map_err(wiring::store_failure)?;
    output::done(args.json, &told(&erased), || as_object(&erased))?;
    let left = "reports written before, copies and backups are yours to delete; the reports lie in";
    output::aside(&format!("{left} {}", config.report.directory.display()));
    people::still_in_files(&config, |said| people::names(said, &address))?;
    Ok(ExitCode::SUCCESS)
}

/// Asks, and takes only a `yes`. An end without an answer is nobody there to answer.
fn confirmed(address: &Address) -> Result<bool, Failure> {
    let mut err = std::io::stderr();
    let _ = write!(err, "Erase {address} and every exchange with them, for good? Type yes: ");
    let _ = err.flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    match read {
        Ok(1..) => Ok(answer.trim() == "yes"),
        _ => Err(Failure::new(Code::Usage, "forget asks first, and nobody is there to answer")
            .hint("add --yes if you are sure")),
    }
}

fn told(erased: &Erased) -> String {
    let mut text = format!(
        "erased {}: {} interaction(s), removed from {} more, {} contact(s), {} quarantined mail(s)\n",
        erased.addresses.join(", "),
        erased.interactions,
        erased.removed_from,
        erased.contacts,
        erased.raw,
    );
    if !erased.swept {
        text += "free pages are swept when nobody reads the store any more, at the next start at the latest\n";
    }
    text
}

fn as_object(erased: &Erased) -> Value {
    json!({
        "erased": erased.addresses, "interactions": erased.interactions, "removed_from": erased.removed_from,
        "contacts": erased.contacts, "quarantined": erased.raw, "swept": erased.swept,
    })
}
