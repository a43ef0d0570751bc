//! A backup becomes the record again, in one step, while nobody else uses it.
//!
//! What was there is kept beside it under another name, damaged or not. People whom the replaced record had erased stay
//! erased: its tombstones are asked about everybody who comes back with the backup.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::examine::{Part, examine};
use super::{Result, Settings, Store, StoreError, lean, lease, open, tombstone};
use crate::failpoint::{self, Step};
use crate::mail::Address;

/// What a restoration came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    /// Where the replaced record lies now; `None` when there was none.
    pub kept: Option<PathBuf>,
    /// How many people were erased again.
    pub erased_again: usize,
    /// Whether the replaced record could not be asked whom it had erased, so that nobody was erased again.
    pub unasked: bool,
}

/// Puts a backup in the record's place.
///
/// # Errors
/// `AlreadyRunning` beside a daemon; `Broken` when the backup itself is not sound; `NotFound`, `Foreign` and `Newer` as
/// for any record; `CannotOpen` when files cannot be written. The record is as it was, then.
pub fn restore(settings: &Settings, backup: &Path, now: Timestamp) -> Result<Restored> {
    let record = open::place_of(&settings.path)?;
    let cannot = |e: io::Error| StoreError::CannotOpen { path: record.clone(), why: e.to_string() };
    let _alone = lease::hold(&record)?;
    is_sound(backup)?;
    let folder = record.parent().unwrap_or(Path::new("/"));
    failpoint::before(Step::WriteBackup);
    let beside = tempfile::Builder::new().prefix(".touchbase-").tempfile_in(folder).map_err(cannot)?;
    copy(backup, beside.path())?;
    let mut restored = Restored::default();
    if record.exists() {
        // Before the copy is the record: whatever ends the program then, nobody who was erased is back.
        match tombstones(&record) {
            Ok(marks) => restored.erased_again = erase_again(beside.path(), &marks, now)?,
            Err(_) => restored.unasked = true,
        }
    }
    beside.as_file().set_permissions(Permissions::from_mode(0o600)).map_err(cannot)?;
    beside.as_file().sync_all().map_err(cannot)?;
    failpoint::after(Step::WriteBackup);
    failpoint::before(Step::PlaceBackup);
    restored.kept = set_aside(&record, now).map_err(cannot)?;
    beside.persist(&record).map_err(|e| cannot(e.error))?;
    failpoint::after(Step::PlaceBackup);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(cannot)?;
    Ok(restored)
}

/// Refuses a backup that has lost something itself.
fn is_sound(backup: &Path) -> Result<()> {
    let examined = examine(&Settings { path: backup.to_owned() })?;
    // These are built again; whatever else is wrong cannot be mended.
    let mends = [Part::SearchIndex, Part::Lean];
    let faulty = examined.into_iter().find(|one| !mends.contains(&one.part) && !one.faults.is_empty());
    match faulty.and_then(|one| one.faults.into_iter().next()) {
        Some(fault) => Err(StoreError::Broken(format!("the backup {} is damaged itself: {fault}", backup.display()))),
        None => Ok(()),
    }
}

/// A copy as of one instant; the backup may be a record that is in use elsewhere.
fn copy(backup: &Path, to: &Path) -> Result<()> {
    let from = open::as_it_is(backup)?;
    let mut copy = Connection::open(to)?;
    rusqlite::backup::Backup::new(&from, &mut copy)?.step(-1)?;
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    // Cheap beside what they save: a backup whose index or lean rows alone were damaged becomes whole.
    copy.execute("INSERT INTO fulltext (fulltext) VALUES ('rebuild')", [])?;
    if open::version(&copy)? >= lean::SINCE {
        copy.execute_batch("DELETE FROM entry; DELETE FROM changed; UPDATE instance SET entered = 0;")?;
    }
    copy.close().map_err(|(_, e)| e.into())
}

