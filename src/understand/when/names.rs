//! Names of months, weekdays and zones (names.toml, zones.txt), ready to look up.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::understand::plain::plain;
use crate::understand::prepared::{self, prepared};

#[derive(serde::Deserialize)]
struct Language {
    months: Vec<String>,
    weekdays: Vec<String>,
}

/// Every name with the set of numbers it may mean, as bits from 0.
struct Names {
    months: BTreeMap<String, u16>,
    weekdays: BTreeMap<String, u16>,
    /// Months of the Iranian calendar.
    iranian: BTreeMap<String, u16>,
}

/// The language whose months are Iranian.
const IRANIAN: &str = "fa-jalali";

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let languages: BTreeMap<String, Language> = prepared::read(prepared!("src/understand/when/names"));
        let mut names = Names { months: BTreeMap::new(), weekdays: BTreeMap::new(), iranian: BTreeMap::new() };
        for (name, language) in &languages {
            let months = if name == IRANIAN { &mut names.iranian } else { &mut names.months };
            collect(months, &language.months);
            collect(&mut names.weekdays, &language.weekdays);
        }
        names
    })
}

fn collect(table: &mut BTreeMap<String, u16>, lines: &[String]) {
    for (number, forms) in lines.iter().enumerate() {
        for form in forms.split_whitespace() {
            *table.entry(plain(form)).or_default() |= 1 << number;
        }
    }
}

/// The months (1 to 12) that a word may name; several for words that two languages use differently.
pub fn months(word: &str) -> impl Iterator<Item = i8> {
    let bits = names().months.get(word).copied().unwrap_or(0);
    (0..12).filter(move |n| bits >> n & 1 == 1).map(|n| n + 1)
}

/// The month (1 to 12) that a word of three letters or more is the beginning of, if it is just one.
pub fn month_begun(word: &str) -> Option<i8> {
    let names = names().months.range(word.to_owned()..).take_while(|(name, _)| name.starts_with(word));
    let bits = names.fold(0, |bits, (_, months)| bits | months);
    (word.chars().count() >= 3 && bits.count_ones() == 1).then(|| bits.trailing_zeros() as i8 + 1)
}

/// The month of the Iranian calendar (1 to 12) that a word names.
pub fn iranian_month(word: &str) -> Option<i8> {
    let bits = names().iranian.get(word).copied().filter(|bits| *bits != 0)?;
    i8::try_from(bits.trailing_zeros() + 1).ok()
}

/// The weekdays a word may name, as bits from Monday.
pub fn weekdays(word: &str) -> u16 {
    names().weekdays.get(word).copied().unwrap_or(0)
}

/// The offset in minutes east that an abbreviation or a zone's name in full means.
pub fn zone(word: &str) -> Option<i32> {
    static ZONES: OnceLock<BTreeMap<String, i32>> = OnceLock::new();
    let zones = ZONES.get_or_init(|| {
        let lines = include_str!("zones.txt").lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(name, m)| Some((plain(name), m.parse().ok()?)))
            .collect()
    });
    zones.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert!(names().months.len() > 600);
        assert_eq!(months("ottobre").collect::<Vec<_>>(), [10]);
        assert_eq!(months("listopada").collect::<Vec<_>>(), [10, 11]);
        assert_eq!(zone("mesz"), Some(120));
    }
}
