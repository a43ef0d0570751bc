//! An installation's own lists, in the place of ours.
//!
//! A file of its own holds what it wants otherwise: each section that is there
//! takes the place of that section of ours, whole, and the others stay ours,
//! so that they get better with the next version. Adding to ours was refused:
//! then nobody could take a phrase away, and which phrases are in use would
//! stand in two files. A language that we do not have is all theirs.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use super::language::{Language, OURS};
use super::{Dates, Phrases};
use crate::understand::phrases::{TAIL, fold};

/// Languages of an installation, and bytes of each file, at most.
const LANGUAGES: usize = 64;
const BYTES: usize = 1024 * 1024;

/// The lists in use. They are made ready when the first text is read, and once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Lists {
    /// The installation's files by language (`de`), as they were written; each can be read.
    own: BTreeMap<String, String>,
    #[serde(skip)]
    ready: OnceLock<Arc<Phrases>>,
}

/// What is wrong with a file of lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its language.
    pub language: String,
    /// The line, counted from 1, where one is to blame.
    pub line: Option<u32>,
    /// One clause without a full stop.
    pub why: String,
}

impl PartialEq for Lists {
    fn eq(&self, other: &Lists) -> bool {
        self.own == other.own
    }
}

impl Eq for Lists {}

impl Lists {
    /// Ours, with those of an installation, by language, in their place.
    ///
    /// # Errors
    /// Everything that is wrong with the files.
    pub fn with(own: BTreeMap<String, String>) -> Result<Lists, Vec<Wrong>> {
        let mut wrong: Vec<Wrong> = own.iter().flat_map(|(language, text)| examine(language, text)).collect();
        if let Some(language) = own.keys().nth(LANGUAGES) {
            let why = format!("is one more than {LANGUAGES} languages");
            wrong.push(Wrong { language: language.clone(), line: None, why });
        }
        if wrong.is_empty() { Ok(Lists { own, ready: OnceLock::new() }) } else { Err(wrong) }
    }

    /// The languages in which an installation has lists of its own.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// The lists, ready to search.
    pub fn phrases(&self) -> &Phrases {
        if self.own.is_empty() {
            return Phrases::built_in();
        }
        // What was examined can be made ready; if it could not, ours are better than none.
        self.ready.get_or_init(|| Arc::new(self.made_ready().unwrap_or_else(|| Phrases::built_in().clone())))
    }

    fn made_ready(&self) -> Option<Phrases> {
        let ours = OURS.iter().map(|(language, text)| (*language, *text));
        let theirs = self.own.keys().filter(|own| OURS.iter().all(|(ours, _)| ours != own));
        let read = |(language, ours): (&str, &str)| {
            let mut sections: toml::Table = serde_json::from_str(ours).ok()?;
            if let Some(own) = self.own.get(language) {
                sections.extend(toml::from_str::<toml::Table>(without_mark(own)).ok()?);
            }
            sections.try_into::<Language>().ok()
        };
        let all = ours.chain(theirs.map(|own| (own.as_str(), "{}")));
        Phrases::of(&all.map(read).collect::<Option<Vec<Language>>>()?).ok()
    }
}

/// A mark of the byte order, which some editors write, is no part of the text.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn examine(language: &str, text: &str) -> Vec<Wrong> {
    let text = without_mark(text);
    let wrong = |line, why: String| Wrong { language: language.to_owned(), line, why };
    if text.len() > BYTES {
        return vec![wrong(None, format!("is larger than {BYTES} bytes"))];
    }
    let line = |at: usize| {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        u32::try_from(before.iter().filter(|byte| **byte == b'\n').count()).ok().and_then(|lines| lines.checked_add(1))
    };
    let read = match toml::from_str::<Language>(text) {
        Ok(read) => read,
        Err(error) => return vec![wrong(error.span().and_then(|span| line(span.start)), told(error.message()))],
    };
    let mut found = Vec::new();
    let sections = DeTable::parse(text).map(|sections| sections.into_inner()).unwrap_or_default();
    for (name, section) in &sections {
        let DeValue::Table(keys) = section.get_ref() else { continue };
        let values = keys.values().filter_map(|value| value.get_ref().as_array()).flatten();
        for (phrase, at) in values.filter_map(|value| Some((value.get_ref().as_str()?, value.span().start))) {
            found.extend(useless(phrase).map(|why| wrong(line(at), format!("{phrase:?} {why}"))));
        }
        if name.get_ref() == "dates"
            && let Err(why) = Dates::of([(&read.dates, 0)])
        {
            found.push(wrong(line(name.span().start), why));
        }
    }
    found
}

