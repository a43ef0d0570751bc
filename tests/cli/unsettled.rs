//! `unmatched` and `quarantine`: what waits for a person.

use super::house::House;

#[test]
fn a_stranger_is_proposed_and_accepted_with_the_mail_they_wrote() {
    let house = House::lived_in();
    let strangers = house.json(&["unmatched", "list", "--json"]);
    assert_eq!((&strangers[0]["address"], &strangers[0]["mails"]), (&"sam@ode.example".into(), &1.into()));
    let told = house.facts(&["unmatched", "accept", "sam@ode.example", "--customer", "Ode"]);
    assert!(told.contains("added Sam Ode <sam@ode.example>") && told.contains("1 kept exchange(s)"), "{told}");
    assert!(house.facts(&["timeline", "ode"]).contains("May I call you"));
    assert_eq!(house.facts(&["unmatched", "list"]), "everybody who wrote is known\n");
}

#[test]
fn an_ignored_domain_is_not_proposed_again() {
    let house = House::lived_in();
    assert_eq!(house.json(&["unmatched", "ignore", "ode.example", "--json"])["ignored"], "ode.example");
    assert_eq!(house.json(&["unmatched", "list", "--json"]), serde_json::json!([]));
    house.refuses(&["unmatched", "ignore", "no domain"], 64, &["is not a domain", "hint:"]);
}

#[test]
fn what_waits_in_the_quarantine_is_shown_with_its_reason() {
    let house = House::lived_in();
    let waiting = house.json(&["quarantine", "list", "--json"]);
    let number = |disposition: &str| {
        let waiting = waiting.as_array().expect("a list");
        waiting.iter().find(|mail| mail["disposition"] == disposition).expect("one of each")["number"].to_string()
    };
    let (forged, broken) = (number("untrusted"), number("unreadable"));
    assert!(house.facts(&["quarantine", "show", &forged]).contains("dmarc=fail"));
    assert_eq!(house.json(&["quarantine", "show", &broken, "--json"])["explain"]["disposition"], "unreadable");
    assert!(house.facts(&["quarantine", "export", &forged]).contains("Subject: New bank account"));
    house.facts(&["quarantine", "export", &forged, "--output", "forged.eml"]);
    assert!(house.path("forged.eml").exists());

    assert!(house.facts(&["quarantine", "retry", &forged]).contains("is now untrusted"));
    assert_eq!(house.json(&["quarantine", "release", &forged, "--json"])["disposition"], "recorded");
    assert!(house.facts(&["timeline", "acme"]).contains("New bank account"));
    assert_eq!(house.facts(&["quarantine", "drop", &broken]), format!("{broken} dropped\n"));
    assert_eq!(house.facts(&["quarantine", "list"]), "the quarantine is empty\n");
    house.facts(&["once"]);
    assert_eq!(house.json(&["quarantine", "list", "--json"]), serde_json::json!([]), "neither comes back");
    for action in ["show", "retry", "release", "drop", "export"] {
        house.refuses(&["quarantine", action, "99"], 66, &["mail 99", "quarantine list"]);
    }
}
