//! `completions` and `man`: what belongs to an installation.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs, ManArgs};
use super::{manual, output};
use crate::failure::{Code, Failure};

pub fn completions(args: CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "touchbase", &mut script);
    output::bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// The page of the program, or all of them as files.
pub fn man(args: ManArgs) -> Result<ExitCode, Failure> {
    match args.into {
        None => output::bytes(manual::overview().as_bytes())?,
        Some(folder) => {
            for (place, page) in manual::pages() {
                let path = folder.join(place);
                write(&path, &page).map_err(|error| {
                    Failure::new(Code::CannotWrite, format!("cannot write {}", path.display())).because(&error)
                })?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, page: &str) -> std::io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, page)
}
