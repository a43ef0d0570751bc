//! What happens to settled mails of a Maildir (`after`): seen, moved, deleted.
//!
//! What is owed is asked of the ledger, which knows it from the same transaction that settled the mail. Every deed is
//! one rename or one removal, made durable before it is crossed out: killed in between, it is found done already. Mails
//! are found by the part of their name that stays, wherever other programs have moved them within the folder.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tokio::task::spawn_blocking;

use super::Settings;
use super::files::{self, Found};
use crate::failpoint::{self, Step};
use crate::inbox::{After, InboxError, Ledger};
use crate::mailbox::{Deed, DeliveryId, Key, Mailbox, OwedMail};

/// Does everything that is owed in one folder.
///
/// # Errors
/// What could not be renamed or removed, as something a person has to change; what was done before is crossed out.
pub async fn settle_up<L: Ledger>(settings: &Settings, ledger: &Arc<L>, mailbox: &Mailbox) -> Result<(), InboxError> {
    if settings.after == After::Leave {
        return Ok(());
    }
    // What was handed over is owed nothing before it is settled.
    ledger.settled().await?;
    loop {
        let mails = ledger.owed(mailbox).await?.mails;
        if mails.is_empty() {
            return Ok(());
        }
        let (after, top, source) =
            (settings.after.clone(), settings.path.clone(), files::folder_path(&settings.path, &mailbox.folder));
        let acted = spawn_blocking(move || act(&after, &top, &source, &mails)).await;
        let acted = acted.unwrap_or_else(|_| Err(io::Error::other("it broke off")));
        let (done, failed) = acted.map_or_else(|error| (Vec::new(), Some(error)), |acted| (acted.done, acted.failed));
        ledger.did(done, Deed::All).await?;
        if let Some(error) = failed {
            return Err(refused(&settings.path, &error));
        }
    }
}

/// A disk that fails or is full is nobody's configuration; rights, and what stands in the way, are.
fn refused(path: &Path, error: &io::Error) -> InboxError {
    let path = path.display().to_string();
    let fails = error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error());
    if fails || matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        return InboxError::Disk { path, why: error.to_string() };
    }
    InboxError::Configuration {
        what: format!("what `after` wants cannot be done in {path}: {error}"),
        hint: "let touchbase write in the Maildir (under systemd with ReadWritePaths=), or set `after = \"leave\"`"
            .into(),
    }
}

/// What came of the deed for some mails.
struct Acted {
    /// Those it was done to, or that are gone.
    done: Vec<DeliveryId>,
    /// The first that went wrong; one stubborn mail does not keep the others waiting.
    failed: Option<io::Error>,
}

/// The deed for some mails, durable when this returns.
fn act(after: &After, top: &Path, source: &Path, mails: &[OwedMail]) -> io::Result<Acted> {
    let target = match after {
        After::Move(folder) => Some(make_folder(top, folder)?),
        _ => None,
    };
    let mut places = scan(source)?;
    let mut acted = Acted { done: Vec::new(), failed: None };
    for mail in mails {
        let Key::Name(name) = &mail.key else {
            // Nothing of a Maildir has another key: there is nothing to do it to.
            acted.done.push(mail.id);
            continue;
        };
        let mut result = deed(after, source, target.as_deref(), name, &places);
        if matches!(&result, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            // Somebody has renamed or removed it since; one that is gone needs nothing.
            places = scan(source)?;
            result = deed(after, source, target.as_deref(), name, &places);
        }
        match result {
            Ok(()) => acted.done.push(mail.id),
            Err(error) => acted.failed = acted.failed.or(Some(error)),
        }
    }
    // Where mails went first: what is gone from one folder is then for good in the other.
    failpoint::before(Step::SyncMails);
    for folder in [target.as_deref(), Some(source)].into_iter().flatten() {
        for part in files::PARTS {
            File::open(folder.join(part))?.sync_all()?;
        }
    }
    failpoint::after(Step::SyncMails);
    Ok(acted)
}

