//! Which folder a relative path means.
//!
//! What touchbase reads (contacts, passwords, certificates) lies beside the
//! configuration file. What it writes (record, reports) lies in the state
//! directory that systemd gives (`$STATE_DIRECTORY`), or beside the file when
//! there is none: a service may not write to /etc. The installed configuration
//! always means the service's state, so that root asks the record the service
//! keeps, and does not begin one of its own in /etc.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of the installed configuration, and that of the service's state (`StateDirectory=touchbase`).
const INSTALLED: (&str, &str) = ("/etc/touchbase", "/var/lib/touchbase");

/// The two folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The folder of the configuration file.
    pub beside: PathBuf,
    /// The folder for what is written.
    pub state: PathBuf,
}

impl Places {
    /// The places of a configuration file, by the environment and the working directory.
    pub fn of(config: &Path) -> Places {
        let absolute = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
        let beside = absolute.parent().unwrap_or(Path::new("/")).to_owned();
        Places { state: state(&beside, std::env::var_os("STATE_DIRECTORY")), beside }
    }

    /// A path of something that is read.
    pub fn reading(&self, path: impl AsRef<Path>) -> PathBuf {
        self.beside.join(path)
    }

    /// A path of something that is written.
    pub fn writing(&self, path: impl AsRef<Path>) -> PathBuf {
        self.state.join(path)
    }
}

/// Where to write, for a configuration in this folder and what systemd says.
fn state(beside: &Path, given: Option<OsString>) -> PathBuf {
    // systemd joins several with colons; the first is ours (systemd.exec(5)).
    let given = given.and_then(|dirs| std::env::split_paths(&dirs).next());
    match given.filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => dir,
        None if beside == Path::new(INSTALLED.0) => PathBuf::from(INSTALLED.1),
        None => beside.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_lies_where_the_service_keeps_it_whoever_asks() {
        let table = [
            ("/etc/touchbase", Some("/var/lib/touchbase:/var/lib/other"), "/var/lib/touchbase"),
            ("/etc/touchbase", None, "/var/lib/touchbase"),
            ("/etc/touchbase", Some(""), "/var/lib/touchbase"),
            ("/home/me/mail", None, "/home/me/mail"),
            ("/home/me/mail", Some("/srv/state"), "/srv/state"),
        ];
        for (beside, given, expected) in table {
            assert_eq!(state(Path::new(beside), given.map(OsString::from)), Path::new(expected));
        }
    }
}
