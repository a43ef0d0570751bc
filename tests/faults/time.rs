//! Somebody sets the clock, or a machine without one finds out how late it is: forward or back by a second, an hour, a
//! day, forty days, eighty years. Waits are counted by another clock and take as long as they take.

use std::time::Duration;

use super::case::{Case, Scene};
use super::fault::{Act, Asked, Fault, Lasts, Step, instead};

const MINUTES: Duration = Duration::from_secs(60);
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

const JUMPS: [(&str, i64); 10] = [
    ("second-on", 1),
    ("second-back", -1),
    ("hour-on", HOUR),
    ("hour-back", -HOUR),
    ("day-on", DAY),
    ("day-back", -DAY),
    ("forty-days-on", 40 * DAY),
    ("forty-days-back", -40 * DAY),
    ("eighty-years-on", 29_220 * DAY),
    ("fifty-years-back", -18_262 * DAY),
];

const SCENES: [(Scene, &[Step]); 5] = [
    (Scene::FirstFill, &[Step::Enumerate, Step::Fetch, Step::Idle]),
    (Scene::CatchUp, &[Step::Examine, Step::Fetch]),
    (Scene::Arrival, &[Step::News, Step::Done]),
    (Scene::Once, &[Step::Enumerate, Step::Fetch]),
    (Scene::Moved, &[Step::Move]),
];

/// The honest answer, and the clock is another.
fn then(
    seconds: i64,
    twist: impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync,
) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync {
    move |asked| {
        let mut acts = twist(asked);
        acts.push(Act::Jump(Duration::ZERO, seconds));
        acts
    }
}

/// What a twist does, and a minute later the clock is another.
fn later(
    seconds: i64,
    twist: impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync,
) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync {
    move |asked| {
        let mut acts = twist(asked);
        acts.push(Act::Jump(Duration::from_secs(60), seconds));
        acts
    }
}

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (how, seconds) in JUMPS {
        for (scene, steps) in SCENES {
            for &step in steps {
                let fault = Fault::once(step, then(seconds, |asked| asked.answer.acts()));
                let case = Case::new(format!("time/{how}/{}", step.name()), scene, fault);
                cases.push(case.expecting(|expect| expect.within = 20 * MINUTES));
            }
        }
        for scene in [Scene::FirstFill, Scene::Once] {
            // Whatever was written down to be tried later is tried then, and not when the clock is there again. A mail
            // that was refused twice rests for two hours, and for six at the most.
            let refused = later(seconds, instead("{tag} NO [SERVERBUG] not now\r\n"));
            let refused = Fault::once(Step::Fetch, refused).lasting(Lasts::Times(7));
            let case = Case::new(format!("time/{how}/refused"), scene, refused);
            cases.push(case.expecting(|expect| expect.within = 370 * MINUTES));
            let throttled = later(seconds, instead("{tag} NO [THROTTLED] slow down\r\n"));
            let case = Case::new(format!("time/{how}/throttled"), scene, Fault::once(Step::Enumerate, throttled));
            cases.push(case.expecting(|expect| expect.within = 80 * MINUTES));
        }
    }
    cases
}
