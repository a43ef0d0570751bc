//! `touchbase run` as a service: the shipped configuration changed in five lines, a real Dovecot over TLS, a
//! notification socket in systemd's place, and everything that happens to a daemon in its life.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/program.rs"]
mod program;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::{Duration, Instant};

use dovecot::Dovecot;
use jiff::{ToSpan, Zoned};
use program::{Daemon, Program};
use rustix::process::Signal;
use serde_json::Value;

const SHIPPED: &str = include_str!("../config/touchbase.toml");
const CONTACTS: &str = include_str!("../config/contacts.csv");
/// Far above what is usual, so that a busy machine does not fail.
const SOON: Duration = Duration::from_secs(20);
/// What the server says that it does once everything is read.
const WATCHING: &str = "the server tells of new mail";

/// The sample with its five lines changed, as its first comment asks. A server for tests has neither the usual
/// port nor a certificate of a public authority: those are two lines more.
fn configuration(server: &Dovecot) -> String {
    let port = format!("port = {}", server.imaps_port);
    let ca_file = format!("ca-file = \"{}\"", server.ca_file.display());
    let changes = [
        ("addresses = [\"me@us.example\"]", "addresses = [\"mia@ours.example\"]"),
        ("host = \"imap.us.example\"", "host = \"localhost\""),
        ("user = \"log@us.example\"", "user = \"capture\""),
        ("password-file = \"capture.password\"", "password-file = \"password\""),
        ("capture-addresses = [\"log@us.example\"]", "capture-addresses = [\"log@ours.example\"]"),
        ("#port = 993", port.as_str()),
        ("##ca-file = \"our-ca.pem\"", ca_file.as_str()),
    ];
    changes.into_iter().fold(SHIPPED.to_owned(), |text, (shipped, own)| {
        assert!(text.contains(&format!("\n{shipped}")), "{shipped}");
        text.replacen(shipped, own, 1)
    })
}

struct Service {
    server: Dovecot,
    program: Program,
    socket: UnixDatagram,
}

impl Service {
    fn new() -> Service {
        let server = Dovecot::start();
        let program = Program::new(&configuration(&server), CONTACTS, &server.password);
        let socket = UnixDatagram::bind(program.path("notify")).expect("a socket");
        socket.set_read_timeout(Some(SOON)).expect("a timeout");
        Service { server, program, socket }
    }

    fn start(&self) -> Daemon {
        self.program.start(&[("NOTIFY_SOCKET", &self.program.path("notify"))])
    }

    /// A daemon that has read everything and waits for more.
    fn watching(&self) -> Daemon {
        let mut daemon = self.start();
        daemon.says(WATCHING, SOON);
        daemon
    }

    /// The next datagram that holds `line`.
    fn is_told(&self, line: &str) -> String {
        let began = Instant::now();
        let mut buffer = [0; 4096];
        while began.elapsed() < SOON {
            let length = self.socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{line}: {error}"));
            let told = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if told.lines().any(|one| one.starts_with(line)) {
                return told;
            }
        }
        panic!("systemd was not told {line}");
    }

