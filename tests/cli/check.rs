//! `check` at a real server, over contacts that cannot all be meant, and over the record itself.

use std::fs;

use serde_json::Value;

use crate::dovecot::Dovecot;
use crate::house::House;
use crate::imap::household;

/// A mail as our border server hands it on: marked on top, taken from outside.
fn marked(nth: usize, from: &str, results: &str) -> Vec<u8> {
    format!(
        "Authentication-Results: mx.us.example; {results}\n\
         Received: from out.example (out.example [203.0.113.9]) by mx.us.example with ESMTPS; Fri, 20 Nov 2026 10:00:00 +0100\n\
         From: {from}\nTo: log@us.example\nDate: Fri, 20 Nov 2026 10:00:00 +0100\nMessage-ID: <{nth}@us.example>\n\
         Subject: Number {nth}\n\nWords.\n"
    )
    .into_bytes()
}

fn findings(house: &House, words: &[&str]) -> (i32, Vec<Value>) {
    let said = house.run(words);
    let found: Value =
        serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("no JSON ({e}): {}{}", said.out, said.err));
    (said.code, found.as_array().expect("a list").clone())
}

fn finding<'f>(findings: &'f [Value], what: &str) -> &'f Value {
    let named = |finding: &&Value| finding["what"].as_str().is_some_and(|it| it == what);
    findings.iter().find(named).unwrap_or_else(|| panic!("nothing is said of {what}: {findings:#?}"))
}

#[test]
fn recent_mail_tells_who_could_vouch_and_the_line_it_gives_is_the_one_that_works() {
    let server = Dovecot::start();
    let house = household(&server, &server.password, &server.ca_file);
    let passes = "dmarc=pass header.from=us.example";
    for nth in 0..4 {
        server.deliver(&marked(nth, "me@us.example", passes));
    }
    server.deliver(&marked(4, "me@us.example", "spf=pass smtp.mailfrom=us.example"));
    server.deliver(&marked(5, "ann@acme.example", "dmarc=pass header.from=acme.example"));
    let before = server.files();

    let (code, found) = findings(&house, &["check", "--json"]);
    assert_eq!(code, 0);
    let trust = finding(&found, "mailbox far: trust");
    let detail = trust["detail"].as_str().expect("words");
    assert!(detail.starts_with("mx.us.example is on top of all 6 most recent mails; 4 of 5 mails"), "{detail}");
    assert!(detail.contains("only SPF passed"), "{detail}");
    let line = trust["hint"].as_str().expect("a hint").lines().last().expect("a line").to_owned();
    assert_eq!(line, "authentication-results = [\"mx.us.example\"]");
    let tls = finding(&found, "mailbox far: TLS")["detail"].as_str().expect("words");
    assert!(tls.contains("issued by touchbase tests") && tls.contains("valid until 20"), "{tls}");
    let read = finding(&found, "mailbox far: read the mails of INBOX");
    assert_eq!(read["detail"], "the newest 6 can be read");
    assert!(finding(&found, "mailbox far: capabilities")["detail"].as_str().expect("words").contains("IDLE"));

    let configuration = fs::read_to_string(house.path("touchbase.toml")).expect("a configuration");
    house.write("touchbase.toml", &format!("{configuration}[trust]\n{line}\n"));
    let (code, found) = findings(&house, &["check", "--json"]);
    assert_eq!(code, 0);
    assert_eq!(finding(&found, "trust")["doubtful"], false);
    let trust = finding(&found, "mailbox far: trust");
    assert!(trust["detail"].as_str().expect("words").contains("on top of 6 of the 6"), "{trust}");
    assert!(trust["hint"].as_str().expect("a hint").contains("touchbase quarantine list"), "{trust}");
    assert_eq!(server.files(), before, "looking marks nothing as seen");
}

