//! Makes JSON of the lists that people edit as TOML.
//!
//! A reader process reads all of them when it begins, and JSON is read ten times as fast. A list that is no TOML ends
//! the build with its place.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders whose `.toml` files are lists.
const FOLDERS: [&str; 4] = ["config/phrases", "src/understand", "src/understand/when", "src/report/gist"];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: cargo sets it")?);
    for folder in FOLDERS {
        // The fuzzers' crate has only some of them; a list that is missed is missed by whoever includes it.
        let Ok(entries) = fs::read_dir(folder) else { continue };
        println!("cargo::rerun-if-changed={folder}");
        fs::create_dir_all(out.join(folder))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                convert(&path, &out.join(&path).with_extension("json"))?;
            }
        }
    }
    Ok(())
}

fn convert(toml: &Path, json: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", toml.display());
    let lists: toml::Table =
        fs::read_to_string(toml)?.parse().map_err(|error| format!("{}: {error}", toml.display()))?;
    fs::write(json, serde_json::to_string(&lists)?)?;
    Ok(())
}
