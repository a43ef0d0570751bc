//! Delivery reports: failed, delayed, and whom the mail did not reach.
//!
//! A `message/delivery-status` part (RFC 3464) decides alone. Without one, a
//! mechanical sender (null sender, MAILER-DAEMON, X-Failed-Recipients) and
//! what only such notices say (subject, failure in words, a delivery code, the
//! returned mail) are weighed together. Refused: a person who forwards or
//! discusses a bounce, whatever it quotes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::FailedRecipient;
use super::phrases::{Lexicon, Table, fold};
use super::prepared::prepared;
use super::recipient::{addresses, reply_code, status};
use super::shape::{Shape, body, cut};
use super::weight::Scale;
use crate::mail::{Address, Mail, Role};

/// From how much on a mail is a bounce, and how much of it must be what it says.
const ENOUGH: i32 = 5;
const ENOUGH_SAID: i32 = 2;
/// From how much on it needs no mechanical sender.
const PLENTY: i32 = 8;

/// Failed recipients kept of one report.
const RECIPIENTS: usize = 1000;
/// Bytes of a notice that are read.
const NOTICE: usize = 64 * 1024;

/// A delivery report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Whom it did not reach; empty when it reports success, or does not say.
    pub failed: Vec<FailedRecipient>,
    /// Why it is one.
    pub rule: String,
}

/// Asks a mail.
pub fn of(mail: &Mail, shape: &Shape) -> Option<Bounce> {
    let reported = mail.reports.iter().filter(|(kind, _)| kind.ends_with("delivery-status"));
    let sender = mechanical(mail, shape);
    let report = mail.media_type == "multipart/report" || sender.total() >= 2;
    if report && let Some((_, text)) = reported.clone().next() {
        let mut failed = Vec::new();
        reported.for_each(|(_, text)| failed.extend(from_report(text)));
        if failed.is_empty() && !reports_success(text) {
            failed = from_notice(&notice(mail), mail);
        }
        return Some(Bounce { failed: unique(failed), rule: "delivery-status part".to_owned() });
    }
    if sender.total() <= 0 && !words().subject.has(&shape.subject) && !shape.words.contains("notificationtype") {
        return None;
    }
    by_shape(mail, shape, sender)
}

/// Asks an original of which only author, subject and words are known.
pub fn of_words(shape: &Shape, text: &str) -> Option<Bounce> {
    let mail = Mail::default();
    let sender = mechanical(&mail, shape);
    let notice = cut(text, NOTICE);
    let scale = weigh(&mail, shape, sender, notice)?;
    Some(Bounce { failed: unique(from_notice(notice, &mail)), rule: scale.told() })
}

fn by_shape(mail: &Mail, shape: &Shape, sender: Scale) -> Option<Bounce> {
    let notice = notice(mail);
    if let Some(bounce) = from_webhook(&notice) {
        return Some(bounce);
    }
    let scale = weigh(mail, shape, sender, &notice)?;
    let mut failed = from_header(mail);
    if failed.is_empty() {
        failed = from_notice(&notice, mail);
    }
    Some(Bounce { failed: unique(failed), rule: scale.told() })
}

/// Who sends: what only mail systems have, against what only people have.
fn mechanical(mail: &Mail, shape: &Shape) -> Scale {
    let has = |name: &str| mail.headers.has(name);
    let starts = |name: &str, start: &str| mail.headers.all(name).any(|v| fold(cut(v, 40)).starts_with(start));
    let mut scale = Scale::default();
    scale.lay(shape.null_sender, 2, "null sender");
    let daemon = words().daemon.has(&shape.from) || words().daemon.has(&shape.author);
    scale.lay(daemon, 3, "sent by a mail system");
    let postmaster = !daemon && words().postmaster.has(&shape.author);
    scale.lay(postmaster, 2, "sent by a postmaster");
    scale.lay(has("X-Failed-Recipients"), 4, "X-Failed-Recipients");
    scale.lay(has("X-MS-Exchange-Message-Is-Ndr"), 4, "X-MS-Exchange-Message-Is-Ndr");
    scale.lay(starts("Auto-Submitted", "auto-"), 1, "Auto-Submitted");
    let report = mail.headers.all("Content-Type").any(|v| fold(v).contains("delivery-status"));
    scale.lay(report && mail.media_type == "multipart/report", 3, "report-type=delivery-status");
    // Some systems send the notice under the returned mail's subject, whatever that began with.
    let system = shape.null_sender && (daemon || postmaster);
    scale.lay(shape.answers && !system, -3, "reply or forward prefix");
    scale.lay(shape.client, -3, "written in a mail client");
    scale.lay(shape.greets && !shape.null_sender, -2, "greets by name");
    scale
}

