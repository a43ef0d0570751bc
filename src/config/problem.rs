//! What is wrong with a configuration, told so that one reading is enough to mend it.
//!
//! A problem names the line, the key, the value as written and what to write
//! instead. Values that are or may be secrets never enter a problem, so that
//! no log, terminal or mailed report can show them.

use std::fmt;
use std::path::PathBuf;

/// One thing wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line it stands on, counted from 1; `None` when something is missing.
    pub line: Option<u32>,
    /// The key from the top, such as `mailbox.capture.host` or `report.mail.to[2]`; empty for the file itself.
    pub path: String,
    /// The value as written, shortened; `None` when there is none or it might be a secret.
    pub value: Option<String>,
    /// What is wrong with it, one clause without a full stop.
    pub why: String,
    /// What to do, when we know.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}", self.path)?;
            if let Some(value) = &self.value {
                write!(f, " = {value}")?;
            }
            write!(f, ": ")?;
        }
        write!(f, "{}", self.why)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// A configuration that cannot be used, with everything that is wrong with it at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be used: {}", path.display(), count(problems))]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Every problem, in the order of the lines; never empty.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// Every problem as text, one below the other, each ending with a line end.
    pub fn render(&self) -> String {
        self.problems.iter().map(|p| format!("{p}\n")).collect()
    }
}

fn count(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    }
}
