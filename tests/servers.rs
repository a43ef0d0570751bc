//! The built program against Dovecot, Cyrus and Courier: each test's body runs on all three.

#[path = "it/program.rs"]
mod program;
#[path = "it/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::thread::scope;
use std::time::Duration;

use program::{Daemon, Program};
use rustix::process::Signal;
use serde_json::Value;
use server::{Client, Courier, Cyrus, Dovecot, Server};

const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";
/// Generous: what is waited for comes in seconds on a machine with nothing else to do.
const SOON: Duration = Duration::from_secs(180);

/// A folder of `capture`, watched. Polling is so rare that what arrives in time was told by the server.
fn program<S: Server>(server: &S, folder: &str, after: &str) -> Program {
    let configuration = format!(
        "[team]\ndomains = [\"us.example\"]\n[[mailbox]]\nname = \"capture\"\nkind = \"imap\"\nhost = \"localhost\"\n\
         port = {}\nca-file = \"{}\"\nuser = \"capture\"\npassword-file = \"password\"\nfolders = [\"{folder}\"]\n\
         capture-addresses = [\"log@us.example\"]\npoll = \"12h\"\nafter = {after}\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n",
        server.ports().1,
        server.ca_file().display()
    );
    Program::new(&configuration, CONTACTS, "secret pass")
}

/// A customer's mail; it is recorded.
fn mail(number: usize) -> Vec<u8> {
    let (minute, hour, day) = (number % 60, number / 60 % 24, 1 + number / 1440);
    format!(
        "From: Ann Li <ann@acme.example>\r\nTo: me@us.example\r\nCc: log@us.example\r\nSubject: Mail {number}\r\n\
         Message-ID: <{number}@acme.example>\r\nDate: {day} Oct 2026 {hour:02}:{minute:02}:00 +0000\r\n\r\n\
         The words of {number}.\r\n"
    )
    .into_bytes()
}

fn mails(numbers: std::ops::Range<usize>) -> Vec<Vec<u8>> {
    numbers.map(mail).collect()
}

/// Somebody pretends to be a colleague; it waits in the quarantine.
fn forged(number: usize) -> Vec<u8> {
    let text = String::from_utf8(mail(number)).expect("text").replace("Ann Li <ann@acme", "Boss <boss@us");
    format!("Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\r\n{text}").into_bytes()
}

/// How often each subject is on record.
fn recorded(program: &Program) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for line in program.lines(&["export"]) {
        *found.entry(line["subject"].as_str().expect("a subject").to_owned()).or_default() += 1;
    }
    found
}

/// Every one of these, once, and nothing else.
fn assert_recorded(program: &Program, numbers: std::ops::Range<usize>) {
    let expected: BTreeMap<String, usize> = numbers.map(|number| (format!("Mail {number}"), 1)).collect();
    assert_eq!(recorded(program), expected);
}

fn until_recorded(daemon: &mut Daemon, program: &Program, mails: usize) {
    daemon.until(&format!("{mails} mails on record"), SOON, |_| recorded(program).len() >= mails);
}

fn stops(daemon: Daemon) {
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));
}

/// Says one thing of the first mailbox.
fn health(program: &Program, key: &str) -> Value {
    program.json(&["status", "--json"])["mailboxes"][0][key].clone()
}

fn a_thousand_mails_are_recorded_once_each_and_the_mailbox_stays_as_it_was<S: Server>() {
    let server = S::start();
    server.deliver(&mails(0..1_000));
    let mut client = server.client();
    let before = client.folder("INBOX");
    let program = program(&server, "INBOX", "\"leave\"");
    let counts = program.json(&["once", "--json"]);
    assert_eq!((&counts["recorded"], &counts["mails"]), (&1_000.into(), &1_000.into()), "{counts}\n{}", server.log());
    // Some servers take their promise from a clock of whole seconds.
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(program.json(&["once", "--json"])["mails"], 0, "nothing is read twice");
    assert_recorded(&program, 0..1_000);
    assert_eq!(before.len(), 1_000);
    assert_eq!(client.folder("INBOX"), before);
}

