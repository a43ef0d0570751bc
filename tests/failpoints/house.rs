//! A house of one watched Maildir, and touchbase run in it, with a fall or without.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::state::PLACE;
use rustix::process::{Pid, Signal, kill_process};

/// Far above what anything here takes, on a busy machine as well.
const LONG: Duration = Duration::from_secs(90);
/// What a daemon that is done has for a step that still stands before it.
const GRACE: Duration = Duration::from_secs(15);

const CONFIGURATION: &str = r#"
[team]
addresses = ["me@us.example"]
[[mailbox]]
name = "mine"
kind = "maildir"
path = "Maildir"
capture-addresses = ["log@us.example"]
[contacts]
files = ["contacts.csv"]
[trust]
authentication-results = ["mx.us.example"]
[report]
at = "00:00"
time-zone = "UTC"
[privacy]
keep-days = 3000
"#;
const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\nBirch,Bo Birch,bo@birch.example\n";

/// What a person does: a command to its end, or the daemon until something is so.
pub enum Act {
    /// The words of a command.
    Command(Vec<String>),
    /// The daemon, until this holds.
    Daemon(fn(&Path) -> bool),
}

/// How a run ended.
pub struct Ended {
    pub status: ExitStatus,
    pub said: String,
}

impl Ended {
    /// Whether it fell where it should.
    pub fn fell(&self) -> bool {
        self.status.signal() == Some(Signal::ABORT.as_raw())
    }
}

/// An empty house with its configuration.
pub fn build(house: &Path) {
    fs::write(house.join("touchbase.toml"), CONFIGURATION).expect("a file");
    fs::write(house.join("contacts.csv"), CONTACTS).expect("a file");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(house.join("Maildir").join(part)).expect("a Maildir");
    }
}

/// A place for a house.
pub fn place() -> tempfile::TempDir {
    tempfile::Builder::new().prefix(PLACE).tempdir().expect("a temporary folder")
}

/// Copies a house, times and all.
pub fn copy(house: &Path) -> tempfile::TempDir {
    let folder = place();
    let from = format!("{}/.", house.display());
    let copied = Command::new("cp").args(["-a", &from]).arg(folder.path()).status().expect("cp");
    assert!(copied.success());
    folder
}

fn command(house: &Path, words: &[&str], variables: &[(&str, &str)]) -> (Command, PathBuf) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchbase"));
    command.arg("--config").arg(house.join("touchbase.toml")).args(words).current_dir(house);
    for inherited in ["STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "JOURNAL_STREAM"] {
        command.env_remove(inherited);
    }
    command.envs(variables.iter().copied());
    let log = house.join("stderr");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).expect("a log"));
    (command, log)
}

/// Does it, with a fall if there is a `wish` for one.
pub fn perform(house: &Path, act: &Act, wish: Option<&str>) -> Ended {
    let variable = wish.map(|wish| ("TOUCHBASE_FAILPOINT", wish));
    perform_with(house, act, variable.as_slice())
}

/// Does it with these variables in its environment.
pub fn perform_with(house: &Path, act: &Act, variables: &[(&str, &str)]) -> Ended {
    let words: Vec<&str> = match act {
        Act::Command(words) => words.iter().map(String::as_str).collect(),
        Act::Daemon(_) => vec!["run"],
    };
    let (mut command, log) = command(house, &words, variables);
    let mut child = command.spawn().expect("the program");
    let began = Instant::now();
    // A step may stand after what is waited for, on another task: a fall that is wished for is waited for as well.
    let falls = variables.iter().any(|(_, value)| value.starts_with("abort:"));
    let grace = if falls { GRACE } else { Duration::ZERO };
    let mut done_since = None;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if done_since.is_none() && matches!(act, Act::Daemon(is_so) if is_so(house)) {
            done_since = Some(Instant::now());
        }
        if done_since.is_some_and(|since| since.elapsed() >= grace) {
            kill_process(Pid::from_child(&child), Signal::TERM).expect("a running child");
            break child.wait().expect("a child");
        }
        if began.elapsed() > LONG {
            child.kill().expect("a child");
            panic!("{words:?} with {variables:?} does not end:\n{}", fs::read_to_string(&log).unwrap_or_default());
        }
        sleep(Duration::from_millis(5));
    };
    Ended { status, said: fs::read_to_string(&log).unwrap_or_default() }
}

/// Runs a command that has to succeed.
pub fn does(house: &Path, words: &[&str]) {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let ended = perform(house, &Act::Command(words), None);
    assert!(ended.status.success(), "{}", ended.said);
}

/// Asks the record for one number.
pub fn number(house: &Path, sql: &str) -> Option<i64> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let store = rusqlite::Connection::open_with_flags(house.join("touchbase.db"), flags).ok()?;
    store.query_row(sql, [], |row| row.get(0)).ok()
}

/// Puts a mail into the Maildir.
pub fn arrives(house: &Path, name: &str, mail: &str) {
    fs::write(house.join("Maildir/new").join(name), mail).expect("a mail");
}
