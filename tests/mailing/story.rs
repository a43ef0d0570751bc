//! The whole story: the daemon publishes, the mail arrives, touchbase's own mailbox fetches it and sets it aside.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::dovecot::Dovecot;
use super::postfix::Postfix;
use super::program::Program;

const SOON: Duration = Duration::from_secs(60);
const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";

/// A house that reads Dovecot's mailbox `capture` and mails its report by Postfix to these.
fn house(dovecot: &Dovecot, postfix: &Postfix, to: &str) -> Program {
    let configuration = format!(
        r#"
[team]
addresses = ["me@us.example"]
[[mailbox]]
name = "log"
kind = "imap"
host = "localhost"
port = {imaps}
user = "capture"
ca-file = "{ca}"
password-file = "password"
capture-addresses = ["capture@us.example"]
poll = "5s"
[contacts]
files = ["contacts.csv"]
[report]
at = "00:00"
time-zone = "UTC"
[report.mail]
to = [{to}]
from = "touchbase@us.example"
smtp = "localhost"
port = {port}
ca-file = "{ca}"
user = "me"
password-file = "password"
"#,
        imaps = dovecot.imaps_port,
        ca = dovecot.ca_file.display(),
        port = postfix.submissions_port,
    );
    Program::new(&configuration, CONTACTS, "secret pass")
}

/// A mail of so many days ago at noon.
fn mail(from: &str, to: &str, days_ago: i64, subject: &str, text: &str) -> Vec<u8> {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let noon = now.checked_sub(days_ago.days()).expect("a day").date().at(12, 0, 0, 0);
    let date = noon.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let id = subject.replace(' ', "-");
    format!("From: {from}\nTo: {to}\nDate: {date}\nMessage-ID: <{id}@mail.example>\nSubject: {subject}\n\n{text}\n")
        .into_bytes()
}

fn header<'a>(mail: &'a str, name: &str) -> Option<&'a str> {
    let head = mail.split("\n\n").next().unwrap_or_default().split("\r\n\r\n").next().unwrap_or_default();
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn a_published_report_is_mailed_once_and_is_no_news_to_the_mailbox_that_gets_it() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let house = house(&dovecot, &postfix, r#""me@us.example", "capture@us.example""#);
    for days_ago in 1..=4 {
        let subject = format!("Delivery {days_ago}");
        dovecot.deliver(&mail(
            "Ann Li <ann@acme.example>",
            "me@us.example",
            days_ago,
            &subject,
            "When does the crane come?",
        ));
    }
    let mut daemon = house.start(&[]);
    daemon.until("the report is in both mailboxes", SOON, |_| {
        dovecot.inbox("me").len() == 1 && dovecot.inbox("capture").len() == 5
    });
    daemon.until("it is set aside", SOON, |_| house.json(&["status", "--json"])["deliveries"]["set-aside"] == 1);

    let arrived = dovecot.inbox("me").remove(0);
    let yesterday = Timestamp::now().to_zoned(TimeZone::UTC).date().yesterday().expect("a day");
    assert_eq!(header(&arrived, "Auto-Submitted"), Some("auto-generated"), "{arrived}");
    assert_eq!(header(&arrived, "X-Auto-Response-Suppress"), Some("All"));
    assert_eq!(header(&arrived, "X-Touchbase-Report"), Some(yesterday.to_string().as_str()));
    assert_eq!(header(&arrived, "Reply-To"), Some("touchbase <capture@us.example>"));
    assert!(header(&arrived, "Message-ID").is_some_and(|id| id.starts_with("<touchbase.report.")), "{arrived}");
    assert!(!arrived.contains("\nList-") && !arrived.contains("\nPrecedence:"), "{arrived}");
    assert!(
        header(&arrived, "Content-Type").is_some_and(|kind| kind.starts_with("multipart/alternative")),
        "{arrived}"
    );
    let status = house.json(&["status", "--json"]);
    assert_eq!(status["mailing"]["last_report"], yesterday.to_string());
    assert_eq!((&status["mailing"]["queued"], &status["mailing"]["trouble"]), (&0.into(), &serde_json::Value::Null));

    // Neither a restart nor the report in its own mailbox has anything mailed again.
    daemon.kill();
    let mut daemon = house.start(&[]);
    dovecot.deliver(&mail("Ann Li <ann@acme.example>", "me@us.example", 0, "One more", "And the hook?"));
    daemon.until("it goes on", SOON, |_| house.json(&["status", "--json"])["deliveries"]["recorded"] == 5);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!((dovecot.inbox("me").len(), postfix.taken()), (1, 2), "{}", postfix.log());
    let report = house.json(&["report", "--date", &yesterday.to_string(), "--json"]);
    assert_eq!(report["counts"]["inbound"], 1, "nothing of our own is in the record");
}

