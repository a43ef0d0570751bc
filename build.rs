//! Makes JSON of the lists that people edit as TOML.
//!
//! A reader process reads all of them when it begins, and JSON is read ten times as fast. Phrases are folded here, so that
//! it finds them folded. A list that is no TOML ends the build with its place.

#[path = "src/understand/phrases/fold.rs"]
mod fold;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The folder whose lists hold phrases and words to be found in folded text, and nothing else.
const PHRASES: &str = "config/phrases";
/// Folders whose `.toml` files are lists.
const FOLDERS: [&str; 4] = [PHRASES, "src/understand", "src/understand/when", "src/report/gist"];

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
                convert(&path, &out.join(&path).with_extension("json"), folder == PHRASES)?;
            }
        }
    }
    Ok(())
}

fn convert(toml: &Path, json: &Path, phrases: bool) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", toml.display());
    let mut lists: toml::Table =
        fs::read_to_string(toml)?.parse().map_err(|error| format!("{}: {error}", toml.display()))?;
    if phrases {
        lists.iter_mut().for_each(|(_, list)| fold_all(list));
    }
    fs::write(json, serde_json::to_string(&lists)?)?;
    Ok(())
}

/// Folds every phrase below.
fn fold_all(value: &mut toml::Value) {
    match value {
        toml::Value::String(phrase) => *phrase = fold::folded(phrase).into_owned(),
        toml::Value::Array(values) => values.iter_mut().for_each(fold_all),
        toml::Value::Table(values) => values.iter_mut().for_each(|(_, value)| fold_all(value)),
        _ => {}
    }
}
