//! Microseconds for each mail, in all and by part: `cargo bench --bench reading -- FOLDER`.
//!
//! Reads every file below FOLDER (a Maildir, say; `tests/corpus` when none is named) and prints a table.
//! The parts are called one by one on mails that are already parsed, so their sum is about what
//! `understand` costs. Each figure is processor time, the best of [`ROUNDS`] rounds.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use touchbase::mail::{Domain, Html, Mail, html, parse};
use touchbase::mailbox::{Delivery, Mailbox, Route};
use touchbase::pipeline::{self, Rules};
use touchbase::understand::shape::Shape;
use touchbase::understand::{Team, automation, block, calendar, content, forward, reply, signal, subject, understand};
use touchbase::{trust, understand::when};

const ROUNDS: usize = 5;

type Part = (&'static str, Box<dyn Fn(&Seen)>);

/// One mail, before and after parsing.
struct Seen {
    delivery: Delivery,
    mail: Mail,
    html: Option<String>,
    text: String,
}

fn main() {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder =
        PathBuf::from(named.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus").to_owned()));
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let mails: Vec<Seen> = files.iter().filter_map(|file| Some(seen(std::fs::read(file).ok()?))).collect();
    let bytes: usize = mails.iter().map(|seen| seen.delivery.bytes.len()).sum();
    println!("{} mails, {} bytes each on average", mails.len(), bytes / mails.len().max(1));
    for (name, part) in parts(rules()) {
        let micros = best(|| mails.iter().for_each(&part)).as_secs_f64() * 1e6 / mails.len().max(1) as f64;
        println!("{name:24} {micros:8.1} us");
    }
}

fn parts(rules: Rules) -> Vec<Part> {
    let team = rules.team.clone();
    let (whole, policy, ours, theirs) = (rules.clone(), rules.trust, team.clone(), team.clone());
    vec![
        ("read, all of it", Box::new(move |seen| _ = black_box(pipeline::read(&seen.delivery, &whole)))),
        ("parse", Box::new(|seen| _ = black_box(parse(&seen.delivery.bytes)))),
        ("  html in it", Box::new(|seen| _ = black_box(seen.html.as_deref().map(html::body)))),
        ("trust", Box::new(move |seen| _ = black_box(trust::judge(&seen.mail, false, &policy)))),
        ("understand", Box::new(move |seen| _ = black_box(understand(&seen.mail, Route::Watched, &team)))),
        ("  automation", Box::new(|seen| _ = black_box(automation::classify(&seen.mail)))),
        ("    shape in it", Box::new(|seen| _ = black_box(Shape::of(&seen.mail)))),
        ("  forward", Box::new(move |seen| _ = black_box(forward::find(&seen.mail, Route::Watched, &ours)))),
        ("    blocks in text", Box::new(|seen| _ = black_box(blocks(&seen.mail, false)))),
        ("    blocks in html", Box::new(|seen| _ = black_box(blocks(&seen.mail, true)))),
        ("  content", Box::new(|seen| _ = black_box(content::of_mail(&seen.mail)))),
        ("    split text", Box::new(|seen| _ = black_box(seen.mail.plain.as_ref().map(reply::split)))),
        (
            "    split html",
            Box::new(|seen| {
                _ = black_box(reply::split_mail(None, seen.mail.html.as_ref(), reply::Known::author(None)))
            }),
        ),
        ("  signals", Box::new(|seen| _ = black_box(signal::find(&seen.text, seen.mail.date)))),
        ("  calendar", Box::new(|seen| _ = black_box(calendar::meeting(&seen.mail)))),
        ("  subject", Box::new(|seen| _ = black_box(subject::base(seen.mail.subject.raw())))),
        ("  as a colleague's", Box::new(move |seen| _ = black_box(assumed(&seen.mail, &theirs)))),
        ("  one date", Box::new(|seen| _ = black_box(when::read("Thu, 19 Nov 2026 at 10:15", seen.mail.date)))),
    ]
}

/// What a mail costs when its author is one of us, so that forwards are looked for.
fn assumed(mail: &Mail, team: &Team) -> touchbase::understand::Reading {
    understand(mail, Route::Watched, &Team { assume: true, ..team.clone() })
}

fn blocks(mail: &Mail, html: bool) -> usize {
    let body = if html { mail.html.as_ref().map(Html::body) } else { mail.plain.as_ref() };
    body.map_or(0, |body| block::find_all(&body.lines).len())
}

fn best(mut work: impl FnMut()) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let began = spent();
        work();
        spent().saturating_sub(began)
    });
    times.min().unwrap_or_default()
}

/// Processor time of this thread, which other programs do not lengthen.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn seen(bytes: Vec<u8>) -> Seen {
    let mail = parse(&bytes);
    let html = mail.html.is_some().then(|| decoded(&bytes)).flatten();
    let text = content::of_mail(&mail).text;
    let mailbox = Mailbox { name: "bench".to_owned(), folder: "INBOX".to_owned() };
    let size = bytes.len() as u64;
    let delivery =
        Delivery { mailbox, route: Route::Watched, sent_folder: false, arrived: Timestamp::UNIX_EPOCH, bytes, size };
    Seen { delivery, mail, html, text }
}

/// The HTML as it stood, as far as it is not encoded: enough to time the renderer.
fn decoded(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let begin = text.find("<html").or_else(|| text.find("<div")).or_else(|| text.find("<p"))?;
    Some(text[begin..].to_owned())
}

fn rules() -> Rules {
    let domains = ["ourfirm.example", "us.example"].into_iter().filter_map(Domain::parse).collect();
    Rules { team: Team { domains, ..Team::default() }, ..Rules::default() }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_none_or(|end| end != "toml") {
            files.push(path);
        }
    }
}
