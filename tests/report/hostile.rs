//! Whatever a stranger writes as name, subject or text stays text in every format, as the parsers of browsers and
//! of Markdown viewers read it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::fixture::{Brief, World, address, instant};
use crate::self_contained::tags;
use crate::worlds::usual;
use touchbase::mail::Untrusted;
use touchbase::report::{File, Stranger};

const PAYLOADS: [&str; 26] = [
    "<script>alert(1)</script>",
    "</bdi></p></li></style><img src=x onerror=alert(1)>",
    "\"><a href=\"javascript:alert(1)\">x</a>",
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "<!-- --><b>bold",
    "&lt;script&gt; &#60;b&#62; &amp",
    "]]><![CDATA[<x>",
    "{{ frame.version }} {% include \"style.css\" %}",
    "# a heading",
    "[click](javascript:alert(1))",
    "![x](//evil.example/x.png)",
    "[ref]: //evil.example",
    "<//evil.example>",
    "`code` ```fence",
    "| a | b |\n|---|---|",
    "- item\n- item",
    "line\n\n# heading after a break\n\n<div>",
    "===\n---",
    "*emph* __strong__ ~~gone~~ **b**",
    "\\*escaped\\* \\",
    "\u{1b}[31mred\u{1b}[0m",
    "gpj.exe\u{202e}txt.plan",
    "zero\u{200b}width\u{feff} \u{e0041}tag",
    "nul\u{0}byte \u{9b}31m",
    "\u{2028}separator\u{2029}",
];

/// What stands around a payload: within a sentence, at the start of a line, behind what could swallow an escape.
const SURROUNDINGS: [(&str, &str); 8] =
    [("", ""), ("a ", " b"), ("\n\n", "\n\n"), ("(", ")"), ("\\", "\\"), ("**", "**"), ("1. ", ""), ("&", ";")];

const HARMLESS: &str = "harmless words of one line";

/// Every payload in every surrounding, with the files of the day that it attacks.
static ATTACKS: LazyLock<Vec<(String, Vec<File>)>> = LazyLock::new(|| {
    let around = |payload: &str| SURROUNDINGS.map(|(before, after)| format!("{before}{payload}{after}"));
    let payloads: BTreeSet<String> = PAYLOADS.iter().flat_map(|payload| around(payload)).collect();
    payloads.into_iter().map(|payload| (payload.clone(), told(&attacked(&payload)))).collect()
});

/// The harmless day's files, in the same order.
static PLAIN: LazyLock<Vec<File>> = LazyLock::new(|| told(&attacked(HARMLESS)));

/// A world's files, of its customers the one that is attacked.
fn told(world: &World) -> Vec<File> {
    let mut files = world.files();
    files.retain(|file| !file.path.starts_with("customers/") || file.path.starts_with("customers/acme"));
    files
}

/// The usual day with a payload wherever a stranger may write.
fn attacked(payload: &str) -> World {
    let mut world = usual();
    let person = ("ann-li", payload);
    for inbound in [true, false] {
        for at in ["2026-11-20T12:00:00+01", "2026-11-09T12:00:00+01"] {
            world.exchange(&Brief { at, customer: "acme", person, inbound, subject: payload, text: payload });
        }
    }
    for recorded in &mut world.recorded {
        for signal in &mut recorded.interaction.signals {
            signal.sentence = Untrusted::new(payload);
        }
    }
    let words = || Untrusted::new(payload);
    world.customers[0].contacts[0].name = Some(payload.into());
    world.customers[0].contacts[0].role = Some(payload.into());
    world.customers[0].name = payload.into();
    world.mailboxes[0].failure = Some((instant("2026-11-20T12:00:00Z"), words()));
    world.held[0].subject = words();
    let last = instant("2026-11-20T12:00:00Z");
    world.strangers =
        vec![Stranger { address: address("a@b.example"), name: Some(words()), mails: 1, last, subject: words() }];
    attack_findings(&mut world, payload);
    world
}

/// The same wherever a finding quotes somebody: measures and their items, promises, people, the year.
fn attack_findings(world: &mut World, payload: &str) {
    let words = || Untrusted::new(payload);
    for measured in world.relationships.iter_mut().flat_map(|relationship| relationship.measures.values_mut()) {
        measured.text = words();
        for item in &mut measured.items {
            (item.text, item.sentence) = (words(), Some(words()));
        }
    }
    for pledge in &mut world.pledges {
        (pledge.promise.name, pledge.promise.sentence) = (words(), words());
    }
    for promise in &mut world.promises {
        (promise.name, promise.sentence, promise.contact) = (words(), words(), Some(payload.to_owned()));
    }
    for arrival in &mut world.arrivals {
        (arrival.name, arrival.introducer, arrival.address) = (words(), Some(words()), payload.to_owned());
    }
    for departure in &mut world.departures {
        (departure.name, departure.text, departure.successors) = (words(), words(), vec![payload.to_owned()]);
    }
    for warm in world.year.iter_mut().flat_map(|(_, warmest)| warmest) {
        (warm.sentence, warm.author) = (words(), words());
    }
}

