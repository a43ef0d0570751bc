//! `forget`: erase a person. It cannot be undone, so it asks.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use super::args::ForgetArgs;
use super::{office, output};
use crate::failure::{Code, Failure};
use crate::mail::Address;
use crate::store::Erased;
use crate::{clock, wiring};

pub fn forget(config: &Option<PathBuf>, args: ForgetArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let address = Address::parse(&args.address)
        .ok_or_else(|| Failure::new(Code::Usage, format!("{} is not a mail address", args.address)))?;
    if !args.yes && !confirmed(&address)? {
        output::text("nothing was erased\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let erased = office::store(&config)?.forget(&address, clock::now()).map_err(wiring::store_failure)?;
    output::text(&told(&erased))?;
    Ok(ExitCode::SUCCESS)
}

/// Asks at a terminal; without one, nobody can say yes.
fn confirmed(address: &Address) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(Code::Usage, "forget asks first, and nobody is there to answer")
            .hint("add --yes if you are sure"));
    }
    let mut err = std::io::stderr();
    let _ = write!(err, "Erase {address} and every exchange with them, for good? Type yes: ");
    let _ = err.flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map(|_| answer.trim() == "yes").map_err(|e| Failure::new(Code::Usage, "cannot read the answer").because(&e))
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
    text + "reports written before, copies and backups are yours to delete\n"
}
