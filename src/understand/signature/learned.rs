//! Signatures known from the same author's earlier mails: lines that ended those, ending this one too.
//!
//! A mail's shape shows most signatures ([`super::find`]); what has no shape (a
//! slogan, a gate, opening hours) is known only by coming again. What comes again
//! is not always a signature: some people end every mail with the same question,
//! and orders repeat their delivery address. So lines are taken off only when
//! other words stood above them each time, when they begin where a signature may
//! begin, and when nothing among them asks. The less they look like a signature,
//! the more earlier mails have to agree.

mod ends;
mod last_letters;

use std::collections::BTreeMap;

use super::author::Author;
use super::shape::{
    is_barred_card, is_closing, is_common, is_contact, is_delimiter, is_line_of_signature, is_ornament, is_reachable,
};
use super::{is_announced, starts_paragraph};
use crate::mail::{Moment, Untrusted};
use crate::understand::{SignalKind, shape, signal};
pub use last_letters::LastLetters;

/// Earlier mails that must agree on two lines or more, the author's name among the first of them.
const AGREE_ON_A_CARD: usize = 1;
/// On lines that look less like a signature.
const AGREE_ON_LINES: usize = 2;
/// On one short line that says nothing of its author: and then no earlier mail may end otherwise.
const AGREE_ON_ONE_LINE: usize = 3;
/// Words of one such line at the most; of one that names its author.
const WORDS_OF_ONE_LINE: usize = 4;
const WORDS_WITH_A_NAME: usize = 6;

/// An earlier mail of the same author, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its new words.
    pub text: Untrusted,
    /// Its signature, if one was found.
    pub signature: Option<Untrusted>,
    /// When it was sent.
    pub sent: Moment,
}

/// The latest mails of an author that a person wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latest {
    /// Those that may end as the mail that is asked about does, newest first.
    pub alike: Vec<Earlier>,
    /// How many more there are: their last letters are others ([`LastLetters`]).
    pub others: usize,
}

/// Where a learned signature begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Its first line, counted from 0 in the text.
    pub line: usize,
    /// The rule, with the day of the earlier mail.
    pub rule: String,
}

/// Finds the signature at the end of `text` that earlier mails of its author ended with.
///
/// `text` holds new words only, without what the mail's shape showed to be signature; `author` is the
/// author's display name, or address. Looks at the last lines of each mail only.
pub fn find(text: &str, author: Option<&str>, earlier: &Latest) -> Option<Learned> {
    let past: Vec<Past> = earlier.alike.iter().map(Past::of).collect();
    let mut blocks: BTreeMap<usize, Vec<Witness>> = BTreeMap::new();
    let end = ends::tail(text);
    for mail in &past {
        for (at, witness) in mail.witnesses(end) {
            blocks.entry(text.len() - end.len() + at).or_default().push(witness);
        }
    }
    if blocks.is_empty() {
        return None;
    }
    let lines: Vec<&str> = text.lines().collect();
    let author = Author::of(author.unwrap_or(""));
    let (block, sent) = blocks.iter().find_map(|(at, witnesses)| {
        let above = text.get(..*at)?;
        let block = Block { lines: &lines, above, top: above.matches('\n').count(), author: &author };
        block.is_signature(witnesses, past.len() + earlier.others).then(|| (block, newest(witnesses)))
    })?;
    let day = sent.map(|sent| sent.to_string().chars().take(10).collect::<String>()).unwrap_or_default();
    Some(Learned { line: block.with_rule(), rule: format!("learned: the same lines ended the mail of {day}") })
}

/// An earlier mail: the end of its words, and the signature below them.
struct Past {
    whole: String,
    /// Bytes of the words.
    words: usize,
    sent: Moment,
}

impl Past {
    fn of(mail: &Earlier) -> Past {
        let words = ends::tail(mail.text.raw());
        let signature = shape::cut(mail.signature.as_ref().map_or("", Untrusted::raw), ends::BYTES);
        Past { whole: format!("{words}\n{signature}"), words: words.len(), sent: mail.sent }
    }