#[test]
fn a_server_that_never_marks_is_not_proposed_and_a_wrong_name_is_noticed() {
    let server = Dovecot::start();
    let house = household(&server, &server.password, &server.ca_file);
    for nth in 0..3 {
        server.deliver(&marked(nth, "me@us.example", "dmarc=pass header.from=us.example"));
    }
    server.deliver(b"From: ann@acme.example\nSubject: Bare\n\nWords.\n");
    let (_, found) = findings(&house, &["check", "--json"]);
    let trust = finding(&found, "mailbox far: trust");
    assert!(trust["detail"].as_str().expect("words").starts_with("no server is on top of all 4"), "{trust}");
    assert!(!trust["hint"].as_str().expect("a hint").contains("authentication-results ="), "{trust}");
    let configuration = fs::read_to_string(house.path("touchbase.toml")).expect("a configuration");
    house.write("touchbase.toml", &format!("{configuration}[trust]\nauthentication-results = [\"mail.us.example\"]\n"));
    let (_, found) = findings(&house, &["check", "--json"]);
    let trust = finding(&found, "mailbox far: trust");
    assert!(trust["detail"].as_str().expect("words").contains("on top of 0 of the 4"), "{trust}");
    assert!(trust["hint"].as_str().expect("a hint").contains("mx.us.example (on 3)"), "{trust}");
}

#[test]
fn contacts_that_cannot_all_be_meant_are_told_with_how_to_take_one_back() {
    let house = House::lived_in();
    house.facts(&["contacts", "add", "bo@birch.example", "--customer", "Birch"]);
    house.facts(&["customers", "add", "Cedar", "--domain", "cedar.example"]);
    assert!(!house.facts(&["check"]).contains("belongs to"));
    house.write(
        "contacts.csv",
        "customer,name,address,domains\nAcme,Ann Li,ann@acme.example,cedar.example\nAcme,Bo,bo@birch.example,\n",
    );
    let said = house.facts(&["check"]);
    for words in [
        "bo@birch.example belongs to ",
        "`touchbase contacts remove bo",
        "the domain cedar.example belongs to acme (",
        "cedar (entered by hand)",
        "`touchbase customers remove cedar`",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn the_record_is_examined_and_each_fault_names_the_command_that_mends_it() {
    let house = House::new();
    assert!(house.facts(&["check", "--store"]).contains("the first start makes it"));
    house.facts(&["once"]);
    let (code, found) = findings(&house, &["check", "--store", "--json"]);
    assert_eq!((code, found.len()), (0, 6), "{found:#?}");

    house.facts(&["backup", "copy.db"]);
    let record = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    record
        .execute_batch("DROP TRIGGER fulltext_change; UPDATE interaction SET subject = 'other words'")
        .expect("a fault");
    drop(record);
    let said = house.run(&["check", "--store"]);
    assert!(said.code == 1 && said.out.contains("WRONG  store: search index"), "{}", said.out);
    assert!(said.out.contains("hint: `touchbase reindex`"), "{}", said.out);
    house.facts(&["reindex"]);
    assert_eq!(house.run(&["check", "--store"]).code, 0);
    let record = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    record.execute_batch("DELETE FROM entry").expect("a fault");
    drop(record);
    let said = house.run(&["check", "--store"]);
    assert!(said.code == 1 && said.out.contains("WRONG  store: lean rows"), "{}", said.out);
    house.facts(&["reindex"]);
    assert_eq!(house.run(&["check", "--store"]).code, 0);

    let record = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    record.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM mailbox").expect("a fault");
    drop(record);
    let said = house.run(&["check", "--store"]);
    assert!(said.code == 1 && said.out.contains("WRONG  store: references"), "{}", said.out);
    assert!(said.out.contains("`touchbase restore BACKUP`"), "{}", said.out);
    let said = house.facts(&["restore", "copy.db"]);
    assert!(said.contains("copy.db is the record now") && said.contains("before-restore-"), "{said}");
    assert_eq!(house.run(&["check", "--store"]).code, 0);
    assert!(house.facts(&["timeline", "acme"]).contains("Delivery plan"));
    house.refuses(&["restore", "no.db"], 66, &["cannot restore no.db", "hint:"]);
    house.refuses(&["restore", "contacts.csv"], 78, &["cannot restore contacts.csv", "earlier backup"]);
}
