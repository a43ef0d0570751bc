//! The day in a date line: every reading that the words allow, best first.

use jiff::civil::Date;

use super::token::Token;
use super::{iranian, names};

/// One way to read the day, and the tokens it stands in (first, one after the last).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Where it stands.
    pub span: (usize, usize),
}

/// Every day the tokens may mean outside the clock's `used` tokens. `american` puts the month first
/// where only the order of numbers is open. `latest` gives the year when none is written.
pub fn candidates(tokens: &[Token], used: (usize, usize), american: bool, latest: Option<Date>) -> Vec<Day> {
    let reader = Reader { tokens, used, latest };
    let mut found: Vec<Day> = (0..tokens.len()).rev().flat_map(|at| reader.named_month(at)).collect();
    found.extend((0..tokens.len()).filter_map(|at| reader.marked(at)));
    found.extend((0..tokens.len()).filter_map(|at| reader.iranian(at)));
    if found.is_empty() {
        found = (0..tokens.len()).find_map(|at| reader.numeric(at, american)).unwrap_or_default();
    }
    if found.is_empty() {
        found = (0..tokens.len()).filter_map(|at| reader.shortened_month(at)).collect();
    }
    let said = tokens.iter().filter_map(Token::word).fold(0, |bits, word| bits | names::weekdays(word));
    let agrees = |day: &Day| said >> day.date.weekday().to_monday_zero_offset() & 1 == 1;
    if found.iter().any(agrees) {
        found.retain(agrees);
    }
    found
}

struct Reader<'a> {
    tokens: &'a [Token],
    used: (usize, usize),
    latest: Option<Date>,
}

