//! `once`, `import`, `explain`, `demo`: mail going in.

use super::house::{House, touchbase};

#[test]
fn an_orderly_end_leaves_the_record_in_one_file_and_nothing_to_recover() {
    let house = House::lived_in();
    let record: Vec<String> = house.contents().into_iter().filter(|name| name.starts_with("touchbase.db")).collect();
    assert_eq!(record, ["touchbase.db", "touchbase.db.lock"]);
}

#[test]
fn one_pass_counts_every_disposition_and_a_second_finds_nothing_new() {
    let house = House::new();
    let counts = house.json(&["once", "--json"]);
    for (outcome, mails) in [("recorded", 1), ("unmatched", 1), ("set-aside", 0), ("untrusted", 1), ("unreadable", 1)] {
        assert_eq!(counts[outcome], mails, "{outcome}");
    }
    assert_eq!((&counts["mails"], &counts["duplicates"]), (&4.into(), &0.into()));
    assert_eq!(house.json(&["once", "--json"])["mails"], 0);
    assert!(house.facts(&["once"]).contains("set-aside"));
}

#[test]
fn a_mailbox_that_is_not_there_costs_the_others_nothing() {
    let house = House::new();
    house.configure("[[mailbox]]\nname = \"gone\"\nkind = \"maildir\"\npath = \"nowhere\"\n");
    let said = house.run(&["once", "--json"]);
    assert_eq!(said.code, 66);
    assert!(said.out.contains("\"recorded\":1"), "{}", said.out);
    assert!(said.err.contains("cannot read mailbox gone") && said.err.contains("hint:"), "{}", said.err);
    let states = house.json(&["status", "--json"]);
    let state = |name: &str| {
        let mailboxes = states["mailboxes"].as_array().expect("a list");
        mailboxes.iter().find(|m| m["name"] == name).cloned().expect("a mailbox")
    };
    assert!(state("mine")["last_success"].is_string());
    assert!(state("gone")["last_success"].is_null() && state("gone")["reason"].is_string());
}

#[test]
fn history_is_imported_once_and_what_is_missing_is_said() {
    let house = House::new();
    house.configure("[team]\naddresses = [\"me@us.example\"]\n[contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n");
    assert_eq!(house.json(&["import", "Maildir", "--json"])["recorded"], 1);
    assert_eq!(house.json(&["import", "Maildir", "--json"])["mails"], 0);
    std::fs::copy(house.path("Maildir/new/1.known"), house.path("one.eml")).expect("a copy");
    let again = house.json(&["import", "one.eml", "--json"]);
    assert_eq!(again["duplicates"], 1, "the same exchange from another place");
    assert_eq!(house.facts(&["export"]).lines().count(), 1);
    house.refuses(&["import", "Maildir", "nowhere.mbox"], 66, &["nowhere.mbox", "caused by:", "hint:"]);
}

#[test]
fn explain_reads_without_configuration_or_record() {
    let house = House::new();
    let explain = |words: &[&str], input: &str| {
        let mut all = vec!["explain"];
        all.extend(words);
        touchbase(&all, input, &house.path(""))
    };
    let one = explain(&["--json", "Maildir/new/1.known"], "");
    let one: serde_json::Value = serde_json::from_str(&one.out).expect("JSON");
    assert_eq!(one["disposition"], "unmatched", "without a configuration nobody is known");
    assert_eq!(one["interactions"][0]["subject"], "Delivery plan");

    let several = explain(&["--json", "Maildir/new/1.known", "Maildir/new/4.broken", "-"], "Subject: x\n\ny\n");
    assert_eq!((several.code, several.out.lines().count()), (0, 3));
    for line in several.out.lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("one object on each line");
        for field in ["mail", "disposition", "reason", "trust", "interactions", "evidence"] {
            assert!(object.get(field).is_some(), "{field}");
        }
    }
    assert!(explain(&["Maildir/new/1.known"], "").out.contains("from outside"));
    assert!(explain(&["--assume-team", "Maildir/new/1.known"], "").out.contains("one of the team"));
    let left = "From: Kit <kit@oak.example>\nTo: me@us.example\nSubject: Automatic reply: Plan\n\
                Auto-Submitted: auto-replied\n\nI have left Oak. Please write to ann@oak.example from now on.\n";
    let told = explain(&["-"], left).out;
    assert!(told.contains("automatic answer: has left; it names ann@oak.example"), "{told}");
    assert!(!house.path("touchbase.db").exists());
}

#[test]
fn explain_uses_the_contacts_of_a_configuration() {
    let house = House::new();
    assert_eq!(house.json(&["explain", "--json", "Maildir/new/1.known"])["disposition"], "recorded");
    assert_eq!(house.json(&["explain", "--json", "Maildir/new/3.forged"])["disposition"], "untrusted");
    assert!(!house.path("touchbase.db").exists());
}

#[test]
fn explain_names_a_missing_file_before_it_answers_anything() {
    let house = House::new();
    house.refuses(&["explain", "Maildir/new/1.known", "missing.eml"], 66, &["missing.eml", "hint:"]);
    house.refuses(&["explain", "Maildir"], 66, &["Maildir", "directory"]);
}

#[test]
fn the_demonstration_can_be_repeated_and_says_how_to_go_on() {
    let house = House::empty();
    let demo = |words: &[&str]| touchbase(words, "", &house.path(""));
    let first = demo(&["demo", "my demo", "--json"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let first: serde_json::Value = serde_json::from_str(&first.out).expect("JSON");
    assert!(first["counts"]["recorded"].as_u64() > Some(100));
    let page = std::path::Path::new(first["report"].as_str().expect("a path"));
    let before = std::fs::read(page).expect("the page");

    let second = demo(&["demo", "my demo"]);
    assert_eq!((second.code, std::fs::read(page).expect("the page") == before), (0, true));
    let next = second.out.lines().find(|line| line.ends_with("timeline acme-foods")).expect("a command to go on with");
    let shell = std::process::Command::new("sh").args(["-c", next]).output().expect("a shell");
    assert!(shell.status.success() && String::from_utf8_lossy(&shell.stdout).contains("Ann Li"), "{next}");
}

#[test]
fn the_demonstration_touches_nothing_else() {
    let house = House::new();
    house.refuses(&["demo", "."], 73, &["will not touch", "hint:"]);
    house.refuses(&["demo", "contacts.csv"], 73, &["contacts.csv", "caused by:", "hint:"]);
    assert_eq!(house.contents(), ["Maildir", "contacts.csv", "touchbase.toml"]);
}
