//! Which words of a mail are new: quotes removed, signature set apart.
//!
//! Each line is asked whether it belongs to a quote: by its quote marks, by
//! what the client's HTML says of it, or by standing below an attribution, a
//! header block or an "original message" line. What remains, above, between
//! and below, is the author's, in order. Without a quote every word stays.
//!
//! When it is not sure it keeps the words: a quote left in can be skipped by
//! a reader, a customer's sentence lost cannot.

mod answered;
mod answers;
mod frames;
mod headers;
mod markers;
mod marks;
mod quotes;
mod regions;
mod runs;
mod written;

use super::Evidence;
use super::armour;
use super::signature::{self, Above};
use crate::mail::Html;
use crate::mail::text::{Body, Line, Marks};

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
    /// The quoted words that the author answered directly below them, a passage each; bounded.
    pub answered: Vec<String>,
    /// What each cut rests on.
    pub evidence: Vec<Evidence>,
}

/// What is known of a mail besides its body.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The author's display name.
    pub author: Option<&'a str>,
    /// Whether it may be an answer: `false` only where its header shows that it answers nothing.
    pub may_answer: bool,
}

impl<'a> Known<'a> {
    /// An author, perhaps, and nothing else.
    pub fn author(author: Option<&'a str>) -> Known<'a> {
        Known { author, may_answer: true }
    }
}

/// Splits one body. Linear in its length.
pub fn split(body: &Body) -> Split {
    split_lines(&body.lines, false, Known::author(None))
}

/// Splits the better of a mail's two bodies.
///
/// The plain text keeps the author's own lines, so it is used as long as it
/// agrees with the HTML; where they differ, the HTML's marked quotes are
/// worth more than guesses.
pub fn split_mail(plain: Option<&Body>, html: Option<&Html>, known: Known<'_>) -> Split {
    let Some(plain) = plain.filter(|body| has_words(body)) else {
        return html.map_or_else(Split::default, |html| split_body(html.body(), true, known));
    };
    let plain = split_lines(&plain.lines, false, known);
    // Beside plain text, HTML without a mark has no say, a block quote only where something announces it, and colour
    // where the author wrote that it sets off answers in the quote. What has no say is not even rendered.
    let colour_says = plain.quoted && answers::are_announced(plain.text.lines());
    let Some(html) = html.filter(|html| colour_says || html.may_mark()).map(Html::body) else { return plain };
    let says =
        |line: &Line| line.depth > 0 || quotes::is_marked(line) || colour_says && line.marks.has(Marks::COLOURED);
    if !html.lines.iter().any(says) {
        return plain;
    }
    let split = split_body(html, true, known);
    let coloured = split.evidence.iter().any(|evidence| evidence.rule == quotes::IN_COLOUR);
    let announced = !plain.quoted && split.evidence.iter().any(|evidence| evidence.rule == quotes::ATTRIBUTED);
    let marked = split.quoted && (coloured || announced || html.lines.iter().any(quotes::is_marked));
    if marked && !split.text.is_empty() && !same_words(&plain.text, &split.text) { split } else { plain }
}

/// Splits one body; `rendered` if it was HTML.
pub(super) fn split_body(body: &Body, rendered: bool, known: Known<'_>) -> Split {
    if has_words(body) { split_lines(&body.lines, rendered, known) } else { Split::default() }
}

fn has_words(body: &Body) -> bool {
    body.lines.iter().any(|line| !line.is_blank())
}

fn same_words(one: &str, other: &str) -> bool {
    let letters = |text| str::chars(text).filter(|c| c.is_alphanumeric());
    letters(one).eq(letters(other))
}

fn split_lines(lines: &[Line], rendered: bool, known: Known<'_>) -> Split {
    let lines = &marks::made_plain(lines);
    let quotes = quotes::find(lines, rendered, known);
    let fragments = fragments(lines, &quotes, rendered);
    let mut split = Split {
        quoted: quotes.first.is_some(),
        first_quote_line: quotes.first,
        evidence: quotes.evidence,
        ..Split::default()
    };
    let written = take_signature(fragments, known.author, &mut split);
    if split.quoted {
        split.answered = answered::passages(lines, &quotes.kept, &written);
    }
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
    let armour = armour::find(lines);
    let is_armoured = armour.contains(&true);
    let mut open = false;
    for (index, line) in lines.iter().enumerate() {
        if armour.get(index) == Some(&true) {
            open = false;
            continue;
        }
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
            fragment.lines.push(if is_armoured { armour::unescaped(words) } else { words });
            fragment.marked.push(quotes::in_signature(line));
        }
    }
    fragments.retain(|fragment| fragment.lines.iter().any(|line| !line.trim().is_empty()));
    fragments
}