fn deed(
    after: &After,
    source: &Path,
    target: Option<&Path>,
    name: &str,
    places: &BTreeMap<String, Found>,
) -> io::Result<()> {
    let Some(Found { path }) = places.get(name) else { return Ok(()) };
    match (after, target) {
        (After::Leave, _) | (After::Move(_), None) => Ok(()),
        (After::Delete, _) => step(Step::Expunge, || fs::remove_file(path)),
        (After::Seen, _) => match seen_name(path, name) {
            Some(seen) => step(Step::MarkSeen, || rename(path, &source.join("cur"), &seen)),
            None => Ok(()),
        },
        (After::Move(_), Some(target)) => {
            // Unread stays unread: it goes where it was, `new` or `cur`, with its flags.
            let part = path.parent().and_then(Path::file_name).unwrap_or_default();
            let file = path.file_name().and_then(|file| file.to_str()).unwrap_or(name);
            step(Step::Move, || rename(path, &target.join(part), file))
        }
    }
}

fn step(step: Step, deed: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    failpoint::before(step);
    deed()?;
    failpoint::after(step);
    Ok(())
}

/// The name of a mail once it is seen, its flags in the order of their letters; `None` when it is seen already.
fn seen_name(path: &Path, name: &str) -> Option<String> {
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or(name);
    let flags = file.strip_prefix(name).and_then(|info| info.strip_prefix(":2,")).unwrap_or_default();
    let in_cur = path.parent().is_some_and(|part| part.ends_with("cur"));
    if in_cur && flags.contains('S') {
        return None;
    }
    let mut letters: Vec<char> = flags.chars().chain(['S']).collect();
    letters.sort_unstable();
    letters.dedup();
    Some(format!("{name}:2,{}", letters.into_iter().collect::<String>()))
}

/// Renames without ever replacing: a name that is taken, which no two mails should share, gets a number.
fn rename(path: &Path, folder: &Path, file: &str) -> io::Result<()> {
    let (name, info) = file.split_at(file.find(':').unwrap_or(file.len()));
    let mut free = file.to_owned();
    for number in 1.. {
        match renameat_with(CWD, path, CWD, folder.join(&free), RenameFlags::NOREPLACE) {
            Err(rustix::io::Errno::EXIST) => free = format!("{name}_{number}{info}"),
            result => return Ok(result?),
        }
    }
    Ok(())
}

/// A folder of the Maildir (Maildir++), made if need be with the owner and the permissions of the Maildir itself.
fn make_folder(top: &Path, folder: &str) -> io::Result<PathBuf> {
    let path = files::folder_path(top, folder);
    let around = fs::metadata(top)?;
    for part in ["", "tmp", "new", "cur"].map(|part| path.join(part)) {
        if !part.is_dir() {
            let made = unseen().tempdir_in(aside(top))?;
            like(&around, made.path(), around.mode() & 0o7777)?;
            put(made.path(), &part)?;
        }
    }
    // What tells delivery agents that this is a folder and not a Maildir of its own.
    let mark = path.join("maildirfolder");
    if path != top && !mark.exists() {
        let made = unseen().tempfile_in(aside(top))?;
        like(&around, made.path(), around.mode() & 0o666)?;
        put(made.path(), &mark)?;
    }
    Ok(path)
}

/// What is made gets its name last: cut off before, it is nobody's, and never there without its owner.
fn put(made: &Path, place: &Path) -> io::Result<()> {
    failpoint::before(Step::MakeFolder);
    match renameat_with(CWD, made, CWD, place, RenameFlags::NOREPLACE) {
        // Somebody else has made it meanwhile.
        Err(rustix::io::Errno::EXIST) => return Ok(()),
        result => result?,
    }
    File::open(place.parent().unwrap_or(place))?.sync_all()?;
    failpoint::after(Step::MakeFolder);
    Ok(())
}

