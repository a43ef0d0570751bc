//! The phrase lists against labelled sentences, which prints precision and recall of each list and language and
//! demands what measures.md does. `cargo test --test phrases -- --nocapture` shows every wrong sentence.
//!
//! `phrases/<language>/<list>.toml` has sentences for one list: those it should find, and hard ones it should not.
//! `phrases/batches/<batch>/<language>/<list>.toml` has further ones that were written together; docs/phrases.md says
//! how, and what they gave at first sight.
//! A promise is found when its day is right as well, for a mail sent on Wednesday 18 November 2026 at 10:00 +01:00.
//! `phrases/<language>.toml` has sentences with all that should be found in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;
use touchbase::mail::Moment;
use touchbase::understand::{Signal, SignalKind, signal};

const LANGUAGES: [&str; 7] = ["de", "en", "es", "fr", "it", "nl", "pt"];

const LISTS: [&str; 15] = [
    "acknowledgement",
    "ask",
    "bad_news",
    "closer",
    "congratulation",
    "correction",
    "correction_hint",
    "dunning",
    "issue",
    "left_company",
    "money",
    "promise",
    "solved",
    "success",
    "thanks",
];

/// Sentences for one list in one language at least.
const SENTENCES: usize = 60;
/// Of what a list finds, so much is right at least (measures.md).
const PRECISION: f64 = 0.8;

#[derive(Deserialize)]
struct ForOneList {
    yes: Vec<Case>,
    no: Vec<String>,
}

/// A sentence, with the day where it is a promise.
#[derive(Deserialize)]
#[serde(untagged)]
enum Case {
    Sentence(String),
    Promise { sentence: String, due: Due },
}

/// A day as text or as a date of TOML.
#[derive(Deserialize)]
#[serde(untagged)]
enum Due {
    Text(String),
    Date(toml::value::Datetime),
}

#[derive(Deserialize)]
struct Labelled {
    cases: Vec<Whole>,
}

#[derive(Deserialize)]
struct Whole {
    sentence: String,
    signals: Vec<String>,
}

#[derive(Default)]
struct Tally {
    right: usize,
    false_alarms: usize,
    missed: usize,
}

impl Tally {
    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.false_alarms).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    fn and(&self, other: &Tally) -> Tally {
        Tally {
            right: self.right + other.right,
            false_alarms: self.false_alarms + other.false_alarms,
            missed: self.missed + other.missed,
        }
    }

    fn told(&self) -> String {
        format!("{:4.2} {:4.2}", self.precision(), self.recall())
    }
}

impl Case {
    fn sentence(&self) -> &str {
        match self {
            Case::Sentence(sentence) | Case::Promise { sentence, .. } => sentence,
        }
    }
}

impl Due {
    fn day(&self) -> String {
        match self {
            Due::Text(day) => day.clone(),
            Due::Date(day) => day.to_string(),
        }
    }
}

fn find(sentence: &str) -> Vec<Signal> {
    signal::find(sentence, Moment::from_header("Wed, 18 Nov 2026 10:00:00 +0100"))
}

fn word(kind: SignalKind) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

fn read<T: serde::de::DeserializeOwned>(path: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The batches that have sentences for a list, as folders under `tests/phrases`.
fn batches(language: &str, list: &str) -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/phrases/batches");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let all: BTreeSet<String> = all.collect();
    let has = |batch: &String| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/phrases/batches/{batch}/{language}/{list}.toml"))
            .exists()
    };
    all.into_iter().filter(has).collect()
}

/// The files with sentences for a list.
fn files(language: &str, list: &str) -> Vec<String> {
    let further = batches(language, list).into_iter();
    let further = further.map(|batch| format!("tests/phrases/batches/{batch}/{language}/{list}.toml"));
    std::iter::once(format!("tests/phrases/{language}/{list}.toml")).chain(further).collect()
}

/// What a list does with all sentences for it; the wrong ones are printed.
fn judge_all(language: &str, list: &str) -> (Tally, usize) {
    let judged = files(language, list).into_iter().map(|file| judge(language, list, &file));
    judged.fold((Tally::default(), 0), |(sum, sentences), (tally, more)| (sum.and(&tally), sentences + more))
}

