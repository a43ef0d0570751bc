//! What touchbase is built of: `deny.toml` held against Cargo.lock, for whoever has no cargo-deny, and the oldest Rust
//! that builds it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Names and versions of what is built for Linux.
fn built(edges: &str) -> BTreeSet<(String, String)> {
    let words = ["tree", "--all-features", "--edges", edges, "--prefix", "none", "--format", "{p}"];
    let lines = String::from_utf8(cargo(&words, "--target")).expect("UTF-8");
    let package = |line: &str| {
        let mut words = line.split(' ');
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
    };
    lines.lines().filter_map(package).collect()
}

/// What Cargo knows of them, development dependencies included.
fn metadata() -> Value {
    let built = built("normal,build,dev");
    let known = cargo(&["metadata", "--format-version", "1", "--all-features"], "--filter-platform");
    let mut metadata: Value = serde_json::from_slice(&known).expect("JSON");
    // Cargo also knows packages that no feature in use asks for.
    let packages = metadata["packages"].as_array_mut().expect("packages");
    packages.retain(|package| built.contains(&(word(package, "name").to_owned(), word(package, "version").to_owned())));
    assert!(packages.len() > 100, "{}", packages.len());
    metadata
}

fn cargo(words: &[&str], platform: &str) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(words)
        .args(["--locked", "--offline", platform, "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn packages(metadata: &Value) -> &Vec<Value> {
    metadata["packages"].as_array().expect("packages")
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn rules() -> toml::Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml");
    std::fs::read_to_string(path).expect("deny.toml").parse().expect("TOML")
}

fn list<'t>(rules: &'t toml::Table, section: &str, key: &str) -> &'t Vec<toml::Value> {
    rules[section][key].as_array().expect(key)
}

/// Whether an SPDX expression can be met with these licences alone. `/` is how crates wrote OR before.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let text = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let (met, rest) = either(&words, allowed);
    assert!(rest.is_empty(), "{expression} is no expression");
    met
}

fn either<'w>(words: &'w [&'w str], allowed: &BTreeSet<&str>) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = both(words, allowed);
    while let Some(("OR", after)) = rest.split_first().map(|(first, after)| (*first, after)) {
        let (other, left) = both(after, allowed);
        (met, rest) = (met | other, left);
    }
    (met, rest)
}

fn both<'w>(words: &'w [&'w str], allowed: &BTreeSet<&str>) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let Some(("AND", after)) = rest.split_first().map(|(first, after)| (*first, after)) {
        let (other, left) = one(after, allowed);
        (met, rest) = (met & other, left);
    }
    (met, rest)
}

