//! What happens in a house: what was there before, and what is done while the program falls.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use touchbase::failpoint::Step;

use super::house::{Act, arrives, build, does, number, perform};
use super::imap::Imap;

/// What is done to settled mails in a Maildir, and what stands around it.
const AFTER: &[Step] = &[
    Step::Wish,
    Step::Settle,
    Step::MarkSeen,
    Step::Expunge,
    Step::MakeFolder,
    Step::Move,
    Step::SyncMails,
    Step::CrossOut,
    Step::NoteSuccess,
];

/// A house as it stands, and what is done in it.
pub struct Scenario {
    pub name: &'static str,
    pub prepare: fn(&Path),
    pub act: fn(&Path) -> Act,
    /// Where it falls: at these steps, or at all it comes to.
    pub at: &'static [Step],
}

/// Every scenario without a server.
pub const ALL: &[Scenario] = &[
    Scenario { name: "first run", prepare: with_mail, act: |_| words("once"), at: &[] },
    Scenario { name: "new mail", prepare: with_new_mail, act: |_| words("once"), at: &[] },
    Scenario { name: "after a crash", prepare: crashed, act: |_| words("once"), at: &[] },
    Scenario { name: "a folder is gone", prepare: without_folder, act: |_| words("once"), at: &[] },
    Scenario { name: "contacts change", prepare: contacts_change, act: |_| words("once"), at: &[] },
    Scenario { name: "older version", prepare: older, act: |_| words("once"), at: &[] },
    Scenario { name: "reports due", prepare: lived_in, act: |_| Act::Daemon(reported), at: &[] },
    Scenario { name: "a report mailed", prepare: mails_reports, act: |_| Act::Daemon(mailed), at: &[] },
    Scenario { name: "housekeeping", prepare: old_mail, act: |_| Act::Daemon(kept_house), at: &[] },
    Scenario { name: "a report again", prepare: lived_in, act: report_again, at: &[] },
    Scenario { name: "import", prepare: with_history, act: |_| words("import history"), at: &[] },
    Scenario { name: "forget", prepare: lived_in, act: |_| words("forget ann@acme.example --yes"), at: &[] },
    Scenario { name: "retry", prepare: lived_in, act: |house| held(house, "retry"), at: &[] },
    Scenario { name: "release", prepare: lived_in, act: |house| held(house, "release"), at: &[] },
    Scenario { name: "drop", prepare: lived_in, act: |house| held(house, "drop"), at: &[] },
    Scenario {
        name: "accept",
        prepare: lived_in,
        act: |_| words("unmatched accept sam@ode.example --customer Ode --name Sam"),
        at: &[],
    },
    Scenario { name: "ignore", prepare: lived_in, act: |_| words("unmatched ignore ode.example"), at: &[] },
    Scenario {
        name: "a contact added",
        prepare: lived_in,
        act: |_| words("contacts add sam@ode.example --customer Ode --name Sam"),
        at: &[],
    },
    Scenario {
        name: "a contact removed",
        prepare: with_ode,
        act: |_| words("contacts remove sam@ode.example"),
        at: &[],
    },
    Scenario { name: "a customer removed", prepare: with_ode, act: |_| words("customers remove Ode"), at: &[] },
    Scenario { name: "backup", prepare: lived_in, act: |_| words("backup copy.db"), at: &[] },
    Scenario { name: "restore", prepare: with_backup, act: |_| words("restore copy.db"), at: &[] },
    Scenario { name: "reindex", prepare: lived_in, act: |_| words("reindex"), at: &[] },
    Scenario { name: "a mail exported", prepare: lived_in, act: exported, at: &[] },
    Scenario { name: "seen", prepare: |house| wishing(house, "\"seen\""), act: |_| words("once"), at: AFTER },
    Scenario { name: "deleted", prepare: |house| wishing(house, "\"delete\""), act: |_| words("once"), at: AFTER },
    Scenario {
        name: "moved",
        prepare: |house| wishing(house, "{ move = \"Done/2026\" }"),
        act: |_| words("once"),
        at: AFTER,
    },
    Scenario { name: "a connection breaks", prepare: build, act: breaking, at: &[Step::GiveBack, Step::CountAttempt] },
];

fn now() -> Zoned {
    Timestamp::now().to_zoned(TimeZone::UTC)
}

