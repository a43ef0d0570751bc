//! Dates that are written with a number: `2026-12-03`, `3.12.`, `3 December 2026`, `December 3rd`, `the 15th`.

use jiff::civil::{Date, Weekday};

use super::words::Word;
use super::{Day, Named};
use crate::understand::phrases::Hit;

/// A day and month, and the year where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    day: i8,
    month: i8,
    year: Option<i16>,
}

impl Written {
    /// In its year, or else in this one; in the next when it has passed.
    pub fn coming(self, today: Date) -> Option<Date> {
        let Written { day, month, year } = self;
        if let Some(year) = year {
            return Date::new(year, month, day).ok();
        }
        let this = Date::new(today.year(), month, day).ok()?;
        if this < today { Date::new(today.year() + 1, month, day).ok() } else { Some(this) }
    }

    /// A day and month of no year in particular.
    pub fn of(day: i8, month: i8) -> Option<Written> {
        Written { day, month, year: None }.checked()
    }

    fn checked(self) -> Option<Written> {
        // A leap year allows every day that some year has.
        Date::new(self.year.unwrap_or(2028), self.month, self.day).ok().map(|_| self)
    }
}

/// The written dates of a folded sentence; `hits` are its words for days.
pub(super) fn find(folded: &str, hits: &[Hit<Word>]) -> Vec<Named> {
    let mut days: Vec<Named> = numbers(folded)
        .filter_map(|(start, token)| {
            let read = numeric(folded, start, token, hits).map(Day::Written);
            Some(Named { start, end: start + token.len(), day: read? })
        })
        .collect();
    days.extend(hits.iter().filter_map(|hit| match hit.answer {
        Word::Month(month) => beside_month(folded, hit, month, hits),
        _ => None,
    }));
    let apart = |start: usize| !days.iter().any(|day| day.start <= start && start < day.end);
    let numbered: Vec<Named> =
        hits.iter().filter_map(|hit| of_month(folded, hit)).filter(|n| apart(n.end - 1)).collect();
    days.extend(numbered);
    let apart = |named: &Named| !days.iter().any(|day| day.start < named.end && named.start < day.end);
    let beside: Vec<Named> = hits.iter().filter_map(|hit| beside_weekday(folded, hit)).filter(apart).collect();
    days.extend(beside);
    days
}

/// `Friday the 27th`, `vendredi 27`, `viernes 4/12`: the number behind a weekday, which that makes sure of.
fn beside_weekday(folded: &str, hit: &Hit<Word>) -> Option<Named> {
    let Word::Day(Day::Next(weekday)) = hit.answer else { return None };
    let behind = folded.get(hit.end..)?;
    let article = |word: &str| matches!(word, "" | "the" | "den" | "dem" | "le" | "el" | "il" | "dia" | "de");
    let mut start = hit.end;
    let mut words = behind.split_inclusive(' ').take(4);
    let word = words.find(|word| {
        let skipped = article(word.trim_matches([' ', ',', '.']));
        start += if skipped { word.len() } else { 0 };
        !skipped
    })?;
    let next = words.next().unwrap_or("").trim();
    let word = word.trim_end_matches([' ', ',', ';', '!', ')']);
    let end = start + word.len();
    let day = match word.trim_end_matches('.').split_once(['/', '.']) {
        Some((one, other)) => {
            let number = |part: &str| part.parse::<i8>().ok().filter(|number| (1..=31).contains(number));
            Day::Either(weekday, number(one)?, number(other)?)
        }
        None if is_hour(next) || next.starts_with(['%', '€', '$', ':']) => return None,
        None => Day::OnWeekday(weekday, day_number(word)?),
    };
    Some(Named { start, end, day })
}

/// `KW 49`, `week 49`, `KW49`.
pub(super) fn numbered_week(folded: &str, hit: &Hit<Word>) -> Option<Named> {
    let rest = folded.get(hit.end..)?;
    let number = rest.trim_start_matches([' ', '.', ':']);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, behind) = number.split_at_checked(digits).filter(|(digits, _)| digits.len() <= 2)?;
    let week = digits.parse::<i8>().ok().filter(|week| (1..=53).contains(week))?;
    let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '%' | '/' | ':'));
    let end = folded.len() - behind.len();
    ends.then_some(Named { start: hit.start, end, day: Day::OfNumberedWeek(week, Weekday::Friday) })
}

