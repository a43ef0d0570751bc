//! Every way in of the contract, through the built program and a real Dovecot.
//!
//! `tests/ways_in/<place>/<case>.eml` is a mail and `<case>.toml` beside it says what must become of it:
//!
//! ```toml
//! disposition = "recorded"            # of the mail
//! reason = "bulk"                     # for set-aside and untrusted: words of the reason
//! duplicates = 1                      # exchanges that are on record by another way in
//! [[interaction]]                     # each new interaction, every field it names
//! author = "Ann Li <ann@acme.example>"
//! ```
//!
//! The places are a capture mailbox (by LMTP), a colleague's own INBOX (by LMTP) and Sent folder, and a
//! Maildir. Subjects are unique, so that each interaction is found again in the export.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dovecot::Dovecot;
use program::Program;
use serde::Deserialize;
use serde_json::{Value, json};

const CONTACTS: &str = "customer,name,address,role,phone,since,cadence-days,domains,notes
Acme,,,,,2025-03-01,,acme.example,
Acme,Ann Li,ann@acme.example;ann.li@mail.acme.example,,,,,,
Birch,Bo Birch,bo@birch.example,,,,,,
Vale,Jo Vale,jo@vale.example,,,,,,
";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expected {
    disposition: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    duplicates: u64,
    #[serde(default, rename = "interaction")]
    interactions: Vec<ExpectedInteraction>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExpectedInteraction {
    kind: String,
    direction: String,
    capture: String,
    message_id: Option<String>,
    occurred_at: String,
    exact: bool,
    subject: String,
    author: String,
    contact: Option<String>,
    recipients: Vec<String>,
    customers: Vec<String>,
    /// Checked where it is named.
    text: Option<String>,
    comment: Option<String>,
    signature: Option<String>,
    automation: String,
    #[serde(default)]
    conversation: Vec<String>,
}

/// A mail, where it is delivered, and what must become of it.
struct Case {
    name: String,
    place: &'static str,
    mail: Vec<u8>,
    expected: Expected,
}

/// In the order in which they are read: the mailboxes as configured, each from its oldest mail on.
fn cases() -> Vec<Case> {
    let of_place = |place: &'static str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ways_in").join(place);
        let mut files: Vec<_> =
            fs::read_dir(folder).expect("cases").map(|entry| entry.expect("a case").path()).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "eml"));
        files.sort();
        files.into_iter().map(move |file| {
            let name = format!("{place}/{}", file.file_stem().expect("a name").to_string_lossy());
            let expected = fs::read_to_string(file.with_extension("toml")).expect("an expectation");
            let expected = toml::from_str(&expected).unwrap_or_else(|error| panic!("{name}: {error}"));
            Case { name, place, mail: fs::read(&file).expect("a mail"), expected }
        })
    };
    ["capture", "watched", "sent", "maildir"].into_iter().flat_map(of_place).collect()
}

fn configuration(server: &Dovecot) -> String {
    let (port, ca) = (server.imaps_port, server.ca_file.display());
    let account = |name: &str, user: &str| {
        format!(
            "[[mailbox]]\nname = \"{name}\"\nkind = \"imap\"\nhost = \"localhost\"\nport = {port}\nca-file = \"{ca}\"\n\
             user = \"{user}\"\npassword-file = \"password\"\n"
        )
    };
    format!(
        "[team]\ndomains = [\"us.example\"]\n\
         {}capture-addresses = [\"log@us.example\"]\n\
         {}folders = [\"INBOX\", \"Ausgang\"]\n\
         [[mailbox]]\nname = \"local\"\nkind = \"maildir\"\npath = \"maildir\"\ncapture-addresses = [\"log@us.example\"]\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n\
         [trust]\nauthentication-results = [\"mx.us.example\"]\n\
         [privacy]\nexclude = [\"bank.example\"]\n\
         [report]\ntime-zone = \"Europe/Brussels\"\n",
        account("capture", "capture"),
        account("mia", "me"),
    )
}

fn deliver(cases: &[Case], server: &Dovecot, program: &Program) {
    let maildir = program.path("maildir");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(part)).expect("a Maildir");
    }
    let mut sent = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        match case.place {
            "capture" => server.deliver_to("capture", &case.mail),
            "watched" => server.deliver_to("me", &case.mail),
            "sent" => sent.push(case.mail.clone()),
            _ => fs::write(maildir.join(format!("new/17000000{number:02}.test")), &case.mail).expect("a mail"),
        }
    }
    server.place_for("me", Some("Ausgang"), &sent);
}

