//! `completions` and `man`: what belongs to an installation.

use std::io;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::args::{Cli, CompletionsArgs};
use super::output;
use crate::failure::{Code, Failure};

/// What a script reads from the exit code.
const EXIT_STATUS: [(&str, &str); 9] = [
    ("0", "done"),
    ("1", "check found problems"),
    ("64", "the command line is wrong"),
    ("66", "a named file, person or mail is not there, or cannot be read"),
    ("69", "a server cannot be reached or refuses, or the store is damaged"),
    ("70", "a bug in touchbase"),
    ("73", "something cannot be written"),
    ("75", "try later: another touchbase is at work, or a server asks for patience"),
    ("78", "the configuration, or a file that it names, is wrong"),
];

const FILES: [(&str, &str); 3] = [
    ("/etc/touchbase/touchbase.toml", "the configuration, unless --config names another"),
    ("/var/lib/touchbase/touchbase.db", "the record of an installed touchbase; otherwise beside the configuration"),
    ("/var/lib/touchbase/reports/", "the reports"),
];

pub fn completions(args: CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "touchbase", &mut script);
    output::bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// One page: the program, then every command with its options.
pub fn man() -> Result<ExitCode, Failure> {
    let mut page = Vec::new();
    render(&mut page).map_err(|e| Failure::new(Code::Bug, "cannot render the manual page").because(&e))?;
    output::bytes(&page)?;
    Ok(ExitCode::SUCCESS)
}

fn render(page: &mut Vec<u8>) -> io::Result<()> {
    let mut program = Cli::command();
    program.build();
    let man = Man::new(program.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    let mut synopsis = Roff::new();
    synopsis.control("SH", ["SYNOPSIS"]);
    synopsis.text([bold("touchbase"), roman(" [--config "), italic("FILE"), roman("] "), italic("COMMAND")]);
    synopsis.to_writer(page)?;
    man.render_options_section(page)?;
    let mut commands = Roff::new();
    commands.control("SH", ["COMMANDS"]);
    tell_commands(&mut commands, "", &program);
    tell_pairs(&mut commands, "EXIT STATUS", &EXIT_STATUS);
    tell_pairs(&mut commands, "FILES", &FILES);
    commands.to_writer(page)
}

/// Every command that does something itself, by its whole name.
fn tell_commands(roff: &mut Roff, before: &str, parent: &Command) {
    for command in parent.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        let name = format!("{before}{}", command.get_name());
        match command.has_subcommands() {
            true => tell_commands(roff, &format!("{name} "), command),
            false => tell_command(roff, &name, command),
        }
    }
}

fn tell_command(roff: &mut Roff, name: &str, command: &Command) {
    let places = command.get_positionals().map(|place| format!(" {place}"));
    roff.control("SS", [format!("{name}{}", places.collect::<String>()).as_str()]);
    roff.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
    let own = command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help");
    for arg in own {
        roff.control("TP", []);
        roff.text([bold(arg.to_string())]);
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        match arg.get_action().takes_values() && !values.is_empty() {
            true => roff.text([roman(format!("{help}: {}", values.join(", ")))]),
            false => roff.text([roman(help)]),
        };
    }
}

fn tell_pairs(roff: &mut Roff, heading: &str, pairs: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (what, meaning) in pairs {
        roff.control("TP", []);
        roff.text([bold(*what)]);
        roff.text([roman(*meaning)]);
    }
}
