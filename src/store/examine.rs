//! Whether a record is whole and agrees with itself (`check --store`), asked without changing anything: a record of an
//! earlier version is examined as it is, not migrated first.
//!
//! Each question with what is wrong: its pages (`PRAGMA integrity_check`), its references (`PRAGMA foreign_key_check`), its
//! full-text index against the words it was made of (FTS5, 6.3), the lean rows against the mails, and what this program
//! holds to be always true and no constraint can say.

use rusqlite::{Connection, TransactionBehavior};

use super::{Result, Settings, StoreError, lean, lease, open};

/// What was looked at, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Which part of the record.
    pub part: Part,
    /// What was found to be in order.
    pub detail: String,
    /// What is wrong, most telling first; empty when it is sound.
    pub faults: Vec<String>,
}

/// A part of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Which version of the schema it has.
    Schema,
    /// The file's pages, and the indexes over its tables.
    Pages,
    /// Rows that refer to others.
    References,
    /// The full-text index, which can be built again from the rest.
    SearchIndex,
    /// The lean rows that reports read, which can be made again from the rest.
    Lean,
    /// What the rows say together.
    Facts,
}

/// Faults of one part that are told; one page can break thousands of rows.
const TOLD: usize = 5;

/// Above this size, in bytes, the index is not compared while a daemon runs: it would wait too long for its turn to
/// write.
const SHORT: u64 = 256 * 1024 * 1024;

/// What is always so at the newest version: in words if it is not, and a question that counts the exceptions.
const FACTS: &[(&str, &str)] = &[
    ("it does not say who it is (`instance`)", "SELECT abs(1 - count(*)) FROM instance WHERE length(salt) = 32"),
    (
        "interactions have a number that was never given out",
        "SELECT count(*) FROM interaction WHERE sequence > (SELECT sequence FROM instance)",
    ),
    (
        "recorded interactions have no number",
        "SELECT count(*) FROM interaction WHERE outcome = 'recorded' AND sequence IS NULL",
    ),
    (
        "sentences stand outside their mail's text",
        "SELECT count(*) FROM signal AS s JOIN interaction AS i ON i.id = s.interaction
         WHERE s.begins < 0 OR s.bytes < 1 OR s.begins + s.bytes > octet_length(i.text)",
    ),
    (
        "interactions are not in the search index",
        "SELECT count(*) FROM interaction WHERE id > (SELECT indexed FROM instance)",
    ),
    (
        "the search index is ahead of everything that was ever recorded",
        "SELECT count(*) FROM instance WHERE indexed >
            (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'interaction')",
    ),
    (
        "conversations were joined to one that is gone or was joined itself",
        "SELECT count(*) FROM conversation AS c LEFT JOIN conversation AS to_ ON to_.id = c.current
         WHERE c.current IS NOT NULL AND (to_.id IS NULL OR to_.current IS NOT NULL)",
    ),
    (
        "reports know of more than was ever recorded",
        "SELECT count(*) FROM report WHERE watermark > (SELECT sequence FROM instance)",
    ),
    ("settled mails do not say when", "SELECT count(*) FROM delivery WHERE state = 'settled' AND settled_at IS NULL"),
];

/// What is always so of lean rows once a record is not behind with them.
const LEAN: &[(&str, &str)] = &[
    (
        "mails on record are in none of the rows that reports read",
        "SELECT count(*) FROM interaction AS i WHERE i.sequence IS NOT NULL
            AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id)
            AND NOT EXISTS (SELECT 1 FROM entry AS e WHERE e.at = i.occurred_at AND e.interaction = i.id)",
    ),
    (
        "reports would read of mails that are gone",
        "SELECT count(*) FROM entry AS e LEFT JOIN interaction AS i ON i.id = e.interaction AND i.occurred_at = e.at
         WHERE i.id IS NULL",
    ),
    ("changes were not taken over into the rows that reports read", "SELECT count(*) FROM changed"),
];

