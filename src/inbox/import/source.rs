//! What kind of history a path holds, and the mails in it.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{KEPT, Loose, mbox};
use crate::inbox::{InboxError, maildir, named_like_sent};

/// A file or folder with mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where.
    pub path: PathBuf,
    /// What kind.
    pub kind: Kind,
    /// Of files with one mail each, which ones; they are one source, however many they are.
    pub files: Vec<PathBuf>,
    /// The folder its mails are recorded under: the name of the file or folder.
    pub folder: String,
    /// Whether it holds what its owner sent, going by its name.
    pub sent: bool,
    /// How large it is, in bytes.
    pub bytes: u64,
}

/// The kinds of history that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder with `new` and `cur`.
    Maildir,
    /// A file of mails, each begun by a `From ` line (RFC 4155).
    Mbox,
    /// Files of one mail each, in one folder.
    Eml,
}

/// Every source under the paths given, each path's in the order of their names. A folder that is no Maildir is looked
/// through for all kinds; what is neither there is left alone. A path named by a person must be one.
pub fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, InboxError> {
    let mut found = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if about.is_dir() {
            look_through(path, &mut found)?;
        } else {
            let kind = kind_of(path).map_err(|error| unreadable(path, &error))?;
            let no_mail = || InboxError::File { path: path.display().to_string(), why: "it holds no mail".into() };
            match kind.ok_or_else(no_mail)? {
                Kind::Eml => add_mail(path, about.len(), &mut found),
                kind => found.push(source(path, kind, about.len())),
            }
        }
    }
    Ok(found)
}

impl Source {
    /// Reads every mail in turn, until `take` says stop. An error is handed to it as well, and is the last.
    pub(super) fn read(&self, take: &mut dyn FnMut(Result<Loose, InboxError>) -> bool) {
        let result = match self.kind {
            Kind::Mbox => self.read_mbox(take),
            Kind::Eml => self.read_files(self.files.clone(), take),
            Kind::Maildir => maildir_files(&self.path).and_then(|files| self.read_files(files, take)),
        };
        if let Err(error) = result {
            take(Err(unreadable(&self.path, &error)));
        }
    }

    fn read_mbox(&self, take: &mut dyn FnMut(Result<Loose, InboxError>) -> bool) -> io::Result<()> {
        let file = File::open(&self.path)?;
        let time = time_of(&file);
        let mut reader = mbox::Reader::new(BufReader::with_capacity(1 << 16, file));
        while let Some(mail) = reader.next_mail()? {
            if !take(Ok(Loose::new(mail.bytes, mail.size, mail.arrived.or(time), reader.position()))) {
                break;
            }
        }
        Ok(())
    }

    fn read_files(
        &self,
        files: Vec<PathBuf>,
        take: &mut dyn FnMut(Result<Loose, InboxError>) -> bool,
    ) -> io::Result<()> {
        let mut read = 0;
        for path in files {
            let file = match File::open(&path) {
                // Removed or renamed since it was seen; an import can be run again.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                opened => opened?,
            };
            let time = time_of(&file);
            let size = file.metadata()?.len();
            let mut bytes = Vec::new();
            file.take(KEPT).read_to_end(&mut bytes)?;
            let size = size.max(bytes.len() as u64);
            read += size;
            if !take(Ok(Loose::new(bytes, size, time, read))) {
                break;
            }
        }
        Ok(())
    }
}

fn look_through(folder: &Path, found: &mut Vec<Source>) -> Result<(), InboxError> {
    let is_maildir = maildir::PARTS.iter().all(|part| folder.join(part).is_dir());
    if is_maildir {
        let files = maildir_files(folder).map_err(|error| unreadable(folder, &error))?;
        let bytes = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|about| about.len()).sum();
        found.push(source(folder, Kind::Maildir, bytes));
    }
    let mut mails: Vec<Source> = Vec::new();
    for path in entries(folder).map_err(|error| unreadable(folder, &error))? {
        // Links are not followed: a loop would never end.
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        let part = path.file_name().is_some_and(|name| ["new", "cur", "tmp"].iter().any(|part| name == *part));
        if about.is_dir() && !(is_maildir && part) {
            look_through(&path, found)?;
        } else if about.is_file()
            && !is_maildir
            && let Ok(Some(kind)) = kind_of(&path)
        {
            match kind {
                Kind::Eml => add_mail(&path, about.len(), &mut mails),
                kind => found.push(source(&path, kind, about.len())),
            }
        }
    }
    found.append(&mut mails);
    Ok(())
}

/// By its name or, for mbox, its first words.
fn kind_of(path: &Path) -> io::Result<Option<Kind>> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let mut beginning = Vec::new();
    File::open(path)?.take(mbox::LONGEST_FROM).read_to_end(&mut beginning)?;
    if mbox::is_from_line(beginning.split(|&b| b == b'\n').next().unwrap_or_default()) {
        return Ok(Some(Kind::Mbox));
    }
    Ok(match extension.as_str() {
        "mbox" | "mbx" if beginning.is_empty() => Some(Kind::Mbox),
        "eml" => Some(Kind::Eml),
        _ => None,
    })
}

/// Adds a file of one mail to the source of its folder, if that is the last one.
fn add_mail(path: &Path, bytes: u64, found: &mut Vec<Source>) {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    match found.last_mut().filter(|last| last.kind == Kind::Eml && last.path == folder) {
        Some(last) => {
            last.bytes += bytes;
            last.files.push(path);
        }
        None => found.push(Source { files: vec![path], ..source(&folder, Kind::Eml, bytes) }),
    }
}

fn source(path: &Path, kind: Kind, bytes: u64) -> Source {
    let end = if kind == Kind::Mbox { path.file_stem() } else { path.file_name() };
    let name = end.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| "/".into());
    Source { path: path.to_owned(), kind, files: Vec::new(), sent: named_like_sent(&name), folder, bytes }
}

fn maildir_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for part in maildir::PARTS {
        files.extend(entries(&folder.join(part))?.into_iter().filter(|path| path.is_file() && !hidden(path)));
    }
    Ok(files)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

fn hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn time_of(file: &File) -> Option<Timestamp> {
    file.metadata().ok()?.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
}

fn unreadable(path: &Path, error: &io::Error) -> InboxError {
    InboxError::File { path: path.display().to_string(), why: error.to_string() }
}
