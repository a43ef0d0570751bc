//! Which exchanges a page tells: those of a day or a week by customer, fewer of each when there are many.
//!
//! A page is read in two minutes. Of many customers each gets a few lines, and of very many the later ones in
//! the alphabet are named with how many exchanges there were; their own pages have them all.

use std::collections::BTreeMap;

use super::day::Exchange;
use super::facts::Names;
use crate::contacts::CustomerId;

/// How many customers are told in lines, and how many more are named.
const TOLD: usize = 16;
const NAMED: usize = 36;
/// Of more customers than this each gets fewer lines.
const FEW_CUSTOMERS: usize = 12;

/// How many lines of one customer a page has room for.
pub struct Room {
    /// When customers are few.
    pub lines: usize,
    /// When they are many.
    pub lines_of_many: usize,
}

/// A day's page tells each exchange in two lines, a week's in one.
pub const OF_A_DAY: Room = Room { lines: 8, lines_of_many: 2 };
/// The same for a week.
pub const OF_A_WEEK: Room = Room { lines: 12, lines_of_many: 4 };

/// Exchanges by customer, cut to what a page tells.
pub struct Grouped<'a> {
    /// Customers told in lines, by name.
    pub told: Vec<Group<'a>>,
    /// Customers who are named, each with how many exchanges.
    pub named: Vec<(&'a CustomerId, usize)>,
    /// How many customers are not even named.
    pub elsewhere: usize,
}

/// One customer's exchanges, by time.
pub struct Group<'a> {
    /// Which customer.
    pub customer: &'a CustomerId,
    /// Those that are told.
    pub lines: Vec<&'a Exchange>,
    /// How many more there are.
    pub more: usize,
}

/// Chooses what is told.
pub fn select<'a>(exchanges: &'a [Exchange], names: &Names, room: &Room) -> Grouped<'a> {
    let groups = by_customer(exchanges, names);
    let keep = if groups.len() > FEW_CUSTOMERS { room.lines_of_many } else { room.lines };
    let told = groups.iter().take(TOLD).map(|(customer, exchanges)| {
        // One line that would be left over is told: "and 1 more" takes as much room.
        let keep = if exchanges.len() == keep + 1 { keep + 1 } else { keep };
        let lines: Vec<&Exchange> = exchanges.iter().take(keep).copied().collect();
        Group { customer, more: exchanges.len() - lines.len(), lines }
    });
    let named = groups.iter().skip(TOLD).take(NAMED).map(|(customer, exchanges)| (*customer, exchanges.len()));
    Grouped { told: told.collect(), named: named.collect(), elsewhere: groups.len().saturating_sub(TOLD + NAMED) }
}

/// The exchanges of each customer, customers by name, exchanges by time. One with several customers
/// stands under each of them.
pub fn by_customer<'a>(exchanges: &'a [Exchange], names: &Names) -> Vec<(&'a CustomerId, Vec<&'a Exchange>)> {
    let mut groups: BTreeMap<(String, &CustomerId), Vec<&Exchange>> = BTreeMap::new();
    for exchange in exchanges {
        for id in exchange.also.iter().chain([&exchange.customer]) {
            let name = names.customer(id).raw().to_lowercase();
            groups.entry((name, id)).or_default().push(exchange);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().map(|((_, id), exchanges)| (id, exchanges)).collect();
    for (_, exchanges) in &mut groups {
        exchanges.sort_by_key(|e| (e.instant, e.interaction));
    }
    groups
}
