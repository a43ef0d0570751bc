//! A page needs nothing but itself: no script, nothing remote, and every link leads to a file we wrote.

use std::collections::{BTreeMap, BTreeSet};

use crate::fixture::World;
use crate::worlds::{after_holidays, first_day, flood, one_customer, quiet, sparse, usual};
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
    vec![usual(), quiet(), first_day(), after_holidays(), one_customer(), sparse(), flood()]
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for file in worlds().iter().flat_map(World::files).filter(|f| f.path.ends_with(".html")) {
        for (tag, attributes) in tags(&file.content) {
            let loads = [
                "script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image",
            ];
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
                let Some(target) = target(folder, &attributes["href"]) else { continue };
                // Other days are not part of the fixture.
                let other_day = target.starts_with("2026-") || target.starts_with("2027-");
                assert!(other_day || paths.contains(target.as_str()), "{target} in {}", file.path);
            }
        }
    }
}

/// The file that a link of a page in a folder leads to; `None` for a place in the page itself.
fn target(folder: &str, link: &str) -> Option<String> {
    let file = link.split('#').next().filter(|file| !file.is_empty())?;
    let mut way: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        if part == ".." {
            way.pop().expect("a link does not leave the folder of reports");
        } else {
            way.push(part);
        }
    }
    Some(way.join("/"))
}

#[test]
fn every_place_in_a_page_that_a_link_names_is_there() {
    let files = usual().files();
    let ids = |path: &str| -> BTreeSet<String> {
        let page = files.iter().find(|f| f.path == path).map_or("", |f| f.content.as_str());
        tags(page).into_iter().filter_map(|(_, attributes)| attributes.get("id").cloned()).collect()
    };
    let mut followed = 0;
    for file in files.iter().filter(|f| f.path.ends_with(".html")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (_, attributes) in tags(&file.content).into_iter().filter(|(tag, _)| tag == "a") {
            let Some((_, place)) = attributes["href"].split_once('#') else { continue };
            let page = target(folder, &attributes["href"]).unwrap_or_else(|| file.path.clone());
            assert!(ids(&page).contains(place), "#{place} of {page} in {}", file.path);
            followed += 1;
        }
    }
    assert!(followed > 40, "{followed}");
}

/// Headings go down one step at a time, and there is one at the top: what a screen reader leaps along.
#[test]
fn headings_leave_no_step_out() {
    for file in worlds().iter().flat_map(World::files).filter(|f| f.path.ends_with(".html")) {
        let mut before = 0;
        for (tag, _) in tags(&file.content) {
            let Some(level) = tag.strip_prefix('h').and_then(|level| level.parse::<u32>().ok()) else { continue };
            assert!(level <= before + 1 && (level > 1 || before == 0), "<h{level}> after {before} in {}", file.path);
            before = level;
        }
    }
}

#[test]
fn no_id_stands_twice_in_a_page() {
    for file in worlds().iter().flat_map(World::files).filter(|f| f.path.ends_with(".html")) {
        let mut seen = BTreeSet::new();
        for (_, attributes) in tags(&file.content) {
            if let Some(id) = attributes.get("id") {
                assert!(seen.insert(id.clone()), "{id} twice in {}", file.path);
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
