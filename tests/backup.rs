//! Backups taken while the daemon records, and put back: each is a whole record of one instant, and what came after it
//! is read again, nothing twice.

#[path = "it/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::thread::{scope, sleep};
use std::time::Duration;

use program::Program;
use rustix::process::Signal;

const CONFIGURATION: &str = "[team]\naddresses = [\"me@us.example\"]\n[contacts]\nfiles = [\"contacts.csv\"]\n\
    [[mailbox]]\nname = \"mine\"\nkind = \"maildir\"\npath = \"Maildir\"\n";
const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";
const MAILS: usize = 300;
const SOON: Duration = Duration::from_secs(120);

fn arrives(program: &Program, nth: usize) {
    let mail = format!(
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\
         Message-ID: <{nth}@acme.example>\nSubject: Crane {nth}\n\nThe crane number {nth} is ready.\n"
    );
    let (beside, place) = (program.path("Maildir/tmp/new"), program.path(&format!("Maildir/new/{:05}.mail", nth)));
    fs::write(&beside, mail).expect("a mail");
    fs::rename(beside, place).expect("a mail");
}

fn subjects(program: &Program) -> Vec<String> {
    let exported = program.lines(&["export"]);
    exported.iter().map(|one| one["subject"].as_str().expect("a subject").to_owned()).collect()
}

#[test]
fn every_backup_taken_while_mail_arrives_is_whole_and_comes_to_the_same_end() {
    let program = Program::new(CONFIGURATION, CONTACTS, "");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(program.path("Maildir").join(part)).expect("a Maildir");
    }
    let mut daemon = program.start(&[]);
    daemon.says("mailbox watched", SOON);
    scope(|threads| {
        threads.spawn(|| {
            for nth in 0..MAILS {
                arrives(&program, nth);
                sleep(Duration::from_millis(5));
            }
        });
        for nth in 0..5 {
            sleep(Duration::from_millis(250));
            program.does(&["backup", &format!("backup-{nth}.db")]);
        }
    });
    daemon.until("everything is recorded", SOON, |_| {
        sleep(Duration::from_millis(200));
        subjects(&program).len() == MAILS
    });
    // Beside a daemon nothing is put back.
    let refused = program.run(&["restore", "backup-0.db"]);
    assert_eq!(refused.code, 75, "{}", refused.err);
    assert!(refused.err.contains("systemctl stop touchbase"), "{}", refused.err);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(SOON), Some(0));

    let whole: BTreeSet<String> = subjects(&program).into_iter().collect();
    let mut sizes = BTreeSet::new();
    for nth in 0..5 {
        program.does(&["restore", &format!("backup-{nth}.db")]);
        program.does(&["check", "--store"]);
        let then = subjects(&program);
        sizes.insert(then.len());
        assert!(then.iter().all(|subject| whole.contains(subject)), "{nth}");
        program.does(&["once"]);
        let now = subjects(&program);
        assert_eq!(now.len(), MAILS, "backup {nth} with {} interactions", then.len());
        assert_eq!(now.into_iter().collect::<BTreeSet<_>>(), whole);
    }
    assert!(sizes.len() > 1, "all were taken at the same moment: {sizes:?}");
}
