//! Where log lines go: fields to the journal under systemd, text to standard error otherwise.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging. `verbose` is how often `-v` was given: 0 shows info, 1 debug, 2 trace.
///
/// The IMAP crates print the login line, password included, at trace level. They are capped here and
/// not in the configuration, so that nobody can lift it.
pub fn start(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::WARN,
        (false, 0) => LevelFilter::INFO,
        (false, 1) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    let capped = LevelFilter::WARN;
    let targets = Targets::new()
        .with_default(level)
        .with_target("async_imap", capped)
        .with_target("imap_proto", capped)
        .with_target("rustls", capped)
        .with_target("mail_parser", capped);
    let registry = tracing_subscriber::registry().with(targets);
    // A second start (tests) is harmless: the first one stays.
    let _ = match journal() {
        Some(journal) => registry.with(journal).try_init(),
        None => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .with_writer(io::stderr)
                    .with_ansi(io::stderr().is_terminal())
                    .with_target(false),
            )
            .try_init(),
    };
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
