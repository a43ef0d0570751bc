//! touchbase beside its peers on a real server: time, processor, bytes, memory; medians and ratios, never a test.
//!
//! ```text
//! cargo bench --bench mailbox -- lite                  20,000 mails without large files, from empty
//! cargo bench --bench mailbox -- perf                  the same, 5 % of them with files
//! cargo bench --bench mailbox -- lite --delay 50       50 ms to the server and back
//! cargo bench --bench mailbox -- new                   nothing new, and 100 new, among the mails of lite
//! cargo bench --bench mailbox -- arrival               the server's EXISTS to the row on disk
//! cargo bench --bench mailbox -- large                 mails of 100 MB in the box
//!     --mails N (20000)  --rounds N (5)  --maildir DIR: mails of another generator instead
//! ```
//!
//! Needs root, the Debian packages dovecot-imapd, dovecot-lmtpd, openssl, isync and python3. The server is warmed by
//! one fetch of everything; then the peers take turns. `synchronous=FULL` throughout; mbsync has `FSync no`.

mod arrival;
mod bare;
#[path = "../../tests/it/dovecot.rs"]
mod dovecot;
mod encode;
mod generate;
mod others;
mod peers;
mod proxy;
mod random;
mod watched;
mod words;

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use dovecot::Dovecot;
use generate::Mailbox;
use peers::Peer;
use watched::Took;

/// A server with mail, and where everybody keeps what they read.
pub struct Place {
    server: Dovecot,
    /// Where TLS is spoken: the server, or a slow line to it.
    port: u16,
    folder: tempfile::TempDir,
    make: Mailbox,
    bytes: u64,
}

struct Asked {
    what: String,
    mails: usize,
    rounds: usize,
    delay: u64,
    maildir: Option<PathBuf>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some(watched::WATCH) => std::process::exit(watched::watch(&arguments[1..])),
        Some(bare::BARE) => std::process::exit(bare::fetch(&arguments[1..])),
        _ => {}
    }
    let asked = asked(&arguments);
    let mut place = Place::open(&asked);
    match asked.what.as_str() {
        "new" => fill_and(&mut place, &asked, new_mail),
        "arrival" => drop(arrival::measure(&place, 40)),
        "large" => large(&mut place),
        _ => fill_and(&mut place, &asked, from_empty),
    }
}

fn asked(arguments: &[String]) -> Asked {
    let value = |name: &str| {
        let place = arguments.iter().position(|word| word == name)?;
        arguments.get(place + 1).cloned()
    };
    let number = |name: &str, default| value(name).map_or(default, |text| text.parse().expect("a number"));
    Asked {
        what: arguments.first().filter(|word| !word.starts_with('-')).cloned().unwrap_or_else(|| "lite".to_owned()),
        mails: number("--mails", 20_000),
        rounds: number("--rounds", 5),
        delay: number("--delay", 0) as u64,
        maildir: value("--maildir").map(PathBuf::from),
    }
}

fn fill_and(place: &mut Place, asked: &Asked, go: fn(&mut Place, &Asked)) {
    match &asked.maildir {
        Some(folder) => place.copy(folder),
        None => {
            for _ in 0..asked.mails {
                let (mail, at) = place.make.make();
                place.put(&mail, at, "cur");
            }
        }
    }
    Peer::Bare.forget(place);
    place.bytes = Peer::Bare.read(place).wire;
    println!("{}: {} MB in the mailbox, {} rounds", asked.what, place.bytes / 1_000_000, asked.rounds);
    go(place, asked);
}

/// Everybody reads everything, in turn.
fn from_empty(place: &mut Place, asked: &Asked) {
    let mut table: Vec<(Peer, Vec<Took>)> = Peer::ALL.into_iter().map(|peer| (peer, Vec::new())).collect();
    for _ in 0..asked.rounds {
        for (peer, rounds) in &mut table {
            peer.forget(place);
            rounds.push(peer.read(place));
        }
    }
    let mails = place.mails() as f64;
    print_table(&table, mails, place.bytes);
}

/// A mailbox that was read before: nothing new, then a hundred new, again and again.
fn new_mail(place: &mut Place, asked: &Asked) {
    let peers = [Peer::Touchbase, Peer::Mbsync];
    for peer in peers {
        peer.forget(place);
        peer.read(place);
    }
    let mut changed = peers.map(|peer| (peer, Vec::new()));
    let mut nothing = peers.map(|peer| (peer, Vec::new()));
    let mut hundred = peers.map(|peer| (peer, Vec::new()));
    for _ in 0..asked.rounds {
        // The other has just opened the folder and made new mails old, and the server reads all files afresh.
        for (peer, rounds) in &mut changed {
            rounds.push(peer.read(place));
        }
        // For two seconds after a change, and once after that, a Dovecot does so at every opening.
        std::thread::sleep(Duration::from_secs(3));
        for (peer, rounds) in &mut nothing {
            peer.read(place);
            rounds.push(peer.read(place));
        }
        for _ in 0..100 {
            let (mail, at) = place.make.make();
            place.put(&mail, at, "new");
        }
        Peer::Bare.read(place);
        for (peer, rounds) in &mut hundred {
            rounds.push(peer.read(place));
        }
    }
    let tables = [("nothing new, just after a change", changed), ("nothing new", nothing)];
    for (what, table) in tables.into_iter().chain([("100 new", hundred)]) {
        println!("\n{what}");
        print_table(&table, 100.0, place.bytes);
    }
}

