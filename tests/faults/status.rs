//! Commands end in another way than OK, or in none: refusals, goodbyes, tags that are missing, wrong or doubled, and
//! the words by which servers ask to be left alone.

use std::time::Duration;

use super::case::{Case, Scene};
use super::cut::{SCENES, steps};
use super::fault::{Act, Asked, Cut, Fault, Lasts, Step, before, ending, instead, then_cut};

const MINUTES: Duration = Duration::from_secs(60);

type Made = Box<dyn Fn(Asked<'_>) -> Vec<Act> + Send + Sync>;

/// Every way a command may end but for the right one.
fn endings() -> Vec<(&'static str, Made)> {
    let bye = "* BYE [UNAVAILABLE2] going down\r\n";
    vec![
        ("no", Box::new(instead("{tag} NO [SERVERBUG] not now\r\n"))),
        ("bad", Box::new(instead("{tag} BAD what\r\n"))),
        ("bad-without-words", Box::new(instead("{tag} BAD\r\n"))),
        ("no-after-half", Box::new(ending("{tag} NO [EXPUNGEISSUED] some of the mails no longer exist\r\n"))),
        ("bye", Box::new(then_cut(instead(bye), Cut::Fin))),
        ("bye-after-half", Box::new(then_cut(ending(bye), Cut::Fin))),
        ("bye-and-silence", Box::new(then_cut(instead(bye), Cut::Blackhole))),
        ("no-then-bye", Box::new(then_cut(instead("{tag} NO not now\r\n* BYE later\r\n"), Cut::Fin))),
        ("ok-then-bye", Box::new(then_cut(|asked| and_then(asked, b"* BYE later\r\n"), Cut::Fin))),
        ("no-tag", Box::new(ending(""))),
        ("untagged-ok", Box::new(ending("* OK done\r\n"))),
        ("wrong-tag", Box::new(ending("X9 OK done\r\n"))),
        ("tag-of-another-time", Box::new(ending("T0 OK done\r\n"))),
        ("two-tags", Box::new(|asked| again(asked, "OK done"))),
        ("ok-and-no", Box::new(|asked| again(asked, "NO second thoughts"))),
        ("warning", Box::new(before("* NO [ALERT] the disk is nearly full\r\n* BAD somebody said nonsense\r\n"))),
    ]
}

/// The honest answer, and its tag once more.
fn again(asked: Asked<'_>, second: &str) -> Vec<Act> {
    let line = format!("{} {second}\r\n", asked.answer.tag);
    and_then(asked, line.as_bytes())
}

/// The honest answer, and more behind it.
fn and_then(asked: Asked<'_>, more: &[u8]) -> Vec<Act> {
    let mut acts = asked.answer.acts();
    acts.push(Act::Say(more.to_vec()));
    acts
}

/// Steps that end in a tagged line, each in the scenes where it differs.
fn commands(scene: Scene) -> impl Iterator<Item = Step> {
    let differs = move |step: &Step| match scene {
        Scene::FirstFill => *step != Step::Greeting,
        Scene::CatchUp => matches!(step, Step::Authenticate | Step::Enumerate | Step::Fetch),
        Scene::Arrival => *step != Step::News,
        Scene::Reconnect => false,
        Scene::Large | Scene::Sparse => *step != Step::Enumerate,
        Scene::Plain => matches!(step, Step::LastUid | Step::Fetch),
        _ => false,
    };
    steps(scene).iter().copied().filter(differs)
}

/// What servers say when they want to be left alone, and for how long.
const PATIENCE: [(&str, &str, u64); 10] = [
    ("m365", "NO Request is throttled. Suggested Backoff Time: 299910 milliseconds", 299),
    ("m365-bad", "BAD Request is throttled. Suggested Backoff Time: 61000 milliseconds", 61),
    ("m365-absurd", "NO Request is throttled. Suggested Backoff Time: 999999999999 milliseconds", 3_600),
    ("gmail-bandwidth", "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", 900),
    ("gmail-connections", "NO [ALERT] Too many simultaneous connections. (Failure)", 900),
    ("yahoo", "NO [LIMIT] Rate limit hit", 900),
    ("dovecot", "NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", 900),
    ("unavailable", "NO [UNAVAILABLE] Temporary authentication failure", 900),
    ("in-use", "NO [INUSE] Mailbox in use", 900),
    ("throttled", "NO [THROTTLED] slow down", 900),
];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in SCENES {
        for step in commands(scene) {
            for (name, twist) in endings() {
                cases.push(Case::new(format!("status/{name}/{}", step.name()), scene, Fault::once(step, twist)));
            }
        }
    }
    for step in [Step::Examine, Step::Enumerate, Step::Fetch, Step::Login] {
        for (name, words) in [("no", "{tag} NO [SERVERBUG] not now\r\n"), ("bad", "{tag} BAD what\r\n")] {
            for scene in [Scene::FirstFill, Scene::CatchUp] {
                let fault = Fault::once(step, instead(words)).lasting(Lasts::For(60 * MINUTES));
                let case = Case::new(format!("status/{name}/{}-for-an-hour", step.name()), scene, fault);
                // A mail that was refused is left alone for hours, a folder or an account for minutes.
                let within = if step == Step::Fetch { 6 * 60 * MINUTES } else { 20 * MINUTES };
                cases.push(case.expecting(|expect| expect.within = within));
            }
        }
    }
    cases.extend(throttling());
    cases
}

fn throttling() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, words, seconds) in PATIENCE {
        let alone = Duration::from_secs(seconds);
        let mut add = |step: Step, scene: Scene, twist: Made| {
            let case = Case::new(format!("status/throttled-{name}/{}", step.name()), scene, Fault::once(step, twist));
            cases.push(case.expecting(|expect| {
                (expect.left_alone, expect.within) = (Some(alone), alone + 12 * MINUTES);
                expect.told = Some(&words[words.len() - 12..]);
            }));
        };
        for step in [Step::Login, Step::Examine, Step::Enumerate, Step::Fetch] {
            add(step, Scene::FirstFill, Box::new(instead(format!("{{tag}} {words}\r\n"))));
        }
        add(Step::Search, Scene::Sparse, Box::new(instead(format!("{{tag}} {words}\r\n"))));
        let bye = format!("* BYE {}\r\n", words.split_once(' ').map_or(words, |(_, rest)| rest));
        add(Step::Greeting, Scene::Reconnect, Box::new(then_cut(instead(bye.clone()), Cut::Fin)));
        add(Step::News, Scene::Arrival, Box::new(then_cut(instead(bye), Cut::Fin)));
    }
    cases
}
