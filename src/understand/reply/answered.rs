//! Which quoted words an author answered directly below them.
//!
//! ```text
//! > Does the crane come on Monday?      answered
//! Yes, at nine.
//! > And who pays?                       not answered
//! ```
//!
//! The passage is the last quoted paragraph above the new words. A mail quoted
//! as one piece with all new words below it is answered as a whole: nobody can
//! tell which of its lines, so that counts for none.

use super::quotes::Kept;
use crate::mail::text::Line;
use crate::understand::shape;

/// Passages that are kept, and bytes of each.
const PASSAGES: usize = 40;
const LONGEST: usize = 500;
/// Lines of a passage.
const MOST_LINES: usize = 12;
/// Blank lines between a quoted line and new words that stand directly below it.
const GAP: usize = 2;

/// The passages answered, in order, each on one line. `written`: where the author's own words begin anew,
/// signatures left out, as places in `lines`.
pub(super) fn passages(lines: &[Line], kept: &[Kept], written: &[usize]) -> Vec<String> {
    let quoted = |at: usize| kept.get(at) == Some(&Kept::Nothing) && lines.get(at).is_some_and(|l| !l.is_blank());
    let above = |at: &usize| (at.saturating_sub(GAP + 1)..*at).rev().find(|&above| !is_blank(lines, above));
    let last: Vec<usize> = written.iter().filter_map(above).filter(|&at| quoted(at)).collect();
    if let [only] = last.as_slice()
        && is_whole_mail(lines, kept, *only)
    {
        return Vec::new();
    }
    let passages = last.into_iter().map(|at| passage(lines, kept, at)).filter(|passage| !passage.is_empty());
    passages.take(PASSAGES).collect()
}

fn is_blank(lines: &[Line], at: usize) -> bool {
    lines.get(at).is_some_and(Line::is_blank)
}

/// Whether nothing is quoted below the quote that ends at `last`, and it has several paragraphs.
fn is_whole_mail(lines: &[Line], kept: &[Kept], last: usize) -> bool {
    let quoted = |at: &usize| kept.get(*at) == Some(&Kept::Nothing) && !is_blank(lines, *at);
    let below = (last + 1..lines.len()).any(|at| quoted(&at));
    !below
        && paragraph(lines, kept, last).is_some_and(|first| {
            let depth = lines.get(last).map(|line| line.depth);
            (0..first).rev().filter(quoted).any(|at| lines.get(at).map(|line| line.depth) == depth)
        })
}

/// The first line of the quoted paragraph that ends at `last`.
fn paragraph(lines: &[Line], kept: &[Kept], last: usize) -> Option<usize> {
    let end = lines.get(last)?;
    let same = |at: &usize| {
        kept.get(*at) == Some(&Kept::Nothing) && lines.get(*at).is_some_and(|l| l.depth == end.depth && !l.is_blank())
    };
    (0..=last).rev().take(MOST_LINES).take_while(same).last()
}

fn passage(lines: &[Line], kept: &[Kept], last: usize) -> String {
    let first = paragraph(lines, kept, last).unwrap_or(last);
    let words: Vec<&str> =
        lines.get(first..=last).unwrap_or_default().iter().flat_map(|line| line.words().split_whitespace()).collect();
    shape::cut(&words.join(" "), LONGEST).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::mail::{Html, text};
    use crate::understand::reply::{Known, split, split_mail};

    fn answered(mail: &str) -> Vec<String> {
        split(&text::body(mail, None)).answered
    }

    #[test]
    fn lines_with_new_words_directly_below_are_answered() {
        let mail = "Hi Ann,\n\nOn 19 Nov 2026, Ann <a@x.example> wrote:\n> Hi Bo,\n>\n> Does the crane\n> come on Monday?\n\n\
                    Yes, at nine.\n\n> And who pays?\n> Ann\n";
        assert_eq!(answered(mail), ["Does the crane come on Monday?"]);
        assert_eq!(answered("> One?\nYes.\n> Two?\n> Three?\n\nNo.\n\nAnd no.\n"), ["One?", "Two? Three?"]);
        assert_eq!(answered("> Is it Mill Lane 4?\nNo, 5.\n"), ["Is it Mill Lane 4?"]);
    }

    #[test]
    fn a_mail_answered_as_a_whole_is_not_answered_line_by_line() {
        assert_eq!(answered("Yes.\n\nOn 19 Nov 2026, Ann <a@x.example> wrote:\n> One?\n> Two?\n"), [""; 0]);
        assert_eq!(answered("Ann wrote:\n> Hi Bo,\n>\n> One?\n>\n> Ann\n\nYes to all of it.\n"), [""; 0]);
        assert_eq!(answered("Nothing is quoted here."), [""; 0]);
    }

    #[test]
    fn a_signature_below_a_quote_answers_nothing() {
        assert_eq!(answered("Yes.\n\n> One?\n\n-- \nBo Ray\nCrates & More\n"), [""; 0]);
    }

    #[test]
    fn answers_between_block_quotes_are_seen_in_html() {
        let body = "<div>Bo wrote:</div><blockquote type=cite>One?</blockquote><div>Yes.</div>\
                    <blockquote type=cite>Two?</blockquote><div>No.</div>";
        let split = split_mail(None, Some(&Html::page(body)), Known::author(None));
        assert_eq!((split.text.as_str(), split.answered), ("Yes.\n\nNo.", vec!["One?".to_owned(), "Two?".to_owned()]));
    }

    #[test]
    fn the_passages_of_one_mail_are_bounded() {
        let many = answered(&"> one two three?\nYes.\n".repeat(500));
        let long = answered(&format!("> {}\nYes.\n> b\n", "word ".repeat(1000)));
        assert!(many.len() == 40 && long.len() == 1 && long[0].len() <= 500);
    }
}
