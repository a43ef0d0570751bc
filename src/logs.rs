//! Where log lines go: fields to the journal under systemd, text to standard error otherwise.

use std::sync::OnceLock;

use tracing_subscriber::Registry;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;

/// What is let through, while only the configuration says; empty once the command line has said.
static FILTER: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Starts logging. `verbose` is how often `-v` was given: 1 shows debug, 2 trace. With neither `-v` nor `quiet` the
/// configuration decides, see [`level`]; until it is read, info is shown.
pub fn start(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::WARN,
        (false, 0) => LevelFilter::INFO,
        (false, 1) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    let (targets, handle) = reload::Layer::new(capped(level));
    if !quiet && verbose == 0 {
        // A second start (tests) is harmless: the first one stays.
        let _ = FILTER.set(handle);
    }
    let registry = tracing_subscriber::registry().with(targets);
    // A second start (tests) is harmless: the first one stays.
    let _ = match journal() {
        Some(journal) => registry.with(journal).try_init(),
        None => {
            registry.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false)).try_init()
        }
    };
}

/// Takes over `[log] level`, a word such as `warn`, unless the command line has decided.
pub fn level(word: &str) {
    if let (Some(filter), Ok(level)) = (FILTER.get(), word.parse()) {
        // It fails only when logging has ended.
        let _ = filter.reload(capped(level));
    }
}

/// The IMAP crates print the login line, password included, at trace level. They are capped here and
/// not in the configuration, so that nobody can lift it.
fn capped(level: LevelFilter) -> Targets {
    let cap = LevelFilter::WARN.min(level);
    let foreign = ["async_imap", "imap_proto", "rustls", "mail_parser"];
    Targets::new().with_default(level).with_targets(foreign.map(|target| (target, cap)))
}

/// The journal, only if standard error really is connected to it (`$JOURNAL_STREAM`, systemd.exec(5)).
fn journal() -> Option<tracing_journald::Layer> {
    use std::os::linux::fs::MetadataExt;
    let named = std::env::var("JOURNAL_STREAM").ok()?;
    let stderr = std::fs::metadata("/proc/self/fd/2").ok()?;
    let matches = named == format!("{}:{}", stderr.st_dev(), stderr.st_ino());
    if !matches {
        return None;
    }
    Some(tracing_journald::layer().ok()?.with_field_prefix(Some("TOUCHBASE".to_owned())))
}
