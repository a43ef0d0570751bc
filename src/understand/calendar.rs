//! Calendar mail (RFC 5545, 5546, 6047): what meeting, who, when, and whether a person added words.
//!
//! Only the first `VEVENT` is read, line by line ([`super::icalendar`]): a
//! stranger's file never reaches a grammar that was not written for hostile
//! input. A person's words make a meeting a mail as well, so what calendar
//! programs write around an invitation is known by phrase and by shape.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::icalendar::{Property, later, moment, param, property, seconds, unescape, unfold};
use super::phrases::{Lexicon, Table, fold};
use super::prepared::prepared;
use super::shape::cut;
use crate::mail::{Address, Mail, Moment, Participant, Role, Untrusted};

/// Attendees that are kept.
const ATTENDEES: usize = 1000;

/// What a calendar mail wants (RFC 5546, 1.4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// An invitation.
    Request,
    /// A changed invitation: a request with `SEQUENCE` above 0.
    Update,
    /// It will not take place.
    Cancel,
    /// An answer to an invitation.
    Reply,
    /// PUBLISH, COUNTER, ADD, REFRESH, or none.
    #[default]
    Other,
}

/// The meeting that a mail is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meeting {
    /// What the mail wants.
    pub method: Method,
    /// `UID`: the same for every mail about this meeting.
    pub uid: Option<Untrusted>,
    /// `ORGANIZER`.
    pub organizer: Option<Participant>,
    /// `ATTENDEE`s, rooms and resources left out.
    pub attendees: Vec<Participant>,
    /// `SUMMARY`.
    pub summary: Option<Untrusted>,
    /// `DTSTART`; a whole day begins at midnight.
    pub start: Option<Moment>,
    /// `DTEND`, or the start and `DURATION`.
    pub end: Option<Moment>,
    /// `LOCATION`.
    pub location: Option<Untrusted>,
    /// `DESCRIPTION`.
    pub description: Option<Untrusted>,
    /// In a reply, the attendee's `PARTSTAT` in lower case: `accepted`, `declined`, `tentative`.
    pub reply: Option<String>,
}

/// The first meeting of a mail's calendar parts. `None` when there is none.
pub fn meeting(mail: &Mail) -> Option<Meeting> {
    let offset = mail.date.map_or(0, |date| date.offset_seconds);
    mail.calendars.iter().find_map(|text| read(text, offset))
}

/// Whether a mail asks for, changes, cancels or answers a meeting, rather than publishing one to many.
pub fn negotiates(mail: &Mail) -> bool {
    meeting(mail).is_some_and(|meeting| meeting.method != Method::Other)
}

/// Whether `words`, the newly written text of a calendar mail, hold nothing that a person added:
/// only the summary, the description, and what calendar programs generate.
pub fn bare(mail: &Mail, words: &str) -> bool {
    let Some(meeting) = meeting(mail) else { return false };
    let known: Vec<String> = [&meeting.summary, &meeting.description, &meeting.location]
        .into_iter()
        .flatten()
        .flat_map(|text| text.raw().lines().map(fold))
        .chain([fold(mail.subject.raw())])
        .collect();
    let left = words.lines().take(2000).filter(|line| !generated(line, &known, &meeting));
    left.map(|line| line.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count()).sum::<usize>()
        == 0
}

fn generated(line: &str, known: &[String], meeting: &Meeting) -> bool {
    let folded = without_links(&fold(cut(line, 500)));
    let line = folded.trim().trim_start_matches(['*', '-', '_', '•', ' ', '>']).trim();
    let label =
        line.split(':').next().filter(|label| label.len() < line.len()).unwrap_or("").trim_end_matches(['*', ' ']);
    let person = meeting.attendees.iter().chain(&meeting.organizer).any(|person| {
        let name = person.name.as_ref().map(|n| fold(n.raw())).unwrap_or_default();
        (!name.is_empty() && line.starts_with(&name))
            || person.address.as_ref().is_some_and(|a| line.contains(&fold(a.as_str())))
    });
    !line.contains(char::is_alphabetic)
        || line.starts_with('+')
        || person
        || known.iter().any(|k| !k.trim().is_empty() && (k.trim() == line || (line.len() > 8 && k.contains(line))))
        || words().label.find(label).any(|hit| hit.end == label.len())
        || words().line.find(line).any(|hit| tells(hit.end - hit.start, line.len()))
        || is_date(line)
}

