//! Files that are complete or absent, whenever the power fails.
//!
//! Each file is written beside its place under a name of its own, synced,
//! renamed over it, and the directory is synced. A reader sees the old page or
//! the new one and never half of either. A page that would say the same is not
//! touched, so its time tells when it last said something new.
//!
//! Reports hold customers' words: directories are made for owner and group
//! (0750), files as well (0640), less whatever the umask takes away. Renaming
//! replaces a link instead of following it, and a subdirectory that is a link
//! is refused: what writes pages must not be led to overwrite other files.
//! What root writes belongs to the owner of the directory around it: a page
//! that an administrator asked for must not lock the service out.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File as Handle, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use super::{PublishError, Settings};
use crate::failpoint::{self, Step};
use crate::report::File;

/// How unfinished files are named; the page itself never begins with a dot.
const UNFINISHED: &str = ".touchbase-";

/// After this long an unfinished file is what a crash left, and is cleared away.
const ABANDONED: Duration = Duration::from_hours(1);

/// What publishing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// How many files were written.
    pub written: usize,
    /// How many already said the same.
    pub unchanged: usize,
}

/// Puts files into the report directory, in the order given; the index is best given last. Stops at
/// the first that fails; those before it are complete.
pub fn publish(settings: &Settings, files: &[File]) -> Result<Published, PublishError> {
    let mut published = Published::default();
    let mut touched = BTreeSet::new();
    for file in files {
        let place = place(&settings.directory, &file.path)?;
        if fs::symlink_metadata(&place.file).is_ok_and(|m| m.is_file()) && says_the_same(&place.file, &file.content) {
            published.unchanged += 1;
            continue;
        }
        make_directory(&settings.directory, &place.directory)?;
        let done = replace(&place, &file.content, touched.insert(place.directory.clone()));
        done.map_err(|source| PublishError::CannotWrite { path: place.file.clone(), source })?;
        published.written += 1;
    }
    for directory in touched {
        failpoint::before(Step::SyncPages);
        sync(&directory).map_err(|source| PublishError::CannotWrite { path: directory, source })?;
        failpoint::after(Step::SyncPages);
    }
    Ok(published)
}

/// Whether files can be put into the directory, found out by making it and writing one (`check`).
pub fn probe(settings: &Settings) -> Result<(), PublishError> {
    let directory = &settings.directory;
    make_directory(directory, directory)?;
    let cannot = |source| PublishError::CannotWrite { path: directory.clone(), source };
    unfinished(directory).and_then(|mut file| file.write_all(b"probe")).map_err(cannot)
}

/// Where one file goes.
struct Place {
    file: PathBuf,
    directory: PathBuf,
}

/// The place of a relative path that goes only down.
fn place(root: &Path, path: &str) -> Result<Place, PublishError> {
    let relative = Path::new(path);
    let plain = |c: Component<'_>| matches!(c, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b"."));
    let file = root.join(relative);
    match file.parent() {
        Some(directory) if !path.is_empty() && relative.components().all(plain) => {
            Ok(Place { directory: directory.to_owned(), file })
        }
        _ => Err(PublishError::NotBelow { path: file }),
    }
}

/// Makes the directory of a place, refusing links between the report directory and it.
fn make_directory(root: &Path, directory: &Path) -> Result<(), PublishError> {
    let cannot = |path: &Path, source| PublishError::CannotWrite { path: path.to_owned(), source };
    let below = directory.strip_prefix(root).unwrap_or(Path::new(""));
    let mut at = root.to_owned();
    for part in below.components() {
        at.push(part);
        if fs::symlink_metadata(&at).is_ok_and(|m| m.is_symlink()) {
            return Err(PublishError::NotBelow { path: at });
        }
    }
    let missing: Vec<&Path> = directory.ancestors().take_while(|d| !d.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o750).create(directory).map_err(|e| cannot(directory, e))?;
    missing.into_iter().rev().try_for_each(hand_over).map_err(|e| cannot(directory, e))
}

/// Gives what root made to the owner of the directory it lies in.
fn hand_over(made: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let around = fs::metadata(made.parent().unwrap_or(Path::new("/")))?;
    lchown(made, Some(around.uid()), Some(around.gid()))
}

fn says_the_same(path: &Path, content: &str) -> bool {
    fs::read(path).is_ok_and(|old| old == content.as_bytes())
}

/// Writes beside, syncs, renames.
fn replace(place: &Place, content: &str, first_here: bool) -> io::Result<()> {
    failpoint::before(Step::WritePage);
    let mut beside = unfinished(&place.directory)?;
    beside.write_all(content.as_bytes())?;
    beside.as_file().sync_all()?;
    failpoint::after(Step::WritePage);
    if first_here {
        clear_abandoned(&place.directory, beside.as_file());
    }
    failpoint::before(Step::PlacePage);
    beside.persist(&place.file)?;
    failpoint::after(Step::PlacePage);
    Ok(())
}

fn unfinished(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mode = Permissions::from_mode(0o640);
    let file = tempfile::Builder::new().prefix(UNFINISHED).permissions(mode).tempfile_in(directory)?;
    hand_over(file.path())?;
    Ok(file)
}

