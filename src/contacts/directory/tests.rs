use super::*;
use crate::mail::{Role, Untrusted};

fn contact(id: &str, name: &str, addresses: &[&str]) -> Contact {
    Contact {
        id: ContactId(id.into()),
        name: Some(name.into()).filter(|n: &String| !n.is_empty()),
        addresses: addresses.iter().map(|a| Address::parse(a).unwrap()).collect(),
        role: None,
        phone: None,
        since: None,
        notes: None,
    }
}

fn customer(id: &str, name: &str, domains: &[&str], contacts: Vec<Contact>) -> Customer {
    Customer {
        id: CustomerId(id.into()),
        name: name.into(),
        domains: domains.iter().map(|d| Domain::parse(d).unwrap()).collect(),
        cadence_days: None,
        since: None,
        notes: None,
        contacts,
    }
}

fn directory() -> Directory {
    let acme = vec![
        contact("ann-li", "Ann Li", &["Ann@Acme.example", "ann.li@gmail.com"]),
        contact("jorg", "Jörg Müller", &["jorg+crm@müller.example"]),
        contact("bo-ray", "Bo Ray", &["bo@acme.example"]),
    ];
    let birch = vec![contact("bo-ray-2", "Bo Ray", &["bo@birch.example"]), contact("info", "", &["info@isp.example"])];
    let customers = vec![
        customer("birch", "Birch & Söhne GmbH", &["birch.co.uk", "isp.example", "gmail.com"], birch),
        customer("acme", "Acme Foods", &["acme.example"], acme),
        customer("cedar", "Cedar", &["sales.cedar.example"], Vec::new()),
    ];
    Directory::new(customers, &[Domain::parse("isp.example").unwrap()])
}

fn who(name: Option<&str>, address: Option<&str>) -> (Option<String>, Option<String>, String) {
    let participant = Participant {
        role: Role::From,
        name: name.map(Untrusted::new),
        address: address.map(|a| Address::parse(a).unwrap()),
    };
    told(directory().identify(&participant))
}

fn told(found: Match) -> (Option<String>, Option<String>, String) {
    (found.contact.map(|c| c.0), found.customer.map(|c| c.0), found.rule)
}

fn by(address: &str) -> String {
    let (contact, customer, rule) = who(None, Some(address));
    format!("{} {} {rule}", contact.as_deref().unwrap_or("-"), customer.as_deref().unwrap_or("-"))
}

#[test]
fn rules_answer_in_falling_strength() {
    let table = [
        ("ann@acme.example", "ann-li acme address"),
        ("ANN@ACME.EXAMPLE", "ann-li acme address"),
        ("ann.li@gmail.com", "ann-li acme address"),
        ("ann+news@acme.example", "ann-li acme tag"),
        ("ann.li+x@gmail.com", "ann-li acme tag"),
        ("jorg+crm@xn--mller-kva.example", "jorg acme address"),
        ("jorg@Müller.example", "jorg acme tag"),
        ("jorg+other@müller.example", "jorg acme tag"),
        ("someone@acme.example", "- acme domain"),
        ("someone@mail.acme.example", "- acme domain"),
        ("someone@a.b.acme.example", "- acme domain"),
        ("someone@x.birch.co.uk", "- birch domain"),
        ("someone@co.uk", "- - "),
        ("someone@other.co.uk", "- - "),
        ("someone@notacme.example", "- - "),
        ("someone@acme.example.evil.example", "- - "),
        ("someone@sales.cedar.example", "- cedar domain"),
        ("someone@eu.sales.cedar.example", "- cedar domain"),
        ("someone@cedar.example", "- - "),
        ("info@isp.example", "info birch address"),
        ("other@isp.example", "- - "),
        ("other@mail.isp.example", "- - "),
        ("stranger@gmail.com", "- - "),
        ("ann@gmail.com", "- - "),
    ];
    for (address, expected) in table {
        assert_eq!(by(address), expected, "{address}");
    }
}

