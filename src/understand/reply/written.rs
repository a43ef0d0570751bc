//! Runs of lines that begin with `>` and are no quote: transcripts, comparisons, paths through menus, lists.
//!
//! An announced run is a quote. Of the others, those that read like nothing a mail program marks are the
//! author's; and all of them are where the mail answers nothing, or shows below, in another way, the mail it
//! answers, and they do not stand there. A quote left in costs less than words lost, but in an answer the mark
//! alone says enough.

use std::ops::Range;

use super::runs::is_no_quote;
use crate::mail::text::Line;

/// Runs compared with the quote below; more of them are an answer point by point.
const MOST_COMPARED: usize = 20;

/// What is known of the mail that the runs stand in.
pub(super) struct Circumstances<'a> {
    /// Whether it may be an answer: `false` only where its header shows that it is none.
    pub may_answer: bool,
    /// Whether something says that the run is a quote.
    pub announced: &'a dyn Fn(&Range<usize>) -> bool,
    /// The first line of the mail quoted without marks at the end.
    pub trail: Option<usize>,
}

/// For each run, whether its author wrote it.
pub(super) fn own(lines: &[Line], runs: &[Range<usize>], known: &Circumstances<'_>) -> Vec<bool> {
    let transcripts: Vec<bool> = runs.iter().map(|run| is_transcript(lines, run)).collect();
    let unread = known.may_answer && known.trail.is_none() && !transcripts.contains(&true);
    if unread {
        return match runs {
            [only] => vec![is_no_quote(lines, only.start, only.end)],
            _ => vec![false; runs.len()],
        };
    }
    let announced: Vec<bool> = runs.iter().map(known.announced).collect();
    // Below the first announced quote the others go on with it.
    let first = announced.iter().position(|announced| *announced).unwrap_or(runs.len());
    let before = |list: &[bool]| list.iter().take(first).any(|is| *is);
    let all = first == runs.len() && (before(&transcripts) || !known.may_answer && is_framed(lines, runs));
    let below = known.trail.map(|trail| letters(lines.get(trail..).unwrap_or_default()));
    let stands_alone = |index: usize, run: &Range<usize>| {
        let compared = below.as_ref().filter(|_| index < first.min(MOST_COMPARED));
        known.trail.is_some_and(|trail| run.end <= trail) && compared.is_some_and(|below| !repeats(lines, run, below))
    };
    let lonely = |run: &Range<usize>| runs.len() == 1 && is_no_quote(lines, run.start, run.end);
    let judged = runs.iter().zip(announced).zip(transcripts).enumerate();
    judged
        .map(|(index, ((run, announced), transcript))| {
            !announced && (all || transcript || lonely(run) || stands_alone(index, run))
        })
        .collect()
}

/// Whether words stand above the first run and below the last.
fn is_framed(lines: &[Line], runs: &[Range<usize>]) -> bool {
    let written = |range: Option<&[Line]>| range.is_some_and(|lines| lines.iter().any(|line| !line.is_blank()));
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return false };
    written(lines.get(..first.start)) && written(lines.get(last.end..))
}

/// Whether a run reads like what a program printed or was told.
fn is_transcript(lines: &[Line], run: &Range<usize>) -> bool {
    let above = run.start.checked_sub(1).and_then(|above| lines.get(above)).map_or("", |line| line.text.trim());
    let below = lines.get(run.end).map_or("", |line| line.text.trim());
    let goes_on = above.starts_with("$ ") || above.ends_with('\\');
    goes_on
        || is_other_side(above)
        || is_other_side(below)
        || all_written(lines, run, is_prompt)
        || all_written(lines, run, is_path)
}

/// Whether every line that is not blank is so, and there is one.
fn all_written(lines: &[Line], run: &Range<usize>, is: impl Fn(&Line) -> bool) -> bool {
    let mut written = lines.get(run.clone()).unwrap_or_default().iter().filter(|line| !line.is_blank()).peekable();
    written.peek().is_some() && written.all(is)
}

/// `< 5 kg` beside `> 5 kg`; or what `diff` writes above and between its sides.
fn is_other_side(line: &str) -> bool {
    let hunk = line.split_once(['a', 'c', 'd']).is_some_and(|(old, new)| is_lines(old) && is_lines(new));
    let less = line.strip_prefix('<').map(|rest| rest.strip_prefix('=').unwrap_or(rest).trim_start());
    // `<3` is a heart.
    hunk || less.is_some_and(|rest| {
        !line.starts_with("<3") && (line.starts_with("< ") || rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// `12` or `12,14`, as `diff` counts lines.
fn is_lines(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b == b',')
}

/// Python's `>>> `, which no mail program writes: an older quote stands inside a newer one.
fn is_prompt(line: &Line) -> bool {
    line.depth == 3 && line.text.starts_with(">>>") && (line.words().is_empty() || line.text.starts_with(">>> "))
}

/// `> Settings > Account > Billing`.
fn is_path(line: &Line) -> bool {
    let steps: Vec<&str> = line.words().split(" > ").collect();
    line.depth == 1 && steps.len() >= 2 && steps.iter().all(|step| (1..=4).contains(&step.split_whitespace().count()))
}

/// Whether the run's words stand in `below`, given as letters.
fn repeats(lines: &[Line], run: &Range<usize>, below: &str) -> bool {
    below.contains(&letters(lines.get(run.clone()).unwrap_or_default()))
}

fn letters(lines: &[Line]) -> String {
    lines.iter().flat_map(|line| line.words().chars()).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use crate::mail::text;
    use crate::understand::reply::{Known, split_mail};

    fn words(mail: &str, may_answer: bool) -> String {
        split_mail(Some(&text::body(mail, None)), None, Known { author: None, may_answer }).text
    }

    #[test]
    fn transcripts_and_comparisons_are_words_even_in_an_answer() {
        for mail in [
            "I see:\n\n>>> read(1)\n>>> print(read(1))\nNone\n\nWhy?",
            "I run\n$ cat a \\\n> | sort\n> > b\n\nWhy?",
            "Limits:\n< 5 kg: 1 g\n> 5 kg: 2 g\n> 50 kg: 10 g\nRight?",
            "It says\n\n12c12\n< a\n---\n> b\n40a41\n> c\n\nRight?",
            "Neither\n> Home > Account\nnor\n> Home > Team > Plan\nhas it.",
        ] {
            assert_eq!(words(mail, true), mail);
        }
    }

    #[test]
    fn in_a_mail_that_answers_nothing_marked_lines_between_words_are_its_own() {
        let list = "We need:\n\n> Monday: 5\n> Friday: 3\n\nThanks for now!";
        assert_eq!(words(list, false), list);
        assert_eq!(words(list, true), "We need:\n\nThanks for now!");
        assert_eq!(words("Yes.\n\nBo wrote:\n> Five?\n\nOr six.", false), "Yes.\n\nOr six.");
        assert_eq!(words("> Five?\n\nYes.", false), "Yes.");
        assert_eq!(words("Yes.\n\n> Five?\n", false), "Yes.");
    }

    #[test]
    fn marked_lines_above_a_quote_without_marks_are_quoted_if_they_stand_there() {
        let trail = "From: Bo <bo@x.example>\nSent: Friday, March 14, 2025 9:12 AM\nTo: Ann\nSubject: Plan\n\nHow many do you need? And when?";
        assert_eq!(words(&format!("> How many do you need?\nFive.\n\n{trail}"), true), "Five.");
        let own = "Our list now:\n> Monday: five pieces\n> Friday: three pieces";
        assert_eq!(words(&format!("{own}\n\n{trail}"), true), own);
    }
}
