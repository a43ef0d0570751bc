//! Lines that announce a quote: who wrote, and when.
//!
//! Read by shape. An attribution ends in a colon or a verb of writing, states
//! a date or time, and names somebody; one to four lines long, because clients
//! wrap it. Known verbs and opening words in many languages make it certain,
//! but a date and an address before quoted lines are enough in any language.

mod stamp;

use std::sync::LazyLock;

use super::wordlist::Phrases;
use crate::mail::text::{Line, is_invisible};
pub(super) use stamp::Stamp;

static WROTE: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/wrote.txt")));
static OPENERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/openers.txt")));
static CITES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/cites.txt")));

/// Clients wrap at 70 or so; four lines hold the longest name and address.
const MOST_LINES: usize = 4;

/// Behind the address, a language nobody listed has so many words for "wrote".
const MOST_VERBS: usize = 3;

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
        if OPENERS.at_start(&head.to_lowercase()).is_some() && Facts::of(&head, &Ending::default()).opens_with_date {
            column = text.get(..at).map_or(0, |before| before.trim_end_matches(['-', ' ', '\t']).len());
        }
    }
    column
}

/// GroupWise's attribution: name and date between marks, `>>> Ann Li <ann@acme.example> 11/19/2008 4:12 PM >>>`.
pub fn is_framed(line: &str) -> bool {
    let framed = line.trim().strip_prefix(">>>").and_then(|rest| rest.strip_suffix(">>>"));
    framed.is_some_and(|inner| {
        inner.len() <= LONGEST
            && inner.split_whitespace().filter(|word| !is_address(word)).any(|word| Stamp::of(word).day)
    })
}

/// How a line ends once dashes, spaces and invisible characters are taken off.
#[derive(Debug, Clone, Copy, Default)]
struct Ending {
    colon: bool,
    /// Dashes on both sides: `---- Ann wrote ----`.
    dashed: bool,
}

impl Ending {
    fn of(words: &str) -> Ending {
        let core = core(words);
        let trimmed = words.trim();
        Ending {
            colon: core
                .ends_with([':', '\u{ff1a}', '\u{fe55}', '\u{2236}', '\u{589}', '\u{1366}', '\u{17d6}', '\u{2024}'])
                || core.ends_with("...") && core.contains(['@', '$']),
            dashed: trimmed.starts_with("--") && trimmed.ends_with("--") && core.len() > 4,
        }
    }
}

/// The text without the dashes, stars and invisible characters around it.
fn core(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || is_invisible(c) || matches!(c, '-' | '*' | '_' | '=' | '\u{2013}' | '\u{2014}')
    })
}

fn may_end_with_verb(words: &str) -> bool {
    if !words.bytes().any(|b| b.is_ascii_digit() || b == b'@') {
        return false;
    }
    let last = core(words).rsplit(' ').next().unwrap_or("").to_lowercase();
    WROTE.is(&last)
}

/// How sure the shape is.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Sure,
    /// An attribution unless more lines above make a better one.
    Unless,
    No,
}

/// What one candidate says.
#[derive(Debug, Default)]
struct Facts {
    colon: bool,
    dashed: bool,
    verb: bool,
    verb_last: bool,
    /// Begins with a known opening word, a digit, a weekday before a digit, or a quoted name.
    opens: bool,
    /// Begins with an opening word.
    opener: bool,
    /// Begins with a phrase such as `quoting`.
    cites: bool,
    /// An opening word with digits right behind it.
    opens_with_date: bool,
    address: bool,
    /// The address is the last thing before the colon.
    address_last: bool,
    digits: bool,
    day: bool,
    time: bool,
    /// Speaks of somebody by more than a name.
    article: bool,
    /// A date written in digits alone.
    date: bool,
    /// A name stands before an address in brackets, a verb or two behind it.
    framed_address: bool,
    /// Words with digits in them.
    numbers: usize,
    words: usize,
}

