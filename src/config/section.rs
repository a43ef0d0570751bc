//! Walks a TOML document key by key, and notes every problem instead of stopping at the first.
//!
//! Reading a key declares it: what nobody asked for when a section is closed
//! is unknown. The schema is therefore written once, in the code that reads
//! it. Deriving the same with serde was refused, because serde stops at the
//! first error, and so would make people mend a file one line at a time.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) hint: Option<String>,
}

impl Fault {
    pub(super) fn new(why: impl Into<String>) -> Fault {
        Fault { why: why.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }
}

/// What reading a value of the file gives.
pub(super) type Answer<T> = Result<T, Fault>;

/// Where problems gather, and which keys were ever asked for.
pub(super) struct Notes<'t> {
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
    asked: RefCell<BTreeSet<String>>,
}

impl<'t> Notes<'t> {
    pub(super) fn new(text: &'t str) -> Notes<'t> {
        Notes { text, problems: RefCell::default(), asked: RefCell::default() }
    }

    /// The problems by line, those of missing keys last.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|p| p.line.unwrap_or(u32::MAX));
        problems
    }

    /// Every key that reading asked for, array positions and mailbox names left out: the schema.
    #[cfg(test)]
    pub(super) fn schema(&self) -> BTreeSet<String> {
        self.asked.borrow().clone()
    }

    pub(super) fn line(&self, span: &Range<usize>) -> u32 {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + u32::try_from(before.iter().filter(|b| **b == b'\n').count()).unwrap_or(u32::MAX - 1)
    }

    pub(super) fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// One table of the document, possibly absent: then every key of it is missing.
pub(super) struct Section<'t> {
    table: Option<&'t DeTable<'t>>,
    /// The line of its header, for keys that are missing.
    line: Option<u32>,
    path: String,
    schema_path: String,
    asked: Vec<&'static str>,
    notes: &'t Notes<'t>,
}