/// What an answer to the report says, as a mail.
fn answer(from: &str, before: &str, report: &str, text: &str) -> Vec<u8> {
    let now = Timestamp::now().to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let id = text.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let quoted = "\nOn Friday touchbase wrote:\n> done 2\n> Waiting on us";
    format!(
        "{before}From: {from}\nTo: capture@us.example\nDate: {now}\nMessage-ID: <{id}@mail.example>\n\
         In-Reply-To: {report}\nReferences: {report}\nSubject: Re: report\n\n{text}\n{quoted}\n"
    )
    .into_bytes()
}

#[test]
fn a_colleagues_answer_to_the_report_settles_what_it_names_and_nobody_elses_does() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let house = house(&dovecot, &postfix, r#""me@us.example""#);
    let configured = std::fs::read_to_string(house.path("touchbase.toml")).expect("a configuration");
    house.write("touchbase.toml", &format!("{configured}[trust]\nauthentication-results = [\"mx.us.example\"]\n"));
    let vouched = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\n";
    let failed = "Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\n";
    for nth in 1..=4 {
        let words = format!("I will send draft {nth} by Friday.");
        let promise = mail("me@us.example", "Ann Li <ann@acme.example>", 2, &format!("Draft {nth}"), &words);
        dovecot.deliver(&[vouched.as_bytes(), &promise[..]].concat());
    }
    let mut daemon = house.start(&[]);
    daemon.until("the report is there", SOON, |_| dovecot.inbox("me").len() == 1);
    let report = header(&dovecot.inbox("me")[0], "Message-ID").expect("an identifier").to_owned();
    // Whatever later mails may have kept: only what somebody closed by hand counts here.
    let open = || -> Vec<i64> {
        let listed = house.json(&["promises", "list", "--all", "--json"]);
        let left = listed.as_array().expect("a list").iter().filter(|one| one["closed"].is_null());
        left.filter_map(|one| one["number"].as_i64()).collect()
    };
    assert_eq!(open(), [1, 2, 3, 4]);

    dovecot.deliver(&answer("Ann Li <ann@acme.example>", "", &report, "done 1"));
    dovecot.deliver(&answer("me@us.example", failed, &report, "done 3"));
    dovecot.deliver(&answer("me@us.example", vouched, "<other@us.example>", "dismiss 3"));
    let ours = answer("me@us.example", vouched, &report, "Thank you!\n\nDone 4, 99\nI have done 3");
    dovecot.deliver(&ours);
    daemon.until("it was heeded", SOON, |_| open() == [1, 2, 3]);
    daemon.says("an answer to a report was heeded", SOON);
    dovecot.deliver(&[b"X-Again: yes\n", &ours[..]].concat());
    daemon.until("all are read", SOON, |_| {
        let status = house.json(&["status", "--json"]);
        status["deliveries"]
            .as_object()
            .is_some_and(|counts| counts.values().filter_map(|n| n.as_u64()).sum::<u64>() == 9)
    });
    assert_eq!(open(), [1, 2, 3]);
    let status = house.json(&["status", "--json"]);
    assert_eq!((&status["deliveries"]["set-aside"], &status["quarantine"]), (&2.into(), &1.into()), "{status}");

    // The next report tells.
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
    let next = house.json(&["report", "--date", &today, "--json"]);
    let settled = next["settled"].as_array().expect("what was settled");
    assert_eq!((settled.len(), &settled[0]["number"], &settled[0]["decision"]), (1, &4.into(), &"done".into()));
    assert_eq!(settled[0]["sentence"], "I will send draft 4 by Friday.");
    let trouble = next["today"]["trouble"].as_array().expect("trouble");
    let answer = trouble.iter().find(|one| one["kind"] == "answer").expect("what came of 99");
    assert!(answer["text"].as_str().is_some_and(|text| text.contains("number 99")), "{answer}");
    for format in ["html", "markdown"] {
        let told = house.does(&["report", "--date", &today, "--format", format]);
        assert!(told.contains("Settled by one of us") && told.contains("I will send draft 4 by Friday"), "{told}");
    }
}

