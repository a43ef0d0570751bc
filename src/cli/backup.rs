//! `backup`, `restore`, `reindex`: a copy of the store while it is in use, the copy back in its place, the search index
//! made anew.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::args::{BackupArgs, Json};
use super::{office, output};
use crate::failure::Failure;
use crate::store::{self, StoreError};
use crate::{clock, wiring};

pub fn backup(config: &Option<PathBuf>, args: BackupArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    office::reader(&config)?.backup(&args.file).map_err(|error| failure(error, &args.file))?;
    let object = || json!({"file": args.file.display().to_string(), "bytes": size(&args.file)});
    output::done(args.json, &format!("{} written\n", args.file.display()), object)?;
    Ok(ExitCode::SUCCESS)
}

pub fn restore(config: &Option<PathBuf>, args: BackupArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let settings = wiring::store_settings(&config);
    let restored =
        store::restore(&settings, &args.file, clock::now()).map_err(|error| unrestored(error, &args.file))?;
    let kept = restored.kept.as_ref().map(|path| path.display().to_string());
    let mut words = format!("{} is the record now\n", args.file.display());
    if let Some(kept) = &kept {
        words += &format!("what was there before is kept as {kept}; remove it once you do not need it\n");
    }
    if restored.erased_again > 0 {
        words += &format!("{} erased since that backup were erased again\n", restored.erased_again);
    }
    if restored.unasked {
        words += "whoever was erased since that backup is back: `touchbase forget` them again\n";
    }
    words += "start touchbase: mail that came since that backup is read again\n";
    output::done(args.json, &words, || {
        json!({"file": args.file.display().to_string(), "kept": kept, "erased_again": restored.erased_again,
               "erased_unknown": restored.unasked})
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A backup that cannot be used is told of as such; the rest is about the record.
fn unrestored(error: StoreError, file: &Path) -> Failure {
    let hint = match &error {
        StoreError::AlreadyRunning { .. } => "stop touchbase first, such as with `systemctl stop touchbase`",
        StoreError::NotFound(_) => "name a file that `touchbase backup` wrote",
        StoreError::Foreign { .. } | StoreError::Broken(_) => "take an earlier backup; the record is as it was",
        _ => return wiring::store_failure(error),
    };
    wiring::store_failure(error).reworded(format!("cannot restore {}", file.display())).hint(hint)
}

pub fn reindex(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    office::store(&config)?.reindex().map_err(wiring::store_failure)?;
    output::done(args.json, "the search index and what reports read are built anew\n", || json!({"reindexed": true}))?;
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
