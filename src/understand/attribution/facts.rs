//! What one candidate for an attribution says: whether it names a day, a time, an address, a verb of writing.

use std::sync::LazyLock;

use super::Stamp;
use crate::mail::text::is_invisible;
use crate::understand::letters::lowered;
use crate::understand::wordlist::Phrases;

static WROTE: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/wrote.txt")));
static OPENERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/openers.txt")));
static CITES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/cites.txt")));

/// Behind the address, a language nobody listed has so many words for "wrote".
const MOST_VERBS: usize = 3;

/// How a line ends once dashes, spaces and invisible characters are taken off.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ending {
    pub(super) colon: bool,
    /// Dashes on both sides: `---- Ann wrote ----`.
    pub(super) dashed: bool,
}

impl Ending {
    pub(super) fn of(words: &str) -> Ending {
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

pub(super) fn may_end_with_verb(words: &str) -> bool {
    // The verb first: nearly every line ends in another word, which is seen at once.
    let last = core(words).rsplit(' ').next().unwrap_or("");
    WROTE.may_begin(last) && WROTE.is(&lowered(last)) && words.bytes().any(|b| b.is_ascii_digit() || b == b'@')
}

/// How sure the shape is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Sure,
    /// An attribution unless more lines above make a better one.
    Unless,
    No,
}

/// What one candidate says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) colon: bool,
    pub(super) dashed: bool,
    pub(super) verb: bool,
    verb_last: bool,
    /// Begins with a known opening word, a digit, a weekday before a digit, or a quoted name.
    pub(super) opens: bool,
    /// Begins with an opening word.
    opener: bool,
    /// Begins with a phrase such as `quoting`.
    cites: bool,
    /// An opening word with digits right behind it.
    pub(super) opens_with_date: bool,
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
    pub(super) fn of(joined: &str, end: &Ending) -> Facts {
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

    pub(super) fn verdict(&self, quoted_below: bool) -> Verdict {
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

pub(super) fn is_address(token: &str) -> bool {
    let token = token.trim_matches(|c: char| !c.is_alphanumeric());
    token.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

/// Whether lower-case text begins with a word that opens an attribution.
pub(super) fn is_opened(lower: &str) -> bool {
    OPENERS.at_start(lower).is_some()
}
