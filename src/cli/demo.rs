//! `demo`: the main job on bundled sample mail, through the daemon's own code path.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::args::DemoArgs;
use super::{once, output};
use crate::config::Config;
use crate::daemon::reporting;
use crate::failure::{Code, Failure};
use crate::store::{Reader, Settings, Store};
use crate::{clock, demo, wiring};

pub fn demo(args: DemoArgs) -> Result<ExitCode, Failure> {
    may_begin(&args.dir)?;
    let zone = TimeZone::get(demo::ZONE).unwrap_or(TimeZone::UTC);
    let today = zone.to_datetime(clock::now()).date();
    let config_file = demo::lay_out(&args.dir, today).map_err(|e| {
        Failure::new(Code::CannotWrite, format!("cannot lay out the demonstration in {}", args.dir.display()))
            .because(&e)
            .hint("name a folder that can be made, with room for 2 MB: touchbase demo DIR")
    })?;
    let config = demo::config(&config_file)
        .map_err(|e| Failure::new(Code::Bug, "the demonstration's configuration is wrong").cause(e))?;
    let passed = wiring::runtime()?.block_on(once::pass(&config))?;
    if let Some(failure) = passed.failures.into_iter().next() {
        return Err(failure);
    }
    let reader = Store::open_to_read(&wiring::store_settings(&config)).map_err(wiring::store_failure)?;
    write_reports(&config, &reader, today)?;
    let ready = Ready { page: page(&args.dir, today), config: absolute(&config_file) };
    if args.json {
        let counts = once::as_object(&passed.counts);
        output::json(&json!({"counts": counts, "report": ready.page, "config": ready.config}))?;
        return Ok(ExitCode::SUCCESS);
    }
    once::print(&passed.counts, false)?;
    output::text(&ready.told())?;
    Ok(ExitCode::SUCCESS)
}

/// Only a demonstration may be replaced, and not under a touchbase that is watching it.
fn may_begin(dir: &Path) -> Result<(), Failure> {
    if !demo::may_replace(dir) {
        return Err(Failure::new(Code::CannotWrite, format!("will not touch {}", dir.display()))
            .cause("it holds something that is no demonstration of this version")
            .hint("name a folder that does not exist yet: touchbase demo DIR"));
    }
    let path = dir.join("touchbase.db");
    if !path.exists() {
        return Ok(());
    }
    // A record that cannot be opened is about to be replaced.
    let Ok(mut store) = Store::open(&Settings { path }) else { return Ok(()) };
    store.lock().map(drop).map_err(wiring::store_failure)
}

/// The reports of the last month, oldest first, as the schedule would have written them.
fn write_reports(config: &Config, reader: &Reader, today: Date) -> Result<(), Failure> {
    let settings = reporting::Settings::of(config);
    let mut keeper_store = Store::open(&wiring::store_settings(config)).map_err(wiring::store_failure)?;
    let mut day = today.checked_sub(jiff::Span::new().days(crate::report::schedule::DAYS_BACK)).unwrap_or(today);
    while day < today {
        reporting::rewrite(reader, &settings, day)?;
        let watermark = reader.max_sequence().map_err(wiring::store_failure)?;
        keeper_store.note_report(day, demo::ZONE, watermark, clock::now()).map_err(wiring::store_failure)?;
        day = day.tomorrow().unwrap_or(today);
    }
    Ok(())
}

/// What there is to look at now.
struct Ready {
    page: PathBuf,
    config: PathBuf,
}

impl Ready {
    fn told(&self) -> String {
        let touchbase = format!("{} --config {}", program(), quoted(self.config.as_os_str()));
        format!(
            "\nread yesterday's page:\n  {}\n\nask the record:\n  {touchbase} timeline acme-foods\n  {touchbase} unmatched list\n",
            self.page.display(),
        )
    }
}

fn page(dir: &Path, today: Date) -> PathBuf {
    let yesterday = today.yesterday().unwrap_or(today);
    absolute(&dir.join("reports").join(format!("{yesterday}.html")))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// How a shell starts this very program: by its name where that finds it, or else by its path.
pub(super) fn program() -> String {
    let name = "touchbase";
    let Ok(this) = std::env::current_exe() else { return name.to_owned() };
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    });
    match on_path.and_then(|found| found.canonicalize().ok()) {
        Some(found) if found == this => name.to_owned(),
        _ => quoted(this.as_os_str()),
    }
}

/// A word as a shell reads it back.
pub(super) fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "/._-+@%:,".contains(c);
    match word.chars().all(plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_path_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(OsStr::new("/tmp/demo/touchbase.toml")), "/tmp/demo/touchbase.toml");
        assert_eq!(quoted(OsStr::new("/tmp/my demo")), "'/tmp/my demo'");
        assert_eq!(quoted(OsStr::new("it's")), r"'it'\''s'");
    }
}
