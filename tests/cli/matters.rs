//! `promises`, `corrections`, `issues`: what is open, and closing it by hand.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::json;

use crate::house::House;

const VOUCHED: &str = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\n";

/// So many days ago at noon.
fn noon(days_ago: i64) -> Zoned {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let day = now.checked_sub(days_ago.days()).expect("a day").date();
    day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).expect("noon")
}

/// A mail of so many days ago, of us to Ann.
fn to_ann(days_ago: i64, id: &str, subject: &str, words: &str) -> String {
    let date = noon(days_ago).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    format!(
        "{VOUCHED}From: me@us.example\nTo: Ann Li <ann@acme.example>\nDate: {date}\nMessage-ID: <{id}@us.example>\n\
         Subject: {subject}\n\nDear Ann,\n\n{words}\n"
    )
}

/// A house with two promises of ours and an issue of Ann's, which nothing followed; gives it with their numbers.
fn with_matters() -> (House, [i64; 2], i64) {
    let house = House::new();
    house.write("Maildir/new/5.1", &to_ann(20, "draft", "Draft", "I will send the draft tomorrow."));
    house.write("Maildir/new/5.2", &to_ann(20, "hook", "Hook", "We will ring Bea about the hook tomorrow."));
    let date = noon(19).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let issue = format!(
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: {date}\nMessage-ID: <issue@acme.example>\n\
         Subject: Crane\n\nThe crane does not work since this morning.\n"
    );
    house.write("Maildir/new/6.issue", &issue);
    assert_eq!(house.run(&["once"]).code, 0);
    let numbers = |command: &str| -> Vec<i64> {
        let listed = house.json(&[command, "list", "--json"]);
        listed.as_array().expect("a list").iter().filter_map(|one| one["number"].as_i64()).collect()
    };
    let (promises, issues) = (numbers("promises"), numbers("issues"));
    let ([first, second], [issue]) = (&promises[..], &issues[..]) else {
        panic!("two promises and an issue: {promises:?} {issues:?}")
    };
    (house, [*first, *second], *issue)
}

#[test]
fn what_is_open_is_listed_with_its_words_and_whom_they_were_said_to() {
    let (house, [first, _], _) = with_matters();
    let listed = house.facts(&["promises", "list"]);
    let heading = listed.lines().next().expect("a heading");
    assert_eq!(
        heading.split_whitespace().collect::<Vec<_>>(),
        ["no.", "customer", "to", "words", "said", "due", "state"]
    );
    let line = listed.lines().find(|line| line.starts_with(&format!("{first} "))).expect("the first promise");
    let (said, due) = (noon(20).date().to_string(), noon(19).date().to_string());
    for word in ["acme", "Ann Li", "I will send the draft tomorrow.", &said, &due, "overdue"] {
        assert!(line.contains(word), "{word} in {line}");
    }
    let json = house.json(&["promises", "list", "--json"]);
    assert_eq!(json[0]["sentence"], "I will send the draft tomorrow.");
    assert_eq!((&json[0]["due"], &json[0]["address"]), (&json!(due), &json!("ann@acme.example")));
    assert!(house.facts(&["issues", "list"]).contains("The crane does not work since this morning."));
    assert_eq!(house.facts(&["corrections", "list"]), "no correction is open\n");
}

#[test]
fn what_is_closed_leaves_the_list_until_it_is_opened_again() {
    let (house, [first, second], _) = with_matters();
    let (one, two) = (first.to_string(), second.to_string());
    assert_eq!(house.facts(&["promises", "done", &one]), format!("{one} is done\n"));
    assert_eq!(
        house.facts(&["promises", "dismiss", &one, &two]),
        format!("{one} is already done\n{two} is dismissed\n")
    );
    assert_eq!(house.facts(&["promises", "list"]), "no promise is open\n");
    let all = house.json(&["promises", "list", "--all", "--json"]);
    assert_eq!((&all[0]["closed"], &all[1]["closed"]), (&json!("done"), &json!("dismissed")));
    assert_eq!(
        house.json(&["promises", "reopen", &one, "--json"]),
        json!([{"number": first, "state": "open", "changed": true}])
    );
    assert_eq!(house.facts(&["promises", "reopen", &one]), format!("{one} is already open\n"));
    assert!(house.facts(&["promises", "list"]).contains("I will send the draft"));
}

#[test]
fn what_is_put_off_says_until_when() {
    let (house, [first, _], _) = with_matters();
    let number = first.to_string();
    let said = house.facts(&["promises", "later", &number, "2", "weeks"]);
    let day = said.trim_end().rsplit(' ').next().expect("a day").to_owned();
    assert_eq!(house.json(&["promises", "list", "--json"])[0]["not_before"], json!(day));
    assert!(house.facts(&["promises", "list"]).contains(&format!("later: {day}")));
    house.refuses(&["promises", "later", &number, "yesterday"], 64, &["no day that is still to come"]);
    house.refuses(&["promises", "later", &number, "2020-01-01"], 64, &["2020-01-01"]);
    house.facts(&["promises", "done", &number]);
    house.refuses(&["promises", "later", &number, "friday"], 64, &["closed already", "reopen"]);
}

#[test]
fn a_number_that_is_none_or_another_commands_changes_nothing() {
    let (house, [first, _], issue) = with_matters();
    house.refuses(&["promises", "done", &first.to_string(), "99"], 66, &["99"]);
    house.refuses(&["promises", "done", &first.to_string(), &issue.to_string()], 66, &["touchbase issues list"]);
    assert_eq!(house.json(&["promises", "list", "--json"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn what_a_later_mail_has_settled_is_not_open() {
    let (house, [first, second], _) = with_matters();
    let sent =
        to_ann(19, "sent", "Re: Draft", "Here it is.").replace("\n\nDear", "\nIn-Reply-To: <draft@us.example>\n\nDear");
    house.write("Maildir/new/7.sent", &sent);
    assert_eq!(house.run(&["once"]).code, 0);
    let open = house.json(&["promises", "list", "--json"]);
    assert_eq!((open.as_array().map(Vec::len), &open[0]["number"]), (Some(1), &json!(second)));
    let all = house.json(&["promises", "list", "--all", "--json"]);
    assert_eq!((&all[0]["number"], &all[0]["state"], &all[0]["closed"]), (&json!(first), &json!("kept"), &json!(null)));
}
