//! `timeline`, `search`, `export`, `report`, `status`, `backup`, `forget`: asking the record.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::house::House;

#[test]
fn the_record_is_asked_by_customer_by_address_and_by_words() {
    let house = House::lived_in();
    for words in [["timeline", "acme"], ["timeline", "Acme"], ["timeline", "ann@acme.example"], ["search", "friday"]] {
        let table = house.facts(&words);
        assert!(table.contains("Delivery plan") && table.contains("2026-11-02 10:00"), "{words:?}: {table}");
        let [command, what] = words;
        let json = house.json(&[command, what, "--json"]);
        assert_eq!((&json[0]["customers"][0], &json[0]["id"]), (&"acme".into(), &1.into()));
    }
    assert_eq!(house.json(&["search", "--json", "\"", "AND", "("]), serde_json::json!([]));
    house.refuses(&["timeline", "acne"], 66, &["no customer is called acne", "did you mean acme?"]);
}

#[test]
fn every_interaction_is_exported_in_both_forms() {
    let house = House::lived_in();
    let line = house.json(&["export"]);
    for field in ["id", "recorded_at", "mailbox", "disposition", "occurred_at", "body", "text", "signals"] {
        assert!(line.get(field).is_some(), "{field}");
    }
    let csv = house.facts(&["export", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.starts_with("id,kind,direction,"));
    assert_eq!(house.facts(&["export", "--all"]).lines().count(), 2, "the stranger's as well");
}

#[test]
fn a_report_goes_to_its_folder_to_a_file_or_to_standard_output() {
    let house = House::lived_in();
    let day = "2026-11-02";
    assert!(house.facts(&["report", "--date", day]).contains("2026-11-02.html"));
    let pages: Vec<bool> = ["html", "md", "json"].map(|e| house.path(&format!("reports/{day}.{e}")).exists()).into();
    assert_eq!(pages, [true; 3]);
    assert!(house.facts(&["report", "--date", day]).contains("0 file(s) written"), "the same bytes");

    let json = house.json(&["report", "--date", day, "--json"]);
    assert_eq!((&json["date"], &json["counts"]["inbound"]), (&day.into(), &1.into()));
    assert!(house.facts(&["report", "--date", day, "--output", "-"]).starts_with("# Monday, 2 November 2026"));
    house.facts(&["report", "--date", day, "--output", "page.html"]);
    assert!(fs::read_to_string(house.path("page.html")).expect("a page").to_lowercase().starts_with("<!doctype html>"));
    house.facts(&["report", "--date", day, "--customer", "acme", "--format", "markdown"]);
    house.refuses(&["report", "--customer", "acne"], 66, &["did you mean acme?"]);
}

#[test]
fn a_day_without_mail_has_a_report_and_a_day_to_come_has_none() {
    let house = House::lived_in();
    assert_eq!(house.json(&["report", "--date", "2001-01-01", "--json"])["counts"]["inbound"], 0);
    assert!(house.json(&["report", "--json"])["date"].is_string(), "yesterday, unless said otherwise");
    house.refuses(&["report", "--date", "2999-01-01"], 64, &["has not come yet", "hint:"]);
    house.refuses(&["report", "--date", "2026-02-30"], 64, &["--date"]);
    assert!(!house.path("reports").exists(), "nothing was written for any of them");
}

#[test]
fn gmails_request_to_forward_here_is_shown_with_its_code() {
    let house = House::new();
    house.write(
        "Maildir/new/5.request",
        "From: Gmail Team <forwarding-noreply@google.com>\nTo: me@us.example\n\
         Date: Thu, 5 Nov 2026 09:00:00 +0100\nMessage-ID: <five@google.com>\n\
         Subject: (#412345678) Gmail Forwarding Confirmation - Receive Mail from mara@us.example\n\n\
         To allow it, open https://mail-settings.google.com/mail/vf-abc\n",
    );
    let mail = fs::File::open(house.path("Maildir/new/5.request")).expect("the mail");
    mail.set_modified("2026-11-05T08:00:00Z".parse::<jiff::Timestamp>().expect("an instant").into()).expect("its time");
    house.facts(&["once"]);
    let trouble = |day: &str| house.json(&["report", "--date", day, "--json"])["today"]["trouble"].to_string();
    for day in ["2026-11-05", "2026-11-07"] {
        let told = trouble(day);
        for part in ["forwarding", "mara@us.example", "412345678", "https://mail-settings.google.com/mail/vf-abc"] {
            assert!(told.contains(part), "{day}, {part}: {told}");
        }
    }
    assert!(!trouble("2026-11-04").contains("412345678"));
    assert!(!trouble("2026-11-08").contains("412345678"), "told for three days");
    assert_eq!(house.json(&["status", "--json"])["deliveries"]["set-aside"], 1);
}

#[test]
fn status_tells_of_mailboxes_before_and_after_they_were_read() {
    let house = House::new();
    assert!(house.facts(&["status"]).contains("never"));
    house.facts(&["once"]);
    let status = house.json(&["status", "--json"]);
    assert_eq!((&status["mailboxes"][0]["lag"], &status["quarantine"]), (&0.into(), &2.into()));
    assert!(status["mailboxes"][0]["last_success"].is_string());
    assert_eq!(status["deliveries"]["recorded"], 1);
}

#[test]
fn a_mail_that_cannot_be_read_yet_is_told_until_it_is_settled() {
    let house = House::new();
    // A disk that does not hand it over: reading the beginning of this file is an I/O error for everybody.
    let broken = house.path("Maildir/new/9.broken");
    std::os::unix::fs::symlink("/proc/self/mem", &broken).expect("a link");
    for _ in 0..2 {
        let said = house.run(&["once"]);
        assert_eq!(said.code, 75, "{}", said.err);
        for words in ["1 mail of", "INBOX could not be read yet", "Input/output error", "is tried again after"] {
            assert!(said.err.contains(words), "{words}: {}", said.err);
        }
    }
    let status = house.json(&["status", "--json"]);
    assert_eq!(status["deliveries"]["recorded"], 1, "the others are not kept waiting");
    let resting = &status["mailboxes"][0]["resting"];
    assert_eq!((&resting["mails"], &status["mailboxes"][0]["lag"]), (&1.into(), &1.into()), "{status}");
    assert!(resting["reason"].is_string() && resting["next_try"].is_string(), "{status}");
    assert!(house.facts(&["status"]).contains("1 of these not read yet"));
    // Its time comes, and the disk is well again.
    fs::remove_file(&broken).expect("a link");
    house
        .write("Maildir/new/9.broken", "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Well\n\nAgain.\n");
    let store = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    store.execute("UPDATE delivery SET not_before = 0 WHERE state = 'pending'", []).expect("a delivery");
    drop(store);
    house.facts(&["once"]);
    let status = house.json(&["status", "--json"]);
    assert_eq!(
        (&status["deliveries"]["recorded"], &status["mailboxes"][0]["resting"]),
        (&2.into(), &serde_json::Value::Null)
    );
}

#[test]
fn a_backup_is_a_record_of_its_own_that_only_the_owner_can_read() {
    let house = House::lived_in();
    assert_eq!(house.facts(&["backup", "copy.db"]), "copy.db written\n");
    let mode = fs::metadata(house.path("copy.db")).expect("a copy").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    house.refuses(&["backup", "copy.db"], 73, &["copy.db exists already", "hint:"]);
    house.refuses(&["backup", "no/where.db"], 73, &["cannot write the backup", "hint:"]);
    house.configure("[store]\nurl = \"sqlite:copy.db\"\n");
    assert!(house.facts(&["timeline", "acme"]).contains("Delivery plan"));
}

#[test]
fn forgetting_asks_first() {
    let house = House::lived_in();
    house.refuses(&["forget", "ann@acme.example"], 64, &["nobody is there to answer", "--yes"]);
    let declined = house.run_with(&["forget", "ann@acme.example"], "no\n");
    assert_eq!((declined.code, declined.out.as_str()), (0, "nothing was erased\n"));
    house.refuses(&["forget", "ann"], 64, &["is not a mail address"]);
    assert!(house.facts(&["timeline", "acme"]).contains("Delivery plan"));
}

#[test]
fn forgetting_leaves_no_byte_of_a_person_and_reading_again_does_not_bring_them_back() {
    let house = House::lived_in();
    let holds = |word: &[u8]| {
        let files = ["touchbase.db", "touchbase.db-wal"].map(|name| fs::read(house.path(name)).unwrap_or_default());
        files.iter().any(|bytes| bytes.windows(word.len()).any(|window| window == word))
    };
    assert!(holds(b"ann@acme.example") && holds(b"Ann Li"));
    let said = house.run_with(&["forget", "ann@acme.example"], "yes\n");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("contacts.csv still names them"), "{}", said.err);
    for word in [&b"ann@acme.example"[..], b"Ann Li", b"crane on Friday"] {
        assert!(!holds(word), "{}", String::from_utf8_lossy(word));
    }
    house.facts(&["once"]);
    fs::copy(house.path("Maildir/new/1.known"), house.path("one.eml")).expect("a copy");
    house.facts(&["import", "one.eml"]);
    assert!(!holds(b"ann@acme.example") && house.facts(&["export", "--all"]).lines().count() == 1);
    assert_eq!(house.json(&["forget", "ann@acme.example", "--yes", "--json"])["interactions"], 0);
}

#[test]
fn a_week_is_looked_back_at_by_any_of_its_days() {
    let house = House::lived_in();
    for day in ["2026-11-02", "2026-11-08"] {
        let week = house.json(&["report", "--week", "--date", day, "--json"]);
        assert_eq!(
            (&week["week"], &week["from"], &week["to"]),
            (&"2026-W45".into(), &"2026-11-02".into(), &"2026-11-08".into())
        );
        assert_eq!((&week["counts"]["inbound"], &week["exchanges"][0]["customer"]), (&1.into(), &"acme".into()));
    }
    assert_eq!(house.json(&["report", "--week", "--date", "2026-11-09", "--json"])["counts"]["inbound"], 0);
    assert!(house.facts(&["report", "--week", "--date", "2026-11-05"]).contains("weeks/2026-W45.html"));
    assert!(house.path("reports/weeks/2026-W45.html").exists() && house.path("reports/weeks/2026-W45.md").exists());
    house.refuses(&["report", "--week", "--date", "2999-01-01"], 64, &["has not come yet"]);
    house.refuses(&["report", "--week", "--customer", "nobody"], 66, &["no customer is called nobody"]);
}
