//! `import`: history from Maildir folders, mbox and .eml files. Interrupted, it goes on where it was.

use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::ImportArgs;
use super::{office, once};
use crate::config::Config;
use crate::daemon::counts::Counts;
use crate::daemon::engine::Engine;
use crate::failure::{Code, Failure};
use crate::inbox::import::Progress;
use crate::wiring::{self};

pub fn import(config: &Option<PathBuf>, args: ImportArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    for path in &args.paths {
        std::fs::metadata(path).map_err(|e| {
            Failure::new(Code::NoInput, format!("cannot read {}", path.display()))
                .because(&e)
                .hint("name Maildir folders, mbox files, .eml files, or folders of them")
        })?;
    }
    let counts = wiring::runtime()?.block_on(read(&config, args.paths))?;
    once::print(&counts, args.json)?;
    Ok(ExitCode::SUCCESS)
}

async fn read(config: &Config, paths: Vec<PathBuf>) -> Result<Counts, Failure> {
    let (engine, _) = Engine::start(config, true)?;
    let bar = bar();
    let shown = bar.clone();
    let tell = move |progress: Progress| {
        shown.set_length(progress.total);
        shown.set_position(progress.done);
    };
    let ended = engine.import(&paths, tell).await;
    bar.finish_and_clear();
    if let Err(error) = ended {
        return Err(engine.failure().unwrap_or_else(|| {
            wiring::inbox_failure("import", &error).reworded("cannot import this; what came before it is on record")
        }));
    }
    engine.failure().map_or(Ok(engine.counts()), Err)
}

/// A bar on a terminal; nothing elsewhere (indicatif hides itself there).
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