fn the_server_tells_of_arrivals_one_by_one_and_in_bursts<S: Server>() {
    let server = S::start();
    let program = program(&server, "INBOX", "\"leave\"");
    let mut daemon = program.start(&[]);
    daemon.says("the server tells of new mail", SOON);
    let mut arrived = 0;
    for burst in [1, 1, 20, 1, 3] {
        server.deliver(&mails(arrived..arrived + burst));
        arrived += burst;
        until_recorded(&mut daemon, &program, arrived);
    }
    stops(daemon);
    assert_recorded(&program, 0..arrived);
}

fn mails_expunged_while_others_are_read_harm_none_of_those_that_stay<S: Server>() {
    let server = S::start();
    server.deliver(&mails(0..600));
    let program = program(&server, "INBOX", "\"leave\"");
    // Somebody deletes every second mail, group by group, from the end that is read last.
    let storm = |mut client: Client| {
        client.does("SELECT INBOX");
        for group in (0..600 / 20).rev() {
            let places: Vec<String> = (1..20).step_by(2).map(|number| (group * 20 + number + 1).to_string()).collect();
            client.does(&format!("STORE {} +FLAGS.SILENT (\\Deleted)", places.join(",")));
            client.does("EXPUNGE");
        }
    };
    let mut daemon = program.start(&[]);
    daemon.says("mailbox is connected", SOON);
    scope(|scope| {
        scope.spawn(|| storm(server.client()));
    });
    server.deliver(&mails(600..610));
    daemon.until("the last mail on record", SOON, |_| recorded(&program).contains_key("Mail 609"));
    daemon.until("nothing unsettled", SOON, |_| health(&program, "lag") == 0);
    stops(daemon);
    let found = recorded(&program);
    assert!(found.values().all(|times| *times == 1), "{found:?}");
    for number in (0..600).step_by(2).chain(600..610) {
        assert!(found.contains_key(&format!("Mail {number}")), "mail {number} is lost");
    }
    assert_eq!(server.client().subjects("INBOX").len(), 310);
}

fn a_folder_made_anew_under_the_same_name_is_read_from_its_beginning<S: Server>() {
    let server = S::start();
    let (folder, mut client) = (server.folder("Work"), server.client());
    let fill = |client: &mut Client, numbers: std::ops::Range<usize>| {
        server.deliver(&mails(numbers));
        client.does("SELECT INBOX");
        client.does(&format!("UID COPY 1:* \"{folder}\""));
        client.does("STORE 1:* +FLAGS.SILENT (\\Deleted)");
        client.does("EXPUNGE");
    };
    client.does(&format!("CREATE \"{folder}\""));
    fill(&mut client, 0..30);
    let program = program(&server, &folder, "\"leave\"");
    assert_eq!(program.json(&["once", "--json"])["recorded"], 30);
    client.does(&format!("DELETE \"{folder}\""));
    client.does(&format!("CREATE \"{folder}\""));
    // As many as before: only the promise tells that these are others.
    fill(&mut client, 30..60);
    let counts = program.json(&["once", "--json"]);
    assert_eq!(counts["recorded"], 30, "{counts}");
    assert_eq!(program.json(&["once", "--json"])["mails"], 0);
    assert_recorded(&program, 0..60);
}

fn the_newest_mail_deleted_by_somebody_is_no_reason_to_read_the_others_again<S: Server>() {
    let server = S::start();
    server.deliver(&mails(0..5));
    let program = program(&server, "INBOX", "\"leave\"");
    assert_eq!(program.json(&["once", "--json"])["recorded"], 5);
    let mut client = server.client();
    client.does("SELECT INBOX");
    client.does("STORE 4:5 +FLAGS.SILENT (\\Deleted)");
    client.does("EXPUNGE");
    assert_eq!(program.json(&["once", "--json"])["mails"], 0);
    server.deliver(&mails(5..6));
    let counts = program.json(&["once", "--json"]);
    assert_eq!(counts["mails"], 1, "{counts}");
    assert_recorded(&program, 0..6);
}

