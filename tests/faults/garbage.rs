//! Bytes that are no IMAP, or IMAP as nobody should say it.

use std::time::Duration;

use super::case::{Case, Scene};
use super::fault::{Act, Answer, Asked, Cut, Fault, Step, before, instead, swap, then_cut};

/// Lines that may stand between any two others and mean nothing to us; many close or panic the library alone.
const REMARKS: [(&str, &[u8]); 30] = [
    ("esearch", b"* ESEARCH (TAG \"x\") UID ALL 1:3\r\n"),
    ("namespace", b"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"),
    ("language", b"* LANGUAGE (EN)\r\n"),
    ("unknown-word", b"* XYZZY nothing happens\r\n"),
    ("status-unknown-item", b"* STATUS INBOX (SIZE 1 MAILBOXID (x))\r\n"),
    ("list-extended", b"* LIST () \"/\" INBOX (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"),
    ("rev2-capability", b"* CAPABILITY IMAP4rev2 IDLE\r\n"),
    ("bare-lf", b"* OK bare\n"),
    ("empty-line", b"\r\n"),
    ("many-empty-lines", b"\n\r\n\n\r\n"),
    ("nul", b"* OK a\0b\r\n"),
    ("nul-line", b"\0\0\0\r\n"),
    ("eight-bit-words", b"* OK \xfc\xf6\xe4 \xff\xfe\r\n"),
    ("eight-bit-line", b"\xff\xfe\xfd\r\n"),
    ("code-and-letter", "* OK [ALERT]é…\r\n".as_bytes()),
    ("code-never-closed", b"* OK [UNSEEN\r\n"),
    ("code-unknown", b"* OK [XHIGHESTMODSEQ ((((] words\r\n"),
    ("metadata", b"* METADATA INBOX (/shared/comment \"\xff\")\r\n"),
    ("vanished", b"* VANISHED (EARLIER) 41,43:116\r\n"),
    ("enabled", b"* ENABLED CONDSTORE\r\n"),
    ("flags-of-a-mail", b"* 1 FETCH (FLAGS (\\Seen) MODSEQ (12))\r\n"),
    ("fetch-of-nothing", b"* 1 FETCH ()\r\n"),
    ("fetch-nested", b"* 1 FETCH (X ((((((((((((((((((((1))))))))))))))))))))\r\n"),
    ("fetch-unclosed", b"* 1 FETCH (UID\r\n"),
    ("fetch-no-number", b"* FETCH (UID 1)\r\n"),
    ("search-uninvited", b"* SEARCH 1 2 99\r\n"),
    ("literal-in-words", b"* OK see {5}\r\n"),
    ("literal8", b"* 1 FETCH (BINARY[1] ~{3}\r\na\0b)\r\n"),
    ("star-alone", b"*\r\n"),
    ("words-alone", b"Nov 22 06:25:00 imapd[42]: warning: something\r\n"),
];

const PLACES: [(Step, Scene); 7] = [
    (Step::Login, Scene::FirstFill),
    (Step::Examine, Scene::FirstFill),
    (Step::Enumerate, Scene::FirstFill),
    (Step::Fetch, Scene::CatchUp),
    (Step::Search, Scene::Sparse),
    (Step::Structure, Scene::Large),
    (Step::News, Scene::Arrival),
];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, remark) in REMARKS {
        for (step, scene) in PLACES {
            let fault = Fault::once(step, before(remark));
            cases.push(Case::new(format!("garbage/{name}/{}", step.name()), scene, fault));
        }
    }
    cases.extend(odd_words());
    cases.extend(floods());
    cases.extend(random());
    cases
}

