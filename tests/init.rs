//! `touchbase init`, as a person at a terminal and as a script meet it; what it writes is held against `check` and a
//! real server.

#[path = "it/dovecot.rs"]
mod dovecot;
#[allow(dead_code)]
#[path = "cli/house.rs"]
mod house;
#[path = "it/terminal.rs"]
mod terminal;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use dovecot::Dovecot;
use house::{House, Said, touchbase};
use serde_json::Value;
use terminal::Terminal;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn init(house: &House, words: &[&str]) -> Said {
    let mut all = vec!["init"];
    all.extend(words);
    touchbase(&all, "", &house.path(""))
}

fn check(house: &House, file: &str) -> (i32, Vec<Value>) {
    let said = touchbase(&["--config", file, "check", "--json"], "", &house.path(""));
    let found: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {}{}", said.out, said.err));
    (said.code, found.as_array().expect("a list").clone())
}

#[test]
fn a_person_is_asked_a_few_things_and_the_configuration_reads_a_real_mailbox() {
    let server = Dovecot::start();
    let house = House::empty();
    let mut person = Terminal::start(&["init", "mail"], &house.path(""));
    person.answers("The address of the mailbox", "no address");
    person.answers("The address of the mailbox", "log@ours.example");
    person.shows("1  Gmail");
    person.answers("Who runs that mailbox [6]", "");
    person.answers("Its IMAP server [imap.ours.example]", "localhost");
    person.answers("BCC and forward to", "");
    person.answers("Your team: its domain, or the addresses of everybody in it [ours.example]", "gmail.com");
    person.shows("name your colleagues one by one");
    person.answers("Your team", "mia@ours.example, ben@ours.example");
    person.answers("The file for the password", "");
    person.answers("Your time zone", "Europe/Brussels");
    person.answers("The folder for the daily page [reports]", "pages");
    person.answers("to be written into", &server.password);
    let (code, screen) = person.ends();
    assert_eq!(code, Some(0), "{screen}");
    assert!(!screen.contains(&server.password), "the password is on the screen: {screen}");
    let next: Vec<&str> = screen.split("then:").nth(1).expect("what to do next").lines().map(str::trim).collect();
    let next: Vec<&str> = next.into_iter().filter(|line| !line.is_empty()).collect();
    assert_eq!(next.len(), 3, "{next:?}");
    assert!(next[0].ends_with("check") && next[1].ends_with("run"), "{next:?}");

    let file = house.path("mail/touchbase.toml");
    assert_eq!(mode(&file), 0o640);
    assert_eq!(mode(&house.path("mail/capture.password")), 0o600);
    assert_eq!(fs::read_to_string(house.path("mail/capture.password")).expect("it"), format!("{}\n", server.password));
    let text = fs::read_to_string(&file).expect("the configuration");
    for line in [
        "addresses = [\"mia@ours.example\", \"ben@ours.example\"]",
        "user = \"log@ours.example\"",
        "capture-addresses = [\"log@ours.example\"]",
        "password-file = \"capture.password\"",
        "time-zone = \"Europe/Brussels\"",
        "directory = \"pages\"",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    // A server for tests has neither the usual port nor a public certificate, and another login.
    let tuned = text.replace("user = \"log@ours.example\"", "user = \"capture\"").replace(
        "host = \"localhost\"",
        &format!("host = \"localhost\"\nport = {}\nca-file = \"{}\"", server.imaps_port, server.ca_file.display()),
    );
    fs::write(&file, tuned).expect("the configuration");
    let (code, found) = check(&house, "mail/touchbase.toml");
    assert_eq!(code, 0, "{found:#?}");
    assert!(found.iter().any(|one| one["what"] == "mailbox capture: log in as capture"), "{found:#?}");
}

#[test]
fn a_script_says_everything_with_flags() {
    let house = House::empty();
    let said = init(
        &house,
        &[
            "box",
            "--address",
            "log@us.example",
            "--host",
            "imap.us.example",
            "--team",
            "us.example",
            "--team",
            "me@home.example",
            "--capture",
            "log@us.example",
            "--password-command",
            "printf secret",
            "--time-zone",
            "Europe/Paris",
            "--reports",
            "/srv/reports",
            "--json",
        ],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    let told: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(told["next"].as_array().map(Vec::len), Some(3));
    assert_eq!(told["password_file"], Value::Null);
    let text = fs::read_to_string(house.path("box/touchbase.toml")).expect("the configuration");
    for line in
        ["domains = [\"us.example\"]", "addresses = [\"me@home.example\"]", "password-command = \"printf secret\""]
    {
        assert!(text.contains(line), "{line}:\n{text}");
    }
}

#[test]
fn the_sample_of_a_package_is_filled_in_where_it_lies_as_long_as_nobody_wrote_in_it() {
    let house = House::empty();
    let file = house.path("touchbase.toml");
    let sample = include_str!("../config/touchbase.toml");
    let answers = ["init", "--address", "ann@gmail.com", "--own-mailbox", "--json"];
    fs::write(&file, sample.replace("me@us.example", "mia@ours.example")).expect("a file");
    let said = touchbase(&answers, "", &house.path(""));
    assert!(said.code == 73 && said.err.contains("overwrites nothing"), "{}", said.err);

    fs::write(&file, sample).expect("the sample");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o660)).expect("a mode");
    // As systemd and the installed place say it: what is written lies elsewhere.
    let said = Command::new(env!("CARGO_BIN_EXE_touchbase"))
        .args(answers)
        .current_dir(house.path(""))
        .env("STATE_DIRECTORY", house.path("state"))
        .output()
        .expect("touchbase");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(fs::read_to_string(&file).expect("the configuration").contains("host = \"imap.gmail.com\""));
    assert_eq!(mode(&file), 0o660, "the service's group lost it");
    let told: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let told = told.to_string();
    assert!(told.contains("chown touchbase ") && told.contains("systemctl enable --now touchbase"), "{told}");
}

