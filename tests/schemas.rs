//! Records that earlier versions have left behind are brought to the newest version, and say then what they said before.
//!
//! `tests/schemas/NN.db.zst` is a whole record of version NN, made by the migrations as they were then and never made
//! again: whoever edits a released migration, or forgets one, fails here. All hold the same rows, written by the program
//! itself over the mails below. After a new migration, `TOUCHBASE_KEEP=1 cargo test --test schemas` keeps a record of
//! each version that has none yet; commit the file.

#[path = "it/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use program::Program;
use rusqlite::Connection;
use serde_json::{Value, json};

const CONFIGURATION: &str = r#"
[team]
addresses = ["me@us.example"]
[[mailbox]]
name = "mine"
kind = "maildir"
path = "Maildir"
capture-addresses = ["log@us.example"]
[trust]
authentication-results = ["mx.us.example"]
[report]
time-zone = "UTC"
[contacts]
files = [FILES]
[privacy]
unmatched-days = 36500
"#;
const CONTACTS: &str = "customer,name,address,role,phone,domains,cadence-days\n\
    Acme,Ann Li,ann@acme.example,Packing,+32 2 555 01 01,acme.example,14\nBirch,Bo Birch,bo@birch.example,,,,\n";
const OURS: &str = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\n";

/// A thread of two, one of ours, a stranger, a forgery, no mail at all, a note, an automatic answer, one to be erased.
const MAILS: [(&str, &str); 9] = [
    (
        "1",
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nMessage-ID: <one@acme.example>\nSubject: Delivery plan\n\nCould you send the crane on Friday?\n\n-- \nAnn Li\nAcme\n",
    ),
    (
        "2",
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nCc: bo@birch.example\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nMessage-ID: <two@acme.example>\nReferences: <one@acme.example>\nSubject: Re: Delivery plan\n\nThe größe of the crane is missing.\n",
    ),
    (
        "3",
        "From: me@us.example\nTo: Ann Li <ann@acme.example>\nDate: Tue, 3 Nov 2026 11:00:00 +0100\nMessage-ID: <three@us.example>\nIn-Reply-To: <two@acme.example>\nSubject: Re: Delivery plan\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nI will send it by Friday.\n--b\nContent-Type: application/pdf; name=plan.pdf\nContent-Disposition: attachment; filename=plan.pdf\n\n%PDF\n--b--\n",
    ),
    (
        "4",
        "From: Sam Ode <sam@ode.example>\nTo: me@us.example\nDate: Wed, 4 Nov 2026 11:00:00 +0100\nMessage-ID: <four@ode.example>\nSubject: Hello\n\nMay I call you about the crane?\n",
    ),
    (
        "5",
        "Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\nFrom: me@us.example\nTo: ann@acme.example\nDate: Wed, 4 Nov 2026 12:00:00 +0100\nMessage-ID: <five@us.example>\nSubject: New bank account\n\nPlease pay elsewhere.\n",
    ),
    ("6", "\u{0}\u{1}\u{2} nothing that a mail begins with\n"),
    (
        "7",
        "From: me@us.example\nTo: log@us.example\nDate: Thu, 5 Nov 2026 12:00:00 +0100\nMessage-ID: <seven@us.example>\nSubject: Lunch\n\nLunch with Bo Birch: he needs a second crane.\n",
    ),
    (
        "8",
        "From: Bo Birch <bo@birch.example>\nTo: me@us.example\nDate: Thu, 5 Nov 2026 13:00:00 +0100\nMessage-ID: <eight@birch.example>\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nI am away until Monday.\n",
    ),
    (
        "9",
        "From: Zoe Quinn <zoe@quinn.example>\nTo: me@us.example\nDate: Fri, 6 Nov 2026 13:00:00 +0100\nMessage-ID: <nine@quinn.example>\nSubject: Private\n\nForget me.\n",
    ),
];

fn folder(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// A migration for each version, oldest first.
fn migrations() -> Vec<String> {
    let entries = fs::read_dir(folder("src/store/migrations")).expect("the migrations");
    let paths: BTreeSet<PathBuf> = entries.map(|entry| entry.expect("a migration").path()).collect();
    paths.into_iter().map(|path| fs::read_to_string(path).expect("a migration")).collect()
}

/// A place where touchbase is at home, with an empty mailbox.
fn place(files: &str) -> Program {
    let program = Program::new(&CONFIGURATION.replace("FILES", files), CONTACTS, "");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(program.path("Maildir").join(part)).expect("a Maildir");
    }
    program
}

