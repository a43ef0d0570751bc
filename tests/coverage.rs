//! `docs/understanding.md` says what is covered: its table of languages is what the word lists hold, and every mail
//! it names is in the corpus. `UPDATE_EXPECTED=1` writes the table again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const PAGE: &str = "docs/understanding.md";
const BEGIN: &str = "<!-- languages: written by tests/coverage.rs -->\n";
const END: &str = "<!-- end of languages -->\n";

/// A column: its heading, and the list it counts.
const COLUMNS: [(&str, &str); 7] = [
    ("header labels", "labels.toml"),
    ("months, weekdays", "when/names.toml"),
    ("who wrote", "words/wrote.txt"),
    ("closings", "words/signoffs.txt"),
    ("phone lines", "words/sent_from.txt"),
    ("automatic answers", "auto_reply.toml"),
    ("bounces", "bounce.toml"),
];

/// How many words a list of ours has for each language.
fn counted(list: &str) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(format!("src/understand/{list}")).unwrap();
    if list.ends_with(".txt") { by_lines(&text) } else { by_tables(&text) }
}

/// `de: one | two`.
fn by_lines(text: &str) -> BTreeMap<String, usize> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    let mut counts = BTreeMap::new();
    for (language, words) in lines {
        *counts.entry(language.to_owned()).or_default() += words.split(" | ").count();
    }
    counts
}

/// `[de] group = [words]`, or `[group] de = [words]`.
fn by_tables(text: &str) -> BTreeMap<String, usize> {
    let tables: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(text).unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (table, lists) in &tables {
        for (key, words) in lists {
            let language = [table, key].into_iter().find(|name| is_language(name));
            *counts.entry(language.cloned().unwrap_or_default()).or_default() += words.len();
        }
    }
    counts
}

fn is_language(name: &str) -> bool {
    name.len() <= 3 && !["to", "cc", "bcc", "any"].contains(&name)
}

/// The table of the page, a row for each language, those with the most lists first.
fn table() -> String {
    let lists: Vec<BTreeMap<String, usize>> = COLUMNS.iter().map(|(_, list)| counted(list)).collect();
    let languages: BTreeSet<&String> = lists.iter().flat_map(BTreeMap::keys).filter(|name| is_language(name)).collect();
    let mut languages: Vec<&String> = languages.into_iter().filter(|name| !name.is_empty()).collect();
    let missing = |name: &String| lists.iter().filter(|list| !list.contains_key(name)).count();
    languages.sort_by_key(|name| (missing(name), (*name).clone()));
    let headings: Vec<&str> = COLUMNS.iter().map(|(heading, _)| *heading).collect();
    let mut table = format!("| language | {} |\n|---|{}\n", headings.join(" | "), "---:|".repeat(COLUMNS.len()));
    for name in languages {
        let counts = lists.iter().map(|list| list.get(name).map(usize::to_string).unwrap_or_default());
        table.push_str(&format!("| {name} | {} |\n", counts.collect::<Vec<_>>().join(" | ")));
    }
    table
}

#[test]
fn the_table_of_languages_is_what_the_lists_hold() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    let table = table();
    assert!(table.lines().count() > 37, "at least 35 languages");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(PAGE, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(written, table, "UPDATE_EXPECTED=1 cargo test --test coverage writes it again");
    }
}

#[test]
fn every_mail_that_the_page_names_is_in_the_corpus() {
    let page = fs::read_to_string(PAGE).unwrap();
    let named = page.split('`').skip(1).step_by(2).filter(|name| {
        ["forward/", "reply/", "signature/", "automation/", "calendar/"].iter().any(|topic| name.starts_with(topic))
    });
    let missing: Vec<&str> = named.filter(|name| fs::metadata(format!("tests/corpus/{name}.eml")).is_err()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
