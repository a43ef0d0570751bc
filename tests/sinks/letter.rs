//! The mailed report, as mail programs read it: taken apart by a MIME parser, its text read as Markdown, its page built
//! by a browser's tree builder.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jiff::civil::Date;
use mail_parser::{MessageParser, MimeHeaders};
use touchbase::config::{Config, Places};
use touchbase::daemon::reporting;
use touchbase::mail::{Address, MessageId};
use touchbase::postman;
use touchbase::report;
use touchbase::store::{Settings, Store};
use touchbase::wiring;

use super::page::Seen;
use super::{mails, markdown, payloads};

/// Everything a letter is made of: what mail programs leave in place.
const ELEMENTS: &[&str] = &[
    "b", "bdi", "body", "br", "div", "h1", "h2", "h3", "head", "html", "meta", "p", "span", "table", "tbody", "td",
    "title", "tr",
];
const ATTRIBUTES: &[&str] = &[
    "align",
    "border",
    "cellpadding",
    "cellspacing",
    "charset",
    "content",
    "lang",
    "name",
    "role",
    "style",
    "valign",
    "width",
];
const TEMPLATE: &str = include_str!("../../src/report/templates/letter.html");

/// One day's letter, as it came.
struct Came {
    day: Date,
    subject: String,
    fields: Vec<String>,
    text: String,
    html: String,
}

/// Each day's letter, through the bytes that a server is given.
fn letters() -> &'static [Came] {
    static LETTERS: OnceLock<Vec<Came>> = OnceLock::new();
    LETTERS.get_or_init(|| {
        let (program, _) = mails::read();
        let beside = program.path("");
        let places = Places { state: beside.clone(), beside };
        let text = std::fs::read_to_string(program.path("touchbase.toml")).expect("a configuration");
        let config = Config::read(&text, &places).expect("a configuration without a problem");
        let Settings { path } = wiring::store_settings(&config);
        let reader = Store::open_to_read(&Settings { path }).expect("the record");
        let settings = reporting::Settings::of(&config);
        let letter = |day: Date| {
            let told = reporting::day(&reader, &settings, day, None).expect("a report");
            came(day, report::letter(&told))
        };
        mails::days().into_iter().map(letter).collect()
    })
}

fn came(day: Date, letter: report::Letter) -> Came {
    let address = |text: &str| Address::parse(text).expect("an address");
    let bytes = postman::compose(&postman::Letter {
        from: address("log@us.example"),
        to: vec![address("me@us.example")],
        reply_to: None,
        message_id: MessageId::parse(&format!("<{day}@us.example>")).expect("an identifier"),
        written: day.at(7, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("an instant").timestamp(),
        mark: ("X-Touchbase-Report", day.to_string()),
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    });
    let bytes = bytes.expect("a letter");
    assert!(bytes.is_ascii(), "{day}");
    let mail = MessageParser::default().parse(&bytes).expect("a mail");
    let parts: Vec<_> = mail.parts.iter().map(|part| part.content_type().and_then(|kind| kind.subtype())).collect();
    assert_eq!(parts, [Some("alternative"), Some("plain"), Some("html")], "{day}: two parts, and nothing beside them");
    Came {
        day,
        subject: mail.subject().unwrap_or_default().to_owned(),
        fields: mail.root_part().headers.iter().map(|field| field.name().to_owned()).collect(),
        text: mail.body_text(0).expect("a text").into_owned(),
        html: mail.body_html(0).expect("a page").into_owned(),
    }
}

/// Whether a style is one of the template's: each of its declarations, its value chosen there as well.
fn is_ours(style: &str) -> bool {
    style.split(';').map(str::trim).filter(|declaration| !declaration.is_empty()).all(|declaration| {
        let (property, value) = declaration.split_once(':').unwrap_or((declaration, "?"));
        TEMPLATE.contains(&format!("{property}:")) && TEMPLATE.contains(value)
    })
}

fn judge(day: &str, page: &str) -> Seen {
    let seen = Seen::of(page);
    let strange: Vec<_> = seen.elements.iter().filter(|name| !ELEMENTS.contains(&name.as_str())).collect();
    assert!(strange.is_empty(), "{day}: {strange:?}");
    let strange: Vec<_> = seen.attributes.iter().filter(|name| !ATTRIBUTES.contains(&name.as_str())).collect();
    assert!(strange.is_empty(), "{day}: {strange:?}");
    assert_eq!(seen.links, BTreeSet::new(), "{day}: nothing in a letter leads anywhere");
    for style in &seen.drawn {
        assert!(is_ours(style), "{day}: {style:?}");
    }
    seen
}

#[test]
fn no_payload_becomes_an_element_an_attribute_a_link_or_a_style_of_a_letter() {
    let words: String = letters().iter().map(|came| judge(&came.day.to_string(), &came.html).words).collect();
    let words: String = words.split_whitespace().collect();
    for payload in payloads::all() {
        let shown: String = mails::shown(&payload).split_whitespace().collect();
        assert!(words.contains(&shown), "{payload:?} stands in no letter");
    }
}

#[test]
fn no_payload_becomes_a_mark_of_a_letter_s_text() {
    let mut words = String::new();
    for came in letters() {
        let (found, said) = markdown::live(&came.text);
        assert_eq!(found, BTreeSet::new(), "{}", came.day);
        assert!(came.text.contains("Answer this mail"), "{}: it is whole", came.day);
        words += &said;
    }
    markdown::holds_every_payload(&words);
}

#[test]
fn no_payload_reaches_the_head_of_a_letter() {
    let ours = [
        "From",
        "Subject",
        "Date",
        "Message-ID",
        "To",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "X-Touchbase-Report",
        "MIME-Version",
        "Content-Type",
    ];
    for came in letters() {
        let strange: Vec<_> =
            came.fields.iter().filter(|field| !ours.iter().any(|our| our.eq_ignore_ascii_case(field))).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", came.day);
        let day = came.day.strftime("%-d %B").to_string();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | ',' | '·');
        assert!(came.subject.ends_with(&day) && came.subject.chars().all(plain), "{:?}", came.subject);
    }
}

#[test]
fn the_judge_of_letters_finds_what_is_not_ours() {
    for page in [
        "<a>x</a>",
        "<p onclick=x>",
        "<img src=x>",
        "<style>p{}</style>",
        "<p style='position:fixed'>",
        "<p style='color:url(//evil.example)'>",
    ] {
        assert!(std::panic::catch_unwind(|| judge("a letter", page)).is_err(), "{page}");
    }
}
