//! How a mail presents itself, folded once for all questions about automation.
//!
//! Reads the headers and the beginning of the words, no more: what a machine
//! says it says at once. The words stop where a quote, a forward's header
//! block or a separator begins, so that a person who passes on an automatic
//! mail is not taken for one.

use std::cell::OnceCell;

use super::phrases::fold;
use super::said::Said;
use crate::mail::{Address, Body, Html, Line, Mail, Role};

/// How many bytes of words are read for phrases.
const WORDS: usize = 3000;

/// A mail's manner: folded strings, ready for [`super::phrases::Lexicon`].
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// `From` as it stood, folded; name and address.
    pub from: String,
    /// The author's display name and address, decoded and folded, joined by a space.
    pub author: String,
    /// The author's address.
    pub address: Option<Address>,
    /// The subject, folded.
    pub subject: String,
    /// The subject begins with a reply or forward prefix, of any language.
    pub answers: bool,
    /// The first own words, folded: before quotes, header blocks and separators.
    pub words: String,
    /// The first line with words greets a recipient by name.
    pub greets: bool,
    /// `Return-Path` is there and empty: nobody wants answers (RFC 5321, 4.5.5).
    pub null_sender: bool,
    /// The client a person writes with named itself.
    pub client: bool,
    /// What the words say, once somebody asked.
    said: OnceCell<Said>,
}

impl Shape {
    /// The shape of a mail.
    pub fn of(mail: &Mail) -> Shape {
        let author = mail.role(Role::From).next();
        let name = author.and_then(|a| a.name.as_ref()).map_or("", |n| n.raw());
        let address = author.and_then(|a| a.address.clone());
        let shown = format!("{name} {}", address.as_ref().map_or("", Address::as_str));
        let own = own_words(body(mail));
        let subject = fold(mail.subject.raw().trim());
        Shape {
            from: fold(mail.headers.first("From").unwrap_or("")),
            author: fold(&shown),
            address,
            answers: answers(&subject),
            greets: greets(mail, &own),
            subject,
            words: fold(&own),
            null_sender: mail.headers.all("Return-Path").any(|path| {
                let path = path.trim();
                path == "<>" || cut(path, 14).eq_ignore_ascii_case("<mailer-daemon")
            }),
            client: names_a_client(mail),
            said: OnceCell::new(),
        }
    }

    /// What the words say of who wrote them.
    pub fn said(&self) -> &Said {
        self.said.get_or_init(|| Said::of(&self.words))
    }

    /// The shape of an original that is known by its author, subject and words alone, as in a forward.
    pub fn of_words(author: Option<&crate::mail::Participant>, subject: &str, text: &str) -> Shape {
        let name = author.and_then(|a| a.name.as_ref()).map_or("", |n| n.raw());
        let address = author.and_then(|a| a.address.clone());
        let shown = fold(&format!("{name} {}", address.as_ref().map_or("", Address::as_str)));
        let subject = fold(subject.trim());
        let answers = answers(&subject);
        Shape {
            from: shown.clone(),
            author: shown,
            address,
            answers,
            subject,
            words: fold(cut(text, WORDS)),
            ..Shape::default()
        }
    }
}

/// The body that holds words: plain text if there is any, else HTML.
pub fn body(mail: &Mail) -> &[Line] {
    let worded = |body: &&Body| body.lines.iter().any(|line| !line.text.trim().is_empty());
    let body = mail.plain.as_ref().filter(worded).or_else(|| mail.html.as_ref().map(Html::body));
    body.map_or(&[], |b| b.lines.as_slice())
}

fn own_words(lines: &[Line]) -> String {
    let mut own = String::new();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map_or("", |l| l.text.as_str());
        if own.len() > WORDS || line.depth > 0 || separates(&line.text) || (labelled(&line.text) && labelled(next)) {
            break;
        }
        own.push_str(cut(&line.text, WORDS));
        own.push('\n');
    }
    own
}

/// At most `bytes` of a text, cut between characters.
pub fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}

