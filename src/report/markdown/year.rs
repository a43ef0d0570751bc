//! A customer's year as Markdown.

use super::{Page, words};
use crate::mail::Untrusted;
use crate::report::day::Exchange;
use crate::report::phrase;
use crate::report::year::Year;

/// The year as Markdown (CommonMark).
pub fn render(year: &Year) -> String {
    let mut page = Page::new(&year.context, year.to);
    page.line(&format!("# Our year with {}\n", words(&year.name())));
    page.line(&format!("{}\n", year.span()));
    page.line(&year.lede());
    if !year.sparse {
        story(&mut page, year);
    }
    lines(&mut page, year);
    page.text
}

fn story(page: &mut Page<'_>, year: &Year) {
    if !year.warmest.is_empty() {
        page.line("\n## What did us good\n");
        for warm in &year.warmest {
            let day = phrase::day_of(&warm.at).map(phrase::day_month_year).unwrap_or_default();
            page.line(&format!("- “{}”\n  {}, {day}", words(&warm.sentence), words(&warm.author)));
        }
    }
    page.line("\n## What we did for one another\n");
    for (label, tally) in year.tallies() {
        match tally.of {
            0 => page.line(&format!("- {label}: none came up")),
            of => page.line(&format!("- {label}: {} of {of}", tally.done)),
        }
    }
    let names = |people: &[Untrusted]| people.iter().map(words).collect::<Vec<_>>().join(", ");
    if year.silence.is_some() || !year.arrived.is_empty() || !year.left.is_empty() {
        page.line("\n## Who came, who left, who broke the silence\n");
    }
    if !year.arrived.is_empty() {
        page.line(&format!("- Came: {}", names(&year.arrived)));
    }
    if !year.left.is_empty() {
        page.line(&format!("- Left: {}", names(&year.left)));
    }
    if let Some(silence) = &year.silence {
        let days = phrase::some(silence.days().unsigned_abs() as usize, "day", "days");
        let span = phrase::span(silence.from, silence.to);
        page.line(&format!("- Longest silence: {days}, {span}; {} broke it", words(&silence.broken_by)));
    }
}

fn lines(page: &mut Page<'_>, year: &Year) {
    let Some(first) = &year.first else { return };
    let latest = year.latest.as_ref().filter(|latest| latest.interaction != first.interaction);
    page.line(match latest {
        Some(_) => "\n## The first line and the latest\n",
        None => "\n## The one line\n",
    });
    for exchange in [Some(first), latest].into_iter().flatten() {
        let line = dated(page, exchange);
        page.line(&line);
    }
}

fn dated(page: &Page<'_>, exchange: &Exchange) -> String {
    let day = phrase::long_date(page.context.zone.to_datetime(exchange.instant).date());
    format!("- {day}, {}: {}\n  {}", page.who(exchange), super::subject(&exchange.subject), words(&exchange.gist))
}
