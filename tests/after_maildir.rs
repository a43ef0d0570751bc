//! What happens to settled mails of a Maildir (`after`), through the built program, beside a real Dovecot that serves it.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread::sleep;
use std::time::Duration;

use dovecot::Dovecot;
use program::Program;
use rustix::process::Signal;

const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";
const SOON: Duration = Duration::from_secs(120);

fn program(server: &Dovecot, after: &str) -> Program {
    let configuration = format!(
        "[team]\ndomains = [\"us.example\"]\n[[mailbox]]\nname = \"local\"\nkind = \"maildir\"\npath = \"{}\"\n\
         capture-addresses = [\"log@us.example\"]\npoll = \"5s\"\nafter = {after}\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n",
        server.maildir.display()
    );
    Program::new(&configuration, CONTACTS, "none")
}

/// A customer's mail; it is recorded.
fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: Ann Li <ann@acme.example>\r\nTo: me@us.example\r\nCc: log@us.example\r\nSubject: Mail {number}\r\n\
         Message-ID: <{number}@acme.example>\r\nDate: Thu, 20 Nov 2025 09:{:02}:00 +0100\r\n\r\nThe words of {number}.\r\n",
        number % 60
    )
    .into_bytes()
}

/// Somebody pretends to be a colleague; it waits in the quarantine.
fn forged(number: usize) -> Vec<u8> {
    let text = String::from_utf8(mail(number)).expect("text").replace("Ann Li <ann@acme", "Boss <boss@us");
    format!("Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\r\n{text}").into_bytes()
}

/// Subject to flags, for every mail in a folder, as the server tells it.
fn folder(server: &Dovecot, name: &str) -> BTreeMap<String, String> {
    let told = server.doveadm(&["-f tab fetch", "hdr.subject flags", "mailbox", name]);
    let rows = told.lines().skip(1).filter_map(|line| line.split_once('\t'));
    rows.map(|(subject, flags)| (subject.to_owned(), flags.replace("\\Recent", "").trim().to_owned())).collect()
}

fn subjects(server: &Dovecot, name: &str) -> Vec<String> {
    folder(server, name).into_keys().collect()
}

#[test]
fn seen_marks_what_is_settled_and_what_a_person_has_decided_later() {
    let server = Dovecot::start();
    server.place(None, &[mail(1), forged(2), mail(3)]);
    let program = program(&server, "\"seen\"");
    program.does(&["once"]);
    let flags = folder(&server, "INBOX");
    assert_eq!((&*flags["Mail 1"], &*flags["Mail 2"], &*flags["Mail 3"]), ("\\Seen", "", "\\Seen"));
    server.doveadm(&["flags remove", "\\Seen", "mailbox", "INBOX", "uid", "1"]);
    program.does(&["once"]);
    assert_eq!(folder(&server, "INBOX")["Mail 1"], "", "a person is not contradicted");
    let held = program.json(&["quarantine", "list", "--json"])[0]["number"].to_string();
    program.does(&["quarantine", "release", &held]);
    program.does(&["once"]);
    assert_eq!(folder(&server, "INBOX")["Mail 2"], "\\Seen");
}

#[test]
fn move_makes_a_folder_that_belongs_to_the_mailbox_and_delete_removes() {
    let server = Dovecot::start();
    server.place(None, &[mail(1), forged(2), mail(3)]);
    let mover = program(&server, "{ move = \"Erledigt ü/2026\" }");
    assert!(mover.does(&["check"]).contains("settled mails are moved to Erledigt ü/2026"));
    mover.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), ["Mail 2"]);
    let made = server.maildir.join(".Erledigt &APw-.2026");
    let owner = |path: &std::path::Path| fs::metadata(path).map(|about| (about.uid(), about.gid())).expect("a file");
    assert_eq!(owner(&made.join("cur")), owner(&server.maildir));
    assert_eq!(subjects(&server, "Erledigt ü.2026"), ["Mail 1", "Mail 3"]);
    assert_eq!(mover.json(&["once", "--json"])["mails"], 0);
    let remover = program(&server, "\"delete\"");
    remover.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), ["Mail 2"], "what waits for a person stays");
    assert_eq!(remover.json(&["status", "--json"])["mailboxes"][0]["owed"], 0);
}

#[test]
fn what_was_settled_before_there_was_a_wish_is_left_alone() {
    let server = Dovecot::start();
    server.place(None, &[mail(1), mail(2)]);
    let program = program(&server, "\"leave\"");
    let before = server.files();
    program.does(&["once"]);
    assert_eq!(server.files(), before);
    let configuration = fs::read_to_string(program.path("touchbase.toml")).expect("the configuration");
    program.write("touchbase.toml", &configuration.replace("\"leave\"", "\"delete\""));
    server.place(None, &[mail(3)]);
    program.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), ["Mail 1", "Mail 2"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_once_reading_goes_on_and_the_deed_follows() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    let program = program(&server, "{ move = \"Recorded\" }");
    // A file stands where the folder should be.
    fs::write(server.maildir.join(".Recorded"), "").expect("a file");
    let refused = program.run(&["once"]);
    assert_eq!(refused.code, 78, "{}", refused.err);
    assert!(refused.err.contains("`after`"), "{}", refused.err);
    let mut daemon = program.start(&[]);
    daemon.says("settled mails wait to be seen, moved or deleted", SOON);
    server.place(None, &[mail(2)]);
    daemon.until("read all the same", SOON, |_| program.lines(&["export"]).len() == 2);
    fs::remove_file(server.maildir.join(".Recorded")).expect("a file");
    daemon.until("moved", SOON, |_| server.has_folder("Recorded") && subjects(&server, "Recorded").len() == 2);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
    assert_eq!(subjects(&server, "INBOX"), Vec::<String>::new());
}

#[test]
fn a_daemon_killed_between_commit_and_deed_does_it_at_the_next_start() {
    const MAILS: usize = 60;
    let server = Dovecot::start();
    server.place(None, &[]);
    let program = program(&server, "{ move = \"Recorded\" }");
    for round in 0..6 {
        let daemon = program.start(&[]);
        let numbers = round * MAILS / 6..(round + 1) * MAILS / 6;
        server.deliver_all("capture", &numbers.map(mail).collect::<Vec<_>>());
        // Anywhere between the first mail's arrival and the last one's move.
        sleep(Duration::from_millis(100 + 130 * round as u64));
        daemon.kill();
    }
    program.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), Vec::<String>::new());
    assert_eq!(subjects(&server, "Recorded").len(), MAILS);
    let moved = server.doveadm(&["-f tab fetch", "uid", "mailbox", "Recorded"]).lines().count() - 1;
    assert_eq!((moved, program.lines(&["export"]).len()), (MAILS, MAILS), "none is lost, none is doubled");
}
