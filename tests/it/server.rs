//! Real IMAP servers of Debian behind one trait, so that one test body runs on each of them.
//!
//! `tests/run` installs Dovecot and unpacks the others into `target/servers`: Debian has one IMAP server at a time.
#![allow(dead_code)]

pub mod client;
pub mod courier;
pub mod cyrus;
pub mod dovecot;

use std::path::{Path, PathBuf};

pub use client::Client;
pub use courier::Courier;
pub use cyrus::Cyrus;
pub use dovecot::Dovecot;

/// A private IMAP server on loopback with one user, `capture`, and an empty INBOX. It ends when it is dropped.
pub trait Server: Sized + Sync {
    /// What tells this server's folders from one another: the separator, and what stands before a folder's name.
    const PREFIX: &'static str;

    /// Starts one and waits until it answers.
    fn start() -> Self;

    /// IMAP in plain text, with STARTTLS; and IMAP over TLS.
    fn ports(&self) -> (u16, u16);

    /// The authority that signed its certificate, which is for `localhost`.
    fn ca_file(&self) -> &Path;

    /// Delivers mails to INBOX as a mail server does, in this order.
    fn deliver(&self, mails: &[Vec<u8>]);

    /// Ends it without warning (SIGKILL).
    fn kill(&mut self);

    /// Starts it again on the same ports with the same mail, and waits until it answers.
    fn run(&mut self);

    /// What it has logged.
    fn log(&self) -> String;

    /// A connection of somebody else's mail program.
    fn client(&self) -> Client {
        Client::log_in(self.ports().0, "capture", "secret pass")
    }

    /// A folder's name as this server wants it.
    fn folder(&self, name: &str) -> String {
        format!("{}{name}", Self::PREFIX)
    }
}

impl Server for Dovecot {
    const PREFIX: &'static str = "";

    fn start() -> Dovecot {
        Dovecot::start()
    }

    fn ports(&self) -> (u16, u16) {
        (self.imap_port, self.imaps_port)
    }

    fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    fn deliver(&self, mails: &[Vec<u8>]) {
        self.deliver_all("capture", mails);
    }

    fn kill(&mut self) {
        Dovecot::kill(self);
    }

    fn run(&mut self) {
        Dovecot::run(self);
    }

    fn log(&self) -> String {
        Dovecot::log(self)
    }
}

/// Where `tests/run` has unpacked a server's packages.
pub fn unpacked(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let folder = target.join("servers").join(name);
    assert!(folder.is_dir(), "{} is not there: tests/run unpacks it", folder.display());
    folder
}
