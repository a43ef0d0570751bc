//! A server that answers as a script says: what none should do, and what becomes of the letter.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use touchbase::mail::{Address, MessageId};
use touchbase::postman::{Letter, Patience, PostmanError, Session, Settings, Tls, compose, probe};

/// What the server does when it hears a word: says something, or hangs up.
type Script = &'static [(&'static str, &'static str)];

/// The answers of a server that takes everything.
const GOOD: Script = &[
    ("", "220 mx ready"),
    ("EHLO", "250-mx\r\n250 AUTH PLAIN LOGIN"),
    ("AUTH", "235 welcome"),
    ("MAIL", "250 ok"),
    ("RCPT", "250 ok"),
    ("DATA", "354 go on"),
    (".", "250 taken"),
    ("RSET", "250 ok"),
    ("QUIT", "221 bye"),
];

/// A server that plays its script to every connection, one after the other.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    _thread: JoinHandle<()>,
}

impl Server {
    /// `changes` replace the good answers; one that is empty closes the connection, `silence` says nothing more.
    fn start(changes: Script) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = heard.clone();
        let thread = spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, changes, &log);
            }
        });
        Server { port, heard, _thread: thread }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("a log").clone()
    }

    fn settings(&self, tls: Tls) -> Settings {
        Settings {
            host: "localhost".into(),
            port: self.port,
            tls,
            ca_file: None,
            login: None,
            from: address("touchbase@us.example"),
            patience: Patience { connect: Duration::from_secs(2), letter: Duration::from_secs(2) },
        }
    }
}

fn serve(stream: TcpStream, changes: Script, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (mut lines, mut out) = (BufReader::new(stream.try_clone()?), stream);
    let answer = |word: &str| {
        let of = |script: Script| script.iter().find(|(of, _)| *of == word).map(|(_, answer)| *answer);
        of(changes).or_else(|| of(GOOD)).unwrap_or("502 what")
    };
    let mut say = |word: &str| match answer(word) {
        "" => Ok(false),
        "silence" => {
            std::thread::sleep(Duration::from_secs(5));
            Ok(false)
        }
        words => write!(out, "{words}\r\n").map(|()| true),
    };
    if !say("")? {
        return Ok(());
    }
    let mut letter = false;
    loop {
        let mut line = String::new();
        if lines.by_ref().take(10_000).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        if letter && line != "." {
            continue;
        }
        let word = line.split(' ').next().unwrap_or_default().to_uppercase();
        heard.lock().expect("a log").push(line.to_owned());
        letter = word == "DATA" && answer("DATA").starts_with('3');
        if !say(&word)? {
            return Ok(());
        }
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn letter() -> Letter {
    Letter {
        from: address("touchbase@us.example"),
        to: vec![address("me@us.example"), address("you@us.example")],
        reply_to: None,
        message_id: MessageId::parse("<touchbase.report.2026-11-20.00@us.example>").expect("an identifier"),
        written: Timestamp::from_second(1_795_200_000).expect("an instant"),
        mark: ("X-Touchbase-Report", "2026-11-20".into()),
        subject: "3 people wait for an answer · 20 November".into(),
        text: format!("# Friday\n\n.\n\nGrüße {}\n", "x".repeat(2_000)),
        html: "<p>Grüße</p>".into(),
    }
}

/// Sends the letter to one recipient, as the daemon does.
fn send(settings: &Settings) -> Result<(), PostmanError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let bytes = compose(&letter())?;
        let mut session = Session::open(settings).await?;
        let sent = session.send(&address("me@us.example"), &bytes).await;
        session.close().await;
        sent
    })
}

/// In one word what became of it.
fn fate(outcome: &Result<(), PostmanError>) -> &'static str {
    match outcome {
        Ok(()) => "sent",
        Err(PostmanError::Later(_)) => "later",
        Err(PostmanError::Refused(_)) => "refused",
        Err(PostmanError::Person { .. }) => "person",
    }
}

#[test]
fn what_the_server_answers_decides_whether_a_letter_is_tried_again() {
    let table: &[(Script, &str)] = &[
        (&[], "sent"),
        (&[("", "554 not here")], "later"),
        (&[("", "")], "later"),
        (&[("", "silence")], "later"),
        (&[("", "SSH-2.0-OpenSSH")], "later"),
        (&[("MAIL", "451 try again")], "later"),
        (&[("MAIL", "530 log in first")], "person"),
        (&[("MAIL", "550 not yours")], "refused"),
        (&[("RCPT", "450 greylisted")], "later"),
        (&[("RCPT", "550 nobody")], "refused"),
        (&[("RCPT", "421 going down")], "later"),
        (&[("DATA", "554 no")], "refused"),
        (&[("DATA", "250 what")], "later"),
        (&[(".", "552 too large")], "refused"),
        (&[(".", "452 disk full")], "later"),
        // The server may have it or not: it is tried again, under the same identifier.
        (&[(".", "")], "later"),
        (&[(".", "silence")], "later"),
        (&[("QUIT", "")], "sent"),
        (&[("QUIT", "500 no")], "sent"),
    ];
    for (changes, expected) in table {
        let server = Server::start(changes);
        let outcome = send(&server.settings(Tls::None));
        assert_eq!(fate(&outcome), *expected, "{changes:?}: {outcome:?}");
    }
}

