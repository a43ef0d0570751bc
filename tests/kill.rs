//! The daemon is killed without warning, again and again, while mail arrives: none is lost, none is doubled.
//!
//! A thousand mails reach a real Dovecot in bursts: ordinary ones, the same bytes again, forwards of mails that
//! came before, strangers, newsletters, forged colleagues, hostile ones. What must come of each is known
//! beforehand. `TOUCHBASE_SEED` repeats a run.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use dovecot::Dovecot;
use program::Program;
use rustix::process::Signal;

const MAILS: usize = 1_000;
const KILLS: usize = 50;
const MINUTE: Duration = Duration::from_secs(60);

/// Numbers that are the same for the same seed (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}

/// What must be on record in the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Oracle {
    /// How many mails came to each disposition.
    dispositions: BTreeMap<String, u64>,
    /// Subject and disposition of each interaction, and how often it may be there: once.
    interactions: BTreeMap<(String, String), u64>,
}

impl Oracle {
    fn mail(&mut self, disposition: &str) {
        *self.dispositions.entry(disposition.to_owned()).or_default() += 1;
    }

    fn interaction(&mut self, subject: &str, disposition: &str) {
        *self.interactions.entry((subject.to_owned(), disposition.to_owned())).or_default() += 1;
    }
}

fn mail(from: &str, number: usize, headers: &str, body: &str) -> Vec<u8> {
    let (minute, hour, day) = (number % 60, number / 60 % 24, 10 + number / 1440);
    format!(
        "{headers}From: {from}\r\nTo: me@us.example, log@us.example\r\nSubject: Mail {number}\r\n\
         Date: {day} Nov 2025 {hour:02}:{minute:02}:00 +0100\r\nMessage-ID: <{number}@test.example>\r\n{body}"
    )
    .into_bytes()
}

fn ordinary(number: usize) -> Vec<u8> {
    mail(
        "Ann Li <ann@acme.example>",
        number,
        "",
        &format!("\r\nThe words of mail {number}, which nobody else wrote.\r\n"),
    )
}

/// Mail `earlier`, forwarded by a colleague.
fn forward(number: usize, earlier: usize) -> Vec<u8> {
    let (minute, hour, day) = (earlier % 60, earlier / 60 % 24, 10 + earlier / 1440);
    let passed = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\r\n";
    let body = format!(
        "\r\n---------- Forwarded message ---------\r\nFrom: Ann Li <ann@acme.example>\r\n\
         Date: Nov {day}, 2025 at {hour:02}:{minute:02}\r\nSubject: Mail {earlier}\r\nTo: <me@us.example>\r\n\r\n\r\n\
         The words of mail {earlier}, which nobody else wrote.\r\n"
    );
    let mail = mail("Mia Eklund <me@us.example>", number, passed, &body);
    String::from_utf8_lossy(&mail).replace("To: me@us.example, log@us.example", "To: log@us.example").into_bytes()
}

/// Boundaries that never come, or mails within mails: both from a contact.
fn hostile(number: usize, nested: bool) -> Vec<u8> {
    let body = match nested {
        true => "Content-Type: message/rfc822\r\n\r\n".repeat(500) + "Subject: inside\r\n\r\nwords\r\n",
        false => {
            let part = |n: usize| format!("--b\r\nContent-Type: multipart/mixed; boundary=none{n}\r\n\r\n");
            let parts: String = (0..1_000).map(part).collect();
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}")
        }
    };
    mail("Bo Birch <bo@birch.example>", number, "MIME-Version: 1.0\r\n", &body)
}

/// The mails in the order of their arrival, and what must come of them.
fn story(dice: &mut Dice) -> (Vec<Vec<u8>>, Oracle) {
    let (mut mails, mut oracle, mut sent): (Vec<Vec<u8>>, Oracle, Vec<usize>) = Default::default();
    for number in 0..MAILS {
        let subject = format!("Mail {number}");
        let kind = if sent.is_empty() { 99 } else { dice.below(100) };
        let earlier = |dice: &mut Dice, sent: &[usize]| sent[dice.below(sent.len() as u64) as usize];
        let mail = match kind {
            0..10 => {
                oracle.mail("recorded");
                ordinary(earlier(dice, &sent))
            }
            10..20 => {
                oracle.mail("recorded");
                forward(number, earlier(dice, &sent))
            }
            20..30 => {
                oracle.mail("unmatched");
                oracle.interaction(&subject, "unmatched");
                mail(&format!("Stranger <s{number}@elsewhere.example>"), number, "", "\r\nHello there.\r\n")
            }
            30..34 => {
                oracle.mail("set-aside");
                mail(
                    "News <news@weekly.example>",
                    number,
                    "Precedence: bulk\r\nList-Unsubscribe: <mailto:off@weekly.example>\r\n",
                    "\r\nBuy now.\r\n",
                )
            }
            34..38 => {
                oracle.mail("untrusted");
                mail("Mia Eklund <me@us.example>", number, "", "\r\nPay to my new account.\r\n")
            }
            38..40 => {
                oracle.mail("unreadable");
                vec![b'0' + (number % 10) as u8; 50]
            }
            40..42 => {
                oracle.mail("recorded");
                oracle.interaction(&subject, "recorded");
                hostile(number, number.is_multiple_of(2))
            }
            _ => {
                oracle.mail("recorded");
                oracle.interaction(&subject, "recorded");
                sent.push(number);
                ordinary(number)
            }
        };
        mails.push(mail);
    }
    (mails, oracle)
}

