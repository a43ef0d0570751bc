use super::super::formats;
use super::*;
use crate::mail::{Address, Domain};

fn rows(lines: &str) -> Vec<Row> {
    let file = format!("customer,name,address,role,phone,since,cadence-days,domains,notes\n{lines}");
    formats::read(file.as_bytes(), "a.csv").unwrap_or_else(|refused| panic!("{refused:?}"))
}

fn taken(existing: &[Customer], lines: &str) -> Plan {
    let plan = plan(existing, &rows(lines), &Ours::default());
    assert!(plan.refused.is_empty(), "{:?}", plan.refused);
    plan
}

fn refused(existing: &[Customer], lines: &str) -> Vec<String> {
    let ours = Ours {
        addresses: vec![Address::parse("log@us.example").unwrap(), Address::parse("me@gmail.com").unwrap()],
        domains: vec![Domain::parse("team.example").unwrap()],
        freemail_extra: vec![Domain::parse("isp.example").unwrap()],
    };
    let plan = plan(existing, &rows(lines), &ours);
    assert_eq!(plan.customers, existing, "a refused file changes nothing");
    assert!(plan.added.is_empty() && plan.changed.is_empty());
    plan.refused.into_iter().map(|r| format!("{}: {}", r.line, r.why)).collect()
}

fn told(changes: &[Change]) -> Vec<String> {
    let who = |c: &Change| c.contact.as_ref().map_or_else(|| c.customer.0.clone(), |contact| contact.0.clone());
    changes.iter().map(|c| format!("{} {}: {}", c.line, who(c), c.what)).collect()
}

const FILE: &str = "Acme Foods,Ann Li,ann@acme.example,buyer,,2025-01-31,30,acme.example,first\n\
    Acme Foods,Bo Ray,bo@acme.example;bo@gmail.com,,,,,,\nMüller & Söhne,,info@muller.example,,,,,,\n";

#[test]
fn a_first_import_adds_everybody_with_an_id() {
    let plan = taken(&[], FILE);
    assert_eq!(
        told(&plan.added),
        [
            "2 acme-foods: Acme Foods",
            "2 ann-li: Ann Li <ann@acme.example>",
            "3 bo-ray: Bo Ray <bo@acme.example>",
            "4 muller-sohne: Müller & Söhne",
            "4 info: info@muller.example",
        ]
    );
    assert_eq!((plan.changed.len(), plan.unchanged), (0, 0));
    let acme = &plan.customers[0];
    assert_eq!((acme.cadence_days, acme.since, acme.contacts[0].since.is_some()), (Some(30), None, true));
}

#[test]
fn the_same_file_again_changes_nothing() {
    let first = taken(&[], FILE);
    let again = taken(&first.customers, FILE);
    assert_eq!((again.added.len(), again.changed.len(), again.unchanged), (0, 0, 3));
    assert_eq!(again.customers, first.customers);
}

#[test]
fn a_file_that_says_one_thing_twice_settles_at_once() {
    let file = "Acme,Ann Li,ann@acme.example,buyer,,,,,\nAcme,\"Li, Ann\",ann@acme.example,boss,,,,,\n";
    let first = taken(&[], file);
    assert_eq!(told(&taken(&first.customers, file).changed), Vec::<String>::new());
    assert_eq!(first.customers[0].contacts[0].role.as_deref(), Some("boss"));
    assert_eq!(first.customers[0].contacts[0].name.as_deref(), Some("Ann Li"));
}

#[test]
fn rows_meet_known_people_by_address_or_name_and_leave_the_rest_as_it_was() {
    let known = taken(&[], FILE).customers;
    let plan = taken(
        &known,
        "acme-foods,Ann Li-Ray,ANN@acme.example,,+32,,,,\nACME foods,\"RAY, Bo\",bo@new.example,,,,14,acme.test,\n",
    );
    assert_eq!(told(&plan.added), Vec::<String>::new());
    assert_eq!(
        told(&plan.changed),
        ["2 acme-foods: domains, cadence-days", "2 ann-li: name, phone", "3 bo-ray: addresses"]
    );
    let ann = &plan.customers[0].contacts[0];
    assert_eq!((ann.id.0.as_str(), ann.role.as_deref(), ann.addresses.len()), ("ann-li", Some("buyer"), 1));
    assert_eq!(plan.customers[0].contacts[1].addresses.len(), 3);
}