    /// No datagram of the coming time has such a line.
    fn is_not_told(&self, line: &str, time: Duration) {
        let end = Instant::now() + time;
        let mut buffer = [0; 4096];
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.socket.set_read_timeout(Some(left)).expect("a timeout");
            let Ok(length) = self.socket.recv(&mut buffer) else { continue };
            let told = String::from_utf8_lossy(&buffer[..length]).into_owned();
            assert!(!told.lines().any(|one| one.starts_with(line)), "{told}");
        }
        self.socket.set_read_timeout(Some(SOON)).expect("a timeout");
    }

    fn timeline(&self, whom: &str) -> Vec<Value> {
        let ran = self.program.run(&["timeline", whom, "--json"]);
        match ran.code {
            0 => serde_json::from_str(&ran.out).expect("JSON"),
            _ => Vec::new(),
        }
    }

    fn subjects(&self, whom: &str) -> Vec<String> {
        self.timeline(whom).iter().map(|i| i["subject"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn mail(from: &str, subject: &str, date: &Zoned) -> Vec<u8> {
    let date = date.strftime("%a, %d %b %Y %H:%M:%S %z");
    let id = subject.replace(' ', "-");
    format!(
        "From: {from}\r\nTo: mia@ours.example, log@ours.example\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{id}@test.example>\r\n\r\nThe words of {subject}.\r\n"
    )
    .into_bytes()
}

const ANN: &str = "Ann Li <ann@acme.example>";

/// A `ca-file` is asked first; who is in the system's list alone is asked after it.
#[test]
fn a_server_is_trusted_that_the_system_vouches_for_beside_a_ca_file_of_somebody_else() {
    let server = Dovecot::start();
    let other = configuration(&server)
        .replace(&format!("{}\"", server.ca_file.display()), &format!("{}\"", server.other_ca_file.display()));
    let program = Program::new(&other, CONTACTS, &server.password);
    let mut refused = program.start(&[]);
    refused.says("nobody trusted has signed it", SOON);
    refused.kill();
    let mut trusted = program.start(&[("SSL_CERT_FILE", &server.ca_file)]);
    trusted.says(WATCHING, SOON);
    drop(trusted);
    let without = configuration(&server).replace("\nca-file", "\n##ca-file");
    program.write("touchbase.toml", &without);
    program.start(&[("SSL_CERT_FILE", &server.ca_file)]).says(WATCHING, SOON);
}

#[test]
fn a_mail_is_in_the_timeline_soon_after_it_arrived() {
    let service = Service::new();
    let mut daemon = service.watching();
    let mut waits = Vec::new();
    for number in 1..=9 {
        let subject = format!("Mail {number}");
        let began = Instant::now();
        service.server.deliver(&mail(ANN, &subject, &Zoned::now()));
        daemon.until(&subject, SOON, |_| service.subjects("acme-foods").contains(&subject));
        waits.push(began.elapsed());
    }
    waits.sort();
    // Half a second of it is Dovecot's, which holds notifications back to gather them.
    println!("from delivery to timeline: median {:?}, longest {:?}", waits[4], waits[8]);
    assert!(waits[4] < Duration::from_secs(3), "{waits:?}");
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
}

#[test]
fn contacts_that_change_are_known_without_a_restart_and_a_broken_file_changes_nothing() {
    let service = Service::new();
    let mut daemon = service.watching();
    service.server.deliver(&mail("Sam Oak <sam@oak.example>", "Do you rent cranes", &Zoned::now()));
    daemon.until("Sam is a stranger", SOON, |_| {
        !service.program.json(&["unmatched", "list", "--json"]).as_array().expect("a list").is_empty()
    });
    service.program.write("contacts.csv", "customer,name,address\nOak,Sam Oak,no address at all\n");
    daemon.says("contacts not taken over", SOON);
    service.program.write("contacts.csv", &format!("{CONTACTS}Oak,Sam Oak,sam@oak.example,,,,,,\n"));
    daemon.until("Sam is known", SOON, |_| service.subjects("oak") == ["Do you rent cranes"]);
    service.server.deliver(&mail("Sam Oak <sam@oak.example>", "And in April", &Zoned::now()));
    daemon.until("the next mail", SOON, |_| service.subjects("oak") == ["And in April", "Do you rent cranes"]);
    daemon.kill();
}

#[test]
fn systemd_is_told_of_readiness_life_reload_and_end() {
    let service = Service::new();
    let mut daemon = service.start();
    service.is_told("READY=1");
    let alive = service.is_told("WATCHDOG=1");
    assert!(alive.contains("STATUS="), "{alive}");
    daemon.says(WATCHING, SOON);

    // Broken: the old one stays.
    let sound = configuration(&service.server);
    service.program.write("touchbase.toml", &sound.replace("[team]", "[taem]"));
    daemon.signal(Signal::HUP);
    let told = service.is_told("RELOADING=1");
    assert!(told.contains("MONOTONIC_USEC="), "in one datagram, as systemd wants it: {told}");
    service.is_told("READY=1");
    daemon.says("configuration not taken over", SOON);
    assert!(daemon.said().contains("taem"), "{}", daemon.said());
    service.program.write("touchbase.toml", &sound);
    service.server.deliver(&mail(ANN, "Still read", &Zoned::now()));
    daemon.until("the old configuration is in force", SOON, |_| service.subjects("acme-foods") == ["Still read"]);

    // Sound: taken over, here with another colleague, whose mail is outbound from now on, and more to tell.
    let sound = sound.replace("\"mia@ours.example\"", "\"mia@ours.example\", \"cy@ours.example\"");
    assert!(!daemon.said().contains("DEBUG"));
    service.program.write("touchbase.toml", &sound.replace("#level = \"info\"", "level = \"debug\""));
    daemon.signal(Signal::HUP);
    service.is_told("RELOADING=1");
    service.is_told("READY=1");
    daemon.says("configuration and contacts read again", SOON);
    let by_cy = String::from_utf8(mail("cy@ours.example", "From Cy", &Zoned::now())).expect("text");
    service.server.deliver(by_cy.replace("To: mia@ours.example", "To: bo@birch.example").as_bytes());
    daemon.until("Cy is a colleague", SOON, |_| {
        service.timeline("birch-sons").iter().any(|i| i["subject"] == "From Cy" && i["direction"] == "outbound")
    });

    assert!(daemon.said().contains("DEBUG"), "{}", daemon.said());

    daemon.signal(Signal::TERM);
    service.is_told("STOPPING=1");
    let began = Instant::now();
    assert_eq!(daemon.ends(SOON), Some(0));
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
}

#[test]
fn a_second_daemon_is_refused_and_the_first_one_goes_on() {
    let service = Service::new();
    let mut daemon = service.watching();
    let second = service.program.run(&["run"]);
    assert_eq!(second.code, 75, "{}", second.err);
    assert!(second.err.contains("touchbase is running already"), "{}", second.err);
    let once = service.program.run(&["once"]);
    assert_eq!(once.code, 75, "{}", once.err);
    service.server.deliver(&mail(ANN, "Goes on", &Zoned::now()));
    daemon.until("the first goes on", SOON, |_| service.subjects("acme-foods") == ["Goes on"]);
    daemon.kill();
    assert_eq!(service.program.run(&["once"]).code, 0, "a killed daemon leaves no lock behind");
}

#[test]
fn a_server_that_goes_away_is_found_again() {
    let mut service = Service::new();
    let mut daemon = service.watching();
    service.server.stop();
    daemon.says("mailbox cannot be read", SOON);
    daemon.until("status tells of it", SOON, |_| {
        service.program.json(&["status", "--json"])["mailboxes"][0]["reason"].is_string()
    });
    service.server.run();
    service.server.deliver(&mail(ANN, "Back again", &Zoned::now()));
    daemon.until("mail comes again", 3 * SOON, |_| service.subjects("acme-foods") == ["Back again"]);
    daemon.until("status is quiet again", SOON, |_| {
        service.program.json(&["status", "--json"])["mailboxes"][0]["reason"].is_null()
    });
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
}

#[test]
fn ready_is_told_when_the_mailbox_opens_and_not_before() {
    let mut service = Service::new();
    service.server.stop();
    let mut daemon = service.start();
    service.is_told("STATUS=1 of 1 folder waiting: capture INBOX until");
    service.is_not_told("READY=1", Duration::from_secs(3));
    service.server.run();
    service.is_told("READY=1");
    assert!(daemon.said().contains("mailbox is connected"), "{}", daemon.said());
    daemon.says("touchbase is ready opened=1 folders=1", SOON);
    daemon.kill();
}

#[test]
fn a_server_that_stays_away_at_the_start_is_waited_for_without_keeping_the_machine() {
    let mut service = Service::new();
    service.server.stop();
    let mut daemon = service.start();
    service.is_told("READY=1");
    daemon.says("touchbase is ready opened=0 folders=1", SOON);
    daemon.says("mailbox cannot be read", SOON);
    service.server.run();
    service.server.deliver(&mail(ANN, "There you are", &Zoned::now()));
    daemon.until("mail comes", 3 * SOON, |_| service.subjects("acme-foods") == ["There you are"]);
    daemon.kill();
}

#[test]
fn a_hungry_watchdog_is_fed_three_times_in_its_period() {
    let service = Service::new();
    let socket = service.program.path("notify");
    let daemon = service.program.start(&[("NOTIFY_SOCKET", &socket), ("WATCHDOG_USEC", Path::new("1500000"))]);
    service.is_told("READY=1");
    service.is_told("WATCHDOG=1");
    let began = Instant::now();
    for _ in 0..8 {
        service.is_told("WATCHDOG=1");
    }
    // Left to itself it would feed one every two seconds.
    assert!(began.elapsed() < Duration::from_secs(12), "it took {:?}", began.elapsed());
    daemon.kill();
}

#[test]
fn addresses_are_masked_above_debug_even_in_what_a_server_says() {
    let service = Service::new();
    let file = configuration(&service.server).replace("user = \"capture\"", "user = \"log@ours.example\"");
    service.program.write("touchbase.toml", &file);
    let mut daemon = service.start();
    daemon.says("cannot log in to localhost as …@ours.example", SOON);
    service.is_told("STATUS=1 of 1 folder waiting: capture INBOX until");
    assert!(!daemon.said().contains("log@ours.example"), "{}", daemon.said());
    daemon.kill();
}

#[test]
fn a_password_that_is_missing_or_open_to_all_is_a_mistake_of_the_configuration() {
    let service = Service::new();
    fs::set_permissions(service.program.path("password"), Permissions::from_mode(0o644)).expect("permissions");
    let open = service.program.run(&["run"]);
    assert_eq!(open.code, 78, "{}", open.err);
    assert!(open.err.contains("chmod 600"), "{}", open.err);
    fs::remove_file(service.program.path("password")).expect("a file");
    let missing = service.program.run(&["run"]);
    assert_eq!(missing.code, 78, "{}", missing.err);
    assert!(missing.err.contains("capture") && missing.err.contains("hint:"), "{}", missing.err);
    assert!(!(open.err + &missing.err).contains(&service.server.password));
}

#[test]
fn the_reports_of_missed_days_are_written_at_once_and_stay_as_they_are() {
    let service = Service::new();
    // Whatever the hour, the report about the day before yesterday is due.
    let then = Zoned::now().checked_sub(2.days()).expect("a day");
    service.server.deliver(&mail(ANN, "Before yesterday", &then));
    let mut daemon = service.watching();
    let report = |end: &str| service.program.path(&format!("reports/{}.{end}", then.date()));
    daemon
        .until("the report", SOON, |_| report("json").exists() && service.program.path("reports/index.html").exists());
    let read = |end: &str| fs::read_to_string(report(end)).unwrap_or_else(|error| panic!("{end}: {error}"));
    let told: Value = serde_json::from_str(&read("json")).expect("JSON");
    assert_eq!(told["exchanges"][0]["subject"], "Before yesterday");
    for end in ["html", "md"] {
        assert!(read(end).contains("Before yesterday"), "{end}");
    }
    let last = service.program.json(&["status", "--json"])["last_report"].clone();
    assert!(last.as_str().is_some_and(|day| day >= then.date().to_string().as_str()), "{last}");

    let before = read("html");
    service.server.deliver(&mail(ANN, "Late to the page", &then));
    daemon.until("the late mail", SOON, |_| service.subjects("acme-foods").len() == 2);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
    let mut again = service.watching();
    again.says("touchbase watches", SOON);
    again.signal(Signal::TERM);
    assert_eq!(again.ends(SOON), Some(0));
    assert_eq!(read("html"), before, "what people have read does not change");
}