/// Runs of digits with what joins them, and where they begin.
fn numbers(folded: &str) -> impl Iterator<Item = (usize, &str)> {
    let joins = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.');
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = folded.get(from..)?;
        let start = from + rest.find(|c: char| c.is_ascii_digit())?;
        let run = folded.get(start..)?;
        let run = run.get(..run.find(|c| !joins(c)).unwrap_or(run.len()))?;
        from = start + run.len();
        Some((start, run))
    })
}

/// `2026-12-03`, `3.12.`, `3.12.2026`, `15/12/2026`; `3/12` and `3.12` only behind a word that says so.
fn numeric(folded: &str, start: usize, token: &str, hits: &[Hit<Word>]) -> Option<Written> {
    if folded.get(..start)?.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '/' | '.' | '-')) {
        return None;
    }
    let separator = token.chars().find(|c| !c.is_ascii_digit())?;
    let bare = token.trim_end_matches(['.', '-', '/']);
    let stopped = token.len() > bare.len() && token.ends_with('.');
    let parts: Vec<&str> = bare.split(separator).collect();
    let number = |part: &str| part.parse::<i8>().ok().filter(|_| part.len() <= 2);
    let announced = || hits.iter().any(|hit| is_before(hit, start) && says_day(hit.answer));
    match (separator, parts.as_slice()) {
        ('-' | '/', [year, month, day]) if year.len() == 4 => {
            Written { day: number(day)?, month: number(month)?, year: year.parse().ok() }.checked()
        }
        ('.', [day, month]) if stopped || announced() => {
            Written { day: number(day)?, month: number(month)?, year: None }.checked()
        }
        ('.' | '-', [day, month, year]) => {
            Written { day: number(day)?, month: number(month)?, year: Some(four_digits(year)?) }.checked()
        }
        ('/', [one, other, rest @ ..]) if rest.len() <= 1 => {
            let year = rest.first().map(|year| four_digits(year).ok_or(())).transpose().ok()?;
            let (one, other) = (number(one)?, number(other)?);
            let (day, month) = match (one > 12, other > 12) {
                (true, false) if (one, other) != (24, 7) => (one, other),
                (false, true) => (other, one),
                (false, false) if one == other || announced() => (one, other),
                _ => return None,
            };
            Written { day, month, year }.checked()
        }
        _ => None,
    }
}

/// `2026` and `26`.
fn four_digits(year: &str) -> Option<i16> {
    let number: i16 = year.parse().ok()?;
    match year.len() {
        4 => Some(number),
        2 => Some(2000 + number),
        _ => None,
    }
}

fn says_day(word: Word) -> bool {
    matches!(word, Word::NumberedDay | Word::OrdinalDay)
}

/// Whether a word stands directly before what begins at `start`.
fn is_before(hit: &Hit<Word>, start: usize) -> bool {
    hit.end <= start && start <= hit.end + 1
}

