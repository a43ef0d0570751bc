//! The program falls before and after each durable step, is started again, and comes to the same end.
//!
//! Each scenario is first played without a fall, which also tells every step it comes to. Then it is played once for
//! each of them: the program aborts there, what was done is done again, and everything that can be seen in the end
//! (every row of the record, pages, mail, files) must be as if nothing had happened. As isync's autotest does.
//!
//! Needs a program that can be told to fall: `cargo test --features failpoints --test failpoints`.

#[path = "failpoints/clock.rs"]
mod clock;
#[path = "failpoints/disk.rs"]
mod disk;
#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "failpoints/house.rs"]
mod house;
#[path = "failpoints/imap.rs"]
mod imap;
#[path = "it/oauth.rs"]
mod oauth;
#[path = "failpoints/post.rs"]
mod post;
#[path = "failpoints/scenarios.rs"]
mod scenarios;
#[path = "failpoints/server.rs"]
mod server;
#[path = "failpoints/state.rs"]
mod state;
#[path = "failpoints/tokens.rs"]
mod tokens;
#[path = "failpoints/watchdog.rs"]
mod watchdog;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::thread::scope;

use house::{Ended, copy, perform, place};
use scenarios::{ALL, Scenario};
use touchbase::failpoint::Step;

/// Cases that are played at a time: each waits for its disk most of the time.
const AT_A_TIME: usize = 4;

/// Steps that need a server, and the one they hang on: `what_is_owed_on_a_server_is_done_whatever_the_fall` comes to them.
const ON_A_SERVER: &[Step] = &[
    Step::NoteSince,
    Step::NoteComparison,
    Step::Wish,
    Step::MarkSeen,
    Step::MarkDeleted,
    Step::Expunge,
    Step::Move,
    Step::MakeFolder,
    Step::Copy,
    Step::CrossOut,
    Step::Settle,
];
/// Steps that no scenario comes to: tokens have a test of their own (`tokens.rs`), and the rest no command does.
const NOT_HERE: &[Step] = &[
    Step::WriteTokens,
    Step::PlaceTokens,
    Step::AddContact,
    Step::CloseMatter,
    Step::ReopenMatter,
    Step::PutOffMatter,
];

/// One fall.
struct Case {
    scenario: &'static Scenario,
    wish: String,
}

/// A scenario's house before anything is done, its end without a fall, and its steps.
struct Played {
    before: tempfile::TempDir,
    end: Vec<String>,
    steps: BTreeMap<String, usize>,
}

fn play(scenario: &Scenario) -> Played {
    let before = place();
    (scenario.prepare)(before.path());
    let house = copy(before.path());
    let ended = perform(house.path(), &(scenario.act)(house.path()), Some("trace"));
    let mut steps: BTreeMap<String, usize> = BTreeMap::new();
    for reached in ended.said.lines().filter_map(|line| line.strip_prefix("failpoint ")) {
        *steps.entry(reached.to_owned()).or_default() += 1;
    }
    assert!(!steps.is_empty(), "{}: no durable step\n{}", scenario.name, ended.said);
    Played { end: state::of(house.path()), before, steps }
}

/// At which of so many times to fall: the first, the second, one in the middle, the last.
fn chosen(times: usize) -> BTreeSet<usize> {
    [1, 2, times.div_ceil(2), times].into_iter().filter(|nth| *nth <= times).collect()
}

/// Falls, does it again, and compares. `Err` tells what is wrong.
fn fall(case: &Case, played: &Played) -> Result<(), String> {
    let house = copy(played.before.path());
    let act = (case.scenario.act)(house.path());
    let fell = perform(house.path(), &act, Some(&case.wish));
    // How many mails share a batch depends on the moment: a later one may not be come to. Its end counts as well.
    if !fell.fell() && !case.wish.contains(":Settle:") {
        return Err(format!("it did not fall: {}", fell.status));
    }
    // What was done already may be refused now; the end is what counts.
    let Ended { said, .. } = perform(house.path(), &act, None);
    let end = state::of(house.path());
    let (missing, more) = (differences(&played.end, &end), differences(&end, &played.end));
    match missing.is_empty() && more.is_empty() {
        true => Ok(()),
        false => Err(format!("missing {missing:#?}\nmore {more:#?}\nit said: {said}")),
    }
}