#[test]
fn after_a_refusal_the_next_recipient_gets_the_letter_over_the_same_connection() {
    let server = Server::start(&[("RCPT", "550 nobody")]);
    let settings = server.settings(Tls::None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut session = Session::open(&settings).await.expect("a session");
        for _ in 0..2 {
            let refused = session.send(&address("me@us.example"), b"a letter").await;
            assert_eq!(fate(&refused), "refused", "{refused:?}");
        }
    });
    let words: Vec<String> =
        server.heard().iter().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(words, ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "RSET"]);
}

#[test]
fn a_login_that_is_refused_waits_for_a_person_and_is_never_in_what_is_said() {
    let server = Server::start(&[("AUTH", "535 5.7.8 c2VjcmV0IHBhc3M= is wrong")]);
    let login = Some(("me".to_owned(), SecretString::from("secret pass")));
    let outcome = send(&Settings { login, ..server.settings(Tls::None) });
    assert_eq!(fate(&outcome), "person", "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("secret pass"));
    let server = Server::start(&[("EHLO", "250 mx")]);
    let login = Some(("me".to_owned(), SecretString::from("secret pass")));
    let outcome = send(&Settings { login, ..server.settings(Tls::None) });
    assert_eq!(fate(&outcome), "person", "no AUTH is offered: {outcome:?}");
    assert!(server.heard().iter().all(|line| !line.starts_with("AUTH")), "{:?}", server.heard());
}

#[test]
fn nothing_is_said_before_tls_and_nothing_slips_in_with_it() {
    let table: &[(Script, &str, &str)] = &[
        (&[("STARTTLS", "502 what")], "person", "offers no STARTTLS"),
        (&[("STARTTLS", "454 not now")], "later", "454"),
        (&[("STARTTLS", "220 go\r\n250 AUTH PLAIN")], "person", "between STARTTLS and TLS"),
        (&[("STARTTLS", "220 go")], "later", ""),
        (&[("", "554 no")], "later", "554"),
    ];
    for (changes, expected, words) in table {
        let server = Server::start(changes);
        let login = Some(("me".to_owned(), SecretString::from("secret pass")));
        let outcome = send(&Settings { login, ..server.settings(Tls::StartTls) });
        assert_eq!(fate(&outcome), *expected, "{changes:?}: {outcome:?}");
        assert!(format!("{outcome:?}").contains(words), "{words}: {outcome:?}");
        let before = ["EHLO", "STARTTLS"];
        let heard = server.heard();
        // A handshake that nobody answers is not text.
        let spoken = heard.iter().filter(|line| line.is_ascii() && !line.contains('\0'));
        assert!(spoken.clone().all(|line| before.iter().any(|word| line.starts_with(word))), "{heard:?}");
    }
    let server = Server::start(&[]);
    let outcome = send(&server.settings(Tls::Implicit));
    assert_eq!(fate(&outcome), "person", "a server without TLS on this port: {outcome:?}");
}

#[test]
fn a_probe_logs_in_and_sends_nothing() {
    let server = Server::start(&[]);
    let login = Some(("me".to_owned(), SecretString::from("secret pass")));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let found = runtime.block_on(probe(&Settings { login, ..server.settings(Tls::None) })).expect("a server");
    assert!(found.contains("as me"), "{found}");
    let heard = server.heard();
    assert!(heard.iter().any(|line| line.starts_with("AUTH PLAIN")), "{heard:?}");
    assert!(heard.iter().all(|line| !line.starts_with("MAIL")), "{heard:?}");
}

#[test]
fn a_letter_is_ascii_in_short_lines_and_has_the_same_bytes_each_time() {
    let bytes = compose(&letter()).expect("a letter");
    assert_eq!(bytes, compose(&letter()).expect("a letter"));
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).expect("ASCII");
    assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    let mail = touchbase::mail::parse(text.as_bytes());
    assert_eq!(mail.subject.raw(), "3 people wait for an answer · 20 November");
    let plain = format!("{:?}", mail.plain.as_ref().expect("a text").lines);
    assert!(plain.contains("Grüße") && plain.contains(&"x".repeat(2_000)), "{plain}");
    assert_eq!(mail.message_id, Some(letter().message_id));
    for header in ["Precedence", "List-Id", "List-Unsubscribe"] {
        assert!(!mail.headers.has(header), "{header}");
    }
}
