//! Everything that a house holds in the end, as lines that can be compared.
//!
//! Left out is what a fall may change: when something was done, how often it was tried, and hashes under the
//! record's salt, which is another in each house. A fall may also change the order in which mails are settled, so
//! interactions and conversations go by their words instead of their numbers.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// How the folder of a house is named, before what makes its name its own.
pub const PLACE: &str = "tb-fall-";

/// Columns that tell of the way, not of the end.
const OF_THE_WAY: &[(&str, &[&str])] = &[
    ("delivery", &["attempts", "not_before", "settled_at", "uid", "arrived"]),
    ("interaction", &["recorded_at", "sequence"]),
    ("mailbox", &["last_success", "last_failure", "next_try", "wait"]),
    ("epoch", &["opened_at", "validity", "low_uid", "uid_next", "compared_at", "since"]),
    ("report", &["published_at"]),
    ("instance", &["salt", "lease", "directory_mark", "directory_seen", "directory_changes", "entered"]),
    // Numbers of people, customers and conversations; what they say stands in the tables they are made of.
    ("entry", &["sequence", "facts"]),
    ("someone", &["id"]),
    ("customer_number", &["id"]),
    ("thread", &["message", "seen"]),
    ("topic", &["heading"]),
    ("identity", &["likeness", "minute", "beginning"]),
    ("tombstone", &["mark", "at"]),
    ("ignored", &["at"]),
    ("matter", &["number"]),
    ("decision", &["id", "matter", "at"]),
    ("letter", &["id", "message_id", "written_at", "attempts", "not_before", "ended_at"]),
];

/// The record, the pages, the mail and the files for others, line by line.
pub fn of(house: &Path) -> Vec<String> {
    let mut lines = record(&house.join("touchbase.db"), "record");
    for folder in ["reports", "Maildir"] {
        files(&house.join(folder), folder, &mut lines);
    }
    if house.join("copy.db").exists() {
        lines.extend(record(&house.join("copy.db"), "backup"));
    }
    if let Ok(export) = fs::read_to_string(house.join("export")) {
        lines.push(format!("export {export:?}"));
    }
    let mut lines: Vec<String> = lines.iter().map(|line| without_place(line)).collect();
    lines.sort();
    lines
}

/// Contacts remember their file by its whole path, and each house stands elsewhere.
fn without_place(line: &str) -> String {
    let mut parts = line.split(PLACE);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| line + PLACE + part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()))
}

/// Every row of every table, after the file was found whole.
fn record(path: &Path, name: &str) -> Vec<String> {
    let store = Connection::open(path).expect("the record");
    let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(sound, "ok", "{}", path.display());
    assert!(!store.prepare("PRAGMA foreign_key_check").expect("a check").exists([]).expect("a check"));
    store.execute("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')", []).expect("a whole index");
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'fulltext%'";
    let mut tables = store.prepare(sql).expect("the schema");
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).expect("the schema");
    let (interactions, conversations) = (names(&store, "id"), names(&store, "conversation"));
    let known_as = |table: &str, column: &str, row: &Row<'_>, at: usize| {
        let names = match (table, column) {
            ("interaction", "id") | (_, "interaction") => &interactions,
            ("conversation", "id" | "current") | (_, "conversation") => &conversations,
            _ => return None,
        };
        names.get(&row.get(at).ok()?).cloned()
    };
    let mut lines = Vec::new();
    for table in tables.map(|table| table.expect("a name")) {
        let left_out = OF_THE_WAY.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, columns)| columns);
        let mut rows = store.prepare(&format!("SELECT * FROM {table}")).expect("a table");
        let kept: Vec<(usize, String)> =
            rows.column_names().iter().map(|name| (*name).to_owned()).enumerate().collect();
        let kept: Vec<_> = kept.into_iter().filter(|(_, name)| !left_out.contains(&name.as_str())).collect();
        let rows = rows
            .query_map([], |row| Ok(line(row, &kept, |column, at| known_as(&table, column, row, at))))
            .expect("rows");
        lines.extend(rows.map(|row| format!("{name} {table} {}", row.expect("a row"))));
    }
    lines
}

/// What each interaction, or each conversation, is about: the first of its words in the order of the alphabet.
fn names(store: &Connection, number: &str) -> BTreeMap<i64, String> {
    let sql = format!("SELECT {number}, min(subject || '|' || text) FROM interaction GROUP BY 1");
    let mut rows = store.prepare(&sql).expect("interactions");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("interactions");
    rows.map(|row| row.expect("a row")).collect()
}

fn line(row: &Row<'_>, kept: &[(usize, String)], known_as: impl Fn(&str, usize) -> Option<String>) -> String {
    let value = |at: &usize| match row.get_ref(*at).expect("a value") {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => format!("{bytes:?}"),
    };
    let told = |at: &usize, name: &str| known_as(name, *at).unwrap_or_else(|| value(at));
    kept.iter().map(|(at, name)| format!("{name}={}", told(at, name))).collect::<Vec<_>>().join(" ")
}

/// Names and contents below a folder; what a fall left unfinished bears such a name and is nobody's.
fn files(folder: &Path, name: &str, lines: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, inside) = (entry.path(), format!("{name}/{}", entry.file_name().to_string_lossy()));
        match path.is_dir() {
            true if entry.file_name().to_string_lossy().starts_with(".touchbase-") => {}
            true => {
                // A folder may be there before anything is in it: whose it is counts from the beginning.
                let about = entry.metadata().map(|it| (it.permissions().mode(), it.uid(), it.gid()));
                lines.push(format!("{inside}/ {about:?}"));
                files(&path, &inside, lines);
            }
            false if entry.file_name().to_string_lossy().starts_with(".touchbase-") => {}
            false => lines
                .push(format!("{inside} {:?}", fs::read(&path).map(|it| String::from_utf8_lossy(&it).into_owned()))),
        }
    }
}
