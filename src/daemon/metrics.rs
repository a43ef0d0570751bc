//! Figures for Prometheus, in a file that node_exporter's textfile collector reads: no port is opened for them.
//!
//! The form is the text exposition format 0.0.4; names follow Prometheus' conventions (base units, `_total`). No figure
//! names a person: labels are the configuration's own words and dispositions.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::counts::Counts;
use super::ledger::Desk;
use super::tally::{Folder, Tally};
use crate::config::Config;
use crate::interaction::Outcome;
use crate::mailbox::Mailbox;
use crate::store::{Health, MailboxState};

/// How often the figures are written: as often as anybody collects them.
const EVERY: Duration = Duration::from_secs(15);

/// Keeps the file in which the figures stand.
#[derive(Debug, Default)]
pub struct Figures {
    /// The file, and when it was last to be written.
    written: Option<(PathBuf, Instant)>,
    complained: bool,
}

impl Figures {
    /// Writes the figures if they are wished for and old. A file that cannot be written harms nothing else.
    pub async fn keep(&mut self, config: &Config, desk: &Desk) {
        if self.written.as_ref().is_some_and(|(path, _)| Some(path) != config.metrics.textfile.as_ref()) {
            self.forget();
        }
        let Some(path) = &config.metrics.textfile else { return };
        if self.written.as_ref().is_some_and(|(_, at)| at.elapsed() < EVERY) {
            return;
        }
        self.written = Some((path.clone(), Instant::now()));
        let Ok(health) = desk.keeper.ask(|store| store.health()).await else { return };
        let text = exposition(&Snapshot::of(config, health, desk.keeper.counts(), &desk.tally));
        match write(path, &text) {
            Ok(()) => self.complained = false,
            Err(error) if !self.complained => {
                self.complained = true;
                tracing::warn!(path = %path.display(), reason = %error, "metrics not written; will try again");
            }
            Err(_) => {}
        }
    }

    /// Takes the file away: figures of what no longer runs would be taken for true.
    pub fn forget(&mut self) {
        if let Some((path, _)) = self.written.take() {
            // What is not there needs no removing.
            let _ = fs::remove_file(path);
        }
    }
}

/// Everything there is to tell at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// What came of mails since the start.
    pub counts: Counts,
    /// Every configured folder: what the record says of it, and what it has cost since the start.
    pub folders: Vec<(MailboxState, Folder)>,
    /// Mails that turned up below a cursor since the start.
    pub late: u64,
    /// Mails waiting in the quarantine.
    pub quarantine: u64,
    /// Bytes of the database and its log.
    pub bytes: u64,
    /// When the last report was written first.
    pub last_report: Option<Timestamp>,
}

impl Snapshot {
    /// What the record and the tally say of the folders that are configured.
    pub fn of(config: &Config, health: Health, counts: Counts, tally: &Tally) -> Snapshot {
        let configured = config.mailboxes.iter().flat_map(|mailbox| {
            mailbox.folders.iter().map(|folder| Mailbox { name: mailbox.name.clone(), folder: folder.clone() })
        });
        let known = |mailbox: &Mailbox| health.mailboxes.iter().find(|state| state.mailbox == *mailbox).cloned();
        let folder = |mailbox: Mailbox| {
            let cost = tally.of(&mailbox);
            (known(&mailbox).unwrap_or_else(|| MailboxState::unread(mailbox)), cost)
        };
        Snapshot {
            counts,
            folders: configured.map(folder).collect(),
            late: tally.late_mails(),
            quarantine: health.quarantine,
            bytes: health.bytes,
            last_report: health.last_report,
        }
    }
}