    /// For each place in `text` from which on it says the same as this mail: how this mail said it.
    fn witnesses(&self, text: &str) -> BTreeMap<usize, Witness<'_>> {
        let mut found: BTreeMap<usize, Witness> = BTreeMap::new();
        // The signature's last lines may be missing here: a phone's line, a notice.
        for end in ends::of_lines(&self.whole, self.words) {
            for (at, there) in ends::same(text, self.whole.get(..end).unwrap_or_default()) {
                let witness = self.witness(there, end);
                if found.get(&at).is_none_or(|known| witness.rank() > known.rank()) {
                    found.insert(at, witness);
                }
            }
        }
        found
    }

    /// The lines from `there` to `end`, as this mail had them.
    fn witness(&self, there: usize, end: usize) -> Witness<'_> {
        let between = |from: usize, to: usize| self.whole.get(from..to).unwrap_or_default();
        let signed = there > self.words;
        let from_the_top =
            signed && between(self.words, there).lines().all(|line| !has_letters(line) || is_common(line));
        let all_of_it = from_the_top && !has_letters(between(end, self.whole.len()));
        Witness { above: between(0, there), signed, from_the_top, all_of_it, sent: self.sent }
    }
}

/// One earlier mail that had the same lines, and how.
struct Witness<'a> {
    /// Everything above them.
    above: &'a str,
    /// Whether all of the lines stood in what was known to be its signature.
    signed: bool,
    /// Whether they were that signature from its first line on, a closing aside.
    from_the_top: bool,
    /// Whether they were all of it.
    all_of_it: bool,
    sent: Moment,
}

impl Witness<'_> {
    fn rank(&self) -> (bool, bool, bool) {
        (self.signed, self.from_the_top, self.all_of_it)
    }
}

fn newest(witnesses: &[Witness]) -> Option<Moment> {
    witnesses.iter().map(|witness| witness.sent).max_by_key(|sent| sent.timestamp)
}

fn has_letters(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// The last lines of a mail, from `top` on.
struct Block<'a> {
    lines: &'a [&'a str],
    /// The words above it.
    above: &'a str,
    top: usize,
    author: &'a Author,
}

