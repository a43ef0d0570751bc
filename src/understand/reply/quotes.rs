//! Which lines are quoted.

mod by_marks;

use std::collections::BTreeMap;

use super::{Known, answers, frames, headers, markers, regions};
use crate::mail::text::{Line, Marks};
use crate::understand::boundary::{is_original_message, is_rule, words_between_rules};
use crate::understand::lines::{Lines, Signs};
use crate::understand::{Evidence, attribution, block, signature};

/// The rule by which coloured lines inside a quote are kept.
pub(super) const IN_COLOUR: &str = "answers in another colour";

/// The rule by which an attribution ends the author's words.
pub(super) const ATTRIBUTED: &str = "attribution";

/// What remains of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The author's.
    Whole,
    /// The author's as far as this byte of its words; an attribution shares the line.
    Until(usize),
    /// Quoted.
    Nothing,
}

/// The answer for each line.
pub(super) struct Quotes {
    pub kept: Vec<Kept>,
    pub first: Option<usize>,
    pub evidence: Vec<Evidence>,
}

/// Whether a client marked the line as quoted, or as the head of what is.
pub(super) fn is_marked(line: &Line) -> bool {
    [Marks::QUOTE, Marks::CITE, Marks::HEADER_BLOCK, Marks::ATTRIBUTION, Marks::FORWARD]
        .iter()
        .any(|&m| line.marks.has(m))
}

/// Whether the line lies in a signature that its client marked.
pub(super) fn in_signature(line: &Line) -> bool {
    line.marks.has(Marks::SIGNATURE)
}

/// Finds what is quoted in `lines`; `rendered` if they were HTML, where a bare block quote may be the author's own.
/// `may_answer`: see [`Known`](super::Known).
pub(super) fn find(lines: &[Line], rendered: bool, known: Known<'_>) -> Quotes {
    let lines = &Lines::of(lines);
    let mut finder = Finder {
        lines,
        next_written: next_written(lines),
        first_words: (0..lines.len()).find(|&at| !lines.is_blank(at) && lines.get(at).is_some_and(|l| l.depth == 0)),
        regions: regions::marked(lines),
        blocks: block::find_in(lines)
            .iter()
            .filter(|b| headers::is_of_a_mail(lines, b))
            .map(|b| (b.start, b.end))
            .collect(),
        last_quoted: lines.iter().rposition(|line| line.depth > 0),
        known,
        quotes: Quotes { kept: vec![Kept::Whole; lines.len()], first: None, evidence: Vec::new() },
    };
    finder.by_marks(rendered);
    finder.by_words();
    let mut kept = finder.quotes.kept.iter().enumerate();
    finder.quotes.first = kept.find(|(at, kept)| **kept != Kept::Whole && !lines.is_blank(*at)).map(|(at, _)| at);
    finder.quotes
}

/// For each line, the nearest one at or below it that is not blank; one entry more than there are lines.
fn next_written(lines: &Lines<'_>) -> Vec<usize> {
    let mut next = vec![lines.len(); lines.len() + 1];
    let mut below = lines.len();
    for (index, slot) in next.iter_mut().enumerate().rev() {
        if !lines.is_blank(index) {
            below = index;
        }
        *slot = below;
    }
    next
}

struct Finder<'a> {
    lines: &'a Lines<'a>,
    next_written: Vec<usize>,
    /// The first words that carry no quote marks.
    first_words: Option<usize>,
    /// Lines that a client's mark alone makes quoted.
    regions: Vec<bool>,
    /// Header blocks with known labels: first line, and the line behind the last.
    blocks: BTreeMap<usize, usize>,
    /// The last line with quote marks.
    last_quoted: Option<usize>,
    known: Known<'a>,
    quotes: Quotes,
}

