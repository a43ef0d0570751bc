//! The files of a Maildir: folders, names, bytes. Blocking; called from threads that may block.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::inbox::imap::{folder_from, folder_name};
use crate::inbox::{BEGINNING, InboxError, WHOLE};
use crate::mailbox::Key;

/// Where mails lie; `tmp` holds what is not complete.
pub const PARTS: [&str; 2] = ["new", "cur"];

/// Where a mail was seen.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its file, until somebody renames it.
    pub path: PathBuf,
}

/// What reading a mail gave.
pub enum Read {
    /// Its bytes as far as they are read, and its size.
    Mail {
        /// The bytes.
        bytes: Vec<u8>,
        /// The whole size, in bytes.
        size: u64,
    },
    /// No such mail any more.
    Gone,
    /// It is there and cannot be read.
    Failed(String),
}

/// `INBOX` for the top, then the subfolders, named as a person writes them: `.Sent.2026` is `Sent/2026`.
pub fn folders(top: &Path) -> Vec<String> {
    let mut names = vec!["INBOX".to_owned()];
    for entry in fs::read_dir(top).into_iter().flatten().flatten() {
        let path = entry.path();
        if let Some(name) = entry.file_name().to_str().and_then(|name| name.strip_prefix('.'))
            && !name.is_empty()
            && PARTS.iter().all(|part| path.join(part).is_dir())
        {
            names.push(spoken(name));
        }
    }
    names.sort();
    names
}

/// The path of a folder that [`folders`] named.
pub fn folder_path(top: &Path, folder: &str) -> PathBuf {
    if folder == "INBOX" {
        return top.to_owned();
    }
    let entries = fs::read_dir(top).into_iter().flatten().flatten();
    let named = |name: &str| name.strip_prefix('.').is_some_and(|name| spoken(name) == folder);
    let found = entries.map(|e| e.file_name()).find(|name| name.to_str().is_some_and(named));
    top.join(found.unwrap_or_else(|| format!(".{}", folder_name(folder).replace('/', ".")).into()))
}

/// Every mail by the part of its name that stays.
pub fn scan(top: &Path) -> Result<BTreeMap<String, Found>, InboxError> {
    let mut found = BTreeMap::new();
    // `cur` last: a mail that moves there meanwhile is seen twice rather than never.
    for part in PARTS {
        let folder = top.join(part);
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            if let Some(key) = entry.file_name().to_str().and_then(key) {
                found.insert(key.to_owned(), Found { path: entry.path() });
            }
        }
    }
    Ok(found)
}

/// Sorts names by the time stamp they begin with, then by the rest.
pub fn age(name: &str) -> (u64, String) {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    (name.get(..digits).and_then(|d| d.parse().ok()).unwrap_or(u64::MAX), name.to_owned())
}

/// The size in bytes and the time of a file; `None` when there is no such file.
pub fn size_and_time(path: &Path) -> Option<(u64, Option<Timestamp>)> {
    let about = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let time = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    Some((about.len(), time))
}

/// Reads a mail where it was seen, or where it is now if it was renamed since.
pub fn read(top: &Path, name: &str, place: Option<Found>) -> Read {
    let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match place.map(|found| read_file(&found.path)) {
        Some(Ok((bytes, size))) => return Read::Mail { bytes, size },
        Some(Err(error)) if !gone(&error) => return Read::Failed(error.to_string()),
        _ => {}
    }
    let now = match scan(top) {
        Ok(mut found) => found.remove(name),
        Err(error) => return Read::Failed(error.to_string()),
    };
    match now.map(|found| read_file(&found.path)) {
        Some(Ok((bytes, size))) => Read::Mail { bytes, size },
        Some(Err(error)) if !gone(&error) => Read::Failed(error.to_string()),
        _ => Read::Gone,
    }
}

/// Reads some mails, in their order.
pub fn read_all(top: &Path, wanted: Vec<(Key, Option<Found>)>) -> Vec<Read> {
    let one = |(key, place)| match key {
        Key::Name(name) => read(top, &name, place),
        Key::Uid(_) => Read::Failed("it has no file name".into()),
    };
    wanted.into_iter().map(one).collect()
}

/// A file's bytes and its size; of one that is too large, its beginning.
pub(in crate::inbox) fn read_file(path: &Path) -> io::Result<(Vec<u8>, u64)> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let limit = if size > WHOLE { BEGINNING } else { WHOLE };
    let mut bytes = Vec::with_capacity(size.min(limit) as usize);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok((bytes, size))
}

/// The part of a file name that stays, `None` for what is no mail.
pub(in crate::inbox) fn key(name: &str) -> Option<&str> {
    let key = name.split(':').next().unwrap_or(name);
    (!key.is_empty() && !key.starts_with('.')).then_some(key)
}

fn spoken(name: &str) -> String {
    folder_from(name.as_bytes()).replace('.', "/")
}

fn unreadable(path: &Path, error: &io::Error) -> InboxError {
    InboxError::File { path: path.display().to_string(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_by_its_name_before_the_flags() {
        assert_eq!(key("1700000000.M1P2.host,S=12:2,FS"), Some("1700000000.M1P2.host,S=12"));
        assert_eq!(key(".hidden"), None);
        assert_eq!(key(":2,S"), None);
    }

    #[test]
    fn names_are_sorted_by_their_time_stamp_as_a_number() {
        let mut names = vec!["10.b", "9.a", "x", "10.a"];
        names.sort_by_key(|name| age(name));
        assert_eq!(names, ["9.a", "10.a", "10.b", "x"]);
    }
}
