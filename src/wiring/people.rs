//! Who is known: contacts files and the store's directory, brought together.
//!
//! Each file owns what it says: read again, it replaces its own rows in the store and nobody else's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::{privacy, rules};
use crate::clock;
use crate::config::Config;
use crate::contacts::import::{Ours, Plan, Row};
use crate::contacts::{Contact, Customer, CustomerId, Directory, formats, import};
use crate::failure::{Code, Failure};
use crate::interaction;
use crate::mail::Address;
use crate::pipeline::Known;
use crate::store::{self, Store};

/// A file and what lies in it.
type Bytes = (PathBuf, Vec<u8>);

/// What the configured contacts files say, and when they were read.
#[derive(Debug, Clone, Default)]
pub struct People {
    by_file: BTreeMap<PathBuf, Vec<Customer>>,
    read_at: BTreeMap<PathBuf, Option<SystemTime>>,
    /// What the files and the configuration around them are, without reading their rows.
    mark: [u8; 32],
    /// Whether the store has taken these files over, so that their rows were not read again.
    taken_over: bool,
    foreign_writes: Option<i64>,
}

impl People {
    /// Reads every configured contacts file. Later files may add to customers of earlier ones.
    ///
    /// # Errors
    /// A file that cannot be read, or rows in it that cannot be taken (78); all of one file at once.
    pub fn read(config: &Config) -> Result<People, Failure> {
        let (mut people, files) = People::look(config)?;
        let mut known: Vec<Customer> = Vec::new();
        for (file, bytes) in files {
            let taken = taken(&file, &bytes, &known, config).map_err(|refusals| refused(&file, &refusals))?;
            people.by_file.insert(file, taken.said());
            known = taken.plan.customers;
        }
        Ok(people)
    }

    /// The same, but rows are only read where the store does not have these very files already.
    ///
    /// # Errors
    /// As [`People::read`], and the store's.
    pub fn read_what_is_new(config: &Config, store: &store::Reader) -> Result<People, Failure> {
        let (people, _) = People::look(config)?;
        match store.directory_is(&people.mark).map_err(super::store_failure)? {
            true => Ok(People { taken_over: true, ..people }),
            false => People::read(config),
        }
    }

    /// The files' bytes, in their order.
    fn look(config: &Config) -> Result<(People, Vec<Bytes>), Failure> {
        let mut people = People::default();
        let mut files = Vec::new();
        // What matching depends on besides the files.
        let around = (env!("CARGO_PKG_VERSION"), config.team(), &config.contacts.freemail_domains_extra);
        let mut mark = Sha256::new_with_prefix(format!("{around:?}"));
        for file in &config.contacts.files {
            people.read_at.insert(file.clone(), changed_at(file));
            let bytes = fs::read(file).map_err(|e| {
                Failure::new(Code::Configuration, format!("cannot read the contacts file {}", file.display()))
                    .because(&e)
                    .hint("check [contacts] files in the configuration")
            })?;
            mark.update(format!("{file:?} {}", bytes.len()));
            mark.update(&bytes);
            files.push((file.clone(), bytes));
        }
        people.mark = mark.finalize().into();
        Ok((people, files))
    }

    /// Whether the store has these very files already, and everybody on record was matched with them.
    pub fn are_taken_over(&self) -> bool {
        self.taken_over
    }

    /// How many customers the files name.
    pub fn customers(&self) -> usize {
        self.by_file.values().flatten().map(|customer| &customer.id).collect::<BTreeSet<_>>().len()
    }

    /// What each file says, in the files' alphabetical order.
    pub fn by_file(&self) -> impl Iterator<Item = (&Path, &[Customer])> {
        self.by_file.iter().map(|(file, said)| (file.as_path(), said.as_slice()))
    }

    /// The files that name a customer like this.
    pub fn files_that_name(&self, is_meant: impl Fn(&Customer) -> bool) -> impl Iterator<Item = &Path> {
        let naming = self.by_file.iter().filter(move |(_, customers)| customers.iter().any(&is_meant));
        naming.map(|(file, _)| file.as_path())
    }

    /// Who is known by the files alone, as `explain` knows it.
    pub fn known(&self, config: &Config) -> Known {
        let customers = self.by_file.values().flatten().cloned().collect();
        known(customers, config)
    }

