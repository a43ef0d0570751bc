//! A mailbox as a small firm has it, the same in every run: customers who write, answer and quote, colleagues,
//! newsletters, notices, bounces, automatic answers; several charsets and encodings; some with files.

use std::collections::VecDeque;
use std::fmt::Write as _;

use super::encode::{Part, base64_lines, encoded_word, multipart, page, text};
use super::random::Random;
use super::words::{FIRST, LANGUAGES, LAST, SUBJECTS};

const SEED: u64 = 7;
const CUSTOMERS: usize = 500;
const CONTACTS: usize = 2_000;
/// When the first mail was sent, as a Unix time.
const BEGIN: i64 = 1_640_995_200;
/// The files of mails, in encoded bytes, at least and at most; spread by their logarithm.
const FILES: (f64, f64) = (200_000.0, 5_000_000.0);

/// Somebody's name and address.
type Who = (String, String);

/// Makes mail after mail.
pub struct Mailbox {
    with_files: f64,
    pub(super) number: u64,
    at: i64,
    pub(super) random: Random,
    /// Base64 text from which files are cut.
    pool: String,
    /// Mails that may be answered.
    recent: VecDeque<Sent>,
}

#[derive(Clone)]
struct Sent {
    id: String,
    thread: Vec<String>,
    subject: String,
    from: Who,
}

/// A contacts file of touchbase with everyone who is a customer's.
pub fn contacts() -> String {
    let mut csv = String::from("customer,name,address,role,phone,since,cadence-days,domains,notes\n");
    for customer in 0..CUSTOMERS {
        let _ = writeln!(csv, "Customer {customer},,,,,,,customer-{customer}.example,");
    }
    for contact in 0..CONTACTS {
        let (name, address) = person(contact);
        let _ = writeln!(csv, "Customer {},{name},{address},,,,,,", contact % CUSTOMERS);
    }
    csv
}

fn person(number: usize) -> Who {
    let mut random = Random::of(SEED + 1, number as u64);
    let name = format!("{} {}", random.one(&FIRST), random.one(&LAST));
    (name, format!("person{number}@customer-{}.example", number % CUSTOMERS))
}

impl Mailbox {
    /// From the first mail on; `with_files` is the share of mails that carry some.
    pub fn new(with_files: f64) -> Mailbox {
        let mut random = Random::of(SEED + 2, 0);
        let raw: Vec<u8> = (0..600_000).flat_map(|_| random.bits().to_le_bytes()).collect();
        let (pool, recent) = (base64_lines(&raw), VecDeque::new());
        Mailbox { with_files, number: 0, at: BEGIN, random, pool, recent }
    }

    /// The next mail, with LF, and when it was sent.
    pub fn make(&mut self) -> (Vec<u8>, i64) {
        self.random = Random::of(SEED, self.number);
        self.at += self.random.within(1, 8_000) as i64;
        let kind = self.random.within(0, 100);
        let (head, mut part) = match kind {
            0..58 => self.personal(kind),
            58..78 => self.newsletter(),
            78..90 => self.notice(),
            90..94 => self.automatic_answer(),
            94 => self.bounce(),
            95..98 => self.forward(),
            _ => self.invitation(),
        };
        if !(58..90).contains(&kind) && self.random.chance(self.with_files / 0.68) {
            part = self.with_files(part);
        }
        self.number += 1;
        let mut mail = format!("{head}MIME-Version: 1.0\n{}\n", part.head).into_bytes();
        mail.extend(part.body);
        (mail, self.at)
    }

    /// One file of so many encoded bytes in a mail of a few words.
    pub fn large(&mut self, bytes: usize) -> (Vec<u8>, i64) {
        let (head, words) = self.personal(50);
        let file = self.file(bytes);
        self.number += 1;
        let part = multipart("mixed", self.number, vec![words, file]);
        let mut mail = format!("{head}MIME-Version: 1.0\n{}\n", part.head).into_bytes();
        mail.extend(part.body);
        (mail, self.at)
    }

