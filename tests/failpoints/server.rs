//! What is owed to settled mails (`after`) on a real Dovecot: done once in the end, whatever the fall.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::dovecot::Dovecot;
use super::house::{Act, number, perform, place};
use super::{ON_A_SERVER, chosen, state};

/// What is wished, and what the server says that it can do where that matters.
const WISHES: [(&str, &str); 4] = [
    ("\"seen\"", ""),
    ("\"delete\"", ""),
    ("{ move = \"Done\" }", ""),
    ("{ move = \"Done\" }", "IMAP4rev1 LITERAL+ SASL-IR ID UIDPLUS IDLE AUTH=PLAIN"),
];

fn build(house: &Path, server: &Dovecot, after: &str) {
    let configuration = format!(
        "[team]\naddresses = [\"me@us.example\"]\n[[mailbox]]\nname = \"mine\"\nkind = \"imap\"\nhost = \"localhost\"\n\
         port = {}\nca-file = \"{}\"\nuser = \"{}\"\npassword-file = \"password\"\nafter = {after}\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n",
        server.imaps_port,
        server.ca_file.display(),
        server.user
    );
    fs::write(house.join("touchbase.toml"), configuration).expect("a file");
    fs::write(house.join("contacts.csv"), "customer,name,address\nAcme,Ann Li,ann@acme.example\n").expect("a file");
    fs::write(house.join("password"), &server.password).expect("a file");
    fs::set_permissions(house.join("password"), Permissions::from_mode(0o600)).expect("permissions");
}

fn mails() -> Vec<Vec<u8>> {
    let mail = |number: u32| {
        format!(
            "From: Ann Li <ann@acme.example>\r\nTo: me@us.example\r\nSubject: Mail {number}\r\n\
             Message-ID: <{number}@acme.example>\r\nDate: Thu, 20 Nov 2025 09:0{number}:00 +0100\r\n\r\nThe words of {number}.\r\n"
        )
        .into_bytes()
    };
    (1..=4).map(mail).collect()
}

/// A server with four new mails and nothing else.
fn refill(server: &Dovecot) {
    for folder in ["INBOX", "Done"] {
        if folder == "INBOX" || server.has_folder(folder) {
            server.doveadm(&["expunge", "mailbox", folder, "all"]);
        }
    }
    if server.has_folder("Done") {
        server.doveadm(&["mailbox delete", "Done"]);
    }
    mails().iter().for_each(|mail| server.deliver(mail));
}

/// Folder, subject and flags of every mail, and how often.
fn on_server(server: &Dovecot) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for folder in ["INBOX", "Done"] {
        if folder == "INBOX" || server.has_folder(folder) {
            let told = server.doveadm(&["-f tab fetch", "hdr.subject flags", "mailbox", folder]);
            for line in told.lines().skip(1) {
                *found.entry(format!("{folder} {}", line.replace("\\Recent", "").trim())).or_default() += 1;
            }
        }
    }
    found
}

/// The record without the deliveries themselves: LMTP writes the time into each mail, so their bytes differ.
fn record(house: &Path) -> Vec<String> {
    state::of(house).into_iter().filter(|line| !line.starts_with("record delivery ")).collect()
}

#[test]
fn what_is_owed_on_a_server_is_done_whatever_the_fall() {
    let once = Act::Command(vec!["once".into()]);
    let (mut falls, mut wrong) = (0, Vec::new());
    for (after, capabilities) in WISHES {
        let server = Dovecot::start_with_capabilities(capabilities);
        let house = |wish: Option<&str>| {
            refill(&server);
            let house = place();
            build(house.path(), &server, after);
            (perform(house.path(), &once, wish), house)
        };
        let (traced, whole) = house(Some("trace"));
        assert!(traced.status.success(), "{}", traced.said);
        let (end, there) = (record(whole.path()), on_server(&server));
        let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
        for step in traced.said.lines().filter_map(|line| line.strip_prefix("failpoint ")) {
            *steps.entry(step).or_default() += 1;
        }
        let owed = "SELECT count(*) FROM delivery WHERE owed <> 0";
        // The others are come to without a server as well.
        steps.retain(|step, _| ON_A_SERVER.iter().any(|name| step.ends_with(&format!(":{name:?}"))));
        assert!(!steps.is_empty());
        for (step, times) in steps {
            for nth in chosen(times) {
                let wish = format!("abort:{step}:{nth}");
                let (fell, house) = house(Some(&wish));
                let again = perform(house.path(), &once, None);
                let mut found = on_server(&server);
                // No command of IMAP tells whether a copy was made whose answer nobody heard.
                if step == "after:Copy" || step == "before:CrossOut" && !capabilities.is_empty() {
                    found.values_mut().for_each(|times| *times = 1);
                }
                if !fell.fell()
                    || !again.status.success()
                    || number(house.path(), owed) != Some(0)
                    || found != there
                    || record(house.path()) != end
                {
                    wrong.push(format!("{after} {wish}: {found:?} instead of {there:?}\n{}", again.said));
                }
                falls += 1;
            }
        }
    }
    println!("{falls} falls with a server");
    assert!(wrong.is_empty(), "{} falls end otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
