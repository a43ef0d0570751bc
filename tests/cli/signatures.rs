//! Signatures that an author's earlier mails tell, from the mail to the timeline.

use serde_json::Value;

use super::house::House;

/// A house in which Ann has written three mails that end in three odd lines, without a delimiter, a closing or a
/// way to reach her.
fn house_of_letters() -> House {
    let house = House::new();
    for (day, words) in [(5, "The crane comes on Friday."), (6, "It rains."), (7, "Could you send another crane?")] {
        let mail = format!(
            "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: {day} Nov 2026 10:00:00 +0100\n\
             Message-ID: <{day}@acme.example>\nSubject: Day {day}\n\n{words}\n\n{ENDING}\n"
        );
        house.write(&format!("Maildir/new/5.day{day}"), &mail);
    }
    house
}

const ENDING: &str = "the yellow gate, hall 4\ncrates & more\nwe never close";

fn texts(house: &House) -> Vec<(String, String, Option<String>)> {
    let timeline = house.json(&["timeline", "acme", "--json"]);
    let word = |entry: &Value, key: &str| entry[key].as_str().map(str::to_owned);
    let entries = timeline.as_array().expect("a list").iter().filter(|entry| entry["subject"] != "Delivery plan");
    let told = entries.map(|entry| {
        let words = |key: &str| word(entry, key).unwrap_or_default();
        (words("subject"), words("text"), word(entry, "signature"))
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[test]
fn the_third_mail_that_ends_alike_is_told_without_its_ending() {
    let house = house_of_letters();
    house.facts(&["once"]);
    let whole = |words: &str| format!("{words}\n\n{ENDING}");
    let expected = [
        ("Day 5".to_owned(), whole("The crane comes on Friday."), None),
        ("Day 6".to_owned(), whole("It rains."), None),
        ("Day 7".to_owned(), "Could you send another crane?".to_owned(), Some(ENDING.to_owned())),
    ];
    assert_eq!(texts(&house), expected, "what was recorded before stays as it is");
    assert!(!house.facts(&["timeline", "acme"]).contains(&format!("another crane?\n{ENDING}")));

    house.write("Maildir/new/6.again", &std::fs::read_to_string(house.path("Maildir/new/5.day7")).expect("a mail"));
    house.facts(&["once"]);
    assert_eq!(texts(&house), expected, "delivered again, it is the same mail");
}

#[test]
fn explain_asks_the_record_if_there_is_one() {
    let house = house_of_letters();
    let explained = |house: &House| {
        let said = house.json(&["explain", "--json", "Maildir/new/5.day7"]);
        let rules: Vec<String> =
            said["evidence"].as_array().expect("evidence").iter().map(|e| e["rule"].to_string()).collect();
        (said["interactions"][0]["text"].as_str().expect("a text").to_owned(), rules.join("\n"))
    };
    let (text, rules) = explained(&house);
    assert!(text.ends_with(ENDING) && !rules.contains("learned"), "by its shape alone: {text}");
    assert!(!house.path("touchbase.db").exists());
    for day in ["5.day5", "5.day6"] {
        let from = house.path(&format!("Maildir/new/{day}"));
        std::fs::rename(&from, house.path("day.eml")).expect("a mail");
        house.json(&["import", "day.eml", "--json"]);
    }
    let (text, rules) = explained(&house);
    assert_eq!(text, "Could you send another crane?");
    assert!(rules.contains("learned: the same lines ended the mail of 2026-11-06"), "{rules}");
}