/// TOML's own words on one line.
fn told(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why a phrase would never be found.
fn useless(phrase: &str) -> Option<&'static str> {
    if !phrase.contains(char::is_alphanumeric) {
        return Some("has no letter or digit");
    }
    let pieces = || phrase.trim().trim_start_matches('^').split("...").map(str::trim);
    let inner = |piece: &str| {
        let piece = piece.strip_suffix('*').unwrap_or(piece);
        piece.strip_prefix('*').unwrap_or(piece).contains('*')
    };
    if pieces().any(inner) {
        return Some("has a `*` within: write it before the end of a word, or behind the last word");
    }
    if pieces().next().and_then(|piece| piece.strip_prefix('*')).is_some_and(|end| fold(end).len() < TAIL) {
        return Some("begins with an end of a word of fewer than three letters");
    }
    if pieces().any(|piece| piece.starts_with('*') && piece.contains(char::is_whitespace)) {
        return Some("has an end of a word with further words: write `...` between them");
    }
    pieces().any(|piece| piece.contains('^')).then_some("has a `^` that does not begin it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::SignalKind;

    fn with(files: &[(&str, &str)]) -> Result<Lists, Vec<Wrong>> {
        Lists::with(files.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect())
    }

    fn kinds(lists: &Lists, text: &str) -> Vec<SignalKind> {
        lists.phrases().find(text, None).into_iter().map(|found| found.signal).collect()
    }

    #[test]
    fn without_files_ours_are_used_as_they_are() {
        assert!(std::ptr::eq(Lists::default().phrases(), Phrases::built_in()));
    }

    #[test]
    fn a_section_takes_the_place_of_ours_and_the_others_stay() {
        let lists = with(&[("en", "[issue]\nphrases = ['the gate weeps']\n[success]\non = false\n")]).unwrap();
        assert_eq!(kinds(&lists, "The gate weeps."), [SignalKind::Issue]);
        assert_eq!(kinds(&Lists::default(), "The gate weeps."), []);
        assert_eq!(kinds(&lists, "The pump is broken."), []);
        assert_eq!(kinds(&Lists::default(), "The pump is broken."), [SignalKind::Issue]);
        assert_eq!(kinds(&lists, "We won the tender."), []);
        assert_eq!(kinds(&lists, "Please send the plan."), [SignalKind::Ask]);
        assert_eq!(kinds(&lists, "If the gate weeps, call me."), [], "our words around phrases stay as well");
    }

    #[test]
    fn a_language_that_we_do_not_have_joins_with_its_days() {
        let swedish = "\u{feff}[promise]\nphrases = ['jag skickar']\n[dates]\ntomorrow = ['imorgon']\n";
        let lists = with(&[("sv", swedish)]).unwrap();
        assert_eq!(kinds(&lists, "Jag skickar ritningen imorgon."), [SignalKind::Promise]);
        assert_eq!(kinds(&lists, "The pump is broken."), [SignalKind::Issue]);
    }

    #[test]
    fn they_go_over_the_pipe_and_are_the_same_there() {
        let lists = with(&[("en", "[issue]\nphrases = ['the gate weeps']\n")]).unwrap();
        let there: Lists = postcard::from_bytes(&postcard::to_stdvec(&lists).unwrap()).unwrap();
        assert_eq!(there, lists);
        assert_eq!(kinds(&there, "The gate weeps."), [SignalKind::Issue]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = |text: &str| {
            let wrong = with(&[("de", text)]).unwrap_err();
            wrong.into_iter().map(|w| format!("{} {:?} {}", w.language, w.line, w.why)).collect::<Vec<_>>().join("\n")
        };
        assert!(told("[issue]\nphrases = ['*ed']").ends_with("fewer than three letters"));
        assert!(told("[issue]\nphrases = ['*remos to']").ends_with("write `...` between them"));
        assert!(with(&[("de", "[issue]\nphrases = ['*remos ... *ed']")]).is_ok());
        assert!(told("\n[isue]\nphrases = []\n").starts_with("de Some(2) unknown field `isue`"));
        assert!(told("[issue]\nphrases = 'one'\n").starts_with("de Some(2) invalid type"));
        assert!(told("[issue]\nphrases = [\n").starts_with("de Some("));
        let two = told("[issue]\nphrases = [\n  'fine',\n  '...',\n  'con*gratulate',\n]\nunless = ['not ^here']\n");
        assert_eq!(
            two,
            "de Some(4) \"...\" has no letter or digit\n\
             de Some(5) \"con*gratulate\" has a `*` within: write it before the end of a word, or behind the last word\n\
             de Some(7) \"not ^here\" has a `^` that does not begin it"
        );
        assert!(told("[issue]\n\n[dates]\nyesterday = ['gestern']\n").starts_with("de Some(3) "));
        assert!(told(&format!("[issue]\nphrases = ['{}']", "x".repeat(BYTES))).contains("is larger than"));
    }
}
