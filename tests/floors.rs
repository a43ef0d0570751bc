//! Imports point down: ARCHITECTURE.md's table of floors against every `use crate::` of the tree.

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: &[&[&str]] = &[
    &["mail", "mailbox", "failpoint"],
    &["understand", "trust", "contacts"],
    &["interaction", "measure"],
    &["pipeline", "report"],
    &["inbox", "oauth", "store", "publish", "postman", "worker", "config"],
    &["main", "cli", "daemon", "demo", "wiring", "logs", "failure", "clock"],
];
const TOP: usize = FLOORS.len() - 1;

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("src is readable").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => sources(&path, into),
            false if path.extension().is_some_and(|e| e == "rs") => into.push(path),
            false => {}
        }
    }
}

/// (file, its module, what it names after `crate::` or `touchbase::`).
fn imports() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut found = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).expect("below src");
        let first = inside.components().next().expect("a file has a name");
        let module = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).expect("a source is UTF-8");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for piece in line.split("crate::").skip(1) {
                let name: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((file.clone(), module.clone(), name));
            }
        }
    }
    found
}

#[test]
fn every_module_has_a_floor() {
    for (file, module, _) in imports() {
        assert!(module == "lib" || floor(&module).is_some(), "{module} ({}) stands on no floor", file.display());
    }
}

#[test]
fn imports_point_down_and_siblings_do_not_know_each_other() {
    let wrong: Vec<String> = imports()
        .into_iter()
        .filter(|(_, module, name)| module != name)
        .filter_map(|(file, module, name)| {
            let (from, to) = (floor(&module)?, floor(&name)?);
            let allowed = to < from || from == TOP;
            (!allowed).then(|| format!("{}: {module} (floor {from}) names {name} (floor {to})", file.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn foreign_types_stop_at_their_adapter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let adapters: &[(&str, &str)] = &[
        ("mail_parser::", "mail/parse"),
        ("html5gum::", "mail/html"),
        ("async_imap::", "inbox/imap"),
        ("rusqlite", "store"),
        ("clap::", "cli"),
        ("ureq::", "oauth/http"),
        ("lettre::", "postman"),
        ("calcard::", "contacts/formats/vcard|understand/icalendar"),
    ];
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("a source is UTF-8");
        let inside = file.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
        for (name, places) in adapters {
            let at_home = places.split('|').any(|place| inside.starts_with(place));
            let named = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(name));
            assert!(at_home || !named, "{inside} names {name}, which belongs to {places}");
        }
    }
}

#[test]
fn the_pure_floors_ask_nobody_for_the_time_a_file_or_the_environment() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let forbidden = [
        "std::fs",
        "std::env",
        "TcpStream",
        "UdpSocket",
        "ToSocketAddrs",
        "SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "tracing::",
        "tokio::",
    ];
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let inside = file.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
        let module = inside.split(['/', '.']).next().unwrap_or_default();
        if floor(module).is_none_or(|f| f > 3) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a source is UTF-8");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in forbidden {
                assert!(!line.contains(word), "{inside} is pure, yet says {word}: {line}");
            }
        }
    }
}
