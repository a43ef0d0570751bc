//! What must hold whatever a server does. Judged by the server's own log and by the record in the end; the client is
//! never asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use touchbase::inbox::State;

use super::done::{Done, Lies};
use super::log::{Entry, Event};
use super::office::Seen;
use super::record::Record;
use super::server::STORM;

/// The password, which nobody may ever read anywhere.
pub const SECRET: &str = "s3cret-canary";
const MINUTE: Duration = Duration::from_secs(60);
/// Mails that may be fetched alone.
const ALONE: usize = 100;
/// What is asked twice within this was asked for one reason. A clock of whole seconds is waited for longer.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What else is to be expected of a case, where it is not that all is well in the end.
#[derive(Debug, Clone)]
pub struct Expect {
    /// How long after the end of the fault everything is on record.
    pub within: Duration,
    /// Mails, by number, that end in the quarantine, and what its reason says.
    pub quarantined: Option<(BTreeSet<usize>, &'static str)>,
    /// For so long after the fault first struck nobody connects.
    pub left_alone: Option<Duration>,
    /// The most logins after the first strike, however long it lasts.
    pub logins: Option<usize>,
    /// While the fault lasts, nobody says who they are.
    pub no_login: bool,
    /// The most bytes taken over one connection.
    pub bytes: u64,
    /// What a person is told meanwhile.
    pub told: Option<&'static str>,
    /// The answer to a copy was lost: no command of IMAP tells whether it was made, so it may be there twice.
    pub twice: bool,
}

impl Default for Expect {
    fn default() -> Expect {
        Expect {
            // One IDLE lasts nine minutes; whatever is lost in it is found then.
            within: 12 * MINUTE,
            quarantined: None,
            left_alone: None,
            logins: None,
            no_login: false,
            bytes: 3 * 1024 * 1024,
            told: None,
            twice: false,
        }
    }
}

/// Everything known about a case that was run.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The server's log.
    pub log: Vec<Entry>,
    /// Number and UID of every mail that is there in the end.
    pub present: Vec<(usize, u64)>,
    /// UIDVALIDITY in the end.
    pub validity: u64,
    /// The number of every mail there ever was.
    pub ever: BTreeSet<usize>,
    /// Mails the server denied.
    pub denied: BTreeSet<usize>,
    /// What was done to settled mails.
    pub done: Done,
    /// The record.
    pub record: Record,
    /// What each start of the watch asked its ledger.
    pub seen: Vec<Seen>,
    /// How the watch ended, if not because it was asked to.
    pub ended: Option<String>,
    /// How often the fault struck.
    pub struck: u32,
    /// When it was over.
    pub well: Duration,
    /// When everything was on record and the folder quiet.
    pub caught_up: Option<Duration>,
    /// The most bytes taken over one connection.
    pub taken: u64,
}

/// Everything that does not hold; empty when all is well.
pub fn violations(evidence: &Evidence, expect: &Expect) -> Vec<String> {
    let mut wrong = Vec::new();
    if evidence.struck == 0 {
        wrong.push("the fault never struck: this case shows nothing".to_owned());
    }
    no_loss(evidence, expect, &mut wrong);
    no_doubles(evidence, &mut wrong);
    done(evidence, expect, &mut wrong);
    read_only(evidence, &mut wrong);
    liveness(evidence, expect, &mut wrong);
    back_off(evidence, expect, &mut wrong);
    frugal(evidence, &mut wrong);
    no_panic(evidence, &mut wrong);
    bounded(evidence, expect, &mut wrong);
    told(evidence, expect, &mut wrong);
    wrong
}

/// Every mail that is there is on record, or in the quarantine if that is where it has to be; and the cursor never
/// passed one that nobody had told of.
fn no_loss(evidence: &Evidence, expect: &Expect, wrong: &mut Vec<String>) {
    let (held, why) = expect.quarantined.clone().unwrap_or_default();
    let rows = &evidence.record.deliveries;
    for (number, uid) in &evidence.present {
        let recorded = evidence.record.interactions.contains_key(&format!("Mail {number}"));
        let row = rows.iter().rfind(|row| (row.validity, row.uid) == (evidence.validity as i64, *uid as i64));
        if held.contains(number) {
            let is_held = row.is_some_and(|row| row.outcome == "unreadable" && row.reason.contains(why));
            if !is_held {
                wrong.push(format!("mail {number} is not in the quarantine for {why:?}: {row:?}"));
            }
        } else if !recorded && !evidence.denied.contains(number) {
            wrong.push(format!("mail {number} (UID {uid}) is lost: {row:?}"));
        } else if row.is_some_and(|row| row.state == "vanished") {
            wrong.push(format!("mail {number} (UID {uid}) is there and said to have vanished"));
        }
    }
    for row in rows.iter().filter(|row| row.state == "pending") {
        wrong.push(format!("UID {} is not settled: {row:?}", row.uid));
    }
    let unreadable = rows.iter().filter(|row| row.outcome == "unreadable").count();
    if unreadable > held.len() {
        wrong.push(format!("{unreadable} mails in the quarantine: {rows:?}"));
    }
    wrong.extend(evidence.seen.iter().flat_map(|seen| seen.passed.clone()));
    if evidence.record.integrity != "ok" {
        wrong.push(format!("the store is damaged: {}", evidence.record.integrity));
    }
}

