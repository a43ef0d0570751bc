//! `backup`: a consistent copy of the store while it is in use.

use std::path::PathBuf;
use std::process::ExitCode;

use super::args::BackupArgs;
use super::{office, output};
use crate::failure::Failure;
use crate::wiring;

pub fn backup(config: &Option<PathBuf>, args: BackupArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    office::reader(&config)?.backup(&args.file).map_err(wiring::store_failure)?;
    output::text(&format!("{} written\n", args.file.display()))?;
    Ok(ExitCode::SUCCESS)
}
