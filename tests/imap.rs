//! The IMAP inbox against a real Dovecot.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/ledger.rs"]
mod ledger;

use std::sync::Arc;
use std::time::{Duration, Instant};

use dovecot::Dovecot;
use ledger::{Fate, TestLedger, mail, noon, uid_of};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use touchbase::inbox::imap::{self, After, Password, Patience, Settings, Tls};
use touchbase::inbox::probe::{Grade, Probe};
use touchbase::inbox::{InboxError, State};
use touchbase::mailbox::{Mailbox, Route, Wait, Waiting};

fn settings(server: &Dovecot) -> Settings {
    let password = server.password.clone();
    Settings {
        name: "capture".into(),
        host: "localhost".into(),
        port: server.imaps_port,
        tls: Tls::Implicit,
        ca_file: Some(server.ca_file.clone()),
        user: server.user.clone(),
        password: Password::new(move || {
            let password = SecretString::from(password.clone());
            async move { Ok(password) }
        }),
        folders: vec!["INBOX".into()],
        route: Route::Capture,
        poll: Duration::from_secs(60),
        after: After::Leave,
        since: None,
        patience: Patience { pause: Duration::from_millis(200), ..Patience::default() },
        clock: noon,
    }
}

struct Watching {
    ledger: Arc<TestLedger>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

fn start_watching(settings: Settings) -> Watching {
    let ledger = Arc::new(TestLedger::default());
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(imap::watch(settings, Arc::clone(&ledger), stopping));
    Watching { ledger, stop, task }
}

impl Watching {
    async fn is_idle(&self) {
        let idle = self.ledger.until(Duration::from_secs(10), |l| l.states().last() == Some(&State::Idle)).await;
        assert!(idle, "{:?}", self.ledger.states());
    }

