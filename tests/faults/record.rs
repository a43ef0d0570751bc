//! What is on record at the end, read from the store's file by SQL of our own.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

/// One delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// UIDVALIDITY of its epoch.
    pub validity: i64,
    /// Its UID.
    pub uid: i64,
    /// `pending`, `settled`, `vanished`.
    pub state: String,
    /// What became of it.
    pub outcome: String,
    /// Why.
    pub reason: String,
}

/// The record.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Every delivery.
    pub deliveries: Vec<Row>,
    /// Subjects of interactions that hold their mail's words, and how often each is there.
    pub interactions: BTreeMap<String, usize>,
    /// Settled mails to which something is still to be done where they lie.
    pub owed: usize,
    /// What SQLite says about its file; empty where nobody asked.
    pub integrity: String,
}

impl Record {
    /// A way to read it again and again.
    pub fn connect(path: &Path) -> Connection {
        Connection::open(path).expect("the store")
    }

    /// Reads it.
    pub fn read(store: &Connection) -> Record {
        let mut record = Record::default();
        let sql = "SELECT e.validity, d.uid, d.state, coalesce(d.outcome, ''), coalesce(d.reason, '')
                   FROM delivery AS d JOIN epoch AS e ON e.id = d.epoch ORDER BY d.id";
        let mut statement = store.prepare_cached(sql).expect(sql);
        let rows = statement.query_map([], |row| {
            Ok(Row {
                validity: row.get(0)?,
                uid: row.get(1)?,
                state: row.get(2)?,
                outcome: row.get(3)?,
                reason: row.get(4)?,
            })
        });
        record.deliveries = rows.and_then(Iterator::collect).expect(sql);
        let sql = "SELECT subject || CASE WHEN instr(text, 'The words of mail ' || substr(subject, 6) || ',') = 1
                   THEN '' ELSE ' with the words ' || text END, count(*) FROM interaction GROUP BY 1";
        let mut statement = store.prepare_cached(sql).expect(sql);
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize)));
        record.interactions = rows.and_then(Iterator::collect).expect(sql);
        // Under numbers that mean nothing any more nothing can be done.
        let sql = "SELECT count(*) FROM delivery WHERE owed <> 0 AND epoch = (SELECT max(id) FROM epoch)";
        record.owed = store.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql) as usize;
        record
    }

    /// The same, with what SQLite says about its whole file.
    pub fn examined(path: &Path) -> Record {
        let store = Record::connect(path);
        let integrity = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        Record { integrity, ..Record::read(&store) }
    }

    /// How many deliveries are not settled.
    pub fn open(&self) -> usize {
        self.deliveries.iter().filter(|row| row.state == "pending").count()
    }
}
