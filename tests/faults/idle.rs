//! What goes wrong while nothing goes on: IDLE refused, ended, never ended, too talkative, too late.

use std::time::Duration;

use super::case::{Case, Scene};
use super::fault::{Act, Asked, Cut, Fault, Lasts, Step, before, ending, instead, then_cut};
use super::server::Traits;

const HOUR: Duration = Duration::from_secs(3_600);

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in [Scene::FirstFill, Scene::CatchUp, Scene::Reconnect] {
        for (name, fault) in faults() {
            cases.push(Case::new(format!("idle/{name}/idle"), scene, fault));
        }
    }
    for (name, fault) in news() {
        cases.push(Case::new(format!("idle/{name}/news"), Scene::Arrival, fault));
    }
    for (name, fault) in endings() {
        cases.push(Case::new(format!("idle/{name}/done"), Scene::Arrival, fault));
    }
    let throttled = Fault::once(Step::Done, ending("{tag} NO [LIMIT] too much\r\n"));
    let throttled = Case::new("idle/done-with-a-throttle/done", Scene::Arrival, throttled);
    cases.push(throttled.expecting(|expect| {
        let quarter = Duration::from_secs(900);
        (expect.left_alone, expect.within) = (Some(quarter), 2 * quarter);
    }));
    cases.extend(sessions());
    cases
}