fn arrives(program: &Program, name: &str, mail: &str) {
    let marked = if mail.starts_with("From: me@") { OURS } else { "" };
    fs::write(program.path("Maildir/new").join(name), format!("{marked}{mail}")).expect("a mail");
}

/// A record that a person has lived with.
fn lived_in() -> Program {
    let program = place("\"contacts.csv\"");
    for (name, mail) in MAILS {
        arrives(&program, name, mail);
    }
    program.does(&["once"]);
    program.does(&["contacts", "add", "cy@cedar.example", "--customer", "Cedar", "--name", "Cy Ash"]);
    program.does(&["unmatched", "ignore", "spam.example"]);
    program.does(&["forget", "zoe@quinn.example", "--yes"]);
    program
}

/// What a record says to a person and to scripts, in words that stay while the program learns to say more.
fn says(program: &Program) -> Value {
    let keep = |value: &Value, keys: &[&str]| -> Value { keys.iter().map(|key| value[*key].clone()).collect() };
    let exchange = ["subject", "disposition", "kind", "direction", "capture", "occurred_at", "customers", "text"];
    let interactions = program.lines(&["export", "--all"]);
    let list = |words: &[&str]| program.json(words).as_array().expect("a list").clone();
    let status = program.json(&["status", "--json"]);
    json!({
        "interactions": interactions.iter().map(|one| keep(one, &exchange)).collect::<Vec<_>>(),
        "files": interactions.iter().filter_map(|one| one["attachments"][0]["name"].as_str()).collect::<Vec<_>>(),
        "search": list(&["search", "crane", "--json"]).iter().map(|one| one["subject"].clone()).collect::<Vec<_>>(),
        "customers": list(&["customers", "list", "--json"]).iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
        "contacts": list(&["contacts", "list", "--json"]).iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
        "quarantine": list(&["quarantine", "list", "--json"]).iter().map(|one| one["reason"].clone()).collect::<Vec<_>>(),
        "unmatched": list(&["unmatched", "list", "--json"]).len(),
        "deliveries": status["deliveries"],
    })
}

/// Makes a record of an earlier version: its tables by its migrations, its rows as far as it has columns for them.
fn keep(version: usize, lived_in: &Path, to: &Path) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("record.db");
    let conn = Connection::open(&path).expect("a record");
    for migration in migrations().iter().take(version) {
        conn.execute_batch(migration).expect("a migration");
    }
    conn.execute_batch("PRAGMA foreign_keys = OFF").expect("a wish");
    conn.execute("ATTACH ?1 AS newest", [lived_in.to_str().expect("UTF-8")]).expect("the newest record");
    for table in names(
        &conn,
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'fulltext%' AND name NOT LIKE 'sqlite%'",
    ) {
        let newest = names(&conn, &format!("SELECT name FROM pragma_table_info('{table}', 'newest')"));
        let columns = names(&conn, &format!("SELECT name FROM pragma_table_info('{table}', 'main')"));
        let both: Vec<String> = columns.into_iter().filter(|column| newest.contains(column)).collect();
        let both = both.join(", ");
        let fill =
            format!("DELETE FROM main.{table}; INSERT INTO main.{table} ({both}) SELECT {both} FROM newest.{table};");
        conn.execute_batch(&fill).unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    // Numbers that were given out are never given again.
    let numbers = "UPDATE sqlite_sequence SET seq = (SELECT seq FROM newest.sqlite_sequence AS n
                   WHERE n.name = main.sqlite_sequence.name)";
    conn.execute(numbers, []).expect("the numbers");
    // The folder in which it was made is nobody's business.
    for table in ["customer", "customer_domain", "contact", "contact_address"] {
        let own = format!("UPDATE main.{table} SET source = '/etc/touchbase/contacts.csv' WHERE source LIKE '/%'");
        conn.execute(&own, []).expect("the source");
    }
    conn.execute_batch(&format!(
        "INSERT INTO fulltext (fulltext) VALUES ('rebuild');
         DETACH newest; PRAGMA application_id = {}; PRAGMA user_version = {version}; VACUUM;",
        0x7463_6862
    ))
    .expect("an end");
    conn.close().expect("an end");
    let bytes = zstd::encode_all(fs::File::open(&path).expect("the record"), 19).expect("zstd");
    fs::write(to, bytes).expect("a kept record");
}