    async fn end(self) {
        self.stop.send(true).expect("still watching");
        tokio::time::timeout(Duration::from_secs(3), self.task).await.expect("it stops").expect("it does not panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_handed_over_within_a_second_of_its_arrival() {
    let server = Dovecot::start();
    let watching = start_watching(settings(&server));
    watching.is_idle().await;
    for number in 1..=3 {
        let began = Instant::now();
        server.deliver(&mail(number));
        watching.ledger.until_delivered(number, Duration::from_secs(5)).await;
        // Dovecot itself holds notifications back for half a second.
        assert!(began.elapsed() < Duration::from_millis(1000), "it took {:?}", began.elapsed());
        watching.is_idle().await;
    }
    let last = watching.ledger.delivered().pop().expect("a mail");
    assert!(String::from_utf8_lossy(&last.bytes).contains("The words of mail 3."));
    assert_eq!(last.size, last.bytes.len() as u64);
    watching.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_mails_are_read_once_each_and_nothing_in_the_mailbox_changes() {
    let server = Dovecot::start();
    let mails: Vec<Vec<u8>> = (1..=1000).map(mail).collect();
    server.place(None, &mails);
    let before = server.files();
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("another pass");
    let bytes: Vec<Vec<u8>> = ledger.delivered().into_iter().map(|d| d.bytes).collect();
    assert_eq!(bytes.len(), 1000);
    assert!(bytes == mails, "the same bytes in the same order");
    assert!(ledger.rows().iter().all(|row| row.times == 1));
    assert_eq!(server.files(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_removed_between_listing_and_fetching_has_vanished_and_the_others_come() {
    let server = Dovecot::start();
    server.place(None, &(1..=10).map(mail).collect::<Vec<_>>());
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    // As a crash would leave it: mail 4 and mail 5 listed, neither settled; then somebody removes mail 4.
    ledger.crash(3, 1);
    ledger.crash(4, 1);
    server.doveadm(&["expunge", "mailbox", "INBOX", "uid", "4"]);
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    let rows = ledger.rows();
    assert_eq!(rows[3].fate, Fate::Vanished);
    assert_eq!((rows[4].fate.clone(), rows[4].times, rows[4].attempts), (Fate::Delivered, 2, 2));
    assert_eq!(rows.iter().filter_map(uid_of).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
}

/// As an end in the middle of a window leaves them: should one of them be what ended us, it is found by its third attempt,
/// which each makes alone.
#[tokio::test(flavor = "multi_thread")]
async fn mails_are_tried_a_second_time_a_few_together_and_a_third_time_alone() {
    let server = Dovecot::start();
    server.place(None, &(1..=44).map(mail).collect::<Vec<_>>());
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    for place in 0..44 {
        ledger.crash(place, if place < 4 { 2 } else { 1 });
    }
    ledger.forget_what_was_done();
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(ledger.groups(), [16, 16, 8, 1, 1, 1, 1]);
    assert!(ledger.rows().iter().all(|row| row.times == 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_failed_three_times_is_kept_unread() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    ledger.crash(0, 3);
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    let row = ledger.rows().remove(0);
    assert_eq!(row.fate, Fate::GivenUp("it failed 3 times".into()));
    assert_eq!(row.delivery.expect("its bytes").bytes, mail(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_and_loopback_without_tls_read_the_same() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    for tls in [Tls::StartTls, Tls::None] {
        let ledger = Arc::new(TestLedger::default());
        let settings = Settings { port: server.imap_port, tls, ..settings(&server) };
        imap::pass(settings, Arc::clone(&ledger)).await.expect("a pass");
        assert_eq!(ledger.delivered().len(), 1, "{tls:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_certificate_name_or_folder_is_named_with_a_hint() {
    let server = Dovecot::start();
    let wrong_password = Settings {
        password: Password::new(|| async { Ok(SecretString::from("hunter2-canary")) }),
        ..settings(&server)
    };
    let wrong_ca = Settings { ca_file: Some(server.other_ca_file.clone()), ..settings(&server) };
    let wrong_name = Settings { host: "127.0.0.1".into(), ..settings(&server) };
    let wrong_folder = Settings { folders: vec!["Nowhere".into()], ..settings(&server) };
    let tls_on_plain_port = Settings { port: server.imap_port, ..settings(&server) };
    let nobody_there = Settings { port: 1, ..settings(&server) };
    let no_ca = Settings { ca_file: Some("/nowhere/ca.pem".into()), ..settings(&server) };
    let mut said = Vec::new();
    for settings in [wrong_password, wrong_ca, wrong_name, wrong_folder, tls_on_plain_port, nobody_there, no_ca] {
        let error = imap::pass(settings, Arc::new(TestLedger::default())).await.expect_err("an error");
        assert!(error.hint().is_some());
        assert!(!format!("{error} {error:?}").contains("canary"));
        said.push(error);
    }
    assert!(
        matches!(&said[0], InboxError::Refused { said, .. } if said.contains("AUTHENTICATIONFAILED")),
        "{:?}",
        said[0]
    );
    assert!(matches!(&said[1], InboxError::Certificate { why, .. } if why.contains("signed")), "{:?}", said[1]);
    assert!(matches!(&said[2], InboxError::Certificate { why, .. } if why.contains("host name")), "{:?}", said[2]);
    assert!(matches!(&said[3], InboxError::Configuration { what, .. } if what.contains("`Nowhere`")), "{:?}", said[3]);
    assert!(matches!(&said[4], InboxError::Configuration { what, .. } if what.contains("TLS")), "{:?}", said[4]);
    assert!(matches!(&said[5], InboxError::Retry(what) if what.contains("port 1")), "{:?}", said[5]);
    assert!(matches!(&said[6], InboxError::Configuration { what, .. } if what.contains("ca-file")), "{:?}", said[6]);
}

#[tokio::test]
async fn a_password_is_never_sent_in_plain_text_to_another_machine() {
    // 192.0.2.1 is nobody's address (RFC 5737); it is refused before anything is sent.
    let server = Settings {
        name: "x".into(),
        host: "192.0.2.1".into(),
        port: 143,
        tls: Tls::None,
        ca_file: None,
        user: "x".into(),
        password: Password::new(|| async { Ok(SecretString::from("x")) }),
        folders: vec!["INBOX".into()],
        route: Route::Watched,
        poll: Duration::from_secs(60),
        after: After::Leave,
        since: None,
        patience: Patience::default(),
        clock: noon,
    };
    let error = imap::pass(server, Arc::new(TestLedger::default())).await.expect_err("refused");
    assert!(matches!(error, InboxError::Configuration { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_and_started_is_found_again() {
    let mut server = Dovecot::start();
    let watching = start_watching(settings(&server));
    watching.is_idle().await;
    server.stop();
    let waits = |l: &TestLedger| matches!(l.states().last(), Some(State::Waiting { .. }));
    assert!(watching.ledger.until(Duration::from_secs(5), waits).await, "{:?}", watching.ledger.states());
    server.place(None, &[mail(1)]);
    server.run();
    watching.ledger.until_delivered(1, Duration::from_secs(10)).await;
    watching.is_idle().await;
    server.deliver(&mail(2));
    watching.ledger.until_delivered(2, Duration::from_secs(5)).await;
    assert_eq!(watching.ledger.epochs(), 1);
    watching.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_with_umlauts_are_read_and_the_sent_folder_is_known_by_its_use() {
    let server = Dovecot::start();
    server.place(Some("Entw&APw-rfe"), &[mail(1)]);
    server.place(Some("Ausgang"), &[mail(2)]);
    server.place(Some("Gesendete Objekte"), &[mail(3)]);
    let folders = ["Entwürfe", "Ausgang", "Gesendete Objekte"].map(String::from).to_vec();
    let ledger = Arc::new(TestLedger::default());
    imap::pass(Settings { folders, ..settings(&server) }, Arc::clone(&ledger)).await.expect("a pass");
    let found: Vec<(String, bool)> =
        ledger.delivered().into_iter().map(|d| (d.mailbox.folder, d.sent_folder)).collect();
    let expected = [("Entwürfe", false), ("Ausgang", true), ("Gesendete Objekte", true)];
    assert_eq!(found, expected.map(|(name, sent)| (name.to_owned(), sent)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_uidvalidity_is_a_new_epoch_and_everything_is_read_again() {
    let server = Dovecot::start();
    server.place(None, &[mail(1), mail(2)]);
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    server.doveadm(&["mailbox update", "--uid-validity", "4711", "INBOX"]);
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!((ledger.epochs(), ledger.delivered().len()), (2, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_larger_than_any_limit_comes_as_its_beginning() {
    let server = Dovecot::start();
    let mut large = mail(1);
    large.resize(37 * 1024 * 1024, b'x');
    server.place(None, &[large.clone(), mail(2)]);
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    let delivered = ledger.delivered();
    let (bytes, size) = delivered.iter().map(|d| (d.bytes.len(), d.size)).max_by_key(|(_, size)| *size).expect("mails");
    assert!((2_000_000..3_000_000).contains(&bytes), "{bytes} bytes: more than is read of a text, and little more");
    assert!(size >= large.len() as u64);
    assert!(delivered.iter().any(|delivery| delivery.bytes == mail(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_from_before_the_day_of_since_are_left_alone() {
    let server = Dovecot::start();
    // The server takes a file's time for the time of arrival; these are from today.
    server.place(None, &(1..=600).map(mail).collect::<Vec<_>>());
    let ledger = Arc::new(TestLedger::default());
    let future = Settings { since: Some(jiff::civil::date(2199, 1, 1)), ..settings(&server) };
    imap::pass(future, Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(ledger.rows().len(), 0);
    imap::pass(
        Settings { since: Some(jiff::civil::date(2020, 1, 1)), ..settings(&server) },
        Arc::new(TestLedger::default()),
    )
    .await
    .expect("a pass");
    server.place(None, &[mail(601)]);
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(ledger.rows().iter().filter_map(uid_of).collect::<Vec<_>>(), [601], "the cursor moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_each_step_and_the_folders_there_are() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    let settings =
        Settings { folders: vec!["INBOX".into(), "Nowhere".into()], clock: jiff::Timestamp::now, ..settings(&server) };
    let Probe { steps, recent } = imap::probe(&settings).await;
    let told: Vec<(&str, bool)> = steps.iter().map(|s| (s.what.as_str(), s.grade == Grade::Good)).collect();
    let connect = format!("connect to port {}", settings.port);
    assert_eq!(
        told,
        [
            ("find localhost", true),
            (connect.as_str(), true),
            ("TLS", true),
            ("log in as capture", true),
            ("capabilities", true),
            ("open INBOX", true),
            ("read the mails of INBOX", true),
            ("open Nowhere", false),
        ]
    );
    assert!(steps[2].detail.contains("issued by "), "{:?}", steps[2]);
    let nowhere = steps.last().expect("a step");
    assert!(nowhere.hint.as_ref().is_some_and(|h| h.contains("INBOX") && h.contains("Ausgang")), "{nowhere:?}");
    assert_eq!(recent.len(), 1);
    assert!(recent[0].header.ends_with(b"\r\n\r\n") && !recent[0].sent_folder);
}

/// Ten days before the certificates of these tests, which are made for thirty, expire.
fn ten_days_before() -> jiff::Timestamp {
    jiff::Timestamp::now() + jiff::SignedDuration::from_hours(20 * 24)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_warns_of_a_certificate_two_weeks_before_it_expires() {
    let server = Dovecot::start();
    let settings = Settings { clock: ten_days_before, ..settings(&server) };
    let probe = imap::probe(&settings).await;
    let tls = probe.steps.iter().find(|step| step.what == "TLS").expect("a step");
    assert_eq!(tls.grade, Grade::Doubtful, "{tls:?}");
    assert!(tls.hint.as_ref().is_some_and(|hint| hint.contains("expires in 9 days")), "{tls:?}");
    assert!(probe.steps.iter().any(|step| step.what == "log in as capture"), "it goes on: {:?}", probe.steps);
}

/// A folder that has waited since noon and is to be left alone for so many seconds more.
fn left_alone(ledger: &TestLedger, wait: Wait, seconds: i64) {
    let mailbox = Mailbox { name: "capture".into(), folder: "INBOX".into() };
    let until = noon() + jiff::SignedDuration::from_secs(seconds);
    ledger.leave_alone(mailbox, Waiting { since: noon(), until, wait, reason: "slow down".into() });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asked_for_patience_is_left_alone_after_a_restart_too() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    let ledger = Arc::new(TestLedger::default());
    left_alone(&ledger, Wait::Server, 900);
    let error = imap::pass(settings(&server), Arc::clone(&ledger)).await.expect_err("patience");
    assert!(matches!(error, InboxError::BackOff { wait, .. } if wait == Duration::from_secs(900)), "{error:?}");
    assert!(!server.log().contains("Login"), "nobody knocked");
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(imap::watch(settings(&server), Arc::clone(&ledger), stopping));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(ledger.delivered().is_empty() && !server.log().contains("Login"));
    stop.send(true).expect("still watching");
    tokio::time::timeout(Duration::from_secs(3), task).await.expect("it stops though it waits").expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_a_person_or_is_over_is_tried_at_once() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    for (wait, seconds) in [(Wait::Person, 300), (Wait::Server, -1), (Wait::Network, 1)] {
        let ledger = Arc::new(TestLedger::default());
        left_alone(&ledger, wait, seconds);
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(imap::watch(settings(&server), Arc::clone(&ledger), stopping));
        ledger.until_delivered(1, Duration::from_secs(5)).await;
        stop.send(true).expect("still watching");
        task.await.expect("it does not panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_has_become_old_is_made_anew_without_being_a_failure() {
    let server = Dovecot::start();
    let patience =
        Patience { session: Duration::from_millis(400), idle: Duration::from_millis(200), ..Patience::default() };
    let watching = start_watching(Settings { patience, ..settings(&server) });
    let logins = || server.log().matches("Login: user").count();
    let began = Instant::now();
    while logins() < 3 && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(logins() >= 3, "{}", server.log());
    server.deliver(&mail(1));
    watching.ledger.until_delivered(1, Duration::from_secs(5)).await;
    assert!(!watching.ledger.states().iter().any(|state| matches!(state, State::Waiting { .. })));
    watching.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_turns_up_below_the_cursor_is_found_and_nothing_is_read_twice() {
    let mut server = Dovecot::start();
    server.place(None, &(1..=3).map(mail).collect::<Vec<_>>());
    server.doveadm(&["expunge", "mailbox", "INBOX", "uid", "2"]);
    let settings = Settings { clock: jiff::Timestamp::now, ..settings(&server) };
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings.clone(), Arc::clone(&ledger)).await.expect("a pass");
    let read = |ledger: &TestLedger| -> Vec<(u32, u32)> {
        let mut read: Vec<_> = ledger.rows().iter().map(|row| (uid_of(row).unwrap_or(0), row.times)).collect();
        read.sort_unstable();
        read
    };
    assert_eq!(read(&ledger), [(1, 1), (3, 1)]);
    // Another machine of the same server gives out, late, a number that was passed over.
    server.stop();
    server.insert(2, &mail(99));
    server.run();
    imap::pass(settings.clone(), Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(read(&ledger), [(1, 1), (2, 1), (3, 1)]);
    assert_eq!(ledger.epochs(), 1);
    let late = ledger.delivered().into_iter().any(|d| String::from_utf8_lossy(&d.bytes).contains("mail 99"));
    assert!(late, "its own words");
    // Comparing again finds nothing.
    imap::pass(settings, Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(read(&ledger), [(1, 1), (2, 1), (3, 1)]);
}