/// A line without its URLs, in angle brackets or not; whose they are does not matter here.
fn without_links(line: &str) -> String {
    let spaced = line.replace(['<', '>'], " ");
    let words = spaced.split_whitespace().filter(|word| !word.contains("://") && !word.starts_with("mailto:"));
    words.collect::<Vec<_>>().join(" ")
}

/// A generated phrase tells only when it is long, or most of its line: people write "guests", too.
fn tells(phrase: usize, line: usize) -> bool {
    phrase >= 14 || phrase * 5 >= line * 3
}

/// Mostly digits and few words, as "Monday 4 May 2026 10:00 - 11:00 (CET)" and "Saturday Dec 9, 2023 10am - 12pm".
fn is_date(line: &str) -> bool {
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let half_day = |word: &str| ["am", "pm"].iter().any(|half| word.trim_end_matches(half).parse::<u8>().is_ok());
    digits >= 5
        && line.split_whitespace().count() <= 14
        && (line.contains(':') || line.split_whitespace().any(|word| word.ends_with('m') && half_day(word)))
        && digits * 4 >= line.chars().filter(|c| c.is_alphabetic()).count()
}

fn read(text: &str, offset: i32) -> Option<Meeting> {
    let lines = unfold(text);
    let mut meeting = Meeting::default();
    let (mut method, mut sequence, mut duration) = (String::new(), 0, None);
    let mut nesting: Vec<String> = Vec::new();
    let mut events = 0;
    for line in &lines {
        let Some(property) = property(line) else { continue };
        let name = property.name.to_ascii_uppercase();
        match (name.as_str(), nesting.last().map(String::as_str)) {
            ("BEGIN", _) if nesting.len() < 20 => {
                nesting.push(property.value.trim().to_ascii_uppercase());
                events += usize::from(nesting.last().is_some_and(|n| n == "VEVENT"));
            }
            ("END", _) => drop(nesting.pop()),
            ("METHOD", _) => method = property.value.trim().to_ascii_uppercase(),
            (name, Some("VEVENT")) if events == 1 => match name {
                "SEQUENCE" => sequence = property.value.trim().parse().unwrap_or(0),
                "DURATION" => duration = seconds(property.value.trim()),
                _ => take(&mut meeting, name, &property, offset),
            },
            _ => {}
        }
    }
    if meeting.end.is_none() {
        meeting.end = meeting.start.zip(duration).and_then(|(start, seconds)| later(start, seconds));
    }
    meeting.method = of_word(&method, sequence);
    meeting.reply = meeting.reply.filter(|_| meeting.method == Method::Reply);
    (events > 0).then_some(meeting)
}

fn of_word(method: &str, sequence: u32) -> Method {
    match method {
        "REQUEST" if sequence > 0 => Method::Update,
        "REQUEST" => Method::Request,
        "CANCEL" => Method::Cancel,
        "REPLY" => Method::Reply,
        _ => Method::Other,
    }
}

fn take(meeting: &mut Meeting, name: &str, property: &Property, offset: i32) {
    let text = || Some(Untrusted::new(unescape(property.value))).filter(|t| !t.is_blank());
    match name {
        "UID" => meeting.uid = text(),
        "SUMMARY" => meeting.summary = text(),
        "LOCATION" => meeting.location = text(),
        "DESCRIPTION" => meeting.description = text(),
        "DTSTART" => meeting.start = moment(property, offset),
        "DTEND" => meeting.end = moment(property, offset),
        "ORGANIZER" => meeting.organizer = person(property, Role::From),
        "ATTENDEE" if meeting.attendees.len() < ATTENDEES => {
            let kind = param(property.params, "CUTYPE").unwrap_or_default().to_ascii_uppercase();
            let partstat = param(property.params, "PARTSTAT").map(|word| word.to_ascii_lowercase());
            if let Some(attendee) = person(property, Role::Attendee).filter(|_| kind != "ROOM" && kind != "RESOURCE") {
                meeting.attendees.push(attendee);
                meeting.reply = meeting.reply.take().or(partstat);
            }
        }
        _ => {}
    }
}