/// Examines the record.
///
/// # Errors
/// `NotFound` without a record; `Foreign`, `Newer`, `Broken` when it cannot be asked at all; `Busy` when somebody else
/// writes for too long.
pub fn examine(settings: &Settings) -> Result<Vec<Examined>> {
    let mut conn = open::as_it_is(&settings.path)?;
    let (version, newest) = (open::version(&conn)?, open::newest());
    let schema = match version {
        0 => Examined::new(Part::Schema, "", vec!["it was never set up: the first start ended too early".to_owned()]),
        _ if version == newest => Examined::new(Part::Schema, format!("version {version}, the newest"), Vec::new()),
        _ => {
            let detail = format!("version {version}; it is brought to {newest} at the next start");
            Examined::new(Part::Schema, detail, Vec::new())
        }
    };
    if version == 0 {
        return Ok(vec![schema]);
    }
    let bytes = std::fs::metadata(&settings.path).map_or(0, |file| file.len());
    let (of_index, of_pages): (Vec<_>, Vec<_>) = pages(&conn)?.into_iter().partition(|fault| is_of_index(fault));
    let size = format!("{} KiB", bytes.div_ceil(1024));
    let broken = !of_pages.is_empty();
    let mut examined = vec![schema, Examined::new(Part::Pages, size, of_pages)];
    if broken {
        // Rows of broken pages would be called missing; the file has to be whole before they can be asked.
        return Ok(examined);
    }
    examined.push(Examined::new(Part::References, "every row finds those it refers to", references(&conn)?));
    examined.push(index(&mut conn, of_index, bytes <= SHORT || !lease::is_held(&settings.path))?);
    if version == newest {
        if lean::is_behind(&conn)? {
            examined.push(Examined::new(Part::Lean, "they are made at the next start", Vec::new()));
        } else {
            examined.push(Examined::new(Part::Lean, "they agree with the mails", exceptions(&conn, LEAN)?));
        }
        let interactions: i64 = conn.query_row("SELECT count(*) AS n FROM interaction", [], |row| row.get("n"))?;
        let detail = format!("{interactions} interactions agree with one another");
        examined.push(Examined::new(Part::Facts, detail, exceptions(&conn, FACTS)?));
    }
    Ok(examined)
}

impl Examined {
    fn new(part: Part, detail: impl Into<String>, faults: Vec<String>) -> Examined {
        Examined { part, detail: detail.into(), faults }
    }
}

fn pages(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare(&format!("PRAGMA integrity_check({TOLD})"))?;
    let said = statement.query_map([], |row| row.get::<_, String>("integrity_check"))?;
    let said = match said.collect::<rusqlite::Result<Vec<_>>>().map_err(StoreError::from) {
        // So broken that it cannot be asked to the end.
        Err(StoreError::Broken(_)) => vec!["its pages contradict one another".to_owned()],
        said => said?,
    };
    // Several lines to an answer, where one page has several faults.
    let lines = said.iter().flat_map(|said| said.lines()).filter(|line| *line != "ok");
    Ok(lines.take(TOLD).map(str::to_owned).collect())
}

/// Whether SQLite speaks of the full-text index, which it asks as well.
fn is_of_index(fault: &str) -> bool {
    fault.contains("FTS5") || fault.contains("fulltext")
}

fn references(conn: &Connection) -> Result<Vec<String>> {
    let sql =
        "SELECT \"table\" AS child, count(*) AS n, \"parent\" FROM pragma_foreign_key_check GROUP BY child, parent";
    let mut statement = conn.prepare(sql)?;
    let told = statement.query_map([], |row| {
        let (child, parent): (String, String) = (row.get("child")?, row.get("parent")?);
        Ok(format!("{} rows of `{child}` refer to a `{parent}` that is not there", row.get::<_, i64>("n")?))
    })?;
    Ok(told.take(TOLD).collect::<rusqlite::Result<_>>()?)
}

/// Has the index compared with the words. SQLite asks for the right to write before it compares; nothing is written.
fn index(conn: &mut Connection, mut faults: Vec<String>, may_take_long: bool) -> Result<Examined> {
    if !may_take_long {
        let detail = "not compared, as a daemon is at work on a large record: stop it, or examine a backup";
        return Ok(Examined::new(Part::SearchIndex, detail, faults));
    }
    conn.pragma_update(None, "query_only", false)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let compared = tx.execute("INSERT INTO fulltext (fulltext, rank) VALUES ('integrity-check', 1)", []);
    match compared.map_err(StoreError::from) {
        Ok(_) => {}
        Err(StoreError::Broken(_)) => faults.push("it does not agree with the words it was made of".to_owned()),
        Err(error) => return Err(error),
    }
    tx.rollback()?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(Examined::new(Part::SearchIndex, "it agrees with the words", faults))
}

