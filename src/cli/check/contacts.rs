//! Whether the contacts files can be taken, and whether all that is known of people can be meant.

use super::finding::Finding;
use crate::config::Config;
use crate::contacts::Customer;
use crate::contacts::conflicts::{Claim, Conflict, conflicts};
use crate::store::{COMMAND, Store, StoreError};
use crate::wiring::{self, People};

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let people = match People::read(config) {
        Err(failure) => return vec![Finding::wrong("contacts", &failure)],
        Ok(people) => people,
    };
    let said = match config.contacts.files.is_empty() {
        true => "no contacts file is configured; only `touchbase contacts` tells who is known".to_owned(),
        false => format!("{} customer(s) in the contacts files", people.customers()),
    };
    let mut findings = vec![Finding::good("contacts", said)];
    let found = conflicts(&sources(config, &people), &config.contacts.freemail_domains_extra);
    findings.extend(found.iter().map(of_conflict));
    findings
}

/// What each source says: the files as they are now, and what was entered by hand or once read from other files.
fn sources(config: &Config, people: &People) -> Vec<(String, Vec<Customer>)> {
    let files = people.by_file().map(|(file, said)| (file.display().to_string(), said.to_vec()));
    let mut sources: Vec<(String, Vec<Customer>)> = files.collect();
    sources.extend(recorded(config).unwrap_or_default().into_iter().filter(|(source, _)| {
        // What the record took from a file counts as the file says it today.
        config.contacts.files.iter().all(|file| file.display().to_string() != *source)
    }));
    sources
}

/// What the record knows; nothing when there is none, or none that can be read, which is told elsewhere.
fn recorded(config: &Config) -> Result<Vec<(String, Vec<Customer>)>, StoreError> {
    if !config.store.path.exists() {
        return Ok(Vec::new());
    }
    let reader = Store::open_to_read(&wiring::store_settings(config))?;
    reader.sources()?.into_iter().map(|source| Ok((source.clone(), reader.customers_of(&source)?))).collect()
}

fn of_conflict(conflict: &Conflict) -> Finding {
    let by = |claims: &[Claim]| claims.iter().map(spoken).collect::<Vec<_>>().join(" and ");
    match conflict {
        Conflict::Address(address, claims) => Finding::doubtful(
            "contacts",
            format!("{address} belongs to {}: the first of them gets every mail", by(claims)),
            format!("keep it at one of them; {}", removal(claims, "contacts")),
        ),
        Conflict::Domain(domain, claims) => Finding::doubtful(
            "contacts",
            format!("the domain {domain} belongs to {}: the first of them gets its mail", by(claims)),
            format!("keep it at one of them; {}", removal(claims, "customers")),
        ),
        Conflict::Freemail(domain, claim) => Finding::doubtful(
            "contacts",
            format!("{} claims {domain}, where everybody may have an address: that is not honoured", spoken(claim)),
            "name the customer's people by their addresses instead",
        ),
    }
}

fn spoken(claim: &Claim) -> String {
    let who = match &claim.of {
        Some(customer) => format!("{} of {customer}", claim.who),
        None => claim.who.clone(),
    };
    match claim.source.as_str() {
        COMMAND => format!("{who} (entered by hand)"),
        file => format!("{who} ({file})"),
    }
}

/// How one of the claims is taken back.
fn removal(claims: &[Claim], of: &str) -> String {
    match claims.iter().find(|claim| claim.source == COMMAND) {
        Some(claim) => format!("`touchbase {of} remove {}` removes what was entered by hand", claim.who),
        None => "remove it from one of the files".to_owned(),
    }
}
