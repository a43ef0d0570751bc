//! Large mails against a real Dovecot: their files stay on the server, and what is read of them is what would be read
//! of the whole mail.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/ledger.rs"]
mod ledger;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dovecot::Dovecot;
use ledger::{TestLedger, noon, uid_of};
use secrecy::SecretString;
use touchbase::inbox::imap::{self, After, Password, Patience, Settings, Tls};
use touchbase::mail::{Domain, parse};
use touchbase::mailbox::{Delivery, Route};
use touchbase::pipeline::{self, Rules};
use touchbase::understand::Team;

fn settings(server: &Dovecot) -> Settings {
    let password = server.password.clone();
    Settings {
        name: "capture".into(),
        host: "localhost".into(),
        port: server.imap_port,
        tls: Tls::None,
        ca_file: None,
        user: server.user.clone(),
        password: Password::new(move || {
            let password = SecretString::from(password.clone());
            async move { Ok(password) }
        }),
        folders: vec!["INBOX".into()],
        route: Route::Capture,
        poll: Duration::from_secs(60),
        since: None,
        after: After::Leave,
        patience: Patience { pause: Duration::from_millis(200), ..Patience::default() },
        clock: noon,
    }
}

/// What the inbox hands over of these mails, in their order.
async fn fetched(mails: &[Vec<u8>]) -> Vec<Delivery> {
    let server = Dovecot::start();
    server.place(None, mails);
    let ledger = Arc::new(TestLedger::default());
    imap::pass(settings(&server), Arc::clone(&ledger)).await.expect("a pass");
    let mut rows = ledger.rows();
    rows.sort_by_key(uid_of);
    let deliveries: Vec<Delivery> = rows.into_iter().filter_map(|row| row.delivery).collect();
    assert_eq!(deliveries.len(), mails.len(), "every mail is handed over");
    deliveries
}

fn rules() -> Rules {
    let domains = ["us.example", "ourfirm.example"].into_iter().filter_map(Domain::parse).collect();
    Rules { team: Team { domains, ..Team::default() }, ..Rules::default() }
}

/// Whether reading what was fetched comes to what reading the whole mail comes to.
fn reads_the_same(name: &str, fetched: &Delivery, whole: &[u8]) {
    let whole = Delivery { bytes: whole.to_vec(), size: whole.len() as u64, ..fetched.clone() };
    let (here, there) = (pipeline::read(fetched, &rules()), pipeline::read(&whole, &rules()));
    assert_eq!(here, there, "{name}\n{}", String::from_utf8_lossy(&fetched.bytes));
}

/// Encoded bytes that nobody needs, in lines of 76.
fn base64(lines: usize) -> String {
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n";
    line.repeat(lines) + "QUJDRA==\r\n"
}

fn file(name: &str) -> String {
    file_of(name, &base64(2_000))
}

fn file_of(name: &str, encoded: &str) -> String {
    format!(
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}"
    )
}

fn multipart(subtype: &str, boundary: &str, parts: &[String]) -> String {
    let mut text = format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        let _ = write!(text, "--{boundary}\r\n{part}\r\n");
    }
    text + &format!("--{boundary}--\r\n")
}

fn words(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}")
}

fn from_ann(part: &str) -> Vec<u8> {
    format!(
        "From: Ann Li <ann@acme.example>\r\nTo: me@us.example\r\nSubject: Delivery plan\r\nDate: Fri, 20 Nov 2026 \
         09:12:00 +0100\r\nMessage-ID: <1@acme.example>\r\nMIME-Version: 1.0\r\n{part}"
    )
    .into_bytes()
}

