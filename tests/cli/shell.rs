//! Streams, help, completions, the manual page.

use std::process::{Command, Stdio};

use super::house::{House, touchbase};

#[test]
fn wrong_usage_ends_with_64_and_help_with_0() {
    let house = House::empty();
    let code = |words: &[&str]| touchbase(words, "", &house.path("")).code;
    for words in [&[][..], &["nonsense"], &["explain"], &["report", "--format", "pdf"], &["timeline"]] {
        assert_eq!(code(words), 64, "{words:?}");
    }
    for words in [&["--help"][..], &["--version"], &["help", "quarantine"], &["report", "--help"]] {
        assert_eq!(code(words), 0, "{words:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let house = House::lived_in();
    let config = house.path("touchbase.toml");
    for command in ["export --all", "man", "completions bash", "--help", "contacts list"] {
        let line = format!("{} --config {} {command} | true", env!("CARGO_BIN_EXE_touchbase"), config.display());
        let pipe = format!("set -o pipefail; {line}");
        let said = Command::new("bash").args(["-c", &pipe]).stdin(Stdio::null()).output().expect("a shell");
        assert_eq!(String::from_utf8_lossy(&said.stderr), "", "{command}");
        assert_eq!(said.status.code(), Some(0), "{command}");
    }
    let full = format!("{} man >/dev/full", env!("CARGO_BIN_EXE_touchbase"));
    assert_eq!(Command::new("sh").args(["-c", &full]).output().expect("a shell").status.code(), Some(73));
}

#[test]
fn completions_and_the_manual_page_know_every_command() {
    let house = House::empty();
    let say = |words: &[&str]| touchbase(words, "", &house.path("")).out;
    for shell in ["bash", "zsh", "fish"] {
        let script = say(&["completions", shell]);
        for command in ["once", "quarantine", "forget"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(!script.contains("parse-worker"), "{shell}");
    }
    let page = say(&["man"]);
    for section in [".SH NAME", ".SH SYNOPSIS", ".SH COMMANDS", ".SH \"EXIT STATUS\"", "unmatched accept", "forget"] {
        assert!(page.contains(section), "{section}");
    }
}

#[test]
fn wherever_facts_are_printed_json_can_be_had() {
    let house = House::lived_in();
    for words in [
        &["once"][..],
        &["check"],
        &["status"],
        &["customers", "list"],
        &["contacts", "list"],
        &["customers", "export"],
        &["unmatched", "list"],
        &["quarantine", "list"],
        &["timeline", "acme"],
        &["search", "crane"],
        &["report"],
        &["backup", "copy.db"],
        &["export"],
    ] {
        let mut with_json = words.to_vec();
        with_json.push("--json");
        house.json(&with_json);
    }
}
