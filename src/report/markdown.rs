//! The same report as Markdown: for terminals, plain mail and other tools.
//!
//! Strangers' words are escaped so that none of them becomes a heading, a
//! link, an image or HTML. Lines are not wrapped: a terminal does that.

use std::fmt::Write;

use super::day::{Exchange, Mailbox, Report, Trouble, Unmatched, Waiting, by_customer};
use super::open::{self, Selection};
use super::phrase;
use super::words::markdown as words;
use crate::mail::Untrusted;
use crate::understand::{Direction, Kind};

/// The report as Markdown (CommonMark).
pub fn render(report: &Report) -> String {
    let mut page = Page { text: String::new(), report };
    page.line(&format!("# {}\n", phrase::long_date(report.date)));
    page.line(&phrase::lede(report));
    page.today();
    page.exchanges();
    page.settled();
    page.people();
    page.machinery();
    page.text
}

struct Page<'a> {
    text: String,
    report: &'a Report,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn today(&mut self) {
        let today = &self.report.today;
        self.line("\n## What needs you today");
        if today.waiting_on_us.is_empty() && today.waiting_on_them.is_empty() && today.trouble.is_empty() {
            self.line(&format!("\n{}", phrase::nothing_needed(self.report)));
        }
        self.open_loops("Waiting on us", &today.waiting_on_us);
        self.open_loops("Waiting on them", &today.waiting_on_them);
        self.list("Needs a decision", &today.trouble, Self::trouble);
    }

    fn open_loops(&mut self, title: &str, waiting: &[Waiting]) {
        let Selection { total, shown, left } = open::select(waiting, self.report);
        if total == 0 {
            return;
        }
        self.line(&format!("\n### {title} ({total})\n"));
        for one in shown {
            self.line(&format!("- {}", self.waiting(one)));
        }
        if let Some(before) = phrase::left(&left) {
            let name = |id| words(&self.report.context.names.customer(id));
            let mut customers: Vec<String> =
                left.customers.iter().map(|(id, count)| format!("{} ({count})", name(id))).collect();
            if left.elsewhere > 0 {
                customers.push(format!("other customers ({})", left.elsewhere));
            }
            self.line(&format!("- {before}: {}", customers.join(", ")));
        }
    }

    fn list<T>(&mut self, title: &str, items: &[T], item: impl Fn(&Self, &T) -> String) {
        if items.is_empty() {
            return;
        }
        self.line(&format!("\n### {title} ({})\n", items.len()));
        for one in items {
            let text = item(self, one);
            self.line(&format!("- {text}"));
        }
    }

    fn waiting(&self, open: &Waiting) -> String {
        let context = &self.report.context;
        let day = context.zone.to_datetime(open.at).date();
        let gist = open.gist.as_ref().map(|gist| format!("\n  {}", words(gist))).unwrap_or_default();
        format!(
            "**{}**, {}: {} – {} (since {}){gist}",
            words(&open.name),
            words(&context.names.customer(&open.customer)),
            subject(&open.subject),
            phrase::wait(open.working_hours, context.hours_per_day),
            phrase::short_date(day, self.report.date),
        )
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        let detail = trouble.detail.as_ref().map(|d| format!(" – {}", words(d))).unwrap_or_default();
        format!("{}{detail} (`{}`)", words(&Untrusted::new(phrase::capital(&trouble.text))), trouble.hint)
    }

    fn exchanges(&mut self) {
        let report = self.report;
        if report.exchanges.is_empty() {
            return;
        }
        self.line(&format!("\n## What happened on {}", phrase::weekday(report.date)));
        for (customer, exchanges) in by_customer(report) {
            self.line(&format!("\n### {}\n", words(&report.context.names.customer(customer))));
            for exchange in exchanges {
                let text = self.exchange(exchange);
                self.line(&text);
            }
        }
    }

    fn settled(&mut self) {
        if self.report.settled.is_empty() {
            return;
        }
        self.line("\n## Settled by one of us\n");
        for one in &self.report.settled {
            let state = one.words(self.report.date);
            self.line(&format!("- No. {} {state}: **{}**\n  {}", one.number, words(&one.name), words(&one.sentence)));
        }
    }

    fn exchange(&self, exchange: &Exchange) -> String {
        let context = &self.report.context;
        let mut line = format!("- {} ", phrase::clock(exchange.instant, &context.zone));
        if exchange.late {
            let day = context.zone.to_datetime(exchange.instant).date();
            let _ = write!(line, "(from {}, came late) ", phrase::short_date(day, self.report.date));
        }
        let author = words(&exchange.author);
        let to = exchange.to.as_ref().map(|to| format!(" to **{}**", words(to))).unwrap_or_default();
        let _ = match (exchange.kind, exchange.direction) {
            (Kind::Note, _) => write!(line, "note by **{author}**"),
            (Kind::Meeting, _) => write!(line, "meeting, **{author}**"),
            (Kind::Email, Direction::Inbound) => write!(line, "← **{author}**"),
            (Kind::Email, _) => write!(line, "→ **{author}**{to}"),
        };
        let _ = write!(line, ": {}\n  {}", subject(&exchange.subject), words(&exchange.gist));
        line
    }

    fn people(&mut self) {
        let strangers = &self.report.people.unmatched;
        if strangers.is_empty() {
            return;
        }
        self.line("\n## People to settle");
        self.list("Not in any contact list", strangers, Self::stranger);
    }

    fn stranger(&self, stranger: &Unmatched) -> String {
        let name = stranger.name.as_ref().map(|n| format!("**{}**, ", words(n))).unwrap_or_default();
        let mails = phrase::some(stranger.mails as usize, "mail", "mails");
        let address = words(&Untrusted::new(&stranger.address));
        format!("{name}{address}: {} ({mails})", subject(&stranger.subject))
    }

    fn machinery(&mut self) {
        let machinery = &self.report.machinery;
        self.line("\n## The machinery\n");
        for mailbox in &machinery.mailboxes {
            self.line(&mailbox_line(mailbox, &self.report.as_of));
        }
        let quarantine = match machinery.quarantine {
            0 => "empty".to_owned(),
            n => phrase::some(n, "mail", "mails"),
        };
        self.line(&format!("- Quarantine: {quarantine}"));
    }
}

fn mailbox_line(mailbox: &Mailbox, as_of: &str) -> String {
    let failure = mailbox.failure.as_ref().map(|f| format!(" – **{}**", words(f))).unwrap_or_default();
    format!("- {}: {}{failure}", words(&Untrusted::new(&mailbox.name)), phrase::mailbox(mailbox, as_of))
}

fn subject(subject: &Untrusted) -> String {
    if subject.is_blank() { "(no subject)".to_owned() } else { words(subject) }
}
