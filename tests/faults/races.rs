//! Other people use the mailbox at the same time: mails arrive, leave and move between any two answers.

use super::case::{Case, Scene};
use super::fault::{Act, Asked, Cut, Fault, Step, instead};
use super::folder::Folder;

type Change = fn(&mut Folder);
type Way = fn(Asked<'_>) -> Vec<Act>;

const CHANGES: [(&str, Change); 7] = [
    ("one-arrives", |folder| {
        folder.arrive();
    }),
    ("thirty-arrive", |folder| {
        for _ in 0..30 {
            folder.arrive();
        }
    }),
    ("first-leaves", |folder| folder.expunge(0)),
    ("last-leaves", |folder| folder.expunge(folder.mails.len().saturating_sub(1))),
    ("all-leave", |folder| folder.mails.clear()),
    ("one-leaves-and-one-arrives", |folder| {
        folder.expunge(0);
        folder.arrive();
    }),
    ("one-moves-away-and-back", |folder| {
        // It comes back as another UID, with the same bytes.
        if let Some(mut mail) = folder.mails.pop() {
            mail.uid = folder.next;
            folder.next += 1;
            folder.mails.push(mail);
        }
    }),
];

const SCENES: [(Scene, &[Step]); 4] = [
    (Scene::FirstFill, &[Step::List, Step::Examine, Step::Enumerate, Step::Fetch, Step::Idle]),
    (Scene::CatchUp, &[Step::Examine, Step::Enumerate, Step::Fetch, Step::Idle]),
    (Scene::Arrival, &[Step::News, Step::Done, Step::Enumerate, Step::Fetch, Step::Idle]),
    (Scene::Plain, &[Step::Examine, Step::LastUid, Step::Enumerate, Step::Fetch]),
];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (scene, steps) in SCENES {
        for &step in steps {
            for (name, change) in CHANGES {
                let before = Fault::once(step, move |asked| {
                    // Computed before, said after: the answer is as old as answers are.
                    [vec![Act::Change(change)], asked.answer.acts()].concat()
                });
                cases.push(Case::new(format!("races/{name}-before/{}", step.name()), scene, before));
                let behind = Fault::once(step, move |asked| [asked.answer.acts(), vec![Act::Change(change)]].concat());
                cases.push(Case::new(format!("races/{name}-after/{}", step.name()), scene, behind));
            }
        }
        for (name, twist) in FETCHES {
            cases.push(Case::new(format!("races/{name}/fetch"), scene, Fault::once(Step::Fetch, twist)));
        }
    }
    cases
}

/// A mail leaves while it is fetched, told in each of the ways servers have (RFC 2180, 4.1).
const FETCHES: [(&str, Way); 5] = [
    ("gone-and-left-out", |asked| gone(asked, |_| None)),
    ("gone-and-nil", |asked| gone(asked, |uid| Some(format!("* 1 FETCH (UID {uid} BODY[] NIL)\r\n")))),
    ("gone-and-empty", |asked| gone(asked, |uid| Some(format!("* 1 FETCH (UID {uid} BODY[] \"\")\r\n")))),
    ("gone-and-refused", |asked| {
        asked.folder.expunge(asked.folder.mails.len().saturating_sub(1));
        instead("{tag} NO Some of the requested messages no longer exist\r\n")(asked)
    }),
    ("gone-and-cut", |asked| {
        asked.folder.expunge(asked.folder.mails.len().saturating_sub(1));
        vec![Act::Say(b"* BYE selected mailbox is being changed\r\n".to_vec()), Act::Close(Cut::Fin)]
    }),
];

/// The last mail leaves, and its response becomes another, or none.
fn gone(asked: Asked<'_>, instead: fn(u64) -> Option<String>) -> Vec<Act> {
    let Some(mail) = asked.folder.mails.pop() else { return asked.answer.acts() };
    let start = format!("FETCH (UID {} ", mail.uid);
    let response = |response: &Vec<u8>| match memchr::memmem::find(response, start.as_bytes()) {
        Some(_) => instead(mail.uid).map(String::into_bytes),
        None => Some(response.clone()),
    };
    let untagged = asked.answer.untagged.iter().filter_map(response).collect();
    asked.answer.with_untagged(untagged).acts()
}
