//! `demo`: the main job on bundled sample mail, through the daemon's own code path.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::tz::TimeZone;

use super::args::DemoArgs;
use super::{once, output};
use crate::daemon::reporting;
use crate::failure::{Code, Failure};
use crate::store::{Reader, Store};
use crate::{clock, config, demo, wiring};

pub fn demo(args: DemoArgs) -> Result<ExitCode, Failure> {
    if !demo::may_replace(&args.dir) {
        return Err(Failure::new(Code::CannotWrite, format!("will not touch {}", args.dir.display()))
            .cause("it holds something that is no demonstration")
            .hint("name a folder that does not exist yet: touchbase demo DIR"));
    }
    let zone = TimeZone::get(demo::ZONE).unwrap_or(TimeZone::UTC);
    let today = zone.to_datetime(clock::now()).date();
    let config = demo::lay_out(&args.dir, today).map_err(|e| {
        Failure::new(Code::CannotWrite, format!("cannot write below {}", args.dir.display())).because(&e)
    })?;
    let loaded = demo::config(&config)
        .map_err(|e| Failure::new(Code::Bug, "the demonstration's configuration is wrong").cause(e))?;
    let counts = wiring::runtime()?.block_on(once::pass(&loaded))?;
    once::print(&counts, false)?;
    let reader = Store::open_to_read(&wiring::store_settings(&loaded)).map_err(wiring::store_failure)?;
    write_reports(&loaded, &reader, today)?;
    output::text(&closing(&args.dir, &config, today))?;
    Ok(ExitCode::SUCCESS)
}

/// The reports of the last month, oldest first, as the schedule would have written them.
fn write_reports(config: &config::Config, reader: &Reader, today: jiff::civil::Date) -> Result<(), Failure> {
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

fn closing(dir: &Path, config: &Path, today: jiff::civil::Date) -> String {
    let yesterday = today.yesterday().unwrap_or(today);
    let page: PathBuf = dir.join("reports").join(format!("{yesterday}.html"));
    let page = std::path::absolute(&page).unwrap_or(page);
    format!(
        "\nread yesterday's page:\n  {}\n\nask the record:\n  touchbase --config {} timeline acme-foods\n",
        page.display(),
        config.display()
    )
}
