//! The same report as a mail: a subject that says what matters, text, and HTML for mail programs.
//!
//! Mail programs drop style sheets, know few selectors and no grids: here every style stands on its element, and
//! tables hold the columns. A letter is read on the way; it names the first few of everything, the page has the
//! rest. Nothing in it is a link, so nothing in it can lead anywhere.

mod rows;

use std::collections::BTreeSet;

use askama::Template;
use jiff::civil::Date;

use self::rows::{Group, Piece, Row, Section, about, more, plain, subject_of};
use super::day::{Exchange, Item, Promise, Report, Trouble, Waiting};
use super::grouped::by_customer;
use super::open::{self, Left, Selection};
use super::page::html::Html;
use super::standing::{self, Standing, Told};
use super::{markdown, phrase};
use crate::contacts::CustomerId;
use crate::mail::Untrusted;
use crate::understand::{Direction, Kind};

/// The most of one list that a letter shows.
const SHOWN: usize = 8;
/// How many customers are named who have more.
const NAMED: usize = 4;
/// The most exchanges of one customer.
const EXCHANGES: usize = 4;

/// How a letter is answered.
const ANSWERING: &str = "Answer this mail to settle what it lists by number: a line such as \u{201c}done 3\u{201d}, \
                         \u{201c}dismiss 3 4\u{201d} or \u{201c}later 3 friday\u{201d}.";

/// A report to be mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What matters, then the day: `3 people wait for an answer · 20 November`. No stranger's word is in it.
    pub subject: String,
    /// Markdown.
    pub text: String,
    /// HTML without style sheet, script, link or picture.
    pub html: String,
}

/// The letter of a report.
pub fn letter(report: &Report) -> Letter {
    let text = format!("{}\n---\n\n{ANSWERING}\n", markdown::render(report));
    Letter { subject: subject(report), text, html: html(report) }
}

fn subject(report: &Report) -> String {
    let today = &report.today;
    let counted = |n: usize, one: &str, many: &str| (n > 0).then(|| phrase::some(n, one, many));
    let count = |is: fn(&Promise, Date) -> bool| today.promises.iter().filter(|one| is(one, report.date)).count();
    let (overdue, due) =
        (count(|one, day| one.overdue && !open::is_long_overdue(one, day)), count(|one, _| !one.overdue));
    // Somebody may wait for several answers.
    let waiting: BTreeSet<_> = today.waiting_on_us.iter().map(|one| (&one.customer, one.name.raw())).collect();
    let matters = [
        counted(waiting.len(), "person waits for an answer", "people wait for an answer"),
        counted(overdue, "promise is overdue", "promises are overdue"),
        counted(due, "promise falls due", "promises fall due"),
        counted(today.trouble.len(), "thing needs a decision", "things need a decision"),
    ];
    // The first two: a subject is read on a telephone.
    let mut said: Vec<String> = matters.into_iter().flatten().take(2).collect();
    if said.is_empty() {
        said.push(match report.exchanges.len() {
            0 => "A quiet day".to_owned(),
            n => format!("Nobody waits, {}", phrase::some(n, "exchange", "exchanges")),
        });
    }
    format!("{} · {}", said.join(", "), report.date.strftime("%-d %B"))
}

