//! How it stands with a customer, as a page shows it: sentences first, the rest folded.

use super::chart;
use super::day::CustomerLink;
use super::html::Html;
use crate::report::day::{Context, Item};
use crate::report::phrase;
use crate::report::standing::{Standing, Told};

/// How many items of one measure are told on a day's page.
const ITEMS: usize = 3;

/// One customer's standing.
pub(super) struct StandingView {
    pub customer: CustomerLink,
    pub spark: Option<Html>,
    pub flagged: Vec<Measure>,
    pub calm: Vec<Measure>,
    pub unseen: Vec<Measure>,
    pub withheld: Vec<Measure>,
    pub sight: Option<Html>,
    pub others: usize,
    /// What the fold holds: `6 other measures`.
    pub folded: String,
}

impl StandingView {
    /// As a day's page shows it: of what a person could act on, only what is open.
    pub fn new(standing: &Standing<'_>, context: &Context) -> StandingView {
        let all = |told: &[Told<'_>]| told.iter().map(Measure::in_short).collect::<Vec<_>>();
        let others = standing.others();
        StandingView {
            customer: CustomerLink::to(standing.customer, context, 0),
            spark: chart::sparkline(standing.rhythm),
            flagged: all(&standing.flagged),
            calm: all(&standing.calm),
            unseen: all(&standing.unseen),
            withheld: all(&standing.withheld),
            sight: standing.sight.map(|sight| Html::words(&sight.text)),
            others,
            folded: match standing.flagged.is_empty() {
                true => phrase::some(others, "measure", "measures"),
                false => phrase::some(others, "other measure", "other measures"),
            },
        }
    }
}

/// One measure in a sentence.
pub(super) struct Measure {
    pub anchor: String,
    pub topic: &'static str,
    pub text: Html,
    pub n: usize,
    pub flagged: bool,
    pub seen: bool,
    pub items: Vec<ItemLine>,
    pub more_items: usize,
}

impl Measure {
    /// With the items that need a person.
    fn in_short(told: &Told<'_>) -> Measure {
        let items: Vec<ItemLine> = told.open_items().map(|item| ItemLine::of(told, item)).collect();
        let (items, more_items) = super::first(items, ITEMS);
        Measure { items, more_items, ..Measure::of(told) }
    }

    /// With every item.
    pub fn of(told: &Told<'_>) -> Measure {
        Measure {
            anchor: told.anchor(),
            topic: told.topic.name,
            text: Html::words(&told.sentence),
            n: told.measured.n,
            flagged: told.measured.flagged,
            seen: told.measured.value.is_some() || told.measured.flagged,
            items: told.measured.items.iter().map(|item| ItemLine::of(told, item)).collect(),
            more_items: 0,
        }
    }
}

/// One thing that a person can act on.
pub(super) struct ItemLine {
    pub number: Option<i64>,
    pub text: Html,
    pub sentence: Option<Html>,
    pub interaction: i64,
    pub open: bool,
    /// Whether the page it stands on shows that mail.
    pub shown: bool,
}

impl ItemLine {
    fn of(told: &Told<'_>, item: &Item) -> ItemLine {
        let (text, sentence) = told.added_by(item);
        ItemLine {
            number: item.number,
            text: Html::words(&text),
            sentence: sentence.as_ref().map(Html::words),
            interaction: item.interaction,
            open: item.open,
            shown: false,
        }
    }
}
