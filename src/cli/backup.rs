//! `backup`: a consistent copy of the store while it is in use.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::args::BackupArgs;
use super::{office, output};
use crate::failure::Failure;
use crate::store::StoreError;
use crate::wiring;

pub fn backup(config: &Option<PathBuf>, args: BackupArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    office::reader(&config)?.backup(&args.file).map_err(|error| failure(error, &args.file))?;
    let object = || json!({"file": args.file.display().to_string(), "bytes": size(&args.file)});
    output::done(args.json, &format!("{} written\n", args.file.display()), object)?;
    Ok(ExitCode::SUCCESS)
}

fn size(file: &Path) -> Option<u64> {
    file.metadata().ok().map(|meta| meta.len())
}

/// What concerns the copy is told of the copy, not of the store.
fn failure(error: StoreError, file: &Path) -> Failure {
    let of_copy = matches!(error, StoreError::Exists(_) | StoreError::CannotOpen { .. } | StoreError::Full(_));
    let failure = wiring::store_failure(error);
    match of_copy {
        true => failure
            .reworded(format!("cannot write the backup {}", file.display()))
            .hint("name a file that does not exist yet, in a folder with room that you may write to"),
        false => failure,
    }
}
