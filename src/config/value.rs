//! One reader for each kind of value: what may stand there, and what to write instead.

use std::time::Duration;

use jiff::civil::{Date, Time};
use toml::de::DeValue;

use super::section::{Answer, Fault, kind, listed, nearest};
use crate::mail::{Address, Domain};

/// Text that is not blank.
pub(super) fn text(value: &DeValue<'_>) -> Answer<String> {
    match value {
        DeValue::String(text) if text.trim().is_empty() => Err(Fault::new("is empty")),
        DeValue::String(text) if text.chars().any(char::is_control) => Err(Fault::new("holds a control character")),
        DeValue::String(text) => Ok(text.trim().to_owned()),
        other => Err(Fault::new(format!("is {}, not text", kind(other))).hint("put it in quotes")),
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(choices: &[(&'static str, T)]) -> impl Fn(&DeValue<'_>) -> Answer<T> {
    let names: Vec<&'static str> = choices.iter().map(|(name, _)| *name).collect();
    let choices = choices.to_vec();
    move |value| {
        let text = text(value)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        found.ok_or_else(|| {
            let hint = match nearest(&text, &names) {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("one of {}", listed(&names)),
            };
            Fault::new("is none of the words known here").hint(hint)
        })
    }
}

/// A whole number within bounds.
pub(super) fn number(least: u32, most: u32) -> impl Fn(&DeValue<'_>) -> Answer<u32> {
    move |value| {
        let DeValue::Integer(number) = value else {
            return Err(Fault::new(format!("is {}, not a whole number", kind(value))));
        };
        let digits = number.as_str().replace('_', "");
        match u32::from_str_radix(&digits, number.radix()) {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(Fault::new(format!("is not between {least} and {most}"))),
        }
    }
}

/// A TCP port.
pub(super) fn port(value: &DeValue<'_>) -> Answer<u16> {
    number(1, 65_535)(value).map(|n| u16::try_from(n).unwrap_or(u16::MAX))
}

/// A length of time such as `"60s"`, `"5m"`, `"1h30m"`, within bounds.
pub(super) fn duration(least: Duration, most: Duration) -> impl Fn(&DeValue<'_>) -> Answer<Duration> {
    move |value| {
        let example = "a number with s, m, h or d, such as \"60s\" or \"5m\"";
        if let DeValue::Integer(number) = value {
            return Err(Fault::new("is a number without a unit").hint(format!("did you mean \"{number}s\"?")));
        }
        let length =
            seconds(&text(value)?).ok_or_else(|| Fault::new("is no length of time").hint(example.to_owned()))?;
        let length = Duration::from_secs(length);
        if length < least || length > most {
            return Err(Fault::new(format!("is not between {} and {}", spoken(least), spoken(most))));
        }
        Ok(length)
    }
}

fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut digits = String::new();
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(std::mem::take(&mut digits).parse::<u64>().ok()?.checked_mul(unit)?)?;
    }
    (digits.is_empty() && !text.is_empty()).then_some(total)
}

/// `"90s"`, `"5m"`, `"24h"`: the shortest writing of whole units.
fn spoken(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        s if s != 0 && s.is_multiple_of(3_600) => format!("{}h", s / 3_600),
        s if s != 0 && s.is_multiple_of(60) => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// A time of day, `"07:00"`.
pub(super) fn time(value: &DeValue<'_>) -> Answer<Time> {
    let written = match value {
        DeValue::Datetime(time) if time.date.is_none() => time.to_string().get(..5).unwrap_or_default().to_owned(),
        other => text(other)?,
    };
    let parts = written.split_once(':').and_then(|(hour, minute)| {
        let two = |s: &str| (s.len() == 2).then(|| s.parse::<i8>().ok()).flatten();
        Time::new(two(hour)?, two(minute)?, 0, 0).ok()
    });
    parts.ok_or_else(|| Fault::new("is no time of day").hint("hours and minutes, such as \"07:00\""))
}

/// A day, `"2026-01-01"`, quoted or not.
pub(super) fn date(value: &DeValue<'_>) -> Answer<Date> {
    let written = match value {
        DeValue::Datetime(date) => date.to_string(),
        other => text(other)?,
    };
    written.parse().map_err(|_| Fault::new("is no date").hint("year, month and day, such as \"2026-01-31\""))
}

/// An address.
pub(super) fn address(value: &DeValue<'_>) -> Answer<Address> {
    let written = text(value)?;
    Address::parse(&written).ok_or_else(|| Fault::new("is no mail address").hint("write it as name@domain"))
}

/// A domain.
pub(super) fn domain(value: &DeValue<'_>) -> Answer<Domain> {
    let written = text(value)?;
    if written.contains('@') {
        let domain = written.rsplit('@').next().unwrap_or_default();
        return Err(Fault::new("is an address, not a domain").hint(format!("did you mean {domain:?}?")));
    }
    Domain::parse(&written).ok_or_else(|| Fault::new("is no domain").hint("such as \"us.example\""))
}

/// A server's name or number, without scheme or port.
pub(super) fn host(value: &DeValue<'_>) -> Answer<String> {
    let written = text(value)?;
    let bare = written.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    if written.contains("://") || written.contains('/') {
        return Err(Fault::new("is a URL, not a server's name").hint("only the name, such as \"imap.us.example\""));
    }
    if let Some((name, port)) = written.split_once(':') {
        return Err(Fault::new("holds a port").hint(format!("host = {name:?} and port = {port}")));
    }
    let labels = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    match written.chars().all(labels) {
        true => Ok(written),
        false => Err(Fault::new("is no server's name").hint("such as \"imap.us.example\"")),
    }
}

/// An address of a service that is given secrets: over TLS, or on this very machine.
pub(super) fn endpoint(value: &DeValue<'_>) -> Answer<String> {
    let written = text(value)?;
    let wrong = |why: &str| Err(Fault::new(why).hint("such as \"https://login.us.example/oauth2/token\""));
    let (scheme, rest) = written.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if host.is_empty() || written.contains(|c: char| c.is_whitespace() || c == '#') || authority.contains('@') {
        return wrong("is no address of a service");
    }
    match scheme {
        "https" => Ok(written),
        "http" if is_loopback(host.trim_start_matches('[').trim_end_matches(']')) => Ok(written),
        "http" => wrong("would send tokens in the clear"),
        _ => wrong("is no address of a service"),
    }
}

/// Whether a host can only be this machine, so that nobody listens on the way.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A time zone of the IANA database, or `system` for the machine's own.
pub(super) fn time_zone(value: &DeValue<'_>) -> Answer<String> {
    let name = text(value)?;
    if name == "system" {
        return Ok(name);
    }
    match jiff::tz::TimeZone::get(&name) {
        Ok(zone) => Ok(zone.iana_name().unwrap_or(&name).to_owned()),
        Err(_) => {
            let names: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let hint = match nearest_zone(&name, &names) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "a name such as \"Europe/Brussels\", or \"system\"".to_owned(),
            };
            Err(Fault::new("is no time zone of the IANA database").hint(hint))
        }
    }
}

/// The zone most like the name, or the one whose city it is.
fn nearest_zone<'k>(name: &str, names: &[&'k str]) -> Option<&'k str> {
    let city = |zone: &str| zone.rsplit('/').next().unwrap_or_default().to_lowercase();
    let wanted = city(&name.replace(' ', "_"));
    let likeness = |zone: &str| strsim::jaro_winkler(&wanted, &city(zone));
    names
        .iter()
        .map(|zone| (likeness(zone), strsim::jaro_winkler(name, zone), *zone))
        .filter(|(city, _, _)| *city >= 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(_, _, zone)| zone)
}