type Named = (&'static str, Fault);

/// At the beginning of IDLE.
fn faults() -> Vec<Named> {
    let at = |twist: fn(Asked<'_>) -> Vec<Act>| Fault::once(Step::Idle, twist);
    let for_ever = |words: &'static str| Fault::once(Step::Idle, instead(words)).lasting(Lasts::For(HOUR));
    vec![
        ("refused-for-an-hour", for_ever("{tag} NO not now\r\n")),
        ("bad-without-words-for-an-hour", for_ever("{tag} BAD\r\n")),
        ("ended-at-once-for-an-hour", for_ever("+ idling\r\n{tag} OK enough\r\n")),
        ("ended-with-no", at(|asked| instead("+ idling\r\n{tag} NO enough\r\n")(asked))),
        ("ok-without-plus", at(|asked| instead("{tag} OK done\r\n")(asked))),
        ("plus-without-words", at(|asked| instead("+\r\n")(asked))),
        ("two-pluses", at(|asked| instead("+ idling\r\n+ idling\r\n")(asked))),
        ("announced-before-plus", at(|asked| arriving(asked, true))),
        ("announced-with-plus", at(|asked| arriving(asked, false))),
        ("announced-and-nothing-there", at(|asked| instead("+ idling\r\n* 99 EXISTS\r\n")(asked))),
        ("announced-and-nothing-there-for-an-hour", for_ever("+ idling\r\n* 99 EXISTS\r\n")),
        ("announced-nought", at(|asked| instead("+ idling\r\n* 0 EXISTS\r\n")(asked))),
        ("expunged-and-announced", at(|asked| instead("+ idling\r\n* 1 EXPUNGE\r\n* 5 EXISTS\r\n")(asked))),
        ("expunged-more-than-there-are", at(|asked| instead("+ idling\r\n* 99 EXPUNGE\r\n* 0 EXPUNGE\r\n")(asked))),
        ("flags-of-others", at(|asked| instead("+ idling\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 1 RECENT\r\n")(asked))),
        ("bye", at(|asked| then_cut(instead("+ idling\r\n* BYE idle for too long\r\n"), Cut::Fin)(asked))),
        ("closed-after-five-minutes", at(|asked| lasting(asked, 300, Cut::Fin))),
        ("reset-after-five-minutes", at(|asked| lasting(asked, 300, Cut::Rst))),
        ("forgotten-by-a-router", at(|asked| lasting(asked, 300, Cut::Blackhole))),
        ("still-here-every-two-minutes", at(|asked| still_here(asked, 120))),
        ("still-here-every-second", at(|asked| still_here(asked, 1))),
        ("uidvalidity-in-passing", at(|asked| instead("+ idling\r\n* OK [UIDVALIDITY 9] anew\r\n")(asked))),
        ("capability-in-passing", at(|asked| instead("+ idling\r\n* CAPABILITY IMAP4rev1\r\n")(asked))),
        ("alert-in-passing", at(|asked| instead("+ idling\r\n* NO [ALERT] quota at 99%\r\n")(asked))),
    ]
}

/// When mail is announced.
fn news() -> Vec<Named> {
    let at = |twist: fn(Asked<'_>) -> Vec<Act>| Fault::once(Step::News, twist);
    vec![
        ("not-announced", at(|_| Vec::new())),
        ("announced-twice", at(|asked| [asked.answer.clone().acts(), asked.answer.acts()].concat())),
        ("announced-byte-by-byte", at(|asked| vec![Act::Drip(asked.answer.bytes(), Duration::from_secs(2))])),
        ("announced-without-end", at(|_| vec![Act::Say(b"* 5 EXI".to_vec())])),
        ("only-recent", at(|asked| instead("* 2 RECENT\r\n")(asked))),
        ("too-few", at(|asked| instead("* 1 EXISTS\r\n")(asked))),
        ("too-many", at(|asked| instead("* 4294967295 EXISTS\r\n")(asked))),
        ("more-than-numbers-hold", at(|asked| instead("* 4294967296 EXISTS\r\n")(asked))),
        (
            "ended-by-the-server",
            at(|asked| [asked.answer.acts(), vec![Act::Say(b"T99 OK enough\r\n".to_vec())]].concat()),
        ),
        ("expunge-in-one-batch", at(|asked| before("* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n")(asked))),
        (
            "arrives-and-leaves",
            at(|asked| [asked.answer.acts(), vec![Act::Change(|folder| drop(folder.mails.pop()))]].concat()),
        ),
    ]
}

/// When the client has had enough.
fn endings() -> Vec<Named> {
    let at = |twist: fn(Asked<'_>) -> Vec<Act>| Fault::once(Step::Done, twist);
    vec![
        ("done-ignored", at(|_| Vec::new())),
        ("done-ignored-for-an-hour", at(|_| Vec::new()).lasting(Lasts::For(HOUR))),
        ("done-refused", at(|asked| ending("{tag} NO what\r\n")(asked))),
        ("done-bad", at(|asked| ending("{tag} BAD what\r\n")(asked))),
        ("done-late", at(|asked| [vec![Act::Wait(Duration::from_secs(10))], asked.answer.acts()].concat())),
        ("done-too-late", at(|asked| [vec![Act::Wait(Duration::from_secs(60))], asked.answer.acts()].concat())),
        ("done-answered-by-bye", at(|asked| then_cut(instead("* BYE\r\n"), Cut::Fin)(asked))),
        ("done-with-a-plus", at(|asked| before("+ what\r\n")(asked))),
        ("done-with-more-mail", at(|asked| before("* 6 EXISTS\r\n")(asked))),
    ]
}

/// Sessions that servers end at times of their own, and clients before them.
fn sessions() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, hours) in [("after-an-hour", 1), ("after-a-day", 24)] {
        for cut in [Cut::Fin, Cut::Rst, Cut::Blackhole] {
            let fault = Fault::once(Step::Idle, move |asked| vec![Act::Say(asked.answer.bytes()), Act::Close(cut)]);
            // One IDLE lasts nine minutes: the server lets this many pass.
            let fault = fault.after(hours * 6);
            let case =
                Case::new(format!("idle/session-ended-{name}-{cut:?}/idle").to_lowercase(), Scene::FirstFill, fault);
            cases.push(case.tuned(move |mut settings| {
                settings.patience.session = Duration::from_secs(48 * 3_600);
                settings
            }));
        }
    }
    let renewed = Fault::once(Step::Greeting, |asked| asked.answer.acts()).after(1);
    cases.push(Case::new("idle/session-made-anew-by-us/greeting", Scene::FirstFill, renewed));
    let polled = Fault::once(Step::Examine, instead("{tag} NO not now\r\n")).after(5);
    let traits = Traits { capabilities: "IMAP4rev1", ..Traits::ordinary() };
    cases.push(Case::new("idle/polled-instead/examine", Scene::FirstFill, polled).at(traits));
    cases
}

/// A mail arrives between our IDLE and the server's `+`.
fn arriving(asked: Asked<'_>, before: bool) -> Vec<Act> {
    asked.folder.arrive();
    let exists = format!("* {} EXISTS\r\n", asked.folder.mails.len());
    let said = if before { format!("{exists}+ idling\r\n") } else { format!("+ idling\r\n{exists}") };
    vec![Act::Say(said.into_bytes())]
}

fn lasting(asked: Asked<'_>, seconds: u64, cut: Cut) -> Vec<Act> {
    let wait = Act::Wait(Duration::from_secs(seconds));
    [asked.answer.acts(), vec![wait, Act::Close(cut)]].concat()
}

/// A sign of life again and again, and no word of the mail that arrives; nobody listens to DONE meanwhile.
fn still_here(asked: Asked<'_>, seconds: u64) -> Vec<Act> {
    let sign = [Act::Wait(Duration::from_secs(seconds)), Act::Say(b"* OK Still here\r\n".to_vec())];
    let signs = std::iter::repeat_n(sign, (1_200 / seconds) as usize).flatten();
    asked.answer.acts().into_iter().chain(signs).collect()
}
