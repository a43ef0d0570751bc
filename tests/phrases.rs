//! The phrase lists against labelled sentences: prints precision and recall of each list and demands
//! what measures.md does. `cargo test --test phrases -- --nocapture` shows every wrong sentence.

use std::collections::BTreeMap;

use serde::Deserialize;
use touchbase::understand::signal;

#[derive(Deserialize)]
struct Labelled {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
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
}

fn found(sentence: &str) -> Vec<String> {
    let words = |s: touchbase::understand::Signal| serde_json::to_value(s.signal).ok()?.as_str().map(str::to_owned);
    signal::find(sentence, None).into_iter().filter_map(words).collect()
}

#[test]
fn every_list_is_right_at_least_four_times_in_five() {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut sentences = 0;
    for entry in std::fs::read_dir("tests/phrases").unwrap() {
        let path = entry.unwrap().path();
        let labelled: Labelled = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in labelled.cases {
            sentences += 1;
            let found = found(&case.sentence);
            let all: std::collections::BTreeSet<&String> = found.iter().chain(&case.signals).collect();
            for signal in all {
                let tally = tallies.entry(signal.clone()).or_default();
                match (case.signals.contains(signal), found.contains(signal)) {
                    (true, true) => tally.right += 1,
                    (true, false) => tally.missed += 1,
                    _ => tally.false_alarms += 1,
                }
                if case.signals.contains(signal) != found.contains(signal) {
                    println!("{}: {signal} of {:?}", path.display(), case.sentence);
                }
            }
        }
    }
    println!("{sentences} sentences");
    for (signal, tally) in &tallies {
        let n = tally.right + tally.missed;
        println!("{signal:16} precision {:.2} recall {:.2} n {n}", tally.precision(), tally.recall());
        assert!(tally.precision() >= 0.8 && tally.recall() >= 0.8, "{signal}");
    }
    assert_eq!(tallies.len(), 11, "every list has sentences");
}