fn differences<'a>(these: &'a [String], those: &[String]) -> Vec<&'a String> {
    let mut left: Vec<&String> = those.iter().collect();
    let mut missing = Vec::new();
    for line in these {
        match left.iter().position(|other| *other == line) {
            Some(at) => drop(left.swap_remove(at)),
            None => missing.push(line),
        }
    }
    missing
}

/// Runs `work` for every number below `end`, several at a time.
fn side_by_side(end: usize, work: impl Fn(usize) + Sync) {
    let next = Mutex::new(0..end);
    scope(|threads| {
        for _ in 0..AT_A_TIME {
            threads.spawn(|| {
                while let Some(at) = { next.lock().expect("a number").next() } {
                    work(at);
                }
            });
        }
    });
}

fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Plays every scenario with every fall; gives what went wrong.
fn fall_everywhere() -> Vec<String> {
    let played: Vec<Mutex<Option<Played>>> = ALL.iter().map(|_| Mutex::new(None)).collect();
    side_by_side(ALL.len(), |at| *played[at].lock().expect("a place") = Some(play(&ALL[at])));
    let played: Vec<Played> =
        played.into_iter().map(|one| one.into_inner().expect("a place").expect("a scenario that was played")).collect();

    let mut cases = Vec::new();
    for (scenario, played) in ALL.iter().zip(&played) {
        let before = cases.len();
        let wanted = |step: &str| {
            let name = step.split(':').nth(1);
            scenario.at.is_empty() || scenario.at.iter().any(|at| name == Some(&format!("{at:?}")))
        };
        for (step, times) in played.steps.iter().filter(|(step, _)| wanted(step)) {
            let case = |nth| Case { scenario, wish: format!("abort:{step}:{nth}") };
            cases.extend(chosen(*times).into_iter().map(|nth| (case(nth), played)));
        }
        println!(
            "{:<20} {:>3} steps, {:>3} falls",
            scenario.name,
            played.steps.values().sum::<usize>(),
            cases.len() - before
        );
    }
    every_step_is_here(&played);
    let wrong = Mutex::new(Vec::new());
    side_by_side(cases.len(), |at| {
        let (case, played) = &cases[at];
        if let Err(what) = fall(case, played) {
            wrong.lock().expect("a list").push(format!("{}, {}: {what}", case.scenario.name, case.wish));
        }
    });
    println!("{} falls", cases.len());
    assert!(cases.len() >= 300, "{} falls are too few", cases.len());
    wrong.into_inner().expect("a list")
}

fn every_step_is_here(played: &[Played]) {
    let reached: BTreeSet<&str> =
        played.iter().flat_map(|one| one.steps.keys()).filter_map(|step| step.split(':').nth(1)).collect();
    let missing: Vec<&Step> = Step::ALL
        .iter()
        .filter(|step| {
            !ON_A_SERVER.contains(step) && !NOT_HERE.contains(step) && !reached.contains(format!("{step:?}").as_str())
        })
        .collect();
    assert!(missing.is_empty(), "no scenario comes to {missing:?}");
}

#[test]
fn whatever_the_step_at_which_it_falls_the_end_is_the_same() {
    let mut wrong;
    loop {
        let day = today();
        wrong = fall_everywhere();
        // At midnight another report becomes due.
        if day == today() {
            break;
        }
    }
    assert!(wrong.is_empty(), "{} falls end otherwise:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn a_wish_that_is_none_ends_the_program() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    house::build(folder.path());
    let act = house::Act::Command(vec!["once".into()]);
    let ended = perform(folder.path(), &act, Some("abort:sometime"));
    assert_eq!(ended.status.code(), Some(101), "{}", ended.said);
    assert!(!Path::new(&folder.path().join("touchbase.db")).exists());
}