/// Nothing is there twice, and nothing that was never sent.
fn no_doubles(evidence: &Evidence, wrong: &mut Vec<String>) {
    let genuine: BTreeSet<String> = evidence.ever.iter().map(|number| format!("Mail {number}")).collect();
    for (subject, count) in &evidence.record.interactions {
        if !genuine.contains(subject) {
            wrong.push(format!("{subject:?} is on record and was never sent"));
        } else if *count != 1 {
            wrong.push(format!("{subject:?} is on record {count} times"));
        }
    }
    for (ticket, times) in evidence.seen.iter().flat_map(|seen| &seen.handed) {
        if *times > 1 {
            wrong.push(format!("delivery {ticket} was handed over {times} times"));
        }
    }
}

/// What was to be done to settled mails is done to every one of them, once, and never before it was on record.
fn done(evidence: &Evidence, expect: &Expect, wrong: &mut Vec<String>) {
    for entry in evidence.log.iter().filter(|entry| matches!(entry.event, Event::Premature(_))) {
        wrong.push(format!("something was to be done to mails that are not on record: {:?}", entry.event));
    }
    let Some(wished) = evidence.done.wished else { return };
    for (number, lies) in &evidence.done.lie {
        let there = if expect.twice { lies.there.min(1) } else { lies.there };
        // What others have marked is their business.
        let deleted = lies.deleted && wished.deleted;
        if (Lies { there, deleted, ..*lies }) != wished {
            wrong.push(format!("mail {number} lies as {lies:?}, not as {wished:?}"));
        }
        if !evidence.record.interactions.contains_key(&format!("Mail {number}")) {
            wrong.push(format!("mail {number} is lost"));
        }
    }
    if evidence.record.owed > 0 {
        wrong.push(format!("{} mails are still owed something", evidence.record.owed));
    }
}

/// The server heard nothing but what only reads; where settled mails are to be changed, nothing but that besides.
fn read_only(evidence: &Evidence, wrong: &mut Vec<String>) {
    const READS: [&str; 15] = [
        // `*` gives up an AUTHENTICATE.
        "*",
        "CAPABILITY",
        "STARTTLS",
        "LOGIN ",
        "AUTHENTICATE ",
        "(words)",
        "ID ",
        "LIST ",
        "EXAMINE ",
        "UID SEARCH ",
        "UID FETCH ",
        "FETCH ",
        "NOOP",
        "IDLE",
        "LOGOUT",
    ];
    const CHANGES: [&str; 6] = ["SELECT ", "UID STORE ", "UID EXPUNGE ", "UID MOVE ", "UID COPY ", "CREATE \"Done\""];
    let changes = if evidence.done.wished.is_some() { &CHANGES[..] } else { &[] };
    for entry in &evidence.log {
        let Event::Heard(line) = &entry.event else { continue };
        let reads = line == "DONE" || READS.iter().chain(changes).any(|verb| line.starts_with(verb));
        if !reads || line.contains("BODY[") || line.contains("RFC822 ") || line.contains("RFC822.TEXT") {
            wrong.push(format!("the client said {line:?}, which does not only read"));
        }
        if line.contains(SECRET) {
            wrong.push("the client said its password where it was not asked for".to_owned());
        }
    }
}

fn liveness(evidence: &Evidence, expect: &Expect, wrong: &mut Vec<String>) {
    match evidence.caught_up {
        None => wrong.push(format!("not caught up {:?} after the fault was over", expect.within)),
        Some(at) if at > evidence.well + expect.within => {
            wrong.push(format!("caught up {:?} after the fault was over", at - evidence.well));
        }
        Some(_) => {}
    }
}

