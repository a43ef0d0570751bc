//! Whether a mail's author is who it says, as far as our own receiving server vouches for it.

use serde::{Deserialize, Serialize};

/// What the operator trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The authserv-ids of our own receiving servers (RFC 8601, 2.5), compared whole, ASCII case ignored.
    /// Empty: nobody vouches, and the team list alone decides.
    pub authentication_results: Vec<String>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether our server says that the author's domain sent it.
    pub authenticated: Authenticated,
    /// The authserv-id that said so.
    pub by: Option<String>,
    /// Why, in words for a person, free of the mail's own words.
    pub reason: String,
}

/// The three answers of product.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authenticated {
    /// A trusted server says so, aligned with From.
    Pass,
    /// A trusted server says the contrary.
    Fail,
    /// Nobody trusted says anything.
    Unknown,
}
