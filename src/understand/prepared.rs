//! The lists that are compiled in: written as TOML, made JSON when the program is built (`build.rs`).

use serde::de::DeserializeOwned;

/// A list by the path of its file without `.toml`, from the top folder of the project.
macro_rules! prepared {
    ($path:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $path, ".json"))
    };
}
pub(crate) use prepared;

/// Reads a list. One of another shape than its reader expects is empty, which a test of its reader refuses.
pub(crate) fn read<T: DeserializeOwned + Default>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_default()
}
