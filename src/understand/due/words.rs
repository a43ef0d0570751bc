//! The words for days that a phrase file may hold under `[dates]`, by what they mean.

use std::collections::BTreeMap;

use jiff::civil::Weekday;

use super::Day;
use crate::understand::phrases::{Hit, Lexicon};
use crate::understand::prepared::Text;

/// What a word says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It is one.
    Day(Day),
    /// A month, with a number beside it.
    Month(i8),
    /// The end of the month whose name follows.
    EndOf,
    /// The middle of the month whose name follows.
    MiddleOf,
    /// The beginning of the month whose name follows.
    BeginningOf,
    /// A time of day: today, unless a day is named.
    Time,
    /// A number with a unit follows, counted from today.
    In,
    /// A number.
    Number(u8),
    /// What is counted.
    Unit(Unit),
    /// The day beside it has passed.
    Past,
    /// The weekday behind it is one of the following week.
    Following,
    /// A day of the month follows, perhaps as a bare number; in `3/12` behind it the day comes first.
    NumberedDay,
    /// A day of the month follows as an ordinal: `15th`, `15.`
    OrdinalDay,
    /// The number of a week of the year follows: `KW 49`.
    NumberedWeek,
    /// The weekday before it is one a week later: `lundi en huit`.
    WeekLater,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Hours,
    Days,
    WorkingDays,
    Weeks,
    Months,
}

/// The names a phrase file may use under `[dates]`, with their meaning.
const NAMES: &[(&str, Word)] = &[
    ("today", Word::Day(Day::After(0))),
    ("tomorrow", Word::Day(Day::After(1))),
    ("day-after-tomorrow", Word::Day(Day::After(2))),
    ("monday", Word::Day(Day::Next(Weekday::Monday))),
    ("tuesday", Word::Day(Day::Next(Weekday::Tuesday))),
    ("wednesday", Word::Day(Day::Next(Weekday::Wednesday))),
    ("thursday", Word::Day(Day::Next(Weekday::Thursday))),
    ("friday", Word::Day(Day::Next(Weekday::Friday))),
    ("saturday", Word::Day(Day::Next(Weekday::Saturday))),
    ("sunday", Word::Day(Day::Next(Weekday::Sunday))),
    ("this-week", Word::Day(Day::OfWeek(0, Weekday::Friday))),
    ("weekend", Word::Day(Day::OfWeek(0, Weekday::Sunday))),
    ("fortnight", Word::Day(Day::After(14))),
    ("beginning-of-next-week", Word::Day(Day::OfWeek(1, Weekday::Monday))),
    ("middle-of-next-week", Word::Day(Day::OfWeek(1, Weekday::Wednesday))),
    ("next-week", Word::Day(Day::OfWeek(1, Weekday::Friday))),
    ("week-after-next", Word::Day(Day::OfWeek(2, Weekday::Friday))),
    ("end-of-month", Word::Day(Day::EndOfMonth(0))),
    ("next-month", Word::Day(Day::EndOfMonth(1))),
    ("end-of-year", Word::Day(Day::EndOfYear)),
    ("january", Word::Month(1)),
    ("february", Word::Month(2)),
    ("march", Word::Month(3)),
    ("april", Word::Month(4)),
    ("may", Word::Month(5)),
    ("june", Word::Month(6)),
    ("july", Word::Month(7)),
    ("august", Word::Month(8)),
    ("september", Word::Month(9)),
    ("october", Word::Month(10)),
    ("november", Word::Month(11)),
    ("december", Word::Month(12)),
    ("end-of", Word::EndOf),
    ("middle-of", Word::MiddleOf),
    ("beginning-of", Word::BeginningOf),
    ("time", Word::Time),
    ("in", Word::In),
    ("one", Word::Number(1)),
    ("two", Word::Number(2)),
    ("three", Word::Number(3)),
    ("four", Word::Number(4)),
    ("five", Word::Number(5)),
    ("six", Word::Number(6)),
    ("seven", Word::Number(7)),
    ("eight", Word::Number(8)),
    ("nine", Word::Number(9)),
    ("ten", Word::Number(10)),
    ("twelve", Word::Number(12)),
    ("fourteen", Word::Number(14)),
    ("fifteen", Word::Number(15)),
    ("twenty", Word::Number(20)),
    ("thirty", Word::Number(30)),
    ("hours", Word::Unit(Unit::Hours)),
    ("days", Word::Unit(Unit::Days)),
    ("working-days", Word::Unit(Unit::WorkingDays)),
    ("weeks", Word::Unit(Unit::Weeks)),
    ("months", Word::Unit(Unit::Months)),
    ("past", Word::Past),
    ("following", Word::Following),
    ("numbered-day", Word::NumberedDay),
    ("ordinal-day", Word::OrdinalDay),
    ("numbered-week", Word::NumberedWeek),
    ("week-later", Word::WeekLater),
];

/// Words for days of every language, each with its language's number.
#[derive(Debug, Clone, Default)]
pub struct Dates(Lexicon<(Word, u8)>);

impl Dates {
    /// The words of each language, by its number. A name that is not in the list above is refused by name.
    pub(in crate::understand) fn of<'a>(
        languages: impl IntoIterator<Item = (&'a BTreeMap<String, Vec<Text<'a>>>, u8)>,
    ) -> Result<Dates, String> {
        let mut all: Vec<(&str, (Word, u8))> = Vec::new();
        for (words, spoken) in languages {
            if let Some(unknown) = words.keys().find(|name| NAMES.iter().all(|(known, _)| known != name)) {
                return Err(format!("no day is called {unknown:?} under [dates]"));
            }
            let of = |&(name, word): &(&str, Word)| {
                words.get(name).into_iter().flatten().map(move |said| (&**said, (word, spoken)))
            };
            all.extend(NAMES.iter().flat_map(of));
        }
        Ok(Dates(all.into_iter().collect()))
    }

    /// Whether a folded sentence names a day, a month or a number above one. `ruled_out`: the languages it is not in.
    pub(in crate::understand) fn name_one(&self, folded: &str, ruled_out: impl Fn(u8) -> bool) -> bool {
        self.0.find(folded).filter(|hit| !ruled_out(hit.answer.1)).any(|hit| match hit.answer.0 {
            Word::Day(_) | Word::Month(_) => true,
            Word::Number(number) => number > 1,
            _ => false,
        })
    }

    /// The words of a folded sentence in their order. One that lies within a longer one says nothing of its own:
    /// `tomorrow` in `the day after tomorrow`. Of several meanings a language's own neighbours decide later.
    /// `ruled_out`: the languages it is not in.
    pub(super) fn hits(&self, folded: &str, ruled_out: impl Fn(u8) -> bool) -> Vec<Hit<Word>> {
        let heard = self.0.find(folded).filter(|hit| !ruled_out(hit.answer.1));
        let all: Vec<Hit<Word>> =
            heard.map(|hit| Hit { answer: hit.answer.0, start: hit.start, end: hit.end }).collect();
        let within = |one: &Hit<Word>, other: &Hit<Word>| {
            other.start <= one.start && one.end <= other.end && other.end - other.start > one.end - one.start
        };
        let is_context = |hit: &Hit<Word>| matches!(hit.answer, Word::In | Word::NumberedDay | Word::OrdinalDay);
        let covered =
            |hit: &Hit<Word>| !is_context(hit) && all.iter().any(|other| !is_context(other) && within(hit, other));
        all.iter().filter(|hit| !covered(hit)).copied().collect()
    }
}
