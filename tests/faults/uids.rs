//! Numbers that are wrong: UIDs, UIDNEXT, UIDVALIDITY.

use std::time::Duration;

use super::case::{Case, Scene};
use super::fault::{Act, Asked, Fault, Lasts, Step, before, replace, swap};

const SCENES: [Scene; 3] = [Scene::FirstFill, Scene::CatchUp, Scene::Reconnect];
/// What a server hides once is found by the comparison, which is made every six hours.
const COMPARED: Duration = Duration::from_secs(7 * 3_600);

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in SCENES {
        for (name, change) in LISTINGS {
            let fault = Fault::once(Step::Enumerate, move |asked| listing(asked, change));
            let case = Case::new(format!("uids/{name}/enumerate"), scene, fault);
            cases.push(case.expecting(|expect| expect.within = COMPARED));
        }
        for (name, from, to) in [
            ("zero", "(UID ", "(UID 0 X "),
            ("negative", "(UID ", "(UID -"),
            ("too-large", "(UID ", "(UID 4294967296 X "),
            ("way-too-large", "(UID ", "(UID 99999999999999999999 X "),
            ("twice-different", "(UID ", "(UID 4000000000 UID "),
            ("as-text", "(UID ", "(UID \"1\" X "),
        ] {
            for step in [Step::Enumerate, Step::Fetch] {
                let case = Case::new(format!("uids/{name}/{}", step.name()), scene, Fault::once(step, swap(from, to)));
                cases.push(case.expecting(|expect| expect.within = COMPARED));
            }
        }
        for (name, from, to) in [
            ("next-absent", "* OK [UIDNEXT", "* OK [X-UIDNEXT"),
            ("next-zero", "[UIDNEXT ", "[UIDNEXT 0] ["),
            ("next-one", "[UIDNEXT ", "[UIDNEXT 1] ["),
            ("next-two", "[UIDNEXT ", "[UIDNEXT 2] ["),
            ("next-a-little-too-high", "[UIDNEXT ", "[UIDNEXT 60] ["),
            ("next-too-high", "[UIDNEXT ", "[UIDNEXT 1000000] ["),
            ("next-highest", "[UIDNEXT ", "[UIDNEXT 4294967295] ["),
            ("next-too-large", "[UIDNEXT ", "[UIDNEXT 4294967296] ["),
            ("next-no-number", "[UIDNEXT ", "[UIDNEXT x"),
            ("validity-absent", "* OK [UIDVALIDITY", "* OK [X-UIDVALIDITY"),
            ("validity-zero", "[UIDVALIDITY ", "[UIDVALIDITY 0] ["),
            ("validity-other", "[UIDVALIDITY ", "[UIDVALIDITY 99] ["),
            ("validity-too-large", "[UIDVALIDITY ", "[UIDVALIDITY 4294967296] ["),
            ("validity-no-number", "[UIDVALIDITY ", "[UIDVALIDITY x"),
            ("validity-twice", "* OK [UIDVALIDITY 7]", "* OK [UIDVALIDITY 8] once\r\n* OK [UIDVALIDITY 7]"),
            ("exists-none", "EXISTS", "X-EXISTS"),
            ("exists-none-and-next-absent", "EXISTS", "X-EXISTS\r\n* 0 EXISTS"),
            ("exists-too-many", " EXISTS", "0000 EXISTS"),
        ] {
            let fault = Fault::once(Step::Examine, swap(from, to));
            cases.push(Case::new(format!("uids/{name}/examine"), scene, fault.clone()));
            let lasting = fault.lasting(Lasts::For(Duration::from_secs(1_800)));
            cases.push(Case::new(format!("uids/{name}-for-half-an-hour/examine"), scene, lasting));
        }
        cases.extend(renumbered(scene));
    }
    cases
}

type Change = fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>;

const LISTINGS: [(&str, Change); 9] = [
    ("doubled", |lines| lines.iter().flat_map(|line| [line.clone(), line.clone()]).collect()),
    ("backwards", |lines| lines.into_iter().rev().collect()),
    ("first-missing", |lines| lines.into_iter().skip(1).collect()),
    ("last-missing", |mut lines| {
        lines.pop();
        lines
    }),
    ("all-missing", |_| Vec::new()),
    ("only-flags", |lines| lines.iter().map(|line| replace(line, b"RFC822.SIZE ", b"FLAGS () X")).collect()),
    ("unrequested", |mut lines| {
        lines.push(b"* 99 FETCH (UID 4242 RFC822.SIZE 10 INTERNALDATE \"19-Nov-2026 09:12:00 +0100\")\r\n".to_vec());
        lines
    }),
    ("the-last-of-all", |mut lines| {
        lines.insert(0, b"* 99 FETCH (UID 4294967295 RFC822.SIZE 10)\r\n".to_vec());
        lines
    }),
    ("contradicted", |mut lines| {
        lines.extend(lines.clone().iter().map(|line| replace(line, b"RFC822.SIZE ", b"RFC822.SIZE 9")));
        lines
    }),
];

fn listing(asked: Asked<'_>, change: Change) -> Vec<Act> {
    let (mails, other): (Vec<_>, Vec<_>) =
        asked.answer.untagged.iter().cloned().partition(|line| memchr::memmem::find(line, b" FETCH ").is_some());
    let told: Vec<Vec<u8>> = change(mails);
    // What is left out although the answer says OK is the server's lie, not the client's leap.
    asked.folder.denied.extend(asked.answer.listed.iter().copied());
    asked.answer.with_untagged([told, other].concat()).acts()
}

/// Every number changes, at any step, with or without a word about it.
fn renumbered(scene: Scene) -> Vec<Case> {
    let mut cases = Vec::new();
    for step in [Step::Greeting, Step::Examine, Step::Enumerate, Step::Fetch, Step::Idle] {
        let silently = Fault::once(step, |asked| {
            let mut acts = asked.answer.acts();
            // Servers that number anew end the sessions that know the old numbers.
            acts.push(Act::Change(|folder| folder.renumber(8)));
            acts.push(Act::Close(super::fault::Cut::Fin));
            acts
        });
        cases.push(Case::new(format!("uids/renumbered/{}", step.name()), scene, silently));
        if step != Step::Greeting {
            let told = Fault::once(step, before("* OK [UIDVALIDITY 8] numbered anew\r\n"));
            cases.push(Case::new(format!("uids/validity-changes-in-passing/{}", step.name()), scene, told));
        }
    }
    let low = Fault::once(Step::Idle, |asked| {
        // A cluster gives out a number below those it has told of.
        asked.folder.next += 5;
        asked.folder.arrive();
        let acts = asked.answer.acts();
        [
            acts,
            vec![Act::Change(|folder| {
                folder.next -= 4;
                folder.arrive();
                folder.next += 4;
                folder.mails.sort_by_key(|mail| mail.uid);
            })],
        ]
        .concat()
    });
    let case = Case::new("uids/a-late-low-number/idle", scene, low);
    cases.push(case.expecting(|expect| expect.within = COMPARED));
    cases
}