/// A month's name with the number beside it, or with a word for its end: `20 november`, `november 20th 2026`,
/// `20 de noviembre`, `end of november`.
fn beside_month(folded: &str, hit: &Hit<Word>, month: i8, hits: &[Hit<Word>]) -> Option<Named> {
    let behind = folded.get(hit.end..)?;
    let mut after = behind.split_whitespace().filter(|word| !matches!(*word, "the" | "de" | "del" | "di" | "," | "do"));
    let first = after.next().unwrap_or("");
    let year_of = |word: &str| word.trim_matches(|c: char| !c.is_ascii_digit()).parse::<i16>().ok();
    let year = |word: &str| year_of(word).filter(|year| (2000..2100).contains(year));
    let filler = |word: &&str| !matches!(*word, "of" | "de" | "the" | "d'" | "di" | "do" | "del" | "van");
    let before: Vec<&str> = folded.get(..hit.start)?.split_whitespace().rev().filter(filler).take(1).collect();
    let spelled = |word: &Hit<Word>| match word.answer {
        Word::Number(n) if word.end <= hit.start && hit.start <= word.end + 4 => i8::try_from(n).ok(),
        _ => None,
    };
    let number = before.first().and_then(|word| day_number(word)).or_else(|| hits.iter().find_map(spelled));
    if let Some(day) = number {
        let written = Written { day, month, year: year(first) }.checked()?;
        return Some(Named { start: hit.start.saturating_sub(12), end: hit.end, day: Day::Written(written) });
    }
    if let Some(day) = day_number(first) {
        let written = Written { day, month, year: after.next().and_then(year) }.checked()?;
        return Some(Named { start: hit.start, end: hit.end + first.len(), day: Day::Written(written) });
    }
    let near = |word: &&Hit<Word>| word.end <= hit.start && hit.start <= word.end + 5;
    hits.iter().filter(near).find_map(|word| {
        let day = match word.answer {
            Word::EndOf => Day::LastOf(month),
            Word::MiddleOf => Day::Written(Written { day: 15, month, year: None }),
            Word::BeginningOf => Day::Written(Written { day: 5, month, year: None }),
            _ => return None,
        };
        Some(Named { start: word.start, end: hit.end, day })
    })
}

/// The number of `3`, `3rd`, `3.`, `1er`, `1º`, `3,` as a day of a month.
fn day_number(word: &str) -> Option<i8> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = word.split_at_checked(digits)?;
    let ordinal = rest.trim_end_matches([',', '.', ';', '!', ')']);
    let is_ordinal =
        matches!(ordinal, "" | "st" | "nd" | "rd" | "th" | "er" | "e" | "de" | "ste" | "o" | "a" | "º" | "°");
    number.parse::<i8>().ok().filter(|day| is_ordinal && digits <= 2 && (1..=31).contains(day))
}

/// `by the 15th`, `am 15.`, `le 15`.
fn of_month(folded: &str, hit: &Hit<Word>) -> Option<Named> {
    let rest = folded.get(hit.end..)?.strip_prefix(' ')?;
    let word = rest.split_whitespace().next()?;
    let day = day_number(word)?;
    let bare = word.bytes().all(|b| b.is_ascii_digit());
    let next = rest.get(word.len()..)?.trim_start();
    let counted = next.starts_with(['%', '€', '$']) || next.split_whitespace().next().is_some_and(is_hour);
    match hit.answer {
        Word::NumberedDay if !counted => {}
        Word::OrdinalDay if !bare => {}
        _ => return None,
    }
    Some(Named { start: hit.start, end: hit.end + 1 + word.len(), day: Day::OfMonth(day) })
}

/// Whether it holds a time such as `17:00`, `17h`, `5 pm`, `17 uhr`.
pub(super) fn has_clock(folded: &str) -> bool {
    let words: Vec<&str> = folded.split_whitespace().map(|w| w.trim_matches([',', '.', ';', '!', '(', ')'])).collect();
    let hour = |text: &str| (1..=2).contains(&text.len()) && text.parse::<u8>().is_ok_and(|hour| hour <= 24);
    let minutes = |text: &str| text.len() == 2 && text.parse::<u8>().is_ok_and(|minute| minute < 60);
    let dotted = |word: &str| word.split_once('.').is_some_and(|(h, m)| hour(h) && minutes(m));
    let alone = |word: &str| {
        let halves = word.split_once([':', 'h']);
        let clock = halves.is_some_and(|(h, m)| hour(h) && (minutes(m) || m.is_empty() && word.ends_with('h')));
        clock || ["am", "pm", "uhr", "uur"].iter().any(|unit| word.strip_suffix(unit).is_some_and(hour))
    };
    words.iter().any(|word| alone(word))
        || words
            .windows(2)
            .any(|pair| matches!(pair, [number, word] if (hour(number) || dotted(number)) && is_hour(word)))
}

/// What stands behind the number of an hour.
fn is_hour(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ';', '!', ')']);
    matches!(word, "am" | "pm" | "a.m" | "p.m" | "uhr" | "uur" | "h" | "heures" | "horas" | "ore" | "o'clock")
}
