//! Streams, help, completions, the manual page.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
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

/// The package takes them from the tree, so that `cargo deb` needs no program to run first, also for another machine.
#[test]
fn the_manual_pages_of_the_package_are_those_of_the_program() {
    let house = House::empty();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/man");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::remove_dir_all(&kept).expect("the pages kept");
        touchbase(&["man", "--into", &kept.display().to_string()], "", &house.path(""));
    }
    assert_eq!(touchbase(&["man", "--into", "made"], "", &house.path("")).code, 0);
    let (made, kept) = (files(&house.path("made")), files(&kept));
    assert!(made.len() > 40, "{}", made.len());
    let changed: Vec<_> = made.keys().chain(kept.keys()).filter(|page| made.get(*page) != kept.get(*page)).collect();
    assert!(changed.is_empty(), "not as kept: {changed:?}\nUPDATE_EXPECTED=1 writes them; look at what changes");
    assert_eq!(touchbase(&["man", "--into", "/dev/null"], "", &house.path("")).code, 73);
}

/// The files of a folder and its folders, by their place.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = PathBuf::from(path.file_name().expect("a name"));
        match path.is_dir() {
            true => found.extend(files(&path).into_iter().map(|(below, text)| (name.join(below), text))),
            false => drop(found.insert(name, fs::read_to_string(&path).expect("a page"))),
        }
    }
    found
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
