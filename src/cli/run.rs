//! `run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use super::office;
use crate::failure::Failure;
use crate::{daemon, wiring};

pub fn run(config: &Option<PathBuf>) -> Result<ExitCode, Failure> {
    let runtime = wiring::runtime()?;
    let ended = runtime.block_on(daemon::run(office::config_path(config)));
    // What still waits for a server is not waited for.
    runtime.shutdown_background();
    if let Err(failure) = &ended {
        daemon::notify::failed(&failure.in_one_line());
    }
    ended.map(|()| ExitCode::SUCCESS)
}