fn words(line: &str) -> Act {
    Act::Command(line.split(' ').map(str::to_owned).collect())
}

/// A mail of some days ago at noon, so that reports of it are due.
pub fn mail(from: &str, days_ago: i64, subject: &str, rest: &str) -> String {
    let day = now().checked_sub(days_ago.days()).expect("a day").date().at(12, 0, 0, 0);
    let date = day.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let id = subject.replace(' ', "-");
    format!(
        "From: {from}\nTo: me@us.example, log@us.example\nDate: {date}\nMessage-ID: <{id}@mail.example>\nSubject: {subject}\n{rest}\n"
    )
}

const ANN: &str = "Ann Li <ann@acme.example>";

fn with_mail(house: &Path) {
    build(house);
    let plan = mail(ANN, 3, "Delivery plan", "\nCould you send the crane on Friday?");
    arrives(house, "1.known", &plan);
    arrives(house, "2.stranger", &mail("Sam Ode <sam@ode.example>", 3, "Hello", "\nMay I call you about the crane?"));
    let failed = "Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\n";
    let forged = mail("me@us.example", 2, "New bank account", "\nPlease pay elsewhere.");
    arrives(house, "3.forged", &format!("{failed}{forged}"));
    arrives(house, "4.broken", "\u{0}\u{1}\u{2} nothing that a mail begins with\n");
    arrives(house, "5.again", &plan);
    let list = "Precedence: bulk\nList-Unsubscribe: <mailto:off@weekly.example>\n\nBuy now.";
    arrives(house, "6.list", &mail("News <news@weekly.example>", 2, "Weekly", list));
    arrives(house, "7.reply", &mail("Bo Birch <bo@birch.example>", 2, "Re: Offer", "\nThank you. We agree."));
}

pub fn lived_in(house: &Path) {
    with_mail(house);
    does(house, &["once"]);
}

fn with_new_mail(house: &Path) {
    lived_in(house);
    for number in 1..=5 {
        arrives(
            house,
            &format!("8.{number}"),
            &mail(ANN, 1, &format!("Crane {number}"), &format!("\nThe words of {number}.")),
        );
    }
    arrives(house, "9.stranger", &mail("Eve Oak <eve@oak.example>", 1, "Rent", "\nDo you rent cranes?"));
}

/// A backup, what came after it, and somebody who was erased since.
fn with_backup(house: &Path) {
    lived_in(house);
    does(house, &["backup", "copy.db"]);
    with_new_mail(house);
    does(house, &["once"]);
    does(house, &["forget", "sam@ode.example", "--yes"]);
}

/// Mails were written down and not read when the program fell; one of them is gone since, one cannot be read.
fn crashed(house: &Path) {
    with_new_mail(house);
    let ended = perform(house, &words("once"), Some("abort:after:List:1"));
    assert!(ended.fell(), "{}", ended.said);
    std::fs::remove_file(house.join("Maildir/new/8.2")).expect("a mail");
    std::fs::remove_file(house.join("Maildir/new/8.3")).expect("a mail");
    std::fs::create_dir(house.join("Maildir/new/8.3")).expect("a folder in its place");
}

fn without_folder(house: &Path) {
    lived_in(house);
    std::fs::rename(house.join("Maildir"), house.join("Elsewhere")).expect("a folder");
}

fn contacts_change(house: &Path) {
    lived_in(house);
    let more = "customer,name,address\nAcme,Ann Li,ann@acme.example\nOde,Sam Ode,sam@ode.example\n";
    std::fs::write(house.join("contacts.csv"), more).expect("contacts");
}

/// A record as the first version wrote it.
fn older(house: &Path) {
    with_mail(house);
    let store = rusqlite::Connection::open(house.join("touchbase.db")).expect("a record");
    store.pragma_update(None, "application_id", 0x7463_6862).expect("ours");
    store.execute_batch(include_str!("../../src/store/migrations/01-record.sql")).expect("the first version");
    store.pragma_update(None, "user_version", 1).expect("the first version");
}

/// Every report up to yesterday's is there, and noted.
pub fn reported(house: &Path) -> bool {
    number(house, "SELECT count(*) FROM report") == Some(3)
}

