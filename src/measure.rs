//! What the record says about a relationship: arithmetic over lean rows.
//!
//! A measure never sees the words of a mail. What it needs of them was read when the mail was (signals, word
//! counts), so a million rows fit in memory; the few content words that two measures compare are asked for one
//! mail at a time, through [`Wording`].
//!
//! One file per measure of measures.md; [`Findings`] holds them all. The entries of a customer are put in order once
//! (`dealings`) and what all customers share is looked up once (`sight`), so that each measure is a walk over a slice.
//!
//! People and customers are numbers here ([`PersonNo`], [`CustomerNo`]); the [`Roster`] says who they are.

mod answer;
mod arrivals;
mod balance;
mod blind_spot;
pub mod calendar;
mod corrections;
mod coverage;
mod dealings;
mod departures;
mod findings;
mod hash;
mod issues;
mod last_heard;
mod listening;
mod money;
pub mod open_loops;
mod past;
mod promises;
mod rank;
mod roster;
mod sight;
mod silence;
mod standpoint;
#[cfg(test)]
pub(crate) mod story;
mod successes;
mod voices;
mod year;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::understand::{Automation, Kind, SignalKind};
pub use answer::{Answer, Share};
pub use arrivals::{Arrivals, Arrived};
pub use balance::Balance;
pub use blind_spot::BlindSpot;
pub use calendar::WorkingTime;
pub use corrections::{Correction, Corrections};
pub use coverage::{Coverage, Missed};
pub use departures::{Departed, Departures, Sign};
pub use findings::{Findings, QUOTED, Relation};
pub use issues::{Issue, Issues, Neglect};
pub use last_heard::{Class, LastHeard};
pub use listening::Listening;
pub use money::MoneyOnly;
pub use open_loops::OpenLoops;
pub use past::{Past, Sieve};
pub use promises::{Promised, Promises, State};
pub use roster::{CustomerNo, PersonNo, Roster, Someone};
pub use sight::Reaction;
pub use silence::Silence;
pub use successes::{Success, Successes};
pub use voices::Voices;
pub use year::{Month, Occasion, Quiet, Year};

/// One interaction with a customer as measures see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The interaction's number.
    pub interaction: i64,
    /// The original sent instant.
    pub at: Timestamp,
    /// The conversation's number.
    pub conversation: i64,
    /// The base subject (prefixes removed, case folded) as a hash: equal headings, equal numbers.
    pub heading: u64,
    /// The customers it is about, sorted.
    pub customers: Arc<[CustomerNo]>,
    /// Who wrote it: somebody at a customer, or a colleague.
    pub author: Option<PersonNo>,
    /// Those it was addressed to (To, attendees) who are not of us, in the order they were named.
    pub to: Arc<[PersonNo]>,
    /// Those who got a copy (Cc, Bcc) and are not of us.
    pub cc: Arc<[PersonNo]>,
    /// Words of new text.
    pub words: u32,
    /// What the phrase lists found in its new text.
    pub signals: Signals,
    /// Mail, note or meeting.
    pub kind: Kind,
    /// Whether a person wrote it. Only [personal](Entry::personal) ones count unless a measure says otherwise.
    pub automation: Automation,
    /// Whether a customer wrote it; otherwise we did.
    pub inbound: bool,
    /// Whether it quotes lines of ours with new lines of its author directly below them.
    pub interleaved: bool,
}

/// Which kinds of signal an interaction has: a small set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Signals(u32);

/// A sentence that stays open until something follows: a promise of ours, a correction or an issue of theirs.
/// People close it by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// Its number, as reports show it and `touchbase promises done` takes it.
    pub number: i64,
    /// The interaction it stands in.
    pub interaction: i64,
    /// Which of that interaction's signals it is.
    pub position: u32,
    /// `Promise`, `Correction`, `CorrectionHint` or `Issue`.
    pub kind: SignalKind,
    /// For a promise, the day it falls due, in its author's zone.
    pub due: Option<Date>,
    /// Whether and how somebody closed it by hand before `as_of`.
    pub closed: Option<Closed>,
    /// Not to be told before this day (`later 3 friday`).
    pub not_before: Option<Date>,
}

/// How somebody closed a matter by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// It is done.
    Done,
    /// It was none, or does not matter any more.
    Dismissed,
}

/// A mail that did not reach somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// The bounce's interaction.
    pub interaction: i64,
    /// When it came.
    pub at: Timestamp,
    /// Whom the mail did not reach.
    pub person: PersonNo,
    /// Whether trying again is pointless.
    pub permanent: bool,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
}