    /// Everything but the words: routes, seals, people.
    pub(super) fn head(&mut self, from: &Who, to: &Who, subject: &str, more: &str) -> String {
        let date = jiff::Timestamp::from_second(self.at).expect("a time").strftime("%a, %d %b %Y %H:%M:%S +0000");
        let domain = from.1.rsplit('@').next().unwrap_or("");
        let mut head = format!("Return-Path: <{}>\n", from.1);
        for hop in 0..self.random.within(2, 6) {
            let _ = writeln!(
                head,
                "Received: from mx{hop}.relay.example (mx{hop}.relay.example [192.0.2.{hop}])\n\tby in.us.example \
                 (Postfix) with ESMTPS id {:X}\n\tfor <{}>; {date}",
                self.random.bits(),
                to.1
            );
        }
        let seal: Vec<u8> = (0..32).flat_map(|_| self.random.bits().to_le_bytes()).collect();
        let seal = base64_lines(&seal).trim_end().replace('\n', "\n  ");
        let _ = write!(
            head,
            "Authentication-Results: mx.us.example;\n\tdkim=pass header.i=@{domain} header.s=s1;\n\tspf=pass \
             smtp.mailfrom={};\n\tdmarc=pass header.from={domain}\nDKIM-Signature: v=1; a=rsa-sha256; d={domain}; \
             s=s1;\n h=from:to:subject:date:message-id;\n b={seal}\nFrom: {} <{}>\nTo: {} <{}>\nSubject: {}\nDate: \
             {date}\nMessage-ID: {}\n{more}",
            from.1,
            encoded_word(&from.0),
            from.1,
            encoded_word(&to.0),
            to.1,
            encoded_word(subject),
            self.id(),
        );
        head
    }

    fn id(&self) -> String {
        format!("<{:016x}.{}@mail.example>", Random::of(SEED + 3, self.number).bits(), self.number)
    }

    pub(super) fn us(&mut self) -> Who {
        let number = self.random.within(0, 6);
        (format!("Jordan Avery{number}"), format!("colleague{number}@us.example"))
    }

    /// Few customers write most of the mail.
    pub(super) fn contact(&mut self) -> Who {
        person((self.random.skewed(300.0, 1.0) as usize).min(CONTACTS - 1))
    }

    pub(super) fn subject(&mut self) -> String {
        let number = self.random.within(1, 9_999).to_string();
        self.random.one(&SUBJECTS).replace('#', &number)
    }

    pub(super) fn words(&mut self, letters: usize) -> String {
        let (space, words) = LANGUAGES[[0, 0, 0, 0, 1, 1, 2, 3, 4, 5][self.random.within(0, 10)]];
        let (mut text, mut line, mut paragraph) = (String::new(), 0, 0);
        while text.len() < letters {
            let word = words[self.random.within(0, words.len())];
            text.push_str(word);
            line += word.chars().count() + 1;
            paragraph += 1;
            let end = if paragraph > 50 {
                ".\n\n"
            } else if line > 66 {
                "\n"
            } else {
                space
            };
            text.push_str(end);
            line = if end.ends_with('\n') { 0 } else { line };
            paragraph %= 51;
        }
        text
    }

    pub(super) fn letter(&mut self, from: &Who, to: &Who) -> String {
        let letters = self.random.skewed(730.0, 0.9).clamp(60.0, 20_000.0) as usize;
        let (words, phone) = (self.words(letters), self.random.within(1_000_000, 9_999_999));
        let first = to.0.split(' ').next().unwrap_or("");
        format!("Hello {first},\n\n{words}\n\nBest regards,\n{0}\n-- \n{0}\nTel +49 30 {phone}\n", from.0)
    }