/// The whole scale if it is a bounce.
fn weigh(mail: &Mail, shape: &Shape, sender: Scale, notice: &str) -> Option<Scale> {
    let (from, mut scale) = (sender.total(), sender);
    let said = fold(cut(notice, 6000));
    scale.lay(words().subject.has(&shape.subject), 3, "subject of a bounce");
    scale.lay(words().says.has(&said), 2, "says that delivery failed");
    let coded = status(notice).is_some() || reply_code(notice).is_some();
    scale.lay(coded && addresses(notice).next().is_some(), 2, "delivery code and address");
    let returned = !mail.attached.is_empty() || words().returned.has(&said);
    scale.lay(returned, 1, "returned mail");
    let (total, said) = (scale.total(), scale.total() - from);
    (total >= ENOUGH && said >= ENOUGH_SAID && (from >= 2 || total >= PLENTY)).then_some(scale)
}

/// The words of a mail, at most a few pages.
fn notice(mail: &Mail) -> String {
    let mut notice = String::new();
    for line in body(mail) {
        if notice.len() > NOTICE {
            break;
        }
        notice.push_str(cut(&line.text, 4000));
        notice.push('\n');
    }
    notice
}

/// The per-recipient groups of a delivery-status part (RFC 3464, 2.3), failed and delayed ones.
fn from_report(text: &str) -> Vec<FailedRecipient> {
    groups(text).iter().filter_map(failed_group).take(RECIPIENTS).collect()
}

/// Field groups between blank lines: lower-case name to value, folded lines joined, the first of a name kept.
fn groups(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut groups = vec![BTreeMap::new()];
    let mut last = String::new();
    for line in text.lines().take(20 * RECIPIENTS) {
        if line.trim().is_empty() {
            groups.push(BTreeMap::new());
            last.clear();
        } else if let Some(group) = groups.last_mut() {
            if line.starts_with([' ', '\t']) {
                group.entry(last.clone()).and_modify(|value: &mut String| {
                    value.push(' ');
                    value.push_str(line.trim());
                });
            } else if let Some((name, value)) = line.split_once(':') {
                last = name.trim().to_ascii_lowercase();
                group.entry(last.clone()).or_insert_with(|| value.trim().to_owned());
            }
        }
    }
    groups
}

/// Delivered, relayed or expanded (RFC 3464, 2.3.3).
fn reports_success(text: &str) -> bool {
    let action = |group: &BTreeMap<String, String>| group.get("action").map(|a| a.to_ascii_lowercase());
    let fine = |action: String| ["deliver", "relay", "expand"].iter().any(|word| action.starts_with(word));
    groups(text).iter().filter_map(action).any(fine)
}

fn failed_group(group: &BTreeMap<String, String>) -> Option<FailedRecipient> {
    let field = |name: &str| group.get(name).map(String::as_str);
    let action = field("action").unwrap_or("failed").to_ascii_lowercase();
    let named = |name: &str| field(name).and_then(recipient);
    // The address the sender used comes first: behind an alias, the final one is nobody we know.
    let address =
        named("original-recipient").or_else(|| named("final-recipient")).or_else(|| named("x-actual-recipient"))?;
    let delayed = action.starts_with("delay");
    let diagnostic = field("diagnostic-code").unwrap_or("");
    let stated = field("status").and_then(status);
    let vague = |code: &&str| !code.ends_with(".0.0");
    let status = stated.filter(vague).or_else(|| status(diagnostic)).or(stated);
    let failed = delayed || action.starts_with("fail");
    failed.then(|| failed_recipient(address, status, diagnostic, delayed))
}

/// `rfc822; a@x.example` and its kin.
fn recipient(value: &str) -> Option<Address> {
    let text = value.split_once(';').map_or(value, |(_, text)| text);
    addresses(text).next().map(|(_, address)| address)
}

fn failed_recipient(address: Address, code: Option<&str>, said: &str, delayed: bool) -> FailedRecipient {
    let reply = reply_code(said);
    let refused = code.map(|c| c.starts_with('5')).or(reply.map(|r| r >= 500)).unwrap_or(!delayed);
    let permanent = refused && !delayed;
    let vague = code.is_none_or(|c| c.ends_with(".0.0"));
    let unknown = permanent && vague && words().unknown_user.has(&fold(said));
    let status = if unknown { Some("5.1.1".to_owned()) } else { code.map(str::to_owned) };
    FailedRecipient { address, permanent, status }
}

/// `X-Failed-Recipients`, as Exim and Google write it.
fn from_header(mail: &Mail) -> Vec<FailedRecipient> {
    let notice = notice(mail);
    let about = cut(before_returned(&notice), 4000);
    let (code, delayed) = (status(about), delayed(mail, about));
    let listed = mail.headers.all("X-Failed-Recipients").flat_map(addresses);
    listed.take(RECIPIENTS / 10).map(|(_, address)| failed_recipient(address, code, about, delayed)).collect()
}

