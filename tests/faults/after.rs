//! What is to be done to settled mails (`after`), while the server does what none should at every step of it.

use std::time::Duration;

use super::case::{Case, Scene};
use super::cut::{CUTS, steps};
use super::fault::{Act, Answer, Asked, Cut, Fault, Lasts, Step, before, instead, then_cut};
use super::folder::Folder;

const MINUTES: Duration = Duration::from_secs(60);
/// The longest pause between tries is a quarter of an hour.
const WITHIN: Duration = Duration::from_secs(20 * 60);

const SCENES: [Scene; 5] = [Scene::Seen, Scene::Deleted, Scene::Marked, Scene::Moved, Scene::Copied];

/// How far a command comes before the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Far {
    /// It is heard.
    Heard,
    /// It is done, and nothing is said of it.
    Done,
    /// Half of the tagged line is said.
    HalfTold,
    /// All of it.
    Told,
}

impl Far {
    const ALL: [(Far, &str); 4] =
        [(Far::Heard, "heard"), (Far::Done, "done"), (Far::HalfTold, "half-told"), (Far::Told, "told")];

    fn acts(self, answer: Answer, cut: Cut) -> Vec<Act> {
        let Answer { deed, untagged, tagged, .. } = answer;
        let half = tagged[..tagged.len() / 2].to_vec();
        let deed = deed.into_iter().map(Act::Do).filter(|_| self != Far::Heard);
        let said: Vec<Vec<u8>> = match self {
            Far::Heard | Far::Done => Vec::new(),
            Far::HalfTold => [untagged, vec![half]].concat(),
            Far::Told => [untagged, vec![tagged]].concat(),
        };
        deed.chain(said.into_iter().map(Act::Say)).chain([Act::Close(cut)]).collect()
    }
}

/// A server that refuses, in one way or another.
const REFUSALS: [(&str, &str); 3] = [
    ("no", "{tag} NO [SERVERBUG] not now\r\n"),
    ("bad", "{tag} BAD what\r\n"),
    ("throttled", "{tag} NO [THROTTLED] slow down\r\n"),
];

type Change = fn(&mut Folder);

const CHANGES: [(&str, Change); 4] = [
    ("one-is-gone", |folder| folder.expunge(0)),
    ("one-arrives", |folder| {
        folder.arrive();
    }),
    ("others-mark-one", |folder| folder.mails.iter_mut().take(1).for_each(|mail| mail.deleted = true)),
    ("numbered-anew", |folder| folder.renumber(8)),
];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in SCENES {
        let mut add = |name: String, fault: Fault| {
            // The answer to a copy may be lost with the connection, or told in a way that nobody can believe.
            let twice = fault.at == Step::Copy;
            cases.push(Case::new(format!("after/{name}"), scene, fault).expecting(|expect| {
                (expect.within, expect.twice) = (WITHIN, twice);
            }));
        };
        for &step in steps(scene) {
            let at = step.name();
            for (cut, how) in CUTS {
                for (far, place) in Far::ALL {
                    let fault = Fault::once(step, move |asked: Asked<'_>| far.acts(asked.answer, cut));
                    add(format!("{how}/{at}-{place}"), fault);
                }
            }
            for (how, words) in REFUSALS {
                add(format!("{how}/{at}"), Fault::once(step, instead(words)));
            }
            add(format!("bye/{at}"), Fault::once(step, then_cut(instead("* BYE going down\r\n"), Cut::Fin)));
            add(format!("warning/{at}"), Fault::once(step, before("* NO [ALERT] the disk is nearly full\r\n")));
            let refused = Fault::once(step, instead("{tag} NO [SERVERBUG] not now\r\n"));
            add(format!("no/{at}-for-an-hour"), refused.lasting(Lasts::For(60 * MINUTES)));
            for (how, change) in CHANGES {
                let fault = Fault::once(step, move |asked| [vec![Act::Change(change)], asked.answer.acts()].concat());
                // Numbers that change under an open folder end the connection, as servers do then.
                if how != "numbered-anew" || step == Step::Select {
                    add(format!("{how}/{at}"), fault);
                }
            }
        }
        // The second connection is the one that changes things.
        for (how, words) in REFUSALS {
            add(format!("{how}/login"), Fault::once(Step::Login, instead(words)).after(1));
        }
        for (cut, how) in CUTS {
            add(format!("{how}/greeting"), Fault::once(Step::Greeting, move |_| vec![Act::Close(cut)]).after(1));
        }
    }
    cases
}