fn mails_reports(house: &Path) {
    lived_in(house);
    let path = house.join("touchbase.toml");
    let before = std::fs::read_to_string(&path).expect("the configuration");
    let port = super::post::port();
    let mail = format!(
        "[report.mail]\nto = [\"me@us.example\", \"you@us.example\"]\nsmtp = \"localhost\"\nport = {port}\ntls = \"none\"\n"
    );
    std::fs::write(path, format!("{before}{mail}")).expect("the configuration");
}

/// The newest report is with everybody who gets it.
fn mailed(house: &Path) -> bool {
    reported(house) && number(house, "SELECT count(*) FROM letter WHERE state = 'sent'") == Some(2)
}

fn old_mail(house: &Path) {
    lived_in(house);
    arrives(house, "8.old", &mail("Flo Elm <flo@elm.example>", 3_500, "Long ago", "\nWe met at the fair."));
    does(house, &["once"]);
    let store = rusqlite::Connection::open(house.join("touchbase.db")).expect("the record");
    let aged = "UPDATE interaction SET recorded_at = 0 WHERE subject = 'Hello'";
    assert_eq!(store.execute(aged, []).expect("an old stranger"), 1);
}

fn kept_house(house: &Path) -> bool {
    let left = "SELECT count(*) FROM interaction WHERE subject IN ('Long ago', 'Hello')";
    reported(house) && number(house, left) == Some(0)
}

fn report_again(_: &Path) -> Act {
    let day = now().checked_sub(3.days()).expect("a day").date();
    words(&format!("report --date {day}"))
}

fn with_history(house: &Path) {
    lived_in(house);
    std::fs::create_dir(house.join("history")).expect("a folder");
    for number in 1..=6 {
        let old = mail(ANN, 100 + number, &format!("Past {number}"), &format!("\nThe words of {number}."));
        std::fs::write(house.join(format!("history/{number}.eml")), old).expect("a mail");
    }
}

/// Does something with the forged mail in the quarantine.
fn held(house: &Path, what: &str) -> Act {
    let id = number(house, "SELECT id FROM delivery WHERE outcome = 'untrusted'").expect("a forged mail");
    words(&format!("quarantine {what} {id}"))
}

fn exported(house: &Path) -> Act {
    let id = number(house, "SELECT id FROM delivery WHERE outcome = 'untrusted'").expect("a forged mail");
    words(&format!("quarantine export {id} --output export"))
}

fn with_ode(house: &Path) {
    lived_in(house);
    does(house, &["contacts", "add", "sam@ode.example", "--customer", "Ode", "--name", "Sam"]);
}

/// Mails of every kind, of which those that are settled are to be seen, moved or deleted. Some have been looked at.
fn wishing(house: &Path, after: &str) {
    with_mail(house);
    let inside = |name: &str| house.join("Maildir").join(name);
    std::fs::rename(inside("new/1.known"), inside("cur/1.known:2,")).expect("a mail");
    std::fs::rename(inside("new/6.list"), inside("cur/6.list:2,FS")).expect("a mail");
    // Not everybody's umask: a folder that is made has to look like the Maildir around it.
    std::fs::set_permissions(house.join("Maildir"), std::fs::Permissions::from_mode(0o2770)).expect("permissions");
    let path = house.join("touchbase.toml");
    let before = std::fs::read_to_string(&path).expect("the configuration");
    let wish = before.replace("path = \"Maildir\"\n", &format!("path = \"Maildir\"\nafter = {after}\n"));
    std::fs::write(path, wish).expect("the configuration");
}

/// Its server breaks off in the middle of mails, three times in all, whoever asks.
fn breaking(house: &Path) -> Act {
    let mails =
        (1..=5).map(|n| mail(ANN, 3, &format!("Crane {n}"), &format!("\nThe words of {n}.")).replace('\n', "\r\n"));
    let port = Imap { mails: mails.collect(), breaks: 3.into(), lets_in: Box::new(|_| true) }.start();
    let configuration = format!(
        "[team]\naddresses = [\"me@us.example\"]\n[[mailbox]]\nname = \"mine\"\nkind = \"imap\"\nhost = \"localhost\"\n\
         port = {port}\ntls = \"none\"\nuser = \"me\"\npassword-file = \"password\"\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n"
    );
    std::fs::write(house.join("touchbase.toml"), configuration).expect("the configuration");
    std::fs::write(house.join("password"), "secret").expect("a password");
    std::fs::set_permissions(house.join("password"), std::fs::Permissions::from_mode(0o600)).expect("permissions");
    words("once")
}
