//! `[[mailbox]]`: one place where mail is watched, an IMAP account or a Maildir.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use toml::de::DeValue;

use super::oauth::{self, OAuth};
use super::places::Places;
use super::secret::{self, PASSWORD_KEYS, PasswordSource};
use super::section::{Answer, Fault, Section, kind};
use super::value;
use crate::mail::Address;
use crate::mailbox::Route;

/// How often a mailbox is looked at when its server does not tell of new mail itself.
const POLL: Duration = Duration::from_secs(60);
/// More often than this would burden the server, and IDLE tells within a second anyway.
const POLL_LEAST: Duration = Duration::from_secs(5);
/// Less often than this, yesterday's mail would miss the report.
const POLL_MOST: Duration = Duration::from_secs(24 * 3_600);

/// One `[[mailbox]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name, unique: cursors are kept by it.
    pub name: String,
    /// Where it lies.
    pub source: Source,
    /// The folders to watch; `INBOX` is the top of a Maildir.
    pub folders: Vec<String>,
    /// Addresses that only exist to record what reaches this mailbox.
    pub capture_addresses: Vec<Address>,
    /// How often to look.
    pub poll: Duration,
    /// What happens to a mail once it is settled.
    pub after: After,
    /// Mail that arrived before this day is left alone.
    pub since: Option<Date>,
}

impl Mailbox {
    /// How mail comes to be in it: with capture addresses people send it there, else it is somebody's own.
    pub fn route(&self) -> Route {
        if self.capture_addresses.is_empty() { Route::Watched } else { Route::Capture }
    }
}

/// Where a mailbox lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `kind = "imap"`.
    Imap(Imap),
    /// `kind = "maildir"`: its folder, absolute.
    Maildir(PathBuf),
}

/// An IMAP account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imap {
    /// The server's name, which its certificate has to show.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The login.
    pub user: String,
    /// A PEM file with roots to trust besides the system's, absolute.
    pub ca_file: Option<PathBuf>,
    /// What proves that we may.
    pub login: Login,
}

/// What proves that we may read an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// A password, and where it is found.
    Password(PasswordSource),
    /// Tokens, and who gives them.
    OAuth(Box<OAuth>),
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    /// From the first byte (RFC 8314).
    #[default]
    Implicit,
    /// Asked for in the clear, then from there on.
    Starttls,
    /// Not at all; only to this very machine.
    None,
}

/// What happens to a mail once it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum After {
    /// Nothing: the mailbox is opened read-only.
    #[default]
    Leave,
    /// It is marked as seen.
    Seen,
    /// It is moved to a folder.
    Move(String),
    /// It is deleted.
    Delete,
}

const IMAP_KEYS: [&str; 9] =
    ["host", "port", "tls", "user", "ca-file", "password-credential", "password-file", "password-command", "oauth"];

/// Reads one; what could not be read is filled in, because its problem is noted.
pub(super) fn read(mut section: Section<'_>, places: &Places) -> Mailbox {
    let name = section.required("name", "any short word, such as \"capture\"", value::text).unwrap_or_default();
    if !name.is_empty() {
        section.rename(format!("mailbox.{name}"));
    }
    let kinds = [("imap", true), ("maildir", false)];
    let source = match section.required("kind", "\"imap\" or \"maildir\"", value::word(&kinds)) {
        Some(true) => imap(&mut section, &name, places),
        Some(false) => maildir(&mut section, places),
        // Whatever it is, its keys are not unknown.
        None => {
            section.forgive(&IMAP_KEYS);
            section.forgive(&["path"]);
            Source::Maildir(PathBuf::new())
        }
    };
    let folders = folders(&mut section);
    let mailbox = Mailbox {
        after: after(&mut section, &source, &folders),
        source,
        folders,
        capture_addresses: section.list("capture-addresses", value::address).unwrap_or_default(),
        poll: section.or("poll", POLL, value::duration(POLL_LEAST, POLL_MOST)),
        since: section.get("since", value::date),
        name,
    };
    section.close();
    mailbox
}

fn folders(section: &mut Section<'_>) -> Vec<String> {
    let folders = section.list("folders", value::text);
    if section.is_empty_list("folders") {
        section.refuse("folders", Fault::new("names no folder").hint("such as [\"INBOX\"]"));
    }
    folders.unwrap_or_else(|| vec!["INBOX".to_owned()])
}

fn maildir(section: &mut Section<'_>, places: &Places) -> Source {
    let path = section.required("path", "the folder that holds cur, new and tmp", value::text);
    section.misplaced(&IMAP_KEYS, "it is for kind = \"imap\"");
    Source::Maildir(places.reading(path.unwrap_or_default()))
}