/// An automatic answer that says its author left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The answer's interaction.
    pub interaction: i64,
    /// When it came.
    pub at: Timestamp,
    /// Who left.
    pub person: PersonNo,
    /// Other addresses of that domain which the answer names.
    pub successors: Vec<String>,
}

/// What the mails of one customer in the last 90 days refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mentioned {
    /// Whose mails.
    pub customer: CustomerNo,
    /// How many distinct Message-IDs In-Reply-To and References name.
    pub ids: u32,
    /// How many of them never came to us.
    pub unseen: u32,
}

/// The record as of an instant: what happened before it, as measures see it.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Who the numbers are.
    pub roster: Roster,
    /// The interactions, by time, then number.
    pub entries: Vec<Entry>,
    /// What is known of earlier ones that are not among them any more.
    pub past: Past,
    /// The matters of these interactions, by number.
    pub matters: Vec<Matter>,
    /// Mails that did not arrive, by time.
    pub undelivered: Vec<Undelivered>,
    /// Automatic answers of people who left, by time.
    pub left: Vec<Left>,
    /// What mails of the last 90 days refer to; a customer without any reference is not among it.
    pub mentioned: Vec<Mentioned>,
}

/// The content words of single mails, for the two measures that compare them (4 and 13). A content word has four
/// letters or more, is no stop word, and stands for its stem as a hash; lists are sorted and without repetition.
/// What was recorded without its words has none.
pub trait Wording {
    /// The questions that an interaction asks, in their order.
    fn questions(&self, interaction: i64) -> Vec<Question>;
    /// The content words of the sentence of one of its signals.
    fn sentence(&self, interaction: i64, position: u32) -> Vec<u32>;
    /// The content words of its new text, and of the quoted lines that it answers directly below them.
    fn said(&self, interaction: i64) -> Said;
}

/// No words at all: what they decide is then decided by conversations alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWords;

impl Wording for NoWords {
    fn questions(&self, _: i64) -> Vec<Question> {
        Vec::new()
    }

    fn sentence(&self, _: i64, _: u32) -> Vec<u32> {
        Vec::new()
    }

    fn said(&self, _: i64) -> Said {
        Said::default()
    }
}

/// One question of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which of the interaction's signals it is.
    pub position: u32,
    /// Its content words.
    pub words: Vec<u32>,
}

/// The content words of a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Of its new text.
    pub text: Vec<u32>,
    /// Of the lines it quotes and answers directly below.
    pub quoted: Vec<u32>,
}

impl Entry {
    /// Whether a person wrote it to somebody (measures.md, "Shared definitions"): no auto-reply, bulk, bounce or bare
    /// calendar mail, and no note to self.
    pub fn personal(&self) -> bool {
        self.automation == Automation::None && self.kind != Kind::Note
    }

    /// Whether a phrase list of this kind found something in it.
    pub fn says(&self, kind: SignalKind) -> bool {
        self.signals.has(kind)
    }

    /// Everybody on it who is not of us: its author first when they wrote it, each once.
    pub fn people(&self) -> impl Iterator<Item = PersonNo> {
        let author = self.author.filter(|_| self.inbound);
        let others = self.to.iter().chain(self.cc.iter()).copied().filter(move |person| Some(*person) != author);
        author.into_iter().chain(others)
    }

    /// Its place in the order of the record: time, and the number where two share an instant.
    pub fn order(&self) -> (Timestamp, i64) {
        (self.at, self.interaction)
    }
}

impl Signals {
    /// Whether a kind is in it.
    pub fn has(self, kind: SignalKind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }

    /// The same with a kind added.
    #[must_use]
    pub fn with(self, kind: SignalKind) -> Signals {
        Signals(self.0 | (1 << kind as u32))
    }

    /// Whether it holds no kind but these.
    pub fn is_within(self, kinds: &[SignalKind]) -> bool {
        self.0 & !kinds.iter().copied().collect::<Signals>().0 == 0
    }

    /// As a number, for a column; [`SignalKind`]'s order must not change.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// From the number of [`Signals::bits`].
    pub fn from_bits(bits: u32) -> Signals {
        Signals(bits)
    }
}

impl FromIterator<SignalKind> for Signals {
    fn from_iter<I: IntoIterator<Item = SignalKind>>(kinds: I) -> Signals {
        kinds.into_iter().fold(Signals::default(), Signals::with)
    }
}
