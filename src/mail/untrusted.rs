//! Words that strangers wrote, and the only ways they may leave the program.
//!
//! [`Untrusted`] has no `Display`: a page, a table, a log line or a CSV cell
//! has to name itself, and gets the words escaped for it. What is always
//! neutralised, whatever the sink: control characters, bidirectional
//! overrides and invisible characters, which become visible `\u{…}`.

use serde::{Deserialize, Serialize};

/// Text from a mail. Read it with [`Untrusted::raw`] to understand it; print it only through a sink.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes words as they came.
    pub fn new(words: impl Into<String>) -> Untrusted {
        Untrusted(words.into())
    }

    /// The words themselves, for understanding and storing; never for printing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// Debug text goes to logs and panics, so it tells the length and not the words.
impl std::fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Untrusted({} bytes)", self.0.len())
    }
}
