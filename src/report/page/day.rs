//! The page of one day.

use askama::Template;
use jiff::civil::Date;

use super::frame::Frame;
use super::html::Html;
use super::{customer_path, filled, first};
use crate::contacts::CustomerId;
use crate::mail::Untrusted;
use crate::report::day::{Context, Exchange, Report, Trouble, Unmatched, Waiting};
use crate::report::open::{self, Selection};
use crate::report::settled::Settled;
use crate::report::{Format, phrase};
use crate::understand::{Direction, Kind};

/// How many exchanges of one customer.
const EXCHANGES: usize = 8;
/// How many strangers, and how many troubles.
const STRANGERS: usize = 10;

/// The page of a day's report.
pub fn page(report: &Report) -> String {
    let context = &report.context;
    let (trouble, more_trouble) = first(report.today.trouble.iter().map(TroubleLine::of).collect(), STRANGERS);
    let (strangers, more_strangers) = first(report.people.unmatched.iter().map(Stranger::of).collect(), STRANGERS);
    let title = format!("{} – touchbase", phrase::long_date(report.date));
    filled(&Page {
        frame: Frame::new(Html::bare(&Untrusted::new(title)), "", &context.version),
        date: report.date,
        weekday: phrase::weekday(report.date),
        day_month_year: phrase::day_month_year(report.date),
        time_zone: report.time_zone.clone(),
        previous: context.previous.map(|day| (day, phrase::short_date(day, report.date))),
        lede: phrase::lede(report),
        nothing_needed: phrase::nothing_needed(report),
        on_us: Loops::of(&report.today.waiting_on_us, report),
        on_them: Loops::of(&report.today.waiting_on_them, report),
        trouble,
        more_trouble,
        groups: groups(report),
        settled: report.settled.iter().map(|one| SettledLine::of(one, report)).collect(),
        strangers,
        more_strangers,
        mailboxes: mailboxes(report),
        quarantine: report.machinery.quarantine,
        also_as: also_as(&context.formats),
    })
}

#[derive(Template)]
#[template(path = "day.html")]
struct Page {
    frame: Frame,
    date: Date,
    weekday: String,
    day_month_year: String,
    time_zone: String,
    previous: Option<(Date, String)>,
    lede: String,
    nothing_needed: &'static str,
    on_us: Loops,
    on_them: Loops,
    trouble: Vec<TroubleLine>,
    more_trouble: usize,
    groups: Vec<Group>,
    settled: Vec<SettledLine>,
    strangers: Vec<Stranger>,
    more_strangers: usize,
    mailboxes: Vec<MailboxLine>,
    quarantine: usize,
    also_as: Vec<(&'static str, &'static str)>,
}

impl Page {
    fn needs_nobody(&self) -> bool {
        self.on_us.total == 0 && self.on_them.total == 0 && self.trouble.is_empty()
    }
}

/// A link to a customer's page.
pub(super) struct CustomerLink {
    pub href: String,
    pub name: Html,
    pub count: usize,
}

impl CustomerLink {
    pub(super) fn to(id: &CustomerId, context: &Context, count: usize) -> CustomerLink {
        CustomerLink { href: customer_path(id), name: Html::words(&context.names.customer(id)), count }
    }
}

/// Open loops: those told in full, of the others how many each customer has.
pub(super) struct Loops {
    pub total: usize,
    pub shown: Vec<Loop>,
    pub others: Vec<CustomerLink>,
    /// What is said before the others; `None` when there are none.
    pub left: Option<String>,
    pub still_others: bool,
}

/// One open loop.
pub(super) struct Loop {
    pub customer: CustomerLink,
    pub interaction: i64,
    pub name: Html,
    pub subject: Html,
    pub gist: Option<Html>,
    pub age: String,
    pub since: String,
    pub since_short: String,
}

impl Loops {
    fn of(waiting: &[Waiting], report: &Report) -> Loops {
        let Selection { total, shown, left } = open::select(waiting, report);
        let customers = left.customers.iter().map(|(id, count)| CustomerLink::to(id, &report.context, *count));
        Loops {
            total,
            shown: shown.into_iter().map(|open| Loop::of(open, report)).collect(),
            others: customers.collect(),
            left: phrase::left(&left),
            still_others: left.elsewhere > 0,
        }
    }
}

impl Loop {
    pub(super) fn of(waiting: &Waiting, report: &Report) -> Loop {
        let context = &report.context;
        Loop::new(waiting, context, report.date)
    }

    pub(super) fn new(waiting: &Waiting, context: &Context, now: Date) -> Loop {
        let day = context.zone.to_datetime(waiting.at).date();
        Loop {
            customer: CustomerLink::to(&waiting.customer, context, 1),
            interaction: waiting.interaction,
            name: Html::words(&waiting.name),
            subject: subject(&waiting.subject),
            gist: waiting.gist.as_ref().map(Html::words),
            age: phrase::wait(waiting.working_hours, context.hours_per_day),
            since: waiting.since.clone(),
            since_short: phrase::short_date(day, now),
        }
    }
}

