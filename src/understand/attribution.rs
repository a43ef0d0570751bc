//! Lines that announce a quote: who wrote, and when.
//!
//! Read by shape. An attribution ends in a colon or a verb of writing, states
//! a date or time, and names somebody; one to four lines long, because clients
//! wrap it. Known verbs and opening words in many languages make it certain,
//! but a date and an address before quoted lines are enough in any language.

mod facts;
mod stamp;

use crate::mail::text::Line;
use crate::understand::lines::Signs;
use facts::{Ending, Facts, Verdict, is_address, is_opened, may_end_with_verb};
pub(super) use stamp::Stamp;

/// Clients wrap at 70 or so; four lines hold the longest name and address.
const MOST_LINES: usize = 4;

/// Longer lines are prose.
const LONGEST: usize = 600;

/// Where an attribution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribution {
    /// Its first line.
    pub start: usize,
    /// Its last line.
    pub last: usize,
    /// Byte in the first line's words where it begins: more than 0 when the author's own words share that line.
    pub column: usize,
    /// Whether it says in a known language that somebody wrote.
    pub worded: bool,
}

/// The attribution that ends on line `last`, if there is one.
///
/// `quoted_below`: the next words are quoted deeper than this line, which makes weaker shapes enough.
pub fn ending_at(lines: &[Line], last: usize, quoted_below: bool) -> Option<Attribution> {
    let line = lines.get(last)?;
    let end = Ending::of(line.words());
    if line.words().len() > LONGEST || !(end.colon || end.dashed || quoted_below || may_end_with_verb(line.words())) {
        return None;
    }
    let mut joined = String::new();
    let mut fallback = None;
    for start in (0..=last).rev().take(MOST_LINES) {
        let above = lines.get(start)?;
        let ends_sentence = start < last && Ending::of(above.words()).colon;
        if above.is_blank()
            || above.depth != line.depth
            || joined.len() + above.words().len() > LONGEST
            || ends_sentence
        {
            break;
        }
        joined = if joined.is_empty() {
            above.words().trim().to_owned()
        } else {
            format!("{} {joined}", above.words().trim())
        };
        let facts = Facts::of(&joined, &end);
        match facts.verdict(quoted_below) {
            Verdict::Sure => return Some(finish(lines, start, last, &joined, &facts, quoted_below)),
            Verdict::Unless if fallback.is_none() => {
                fallback = Some(Attribution { start, last, column: 0, worded: facts.verb })
            }
            _ => {}
        }
    }
    fallback
}

/// Whether an attribution may end on a line, whose signs are given, without a quote below: prose that ends in a letter
/// and names neither day nor address is refused at once.
pub fn may_end(words: &str, signs: Signs) -> bool {
    !words.trim_end().ends_with(|c: char| c.is_ascii_alphabetic() || c == ',')
        || signs.may_have(Signs::COLON.with(Signs::AT).with(Signs::DIGIT))
}

/// Takes in an opening line above, or leaves the author's words on the first line alone.
fn finish(lines: &[Line], start: usize, last: usize, joined: &str, facts: &Facts, quoted_below: bool) -> Attribution {
    let above = start.checked_sub(1).and_then(|i| Some((i, lines.get(i)?)));
    if let Some((index, line)) = above
        && !facts.opens
        && !line.is_blank()
        && line.words().len() < 80
        && Facts::of(line.words().trim(), &Ending::default()).opens_with_date
    {
        return Attribution { start: index, last, column: 0, worded: facts.verb };
    }
    let column = if start == last && quoted_below && !facts.opens { shared_column(joined) } else { 0 };
    let indent = lines.get(start).map_or(0, |l| l.words().len() - l.words().trim_start().len());
    Attribution { start, last, column: if column > 0 { column + indent } else { 0 }, worded: facts.verb }
}

