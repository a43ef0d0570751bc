//! Which words of a mail are new: quotes removed, signature set apart.
//!
//! Each line is asked whether it belongs to a quote: by its quote marks, by
//! what the client's HTML says of it, or by standing below an attribution, a
//! header block or an "original message" line. What remains, above, between
//! and below, is the author's, in order. Without a quote every word stays.
//!
//! When it is not sure it keeps the words: a quote left in can be skipped by
//! a reader, a customer's sentence lost cannot.

mod boundary;
mod headers;
mod quotes;

use super::Evidence;
use super::signature::{self, Alone};
use crate::mail::text::{Body, Line};

pub use boundary::is_rule;

/// The parts of one mail's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// The newly written words, without blank lines around them.
    pub text: String,
    /// The signature, from its delimiter or closing on.
    pub signature: Option<String>,
    /// Whether anything was quoted.
    pub quoted: bool,
    /// The first line that belongs to a quote, counted from 0.
    pub first_quote_line: Option<usize>,
    /// What each cut rests on.
    pub evidence: Vec<Evidence>,
}

/// Splits one body. Linear in its length.
pub fn split(body: &Body) -> Split {
    split_lines(&body.lines, false, None)
}

/// Splits the better of a mail's two bodies.
///
/// The plain text keeps the author's own lines, so it is used as long as it
/// agrees with the HTML; where they differ, the HTML's marked quotes are
/// worth more than guesses. `author` is the author's display name, if known.
pub fn split_mail(plain: Option<&Body>, html: Option<&Body>, author: Option<&str>) -> Split {
    let from_plain = plain.filter(|body| has_words(body)).map(|body| split_lines(&body.lines, false, author));
    let from_html = html.filter(|body| has_words(body)).map(|body| (split_lines(&body.lines, true, author), body));
    match (from_plain, from_html) {
        (Some(plain), Some((html, body))) => {
            let marked = html.quoted && body.lines.iter().any(|line| quotes::is_marked(line));
            if marked && !html.text.is_empty() && !same_words(&plain.text, &html.text) { html } else { plain }
        }
        (Some(plain), None) => plain,
        (None, Some((html, _))) => html,
        (None, None) => Split::default(),
    }
}

fn has_words(body: &Body) -> bool {
    body.lines.iter().any(|line| !line.is_blank())
}

fn same_words(one: &str, other: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    letters(one) == letters(other)
}

fn split_lines(lines: &[Line], rendered: bool, author: Option<&str>) -> Split {
    let quotes = quotes::find(lines, rendered);
    let fragments = fragments(lines, &quotes, rendered);
    let mut split = Split {
        quoted: quotes.first.is_some(),
        first_quote_line: quotes.first,
        evidence: quotes.evidence,
        ..Split::default()
    };
    take_signature(fragments, author, &mut split);
    split
}

/// A run of the author's lines between quotes.
struct Fragment<'a> {
    lines: Vec<&'a str>,
    /// Whether the client marked the line as part of a signature.
    marked: Vec<bool>,
    /// The first line's place in the body.
    start: usize,
}

fn fragments<'a>(lines: &'a [Line], quotes: &quotes::Quotes, rendered: bool) -> Vec<Fragment<'a>> {
    let mut fragments: Vec<Fragment<'a>> = Vec::new();
    let mut open = false;
    for (index, line) in lines.iter().enumerate() {
        let words = match quotes.kept.get(index) {
            Some(quotes::Kept::Whole) if rendered || line.depth == 0 => line.words(),
            Some(quotes::Kept::Whole) => line.text.as_str(),
            Some(quotes::Kept::Until(column)) => line.words().get(..*column).unwrap_or("").trim_end(),
            _ => {
                open = false;
                continue;
            }
        };
        if !open {
            fragments.push(Fragment { lines: Vec::new(), marked: Vec::new(), start: index });
            open = true;
        }
        if let Some(fragment) = fragments.last_mut() {
            fragment.lines.push(words);
            fragment.marked.push(quotes::in_signature(line));
        }
    }
    fragments.retain(|fragment| fragment.lines.iter().any(|line| !line.trim().is_empty()));
    fragments
}

/// Takes the signature off the last fragment, and off the one before if nothing of the last remains.
fn take_signature(mut fragments: Vec<Fragment<'_>>, author: Option<&str>, split: &mut Split) {
    let mut signatures: Vec<String> = Vec::new();
    for index in (0..fragments.len()).rev() {
        let earlier = index > 0 || split.quoted;
        let Some(fragment) = fragments.get_mut(index) else { break };
        let alone = if earlier { Alone::Allowed } else { Alone::Refused };
        let Some((at, rule)) = signature_of(fragment, author, alone) else { break };
        let place = fragment.start + at;
        split.evidence.push(Evidence::new("signature", "found", rule).at_line(place));
        signatures.push(trimmed(fragment.lines.get(at..).unwrap_or_default()));
        fragment.lines.truncate(at);
        if fragment.lines.iter().any(|line| !line.trim().is_empty()) {
            break;
        }
    }
    signatures.reverse();
    split.signature = (!signatures.is_empty()).then(|| signatures.join("\n"));
    let texts = fragments.iter().map(|fragment| trimmed(&fragment.lines)).filter(|text| !text.is_empty());
    split.text = texts.collect::<Vec<_>>().join("\n\n");
}

/// A marked signature that stands last, with the closing above it; or one found by its shape.
fn signature_of(fragment: &Fragment<'_>, author: Option<&str>, alone: Alone) -> Option<(usize, &'static str)> {
    let written = |i: &usize| fragment.lines.get(*i).is_some_and(|line| !line.trim().is_empty());
    let is_marked = |i: &usize| fragment.marked.get(*i) == Some(&true);
    let first_marked = (0..fragment.lines.len()).rev().filter(written).take_while(is_marked).last();
    let Some(at) = first_marked else { return signature::find(&fragment.lines, author, alone) };
    let above = fragment.lines.get(..at).unwrap_or_default();
    let closing = signature::find(above, author, alone).map(|(start, _)| start);
    let has_words = above.iter().any(|line| !line.trim().is_empty());
    (has_words || alone == Alone::Allowed).then_some((closing.unwrap_or(at), "marked by the client"))
}

/// The lines joined, without blank lines at either end.
fn trimmed(lines: &[&str]) -> String {
    let blank = |line: &&&str| line.trim().is_empty();
    let skip = lines.iter().take_while(blank).count();
    let end = lines.len() - lines.iter().rev().take_while(blank).count().min(lines.len() - skip);
    lines.get(skip..end).unwrap_or_default().iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}
