//! How facts reach standard output: JSON, or a table as wide as the terminal.
//!
//! A closed pipe (`touchbase search x | head`) ends the command quietly: the reader has seen enough.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::failpoint::{self, Step};
use crate::failure::{Code, Failure};
use crate::mail::hides_or_steers;

/// Every column can count on this much room, its padding included, before another one's words are kept whole.
const NARROWEST: usize = 12;
/// Spaces between columns.
const GAP: usize = 2;
/// How many bytes of small pieces are printed together.
const PIECES: usize = 64 * 1024;

/// Prints text as it is.
pub fn text(text: &str) -> Result<(), Failure> {
    bytes(text.as_bytes())
}

/// Prints bytes as they are.
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    ended(io::stdout().lock(), |out| out.write_all(bytes))
}

/// Prints what is written in many small pieces.
pub fn pieces(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    ended(io::BufWriter::with_capacity(PIECES, io::stdout().lock()), |out| write(out))
}

/// What came of writing. Who does not want to read on, has read enough.
fn ended<W: Write>(mut out: W, write: impl FnOnce(&mut W) -> io::Result<()>) -> Result<(), Failure> {
    match write(&mut out).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(e) => Err(Failure::new(Code::CannotWrite, "cannot write to standard output").because(&e)),
        Ok(()) => Ok(()),
    }
}

/// Writes a file that only its owner can read; one of that name is replaced.
pub fn private_file(file: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = whole_file(folder, file, content);
    written.map_err(|e| {
        Failure::new(Code::CannotWrite, format!("cannot write {}", file.display()))
            .because(&e)
            .hint("name a file in a folder that you may write to, or `-` for standard output")
    })
}

/// Whole or not at all, also when the power goes: synced beside its place, then renamed.
fn whole_file(folder: &Path, file: &Path, content: &[u8]) -> io::Result<()> {
    failpoint::before(Step::WriteExport);
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    failpoint::after(Step::WriteExport);
    failpoint::before(Step::PlaceExport);
    beside.persist(file).map_err(|e| e.error)?;
    failpoint::after(Step::PlaceExport);
    File::open(folder)?.sync_all()
}

/// Tells a person something that is no fact to be read by a program.
pub fn aside(words: &str) {
    // Whoever closed standard error does not want to know.
    let _ = writeln!(io::stderr(), "{words}");
}

/// Prints a value as JSON: indented for a person at a terminal, one line for a program.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let rendered = match io::stdout().is_terminal() {
        true => serde_json::to_string_pretty(value),
        false => serde_json::to_string(value),
    };
    let rendered = rendered.map_err(|e| Failure::new(Code::Bug, "cannot render JSON").because(&e))?;
    text(&format!("{}\n", unsteered(&rendered)))
}

/// Prints one JSON value on one line, whoever reads it.
pub fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    let rendered =
        serde_json::to_string(value).map_err(|e| Failure::new(Code::Bug, "cannot render JSON").because(&e))?;
    text(&format!("{}\n", unsteered(&rendered)))
}

/// The same JSON with characters that hide or steer as escapes (RFC 8259, section 7): programs read the same
/// words, and a terminal is not steered by a stranger's. Outside of strings JSON holds none but line ends.
pub fn unsteered(json: &str) -> Cow<'_, str> {
    let steers = |c: char| c != '\n' && hides_or_steers(c);
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        match steers(c) {
            true => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Prints what was done: as words, or as JSON.
pub fn done(as_json: bool, words: &str, object: impl FnOnce() -> serde_json::Value) -> Result<(), Failure> {
    match as_json {
        true => json(&object()),
        false => text(words),
    }
}

/// Prints rows under headings, or `none` when there are no rows. Cells are already escaped for a terminal.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>, none: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return text(&format!("{none}\n"));
    }
    let widths = word_widths(headings, &rows);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings.to_vec()).add_rows(rows);
    for column in table.column_iter_mut() {
        let gap = if column.index + 1 == widths.len() { 0 } else { GAP };
        column.set_padding((0, u16::try_from(gap).unwrap_or_default()));
    }
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        keep_words_whole(&mut table, &widths);
    }
    text(&format!("{}\n", trimmed(&table.to_string())))
}

/// The longest word of each column, so that addresses are not broken while sentences can be.
fn word_widths(headings: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |cell: &str| cell.split_whitespace().map(|word| word.chars().count()).max().unwrap_or_default();
    let of_column = |(at, heading): (usize, &&str)| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| longest(cell));
        cells.max().unwrap_or_default().max(longest(heading))
    };
    headings.iter().enumerate().map(of_column).collect()
}

/// Gives columns the room of their longest word, as long as all of them fit on the line.
fn keep_words_whole(table: &mut Table, widths: &[usize]) {
    let Some(mut left) = table.width().map(usize::from) else { return };
    for (column, width) in table.column_iter_mut().zip(widths) {
        let after = widths.iter().skip(column.index + 1).map(|width| (width + GAP).min(NARROWEST)).sum::<usize>();
        let wanted = width + GAP;
        if wanted + after <= left + GAP {
            let lower = Width::Fixed(u16::try_from(wanted).unwrap_or(u16::MAX));
            column.set_constraint(ColumnConstraint::LowerBoundary(lower));
        }
        left = left.saturating_sub(wanted.min(left.saturating_sub(after)));
    }
}

/// Without the padding a table puts at line ends.
fn trimmed(table: &str) -> String {
    table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The word that JSON uses for a value of one of the small enums.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// An instant to the minute, on the clock of the report's zone.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// An instant's day on the clock of the report's zone.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).date().to_string()
}