#[test]
fn one_recipient_who_is_refused_keeps_nobody_else_waiting() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let house = house(&dovecot, &postfix, r#""nobody@us.example", "later@us.example", "me@us.example""#);
    // STARTTLS this time.
    let configured = std::fs::read_to_string(house.path("touchbase.toml")).expect("a configuration");
    let starttls = format!("port = {}\ntls = \"starttls\"", postfix.submission_port);
    house.write("touchbase.toml", &configured.replace(&format!("port = {}", postfix.submissions_port), &starttls));
    dovecot.deliver(&mail("Ann Li <ann@acme.example>", "me@us.example", 1, "Delivery", "When does the crane come?"));
    let mut daemon = house.start(&[]);
    daemon.until("the report is there", SOON, |_| dovecot.inbox("me").len() == 1);
    daemon.says("report not mailed, and not tried again", SOON);
    let mailing = house.json(&["status", "--json"])["mailing"].clone();
    assert_eq!(mailing["queued"], 1, "it comes to later@ again: {mailing}");
    assert_eq!(mailing["trouble"]["recipient"], "nobody@us.example");
    assert!(mailing["trouble"]["reason"].as_str().is_some_and(|why| why.contains("550")), "{mailing}");
    assert_eq!(mailing["trouble"]["next_try"], serde_json::Value::Null);
    assert!(house.does(&["status"]).contains("not tried again"));
}

#[test]
fn check_tries_the_login_and_sends_nothing() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let house = house(&dovecot, &postfix, r#""me@us.example""#);
    assert!(house.does(&["check"]).contains("report by mail: localhost port"));
    let configured = std::fs::read_to_string(house.path("touchbase.toml")).expect("a configuration");
    let (before, post) = configured.split_once("[report.mail]").expect("two halves");
    let told = |post: &str| {
        house.write("touchbase.toml", &format!("{before}[report.mail]{post}"));
        let ran = house.run(&["check"]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        ran.out.lines().find(|line| line.contains("report by mail")).expect("a finding").to_owned()
    };
    assert!(told(&post.replace("user = \"me\"", "user = \"you\"")).contains("refuses the login"));
    let other = dovecot.other_ca_file.display().to_string();
    let wrong_ca = told(&post.replace(&dovecot.ca_file.display().to_string(), &other));
    assert!(wrong_ca.contains("nobody trusted has signed it"), "{wrong_ca}");
    assert!(told(&post.replace("\"localhost\"", "\"127.0.0.1\"")).contains("it is for another host name"));
    let plain = post.replace(&postfix.submissions_port.to_string(), &postfix.plain_port.to_string());
    let said = told(&plain);
    assert!(said.contains("does not speak TLS on this port"), "{said}\n{}", postfix.log());
    assert_eq!((postfix.taken(), dovecot.inbox("me").len()), (0, 0));
}
