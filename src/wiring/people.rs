//! Who is known: contacts files and the store's directory, brought together.
//!
//! Each file owns what it says: read again, it replaces its own rows in the store and nobody else's.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use super::{ask_failure, privacy, rules};
use crate::clock;
use crate::config::Config;
use crate::contacts::{Customer, Directory, formats, import};
use crate::daemon::keeper::Keeper;
use crate::failure::{Code, Failure};
use crate::pipeline::Known;
use crate::store::{self, Store};

/// What the configured contacts files say, and when they were read.
#[derive(Debug, Clone, Default)]
pub struct People {
    by_file: BTreeMap<PathBuf, Vec<Customer>>,
    read_at: BTreeMap<PathBuf, Option<SystemTime>>,
    foreign_writes: Option<i64>,
}

impl People {
    /// Reads every configured contacts file. Later files may add to customers of earlier ones.
    ///
    /// # Errors
    /// A file that cannot be read (66), or rows in it that cannot be taken (78); all of one file at once.
    pub fn read(config: &Config) -> Result<People, Failure> {
        let mut people = People::default();
        let mut known: Vec<Customer> = Vec::new();
        for file in &config.contacts.files {
            people.read_at.insert(file.clone(), changed_at(file));
            let bytes = fs::read(file).map_err(|e| {
                Failure::new(Code::Configuration, format!("cannot read the contacts file {}", file.display()))
                    .because(&e)
                    .hint("check [contacts] files in the configuration")
            })?;
            let plan = plan(file, &bytes, &known, config)?;
            let own = plan.only_from_rows();
            known = plan.customers;
            people.by_file.insert(file.clone(), own);
        }
        Ok(people)
    }

    /// Who is known by the files alone, as `explain` knows it.
    pub fn known(&self, config: &Config) -> Known {
        let customers = self.by_file.values().flatten().cloned().collect();
        known(customers, config)
    }

    /// Writes the files' customers into the store, has kept mail matched anew, and returns everybody known.
    ///
    /// # Errors
    /// The store's.
    pub async fn adopt(&mut self, keeper: &Keeper, config: &Config) -> Result<Known, Failure> {
        let (people, config) = (self.clone(), config.clone());
        let (known, foreign_writes) =
            keeper.ask(move |store| people.adopt_into(store, &config)).await.map_err(ask_failure)?;
        self.foreign_writes = Some(foreign_writes);
        Ok(known)
    }

    /// The same on a store at hand.
    ///
    /// # Errors
    /// The store's.
    pub fn adopt_into(&self, store: &mut Store, config: &Config) -> store::Result<(Known, i64)> {
        for (file, customers) in &self.by_file {
            let source = file.display().to_string();
            if store.customers_of(&source)? != *customers {
                store.save_customers(customers, &source)?;
            }
        }
        let known = known(store.load_customers()?, config);
        rematch(store, &known)?;
        Ok((known, store.foreign_writes()?))
    }

    /// Whether a file was written, or another command wrote to the store, since they were read.
    pub fn changed(&self, foreign_writes: i64) -> bool {
        self.foreign_writes.is_some_and(|then| then != foreign_writes)
            || self.read_at.iter().any(|(file, then)| changed_at(file) != *then)
    }

    /// Accepts that a change could not be read, so that it is reported once and not every two seconds.
    pub fn leave_as_is(&mut self, foreign_writes: i64) {
        self.foreign_writes = Some(foreign_writes);
        for (file, then) in &mut self.read_at {
            *then = changed_at(file);
        }
    }
}

/// Everybody, as the engine needs them.
pub fn known(customers: Vec<Customer>, config: &Config) -> Known {
    Known {
        rules: rules(config),
        directory: Directory::new(customers, &config.contacts.freemail_domains_extra),
        privacy: privacy(config),
    }
}

/// Has kept mail matched anew; returns how many interactions joined the record.
pub fn rematch(store: &mut Store, known: &Known) -> store::Result<usize> {
    let team = &known.rules.team;
    store.rematch(
        |participant| match participant.address.as_ref().is_some_and(|a| team.has(a)) {
            true => Default::default(),
            false => known.directory.identify(participant),
        },
        clock::now(),
    )
}

/// What a contacts file would change.
///
/// # Errors
/// Rows that cannot be taken, each with its line (78).
pub fn plan(file: &std::path::Path, bytes: &[u8], existing: &[Customer], config: &Config) -> Result<import::Plan, Failure> {
    let refused = |lines: Vec<String>| {
        let failure = Failure::new(Code::Configuration, format!("cannot take the contacts in {}", file.display()));
        lines.into_iter().fold(failure, Failure::cause).hint("nothing of the file was taken; mend these lines and try again")
    };
    let rows = formats::read(bytes, file).map_err(|refusals| refused(refusals.iter().map(|r| r.to_string()).collect()))?;
    let plan = import::plan(existing, &rows, &config.team());
    match plan.refused.is_empty() {
        true => Ok(plan),
        false => Err(refused(plan.refused.iter().map(|r| r.to_string()).collect())),
    }
}

fn changed_at(file: &std::path::Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|m| m.modified()).ok()
}
