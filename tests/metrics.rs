//! The figures for Prometheus and `status`, from the running daemon: read as strictly as Prometheus reads them.

#[path = "it/exposition.rs"]
mod exposition;
#[path = "it/program.rs"]
mod program;

use std::fs;
use std::time::Duration;

use exposition::Exposition;
use program::Program;
use rustix::process::Signal;

const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";
const SOON: Duration = Duration::from_secs(120);

/// A Maildir with two mails (one recorded, one forged), and a server that nobody runs.
fn program() -> Program {
    let configuration = "[team]\ndomains = [\"us.example\"]\n\
         [[mailbox]]\nname = \"cap\\\"ture\"\nkind = \"maildir\"\npath = \"mail\"\ncapture-addresses = [\"log@us.example\"]\n\
         [[mailbox]]\nname = \"gone\"\nkind = \"imap\"\nhost = \"localhost\"\nport = 1\nuser = \"x\"\n\
         password-file = \"password\"\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n\
         [metrics]\ntextfile = \"figures/touchbase.prom\"\n";
    let program = Program::new(configuration, CONTACTS, "secret");
    for folder in ["mail/new", "mail/cur", "mail/tmp", "figures"] {
        fs::create_dir_all(program.path(folder)).expect("a folder");
    }
    let mail = |from: &str, authenticated: &str| {
        format!(
            "Authentication-Results: mx.us.example; {authenticated}\r\nFrom: {from}\r\nTo: me@us.example\r\n\
             Cc: log@us.example\r\nSubject: Delivery\r\nDate: Thu, 19 Nov 2026 09:12:00 +0100\r\n\
             Message-ID: <{from}>\r\n\r\nWords.\r\n"
        )
    };
    program.write("mail/new/1.a", &mail("ann@acme.example", "dmarc=pass header.from=acme.example"));
    program.write("mail/new/2.b", &mail("boss@us.example", "dmarc=fail header.from=us.example"));
    program
}

#[test]
fn the_file_says_how_every_mailbox_is_doing_and_goes_when_the_daemon_goes() {
    let program = program();
    let file = program.path("figures/touchbase.prom");
    let mut daemon = program.start(&[]);
    let read =
        || fs::read_to_string(&file).map(|text| Exposition::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}")));
    let capture = "{mailbox=\"cap\\\"ture\",folder=\"INBOX\"}";
    daemon.until("both mails and the failure are told", SOON, |_| {
        read().is_ok_and(|figures| {
            figures.value("touchbase_mailbox_up{mailbox=\"gone\",folder=\"INBOX\"}") == Some(0.0)
                && figures.value("touchbase_quarantine_mails") == Some(1.0)
                && figures.value(&format!("touchbase_mailbox_last_success_timestamp_seconds{capture}")).is_some()
        })
    });
    let figures = read().expect("the file");
    let of = |name: &str| figures.value(name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(of("touchbase_mails_total{disposition=\"recorded\"}"), 1.0);
    assert_eq!(of("touchbase_mails_total{disposition=\"untrusted\"}"), 1.0);
    assert_eq!(of("touchbase_mails_total{disposition=\"unreadable\"}"), 0.0);
    assert_eq!(of(&format!("touchbase_mailbox_up{capture}")), 1.0);
    assert_eq!(of(&format!("touchbase_mailbox_lag_mails{capture}")), 0.0);
    assert_eq!(of(&format!("touchbase_mailbox_logins_total{capture}")), 0.0, "nobody logs in to a Maildir");
    let bytes: u64 = ["1.a", "2.b"]
        .map(|name| fs::metadata(program.path(&format!("mail/new/{name}"))).expect("it").len())
        .iter()
        .sum();
    assert_eq!(of(&format!("touchbase_mailbox_fetched_bytes_total{capture}")), bytes as f64);
    let gone = "{mailbox=\"gone\",folder=\"INBOX\"}";
    assert!(of(&format!("touchbase_mailbox_logins_total{gone}")) >= 1.0);
    let now = jiff::Timestamp::now().as_second() as f64;
    assert!((now - of(&format!("touchbase_mailbox_last_success_timestamp_seconds{capture}"))).abs() < 600.0);
    assert!(of(&format!("touchbase_mailbox_backoff_until_timestamp_seconds{gone}")) > now - 600.0);
    assert_eq!(figures.value(&format!("touchbase_mailbox_last_success_timestamp_seconds{gone}")), None, "never read");
    assert_eq!(figures.kind("touchbase_late_mails_total"), Some("counter"));
    daemon.until("the report is told", SOON, |_| {
        read().is_ok_and(|f| {
            f.value("touchbase_report_last_written_timestamp_seconds").is_some_and(|at| (now - at).abs() < 600.0)
        })
    });
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
    assert!(!file.exists(), "figures of what no longer runs would be taken for true");
    assert_eq!(fs::read_dir(program.path("figures")).expect("the folder").count(), 0, "nothing is left beside it");
}

#[test]
fn a_file_that_cannot_be_written_is_told_once_and_harms_nothing() {
    let program = program();
    fs::remove_dir(program.path("figures")).expect("the folder");
    let mut daemon = program.start(&[]);
    daemon.says("metrics not written", SOON);
    daemon.until("mail is read", SOON, |_| program.lines(&["export"]).len() == 1);
    fs::create_dir(program.path("figures")).expect("the folder");
    daemon.until("written once it can be", SOON, |_| program.path("figures/touchbase.prom").exists());
    assert_eq!(daemon.said().matches("metrics not written").count(), 1);
}

#[test]
fn status_tells_each_mailbox_in_a_word_with_its_next_try_and_reason() {
    let program = program();
    let state = |place: usize| program.json(&["status", "--json"])["mailboxes"][place].clone();
    assert_eq!((&state(0)["state"], &state(1)["state"]), (&"unread".into(), &"unread".into()));
    let mut daemon = program.start(&[]);
    daemon.until("one reads, one waits", SOON, |_| {
        let (capture, gone) = (state(0), state(1));
        // Between two tries its time is over for a moment.
        capture["state"] == "well"
            && capture["lag"] == 0
            && ["waiting", "failing"].iter().any(|word| gone["state"] == *word)
    });
    let (capture, gone) = (state(0), state(1));
    assert_eq!(capture["name"], "cap\"ture");
    assert!(capture["last_success"].is_string() && capture["reason"].is_null() && capture["next_try"].is_null());
    assert_eq!(capture["lag"], 0);
    assert!(
        gone["last_success"].is_null() && gone["reason"].as_str().is_some_and(|why| why.contains("port 1")),
        "{gone}"
    );
    assert!(gone["next_try"].is_string(), "{gone}");
    let told = program.does(&["status"]);
    assert!(told.contains("well") && told.contains("next try") && told.contains("port 1"), "{told}");
}
