//! iCalendar content lines and their values (RFC 5545, 3.1 and 3.3), as far as calendar mail needs them.
//!
//! Times are resolved with the bundled zone database; names that only Windows
//! uses are translated by `calcard`, the one thing taken from it. A zone that
//! nobody knows, and a floating time, take the offset the caller assumes.

use std::str::FromStr;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::shape::cut;
use crate::mail::Moment;

/// Lines and bytes of a value that are read.
const LINES: usize = 20_000;
const VALUE: usize = 64 * 1024;

/// One content line: name, parameters, value.
pub struct Property<'a> {
    /// The name, as written.
    pub name: &'a str,
    /// The parameters, as written, without the name.
    pub params: &'a str,
    /// What stands behind the colon, still escaped.
    pub value: &'a str,
}

/// Content lines with folded ones joined (RFC 5545, 3.1); a fold may stand inside a word.
pub fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(LINES) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) if last.len() < VALUE => last.push_str(more),
            (Some(_), Some(_)) => {}
            _ => lines.push(cut(line, VALUE).to_owned()),
        }
    }
    lines
}

/// Splits at the first colon outside quotes, and the name from its parameters.
pub fn property(line: &str) -> Option<Property<'_>> {
    let mut quoted = false;
    let colon = line.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == ':' && !quoted).then_some(at)
    })?;
    let (head, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let (name, params) = head.split_once(';').unwrap_or((head, ""));
    Some(Property { name: name.trim(), params, value })
}

/// A parameter's value without its quotes.
pub fn param<'a>(params: &'a str, name: &str) -> Option<&'a str> {
    let mut quoted = false;
    let pieces = params.split(move |c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    let mut values = pieces.filter_map(|piece| piece.split_once('='));
    values.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().trim_matches('"'))
}

/// TEXT values (RFC 5545, 3.3.11).
pub fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            _ => text.push(c),
        }
    }
    text
}

/// DATE or DATE-TIME: UTC with `Z`, else in `TZID`, else floating (RFC 5545, 3.3.5).
pub fn moment(property: &Property, offset: i32) -> Option<Moment> {
    let value = property.value.trim();
    let local = civil(value)?;
    let zone = match param(property.params, "TZID") {
        _ if value.ends_with(['Z', 'z']) => Some(TimeZone::UTC),
        Some(name) => zone(name),
        None => None,
    };
    let zone = zone.unwrap_or_else(|| TimeZone::fixed(Offset::from_seconds(offset).unwrap_or(Offset::UTC)));
    let zoned = local.to_zoned(zone).ok()?;
    Some(Moment::new(zoned.timestamp(), zoned.offset().seconds()))
}

/// `20261120`, `20261120T091200`, with or without `Z`.
fn civil(value: &str) -> Option<DateTime> {
    let number = |range: std::ops::Range<usize>| value.get(range)?.parse::<i16>().ok();
    let part = |range| number(range).and_then(|n| i8::try_from(n).ok());
    let date = Date::new(number(0..4)?, part(4..6)?, part(6..8)?).ok()?;
    let time = match value.get(8..9) {
        Some("T" | "t") => Time::new(part(9..11)?, part(11..13)?, part(13..15).unwrap_or(0).min(59), 0).ok()?,
        _ => Time::midnight(),
    };
    Some(DateTime::from_parts(date, time))
}

fn zone(name: &str) -> Option<TimeZone> {
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    let zones = ZONES.get_or_init(TimeZoneDatabase::bundled);
    let name = cut(name.trim(), 100);
    let translated = || calcard::common::timezone::Tz::from_str(name).ok()?.name().map(|n| n.into_owned());
    zones.get(name).ok().or_else(|| zones.get(&translated()?).ok())
}

/// `PT1H30M`, `P1D`, `P2W` in seconds (RFC 5545, 3.3.6); negative ones are none.
pub fn seconds(duration: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut number: i64 = 0;
    for c in cut(duration.trim_start_matches('+').strip_prefix('P')?, 40).chars() {
        let unit = match c {
            '0'..='9' => {
                number = number.saturating_mul(10).saturating_add(i64::from(c.to_digit(10)?));
                continue;
            }
            'T' => continue,
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        total = total.saturating_add(number.saturating_mul(unit));
        number = 0;
    }
    Some(total)
}

/// So many seconds later, at the same offset.
pub fn later(start: Moment, seconds: i64) -> Option<Moment> {
    let timestamp = start.timestamp.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
    Some(Moment::new(timestamp, start.offset_seconds))
}
