//! Whatever a stranger writes as name, subject or text stays text in every format.

use crate::fixture::{Brief, World, address, instant};
use crate::self_contained::tags;
use crate::worlds::usual;
use touchbase::mail::Untrusted;
use touchbase::report::Stranger;

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

#[test]
fn no_payload_adds_an_element_or_an_attribute_to_a_page() {
    let harmless = attacked("harmless words of one line");
    for payload in PAYLOADS {
        for (plain, hit) in harmless.files().iter().zip(attacked(payload).files()) {
            if !plain.path.ends_with(".html") {
                continue;
            }
            let shape = |page: &str| -> Vec<(String, Vec<String>)> {
                let mut all: Vec<_> = tags(page).into_iter().map(|(t, a)| (t, a.into_keys().collect())).collect();
                all.sort(); // a payload as a name changes the customers' order
                all
            };
            assert_eq!(shape(&hit.content), shape(&plain.content), "{payload:?} in {}", plain.path);
        }
    }
}

#[test]
fn no_payload_adds_a_line_or_a_live_mark_to_the_markdown() {
    let markdown = |payload: &str| -> Vec<String> {
        let files = attacked(payload).files().into_iter().filter(|file| file.path.ends_with(".md"));
        files.map(|file| file.content).collect()
    };
    let harmless = markdown("harmless words of one line");
    assert_eq!(harmless.len(), 3, "a day, a week and a year");
    for payload in PAYLOADS {
        for (plain, hit) in harmless.iter().zip(markdown(payload)) {
            assert_eq!(hit.lines().count(), plain.lines().count(), "{payload:?}");
            let text = without_escapes(&hit);
            for mark in ["<script", "](", "![", "<", "~~", "```", "__", "javascript:"] {
                assert!(!text.contains(mark), "{mark} of {payload:?}");
            }
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
    for payload in PAYLOADS {
        for file in attacked(payload).files() {
            let hidden =
                |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{feff}\u{e0041}\u{2028}".contains(c);
            assert!(!file.content.contains(hidden), "{payload:?} in {}", file.path);
        }
    }
}

#[test]
fn the_json_gives_the_words_back_with_what_hides_made_visible() {
    for payload in PAYLOADS {
        let json: serde_json::Value = serde_json::from_str(&attacked(payload).files()[2].content).unwrap();
        let given = json["people"]["unmatched"][0]["subject"].as_str().unwrap();
        assert_eq!(given, Untrusted::new(payload).line(300).visible());
    }
}
