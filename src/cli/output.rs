//! How facts reach standard output: JSON, or a table as wide as the terminal.
//!
//! A closed pipe (`touchbase search x | head`) ends the command quietly: the reader has seen enough.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::{Code, Failure};

/// Prints text as it is.
pub fn text(text: &str) -> Result<(), Failure> {
    bytes(text.as_bytes())
}

/// Prints bytes as they are.
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(e) => Err(Failure::new(Code::CannotWrite, "cannot write to standard output").because(&e)),
        Ok(()) => Ok(()),
    }
}

/// Prints a value as JSON: indented for a person at a terminal, one line for a program.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let rendered = match io::stdout().is_terminal() {
        true => serde_json::to_string_pretty(value),
        false => serde_json::to_string(value),
    };
    let rendered = rendered.map_err(|e| Failure::new(Code::Bug, "cannot render JSON").because(&e))?;
    text(&format!("{rendered}\n"))
}

/// Prints one JSON value on one line, whoever reads it.
pub fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    let rendered =
        serde_json::to_string(value).map_err(|e| Failure::new(Code::Bug, "cannot render JSON").because(&e))?;
    text(&format!("{rendered}\n"))
}

/// Prints rows under headings, or `none` when there are no rows. Cells are already escaped for a terminal.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>, none: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return text(&format!("{none}\n"));
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings.to_vec()).add_rows(rows);
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    text(&format!("{}\n", trimmed(&table.to_string())))
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
