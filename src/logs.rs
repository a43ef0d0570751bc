//! Where log lines go: fields to the journal under systemd, text to standard error otherwise.

mod journal;
mod masked;

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, reload};

use crate::config;
use crate::failure::Failure;
use journal::Journal;

/// The filter in use, where the configuration may set it: nobody asked for another on the command line.
static FILTER: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Whether log lines go to the journal.
static TO_JOURNAL: OnceLock<bool> = OnceLock::new();

/// Starts logging. `verbose` is how often `-v` was given: 0 shows info, 1 debug, 2 trace.
pub fn start(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::WARN,
        (false, 0) => LevelFilter::INFO,
        (false, 1) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    let (filter, handle) = reload::Layer::new(targets(level));
    if !quiet && verbose == 0 {
        let _ = FILTER.set(handle);
    }
    let registry = tracing_subscriber::registry().with(filter);
    let journal = journal();
    let _ = TO_JOURNAL.set(journal.is_some());
    // A second start (tests) is harmless: the first one stays.
    let _ = match journal {
        Some(journal) => registry.with(journal).try_init(),
        None => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .with_writer(masked::Stderr)
                    .with_ansi(io::stderr().is_terminal())
                    .with_target(false),
            )
            .try_init(),
    };
}

/// Tells why the program ends, on standard error; in the journal with the weight of an error (sd-daemon(3)).
///
/// Not by the journal's own socket: whoever ends at once is gone before the journal has looked whose words they are,
/// and `journalctl -u touchbase` would not show them.
pub fn tell(failure: &Failure) {
    let text = failure.to_string();
    match TO_JOURNAL.get() {
        Some(true) => masked::masked(&text).lines().for_each(|line| eprintln!("<3>{line}")),
        _ => eprintln!("{text}"),
    }
}

/// Takes the configured level over, unless the command line has said another.
pub fn adopt(level: config::Level) {
    let level = level.as_str().parse().unwrap_or(LevelFilter::INFO);
    if let Some(handle) = FILTER.get() {
        // It fails only when logging has ended.
        let _ = handle.reload(targets(level));
    }
}

/// The IMAP crates print the login line, password included, at trace level. They are capped here and
/// not in the configuration, so that nobody can lift it.
fn targets(level: LevelFilter) -> Targets {
    let capped = LevelFilter::WARN.min(level);
    Targets::new()
        .with_default(level)
        .with_target("async_imap", capped)
        .with_target("imap_proto", capped)
        .with_target("rustls", capped)
        .with_target("mail_parser", capped)
}

/// The journal, only if standard error really is connected to it (`$JOURNAL_STREAM`, systemd.exec(5)).
fn journal() -> Option<Journal> {
    use std::os::linux::fs::MetadataExt;
    let named = std::env::var("JOURNAL_STREAM").ok()?;
    let stderr = std::fs::metadata("/proc/self/fd/2").ok()?;
    let matches = named == format!("{}:{}", stderr.st_dev(), stderr.st_ino());
    matches.then(|| Journal::connect().ok())?
}