/// White space at line ends says nothing.
fn trimmed(text: &Value) -> Value {
    text.as_str().map_or(Value::Null, |text| json!(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")))
}

/// An exported interaction in the words of the expectations.
fn told(exported: &Value) -> Value {
    let person = |p: &Value| match (p["name"].as_str(), p["address"].as_str()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    let recipients = exported["recipients"].as_array().expect("recipients").iter();
    let recipients: Vec<String> =
        recipients.map(|p| format!("{} {}", p["role"].as_str().unwrap_or_default(), person(p))).collect();
    json!({
        "kind": exported["kind"], "direction": exported["direction"], "capture": exported["capture"],
        "message_id": exported["message_id"], "occurred_at": exported["occurred_at"],
        "exact": exported["occurred_at_exact"], "author": person(&exported["author"]),
        "contact": exported["author"]["contact"], "recipients": recipients, "customers": exported["customers"],
        "text": trimmed(&exported["text"]), "comment": trimmed(&exported["comment"]),
        "signature": trimmed(&exported["signature"]),
        "automation": exported["automation"], "conversation": exported["conversation"],
        "disposition": exported["disposition"],
    })
}

fn wanted(expected: &ExpectedInteraction, disposition: &str, found: &Value) -> Value {
    json!({
        "kind": expected.kind, "direction": expected.direction, "capture": expected.capture,
        "message_id": expected.message_id, "occurred_at": expected.occurred_at, "exact": expected.exact,
        "author": expected.author, "contact": expected.contact, "recipients": expected.recipients,
        "customers": expected.customers,
        "text": expected.text.as_ref().map_or(found["text"].clone(), |text| json!(text)),
        "comment": expected.comment, "signature": expected.signature, "automation": expected.automation,
        "conversation": expected.conversation, "disposition": disposition,
    })
}

/// Every difference between what must be on record and what is, a line each.
fn differences(cases: &[Case], exported: &[Value]) -> Vec<String> {
    let mut left: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for interaction in exported {
        left.entry(interaction["subject"].as_str().expect("a subject")).or_default().push(interaction);
    }
    let mut wrong = Vec::new();
    for case in cases {
        for expected in &case.expected.interactions {
            let found = left.get_mut(expected.subject.as_str()).and_then(Vec::pop);
            let Some(found) = found.map(told) else {
                wrong.push(format!("{}: no interaction {:?}", case.name, expected.subject));
                continue;
            };
            let wanted = wanted(expected, &case.expected.disposition, &found);
            let fields = wanted.as_object().expect("an object").iter().filter(|(key, value)| found[*key] != **value);
            wrong.extend(fields.map(|(key, value)| {
                format!("{}: {key}\n    expected {value}\n    found    {}", case.name, found[key])
            }));
        }
    }
    let unexpected = left.into_values().flatten();
    wrong.extend(unexpected.map(|i| format!("not expected: {} {}", i["subject"], told(i))));
    wrong
}

#[test]
fn every_way_in_becomes_exactly_the_expected_interaction() {
    let server = Dovecot::start();
    let program = Program::new(&configuration(&server), CONTACTS, &server.password);
    let cases = cases();
    deliver(&cases, &server, &program);
    let before = (server.files(), files(&program.path("maildir")));

    let counts = program.json(&["once", "--json"]);
    let exported = program.lines(&["export", "--all"]);
    let wrong = differences(&cases, &exported);
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(counts, expected_counts(&cases));
    let recorded: Vec<Value> = exported.iter().filter(|i| i["disposition"] == "recorded").cloned().collect();
    assert_eq!(program.lines(&["export"]), recorded, "without --all, the record alone");
    quarantine_holds_what_is_untrusted_or_unreadable(&program, &cases);

    let again = program.json(&["once", "--json"]);
    assert_eq!(again["mails"], 0, "nothing is read twice: {again}");
    assert_eq!(program.lines(&["export", "--all"]), exported, "nothing is recorded twice");
    assert_eq!((server.files(), files(&program.path("maildir"))), before, "nothing in the mailboxes changes");

    status_tells_of_every_mailbox(&program, &cases);
    report_tells_the_day(&program);
    accepted_strangers_join_the_record(&program, recorded.len());
}

fn expected_counts(cases: &[Case]) -> Value {
    let of = |word: &str| cases.iter().filter(|case| case.expected.disposition == word).count();
    let duplicates: u64 = cases.iter().map(|case| case.expected.duplicates).sum();
    json!({
        "recorded": of("recorded"), "unmatched": of("unmatched"), "set-aside": of("set-aside"),
        "untrusted": of("untrusted"), "unreadable": of("unreadable"), "duplicates": duplicates, "mails": cases.len(),
    })
}

/// The names of a Maildir's mails.
fn files(maildir: &Path) -> Vec<String> {
    let names = |part: &str| fs::read_dir(maildir.join(part)).expect("a Maildir").flatten();
    let mut names: Vec<String> =
        ["new", "cur"].iter().flat_map(|part| names(part)).map(|entry| entry.path().display().to_string()).collect();
    names.sort();
    names
}

fn quarantine_holds_what_is_untrusted_or_unreadable(program: &Program, cases: &[Case]) {
    let held = program.json(&["quarantine", "list", "--json"]);
    let held = held.as_array().expect("a list");
    let expected: Vec<&Case> =
        cases.iter().filter(|c| ["untrusted", "unreadable"].contains(&c.expected.disposition.as_str())).collect();
    assert_eq!(held.len(), expected.len(), "{held:#?}");
    for (held, case) in held.iter().zip(expected) {
        let facts = (held["disposition"].as_str(), held["raw_kept"].as_bool(), held["mailbox"].as_str());
        assert_eq!(facts, (Some(case.expected.disposition.as_str()), Some(true), Some("capture")), "{}", case.name);
        let reason = held["reason"].as_str().expect("a reason");
        assert!(reason.contains(&case.expected.reason), "{}: {reason}", case.name);
        let kept = program.does(&["quarantine", "export", &held["number"].to_string()]);
        let words = String::from_utf8_lossy(&case.mail).replace("\r\n", "\n");
        assert!(kept.replace("\r\n", "\n").contains(words.trim_end()), "{}: not the bytes that came", case.name);
    }
}

fn status_tells_of_every_mailbox(program: &Program, cases: &[Case]) {
    let status = program.json(&["status", "--json"]);
    let folders: Vec<(&str, &str)> = status["mailboxes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| (m["name"].as_str().unwrap_or_default(), m["folder"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(folders, [("capture", "INBOX"), ("local", "INBOX"), ("mia", "Ausgang"), ("mia", "INBOX")]);
    for mailbox in status["mailboxes"].as_array().expect("a list") {
        assert_eq!(mailbox["lag"], 0, "{mailbox}");
        assert!(mailbox["last_success"].is_string(), "{mailbox}");
    }
    let mut counts = expected_counts(cases);
    for word in ["duplicates", "mails"] {
        counts.as_object_mut().expect("an object").remove(word);
    }
    assert_eq!(status["deliveries"], counts);
}

fn report_tells_the_day(program: &Program) {
    let report = program.json(&["report", "--date", "2025-11-17", "--format", "json", "--output", "-"]);
    assert_eq!((&report["date"], &report["time_zone"]), (&json!("2025-11-17"), &json!("Europe/Brussels")));
    let mut subjects: Vec<&str> =
        report["exchanges"].as_array().expect("a list").iter().filter_map(|e| e["subject"].as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(
        subjects,
        [
            "Accepted: Visit of the yard",
            "Canceled: Visit of the yard",
            "Joint delivery on Thursday",
            "Price of the second pallet",
            "Re: Price of the second pallet",
            "Updated: Visit of the yard",
            "Visit of the yard",
        ]
    );
}

/// Sam Oak wrote and was answered; Rue Fox wrote twice and stays a stranger.
fn accepted_strangers_join_the_record(program: &Program, recorded: usize) {
    let addresses = |program: &Program| -> Vec<(String, i64)> {
        let list = program.json(&["unmatched", "list", "--json"]);
        let list = list.as_array().expect("a list").clone();
        let mut people: Vec<(String, i64)> = list
            .iter()
            .map(|p| (p["address"].as_str().unwrap_or_default().into(), p["mails"].as_i64().unwrap_or_default()))
            .collect();
        people.sort();
        people
    };
    assert_eq!(addresses(program), [("rue@fox.example".to_owned(), 2), ("sam@oak.example".to_owned(), 2)]);
    program.does(&["unmatched", "accept", "sam@oak.example", "--customer", "Oak"]);
    assert_eq!(addresses(program), [("rue@fox.example".to_owned(), 2)]);
    let joined = program.lines(&["export"]);
    assert_eq!(joined.len(), recorded + 2);
    let of_oak: Vec<&Value> = joined.iter().filter(|i| i["customers"] == json!(["oak"])).collect();
    assert_eq!(of_oak.len(), 2);
    assert_eq!(of_oak[0]["author"]["contact"], "sam-oak");
    assert_eq!(program.json(&["timeline", "oak", "--json"]).as_array().map(Vec::len), Some(2));
    // A note named Rita Moon before anybody knew her.
    program.does(&["contacts", "add", "--customer", "Oak", "--name", "Rita Moon", "rita@oak.example"]);
    let joined = program.lines(&["export"]);
    assert_eq!(joined.len(), recorded + 3);
    let note = joined.iter().find(|i| i["subject"] == "Idea").expect("the note");
    assert_eq!(note["recipients"][0]["contact"], "rita-moon");
    assert_eq!(program.json(&["once", "--json"])["mails"], 0);
}
