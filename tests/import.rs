//! History from files through the built program: killed in the middle and begun again, and no larger in memory however
//! much there is to read.

#[path = "it/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use program::Program;

const SOON: Duration = Duration::from_secs(240);
const MAILS: usize = 3_000;

fn program() -> Program {
    let configuration = "[team]\ndomains = [\"us.example\"]\n[contacts]\nfiles = [\"contacts.csv\"]\n";
    Program::new(configuration, "customer,name,address\nAcme,Ann Li,ann@acme.example\n", "none")
}

/// A customer's mail, with an attachment of some KiB to give the bytes of real history.
fn mail(number: usize) -> Vec<u8> {
    let (minute, hour, day) = (number % 60, number / 60 % 24, 1 + number / 1440);
    format!(
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Mail {number}\nMessage-ID: <{number}@acme.example>\n\
         Date: {day} Sep 2025 {hour:02}:{minute:02}:00 +0000\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\n\nThe words of {number}.\n\n--b\nContent-Type: image/png\n\
         Content-Transfer-Encoding: base64\n\n{}\n--b--\n",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+A8AAQ\n".repeat(120)
    )
    .into_bytes()
}

fn write_mbox(path: &Path, numbers: std::ops::Range<usize>) {
    let mut file = std::io::BufWriter::new(fs::File::create(path).expect("a file"));
    for number in numbers {
        file.write_all(b"From ann@acme.example Thu Nov 20 09:12:00 2025\n").expect("a file");
        file.write_all(&mail(number)).expect("a file");
        file.write_all(b"\n").expect("a file");
    }
}

/// A third of the mails in each kind of history.
fn write_history(top: &Path) {
    for part in ["archive/new", "archive/cur", "archive/tmp", "loose"] {
        fs::create_dir_all(top.join(part)).expect("a folder");
    }
    write_mbox(&top.join("old.mbox"), 0..MAILS / 3);
    for number in MAILS / 3..2 * MAILS / 3 {
        fs::write(top.join(format!("archive/cur/{number}.M1:2,S")), mail(number)).expect("a mail");
    }
    for number in 2 * MAILS / 3..MAILS {
        fs::write(top.join(format!("loose/{number}.eml")), mail(number)).expect("a mail");
    }
}

/// Every mail once.
fn assert_complete(program: &Program) {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for line in program.lines(&["export"]) {
        *found.entry(line["subject"].as_str().expect("a subject").to_owned()).or_default() += 1;
    }
    let expected: BTreeMap<String, usize> = (0..MAILS).map(|number| (format!("Mail {number}"), 1)).collect();
    assert!(found == expected, "{} subjects, of {MAILS}", found.len());
}

#[test]
fn an_import_killed_again_and_again_goes_on_and_records_every_mail_once() {
    let program = program();
    fs::create_dir(program.path("history")).expect("a folder");
    write_history(&program.path("history"));
    let settled = || program.json(&["status", "--json"])["deliveries"]["recorded"].as_u64().unwrap_or(0);
    // Killed whenever it has come further: in the mbox, in the Maildir, among the loose files.
    for enough in [200, 700, 1_300, 2_400] {
        let mut import = program.start_command(&["import", "history"]);
        import.until(&format!("{enough} mails settled"), SOON, |_| settled() >= enough);
        import.kill();
    }
    let before = settled();
    let last = program.json(&["import", "history", "--json"]);
    assert!(last["mails"].as_u64().is_some_and(|mails| mails <= MAILS as u64 - before), "{last} after {before}");
    assert_eq!(last["unreadable"], 0, "{last}");
    assert_complete(&program);
    assert_eq!(program.json(&["import", "history", "--json"])["mails"], 0);
    let folders = program.json(&["status", "--json"])["mailboxes"].as_array().expect("mailboxes").len();
    assert_eq!(folders, 3, "however many loose files there are");
}

#[test]
fn memory_does_not_grow_with_the_history() {
    let program = program();
    let peak = |mails: usize| {
        let name = format!("{mails}.mbox");
        write_mbox(&program.path(&name), 0..mails);
        let mut import = program.start_command(&["import", &name]);
        let mut peak = 0;
        while let Some(now) = import.peak_memory() {
            peak = peak.max(now);
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    };
    let (small, large) = (peak(MAILS / 10), peak(MAILS));
    // Tenfold history, 26 MB instead of 2.6: what is in flight is the same.
    assert!(large < small + 24 * 1024 * 1024, "{small} bytes for {}, {large} for {MAILS}", MAILS / 10);
    assert_complete(&program);
}
