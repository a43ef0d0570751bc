//! `customers` and `contacts`.

use super::house::House;

#[test]
fn people_are_added_listed_and_removed_by_hand() {
    let house = House::lived_in();
    assert_eq!(house.facts(&["customers", "add", "Zeta Works", "--domain", "zeta.example"]), "added Zeta Works\n");
    let add = ["contacts", "add", "zoe@zeta.example", "--customer", "Zeta Works", "--name", "Zoé"];
    assert!(house.facts(&add).contains("added Zoé <zoe@zeta.example>"));
    assert_eq!(house.facts(&add), "1 unchanged\n");
    let contacts = house.json(&["contacts", "list", "--json"]);
    assert_eq!(contacts[1]["addresses"][0], "zoe@zeta.example");
    assert!(house.facts(&["customers", "list"]).contains("zeta.example"));
    assert_eq!(house.json(&["contacts", "remove", "zoe@zeta.example", "--json"])["removed"], "zoe");
    assert!(house.facts(&["customers", "remove", "zeta-works"]).contains("the record stays"));
    assert_eq!(house.json(&["customers", "list", "--json"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn what_cannot_be_a_person_or_a_customer_is_refused() {
    let house = House::lived_in();
    house.refuses(&["contacts", "add", "zoe", "--customer", "Acme"], 64, &["zoe is not a mail address", "hint:"]);
    house.refuses(&["contacts", "add", "me@us.example", "--customer", "Acme"], 64, &["one of our own"]);
    house.refuses(&["contacts", "add", "ann@acme.example", "--customer", "Zeta"], 64, &["already belongs to Ann Li"]);
    house.refuses(&["customers", "add", "G", "--domain", "gmail.com"], 64, &["freemail"]);
    house.refuses(&["customers", "remove", "acne"], 66, &["did you mean acme?"]);
    house.refuses(&["contacts", "remove", "zoe"], 66, &["no contact is called zoe", "hint:"]);
}

#[test]
fn whoever_a_contacts_file_still_names_is_told_to_come_back() {
    let house = House::lived_in();
    let said = house.run(&["contacts", "remove", "ann@acme.example"]);
    assert_eq!(said.code, 0);
    assert!(said.err.contains("contacts.csv still names them"), "{}", said.err);
}

#[test]
fn every_start_knows_whom_the_files_name_now_whatever_happened_between() {
    let house = House::lived_in();
    let known = || house.json(&["contacts", "list", "--json"]);
    let before = known();
    house.facts(&["once"]);
    assert_eq!(known(), before);
    house.facts(&["contacts", "remove", "ann@acme.example"]);
    assert_ne!(known(), before);
    house.facts(&["once"]);
    assert_eq!(known(), before, "the file still names her");
    house.write("contacts.csv", "customer,name,address\nAcme,Ann Li,ann@acme.example\nAcme,Bo,bo@acme.example\n");
    house.facts(&["once"]);
    assert_eq!(known().as_array().map(Vec::len), Some(2));
    house.write("contacts.csv", "customer,name,address\nAcme,Ann Li,ann\n");
    house.refuses(&["once"], 78, &["contacts.csv", "line 2:"]);
}

#[test]
fn a_customer_that_looks_like_a_typing_mistake_is_pointed_out() {
    let house = House::lived_in();
    let said = house.run(&["contacts", "add", "bo@acme.example", "--customer", "Acne"]);
    assert!(said.err.contains("Acne is a new customer; if you meant acme"), "{}", said.err);
}

#[test]
fn the_directory_survives_export_and_import_in_every_format() {
    for (format, ending) in [("csv", "csv"), ("vcard", "vcf"), ("toml", "toml")] {
        let house = House::lived_in();
        house.facts(&["contacts", "add", "bo@acme.example", "--customer", "acme", "--name", "Bo", "--phone", "+32 1"]);
        let (before, file) = (house.json(&["contacts", "list", "--json"]), format!("all.{ending}"));
        house.write(&file, &house.facts(&["contacts", "export", "--format", format]));
        house.facts(&["customers", "remove", "acme"]);
        house.facts(&["contacts", "import", &file]);
        assert_eq!(house.json(&["contacts", "list", "--json"]), before, "{format}");
        let again = house.json(&["customers", "import", &file, "--json"]);
        assert_eq!((&again["added"], &again["changed"]), (&serde_json::json!([]), &serde_json::json!([])), "{format}");
    }
}

#[test]
fn an_import_tells_line_by_line_what_it_did() {
    let house = House::lived_in();
    house.write(
        "more.csv",
        "customer,name,address,role\nAcme,Ann Li,ann@acme.example,Director\nOde,Sam,sam@ode.example,\n",
    );
    let told = house.facts(&["contacts", "import", "more.csv"]);
    assert!(told.contains("line 2: changed") && told.contains("line 3: added Sam <sam@ode.example>"), "{told}");
    assert!(told.contains("1 kept exchange(s) joined the record"), "the stranger is known now: {told}");
}

#[test]
fn a_faulty_file_is_refused_whole_with_every_faulty_line() {
    let house = House::lived_in();
    house.write("bad.csv", "customer,name,address\nNew,Kim,kim@new.example\nNew,Lee,lee\nNew,Max,max@\n");
    house.refuses(&["contacts", "import", "bad.csv"], 66, &["bad.csv", "line 3:", "line 4:", "nothing of the file"]);
    let said = house.run(&["contacts", "import", "bad.csv", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!((said.code, &json["refused"][0]["line"]), (66, &3.into()));
    assert!(!house.facts(&["contacts", "list"]).contains("kim@new.example"));
    house.refuses(&["contacts", "import", "nowhere.csv"], 66, &["nowhere.csv", "caused by:", "hint:"]);
    house.refuses(&["contacts", "import", "Maildir"], 66, &["Maildir"]);
}