fn names(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).expect(sql);
    let names = statement.query_map([], |row| row.get(0)).expect(sql);
    names.map(|name| name.expect(sql)).collect()
}

/// Whether a person wishes to keep records of versions that have none.
fn to_be_kept() -> bool {
    std::env::var_os("TOUCHBASE_KEEP").is_some()
}

fn file_of(version: usize) -> PathBuf {
    folder("tests/schemas").join(format!("{version:02}.db.zst"))
}

/// Every earlier version, and the newest once a record of it is kept.
fn versions() -> impl Iterator<Item = usize> {
    let newest = migrations().len();
    (1..=newest).filter(move |version| *version < newest || to_be_kept() || file_of(*version).exists())
}

/// The file of a version; made if it is missing and a person wishes it.
fn kept(version: usize) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock();
    let path = file_of(version);
    if !path.exists() && to_be_kept() {
        let program = lived_in();
        keep(version, &program.path("touchbase.db"), &path);
        let said = folder("tests/schemas/says.json");
        if !said.exists() {
            let text = serde_json::to_string_pretty(&says(&program)).expect("JSON") + "\n";
            fs::write(said, text).expect("what it says");
        }
    }
    path
}

/// A place whose record is the kept one.
fn left_behind(version: usize) -> Program {
    let file = fs::File::open(kept(version)).unwrap_or_else(|error| {
        panic!("no record of version {version} is kept ({error}): TOUCHBASE_KEEP=1 cargo test --test schemas")
    });
    let program = place("");
    fs::write(program.path("touchbase.db"), zstd::decode_all(file).expect("zstd")).expect("a record");
    program
}

fn version_of(program: &Program) -> usize {
    let conn = Connection::open(program.path("touchbase.db")).expect("the record");
    conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).expect("its version") as usize
}

#[test]
fn a_record_of_every_earlier_version_says_the_same_after_it_was_brought_to_the_newest() {
    let newest = migrations().len();
    for version in versions() {
        let program = left_behind(version);
        assert_eq!(version_of(&program), version);
        let expected = fs::read_to_string(folder("tests/schemas/says.json")).expect("what they say");
        let expected: Value = serde_json::from_str(&expected).expect("JSON");
        // Examined as it is first: that changes nothing.
        program.does(&["check", "--store"]);
        assert_eq!(version_of(&program), version);
        assert_eq!(says(&program), expected, "version {version}");
        assert_eq!(version_of(&program), newest);
        program.does(&["check", "--store"]);
    }
}

#[test]
fn an_earlier_record_goes_on_as_if_it_had_always_been_of_this_version() {
    for version in versions() {
        let program = left_behind(version);
        let (first, mail) = MAILS[0];
        arrives(&program, first, mail);
        arrives(
            &program,
            "new",
            "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: Mon, 9 Nov 2026 10:00:00 +0100\nMessage-ID: <ten@acme.example>\nReferences: <one@acme.example>\nSubject: Another word\n\nThe jib is late.\n",
        );
        arrives(&program, "erased", MAILS[8].1);
        program.does(&["once"]);
        let subjects: Vec<Value> = program
            .json(&["timeline", "acme", "--json"])
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["subject"].clone())
            .collect();
        assert_eq!(subjects.iter().filter(|subject| *subject == "Delivery plan").count(), 1, "{version}: {subjects:?}");
        assert!(subjects.contains(&json!("Another word")), "{version}: {subjects:?}");
        let conversations = "SELECT count(DISTINCT conversation) FROM interaction
                             WHERE subject IN ('Delivery plan', 'Another word')";
        let record = Connection::open(program.path("touchbase.db")).expect("the record");
        let joined: i64 = record.query_row(conversations, [], |row| row.get(0)).expect("a number");
        assert_eq!(joined, 1, "version {version}: References lead to the conversation on record");
        drop(record);
        let interactions = program.lines(&["export", "--all"]);
        assert!(interactions.iter().all(|one| one["subject"] != "Private"), "{version}: erased stays erased");
        assert_eq!(program.json(&["search", "jib", "--json"]).as_array().map(Vec::len), Some(1), "{version}");
        program.does(&["check", "--store"]);
    }
}
