//! What several sources say of the directory and cannot all mean: one address of two people, one domain of two
//! customers, a freemail domain of any.
//!
//! One file is asked for this when it is taken ([`super::import`]). Between sources nobody is refused, because each may
//! be read again without the others: [`super::Directory`] lets the first by id have what both claim, which is perhaps
//! not the one that was meant.

use std::collections::BTreeMap;

use super::{Customer, domains};
use crate::mail::Domain;

/// Somebody's claim: the source that makes it, and for whom, by short name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// A contacts file, or the command line.
    pub source: String,
    /// The short name of the contact or customer.
    pub who: String,
    /// The customer whose contact it is.
    pub of: Option<String>,
}

/// What cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// One address at several contacts.
    Address(String, Vec<Claim>),
    /// One domain at several customers.
    Domain(Domain, Vec<Claim>),
    /// A domain where everybody has an address, claimed for a customer; such a claim is not honoured.
    Freemail(Domain, Claim),
}

/// Looks for conflicts in what the sources say, each with its name.
pub fn conflicts(sources: &[(String, Vec<Customer>)], freemail_extra: &[Domain]) -> Vec<Conflict> {
    let mut addresses: BTreeMap<String, Vec<Claim>> = BTreeMap::new();
    let mut claimed: BTreeMap<&Domain, Vec<Claim>> = BTreeMap::new();
    for (source, customer) in sources.iter().flat_map(|(source, said)| said.iter().map(move |one| (source, one))) {
        let id = &customer.id.0;
        let claim =
            |who: &str, of: Option<&String>| Claim { source: source.clone(), who: who.to_owned(), of: of.cloned() };
        for domain in &customer.domains {
            add(claimed.entry(domain).or_default(), claim(id, None));
        }
        for contact in &customer.contacts {
            for address in &contact.addresses {
                add(addresses.entry(address.key()).or_default(), claim(&contact.id.0, Some(id)));
            }
        }
    }
    let free = |domain: &Domain| domains::is_freemail(domain) || freemail_extra.iter().any(|f| domain.is_within(f));
    let mut found = Vec::new();
    for (domain, claims) in claimed {
        match free(domain) {
            true => found.extend(claims.into_iter().map(|claim| Conflict::Freemail(domain.clone(), claim))),
            false if claims.len() > 1 => found.push(Conflict::Domain(domain.clone(), claims)),
            false => {}
        }
    }
    let several = addresses.into_iter().filter(|(_, claims)| claims.len() > 1);
    found.extend(several.map(|(address, claims)| Conflict::Address(address, claims)));
    found
}

/// Notes a claim; two sources that mean the same one agree.
fn add(claims: &mut Vec<Claim>, claim: Claim) {
    if claims.iter().all(|known| (&known.who, &known.of) != (&claim.who, &claim.of)) {
        claims.push(claim);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Contact, ContactId, CustomerId};
    use super::*;
    use crate::mail::Address;

    fn customer(id: &str, domain: &str, contacts: &[(&str, &str)]) -> Customer {
        let contact = |(id, address): &(&str, &str)| Contact {
            id: ContactId((*id).to_owned()),
            name: None,
            addresses: vec![Address::parse(address).unwrap()],
            role: None,
            phone: None,
            since: None,
            notes: None,
        };
        Customer {
            id: CustomerId(id.to_owned()),
            name: id.to_owned(),
            domains: Domain::parse(domain).into_iter().collect(),
            cadence_days: None,
            since: None,
            notes: None,
            contacts: contacts.iter().map(contact).collect(),
        }
    }

    fn told(sources: &[(&str, Vec<Customer>)], extra: &[&str]) -> Vec<String> {
        let sources: Vec<_> = sources.iter().map(|(name, said)| ((*name).to_owned(), said.clone())).collect();
        let extra: Vec<Domain> = extra.iter().map(|d| Domain::parse(d).unwrap()).collect();
        let claims = |claims: &[Claim]| claims.iter().map(|c| format!(" {}:{}", c.source, c.who)).collect::<String>();
        let found = conflicts(&sources, &extra).into_iter().map(|conflict| match conflict {
            Conflict::Address(address, by) => format!("{address}{}", claims(&by)),
            Conflict::Domain(domain, by) => format!("{domain}{}", claims(&by)),
            Conflict::Freemail(domain, by) => format!("free {domain}{}", claims(&[by])),
        });
        found.collect()
    }

    #[test]
    fn sources_that_agree_are_no_conflict() {
        let acme = || customer("acme", "acme.example", &[("ann", "Ann@acme.example")]);
        assert_eq!(told(&[("a.csv", vec![acme()]), ("command", vec![acme()])], &[]), Vec::<String>::new());
    }

    #[test]
    fn one_address_of_two_people_and_one_domain_of_two_customers_are_found() {
        let acme = customer("acme", "acme.example", &[("ann", "ann@acme.example")]);
        let beta = customer("beta", "ACME.example", &[("anna", "ANN@acme.example")]);
        assert_eq!(
            told(&[("a.csv", vec![acme]), ("command", vec![beta])], &[]),
            ["acme.example a.csv:acme command:beta", "ann@acme.example a.csv:ann command:anna"]
        );
    }

    #[test]
    fn a_freemail_domain_belongs_to_nobody() {
        let said = vec![customer("acme", "gmail.com", &[]), customer("beta", "mail.isp.example", &[])];
        assert_eq!(
            told(&[("a.csv", said)], &["isp.example"]),
            ["free gmail.com a.csv:acme", "free mail.isp.example a.csv:beta"]
        );
    }
}