#[test]
fn a_name_counts_only_without_an_address_and_when_one_contact_alone_has_it() {
    let ann = (Some("ann-li".to_owned()), Some("acme".to_owned()), "name".to_owned());
    let nobody = (None, None, String::new());
    for name in ["Ann Li", "li, ANN", "Ann Lì (Acme)"] {
        assert_eq!(who(Some(name), None), ann, "{name}");
    }
    assert_eq!(who(Some("Joerg Mueller"), None).0.as_deref(), Some("jorg"));
    assert_eq!(who(Some("Ann Li"), Some("ann@evil.example")), nobody);
    assert_eq!(who(Some("Bo Ray"), None), nobody);
    for name in ["Ann", "Li", "", "Ann Li Li"] {
        assert_eq!(who(Some(name), None), nobody, "{name}");
    }
    assert_eq!(who(None, None), nobody);
}

#[test]
fn notes_name_people_in_full_or_by_address_each_once() {
    let directory = directory();
    let mentioned = |words: &str| -> Vec<String> {
        directory
            .mentioned(words)
            .into_iter()
            .filter_map(|m| m.contact.map(|c| c.0).or(m.customer.map(|c| c.0)))
            .collect()
    };
    assert_eq!(mentioned("Lunch with Ann Li and Jörg Müller. Ann Li pays."), ["ann-li", "jorg"]);
    assert_eq!(mentioned("called LI Ann, then bo@birch.example;"), ["bo-ray-2", "ann-li"]);
    assert_eq!(mentioned("Call with <x@acme.example>, (ann@acme.example)."), ["acme", "ann-li"]);
    assert_eq!(mentioned("met Ann\nLi was there, Bo Ray too, and who@nobody.example @acme"), Vec::<String>::new());
    assert_eq!(mentioned("Müller, Jörg: was ill"), ["jorg"]);
}

#[test]
fn a_long_note_costs_its_length() {
    let directory = directory();
    let begun = std::time::Instant::now();
    directory.mentioned(&"ann li jorg ".repeat(10_000));
    directory.mentioned(&"ann ".repeat(30_000));
    directory.mentioned(&"a@".repeat(100_000));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn customers_are_called_by_id_name_or_domain() {
    let directory = directory();
    let called = |word: &str| directory.customer(word).map(|c| c.0.as_str());
    for word in ["acme", "ACME", "acme-foods", "Acme Foods", "acme.example", "Acme_Foods"] {
        assert_eq!(called(word), Some("acme"), "{word}");
    }
    for word in ["birch-sohne", "Birch & Söhne", "birch-sohne-gmbh", "birch.co.uk"] {
        assert_eq!(called(word), Some("birch"), "{word}");
    }
    for word in ["", "foods", "ac", "nobody"] {
        assert_eq!(called(word), None, "{word}");
    }
    assert_eq!(directory.nearest_customer("acmee").map(|c| c.0.as_str()), Some("acme"));
    assert_eq!(directory.nearest_customer("zzz"), None);
}

#[test]
fn customers_come_sorted_and_contacts_with_theirs() {
    let directory = directory();
    assert_eq!(directory.customers().map(|c| c.id.0.as_str()).collect::<Vec<_>>(), ["acme", "birch", "cedar"]);
    let (customer, contact) = directory.contact(&ContactId("bo-ray-2".into())).unwrap();
    assert_eq!((customer.id.0.as_str(), contact.addresses[0].as_str()), ("birch", "bo@birch.example"));
    assert!(directory.contact(&ContactId("nobody".into())).is_none());
}

#[test]
fn a_hundred_thousand_contacts_answer_as_fast_as_ten() {
    let customers = (0..5_000).map(|c| {
        let people = (0..20).map(|p| {
            let n = c * 20 + p;
            contact(&format!("p{n}"), &format!("First{n} Last{n}"), &[&format!("p{n}@c{c}.example")])
        });
        customer(&format!("c{c}"), &format!("Customer {c}"), &[&format!("c{c}.example")], people.collect())
    });
    let directory = Directory::new(customers.collect(), &[]);
    let begun = std::time::Instant::now();
    for n in (0..100_000).step_by(10) {
        let address = Address::parse(&format!("p{n}+x@c{}.example", n / 20)).unwrap();
        assert!(directory.identify_address(&address).contact.is_some());
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
