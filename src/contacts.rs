//! Who is known: customers, their people, their addresses and domains.

mod changes;
pub mod conflicts;
pub mod directory;
pub mod domains;
pub mod formats;
pub mod import;
mod names;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::mail::{Address, Domain};

pub use directory::Directory;

/// A customer's short name: lower-case letters, digits and hyphens, such as `acme`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(pub String);

/// A contact's short name, unique among all contacts, such as `ann-li`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactId(pub String);

/// An organisation we care for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its short name.
    pub id: CustomerId,
    /// Its name as written.
    pub name: String,
    /// Domains whose people belong to it; never a freemail domain.
    pub domains: Vec<Domain>,
    /// How often we want to be in touch, in days; replaces the measured rhythm.
    pub cadence_days: Option<u32>,
    /// Customer since.
    pub since: Option<Date>,
    /// Free words.
    pub notes: Option<String>,
    /// Its people.
    pub contacts: Vec<Contact>,
}

/// A known person at a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Their short name.
    pub id: ContactId,
    /// Their name as written.
    pub name: Option<String>,
    /// Their addresses, the first one preferred; at least one.
    pub addresses: Vec<Address>,
    /// What they do there.
    pub role: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Known since.
    pub since: Option<Date>,
    /// Free words.
    pub notes: Option<String>,
}

/// Who a participant turned out to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Match {
    /// The person, if one is known.
    pub contact: Option<ContactId>,
    /// The customer, by the person or by the domain.
    pub customer: Option<CustomerId>,
    /// The rule: `address`, `tag`, `domain`, `name`, or empty when nobody is known.
    pub rule: String,
}