fn html(report: &Report) -> String {
    let sections =
        [today(report), exchanges(report), settled(report), relations(report), people(report), machinery(report)];
    let page = Page {
        title: phrase::long_date(report.date),
        lede: phrase::lede(report),
        sections: sections.into_iter().filter(|section| !section.groups.is_empty()).collect(),
        answering: ANSWERING,
        version: report.context.version.clone(),
        time_zone: report.time_zone.clone(),
    };
    // Writing to a string cannot fail.
    page.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Page {
    title: String,
    lede: String,
    sections: Vec<Section>,
    answering: &'static str,
    version: String,
    time_zone: String,
}

fn today(report: &Report) -> Section {
    let today = &report.today;
    let mut on_us = loops("Waiting on us", &today.waiting_on_us, report);
    if let Some(group) = &mut on_us {
        group.urgent = true;
    }
    let groups = [
        on_us,
        promises(&today.promises, report),
        loops("Waiting on them", &today.waiting_on_them, report),
        Group::of("Needs a decision", &today.trouble, trouble),
    ];
    Section::of("What needs you today", groups.into_iter().flatten().collect())
}

fn loops(title: &str, waiting: &[Waiting], report: &Report) -> Option<Group> {
    selected(title, open::select_few(waiting, &report.context, report.date, SHOWN), report, |open| {
        let row = Row::of(about(&open.name, &report.context.names.customer(&open.customer), &open.subject))
            .beside(phrase::wait(open.working_hours, report.context.hours_per_day));
        match &open.gist {
            Some(gist) => row.saying(gist),
            None => row,
        }
    })
}

fn promises(promises: &[Promise], report: &Report) -> Option<Group> {
    selected("Promises of ours", open::select_promises(promises, report.date), report, |one| promise(one, report))
}

/// What is open, cut to a letter's length.
fn selected<T>(title: &str, selection: Selection<'_, T>, report: &Report, row: impl Fn(&T) -> Row) -> Option<Group> {
    let Selection { total, shown, left } = selection;
    let title = Some(plain(&format!("{title} ({total})")));
    let rows = shown.into_iter().map(row).collect();
    (total > 0).then(|| Group { title, urgent: false, rows, rest: rest(&left, report) })
}

/// What is only counted, with the names of those who have most of it.
fn rest(left: &Left<'_>, report: &Report) -> Vec<Piece> {
    let Some(before) = phrase::left(left) else { return Vec::new() };
    let mut pieces = vec![Piece::Ours(format!("{before}: "))];
    for (at, (id, count)) in left.customers.iter().take(NAMED).enumerate() {
        let name = Html::words(&report.context.names.customer(id));
        let comma = if at == 0 { "" } else { ", " };
        pieces.extend([Piece::Ours(comma.to_owned()), Piece::Words(name), Piece::Ours(format!(" ({count})"))]);
    }
    if left.customers.len() > NAMED {
        pieces.push(Piece::Ours(" and other customers".to_owned()));
    }
    pieces
}

fn promise(promise: &Promise, report: &Report) -> Row {
    let (state, day) = phrase::due(promise, report.date);
    let head = about(&promise.name, &report.context.names.customer(&promise.customer), &Untrusted::default());
    let number = Piece::Ours(format!("[{}] to ", promise.number));
    Row::of([vec![number], head].concat()).saying(&promise.sentence).beside(state).below(day)
}

fn trouble(trouble: &Trouble) -> Row {
    let text = Piece::Ours(phrase::capital(&trouble.text));
    let detail = trouble.detail.as_ref().map(Html::words);
    let detail = detail.into_iter().flat_map(|words| [Piece::Ours(" – ".to_owned()), Piece::Words(words)]);
    Row { words: Some(plain(&trouble.hint)), ..Row::of([text].into_iter().chain(detail).collect()) }
}

fn exchanges(report: &Report) -> Section {
    let group = |(id, exchanges): (_, Vec<&Exchange>)| {
        let title = Html::words(&report.context.names.customer(id));
        Group::cut(Some(title), &exchanges, EXCHANGES, |exchange| self::exchange(exchange, report))
    };
    let mut groups: Vec<Group> =
        by_customer(&report.exchanges, &report.context.names).into_iter().filter_map(group).collect();
    let left = groups.len().saturating_sub(2 * SHOWN);
    groups.truncate(2 * SHOWN);
    let more = (left > 0).then(|| format!("and with {}", phrase::some(left, "more customer", "more customers")));
    Section { title: format!("What happened on {}", phrase::weekday(report.date)), groups, more }
}

fn exchange(exchange: &Exchange, report: &Report) -> Row {
    let row = Row::of(exchange_head(exchange)).saying(&exchange.gist);
    let clock = phrase::clock(exchange.instant, &report.context.zone);
    if exchange.late {
        let day = report.context.zone.to_datetime(exchange.instant).date();
        row.beside(phrase::short_date(day, report.date)).below("came late")
    } else {
        row.beside(clock)
    }
}

fn exchange_head(exchange: &Exchange) -> Vec<Piece> {
    let way = match (exchange.kind, exchange.direction) {
        (Kind::Note, _) => "Note by ",
        (Kind::Meeting, _) => "Meeting, ",
        (Kind::Email, Direction::Inbound) => "From ",
        (Kind::Email, _) => "By ",
    };
    let mut head = vec![Piece::Ours(way.to_owned()), Piece::Name(Html::words(&exchange.author))];
    if let Some(to) = &exchange.to {
        head.extend([Piece::Ours(" to ".to_owned()), Piece::Words(Html::words(to))]);
    }
    head.extend([Piece::Ours(": ".to_owned()), subject_of(&exchange.subject)]);
    head
}

fn settled(report: &Report) -> Section {
    let group = Group::cut(None, &report.settled, SHOWN, |one| {
        let head = match &one.customer {
            Some(customer) => about(&one.name, &report.context.names.customer(customer), &Untrusted::default()),
            None => vec![Piece::Name(Html::words(&one.name))],
        };
        Row::of(head).saying(&one.sentence).beside(one.words(report.date)).below(format!("no. {}", one.number))
    });
    Section::of("Settled by one of us", group.into_iter().collect())
}

/// What stands out among the measures, as on the page, with the numbers by which it is closed.
fn relations(report: &Report) -> Section {
    let standings = standing::select(report);
    let group = |standing: &Standing<'_>| {
        let rows: Vec<Row> = standing.flagged.iter().flat_map(told).collect();
        let left = rows.len().saturating_sub(SHOWN);
        let title = Html::words(&report.context.names.customer(standing.customer));
        let rows: Vec<Row> = rows.into_iter().take(SHOWN).collect();
        Group { title: Some(title), urgent: false, rows, rest: more(left) }
    };
    Section {
        title: "How the relationships are doing".to_owned(),
        groups: standings.flagged.iter().map(group).collect(),
        more: (standings.more_flagged > 0).then(|| {
            let customers = phrase::some(standings.more_flagged, "more customer", "more customers");
            format!("and something to look at with {customers}")
        }),
    }
}

