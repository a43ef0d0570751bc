//! Which folder a relative path means.
//!
//! What touchbase reads (contacts, passwords, certificates) lies beside the
//! configuration file. What it writes (record, reports) lies in the state
//! directory that systemd gives (`$STATE_DIRECTORY`). A person who asks the
//! installed record from a shell has no such variable and means the same
//! folder, so a configuration below /etc writes below /var/lib under its own
//! folder's name; any other writes beside itself.

use std::path::{Path, PathBuf};

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
        let state = std::env::var_os("STATE_DIRECTORY").filter(|dir| !dir.is_empty());
        // systemd joins several with colons; the first is ours (systemd.exec(5)).
        let first = state.and_then(|dirs| std::env::split_paths(&dirs).next());
        Places { state: first.unwrap_or_else(|| without_systemd(&beside)), beside }
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

/// Where the service's own state lies when it is not the service that asks.
fn without_systemd(beside: &Path) -> PathBuf {
    match beside.strip_prefix("/etc") {
        Ok(below) if below.components().next().is_some() => Path::new("/var/lib").join(below),
        _ => beside.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_configuration_writes_where_the_service_writes() {
        assert_eq!(without_systemd(Path::new("/etc/touchbase")), Path::new("/var/lib/touchbase"));
        assert_eq!(without_systemd(Path::new("/home/me/crm")), Path::new("/home/me/crm"));
        assert_eq!(without_systemd(Path::new("/etc")), Path::new("/etc"));
    }
}
