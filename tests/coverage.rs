//! `docs/understanding.md` says what is covered: its table of languages is what the word lists hold, and every mail
//! it names is in the corpus. `UPDATE_EXPECTED=1` writes the table again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const PAGE: &str = "docs/understanding.md";
const BEGIN: &str = "<!-- languages: written by tests/coverage.rs -->\n";
const END: &str = "<!-- end of languages -->\n";

/// A column: its heading, and the list it looks into.
const COLUMNS: [(&str, &str); 7] = [
    ("header labels", "labels.toml"),
    ("months, weekdays", "when/names.toml"),
    ("who wrote", "words/wrote.txt"),
    ("closings", "words/signoffs.txt"),
    ("phone lines", "words/sent_from.txt"),
    ("automatic answers", "auto_reply.toml"),
    ("bounces", "bounce.toml"),
];

/// The languages that a list of ours has words for.
fn languages_of(list: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(format!("src/understand/{list}")).unwrap();
    let names: BTreeSet<String> = if list.ends_with(".txt") {
        // `de: one | two`
        let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
        lines.map(|(language, _)| language.to_owned()).collect()
    } else {
        // `[de] group = [words]`, or `[group] de = [words]`
        let tables: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(&text).unwrap();
        tables.into_iter().flat_map(|(table, lists)| lists.into_keys().chain([table])).collect()
    };
    names.into_iter().filter(|name| is_language(name)).collect()
}

fn is_language(name: &str) -> bool {
    name.len() <= 3 && !["to", "cc", "bcc", "any"].contains(&name)
}

/// The table of the page, a row for each language, those with the most lists first.
fn table() -> String {
    let lists: Vec<BTreeSet<String>> = COLUMNS.iter().map(|(_, list)| languages_of(list)).collect();
    let mut languages: Vec<&String> = lists.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
    languages.sort_by_key(|name| lists.iter().filter(|list| !list.contains(*name)).count());
    let headings: Vec<&str> = COLUMNS.iter().map(|(heading, _)| *heading).collect();
    let mut table = format!("| language | {} |\n|---|{}\n", headings.join(" | "), ":-:|".repeat(COLUMNS.len()));
    for name in languages {
        let marks: Vec<&str> = lists.iter().map(|list| if list.contains(name) { "yes" } else { "" }).collect();
        table.push_str(&format!("| {name} | {} |\n", marks.join(" | ")));
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
