//! `promises`, `corrections`, `issues`: what is open, and closing it by hand.

use serde_json::json;

use crate::house::House;

const VOUCHED: &str = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\n";

/// A house with two promises of ours and an issue of Ann's; gives it with their numbers.
fn with_matters() -> (House, [i64; 2], i64) {
    let house = House::new();
    for (nth, words) in [(1, "I will send the draft by Friday."), (2, "We will call you tomorrow.")] {
        let mail = format!(
            "{VOUCHED}From: me@us.example\nTo: Ann Li <ann@acme.example>\nDate: Thu, 5 Nov 2026 1{nth}:00:00 +0100\n\
             Message-ID: <promise-{nth}@us.example>\nSubject: Draft {nth}\n\nDear Ann,\n\n{words}\n"
        );
        house.write(&format!("Maildir/new/5.{nth}"), &mail);
    }
    let issue = "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: Fri, 6 Nov 2026 10:00:00 +0100\n\
                 Message-ID: <issue@acme.example>\nSubject: Crane\n\nThe crane does not work since this morning.\n";
    house.write("Maildir/new/6.issue", issue);
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
    for word in ["acme", "Ann Li", "I will send the draft by Friday.", "2026-11-05", "2026-11-06", "open"] {
        assert!(line.contains(word), "{word} in {line}");
    }
    let json = house.json(&["promises", "list", "--json"]);
    assert_eq!(json[0]["sentence"], "I will send the draft by Friday.");
    assert_eq!((&json[0]["due"], &json[0]["address"]), (&json!("2026-11-06"), &json!("ann@acme.example")));
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
