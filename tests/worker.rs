//! Hostile mails through the real parsing process: each is answered within limits, and the mail behind it is not late.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use touchbase::mailbox::{Delivery, Mailbox, Route};
use touchbase::pipeline::{Rules, Understood};
use touchbase::trust::Authenticated;
use touchbase::worker::{Pool, Settings, Unread};

fn settings(program: &str, args: &[&str], deadline: Duration) -> Settings {
    let args = args.iter().map(OsString::from).collect();
    Settings { program: PathBuf::from(program), args, workers: 2, deadline }
}

fn pool() -> Pool {
    let program = env!("CARGO_BIN_EXE_touchbase");
    Pool::new(settings(program, &["parse-worker"], Duration::from_secs(15)), &Rules::default())
}

fn delivery(bytes: impl Into<Vec<u8>>) -> Delivery {
    let bytes = bytes.into();
    Delivery {
        mailbox: Mailbox { name: "capture".into(), folder: "INBOX".into() },
        route: Route::Capture,
        sent_folder: false,
        arrived: Timestamp::UNIX_EPOCH,
        size: u64::try_from(bytes.len()).unwrap(),
        bytes,
    }
}

const HARMLESS: &str = "From: Ann <ann@acme.example>\r\nTo: me@us.example\r\nDate: Fri, 20 Nov 2026 09:12:00 +0100\r\nMessage-ID: <1@acme.example>\r\nSubject: Plan\r\n\r\nHello\r\n";

fn kinds(understood: &Understood) -> Vec<&str> {
    understood.reading.envelope.defects.iter().map(|defect| defect.kind.as_str()).collect()
}

/// Reads a hostile mail and then a harmless one; gives what was understood of the first.
async fn survives(pool: &Pool, name: &str, bytes: Vec<u8>) -> Understood {
    let start = Instant::now();
    let understood = pool.read(&delivery(bytes)).await.unwrap_or_else(|unread| panic!("{name}: {unread}"));
    let hostile = start.elapsed();
    let start = Instant::now();
    let next = pool.read(&delivery(HARMLESS)).await.unwrap();
    assert_eq!(next.reading.envelope.subject.raw(), "Plan", "{name}");
    println!("{name}: {hostile:?}, next {:?}, {:?}", start.elapsed(), kinds(&understood));
    assert!(hostile < Duration::from_secs(15), "{name} took {hostile:?}");
    assert!(start.elapsed() < Duration::from_secs(3), "{name} made the next mail late");
    understood
}

/// Multiparts whose boundary never comes.
fn missing_boundaries(count: usize) -> String {
    let part = |n: usize| format!("--b\r\nContent-Type: multipart/mixed; boundary=none{n}\r\n\r\n");
    format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", (0..count).map(part).collect::<String>())
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (index, chunk) in bytes.chunks(3).enumerate() {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
            out.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[digit]) });
        }
        if index % 19 == 18 {
            out.push_str("\r\n");
        }
    }
    out
}

#[tokio::test]
async fn hostile_structures_are_answered_in_time() {
    let pool = pool();
    let plain = missing_boundaries(40_000);
    let hidden = format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--x--\r\n",
        base64(plain.as_bytes())
    );
    let digest = format!("Content-Type: multipart/digest; boundary=x\r\n\r\n--x\r\n\r\n{plain}\r\n--x--\r\n");
    let nested = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    let cases = [
        ("missing boundaries", plain),
        ("missing boundaries in base64", hidden),
        ("missing boundaries in a digest", digest),
        ("mails in mails", "Content-Type: message/rfc822\r\n\r\n".repeat(100_000)),
        ("multiparts in multiparts", (0..100_000).map(nested).collect()),
        (
            "300,000 parts",
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(300_000)),
        ),
    ];
    for (name, mail) in cases {
        let understood = survives(&pool, name, mail.into_bytes()).await;
        assert!(!kinds(&understood).contains(&"headers-only"), "{name} ended its process");
    }
}

#[tokio::test]
async fn hostile_headers_are_answered_in_time() {
    let pool = pool();
    let cases = [
        ("2 million header lines", "a: b\n".repeat(2_000_000)),
        ("10 MB folded subject", format!("Subject: x\r\n{}\r\n", " word word word word\r\n".repeat(500_000))),
        ("1 million addresses", format!("Cc: {}a@x.example\r\n\r\n", "a@x.example,\r\n ".repeat(1_000_000))),
        ("1 million groups", format!("Cc: {}\r\n\r\n", "g:;".repeat(1_000_000))),
        ("brackets", format!("From: {}\r\n\r\n", "(<:\"".repeat(1_000_000))),
        ("encoded words", format!("Subject: {}\r\n\r\n", "=?a?q?".repeat(1_000_000))),
        ("continued parameters", {
            let sections: String = (0..100_000).map(|n| format!(";\r\n name*{n}=x")).collect();
            format!("Content-Type: text/plain{sections}\r\n\r\nx")
        }),
    ];
    for (name, mail) in cases {
        let understood = survives(&pool, name, mail.into_bytes()).await;
        assert!(!kinds(&understood).contains(&"headers-only"), "{name} ended its process");
    }
}