/// The figures as text. A time that is not known has no sample.
pub fn exposition(snapshot: &Snapshot) -> String {
    let mut text = Text::default();
    text.family("touchbase_build_info", "gauge", "The version that runs; always 1.");
    text.sample("touchbase_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.family("touchbase_mails_total", "counter", "Mails settled since the start, by disposition.");
    for (outcome, word) in DISPOSITIONS {
        text.sample("touchbase_mails_total", &[("disposition", word)], snapshot.counts.of(outcome));
    }
    for (name, kind, help, value) in FOLDER_FAMILIES {
        text.family(name, kind, help);
        for (state, cost) in &snapshot.folders {
            let labels = [("mailbox", state.mailbox.name.as_str()), ("folder", state.mailbox.folder.as_str())];
            if let Some(value) = value(state, cost) {
                text.sample(name, &labels, value);
            }
        }
    }
    text.single("touchbase_late_mails_total", "counter", "Mails found below what was read already.", snapshot.late);
    text.single("touchbase_quarantine_mails", "gauge", "Mails that wait for a person.", snapshot.quarantine);
    text.single("touchbase_store_bytes", "gauge", "Size of the database and its log.", snapshot.bytes);
    if let Some(at) = snapshot.last_report.and_then(seconds) {
        let help = "When the last report was written, in Unix time.";
        text.single("touchbase_report_last_written_timestamp_seconds", "gauge", help, at);
    }
    text.0
}

/// Writes the figures whole or not at all, for everybody to read. What a power cut takes needs no sync: the next
/// figures come soon.
///
/// # Errors
/// The folder is not there, or nobody may write in it.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    // The collector reads names that end in .prom.
    let beside = PathBuf::from(format!("{}.{}", path.display(), std::process::id()));
    let written = (|| {
        // What an ended process of the same number has left.
        let _ = fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&beside)?;
        file.set_permissions(Permissions::from_mode(0o644))?;
        file.write_all(text.as_bytes())?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

const DISPOSITIONS: [(Outcome, &str); 5] = [
    (Outcome::Recorded, "recorded"),
    (Outcome::Unmatched, "unmatched"),
    (Outcome::SetAside, "set-aside"),
    (Outcome::Untrusted, "untrusted"),
    (Outcome::Unreadable, "unreadable"),
];

/// A family's name, type and help, and its value for one folder.
type FolderFamily = (&'static str, &'static str, &'static str, fn(&MailboxState, &Folder) -> Option<u64>);

const FOLDER_FAMILIES: [FolderFamily; 7] = [
    ("touchbase_mailbox_up", "gauge", "1 unless the last try to read the mailbox failed.", |state, _| {
        Some(u64::from(state.failure.is_none()))
    }),
    (
        "touchbase_mailbox_last_success_timestamp_seconds",
        "gauge",
        "When the mailbox was last read to its end, in Unix time.",
        |state, _| state.last_success.and_then(seconds),
    ),
    (
        "touchbase_mailbox_backoff_until_timestamp_seconds",
        "gauge",
        "Until when a mailbox that failed is left alone, in Unix time.",
        |state, _| state.next_try.and_then(seconds),
    ),
    ("touchbase_mailbox_lag_mails", "gauge", "Mails that were seen and are not settled.", |state, _| {
        Some(state.pending)
    }),
    (
        "touchbase_mailbox_owed_mails",
        "gauge",
        "Settled mails that are still to be seen, moved or deleted where they lie.",
        |state, _| Some(state.owed),
    ),
    (
        "touchbase_mailbox_logins_total",
        "counter",
        "Connections begun since the start to log in and read, failed ones included.",
        |_, cost| Some(cost.connections),
    ),
    ("touchbase_mailbox_fetched_bytes_total", "counter", "Bytes of mails fetched since the start.", |_, cost| {
        Some(cost.bytes)
    }),
];

fn seconds(at: Timestamp) -> Option<u64> {
    u64::try_from(at.as_second()).ok()
}

/// The text as it grows.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
        let _ = match labels.is_empty() {
            true => writeln!(self.0, "{name} {value}"),
            false => writeln!(self.0, "{name}{{{}}} {value}", labels.join(",")),
        };
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }
}

/// A label's value: backslash, quote and line feed are escaped, and nothing else may be.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_any_name_a_person_may_choose() {
        assert_eq!(escaped("a\\b\"c\nd ü"), "a\\\\b\\\"c\\nd ü");
    }

    #[test]
    fn the_file_is_replaced_whole_and_may_be_read_by_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("touchbase.prom");
        write(&path, "old\n").unwrap();
        write(&path, "new\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let nowhere = folder.path().join("nowhere/touchbase.prom");
        assert_eq!(write(&nowhere, "x\n").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
