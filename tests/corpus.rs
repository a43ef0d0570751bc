//! Every mail in `tests/corpus/<topic>/` means what the file beside it says.
//!
//! `<case>.eml` is the mail, `<case>.expected.toml` what must come out: dotted
//! paths into the [`Reading`](touchbase::understand::Reading), as it is serialised.
//! `exchanges` may also be written `interactions`, as in `explain`.
//!
//! ```toml
//! route = "watched"                       # capture unless said otherwise
//! [team]                                  # us.example and log@us.example unless said otherwise
//! domains = ["us.example"]
//! capture-addresses = ["log@us.example"]
//! [expect]
//! "exchanges.0.author.address" = "ann@acme.example"
//! "exchanges.length" = 1
//! "exchanges.0.comment" = "null"
//! [contains]
//! "exchanges.0.body" = ["words", "more words"]
//! [lacks]
//! "exchanges.0.text" = ["quoted words"]
//! ```
//!
//! `CORPUS=folder cargo test --test corpus` judges the mails of another folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use touchbase::mail::{Address, Domain, parse::parse};
use touchbase::mailbox::Route;
use touchbase::understand::{Team, understand};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Case {
    route: String,
    team: Option<Side>,
    expect: BTreeMap<String, toml::Value>,
    contains: BTreeMap<String, Vec<String>>,
    lacks: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Side {
    addresses: Vec<String>,
    domains: Vec<String>,
    capture_addresses: Vec<String>,
    assume: bool,
}

#[test]
fn every_mail_of_the_corpus_is_read_as_the_file_beside_it_says() {
    let mut mails = Vec::new();
    let folder = std::env::var_os("CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"), PathBuf::from);
    collect(&folder, &mut mails);
    mails.sort();
    let wrong: Vec<String> = mails.iter().flat_map(|mail| judge(mail)).collect();
    assert!(wrong.is_empty(), "{} wrong answers in {} mails\n{}", wrong.len(), mails.len(), wrong.join("\n"));
    assert!(!mails.is_empty());
}

fn collect(folder: &Path, mails: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, mails);
        } else if path.extension().is_some_and(|e| e == "eml") {
            mails.push(path);
        }
    }
}

/// What is wrong with one reading, a line each.
fn judge(mail: &Path) -> Vec<String> {
    let name = mail.file_stem().unwrap().to_string_lossy().into_owned();
    let beside = mail.with_extension("expected.toml");
    let case = match std::fs::read_to_string(&beside).map(|text| toml::from_str::<Case>(&text)) {
        Ok(Ok(case)) => case,
        Ok(Err(error)) => return vec![format!("{name}: {error}")],
        Err(error) => return vec![format!("{name}: no expectation beside it: {error}")],
    };
    let reading = understand(&parse(&std::fs::read(mail).unwrap()), route(&case.route), &team(case.team));
    let reading = serde_json::to_value(&reading).unwrap();
    let mut wrong = Vec::new();
    for (path, expected) in &case.expect {
        let (expected, found) = (plain(&serde_json::to_value(expected).unwrap()), plain(&at(&reading, path)));
        if expected != found {
            wrong.push(format!("{name}: {path}\n    expected {expected:?}\n    found    {found:?}"));
        }
    }
    for (path, words, wanted) in all(&case.contains, true).chain(all(&case.lacks, false)) {
        let found = plain(&at(&reading, path));
        if found.contains(words.trim()) != wanted {
            let verb = if wanted { "lacks" } else { "holds" };
            wrong.push(format!("{name}: {path} {verb} {words:?}\n    found    {found:?}"));
        }
    }
    wrong
}

fn all(table: &BTreeMap<String, Vec<String>>, wanted: bool) -> impl Iterator<Item = (&str, &str, bool)> {
    table.iter().flat_map(move |(path, list)| list.iter().map(move |words| (path.as_str(), words.as_str(), wanted)))
}

/// The value at a dotted path; `length` counts a list. `null` where nothing is.
fn at(reading: &Value, path: &str) -> Value {
    let path = path.replacen("interactions", "exchanges", 1);
    let mut value = reading.clone();
    for step in path.split('.') {
        value = match (&value, step) {
            (Value::Array(list), "length") => Value::from(list.len()),
            (Value::Array(list), _) => {
                step.parse().ok().and_then(|at: usize| list.get(at).cloned()).unwrap_or_default()
            }
            (Value::Object(map), "occurred_at") => shown(map.get(step)),
            (Value::Object(map), _) => map.get(step).cloned().unwrap_or_default(),
            _ => Value::Null,
        };
    }
    value
}

/// A moment as RFC 3339 with its offset.
fn shown(moment: Option<&Value>) -> Value {
    let moment = moment.cloned().unwrap_or_default();
    let moment: Option<touchbase::mail::Moment> = serde_json::from_value(moment).unwrap_or_default();
    moment.map_or(Value::Null, |moment| Value::from(moment.to_string()))
}

/// A value as one line of text, white space at line ends left out.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned(),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

fn route(word: &str) -> Route {
    match word {
        "watched" => Route::Watched,
        "import" => Route::Import,
        "unknown" => Route::Unknown,
        _ => Route::Capture,
    }
}

fn team(side: Option<Side>) -> Team {
    let side = side.unwrap_or_else(|| Side {
        domains: vec!["us.example".into()],
        capture_addresses: vec!["log@us.example".into()],
        ..Side::default()
    });
    let addresses = |list: &[String]| list.iter().map(|a| Address::parse(a).unwrap()).collect();
    Team {
        addresses: addresses(&side.addresses),
        domains: side.domains.iter().map(|d| Domain::parse(d).unwrap()).collect(),
        capture_addresses: addresses(&side.capture_addresses),
        assume: side.assume,
    }
}
