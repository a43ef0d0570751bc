//! Lengths that are wrong: literals, stated sizes, mails handed over in other clothes or in none.

use std::collections::BTreeSet;
use std::time::Duration;

use super::case::{Case, Scene};
use super::fault::{Act, Asked, Cut, Fault, Lasts, Step, replace, swap};

/// What is stated instead of a size.
type Lie = fn(usize) -> u128;

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, change) in LITERALS {
        for (step, scene) in [
            (Step::Fetch, Scene::FirstFill),
            (Step::Fetch, Scene::CatchUp),
            (Step::Fetch, Scene::Arrival),
            (Step::Parts, Scene::Large),
        ] {
            let fault = Fault::once(step, move |asked| literals(asked, change));
            cases.push(Case::new(format!("sizes/literal-{name}/{}", step.name()), scene, fault));
        }
    }
    for (name, size) in [
        ("nothing", "0"),
        ("one", "1"),
        ("tenfold", "1234567"),
        ("two-to-32", "4294967296"),
        ("two-to-64", "18446744073709551616"),
        ("negative", "-1"),
        ("nil", "NIL"),
        ("forty-megabytes", "41943040"),
        ("seventy-thousand", "70000"),
    ] {
        for scene in [Scene::FirstFill, Scene::CatchUp, Scene::Large] {
            let fault = Fault::once(Step::Enumerate, move |asked| sizes(asked, size));
            let case = Case::new(format!("sizes/stated-{name}/enumerate"), scene, fault);
            // What is stated to be too large is fetched at its beginning only, which holds these mails whole.
            cases.push(case);
        }
    }
    cases.extend(clothes());
    cases
}

const LITERALS: [(&str, Lie); 10] = [
    ("shorter-by-one", |size| size as u128 - 1),
    ("shorter-by-ten", |size| size as u128 - 10),
    ("half", |size| size as u128 / 2),
    ("longer-by-one", |size| size as u128 + 1),
    ("longer-by-ten", |size| size as u128 + 10),
    ("twice", |size| size as u128 * 2),
    ("nothing", |_| 0),
    ("two-to-32-less-one", |_| 4_294_967_295),
    ("hundred-billions", |_| 100_000_000_000),
    ("two-to-100", |_| 1 << 100),
];

/// Every literal announced as another size; the connection ends behind the answer.
fn literals(asked: Asked<'_>, change: Lie) -> Vec<Act> {
    let mut bytes = Vec::new();
    for response in &asked.answer.untagged {
        let mut rest = response.as_slice();
        while let Some((before, size, after)) = announced(rest) {
            bytes.extend_from_slice(before);
            bytes.extend_from_slice(format!("{{{}}}\r\n", change(size)).as_bytes());
            let (literal, behind) = after.split_at(size.min(after.len()));
            bytes.extend_from_slice(literal);
            rest = behind;
        }
        bytes.extend_from_slice(rest);
    }
    bytes.extend_from_slice(&asked.answer.tagged);
    vec![Act::Say(bytes), Act::Close(Cut::Fin)]
}

/// The text before a literal, its size, and what follows its announcement.
fn announced(bytes: &[u8]) -> Option<(&[u8], usize, &[u8])> {
    let open = bytes.iter().position(|byte| *byte == b'{')?;
    let end = memchr::memmem::find(&bytes[open..], b"}\r\n")? + open;
    let size = std::str::from_utf8(&bytes[open + 1..end]).ok()?.parse().ok()?;
    Some((&bytes[..open], size, &bytes[end + 3..]))
}

/// Every stated size another.
fn sizes(asked: Asked<'_>, size: &str) -> Vec<Act> {
    let line = |line: &Vec<u8>| {
        let text = String::from_utf8_lossy(line);
        let Some((before, after)) = text.split_once("RFC822.SIZE ") else { return line.clone() };
        let (_, rest) = after.split_once(' ').unwrap_or_default();
        format!("{before}RFC822.SIZE {size} {rest}").into_bytes()
    };
    let untagged = asked.answer.untagged.iter().map(line).collect();
    asked.answer.with_untagged(untagged).acts()
}

/// The mail's text in another form, or in none.
fn clothes() -> Vec<Case> {
    const OTHER: [(&str, &str, &str); 8] = [
        ("literal8", "BODY[] {", "BODY[] ~{"),
        ("partial", "BODY[] ", "BODY[]<0> "),
        ("lower-case", " FETCH (UID", " fetch (uid"),
        ("flags-first", "(UID", "(FLAGS () UID"),
        ("body-header", "BODY[] ", "BODY[HEADER] "),
        ("rfc822", "BODY[] ", "RFC822 "),
        ("no-uid", "UID ", "X-UID "),
        ("two-uids", "(UID", "(UID 77 UID"),
    ];
    let mut cases = Vec::new();
    for scene in [Scene::FirstFill, Scene::CatchUp, Scene::Arrival] {
        for (name, from, to) in OTHER {
            cases.push(Case::new(format!("sizes/{name}/fetch"), scene, Fault::once(Step::Fetch, swap(from, to))));
        }
        cases.push(Case::new("sizes/quoted/fetch", scene, Fault::once(Step::Fetch, quoted)));
        let first = scene.new_mails().first().copied().unwrap_or(1);
        for (name, text) in [("nil", "NIL"), ("empty", "\"\""), ("empty-literal", "{0}\r\n")] {
            let fault = Fault::once(Step::Fetch, move |asked| without_text(asked, first, text));
            cases.push(Case::new(format!("sizes/body-{name}/fetch"), scene, fault));
        }
        // A mail whose text never comes is given up at the third failure, and holds up no other.
        let poison = Fault::once(Step::Fetch, move |asked| without_text(asked, first, "NIL"));
        let poison = poison.lasting(Lasts::For(Duration::from_secs(24 * 3_600)));
        cases.push(Case::new("sizes/body-nil-for-a-day/fetch", scene, poison).expecting(|expect| {
            expect.quarantined = Some((BTreeSet::from([first]), "without its text"));
        }));
    }
    cases
}

/// Every text as a quoted string, its quotes and backslashes escaped.
fn quoted(asked: Asked<'_>) -> Vec<Act> {
    let response = |response: &Vec<u8>| match announced(response) {
        Some((before, size, after)) => {
            let text = replace(&replace(&after[..size], b"\\", b"\\\\"), b"\"", b"\\\"");
            [before, b"\"", &text, b"\"", &after[size..]].concat()
        }
        None => response.clone(),
    };
    let untagged = asked.answer.untagged.iter().map(response).collect();
    asked.answer.with_untagged(untagged).acts()
}

/// One mail told of with this in the place of its text.
fn without_text(asked: Asked<'_>, number: usize, text: &str) -> Vec<Act> {
    let subject = format!("Subject: Mail {number}\r\n");
    let response = |response: &Vec<u8>| match announced(response) {
        Some((before, size, after)) if memchr::memmem::find(after, subject.as_bytes()).is_some() => {
            [before, text.as_bytes(), &after[size..]].concat()
        }
        _ => response.clone(),
    };
    let untagged = asked.answer.untagged.iter().map(response).collect();
    asked.answer.with_untagged(untagged).acts()
}
