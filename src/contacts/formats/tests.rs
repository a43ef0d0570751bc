use super::super::import::{Ours, Plan, plan};
use super::*;

fn taken(file: &str, name: &str) -> Plan {
    let rows = read(file.as_bytes(), name).unwrap_or_else(|refused| panic!("{refused:?}"));
    let plan = plan(&[], &rows, &Ours::default());
    assert!(plan.refused.is_empty(), "{:?}", plan.refused);
    plan
}

fn refused(file: &str, name: &str) -> Vec<String> {
    let refused = read(file.as_bytes(), name).expect_err("this should be refused");
    refused.into_iter().map(|r| format!("{}: {}", r.line, r.why)).collect()
}

const HEADER: &str = "customer,name,address,role,phone,since,cadence-days,domains,notes\n";

const FULL: &str = r#"
[[customer]]
id = "acme"
name = "Acme, \"Foods\"; Ltd"
domains = ["acme.example", "müller.example"]
cadence-days = 30
since = 2025-03-01
notes = "two\nlines, and a \\ sign"

[[customer.contact]]
id = "ann-li"
name = "Li, Ann"
addresses = ["Ann@acme.example", "ann@mail.acme.example"]
role = "=HYPERLINK(1)"
phone = "+32 2 555 01 01"
since = "2025-04-01"
notes = "likes; semicolons, and a line so long that it has to be folded somewhere in the middle of öäü öäü öäü"

[[customer.contact]]
id = "info"
addresses = ["info@acme.example"]

[[customer]]
id = "birch"
name = "Birch"
"#;

#[test]
fn every_format_written_and_read_again_gives_the_same_customers() {
    let customers = taken(FULL, "full.toml").customers;
    assert_eq!(customers.len(), 2);
    for (format, name) in [(Format::Csv, "a.csv"), (Format::Vcard, "a.vcf"), (Format::Toml, "a.toml")] {
        let text = write(&customers, format);
        // Only TOML holds ids; elsewhere the name makes one.
        let mut again = taken(&text, name).customers;
        for customer in &mut again {
            if customer.name.starts_with("Acme") {
                customer.id = CustomerId("acme".into());
            }
            for contact in &mut customer.contacts {
                if contact.name.is_some() {
                    contact.id = ContactId("ann-li".into());
                }
            }
        }
        assert_eq!(again, customers, "{name}:\n{text}");
        let onto = plan(&customers, &read(text.as_bytes(), name).unwrap(), &Ours::default());
        assert!(onto.added.is_empty() && onto.changed.is_empty(), "{name}: {onto:?}");
    }
}

#[test]
fn what_a_spreadsheet_could_take_for_a_formula_is_guarded() {
    let text = write(&taken(FULL, "full.toml").customers, Format::Csv);
    assert!(text.contains("\"'=HYPERLINK(1)\"") && text.contains("\"'+32 2 555 01 01\""), "{text}");
}

#[test]
fn csv_comes_in_any_order_with_any_separator_and_encoding() {
    let table: [&[u8]; 6] = [
        b"customer,name,address\nAcme,J\xC3\xB6rg,j@acme.example\n",
        b"\xEF\xBB\xBFcustomer,name,address\r\nAcme,J\xC3\xB6rg,j@acme.example\r\n",
        b"Address;Customer;Name\r\nj@acme.example;Acme;J\xF6rg\r\n",
        b"name\taddress\tcustomer\nJ\xC3\xB6rg\tj@acme.example\tAcme",
        b"\n\n\"customer\",\"name\",\"address\"\n\n,,\n\"Acme\",\"J\xC3\xB6rg\",\" j@acme.example \"\n,,\n",
        b"\xFF\xFEc\0u\0s\0t\0o\0m\0e\0r\0,\0n\0a\0m\0e\0,\0a\0d\0d\0r\0e\0s\0s\0\n\0A\0c\0m\0e\0,\0J\0\xF6\0r\0g\0,\0j\0@\0a\0c\0m\0e\0.\0e\0x\0a\0m\0p\0l\0e\0",
    ];
    for bytes in table {
        let rows = read(bytes, "a.csv").unwrap();
        assert_eq!(rows.len(), 1, "{bytes:?}");
        let contact = rows[0].contact.as_ref().unwrap();
        assert_eq!((rows[0].customer.as_deref(), contact.name.as_deref()), (Some("Acme"), Some("Jörg")));
        assert_eq!(contact.addresses[0].as_str(), "j@acme.example");
    }
}

#[test]
fn cells_hold_several_addresses_and_quoted_lines_keep_their_number() {
    let file = "customer;address;domains;notes\n\"Acme\";\"a@acme.example;b@acme.example\";acme.example, acme.test;\"one\ntwo\"\nBirch;x;;\n";
    assert_eq!(refused(file, "a.csv"), ["4: \"x\" is no mail address"]);
    let rows = read(file.replace("Birch;x", "Birch;x@birch.example").as_bytes(), "a.csv").unwrap();
    assert_eq!((rows[0].contact.as_ref().unwrap().addresses.len(), rows[0].domains.len(), rows[1].line), (2, 2, 4));
}