/// Five mails of 100 MB among 500 others.
fn large(place: &mut Place) {
    for number in 0..500 {
        let (mail, at) = if number % 100 == 50 { place.make.large(100 * 1_000_000) } else { place.make.make() };
        place.put(&mail, at, "cur");
    }
    Peer::Touchbase.forget(place);
    let took = Peer::Touchbase.read(place);
    print_table(&[(Peer::Touchbase, vec![took])], 500.0, 0);
}

impl Place {
    fn open(asked: &Asked) -> Place {
        let server = Dovecot::start();
        let port = match asked.delay {
            0 => server.imaps_port,
            delay => proxy::open(server.imaps_port, Duration::from_millis(delay / 2), b"\0").port,
        };
        let folder = tempfile::Builder::new().prefix("tb-bench").tempdir().expect("a temporary folder");
        let make = Mailbox::new(if asked.what == "perf" { 0.05 } else { 0.0 });
        let place = Place { server, port, folder, make, bytes: 0 };
        for part in ["", "cur", "new", "tmp"] {
            let folder = place.server.maildir.join(part);
            fs::create_dir_all(&folder).expect("a Maildir");
            place.give(&folder);
        }
        place.give(place.server.maildir.parent().expect("a folder"));
        place
    }

    /// To the user that the server reads mail as.
    fn give(&self, path: &std::path::Path) {
        let mail = self.server.maildir.ancestors().nth(2).and_then(|folder| fs::metadata(folder).ok());
        let owner = mail.expect("a folder").uid();
        chown(path, Some(owner), Some(owner)).expect("this bench needs root, as Dovecot does");
    }

    fn put(&self, mail: &[u8], at: i64, part: &str) {
        let lines = memchr::memchr_iter(b'\n', mail).count();
        let flags = if part == "cur" { ":2,S" } else { "" };
        let name = format!("{at}.M1P{at}.bench,S={},W={}{flags}", mail.len(), mail.len() + lines);
        let (tmp, path) = (self.server.maildir.join("tmp").join(&name), self.server.maildir.join(part).join(&name));
        fs::write(&tmp, mail).expect("a mail");
        let when = UNIX_EPOCH + Duration::from_secs(at.unsigned_abs());
        File::options().write(true).open(&tmp).and_then(|file| file.set_modified(when)).expect("a mail");
        self.give(&tmp);
        fs::rename(tmp, path).expect("a mail");
    }

    fn copy(&self, folder: &std::path::Path) {
        for file in fs::read_dir(folder.join("cur")).expect("a Maildir").flatten() {
            let path = self.server.maildir.join("cur").join(file.file_name());
            fs::copy(file.path(), &path).expect("a mail");
            let when = file.metadata().and_then(|data| data.modified()).expect("a time");
            File::options().write(true).open(&path).and_then(|file| file.set_modified(when)).expect("a mail");
            self.give(&path);
        }
    }

    fn mails(&self) -> usize {
        fs::read_dir(self.server.maildir.join("cur")).expect("a Maildir").count()
    }
}

fn print_table(table: &[(Peer, Vec<Took>)], mails: f64, all_bytes: u64) {
    println!(
        "{:24} {:>9} {:>12} {:>10} {:>8} {:>9}",
        "medians", "wall s", "cpu us/mail", "wire MB", "of box", "peak MB"
    );
    let of = |rounds: &[Took], value: fn(&Took) -> f64| median(&rounds.iter().map(value).collect::<Vec<_>>());
    for (peer, rounds) in table {
        let wire = of(rounds, |took| took.wire as f64);
        println!(
            "{:24} {:>9.3} {:>12.0} {:>10.1} {:>7.1}% {:>9.1}",
            peer.name(),
            of(rounds, |took| took.wall),
            of(rounds, |took| took.cpu) * 1e6 / mails,
            wire / 1e6,
            100.0 * wire / all_bytes.max(1) as f64,
            of(rounds, |took| took.peak as f64) / 1e6
        );
    }
    let Some(((_, ours), others)) = table.split_first() else { return };
    for (peer, theirs) in others {
        // Each round's ratio by itself: what slows the machine for a while slows neighbours alike.
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours.wall / theirs.wall).collect();
        println!("wall against {:24} {:.2}", peer.name(), median(&ratios));
    }
}

/// The middle one.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
