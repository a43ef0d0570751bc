//! Whether the record and the reports can be written where they are to lie.

use std::io::Write;
use std::path::Path;

use super::finding::Finding;
use crate::config::Config;
use crate::failure::{Code, Failure};
use crate::publish;
use crate::store::Store;
use crate::wiring;

pub(super) fn store(config: &Config) -> Finding {
    let path = &config.store.path;
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !path.exists() {
        return match writable(folder) {
            Ok(()) => Finding::good("store", format!("{}, to be made at the first start", path.display())),
            Err(failure) => Finding::wrong("store", &failure.hint("check [store] url, and who may write there")),
        };
    }
    let opened = Store::open_to_read(&wiring::store_settings(config)).map_err(wiring::store_failure);
    match opened.and_then(|reader| writable(folder).map(|()| reader)) {
        Ok(_) => Finding::good("store", path.display().to_string()),
        Err(failure) => Finding::wrong("store", &failure),
    }
}

pub(super) fn reports(config: &Config) -> Finding {
    let directory = &config.report.directory;
    if !directory.exists() {
        return match writable(directory) {
            Ok(()) => {
                Finding::good("report folder", format!("{}, to be made with the first report", directory.display()))
            }
            Err(failure) => Finding::wrong("report folder", &failure.hint("check [report] directory")),
        };
    }
    match publish::files::probe(&publish::Settings { directory: directory.clone() }) {
        Ok(()) => Finding::good("report folder", directory.display().to_string()),
        Err(error) => Finding::wrong("report folder", &wiring::publish_failure(&error)),
    }
}

/// Whether a page's worth of bytes can be written into a folder, or into the nearest one above it that exists.
fn writable(folder: &Path) -> Result<(), Failure> {
    let existing = folder.ancestors().find(|above| above.exists()).unwrap_or(Path::new("/"));
    let written = tempfile::NamedTempFile::with_prefix_in(".touchbase-", existing)
        .and_then(|mut file| file.write_all(&[0; 4096]).and_then(|()| file.as_file().sync_all()));
    written
        .map_err(|e| Failure::new(Code::CannotWrite, format!("cannot write into {}", existing.display())).because(&e))
}
