//! Two things that the corpus runner does not tell: how well automatic answers are told from
//! everything else, and what the calendar part of a mail says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use touchbase::mail::{Mail, parse::parse};
use touchbase::understand::automation::classify;
use touchbase::understand::{Automation, calendar};

type Tables = BTreeMap<String, BTreeMap<String, Value>>;

fn tables(path: &Path) -> Tables {
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn read(path: &Path) -> Mail {
    parse(&std::fs::read(path).unwrap())
}

#[test]
fn automatic_answers_are_told_apart_nineteen_times_in_twenty() {
    let entries = std::fs::read_dir("tests/corpus/automation").unwrap().map(|entry| entry.unwrap().path());
    let mails: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    let (mut right, mut false_alarms, mut missed) = (0, 0, 0);
    for path in &mails {
        let expected: Value =
            toml::from_str(&std::fs::read_to_string(path.with_extension("expected.toml")).unwrap()).unwrap();
        let wanted = expected["expect"]["automation"] == json!("auto-reply");
        match (wanted, classify(&read(path)).automation == Automation::AutoReply) {
            (true, true) => right += 1,
            (true, false) => missed += 1,
            (false, true) => false_alarms += 1,
            (false, false) => {}
        }
    }
    println!("{} mails, {right} right, {false_alarms} false alarms, {missed} missed", mails.len());
    assert!(mails.len() >= 100 && right >= 50);
    assert!(right * 100 >= 95 * (right + false_alarms), "precision");
    assert!(right * 100 >= 95 * (right + missed), "recall");
}

#[test]
fn calendar_parts_say_what_is_expected() {
    let folder = Path::new("tests/corpus/calendar");
    let mut wrong = Vec::new();
    for (name, expected) in tables(&folder.join("meetings.toml")) {
        let found = meeting(&read(&folder.join(&name).with_extension("eml")));
        for (key, value) in expected {
            if found[&key] != value {
                wrong.push(format!("{name}: {key} is {}, not {value}", found[&key]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn meeting(mail: &Mail) -> Value {
    let meeting = calendar::meeting(mail).unwrap_or_default();
    let body = mail.plain.clone().or_else(|| Some(mail.html.as_ref()?.body().clone())).unwrap_or_default();
    let words: Vec<String> = body.lines.into_iter().map(|line| line.text).collect();
    json!({
        "method": meeting.method,
        "summary": meeting.summary,
        "start": meeting.start.map(|moment| moment.to_string()),
        "end": meeting.end.map(|moment| moment.to_string()),
        "organizer": meeting.organizer.and_then(|organizer| organizer.address),
        "attendees": meeting.attendees.iter().filter_map(|a| a.address.as_ref()).collect::<Vec<_>>(),
        "location": meeting.location,
        "reply": meeting.reply,
        "bare": calendar::bare(mail, &words.join("\n")),
    })
}