/// One word of an honest answer in another way.
fn odd_words() -> Vec<Case> {
    let deep = format!("X {}{} UID", "(".repeat(10_000), ")".repeat(10_000));
    let many = format!("{} UID", "A 1 ".repeat(100_000));
    let words: [(&str, Step, Scene, &'static str, Vec<u8>); 21] = [
        ("greeting-smtp", Step::Greeting, Scene::FirstFill, "* OK ready", b"220 mx ESMTP".to_vec()),
        ("greeting-http", Step::Greeting, Scene::FirstFill, "* OK ready", b"HTTP/1.1 400 Bad Request".to_vec()),
        ("greeting-tls", Step::Greeting, Scene::FirstFill, "* OK ready\r\n", b"\x15\x03\x01\x00\x02\x02\x46".to_vec()),
        ("greeting-empty", Step::Greeting, Scene::FirstFill, "* OK ready", b"".to_vec()),
        ("ok-code-and-letter", Step::Examine, Scene::FirstFill, "[READ-ONLY] ", "[READ-ONLY]Ü".into()),
        ("ok-eight-bit", Step::Login, Scene::FirstFill, "logged in", b"angemeldet \xfc \x96 \xff".to_vec()),
        ("ok-without-words", Step::Examine, Scene::FirstFill, " [READ-ONLY] opened", b"".to_vec()),
        ("exists-no-number", Step::Examine, Scene::FirstFill, "5 EXISTS", b"many EXISTS".to_vec()),
        ("exists-too-large", Step::Examine, Scene::FirstFill, "5 EXISTS", b"99999999999 EXISTS".to_vec()),
        ("date-nil", Step::Enumerate, Scene::FirstFill, "INTERNALDATE \"", b"INTERNALDATE NIL X \"".to_vec()),
        ("date-absurd", Step::Enumerate, Scene::FirstFill, "INTERNALDATE \"", b"INTERNALDATE \"99".to_vec()),
        ("date-eight-bit", Step::Enumerate, Scene::FirstFill, "INTERNALDATE \"", b"INTERNALDATE \"\xff".to_vec()),
        ("size-no-number", Step::Enumerate, Scene::FirstFill, "RFC822.SIZE ", b"RFC822.SIZE x".to_vec()),
        ("items-lower-case", Step::Enumerate, Scene::FirstFill, "RFC822.SIZE", b"rfc822.size".to_vec()),
        ("nested-ten-thousand", Step::Enumerate, Scene::FirstFill, "UID", deep.clone().into_bytes()),
        ("nested-in-fetch", Step::Fetch, Scene::FirstFill, "(UID", format!("({deep}").into_bytes()),
        (
            "nested-in-structure",
            Step::Structure,
            Scene::Large,
            "BODYSTRUCTURE (",
            format!("BODYSTRUCTURE {}(", "(".repeat(10_000)).into(),
        ),
        ("hundred-thousand-items", Step::Enumerate, Scene::FirstFill, "UID", many.into_bytes()),
        ("structure-eight-bit", Step::Structure, Scene::Large, "\"pdf\"", b"\"p\xff\xfe\"".to_vec()),
        ("structure-nil", Step::Structure, Scene::Large, "\"mixed\"", b"NIL".to_vec()),
        ("search-no-number", Step::Search, Scene::Sparse, "SEARCH", b"SEARCH x".to_vec()),
    ];
    let case = |(name, step, scene, from, to): (&str, Step, Scene, &'static str, Vec<u8>)| {
        Case::new(format!("garbage/{name}/{}", step.name()), scene, Fault::once(step, swap(from, to)))
    };
    words.into_iter().map(case).collect()
}

/// More than anybody wants to read.
fn floods() -> Vec<Case> {
    const MUCH: u64 = 64 * 1024 * 1024;
    let mut cases = Vec::new();
    for (step, scene) in
        [(Step::Greeting, Scene::FirstFill), (Step::Capability, Scene::FirstFill)].into_iter().chain(PLACES)
    {
        let mut add = |name: &str, start: &'static [u8], again: &'static [u8]| {
            let twist = move |_: Asked<'_>| {
                vec![
                    Act::Say(start.to_vec()),
                    Act::Flood(again.repeat(16 * 1024 / again.len()), MUCH),
                    Act::Close(Cut::Fin),
                ]
            };
            cases.push(Case::new(format!("garbage/{name}/{}", step.name()), scene, Fault::once(step, twist)));
        };
        add("endless-line", b"* OK ", b"x");
        add("endless-nuls", b"", b"\0");
        add("endless-remarks", b"", b"* OK Still here\r\n");
        add("endless-literals", b"* 1 FETCH (X", b" {0}\r\n");
    }
    cases
}

/// Bytes nobody chose, the same with every run.
fn random() -> Vec<Case> {
    let mut cases = Vec::new();
    for (step, scene) in
        [(Step::Greeting, Scene::FirstFill), (Step::Capability, Scene::FirstFill)].into_iter().chain(PLACES)
    {
        for seed in 1..=6u64 {
            let instead = Fault::once(step, then_cut(instead(dice(seed * 7_919, 3_000)), Cut::Fin));
            cases.push(Case::new(format!("garbage/random-{seed}/{}", step.name()), scene, instead));
            let torn = Fault::once(step, move |asked| flipped(asked, seed));
            // What a server tells wrongly of its numbers is found by the comparison, six hours later.
            let torn = Case::new(format!("garbage/flipped-{seed}/{}", step.name()), scene, torn);
            cases.push(torn.expecting(|expect| expect.within = Duration::from_secs(7 * 3_600)));
        }
    }
    cases
}

/// The honest answer with a few bytes replaced, none of them within a mail's text; then the end.
fn flipped(asked: Asked<'_>, seed: u64) -> Vec<Act> {
    let Answer { listed, .. } = asked.answer.clone();
    let mut bytes = asked.answer.bytes();
    let text = bytes.iter().position(|byte| *byte == b'{').unwrap_or(bytes.len());
    let (places, values) = (dice(seed, 6), dice(seed + 100, 6));
    let spread = dice(seed + 200, 6);
    for ((place, value), spread) in places.iter().zip(values).zip(spread) {
        let at = (usize::from(*place) * 256 + usize::from(spread)) % text.max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
    }
    vec![Act::Say(bytes), Act::Tell(listed), Act::Close(Cut::Fin)]
}

/// Bytes that are the same for the same seed (xorshift64*, Vigna 2016).
fn dice(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.max(1);
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}
