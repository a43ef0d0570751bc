//! Runs cases on a few threads, each with a virtual time of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::case::{self, Case};
use super::office;

/// Threads; while one waits for its disk or its reading process, another computes.
const THREADS: usize = 8;
/// What the program gives the threads that read what servers say.
const STACK: usize = 8 * 1024 * 1024;

/// What a case came to.
#[derive(Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Its group.
    pub group: String,
    /// What did not hold.
    pub wrong: Vec<String>,
    /// The server's log, when anything did not.
    pub log: String,
}

/// Runs every case once, in virtual time or in real time.
pub fn run_all(cases: &[Case], virtually: bool) -> Vec<Outcome> {
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(virtually).build();
        runtime.expect("a runtime").block_on(async {
            let pool = office::readers();
            while let Some((place, case)) = take(&next, cases) {
                let (wrong, log) = case::run(case, pool.clone()).await;
                let log = if wrong.is_empty() { String::new() } else { shown(&log) };
                let outcome = Outcome { name: case.full_name(), group: case.group().to_owned(), wrong, log };
                outcomes.lock().expect("outcomes").push((place, outcome));
                // What the case left behind ends.
                tokio::time::sleep(Duration::from_millis(if virtually { 1_000 } else { 10 })).await;
            }
        });
    };
    thread::scope(|threads| {
        for _ in 0..THREADS {
            thread::Builder::new().stack_size(STACK).spawn_scoped(threads, work).expect("a thread");
        }
    });
    let mut outcomes = outcomes.into_inner().expect("outcomes");
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn take<'a>(next: &AtomicUsize, cases: &'a [Case]) -> Option<(usize, &'a Case)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    cases.get(place).map(|case| (place, case))
}

fn shown(log: &[super::log::Entry]) -> String {
    let lines: Vec<String> = log.iter().map(ToString::to_string).collect();
    if lines.len() > 150 {
        format!("{}\n…\n{}", lines[..100].join("\n"), lines[lines.len() - 50..].join("\n"))
    } else {
        lines.join("\n")
    }
}

/// Cases and how many passed, by group.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for outcome in outcomes {
        let (cases, passed) = groups.entry(&outcome.group).or_default();
        *cases += 1;
        *passed += usize::from(outcome.wrong.is_empty());
    }
    let mut table = format!("{:<10}{:>8}{:>8}\n", "group", "cases", "passed");
    for (group, (cases, passed)) in groups {
        let _ = writeln!(table, "{group:<10}{cases:>8}{passed:>8}");
    }
    table
}
