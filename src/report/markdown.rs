//! The same report as Markdown: for terminals, plain mail and other tools.
//!
//! Strangers' words are escaped so that none of them becomes a heading, a
//! link, an image or HTML. Lines are not wrapped: a terminal does that.

mod day;
mod history;
mod standing;
mod week;
mod year;

pub use day::render;
pub use week::render as week;
pub use year::render as year;

use std::fmt::Write;

use jiff::civil::Date;

use super::day::{Context, Exchange, Promise, Waiting};
use super::grouped::Grouped;
use super::open::{self, Left, Selection};
use super::phrase;
use super::words::markdown as words;
use crate::mail::Untrusted;
use crate::understand::{Direction, Kind};

/// A page that grows line by line.
struct Page<'a> {
    text: String,
    context: &'a Context,
    /// The day at whose end everything is said.
    date: Date,
}

impl<'a> Page<'a> {
    fn new(context: &'a Context, date: Date) -> Page<'a> {
        Page { text: String::new(), context, date }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn open_loops(&mut self, title: &str, waiting: &[Waiting]) {
        let Selection { total, shown, left } = open::select(waiting, self.context, self.date);
        if total == 0 {
            return;
        }
        self.line(&format!("\n### {title} ({total})\n"));
        for one in shown {
            self.line(&format!("- {}", self.waiting(one)));
        }
        self.rest(&left);
    }

    /// Promises of ours that are due.
    fn promises(&mut self, promises: &[Promise]) {
        let Selection { total, shown, left } = open::select_promises(promises, self.date);
        if total == 0 {
            return;
        }
        self.line(&format!("\n### Promises of ours ({total})\n"));
        for one in shown {
            self.line(&format!("- {}", self.promise(one)));
        }
        self.rest(&left);
    }

    /// What is only counted, by customer.
    fn rest(&mut self, left: &Left<'_>) {
        let Some(before) = phrase::left(left) else { return };
        let mut customers: Vec<String> =
            left.customers.iter().map(|(id, count)| format!("{} ({count})", self.customer(id))).collect();
        if left.elsewhere > 0 {
            customers.push(format!("other customers ({})", left.elsewhere));
        }
        self.line(&format!("- {before}: {}", customers.join(", ")));
    }

    /// At most `most` of a list under a heading, and how many more there are.
    fn list<T>(&mut self, title: &str, items: &[T], most: usize, item: impl Fn(&Self, &T) -> String) {
        if items.is_empty() {
            return;
        }
        self.line(&format!("\n### {title} ({})\n", items.len()));
        for one in items.iter().take(most) {
            let text = item(self, one);
            self.line(&format!("- {text}"));
        }
        if items.len() > most {
            self.line(&format!("- and {} more", items.len() - most));
        }
    }

    fn waiting(&self, open: &Waiting) -> String {
        let gist = open.gist.as_ref().map(|gist| format!("\n  {}", words(gist))).unwrap_or_default();
        format!(
            "**{}**, {}: {} – {} (since {}){gist}",
            words(&open.name),
            self.customer(&open.customer),
            subject(&open.subject),
            phrase::wait(open.working_hours, self.context.hours_per_day),
            phrase::short_date(self.context.zone.to_datetime(open.at).date(), self.date),
        )
    }

    /// `[3] overdue (Fri 20 Nov), to **Ann Li**, Acme: ...`
    fn promise(&self, promise: &Promise) -> String {
        let (state, day) = phrase::due(promise, self.date);
        let to = format!("to **{}**, {}", words(&promise.name), self.customer(&promise.customer));
        format!("[{}] {state} ({day}), {to}\n  {}", promise.number, words(&promise.sentence))
    }

    /// Who wrote to whom, and the line of it: `← **Ann Li**`.
    fn who(&self, exchange: &Exchange) -> String {
        let author = words(&exchange.author);
        let to = exchange.to.as_ref().filter(|_| exchange.direction == Direction::Outbound);
        let to = to.map(|to| format!(" to **{}**", words(to))).unwrap_or_default();
        match (exchange.kind, exchange.direction) {
            (Kind::Note, _) => format!("note by **{author}**"),
            (Kind::Meeting, _) => format!("meeting, **{author}**"),
            (Kind::Email, Direction::Inbound) => format!("← **{author}**"),
            (Kind::Email, _) => format!("→ **{author}**{to}"),
        }
    }

    fn exchange(&self, exchange: &Exchange) -> String {
        let mut line = format!("- {} ", phrase::clock(exchange.instant, &self.context.zone));
        if exchange.late {
            let day = self.context.zone.to_datetime(exchange.instant).date();
            let _ = write!(line, "(from {}, came late) ", phrase::short_date(day, self.date));
        }
        let _ = write!(line, "{}: {}\n  {}", self.who(exchange), subject(&exchange.subject), words(&exchange.gist));
        line
    }

    /// Exchanges by customer, each in the words of `line`.
    fn groups(&mut self, grouped: &Grouped<'_>, line: impl Fn(&Self, &Exchange) -> String) {
        for group in &grouped.told {
            self.line(&format!("\n### {}\n", self.customer(group.customer)));
            for exchange in &group.lines {
                let text = line(self, exchange);
                self.line(&text);
            }
            if group.more > 0 {
                self.line(&format!("- and {} more", group.more));
            }
        }
        if !grouped.named.is_empty() {
            let named = grouped.named.iter().map(|(id, count)| format!("{} ({count})", self.customer(id)));
            let named = named.collect::<Vec<_>>().join(", ");
            let others = match grouped.elsewhere {
                0 => String::new(),
                more => format!(" and {more} more customers"),
            };
            self.line(&format!("\nand with {named}{others}"));
        }
    }

    fn customer(&self, id: &crate::contacts::CustomerId) -> String {
        words(&self.context.names.customer(id))
    }
}

fn subject(subject: &Untrusted) -> String {
    if subject.is_blank() { "(no subject)".to_owned() } else { words(subject) }
}
