//! What the operator wrote, as one checked tree.
//!
//! One file, one [`Config`], one `Default`: a key that is not written has the
//! value of `Config::default()`, and `config/touchbase.toml` shows each of
//! them. Reading collects every [`Problem`] at once and refuses the whole file
//! if there is one; half a configuration is never used.
//!
//! What touchbase reads lies beside the file, what it writes lies in the state
//! directory ([`Places`]). Secrets are never in the tree, only where to find
//! them ([`secret`]). Only this module reads the environment.

pub mod mailbox;
pub mod metrics;
pub mod oauth;
pub mod phrases;
pub mod places;
pub mod privacy;
pub mod problem;
pub mod report;
mod sample;
pub mod secret;
mod section;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::contacts::domains;
use crate::contacts::import::Ours;
use crate::mail::{Address, Domain};
use crate::trust::Policy;
use crate::understand::Team;

pub use mailbox::{After, Imap, Login, Mailbox, Source, Tls};
pub use metrics::Metrics;
pub use oauth::OAuth;
pub use phrases::Phrases;
pub use places::Places;
pub use privacy::{Privacy, TextKept, Whom};
pub use problem::{ConfigError, Problem};
pub use report::{Calendar, Format, Report, ReportMail};
pub use sample::SAMPLE;
pub use secret::{PasswordSource, SecretError};
use section::{Fault, Notes, Section};

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// `[team]`: our people.
    pub team: TeamConfig,
    /// `[[mailbox]]`: where mail is watched, in the order written.
    pub mailboxes: Vec<Mailbox>,
    /// `[contacts]`: files with customers and contacts.
    pub contacts: Contacts,
    /// `[trust]`: who vouches for authors.
    pub trust: Policy,
    /// `[privacy]`: what is kept, of whom, how long.
    pub privacy: Privacy,
    /// `[store]`: where the record lies.
    pub store: Store,
    /// `[report]`: when the page is written, where, in what form.
    pub report: Report,
    /// `[phrases]`: what is listened for.
    pub phrases: Phrases,
    /// `[metrics]`: figures for other programs.
    pub metrics: Metrics,
    /// `[log]`: how much is told.
    pub log: Log,
}

/// `[team]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamConfig {
    /// Our people's addresses.
    pub addresses: Vec<Address>,
    /// Domains where everybody is a colleague; subdomains are not.
    pub domains: Vec<Domain>,
}

/// `[contacts]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contacts {
    /// CSV, vCard or TOML files, read at start and whenever they change; absolute.
    pub files: Vec<PathBuf>,
    /// Domains to be treated like freemail, besides those known.
    pub freemail_domains_extra: Vec<Domain>,
}

/// `[store]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The SQLite file; absolute once loaded.
    pub path: PathBuf,
}

/// `[log]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Log {
    /// The least severe level that is written.
    pub level: Level,
}

/// The levels of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// What stopped.
    Error,
    /// What will stop, or went on otherwise than wished.
    Warn,
    /// Changes of state, and one line per settled mail.
    #[default]
    Info,
    /// Addresses and subjects appear from here on.
    Debug,
    /// Everything.
    Trace,
}

impl Level {
    /// The word of the configuration, which is also that of a filter.
    pub fn as_str(self) -> &'static str {
        LEVELS.iter().find(|(_, level)| *level == self).map_or("info", |(word, _)| word)
    }
}

const LEVELS: [(&str, Level); 5] = [
    ("error", Level::Error),
    ("warn", Level::Warn),
    ("info", Level::Info),
    ("debug", Level::Debug),
    ("trace", Level::Trace),
];

impl Default for Store {
    fn default() -> Store {
        Store { path: PathBuf::from("touchbase.db") }
    }
}

impl Config {
    /// Reads a file, and the phrase lists it names. Relative paths become absolute by [`Places::of`].
    ///
    /// # Errors
    /// Everything that is wrong with it, or that it cannot be read.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let failed = |problems| ConfigError { path: path.to_owned(), problems };
        let text = std::fs::read(path).map_err(|error| failed(vec![unreadable(path, &error)]))?;
        let text = String::from_utf8(text).map_err(|error| failed(vec![not_utf8(&error)]))?;
        let mut config = Config::read(&text, &Places::of(path)).map_err(failed)?;
        config.phrases.load().map_err(failed)?;
        Ok(config)
    }

    /// Reads the text of a file; relative paths are resolved against `places`. Pure.
    ///
    /// # Errors
    /// Every problem, in the order of the lines.
    pub fn read(text: &str, places: &Places) -> Result<Config, Vec<Problem>> {
        let (config, notes) = walk(text, places)?;
        let problems = notes.into_problems();
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// Our side, for understanding mail: our people and every mailbox's capture addresses.
    pub fn team(&self) -> Team {
        let mut capture: Vec<Address> = self.mailboxes.iter().flat_map(|m| m.capture_addresses.clone()).collect();
        capture.sort();
        capture.dedup();
        Team {
            addresses: self.team.addresses.clone(),
            domains: self.team.domains.clone(),
            capture_addresses: capture,
            assume: false,
        }
    }

    /// Who can never be a contact or customer, for taking contacts files.
    pub fn ours(&self) -> Ours {
        let team = self.team();
        Ours {
            addresses: team.addresses.into_iter().chain(team.capture_addresses).collect(),
            domains: team.domains,
            freemail_extra: self.contacts.freemail_domains_extra.clone(),
        }
    }
}

