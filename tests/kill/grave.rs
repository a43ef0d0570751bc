//! What a killed daemon leaves behind: where in its work it died, and whether its files are whole.
//!
//! Only a copy is opened: opening the files themselves would put them in order, and the next life would never
//! find what this one left.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use rusqlite::Connection;

/// Where a life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Before it said that it watches: opening the store, taking the lease, starting processes.
    Starting,
    /// Connecting, logging in, listing; nothing was in hand.
    Listing,
    /// Mails were written down and not settled: fetching, reading, concluding, settling before the commit.
    InHand,
    /// In the middle of a commit: the log ends with frames of no transaction.
    Commit,
    /// In the middle of a checkpoint: pages of the log were on their way into the file.
    Checkpoint,
    /// Everything that had arrived was settled, and it waited for more.
    Waiting,
}

/// What lies there after a death.
#[derive(Debug)]
pub struct Grave {
    pub place: Place,
    /// Deliveries that are settled; must never become fewer.
    pub settled: i64,
}

/// The store's files before a life: when the file was written to, and the head of its log.
pub struct Cradle {
    written: Option<SystemTime>,
    head: Vec<u8>,
}

impl Cradle {
    /// As they lie there.
    pub fn of(database: &Path) -> Cradle {
        let mut head = vec![0; 32];
        let read = File::open(database.with_extension("db-wal")).and_then(|mut log| log.read_exact(&mut head));
        let written = fs::metadata(database).and_then(|meta| meta.modified()).ok();
        Cradle { written, head: read.map(|()| head).unwrap_or_default() }
    }

    /// Whether a checkpoint was begun since and not ended: the file was written to, which nothing else does; not
    /// every frame is in it (<https://sqlite.org/walformat.html>, 2.3: native byte order, `mxFrame` at 16,
    /// `nBackfill` at 96); and the log was not begun anew.
    fn ended_in_a_checkpoint(&self, database: &Path, index: &[u8]) -> bool {
        let four = |at: usize| index.get(at..at + 4).and_then(|four| four.try_into().ok());
        let word = |at: usize| four(at).map(u32::from_ne_bytes);
        let now = Cradle::of(database);
        self.written.is_some() && now.written != self.written && now.head == self.head && word(96) < word(16)
    }
}

impl Grave {
    /// Looks at the store of a daemon that has just been killed and had `said` so much in its life.
    ///
    /// # Panics
    /// When the copy is not whole: damaged, referring to nothing, or telling anything twice.
    pub fn of(database: &Path, before: &Cradle, said: &str) -> Grave {
        let beside = |ending: &str| fs::read(database.with_extension(ending)).unwrap_or_default();
        let (log, index) = (beside("db-wal"), beside("db-shm"));
        let copy = tempfile::tempdir().expect("a temporary folder");
        let at = copy.path().join("touchbase.db");
        if fs::copy(database, &at).is_err() {
            return Grave { place: Place::Starting, settled: 0 };
        }
        fs::write(copy.path().join("touchbase.db-wal"), &log).expect("a copy of the log");
        let store = Connection::open(&at).expect("the copy");
        let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        assert_eq!(sound, "ok");
        assert!(!store.prepare("PRAGMA foreign_key_check").expect("a check").exists([]).expect("a check"));
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'delivery_interaction'";
        let number = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
        if number(tables) == 0 {
            return Grave { place: Place::Starting, settled: 0 };
        }
        assert_eq!(number(DOUBLED), 0, "an exchange is on record twice");
        assert_eq!(number(EMPTY), 0, "a mail is settled without what was recorded of it");
        let in_hand = number("SELECT count(*) FROM delivery WHERE state <> 'settled'") > 0;
        let place = match said {
            _ if before.ended_in_a_checkpoint(database, &index) => Place::Checkpoint,
            _ if ends_within_a_transaction(&log) => Place::Commit,
            said if !said.contains("touchbase watches") => Place::Starting,
            _ if in_hand => Place::InHand,
            said if said.contains("the server tells of new mail") => Place::Waiting,
            _ => Place::Listing,
        };
        Grave { place, settled: number("SELECT count(*) FROM delivery WHERE state = 'settled'") }
    }
}

const DOUBLED: &str = "SELECT count(*) FROM (SELECT 1 FROM interaction GROUP BY subject, outcome HAVING count(*) > 1)";
const EMPTY: &str =
    "SELECT count(*) FROM delivery AS d WHERE state = 'settled' AND outcome IN ('recorded', 'unmatched')
    AND NOT EXISTS (SELECT 1 FROM delivery_interaction AS i WHERE i.delivery = d.id)";

/// Whether the last frame of this log's lifetime ends no transaction (<https://sqlite.org/walformat.html>, 2.1: big
/// endian; a frame has the salts of the log's head, and the size of the database if it is a transaction's last).
fn ends_within_a_transaction(log: &[u8]) -> bool {
    let word = |at: usize| log.get(at..at + 4).map(|four| u32::from_be_bytes(four.try_into().expect("four bytes")));
    let Some(page) = word(8) else { return false };
    let salts = (word(16), word(20));
    let frames = (32..).step_by(24 + page as usize).take_while(|at| word(at + 8).is_some());
    let last = frames.take_while(|at| (word(at + 8), word(at + 12)) == salts).last();
    last.is_some_and(|at| word(at + 4) == Some(0))
}
