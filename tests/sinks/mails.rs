//! Mails with a payload in every place, and the program that has read them all.

use std::fmt::Write;
use std::sync::OnceLock;

use jiff::civil::{Date, date};
use touchbase::mail::Untrusted;

use super::payloads;
use super::program::Program;

const CONFIGURATION: &str = r#"
[team]
addresses = ["me@us.example"]
[[mailbox]]
name = "mine"
kind = "maildir"
path = "Maildir"
[contacts]
files = ["contacts.csv"]
[trust]
authentication-results = ["mx.us.example"]
[report]
time-zone = "UTC"
"#;
const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\n";

/// How many payloads came on one day, so that no list of a page is cut.
const A_DAY: usize = 4;
const FIRST: Date = date(2026, 1, 5);

/// The program that has read every mail, with what it logged while it did. One for all tests: nothing changes it.
pub fn read() -> &'static (Program, String) {
    static READ: OnceLock<(Program, String)> = OnceLock::new();
    READ.get_or_init(|| {
        let program = Program::new(CONFIGURATION, CONTACTS, "");
        for folder in ["Maildir/new", "Maildir/cur", "Maildir/tmp"] {
            std::fs::create_dir_all(program.path(folder)).expect("a Maildir");
        }
        for (number, payload) in payloads::all().iter().enumerate() {
            let forged = "Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\r\n";
            let stranger = format!("s{number}@else.example");
            for (kind, top, from) in
                [("known", "", "ann@acme.example"), ("stranger", "", &stranger), ("forged", forged, "me@us.example")]
            {
                let file = format!("Maildir/new/{number:03}.{kind}");
                program.write(&file, &mail(number, kind, top, from, payload));
            }
        }
        let ran = program.run(&["once", "-v", "-v"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        (program, ran.err + &ran.out)
    })
}

/// The days on which payloads came.
pub fn days() -> Vec<Date> {
    (0..payloads::all().len().div_ceil(A_DAY)).map(day).collect()
}

fn day(number: usize) -> Date {
    FIRST + jiff::Span::new().days(number as i64)
}

/// The payload as one line of it is shown: what hides or steers made visible.
pub fn shown(payload: &str) -> String {
    Untrusted::new(payload).line(300).visible()
}

/// Encoded words carry any character; the first words of the text are the payload as well.
fn mail(number: usize, kind: &str, top: &str, from: &str, payload: &str) -> String {
    let on = day(number / A_DAY).strftime("%a, %d %b %Y");
    let encoded = format!("=?utf-8?B?{}?=", base64(payload.as_bytes()));
    let file: String = payload.bytes().map(|b| format!("%{b:02X}")).collect();
    let text = base64(format!("{payload}\r\n\r\nCould you look at {payload}?\r\n").as_bytes());
    format!(
        "{top}From: {encoded} <{from}>\r\nTo: {encoded} <me@us.example>\r\nDate: {on} 10:{:02}:00 +0000\r\n\
         Message-ID: <{kind}.{number}@x.example>\r\nSubject: {encoded}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{text}\r\n--b\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename*=utf-8''{file}\r\n\r\nx\r\n--b--\r\n",
        number % A_DAY
    )
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, b| word << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63] as char;
            let _ = write!(out, "{}", if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

#[test]
fn every_mail_became_what_it_is() {
    let (program, _) = read();
    let count = payloads::all().len();
    let status = program.json(&["status", "--json"]);
    assert_eq!(program.lines(&["export"]).len(), count, "the contact's mails: {status}");
    assert_eq!(program.json(&["unmatched", "list", "--json"]).as_array().map(Vec::len), Some(count));
    assert_eq!(program.json(&["quarantine", "list", "--json"]).as_array().map(Vec::len), Some(count));
}
