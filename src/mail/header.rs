//! Header fields as they stood: order, count and exact names (RFC 5322, 2.2).
//!
//! Trust decisions read these, never a parser's look-ups, because a look-up
//! that returns the last of several fields returns the attacker's.

use serde::{Deserialize, Serialize};

/// All fields of one header block, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(pub Vec<Field>);

/// One field, unfolded: `name` as written, `value` without the white space around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name before the colon, as written.
    pub name: String,
    /// The value, unfolded, not decoded; bytes that are no UTF-8 are replaced.
    pub value: String,
}

impl Headers {
    /// The values of every field of that name, in order, ASCII case ignored.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |f| f.name.eq_ignore_ascii_case(name)).map(|f| f.value.as_str())
    }

    /// The first value of that name.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Whether a field of that name is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|f| f.name.eq_ignore_ascii_case(name))
    }
}