/// The recipients that a notice in words names: addresses before the returned mail, each with what is
/// said about it until the next one.
fn from_notice(notice: &str, mail: &Mail) -> Vec<FailedRecipient> {
    let about = before_returned(notice);
    let named = named_recipients(about, mail);
    let (about, named) = if named.is_empty() { (notice, named_recipients(notice, mail)) } else { (about, named) };
    let delayed = delayed(mail, about);
    let ends = named.iter().skip(1).map(|(start, _)| *start).chain([about.len()]);
    let everywhere = status(about);
    let recipients = named.iter().zip(ends).map(|((start, address), end)| {
        let said = about.get(*start..end).unwrap_or("");
        let code = status(said).or(if reply_code(said).is_none() { everywhere } else { None });
        failed_recipient(address.clone(), code, said, delayed)
    });
    recipients.collect()
}

fn delayed(mail: &Mail, about: &str) -> bool {
    let subject = fold(mail.subject.raw());
    words().delayed.has(&subject)
        || (words().delayed.has(&fold(cut(about, 3000))) && reply_code(about).is_none_or(|c| c < 500))
}

/// The part of a notice above the returned mail.
fn before_returned(notice: &str) -> &str {
    let mut at = 0;
    for line in notice.split_inclusive('\n') {
        if words().returned.has(&fold(cut(line, 200))) {
            break;
        }
        at += line.len();
    }
    notice.get(..at).unwrap_or(notice)
}

/// Addresses of a notice without the mail's own people and the mail system's.
fn named_recipients(text: &str, mail: &Mail) -> Vec<(usize, Address)> {
    let own = |role| mail.role(role).filter_map(|p| p.address.as_ref().map(Address::key)).collect::<Vec<_>>();
    let (from, to) = (own(Role::From), own(Role::To));
    let mut seen = BTreeSet::new();
    let (ours, others): (Vec<_>, Vec<_>) = addresses(text)
        .filter(|(at, address)| !from.contains(&address.key()) && !desk(address) && !in_other_field(text, *at))
        .filter(|(_, address)| seen.insert(address.key()))
        .take(RECIPIENTS)
        .partition(|(_, address)| to.contains(&address.key()));
    // Who writes to himself and fails is named as sender and as recipient.
    if others.is_empty() { ours } else { others }
}

/// Addresses that stand in every notice.
fn desk(address: &Address) -> bool {
    let local = address.local().to_ascii_lowercase();
    ["postmaster", "mailer-daemon", "abuse", "helpdesk", "support", "hostmaster"].contains(&local.as_str())
}

/// Whether an address stands on a line of a header field that names no recipient.
fn in_other_field(text: &str, at: usize) -> bool {
    let line = text.get(..at).map_or("", |before| before.rsplit('\n').next().unwrap_or(""));
    let start = fold(cut(line.trim_start(), 30));
    [
        "message-id",
        "from:",
        "from ",
        "references:",
        "in-reply-to:",
        "sender:",
        "mail from",
        "x-",
        "reporting-mta",
        "envelope-from",
        ">>> mail",
    ]
    .iter()
    .any(|field| start.starts_with(field))
}

/// Notifications of sending services are JSON: `"bouncedRecipients"` says who, `bounceType` for how long.
fn from_webhook(notice: &str) -> Option<Bounce> {
    let flat: String = notice.chars().filter(|c| !matches!(c, '\\' | ' ' | '\n')).collect();
    let kind = ["\"notificationType\":\"", "\"eventType\":\""].iter().find_map(|key| flat.split_once(key))?.1;
    let bounced = kind.starts_with("Bounce");
    if !bounced && !kind.starts_with("Delivery") {
        return None;
    }
    let list = flat.split_once("\"bouncedRecipients\":[").and_then(|(_, rest)| rest.split(']').next()).unwrap_or("");
    let permanent = !flat.contains("\"bounceType\":\"Transient\"");
    let failed = list.split('}').filter_map(|entry| {
        let (_, address) = addresses(entry).next()?;
        Some(failed_recipient(address, status(entry), entry, !permanent))
    });
    Some(Bounce { failed: unique(failed.collect()), rule: "notification of a sending service".to_owned() })
}

/// Each address once, the first word about it kept.
fn unique(failed: Vec<FailedRecipient>) -> Vec<FailedRecipient> {
    let mut seen = BTreeSet::new();
    failed.into_iter().filter(|f| seen.insert(f.address.key())).take(RECIPIENTS).collect()
}

/// The phrases of bounce.toml, sorted by where they are looked for.
struct Words {
    daemon: Lexicon<()>,
    postmaster: Lexicon<()>,
    /// Where the subject begins.
    subject: Lexicon<()>,
    says: Lexicon<()>,
    delayed: Lexicon<()>,
    unknown_user: Lexicon<()>,
    returned: Lexicon<()>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table = Table::compiled_in(prepared!("src/understand/bounce"));
        let of = |group: &str| Lexicon::of_table(&table, &[(group, ())]);
        Words {
            daemon: of("daemon"),
            postmaster: of("postmaster"),
            subject: of("subject").anchored(),
            says: Lexicon::of_table(&table, &[("failed", ()), ("delayed", ())]),
            delayed: of("delayed"),
            unknown_user: of("unknown-user"),
            returned: of("returned"),
        }
    })
}