/// One customer's exchanges of the day.
struct Group {
    customer: CustomerLink,
    lines: Vec<Line>,
    more: usize,
}

/// One exchange.
pub(super) struct Line {
    pub interaction: i64,
    pub at: String,
    pub clock: String,
    pub who: Html,
    pub to: Html,
    pub label: &'static str,
    pub arrow: &'static str,
    pub subject: Html,
    pub gist: Html,
    pub late: Option<String>,
}

impl Line {
    pub(super) fn new(exchange: &Exchange, context: &Context, now: Date) -> Line {
        let day = context.zone.to_datetime(exchange.instant).date();
        let to = exchange.to.as_ref().filter(|_| exchange.direction == Direction::Outbound);
        let (label, arrow) = match (exchange.kind, exchange.direction) {
            (Kind::Note, _) => ("Note", "✎"),
            (Kind::Meeting, _) => ("Meeting", "◷"),
            (Kind::Email, Direction::Inbound) => ("Received", "←"),
            (Kind::Email, _) => ("Sent", "→"),
        };
        Line {
            interaction: exchange.interaction,
            at: exchange.at.clone(),
            clock: phrase::clock(exchange.instant, &context.zone),
            who: if exchange.author.is_blank() { Html::ours("someone") } else { Html::words(&exchange.author) },
            to: to.map(Html::words).unwrap_or_default(),
            label,
            arrow,
            subject: subject(&exchange.subject),
            gist: Html::words(&exchange.gist),
            late: exchange.late.then(|| phrase::short_date(day, now)),
        }
    }
}

/// The day's exchanges by customer, in the order of their names; one with two customers stands under both.
fn groups(report: &Report) -> Vec<Group> {
    let names = &report.context.names;
    crate::report::day::by_customer(report)
        .into_iter()
        .map(|(id, exchanges)| {
            let lines = exchanges.iter().map(|e| Line::new(e, &report.context, report.date)).collect();
            let (lines, more) = first(lines, EXCHANGES);
            let customer = CustomerLink { href: customer_path(id), name: Html::words(&names.customer(id)), count: 0 };
            Group { customer, lines, more }
        })
        .collect()
}

/// A subject, or that there is none.
pub(super) fn subject(words: &Untrusted) -> Html {
    if words.is_blank() { Html::ours("<i>no subject</i>") } else { Html::words(words) }
}

/// The other formats: file ending and name.
fn also_as(formats: &[Format]) -> Vec<(&'static str, &'static str)> {
    let named = |format: &Format| match format {
        Format::Html => None,
        Format::Markdown => Some((format.extension(), "Markdown")),
        Format::Json => Some((format.extension(), "JSON")),
    };
    formats.iter().filter_map(named).collect()
}

struct SettledLine {
    customer: Option<CustomerLink>,
    name: Html,
    sentence: Html,
    state: String,
    number: i64,
}

impl SettledLine {
    fn of(one: &Settled, report: &Report) -> SettledLine {
        SettledLine {
            customer: one.customer.as_ref().map(|id| CustomerLink::to(id, &report.context, 1)),
            name: Html::words(&one.name),
            sentence: Html::words(&one.sentence),
            state: one.words(report.date),
            number: one.number,
        }
    }
}

struct TroubleLine {
    text: String,
    detail: Option<Html>,
    hint: String,
}

impl TroubleLine {
    fn of(trouble: &Trouble) -> TroubleLine {
        TroubleLine {
            text: phrase::capital(&trouble.text),
            detail: trouble.detail.as_ref().map(Html::words),
            hint: trouble.hint.clone(),
        }
    }
}

struct Stranger {
    name: Option<Html>,
    address: Html,
    mails: String,
    subject: Html,
}

impl Stranger {
    fn of(stranger: &Unmatched) -> Stranger {
        Stranger {
            name: stranger.name.as_ref().map(Html::words),
            address: Html::words(&Untrusted::new(&stranger.address)),
            mails: phrase::some(stranger.mails as usize, "mail", "mails"),
            subject: subject(&stranger.subject),
        }
    }
}

struct MailboxLine {
    name: Html,
    state: String,
    failure: Option<Html>,
}

fn mailboxes(report: &Report) -> Vec<MailboxLine> {
    let line = |m: &crate::report::day::Mailbox| MailboxLine {
        name: Html::words(&Untrusted::new(&m.name)),
        state: phrase::mailbox(m, &report.as_of),
        failure: m.failure.as_ref().map(Html::words),
    };
    report.machinery.mailboxes.iter().map(line).collect()
}