/// Takes the signature off the last fragment, and off the one before if nothing of the last remains. Where in the body
/// the words of each that remains begin.
fn take_signature(mut fragments: Vec<Fragment<'_>>, author: Option<&str>, split: &mut Split) -> Vec<usize> {
    let mut signatures: Vec<String> = Vec::new();
    for index in (0..fragments.len()).rev() {
        let above = match index {
            0 if split.quoted => Above::Quotes,
            0 => Above::Nothing,
            _ => Above::Words,
        };
        let Some(fragment) = fragments.get_mut(index) else { break };
        let Some((at, rule)) = signature_of(fragment, author, above) else { break };
        let place = fragment.start + at;
        split.evidence.push(
            Evidence::new("signature", "found", rule).at_line(place, fragment.lines.get(at).copied().unwrap_or("")),
        );
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
    let first = |f: &Fragment<'_>| f.lines.iter().position(|line| !line.trim().is_empty()).map(|at| f.start + at);
    fragments.iter().filter_map(first).collect()
}

/// A marked signature that stands last, with the closing above it; or one found by its shape.
fn signature_of(fragment: &Fragment<'_>, author: Option<&str>, above: Above) -> Option<(usize, &'static str)> {
    let written = |i: &usize| fragment.lines.get(*i).is_some_and(|line| !line.trim().is_empty());
    let is_marked = |i: &usize| fragment.marked.get(*i) == Some(&true);
    let first_marked = (0..fragment.lines.len()).rev().filter(written).take_while(is_marked).last();
    let Some(at) = first_marked else { return signature::find(&fragment.lines, author, above) };
    let at = signature::delimiter_above(&fragment.lines, at);
    let rest = fragment.lines.get(..at).unwrap_or_default();
    let closing = signature::find(rest, author, above).map(|(start, _)| start);
    let has_words = rest.iter().any(|line| !line.trim().is_empty());
    (has_words || above != Above::Nothing).then_some((closing.unwrap_or(at), "marked by the client"))
}

/// The lines joined, without blank lines at either end.
fn trimmed(lines: &[&str]) -> String {
    let blank = |line: &&&str| line.trim().is_empty();
    let skip = lines.iter().take_while(blank).count();
    let end = lines.len() - lines.iter().rev().take_while(blank).count().min(lines.len() - skip);
    lines
        .get(skip..end)
        .unwrap_or_default()
        .iter()
        .map(|line| if *line == "-- " { line } else { line.trim_end() })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text;

    fn plain(text: &str) -> Split {
        split(&text::body(text, None))
    }

    #[test]
    fn a_mail_without_quotes_keeps_every_word() {
        let mail = "On Thursday we met.\n\n  indented\n> 5 bar is too much,\nand 4 < 5.";
        let split = plain(mail);
        assert_eq!((split.text.as_str(), split.quoted, split.signature), (mail, false, None));
    }

    #[test]
    fn answers_between_quotes_stay_in_order() {
        let split = plain("> One?\n\nYes.\n\n> Two?\n> Three?\n\nNo.\n\nAnd no.\n");
        assert_eq!(split.text, "Yes.\n\nNo.\n\nAnd no.");
        assert_eq!(split.first_quote_line, Some(0));
    }

    #[test]
    fn a_mail_of_nothing_but_quotes_has_no_new_words() {
        let split = plain("> One?\n> Two?\n");
        assert_eq!((split.text.as_str(), split.quoted), ("", true));
    }

    #[test]
    fn every_cut_names_its_rule_and_line() {
        let split = plain("Yes.\n\nOn 19 Nov 2026, Ann <a@x.example> wrote:\n\nAll of it?\n");
        assert_eq!(split.text, "Yes.");
        assert_eq!((split.evidence[0].rule.as_str(), split.evidence[0].line), ("attribution", Some(3)));
    }

    #[test]
    fn a_header_block_below_words_ends_them() {
        let split =
            plain("Fine.\n\n*Od:* Bo <bo@x.example>\n*Data:* 19.11.2026 16:12\n*Do:* Ann\n*Temat:* Plan\n\nFine?\n");
        assert_eq!(split.text, "Fine.");
    }

    #[test]
    fn a_header_block_without_addresses_ends_the_words() {
        let block = "From: Bo Ray\nSent: Thursday, November 19, 2026 4:12 PM\nTo: Ann Li\nSubject: Plan";
        let split = plain(&format!("Fine.\n\n{block}\n\nFine?\n"));
        assert_eq!(split.text, "Fine.");
    }

    #[test]
    fn appointments_and_lists_with_colons_are_words() {
        let mail = "The visit:\n\nDate: 19 November 2026\nTime: 10:00\nPlace: Hall 4";
        assert_eq!(plain(mail).text, mail);
    }

    #[test]
    fn broken_ends_of_quoted_lines_go_with_their_quote() {
        let long = "> This line is so long that the program which quoted it had to break it at its";
        let split = plain(&format!("Fine.\n\n{long}\nvery end, alas\n> Ann\n"));
        assert_eq!(split.text, "Fine.");
    }

    #[test]
    fn marked_html_wins_over_mangled_plain_text() {
        let plain = text::body("Both. On 19 Nov Ann wrote: One or two?", None);
        let html =
            Html::page("<div>Both.</div><div class=gmail_quote>On 19 Nov 2026 Ann wrote:<div>One or two?</div></div>");
        assert_eq!(split_mail(Some(&plain), Some(&html), Known::author(None)).text, "Both.");
        assert_eq!(split_mail(Some(&plain), None, Known::author(None)).text, plain.to_text());
        assert_eq!(split_mail(None, None, Known::author(None)), Split::default());
    }

    #[test]
    fn hostile_repetition_stays_linear() {
        for piece in [
            "> a\nOn 1 Jan 2026 at 10:00 x@y.example wrote:\n",
            "Sent from my iPhone\n\n",
            "From: a@b.example\n",
            "--\n",
            "Best regards,\n\n",
            "-----Original Message-----\n> x\n",
            "On 1, On 2, On 3 Jan 2026, On 4 wrote:\n> x\n",
            "confidential ",
            ">>> Ann 1/1/2020 10:00 >>>\n",
            "Jo Dent wrote:\nJD> x\n",
            "On 1 Jan 2026 at 10:00 x@y.example wrote:\n<< a\n",
            "> a\n--- reply above this line ---\n",
            ">",
            "> a\nb\nOn 1 Jan 2026 at 10:00 x@y.example wrote:\n",
            "< 1\n> 2\n\n",
            "An\nx@y.example\n",
            "---\nX-A: x@y.example 1.1.2026 10:00\nB: c\n",
            "\u{ff1e}a\nb\n",
        ] {
            let mut mail = piece.repeat(200_000 / piece.len());
            mail.push_str("\n> end\n");
            assert!(plain(&mail).text.len() <= mail.len());
            let answers_nothing = Known { author: None, may_answer: false };
            assert!(split_mail(Some(&text::body(&mail, None)), None, answers_nothing).text.len() <= mail.len());
        }
    }
}