/// The sentences that do not hold, each with how often.
fn exceptions(conn: &Connection, always: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (words, sql) in always {
        let exceptions: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if exceptions > 0 {
            faults.push(format!("{words} ({exceptions})"));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::super::sample::{mail, record, temporary};
    use super::*;

    /// A record with one mail, after somebody else has laid hands on it.
    fn after(sql: &str) -> (tempfile::TempDir, Settings) {
        let (dir, mut store) = temporary();
        record(&mut store, mail("<a@acme.example>", 0, "Plan", "Could you send the crane?"));
        let settings = Settings { path: store.path().to_owned() };
        drop(store);
        let conn = Connection::open(&settings.path).unwrap();
        conn.execute_batch(sql).unwrap();
        (dir, settings)
    }

    fn faulty(settings: &Settings) -> Vec<(Part, Vec<String>)> {
        let examined = examine(settings).unwrap();
        examined.into_iter().filter(|one| !one.faults.is_empty()).map(|one| (one.part, one.faults)).collect()
    }

    #[test]
    fn a_sound_record_is_told_part_by_part_and_not_changed() {
        let (_dir, settings) = after("");
        let before = std::fs::read(&settings.path).unwrap();
        let parts: Vec<Part> = examine(&settings).unwrap().into_iter().map(|one| one.part).collect();
        assert_eq!(parts, [Part::Schema, Part::Pages, Part::References, Part::SearchIndex, Part::Lean, Part::Facts]);
        assert_eq!(faulty(&settings), []);
        assert_eq!(std::fs::read(&settings.path).unwrap(), before);
    }

    #[test]
    fn each_fault_is_found_in_its_part() {
        let table: [(&str, Part); 12] = [
            (
                "INSERT INTO signal (interaction, position, signal, sentence, begins, bytes)
                    VALUES (1, 7, 'ask', '', 20, 9)",
                Part::Facts,
            ),
            ("PRAGMA foreign_keys = OFF; DELETE FROM conversation", Part::References),
            (
                "INSERT INTO fulltext (fulltext, rowid, subject, text, comment, people) VALUES ('delete', 1, 'Plan', 'x', '', '')",
                Part::SearchIndex,
            ),
            ("DROP TRIGGER fulltext_change; UPDATE interaction SET text = 'other words entirely'", Part::SearchIndex),
            ("UPDATE interaction SET sequence = 9", Part::Facts),
            ("UPDATE interaction SET sequence = NULL", Part::Facts),
            ("UPDATE instance SET indexed = 0", Part::Facts),
            ("UPDATE instance SET indexed = 99", Part::Facts),
            ("UPDATE conversation SET current = 77", Part::Facts),
            ("DELETE FROM entry", Part::Lean),
            ("UPDATE entry SET at = at + 1", Part::Lean),
            ("INSERT INTO report VALUES ('2026-11-20', 'UTC', 9, 0)", Part::Facts),
        ];
        for (sql, part) in table {
            let (_dir, settings) = after(sql);
            let found = faulty(&settings);
            assert!(found.iter().any(|(at, _)| *at == part), "{sql}: {found:?}");
        }
    }

    #[test]
    fn broken_pages_are_told_and_nothing_else_is_asked() {
        use std::os::unix::fs::FileExt;
        let (_dir, settings) = after("PRAGMA wal_checkpoint(TRUNCATE)");
        let file = std::fs::OpenOptions::new().write(true).open(&settings.path).unwrap();
        let pages = file.metadata().unwrap().len() / 4096;
        for page in pages / 2..pages {
            file.write_all_at(&[0xA5; 4096], page * 4096).unwrap();
        }
        match examine(&settings) {
            Ok(examined) => assert!(examined.iter().any(|one| one.part == Part::Pages && !one.faults.is_empty())),
            Err(error) => assert!(matches!(error, StoreError::Broken(_)), "{error:?}"),
        }
    }

    #[test]
    fn a_record_that_is_not_there_or_not_ours_is_an_answer() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings { path: dir.path().join("touchbase.db") };
        assert!(matches!(examine(&settings), Err(StoreError::NotFound(_))));
        std::fs::write(&settings.path, "no database at all, but long enough to be looked at twice").unwrap();
        assert!(matches!(examine(&settings), Err(StoreError::Foreign { .. })));
        std::fs::remove_file(&settings.path).unwrap();
        drop(Store::open(&settings).unwrap());
        Connection::open(&settings.path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(examine(&settings), Err(StoreError::Newer { found: 999, .. })));
    }
}
