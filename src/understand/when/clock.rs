//! The time of day and the offset in a date line.

use super::names;
use super::token::{Piece, Token};

const MORNING: [&str; 16] =
    ["am", "a.m", "vorm", "ص", "π.μ", "πμ", "öö", "sa", "f.m", "ق.ظ", "पूर्वाह्न", "ก่อนเที่ยง", "पूर्व", "am.", "pg", "পূর্বাহ্ণ"];
const EVENING: [&str; 16] = [
    "pm",
    "p.m",
    "nachm",
    "م",
    "μ.μ",
    "μμ",
    "ös",
    "ch",
    "e.m",
    "ب.ظ",
    "अपराह्न",
    "หลังเที่ยง",
    "अप",
    "pm.",
    "ptg",
    "অপরাহ্ণ",
];

/// Greenwich and universal time, as languages write them.
const GREENWICH: [&str; 8] = ["gmt", "utc", "غرينتش", "جرينتش", "گرینویچ", "グリニッジ", "гринвич", "ยูทีซี"];

/// Hour, minute and second, and which tokens said so.
pub struct Clock {
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
    /// 0 to 59; a leap second is cut.
    pub second: i8,
    /// First token and the one after the last.
    pub span: (usize, usize),
    /// Whether `AM` or `PM` stood beside it in ASCII capitals, as in North America.
    pub american: bool,
}

/// The time written with colons.
pub fn with_colons(tokens: &[Token]) -> Option<Clock> {
    (0..tokens.len()).find_map(|at| digits(tokens, at, &|t| t.is(':')))
}

/// The time written otherwise (`14h25`, `14.25`, `14時25分`, `9 PM`), outside the tokens `day`.
pub fn otherwise(tokens: &[Token], day: (usize, usize)) -> Option<Clock> {
    let free = |at: &usize| *at + 1 < day.0 || *at >= day.1;
    let hour_word = |t: &Token| matches!(t.word(), Some("h" | "时" | "時" | "시" | "点" | "點" | "u" | "ч"));
    let marked = (0..tokens.len()).filter(free).find_map(|at| digits(tokens, at, &hour_word));
    let stopped = || (0..tokens.len()).filter(free).find_map(|at| digits(tokens, at, &|t| t.is('.')));
    marked.or_else(stopped).or_else(|| (0..tokens.len()).filter(free).find_map(|at| bare_hour(tokens, at)))
}

fn digits(tokens: &[Token], at: usize, separator: &dyn Fn(&Token) -> bool) -> Option<Clock> {
    let number = |at: usize, most: u32| tokens.get(at)?.number().filter(|(n, d)| *n < most && *d <= 2).map(|(n, _)| n);
    let hour = number(at, 25)?;
    tokens.get(at + 1).filter(|t| separator(t))?;
    let minute = number(at + 2, 60)?;
    let mut end = at + 3;
    if tokens.get(end).is_some_and(|t| matches!(t.word(), Some("分" | "분" | "min"))) {
        end += 1;
    }
    let mut second = 0;
    let second_sign = tokens.get(end).is_some_and(|t| t.is(':') || (t.is('.') && !t.spaced) || separator(t));
    if second_sign && let Some(found) = number(end + 1, 61) {
        (second, end) = (found.min(59), end + 2);
    } else if end > at + 3
        && let Some(found) = number(end, 61)
    {
        (second, end) = (found.min(59), end + 1);
    }
    Some(clock(tokens, hour, minute, second, (at, end)))
}

fn bare_hour(tokens: &[Token], at: usize) -> Option<Clock> {
    let (hour, _) = tokens.get(at)?.number().filter(|(n, d)| *n <= 12 && *d <= 2)?;
    half(tokens, at + 1)?;
    Some(clock(tokens, hour, 0, 0, (at, at + 1)))
}

fn clock(tokens: &[Token], hour: u32, minute: u32, second: u32, span: (usize, usize)) -> Clock {
    let after = half(tokens, span.1);
    let before = || (1..=2).find_map(|back| half(tokens, span.0.checked_sub(back)?).filter(|h| h.2 == back));
    let half = after.or_else(before);
    let hour = match half {
        Some((true, ..)) if hour < 12 => hour + 12,
        Some((false, ..)) if hour == 12 => 0,
        _ => hour % 24,
    };
    let small = |n: u32| i8::try_from(n).unwrap_or(0);
    Clock { hour: small(hour), minute: small(minute), second: small(second), span, american: half.is_some_and(|h| h.1) }
}

/// Whether the words at a token name half of the day: (evening, in capitals, tokens used).
fn half(tokens: &[Token], at: usize) -> Option<(bool, bool, usize)> {
    let Piece::Word(word, capitals) = &tokens.get(at)?.piece else { return None };
    let next = tokens.get(at + 1).and_then(Token::word);
    match (word.as_str(), next) {
        ("午", Some("前")) | ("上", Some("午")) | ("오", Some("전")) | ("早", Some("上")) | ("凌", Some("晨")) => {
            Some((false, false, 2))
        }
        ("午", Some("后" | "後"))
        | ("下", Some("午"))
        | ("오", Some("후"))
        | ("晚", Some("上"))
        | ("中", Some("午")) => Some((true, false, 2)),
        ("a" | "p", _) => {
            let m = if tokens.get(at + 1)?.is('.') { at + 2 } else { at + 1 };
            (tokens.get(m)?.word() == Some("m")).then_some((word == "p", false, m + 1 - at))
        }
        (word, _) if MORNING.contains(&word) => Some((false, *capitals && word.is_ascii(), 1)),
        (word, _) if EVENING.contains(&word) => Some((true, *capitals && word.is_ascii(), 1)),
        _ => None,
    }
}

/// The offset in seconds east that the tokens state, looking from the time on.
pub fn offset(tokens: &[Token], from: usize) -> Option<i32> {
    (from..tokens.len()).find_map(|at| {
        let token = tokens.get(at)?;
        match &token.piece {
            Piece::Sign('+' | '-' | '−') => hours(tokens, at, false),
            Piece::Word(word, _) if GREENWICH.contains(&word.as_str()) => {
                Some(hours(tokens, at + 1, true).unwrap_or(0))
            }
            Piece::Word(word, true) if names::zone(word).is_some() => names::zone(word).map(|minutes| minutes * 60),
            Piece::Word(..) => in_full(tokens, at),
            _ => None,
        }
    })
}

/// `Eastern Standard Time`: a zone's name of two to five words.
fn in_full(tokens: &[Token], at: usize) -> Option<i32> {
    let words: Vec<&str> = tokens.iter().skip(at).take(5).map_while(Token::word).collect();
    (2..=words.len()).rev().find_map(|count| names::zone(&words.get(..count)?.join(" "))).map(|minutes| minutes * 60)
}

/// `+0100`, `+01:00`, and behind GMT or UTC also `+1`.
fn hours(tokens: &[Token], at: usize, named: bool) -> Option<i32> {
    let east = match tokens.get(at)?.piece {
        Piece::Sign('+') => 1,
        Piece::Sign('-' | '−') => -1,
        _ => return None,
    };
    let token = tokens.get(at + 1).filter(|t| !t.spaced)?;
    let minutes = tokens.get(at + 2).filter(|t| t.is(':')).and_then(|_| tokens.get(at + 3)?.number());
    let (hours, minutes) = match (token.number()?, minutes) {
        ((n, 4), _) => (n / 100, n % 100),
        ((n, 1 | 2), Some((m, 2))) => (n, m),
        ((n, 1 | 2), None) if named => (n, 0),
        _ => return None,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours <= 14 && minutes < 60).then_some(east * seconds)
}