impl Reader<'_> {
    fn number(&self, at: usize) -> Option<(u32, usize)> {
        let free = at < self.used.0 || at >= self.used.1;
        self.tokens.get(at).filter(|_| free)?.number()
    }

    fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at)?.word()
    }

    /// `26. Oktober 2021`, `October 26, 2021`, `2021. október 26.`, `26-Oct-21`, `26 tháng 10, 2021`.
    fn named_month(&self, at: usize) -> Vec<Day> {
        let Some(word) = self.word(at) else { return Vec::new() };
        let (months, end) = match (word, self.number(at + 1)) {
            ("tháng" | "thg" | "th", Some((n @ 1..=12, _))) => (vec![n as i8], at + 2),
            _ => (self.months(at, word.rsplit(['\'', '’']).next().unwrap_or(word)), at + 1),
        };
        months.into_iter().filter_map(|month| self.around_month(month, at, end)).collect()
    }

    /// `2 нау. 2026`: a month cut short, with its full stop, in a language whose short forms nobody listed.
    fn shortened_month(&self, at: usize) -> Option<Day> {
        let word =
            self.word(at).filter(|_| self.tokens.get(at + 1).is_some_and(|next| next.is('.') && !next.spaced))?;
        let month = names::month_begun(word).filter(|_| names::weekdays(word) == 0)?;
        self.around_month(month, at, at + 1)
    }

    /// The months a word may name, without those that the language of a day like `6.` rules out.
    fn months(&self, at: usize, word: &str) -> Vec<i8> {
        let ordinal = at.checked_sub(1).and_then(|before| self.tokens.get(before)).is_some_and(|t| t.is('.'));
        let narrowed: Vec<i8> = if ordinal { names::months(&format!(".{word}")).collect() } else { Vec::new() };
        if narrowed.is_empty() { names::months(word).collect() } else { narrowed }
    }

    fn around_month(&self, month: i8, at: usize, end: usize) -> Option<Day> {
        let day_number = |at: usize| self.number(at).filter(|(n, d)| (1..=31).contains(n) && *d <= 2);
        let before = (1..=4).filter_map(|back| at.checked_sub(back)).find(|at| self.number(*at).is_some());
        let before = before.filter(|at| day_number(*at).is_some());
        let after = (end..end + 3).find(|at| day_number(*at).is_some());
        let day_at = before.or(after)?;
        let (day, _) = day_number(day_at)?;
        let past = end.max(day_at + 1);
        let year_at = self.year_at(past, day_at, at, before.is_some());
        let date = match year_at.and_then(|at| self.number(at)) {
            Some((year, digits)) => date(year, digits, month, day)?,
            None => self.without_year(month, day)?,
        };
        let first = at.min(day_at);
        Some(Day { date, span: (first, past.max(year_at.filter(|y| *y < past + 6).map_or(0, |y| y + 1))) })
    }

    fn year_at(&self, past: usize, day_at: usize, month_at: usize, short_allowed: bool) -> Option<usize> {
        let whole = |at: &usize| self.number(*at).is_some_and(|(n, d)| d == 4 && is_year(n));
        let short = |at: &usize| self.number(*at).is_some_and(|(_, d)| d == 2) && *at != day_at;
        (past..self.tokens.len())
            .find(whole)
            .or_else(|| (0..month_at.min(day_at)).rev().find(whole))
            .or_else(|| (past..past + 3).find(short).filter(|_| short_allowed))
    }

    /// The last such day before the carrier; without a carrier there is no year to take.
    fn without_year(&self, month: i8, day: u32) -> Option<Date> {
        let latest = self.latest?;
        let day = i8::try_from(day).ok()?;
        [latest.year(), latest.year() - 1]
            .into_iter()
            .find_map(|y| Date::new(y, month, day).ok().filter(|d| *d <= latest))
    }

    /// `2021年10月26日`, `2021년 10월 26일`, `令和3年10月26日`, `2021 оны 10 сарын 26`, `2021 оны 10-р сарын 26`.
    fn marked(&self, at: usize) -> Option<Day> {
        let (mut year, digits) = self.number(at)?;
        matches!(self.word(at + 1)?, "年" | "년" | "оны").then_some(())?;
        let era = at.checked_sub(2).map(|from| (self.word(from), self.word(from + 1)));
        if era == Some((Some("令"), Some("和"))) {
            year = year.saturating_add(2018);
        }
        let (month, _) = self.number(at + 2)?;
        let named = (at + 3..at + 6).find(|at| matches!(self.word(*at), Some("月" | "월" | "сарын")))?;
        let (day, _) = self.number(named + 1)?;
        let date = date(year, if year > 99 { 4 } else { digits }, i8::try_from(month).ok()?, day)?;
        Some(Day { date, span: (at, named + 3) })
    }

    /// `14 مهر 1405`, in any script's digits.
    fn iranian(&self, at: usize) -> Option<Day> {
        let month = names::iranian_month(self.word(at)?)?;
        let (day, _) = self.number(at.checked_sub(1)?)?;
        let year_at = (at + 1..at + 4).find(|at| self.number(*at).is_some_and(|(_, digits)| digits == 4))?;
        let date = iranian::day(self.number(year_at)?.0, month, day)?;
        Some(Day { date, span: (at - 1, year_at + 1) })
    }

    /// `26/10/2021`, `10/26/21`, `2021-10-26`, `26. 10. 2021`.
    fn numeric(&self, at: usize, american: bool) -> Option<Vec<Day>> {
        let sign = self.tokens.get(at + 1).filter(|t| ['/', '-', '.'].iter().any(|s| t.is(*s)))?;
        let same = self.tokens.get(at + 3).is_some_and(|t| t.piece == sign.piece);
        let (a, b, c) = (self.number(at)?, self.number(at + 2).filter(|_| same)?, self.number(at + 4)?);
        let (day_first, month_first, year_first) = ((c, b, a), (c, a, b), (a, b, c));
        // Each group is tried only when the one before it gives no day at all.
        let groups = match a.1 {
            4 => vec![vec![year_first]],
            _ if sign.is('.') => vec![vec![day_first], vec![month_first], vec![year_first]],
            _ if american => vec![vec![month_first, day_first], vec![year_first]],
            _ => vec![vec![day_first, month_first], vec![year_first]],
        };
        let read = |(y, m, d): ((u32, usize), (u32, usize), (u32, usize))| date(y.0, y.1, i8::try_from(m.0).ok()?, d.0);
        let days = |orders: Vec<_>| orders.into_iter().filter_map(read).map(|date| Day { date, span: (at, at + 5) });
        groups.into_iter().map(|orders| days(orders).collect::<Vec<_>>()).find(|days| !days.is_empty())
    }
}

fn is_year(year: u32) -> bool {
    matches!(year, 1970..=2100 | 2513..=2643)
}

/// Years of two digits lie between 1970 and 2069; Thai years count from 543 before ours.
fn date(year: u32, digits: usize, month: i8, day: u32) -> Option<Date> {
    let year = match (year, digits) {
        (y, 2) if y < 70 => y + 2000,
        (y, 2) => y + 1900,
        (y @ 2513..=2643, 4) => y - 543,
        (y, 4) if is_year(y) => y,
        _ => return None,
    };
    Date::new(i16::try_from(year).ok()?, month, i8::try_from(day).ok()?).ok()
}
