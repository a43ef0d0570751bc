//! Opening: whose file it is, who may read it, which version it has, how SQLite shall treat it.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use rustix::fs::{FlockOperation, flock};

use super::{Result, StoreError, lean, place};
use crate::failpoint::{self, Step};

/// "tchb": tells our files from every other SQLite database.
const APPLICATION_ID: i64 = 0x7463_6862;

/// How long to wait for another writer before giving up with `Busy`.
const BUSY: Duration = Duration::from_millis(5000);

/// Bytes of a page of a record that is made anew, and changes that are put back into it together.
const PAGE: i64 = 8_192;
const CHANGES: i64 = 64 * 1024 * 1024;

/// Every step of the schema, oldest first. A step is never edited once released; a new one is added.
const STEPS: &[M<'_>] = &[
    M::up(include_str!("migrations/01-record.sql")),
    M::up(include_str!("migrations/02-after.sql")),
    M::up(include_str!("migrations/03-patience.sql")),
    M::up(include_str!("migrations/04-left-alone.sql")),
    M::up(include_str!("migrations/05-fulltext-by-batch.sql")),
    M::up(include_str!("migrations/06-directory-mark.sql")),
    M::up(include_str!("migrations/07-matters.sql")),
    M::up(include_str!("migrations/08-letters.sql")),
    M::up(include_str!("migrations/09-lean-rows.sql")),
    M::up(include_str!("migrations/10-told-not-watched.sql")),
    M::up(include_str!("migrations/11-sentence-once.sql")),
    M::up(include_str!("migrations/12-places.sql")),
    M::up(include_str!("migrations/13-directory-told.sql")),
    M::up(include_str!("migrations/14-last-letters.sql")),
];

/// A connection that may write, at the newest version.
pub(super) fn to_write(path: &Path) -> Result<Connection> {
    let path = prepare(path)?;
    let mut conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let _alone = if is_ready(&conn)? { None } else { Some(alone(&path)?) };
    tune(&conn)?;
    migrate(&mut conn)?;
    Ok(conn)
}

