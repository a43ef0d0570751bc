//! A page needs nothing but itself: no script, nothing remote, and every link leads to a file we wrote.

use std::collections::{BTreeMap, BTreeSet};

use crate::fixture::{World, first_day, flood, quiet, usual};
use html5gum::{Token, Tokenizer};

/// The start tags of a page: name, then attributes.
pub fn tags(page: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut found = Vec::new();
    for token in Tokenizer::new(page).flatten() {
        if let Token::StartTag(tag) = token {
            let attributes = tag.attributes.iter().map(|(k, v)| (text(k), text(v))).collect();
            found.push((text(&tag.name), attributes));
        }
    }
    found
}

fn worlds() -> Vec<World> {
    vec![usual(), quiet(), first_day(), flood()]
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for file in worlds().iter().flat_map(World::files).filter(|f| f.path.ends_with(".html")) {
        for (tag, attributes) in tags(&file.content) {
            let loads = ["script", "link", "img", "iframe", "object", "embed", "form", "base", "svg", "audio", "video"];
            assert!(!loads.contains(&tag.as_str()), "<{tag}> in {}", file.path);
            for (name, value) in attributes {
                assert!(!name.starts_with("on") && name != "src" && name != "style", "{name} in {}", file.path);
                assert!(!value.contains("//") && !value.contains("javascript:"), "{value} in {}", file.path);
            }
        }
    }
}

#[test]
fn every_link_leads_to_a_page_of_the_same_set() {
    for world in worlds() {
        let files = world.files();
        let paths: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
        for file in files.iter().filter(|f| f.path.ends_with(".html")) {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for (_, attributes) in tags(&file.content).into_iter().filter(|(tag, _)| tag == "a") {
                let href = attributes["href"].split('#').next().unwrap().to_owned();
                let target = match (href.strip_prefix("../"), folder) {
                    (Some(up), "customers") => up.to_owned(),
                    (None, "customers") => format!("customers/{href}"),
                    _ => href.clone(),
                };
                // Other days are not part of the fixture.
                let other_day = target.starts_with("2026-");
                assert!(href.is_empty() || other_day || paths.contains(target.as_str()), "{href} in {}", file.path);
            }
        }
    }
}

#[test]
fn the_policy_allows_the_style_sheet_of_the_page_and_nothing_else() {
    let page = &usual().files()[0].content;
    let policy = tags(page).into_iter().find(|(_, a)| a.contains_key("http-equiv")).unwrap().1["content"].clone();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(page.matches("<style>").count(), 1);
}
