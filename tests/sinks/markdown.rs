//! Markdown, read by a CommonMark parser with the extensions that viewers like to add.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::{mails, payloads};

/// As most viewers read it; only quotation marks stay as they were typed.
fn read(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION)
}

/// What of a text is more than words.
pub fn live(markdown: &str) -> (BTreeSet<String>, String) {
    let mut found = BTreeSet::new();
    let mut words = String::new();
    for event in read(markdown) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => drop(found.insert(format!("HTML {html}"))),
            Event::Start(Tag::Link { dest_url, .. }) if !is_ours(&dest_url) => {
                found.insert(format!("a link to {dest_url}"));
            }
            Event::Start(Tag::Image { dest_url, .. }) => drop(found.insert(format!("an image {dest_url}"))),
            Event::Start(Tag::CodeBlock(_)) => drop(found.insert("a block of code".into())),
            Event::Start(Tag::BlockQuote(_)) => drop(found.insert("a quote".into())),
            Event::Start(Tag::Table(_)) => drop(found.insert("a table".into())),
            Event::Start(Tag::Strikethrough) => drop(found.insert("struck words".into())),
            Event::Start(Tag::FootnoteDefinition(_)) | Event::FootnoteReference(_) => {
                found.insert("a footnote".into());
            }
            Event::InlineMath(_) | Event::DisplayMath(_) => drop(found.insert("mathematics".into())),
            Event::TaskListMarker(_) => drop(found.insert("a task".into())),
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            _ => {}
        }
    }
    (found, words)
}

fn is_ours(link: &str) -> bool {
    link.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '#'))
        && !link.starts_with("//")
}

/// The headings of a text.
fn headings(markdown: &str) -> Vec<String> {
    let mut headings = Vec::new();
    let mut inside = false;
    for event in read(markdown) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                inside = true;
                headings.push(String::new());
            }
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => inside = false,
            Event::Text(text) if inside => headings.last_mut().expect("a heading").push_str(&text),
            _ => {}
        }
    }
    headings
}

#[test]
fn no_payload_becomes_a_mark_of_the_markdown() {
    let (program, _) = mails::read();
    let mut words = String::new();
    for day in mails::days() {
        let text = program.does(&["report", "--date", &day.to_string(), "--format", "markdown", "--output", "-"]);
        let (found, said) = live(&text);
        assert_eq!(found, BTreeSet::new(), "{day}");
        for heading in headings(&text) {
            assert!(!heading.contains("heading") && !heading.contains("Setext"), "{day}: {heading}");
        }
        words += &said;
    }
    holds_every_payload(&words);
}

/// Each payload is among the words, in its letters; nothing was swallowed to pass a test.
pub fn holds_every_payload(words: &str) {
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let words = plain(words);
    for payload in payloads::all() {
        let shown = plain(&mails::shown(&payload)).replace("http:", "hxxp:").replace("https:", "hxxps:");
        assert!(words.contains(&shown), "{payload:?} stands nowhere");
    }
}

#[test]
fn the_judge_finds_marks() {
    for text in ["<b>", "[x](https://evil.example)", "![x](y)", "```\nx\n```", "~~x~~", "$x$", "> x"] {
        assert!(!live(text).0.is_empty(), "{text}");
    }
}
