//! Addresses (RFC 5322, 3.4.1), held strictly: what does not have exactly one meaning is no address.

use serde::{Deserialize, Serialize};

/// `local@domain`: local part as written, domain in lower-case A-labels (UTS 46). Safe to print:
/// it holds no space, control, bracket, quote or invisible character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

/// A domain in lower-case A-labels, such as `xn--mller-kva.example`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Address {
    /// The address as `local@domain`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Domain {
    /// The domain's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
