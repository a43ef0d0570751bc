//! Pages for a browser: self-contained files, without script and without anything remote.
//!
//! The templates under `templates/` escape whatever they are given; only the
//! type [`html::Html`] passes as it is, and it can hold nothing but our own
//! markup around escaped words. A Content-Security-Policy in each page allows
//! its own style sheet, by hash, and nothing else: should an escape ever fail,
//! the browser still loads and runs nothing.

pub mod customer;
pub mod day;
pub mod frame;
pub mod html;
pub mod index;

use askama::Template;

pub use customer::page as customer;
pub use day::page as day;
pub use index::page as index;

use crate::contacts::CustomerId;

/// Where a customer's page lies below the report directory. Ids are made of letters, digits and
/// hyphens; any other character is written as its code, so that no id leaves the folder.
pub fn customer_path(id: &CustomerId) -> String {
    let safe =
        |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_string() } else { format!("_{:x}", u32::from(c)) };
    format!("customers/{}.html", id.0.chars().map(safe).collect::<String>())
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