/// A record of nothing, in memory: what an installation that never ran has to say.
pub(super) fn empty() -> Result<Connection> {
    let mut conn = Connection::open_in_memory()?;
    migrate(&mut conn)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Whether nothing is left to set up: the newest version, with a write-ahead log.
fn is_ready(conn: &Connection) -> Result<bool> {
    let journal: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    Ok(version(conn)? == newest() && journal == "wal" && !lean::is_behind(conn)?)
}

/// Keeps every other process from setting the same record up, until the answer is dropped. SQLite does not
/// wait its turn to change the journal mode, nor to turn a reading transaction into a writing one: two
/// commands that met on a fresh installation would find it busy. The directory is locked, as a lock file would
/// stay behind, and closing the record itself a second time takes SQLite's own locks off it.
fn alone(path: &Path) -> Result<File> {
    let directory = File::open(path.parent().unwrap_or(Path::new("."))).map_err(|e| cannot(path, e))?;
    flock(&directory, FlockOperation::LockExclusive).map_err(|e| cannot(path, e))?;
    Ok(directory)
}

/// A connection that may only ask, at the newest version.
pub(super) fn to_read(path: &Path) -> Result<Connection> {
    if !path.exists() {
        return Err(StoreError::NotFound(format!("the record {}", path.display())));
    }
    let path = resolve(path)?;
    let mut conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if version(&conn)? < newest() || lean::is_behind(&conn)? {
        conn = to_write(&path)?;
    }
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// A connection that may only ask, at whatever version the record is.
pub(super) fn as_it_is(path: &Path) -> Result<Connection> {
    if !path.exists() {
        return Err(StoreError::NotFound(format!("the record {}", path.display())));
    }
    let conn = connect(&resolve(path)?, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// The record's path, whether it is there or not; its folder is made.
pub(super) fn place_of(path: &Path) -> Result<PathBuf> {
    if let Some(directory) = path.parent().filter(|d| !d.as_os_str().is_empty() && !d.exists()) {
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|e| cannot(path, e))?;
    }
    resolve(path)
}

/// The newest version this program knows.
pub(super) fn newest() -> i64 {
    STEPS.len() as i64
}

pub(super) fn version(conn: &Connection) -> Result<i64> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Makes sure that the directory and the file exist and that nobody else can read the file.
fn prepare(path: &Path) -> Result<PathBuf> {
    let path = place_of(path)?;
    place::is_of_this_machine(path.parent().unwrap_or(Path::new(".")), &path)?;
    failpoint::before(Step::MakeStore);
    let file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return keep_private(path),
        other => other.map_err(|e| cannot(&path, e))?,
    };
    file.sync_all().map_err(|e| cannot(&path, e))?;
    failpoint::after(Step::MakeStore);
    Ok(path)
}

/// Takes group and others off an existing file; the write-ahead log inherits its mode.
fn keep_private(path: PathBuf) -> Result<PathBuf> {
    let mode = std::fs::symlink_metadata(&path).map_err(|e| cannot(&path, e))?.permissions().mode();
    if mode & 0o077 != 0 {
        let file = File::open(&path).map_err(|e| cannot(&path, e))?;
        file.set_permissions(Permissions::from_mode(mode & 0o700)).map_err(|e| cannot(&path, e))?;
    }
    Ok(path)
}

/// The path with its directory resolved, so that only the last name can be a link, which is refused:
/// whoever may write the directory must not lead us to write another file.
fn resolve(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| cannot(path, "it names no file"))?;
    let directory = match path.parent() {
        Some(d) if !d.as_os_str().is_empty() => d,
        _ => Path::new("."),
    };
    let path = directory.canonicalize().map_err(|e| cannot(path, e))?.join(name);
    match std::fs::symlink_metadata(&path) {
        Ok(meta) if meta.file_type().is_symlink() => Err(cannot(&path, "it is a symbolic link")),
        Ok(meta) if !meta.is_file() => Err(cannot(&path, "it is not a file")),
        _ => Ok(path),
    }
}

fn cannot(path: &Path, why: impl ToString) -> StoreError {
    StoreError::CannotOpen { path: path.to_owned(), why: why.to_string() }
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| cannot(path, e))?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Otherwise a statement is planned anew for every value it is given, which costs more than it finds.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    recognise(&conn, path)?;
    // After the check, as it reads the file. What a report or a batch of mails comes back to fits; more is kept at hand
    // by the system, for all connections together. Four times as much took 48 MB and made 20,000 mails no faster.
    conn.pragma_update(None, "cache_size", -8_000)?;
    Ok(conn)
}

/// Refuses another program's database, and one that a newer touchbase wrote. An empty file is ours to fill.
fn recognise(conn: &Connection, path: &Path) -> Result<()> {
    let foreign = || StoreError::Foreign { path: path.to_owned() };
    // In this order, as who makes a record marks it before anything else is in it: it may be made at this moment.
    let tables = conn.query_row("SELECT count(*) AS n FROM sqlite_schema", [], |row| row.get("n"));
    let tables: i64 = tables.map_err(|e| match e.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => foreign(),
        _ => e.into(),
    })?;
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || tables > 0) {
        return Err(foreign());
    }
    let found = version(conn)?;
    if found > newest() {
        return Err(StoreError::Newer { found, known: newest() });
    }
    Ok(())
}

/// FULL, because in WAL mode NORMAL may roll back what was committed when the power fails.
fn tune(conn: &Connection) -> Result<()> {
    // Of a record that is made anew; one that is there keeps its own. A mail touches a page of every table and index:
    // twice as large ones are half as many to be found, logged and put back.
    conn.pragma_update(None, "page_size", PAGE)?;
    failpoint::before(Step::TurnOnLog);
    conn.pragma_update(None, "journal_mode", "WAL")?;
    failpoint::after(Step::TurnOnLog);
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "journal_size_limit", CHANGES)?;
    // So many bytes of changes go back into the file at once: pages that many mails touch are then written once. A quarter
    // of it made 100,000 mails a tenth slower, whose indexes are larger than that, and 20,000 no faster.
    let page: i64 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
    conn.pragma_update(None, "wal_autocheckpoint", CHANGES / page.max(1))?;
    Ok(())
}

/// One transaction for all steps, together with the version. The id comes first: a file that was left
/// in the middle is recognised as ours.
fn migrate(conn: &mut Connection) -> Result<()> {
    if version(conn)? < newest() {
        to_newest(conn)?;
    }
    catch_up(conn)
}

