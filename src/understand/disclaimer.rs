//! What programs, lawyers and lists add below a mail: confidentiality notes, virus scanners, list footers.
//!
//! Looked for from the bottom up, paragraph by paragraph, and only as long as
//! paragraphs are footers: words of the author above them are never touched.

use std::sync::LazyLock;

use super::boundary;
use super::letters::lowered;
use super::wordlist::Phrases;

static STEMS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/disclaimers.txt")));
static FOOTERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/footers.txt")));

/// So many stems of one language in a paragraph make it legal.
const STEMS_OF_A_DISCLAIMER: usize = 3;

/// In characters.
const SHORTEST_DISCLAIMER: usize = 60;

/// A list's footer is short: longer paragraphs that name a list are about it.
const LONGEST_FOOTER: usize = 400;

/// The index of the first line of the footers at the end; `lines.len()` if there are none.
pub fn begin(lines: &[&str]) -> usize {
    let mut begin = lines.len();
    let mut end = lines.len();
    while let Some((start, stop)) = last_paragraph(lines, end) {
        let paragraph = lines.get(start..stop).unwrap_or_default();
        if is_footer(paragraph) {
            begin = start;
        } else if !is_rule(paragraph) || begin == lines.len() {
            break;
        } else {
            begin = start;
        }
        end = start;
    }
    begin
}

/// The lines of the paragraph that ends before `end`, blank lines left out.
fn last_paragraph(lines: &[&str], end: usize) -> Option<(usize, usize)> {
    let stop = (0..end).rev().find(|&i| lines.get(i).is_some_and(|line| !line.trim().is_empty()))? + 1;
    let start = (0..stop).rev().take_while(|&i| lines.get(i).is_some_and(|line| !line.trim().is_empty())).last()?;
    Some((start, stop))
}

fn is_footer(paragraph: &[&str]) -> bool {
    let text = paragraph.join(" ");
    let text = lowered(&text);
    let listed = text.len() <= LONGEST_FOOTER && FOOTERS.inside(&text);
    listed || text.chars().nth(SHORTEST_DISCLAIMER - 1).is_some() && STEMS.most_stems(&text) >= STEMS_OF_A_DISCLAIMER
}

fn is_rule(paragraph: &[&str]) -> bool {
    paragraph.iter().all(|line| boundary::is_rule(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footers_are_taken_from_the_bottom_only() {
        let lines = [
            "The confidential attachments were received in error, delete them.",
            "",
            "Call me.",
            "",
            "______________",
            "",
            "This e-mail and any attachments are confidential and intended solely for the addressee.",
            "",
            "Please consider the environment before printing this mail.",
        ];
        assert_eq!(begin(&lines), 4);
    }

    #[test]
    fn a_sentence_about_secrets_is_no_footer() {
        assert_eq!(begin(&["Please keep this confidential."]), 1);
        assert_eq!(begin(&["Bitte behandle das vertraulich, der Absender ist mir bekannt."]), 1);
    }
}