/// `ORGANIZER;CN="Ann Li":mailto:ann@acme.example`.
fn person(property: &Property, role: Role) -> Option<Participant> {
    let value = property.value.trim();
    let bare = value
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        .map_or(value, |_| value.get(7..).unwrap_or(""));
    let stated =
        Address::parse(bare.trim()).or_else(|| param(property.params, "EMAIL").and_then(|e| Address::parse(e.trim())));
    let name = param(property.params, "CN").map(|cn| cn.replace("\\,", ","));
    let name = name.filter(|n| !n.trim().is_empty() && !n.contains('@')).map(Untrusted::new);
    (stated.is_some() || name.is_some()).then_some(Participant { role, name, address: stated })
}

/// The phrases of calendar.toml.
struct Words {
    line: Lexicon<()>,
    label: Lexicon<()>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table = Table::compiled_in(prepared!("src/understand/calendar"));
        Words {
            line: Lexicon::of_table(&table, &[("line", ())]),
            label: Lexicon::of_table(&table, &[("label", ())]).anchored(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(calendar: &str) -> Mail {
        Mail { calendars: vec![calendar.replace('\n', "\r\n")], ..Mail::default() }
    }

    const INVITATION: &str = "BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@x
ORGANIZER;CN=\"Li, Ann\":mailto:ann@acme.example
ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Bo:MAILTO:bo@us.exam
 ple
ATTENDEE;CUTYPE=ROOM:mailto:room@acme.example
SUMMARY:Kick-off\\, part 1
DTSTART;TZID=\"W. Europe Standard Time\":20261120T091500
DURATION:PT1H
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR";

    #[test]
    fn an_invitation_is_read_with_its_people_and_its_zone() {
        let meeting = meeting(&mail(INVITATION)).unwrap();
        assert_eq!(meeting.method, Method::Request);
        assert_eq!(meeting.summary.unwrap().raw(), "Kick-off, part 1");
        assert_eq!(meeting.start.unwrap().to_string(), "2026-11-20T09:15:00+01:00");
        assert_eq!(meeting.end.unwrap().to_string(), "2026-11-20T10:15:00+01:00");
        let organizer = meeting.organizer.unwrap();
        assert_eq!(organizer.name.unwrap().raw(), "Li, Ann");
        let attendees: Vec<_> =
            meeting.attendees.iter().filter_map(|a| a.address.as_ref()).map(Address::as_str).collect();
        assert_eq!(attendees, ["bo@us.example"]);
        assert_eq!(meeting.description, None);
    }

    #[test]
    fn the_same_request_with_a_sequence_is_an_update() {
        let text = INVITATION.replace("UID:1@x", "UID:1@x\nSEQUENCE:2");
        assert_eq!(meeting(&mail(&text)).unwrap().method, Method::Update);
    }

    #[test]
    fn a_floating_time_takes_the_offset_of_the_mail() {
        let text = INVITATION.replace(";TZID=\"W. Europe Standard Time\"", "");
        let mut mail = mail(&text);
        mail.date = Some(Moment::new(jiff::Timestamp::UNIX_EPOCH, 7200));
        assert_eq!(meeting(&mail).unwrap().start.unwrap().to_string(), "2026-11-20T09:15:00+02:00");
    }

    #[test]
    fn generated_words_are_none_and_a_persons_words_are_some() {
        let mail = mail(INVITATION);
        assert!(bare(&mail, "When: Friday 20 November 2026 09:15\nWhere: Room 1\n\nKick-off, part 1\n*~*~*~*"));
        assert!(bare(&mail, ""));
        assert!(!bare(&mail, "Hi Bo, shall we talk about the delays as well?\nWhen: Friday"));
    }

    #[test]
    fn broken_calendars_give_no_meeting_and_no_panic() {
        for text in
            ["", "BEGIN:VEVENT", ":::", "BEGIN:VEVENT\nDTSTART:99999999T999999\nDTEND;TZID=:2026", "END:VEVENT\nEND:X"]
        {
            let _ = meeting(&mail(text));
        }
    }
}
