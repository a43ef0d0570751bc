//! What most commands begin with: the configuration, and the store to read or to write.

use std::path::{Path, PathBuf};

use super::args::INSTALLED;
use crate::config::Config;
use crate::failure::Failure;
use crate::store::{Reader, Store, StoreError};
use crate::wiring;

/// Where the configuration lies, if nobody said otherwise.
pub fn config_path(given: &Option<PathBuf>) -> &Path {
    given.as_deref().unwrap_or(Path::new(INSTALLED))
}

/// The configuration.
pub fn config(given: &Option<PathBuf>) -> Result<Config, Failure> {
    wiring::load(config_path(given))
}

/// The store to read; an installation that never ran has an empty one, and asking does not make it.
pub fn reader(config: &Config) -> Result<Reader, Failure> {
    let settings = wiring::store_settings(config);
    match Store::open_to_read(&settings) {
        Err(StoreError::NotFound(_)) => Store::of_nothing(&settings),
        opened => opened,
    }
    .map_err(wiring::store_failure)
}

/// The store to write, beside a daemon that may be running.
pub fn store(config: &Config) -> Result<Store, Failure> {
    let mut store = Store::open(&wiring::store_settings(config)).map_err(wiring::store_failure)?;
    store.listen_for(&config.phrases.lists);
    Ok(store)
}
