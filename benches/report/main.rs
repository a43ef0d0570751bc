//! How long a day's report takes over a large record, and how much memory: `cargo bench --bench report`.
//!
//!     cargo bench --bench report                         a million interactions of 5,000 customers over five years
//!     cargo bench --bench report -- 100000               fewer
//!     cargo bench --bench report -- 1000000 FOLDER       keeps the record in FOLDER, for the next time
//!
//! Each line is measured in a process of its own: seconds on the clock, the best of three, and its peak of resident
//! memory as Linux counts it (VmHWM). Beside the report stand what nobody can be faster than: SQLite alone, reading
//! the same lean rows and adding up their sizes, and the same by Python's sqlite3, where it is installed.

mod record;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use touchbase::daemon::reporting;
use touchbase::measure::{Findings, WorkingTime};
use touchbase::report::{self, Format};
use touchbase::store::{Settings, Store};

const CUSTOMERS: u64 = 5_000;
const ROUNDS: usize = 3;

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
    println!("{:36} {:>8} {:>8}", "", "seconds", "MB");
    for what in ["scan", "python", "record", "measures", "report", "json"] {
        let rounds = (0..ROUNDS).filter_map(|_| run(what, &path)).collect::<Vec<_>>();
        let Some(best) = rounds.iter().map(|(seconds, _)| *seconds).reduce(f64::min) else { continue };
        let most = rounds.iter().map(|(_, bytes)| *bytes).max().unwrap_or_default();
        println!("{:36} {best:8.2} {:>8}", told(what), most >> 20);
    }
}

fn told(what: &str) -> &'static str {
    match what {
        "scan" => "SQLite alone, the same rows",
        "record" => "the record, ready to be measured",
        "measures" => "the same, and every measure of it",
        "report" => "the report, as page and Markdown",
        "json" => "the report, as JSON",
        _ => "Python's sqlite3, the same rows",
    }
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

/// Seconds and bytes of one round in a process of its own; `None` where there is no such program.
fn run(what: &str, path: &Path) -> Option<(f64, u64)> {
    let output = match what {
        "python" => Command::new("python3").args(["-c", PYTHON]).arg(path).output().ok()?,
        _ => Command::new(std::env::current_exe().expect("this program"))
            .args(["measured", what])
            .arg(path)
            .output()
            .expect("this program"),
    };
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = said.lines().last()?.split(' ');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

const PYTHON: &str = "
import resource, sqlite3, sys, time
began = time.perf_counter()
rows = sqlite3.connect(sys.argv[1]).execute('SELECT at, interaction, sequence, facts FROM entry ORDER BY at, interaction')
total = sum(len(row[3]) for row in rows)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
";

/// One round: prints the seconds and the peak of resident memory.
fn measured(what: &str, path: &Path) {
    let began = Instant::now();
    match what {
        "scan" => {
            let record = rusqlite::Connection::open(path).expect("the record");
            let sql = "SELECT sum(at + interaction + sequence + length(facts)) FROM entry";
            let sum: i64 = record.query_row(sql, [], |row| row.get(0)).expect("a sum");
            assert!(sum > 0);
        }
        "record" => {
            let reader = Store::open_to_read(&Settings { path: path.to_owned() }).expect("the record");
            let end = Timestamp::from_second(record::END).expect("a time");
            assert!(!reader.record_as_of(end, None).expect("the record").entries.is_empty());
        }
        "measures" => {
            let reader = Store::open_to_read(&Settings { path: path.to_owned() }).expect("the record");
            let end = Timestamp::from_second(record::END).expect("a time");
            let record = reader.record_as_of(end, None).expect("the record");
            let words = reader.words();
            let findings = Findings::of(&record, &words, &WorkingTime::usual(TimeZone::UTC), end);
            words.finish().expect("the words");
            assert!(!findings.relations.is_empty());
        }
        _ => {
            let reader = Store::open_to_read(&Settings { path: path.to_owned() }).expect("the record");
            let formats = match what {
                "json" => vec![Format::Json],
                _ => vec![Format::Html, Format::Markdown],
            };
            let settings = reporting::Settings {
                directory: "unused".into(),
                at: jiff::civil::Time::midnight(),
                working: WorkingTime::usual(TimeZone::UTC),
                formats: formats.clone(),
                mailed: None,
            };
            let day = Date::constant(2026, 11, 20);
            let report = match reporting::day(&reader, &settings, day, None) {
                Ok(report) => report,
                Err(_) => panic!("no report"),
            };
            let told: usize = formats.iter().map(|format| report::render(&report, *format).len()).sum();
            assert!(told > 0 && !report.exchanges.is_empty());
        }
    }
    println!("{} {}", began.elapsed().as_secs_f64(), peak());
}

/// The peak of this process's resident memory in bytes, as Linux counts it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
}
