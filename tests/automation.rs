//! The corpus of automatic and personal mails: every expectation beside its mail holds, and the
//! automatic answers among them are told apart with precision and recall of at least 0.95.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use touchbase::mail::parse::parse;
use touchbase::understand::automation::{Verdict, classify};
use touchbase::understand::calendar;
use touchbase::understand::{AutoReply, Automation};

/// What a mail is expected to be: dotted path to value.
fn expectations(eml: &Path) -> BTreeMap<String, Value> {
    let text = std::fs::read_to_string(eml.with_extension("expected.toml")).unwrap();
    let file: BTreeMap<String, BTreeMap<String, Value>> = toml::from_str(&text).unwrap();
    file.get("expect").cloned().unwrap_or_default()
}

fn mails(folder: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut mails: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    mails.sort();
    mails
}

fn shown(verdict: &Verdict) -> Value {
    let (kind, successors) = match &verdict.auto_reply {
        Some(AutoReply::Left { successors }) => (Some("left"), successors.clone()),
        Some(AutoReply::Away) => (Some("away"), vec![]),
        Some(AutoReply::Received) => (Some("received"), vec![]),
        Some(AutoReply::Other) => (Some("other"), vec![]),
        None => (None, vec![]),
    };
    json!({
        "automation": verdict.automation,
        "auto_reply": kind,
        "successors": successors,
        "failed": verdict.failed,
        "own_report": verdict.own_report,
    })
}

/// `failed.0.address`, and `auto_reply.successors.0` for who follows.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer = path.replace("auto_reply.successors", "successors").replace('.', "/");
    value.pointer(&format!("/{pointer}"))
}

#[test]
fn every_mail_of_the_corpus_is_what_it_is_expected_to_be() {
    let mut wrong = Vec::new();
    let (mut right_replies, mut false_replies, mut missed_replies) = (0, 0, 0);
    let mails = mails("tests/corpus/automation");
    for path in &mails {
        let verdict = classify(&parse(&std::fs::read(path).unwrap()));
        let found = shown(&verdict);
        let expected = expectations(path);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (key, value) in &expected {
            if at(&found, key) != Some(value) {
                wrong.push(format!("{name}: {key} is {:?}, not {value}; {:?}", at(&found, key), verdict.evidence));
            }
        }
        match (expected.get("automation") == Some(&json!("auto-reply")), verdict.automation == Automation::AutoReply) {
            (true, true) => right_replies += 1,
            (true, false) => missed_replies += 1,
            (false, true) => false_replies += 1,
            _ => {}
        }
    }
    println!("{} mails; automatic answers: {right_replies} right, {false_replies} false, {missed_replies} missed", mails.len());
    assert!(right_replies * 100 >= 95 * (right_replies + false_replies.max(missed_replies)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_calendar_mail_is_read_as_it_is_expected() {
    let mut wrong = Vec::new();
    for path in mails("tests/corpus/calendar") {
        let mail = parse(&std::fs::read(&path).unwrap());
        let meeting = calendar::meeting(&mail).unwrap_or_default();
        let lines = mail.plain.as_ref().or(mail.html.as_ref()).map(|body| body.lines.clone()).unwrap_or_default();
        let words: Vec<String> = lines.into_iter().map(|line| line.text).collect();
        let attendees: Vec<_> = meeting.attendees.iter().filter_map(|a| a.address.as_ref()).collect();
        let found = json!({
            "method": meeting.method,
            "summary": meeting.summary,
            "start": meeting.start.map(|m| m.to_string()),
            "end": meeting.end.map(|m| m.to_string()),
            "organizer": meeting.organizer.and_then(|o| o.address),
            "attendees": attendees,
            "location": meeting.location,
            "reply": meeting.reply,
            "bare": calendar::bare(&mail, &words.join("\n")),
            "automation": classify(&mail).automation,
        });
        for (key, value) in expectations(&path) {
            if at(&found, &key) != Some(&value) {
                wrong.push(format!("{}: {key} is {:?}, not {value}", path.display(), at(&found, &key)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