impl<'t> Section<'t> {
    pub(super) fn top(table: &'t DeTable<'t>, notes: &'t Notes<'t>) -> Section<'t> {
        Section {
            table: Some(table),
            line: None,
            path: String::new(),
            schema_path: String::new(),
            asked: Vec::new(),
            notes,
        }
    }

    /// Whether the table stands in the file at all.
    pub(super) fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// Calls this section by a name of its own in problems, such as a mailbox by its name.
    pub(super) fn rename(&mut self, path: String) {
        self.path = path;
    }

    /// The value of a key through `read`; `None` when it is missing or was refused.
    pub(super) fn get<T>(&mut self, key: &'static str, read: impl FnOnce(&DeValue<'_>) -> Answer<T>) -> Option<T> {
        let value = self.find(key)?;
        match read(value.get_ref()) {
            Ok(answer) => Some(answer),
            Err(fault) => {
                self.note(key, Some(value), fault);
                None
            }
        }
    }

    /// The same with what holds when nothing is written.
    pub(super) fn or<T>(&mut self, key: &'static str, default: T, read: impl FnOnce(&DeValue<'_>) -> Answer<T>) -> T {
        self.get(key, read).unwrap_or(default)
    }

    /// The same for a key that has to be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        hint: &str,
        read: impl FnOnce(&DeValue<'_>) -> Answer<T>,
    ) -> Option<T> {
        if self.find(key).is_none() {
            self.note(key, None, Fault::new("is missing").hint(hint));
        }
        self.get(key, read)
    }

    /// Every element of an array, each refused on its own; `None` when the key is missing or no array.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&DeValue<'_>) -> Answer<T>,
    ) -> Option<Vec<T>> {
        let value = self.find(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            let fault = Fault::new(format!("is {}, not a list", kind(value.get_ref()))).hint("put it in [ ]");
            self.note(key, Some(value), fault);
            return None;
        };
        let mut answers = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read(item.get_ref()) {
                Ok(answer) => answers.push(answer),
                Err(fault) => self.note(&format!("{key}[{}]", index + 1), Some(item), fault),
            }
        }
        Some(answers)
    }

    /// A table below this one.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'t> {
        let table = self.find(key).and_then(|value| match value.get_ref() {
            DeValue::Table(table) => Some((table, value.span())),
            other => {
                let fault = Fault::new(format!("is {}, not a section", kind(other)));
                self.note(key, Some(value), fault.hint(format!("write [{}] and its keys below", self.at(key))));
                None
            }
        });
        self.below(table, self.at(key), key)
    }

    /// The tables of an array of tables, `[[key]]`.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Section<'t>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        let mut found = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if let DeValue::Table(table) = item.get_ref() {
                found.push(self.below(Some((table, item.span())), format!("{}[{}]", self.at(key), index + 1), key));
            }
        }
        if items.is_empty() || found.len() < items.len() {
            let fault = Fault::new(format!("is {}, not a list of sections", kind(value.get_ref())));
            self.note(key, Some(value), fault.hint(format!("write [[{}]] with two brackets", self.at(key))));
        }
        found
    }

    /// Notes a problem with a key as it stands, or as it is missing.
    pub(super) fn refuse(&self, key: &str, fault: Fault) {
        let value = self.table.and_then(|t| t.get(key));
        self.note(key, value, fault);
    }

    /// Whether the key is written, without asking for it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|t| t.contains_key(key))
    }

    /// Whether the key is written as a section of its own, or as `{ ... }`.
    pub(super) fn is_table(&self, key: &str) -> bool {
        matches!(self.table.and_then(|t| t.get(key)).map(Spanned::get_ref), Some(DeValue::Table(_)))
    }

    /// Whether the key is written as this word.
    pub(super) fn is(&self, key: &str, word: &str) -> bool {
        matches!(self.table.and_then(|t| t.get(key)).map(Spanned::get_ref), Some(DeValue::String(text)) if text == word)
    }

    /// Refuses a secret that stands in the file itself.
    pub(super) fn literal_secret(&mut self, key: &'static str, instead: &[&str]) {
        self.asked.push(key);
        if self.has(key) {
            let fault = Fault::new("is a secret in the configuration file, which others may read");
            self.refuse(
                key,
                fault.hint(format!("remove it, change it, and name where to find it: {}", listed(instead))),
            );
        }
    }

    /// Whether the key is written as a list of nothing.
    pub(super) fn is_empty_list(&self, key: &str) -> bool {
        let value = self.table.and_then(|t| t.get(key)).map(Spanned::get_ref);
        matches!(value, Some(DeValue::Array(items)) if items.is_empty())
    }

    /// Declares keys without reading them.
    pub(super) fn forgive(&mut self, keys: &[&'static str]) {
        self.asked.extend(keys);
    }

    /// Asks for a key whose value does not matter.
    pub(super) fn ask(&mut self, key: &'static str) {
        let _ = self.find(key);
    }

    /// How many problems were noted so far, anywhere.
    pub(super) fn problems(&self) -> usize {
        self.notes.problems.borrow().len()
    }

    /// Refuses keys that belong elsewhere with a hint of their own.
    pub(super) fn misplaced(&mut self, keys: &[&'static str], hint: &str) {
        for key in keys.iter().copied().filter(|k| !self.asked.contains(k)).collect::<Vec<_>>() {
            if self.has(key) {
                self.refuse(key, Fault::new("does not belong here").hint(hint));
                self.asked.push(key);
            }
        }
    }

    /// Closes the section: what was not asked for is unknown.
    pub(super) fn close(self) {
        for (key, _) in self.table.into_iter().flat_map(|t| t.iter()) {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let fault = if holds_a_secret(name) && !name.contains(['-', '_']) {
                Fault::new("is a secret in the configuration file, which others may read").hint(
                    "remove it, change it, and name where to find it with `password-credential`, `password-file` or \
                     `password-command`",
                )
            } else {
                let hint = nearest(name, &self.asked).map_or_else(
                    || format!("known here: {}", listed(&self.asked)),
                    |near| format!("did you mean `{near}`?"),
                );
                Fault::new("is an unknown key").hint(hint)
            };
            self.notes.add(Problem {
                line: Some(self.notes.line(&key.span())),
                path: self.at(name),
                value: None,
                why: fault.why,
                hint: fault.hint,
            });
        }
    }

    fn find(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
            let dot = if self.schema_path.is_empty() { "" } else { "." };
            self.notes.asked.borrow_mut().insert(format!("{}{dot}{key}", self.schema_path));
        }
        self.table.and_then(|t| t.get(key))
    }

    fn below(&self, found: Option<(&'t DeTable<'t>, Range<usize>)>, path: String, key: &str) -> Section<'t> {
        let (table, line) = found.map(|(table, span)| (table, self.notes.line(&span))).unzip();
        let dot = if self.schema_path.is_empty() { "" } else { "." };
        let schema_path = format!("{}{dot}{key}", self.schema_path);
        Section { table, line, path, schema_path, asked: Vec::new(), notes: self.notes }
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn note(&self, key: &str, value: Option<&Spanned<DeValue<'_>>>, fault: Fault) {
        self.notes.add(Problem {
            line: value.map(|v| self.notes.line(&v.span())).or(self.line),
            path: self.at(key),
            value: value.filter(|_| !holds_a_secret(key)).and_then(|v| shown(v.get_ref())),
            why: fault.why,
            hint: fault.hint,
        });
    }
}

/// The one of `known` that `word` most likely meant, if any is near.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase().replace('_', "-");
    known
        .iter()
        .map(|k| (strsim::jaro_winkler(&word, k), *k))
        .filter(|(near, _)| *near >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

/// "`a`, `b`, `c`".
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}

/// What kind of value that is, in words.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// Whether a key of that name may hold a secret, rightly or by mistake.
fn holds_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["pass", "secret", "token"].iter().any(|word| key.contains(word))
}

/// The value as written, shortened; nothing for what is long or may carry a password in a URL.
fn shown(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) if text.contains("://") && text.contains('@') => None,
        DeValue::String(text) if text.chars().count() > 60 => {
            Some(format!("{:?}...", text.chars().take(57).collect::<String>()))
        }
        DeValue::String(text) => Some(format!("{text:?}")),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
