//! From the configuration to what each edge needs, and from their errors to what a person reads.
//!
//! The edges do not know the configuration, nor one another; here they are introduced.

mod failures;
pub mod people;
mod post;
mod tokens;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

pub use failures::{config_failure, inbox_failure, publish_failure, store_failure};
pub use people::People;
pub use post::{answers_to, postman, postman_failure};
pub use tokens::{oauth_failure, vault};

use crate::clock;
use crate::config::{self, Config};
use crate::failure::{Code, Failure};
use crate::inbox::{After, imap, maildir};
use crate::interaction::{Keep, Privacy};
use crate::mailbox::Route;
use crate::pipeline::Rules;
use crate::store::{self, Store};
use crate::worker;

/// A mailbox, ready to be read.
#[derive(Clone)]
pub enum Inbox {
    /// On a server.
    Imap(Box<imap::Settings>),
    /// In files.
    Maildir(maildir::Settings),
}

/// Loads the configuration.
///
/// # Errors
/// Every problem in it at once (78).
pub fn load(path: &Path) -> Result<Config, Failure> {
    Config::load(path).map_err(|error| config_failure(&error))
}

/// Whether there is something to watch in it. Commands that ask nothing of a mailbox have work without.
///
/// # Errors
/// It is still the sample that came with touchbase (78).
pub fn filled_in(path: &Path, config: &Config) -> Result<(), Failure> {
    match config.is_sample() {
        true => Err(failures::sample_failure(path)),
        false => Ok(()),
    }
}

/// The runtime of the edges.
///
/// # Errors
/// The system refuses threads.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // IMAP answers are parsed by recursive descent; hazards of nesting get room instead of a crash.
        .thread_stack_size(8 * 1024 * 1024)
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Code::TryLater, "cannot start").because(&e))
}

/// How this very program is started again to read mail. The kernel's name for it also holds when the file was
/// replaced by a newer version meanwhile.
pub fn reader(workers: usize) -> worker::Settings {
    worker::Settings {
        program: PathBuf::from("/proc/self/exe"),
        args: vec![worker::COMMAND.into()],
        workers,
        deadline: Duration::from_secs(15),
    }
}

/// Where the record lies.
pub fn store_settings(config: &Config) -> store::Settings {
    store::Settings { path: config.store.path.clone() }
}

/// What reading a mail depends on.
pub fn rules(config: &Config) -> Rules {
    Rules {
        team: config.team(),
        trust: config.trust.clone(),
        phrases: config.phrases.lists.clone(),
        ..Rules::default()
    }
}

/// What may be kept.
pub fn privacy(config: &Config) -> Privacy {
    let mut privacy = Privacy {
        text: match config.privacy.text {
            config::TextKept::Full => Keep::Full,
            config::TextKept::Excerpt => Keep::Excerpt,
            config::TextKept::None => Keep::None,
        },
        ..Privacy::default()
    };
    for whom in &config.privacy.exclude {
        match whom {
            config::Whom::Address(address) => privacy.exclude_addresses.push(address.key()),
            config::Whom::Domain(domain) => privacy.exclude_domains.push(domain.clone()),
        }
    }
    privacy
}

/// Every configured mailbox.
///
/// # Errors
/// A password that cannot be found (78): missing credentials must be fatal here, not an endless retry.
pub fn inboxes(config: &Config) -> Result<Vec<Inbox>, Failure> {
    config.mailboxes.iter().map(inbox).collect()
}

/// One configured mailbox, ready to be read.
///
/// # Errors
/// As [`inboxes`].
pub fn inbox(mailbox: &config::Mailbox) -> Result<Inbox, Failure> {
    let route = if mailbox.capture_addresses.is_empty() { Route::Watched } else { Route::Capture };
    match &mailbox.source {
        config::Source::Maildir(path) => Ok(Inbox::Maildir(maildir::Settings {
            name: mailbox.name.clone(),
            path: path.clone(),
            folders: mailbox.folders.clone(),
            route,
            poll: mailbox.poll,
            after: after(mailbox),
            since: mailbox.since,
            clock: clock::now,
        })),
        config::Source::Imap(account) => {
            let password = proof(mailbox, account)?;
            Ok(Inbox::Imap(Box::new(imap::Settings {
                name: mailbox.name.clone(),
                host: account.host.clone(),
                port: account.port,
                tls: match account.tls {
                    config::Tls::Implicit => imap::Tls::Implicit,
                    config::Tls::Starttls => imap::Tls::StartTls,
                    config::Tls::None => imap::Tls::None,
                },
                ca_file: account.ca_file.clone(),
                user: account.user.clone(),
                password,
                folders: mailbox.folders.clone(),
                route,
                poll: mailbox.poll,
                after: after(mailbox),
                since: mailbox.since,
                patience: imap::Patience::default(),
                clock: clock::now,
            })))
        }
    }
}

fn after(mailbox: &config::Mailbox) -> After {
    match &mailbox.after {
        config::After::Leave => After::Leave,
        config::After::Seen => After::Seen,
        config::After::Move(folder) => After::Move(folder.clone()),
        config::After::Delete => After::Delete,
    }
}

/// What is shown at a login. A password has to be there from the beginning; for a token a person may still have to
/// agree, and the mailbox waits for that.
fn proof(mailbox: &config::Mailbox, account: &config::Imap) -> Result<imap::Password, Failure> {
    let source = match (&account.login, vault(mailbox)) {
        (config::Login::Password(source), _) => source,
        (config::Login::OAuth(_), Some(vault)) => return Ok(tokens::token(&mailbox.name, vault)),
        (config::Login::OAuth(_), None) => return Err(Failure::new(Code::Bug, "tokens without a place to keep them")),
    };
    source.read().map_err(|error| {
        Failure::new(Code::Configuration, format!("cannot get the password of mailbox {}", mailbox.name))
            .because(&error)
            .hint(error.hint())
    })?;
    Ok(password(source.clone()))
}

/// The password, asked for at each login on a thread that may wait: a command can take ten seconds.
fn password(source: config::PasswordSource) -> imap::Password {
    imap::Password::new(move || {
        let source = source.clone();
        async move {
            let read = tokio::task::spawn_blocking(move || source.read().map_err(|error| error.to_string()));
            read.await.unwrap_or_else(|_| Err("it could not be asked for".to_owned()))
        }
    })
}

/// Lets go of unmatched mail and interactions kept longer than wished.
///
/// # Errors
/// The store's.
pub fn keep_house(store: &mut Store, privacy: &config::Privacy, now: Timestamp) -> store::Result<()> {
    let before = |days: u32| now.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days))).ok();
    if let Some(before) = before(privacy.unmatched_days) {
        store.expire_unmatched(before)?;
    }
    if let (1.., Some(before)) = (privacy.keep_days, before(privacy.keep_days)) {
        store.expire_interactions(before)?;
    }
    Ok(())
}
