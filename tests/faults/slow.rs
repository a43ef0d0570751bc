//! Servers that answer, but hardly.

use std::time::Duration;

use super::case::{Case, Scene};
use super::fault::{Act, Asked, Fault, Step};

const STEPS: [(Step, Scene); 13] = [
    (Step::Greeting, Scene::FirstFill),
    (Step::Capability, Scene::FirstFill),
    (Step::Login, Scene::FirstFill),
    (Step::List, Scene::FirstFill),
    (Step::Examine, Scene::FirstFill),
    (Step::Enumerate, Scene::FirstFill),
    (Step::Fetch, Scene::FirstFill),
    (Step::Idle, Scene::FirstFill),
    (Step::Enumerate, Scene::CatchUp),
    (Step::Search, Scene::Sparse),
    (Step::Structure, Scene::Large),
    (Step::News, Scene::Arrival),
    (Step::Done, Scene::Arrival),
];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (step, scene) in STEPS {
        let mut add = |name: &str, fault: Fault| {
            cases.push(Case::new(format!("slow/{name}/{}", step.name()), scene, fault));
        };
        let drips =
            |every: Duration| Fault::once(step, move |asked: Asked<'_>| vec![Act::Drip(asked.answer.bytes(), every)]);
        add("a-byte-a-second", drips(Duration::from_secs(1)));
        add("a-byte-a-minute", drips(Duration::from_secs(59)));
        add("late", Fault::once(step, |asked| late(asked, 20)));
        add("too-late", Fault::once(step, |asked| late(asked, 200)));
        add("still-here-and-nothing-else", Fault::once(step, still_here));
        add("half-and-a-drip", Fault::once(step, half));
    }
    cases
}

/// The whole answer after some time.
fn late(asked: Asked<'_>, seconds: u64) -> Vec<Act> {
    [vec![Act::Wait(Duration::from_secs(seconds))], asked.answer.acts()].into_iter().flatten().collect()
}

/// A sign of life every ten seconds, for hours, and no answer.
fn still_here(_: Asked<'_>) -> Vec<Act> {
    let sign = [Act::Wait(Duration::from_secs(10)), Act::Say(b"* OK Still here\r\n".to_vec())];
    std::iter::repeat_n(sign, 1_000).flatten().collect()
}

/// Half of the answer at once, the rest byte by byte.
fn half(asked: Asked<'_>) -> Vec<Act> {
    let bytes = asked.answer.bytes();
    let (now, later) = bytes.split_at(bytes.len() / 2);
    vec![Act::Say(now.to_vec()), Act::Drip(later.to_vec(), Duration::from_secs(7))]
}