fn to_newest(conn: &mut Connection) -> Result<()> {
    failpoint::before(Step::MarkAsOurs);
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    failpoint::after(Step::MarkAsOurs);
    failpoint::before(Step::Migrate);
    let outcome = Migrations::from_slice(STEPS).to_latest(conn);
    failpoint::after(Step::Migrate);
    match outcome {
        Ok(()) => Ok(()),
        // Another process may have made the same step in the same moment.
        Err(_) if version(conn)? == newest() => Ok(()),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(err.into()),
        Err(other) => Err(StoreError::Defect(other.to_string())),
    }
}

/// Lean rows of what an earlier version recorded. Not part of a migration, which knows its own version only.
fn catch_up(conn: &mut Connection) -> Result<()> {
    if !lean::is_behind(conn)? {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done so in the meantime.
    if lean::is_behind(&tx)? {
        lean::catch_up(&tx)?;
    }
    failpoint::before(Step::CatchUp);
    tx.commit()?;
    failpoint::after(Step::CatchUp);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_runs_on_an_empty_file() {
        Migrations::from_slice(STEPS).validate().unwrap();
    }

    #[test]
    fn a_new_record_is_private_and_has_the_settings_that_keep_promises() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/touchbase.db");
        let conn = to_write(&path).unwrap();
        let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(mode(&dir.path().join("new/touchbase.db-wal")), 0o600);
        for (pragma, value) in [
            ("synchronous", 2),
            ("secure_delete", 1),
            ("foreign_keys", 1),
            ("trusted_schema", 0),
            ("busy_timeout", 5000),
            ("page_size", 8_192),
            ("wal_autocheckpoint", 8_192),
        ] {
            let found: i64 = conn.pragma_query_value(None, pragma, |row| row.get(0)).unwrap();
            assert_eq!(found, value, "{pragma}");
        }
    }

    #[test]
    fn those_who_meet_on_a_fresh_installation_all_get_in() {
        for _ in 0..20 {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("touchbase.db");
            std::thread::scope(|scope| {
                let opening: Vec<_> = (0..8).map(|_| scope.spawn(|| to_write(&path).map(|_| ()))).collect();
                for one in opening {
                    one.join().unwrap().unwrap();
                }
            });
        }
    }

    #[test]
    fn a_record_of_nothing_has_every_table_and_takes_nothing() {
        let conn = empty().unwrap();
        assert_eq!(version(&conn).unwrap(), newest());
        assert!(conn.execute("UPDATE instance SET lease = 9", []).is_err());
    }

    #[test]
    fn an_open_file_mode_is_tightened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("touchbase.db");
        drop(to_write(&path).unwrap());
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        drop(to_write(&path).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("touchbase.db");
        to_write(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(to_write(&path), Err(StoreError::Newer { found: 99, .. })));
        assert!(matches!(to_read(&path), Err(StoreError::Newer { .. })));
    }

    #[test]
    fn another_programs_database_and_a_text_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let theirs = dir.path().join("theirs.db");
        Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(to_write(&theirs), Err(StoreError::Foreign { .. })));
        let text = dir.path().join("letter.txt");
        std::fs::write(&text, "Dear Ann, ".repeat(500)).unwrap();
        assert!(matches!(to_write(&text), Err(StoreError::Foreign { .. })));
    }

    #[test]
    fn a_symbolic_link_is_refused_but_a_linked_directory_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join("linked")).unwrap();
        drop(to_write(&dir.path().join("linked/touchbase.db")).unwrap());
        std::os::unix::fs::symlink(real.join("touchbase.db"), dir.path().join("link.db")).unwrap();
        assert!(matches!(to_write(&dir.path().join("link.db")), Err(StoreError::CannotOpen { .. })));
    }

    #[test]
    fn a_reader_cannot_write_and_wants_a_record_to_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("touchbase.db");
        assert!(matches!(to_read(&path), Err(StoreError::NotFound(_))));
        drop(to_write(&path).unwrap());
        let conn = to_read(&path).unwrap();
        assert!(conn.execute("UPDATE instance SET lease = 9", []).is_err());
    }
}
