//! Old programs' ways to say what is answered: a line of its own, or a quote between two lone marks.
//!
//! ```text
//! *** Reply to note of 01/30/95 11:02        Message text written by Bo Roe
//! Approved.                                  >
//!                                            Fifteen or twenty?
//!                                            <
//! ```

use std::sync::LazyLock;

use super::headers;
use crate::mail::text::Line;
use crate::understand::letters::lowered;
use crate::understand::wordlist::Phrases;

static IN_REPLY: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/in_reply.txt")));

/// Longer lines are sentences, in bytes.
const LONGEST: usize = 120;
/// A quote between lone marks has no more lines.
const MOST_LINES: usize = 500;

/// Whether a line only says, with day and time, which mail is answered.
pub(super) fn says_what_is_answered(line: &str) -> bool {
    let words = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '-' | '=' | '_'));
    words.len() <= LONGEST
        && IN_REPLY.may_begin(words)
        && IN_REPLY.at_start(&lowered(words)).is_some()
        && !words.ends_with(['.', '!', '?'])
        && headers::states_minute(words)
}

/// The line behind the quote that stands below `index` between a line of `>` and a line of `<` alone.
pub(super) fn between_lone_marks(lines: &[Line], index: usize) -> Option<usize> {
    let is = |at: usize, mark: &str| lines.get(at).is_some_and(|line| line.text.trim() == mark);
    if !is(index + 1, ">") || lines.get(index + 2).is_none_or(|line| line.depth > 0) {
        return None;
    }
    (index + 2..lines.len().min(index + MOST_LINES)).find(|at| is(*at, "<")).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text;

    #[test]
    fn a_line_says_what_is_answered() {
        assert!(says_what_is_answered("*** Reply to note of 01/30/95 11:02"));
        assert!(says_what_is_answered("En réponse à votre message du 30/01/1995 11:02 :"));
        assert!(!says_what_is_answered("In reply to your message of 01/30/95 11:02 I can say that it fits."));
        assert!(!says_what_is_answered("Reply to note of last week"));
    }

    #[test]
    fn lone_marks_hold_a_quote() {
        let end = |mail: &str| between_lone_marks(&text::body(mail, None).lines, 0);
        assert_eq!(end("Message text written by Bo\n>\nOne?\n<\nYes."), Some(4));
        assert_eq!(end("Bo wrote\n>\n> One?\n<\nYes."), None);
        assert_eq!(end("Bo wrote\n>\nYes."), None);
    }
}