/// A line of dashes with words between them: `---------- Forwarded message ---------`.
fn separates(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("-----") && line.contains(char::is_alphabetic)
}

/// `Label: value`, as header blocks inside a mail have it.
fn labelled(line: &str) -> bool {
    let line = line.trim_start_matches(['*', ' ', '\t']);
    let Some(colon) = line.find([':', '：']) else { return false };
    let label = line.get(..colon).unwrap_or("").trim_end_matches(['*', ' ']);
    let words = line.get(colon + 1..).unwrap_or("");
    colon <= 30 && label.starts_with(char::is_alphabetic) && label.split(' ').count() <= 2 && words.contains('@')
}

/// `Re:`, `AW:`, `Fwd:`, `RE[2]:`, `答复:`: one short word, perhaps counted, before a colon.
fn answers(subject: &str) -> bool {
    let Some((prefix, _)) = cut(subject, 24).split_once(':') else { return false };
    let word = prefix.trim().trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^'));
    const PREFIXES: &[&str] = &[
        "re",
        "aw",
        "antw",
        "sv",
        "vs",
        "rif",
        "res",
        "odp",
        "ynt",
        "r",
        "atb",
        "απ",
        "σχετ",
        "va",
        "haku",
        "ang",
        "fw",
        "fwd",
        "wg",
        "tr",
        "i",
        "rv",
        "enc",
        "pd",
        "doorst",
        "vb",
        "vl",
        "vidb",
        "πρθ",
        "ilt",
        "tovabbitas",
        "回复",
        "回覆",
        "答复",
        "转发",
        "轉寄",
        "返信",
        "転送",
        "회신",
        "전달",
        "на",
        "отв",
        "отг",
        "пересл",
        "fyi",
        "videresendt",
        "doorgestuurd",
    ];
    PREFIXES.contains(&word)
}

/// Whether the first line with words holds a name of somebody in To. Machines greet nobody in particular.
fn greets(mail: &Mail, own: &str) -> bool {
    let first = own.lines().find(|line| !line.trim().is_empty()).map(|line| fold(cut(line, 80))).unwrap_or_default();
    if first.len() > 60 {
        return false;
    }
    let words: Vec<&str> = first.split(|c: char| !c.is_alphanumeric()).collect();
    mail.role(Role::To).take(20).any(|to| {
        let name = to.name.as_ref().map(|n| fold(n.raw())).unwrap_or_default();
        let local = to.address.as_ref().map(|a| fold(a.local())).unwrap_or_default();
        let mut parts = name.split(|c: char| !c.is_alphanumeric()).chain(local.split(|c: char| !c.is_alphanumeric()));
        parts.any(|part| part.chars().count() >= 2 && words.contains(&part))
    })
}

/// The program of a person, not a mailer's: Thunderbird, Outlook, Apple Mail, a telephone.
fn names_a_client(mail: &Mail) -> bool {
    const CLIENTS: &[&str] = &[
        "thunderbird",
        "outlook",
        "apple mail",
        "iphone mail",
        "ipad mail",
        "mutt",
        "k-9",
        "kmail",
        "evolution",
        "roundcube",
        "zimbra",
        "webmail",
        "the bat",
        "emclient",
        "em client",
        "mailbird",
        "spark",
        "gnus",
        "claws",
        "sylpheed",
        "mailspring",
        "canary",
        "airmail",
        "postbox",
        "lotus notes",
        "groupwise",
        "alpine",
        "neomutt",
        "ymailnorrin",
        "protonmail",
        "superhuman",
    ];
    let mut names = mail
        .headers
        .0
        .iter()
        .filter(|f| f.name.eq_ignore_ascii_case("User-Agent") || f.name.eq_ignore_ascii_case("X-Mailer"));
    names.any(|field| {
        let value = cut(&field.value, 120).to_ascii_lowercase();
        // A gateway, not a client: what it sends need not be written by anybody.
        !value.contains("internet agent") && CLIENTS.iter().any(|client| value.contains(client))
    })
}
