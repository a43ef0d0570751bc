//! Who somebody is: an immutable snapshot of customers and contacts, indexed once, asked often.
//!
//! Rules in falling strength, the first that answers wins: the exact address,
//! the address without its `+tag`, the customer whose domain it is or lies in,
//! and, only for people whom a mail names without any address, their full name
//! if one contact alone has it. A freemail domain never speaks for a customer.
//! Display names are not believed where there is an address: anyone can write
//! any name beside their own address.
//!
//! Each question costs a few hash look-ups, whatever the number of contacts.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Contact, ContactId, Customer, CustomerId, Match, domains, names};
use crate::mail::{Address, Domain, Participant};

/// A contact's place: which customer, which of its contacts.
type Place = (usize, usize);

/// All customers and contacts, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    customers: Vec<Customer>,
    by_id: BTreeMap<CustomerId, usize>,
    contacts: HashMap<ContactId, Place>,
    addresses: HashMap<String, Place>,
    /// Addresses without their `+tag`; `None` where two people share one.
    untagged: HashMap<String, Option<Place>>,
    domains: HashMap<Domain, usize>,
    freemail_extra: HashSet<String>,
    /// Full names in the form of [`names::key`]; `None` where two people share one.
    names: HashMap<String, Option<Place>>,
    /// The words with which a name may begin, so that most words of a text cost one look-up.
    name_words: HashSet<String>,
    /// What `@customer` may say; `None` where it could mean two.
    words: HashMap<String, Option<usize>>,
}

impl Directory {
    /// Indexes customers. Of two that claim the same address or domain the first by id keeps it.
    pub fn new(mut customers: Vec<Customer>, freemail_extra: &[Domain]) -> Directory {
        customers.sort_by(|a, b| a.id.cmp(&b.id));
        let mut directory = Directory {
            freemail_extra: freemail_extra.iter().map(|d| d.as_str().to_owned()).collect(),
            ..Directory::default()
        };
        for (at, customer) in customers.iter().enumerate() {
            directory.by_id.entry(customer.id.clone()).or_insert(at);
            for domain in customer.domains.iter().filter(|d| !directory.is_freemail(d)).cloned().collect::<Vec<_>>() {
                directory.domains.entry(domain).or_insert(at);
            }
            for (nth, contact) in customer.contacts.iter().enumerate() {
                directory.index_contact(contact, (at, nth));
            }
        }
        directory.index_words(&customers);
        directory.customers = customers;
        directory
    }

    fn index_contact(&mut self, contact: &Contact, place: Place) {
        self.contacts.entry(contact.id.clone()).or_insert(place);
        for address in &contact.addresses {
            self.addresses.entry(address.key()).or_insert(place);
            if let Some(bare) = address.without_tag() {
                only_one(&mut self.untagged, bare.key(), place);
            }
        }
        for key in contact.name.iter().flat_map(|name| names::keys(name)) {
            self.name_words.extend(key.split(' ').map(str::to_owned));
            only_one(&mut self.names, key, place);
        }
    }

    /// Ids stand above names, names above names without their legal form, domains last.
    fn index_words(&mut self, customers: &[Customer]) {
        let kinds: [fn(&Customer) -> Vec<String>; 4] = [
            |c| vec![c.id.0.clone()],
            |c| vec![names::slug(&c.name)],
            |c| vec![without_legal_form(&names::slug(&c.name))],
            |c| c.domains.iter().map(|d| names::slug(d.as_str())).collect(),
        ];
        for kind in kinds {
            let mut found = HashMap::new();
            for (at, customer) in customers.iter().enumerate() {
                for word in kind(customer).into_iter().filter(|w| !w.is_empty()) {
                    only_one(&mut found, word, at);
                }
            }
            for (word, at) in found {
                self.words.entry(word).or_insert(at);
            }
        }
    }

    /// Who a participant is. An empty match when nobody is known.
    pub fn identify(&self, participant: &Participant) -> Match {
        match (&participant.address, &participant.name) {
            (Some(address), _) => self.identify_address(address),
            (None, Some(name)) => self.identify_name(name.raw()),
            (None, None) => Match::default(),
        }
    }

    /// Who is behind an address, and which customer it belongs to.
    pub fn identify_address(&self, address: &Address) -> Match {
        let key = address.key();
        if let Some(place) = self.addresses.get(&key) {
            return self.matched(*place, "address");
        }
        let bare = address.without_tag().map_or(key, |bare| bare.key());
        let tagged = self.addresses.get(&bare).copied().or_else(|| self.untagged.get(&bare).copied().flatten());
        if let Some(place) = tagged {
            return self.matched(place, "tag");
        }
        match self.by_domain(&address.domain()) {
            Some(at) => Match { contact: None, customer: self.customer_id(at), rule: "domain".to_owned() },
            None => Match::default(),
        }
    }

    /// The customer of a domain: itself, then the domains around it up to the one somebody registered.
    fn by_domain(&self, domain: &Domain) -> Option<usize> {
        if self.is_freemail(domain) {
            return None;
        }
        let outermost = domain.registrable();
        let mut inside = true;
        domains::within(domain)
            .take_while(|name| {
                let here = inside;
                inside = inside && outermost.as_ref().is_some_and(|o| o.as_str() != *name);
                here
            })
            .filter_map(Domain::parse)
            .find_map(|name| self.domains.get(&name).copied())
    }