/// Gives the record a second name, `touchbase.db.before-restore-20261120T091200Z`, and takes its log there: a log that
/// stayed behind would be read into the record that follows.
fn set_aside(record: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    if !record.exists() {
        return Ok(None);
    }
    let kept = second_name(record, &format!(".before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ")))?;
    for log in ["-wal", "-shm"] {
        match fs::rename(named(record, log), named(&kept, log)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(Some(kept))
}

/// Gives a file that name, with a number behind it where one of that name is there already.
fn second_name(record: &Path, ending: &str) -> io::Result<PathBuf> {
    for nth in 1..100 {
        let name = named(record, &if nth == 1 { ending.to_owned() } else { format!("{ending}-{nth}") });
        match fs::hard_link(record, &name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => return linked.map(|()| name),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn named(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// The marks of those whom a record has erased.
fn tombstones(record: &Path) -> Result<BTreeSet<Vec<u8>>> {
    let conn = open::as_it_is(record)?;
    let mut statement = conn.prepare("SELECT mark FROM tombstone")?;
    let marks = statement.query_map([], |row| row.get("mark"))?;
    Ok(marks.collect::<rusqlite::Result<_>>()?)
}

/// Erases everybody whom these tombstones mean from a copy. They bear the salt that it has as well.
fn erase_again(copy: &Path, marks: &BTreeSet<Vec<u8>>, now: Timestamp) -> Result<usize> {
    if marks.is_empty() {
        return Ok(0);
    }
    let mut store = Store::open(&Settings { path: copy.to_owned() })?;
    let known: Vec<String> = {
        let sql = "SELECT lower(address) AS address FROM participant WHERE address IS NOT NULL
                   UNION SELECT lower(address) FROM contact_address";
        let mut statement = store.conn.prepare(sql)?;
        let known = statement.query_map([], |row| row.get("address"))?;
        known.collect::<rusqlite::Result<_>>()?
    };
    let mut erased = 0;
    for address in known.iter().filter_map(|known| Address::parse(known)) {
        if marks.contains(store.tombstone_of(&address)?.as_slice()) && !store.is_forgotten(&address)? {
            store.forget(&address, now)?;
            erased += 1;
        }
    }
    // Also those whom the backup did not know yet: a mailbox that is read again must not bring them back.
    tombstone::set_all(&mut store, marks, now)?;
    Ok(erased)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{address, at, mail, record, strangers, temporary};
    use super::*;

    fn subjects(settings: &Settings) -> Vec<String> {
        let conn = Connection::open(&settings.path).unwrap();
        let mut statement = conn.prepare("SELECT subject FROM interaction ORDER BY id").unwrap();
        let subjects = statement.query_map([], |row| row.get(0)).unwrap();
        subjects.map(|subject| subject.unwrap()).collect()
    }

    #[test]
    fn a_backup_takes_the_place_of_a_damaged_record_which_is_kept() {
        let (dir, mut store) = temporary();
        let settings = Settings { path: store.path().to_owned() };
        record(&mut store, mail("<a@acme.example>", 0, "Before", "Words."));
        let backup = dir.path().join("copy.db");
        store.backup(&backup).unwrap();
        record(&mut store, mail("<b@acme.example>", 5, "After", "Words."));
        drop(store);
        fs::write(&settings.path, [0xA5; 20_000]).unwrap();
        let restored = restore(&settings, &backup, at(600)).unwrap();
        assert_eq!(subjects(&settings), ["Before"]);
        let kept = restored.kept.unwrap();
        assert_eq!(fs::read(&kept).unwrap(), [0xA5; 20_000]);
        assert!(restored.unasked && restored.erased_again == 0);
        let mode = fs::metadata(&settings.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(examine(&settings).unwrap().iter().all(|one| one.faults.is_empty()));
    }

    #[test]
    fn a_log_that_was_left_behind_is_not_read_into_what_was_restored() {
        let (dir, mut store) = temporary();
        let settings = Settings { path: store.path().to_owned() };
        record(&mut store, mail("<a@acme.example>", 0, "Before", "Words."));
        let backup = dir.path().join("copy.db");
        store.backup(&backup).unwrap();
        record(&mut store, mail("<b@acme.example>", 5, "After", "Words."));
        // As after a kill: the log holds what the file does not.
        let log = named(&settings.path, "-wal");
        let bytes = fs::read(&log).unwrap();
        drop(store);
        fs::write(&log, bytes).unwrap();
        restore(&settings, &backup, at(600)).unwrap();
        assert_eq!(subjects(&settings), ["Before"]);
    }

    #[test]
    fn whoever_was_erased_since_stays_erased() {
        let (dir, mut store) = temporary();
        let settings = Settings { path: store.path().to_owned() };
        record(&mut store, mail("<a@acme.example>", 0, "Crane", "Words."));
        record(&mut store, strangers("zoe@quinn.example", mail("<b@quinn.example>", 5, "Private", "Words.")));
        let backup = dir.path().join("copy.db");
        store.backup(&backup).unwrap();
        store.forget(&address("zoe@quinn.example"), at(10)).unwrap();
        store.forget(&address("never@seen.example"), at(10)).unwrap();
        drop(store);
        assert_eq!(restore(&settings, &backup, at(600)).unwrap().erased_again, 1);
        assert_eq!(subjects(&settings), ["Crane"]);
        let store = Store::open(&settings).unwrap();
        for erased in ["zoe@quinn.example", "never@seen.example"] {
            assert!(store.is_forgotten(&address(erased)).unwrap(), "{erased}");
        }
    }

    #[test]
    fn nothing_changes_beside_a_daemon_or_with_a_backup_that_is_none() {
        let (dir, mut store) = temporary();
        let settings = Settings { path: store.path().to_owned() };
        record(&mut store, mail("<a@acme.example>", 0, "Before", "Words."));
        let backup = dir.path().join("copy.db");
        store.backup(&backup).unwrap();
        let lock = store.lock().unwrap();
        assert!(matches!(restore(&settings, &backup, at(600)), Err(StoreError::AlreadyRunning { .. })));
        drop(lock);
        fs::write(&backup, "no backup, though it is a file of some length and has words").unwrap();
        assert!(matches!(restore(&settings, &backup, at(600)), Err(StoreError::Foreign { .. })));
        assert!(matches!(restore(&settings, &dir.path().join("none"), at(600)), Err(StoreError::NotFound(_))));
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| !name.to_string_lossy().contains("before-restore")), "{names:?}");
        assert_eq!(subjects(&settings), ["Before"]);
    }
}
