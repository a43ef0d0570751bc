//! The disk fails under the program, once or from then on: it ends and says why, and once the disk is well again it
//! comes to the same end as one whose disk never failed. `shim.c` stands between the two (LD_PRELOAD).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use super::house::{Ended, copy, perform_with};
use super::scenarios::{ALL, Scenario};
use super::{Played, differences, play, side_by_side, state};

/// What is done while the disk fails: mail is recorded, is recorded and deleted where it lay, is imported.
const SCENARIOS: [&str; 3] = ["new mail", "deleted", "import"];
/// How often each kind of call fails in a scenario, at the most.
const PLACES: usize = 4;

/// The library that stands between; it goes with the folder.
pub fn shim() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = folder.path().join("shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/failpoints/shim.c");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).args([source, "-ldl"]);
    assert!(cc.status().expect("cc, from the package gcc").success());
    (folder, library)
}

/// Runs the scenario's act in a house whose disk does as `wish` says.
fn act(scenario: &Scenario, house: &Path, shim: &Path, variables: &[(&str, &str)]) -> Ended {
    let below = house.to_string_lossy();
    let around = [("LD_PRELOAD", &*shim.to_string_lossy()), ("SHIM_BELOW", &*below)];
    perform_with(house, &(scenario.act)(house), &[&around[..], variables].concat())
}

/// How often each kind of call is made.
fn calls(scenario: &Scenario, played: &Played, shim: &Path) -> BTreeMap<String, usize> {
    let house = copy(played.before.path());
    let log = tempfile::NamedTempFile::new().expect("a log");
    let ended = act(scenario, house.path(), shim, &[("SHIM_LOG", &log.path().to_string_lossy())]);
    assert_eq!(state::of(house.path()), played.end, "watching changes nothing: {}", ended.said);
    let mut calls = BTreeMap::new();
    for kind in fs::read_to_string(log.path()).expect("a log").lines() {
        *calls.entry(kind.to_owned()).or_default() += 1;
    }
    calls
}

/// At which of so many calls it fails: spread over all of them, the first and the last included.
fn spread(times: usize) -> Vec<usize> {
    let places = times.min(PLACES);
    let mut chosen: Vec<usize> = (0..places).map(|at| 1 + at * (times - 1) / (places.max(2) - 1)).collect();
    chosen.dedup();
    chosen
}

/// Fails, ends, goes on with a disk that is well. `Err` tells what is wrong.
fn fail(scenario: &Scenario, played: &Played, shim: &Path, wish: &str) -> Result<(), String> {
    let house = copy(played.before.path());
    let failed = act(scenario, house.path(), shim, &[("SHIM_FAILS", wish)]);
    match failed.status.code() {
        // What could not be done may have been of no consequence.
        Some(0) => {}
        Some(69 | 73 | 75) if failed.said.contains("error: ") => {}
        code => return Err(format!("it ends with {code:?}: {}", failed.said)),
    }
    let again = act(scenario, house.path(), shim, &[]);
    let end = state::of(house.path());
    let (missing, more) = (differences(&played.end, &end), differences(&end, &played.end));
    match missing.is_empty() && more.is_empty() {
        true => Ok(()),
        false => Err(format!("missing {missing:#?}\nmore {more:#?}\nit said: {}\nand: {}", failed.said, again.said)),
    }
}

#[test]
fn a_disk_that_fails_ends_the_program_and_loses_nothing() {
    let (_folder, shim) = shim();
    let scenarios: Vec<&Scenario> = ALL.iter().filter(|scenario| SCENARIOS.contains(&scenario.name)).collect();
    assert_eq!(scenarios.len(), SCENARIOS.len());
    let played: Vec<Played> = scenarios.iter().map(|scenario| play(scenario)).collect();
    let mut cases = Vec::new();
    for (scenario, played) in scenarios.iter().zip(&played) {
        let calls = calls(scenario, played, &shim);
        println!("{:<12} {calls:?}", scenario.name);
        for kind in ["pread", "pwrite", "fsync"] {
            assert!(calls.contains_key(kind), "no {kind} in {calls:?}");
        }
        for (kind, times) in calls {
            for nth in spread(times) {
                cases.extend(["", "+"].map(|on| (*scenario, played, format!("{kind}:{nth}{on}"))));
            }
        }
    }
    let wrong = Mutex::new(Vec::new());
    side_by_side(cases.len(), |at| {
        let (scenario, played, wish) = &cases[at];
        if let Err(what) = fail(scenario, played, &shim, wish) {
            wrong.lock().expect("a list").push(format!("{}, {wish}: {what}", scenario.name));
        }
    });
    println!("{} failures of the disk", cases.len());
    let wrong = wrong.into_inner().expect("a list");
    assert!(wrong.is_empty(), "{} end otherwise:\n{}", wrong.len(), wrong.join("\n\n"));
}