#[test]
fn every_provider_gets_a_configuration_without_a_fault() {
    let house = House::empty();
    let table: [(&str, &str, &[&str], &str); 7] = [
        ("gmail", "ann@gmail.com", &["--own-mailbox"], "host = \"imap.gmail.com\""),
        ("work", "ann@ours.example", &["--provider", "gmail", "--oauth-client-id", "x.apps"], "provider = \"google\""),
        (
            "microsoft",
            "ann@ours.example",
            &["--provider", "microsoft-365", "--oauth-client-id", "0-0"],
            "provider = \"microsoft\"",
        ),
        ("fastmail", "ann@fastmail.com", &["--own-mailbox"], "host = \"imap.fastmail.com\""),
        ("icloud", "ann@icloud.com", &["--own-mailbox"], "user = \"ann\""),
        ("zoho", "ann@zohomail.com", &["--own-mailbox"], "host = \"imap.zoho.com\""),
        (
            "own",
            "ann@ours.example",
            &["--provider", "own", "--host", "mx.ours.example", "--own-mailbox"],
            "\"INBOX\", \"Sent\"",
        ),
    ];
    for (name, address, flags, line) in table {
        let mut words = vec![name, "--address", address];
        words.extend(flags);
        let said = init(&house, &words);
        assert_eq!(said.code, 0, "{name}: {}", said.err);
        let text = fs::read_to_string(house.path(&format!("{name}/touchbase.toml"))).expect("the configuration");
        assert!(text.contains(line), "{name}: {line}:\n{text}");
        // What needs no server is in order: nothing of the file itself is refused.
        let said = touchbase(&["--config", &format!("{name}/touchbase.toml"), "status"], "", &house.path(""));
        assert_eq!(said.code, 0, "{name}: {}", said.err);
    }
}

#[test]
fn what_is_missing_or_wrong_is_told_at_once_and_nothing_is_written() {
    let house = House::empty();
    let said = init(&house, &[]);
    assert_eq!(said.code, 64);
    for word in ["--address", "--host", "--team", "--capture", "hint:"] {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
    for (words, tells) in [
        (&["--address", "x"][..], "that is no mail address"),
        (&["--address", "log@us.example", "--host", "imaps://x"], "that is no server's name"),
        (
            &["--address", "log@us.example", "--host", "x.example", "--team", "gmail.com"],
            "name your colleagues one by one",
        ),
        (
            &["--address", "me@gmail.com", "--team", "me@gmail.com", "--capture", "me@gmail.com"],
            "both in team.addresses",
        ),
        (&["--address", "log@us.example", "--provider", "microsoft-365"], "--oauth-client-id"),
    ] {
        let said = init(&house, words);
        assert_eq!(said.code, 64, "{words:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(tells), "{words:?}: {}", said.err);
    }
    assert_eq!(house.contents(), Vec::<String>::new());
}

#[test]
fn nothing_that_exists_is_overwritten() {
    let house = House::empty();
    house.write("touchbase.toml", "mine");
    let said = init(&house, &["--address", "log@us.example", "--host", "x.example"]);
    assert_eq!(said.code, 73);
    assert!(said.err.contains("overwrites nothing"), "{}", said.err);
    house.write("contacts.csv", "customer,name,address\nAcme,Ann,ann@acme.example\n");
    house.write("capture.password", "old\n");
    let words = ["init", "--address", "log@us.example", "--host", "x.example", "--write-password"];
    let mut elsewhere = vec!["--config", "other.toml"];
    elsewhere.extend(words);
    let said = touchbase(&elsewhere, "new\n", &house.path(""));
    assert_eq!(said.code, 73, "{}", said.err);
    assert_eq!(house.contents(), ["capture.password", "contacts.csv", "touchbase.toml"]);
    fs::remove_file(house.path("capture.password")).expect("the old one");
    let said = touchbase(&elsewhere, "new secret\n", &house.path(""));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!format!("{}{}", said.out, said.err).contains("new secret"));
    assert_eq!(fs::read_to_string(house.path("capture.password")).expect("it"), "new secret\n");
    assert!(fs::read_to_string(house.path("contacts.csv")).expect("it").contains("Acme"));
    assert_eq!(fs::read_to_string(house.path("touchbase.toml")).expect("it"), "mine");
}

#[test]
fn an_interrupted_password_leaves_a_terminal_that_shows_what_is_typed_and_no_file() {
    let house = House::empty();
    let words = ["init", "--yes", "--address", "log@us.example", "--host", "x.example", "--write-password"];
    let mut person = Terminal::start(&words, &house.path(""));
    person.answers("The password", "half\u{3}");
    let (code, screen) = person.ends();
    assert_eq!(code, Some(64), "{screen}");
    assert!(!screen.contains("half"), "{screen}");
    assert_eq!(house.contents(), Vec::<String>::new());
}
