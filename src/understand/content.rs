//! The words of one exchange: all of them, the newly written ones, and the signature.

use crate::mail::{Body, Html, Line, Mail, Marks, Untrusted};

use super::Evidence;
use super::reply::{self, Known, Split};
use super::subject;

/// What one author's mail holds below its headers.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Everything.
    pub body: String,
    /// Only the new words.
    pub text: String,
    /// The signature.
    pub signature: Option<Untrusted>,
    /// The quoted words that its author answered directly below them.
    pub answered: Vec<Untrusted>,
    /// How new and old were told apart.
    pub evidence: Vec<Evidence>,
}

/// The content of a whole mail.
pub fn of_mail(mail: &Mail) -> Content {
    let author = mail.author().and_then(|a| a.name.as_ref()).map(|name| name.raw());
    let known = Known { author, may_answer: may_answer(mail) };
    let plain = mail.plain.as_ref().filter(|body| has_words(&body.lines));
    let shown = plain.or_else(|| mail.html.as_ref().map(Html::body));
    let body = shown.map_or(String::new(), |body| text(&body.lines));
    content(body, reply::split_mail(mail.plain.as_ref(), mail.html.as_ref(), known))
}

/// Whether a mail may answer another: it refers to one (RFC 5322, 3.6.4), or its subject has a prefix or is missing.
fn may_answer(mail: &Mail) -> bool {
    let subject = mail.subject.raw().trim();
    !mail.references.is_empty() || subject.is_empty() || subject::has_prefix(subject)
}

/// The content of some lines of a mail, such as those below a forward's header block. `rendered`:
/// they were HTML.
pub fn of_lines(lines: Vec<Line>, rendered: bool, author: Option<&str>) -> Content {
    let shown = text(&lines);
    content(shown, reply::split_body(&Body { lines }, rendered, Known::author(author)))
}

fn content(body: String, split: Split) -> Content {
    let signature = split.signature.filter(|s| !s.trim().is_empty()).map(Untrusted::new);
    let answered = split.answered.into_iter().map(Untrusted::new).collect();
    Content { body, text: split.text, signature, answered, evidence: split.evidence }
}

fn has_words(lines: &[Line]) -> bool {
    lines.iter().any(|line| !line.is_blank())
}

/// The lines as text, without blank lines around them.
fn text(lines: &[Line]) -> String {
    let first = lines.iter().position(|line| !line.is_blank()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_blank()).map_or(first, |at| at + 1);
    let kept = lines.get(first..last).unwrap_or_default();
    let text = kept.iter().map(|line| line.text.trim_end()).collect::<Vec<_>>().join("\n");
    text.trim_start_matches('\u{feff}').to_owned()
}

/// A line of a forward as its own author wrote it: without the forward's quote marks, and without the
/// marks that the forwarding client put around all of it, which would make its new words look quoted.
pub fn released(line: &Line, levels: u8) -> Line {
    let line = if levels > 0 { line.unquoted(levels) } else { line.clone() };
    let mut outer = Marks::QUOTE.with(Marks::FORWARD).with(Marks::HEADER_BLOCK).with(Marks::ATTRIBUTION);
    if line.depth == 0 {
        outer = outer.with(Marks::CITE);
    }
    Line { marks: Marks(line.marks.0 & !outer.0), ..line }
}
