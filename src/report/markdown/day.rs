//! A day's report as Markdown.

use super::{Page, subject, words};
use crate::mail::Untrusted;
use crate::report::day::{Arrival, Departure, Mailbox, Report, Trouble, Unmatched};
use crate::report::{grouped, phrase};

/// How many troubles, and how many of each sort of people.
const SHOWN: usize = 8;

/// The report as Markdown (CommonMark).
pub fn render(report: &Report) -> String {
    let mut page = Page::new(&report.context, report.date);
    page.line(&format!("# {}\n", phrase::long_date(report.date)));
    page.line(&phrase::lede(report));
    today(&mut page, report);
    exchanges(&mut page, report);
    page.standings(report);
    page.histories(report);
    settled(&mut page, report);
    people(&mut page, report);
    machinery(&mut page, report);
    page.text
}

fn today(page: &mut Page<'_>, report: &Report) {
    let today = &report.today;
    page.line("\n## What needs you today");
    let waits = today.waiting_on_us.len() + today.waiting_on_them.len();
    if waits + today.promises.len() + today.trouble.len() == 0 {
        page.line(&format!("\n{}", phrase::nothing_needed(report)));
    }
    page.open_loops("Waiting on us", &today.waiting_on_us);
    page.promises(&today.promises);
    page.open_loops("Waiting on them", &today.waiting_on_them);
    page.list("Needs a decision", &today.trouble, SHOWN, |_, trouble| self::trouble(trouble));
}

fn trouble(trouble: &Trouble) -> String {
    let detail = trouble.detail.as_ref().map(|d| format!(" – {}", words(d))).unwrap_or_default();
    format!("{}{detail} (`{}`)", words(&Untrusted::new(phrase::capital(&trouble.text))), trouble.hint)
}

fn exchanges(page: &mut Page<'_>, report: &Report) {
    if report.exchanges.is_empty() {
        return;
    }
    page.line(&format!("\n## What happened on {}", phrase::weekday(report.date)));
    let grouped = grouped::select(&report.exchanges, &report.context.names, &grouped::OF_A_DAY);
    page.groups(&grouped, Page::exchange);
}

fn settled(page: &mut Page<'_>, report: &Report) {
    if report.settled.is_empty() {
        return;
    }
    page.line("\n## Settled by one of us\n");
    for one in &report.settled {
        let state = one.words(report.date);
        page.line(&format!("- No. {} {state}: **{}**\n  {}", one.number, words(&one.name), words(&one.sentence)));
    }
}

fn people(page: &mut Page<'_>, report: &Report) {
    let people = &report.people;
    if people.unmatched.is_empty() && people.arrivals.is_empty() && people.departures.is_empty() {
        return;
    }
    page.line("\n## People to settle");
    page.list("New at a customer", &people.arrivals, SHOWN, arrival);
    page.list("Gone, or gone quiet", &people.departures, SHOWN, departure);
    page.list("In no contact list", &people.unmatched, SHOWN, |_, stranger| self::stranger(stranger));
}

fn arrival(page: &Page<'_>, arrival: &Arrival) -> String {
    let since = phrase::day_of(&arrival.first).map(|day| phrase::short_date(day, page.date)).unwrap_or_default();
    let introducer = arrival.introducer.as_ref().map(|by| format!(", brought in by {}", words(by))).unwrap_or_default();
    format!(
        "**{}**, {}\n  at {} since {since}{introducer}; {}",
        words(&arrival.name),
        words(&Untrusted::new(&arrival.address)),
        page.customer(&arrival.customer),
        phrase::greeted(arrival),
    )
}

fn departure(page: &Page<'_>, departure: &Departure) -> String {
    let successors: Vec<String> = departure.successors.iter().map(|a| words(&Untrusted::new(a))).collect();
    let follows = match successors.is_empty() {
        true => String::new(),
        false => format!("; who follows: {}", successors.join(", ")),
    };
    format!(
        "**{}**, {}\n  {}; {}{follows}",
        words(&departure.name),
        page.customer(&departure.customer),
        words(&departure.text),
        phrase::seen_off(departure),
    )
}

fn stranger(stranger: &Unmatched) -> String {
    let name = stranger.name.as_ref().map(|n| format!("**{}**, ", words(n))).unwrap_or_default();
    let mails = phrase::some(stranger.mails as usize, "mail", "mails");
    let address = words(&Untrusted::new(&stranger.address));
    format!("{name}{address}: {} ({mails})", subject(&stranger.subject))
}

fn machinery(page: &mut Page<'_>, report: &Report) {
    let machinery = &report.machinery;
    page.line("\n## The machinery\n");
    for mailbox in &machinery.mailboxes {
        page.line(&mailbox_line(mailbox, report));
    }
    let quarantine = match machinery.quarantine {
        0 => "empty".to_owned(),
        n => phrase::some(n, "mail", "mails"),
    };
    page.line(&format!("- Quarantine: {quarantine}"));
}

fn mailbox_line(mailbox: &Mailbox, report: &Report) -> String {
    let failure = mailbox.failure.as_ref().map(|f| format!(" – **{}**", words(f))).unwrap_or_default();
    format!("- {}: {}{failure}", words(&Untrusted::new(&mailbox.name)), phrase::mailbox(mailbox, report))
}
