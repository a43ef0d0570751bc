//! `report`: a day's report, written again into the report folder or printed.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::civil::Date;

use super::args::{Format, ReportArgs};
use super::{office, output, people};
use crate::daemon::reporting;
use crate::failure::{Code, Failure};
use crate::{clock, report};

pub fn report(config: &Option<PathBuf>, args: ReportArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let reader = office::reader(&config)?;
    let settings = reporting::Settings::of(&config);
    let date = args.date.unwrap_or_else(|| yesterday(&settings));
    let customer = args.customer.as_deref().map(|word| people::find_customer(&reader, word)).transpose()?;
    let printed = args.format.is_some() || args.output.is_some() || customer.is_some();
    if !printed {
        let published = reporting::rewrite(&reader, &settings, date)?;
        let files = format!("{} file(s) written, {} unchanged", published.written, published.unchanged);
        output::text(&format!("{}: {files}\n", settings.directory.join(format!("{date}.html")).display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let day = reporting::day(&reader, &settings, date, customer.as_ref().map(|c| &c.id))?;
    let text = report::render(&day, form(args.format.unwrap_or(Format::Markdown)));
    match args.output {
        Some(file) if file != std::path::Path::new("-") => fs::write(&file, text).map_err(|e| {
            Failure::new(Code::CannotWrite, format!("cannot write {}", file.display()))
                .because(&e)
                .hint("name a file in a folder that you may write to, or `-` for standard output")
        })?,
        _ => output::text(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn yesterday(settings: &reporting::Settings) -> Date {
    let today = settings.working.zone.to_datetime(clock::now()).date();
    today.yesterday().unwrap_or(today)
}

fn form(format: Format) -> report::Format {
    match format {
        Format::Html => report::Format::Html,
        Format::Markdown => report::Format::Markdown,
        Format::Json => report::Format::Json,
    }
}