impl Finder<'_> {
    fn cut(&mut self, from: usize, to: usize) {
        for kept in self.quotes.kept.iter_mut().take(to).skip(from) {
            *kept = Kept::Nothing;
        }
    }

    fn because(&mut self, rule: &'static str, at: usize) {
        let words = self.lines.get(at).map_or("", |line| line.text.as_str());
        self.quotes.evidence.push(Evidence::new("text", "quoted", rule).at_line(at, words));
    }

    fn is_kept(&self, index: usize) -> bool {
        self.quotes.kept.get(index) == Some(&Kept::Whole)
    }

    fn below(&self, index: usize) -> usize {
        self.next_written.get(index).copied().unwrap_or(self.lines.len())
    }

    /// What announces a quote: from the top down, in the lines that carry no quote marks.
    fn by_words(&mut self) {
        let mut index = 0;
        while index < self.lines.len() {
            index = match self.lines.get(index) {
                Some(line) if self.is_kept(index) && !self.lines.is_blank(index) => {
                    self.step(index, line.marks).unwrap_or(index + 1)
                }
                _ => index + 1,
            };
        }
    }

    /// Cuts the quote that line `index` announces and says where to go on; `None` if it announces none.
    fn step(&mut self, index: usize, marks: Marks) -> Option<usize> {
        if marks.has(Marks::FORWARD) || marks.has(Marks::HEADER_BLOCK) {
            return Some(self.cut_rest("marked by the client", index, index));
        }
        let block = self.blocks.get(&index).copied();
        let labelled = || {
            let block = headers::block_at(self.lines, index);
            block.filter(|_| self.is_set_off(index) || headers::stands_apart(self.lines, index))
        };
        let block = block.or_else(|| self.lines.signs(index).has(Signs::COLON).then(labelled).flatten());
        if let Some(end) = block.filter(|end| !self.is_pasted(index, *end)) {
            return Some(self.cut_rest("header block", index, end));
        }
        let line = self.lines.get(index)?;
        if is_original_message(line.words()) {
            return Some(self.cut_rest("original message line", index, index + 1));
        }
        if let Some(end) = frames::between_lone_marks(self.lines, index) {
            self.because("between lone marks", index);
            self.cut(index, end);
            return Some(end);
        }
        if frames::says_what_is_answered(line.words()) {
            self.because("says what is answered", index);
            self.cut(index, index + 1);
            return Some(index + 1);
        }
        if attribution::is_framed(&line.text) {
            return Some(self.cut_rest(ATTRIBUTED, index, index + 1));
        }
        if markers::is_marker(line.words()) && self.has_words_above(index) {
            return Some(self.cut_rest("reply marker", index, index));
        }
        let below = self.below(index + 1);
        let quoted_below = below <= index + 4 && self.lines.get(below).is_some_and(|next| next.depth > line.depth);
        // Where nothing is answered, a line of a log with a name and an address in it is no attribution.
        let may_be = |found: &attribution::Attribution| self.known.may_answer || quoted_below || found.worded;
        let may_end = quoted_below || attribution::may_end(line.words(), self.lines.signs(index));
        let found = may_end.then(|| attribution::ending_at(self.lines, index, quoted_below)).flatten();
        if let Some(found) = found.filter(may_be) {
            return Some(self.cut_attributed(found, quoted_below));
        }
        if self.regions.get(index) == Some(&true) {
            return Some(self.cut_region(index));
        }
        if self.is_phone_above_quote(index, below) {
            return Some(self.cut_rest("below a phone's signature", index + 1, index + 1));
        }
        None
    }

    /// Cuts everything from `index` on; but where the words below `body` carry quote marks, only as far as those,
    /// because whoever marks quotes may answer below them.
    fn cut_rest(&mut self, rule: &'static str, index: usize, body: usize) -> usize {
        self.because(rule, index);
        let start = self.with_rules_above(index);
        let depth = self.lines.get(index).map_or(0, |line| line.depth);
        let below = self.below(body);
        let marked =
            body > index && self.lines.get(below).is_some_and(|line| line.depth > depth) && !self.is_kept(below);
        let end = if marked { below } else { self.lines.len() };
        self.cut(start, end);
        self.keep_answers(body, end);
        end
    }

    /// Gives back what the author wrote into the quote, down to where an older mail is quoted.
    fn keep_answers(&mut self, from: usize, end: usize) {
        let older = self.blocks.keys().copied().find(|&block| block >= from).unwrap_or(end).min(end);
        let signed = answers::by_name(self.lines.get(from..older).unwrap_or_default(), self.known.author);
        for index in signed {
            if let Some(kept) = self.quotes.kept.get_mut(from + index) {
                *kept = Kept::Whole;
            }
            self.because("answers behind the author's name", from + index);
        }
        let any =
            self.lines.get(from..end).is_some_and(|lines| lines.iter().any(|line| line.marks.has(Marks::COLOURED)));
        let above = self.lines.iter().zip(&self.quotes.kept).take(from).filter(|(_, kept)| **kept == Kept::Whole);
        if !any || !answers::are_announced(above.map(|(line, _)| line.words())) {
            return;
        }
        for index in answers::in_colour(self.lines.get(from..older).unwrap_or_default()) {
            if let Some(kept) = self.quotes.kept.get_mut(from + index) {
                *kept = Kept::Whole;
            }
            self.because(IN_COLOUR, from + index);
        }
    }

    fn cut_attributed(&mut self, found: attribution::Attribution, quoted_below: bool) -> usize {
        self.because(ATTRIBUTED, found.start);
        self.cut(found.start, found.last + 1);
        if found.column > 0
            && let Some(kept) = self.quotes.kept.get_mut(found.start)
        {
            *kept = Kept::Until(found.column);
        }
        if quoted_below {
            return found.last + 1;
        }
        let next = self.below(found.last + 1);
        if let Some(end) = self.bracketed(next) {
            self.cut(found.last + 1, end);
            return end;
        }
        // A wrapped attribution may go on below its first colon.
        let goes_on = (next..(next + 3).min(self.lines.len()))
            .any(|i| self.lines.get(i).is_some_and(|line| line.depth > 0))
            && self.lines.get(next).is_some_and(|line| line.words().trim_start().starts_with('<'));
        if goes_on {
            let quoted = (next..self.lines.len())
                .find(|&i| self.lines.get(i).is_some_and(|line| line.depth > 0))
                .unwrap_or(next);
            self.cut(found.last + 1, quoted);
            return quoted;
        }
        self.cut(found.last + 1, self.lines.len());
        self.lines.len()
    }

    /// The line behind a quote that begins at `start` with `<<`, as AOL wrote it; its end is `>>`.
    fn bracketed(&self, start: usize) -> Option<usize> {
        let opens = self.lines.get(start)?.words().trim_start().starts_with("<<");
        let closes = |line: &Line| line.words().trim_end().ends_with(">>");
        let length = opens.then(|| self.lines.iter().skip(start).position(closes))??;
        Some(start + length + 1)
    }

    /// Whether a rule or a dashed title stands above a line.
    fn is_set_off(&self, index: usize) -> bool {
        let ruled = self.lines.get(index).is_some_and(|line| line.marks.has(Marks::RULE));
        ruled || self.with_rules_above(index) < index
    }

    /// Whether the labelled lines from `start` are a header pasted as it travelled: nothing announces a quote.
    fn is_pasted(&self, start: usize, end: usize) -> bool {
        let separates = |line: &Line| words_between_rules(line.words()).is_some() || is_rule(line.words());
        let announced = self.lines.get(start).is_some_and(separates) || self.is_set_off(start);
        !announced && headers::is_raw(self.lines, start, end)
    }

    fn has_words_above(&self, index: usize) -> bool {
        self.lines
            .iter()
            .zip(&self.quotes.kept)
            .take(index)
            .any(|(line, kept)| *kept != Kept::Nothing && !line.is_blank())
    }

    /// The rest of a region that a client marked as its quote.
    fn cut_region(&mut self, index: usize) -> usize {
        let region = self.regions.iter().skip(index).take_while(|marked| **marked).count();
        self.because("marked by the client", index);
        self.cut(index, index + region);
        index + region
    }

    /// A phone's signature with words above and below it: below is what it answers.
    fn is_phone_above_quote(&self, index: usize, below: usize) -> bool {
        let set_off = self.lines.is_blank(index + 1) && below < self.lines.len();
        let words_above = self.first_words.is_some_and(|first| first < index);
        set_off
            && words_above
            && self.is_kept(below)
            && !self.answers_below(below)
            && signature::is_phone_line(self.lines.get(index).map_or("", Line::words))
    }

    /// Whether quote marks stand below: then the author may answer anywhere.
    fn answers_below(&self, below: usize) -> bool {
        self.last_quoted.is_some_and(|last| last >= below)
    }

    /// Notes sets the sender's firm above the block, indented as the block is.
    fn is_letterhead(&self, at: usize, block: usize) -> bool {
        let indented = |at: usize| self.lines.get(at).is_some_and(|line| line.words().starts_with('\t'));
        let ends = |line: &Line| line.words().trim_end().ends_with(['?', '!', ':']);
        let short = self.lines.get(at).is_some_and(|line| line.words().split_whitespace().count() <= 6 && !ends(line));
        let set_off = at.checked_sub(1).and_then(|above| self.lines.get(above)).is_some_and(Line::is_blank);
        indented(at) && indented(block) && short && set_off
    }

    /// The first of the blank lines, rules and dashed titles above `index`, down to which the cut belongs.
    fn with_rules_above(&self, index: usize) -> usize {
        let mut start = index;
        for at in (0..index).rev() {
            let Some(line) = self.lines.get(at) else { break };
            if !self.is_kept(at) {
                break;
            }
            if is_rule(line.words()) || words_between_rules(line.words()).is_some() || self.is_letterhead(at, index) {
                start = at;
            } else if !line.is_blank() {
                break;
            }
        }
        start
    }
}
