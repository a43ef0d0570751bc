//! An installation's own phrase lists, from its folder to what is heard in a mail.

use std::fs;

use serde_json::Value;

use super::house::House;

const ENDING: &str = "the yellow gate, hall 4\ncrates & more\nwe never close";

/// A house with a folder of lists: English has an issue of its own, and Swedish joins.
fn house_with_lists() -> House {
    let house = House::new();
    house.configure("[phrases]\ndirectory = \"lists\"\n");
    fs::create_dir(house.path("lists")).expect("a folder");
    house.write("lists/en.toml", "[issue]\nphrases = [\"the gate weeps\"]\n");
    house.write("lists/sv.toml", "[thanks]\nphrases = [\"tack\"]\n");
    for (day, more) in [(5, "It rains."), (6, "The crane is red."), (7, "We are nine at table.")] {
        deliver(&house, day, more);
    }
    house
}

fn deliver(house: &House, day: u8, more: &str) {
    let mail = format!(
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: {day} Nov 2026 10:00:00 +0100\n\
         Message-ID: <{day}@acme.example>\nSubject: Day {day}\n\nTack. The gate weeps. It is broken. {more}\n\n{ENDING}\n"
    );
    house.write(&format!("Maildir/new/5.day{day}"), &mail);
}

fn heard(interaction: &Value) -> Vec<String> {
    let signals = interaction["signals"].as_array().expect("a list").iter();
    signals.map(|s| format!("{}: {}", s["signal"].as_str().unwrap(), s["sentence"].as_str().unwrap())).collect()
}

#[test]
fn own_lists_are_heard_wherever_a_mail_is_read() {
    let house = house_with_lists();
    let expected = ["thanks: Tack.", "issue: The gate weeps."];
    let explained = house.json(&["explain", "--json", "Maildir/new/5.day5"]);
    assert_eq!(heard(&explained["interactions"][0]), expected);

    house.facts(&["once"]);
    deliver(&house, 8, "The second start finds everybody known.");
    house.facts(&["once"]);
    let exported = house.facts(&["export"]);
    let days: Vec<Value> = exported
        .lines()
        .filter(|line| line.contains("\"Day "))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(days.len(), 4);
    for day in &days {
        assert_eq!(heard(day), expected, "{}", day["subject"]);
    }
    for day in &days[2..] {
        assert_eq!(day["signature"], ENDING, "its text was shortened, and read again, where it was settled");
    }

    house.configure("");
    let ours = house.json(&["explain", "--json", "Maildir/new/5.day5"]);
    assert_eq!(heard(&ours["interactions"][0]), ["issue: It is broken."], "without the folder ours are in use");
}

#[test]
fn check_tells_what_is_in_use_and_every_mistake_with_its_file_and_line() {
    let house = house_with_lists();
    let found = house.json(&["check", "--json"]);
    let phrases = found.as_array().unwrap().iter().find(|finding| finding["what"] == "phrases").expect("a finding");
    assert!(phrases["detail"].as_str().unwrap().starts_with("own lists for en, sv"), "{phrases}");

    house.write("lists/en.toml", "[issue]\nphrases = [\n  \"the gate weeps\",\n  \"weep*ing\",\n]\n");
    house.write("lists/sv.toml", "[tanks]\n");
    let wrong = [house.path("lists/en.toml, line 4: \"weep*ing\""), house.path("lists/sv.toml, line 1: unknown field")];
    let wrong: Vec<&str> = wrong.iter().map(|path| path.to_str().unwrap()).collect();
    for command in ["check", "once"] {
        house.refuses(&[command], 78, &[wrong[0], wrong[1], "hint:"]);
    }
    fs::remove_dir_all(house.path("lists")).unwrap();
    house.refuses(&["check"], 78, &["phrases.directory", "lists cannot be read"]);
}
