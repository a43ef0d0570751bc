//! The page of one day: what needs a person, what happened, how it stands, whom to settle.

use askama::Template;
use jiff::civil::Date;

use super::frame::Frame;
use super::html::Html;
use super::people::People;
use super::standing::StandingView;
use super::{customer_path, filled, first};
use crate::contacts::CustomerId;
use crate::mail::Untrusted;
use crate::report::day::{Context, Exchange, Promise, Report, Trouble, Waiting};
use crate::report::open::{self, Left, Selection};
use crate::report::settled::Settled;
use crate::report::{Format, grouped, phrase, standing};
use crate::understand::{Direction, Kind};

/// How many troubles.
const TROUBLES: usize = 10;

/// The page of a day's report.
pub fn page(report: &Report) -> String {
    let context = &report.context;
    let (trouble, more_trouble) = first(report.today.trouble.iter().map(TroubleLine::of).collect(), TROUBLES);
    let grouped = grouped::select(&report.exchanges, &context.names, &grouped::OF_A_DAY);
    let standings = standing::select(report);
    let views = |all: &[standing::Standing<'_>]| all.iter().map(|s| StandingView::new(s, context)).collect::<Vec<_>>();
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
        on_us: Loops::new(&report.today.waiting_on_us, context, report.date),
        on_them: Loops::new(&report.today.waiting_on_them, context, report.date),
        promises: Promises::new(&report.today.promises, context, report.date),
        trouble,
        more_trouble,
        groups: grouped.told.iter().map(|group| Group::of(group, report)).collect(),
        named: grouped.named.iter().map(|(id, count)| CustomerLink::to(id, context, *count)).collect(),
        elsewhere: grouped.elsewhere,
        stand_out: views(&standings.flagged),
        more_stand_out: standings.more_flagged,
        calm: views(&standings.calm),
        more_calm: standings.more_calm,
        people: People::of(report),
        settled: report.settled.iter().map(|one| SettledLine::of(one, report)).collect(),
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
    promises: Promises,
    trouble: Vec<TroubleLine>,
    more_trouble: usize,
    groups: Vec<Group>,
    named: Vec<CustomerLink>,
    elsewhere: usize,
    stand_out: Vec<StandingView>,
    more_stand_out: usize,
    calm: Vec<StandingView>,
    more_calm: usize,
    people: People,
    settled: Vec<SettledLine>,
    mailboxes: Vec<MailboxLine>,
    quarantine: usize,
    also_as: Vec<(&'static str, &'static str)>,
}

impl Page {
    fn needs_nobody(&self) -> bool {
        self.on_us.total == 0 && self.on_them.total == 0 && self.trouble.is_empty() && self.promises.total == 0
    }

    /// Whether something bears a number by which it can be closed.
    fn numbered(&self) -> bool {
        self.stand_out.iter().flat_map(|s| &s.flagged).flat_map(|m| &m.items).any(|item| item.number.is_some())
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
    pub rest: Option<Rest>,
}

/// Promises of ours, the same.
pub(super) struct Promises {
    pub total: usize,
    pub shown: Vec<PromiseLine>,
    pub rest: Option<Rest>,
}

/// What is only counted, by customer.
pub(super) struct Rest {
    /// What is said before them.
    pub words: String,
    pub customers: Vec<CustomerLink>,
    pub elsewhere: bool,
}

impl Rest {
    fn of(left: &Left<'_>, context: &Context) -> Option<Rest> {
        let customers = left.customers.iter().map(|(id, count)| CustomerLink::to(id, context, *count));
        Some(Rest { words: phrase::left(left)?, customers: customers.collect(), elsewhere: left.elsewhere > 0 })
    }
}

impl Promises {
    /// As they stand on the morning after `date`.
    pub(super) fn new(promises: &[Promise], context: &Context, date: Date) -> Promises {
        let Selection { total, shown, left } = open::select_promises(promises, date);
        let shown = shown.into_iter().map(|promise| PromiseLine::new(promise, context, date)).collect();
        Promises { total, shown, rest: Rest::of(&left, context) }
    }
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
    /// As they stand at the end of `date`.
    pub(super) fn new(waiting: &[Waiting], context: &Context, date: Date) -> Loops {
        let Selection { total, shown, left } = open::select(waiting, context, date);
        let shown = shown.into_iter().map(|open| Loop::new(open, context, date)).collect();
        Loops { total, shown, rest: Rest::of(&left, context) }
    }
}

impl Loop {
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

/// One promise of ours.
pub(super) struct PromiseLine {
    pub customer: CustomerLink,
    pub number: i64,
    pub interaction: i64,
    pub name: Html,
    pub sentence: Html,
    pub state: &'static str,
    pub overdue: bool,
    pub due: Date,
    pub due_short: String,
}

impl PromiseLine {
    /// As it stands on the morning after `date`.
    pub(super) fn new(promise: &Promise, context: &Context, date: Date) -> PromiseLine {
        let (state, due_short) = phrase::due(promise, date);
        PromiseLine {
            customer: CustomerLink::to(&promise.customer, context, 1),
            number: promise.number,
            interaction: promise.interaction,
            name: Html::words(&promise.name),
            sentence: Html::words(&promise.sentence),
            state,
            overdue: promise.overdue,
            due: promise.due,
            due_short,
        }
    }
}

/// One customer's exchanges of the day.
struct Group {
    customer: CustomerLink,
    lines: Vec<Line>,
    more: usize,
}

impl Group {
    fn of(group: &grouped::Group<'_>, report: &Report) -> Group {
        let context = &report.context;
        let lines = group.lines.iter().map(|exchange| Line::new(exchange, context, report.date));
        Group { customer: CustomerLink::to(group.customer, context, 0), lines: lines.collect(), more: group.more }
    }
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

struct MailboxLine {
    name: Html,
    state: String,
    failure: Option<Html>,
}

fn mailboxes(report: &Report) -> Vec<MailboxLine> {
    let line = |m: &crate::report::day::Mailbox| MailboxLine {
        name: Html::words(&Untrusted::new(&m.name)),
        state: phrase::mailbox(m, report),
        failure: m.failure.as_ref().map(Html::words),
    };
    report.machinery.mailboxes.iter().map(line).collect()
}