fn configuration(server: &Dovecot) -> String {
    format!(
        "[team]\naddresses = [\"me@us.example\"]\n\
         [[mailbox]]\nname = \"capture\"\nkind = \"imap\"\nhost = \"localhost\"\nport = {}\nca-file = \"{}\"\n\
         user = \"{}\"\npassword-file = \"password\"\ncapture-addresses = [\"log@us.example\"]\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n",
        server.imaps_port,
        server.ca_file.display(),
        server.user
    )
}

const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\nBirch,Bo Birch,bo@birch.example\n";

/// Kills the daemon at moments nobody chose, while mail arrives; gives how often.
fn kill_while_mail_arrives(program: &Program, server: &Dovecot, mails: &[Vec<u8>], dice: &mut Dice) -> usize {
    let (arrived, mut kills) = (AtomicBool::new(false), 0);
    let mut bursts = Dice(dice.below(u64::MAX) | 1);
    scope(|threads| {
        threads.spawn(|| {
            let mut rest = mails;
            while !rest.is_empty() {
                let burst = rest.len().min(1 + bursts.below(60) as usize);
                let (now, later) = rest.split_at(burst);
                now.iter().for_each(|mail| server.deliver(mail));
                rest = later;
                sleep(Duration::from_millis(bursts.below(1_500)));
            }
            arrived.store(true, Ordering::Relaxed);
        });
        while kills < KILLS || !arrived.load(Ordering::Relaxed) {
            let daemon = program.start(&[]);
            sleep(Duration::from_millis(20 + dice.below(900)));
            daemon.kill();
            kills += 1;
        }
    });
    kills
}

fn on_record(program: &Program) -> Oracle {
    let mut found = Oracle::default();
    let status = program.json(&["status", "--json"]);
    for (word, count) in status["deliveries"].as_object().expect("counts") {
        found.dispositions.insert(word.clone(), count.as_u64().expect("a count"));
    }
    for interaction in program.lines(&["export", "--all"]) {
        let word = |key: &str| interaction[key].as_str().expect("a word").to_owned();
        found.interaction(&word("subject"), &word("disposition"));
    }
    found
}

/// The store's own word: every delivery there is was settled, and the file is sound.
fn the_store_is_sound(program: &Program) {
    let store = rusqlite::Connection::open(program.path("touchbase.db")).expect("the store");
    let number = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    assert_eq!(number("SELECT count(*) FROM delivery"), MAILS as i64);
    assert_eq!(number("SELECT count(*) FROM delivery WHERE state <> 'settled'"), 0);
    let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(sound, "ok");
}

#[test]
fn a_daemon_killed_fifty_times_loses_and_doubles_nothing() {
    let chosen = std::env::var("TOUCHBASE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = chosen.unwrap_or_else(|| u64::from(std::process::id()) * 7_919 + 1);
    println!("TOUCHBASE_SEED={seed}");
    let mut dice = Dice(seed | 1);
    let (mails, oracle) = story(&mut dice);
    let server = Dovecot::start();
    let program = Program::new(&configuration(&server), CONTACTS, &server.password);

    let began = Instant::now();
    let kills = kill_while_mail_arrives(&program, &server, &mails, &mut dice);
    println!("{kills} kills in {:?}", began.elapsed());
    let before = on_record(&program);
    println!("settled meanwhile: {:?}", before.dispositions);

    let mut daemon = program.start(&[]);
    daemon.until("every mail is settled", 2 * MINUTE, |_| {
        sleep(Duration::from_millis(200));
        on_record(&program).dispositions.values().sum::<u64>() >= MAILS as u64
    });
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(MINUTE), Some(0));
    println!("all settled after {:?}", began.elapsed());
    for held in program.json(&["quarantine", "list", "--json"]).as_array().expect("a list") {
        assert!(
            !held["reason"].to_string().contains("failed"),
            "killed, not unreadable, TOUCHBASE_SEED={seed}: {held}"
        );
    }

    let found = on_record(&program);
    assert_eq!(found.dispositions, oracle.dispositions, "TOUCHBASE_SEED={seed}");
    let lost: Vec<_> = oracle.interactions.keys().filter(|key| !found.interactions.contains_key(*key)).collect();
    let more: Vec<_> = found.interactions.iter().filter(|(key, n)| oracle.interactions.get(*key) != Some(n)).collect();
    assert!(lost.is_empty() && more.is_empty(), "TOUCHBASE_SEED={seed}\nlost {lost:?}\nmore {more:?}");
    the_store_is_sound(&program);
    assert_eq!(program.json(&["once", "--json"])["mails"], 0, "nothing is left to read");
}
