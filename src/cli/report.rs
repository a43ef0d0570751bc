//! `report`: a day's report, a week's, or a customer's year, written again into the report folder or printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::ProgressBar;
use jiff::civil::Date;

use super::args::{Format, ReportArgs};
use super::{office, output, people};
use crate::daemon::reporting;
use crate::failure::{Code, Failure};
use crate::store::Reader;
use crate::{clock, report};

pub fn report(config: &Option<PathBuf>, args: ReportArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let settings = reporting::Settings::of(&config);
    if args.week {
        return week(&office::reader(&config)?, &settings, args);
    }
    let date = which_day(args.date, &settings)?;
    if args.year {
        return year(&office::reader(&config)?, &settings, date, args);
    }
    let reader = office::reader(&config)?;
    let customer = args.customer.as_deref().map(|word| people::find_customer(&reader, word)).transpose()?;
    let Some(format) = format(&args) else {
        let published = reporting::rewrite(&reader, &settings, date)?;
        let files = format!("{} file(s) written, {} unchanged", published.written, published.unchanged);
        output::text(&format!("{}: {files}\n", settings.directory.join(format!("{date}.html")).display()))?;
        return Ok(ExitCode::SUCCESS);
    };
    let day = reporting::day(&reader, &settings, date, customer.as_ref().map(|c| &c.id))?;
    match args.output {
        Some(file) if file != Path::new("-") => print(&report::render(&day, form(format)), Some(file))?,
        _ => output::pieces(|out| report::write(&day, form(format), out))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A week's report, written into the report folder or printed.
fn week(reader: &Reader, settings: &reporting::Settings, args: ReportArgs) -> Result<ExitCode, Failure> {
    let today = settings.working.zone.to_datetime(clock::now()).date();
    let date = match args.date {
        Some(date) => date,
        None => reporting::last_week(today)?,
    };
    let days = (which_day(Some(date), settings)?, today);
    let customer = args.customer.as_deref().map(|word| people::find_customer(reader, word)).transpose()?;
    let Some(format) = format(&args) else {
        let published = reporting::write_week(reader, settings, days)?;
        let files = format!("{} file(s) written, {} unchanged", published.written, published.unchanged);
        let page = settings.directory.join(report::page::week_path(report::week::monday(date)));
        output::text(&format!("{}: {files}\n", page.display()))?;
        return Ok(ExitCode::SUCCESS);
    };
    let files = reporting::week(reader, settings, days, customer.as_ref().map(|c| &c.id), &[form(format)])?;
    for file in files {
        print(&file.content, args.output.clone())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The year with a customer, or with each of them, written into the report folder or printed.
fn year(reader: &Reader, settings: &reporting::Settings, to: Date, args: ReportArgs) -> Result<ExitCode, Failure> {
    let customer = args.customer.as_deref().map(|word| people::find_customer(reader, word)).transpose()?;
    let customer = customer.map(|found| found.id);
    let wanted = args.format.is_some() || args.json || args.output.is_some();
    let Some(format) = format(&args).filter(|_| wanted) else {
        let bar = ProgressBar::new(0);
        let tell = |done: usize, of: usize| {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        };
        let published = reporting::write_years(reader, settings, to, customer.as_ref(), tell)?;
        bar.finish_and_clear();
        let files = format!("{} file(s) written, {} unchanged", published.written, published.unchanged);
        let place = match &customer {
            Some(id) => settings.directory.join(report::page::year_path(id, to.year())),
            None => settings.directory.join("customers"),
        };
        output::text(&format!("{}: {files}\n", place.display()))?;
        return Ok(ExitCode::SUCCESS);
    };
    let Some(customer) = customer else {
        return Err(Failure::new(Code::Usage, "cannot print the years of everybody at once").hint(
            "name one with --customer, or leave out --format and --output to write them all into the report folder",
        ));
    };
    for file in reporting::year(reader, settings, to, &customer, &[form(format)])? {
        print(&file.content, args.output.clone())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Into a file, or to standard output.
fn print(text: &str, output: Option<PathBuf>) -> Result<(), Failure> {
    match output {
        Some(file) if file != Path::new("-") => fs::write(&file, text).map_err(|e| {
            Failure::new(Code::CannotWrite, format!("cannot write {}", file.display()))
                .because(&e)
                .hint("name a file in a folder that you may write to, or `-` for standard output")
        }),
        _ => output::text(text),
    }
}

/// The day asked for, or yesterday. A day that has not come has nothing to tell.
fn which_day(asked: Option<Date>, settings: &reporting::Settings) -> Result<Date, Failure> {
    let today = settings.working.zone.to_datetime(clock::now()).date();
    let date = asked.unwrap_or_else(|| today.yesterday().unwrap_or(today));
    if date > today {
        return Err(Failure::new(Code::Usage, format!("cannot report on {date}: that day has not come yet"))
            .hint("leave out --date for yesterday's report"));
    }
    if date == today {
        output::aside(&format!("{date} is not over: this is how it stands so far"));
    }
    Ok(date)
}

/// The one form to print or to write elsewhere; `None` when the report folder is to be written.
fn format(args: &ReportArgs) -> Option<Format> {
    let by_name = |file: &PathBuf| match file.extension().and_then(|ending| ending.to_str()) {
        Some("html" | "htm") => Some(Format::Html),
        Some("json") => Some(Format::Json),
        _ => None,
    };
    let elsewhere = args.output.is_some() || args.customer.is_some();
    let json = args.json.then_some(Format::Json);
    let chosen = args.format.or(json).or_else(|| args.output.as_ref().and_then(by_name));
    chosen.or(elsewhere.then_some(Format::Markdown))
}

fn form(format: Format) -> report::Format {
    match format {
        Format::Html => report::Format::Html,
        Format::Markdown => report::Format::Markdown,
        Format::Json => report::Format::Json,
    }
}