#[test]
fn ids_clash_with_a_number_and_stay() {
    let file = "Acme,Ann Li,ann@acme.example,,,,,,\nBirch,Ann Li,ann@birch.example,,,,,,\nBirch,李安,li@birch.example,,,,,,\n李,王,wang@cedar.example,,,,,,\n";
    let plan = taken(&[], file);
    let ids: Vec<&str> = plan.customers.iter().flat_map(|c| &c.contacts).map(|c| c.id.0.as_str()).collect();
    assert_eq!(ids, ["ann-li", "ann-li-2", "li", "wang"]);
    assert_eq!(plan.customers[2].id.0, "cedar");
    let swapped = "Birch,Ann Li,ann@birch.example,,,,,,\nAcme,Ann Li,ann@acme.example,,,,,,\n";
    assert_eq!(taken(&plan.customers, swapped).customers, plan.customers);
}

#[test]
fn an_address_of_two_people_is_refused_with_both_named() {
    let known = taken(&[], FILE).customers;
    let table = [
        ("Birch,Ann Li,ann@acme.example,,,,,,\n", "2: ann@acme.example already belongs to Ann Li of Acme Foods"),
        (
            "Acme Foods,,ann@acme.example;bo@acme.example,,,,,,\n",
            "2: ann@acme.example belongs to Ann Li, but bo@acme.example to Bo Ray",
        ),
        (
            "Acme Foods,Bo Ray,ann@acme.example,,,,,,\n",
            "2: ann@acme.example belongs to Ann Li, but the name to another contact (bo-ray)",
        ),
        (
            "Acme Foods,Cy,x@acme.example,,,,,,\nAcme Foods,Di,X@acme.example,,,,,,\n",
            "3: X@acme.example belongs to Cy on line 2 and to Di here",
        ),
        ("Cedar,,a@cedar.example,,,,,acme.example,\n", "2: acme.example already belongs to Acme Foods"),
    ];
    for (file, expected) in table {
        assert_eq!(refused(&known, file), [expected]);
    }
}

#[test]
fn our_own_people_capture_addresses_and_freemail_are_refused() {
    let file = "A,,log@us.example,,,,,,\nA,,LOG+x@us.example,,,,,,\nA,,bo@team.example,,,,,,\nA,,,,,,,team.example,\nA,,,,,,,gmail.com,\nA,,,,,,,mail.isp.example,\nA,,bo@gmail.com,,,,,,\nA,,me@gmail.com,,,,,,\n";
    let told = refused(&[], file);
    let lines: Vec<&str> = told.iter().filter_map(|t| t.split(':').next()).collect();
    assert_eq!(lines, ["2", "3", "4", "5", "6", "7", "9"], "{told:?}");
    assert!(told[0].contains("one of our own") && told[4].contains("freemail"), "{told:?}");
}

#[test]
fn one_faulty_line_refuses_the_whole_file() {
    assert_eq!(refused(&[], "Acme,,a@acme.example,,,,,,\n,,b@birch.example,,,,,,\n").len(), 1);
}

#[test]
fn twenty_thousand_lines_are_planned_in_time() {
    let file: String =
        (0..20_000).map(|n| format!("Customer {},First{n} Last{n},p{n}@c{}.example,,,,,,\n", n / 10, n / 10)).collect();
    let rows = rows(&file);
    let begun = std::time::Instant::now();
    let first = plan(&[], &rows, &Ours::default());
    let again = plan(&first.customers, &rows, &Ours::default());
    assert_eq!((first.customers.len(), again.unchanged), (2_000, 20_000));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
