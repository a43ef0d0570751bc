//! What goes wrong: each with message, cause, hint and exit code, and nothing lost.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::house::{House, touchbase};

const IMAP: &str = "[team]\naddresses = [\"me@us.example\"]\n[[mailbox]]\nname = \"far\"\nkind = \"imap\"\n\
                    host = \"127.0.0.1\"\nuser = \"u@us.example\"\npassword-file = \"password\"\ntls = \"none\"\n";

#[test]
fn a_missing_configuration_says_where_it_was_looked_for_and_how_to_begin() {
    let house = House::empty();
    for command in ["once", "status", "check"] {
        let tells = ["there is no configuration at", "touchbase.toml", "--config FILE", "touchbase demo"];
        house.refuses(&[command], 78, &tells);
    }
    let usual = touchbase(&["status"], "", &house.path(""));
    assert!(usual.code == 78 && usual.err.contains("/etc/touchbase/touchbase.toml"), "{}", usual.err);
}

#[test]
fn a_configuration_that_nobody_has_filled_in_says_so_and_what_to_do() {
    let house = House::new();
    house.write("touchbase.toml", include_str!("../../config/touchbase.toml"));
    let tells = ["touchbase.toml is still the sample", "lines marked 1 to 5", "contacts.csv", "`touchbase check`"];
    for command in ["run", "once"] {
        house.refuses(&[command], 78, &tells);
    }
    assert!(!house.path("touchbase.db").exists(), "a record was begun");
    let check = house.run(&["check"]);
    assert_eq!(check.code, 1);
    assert!(tells.iter().all(|words| check.out.contains(words)), "{}", check.out);
}

#[test]
fn every_problem_of_a_configuration_is_told_at_once() {
    let house = House::new();
    house.configure("[team]\nadresses = [\"me@us.example\"]\n[reports]\n[report]\nat = \"25:00\"\n");
    let tells =
        ["line 2: team.adresses", "did you mean `addresses`?", "did you mean `report`?", "report.at = \"25:00\""];
    house.refuses(&["once"], 78, &tells);
    house.refuses(&["check"], 78, &tells);
    let said = house.run(&["check", "--json"]);
    let problems: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!((said.code, problems.as_array().map(Vec::len)), (78, Some(3)));
    assert!(problems.as_array().expect("a list").iter().all(|p| p["ok"] == false && p["hint"].is_string()));
}

#[test]
fn a_check_finds_everything_at_once_and_makes_nothing() {
    let house = House::new();
    let before = house.contents();
    let good = house.run(&["check"]);
    assert_eq!(good.code, 0, "{}", good.out);
    assert!(good.out.contains("mx.us.example") && good.out.contains("to be made at the first start"), "{}", good.out);

    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let mailbox = |name: &str, rest: &str| format!("[[mailbox]]\nname = \"{name}\"\n{rest}\n");
    let imap =
        format!("kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {closed}\ntls = \"none\"\nuser = \"u@us.example\"");
    house.configure(
        &[
            mailbox("gone", "kind = \"maildir\"\npath = \"nowhere\""),
            mailbox("closed", &format!("{imap}\npassword-command = \"echo x\"")),
            mailbox("locked", &format!("{imap}\npassword-file = \"nowhere\"")),
            "[store]\nurl = \"sqlite:contacts.csv\"\n".to_owned(),
        ]
        .concat(),
    );
    house.write("contacts.csv", "customer,name,address\nAcme,Ann,no address\n");
    house.write("reports", "a file in the way");
    let said = house.run(&["check", "--json"]);
    let findings: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let wrong: Vec<&str> = findings
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["ok"] == false)
        .map(|finding| finding["what"].as_str().expect("words"))
        .collect();
    let expected =
        ["contacts", "store", "report folder", "mailbox gone", "mailbox closed: connect", "mailbox locked: password"];
    assert_eq!(said.code, 1);
    assert_eq!(wrong.len(), expected.len(), "{wrong:?}");
    assert!(wrong.iter().zip(expected).all(|(what, begins)| what.starts_with(begins)), "{wrong:?}");
    fs::remove_file(house.path("reports")).expect("the file in the way");
    assert_eq!(house.contents(), before);
}

