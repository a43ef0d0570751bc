//! What happens to settled mails on a real Dovecot (`after`), through the built program.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use dovecot::Dovecot;
use program::Program;
use rustix::process::Signal;

const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";
const SOON: Duration = Duration::from_secs(30);

fn configuration(server: &Dovecot, after: &str) -> String {
    format!(
        "[team]\ndomains = [\"us.example\"]\n[[mailbox]]\nname = \"capture\"\nkind = \"imap\"\nhost = \"localhost\"\n\
         port = {}\nca-file = \"{}\"\nuser = \"capture\"\npassword-file = \"password\"\n\
         capture-addresses = [\"log@us.example\"]\nafter = {after}\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n",
        server.imaps_port,
        server.ca_file.display()
    )
}

fn program(server: &Dovecot, after: &str) -> Program {
    Program::new(&configuration(server, after), CONTACTS, &server.password)
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
    let text =
        String::from_utf8(mail(number)).expect("text").replace("ann@acme.example>\r\nTo", "boss@us.example>\r\nTo");
    format!("Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\r\n{text}").into_bytes()
}

/// Subject to flags, for every mail in a folder. `\Recent` is nobody's business.
fn folder(server: &Dovecot, name: &str) -> BTreeMap<String, String> {
    let told = server.doveadm(&["-f tab fetch", "hdr.subject flags", "mailbox", name]);
    let rows = told.lines().skip(1).filter_map(|line| line.split_once('\t'));
    rows.map(|(subject, flags)| (subject.to_owned(), flags.replace("\\Recent", "").trim().to_owned())).collect()
}

fn subjects(server: &Dovecot, name: &str) -> Vec<String> {
    folder(server, name).into_keys().collect()
}

#[test]
fn seen_marks_what_is_settled_and_nothing_that_waits_for_a_person() {
    let server = Dovecot::start();
    server.place(None, &[mail(1), forged(2), mail(3)]);
    let program = program(&server, "\"seen\"");
    let counts = program.json(&["once", "--json"]);
    assert_eq!((&counts["recorded"], &counts["untrusted"]), (&2.into(), &1.into()), "{counts}");
    let flags = folder(&server, "INBOX");
    assert_eq!(flags["Mail 1"], "\\Seen");
    assert_eq!(flags["Mail 2"], "");
    assert_eq!(flags["Mail 3"], "\\Seen");
    // A person who marks it as unread again is not contradicted: it is done once.
    server.doveadm(&["flags remove", "\\Seen", "mailbox", "INBOX", "uid", "1"]);
    program.does(&["once"]);
    assert_eq!(folder(&server, "INBOX")["Mail 1"], "");
    // Once a person has decided, it is settled.
    let held = program.json(&["quarantine", "list", "--json"])[0]["number"].to_string();
    program.does(&["quarantine", "release", &held]);
    program.does(&["once"]);
    assert_eq!(folder(&server, "INBOX")["Mail 2"], "\\Seen");
}

#[test]
fn delete_removes_what_is_settled_and_nothing_that_others_have_marked() {
    for capabilities in ["", "IMAP4rev1 SASL-IR IDLE"] {
        let server = Dovecot::start_with_capabilities(capabilities);
        server.place(None, &[mail(1), forged(2), mail(3)]);
        // Somebody's mail program marks without removing.
        server.doveadm(&["flags add", "\\Deleted", "mailbox", "INBOX", "uid", "2"]);
        let program = program(&server, "\"delete\"");
        program.does(&["once"]);
        match capabilities.is_empty() {
            true => assert_eq!(subjects(&server, "INBOX"), ["Mail 2"]),
            false => {
                let expected = ["Mail 1", "Mail 2", "Mail 3"].map(|subject| (subject.into(), "\\Deleted".into()));
                assert_eq!(folder(&server, "INBOX"), BTreeMap::from(expected), "without UIDPLUS they are marked alone");
            }
        }
        assert_eq!(program.lines(&["export"]).len(), 2);
        assert_eq!(program.json(&["once", "--json"])["mails"], 0);
        let status = program.json(&["status", "--json"]);
        assert_eq!(status["mailboxes"][0]["owed"], 0);
    }
}