/// Where things are made that nobody is to see yet: what lies in `tmp` is no mail, and swept by whoever keeps Maildirs.
fn aside(top: &Path) -> PathBuf {
    Some(top.join("tmp")).filter(|tmp| tmp.is_dir()).unwrap_or_else(|| top.to_owned())
}

fn unseen() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".touchbase-");
    builder
}

fn like(around: &Metadata, made: &Path, mode: u32) -> io::Result<()> {
    if rustix::process::geteuid().is_root() {
        lchown(made, Some(around.uid()), Some(around.gid()))?;
    }
    fs::set_permissions(made, Permissions::from_mode(mode))
}

fn scan(folder: &Path) -> io::Result<BTreeMap<String, Found>> {
    files::scan(folder).map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::DeliveryId;

    fn owed(names: &[&str]) -> Vec<OwedMail> {
        let mail = |name: &&str| OwedMail { id: DeliveryId(1), key: Key::Name((*name).into()), copied: false };
        names.iter().map(mail).collect()
    }

    fn maildir(mails: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        ["new", "cur", "tmp"].iter().for_each(|part| fs::create_dir(folder.path().join(part)).unwrap());
        mails.iter().for_each(|mail| fs::write(folder.path().join(mail), mail).unwrap());
        folder
    }

    /// Every mail's place.
    fn places(top: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for folder in ["", ".Done.2026"] {
            for part in files::PARTS {
                let inside = Path::new(folder).join(part);
                let entries = fs::read_dir(top.join(&inside)).into_iter().flatten().flatten();
                found.extend(entries.map(|e| inside.join(e.file_name()).display().to_string()));
            }
        }
        found.sort();
        found
    }

    /// Doing it again changes nothing: so it is after a crash before it was crossed out.
    fn twice(after: &After, mails: &[&str], names: &[&str]) -> Vec<String> {
        let folder = maildir(mails);
        act(after, folder.path(), folder.path(), &owed(names)).unwrap();
        let once = places(folder.path());
        act(after, folder.path(), folder.path(), &owed(names)).unwrap();
        assert_eq!(places(folder.path()), once);
        once
    }

    #[test]
    fn seen_moves_to_cur_and_keeps_the_other_flags_in_their_order() {
        let mails = ["new/1.a,S=3", "cur/2.b:2,FT", "cur/3.c:2,S", "cur/4.d", "new/5.e"];
        let done = twice(&After::Seen, &mails, &["1.a,S=3", "2.b", "3.c", "4.d", "gone"]);
        assert_eq!(done, ["cur/1.a,S=3:2,S", "cur/2.b:2,FST", "cur/3.c:2,S", "cur/4.d:2,S", "new/5.e"]);
    }

    #[test]
    fn moving_makes_the_folder_and_keeps_what_is_unread_unread() {
        let mails = ["new/1.a", "cur/2.b:2,FS", "cur/3.c:2,"];
        let done = twice(&After::Move("Done/2026".into()), &mails, &["1.a", "2.b"]);
        assert_eq!(done, [".Done.2026/cur/2.b:2,FS", ".Done.2026/new/1.a", "cur/3.c:2,"]);
    }

    #[test]
    fn a_name_that_is_taken_in_the_other_folder_is_not_replaced() {
        let folder = maildir(&["cur/1.a:2,S"]);
        let target = make_folder(folder.path(), "Done/2026").unwrap();
        fs::write(target.join("cur/1.a:2,S"), "another").unwrap();
        act(&After::Move("Done/2026".into()), folder.path(), folder.path(), &owed(&["1.a"])).unwrap();
        assert_eq!(places(folder.path()), [".Done.2026/cur/1.a:2,S", ".Done.2026/cur/1.a_1:2,S"]);
        assert_eq!(fs::read_to_string(target.join("cur/1.a:2,S")).unwrap(), "another");
    }

    #[test]
    fn deleting_removes_those_that_are_owed_it_and_no_other() {
        assert_eq!(twice(&After::Delete, &["new/1.a", "new/1.a2", "cur/2.b:2,S"], &["1.a", "2.b"]), ["new/1.a2"]);
    }
}