impl Facts {
    fn of(joined: &str, end: &Ending) -> Facts {
        let text = core(joined).trim_start_matches(['>', '"', '\u{201c}', '(', '[']);
        let lower = text.to_lowercase();
        let bare = core(lower.trim_end_matches([':', '\u{ff1a}', '\u{589}', '\u{1366}', '\u{17d6}', '\u{2024}', ' ']));
        let mut facts = Facts { colon: end.colon, dashed: end.dashed, ..Facts::default() };
        let (mut first_digits, mut behind) = (None, 0);
        for (index, token) in bare.split_whitespace().enumerate() {
            facts.words += 1;
            behind += 1;
            if is_address(token) {
                facts.address = true;
                behind = 0;
                continue;
            }
            if index == 0 && token.len() <= 4 && token.ends_with(')') {
                continue;
            }
            facts.article |=
                matches!(token, "the" | "a" | "an" | "our" | "my" | "his" | "her" | "their" | "they" | "we" | "i");
            let stamp = Stamp::of(token);
            facts.digits |= stamp.digits;
            facts.day |= stamp.day;
            facts.time |= stamp.time;
            facts.numbers += usize::from(stamp.digits);
            facts.date |= stamp.date;
            if stamp.digits && first_digits.is_none() {
                first_digits = Some(index);
            }
        }
        let last = bare.rsplit(' ').next().unwrap_or("");
        facts.address_last = is_address(last) || (facts.address && last.ends_with(['>', ')', ']']));
        facts.framed_address = facts.address && (1..=MOST_VERBS).contains(&behind) && is_name_bracketed(text);
        facts.verb = WROTE.inside(bare);
        facts.verb_last = facts.verb && (WROTE.is(last) || ends_with_verb(bare));
        facts.cites = CITES.at_start(bare).is_some();
        facts.opener = OPENERS.at_start(bare).is_some();
        facts.opens_with_date = facts.opener && first_digits.is_some_and(|at| at <= 5);
        facts.opens = facts.opens_with_date || first_digits.is_some_and(|at| at <= 2);
        facts
    }

    /// Programs state the minute or the address, or little but a name; `On 3 March 2000 the court wrote:` tells a story.
    fn is_stamped(&self) -> bool {
        let minute = self.time || self.numbers >= if self.date { 2 } else { 3 };
        minute || self.address || self.dashed || self.words <= 7 && !self.article
    }

    fn verdict(&self, quoted_below: bool) -> Verdict {
        let ends = self.colon || self.verb_last;
        let placed = self.opens || self.address || quoted_below;
        if self.words > 45 {
            return Verdict::No;
        }
        let by_verb = self.verb && self.day && ends && placed && (quoted_below || self.is_stamped());
        let by_address = self.address_last && self.day && (self.colon || quoted_below) && (self.opens || quoted_below);
        let by_dashes = self.dashed && self.verb && self.words <= 20;
        let by_clock = quoted_below && self.colon && self.day && self.time;
        let by_shape = self.framed_address && (self.colon || quoted_below) && self.day && self.time;
        if by_verb || by_address || by_dashes || by_clock || by_shape {
            return Verdict::Sure;
        }
        let weak_date = self.verb && ends && self.digits && self.opens_with_date && (self.address || quoted_below);
        let weak_opener = quoted_below && self.colon && self.opener && self.address_last && self.words <= 8;
        let weak_quote = quoted_below && self.verb && ends && (self.address || self.words <= 8);
        let weak_cite = quoted_below && self.colon && self.cites && self.words <= 8;
        if weak_cite || weak_date || weak_opener || weak_quote { Verdict::Unless } else { Verdict::No }
    }
}

/// Verbs of several words, and those of scripts without spaces, at the very end.
fn ends_with_verb(bare: &str) -> bool {
    let tail = bare.char_indices().rev().nth(24).map_or(0, |(at, _)| at);
    let mut rest = bare.get(tail..).unwrap_or("");
    loop {
        if WROTE.at_start(rest) == Some(rest.len()) && !rest.is_empty() {
            return true;
        }
        let mut letters = rest.chars();
        if letters.next().is_none() {
            return false;
        }
        rest = letters.as_str();
    }
}

/// Whether `<ann@acme.example>` stands behind a name, which no language begins with a small letter.
fn is_name_bracketed(text: &str) -> bool {
    let before = text.rfind('<').and_then(|at| text.get(..at)).unwrap_or("");
    let name = before.split_whitespace().next_back().unwrap_or("");
    name.chars().any(char::is_alphabetic) && !name.starts_with(char::is_lowercase)
}

fn is_address(token: &str) -> bool {
    let token = token.trim_matches(|c: char| !c.is_alphanumeric());
    token.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text;

    fn found(text: &str, quoted_below: bool) -> Option<(usize, usize, usize)> {
        let lines = text::body(text, None).lines;
        ending_at(&lines, lines.len() - 1, quoted_below).map(|a| (a.start, a.last, a.column))
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