    /// Writes the files' customers into the store and has kept mail matched anew; returns everybody known, and a
    /// number for [`People::adopted`]. `at_rest`: no mail is in hand that somebody else's knowledge decided; only
    /// then is everybody on record matched when this returns, and the next start has nothing to match.
    ///
    /// # Errors
    /// The store's.
    pub fn adopt_into(&self, store: &mut Store, config: &Config, at_rest: bool) -> store::Result<(Known, i64)> {
        // Asked first: what another command writes from here on is a change.
        let foreign_writes = store.foreign_writes()?;
        for (file, customers) in &self.by_file {
            let source = file.display().to_string();
            if store.customers_of(&source)? != *customers {
                store.save_customers(customers, &source)?;
            }
        }
        let changes = store.directory_changes()?;
        let known = known(store.load_customers()?, config);
        store.listen_for(&known.rules.phrases);
        if !self.taken_over {
            rematch(store, &known)?;
            if at_rest {
                store.note_directory(&self.mark, changes)?;
            }
        }
        Ok((known, foreign_writes))
    }

    /// Remembers the record as it stood when they were written into it.
    pub fn adopted(&mut self, foreign_writes: i64) {
        self.foreign_writes = Some(foreign_writes);
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
    store.reread_notes(|words, people| interaction::mentioned(words, people, &known.directory))?;
    store.rematch(
        |participant| match participant.address.as_ref().is_some_and(|a| team.has(a)) {
            true => Default::default(),
            false => known.directory.identify(participant),
        },
        clock::now(),
    )
}

/// A contacts file that can be taken.
pub struct Taken {
    /// Its rows.
    pub rows: Vec<Row>,
    /// What taking them does.
    pub plan: Plan,
}

impl Taken {
    /// What the rows themselves say, of everybody known afterwards: the customers they name, each with the
    /// contacts they name.
    pub fn said(&self) -> Vec<Customer> {
        let ids: HashSet<&CustomerId> = self.rows.iter().filter_map(|row| row.customer_id.as_ref()).collect();
        let names: HashSet<&str> = self.rows.iter().filter_map(|row| row.customer.as_deref()).collect();
        let named = |customer: &Customer| {
            ids.contains(&customer.id)
                || names.contains(customer.name.as_str())
                || names.contains(customer.id.0.as_str())
        };
        let people = self.rows.iter().filter_map(|row| row.contact.as_ref());
        let of_rows: HashSet<String> = people.flat_map(|person| &person.addresses).map(Address::key).collect();
        let told = |contact: &Contact| contact.addresses.iter().any(|address| of_rows.contains(&address.key()));
        let said = self.plan.customers.iter().filter_map(|customer| {
            let contacts: Vec<Contact> = customer.contacts.iter().filter(|c| told(c)).cloned().collect();
            let counts = named(customer) || !contacts.is_empty();
            counts.then(|| Customer { contacts, ..customer.clone() })
        });
        said.collect()
    }
}

/// Adds what was said to what one source says already; a contact of the same short name is replaced.
pub fn unite(mut own: Vec<Customer>, said: Vec<Customer>) -> Vec<Customer> {
    for customer in said {
        match own.iter_mut().find(|known| known.id == customer.id) {
            None => own.push(customer),
            Some(known) => {
                let mut contacts = std::mem::take(&mut known.contacts);
                contacts.retain(|old| customer.contacts.iter().all(|new| new.id != old.id));
                contacts.extend(customer.contacts.clone());
                *known = Customer { contacts, ..customer };
            }
        }
    }
    own
}

/// Who can never be a contact.
pub fn ours(config: &Config) -> Ours {
    let team = config.team();
    let mut addresses = team.addresses;
    addresses.extend(team.capture_addresses);
    Ours { addresses, domains: team.domains, freemail_extra: config.contacts.freemail_domains_extra.clone() }
}

/// What taking a contacts file does.
///
/// # Errors
/// Rows that cannot be taken, in the order of their lines; then nothing is.
pub fn taken(file: &Path, bytes: &[u8], existing: &[Customer], config: &Config) -> Result<Taken, Vec<import::Refusal>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let rows = formats::read(bytes, &name).map_err(by_line)?;
    let plan = import::plan(existing, &rows, &ours(config));
    match plan.refused.is_empty() {
        true => Ok(Taken { rows, plan }),
        false => Err(by_line(plan.refused)),
    }
}

fn by_line(mut refusals: Vec<import::Refusal>) -> Vec<import::Refusal> {
    refusals.sort_by_key(|refusal| refusal.line);
    refusals
}

/// Why a contacts file was not taken: every line at once (78).
pub fn refused(file: &Path, refusals: &[import::Refusal]) -> Failure {
    let failure = Failure::new(Code::Configuration, format!("cannot take the contacts in {}", file.display()));
    let with_lines = refusals.iter().map(|refusal| format!("line {}: {}", refusal.line, refusal.why));
    with_lines.fold(failure, Failure::cause).hint("nothing of the file was taken; mend these lines and try again")
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|m| m.modified()).ok()
}