/// A measure: what of it is open, or its sentence.
fn told(told: &Told<'_>) -> Vec<Row> {
    let says =
        |words: &Untrusted| vec![Piece::Ours(format!("{}: ", told.topic.name)), Piece::Words(Html::words(words))];
    let open: Vec<Row> = told.open_items().map(|item| self::item(says(&item.text), item)).collect();
    if open.is_empty() { vec![Row::of(says(&told.sentence))] } else { open }
}

fn item(head: Vec<Piece>, item: &Item) -> Row {
    let number = item.number.map(|number| Piece::Ours(format!("[{number}] ")));
    let row = Row::of(number.into_iter().chain(head).collect());
    match &item.sentence {
        Some(sentence) => row.saying(sentence),
        None => row,
    }
}

fn people(report: &Report) -> Section {
    let people = &report.people;
    let who =
        |name: &Untrusted, id: &CustomerId| about(name, &report.context.names.customer(id), &Untrusted::default());
    let groups = [
        Group::of("New at a customer", &people.arrivals, |one| {
            let mut head = who(&one.name, &one.customer);
            if let Some(introducer) = &one.introducer {
                head.extend([Piece::Ours(", brought in by ".to_owned()), Piece::Words(Html::words(introducer))]);
            }
            Row::of(head).beside(phrase::greeted(one))
        }),
        Group::of("Gone, or gone quiet", &people.departures, |one| {
            let row = Row::of(who(&one.name, &one.customer)).saying(&one.text);
            row.beside(if one.farewell { phrase::seen_off(one) } else { "" })
        }),
        Group::of("In no contact list", &people.unmatched, |one| {
            let row = Row::of(vec![Piece::Name(Html::words(&Untrusted::new(&one.address)))]);
            let row = row.beside(phrase::some(one.mails as usize, "mail", "mails"));
            if one.subject.is_blank() { row } else { row.saying(&one.subject) }
        }),
    ];
    Section::of("People to settle", groups.into_iter().flatten().collect())
}

/// Only what is wrong: a letter has arrived, so most of it works.
fn machinery(report: &Report) -> Section {
    let failing: Vec<_> = report.machinery.mailboxes.iter().filter(|mailbox| mailbox.failure.is_some()).collect();
    let group = Group::cut(None, &failing, SHOWN, |mailbox| {
        let row = Row::of(vec![Piece::Ours(mailbox.name.clone())]);
        Row { words: mailbox.failure.as_ref().map(Html::words), ..row }
    });
    Section::of("The machinery", group.into_iter().collect())
}
