//! Text that is HTML already.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::mail::Untrusted;

/// HTML that templates insert as it is: our own markup around escaped words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Somebody's words as an element of their own, so that their writing direction stays theirs.
    pub fn words(words: &Untrusted) -> Html {
        Html(format!("<bdi>{}</bdi>", words.html()))
    }

    /// Somebody's words where no element may stand: a title, an attribute.
    pub fn bare(words: &Untrusted) -> Html {
        Html(words.html())
    }

    /// Our own markup, fixed when compiled.
    pub(super) fn ours(markup: &'static str) -> Html {
        Html(markup.to_owned())
    }

    /// A drawing of ours: geometry, numbers and our own words, nothing from a mail.
    pub(super) fn drawn(svg: String) -> Html {
        Html(svg)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}