    /// The words alone, or with a page that says the same, sometimes with a picture in it.
    fn in_forms(&mut self, words: &str) -> Part {
        let (way, form) = (self.random.within(0, 10), self.random.within(0, 100));
        if form < 40 {
            return text(words, "plain", way);
        }
        let mut html = text(&page(words, 0), "html", way);
        if form < 48 {
            return html;
        }
        if form > 90 {
            let bytes = self.random.within(4_000, 30_000);
            let picture = Part {
                head:
                    "Content-Type: image/png; name=\"image001.png\"\nContent-ID: <1@img>\nContent-Disposition: inline; \
                       filename=\"image001.png\"\nContent-Transfer-Encoding: base64\n"
                        .to_owned(),
                body: self.cut(bytes),
            };
            html = multipart("related", self.number, vec![html, picture]);
        }
        multipart("alternative", self.number, vec![text(words, "plain", way), html])
    }

    /// So many bytes of the pool, cut at line ends.
    fn cut(&mut self, bytes: usize) -> Vec<u8> {
        let start = self.random.within(0, self.pool.len() / 2) / 77 * 77;
        let lines = self.pool.as_bytes()[start..].chunks_exact(77).cycle();
        lines.take(bytes / 77).flatten().copied().collect()
    }

    fn file(&mut self, bytes: usize) -> Part {
        let name = format!("Angebot {}.pdf", self.random.within(1, 9_999));
        let head = format!(
            "Content-Type: application/pdf; name=\"{name}\"\nContent-Disposition: attachment; \
             filename=\"{name}\"\nContent-Transfer-Encoding: base64\n"
        );
        Part { head, body: self.cut(bytes) }
    }

    fn with_files(&mut self, words: Part) -> Part {
        let (least, most) = (FILES.0.ln(), FILES.1.ln());
        let bytes = (least + (most - least) * self.random.unit()).exp() as usize;
        let count = self.random.within(1, 5).div_ceil(3);
        let files = (0..count).map(|_| self.file(bytes / count)).collect::<Vec<_>>();
        multipart("mixed", self.number ^ 0xf11e, std::iter::once(words).chain(files).collect())
    }

    fn personal(&mut self, kind: usize) -> (String, Part) {
        let (us, them) = (self.us(), self.contact());
        let back = self.random.skewed(40.0, 1.0) as usize;
        let answered = if self.random.chance(0.5) { self.recent.iter().rev().nth(back).cloned() } else { None };
        let (from, to) = match &answered {
            _ if kind < 11 => (us, them),
            Some(parent) if parent.from.1.contains("customer") => (parent.from.clone(), us),
            _ if kind > 43 => ((them.0, format!("stranger{}@web.example", back)), us),
            _ => (them, us),
        };
        let mut words = self.letter(&from, &to);
        let (mut subject, mut thread, mut more) = (self.subject(), Vec::new(), String::new());
        if let Some(parent) = answered {
            subject = format!("Re: {}", parent.subject.trim_start_matches("Re: "));
            thread.clone_from(&parent.thread);
            thread.push(parent.id.clone());
            thread.drain(..thread.len().saturating_sub(20));
            more = format!("In-Reply-To: {}\nReferences: {}\n", parent.id, thread.join("\n "));
            words.push_str(&self.quoted(&parent, thread.len()));
        }
        let head = self.head(&from, &to, &subject, &more);
        self.recent.push_back(Sent { id: self.id(), thread, subject, from });
        if self.recent.len() > 600 {
            self.recent.pop_front();
        }
        (head, self.in_forms(&words))
    }

    fn quoted(&mut self, parent: &Sent, depth: usize) -> String {
        let words = self.words((500 * depth).min(12_000));
        let (name, address) = &parent.from;
        if self.random.chance(0.65) {
            let quoted: String = words.lines().map(|line| format!("> {line}\n")).collect();
            return format!("\nOn Thu, 20 Jan 2022 at 10:15, {name} <{address}> wrote:\n{quoted}");
        }
        format!(
            "\n-----Original Message-----\nFrom: {name} <{address}>\nSent: Thursday, 20 January 2022 10:15\nTo: Jordan \
             Avery\nSubject: {}\n\n{words}",
            parent.subject
        )
    }
}
