//! What `check` asks of a Maildir: whether each folder can be listed, and the newest mails' headers read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{Settings, files};
use crate::inbox::probe::{HEADER, Probe, Recent, Step, share};
use crate::inbox::{After, InboxError, named_like_sent};

/// Lists each folder and reads the headers of its newest mails.
pub fn probe(settings: &Settings) -> Probe {
    let mut probe = Probe { steps: openings(settings), recent: Vec::new() };
    for folder in &settings.folders {
        probe.steps.extend(read_newest(settings, folder, &mut probe.recent));
    }
    let how = match &settings.after {
        After::Leave => return probe,
        After::Seen => "settled mails are marked as seen".to_owned(),
        After::Move(folder) => format!("settled mails are moved to {folder}"),
        After::Delete => "settled mails are deleted".to_owned(),
    };
    probe.steps.push(Step::fine("afterwards", how));
    probe
}

/// Whether each folder can be listed.
pub fn openings(settings: &Settings) -> Vec<Step> {
    let there = files::folders(&settings.path);
    let open = |folder: &String| {
        let what = format!("open {folder}");
        let path = files::folder_path(&settings.path, folder);
        match files::scan(&path) {
            Ok(found) if there.contains(folder) => Step::fine(what, format!("{} mails", found.len())),
            Ok(_) => {
                Step::wrong(what, &InboxError::File { path: path.display().to_string(), why: "no such folder".into() })
            }
            Err(error) => Step::wrong(what, &error),
        }
    };
    settings.folders.iter().map(open).collect()
}

/// Reads the headers of a folder's newest mails; says so, unless there is none.
fn read_newest(settings: &Settings, folder: &str, recent: &mut Vec<Recent>) -> Option<Step> {
    let found = files::scan(&files::folder_path(&settings.path, folder)).ok()?;
    let mut names: Vec<&String> = found.keys().collect();
    names.sort_by_cached_key(|name| std::cmp::Reverse(files::age(name)));
    let (mut read, mut unread) = (0, None);
    for name in names.into_iter().take(share(settings.folders.len()) as usize) {
        let Some(place) = found.get(name) else { continue };
        match header(&place.path) {
            Ok(header) => {
                recent.push(Recent { header, sent_folder: named_like_sent(folder) });
                read += 1;
            }
            // Another program has renamed it meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => unread = unread.or(Some(format!("{}: {error}", place.path.display()))),
        }
    }
    let what = format!("read the mails of {folder}");
    match unread {
        Some(why) => Some(Step::doubtful(what, format!("cannot read {why}"), "let touchbase read its file")),
        None => (read > 0).then(|| Step::fine(what, format!("the newest {read} can be read"))),
    }
}

/// The header of a mail, up to its blank line.
fn header(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(HEADER).read_to_end(&mut bytes)?;
    let ends = ["\n\r\n", "\n\n"].map(|end| memchr::memmem::find(&bytes, end.as_bytes()).map(|at| at + end.len()));
    if let Some(end) = ends.into_iter().flatten().min() {
        bytes.truncate(end);
    }
    Ok(bytes)
}
