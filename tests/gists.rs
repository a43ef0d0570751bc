//! The one line of an exchange, for mails read as touchbase reads them. `gists.toml` has them.
//! `cargo test --test gists -- --nocapture` shows every line that is not the one expected.

use std::path::PathBuf;

use serde::Deserialize;
use touchbase::mailbox::{Delivery, Mailbox, Route};
use touchbase::pipeline::{Known, process};
use touchbase::report::gist::gist;

#[derive(Deserialize)]
struct Mails {
    mail: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    body: String,
    gist: String,
}

#[test]
fn a_line_tells_what_its_mail_is_about() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/gists.toml");
    let mails: Mails = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for Case { body, gist: expected } in &mails.mail {
        let mail = format!(
            "From: Ruth Ames <ruth@ames.example>\r\nTo: tom@us.example\r\nSubject: The hall\r\n\
             Date: Wed, 18 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@ames.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
            body.trim_start().replace('\n', "\r\n")
        );
        let delivery = Delivery {
            mailbox: Mailbox { name: "capture".into(), folder: "INBOX".into() },
            route: Route::Unknown,
            sent_folder: false,
            arrived: "2026-11-18T09:00:05Z".parse().unwrap(),
            size: mail.len() as u64,
            bytes: mail.into_bytes(),
        };
        let disposition = process(&delivery, &Known::default());
        let line = gist(&disposition.interactions[0]).log();
        if !line.starts_with(expected.as_str()) {
            wrong.push(format!("{line:?}, not {expected:?}"));
        }
    }
    println!("{} of {} lines are the ones expected", mails.mail.len() - wrong.len(), mails.mail.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