/// Removes what a crash left behind, by the file system's own time. Failing to is no failure.
fn clear_abandoned(directory: &Path, newest: &Handle) {
    let Ok(now) = newest.metadata().and_then(|m| m.modified()) else { return };
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|then| now.duration_since(then).ok());
        if ours && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes renames in a directory last.
fn sync(directory: &Path) -> io::Result<()> {
    Handle::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str) -> File {
        File { path: path.into(), content: content.into() }
    }

    fn settings(root: &Path) -> Settings {
        Settings { directory: root.join("reports") }
    }

    #[test]
    fn files_are_made_with_their_directories_for_owner_and_group_only() {
        let root = tempfile::tempdir().unwrap();
        let settings = settings(root.path());
        let done = publish(&settings, &[file("customers/acme.html", "a"), file("index.html", "b")]).unwrap();
        assert_eq!(done, Published { written: 2, unchanged: 0 });
        assert_eq!(fs::read_to_string(settings.directory.join("customers/acme.html")).unwrap(), "a");
        for path in ["", "customers", "index.html", "customers/acme.html"] {
            let mode = fs::metadata(settings.directory.join(path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o027, 0, "{path} {mode:o}");
        }
        let left: Vec<_> = fs::read_dir(&settings.directory).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[test]
    fn what_says_the_same_is_not_touched() {
        let root = tempfile::tempdir().unwrap();
        let settings = settings(root.path());
        let inode = || fs::metadata(settings.directory.join("a.html")).unwrap().ino();
        publish(&settings, &[file("a.html", "one")]).unwrap();
        let first = inode();
        assert_eq!(publish(&settings, &[file("a.html", "one")]).unwrap(), Published { written: 0, unchanged: 1 });
        assert_eq!(inode(), first);
        assert_eq!(publish(&settings, &[file("a.html", "two")]).unwrap(), Published { written: 1, unchanged: 0 });
        assert_eq!(fs::read_to_string(settings.directory.join("a.html")).unwrap(), "two");
    }

    #[test]
    fn what_root_writes_belongs_to_the_owner_of_the_place() {
        let root = tempfile::tempdir().unwrap();
        if !rustix::process::geteuid().is_root() {
            return;
        }
        lchown(root.path(), Some(61_234), Some(61_235)).unwrap();
        let settings = settings(root.path());
        publish(&settings, &[file("customers/acme.html", "a")]).unwrap();
        for path in ["", "customers", "customers/acme.html"] {
            let found = fs::metadata(settings.directory.join(path)).unwrap();
            assert_eq!((found.uid(), found.gid()), (61_234, 61_235), "{path:?}");
        }
    }

    #[test]
    fn nothing_is_written_outside_the_report_directory() {
        let root = tempfile::tempdir().unwrap();
        let settings = settings(root.path());
        for path in ["../a.html", "/tmp/a.html", "a/../../b.html", "", ".hidden", "./a.html", "customers/.x"] {
            let refused = publish(&settings, &[file(path, "x")]);
            assert!(matches!(refused, Err(PublishError::NotBelow { .. })), "{path}");
        }
        assert!(!settings.directory.exists());
    }

    #[test]
    fn a_link_is_replaced_and_never_followed() {
        let root = tempfile::tempdir().unwrap();
        let settings = settings(root.path());
        let elsewhere = root.path().join("elsewhere");
        fs::create_dir_all(&elsewhere).unwrap();
        fs::write(elsewhere.join("precious"), "mine").unwrap();
        fs::create_dir_all(&settings.directory).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("precious"), settings.directory.join("a.html")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, settings.directory.join("customers")).unwrap();

        publish(&settings, &[file("a.html", "mine")]).unwrap();
        assert!(fs::symlink_metadata(settings.directory.join("a.html")).unwrap().is_file());
        assert_eq!(fs::read_to_string(elsewhere.join("precious")).unwrap(), "mine");
        let refused = publish(&settings, &[file("customers/precious", "x")]);
        assert!(matches!(refused, Err(PublishError::NotBelow { .. })));
        assert_eq!(fs::read_to_string(elsewhere.join("precious")).unwrap(), "mine");
    }

    #[test]
    fn what_a_crash_left_is_cleared_and_what_another_is_writing_is_not() {
        let root = tempfile::tempdir().unwrap();
        let settings = settings(root.path());
        fs::create_dir_all(&settings.directory).unwrap();
        let (old, fresh) = (settings.directory.join(".touchbase-old"), settings.directory.join(".touchbase-new"));
        let handle = Handle::create(&old).unwrap();
        handle.set_modified(handle.metadata().unwrap().modified().unwrap() - 2 * ABANDONED).unwrap();
        fs::write(&fresh, "").unwrap();
        publish(&settings, &[file("a.html", "x")]).unwrap();
        assert_eq!((old.exists(), fresh.exists()), (false, true));
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named_with_a_hint() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("reports"), "a file where the directory should be").unwrap();
        let error = publish(&settings(root.path()), &[file("a.html", "x")]).unwrap_err();
        assert!(error.to_string().contains("reports"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
        assert!(error.hint().contains("[report]"));
        assert!(probe(&settings(root.path())).is_err());
    }

    #[test]
    fn a_probe_leaves_nothing_behind_but_the_directory() {
        let root = tempfile::tempdir().unwrap();
        probe(&settings(root.path())).unwrap();
        assert_eq!(fs::read_dir(settings(root.path()).directory).unwrap().count(), 0);
    }
}
