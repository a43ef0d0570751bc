//! One command, watched: how long, how much processor time and memory with all the processes it starts.
//!
//! The bench starts itself again for each command and adopts whatever that command leaves behind, so that nothing a
//! reader process spends is lost with it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{WaitOptions, getpid, set_child_subreaper, wait};

/// The first argument that makes the bench a watcher.
pub const WATCH: &str = "--watch";
/// How often memory is looked at.
const EVERY: Duration = Duration::from_millis(10);

/// What a command took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// Seconds from its start to its end.
    pub wall: f64,
    /// Seconds of processor time, all processes.
    pub cpu: f64,
    /// Bytes, all processes together: what each has for itself, and the largest share of files.
    pub peak: u64,
    /// Bytes the server sent it, as the server counts them (without TLS).
    pub wire: u64,
}

/// Runs a command to its end.
pub fn run(command: &Command, folder: &Path) -> Took {
    let result = folder.join("took");
    let mut watcher = Command::new(std::env::current_exe().expect("this program"));
    watcher.arg(WATCH).arg(&result).arg(command.get_program()).args(command.get_args()).current_dir(folder);
    watcher.stdin(Stdio::null()).stdout(Stdio::null());
    let status = watcher.status().expect("this program");
    assert!(status.success(), "{command:?} failed");
    let text = fs::read_to_string(result).expect("a result");
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let [wall, cpu, peak] = numbers[..] else { panic!("not a result: {text}") };
    Took { wall, cpu, peak: peak as u64, wire: 0 }
}

/// The watcher's own side.
pub fn watch(arguments: &[String]) -> i32 {
    let [result, program, rest @ ..] = arguments else { return 64 };
    set_child_subreaper(Some(getpid())).expect("the right to adopt");
    let (done, began) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let ended = done.clone();
    let memory = std::thread::spawn(move || peak_until(&ended));
    let status = Command::new(program).args(rest).status().expect("the command");
    let wall = began.elapsed().as_secs_f64();
    // What it left behind ends by itself, as nobody talks to it any more.
    while wait(WaitOptions::empty()).is_ok() {}
    done.store(true, Ordering::Relaxed);
    let peak = memory.join().expect("a thread");
    fs::write(result, format!("{wall} {} {peak}\n", cpu_of_children())).expect("a file");
    status.code().unwrap_or(1)
}

/// Seconds of processor time of all children that have ended (proc(5), `stat`, fields 16 and 17).
fn cpu_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("proc");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(13) + ticks(14)) / 100.0
}

fn peak_until(done: &AtomicBool) -> u64 {
    let (own, mut peak) = (getpid().as_raw_nonzero().get(), 0);
    while !done.load(Ordering::Relaxed) {
        let (mut private, mut shared) = (0, 0);
        for (process, parent) in below(own) {
            // Until a new process runs its own program it stands in its parent's memory, which would count twice.
            if words_of(process) == words_of(parent) {
                continue;
            }
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            private += kilobytes(&status, "RssAnon:");
            shared = shared.max(kilobytes(&status, "RssFile:"));
        }
        peak = peak.max(private + shared);
        std::thread::sleep(EVERY);
    }
    peak * 1024
}

fn kilobytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// How a process was called.
fn words_of(process: i32) -> Vec<u8> {
    fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default()
}

/// Every process below one, with its parent.
fn below(process: i32) -> Vec<(i32, i32)> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|number| number.parse().ok()) {
            found.push((child, process));
            found.extend(below(child));
        }
    }
    found
}
