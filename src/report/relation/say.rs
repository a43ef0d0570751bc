//! The small words of a measure: counts, days, shares, and why there is no value.

use jiff::civil::Date;

use crate::mail::Untrusted;
use crate::measure::{Answer, Share};
use crate::report::day::Measured;

/// A value with its line.
pub fn told(value: Option<f64>, n: usize, flagged: bool, text: String, interactions: Vec<i64>) -> Measured {
    let value = value.map(|value| (value * 100.0).round() / 100.0);
    Measured {
        value,
        n,
        flagged,
        text: Untrusted::new(text),
        interactions,
        items: Vec::new(),
        withheld: false,
        earlier: Vec::new(),
    }
}

/// An answer about `what` of a customer: `known` tells the value; otherwise the line says why there is none.
pub fn answer<T>(answer: &Answer<T>, whom: &str, what: &str, known: impl FnOnce(&T) -> Measured) -> Measured {
    match answer {
        Answer::Known(value) => known(value),
        Answer::TooLittle { n, needs } => {
            told(None, *n, false, format!("{whom}, {what}: too little seen (n = {n}, needs {needs})"), Vec::new())
        }
        Answer::Withheld { n } => {
            let text = format!("{whom}, {what}: withheld, for we see less than half of the conversation (n = {n})");
            Measured { withheld: true, ..told(None, *n, false, text, Vec::new()) }
        }
    }
}

/// Nothing of a kind within the year.
pub fn none(whom: &str, what: &str) -> Measured {
    told(None, 0, false, format!("{whom}: {what} in the last year, as far as we see (n = 0)"), Vec::new())
}

/// `38 %`, to the nearest.
pub fn percent(share: Share) -> String {
    format!("{:.0} %", share.value().unwrap_or(0.0) * 100.0)
}

/// `a day ago`, `12 days ago`; of the day itself its name, as the page is read on another.
pub fn ago(days: i64, now: Date) -> String {
    match days {
        ..=0 => on(now, now),
        1 => "a day ago".to_owned(),
        _ => format!("{days} days ago"),
    }
}

/// `on Tuesday` within a week, else `on 3 May`, with the year if it is another.
pub fn on(day: Date, now: Date) -> String {
    let days = day.until(now).map_or(i32::MAX, |span| span.get_days());
    let format = match days {
        0..=6 => "on %A",
        _ if day.year() == now.year() => "on %-d %B",
        _ => "on %-d %B %Y",
    };
    day.strftime(format).to_string()
}

/// `was due on Friday`, `due on Monday` within a week, `overdue since 3 May`.
pub fn due(day: Date, now: Date, overdue: bool) -> String {
    let ahead = now.until(day).map_or(i32::MAX, |span| span.get_days());
    match (overdue, ahead) {
        (true, _) => format!("overdue since {}", on(day, now).trim_start_matches("on ")),
        (false, 1..=6) => format!("due on {}", day.strftime("%A")),
        (false, ..=0) => format!("was due {}", on(day, now)),
        (false, _) => format!("due {}", on(day, now)),
    }
}

/// `9 h`, or `5 working days` from three of them on.
pub fn waited(working_hours: f64, hours_per_day: f64) -> String {
    match working_hours / hours_per_day {
        days if days >= 3.0 && hours_per_day > 0.0 => format!("{days:.0} working days"),
        _ => format!("{working_hours:.0} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_named_as_people_would() {
        let now = date(2026, 11, 20); // a Friday
        let table = [
            (date(2026, 11, 20), "on Friday"),
            (date(2026, 11, 17), "on Tuesday"),
            (date(2026, 11, 14), "on Saturday"),
            (date(2026, 11, 13), "on 13 November"),
            (date(2025, 11, 20), "on 20 November 2025"),
            (date(2026, 11, 23), "on 23 November"),
        ];
        for (day, expected) in table {
            assert_eq!(on(day, now), expected);
        }
        assert_eq!(
            (ago(0, now), ago(1, now), ago(12, now)),
            ("on Friday".into(), "a day ago".into(), "12 days ago".into())
        );
        assert_eq!(due(date(2026, 11, 23), now, false), "due on Monday");
        assert_eq!(due(date(2026, 11, 20), now, false), "was due on Friday");
        assert_eq!(due(date(2026, 11, 19), now, false), "was due on Thursday");
        assert_eq!(due(date(2026, 12, 24), now, false), "due on 24 December");
        assert_eq!(due(date(2026, 11, 17), now, true), "overdue since Tuesday");
        assert_eq!(due(date(2026, 11, 2), now, true), "overdue since 2 November");
    }

    #[test]
    fn waits_are_hours_at_first_and_then_days() {
        let said = [0.4, 9.0, 23.9, 24.0, 80.0].map(|hours| waited(hours, 8.0));
        assert_eq!(said, ["0 h", "9 h", "24 h", "3 working days", "10 working days"]);
        assert_eq!(waited(80.0, 0.0), "80 h", "where nobody works");
    }

    #[test]
    fn too_little_and_withheld_give_no_value_and_say_why() {
        let little: Answer<()> = Answer::TooLittle { n: 2, needs: 3 };
        let told = answer(&little, "Acme", "whose words", |()| panic!("there is no value"));
        assert_eq!(
            (told.value, told.n, told.text.raw()),
            (None, 2, "Acme, whose words: too little seen (n = 2, needs 3)")
        );
        let withheld: Answer<()> = Answer::Withheld { n: 9 };
        let told = answer(&withheld, "Acme", "whose words", |()| panic!("there is no value"));
        assert_eq!((told.value, told.n, told.flagged), (None, 9, false));
        assert!(told.text.raw().contains("withheld"), "{}", told.text.raw());
    }
}