    /// Whether everybody may have an address there.
    fn is_freemail(&self, domain: &Domain) -> bool {
        domains::is_freemail(domain) || domains::within(domain).any(|around| self.freemail_extra.contains(around))
    }

    fn identify_name(&self, name: &str) -> Match {
        match names::key(name).and_then(|key| self.names.get(&key).copied().flatten()) {
            Some(place) => self.matched(place, "name"),
            None => Match::default(),
        }
    }

    /// Everybody whom a note names in full or by address, in the order of the words, each once.
    ///
    /// Linear in the text. A name counts with all its words side by side, in any order, inside one
    /// sentence; first names alone never do.
    pub fn mentioned(&self, words: &str) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        let mut seen = HashSet::new();
        for sentence in words.split_inclusive(['\n', '!', '?', ';', ':']) {
            for mention in self.addresses_in(sentence).into_iter().chain(self.names_in(sentence)) {
                let who = (mention.contact.clone(), mention.customer.clone());
                if seen.insert(who) {
                    found.push(mention);
                }
            }
        }
        found
    }

    fn addresses_in(&self, sentence: &str) -> Vec<Match> {
        let around = |c: char| !c.is_alphanumeric() && !"+-_".contains(c);
        sentence
            .split_whitespace()
            .filter(|word| word.contains('@'))
            .flat_map(|word| word.split([',', '<', '>', '(', ')', '"', '|']))
            .filter_map(|word| Address::parse(word.trim_matches(around)))
            .map(|address| self.identify_address(&address))
            .filter(|who| who.customer.is_some())
            .collect()
    }

    fn names_in(&self, sentence: &str) -> Vec<Match> {
        let words = names::words(sentence);
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let reach = rest.iter().take(names::LONGEST).take_while(|w| self.name_words.contains(*w)).count();
            let longest = (2..=reach).rev().find_map(|length| {
                let name = names::joined(rest.get(..length)?.to_vec());
                self.names.get(&name).map(|place| (length, *place))
            });
            match longest {
                Some((length, place)) => {
                    found.extend(place.map(|place| self.matched(place, "name")));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The customer that `@word` means: by id, by name (`@acme-foods`, also without its legal form),
    /// or by domain; case and accents ignored. `None` when nobody or more than one is meant.
    pub fn customer(&self, word: &str) -> Option<&CustomerId> {
        let slug = names::slug(word);
        let at = self.words.get(&slug).copied().flatten()?;
        self.customers.get(at).map(|c| &c.id)
    }

    /// The customer that a misspelt word most likely means. Looks at all of them: for hints only.
    pub fn nearest_customer(&self, word: &str) -> Option<&CustomerId> {
        let slug = names::slug(word);
        let near =
            self.words.iter().filter_map(|(known, at)| Some((strsim::jaro_winkler(&slug, known), known, (*at)?)));
        let best = near.filter(|n| n.0 >= 0.8).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
        best.and_then(|(_, _, at)| self.customers.get(at)).map(|c| &c.id)
    }

    /// All customers by id.
    pub fn customers(&self) -> impl ExactSizeIterator<Item = &Customer> {
        self.customers.iter()
    }

    /// One customer.
    pub fn customer_by_id(&self, id: &CustomerId) -> Option<&Customer> {
        self.by_id.get(id).and_then(|at| self.customers.get(*at))
    }

    /// One contact, with the customer they belong to.
    pub fn contact(&self, id: &ContactId) -> Option<(&Customer, &Contact)> {
        let (at, nth) = *self.contacts.get(id)?;
        let customer = self.customers.get(at)?;
        Some((customer, customer.contacts.get(nth)?))
    }

    fn matched(&self, (at, nth): Place, rule: &str) -> Match {
        let contact = self.customers.get(at).and_then(|c| c.contacts.get(nth)).map(|c| c.id.clone());
        Match { contact, customer: self.customer_id(at), rule: rule.to_owned() }
    }

    fn customer_id(&self, at: usize) -> Option<CustomerId> {
        self.customers.get(at).map(|c| c.id.clone())
    }
}

/// Remembers what a key means, and forgets it for good once it means two things.
fn only_one<P: Copy + PartialEq>(index: &mut HashMap<String, Option<P>>, key: String, place: P) {
    index
        .entry(key)
        .and_modify(|known| {
            if *known != Some(place) {
                *known = None;
            }
        })
        .or_insert(Some(place));
}

/// `acme-foods` of `acme-foods-gmbh`.
fn without_legal_form(slug: &str) -> String {
    const FORMS: [&str; 30] = [
        "gmbh", "mbh", "ag", "kg", "co", "ohg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "vof",
        "ltd", "limited", "llc", "llp", "plc", "inc", "corp", "ab", "as", "aps", "oy", "sl", "kft", "sro",
    ];
    let mut words: Vec<&str> = slug.split('-').collect();
    while words.len() > 1 && words.last().is_some_and(|last| FORMS.contains(last)) {
        words.pop();
    }
    words.join("-")
}

#[cfg(test)]
mod tests;