fn one<'w>(words: &'w [&'w str], allowed: &BTreeSet<&str>) -> (bool, &'w [&'w str]) {
    match words {
        ["(", inside @ ..] => {
            let (met, rest) = either(inside, allowed);
            (met, rest.strip_prefix(&[")"]).expect("a closing bracket"))
        }
        // An exception only permits more, and is a licence of its own here.
        [_, "WITH", _, rest @ ..] => (false, rest),
        [licence, rest @ ..] => (allowed.contains(licence), rest),
        [] => panic!("an expression that ends too early"),
    }
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = BTreeSet::from(["MIT", "ISC"]);
    for (expression, met) in [
        ("MIT", true),
        ("MIT OR GPL-3.0", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0", false),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR MIT) AND ISC", true),
        ("GPL-3.0 AND ISC OR MIT", true),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
        ("Apache-2.0 WITH LLVM-exception", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}

#[test]
fn every_licence_is_allowed_and_every_allowed_licence_is_there() {
    let (metadata, rules) = (metadata(), rules());
    let allowed: BTreeSet<&str> =
        list(&rules, "licenses", "allow").iter().map(|licence| licence.as_str().expect("a name")).collect();
    let refused: Vec<String> = packages(&metadata)
        .iter()
        .filter(|package| !is_met(word(package, "license"), &allowed))
        .map(|package| format!("{} {}", word(package, "name"), word(package, "license")))
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
    for licence in allowed {
        assert!(packages(&metadata).iter().any(|p| word(p, "license").contains(licence)), "nothing is under {licence}");
    }
}

/// Who brings a crate of this name, as Cargo has resolved it.
fn parents<'m>(metadata: &'m Value, name: &str) -> Vec<&'m str> {
    let named: BTreeMap<&str, &str> = packages(metadata).iter().map(|p| (word(p, "id"), word(p, "name"))).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().expect("what Cargo has resolved");
    let brings = |node: &&Value| {
        let deps = node["deps"].as_array().expect("a list");
        deps.iter().any(|dep| named.get(word(dep, "pkg")) == Some(&name))
    };
    nodes.iter().filter(brings).filter_map(|node| named.get(word(node, "id")).copied()).collect()
}

#[test]
fn no_crate_is_there_that_is_refused_or_there_twice_without_a_reason() {
    let (metadata, rules) = (metadata(), rules());
    // What the tests need twice is in no program.
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, version) in built("normal,build") {
        versions.entry(name).or_default().insert(version);
    }
    for package in packages(&metadata) {
        let source = &package["source"];
        let ours = word(package, "name") == env!("CARGO_PKG_NAME");
        assert!(ours || source.as_str().is_some_and(|s| s.contains("crates.io-index")), "{package}: from {source}");
    }
    for entry in list(&rules, "bans", "deny") {
        let name = entry["crate"].as_str().expect("a name");
        assert!(entry["reason"].is_str(), "{name}: without a reason");
        let wrappers: Vec<&str> =
            entry.get("wrappers").and_then(|w| w.as_array()).into_iter().flatten().filter_map(|w| w.as_str()).collect();
        let unknown: Vec<&str> =
            parents(&metadata, name).into_iter().filter(|parent| !wrappers.contains(parent)).collect();
        assert!(unknown.is_empty(), "{name} is refused, and {unknown:?} bring it");
    }
    for entry in list(&rules, "bans", "skip") {
        let spec = entry["crate"].as_str().expect("a name");
        assert!(entry["reason"].is_str(), "{spec}: without a reason");
        let (name, version) = spec.split_once('@').expect("a version");
        let found = versions.get_mut(name).unwrap_or_else(|| panic!("{spec} is not there any more"));
        let before = found.len();
        found.retain(|one| one != version && !one.starts_with(&format!("{version}.")));
        assert!(found.len() < before, "{spec} is not there any more");
    }
    let twice: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert!(twice.is_empty(), "there twice: {twice:?}");
}

/// Their licences let the program be given away with their notices kept: the package has them in this file.
#[test]
fn the_notices_of_every_library_in_the_program_are_kept() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/libraries.txt");
    let kept = std::fs::read_to_string(path).expect("libraries.txt");
    let linked: BTreeSet<String> = built("normal,no-proc-macro")
        .into_iter()
        .filter(|(name, _)| name != env!("CARGO_PKG_NAME"))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    // A heading is the library, its version and its licence in brackets.
    let told: BTreeSet<String> = kept
        .lines()
        .filter(|line| !line.starts_with(' ') && line.ends_with(')'))
        .filter_map(|line| Some(line.split_once(" (")?.0.to_owned()))
        .filter(|name| name.split(' ').count() == 2)
        .collect();
    let missing: Vec<_> = linked.difference(&told).collect();
    let gone: Vec<_> = told.difference(&linked).collect();
    assert!(missing.is_empty() && gone.is_empty(), "missing: {missing:?}, gone: {gone:?}: run packaging/libraries");
}

/// `1.95` or `1.95.0` as numbers.
fn release(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[test]
fn the_oldest_rust_that_is_promised_is_enough_for_every_crate_and_this_one_is_no_older() {
    let promised = release(env!("CARGO_PKG_RUST_VERSION"));
    let metadata = metadata();
    let newer: Vec<String> = packages(&metadata)
        .iter()
        .filter(|package| release(word(package, "rust_version")) > promised)
        .map(|package| format!("{} wants {}", word(package, "name"), word(package, "rust_version")))
        .collect();
    assert!(newer.is_empty(), "{newer:#?}");
    let rustc = Command::new("rustc").arg("--version").output().expect("rustc");
    let said = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let this = release(said.split_whitespace().nth(1).expect("a version"));
    assert!(this >= promised, "{said}");
    println!("built with {said}promised: {promised:?}");
}