/// Shapes that mail programs give to mails with files.
fn shapes() -> Vec<(&'static str, Vec<u8>)> {
    let ann = || words("When does the crane come?\r\n\r\nAnn\r\n");
    let inline = "Content-Type: image/jpeg; name=\"crane.jpg\"\r\nContent-Disposition: inline\r\n\
                  Content-Transfer-Encoding: base64\r\n\r\n"
        .to_owned()
        + &base64(3_000);
    let page = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>When does the <b>crane</b> come?</p>".to_owned();
    let inner = String::from_utf8(from_ann(&multipart("mixed", "in", &[ann(), file("inner.pdf")]))).expect("text");
    let attached = |kind: &str| format!("{kind}\r\n\r\n{inner}");
    let colleague = |part: String| {
        let mail = String::from_utf8(from_ann(&part)).expect("text");
        mail.replace("Ann Li <ann@acme.example>", "Me <me@us.example>").into_bytes()
    };
    vec![
        ("words and a file", from_ann(&multipart("mixed", "b", &[ann(), file("plan.pdf")]))),
        ("words behind a large picture", from_ann(&multipart("mixed", "b", &[inline.clone(), ann(), file("a b.pdf")]))),
        (
            "a page with its pictures",
            from_ann(&multipart("related", "b", &[multipart("alternative", "c", &[ann(), page]), inline])),
        ),
        ("a picture alone", from_ann(&file("alone.pdf"))),
        (
            "a forwarded mail with a file",
            colleague(multipart("mixed", "b", &[words("FYI"), attached("Content-Type: message/rfc822")])),
        ),
        (
            "a forwarded mail that calls itself a file",
            colleague(multipart(
                "mixed",
                "b",
                &[words("FYI"), attached("Content-Type: application/octet-stream; name=\"plan.eml\""), file("x.pdf")],
            )),
        ),
        ("parts without headers", from_ann(&multipart("mixed", "b", &["\r\nHello.".to_owned(), file("y.pdf")]))),
        ("a long letter", from_ann(&words(&"The crane comes on Monday.\r\n".repeat(9_000)))),
        (
            "a long letter with a file",
            from_ann(&multipart("mixed", "b", &[words(&"Monday. ".repeat(20_000)), file("z.pdf")])),
        ),
        (
            "a text that is a file",
            from_ann(&multipart(
                "mixed",
                "b",
                &[
                    ann(),
                    "Content-Type: text/csv; name=list.csv\r\nContent-Disposition: attachment\r\n\r\n".to_owned()
                        + &"a;b;c\r\n".repeat(20_000),
                ],
            )),
        ),
        (
            "a boundary that is not declared",
            from_ann(&multipart("mixed", "b", &[ann(), file("n.pdf")]).replace("; boundary=\"b\"", "")),
        ),
        ("no end", from_ann(multipart("mixed", "b", &[ann(), file("n.pdf")]).trim_end().trim_end_matches("--b--"))),
        (
            "names in two encodings",
            from_ann(&multipart("mixed", "b", &[ann(), file("=?utf-8?B?w6QucGRm?="), file("ö.pdf")])),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_every_shape_are_read_as_if_they_were_whole() {
    let shapes = shapes();
    let mails: Vec<Vec<u8>> = shapes.iter().map(|(_, mail)| mail.clone()).collect();
    let deliveries = fetched(&mails).await;
    for (name, whole) in &shapes {
        // Files are fetched before what is small; the size tells which mail it is.
        let delivery = deliveries.iter().find(|delivery| delivery.size == whole.len() as u64).expect(name);
        reads_the_same(name, delivery, whole);
    }
    let sum = |what: fn(&Delivery) -> usize| deliveries.iter().map(what).sum::<usize>();
    let (came, all) = (sum(|delivery| delivery.bytes.len()), sum(|delivery| delivery.size as usize));
    assert!(came * 2 < all, "{came} of {all} bytes came");
}

/// Nothing of a large file is fetched, not even the line that tells its very size.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_stays_as_a_whole_and_its_size_is_known_to_two_bytes() {
    let mail = |(lines, end): (usize, &str)| {
        let whole = base64(lines);
        let encoded = whole.strip_suffix("QUJDRA==\r\n").expect("its last line").to_owned() + end;
        let parts = [words("When does the crane come?"), file_of("film.pdf", &encoded)];
        from_ann(&multipart("mixed", "b", &parts))
    };
    // The size tells which mail it is.
    let ends = ["", "QUJD", "QUI=", "QQ==", "QUJDRA==\r\n"];
    let mails: Vec<Vec<u8>> = (20_000..).zip(ends).map(mail).collect();
    for delivery in fetched(&mails).await {
        let whole = mails.iter().find(|mail| mail.len() as u64 == delivery.size).expect("one of them");
        assert!(delivery.bytes.len() < 2_000, "{} bytes came", delivery.bytes.len());
        let (here, there) = (parse(&delivery.bytes), parse(whole));
        let [(here, of_here), (there, of_there)] = [&here, &there].map(|mail| (&mail.plain, &mail.attachments[0]));
        assert_eq!((here, &of_here.name), (there, &of_there.name));
        let more = of_here.bytes.checked_sub(of_there.bytes);
        assert!(more.is_some_and(|more| more <= 2), "{} for {}", of_here.bytes, of_there.bytes);
    }
}

/// Every mail of the corpus as a part of a mail with a file.
#[tokio::test(flavor = "multi_thread")]
async fn the_corpus_with_a_file_in_every_mail_is_read_as_if_it_were_whole() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"), &mut files);
    files.sort();
    let mails: Vec<Vec<u8>> = files.iter().filter_map(|path| with_file(&fs::read(path).ok()?)).collect();
    assert!(mails.len() > 100, "{} mails", mails.len());
    let deliveries = fetched(&mails).await;
    for (number, (whole, delivery)) in mails.iter().zip(&deliveries).enumerate() {
        assert!(delivery.bytes.len() * 2 < whole.len(), "the file of {number} came");
        reads_the_same(&format!("{number}"), delivery, whole);
    }
}

/// The mail with a file behind it, its own content becoming the first part.
fn with_file(mail: &[u8]) -> Option<Vec<u8>> {
    let mail = String::from_utf8(mail.to_vec()).ok()?.replace("\r\n", "\n");
    let (header, body) = mail.trim_start_matches('\n').split_once("\n\n")?;
    let (mut outer, mut inner, mut content) = (String::new(), String::new(), false);
    for line in header.lines() {
        let goes_on = line.starts_with([' ', '\t']);
        content = if goes_on { content } else { line.to_ascii_lowercase().starts_with("content-") };
        let _ = writeln!(if content { &mut inner } else { &mut outer }, "{line}");
    }
    let part = format!("{inner}\n{body}").replace('\n', "\r\n");
    let parts = multipart("mixed", "=_with_a_file", &[part, file("plan.pdf")]);
    Some((outer.replace('\n', "\r\n") + &parts).into_bytes())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "eml") {
            files.push(path);
        }
    }
}
