//! What a letter is made of: sections of groups of lines.

use super::SHOWN;
use crate::mail::Untrusted;
use crate::report::page::html::Html;
use crate::report::phrase;

/// A part of a letter under its heading.
pub struct Section {
    pub title: String,
    pub groups: Vec<Group>,
    /// What is said below all of them.
    pub more: Option<String>,
}

impl Section {
    pub fn of(title: &str, groups: Vec<Group>) -> Section {
        Section { title: title.to_owned(), groups, more: None }
    }
}

/// Lines under a heading of their own.
pub struct Group {
    pub title: Option<Html>,
    pub urgent: bool,
    pub rows: Vec<Row>,
    /// What is only counted; empty when everything is told.
    pub rest: Vec<Piece>,
}

/// One line: what it is about, what was said, and beside it how long ago or how it is closed.
pub struct Row {
    pub head: Vec<Piece>,
    pub words: Option<Html>,
    pub side: String,
    /// What stands below that: a number, a time.
    pub below: String,
}

impl Row {
    pub fn of(head: Vec<Piece>) -> Row {
        Row { head, words: None, side: String::new(), below: String::new() }
    }

    /// With what somebody said. Mails may begin with a greeting, and their next line with a small letter.
    pub fn saying(self, words: &Untrusted) -> Row {
        Row { words: Some(Html::words(&Untrusted::new(phrase::capital(words.raw())))), ..self }
    }

    pub fn beside(self, side: impl Into<String>) -> Row {
        Row { side: side.into(), ..self }
    }

    pub fn below(self, below: impl Into<String>) -> Row {
        Row { below: below.into(), ..self }
    }
}

/// A piece of a line's beginning.
#[derive(Clone)]
pub enum Piece {
    /// Our own words.
    Ours(String),
    /// Somebody's name, in bold.
    Name(Html),
    /// Somebody's words.
    Words(Html),
}

impl Group {
    /// A list under its heading, cut to a letter's length.
    pub fn of<T>(title: &str, all: &[T], row: impl Fn(&T) -> Row) -> Option<Group> {
        Group::cut(Some(plain(&format!("{title} ({})", all.len()))), all, SHOWN, row)
    }

    pub fn cut<T>(title: Option<Html>, all: &[T], most: usize, row: impl Fn(&T) -> Row) -> Option<Group> {
        let left = all.len().saturating_sub(most);
        let rows: Vec<Row> = all.iter().take(most).map(row).collect();
        (!rows.is_empty()).then_some(Group { title, urgent: false, rows, rest: more(left) })
    }
}

/// That so many more are not told.
pub fn more(left: usize) -> Vec<Piece> {
    if left > 0 { vec![Piece::Ours(format!("and {left} more"))] } else { Vec::new() }
}

/// `Ann Li, Acme: Delivery plan`, the name in bold.
pub fn about(name: &Untrusted, customer: &Untrusted, subject: &Untrusted) -> Vec<Piece> {
    let mut head = vec![Piece::Name(Html::words(name)), Piece::Ours(", ".to_owned())];
    head.push(Piece::Words(Html::words(customer)));
    if !subject.is_blank() {
        head.extend([Piece::Ours(": ".to_owned()), Piece::Words(Html::words(subject))]);
    }
    head
}

pub fn subject_of(subject: &Untrusted) -> Piece {
    if subject.is_blank() { Piece::Ours("no subject".to_owned()) } else { Piece::Words(Html::words(subject)) }
}

/// Words of ours, escaped all the same.
pub fn plain(words: &str) -> Html {
    Html::bare(&Untrusted::new(words))
}
