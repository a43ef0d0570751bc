//! A mailbox on a real server, and what goes wrong on the way to it.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::dovecot::Dovecot;
use crate::house::House;

/// A household whose mailbox lies on the server.
pub fn household(server: &Dovecot, password: &str, authority: &std::path::Path) -> House {
    let house = House::new();
    house.configure(&format!(
        "[team]\naddresses = [\"me@us.example\"]\n[contacts]\nfiles = [\"contacts.csv\"]\n[[mailbox]]\nname = \"far\"\n\
         kind = \"imap\"\nhost = \"localhost\"\nport = {}\nca-file = \"{}\"\nuser = \"{}\"\npassword-file = \"password\"\n",
        server.imaps_port,
        authority.display(),
        server.user
    ));
    house.write("password", password);
    fs::set_permissions(house.path("password"), Permissions::from_mode(0o600)).expect("permissions");
    house
}

#[test]
fn a_server_is_read_and_what_keeps_us_out_is_told_without_the_password() {
    let server = Dovecot::start();
    let good = household(&server, &server.password, &server.ca_file);
    server.deliver(&fs::read(good.path("Maildir/new/1.known")).expect("a mail"));
    let checked = good.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert_eq!(good.json(&["once", "--json"])["recorded"], 1);

    let wrong_password = household(&server, "hunter2", &server.ca_file);
    let told = wrong_password.run(&["once"]);
    assert_eq!(told.code, 69, "{}", told.err);
    for word in ["cannot log in to localhost as capture", "AUTHENTICATIONFAILED", "hint:"] {
        assert!(told.err.contains(word), "{}", told.err);
    }
    let checked = wrong_password.run(&["check"]);
    assert!(checked.code == 1 && checked.out.contains("WRONG  mailbox far"), "{}", checked.out);
    assert!(!format!("{}{}{}", told.err, checked.out, checked.err).contains("hunter2"));

    let wrong_certificate = household(&server, &server.password, &server.other_ca_file);
    let told = wrong_certificate.run(&["once"]);
    assert_eq!(told.code, 69, "{}", told.err);
    for word in ["the certificate of localhost is not trusted", "ca-file", "hint:"] {
        assert!(told.err.contains(word), "{}", told.err);
    }
    assert_eq!(wrong_certificate.run(&["check"]).code, 1);
}

/// A server that asks everybody for patience; tells how often it was asked.
fn impatient_server(said: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    // Ends with the tests.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::Relaxed);
            let mut stream = stream;
            let _ = stream.write_all(b"* OK [CAPABILITY IMAP4rev1] hello\r\n");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            if let Some(Ok(line)) = lines.next() {
                let tag = line.split(' ').next().unwrap_or_default();
                let _ = stream.write_all(format!("{tag} NO {said}\r\n").as_bytes());
            }
        }
    });
    (port, asked)
}

#[test]
fn a_server_that_asks_for_patience_is_not_asked_again_by_the_next_run() {
    let (port, asked) = impatient_server("Request is throttled. Suggested Backoff Time: 299910 milliseconds");
    let house = House::new();
    house.configure(&format!(
        "[team]\naddresses = [\"me@us.example\"]\n[contacts]\nfiles = [\"contacts.csv\"]\n[[mailbox]]\nname = \"far\"\n\
         kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"u\"\npassword-command = \"echo p\"\n"
    ));
    for _ in 0..3 {
        let told = house.run(&["once"]);
        assert_eq!(told.code, 75, "{}", told.err);
        assert!(told.err.contains("throttled"), "{}", told.err);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let status = house.json(&["status", "--json"]);
    let mailbox = &status["mailboxes"][0];
    let at = |key: &str| mailbox[key].as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time");
    let wait = at("next_try").duration_since(at("last_failure")).as_secs();
    assert!((200..300).contains(&wait), "{mailbox}");
}