#[test]
fn move_makes_the_folder_and_works_without_the_extension() {
    for capabilities in ["", "IMAP4rev1 SASL-IR IDLE UIDPLUS"] {
        let server = Dovecot::start_with_capabilities(capabilities);
        server.place(None, &[mail(1), forged(2), mail(3)]);
        let program = program(&server, "{ move = \"Erledigt ü\" }");
        program.does(&["once"]);
        assert_eq!(subjects(&server, "INBOX"), ["Mail 2"]);
        assert_eq!(subjects(&server, "Erledigt ü"), ["Mail 1", "Mail 3"]);
        server.deliver(&mail(4));
        program.does(&["once"]);
        assert_eq!(subjects(&server, "Erledigt ü"), ["Mail 1", "Mail 3", "Mail 4"]);
    }
}

#[test]
fn what_was_settled_before_there_was_a_wish_is_left_alone() {
    let server = Dovecot::start();
    server.place(None, &[mail(1), mail(2)]);
    let program = program(&server, "\"leave\"");
    let before = server.files();
    program.does(&["once"]);
    assert_eq!(server.files(), before);
    program.write("touchbase.toml", &configuration(&server, "\"delete\""));
    server.deliver(&mail(3));
    program.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), ["Mail 1", "Mail 2"]);
}

#[test]
fn what_the_server_refuses_is_told_and_done_once_it_can_be() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    // Nothing can be made below a folder that is a mail file's name: Dovecot refuses such names.
    let program = program(&server, "{ move = \"a//b\" }");
    let refused = program.run(&["once"]);
    assert_eq!(refused.code, 78, "{}", refused.err);
    assert!(refused.err.contains("after"), "{}", refused.err);
    assert_eq!(program.lines(&["export"]).len(), 1, "the mail itself is recorded");
    let status = program.json(&["status", "--json"]);
    assert_eq!(status["mailboxes"][0]["owed"], 1, "{status}");
    program.write("touchbase.toml", &configuration(&server, "{ move = \"Recorded\" }"));
    program.does(&["once"]);
    assert_eq!((subjects(&server, "INBOX").len(), subjects(&server, "Recorded")), (0, vec!["Mail 1".to_owned()]));
}

#[test]
fn numbers_of_another_promise_are_never_acted_on() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    let program = program(&server, "{ move = \"a//b\" }");
    program.run(&["once"]);
    // The same number is another mail now.
    server.doveadm(&["mailbox update", "--uid-validity", "4711", "INBOX"]);
    server.doveadm(&["expunge", "mailbox", "INBOX", "all"]);
    server.place(None, &[forged(2)]);
    program.write("touchbase.toml", &configuration(&server, "\"delete\""));
    program.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), ["Mail 2"]);
}

#[test]
fn check_tells_what_will_be_done_and_changes_nothing() {
    let server = Dovecot::start();
    server.place(None, &[mail(1)]);
    let before = server.files();
    let program = program(&server, "\"delete\"");
    let told = program.does(&["check"]);
    assert!(told.contains("afterwards: settled mails are deleted"), "{told}");
    assert_eq!(server.files(), before);
}

#[test]
fn the_daemon_moves_mail_as_it_settles_and_reads_on() {
    let server = Dovecot::start();
    let program = program(&server, "{ move = \"Recorded\" }");
    let mut daemon = program.start(&[]);
    daemon.says("the server tells of new mail", SOON);
    for number in 1..=3 {
        server.deliver(&mail(number));
        let (server, expected) = (&server, number);
        daemon
            .until("moved", SOON, |_| server.has_folder("Recorded") && subjects(server, "Recorded").len() == expected);
    }
    assert_eq!(subjects(&server, "INBOX").len(), 0);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
    assert_eq!(program.lines(&["export"]).len(), 3);
}

#[test]
fn a_daemon_killed_between_commit_and_deed_does_it_at_the_next_start() {
    const MAILS: usize = 60;
    let server = Dovecot::start();
    let program = program(&server, "{ move = \"Recorded\" }");
    for round in 0..6 {
        let daemon = program.start(&[]);
        for number in 0..MAILS / 6 {
            server.deliver(&mail(round * MAILS / 6 + number));
        }
        // Anywhere between the first mail's arrival and the last one's move.
        sleep(Duration::from_millis(150 + 170 * round as u64));
        daemon.kill();
    }
    program.does(&["once"]);
    assert_eq!(subjects(&server, "INBOX"), Vec::<String>::new());
    assert_eq!(subjects(&server, "Recorded").len(), MAILS);
    let moved = server.doveadm(&["-f tab fetch", "uid", "mailbox", "Recorded"]).lines().count() - 1;
    assert_eq!((moved, program.lines(&["export"]).len()), (MAILS, MAILS), "none is lost, none is doubled");
}