/// Each attacked file of a format beside the harmless one, with the payload.
fn pairs(ending: &str) -> impl Iterator<Item = (&'static str, &'static File, &'static File)> {
    let of_format = move |(plain, _): &(&File, &File)| plain.path.ends_with(ending);
    ATTACKS.iter().flat_map(move |(payload, files)| {
        PLAIN.iter().zip(files).filter(of_format).map(move |(plain, hit)| (payload.as_str(), plain, hit))
    })
}

#[test]
fn there_are_two_hundred_payloads_and_every_sort_of_page() {
    assert!(ATTACKS.len() >= 200, "{}", ATTACKS.len());
    for page in ["2026-11-20.html", "customers/acme.html", "weeks/2026-W47.md", "customers/acme/2026.json"] {
        assert!(PLAIN.iter().any(|file| file.path == page), "{page}");
    }
}

#[test]
fn no_payload_adds_an_element_or_an_attribute_to_a_page() {
    let shape = |page: &str| -> Vec<(String, Vec<String>)> {
        let mut all: Vec<_> = tags(page).into_iter().map(|(t, a)| (t, a.into_keys().collect())).collect();
        all.sort(); // a payload as a name changes the customers' order
        all
    };
    let plain: BTreeMap<&str, _> = PLAIN.iter().map(|file| (file.path.as_str(), shape(&file.content))).collect();
    for (payload, file, hit) in pairs(".html") {
        assert_eq!(shape(&hit.content), plain[file.path.as_str()], "{payload:?} in {}", file.path);
    }
}

/// What of a Markdown file has a meaning: the elements that begin, in no order, as names change it.
fn meaning(markdown: &str) -> Vec<String> {
    let mut elements: Vec<String> = Parser::new_ext(markdown, Options::all())
        .filter_map(|event| match event {
            Event::Start(tag) => Some(format!("{:?}", TagEnd::from(tag))),
            Event::Text(_) | Event::SoftBreak | Event::End(_) => None,
            other => Some(format!("{:?}", std::mem::discriminant(&other))),
        })
        .collect();
    elements.sort();
    elements
}

#[test]
fn no_payload_means_anything_to_a_viewer_of_markdown() {
    for (payload, plain, hit) in pairs(".md") {
        assert_eq!(meaning(&hit.content), meaning(&plain.content), "{payload:?} in {}", plain.path);
        let leads_away = Parser::new_ext(&hit.content, Options::all())
            .any(|event| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::Html(_)));
        assert!(!leads_away, "{payload:?} in {}", plain.path);
    }
}

#[test]
fn no_payload_adds_a_line_or_a_live_mark_to_the_markdown() {
    for (payload, plain, hit) in pairs(".md") {
        assert_eq!(hit.content.lines().count(), plain.content.lines().count(), "{payload:?} in {}", plain.path);
        let text = without_escapes(&hit.content);
        for mark in ["<script", "](", "![", "<", "~~", "```", "__", "javascript:"] {
            assert!(!text.contains(mark), "{mark} of {payload:?} in {}", plain.path);
        }
    }
}

/// The characters that keep their meaning: no backslash stands before them.
fn without_escapes(markdown: &str) -> String {
    let mut characters = markdown.chars();
    let mut live = String::new();
    while let Some(c) = characters.next() {
        if c == '\\' {
            characters.next();
        } else {
            live.push(c);
        }
    }
    live
}

#[test]
fn what_cannot_be_seen_is_shown_by_its_code() {
    let hidden = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{feff}\u{e0041}\u{2028}".contains(c);
    for (payload, files) in ATTACKS.iter() {
        for file in files {
            assert!(!file.content.contains(hidden), "{payload:?} in {}", file.path);
        }
    }
}

#[test]
fn the_json_gives_the_words_back_with_what_hides_made_visible() {
    for (payload, files) in ATTACKS.iter() {
        let visible = |words: Untrusted| words.visible();
        let day: serde_json::Value = serde_json::from_str(&files[2].content).unwrap();
        let given = |pointer: &str| day.pointer(pointer).unwrap().as_str().unwrap();
        assert_eq!(given("/people/unmatched/0/subject"), visible(Untrusted::new(payload).line(300)));
        assert_eq!(given("/today/promises/0/sentence"), visible(Untrusted::new(payload)));
        assert_eq!(given("/people/departures/0/text"), visible(Untrusted::new(payload)));
        let item = "/relationships/0/measures/corrections/items/0/sentence";
        assert_eq!(given(item), visible(Untrusted::new(payload)));
        for file in files.iter().filter(|file| file.path.ends_with(".json")) {
            serde_json::from_str::<serde_json::Value>(&file.content).unwrap();
        }
    }
}
