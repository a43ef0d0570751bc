//! The lists that are compiled in: written as TOML, made JSON when the program is built (`build.rs`).

use std::borrow::Cow;
use std::ops::Deref;

use serde::Deserialize;

/// A list by the path of its file without `.toml`, from the top folder of the project.
macro_rules! prepared {
    ($path:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $path, ".json"))
    };
}
pub(crate) use prepared;

/// A phrase or word of a list. Those that are compiled in stay where they lie: there are tens of thousands, and a
/// reader process begins with them.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(text.into())
    }
}

/// Reads a list. One of another shape than its reader expects is empty, which a test of its reader refuses.
pub(crate) fn read<'a, T: Deserialize<'a> + Default>(json: &'a str) -> T {
    serde_json::from_str(json).unwrap_or_default()
}
