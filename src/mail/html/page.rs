//! The lines being written: white space collapsed, breaks decided when the next words come.

use crate::mail::text::{Body, Line, Link, Marks, is_invisible, marked};

/// More than this is no letter. Counted over everything kept, line by line.
const CAP: usize = 1 << 20;

/// A line of recipients has no more names, and a name is no longer, in bytes.
const MOST_LINKS: usize = 200;
const LONGEST_LINK: usize = 200;

/// What holds at one place of the document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Here {
    /// Block quotes around it.
    pub depth: u8,
    /// What the elements around it say.
    pub marks: Marks,
    /// White space is kept.
    pub preformatted: bool,
    /// Nothing is shown.
    pub hidden: bool,
    /// Letters have no size; elements inside may give them one again.
    pub tiny: bool,
    /// Shown bold.
    pub bold: bool,
    /// Shown in a colour that sets it off.
    pub coloured: bool,
}

impl Here {
    /// Whether words here reach the reader's eye.
    pub fn is_seen(self) -> bool {
        !self.hidden && !self.tiny
    }
}

/// The break before the next words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// They go on the same line.
    #[default]
    None,
    /// They begin a line.
    Line,
    /// They begin a line below a blank one.
    Blank,
}

#[derive(Default)]
pub(super) struct Page {
    lines: Vec<Line>,
    words: String,
    /// What held where the open line began; `None` while there is no open line.
    begun: Option<Here>,
    gap: Gap,
    space: bool,
    rule: bool,
    cells: bool,
    bullet: Option<String>,
    /// How many lines there were when the last cell began: a cell of several lines is not joined.
    lines_at_cell: usize,
    kept: usize,
    /// The open link to an address.
    link: Option<Link>,
    /// The links of the open line.
    links: Vec<Link>,
}

impl Page {
    pub fn is_full(&self) -> bool {
        self.kept + self.words.len() > CAP
    }

