//! How long a day's report takes over a large record, and how much memory: `cargo bench --bench report`.
//!
//!     cargo bench --bench report                         a million interactions of 5,000 customers over five years
//!     cargo bench --bench report -- 100000               fewer
//!     cargo bench --bench report -- 1000000 FOLDER       keeps the record in FOLDER, for the next time
//!
//! What people get is measured as they get it: the program itself, `touchbase report`, from its start to its end. Each
//! line is the best of three: seconds on the clock, seconds of processor time (which other programs do not lengthen),
//! and the peak of resident memory as Linux counts it (VmHWM). Beside it stand what the parts take, in processes of
//! their own, and what nobody can be faster than: SQLite alone, reading the same lean rows and adding up their sizes,
//! and the same by Python's sqlite3, where it is installed. The last line writes the whole report folder, once: the
//! day in three formats, and a page with its latest exchanges for every one of the customers.

mod command;
mod record;

use std::path::Path;
use std::process::Command;

use command::Took;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use touchbase::daemon::reporting;
use touchbase::measure::{Findings, WorkingTime};
use touchbase::report::{self, Format};
use touchbase::store::{Settings, Store};

const CUSTOMERS: u64 = 5_000;
const ROUNDS: usize = 3;
const DAY: &str = "2026-11-20";

/// The lines of the table: what is measured and what it is called.
const LINES: [(&str, &str); 10] = [
    ("scan", "SQLite alone, the same rows"),
    ("python", "Python's sqlite3, the same rows"),
    ("record", "the record, whole"),
    ("measures", "the same, and every measure of it"),
    ("day", "what a day's report says"),
    ("formats", "the same, in three formats"),
    ("html", "touchbase report --format html"),
    ("markdown", "touchbase report --format markdown"),
    ("json", "touchbase report --format json"),
    ("folder", "touchbase report, the whole folder"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["measured", what, path] => measured(what, Path::new(path)),
        [] => compare(1_000_000, None),
        [mails] => compare(mails.parse().expect("how many interactions"), None),
        [mails, folder] => compare(mails.parse().expect("how many interactions"), Some(Path::new(folder))),
        _ => panic!("touchbase's report bench takes a number and a folder"),
    }
}

fn compare(mails: usize, folder: Option<&Path>) {
    let passing = tempfile::tempdir().expect("a folder");
    let folder = folder.unwrap_or(passing.path());
    let path = folder.join(format!("record-{mails}.db"));
    if !path.exists() {
        let half = folder.join(format!("record-{mails}.part"));
        let took = record::fill(&half, mails, CUSTOMERS);
        std::fs::rename(&half, &path).expect("a record");
        println!("settled in {:.1} us each", took.as_secs_f64() * 1e6 / mails as f64);
    }
    println!("{mails} interactions, {CUSTOMERS} customers, {} MB", size(&path) >> 20);
    println!("{:36} {:>8} {:>10} {:>6}", "", "seconds", "processor", "MB");
    for (what, name) in LINES {
        let rounds = if what == "folder" { 1 } else { ROUNDS };
        let Some(all) = (0..rounds).map(|_| run(what, &path, passing.path())).collect::<Option<Vec<Took>>>() else {
            continue;
        };
        let best = |of: fn(&Took) -> f64| all.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = all.iter().map(|took| took.peak).max().unwrap_or_default();
        println!("{name:36} {:8.2} {:10.2} {:6}", best(|took| took.wall), best(|took| took.cpu), most >> 20);
    }
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

/// One round; `None` where there is no such program.
fn run(what: &str, path: &Path, folder: &Path) -> Option<Took> {
    let mut command = match what {
        "python" => Command::new("python3"),
        "html" | "markdown" | "json" | "folder" => Command::new(env!("CARGO_BIN_EXE_touchbase")),
        _ => Command::new(std::env::current_exe().expect("this program")),
    };
    match what {
        "python" => command.args(["-c", PYTHON]).arg(path),
        "folder" => command.arg("--config").arg(configuration(path, folder)).args(["report", "--date", DAY]),
        "html" | "markdown" | "json" => {
            command.arg("--config").arg(configuration(path, folder)).args(["report", "--date", DAY, "--format", what])
        }
        _ => command.args(["measured", what]).arg(path),
    };
    command::run(command)
}

/// A configuration for the record, in a folder that nothing else is in.
fn configuration(record: &Path, folder: &Path) -> std::path::PathBuf {
    let text = format!(
        "[team]\ndomains = [\"us.example\"]\n[[mailbox]]\nname = \"capture\"\nkind = \"maildir\"\npath = {:?}\n\
         [store]\nurl = \"sqlite:{}\"\n[report]\ndirectory = {:?}\ntime-zone = \"UTC\"\n",
        folder.join("mail"),
        std::fs::canonicalize(record).expect("the record").display(),
        folder.join("reports"),
    );
    let path = folder.join("touchbase.toml");
    std::fs::write(&path, text).expect("a configuration");
    path
}

const PYTHON: &str = "
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute('SELECT at, interaction, sequence, facts FROM entry ORDER BY at, interaction')
sum(len(row[3]) for row in rows)
";

/// One part, in this process.
fn measured(what: &str, path: &Path) {
    if what == "scan" {
        let record = rusqlite::Connection::open(path).expect("the record");
        let sql = "SELECT sum(at + interaction + sequence + length(facts)) FROM entry";
        let sum: i64 = record.query_row(sql, [], |row| row.get(0)).expect("a sum");
        assert!(sum > 0);
        return;
    }
    let reader = Store::open_to_read(&Settings { path: path.to_owned() }).expect("the record");
    let end = Timestamp::from_second(record::END).expect("a time");
    let working = WorkingTime::usual(TimeZone::UTC);
    match what {
        "record" => assert!(!reader.record_as_of(end, None).expect("the record").entries.is_empty()),
        "measures" => {
            let record = reader.record_as_of(end, None).expect("the record");
            let words = reader.words();
            let findings = Findings::of(&record, &words, &working, end);
            words.finish().expect("the words");
            assert!(!findings.relations.is_empty());
        }
        _ => {
            let formats = vec![Format::Html, Format::Markdown, Format::Json];
            let settings = reporting::Settings {
                directory: "unused".into(),
                at: Time::midnight(),
                working,
                formats: formats.clone(),
                mailed: None,
            };
            let Ok(report) = reporting::day(&reader, &settings, DAY.parse::<Date>().expect("a day"), None) else {
                panic!("no report")
            };
            assert!(!report.exchanges.is_empty());
            let formats = formats.iter().filter(|_| what == "formats");
            formats.for_each(|format| assert!(!report::render(&report, *format).is_empty()));
        }
    }
}
