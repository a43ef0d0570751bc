//! `[report]`: when the page is written, where, in what form, and to whom it is sent.

use std::path::PathBuf;

use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;

use super::mailbox::{Tls, tls};
use super::places::Places;
use super::secret::{self, PasswordSource};
use super::section::{Fault, Section};
use super::value;
use crate::mail::Address;

/// `[report]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its folder; absolute once loaded.
    pub directory: PathBuf,
    /// The local time at which yesterday's page is written.
    pub at: Time,
    /// The IANA name of the zone in which days begin and end, or `system`.
    pub time_zone: String,
    /// In which forms.
    pub formats: Vec<Format>,
    /// `[report.calendar]`: when we work.
    pub calendar: Calendar,
    /// `[report.mail]`: also send it.
    pub mail: Option<ReportMail>,
}

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// A page.
    Html,
    /// Text.
    Markdown,
    /// For programs.
    Json,
}

/// `[report.calendar]`: the hours by which answers are late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The working days of a week, from Monday on.
    pub days: Vec<Weekday>,
    /// When work begins.
    pub from: Time,
    /// When it ends, after `from`.
    pub to: Time,
    /// Days off, sorted.
    pub holidays: Vec<Date>,
}

/// `[report.mail]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMail {
    /// Who gets it; at least one.
    pub to: Vec<Address>,
    /// Whom it is from; the first of `to` unless written.
    pub from: Address,
    /// The server that takes it.
    pub smtp: String,
    /// The TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// A PEM file with roots to trust besides the system's, absolute.
    pub ca_file: Option<PathBuf>,
    /// The login, and where its password is found.
    pub login: Option<(String, PasswordSource)>,
}

const FORMATS: [(&str, Format); 3] = [("html", Format::Html), ("markdown", Format::Markdown), ("json", Format::Json)];

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Default for Report {
    fn default() -> Report {
        Report {
            directory: PathBuf::from("reports"),
            at: time(7, 0, 0, 0),
            time_zone: "system".to_owned(),
            formats: vec![Format::Html, Format::Markdown, Format::Json],
            calendar: Calendar::default(),
            mail: None,
        }
    }
}

impl Default for Calendar {
    fn default() -> Calendar {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        Calendar {
            days: vec![Monday, Tuesday, Wednesday, Thursday, Friday],
            from: time(9, 0, 0, 0),
            to: time(17, 0, 0, 0),
            holidays: Vec::new(),
        }
    }
}

impl Report {
    /// The zone itself.
    pub fn zone(&self) -> TimeZone {
        match self.time_zone.as_str() {
            "system" => TimeZone::system(),
            name => TimeZone::get(name).unwrap_or(TimeZone::UTC),
        }
    }
}

pub(super) fn read(mut section: Section<'_>, places: &Places) -> Report {
    let default = Report::default();
    let directory = section.get("directory", value::text).map_or(default.directory, PathBuf::from);
    let mut formats = section.list("formats", value::word(&FORMATS)).unwrap_or(default.formats);
    if section.is_empty_list("formats") {
        section.refuse("formats", Fault::new("names no form").hint("such as [\"html\"]"));
    }
    formats.sort();
    formats.dedup();
    let report = Report {
        directory: places.writing(directory),
        at: section.or("at", default.at, value::time),
        time_zone: section.or("time-zone", default.time_zone, value::time_zone),
        formats,
        calendar: calendar(section.section("calendar")),
        mail: mail(section.section("mail"), places),
    };
    section.close();
    report
}

fn calendar(mut section: Section<'_>) -> Calendar {
    let default = Calendar::default();
    let mut days = section.list("days", value::word(&DAYS)).unwrap_or(default.days);
    if section.is_empty_list("days") {
        section.refuse("days", Fault::new("names no day").hint("such as [\"mon\", \"tue\"]"));
    }
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    let mut holidays = section.list("holidays", value::date).unwrap_or(default.holidays);
    holidays.sort();
    holidays.dedup();
    let calendar = Calendar {
        days,
        from: section.or("from", default.from, value::time),
        to: section.or("to", default.to, value::time),
        holidays,
    };
    if calendar.from >= calendar.to {
        let key = if section.has("to") { "to" } else { "from" };
        section.refuse(key, Fault::new("the working day ends before it begins").hint("`to` is later than `from`"));
    }
    section.close();
    calendar
}

fn mail(mut section: Section<'_>, places: &Places) -> Option<ReportMail> {
    let wanted = section.is_there();
    let to = section.list("to", value::address).unwrap_or_default();
    if wanted && (section.is_empty_list("to") || !section.has("to")) {
        section.refuse("to", Fault::new("names nobody").hint("such as [\"me@us.example\"]"));
    }
    let from = section.get("from", value::address).or_else(|| to.first().cloned());
    let hint = "the server that takes mail, such as \"smtp.us.example\"";
    let smtp = if wanted { section.required("smtp", hint, value::host) } else { section.get("smtp", value::host) };
    let tls = tls(&mut section, smtp.as_deref().unwrap_or("localhost"));
    let usual = match tls {
        Tls::Implicit => 465,
        Tls::Starttls => 587,
        Tls::None => 25,
    };
    let port = section.or("port", usual, value::port);
    let ca_file = section.get("ca-file", value::text).map(|path| places.reading(path));
    let user = section.get("user", value::text);
    let password = secret::read_source(&mut section, places, user.is_some());
    if user.is_none() && password.is_some() {
        section.refuse("user", Fault::new("is missing").hint("a password needs the login it belongs to"));
    }
    section.close();
    Some(ReportMail { to, from: from?, smtp: smtp?, port, tls, ca_file, login: user.zip(password) })
}
