//! Mail to many, or by a program for nobody: lists, newsletters, notifications (RFC 2919, 2369, 3834).
//!
//! A list's id decides alone. Everything else is weighed: unsubscribe fields,
//! Precedence, marks of mass mailers, senders that nobody answers for, words.
//! Against it speak a reply, a greeting by name, a person's mail client.
//! Refused: a personal mail that went out through a sales program and so
//! carries one field of a newsletter.

use std::sync::OnceLock;

use super::phrases::{Lexicon, Table, fold};
use super::prepared::prepared;
use super::shape::{Shape, cut};
use super::weight::Scale;
use crate::mail::{Mail, header::Field};

/// From how much on a mail is bulk.
const ENOUGH: i32 = 4;

/// Bulk mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// The list's id when nothing but the list itself speaks for bulk: a person wrote it to a list.
    pub list: Option<String>,
    /// Why it is bulk.
    pub rule: String,
}

/// Asks a mail that is neither bounce nor automatic answer.
pub fn of(mail: &Mail, shape: &Shape) -> Option<Bulk> {
    let mut scale = from_headers(mail);
    scale.lay(no_reply(shape), 4, "sender nobody answers for");
    if scale.total() == 0 && !mail.headers.has("List-Id") {
        return None;
    }
    scale.lay(shape.said().mass, 2, "says that it went to many");
    scale.lay(shape.said().machine, 3, "says that a program sent it");
    scale.lay(shape.answers && !mail.references.is_empty(), -3, "reply");
    scale.lay(shape.client, -3, "written in a mail client");
    scale.lay(shape.greets && !no_reply(shape), -2, "greets by name");
    if let Some(list) = list_id(mail) {
        let personal = scale.total() < ENOUGH || shape.client || (shape.answers && !mail.references.is_empty());
        return Some(Bulk { list: personal.then_some(list), rule: "List-Id".to_owned() });
    }
    (scale.total() >= ENOUGH).then(|| Bulk { list: None, rule: scale.told() })
}

/// Whether the headers show a mass mailing, where automatic answers go to one.
pub fn to_many(mail: &Mail) -> bool {
    list_id(mail).is_some() || mail.headers.has("List-Unsubscribe")
}

/// Somebody reports a mail as unwanted (RFC 5965), with or without its report part.
pub fn complaint(mail: &Mail, shape: &Shape) -> Option<String> {
    if mail.reports.iter().any(|(kind, _)| kind.ends_with("feedback-report")) {
        return Some("feedback-report part".to_owned());
    }
    let begins = cut(&shape.words, 400);
    let passed_on = !mail.attached.is_empty() || shape.words.starts_with('{');
    let said = words().complaint.has(&shape.subject) || words().complaint.has(begins);
    let webhook = shape.words.starts_with('{') && shape.words.contains("complainedrecipients");
    (webhook || (said && passed_on && !shape.answers)).then(|| "complaint about a mail".to_owned())
}

fn from_headers(mail: &Mail) -> Scale {
    let mut scale = Scale::default();
    let mut marks = [false; 3];
    let on_a_list = mail.headers.has("List-Id");
    for field in mail.headers.0.iter().filter(|field| !(on_a_list && of_the_list(field))) {
        let starts = |start: &str| field.value.get(..start.len()).is_some_and(|v| v.eq_ignore_ascii_case(start));
        match field.name.to_ascii_lowercase().as_str() {
            "precedence" if starts("bulk") || starts("list") || starts("junk") => scale.lay(true, 2, "Precedence"),
            "auto-submitted" if starts("auto-") => scale.lay(true, 4, "Auto-Submitted"),
            "list-unsubscribe" => scale.lay(true, 2, "List-Unsubscribe"),
            "list-unsubscribe-post" => scale.lay(true, 1, "List-Unsubscribe-Post"),
            "feedback-id" => scale.lay(true, 2, "Feedback-ID"),
            "x-auto-response-suppress" if !starts("none") => scale.lay(true, 1, "X-Auto-Response-Suppress"),
            name if !marks[0] && words().sender.has(name) => marks[0] = true,
            name if !marks[1] && words().program.has(name) => marks[1] = true,
            _ => {}
        }
    }
    scale.lay(marks[0], 2, "field of a mass mailer");
    scale.lay(marks[1], 3, "field of a notifying program");
    scale
}

/// Fields that a list puts on whatever it passes on; beside `List-Id` they say nothing more.
fn of_the_list(field: &Field) -> bool {
    const FIELDS: [&str; 9] = [
        "List-Unsubscribe",
        "List-Subscribe",
        "List-Post",
        "List-Archive",
        "List-Owner",
        "Mailing-List",
        "X-BeenThere",
        "X-Mailman-Version",
        "X-Loop-List",
    ];
    let listed = field.name.eq_ignore_ascii_case("Precedence") && field.value.eq_ignore_ascii_case("list");
    listed || FIELDS.iter().any(|name| field.name.eq_ignore_ascii_case(name))
}

/// The id between the angle brackets of `List-Id` (RFC 2919), or the whole field.
fn list_id(mail: &Mail) -> Option<String> {
    let field = mail.headers.first("List-Id")?;
    let id = field.rsplit_once('<').map_or(field, |(_, rest)| rest);
    Some(cut(id.trim_end_matches(['>', ' ']), 200).to_ascii_lowercase()).filter(|id| !id.is_empty())
}

/// The local part begins or ends with a word that says that nobody reads answers.
fn no_reply(shape: &Shape) -> bool {
    shape.address.as_ref().is_some_and(|address| words().no_reply.has(&fold(address.local())))
}

/// The phrases of bulk.toml that stand in headers and bounce.toml's complaints, sorted by where they are looked for;
/// for the others see [`super::said::Said`].
struct Words {
    sender: Lexicon<()>,
    program: Lexicon<()>,
    no_reply: Lexicon<()>,
    complaint: Lexicon<()>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table = Table::compiled_in(prepared!("src/understand/bulk"));
        let of = |group: &str| Lexicon::of_table(&table, &[(group, ())]);
        let fields = |language: &str| {
            let names = table.list("fields", language).map(|name| (name, ()));
            names.collect::<Lexicon<()>>().anchored()
        };
        Words {
            sender: fields("sender"),
            program: fields("program"),
            no_reply: of("no-reply"),
            complaint: Lexicon::of_table(&Table::compiled_in(prepared!("src/understand/bounce")), &[("complaint", ())]),
        }
    })
}