impl Block<'_> {
    /// Whether what `witnesses` of the author's `mails` earlier mails say makes a signature of it.
    fn is_signature(&self, witnesses: &[Witness], mails: usize) -> bool {
        let stands = has_letters(self.above) && !is_announced(self.lines, self.top);
        stands
            && (self.was_signed(witnesses)
                || match self.written().count() {
                    1 => self.is_known_line(&|| self.others(witnesses), witnesses.len() == mails),
                    _ => self.are_known_lines(&|| self.others(witnesses)),
                })
    }

    /// How many mails had the lines below other words: a mail sent again proves nothing.
    fn others(&self, witnesses: &[Witness]) -> usize {
        let here = ends::letters(ends::tail(self.above));
        let mut others: Vec<String> = witnesses.iter().map(|witness| ends::letters(witness.above)).collect();
        others.sort_unstable();
        others.dedup();
        others.iter().filter(|other| !other.is_empty() && **other != here).count()
    }

    /// Whether an earlier mail had the lines in a signature that its shape showed, or that was learned before.
    fn was_signed(&self, witnesses: &[Witness]) -> bool {
        let Some(top) = self.written().next() else { return false };
        let one = self.written().count() == 1;
        let known = |witness: &Witness| match one {
            true => witness.all_of_it && !is_common(top),
            false => witness.from_the_top || self.names_author(top),
        };
        self.begins() && witnesses.iter().any(|witness| witness.signed && known(witness))
    }

    /// Two lines or more that `others` earlier mails ended with.
    fn are_known_lines(&self, others: &dyn Fn() -> usize) -> bool {
        if !self.has_head() {
            return false;
        }
        let others = others();
        let has_prose = self.written().any(|line| !is_line_of_signature(line));
        let first = self.lines.iter().skip(self.top).take_while(|line| !line.trim().is_empty());
        let is_card = first.copied().any(|line| self.names_author(line));
        let is_owned = self.written().any(|line| self.is_anchor(line));
        let agreed = others >= AGREE_ON_A_CARD && is_card && !has_prose
            || others >= AGREE_ON_LINES && self.begins() && (is_owned || !has_prose);
        agreed && !self.asks(others)
    }

    /// One line that `others` earlier mails ended with; `always`: every one.
    fn is_known_line(&self, others: &dyn Fn() -> usize, always: bool) -> bool {
        let Some(line) = self.written().next() else { return false };
        let words = line.split_whitespace().count();
        let is_plain = is_line_of_signature(line) && !is_common(line) && !is_item(line) && !ends_as_sentence(line);
        if !is_plain || !starts_paragraph(self.lines, self.top) || asks(line) {
            return false;
        }
        let of_author = self.author.is_named_in(line) && words <= WORDS_WITH_A_NAME;
        let owned = of_author || is_reachable(line) || is_barred_card(line);
        let says_nothing = || !is_contact(line) && signal::find(line, None).is_empty();
        let short = always && words <= WORDS_OF_ONE_LINE && says_nothing();
        (owned || short) && others() >= if owned { AGREE_ON_LINES } else { AGREE_ON_ONE_LINE }
    }

    /// The lines with words.
    fn written(&self) -> impl DoubleEndedIterator<Item = &str> {
        let below = self.lines.get(self.top..).unwrap_or_default();
        below.iter().copied().filter(|line| line.contains(char::is_alphanumeric))
    }

    /// Whether a signature may begin here: a new paragraph, or words above that are finished.
    fn begins(&self) -> bool {
        let above = self.top.checked_sub(1).and_then(|above| self.lines.get(above)).copied().unwrap_or_default();
        let finished = above.trim_end().ends_with(['.', '!', '?', '\u{2026}', '\u{3002}', '\u{ff01}', '\u{ff1f}']);
        let framed = is_delimiter(above) || is_ornament(above);
        let head = || self.written().next().is_some_and(|top| self.is_anchor(top) || self.is_closing(top));
        above.trim().is_empty() || finished || framed || head()
    }

    /// Whether the first line may head a signature: a closing, a name, or short words that are no sentence.
    fn has_head(&self) -> bool {
        let Some(top) = self.written().next() else { return false };
        let is_short = is_line_of_signature(top) && !ends_as_sentence(top) && !is_item(top);
        self.begins() && (is_short || self.is_closing(top) || self.names_author(top))
    }

    fn is_closing(&self, top: &str) -> bool {
        let below: Vec<&str> = self.written().skip(1).collect();
        is_closing(top, &below.into_iter().rev().collect::<Vec<_>>())
    }

    /// Whether one of the lines expects an answer. A question between the author's name and a way to reach them
    /// is one that everybody is asked.
    fn asks(&self, others: usize) -> bool {
        let lines: Vec<&str> = self.written().collect();
        let first = lines.iter().position(|line| self.names_author(line)).unwrap_or(lines.len());
        let last = lines.iter().rposition(|line| is_contact(line)).unwrap_or(0);
        let enclosed = |at: usize| others >= AGREE_ON_LINES && first < at && at < last;
        lines.iter().enumerate().any(|(at, line)| asks(line) && !enclosed(at))
    }

    fn is_anchor(&self, line: &str) -> bool {
        self.names_author(line) || is_contact(line) || is_barred_card(line)
    }

    fn names_author(&self, line: &str) -> bool {
        self.author.signs(line) || self.author.is_whole(line) || self.author.heads(line)
    }

    /// The first line, or the row of dashes above it.
    fn with_rule(&self) -> usize {
        let blank = |line: &&&str| line.trim().is_empty();
        let above = self.lines.get(..self.top).unwrap_or_default();
        let rule = above.iter().rposition(|line| !blank(&line)).unwrap_or(self.top);
        let is_rule = above.get(rule).is_some_and(|line| is_delimiter(line) || is_ornament(line));
        if is_rule { rule } else { self.top }
    }
}

/// Whether a line expects an answer. `Questions? Call 555 01 02` answers itself.
fn asks(line: &str) -> bool {
    let marks = ['?', '\u{ff1f}', '\u{61f}'];
    let words = if is_contact(line) { line.replace(marks, " ") } else { line.to_owned() };
    let expects = |kind| matches!(kind, SignalKind::Ask | SignalKind::Promise);
    words.contains(marks) || signal::find(&words, None).iter().any(|found| expects(found.signal))
}

/// Whether a line is one of a list or of a form (`Next: nothing`), whose lines are often the same.
fn is_item(line: &str) -> bool {
    let label = line.split_once(": ").map_or("", |(label, _)| label);
    let is_entry = (1..=3).contains(&label.split_whitespace().count()) && !label.contains(|c: char| c.is_ascii_digit());
    let mark = line.split_whitespace().next().unwrap_or_default();
    let number = mark.trim_end_matches(['.', ')']);
    is_entry && !is_contact(line)
        || matches!(mark, "-" | "*" | "\u{2022}" | "\u{b7}" | "\u{2013}")
        || number.len() < mark.len() && number.chars().all(|c| c.is_ascii_digit())
}

fn ends_as_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['.', '!', '?', ':', ';', '\u{3002}', '\u{ff01}', '\u{ff1f}', '\u{ff1a}'])
}

#[cfg(test)]
mod tests;
