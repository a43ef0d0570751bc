//! What people read: one day of the record as a page, as Markdown and as JSON.
//!
//! [`Facts`] go in, a [`Report`] comes out, and every format is rendered from
//! that one value, so that all of them say the same. No renderer asks the
//! time or the store: the same facts give the same bytes.
//!
//! Reading order: [`facts`] (what is needed), [`day`] (what is said), [`tell`] (how
//! the one becomes the other), [`relation`] (the measures in words), [`gist`] (one line of an exchange), [`grouped`]
//! (which exchanges are told), [`topic`] and [`history`] (what measures
//! are called, and what they said before), [`open`] (which open loops are told in full), [`standing`] (which measures are),
//! [`page`] (HTML), [`markdown`], [`letter`] (a mail), [`week`] and [`year`] (what is looked back at), [`schedule`]
//! (when, and which report tells of what).

pub mod day;
pub mod facts;
pub mod gist;
pub mod grouped;
pub mod history;
mod json;
pub mod letter;
pub mod markdown;
pub mod open;
pub mod page;
pub mod phrase;
pub mod relation;
pub mod schedule;
pub mod settled;
pub mod standing;
pub mod tell;
pub mod topic;
pub mod week;
pub mod words;
pub mod year;

pub use day::{Relationship, Report};
pub use facts::{CustomerFacts, Facts, Held, IndexFacts, MailboxState, Open, Seen, Stranger};
pub use history::History;
pub use json::{json, write_json};
pub use letter::{Letter, letter};
pub use settled::Settled;
pub use week::WeekFacts;
pub use year::YearFacts;

/// A rendered file: where it lies below the report directory, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path with `/`, such as `customers/acme.html`.
    pub path: String,
    /// The text.
    pub content: String,
}

/// The formats of a day's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A page for a browser, self-contained.
    Html,
    /// Markdown that reads well in a terminal.
    Markdown,
    /// The object of product.md.
    Json,
}

impl Format {
    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Markdown => "md",
            Format::Json => "json",
        }
    }
}

/// A day's report in one format.
pub fn render(report: &Report, format: Format) -> String {
    match format {
        Format::Html => page::day(report),
        Format::Markdown => markdown::render(report),
        Format::Json => json(report),
    }
}

/// Writes a day's report in one format. The JSON of a large record is as large as all else, and is written piece by piece.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report, format: Format, writer: &mut dyn std::io::Write) -> std::io::Result<()> {
    match format {
        Format::Json => write_json(report, writer),
        Format::Html | Format::Markdown => writer.write_all(render(report, format).as_bytes()),
    }
}

/// A day's report as a file in one format: `2026-11-20.html`.
pub fn file(report: &Report, format: Format) -> File {
    File { path: format!("{}.{}", report.date, format.extension()), content: render(report, format) }
}