/// A folder is not opened twice for nothing, nor asked about before it is open: servers may look at every file of it for
/// that. Mails whose connection broke are fetched together again, as the attempt of each was given back.
fn frugal(evidence: &Evidence, wrong: &mut Vec<String>) {
    let mut last: BTreeMap<usize, (Duration, bool)> = BTreeMap::new();
    let mut opened = BTreeSet::new();
    for entry in &evidence.log {
        let Event::Heard(line) = &entry.event else { continue };
        let opens = line.starts_with("EXAMINE ");
        if opens {
            opened.insert(entry.connection);
        } else if line.starts_with("LIST ") && !opened.contains(&entry.connection) {
            wrong.push(format!("connection {} asked for the folder's attributes with nothing new", entry.connection));
        }
        let before = last.insert(entry.connection, (entry.at, opens));
        if opens && before.is_some_and(|(at, opened)| opened && entry.at < at + AT_ONCE) {
            wrong.push(format!("connection {} opened the folder twice at once", entry.connection));
        }
    }
    let is_alone = |line: &str| {
        let asked = line.strip_prefix("UID FETCH ").and_then(|rest| rest.split_once(" (UID BODY.PEEK[]"));
        asked.is_some_and(|(uids, _)| uids.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let alone = evidence.log.iter().filter(|entry| matches!(&entry.event, Event::Heard(line) if is_alone(line)));
    let alone = alone.count();
    if alone > ALONE {
        wrong.push(format!("{alone} mails were fetched each alone"));
    }
}

/// A server in trouble is not stormed.
fn back_off(evidence: &Evidence, expect: &Expect, wrong: &mut Vec<String>) {
    let starts = evidence.seen.len();
    let heard = evidence.log.iter().filter(|entry| matches!(entry.event, Event::Heard(_))).count();
    if heard > STORM {
        wrong.push(format!("{heard} commands: a storm"));
    }
    let (mut connections, mut logins, mut shown) = (0, BTreeSet::new(), 0);
    for entry in &evidence.log {
        let seconds = entry.at.as_secs() as usize;
        match &entry.event {
            Event::Opened => connections += 1,
            Event::Heard(line) if is_login(line) => {
                logins.insert(entry.connection);
                shown += 1;
            }
            _ => continue,
        }
        let storms = [
            (connections > starts * 10 + seconds / 10, connections, "connections"),
            (logins.len() > starts * 5 + seconds / 20, logins.len(), "logins"),
            // A token that is refused is renewed and shown once more over the same connection.
            (shown > 2 * logins.len(), shown, "logins over too few connections"),
        ];
        if let Some((_, count, what)) = storms.iter().find(|(storms, ..)| *storms) {
            wrong.push(format!("{count} {what} in {seconds} s"));
            break;
        }
    }
    let struck = |entry: &Entry| entry.event == Event::Struck;
    let (Some(first), Some(last)) = (evidence.log.iter().position(struck), evidence.log.iter().rposition(struck))
    else {
        return;
    };
    let began = evidence.log[first].at;
    let opened = evidence.log.iter().skip(first).find(|entry| entry.event == Event::Opened);
    if let (Some(alone), Some(opened)) = (expect.left_alone, opened)
        && opened.at < began + alone
    {
        wrong.push(format!("asked to be left alone for {alone:?}, connected after {:?}", opened.at - began));
    }
    if let Some(most) = expect.logins.or(expect.no_login.then_some(0)) {
        let lasting = evidence.log[first..=last].iter();
        let tries = lasting.filter(|entry| matches!(&entry.event, Event::Heard(line) if is_login(line))).count();
        if tries > most {
            wrong.push(format!("{tries} logins while it was refused, at most {most} are right"));
        }
    }
}

fn is_login(line: &str) -> bool {
    line.starts_with("LOGIN") || line.starts_with("AUTHENTICATE")
}

fn no_panic(evidence: &Evidence, wrong: &mut Vec<String>) {
    wrong.extend(evidence.ended.iter().map(|how| format!("the watch ended by itself: {how}")));
    for reason in reasons(evidence).filter(|reason| reason.contains("reading the server's answer failed")) {
        wrong.push(format!("a panic ended the connection: {reason}"));
    }
}

fn bounded(evidence: &Evidence, expect: &Expect, wrong: &mut Vec<String>) {
    if evidence.taken > expect.bytes {
        wrong.push(format!("{} bytes were taken over one connection, {} are enough", evidence.taken, expect.bytes));
    }
}

/// A person is told what they need, and nothing secret.
fn told(evidence: &Evidence, expect: &Expect, wrong: &mut Vec<String>) {
    for reason in reasons(evidence) {
        if reason.contains(SECRET) || reason.chars().any(char::is_control) || reason.chars().count() > 500 {
            wrong.push(format!("no words for a person: {reason:?}"));
        }
    }
    if let Some(words) = expect.told
        && !reasons(evidence).any(|reason| reason.contains(words))
    {
        let said: Vec<&str> = reasons(evidence).collect();
        wrong.push(format!("nobody is told of {words:?}: {said:?}"));
    }
}

fn reasons(evidence: &Evidence) -> impl Iterator<Item = &str> {
    evidence.seen.iter().flat_map(|seen| &seen.states).filter_map(|state| match state {
        State::Waiting { reason, .. } => Some(reason.as_str()),
        _ => None,
    })
}
