//! Takes rows one by one onto what is known, and remembers who was meant.
//!
//! A row is asked everything that could refuse it before it changes anything,
//! so that the reasons given for later rows are about what really stands there.

use std::collections::{HashMap, HashSet};

use super::super::{Contact, ContactId, Customer, CustomerId, changes, domains, names};
use super::{Ours, Person, Row};
use crate::mail::{Address, Domain};

/// A contact's place: which customer, which of its contacts.
type Place = (usize, usize);

/// Everybody as they are after the rows so far, indexed.
pub(super) struct Planner<'a> {
    ours: &'a Ours,
    pub(super) customers: Vec<Customer>,
    /// Ids and folded names.
    customer_keys: HashMap<String, usize>,
    customer_ids: HashSet<String>,
    domains: HashMap<Domain, usize>,
    addresses: HashMap<String, Place>,
    contact_ids: HashMap<String, Place>,
    names: HashMap<(usize, String), usize>,
    /// Which name this very file gave somebody, and where.
    said: HashMap<Place, (String, u32)>,
    pub(super) lines: changes::Lines,
}

impl<'a> Planner<'a> {
    pub(super) fn new(existing: &[Customer], ours: &'a Ours) -> Planner<'a> {
        let mut planner = Planner {
            ours,
            customers: Vec::new(),
            customer_keys: HashMap::new(),
            customer_ids: HashSet::new(),
            domains: HashMap::new(),
            addresses: HashMap::new(),
            contact_ids: HashMap::new(),
            names: HashMap::new(),
            said: HashMap::new(),
            lines: changes::Lines::default(),
        };
        for customer in existing {
            planner.add_customer(customer.clone());
        }
        planner
    }

    fn add_customer(&mut self, customer: Customer) -> usize {
        let at = self.customers.len();
        self.customer_keys.entry(customer.id.0.clone()).or_insert(at);
        self.customer_keys.entry(name_key(&customer.name)).or_insert(at);
        self.customer_ids.insert(customer.id.0.clone());
        for domain in &customer.domains {
            self.domains.entry(domain.clone()).or_insert(at);
        }
        self.customers.push(customer);
        for nth in 0..self.customers.get(at).map_or(0, |c| c.contacts.len()) {
            self.index_contact((at, nth));
        }
        at
    }

    fn index_contact(&mut self, place: Place) {
        let Some(contact) = self.customers.get(place.0).and_then(|c| c.contacts.get(place.1)) else { return };
        self.contact_ids.entry(contact.id.0.clone()).or_insert(place);
        for address in &contact.addresses {
            self.addresses.entry(address.key()).or_insert(place);
        }
        if let Some(name) = &contact.name {
            self.names.entry((place.0, person_key(name))).or_insert(place.1);
        }
    }

    /// Takes a row, or says why not and changes nothing.
    pub(super) fn take(&mut self, row: &Row) -> Result<(), String> {
        self.refuse_ours(row)?;
        let at = self.customer_of(row)?;
        self.refuse_taken_domains(row, at)?;
        // Everything that can be refused is asked before anything is changed.
        let place = match (&row.contact, at) {
            (Some(person), at) => self.place_of(row, person, at)?,
            (None, _) => None,
        };
        let at = at.unwrap_or_else(|| self.create_customer(row));
        self.lines.customer(at, row.line);
        self.merge_customer(row, at);
        if let Some(person) = &row.contact {
            self.merge_person(row, person, at, place);
        }
        Ok(())
    }

    fn refuse_ours(&self, row: &Row) -> Result<(), String> {
        let own = |a: &Address| {
            let bare = a.without_tag().map(|bare| bare.key());
            self.ours.domains.contains(&a.domain())
                || self.ours.addresses.iter().any(|o| o.key() == a.key() || Some(o.key()) == bare)
        };
        if let Some(address) = row.contact.iter().flat_map(|p| &p.addresses).find(|a| own(a)) {
            return Err(format!("{address} is one of our own addresses, so it cannot be a contact's"));
        }
        for domain in &row.domains {
            if self.ours.domains.contains(domain) {
                return Err(format!("{domain} is our own domain, so it cannot be a customer's"));
            }
            if domains::is_freemail(domain) || self.ours.freemail_extra.iter().any(|f| domain.is_within(f)) {
                return Err(format!("{domain} is a freemail domain: everybody there would belong to this customer"));
            }
        }
        Ok(())
    }

    /// The customer a row is about: by id, by name, or by what its addresses already belong to.
    fn customer_of(&self, row: &Row) -> Result<Option<usize>, String> {
        let by_id = row.customer_id.as_ref().and_then(|id| self.customer_keys.get(&id.0));
        if let Some(at) = by_id {
            return Ok(Some(*at));
        }
        if let Some(name) = &row.customer {
            let by_name = self.customer_keys.get(&name_key(name));
            let at = by_name.or_else(|| self.customer_keys.get(&name.trim().to_lowercase()));
            return Ok(at.copied());
        }
        if row.customer_id.is_some() {
            return Ok(None);
        }
        let addresses = row.contact.iter().flat_map(|p| &p.addresses);
        let known = |a: &Address| self.addresses.get(&a.key()).map(|place| place.0).or_else(|| self.by_domain(a));
        match addresses.clone().find_map(known) {
            Some(at) => Ok(Some(at)),
            None => Err(match addresses.clone().next() {
                Some(address) => format!("it names no customer, and {} belongs to none", address.domain()),
                None => "it names no customer".to_owned(),
            }),
        }
    }

    fn by_domain(&self, address: &Address) -> Option<usize> {
        let domain = address.domain();
        domains::within(&domain).filter_map(Domain::parse).find_map(|d| self.domains.get(&d).copied())
    }

    fn refuse_taken_domains(&self, row: &Row, at: Option<usize>) -> Result<(), String> {
        let taken = row.domains.iter().find_map(|domain| {
            let owner = *self.domains.get(domain)?;
            (Some(owner) != at).then_some((domain, owner))
        });
        match taken {
            Some((domain, owner)) => Err(format!("{domain} already belongs to {}", self.customer_name(owner))),
            None => Ok(()),
        }
    }

    /// Which known person a row means; `None` for a new one.
    fn place_of(&self, row: &Row, person: &Person, at: Option<usize>) -> Result<Option<Place>, String> {
        let mut owner: Option<(Place, &Address)> = None;
        for address in &person.addresses {
            let Some(place) = self.addresses.get(&address.key()).copied() else { continue };
            if Some(place.0) != at {
                return Err(format!("{address} already belongs to {}", self.person_at(place)));
            }
            if let Some((other, first)) = owner.filter(|(other, _)| *other != place) {
                let (one, two) = (self.person_name(other), self.person_name(place));
                return Err(format!("{first} belongs to {one}, but {address} to {two}"));
            }
            owner = owner.or(Some((place, address)));
        }
        let by_name = person
            .name
            .as_ref()
            .zip(at)
            .and_then(|(name, at)| self.names.get(&(at, person_key(name))).map(|nth| (at, *nth)));
        let by_id = person.id.as_ref().and_then(|id| self.contact_ids.get(&id.0)).copied();
        if let Some(place) = by_id.filter(|place| Some(place.0) != at) {
            return Err(format!("the id {} already belongs to {}", self.person_id(place), self.person_at(place)));
        }
        if let (Some((place, address)), Some(named)) = (owner, by_name)
            && place != named
        {
            let (one, two) = (self.person_name(place), self.person_id(named));
            return Err(format!("{address} belongs to {one}, but the name to another contact ({two})"));
        }
        if let (Some((place, address)), Some(name)) = (owner, &person.name) {
            self.refuse_two_names(place, address, name, row.line)?;
        }
        Ok(owner.map(|(place, _)| place).or(by_id).or(by_name))
    }

    /// One file that gives one address to two names is mistaken about one of them.
    fn refuse_two_names(&self, place: Place, address: &Address, name: &str, line: u32) -> Result<(), String> {
        match self.said.get(&place) {
            Some((other, first)) if person_key(other) != person_key(name) && *first != line => {
                Err(format!("{address} belongs to {other} on line {first} and to {name} here"))
            }
            _ => Ok(()),
        }
    }

    fn create_customer(&mut self, row: &Row) -> usize {
        let by_address = || row.contact.iter().flat_map(|p| &p.addresses).map(Address::domain).next();
        let domain = row.domains.first().cloned().or_else(by_address);
        let registered = domain.as_ref().and_then(Domain::registrable).or(domain);
        let label = registered.and_then(|d| d.as_str().split('.').next().map(names::slug)).unwrap_or_default();
        let name = row.customer.clone().or_else(|| row.customer_id.as_ref().map(|id| id.0.clone())).unwrap_or_default();
        let wished = row.customer_id.as_ref().map_or_else(|| names::slug(&name), |id| id.0.clone());
        let id = free_id([wished, label, "customer".to_owned()], |id| self.customer_ids.contains(id));
        self.add_customer(Customer {
            id: CustomerId(id),
            name,
            domains: Vec::new(),
            cadence_days: None,
            since: None,
            notes: None,
            contacts: Vec::new(),
        })
    }

    fn merge_customer(&mut self, row: &Row, at: usize) {
        let Some(customer) = self.customers.get_mut(at) else { return };
        // With an id beside it, a name is a name; alone it may have been the id.
        if let (Some(name), Some(id)) = (&row.customer, &row.customer_id)
            && *id == customer.id
        {
            customer.name.clone_from(name);
            self.customer_keys.entry(name_key(name)).or_insert(at);
        }
        for domain in &row.domains {
            if !customer.domains.contains(domain) {
                customer.domains.push(domain.clone());
                self.domains.insert(domain.clone(), at);
            }
        }
        take(&mut customer.cadence_days, &row.cadence_days);
        take(&mut customer.since, &row.customer_since);
        take(&mut customer.notes, &row.customer_notes);
    }

    fn merge_person(&mut self, row: &Row, person: &Person, at: usize, place: Option<Place>) {
        let place = place.unwrap_or_else(|| self.create_contact(person, at));
        let Some(contact) = self.customers.get_mut(at).and_then(|c| c.contacts.get_mut(place.1)) else { return };
        for address in &person.addresses {
            if !contact.addresses.iter().any(|known| known.key() == address.key()) {
                contact.addresses.push(address.clone());
            }
        }
        let same = |known: &String| person.name.as_ref().is_some_and(|name| person_key(known) == person_key(name));
        if !contact.name.as_ref().is_some_and(same) {
            take(&mut contact.name, &person.name);
        }
        take(&mut contact.role, &person.role);
        take(&mut contact.phone, &person.phone);
        take(&mut contact.since, &person.since);
        take(&mut contact.notes, &person.notes);
        if let Some(name) = &person.name {
            self.said.insert(place, (name.clone(), row.line));
        }
        self.lines.contact(place, row.line);
        self.index_contact(place);
    }

    fn create_contact(&mut self, person: &Person, at: usize) -> Place {
        let local = person.addresses.first().map(|a| names::slug(a.local())).unwrap_or_default();
        let wished = person.id.as_ref().map(|id| id.0.clone()).or_else(|| person.name.as_deref().map(names::slug));
        let id =
            free_id([wished.unwrap_or_default(), local, "contact".to_owned()], |id| self.contact_ids.contains_key(id));
        let nth = self.customers.get(at).map_or(0, |c| c.contacts.len());
        self.contact_ids.insert(id.clone(), (at, nth));
        if let Some(customer) = self.customers.get_mut(at) {
            customer.contacts.push(Contact {
                id: ContactId(id),
                name: None,
                addresses: Vec::new(),
                role: None,
                phone: None,
                since: None,
                notes: None,
            });
        }
        (at, nth)
    }

    fn customer_name(&self, at: usize) -> &str {
        self.customers.get(at).map_or("", |c| &c.name)
    }

    fn person_id(&self, (at, nth): Place) -> &str {
        self.customers.get(at).and_then(|c| c.contacts.get(nth)).map_or("", |c| &c.id.0)
    }

    fn person_name(&self, place: Place) -> &str {
        let contact = self.customers.get(place.0).and_then(|c| c.contacts.get(place.1));
        contact.and_then(|c| c.name.as_deref()).unwrap_or_else(|| self.person_id(place))
    }

    fn person_at(&self, place: Place) -> String {
        format!("{} of {}", self.person_name(place), self.customer_name(place.0))
    }
}

/// What a row says replaces what was known; what it leaves out does not.
fn take<T: Clone>(known: &mut Option<T>, said: &Option<T>) {
    if said.is_some() {
        known.clone_from(said);
    }
}

/// The first of `wishes` that is anything, with `-2`, `-3`, ... where somebody has it already.
fn free_id(wishes: [String; 3], taken: impl Fn(&str) -> bool) -> String {
    let wish = wishes.into_iter().find(|w| !w.is_empty()).unwrap_or_default();
    let numbered = (2_u32..).map(|n| format!("{wish}-{n}"));
    std::iter::once(wish.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}

/// A customer's name, case, accents and punctuation aside.
fn name_key(name: &str) -> String {
    names::words(name).join(" ")
}

/// A person's name, order aside as well.
fn person_key(name: &str) -> String {
    names::joined(names::words(name))
}
