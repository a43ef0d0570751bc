//! `[privacy]`: what is kept, of whom, how long.

use super::section::{Fault, Section};
use super::value;
use crate::mail::{Address, Domain};

/// `[privacy]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy {
    /// How much of a mail's words is kept.
    pub text: TextKept,
    /// Whose mail is never recorded.
    pub exclude: Vec<Whom>,
    /// Days for which exchanges with nobody known are kept.
    pub unmatched_days: u32,
    /// Days after which interactions are forgotten; 0 keeps them for ever.
    pub keep_days: u32,
}

/// How much of a mail's words is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextKept {
    /// All of them.
    #[default]
    Full,
    /// The beginning of the newly written ones.
    Excerpt,
    /// None: only who, when and the subject.
    None,
}

/// Somebody, or everybody at a domain and below.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// One address.
    Address(Address),
    /// A domain with its subdomains.
    Domain(Domain),
}

impl Whom {
    /// Whether that address is meant, case and +tag ignored.
    pub fn covers(&self, address: &Address) -> bool {
        match self {
            Whom::Address(one) => {
                let key = one.key();
                key == address.key() || address.without_tag().is_some_and(|bare| bare.key() == key)
            }
            Whom::Domain(domain) => address.domain().is_within(domain),
        }
    }
}

impl Default for Privacy {
    fn default() -> Privacy {
        Privacy { text: TextKept::Full, exclude: Vec::new(), unmatched_days: 30, keep_days: 0 }
    }
}

pub(super) fn read(mut section: Section<'_>) -> Privacy {
    let default = Privacy::default();
    let kept = [("full", TextKept::Full), ("excerpt", TextKept::Excerpt), ("none", TextKept::None)];
    let exclude = section.list("exclude", |v| {
        let written = value::text(v)?;
        let whom = match written.contains('@') {
            true => Address::parse(&written).map(Whom::Address),
            false => Domain::parse(&written).map(Whom::Domain),
        };
        whom.ok_or_else(|| Fault::new("is neither an address nor a domain"))
    });
    let privacy = Privacy {
        text: section.or("text", default.text, value::word(&kept)),
        exclude: exclude.unwrap_or(default.exclude),
        unmatched_days: section.or("unmatched-days", default.unmatched_days, value::number(0, 36_500)),
        keep_days: section.or("keep-days", default.keep_days, value::number(0, 36_500)),
    };
    section.close();
    privacy
}
