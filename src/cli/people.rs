//! `customers` and `contacts`: the directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{
    ContactsAction, ContactsArgs, CustomersAction, CustomersArgs, DirectoryFormat, DirectoryFormatArgs, FileArgs,
};
use super::{office, output};
use crate::config::Config;
use crate::contacts::import::{Change, Person, Refusal, Row};
use crate::contacts::{Contact, Customer, Directory, formats, import};
use crate::failure::{Code, Failure};
use crate::mail::{Address, Domain};
use crate::store::{COMMAND, Reader, Store};
use crate::wiring;
use crate::wiring::people::{self as wired, Taken};

pub fn customers(config: &Option<PathBuf>, args: CustomersArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    match args.action {
        CustomersAction::List(json) => list_customers(&everybody(&office::reader(&config)?)?, json.json)?,
        CustomersAction::Import(file) => take_file(&config, &file)?,
        CustomersAction::Export(form) => export(&config, &form, list_customers)?,
        CustomersAction::Add { name, domains, cadence_days, notes, json } => {
            let domains = domains.iter().map(|word| domain(word)).collect::<Result<_, _>>()?;
            let row = Row { customer: Some(name), domains, cadence_days, customer_notes: notes, ..Row::default() };
            add(&config, row, json)?;
        }
        CustomersAction::Remove { customer, json } => remove_customer(&config, &customer, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub fn contacts(config: &Option<PathBuf>, args: ContactsArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    match args.action {
        ContactsAction::List(json) => list_contacts(&everybody(&office::reader(&config)?)?, json.json)?,
        ContactsAction::Import(file) => take_file(&config, &file)?,
        ContactsAction::Export(form) => export(&config, &form, list_contacts)?,
        ContactsAction::Add { addresses, customer, name, role, phone, json } => {
            let addresses = addresses.iter().map(|word| address(word)).collect::<Result<_, _>>()?;
            let person = Person { name, addresses, role, phone, ..Person::default() };
            add(&config, Row { customer: Some(customer), contact: Some(person), ..Row::default() }, json)?;
        }
        ContactsAction::Remove { contact, json } => remove_contact(&config, &contact, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Everybody the store knows.
pub fn everybody(reader: &Reader) -> Result<Vec<Customer>, Failure> {
    reader.load_customers().map_err(wiring::store_failure)
}

/// The customer of that short name or name, or a failure that names the nearest one.
pub fn find_customer(reader: &Reader, word: &str) -> Result<Customer, Failure> {
    let directory = Directory::new(everybody(reader)?, &[]);
    let found = directory.customer(word).and_then(|id| directory.customer_by_id(id)).cloned();
    found.ok_or_else(|| {
        let failure = Failure::new(Code::NoInput, format!("no customer is called {word}"));
        match directory.nearest_customer(word) {
            Some(near) => failure.hint(format!("did you mean {}?", near.0)),
            None => failure.hint("`touchbase customers list` shows them all"),
        }
    })
}

fn find_contact<'a>(everybody: &'a [Customer], word: &str) -> Result<(&'a Customer, &'a Contact), Failure> {
    let is_meant = |c: &Contact| c.id.0 == word || c.addresses.iter().any(|a| a.as_str().eq_ignore_ascii_case(word));
    everybody
        .iter()
        .flat_map(|customer| customer.contacts.iter().map(move |contact| (customer, contact)))
        .find(|(_, contact)| is_meant(contact))
        .ok_or_else(|| {
            Failure::new(Code::NoInput, format!("no contact is called {word}"))
                .hint("`touchbase contacts list` shows them all")
        })
}

/// The address a person typed.
pub fn address(word: &str) -> Result<Address, Failure> {
    Address::parse(word).ok_or_else(|| {
        Failure::new(Code::Usage, format!("{word} is not a mail address")).hint("such as ann@acme.example")
    })
}

/// The domain a person typed.
pub fn domain(word: &str) -> Result<Domain, Failure> {
    Domain::parse(word)
        .ok_or_else(|| Failure::new(Code::Usage, format!("{word} is not a domain")).hint("such as acme.example"))
}

fn remove_customer(config: &Config, word: &str, as_json: bool) -> Result<(), Failure> {
    let mut store = office::store(config)?;
    let found = find_customer(&store, word)?;
    store.remove_customer(&found.id).map_err(wiring::store_failure)?;
    let contacts = found.contacts.len();
    let words = format!("removed {} with {contacts} contact(s); the record stays\n", found.id.0);
    output::done(as_json, &words, || json!({"removed": found.id, "contacts": contacts}))?;
    let addresses = found.contacts.iter().flat_map(|contact| &contact.addresses);
    still_in_files(config, |said| said.id == found.id || addresses.clone().any(|a| names(said, a)))
}

fn remove_contact(config: &Config, word: &str, as_json: bool) -> Result<(), Failure> {
    let mut store = office::store(config)?;
    let everybody = everybody(&store)?;
    let (_, found) = find_contact(&everybody, word)?;
    store.remove_contact(&found.id).map_err(wiring::store_failure)?;
    let words = format!("removed {}; the record stays\n", found.id.0);
    output::done(as_json, &words, || json!({"removed": found.id}))?;
    still_in_files(config, |said| found.addresses.iter().any(|address| names(said, address)))
}

/// Whether a customer has a contact of that address.
pub fn names(customer: &Customer, address: &Address) -> bool {
    customer.contacts.iter().flat_map(|contact| &contact.addresses).any(|known| known.key() == address.key())
}

/// Says so when a contacts file still names who was removed: it is read again, and would bring them back.
pub fn still_in_files(config: &Config, is_meant: impl Fn(&Customer) -> bool) -> Result<(), Failure> {
    // A file that cannot be read now names nobody.
    let Ok(people) = wiring::People::read(config) else { return Ok(()) };
    for file in people.files_that_name(is_meant) {
        output::aside(&format!("{} still names them: remove them there as well", file.display()));
    }
    Ok(())
}

/// Adds what one row says, by the same rules as a row of a file.
pub fn add(config: &Config, row: Row, as_json: bool) -> Result<(), Failure> {
    let mut store = office::store(config)?;
    let before = Directory::new(everybody(&store)?, &[]);
    let named = row.customer.clone().unwrap_or_default();
    let rows = vec![row];
    let plan = import::plan(&everybody(&store)?, &rows, &wired::ours(config));
    if let Some(refusal) = plan.refused.first() {
        return Err(Failure::new(Code::Usage, "cannot add this").cause(refusal.why.clone()));
    }
    let taken = Taken { rows, plan };
    let joined = take(&mut store, config, &taken)?;
    output::done(as_json, &told(&taken, joined), || as_object(&taken, joined))?;
    if let (None, Some(near)) = (before.customer(&named), before.nearest_customer(&named)) {
        output::aside(&format!("{named} is a new customer; if you meant {}, remove it and add again", near.0));
    }
    Ok(())
}

/// Takes a contacts file into the store, whole or not at all.
fn take_file(config: &Config, args: &FileArgs) -> Result<(), Failure> {
    let bytes = fs::read(&args.file).map_err(|e| unreadable(&args.file, &e))?;
    let mut store = office::store(config)?;
    let taken = match wired::taken(&args.file, &bytes, &everybody(&store)?, config) {
        Ok(taken) => taken,
        Err(refusals) => {
            if args.json {
                output::json(&refused(&refusals))?;
            }
            return Err(wired::refused(&args.file, &refusals).with_code(Code::NoInput));
        }
    };
    let joined = take(&mut store, config, &taken)?;
    output::done(args.json, &told(&taken, joined), || as_object(&taken, joined))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::NoInput, format!("cannot read {}", file.display()))
        .because(error)
        .hint("name a file that ends in .csv, .vcf or .toml")
}

/// Writes what was said under our own source, and has kept mail matched anew.
fn take(store: &mut Store, config: &Config, taken: &Taken) -> Result<usize, Failure> {
    let own = store.customers_of(COMMAND).map_err(wiring::store_failure)?;
    store.save_customers(&wired::unite(own, taken.said()), COMMAND).map_err(wiring::store_failure)?;
    let known = wired::known(everybody(store)?, config);
    wired::rematch(store, &known).map_err(wiring::store_failure)
}

fn told(taken: &Taken, joined: usize) -> String {
    let plan = &taken.plan;
    let from_file = taken.rows.iter().any(|row| row.line > 0);
    let line = |change: &Change| if from_file { format!("line {}: ", change.line) } else { String::new() };
    let mut text = String::new();
    for change in &plan.added {
        text += &format!("{}added {}\n", line(change), change.what);
    }
    for change in &plan.changed {
        text += &format!("{}changed {}\n", line(change), change.what);
    }
    if plan.unchanged > 0 {
        text += &format!("{} unchanged\n", plan.unchanged);
    }
    match joined {
        0 => text,
        n => text + &format!("{n} kept exchange(s) joined the record\n"),
    }
}

fn as_object(taken: &Taken, joined: usize) -> Value {
    let object = |change: &Change| json!({"line": change.line, "customer": change.customer, "contact": change.contact, "what": change.what});
    let objects = |changes: &[Change]| changes.iter().map(object).collect::<Vec<_>>();
    json!({
        "added": objects(&taken.plan.added), "changed": objects(&taken.plan.changed),
        "unchanged": taken.plan.unchanged, "refused": [], "joined_the_record": joined,
    })
}

fn refused(refusals: &[Refusal]) -> Value {
    let object = |refusal: &Refusal| json!({"line": refusal.line, "why": refusal.why});
    json!({
        "added": [], "changed": [], "unchanged": 0, "joined_the_record": 0,
        "refused": refusals.iter().map(object).collect::<Vec<_>>(),
    })
}

fn export(
    config: &Config,
    form: &DirectoryFormatArgs,
    list: impl Fn(&[Customer], bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let everybody = everybody(&office::reader(config)?)?;
    if form.json {
        return list(&everybody, true);
    }
    let form = match form.format {
        DirectoryFormat::Csv => formats::Format::Csv,
        DirectoryFormat::Vcard => formats::Format::Vcard,
        DirectoryFormat::Toml => formats::Format::Toml,
    };
    output::text(&formats::write(&everybody, form))
}

fn list_customers(everybody: &[Customer], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&everybody);
    }
    let row = |c: &Customer| {
        let domains: Vec<&str> = c.domains.iter().map(|d| d.as_str()).collect();
        vec![c.id.0.clone(), c.name.clone(), c.contacts.len().to_string(), domains.join(" ")]
    };
    let rows = everybody.iter().map(row).collect();
    output::table(&["customer", "name", "contacts", "domains"], rows, "no customer yet: `touchbase customers add NAME`")
}

fn list_contacts(everybody: &[Customer], as_json: bool) -> Result<(), Failure> {
    let contacts = || everybody.iter().flat_map(|customer| customer.contacts.iter().map(move |c| (customer, c)));
    if as_json {
        let object = |(customer, contact): (&Customer, &Contact)| -> Value {
            let mut value = json!({"customer": customer.id});
            if let (Some(fields), Ok(Value::Object(own))) = (value.as_object_mut(), serde_json::to_value(contact)) {
                fields.extend(own);
            }
            value
        };
        return output::json(&contacts().map(object).collect::<Vec<_>>());
    }
    let row = |(customer, contact): (&Customer, &Contact)| {
        let addresses: Vec<&str> = contact.addresses.iter().map(|a| a.as_str()).collect();
        vec![
            contact.name.clone().unwrap_or_else(|| contact.id.0.clone()),
            customer.id.0.clone(),
            addresses.join(" "),
            contact.role.clone().unwrap_or_default(),
        ]
    };
    let rows = contacts().map(row).collect();
    let none = "no contact yet: `touchbase contacts add ADDRESS --customer C`";
    output::table(&["name", "customer", "addresses", "role"], rows, none)
}
