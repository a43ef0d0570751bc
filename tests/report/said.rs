//! What every format says of the same: what is withheld, what is long overdue, what was before.

use touchbase::report::{self, Format, Relationship};

use crate::worlds::{after_holidays, usual};

#[test]
fn what_is_withheld_is_named_with_its_reason_and_not_as_too_little() {
    let files = usual().files();
    let [html, markdown, json] = [0, 1, 2].map(|at: usize| files[at].content.as_str());
    let reason = "ithheld, for we see less than half of the conversation: keeping in touch (n";
    assert!(html.contains(reason) && markdown.replace('\\', "").contains(reason), "{markdown}");
    for (page, told) in
        [(html, "too little seen to say more: listening (n"), (markdown, "too little seen of listening")]
    {
        let page = page.to_lowercase();
        assert!(page.contains(told), "{told}");
        assert!(!page.contains(&format!("{told}&nbsp;=&nbsp;1), keeping")), "it is not said twice");
    }
    assert!(json.contains("\"withheld\": true"));
}

#[test]
fn a_promise_of_long_ago_is_counted_everywhere_but_at_its_customer_and_in_the_json() {
    let world = after_holidays();
    let files = world.files();
    let letter = report::letter(&world.report());
    let week = files.iter().find(|file| file.path.starts_with("weeks/")).unwrap();
    for page in [&files[0].content, &files[1].content, &week.content, &letter.text, &letter.html] {
        assert!(page.contains("1 overdue for over a month"), "{page}");
        assert!(!page.contains("Wir melden uns"), "{page}");
    }
    assert!(files[0].content.contains("<a href=\"customers/nordwind.html\">"), "who has it");
    let named = "1 overdue for over a month: <bdi>Nordwind Logistik GmbH &amp; Co. KG</bdi> (1)";
    assert!(letter.html.contains(named), "{}", letter.html);
    assert!(letter.subject.starts_with("3 people wait for an answer, 1 promise falls due"), "{}", letter.subject);
    let own = files.iter().find(|file| file.path == "customers/nordwind.html").unwrap();
    assert!(own.content.contains("Wir melden uns bis Dienstag."));
    assert!(files[2].content.contains("Wir melden uns bis Dienstag."));
    assert_eq!(world.report().today.promises.len(), 2);
}

#[test]
fn what_needs_a_decision_says_in_every_format_whose_it_is_and_what_to_do() {
    let world = after_holidays();
    let files = world.files();
    let letter = report::letter(&world.report());
    for page in [&files[0].content, &files[1].content, &files[2].content, &letter.text, &letter.html] {
        for told in ["mara@us.example", "code 412345678", "Please pay today", "touchbase quarantine show 7"] {
            assert!(page.replace('\\', "").contains(told), "{told}: {page}");
        }
    }
}

#[test]
fn what_measures_said_before_stands_on_the_page_of_the_customer_and_in_their_own_report() {
    let world = usual();
    let files = world.files();
    let page = files.iter().find(|file| file.path == "customers/acme.html").unwrap();
    for part in [
        "<figcaption>their share of the words</figcaption>",
        "<title>Their share of the words, 31 December 2025 to 20 November 2026</title>",
        "<td>61 %</td><td>57 %</td><td>44 %</td><td>40 %</td><td>38 %</td>",
        "<span class=\"unseen\">withheld</span>",
    ] {
        assert!(page.content.contains(part), "{part}");
    }
    for other in files.iter().filter(|file| !file.path.starts_with("customers/")) {
        assert!(!other.content.contains("their share of the words"), "{}", other.path);
    }
    let mut own = world.report();
    own.relationships.retain(|told| told.customer.0 == "acme");
    let with_history =
        |told: &Relationship| world.relationships.iter().find(|one| one.customer == told.customer).cloned();
    own.relationships = own.relationships.iter().filter_map(with_history).collect();
    let markdown = report::render(&own, Format::Markdown);
    let line = "- **Keeping in touch**, days since the last exchange: 30 on 31 Dec 2025, withheld on 31 Mar, 4 on 30 Jun, \
                11 on 30 Sep, 1 now";
    assert!(markdown.contains("## How it was with Acme Tools\n") && markdown.contains(line), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&report::render(&own, Format::Json)).unwrap();
    let earlier = &json["relationships"][0]["measures"]["listening_share"]["earlier"];
    assert_eq!(earlier[0], serde_json::json!({"date": "2025-12-31", "value": 0.61, "n": 12}));
}
