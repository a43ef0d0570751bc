//! A mail's HTML as it was written, rendered when somebody looks.
//!
//! Most mails say the same in plain text, and then their HTML is asked for one thing only: whether it marks a quote.
//! That is seen without rendering it, at a fraction of the cost.

use std::sync::OnceLock;

use super::{body, clues};
use crate::mail::text::{self, Body};

/// The words of a mail's HTML parts, in order, with the plain parts that stand among them.
#[derive(Debug, Clone, Default)]
pub struct Html {
    parts: Vec<Part>,
    rendered: OnceLock<Body>,
}

/// One part, decoded.
#[derive(Debug, Clone)]
enum Part {
    Page(String),
    /// Plain text, with its `format=flowed` (see [`text::body`]).
    Text(String, Option<bool>),
}

impl Html {
    /// One page.
    pub fn page(page: impl Into<String>) -> Html {
        let mut html = Html::default();
        html.push_page(page.into());
        html
    }

    /// Lines that are rendered already.
    pub fn of(body: Body) -> Html {
        Html { parts: Vec::new(), rendered: OnceLock::from(body) }
    }

    /// Goes on with another page.
    pub(in crate::mail) fn push_page(&mut self, page: String) {
        self.parts.push(Part::Page(page));
    }

    /// Goes on with plain text.
    pub(in crate::mail) fn push_text(&mut self, words: String, flowed: Option<bool>) {
        self.parts.push(Part::Text(words, flowed));
    }

    /// The lines, as a person would see them ([`body`]).
    pub fn body(&self) -> &Body {
        self.rendered.get_or_init(|| {
            let rendered = |part: &Part| match part {
                Part::Page(page) => body(page).lines,
                Part::Text(words, flowed) => text::body(words, *flowed).lines,
            };
            Body { lines: self.parts.iter().flat_map(rendered).collect() }
        })
    }

    /// The lines, where nobody asks again.
    pub(in crate::mail) fn into_body(self) -> Body {
        self.body();
        self.rendered.into_inner().unwrap_or_default()
    }

    /// Whether a line of it may be marked as quoted, or as the head of what is. `false` is certain of what programs
    /// write; who spells a class with character references goes unseen, and is read by the plain text.
    pub fn may_mark(&self) -> bool {
        let marks = |part: &Part| match part {
            Part::Page(page) => clues::may_mark(page),
            Part::Text(words, _) => words.contains('>'),
        };
        self.parts.is_empty() || self.parts.iter().any(marks)
    }
}

/// Two are the same when they show the same.
impl PartialEq for Html {
    fn eq(&self, other: &Html) -> bool {
        self.body() == other.body()
    }
}

impl Eq for Html {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text::Marks;
    use proptest::prelude::*;

    const MARKS: [Marks; 5] = [Marks::QUOTE, Marks::CITE, Marks::HEADER_BLOCK, Marks::ATTRIBUTION, Marks::FORWARD];

    #[test]
    fn parts_follow_one_another() {
        let mut html = Html::page("<p>One</p>");
        html.push_text("> two".to_owned(), None);
        assert_eq!(html.body().to_text(), "One\n> two");
        assert!(html.may_mark() && !Html::page("<p>One").may_mark());
    }

    #[test]
    fn pages_that_only_look_alike_mark_nothing() {
        for page in ["<p class='quotes'>a", "<p style='color:red'>we quote</p>", "<q>a</q>", "<p id=gmail_quote2>a"] {
            assert!(!Html::page(page).may_mark(), "{page}");
        }
    }

    proptest! {
        #[test]
        fn what_is_marked_was_seen_before_it_was_rendered(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "<div class=", "<DIV Class='", "<p id=\"", "'>", "\">", ">", "x_", "ydp12", "gmail_quote", "GMAIL_ATTR",
                "moz-cite-prefix", "divRplyFwdMsg", "<blockquote>", "<BlockQuote type=cite", "</blockquote>", "words",
                "hs_reply", "Bloop_Original_HTML", "<br>", " ", "\t", "<a name=moz-forward-container>",
            ]), 0..12)
        ) {
            let html = Html::page(pieces.concat());
            let marked = html.body().lines.iter().any(|line| line.depth > 0 && !line.text.starts_with(">>")
                || MARKS.iter().any(|mark| line.marks.has(*mark)));
            // Letters that look like a quote's marks are words of the page.
            let lettered = html.body().lines.iter().any(|line| line.marks == Marks::default() && line.depth > 0);
            prop_assert!(!marked || html.may_mark() || lettered, "{}", pieces.concat());
        }
    }
}
