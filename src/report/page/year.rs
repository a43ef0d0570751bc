//! The page of a customer's year.

use askama::Template;
use jiff::civil::Date;

use super::chart::{self, Bar};
use super::customer::Rhythm;
use super::day::Line;
use super::frame::Frame;
use super::html::Html;
use super::{customer_path, filled};
use crate::mail::Untrusted;
use crate::report::phrase;
use crate::report::year::{Tally, WarmLine, Year};

/// The page of a customer's year.
pub fn page(year: &Year) -> String {
    let (context, name) = (&year.context, year.name());
    let title = format!("{} in {} – touchbase", name.raw(), year.to.year());
    let dated = |exchange: &crate::report::day::Exchange| {
        let day = context.zone.to_datetime(exchange.instant).date();
        (phrase::long_date(day), Line::new(exchange, context, year.to))
    };
    filled(&Page {
        frame: Frame::new(Html::bare(&Untrusted::new(title)), "../../", &context.version),
        name: Html::words(&name),
        customer: customer_path(&year.customer),
        span: year.span(),
        from: year.from,
        to: year.to,
        as_of: phrase::long_date(year.to),
        lede: year.lede(),
        sparse: year.sparse,
        chart: months(year),
        tallies: year.tallies().map(|(label, tally)| Counted::of(label, tally)).into(),
        silence: year.silence.as_ref().map(|silence| Silence {
            days: phrase::some(silence.days().unsigned_abs() as usize, "day", "days"),
            span: phrase::span(silence.from, silence.to),
            broken_by: Html::words(&silence.broken_by),
        }),
        arrived: year.arrived.iter().map(Html::words).collect(),
        left: year.left.iter().map(Html::words).collect(),
        warmest: year.warmest.iter().map(Warm::of).collect(),
        first: year.first.as_ref().map(dated),
        latest: year.latest.as_ref().filter(|latest| Some(latest.interaction) != first_id(year)).map(dated),
    })
}

#[derive(Template)]
#[template(path = "year.html")]
struct Page {
    frame: Frame,
    name: Html,
    customer: String,
    span: String,
    from: Date,
    to: Date,
    as_of: String,
    lede: String,
    sparse: bool,
    chart: Option<Rhythm>,
    tallies: Vec<Counted>,
    silence: Option<Silence>,
    arrived: Vec<Html>,
    left: Vec<Html>,
    warmest: Vec<Warm>,
    first: Option<(String, Line)>,
    latest: Option<(String, Line)>,
}

/// One number of the year.
struct Counted {
    label: &'static str,
    done: u32,
    of: u32,
}

impl Counted {
    fn of(label: &'static str, tally: Tally) -> Counted {
        Counted { label, done: tally.done, of: tally.of }
    }
}

struct Silence {
    days: String,
    span: String,
    broken_by: Html,
}

struct Warm {
    sentence: Html,
    author: Html,
    at: String,
    day: String,
}

impl Warm {
    fn of(line: &WarmLine) -> Warm {
        Warm {
            sentence: Html::words(&line.sentence),
            author: Html::words(&line.author),
            at: line.at.clone(),
            day: phrase::day_of(&line.at).map(phrase::day_month_year).unwrap_or_default(),
        }
    }
}

fn first_id(year: &Year) -> Option<i64> {
    year.first.as_ref().map(|first| first.interaction)
}

/// The months as bars.
fn months(year: &Year) -> Option<Rhythm> {
    let label = |month: Date| month.strftime("%B %Y").to_string();
    let numbers: Vec<Bar> =
        year.months.iter().map(|m| Bar { label: label(m.month), theirs: m.theirs, ours: m.ours }).collect();
    Some(Rhythm {
        chart: chart::rhythm(&numbers, "Exchanges a month: theirs above the line, ours below it")?,
        first: numbers.first()?.label.clone(),
        last: numbers.last()?.label.clone(),
        words: String::new(),
        numbers,
        unit: "Month",
    })
}
