//! `completions` and `man`: what belongs to an installation.

use std::process::ExitCode;

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::output;
use crate::failure::{Code, Failure};

pub fn completions(args: CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "touchbase", &mut script);
    output::bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// One page: the program, then every command with its options.
pub fn man() -> Result<ExitCode, Failure> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    let render = |page: &mut Vec<u8>| -> std::io::Result<()> {
        let man = clap_mangen::Man::new(command.clone());
        man.render(page)?;
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
            page.extend_from_slice(format!(".SH {}\n", sub.get_name().to_uppercase()).as_bytes());
            let man = clap_mangen::Man::new(sub.clone());
            man.render_description_section(page)?;
            man.render_options_section(page)?;
        }
        Ok(())
    };
    render(&mut page).map_err(|e| Failure::new(Code::Bug, "cannot render the manual page").because(&e))?;
    output::bytes(&page)?;
    Ok(ExitCode::SUCCESS)
}