#[test]
fn a_check_doubts_an_installation_that_would_read_nothing() {
    let house = House::new();
    house.configure("[team]\naddresses = [\"me@us.example\"]\n");
    let said = house.run(&["check"]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("note   mailboxes: none is configured"), "{}", said.out);
    assert!(said.out.contains("note   trust:"), "{}", said.out);
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let house = House::new();
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    house.configure(&format!("{IMAP}port = {closed}\n"));
    house.write("password", "secret");
    let said = house.run(&["once"]);
    assert_eq!(said.code, 78, "others may read the password: {}", said.err);
    assert!(said.err.contains("chmod 600"), "{}", said.err);
    Command::new("chmod").args(["600"]).arg(house.path("password")).status().expect("chmod");
    let said = house.run(&["once"]);
    assert_eq!(said.code, 69);
    for word in ["cannot read mailbox far", "refused", "hint:"] {
        assert!(said.err.contains(word), "{}", said.err);
    }
}

#[test]
fn a_faulty_contacts_file_stops_the_reading_before_anything_is_recorded() {
    let house = House::new();
    house.write("contacts.csv", "customer,name,address\nAcme,Ann Li,ann\n");
    house.refuses(&["once"], 78, &["contacts.csv", "line 2:", "hint:"]);
    house.write("contacts.csv", "customer,name,address\nAcme,Ann Li,ann@acme.example\n");
    assert_eq!(house.json(&["once", "--json"])["recorded"], 1);
}

#[test]
fn a_store_that_is_not_ours_or_newer_is_left_alone() {
    let house = House::new();
    house.write("touchbase.db", "a letter to somebody");
    house.refuses(&["once"], 78, &["is not a touchbase record", "hint:"]);
    assert_eq!(fs::read_to_string(house.path("touchbase.db")).expect("the letter"), "a letter to somebody");

    let house = House::lived_in();
    let record = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    record.pragma_update(None, "user_version", 99).expect("a version");
    drop(record);
    house.refuses(&["status"], 78, &["a newer touchbase wrote it", "hint:"]);
    fs::remove_file(house.path("touchbase.db")).expect("the record");
    fs::create_dir(house.path("touchbase.db")).expect("a folder in the way");
    house.refuses(&["status"], 73, &["touchbase.db", "hint:"]);
}

#[test]
fn a_report_folder_in_whose_place_a_file_lies_cannot_be_written() {
    let house = House::lived_in();
    house.write("reports", "a file in the way");
    house.refuses(&["report", "--date", "2026-11-02"], 73, &["cannot write the report", "reports", "[report]"]);
    house.refuses(&["report", "--output", "no/where.html"], 73, &["cannot write no/where.html", "hint:"]);
    fs::remove_file(house.path("reports")).expect("the file");
    house.facts(&["report", "--date", "2026-11-02"]);
}

#[test]
fn a_second_reader_is_sent_away_while_one_runs() {
    let house = House::new();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_touchbase"))
        .arg("--config")
        .arg(house.path("touchbase.toml"))
        .args(["--quiet", "run"])
        .stderr(Stdio::null())
        .spawn()
        .expect("touchbase starts");
    let began = Instant::now();
    while house.json(&["search", "crane", "--json"]) == serde_json::json!([]) {
        assert!(began.elapsed() < Duration::from_secs(60), "the daemon records nothing");
        std::thread::sleep(Duration::from_millis(50));
    }
    let second = house.run(&["once"]);
    let asked = house.run(&["timeline", "acme"]);
    let _ = daemon.kill();
    let _ = daemon.wait();
    assert_eq!(second.code, 75, "{}", second.err);
    assert!(second.err.contains("touchbase is running already") && second.err.contains("hint:"), "{}", second.err);
    assert!(asked.out.contains("Delivery plan"), "asking is never in the way: {}", asked.err);
}

/// In a mount namespace of its own, so that nothing is left behind, whatever happens.
#[test]
fn a_full_disk_loses_nothing() {
    let house = House::new();
    fs::create_dir(house.path("small")).expect("a folder");
    house.configure("[store]\nurl = \"sqlite:small/touchbase.db\"\n");
    let script = r#"
        mount -t tmpfs -o size=280k tmpfs small || exit 99
        "$0" --config touchbase.toml once >out 2>err; echo $? >code
        mount -o remount,size=100m small
        "$0" --config touchbase.toml once --json >/dev/null
        "$0" --config touchbase.toml export --all >record
        "$0" --config touchbase.toml quarantine list --json >held"#;
    let ended = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_touchbase")])
        .current_dir(house.path(""))
        .status()
        .expect("unshare, from the package util-linux");
    let read = |name: &str| fs::read_to_string(house.path(name)).unwrap_or_default();
    assert!(ended.success(), "mounting was refused, or a later command failed: {ended}");
    assert_eq!(read("code").trim(), "73", "{}", read("err"));
    assert!(read("err").contains("no space left") && read("err").contains("make room on the disk"), "{}", read("err"));
    assert_eq!(read("record").lines().count(), 2);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&read("held")).expect("JSON").as_array().map(Vec::len),
        Some(2)
    );
}