#[test]
fn a_csv_file_is_refused_with_every_reason() {
    let table: [(&str, &[&str]); 7] = [
        ("", &["1: there is no header line"]),
        ("customer,adress\n", &["1: unknown column `adress`, did you mean `address`?"]),
        ("customer,address,colour\n", &["1: unknown column `colour`; known: customer, name"]),
        ("address,address\n", &["1: the column `address` stands twice"]),
        ("customer,name\nAcme,Ann\n", &["1: there is neither a column `address` nor `domains`"]),
        ("customer,address\nAcme,a@acme.example,x,y\n", &["2: 4 cells, but the header has 2"]),
        (
            "customer,name,address,since,cadence-days,domains\nAcme,Ann,,,,\nAcme,,a@@b,yesterday,often,a..b\n",
            &[
                "2: \"Ann\" has no mail address",
                "3: \"a@@b\" is no mail address",
                "3: \"a..b\" is no domain",
                "3: since",
                "3: cadence-days",
            ],
        ),
    ];
    for (file, expected) in table {
        let told = refused(file, "a.csv");
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told} instead of {expected}");
        }
    }
}

#[test]
fn cards_of_both_versions_are_read() {
    let file = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Li;Ann;;;\r\nORG:Acme Foods;Purchasing\r\nEMAIL;TYPE=INTERNET,PREF:ann@acme.example\r\n\
        item1.EMAIL;TYPE=WORK:ann.li@acme.example\r\nTEL;TYPE=CELL:+32 2 555\r\nTITLE:Buyer\r\nPHOTO;ENCODING=b:AAAA\r\n AAAA\r\nEND:VCARD\r\n\
        begin:vcard\nVERSION:4.0\nFN:Jörg\\, Müller\nORG:Birch\nEMAIL:mailto:j@birch.example\nTEL;VALUE=uri:tel:+49-30\nROLE:Owner\nTITLE:Dr\nNOTE:a\\nb\nend:vcard\n";
    let rows = read(file.as_bytes(), "a.vcf").unwrap();
    let told: Vec<String> = rows
        .iter()
        .map(|r| {
            let c = r.contact.as_ref().unwrap();
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {:?}",
                r.line, r.customer, c.name, c.addresses, c.phone, c.role, c.notes
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 Some(\"Acme Foods\") Some(\"Ann Li\") [Address(\"ann@acme.example\"), Address(\"ann.li@acme.example\")] Some(\"+32 2 555\") Some(\"Buyer\") None",
            "12 Some(\"Birch\") Some(\"Jörg, Müller\") [Address(\"j@birch.example\")] Some(\"+49-30\") Some(\"Owner\") Some(\"a\\nb\")",
        ]
    );
}

#[test]
fn a_card_without_organisation_needs_a_domain_somebody_has() {
    let card = "BEGIN:VCARD\nVERSION:4.0\nFN:Ann Li\nEMAIL:ann@mail.acme.example\nEND:VCARD\n";
    let rows = read(card.as_bytes(), "a.vcf").unwrap();
    let why = &plan(&[], &rows, &Ours::default()).refused[0].why;
    assert_eq!(why, "it names no customer, and mail.acme.example belongs to none");
    let known = taken(&format!("{HEADER}Acme,,,,,,,acme.example,\n"), "a.csv").customers;
    assert_eq!(plan(&known, &rows, &Ours::default()).customers[0].contacts[0].id.0, "ann-li");
}

#[test]
fn broken_cards_are_named_by_their_line() {
    assert_eq!(refused("hello", "a.vcf"), ["1: there is no BEGIN:VCARD in it"]);
    let file =
        "BEGIN:VCARD\nVERSION:4.0\nFN:A\nORG:X\nEND:VCARD\n\nBEGIN:VCARD\nVERSION:4.0\nFN:B B\nEMAIL:b@@x\nEND:VCARD\n";
    assert_eq!(
        refused(file, "a.vcf"),
        ["1: \"A\" has no mail address, so nothing could be matched to them", "7: \"b@@x\" is no mail address"]
    );
}

#[test]
fn toml_is_refused_with_every_reason_by_its_line() {
    let file = "[[customer]]\nnam = \"Acme\"\ndomains = \"acme.example\"\n[[customer.contact]]\naddress = [\"a@acme.example\"]\n[[customer]]\nname = \"B\"\nid = \"B b\"\ncadence-days = \"x\"\n";
    let told = refused(file, "a.toml");
    let expected = [
        "2: unknown key `nam`, did you mean `name`?",
        "1: a customer needs a name",
        "5: unknown key `address`, did you mean `addresses`?",
        "4: a contact needs addresses",
    ];
    for expected in expected {
        assert!(told.iter().any(|t| t.starts_with(expected)), "{expected} missing in {told:?}");
    }
    assert!(refused("[customer]\nname = 'x'", "a.toml")[0].starts_with("1: `customer` stands in double brackets"));
    assert!(refused("x = ", "a.toml")[0].starts_with("1: is not TOML"));
    assert!(refused("[[customer]]\nname = 'B'\nid = 'B b'", "a.toml")[0].contains("such as \"b-b\""));
}

#[test]
fn other_kinds_of_files_are_refused() {
    assert!(refused("x", "contacts.xlsx")[0].contains(".csv, .vcf and .toml"));
}

#[test]
fn hostile_files_are_read_in_time_and_without_panic() {
    let begun = std::time::Instant::now();
    let files = [
        "\"".repeat(100_000),
        "BEGIN:VCARD\n".repeat(20_000),
        "[".repeat(10_000),
        format!("{HEADER}{}", "\"a\n".repeat(50_000)),
        format!("BEGIN:VCARD\nFN:{}\nEND:VCARD", ";".repeat(200_000)),
        "\0\u{feff}é".repeat(10_000),
    ];
    for file in &files {
        for name in ["a.csv", "a.vcf", "a.toml"] {
            let _ = read(file.as_bytes(), name);
        }
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn the_sample_file_is_taken() {
    let plan = taken(include_str!("../../../config/contacts.csv"), "contacts.csv");
    assert_eq!(plan.customers.iter().map(|c| c.contacts.len()).collect::<Vec<_>>(), [1, 1]);
}