/// The tree as far as it could be read, and what was noted on the way.
fn walk<'t>(text: &'t str, places: &Places) -> Result<(Config, Notes<'t>), Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let notes = Notes::new(text);
    let document = DeTable::parse(text).map_err(|error| vec![not_toml(&notes, &error)])?;
    let mut top = Section::top(document.get_ref(), &notes);
    let config = Config {
        team: team(top.section("team")),
        mailboxes: top.sections("mailbox").into_iter().map(|s| mailbox::read(s, places)).collect(),
        contacts: contacts(top.section("contacts"), places),
        trust: trust(top.section("trust")),
        privacy: privacy::read(top.section("privacy")),
        store: store(top.section("store"), places),
        report: report::read(top.section("report"), places),
        phrases: phrases::read(top.section("phrases"), places),
        metrics: metrics::read(top.section("metrics"), places),
        log: log(top.section("log")),
    };
    check_together(&config, &top);
    top.close();
    Ok((config, notes))
}

fn team(mut section: Section<'_>) -> TeamConfig {
    let addresses = section.list("addresses", value::address).unwrap_or_default();
    let domains = section.list("domains", |v| {
        let domain = value::domain(v)?;
        if domains::is_freemail(&domain) {
            return Err(Fault::new("is a freemail domain: everybody there would be a colleague")
                .hint("list your people one by one in `addresses`"));
        }
        Ok(domain)
    });
    section.close();
    TeamConfig { addresses, domains: domains.unwrap_or_default() }
}

fn contacts(mut section: Section<'_>, places: &Places) -> Contacts {
    let files = section.list("files", |v| {
        let path = value::text(v)?;
        let known = ["csv", "vcf", "vcard", "toml"];
        let ending = Path::new(&path).extension().map(|e| e.to_string_lossy().to_lowercase());
        match ending.is_some_and(|e| known.contains(&e.as_str())) {
            true => Ok(places.reading(&path)),
            false => Err(Fault::new("is no kind of contacts file").hint("a name ending in .csv, .vcf or .toml")),
        }
    });
    let extra = section.list("freemail-domains-extra", value::domain);
    section.close();
    Contacts { files: files.unwrap_or_default(), freemail_domains_extra: extra.unwrap_or_default() }
}

fn trust(mut section: Section<'_>) -> Policy {
    let ids = section.list("authentication-results", |v| {
        let id = value::text(v)?;
        match id.contains(|c: char| c.is_whitespace() || ";=\"()*".contains(c)) {
            true => Err(Fault::new("is no authserv-id")
                .hint("the first word of the Authentication-Results line that your own server writes, compared whole")),
            false => Ok(id),
        }
    });
    section.close();
    Policy { authentication_results: ids.unwrap_or_default() }
}

fn store(mut section: Section<'_>, places: &Places) -> Store {
    let path = section.get("url", |v| {
        let url = value::text(v)?;
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.trim_start_matches('/').is_empty() => {
                Ok(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
            }
            Some(("postgres" | "postgresql", _)) => {
                Err(Fault::new("PostgreSQL is not available yet").hint("use \"sqlite:touchbase.db\""))
            }
            _ => Err(Fault::new("is no store").hint("such as \"sqlite:touchbase.db\"")),
        }
    });
    section.close();
    Store { path: places.writing(path.unwrap_or_else(|| Store::default().path)) }
}

fn log(mut section: Section<'_>) -> Log {
    let level = section.or("level", Log::default().level, value::word(&LEVELS));
    section.close();
    Log { level }
}

/// What no key shows on its own: names used twice, one address in two roles, nobody to listen to.
fn check_together(config: &Config, top: &Section<'_>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for mailbox in config.mailboxes.iter().filter(|m| !m.name.is_empty()) {
        *seen.entry(&mailbox.name).or_default() += 1;
    }
    for (name, times) in seen.into_iter().filter(|(_, times)| *times > 1) {
        let fault = Fault::new(format!("{times} mailboxes are called {name:?}"));
        top.refuse("mailbox", fault.hint("give each a name of its own: cursors are kept by it"));
    }
    let both = config.team.addresses.iter().map(Address::key);
    let team = config.team();
    for key in both.filter(|key| team.capture_addresses.iter().any(|c| c.key() == *key)) {
        let fault = Fault::new(format!("{key} is both in team.addresses and a capture address"));
        top.refuse("mailbox", fault.hint("a capture address only records: remove it from one of them"));
    }
    if !config.mailboxes.is_empty() && config.team.addresses.is_empty() && config.team.domains.is_empty() {
        let fault = Fault::new("nobody is listed: no forward and no BCC would be obeyed");
        top.refuse("team", fault.hint("add your own address to `addresses` in [team]"));
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => "name it with --config FILE, or start from config/touchbase.toml".to_owned(),
        _ => format!("let the user that runs touchbase read {}", path.display()),
    };
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    Problem { line: None, path: String::new(), value: None, why, hint: Some(hint) }
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Problem {
    let at = error.utf8_error().valid_up_to();
    let line = 1 + error.as_bytes().get(..at).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
    Problem {
        line: u32::try_from(line).ok(),
        path: String::new(),
        value: None,
        why: "is not written in UTF-8".to_owned(),
        hint: Some("save the file as UTF-8".to_owned()),
    }
}

/// TOML's own words without the line they quote, because that line may hold a password.
fn not_toml(notes: &Notes<'_>, error: &toml::de::Error) -> Problem {
    Problem {
        line: error.span().map(|span| notes.line(&span)),
        path: String::new(),
        value: None,
        why: format!("is not TOML: {}", error.message()),
        hint: Some("text stands in quotes, sections in [brackets], each key once".to_owned()),
    }
}

#[cfg(test)]
mod tests;
