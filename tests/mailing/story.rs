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
