//! Sample mail: a year of a small consultancy's correspondence, dated up to today.
//!
//! The words are fixed and stand in `demo/sample/*.story`; only the dates move with the day. The same
//! day always gives the same bytes. The mails are delivered into a Maildir and then read the way the
//! daemon reads any Maildir: nothing about them is known beforehand but who the customers are.

mod cast;
mod clients;
mod compose;
mod story;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::{self, Config, Places};
use cast::Cast;

/// The time zone the sample lives in.
pub const ZONE: &str = "Europe/Brussels";

const STORIES: &[&str] = &[
    include_str!("demo/sample/acme.story"),
    include_str!("demo/sample/delta.story"),
    include_str!("demo/sample/garonne.story"),
    include_str!("demo/sample/polder.story"),
    include_str!("demo/sample/mirador.story"),
    include_str!("demo/sample/kestrel.story"),
    include_str!("demo/sample/harbour.story"),
    include_str!("demo/sample/cantina.story"),
    include_str!("demo/sample/lantern.story"),
    include_str!("demo/sample/around.story"),
];

/// One sample mail, as a server would hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleMail {
    /// A file name that sorts by arrival.
    pub name: String,
    /// When it arrived.
    pub arrived: jiff::Timestamp,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Every sample mail in order of arrival, as seen on `today`.
pub fn mails(today: Date) -> Result<Vec<SampleMail>, story::Mistake> {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let cast = Cast::bundled()?;
    let mut scenes = Vec::new();
    for text in STORIES {
        scenes.extend(story::read(text)?);
    }
    let mut mails = compose::compose(&scenes, &cast, today, &zone)?;
    mails.sort_by(|a, b| (a.arrived, &a.bytes).cmp(&(b.arrived, &b.bytes)));
    for (at, mail) in mails.iter_mut().enumerate() {
        mail.name = format!("{}.{at:04}.sample", mail.arrived.as_second());
    }
    Ok(mails)
}

/// Lays out a demonstration below `dir`: a Maildir with the sample, contacts and a configuration.
/// Returns the configuration's path. What an earlier demonstration left there is replaced.
pub fn lay_out(dir: &Path, today: Date) -> io::Result<PathBuf> {
    let maildir = dir.join("Maildir");
    // First, so that what an interruption leaves is known for a demonstration and may be replaced.
    fs::create_dir_all(dir)?;
    let config = dir.join("touchbase.toml");
    fs::write(&config, include_str!("demo/sample/touchbase.toml"))?;
    for old in ["Maildir", "reports"] {
        match fs::remove_dir_all(dir.join(old)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    for old in ["touchbase.db", "touchbase.db-wal", "touchbase.db-shm", "touchbase.db.lock"] {
        match fs::remove_file(dir.join(old)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(part))?;
    }
    let mails = mails(today).map_err(|mistake| io::Error::other(mistake.to_string()))?;
    for mail in mails {
        let path = maildir.join("new").join(&mail.name);
        fs::write(&path, &mail.bytes)?;
        let arrived =
            std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(mail.arrived.as_second().unsigned_abs());
        fs::File::options().write(true).open(&path)?.set_modified(arrived)?;
    }
    let cast = Cast::bundled().map_err(|mistake| io::Error::other(mistake.to_string()))?;
    fs::write(dir.join("contacts.csv"), cast.contacts_csv())?;
    Ok(config)
}

/// The demonstration's configuration. Everything it writes lies beside it, also where a state directory is set.
pub fn config(path: &Path) -> Result<Config, String> {
    let beside = path.parent().unwrap_or(Path::new(".")).to_owned();
    let places = Places { state: beside.clone(), beside };
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let told = |problems: Vec<config::Problem>| problems.iter().map(|p| p.path.clone()).collect::<Vec<_>>().join(", ");
    Config::read(&text, &places).map_err(told)
}

/// Whether `dir` holds an earlier demonstration, or nothing at all: only then it may be replaced.
pub fn may_replace(dir: &Path) -> bool {
    match fs::read_dir(dir) {
        Err(_) => true,
        Ok(mut entries) => entries.next().is_none() || is_demonstration(&dir.join("touchbase.toml")),
    }
}

fn is_demonstration(config: &Path) -> bool {
    fs::read_to_string(config).is_ok_and(|text| text == include_str!("demo/sample/touchbase.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<SampleMail> {
        mails(jiff::civil::date(2026, 11, 21)).expect("the bundled stories are well formed")
    }

    #[test]
    fn two_layouts_on_one_day_are_the_same() {
        assert_eq!(sample(), sample());
    }

    #[test]
    fn the_sample_spans_a_year_and_ends_yesterday() {
        let mails = sample();
        assert!(mails.len() >= 120, "{} mails", mails.len());
        let (first, last) = (mails.first().expect("some"), mails.last().expect("some"));
        let days = last.arrived.duration_since(first.arrived).as_hours() / 24;
        assert!((390..=400).contains(&days), "{days} days");
    }

    #[test]
    fn every_day_of_the_year_can_be_today() {
        let mut day = jiff::civil::date(2026, 1, 1);
        for _ in 0..366 {
            assert!(mails(day).is_ok(), "{day}");
            day = day.tomorrow().expect("not the end of time");
        }
    }
}