    /// Asks for a break; the widest one asked for wins.
    pub fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
        self.space &= gap == Gap::None;
    }

    /// The next line stands under a rule.
    pub fn rule(&mut self) {
        self.gap(Gap::Line);
        self.flush_if_asked();
        self.rule = true;
    }

    /// The next line begins with a bullet or number.
    pub fn bullet(&mut self, bullet: String) {
        self.bullet = Some(bullet);
    }

    /// A table cell begins; `joins` unless it is the first of its row.
    pub fn cell(&mut self, joins: bool) {
        if joins && self.lines.len() == self.lines_at_cell && !self.words.is_empty() {
            self.gap = Gap::None;
            self.space = false;
            if !self.words.ends_with('\t') {
                self.words.push('\t');
            }
            self.cells = true;
        } else {
            self.gap(Gap::Line);
            self.flush_if_asked();
            self.lines_at_cell = self.lines.len();
        }
    }

    /// `<br>`: ends the open line, or leaves an empty one.
    pub fn line_break(&mut self, here: Here) {
        self.settle(here);
        self.flush();
    }

    /// A link begins; `address` if it leads to one.
    pub fn begin_link(&mut self, address: Option<String>) {
        self.link = address.map(|address| Link { address, name: String::new() });
    }

    /// It ends. What shows an address itself needs none behind it.
    pub fn end_link(&mut self) {
        let Some(mut link) = self.link.take() else { return };
        link.name = link.name.trim().to_owned();
        if !link.name.is_empty() && !link.name.contains('@') && self.links.len() < MOST_LINKS {
            self.links.push(link);
        }
    }

    fn linked(&mut self, words: &str) {
        if let Some(link) = self.link.as_mut() {
            let room = LONGEST_LINK.saturating_sub(link.name.len());
            link.name.extend(words.char_indices().take_while(|(at, _)| *at < room).map(|(_, c)| c));
        }
    }

    pub fn text(&mut self, text: &str, here: Here) {
        if here.preformatted {
            return self.preformatted(text, here);
        }
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            // Most words are ASCII with one space between them, and are taken as they stand.
            let (plain, behind) = rest.split_at_checked(plain_words(rest)).unwrap_or((rest, ""));
            if !plain.is_empty() {
                self.word(plain, here);
                rest = behind;
                continue;
            }
            let written = rest.find(|c: char| c.is_whitespace() || is_filler(c)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at_checked(written).unwrap_or((rest, ""));
            if !word.is_empty() {
                self.word(word, here);
                rest = behind;
                continue;
            }
            if c == '\u{a0}' {
                self.settle(here);
            }
            self.space |= c.is_whitespace();
            rest = behind.get(c.len_utf8()..).unwrap_or("");
        }
    }

    fn word(&mut self, word: &str, here: Here) {
        let space = self.space;
        self.settle(here);
        if space && !self.words.is_empty() && !self.words.ends_with([' ', '\t']) {
            self.words.push(' ');
            self.linked(" ");
        }
        self.space = false;
        self.words.push_str(word);
        self.linked(word);
    }

    fn preformatted(&mut self, text: &str, here: Here) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break(here);
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            if !line.is_empty() {
                self.settle(here);
                self.words.extend(line.chars().map(|c| if c == '\u{a0}' { ' ' } else { c }));
            }
            if self.is_full() {
                return;
            }
        }
    }

    /// Carries out the break that was asked for and opens a line.
    fn settle(&mut self, here: Here) {
        let gap = self.gap;
        self.flush_if_asked();
        if gap == Gap::Blank && self.begun.is_none() && self.lines.last().is_some_and(|line| !line.is_blank()) {
            self.push(here, "");
        }
        if self.begun.is_none() {
            self.begun = Some(here);
            if let Some(bullet) = self.bullet.take() {
                self.words.push_str(&bullet);
            }
        }
    }

    fn flush_if_asked(&mut self) {
        if self.gap != Gap::None && self.begun.is_some() {
            self.flush();
        }
        self.gap = Gap::None;
    }

    fn flush(&mut self) {
        let Some(here) = self.begun.take() else { return };
        let mut words = std::mem::take(&mut self.words);
        if words != "-- " {
            words.truncate(words.trim_end().len());
        }
        self.push(here, &words);
        self.cells = false;
        self.space = false;
    }

    fn push(&mut self, here: Here, words: &str) {
        let (text, start) = marked(here.depth, words);
        let mut marks = here.marks;
        if !words.is_empty() {
            for (is_so, mark) in [
                (std::mem::take(&mut self.rule), Marks::RULE),
                (self.cells, Marks::CELLS),
                (here.bold, Marks::BOLD),
                (here.coloured, Marks::COLOURED),
            ] {
                marks = if is_so { marks.with(mark) } else { marks };
            }
        }
        self.kept += text.len() + 1;
        let links = std::mem::take(&mut self.links);
        let links = if words.is_empty() { Vec::new() } else { links };
        // Marks that the author's program wrote as letters count like block quotes.
        let lettered =
            words.starts_with('>').then(|| Line { marks, links: links.clone(), ..Line::plain(text.clone()) });
        self.lines.push(lettered.unwrap_or(Line { text, depth: here.depth, start, marks, links }));
    }

    /// Ends the page; blank lines at its end are dropped.
    pub fn finish(mut self) -> Body {
        self.flush();
        while self.lines.last().is_some_and(Line::is_blank) {
            self.lines.pop();
        }
        let mut body = Body { lines: self.lines };
        super::forwards::mark(&mut body);
        body
    }
}

/// The length in bytes of the visible ASCII at the beginning, single spaces between words included.
fn plain_words(text: &str) -> usize {
    let (mut length, mut space) = (0, true);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'!'..=b'~' => (length, space) = (at + 1, false),
            b' ' if !space => space = true,
            _ => break,
        }
    }
    // What is not ASCII may go on with the word before it.
    if text.as_bytes().get(length).is_some_and(|next| !next.is_ascii()) {
        length = text.get(..length).and_then(|plain| plain.rfind(' ')).unwrap_or(0);
    }
    length
}

/// What senders fill previews with. Joiners stay: Persian and emoji need them.
fn is_filler(c: char) -> bool {
    is_invisible(c)
        && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written<'a>(pieces: impl Iterator<Item = &'a str>) -> (Body, Vec<Link>) {
        let mut page = Page::default();
        page.begin_link(Some("ann@acme.example".to_owned()));
        pieces.for_each(|piece| page.text(piece, Here::default()));
        page.end_link();
        let links = page.links.clone();
        (page.finish(), links)
    }

    proptest! {
        #[test]
        fn words_taken_together_are_those_taken_one_by_one(
            text in "([ab]{1,9}|[ \t\n\u{a0}\u{3000}]|\u{ad}|\u{200b}|\u{200c}|\u{e9}|\u{7f}|\u{1}|, | {2}){0,60}"
        ) {
            let (at_once, links) = written(std::iter::once(text.as_str()));
            let characters = text.char_indices().map(|(at, c)| text.get(at..at + c.len_utf8()).unwrap_or(""));
            let (one_by_one, linked) = written(characters);
            prop_assert_eq!((at_once, links), (one_by_one, linked));
        }
    }
}
