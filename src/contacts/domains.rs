//! Domains where everybody has an address, so that an address there says nothing about a customer.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::mail::Domain;

/// What `freemail.txt` lists: whole domains, and names under any public suffix.
struct Freemail {
    whole: HashSet<&'static str>,
    names: HashSet<&'static str>,
}

static FREEMAIL: LazyLock<Freemail> = LazyLock::new(|| {
    let lines = include_str!("freemail.txt").lines().map(str::trim);
    let (mut whole, mut names) = (HashSet::new(), HashSet::new());
    for line in lines.filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match line.strip_suffix(".*") {
            Some(name) => names.insert(name),
            None => whole.insert(line),
        };
    }
    Freemail { whole, names }
});

/// Whether a domain, or a domain it lies in, is one where everybody has an address.
///
/// Costs a few look-ups, whatever the size of the list.
pub fn is_freemail(domain: &Domain) -> bool {
    within(domain).any(|d| FREEMAIL.whole.contains(d)) || has_freemail_name(domain)
}

/// The domain and the domains around it, from the inside out, public suffixes included.
pub(super) fn within(domain: &Domain) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain.as_str()), |d| d.split_once('.').map(|(_, outer)| outer))
}

/// `yahoo.co.uk`: the label directly below the public suffix is one of the names.
fn has_freemail_name(domain: &Domain) -> bool {
    let registrable = domain.registrable();
    let label = registrable.as_ref().and_then(|r| r.as_str().split('.').next());
    label.is_some_and(|label| FREEMAIL.names.contains(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(domain: &str) -> bool {
        is_freemail(&Domain::parse(domain).unwrap())
    }

    #[test]
    fn freemail_is_known_under_every_suffix_and_below() {
        for domain in ["gmail.com", "GMX.de", "yahoo.co.uk", "hotmail.fr", "web.de", "mail.gmail.com", "outlook.com.br"]
        {
            assert!(free(domain), "{domain}");
        }
    }

    #[test]
    fn a_company_that_merely_sounds_like_freemail_is_none() {
        for domain in ["acme.example", "notgmail.com", "gmail.com.acme.example", "yahoo.acme.example", "outlook-it.com"]
        {
            assert!(!free(domain), "{domain}");
        }
    }

    #[test]
    fn every_line_of_the_list_is_a_domain_in_lower_case_and_stands_once() {
        let mut seen = HashSet::new();
        for line in include_str!("freemail.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let domain = Domain::parse(&line.replace(".*", ".com"));
            assert!(domain.is_some_and(|d| d.as_str() == line.replace(".*", ".com")), "{line}");
            assert!(seen.insert(line), "{line} stands twice");
        }
        assert!(seen.len() >= 400, "{}", seen.len());
    }
}
