//! Pages, read as browsers do.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::{mails, payloads};

/// Everything that pages of ours are made of. Whatever else a tree holds came from a mail.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "bdi",
    "body",
    "br",
    "caption",
    "circle",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "kbd",
    "li",
    "line",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "polyline",
    "q",
    "rect",
    "section",
    "small",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
];

/// What one page turned out to hold.
#[derive(Default)]
pub struct Seen {
    pub elements: BTreeSet<String>,
    pub attributes: BTreeSet<String>,
    pub links: BTreeSet<String>,
    pub words: String,
    /// What `style` attributes hold.
    pub drawn: BTreeSet<String>,
    styles: usize,
    policies: usize,
}

impl Seen {
    pub fn of(page: &str) -> Seen {
        let dom = html5ever::parse_document(RcDom::default(), Default::default()).one(page);
        let mut seen = Seen::default();
        seen.add(&dom.document);
        seen
    }

    fn add(&mut self, node: &Handle) {
        match &node.data {
            NodeData::Element { name, attrs, template_contents, .. } => {
                self.elements.insert(name.local.to_string());
                self.styles += usize::from(&name.local == "style");
                for attribute in attrs.borrow().iter() {
                    let (key, value) = (attribute.name.local.to_string(), attribute.value.to_string());
                    self.policies += usize::from(key == "http-equiv" && value == "Content-Security-Policy");
                    if matches!(key.as_str(), "href" | "src" | "action" | "srcset" | "data" | "formaction") {
                        self.links.insert(value);
                    } else if key == "style" {
                        self.drawn.insert(value);
                    }
                    self.attributes.insert(key);
                }
                assert!(template_contents.borrow().is_none(), "no template is ours");
            }
            NodeData::Text { contents } => self.words.push_str(&contents.borrow()),
            _ => {}
        }
        node.children.borrow().iter().for_each(|child| self.add(child));
    }
}

/// A link of ours: to a page beside this one, or within it.
fn is_ours(link: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '#');
    link.chars().all(plain) && !link.starts_with("//")
}

fn judge(path: &str, page: &str) -> Seen {
    let seen = Seen::of(page);
    for element in &seen.elements {
        assert!(ELEMENTS.contains(&element.as_str()), "<{element}> in {path}");
    }
    for attribute in &seen.attributes {
        assert!(!attribute.starts_with("on"), "{attribute} in {path}");
        assert!(
            attribute.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == ':'),
            "{attribute:?} in {path}"
        );
    }
    for link in &seen.links {
        assert!(is_ours(link), "{link:?} in {path}");
    }
    assert_eq!((seen.styles, seen.policies), (1, 1), "one style sheet and one policy in {path}");
    assert!(seen.drawn.is_empty(), "the style sheet alone says how {path} looks");
    seen
}

#[test]
fn no_payload_becomes_an_element_an_attribute_or_a_link_of_a_page() {
    let (program, _) = mails::read();
    let mut words = String::new();
    for day in mails::days() {
        let page = program.does(&["report", "--date", &day.to_string(), "--format", "html", "--output", "-"]);
        words += &judge(&day.to_string(), &page).words;
    }
    // Each was on a page, in its letters; nothing was swallowed to pass this test.
    let words: String = words.split_whitespace().collect();
    for payload in payloads::all() {
        let shown: String = mails::shown(&payload).split_whitespace().collect();
        assert!(words.contains(&shown), "{payload:?} stands on no page");
    }
}

#[test]
fn the_pages_of_customers_hold_nothing_of_it_either() {
    let (program, _) = mails::read();
    for day in mails::days() {
        program.does(&["report", "--date", &day.to_string()]);
    }
    let mut pages = 0;
    let mut folders = vec![program.path("reports")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "html") {
                judge(&path.display().to_string(), &std::fs::read_to_string(&path).expect("a page"));
                pages += 1;
            }
        }
    }
    assert!(pages > mails::days().len(), "days, a customer and the index: {pages}");
}

#[test]
fn the_judge_finds_what_is_not_ours() {
    for (page, what) in [
        ("<p onclick=x>", "attribute"),
        ("<script>1</script>", "element"),
        ("<a href=//evil.example>x</a>", "link"),
        ("<a href=javascript:x>x</a>", "link"),
    ] {
        let page = format!("<meta http-equiv=Content-Security-Policy content=x><style></style>{page}");
        assert!(std::panic::catch_unwind(|| judge("a page", &page)).is_err(), "{what}");
    }
}
