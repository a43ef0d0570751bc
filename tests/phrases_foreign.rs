//! The phrase lists of one language against the words of the others: what is a dent in German says nothing in Italian.
//! `cargo test --test phrases_foreign -- --nocapture` shows every sentence that is heard in another language.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use touchbase::mail::Moment;
use touchbase::understand::SignalKind;
use touchbase::understand::signal::Phrases;

const LANGUAGES: [&str; 7] = ["de", "en", "es", "fr", "it", "nl", "pt"];

fn sent() -> Option<Moment> {
    Moment::from_header("Wed, 18 Nov 2026 10:00:00 +0100")
}

fn of_language(language: &str) -> Phrases {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("config/phrases/{language}.toml"));
    Phrases::parse([std::fs::read_to_string(path).unwrap().as_str()]).unwrap()
}

/// The kinds a text has, without those that no word of a list decides.
fn kinds(phrases: &Phrases, text: &str) -> BTreeSet<String> {
    let found = phrases.find(text, sent()).into_iter().map(|found| found.signal);
    let found = found.filter(|kind| !matches!(kind, SignalKind::Ask | SignalKind::Money));
    found.map(|kind| format!("{kind:?}")).collect()
}

/// Every labelled sentence of a language.
fn sentences(language: &str) -> BTreeSet<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/phrases");
    let batches = std::fs::read_dir(root.join("batches")).unwrap().map(|batch| batch.unwrap().path());
    let folders = std::iter::once(root.clone()).chain(batches).map(|folder| folder.join(language));
    let files = folders.filter(|folder| folder.exists()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let tables = files
        .map(|file| toml::from_str::<toml::Table>(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap());
    let of = |case: &toml::Value| case.as_str().or_else(|| case["sentence"].as_str()).unwrap().to_owned();
    tables
        .flat_map(|table| ["yes", "no"].map(|key| table[key].as_array().unwrap().iter().map(of).collect::<Vec<_>>()))
        .flatten()
        .collect()
}

#[test]
fn a_sentence_is_seldom_heard_in_a_language_it_is_not_in() {
    let (mut all, mut heard) = (0, 0);
    for language in LANGUAGES {
        let own = of_language(language);
        for sentence in sentences(language) {
            all += 1;
            let foreign: Vec<String> =
                kinds(Phrases::built_in(), &sentence).difference(&kinds(&own, &sentence)).cloned().collect();
            if !foreign.is_empty() {
                heard += 1;
                println!("{language} {foreign:?} {sentence}");
            }
        }
    }
    println!("{heard} of {all} sentences have something only by the lists of another language");
    assert!(heard * 100 <= all, "{heard} of {all}");
}

#[derive(serde::Deserialize)]
struct Everyday {
    frame: String,
    words: String,
}

#[test]
fn no_everyday_word_of_a_language_says_something_in_it_by_the_lists_of_another() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/phrases/everyday.toml");
    let everyday: BTreeMap<String, Everyday> = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(everyday.keys().eq(LANGUAGES.iter()));
    let (mut wrong, mut friends) = (Vec::new(), 0);
    for (language, Everyday { frame, words }) in everyday {
        assert!(frame.contains("{}") && words.split_whitespace().count() > 150, "{language}");
        let own = of_language(&language);
        for word in words.split_whitespace() {
            let foreign = |text: &str| &kinds(Phrases::built_in(), text) - &kinds(&own, text);
            let alone = foreign(word);
            let heard = foreign(&frame.replace("{}", word));
            if !alone.is_empty() {
                friends += 1;
                println!("{language} {word}: alone {alone:?}, in its sentence {heard:?}");
            }
            if !heard.is_empty() {
                wrong.push(format!("{language} {word}: {heard:?}"));
            }
        }
    }
    println!("{friends} everyday words are in a list of another language");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(friends > 10, "the words show what the sentences are for");
}