/// What a list does with the sentences of a file; the wrong ones are printed.
fn judge(language: &str, list: &str, file: &str) -> (Tally, usize) {
    let name = format!("{language}/{list}");
    let sentences: ForOneList = read(file);
    let hits = |sentence: &str| find(sentence).into_iter().find(|signal| word(signal.signal) == list);
    let mut tally = Tally::default();
    for case in &sentences.yes {
        let sentence = case.sentence();
        let due = match case {
            Case::Sentence(_) => None,
            Case::Promise { due, .. } => Some(due.day()),
        };
        match hits(sentence) {
            None => {
                tally.missed += 1;
                println!("{name} misses {sentence:?}");
            }
            Some(signal) if due.is_some() && signal.due.map(|day| day.to_string()) != due => {
                (tally.missed, tally.false_alarms) = (tally.missed + 1, tally.false_alarms + 1);
                println!("{name} says {:?}, not {due:?}, for {sentence:?}", signal.due);
            }
            Some(_) => tally.right += 1,
        }
    }
    for sentence in sentences.no.iter().filter(|sentence| hits(sentence).is_some()) {
        tally.false_alarms += 1;
        println!("{name} takes {sentence:?}");
    }
    (tally, sentences.yes.len() + sentences.no.len())
}

#[test]
fn every_list_that_is_on_is_right_at_least_four_times_in_five() {
    let (mut table, mut wrong) = (Vec::new(), Vec::new());
    for list in LISTS {
        let mut row = format!("{list:15}");
        for language in LANGUAGES {
            let (tally, sentences) = judge_all(language, list);
            row += &format!("  {}", tally.told());
            let lists: toml::Table = read(&format!("config/phrases/{language}.toml"));
            let is_on = lists[list].get("on").and_then(toml::Value::as_bool).unwrap_or(true);
            if is_on && (tally.precision() < PRECISION || tally.right == 0) || sentences < SENTENCES {
                wrong.push(format!("{language}/{list}: {} of {sentences} sentences", tally.told()));
            }
        }
        table.push(row);
    }
    println!("precision and recall of {}", LANGUAGES.map(|language| format!("{language:9}")).join("  "));
    println!("{}", table.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_batch_tells_how_each_list_does() {
    for (language, list) in LANGUAGES.iter().flat_map(|language| LISTS.map(|list| (language, list))) {
        for batch in batches(language, list) {
            let file = format!("tests/phrases/batches/{batch}/{language}/{list}.toml");
            let (tally, sentences) = judge(language, list, &file);
            println!("batch {batch:8}  {language}  {list:15}  {}  of {sentences} sentences", tally.told());
        }
    }
}

#[test]
fn no_list_holds_a_labelled_sentence() {
    let letters = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    for language in LANGUAGES {
        let lists: toml::Table = read(&format!("config/phrases/{language}.toml"));
        for list in LISTS {
            let sentences: Vec<ForOneList> = files(language, list).iter().map(|file| read(file)).collect();
            let yes = sentences.iter().flat_map(|of| &of.yes).map(Case::sentence);
            let long = yes.chain(sentences.iter().flat_map(|of| &of.no).map(String::as_str));
            let long: BTreeSet<String> = long.filter(|s| s.split_whitespace().count() > 6).map(letters).collect();
            for key in ["phrases", "unless"] {
                for phrase in lists[list][key].as_array().unwrap() {
                    let phrase = phrase.as_str().unwrap();
                    assert!(!long.contains(&letters(phrase)), "{language}/{list} holds {phrase:?} whole");
                }
            }
        }
    }
}

#[test]
fn sentences_hold_what_they_should_of_every_list() {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for language in LANGUAGES {
        let labelled: Labelled = read(&format!("tests/phrases/{language}.toml"));
        for case in labelled.cases {
            let told = find(&case.sentence).into_iter().filter(|signal| signal.signal.is_told());
            let found: BTreeSet<String> = told.map(|signal| word(signal.signal)).collect();
            let expected: BTreeSet<String> = case.signals.into_iter().collect();
            for list in found.union(&expected) {
                let tally = tallies.entry(list.clone()).or_default();
                match (expected.contains(list), found.contains(list)) {
                    (true, true) => tally.right += 1,
                    (true, false) => tally.missed += 1,
                    _ => tally.false_alarms += 1,
                }
            }
            if found != expected {
                println!("{language}: {found:?}, not {expected:?}, in {:?}", case.sentence);
            }
        }
    }
    for (list, tally) in &tallies {
        println!("{list:15}  {}", tally.told());
        assert!(tally.precision() >= PRECISION && tally.recall() >= PRECISION, "{list}");
    }
    assert_eq!(tallies.len(), 11, "every list that is told has sentences");
}
