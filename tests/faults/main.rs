//! A mailbox's server does what no server should, at every step: nothing is lost, nothing doubled, nothing stormed.
//!
//! Server and client talk over a pipe in memory, so that time can be virtual; behind the client stand the daemon's own
//! ledger, worker process, writer and a store on disk. `docs/faults.md` tells what is injected and what must hold.
//!
//! ```sh
//! cargo test --test faults                                   # all of it
//! TOUCHBASE_FAULTS=cut/fin cargo test --test faults          # the cases whose names contain that
//! ```

mod after;
mod answers;
mod auth;
mod case;
mod certificates;
mod clock;
mod cron;
mod cut;
mod done;
mod fault;
mod folder;
mod garbage;
mod idle;
mod log;
mod matrix;
mod office;
mod oracle;
mod pipe;
mod races;
mod record;
mod runner;
mod sabotage;
mod scene;
mod server;
mod sizes;
mod slow;
mod status;
mod talk;
mod time;
mod uids;
mod wire;

use std::collections::BTreeMap;

#[test]
fn every_fault_is_survived() {
    survives(matrix::cases(), true);
}

#[test]
fn a_reset_over_tcp_is_survived() {
    survives(wire::cases(), false);
}

fn survives(cases: Vec<case::Case>, virtually: bool) {
    let chosen = std::env::var("TOUCHBASE_FAULTS").unwrap_or_default();
    let cases: Vec<_> = cases.into_iter().filter(|case| case.full_name().contains(&chosen)).collect();
    let results = runner::run_all(&cases, virtually);
    println!("{}", runner::table(&results));
    let failed: Vec<_> = results.iter().filter(|result| !result.wrong.is_empty()).collect();
    for result in failed.iter().take(10) {
        println!("\n== {}\n{}\n{}", result.name, result.wrong.join("\n"), result.log);
    }
    let names: Vec<&str> = failed.iter().map(|result| result.name.as_str()).collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), results.len(), names.join("\n"));
}

/// The table of `docs/faults.md`: group, faults, cases.
#[test]
fn the_document_counts_what_there_is() {
    let document = include_str!("../../docs/faults.md");
    let row = |line: &str| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().replace(['`', '*', ','], "")).collect();
        Some((cells.get(1)?.clone(), (cells.get(3)?.parse::<usize>().ok()?, cells.get(4)?.parse::<usize>().ok()?)))
    };
    let told: BTreeMap<String, (usize, usize)> = document.lines().filter_map(row).collect();
    let mut there = matrix::counts();
    let all = there.values().fold((0, 0), |(faults, cases), group| (faults + group.0, cases + group.1));
    there.insert("together".into(), all);
    assert_eq!(told, there);
}

#[test]
fn no_two_cases_have_the_same_name() {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for case in matrix::cases() {
        *names.entry(case.full_name()).or_default() += 1;
    }
    names.retain(|_, count| *count > 1);
    assert_eq!(names, BTreeMap::new());
}