/// Where `On Wed, 4 Apr …` begins behind the author's own words on the same line; 0 if it does not.
fn shared_column(text: &str) -> usize {
    let mut column = 0;
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_uppercase()) {
        let begins_word = text.get(..at).is_some_and(|before| before.ends_with([' ', '-', '\t']));
        if !begins_word {
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let head: String = rest.chars().take(80).collect();
        if is_opened(&head.to_lowercase()) && Facts::of(&head, &Ending::default()).opens_with_date {
            column = text.get(..at).map_or(0, |before| before.trim_end_matches(['-', ' ', '\t']).len());
        }
    }
    column
}

/// GroupWise's attribution: name and date between marks, `>>> Ann Li <ann@acme.example> 11/19/2008 4:12 PM >>>`.
pub fn is_framed(line: &str) -> bool {
    let framed = line.trim_start().strip_prefix(">>>").and_then(|rest| rest.trim_end().strip_suffix(">>>"));
    framed.is_some_and(|inner| {
        inner.len() <= LONGEST
            && inner.split_whitespace().filter(|word| !is_address(word)).any(|word| Stamp::of(word).day)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text;

    fn found(text: &str, quoted_below: bool) -> Option<(usize, usize, usize)> {
        let lines = text::body(text, None).lines;
        ending_at(&lines, lines.len() - 1, quoted_below).map(|a| (a.start, a.last, a.column))
    }

    proptest::proptest! {
        #[test]
        fn no_attribution_ends_where_none_may(
            text in "(On |Le |2026-11-19 |\\$|Ann |wrote|a \u{e9}crit|\u{ff1a}|\u{2024}|<a@b.example>|--|-|:|,|[.]{3}|\\*| ){0,7}"
        ) {
            let line = [Line::plain(text.clone())];
            let found = ending_at(&line, 0, false).is_some();
            proptest::prop_assert!(!found || may_end(line[0].words(), Signs::of(line[0].words())), "{}", text);
        }
    }

    #[test]
    fn attributions_are_known_by_verb_and_date() {
        for line in [
            "On Thu, Nov 19, 2026 at 4:12 PM Ann Li <ann@acme.example> wrote:",
            "Am 19.11.2026 um 16:12 schrieb Ann Li:",
            "Le 19 nov. 2026 à 16:12, Ann Li a écrit :",
            "19.11.2026, 16:12, \"Ann Li\" <ann@acme.example>:",
            "---- On Thu, 19 Nov 2026 16:12:09 +0100 Ann Li <ann@acme.example> wrote ----",
        ] {
            assert_eq!(found(line, false), Some((0, 0, 0)), "{line}");
        }
    }

    #[test]
    fn a_wrapped_attribution_is_taken_whole() {
        assert_eq!(
            found("Yes.\n\nOn Nov 19, 2026,\nat 16:12,\nAnn Li <ann@acme.example>\nwrote:", true),
            Some((2, 5, 0))
        );
    }

    #[test]
    fn the_words_before_a_shared_line_stay() {
        assert_eq!(found("fine--- On Thu, Nov 19, 2026 at 4:12 PM, ann@acme.example wrote:", true), Some((0, 0, 4)));
    }

    #[test]
    fn sentences_with_the_same_words_are_none() {
        for line in [
            "This is what Bo wrote on 19 November 2026:",
            "On the one hand, there are two:",
            "On Thursday we decided:",
            "Write to ann@acme.example by 2026-11-19:",
            "2026-11-19 16:12",
        ] {
            assert_eq!(found(line, false), None, "{line}");
        }
    }

    #[test]
    fn a_language_nobody_listed_is_read_by_date_and_clock() {
        assert_eq!(found("Je 19.11.2026 16:12, Ann Li eldiris:", true), Some((0, 0, 0)));
        assert_eq!(found("Je 19.11.2026 16:12, Ann Li eldiris:", false), None);
        assert_eq!(found("Je 19.11.2026 16:12 Ann Li <ann@acme.example> eldiris:", false), Some((0, 0, 0)));
        assert_eq!(found("2026-11-19 16:12 mail from <ann@acme.example> refused:", false), None);
    }
}
