//! The program is run as cron does: it has to end whatever the server does, and to go on where it was the next time.

use std::time::Duration;

use super::case::{Case, Scene};
use super::cut::{CUTS, Place, cut_at, places, steps};
use super::fault::{Act, Cut, Fault, Lasts, Step, instead, then_cut};

const MINUTES: Duration = Duration::from_secs(60);

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: String, fault: Fault, within: Duration| {
        cases.push(Case::new(format!("cron/{name}"), Scene::Once, fault).expecting(|expect| expect.within = within));
    };
    for &step in steps(Scene::Once) {
        for (cut, how) in CUTS {
            for place in places(step) {
                add(
                    format!("{how}/{}-{}", step.name(), place.name()),
                    Fault::once(step, cut_at(place, cut)),
                    30 * MINUTES,
                );
            }
            if step != Step::Logout {
                let fault = Fault::once(step, cut_at(Place::Nothing, cut)).lasting(Lasts::For(30 * MINUTES));
                // A mail that could not be fetched twice rests for two hours.
                let within = if step == Step::Fetch { 130 * MINUTES } else { 30 * MINUTES };
                add(format!("{how}/{}-for-half-an-hour", step.name()), fault, within);
            }
        }
        if step != Step::Greeting {
            for (how, words) in [("no", "{tag} NO [SERVERBUG] not now\r\n"), ("bad", "{tag} BAD what\r\n")] {
                add(format!("{how}/{}", step.name()), Fault::once(step, instead(words)), 130 * MINUTES);
            }
            let throttled = Fault::once(step, instead("{tag} NO [THROTTLED] slow down\r\n"));
            add(format!("throttled/{}", step.name()), throttled, 30 * MINUTES);
        }
        let bye = then_cut(instead("* BYE going down\r\n"), Cut::Fin);
        add(format!("bye/{}", step.name()), Fault::once(step, bye), 30 * MINUTES);
        let slow = Fault::once(step, |asked| [vec![Act::Wait(Duration::from_secs(50))], asked.answer.acts()].concat());
        add(format!("late/{}", step.name()), slow, 30 * MINUTES);
    }
    let refused = Fault::once(Step::Connect, |_| Vec::new()).lasting(Lasts::Times(3));
    add("refused/connect".into(), refused, 30 * MINUTES);
    cases
}
