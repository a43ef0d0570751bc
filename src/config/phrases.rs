//! `[phrases]`: an installation's own lists of what is listened for.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::places::Places;
use super::problem::Problem;
use super::section::Section;
use super::value;
use crate::understand::signal::{Lists, Wrong};

/// `[phrases]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrases {
    /// A folder with files such as `de.toml`; absolute once loaded.
    pub directory: Option<PathBuf>,
    /// The lists in use; those that touchbase comes with until the files are loaded.
    pub lists: Lists,
}

impl Phrases {
    /// Reads the files of the folder, if there is one.
    pub(super) fn load(&mut self) -> Result<(), Vec<Problem>> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let files = files(directory).map_err(|problem| vec![problem])?;
        self.lists =
            Lists::with(files).map_err(|wrong| wrong.iter().map(|w| of_file(directory, w)).collect::<Vec<_>>())?;
        Ok(())
    }
}

pub(super) fn read(mut section: Section<'_>, places: &Places) -> Phrases {
    let directory = section.get("directory", |v| Ok(places.reading(value::text(v)?)));
    section.close();
    Phrases { directory, lists: Lists::default() }
}

/// What stands in the folder's files, by language. What is not called `.toml` is not looked at.
fn files(directory: &Path) -> Result<BTreeMap<String, String>, Problem> {
    let unreadable = |path: &Path, error: io::Error| problem(format!("{} cannot be read: {error}", path.display()));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(|error| unreadable(directory, error))? {
        let path = entry.map_err(|error| unreadable(directory, error))?.path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let language = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let why = format!("{} is not called by a language", path.display());
            return Err(Problem {
                hint: Some("call it by the language's code, such as de.toml".into()),
                ..problem(why)
            });
        }
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        files.insert(language, text);
    }
    Ok(files)
}

fn of_file(directory: &Path, wrong: &Wrong) -> Problem {
    let file = directory.join(format!("{}.toml", wrong.language));
    let line = wrong.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let hint = Some("config/phrases of the source tree has examples, docs/phrases.md explains them".into());
    Problem { hint, ..problem(format!("{}{line}: {}", file.display(), wrong.why)) }
}

fn problem(why: String) -> Problem {
    Problem { line: None, path: "phrases.directory".into(), value: None, why, hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn loaded(directory: &Path) -> Result<Phrases, String> {
        let mut phrases = Phrases { directory: Some(directory.to_owned()), lists: Lists::default() };
        let told = |problems: Vec<Problem>| problems.iter().map(|p| format!("{p}\n")).collect::<String>();
        phrases.load().map(|()| phrases).map_err(told)
    }

    #[test]
    fn files_are_read_by_their_language() {
        let folder = folder(&[("de.toml", "[issue]\nphrases = ['klemmt']\n"), ("sv.toml", ""), ("README", "no list")]);
        assert_eq!(loaded(folder.path()).unwrap().lists.own().collect::<Vec<_>>(), ["de", "sv"]);
        assert_eq!(loaded(&folder.path().join("none")).unwrap_err().matches("cannot be read").count(), 1);
    }

    #[test]
    fn a_mistake_is_told_with_file_and_line() {
        let folder = folder(&[("de.toml", "[issue]\nphrases = ['klemmt', '*']\n"), ("fr.toml", "[isue]\n")]);
        let told = loaded(folder.path()).unwrap_err();
        assert!(told.contains("/de.toml, line 2: \"*\" has no letter"), "{told}");
        assert!(told.contains("/fr.toml, line 1: unknown field `isue`"), "{told}");
        let wrong = self::folder(&[("german.toml", "")]);
        assert!(loaded(wrong.path()).unwrap_err().contains("german.toml is not called by a language"));
    }
}
