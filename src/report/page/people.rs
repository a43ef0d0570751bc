//! People to settle: strangers, and who came to a customer or left it.

use super::day::{CustomerLink, subject};
use super::first;
use super::html::Html;
use crate::mail::Untrusted;
use crate::report::day::{Arrival, Departure, Report, Unmatched};
use crate::report::phrase;

/// How many of each are told.
const SHOWN: usize = 8;

/// Everyone to settle, cut to what a page tells.
pub(super) struct People {
    pub strangers: Vec<Stranger>,
    pub more_strangers: usize,
    pub arrivals: Vec<Newcomer>,
    pub more_arrivals: usize,
    pub departures: Vec<Leaver>,
    pub more_departures: usize,
}

impl People {
    pub fn of(report: &Report) -> People {
        let people = &report.people;
        let (strangers, more_strangers) = first(people.unmatched.iter().map(Stranger::of).collect(), SHOWN);
        let newcomers = people.arrivals.iter().map(|arrival| Newcomer::of(arrival, report));
        let (arrivals, more_arrivals) = first(newcomers.collect(), SHOWN);
        let leavers = people.departures.iter().map(|departure| Leaver::of(departure, report));
        let (departures, more_departures) = first(leavers.collect(), SHOWN);
        People { strangers, more_strangers, arrivals, more_arrivals, departures, more_departures }
    }

    pub fn is_empty(&self) -> bool {
        self.strangers.is_empty() && self.arrivals.is_empty() && self.departures.is_empty()
    }
}

/// Somebody in no contact list.
pub(super) struct Stranger {
    pub name: Option<Html>,
    pub address: Html,
    pub mails: String,
    pub subject: Html,
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

/// Somebody new at a customer.
pub(super) struct Newcomer {
    pub customer: CustomerLink,
    pub name: Html,
    pub address: Html,
    pub introducer: Option<Html>,
    pub interaction: i64,
    pub first: String,
    pub first_short: String,
    pub greeted: &'static str,
    pub open: bool,
}

impl Newcomer {
    fn of(arrival: &Arrival, report: &Report) -> Newcomer {
        let day = phrase::day_of(&arrival.first);
        Newcomer {
            customer: CustomerLink::to(&arrival.customer, &report.context, 1),
            name: Html::words(&arrival.name),
            address: Html::words(&Untrusted::new(&arrival.address)),
            introducer: arrival.introducer.as_ref().map(Html::words),
            interaction: arrival.interaction,
            first: arrival.first.clone(),
            first_short: day.map(|day| phrase::short_date(day, report.date)).unwrap_or_default(),
            greeted: phrase::greeted(arrival),
            open: !arrival.welcomed,
        }
    }
}

/// Somebody who left, or seems to have.
pub(super) struct Leaver {
    pub customer: CustomerLink,
    pub name: Html,
    pub text: Html,
    pub successors: Vec<Html>,
    pub interaction: Option<i64>,
    pub seen_off: &'static str,
    pub open: bool,
}

impl Leaver {
    fn of(departure: &Departure, report: &Report) -> Leaver {
        Leaver {
            customer: CustomerLink::to(&departure.customer, &report.context, 1),
            name: Html::words(&departure.name),
            text: Html::words(&departure.text),
            successors: departure.successors.iter().map(|a| Html::words(&Untrusted::new(a))).collect(),
            interaction: departure.interactions.last().copied(),
            seen_off: phrase::seen_off(departure),
            open: !departure.farewell,
        }
    }
}