fn imap(section: &mut Section<'_>, name: &str, places: &Places) -> Source {
    let host = section.required("host", "the IMAP server, such as \"imap.us.example\"", value::host);
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let tls = tls(section, &host);
    let usual = if tls == Tls::Implicit { 993 } else { 143 };
    let port = section.or("port", usual, value::port);
    if tls == Tls::Implicit && port == 143 {
        let fault = Fault::new("is the port for STARTTLS, but tls is \"implicit\"");
        section.refuse("port", fault.hint("leave `port` out, or set tls = \"starttls\""));
    }
    if tls == Tls::Starttls && port == 993 {
        let fault = Fault::new("is the port for implicit TLS, but tls is \"starttls\"");
        section.refuse("port", fault.hint("leave both out: implicit TLS on port 993 is the default"));
    }
    let user = section.required("user", "the login of the account, often its address", value::text);
    let imap = Imap {
        host,
        port,
        tls,
        user: user.unwrap_or_default(),
        ca_file: section.get("ca-file", value::text).map(|path| places.reading(path)),
        login: login(section, name, places),
    };
    section.misplaced(&["path"], "it is for kind = \"maildir\"");
    Source::Imap(imap)
}

/// The password or the tokens; one of them, and not both.
fn login(section: &mut Section<'_>, name: &str, places: &Places) -> Login {
    let oauth = oauth::read(section, name, places);
    let password = secret::read_source(section, places, !section.has("oauth"));
    if section.has("oauth") && PASSWORD_KEYS.iter().any(|key| section.has(key)) {
        let fault = Fault::new("is one of several ways to log in");
        section.refuse("oauth", fault.hint("keep `oauth`, or the password"));
    }
    match oauth {
        Some(oauth) => Login::OAuth(Box::new(oauth)),
        None => Login::Password(password.unwrap_or_default()),
    }
}

/// `tls`, refused where words would cross a network in the clear.
pub(super) fn tls(section: &mut Section<'_>, host: &str) -> Tls {
    let choices = [("implicit", Tls::Implicit), ("starttls", Tls::Starttls), ("none", Tls::None)];
    let tls = section.or("tls", Tls::Implicit, value::word(&choices));
    if tls == Tls::None && !value::is_loopback(host) {
        let fault = Fault::new(format!("would send the password to {host} in the clear"));
        section.refuse("tls", fault.hint("\"implicit\" or \"starttls\"; \"none\" is for this machine only"));
    }
    tls
}

/// `after`, refused where mails would go round in circles.
fn after(section: &mut Section<'_>, source: &Source, folders: &[String]) -> After {
    let after = section.or("after", After::Leave, wish);
    if let After::Move(target) = &after
        && folders.iter().any(|folder| {
            // In a Maildir a full stop divides names as a slash does.
            let same = |folder: &str| match source {
                Source::Maildir(_) => folder.replace('.', "/") == target.replace('.', "/"),
                Source::Imap(_) => folder == target,
            };
            same(folder) || folder.eq_ignore_ascii_case("inbox") && folder.eq_ignore_ascii_case(target)
        })
    {
        let fault = Fault::new(format!("moves mails into {target:?}, which is watched as well"));
        section.refuse("after", fault.hint("take it out of `folders`, or name another folder"));
    }
    if let (After::Move(target), Source::Maildir(_)) = (&after, source)
        && target.split('/').any(|part| part.is_empty() || part.starts_with('.'))
        && section.is("kind", "maildir")
    {
        let fault = Fault::new(format!("{target:?} is no folder of a Maildir"));
        section.refuse("after", fault.hint("such as \"Recorded\" or \"Recorded/2026\""));
    }
    after
}

fn wish(value: &DeValue<'_>) -> Answer<After> {
    let choices = [("leave", After::Leave), ("seen", After::Seen), ("delete", After::Delete)];
    let words = "\"leave\", \"seen\", \"delete\" or { move = \"Folder\" }";
    match value {
        DeValue::String(word) => choices
            .into_iter()
            .find(|(name, _)| name == word)
            .map(|(_, after)| after)
            .ok_or_else(|| Fault::new("is none of the words known here").hint(words)),
        DeValue::Table(table) => match (table.get("move"), table.iter().count()) {
            (Some(folder), 1) => value::text(folder.get_ref()).map(After::Move),
            _ => Err(Fault::new("is not what to do with a mail").hint(words)),
        },
        other => Err(Fault::new(format!("is {}", kind(other))).hint(words)),
    }
}