fn a_server_killed_in_the_middle_is_found_again_and_every_mail_is_recorded_once<S: Server>() {
    let mut server = S::start();
    server.deliver(&mails(0..400));
    let program = program(&server, "INBOX", "\"leave\"");
    let mut daemon = program.start(&[]);
    daemon.says("mailbox is connected", SOON);
    server.kill();
    daemon.says("mailbox cannot be read", SOON);
    assert!(health(&program, "reason").is_string(), "status says why");
    server.run();
    until_recorded(&mut daemon, &program, 400);
    // And once more while it idles.
    daemon.until("watched again", SOON, |_| health(&program, "reason").is_null());
    server.kill();
    daemon.until("noticed", SOON, |_| health(&program, "reason").is_string());
    server.run();
    server.deliver(&mails(400..410));
    until_recorded(&mut daemon, &program, 410);
    stops(daemon);
    assert_recorded(&program, 0..410);
}

fn settled_mails_are_seen_moved_or_deleted_and_what_waits_for_a_person_is_not<S: Server>() {
    let server = S::start();
    let (target, mut client) = (server.folder("Erledigt"), server.client());
    for (round, after) in
        ["\"seen\"".to_owned(), format!("{{ move = \"{target}\" }}"), "\"delete\"".to_owned()].into_iter().enumerate()
    {
        let (first, held, last) = (round * 3, round * 3 + 1, round * 3 + 2);
        server.deliver(&[mail(first), forged(held), mail(last)]);
        let program = program(&server, "INBOX", &after);
        let counts = program.json(&["once", "--json"]);
        assert_eq!(counts["untrusted"], 1, "{counts}");
        assert_eq!(health(&program, "owed"), 0);
        let (inbox, moved) = (client.folder("INBOX"), client.subjects(&target));
        let [first, held, last] = [first, held, last].map(|number| format!("Mail {number}"));
        let left = |flags: &str| BTreeMap::from([(held.clone(), flags.to_owned())]);
        match round {
            0 => {
                let seen = |subject: &String| (subject.clone(), "\\Seen".to_owned());
                let expected = left("").into_iter().chain([seen(&first), seen(&last)]).collect();
                assert_eq!((inbox, moved), (expected, Vec::new()), "{after}");
            }
            1 => assert_eq!((inbox, moved), (left(""), vec![first, last]), "{after}"),
            _ => assert_eq!((inbox, moved.len()), (left(""), 2), "{after}"),
        }
        // The next round begins with an empty INBOX.
        client.does("SELECT INBOX");
        client.does("STORE 1:* +FLAGS.SILENT (\\Deleted)");
        client.does("EXPUNGE");
    }
}

/// One test a server for each body.
macro_rules! on_every_server {
    ($($body:ident)*) => {
        mod dovecot { $(#[test] fn $body() { super::$body::<super::Dovecot>(); })* }
        mod cyrus { $(#[test] fn $body() { super::$body::<super::Cyrus>(); })* }
        mod courier { $(#[test] fn $body() { super::$body::<super::Courier>(); })* }
    };
}

on_every_server! {
    a_thousand_mails_are_recorded_once_each_and_the_mailbox_stays_as_it_was
    the_server_tells_of_arrivals_one_by_one_and_in_bursts
    mails_expunged_while_others_are_read_harm_none_of_those_that_stay
    a_folder_made_anew_under_the_same_name_is_read_from_its_beginning
    the_newest_mail_deleted_by_somebody_is_no_reason_to_read_the_others_again
    a_server_killed_in_the_middle_is_found_again_and_every_mail_is_recorded_once
    settled_mails_are_seen_moved_or_deleted_and_what_waits_for_a_person_is_not
}
