//! The manual pages: touchbase(1) with every command on one page, one page for each command, and touchbase.toml(5).

mod settings;

use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::args::Cli;

/// When this version was made, as the newest entry of packaging/changelog has it.
const DATE: &str = "2026-11-22";

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

const FILES: [(&str, &str); 4] = [
    ("/etc/touchbase/touchbase.toml", "the configuration, unless --config names another"),
    ("/etc/touchbase/contacts.csv", "customers and their people, where the configuration says so"),
    ("/var/lib/touchbase/touchbase.db", "the record of an installed touchbase; otherwise beside the configuration"),
    ("/var/lib/touchbase/reports/", "the reports"),
];

/// Every page: where it lies in a folder of manuals, such as `man1/touchbase-run.1`, and its text.
pub(super) fn pages() -> Vec<(PathBuf, String)> {
    let mut pages = vec![
        (PathBuf::from("man1/touchbase.1"), overview()),
        (PathBuf::from("man5/touchbase.toml.5"), settings::page()),
    ];
    for_each(&program(), &mut |command| {
        let name = dashed(command);
        pages.push((PathBuf::from(format!("man1/{name}.1")), of_command(command)));
    });
    pages
}

/// touchbase(1): the program, then every command with its options.
pub(super) fn overview() -> String {
    let program = program();
    let mut roff = page("touchbase", "1", &about(&program));
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold("touchbase"), roman(" [--config "), italic("FILE"), roman("] "), italic("COMMAND")]);
    roff.control("SH", ["OPTIONS"]);
    tell_arguments(&mut roff, program.get_arguments());
    roff.control("SH", ["COMMANDS"]);
    for_each(&program, &mut |command| {
        if command.has_subcommands() {
            return;
        }
        let places: String = command.get_positionals().map(|place| format!(" {place}")).collect();
        roff.control("SS", [format!("{}{places}", words(command)).as_str()]);
        roff.text([roman(about(command))]);
        tell_arguments(&mut roff, own(command));
    });
    tell_pairs(&mut roff, "EXIT STATUS", &EXIT_STATUS);
    tell_pairs(&mut roff, "FILES", &FILES);
    let names = program.get_subcommands().filter(|command| is_told(command)).map(dashed);
    see_also(&mut roff, names.map(|name| (name, "1")).chain([("touchbase.toml".to_owned(), "5")]));
    roff.render()
}

fn of_command(command: &Command) -> String {
    let mut roff = page(&dashed(command), "1", &about(command));
    roff.control("SH", ["SYNOPSIS"]);
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    match usage.strip_prefix(&format!("touchbase {}", words(command))) {
        Some(rest) => roff.text([bold(format!("touchbase {}", words(command))), roman(rest)]),
        None => roff.text([roman(usage)]),
    };
    roff.control("SH", ["DESCRIPTION"]);
    roff.text([roman(format!("{}.", about(command)))]);
    if own(command).next().is_some() {
        roff.control("SH", ["OPTIONS"]);
        tell_arguments(&mut roff, own(command));
    }
    roff.control("PP", []);
    roff.text([roman("What every command understands, and what its exit code says, stands in touchbase(1).")]);
    let below: Vec<&Command> = command.get_subcommands().filter(|command| is_told(command)).collect();
    if !below.is_empty() {
        roff.control("SH", ["COMMANDS"]);
    }
    for command in &below {
        roff.control("TP", []);
        roff.text([bold(words(command))]);
        roff.text([roman(about(command))]);
    }
    let around = ["touchbase", "touchbase.toml"].map(str::to_owned).into_iter().zip(["1", "5"]);
    see_also(&mut roff, around.chain(below.iter().map(|command| (dashed(command), "1"))));
    roff.render()
}

/// The command line, knowing the whole name of each command.
fn program() -> Command {
    let mut program = Cli::command();
    program.build();
    program
}

/// Visits every command that is for people, from the top, families before their members.
fn for_each(parent: &Command, visit: &mut impl FnMut(&Command)) {
    for command in parent.get_subcommands().filter(|command| is_told(command)) {
        visit(command);
        for_each(command, visit);
    }
}

fn is_told(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// `touchbase-customers-add`.
fn dashed(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

/// `customers add`.
fn words(command: &Command) -> String {
    let whole = command.get_bin_name().unwrap_or_else(|| command.get_name());
    whole.trim_start_matches("touchbase ").to_owned()
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// What a command has besides the options of every command.
fn own(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help")
}

/// A page up to its name and what it is.
fn page(name: &str, section: &str, about: &str) -> Roff {
    let mut roff = Roff::new();
    let source = concat!("touchbase ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [name.to_uppercase().as_str(), section, DATE, source, "touchbase"]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {about}"))]);
    roff
}

fn tell_arguments<'a>(roff: &mut Roff, arguments: impl Iterator<Item = &'a Arg>) {
    for arg in arguments.filter(|arg| !arg.is_hide_set()) {
        roff.control("TP", []);
        let short = arg.get_short().map(|short| format!("-{short}, ")).filter(|_| arg.get_long().is_some());
        roff.text([bold(format!("{}{arg}", short.unwrap_or_default()))]);
        let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if arg.get_action().takes_values() {
            let values: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
            if !values.is_empty() {
                help += &format!(": {}", values.join(", "));
            }
        }
        roff.text([roman(help)]);
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

fn see_also(roff: &mut Roff, pages: impl Iterator<Item = (String, &'static str)>) {
    roff.control("SH", ["SEE ALSO"]);
    let mut line: Vec<Inline> = Vec::new();
    for (name, section) in pages {
        let comma = if line.is_empty() { "" } else { ", " };
        line.extend([roman(comma), bold(name), roman(format!("({section})"))]);
    }
    roff.text(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_have_the_date_of_the_package() {
        let changelog = include_str!("../../packaging/changelog");
        let written =
            changelog.lines().find_map(|line| line.strip_prefix(" -- ")).and_then(|line| line.split_once(">  "));
        let date = jiff::fmt::rfc2822::parse(written.expect("an entry that ends").1).expect("a date").date();
        assert_eq!(DATE, date.to_string());
        assert!(changelog.starts_with(&format!("touchbase ({}-", env!("CARGO_PKG_VERSION"))), "another version");
    }

    #[test]
    fn every_command_has_a_page_of_its_own() {
        let pages = pages();
        for name in ["touchbase", "touchbase-run", "touchbase-quarantine", "touchbase-unmatched-accept"] {
            let page = pages.iter().find(|(path, _)| path.as_os_str() == format!("man1/{name}.1").as_str());
            let (_, text) = page.unwrap_or_else(|| panic!("no page of {name}"));
            assert!(text.contains(&format!("{} \\- ", name.replace('-', "\\-"))), "{text}");
        }
        assert!(pages.iter().all(|(path, _)| !path.to_string_lossy().contains("help")));
    }
}
