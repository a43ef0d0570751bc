//! Who reads the mailbox: touchbase, mbsync, a bare fetch and a short Python script, each from its own folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::watched::{self, Took};
use super::{Place, bare};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Touchbase,
    Mbsync,
    Bare,
    Script,
}

impl Peer {
    /// In the order in which they take turns.
    pub const ALL: [Peer; 4] = [Peer::Touchbase, Peer::Mbsync, Peer::Bare, Peer::Script];

    /// As the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Peer::Touchbase => "touchbase once",
            Peer::Mbsync => "mbsync, FSync no",
            Peer::Bare => "bare fetch",
            Peer::Script => "imaplib+email+sqlite3",
        }
    }

    fn folder(self, place: &Place) -> PathBuf {
        place.folder.path().join(format!("{self:?}"))
    }

    /// Forgets everything it read.
    pub fn forget(self, place: &Place) {
        let folder = self.folder(place);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("mail")).expect("a folder");
        match self {
            Peer::Touchbase => touchbase_files(place, &folder, place.port, true),
            Peer::Mbsync => fs::write(folder.join("mbsyncrc"), mbsyncrc(place)).expect("a file"),
            Peer::Bare | Peer::Script => {}
        }
    }

    /// Reads whatever it has not read yet.
    pub fn read(self, place: &Place) -> Took {
        let folder = self.folder(place);
        let marker = place.server.log().len();
        let mut took = watched::run(&self.command(place), &folder);
        took.wire = sent_since(place, marker);
        took
    }

    fn command(self, place: &Place) -> Command {
        let (port, ca) = (place.port.to_string(), place.server.ca_file.display().to_string());
        let words = match self {
            Peer::Touchbase => vec![env!("CARGO_BIN_EXE_touchbase"), "--config", "touchbase.toml", "once"],
            Peer::Mbsync => vec!["mbsync", "-q", "-c", "mbsyncrc", "all"],
            Peer::Bare => return own(&[bare::BARE, &port, &ca, &place.server.user, &place.server.password]),
            Peer::Script => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/mailbox/peer.py");
                let rest = [script, &port, &ca, &place.server.user, &place.server.password, "mail.db"];
                let mut command = Command::new("python3");
                command.args(rest);
                return command;
            }
        };
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    }
}

fn own(words: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(words);
    command
}

/// A configuration, contacts and a password for touchbase, over TLS or not.
pub fn touchbase_files(place: &Place, folder: &std::path::Path, port: u16, tls: bool) {
    let tls = if tls { format!("ca-file = {:?}", place.server.ca_file) } else { "tls = \"none\"".to_owned() };
    let configuration = format!(
        "[team]\naddresses = [\"jordan@us.example\"]\ndomains = [\"us.example\"]\n[[mailbox]]\nname = \"all\"\nkind = \
         \"imap\"\nhost = \"localhost\"\nport = {port}\n{tls}\nuser = \"{}\"\npassword-file = \
         \"password\"\n[contacts]\nfiles = [\"contacts.csv\"]\n[log]\nlevel = \"warn\"\n",
        place.server.user
    );
    fs::write(folder.join("touchbase.toml"), configuration).expect("a file");
    fs::write(folder.join("contacts.csv"), super::generate::contacts()).expect("a file");
    let password = folder.join("password");
    fs::write(&password, format!("{}\n", place.server.password)).expect("a file");
    fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("permissions");
}

fn mbsyncrc(place: &Place) -> String {
    format!(
        "FSync no\nIMAPAccount a\nHost localhost\nPort {}\nUser {}\nPass \"{}\"\nSSLType IMAPS\nCertificateFile {}\n\
         SystemCertificates no\n\nIMAPStore far\nAccount a\n\nMaildirStore near\nPath mail/\nInbox mail/INBOX\n\n\
         Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull New\nSyncState *\n",
        place.port,
        place.server.user,
        place.server.password,
        place.server.ca_file.display()
    )
}

/// What the server has sent in the sessions that ended since.
fn sent_since(place: &Place, marker: usize) -> u64 {
    for _ in 0..100 {
        let log = place.server.log();
        let new = log.get(marker..).unwrap_or_default();
        let sent: u64 = new.split(" out=").skip(1).filter_map(number).sum();
        if sent > 0 {
            return sent;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    0
}

fn number(text: &str) -> Option<u64> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
