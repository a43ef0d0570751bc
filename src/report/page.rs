//! Pages for a browser: self-contained files, without script and without anything remote.
//!
//! The templates under `templates/` escape whatever they are given; only the
//! type [`html::Html`] passes as it is, and it can hold nothing but our own
//! markup around escaped words. A Content-Security-Policy in each page allows
//! its own style sheet, by hash, and nothing else: should an escape ever fail,
//! the browser still loads and runs nothing.

pub mod chart;
pub mod customer;
pub mod day;
pub mod frame;
mod history;
pub mod html;
pub mod index;
mod people;
mod standing;
pub mod week;
pub mod year;

use askama::Template;

pub use customer::page as customer;
pub use day::page as day;
pub use index::page as index;
pub use week::page as week;
pub use year::page as year;

use jiff::civil::Date;

use crate::contacts::CustomerId;

/// Where a customer's page lies below the report directory. Ids are made of letters, digits and
/// hyphens; any other character is written as its code, so that no id leaves the folder.
pub fn customer_path(id: &CustomerId) -> String {
    format!("customers/{}.html", file_name(id))
}

/// Where the page of a customer's year lies: `customers/acme/2026.html`.
pub fn year_path(id: &CustomerId, year: i16) -> String {
    format!("customers/{}/{year}.html", file_name(id))
}

/// Where the page of a week lies: `weeks/2026-W47.html`.
pub fn week_path(monday: Date) -> String {
    format!("weeks/{}.html", super::week::name(monday))
}

fn file_name(id: &CustomerId) -> String {
    let safe =
        |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_string() } else { format!("_{:x}", u32::from(c)) };
    id.0.chars().map(safe).collect()
}

/// A filled template. Writing to a string cannot fail, so there is no error to hand on.
fn filled(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// The first `keep` of a list and how many are left.
fn first<T>(mut list: Vec<T>, keep: usize) -> (Vec<T>, usize) {
    let left = list.len().saturating_sub(keep);
    list.truncate(keep);
    (list, left)
}
