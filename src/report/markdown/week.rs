//! A week's report as Markdown.

use super::{Page, words};
use crate::report::day::Promise;
use crate::report::phrase;
use crate::report::week::Week;

/// How many promises of each sort.
const PROMISES: usize = 20;

/// The week as Markdown (CommonMark).
pub fn render(week: &Week) -> String {
    let mut page = Page::new(&week.context, week.to);
    page.line(&format!("# Week {}, {}\n", week.from.iso_week_date().week(), week.span()));
    page.line(&week.lede());
    if !(week.promised.is_empty() && week.kept.is_empty()) {
        page.line("\n## Promised and kept");
        page.list("Promised", &week.promised, PROMISES, given);
        page.list("Kept", &week.kept, PROMISES, given);
    }
    page.line("\n## Open at its end");
    let open = &week.open;
    if open.waiting_on_us.len() + open.waiting_on_them.len() + open.promises.len() == 0 {
        page.line("\nNothing. Well kept.");
    }
    page.open_loops("Waiting on us", &open.waiting_on_us);
    page.promises(&open.promises);
    page.open_loops("Waiting on them", &open.waiting_on_them);
    exchanges(&mut page, week);
    page.text
}

fn given(page: &Page<'_>, promise: &Promise) -> String {
    let due = phrase::short_date(promise.due, page.date);
    let customer = page.customer(&promise.customer);
    format!("to **{}**, {customer}, for {due}\n  {}", words(&promise.name), words(&promise.sentence))
}

fn exchanges(page: &mut Page<'_>, week: &Week) {
    if week.exchanges.is_empty() {
        return;
    }
    page.line("\n## The week by customer");
    page.groups(&week.grouped(), |page, exchange| {
        let day = week.context.zone.to_datetime(exchange.instant).strftime("%a");
        format!("- {day} {}: {}", page.who(exchange), words(&exchange.gist))
    });
}