#[tokio::test]
async fn large_mails_are_read_within_their_memory() {
    let pool = pool();
    let text = format!("{HARMLESS}{}", "lorem ipsum dolor sit amet\r\n".repeat(1_500_000));
    let understood = survives(&pool, "40 MB of text", text.into_bytes()).await;
    assert_eq!(kinds(&understood), ["text-cut"]);
    let file = format!(
        "Subject: file\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--b--\r\n",
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==\r\n".repeat(1_000_000)
    );
    let understood = survives(&pool, "75 MB file", file.into_bytes()).await;
    assert_eq!(understood.reading.envelope.subject.raw(), "file");
}

#[tokio::test]
async fn many_mails_are_read_at_once_and_in_turn() {
    let pool = pool();
    for _ in 0..600 {
        let (a, b) = (delivery(HARMLESS), delivery(HARMLESS));
        let (one, two) = tokio::join!(pool.read(&a), pool.read(&b));
        assert_eq!(one.unwrap(), two.unwrap());
    }
}

#[tokio::test]
async fn new_rules_hold_from_the_next_mail_on() {
    let pool = pool();
    let mail =
        delivery(format!("Authentication-Results: mx.us.example; dmarc=pass header.from=acme.example\r\n{HARMLESS}"));
    assert_eq!(pool.read(&mail).await.unwrap().verdict.authenticated, Authenticated::Unknown);
    let mut rules = Rules::default();
    rules.trust.authentication_results.push("mx.us.example".into());
    pool.reload(&rules);
    assert_eq!(pool.read(&mail).await.unwrap().verdict.authenticated, Authenticated::Pass);
}

#[tokio::test]
async fn a_worker_that_dies_or_talks_nonsense_makes_its_mail_unread_only() {
    for (script, expected) in [
        ("exit 3", "ended with status 3"),
        ("kill -9 $$", "signal 9"),
        ("echo nonsense nonsense; sleep 60", "longer than its limit"),
        ("printf '\\003\\000\\000\\000abc'; sleep 60", "answered badly"),
        ("sleep 60", "took longer than 0.5 s"),
    ] {
        let pool = Pool::new(settings("/bin/sh", &["-c", script], Duration::from_millis(500)), &Rules::default());
        let start = Instant::now();
        match pool.read(&delivery(HARMLESS)).await {
            Err(Unread::Mail { reason }) => assert!(reason.contains(expected), "{script}: {reason}"),
            other => panic!("{script}: {other:?}"),
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{script}");
    }
}

#[tokio::test]
async fn a_mail_whose_body_ends_its_worker_is_read_by_its_header() {
    // The first worker started dies, every later one is real.
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("died");
    let program = env!("CARGO_BIN_EXE_touchbase");
    let script =
        format!("if [ -e {0} ]; then exec {program} parse-worker; fi; : > {0}; kill -ABRT $$", marker.display());
    let pool = Pool::new(settings("/bin/sh", &["-c", &script], Duration::from_secs(15)), &Rules::default());
    let understood = pool.read(&delivery(HARMLESS)).await.unwrap();
    assert_eq!(understood.reading.envelope.subject.raw(), "Plan");
    assert_eq!(kinds(&understood), ["headers-only"]);
    assert!(kinds(&pool.read(&delivery(HARMLESS)).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_program_that_is_missing_is_not_the_mails_fault() {
    let pool = Pool::new(settings("/nonexistent", &[], Duration::from_secs(1)), &Rules::default());
    assert!(matches!(pool.read(&delivery(HARMLESS)).await, Err(Unread::NoWorker(_))));
}

/// A pool that has read a mail, and the folder of its process under /proc.
async fn pool_and_process() -> (Pool, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("echo $$ > {}; exec {} parse-worker", file.display(), env!("CARGO_BIN_EXE_touchbase"));
    let pool = Pool::new(settings("/bin/sh", &["-c", &script], Duration::from_secs(15)), &Rules::default());
    pool.read(&delivery(HARMLESS)).await.unwrap();
    let pid = std::fs::read_to_string(&file).unwrap();
    (pool, PathBuf::from(format!("/proc/{}", pid.trim())))
}

#[tokio::test]
async fn a_worker_lives_under_limits() {
    let (_pool, process) = pool_and_process().await;
    let limits = std::fs::read_to_string(process.join("limits")).unwrap();
    let soft = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().unwrap_or_default().to_owned()
    };
    assert_eq!(soft("Max address space"), (512 * 1024 * 1024).to_string());
    assert_eq!((soft("Max open files"), soft("Max core file size")), ("8".to_owned(), "0".to_owned()));
    assert!((5..=6).contains(&soft("Max cpu time").parse::<u32>().unwrap_or(0)), "{limits}");
    let status = std::fs::read_to_string(process.join("status")).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"));
}

#[tokio::test]
async fn dropping_the_pool_ends_its_processes() {
    let (pool, process) = pool_and_process().await;
    let running = || std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| !stat.contains(") Z "));
    assert!(running());
    drop(pool);
    for _ in 0..100 {
        if !running() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the process outlived its pool");
}
