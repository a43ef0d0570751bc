//! One command, watched from its start to its end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often its memory is looked at. The kernel keeps the peak, so that only the last moment may be missed.
const EVERY: Duration = Duration::from_millis(1);

/// What it took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// Seconds on the clock.
    pub wall: f64,
    /// Seconds of processor time.
    pub cpu: f64,
    /// The peak of its resident memory, in bytes.
    pub peak: u64,
}

/// Runs a command to its end; `None` where there is no such program.
pub fn run(mut command: Command) -> Option<Took> {
    let (before, began) = (cpu_of_children(), Instant::now());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().ok()?;
    let mut peak = 0;
    let status = loop {
        peak = peak_of(child.id()).max(peak);
        match child.try_wait().expect("its state") {
            Some(status) => break status,
            None => std::thread::sleep(EVERY),
        }
    };
    let wall = began.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?} failed");
    Some(Took { wall, cpu: cpu_of_children() - before, peak })
}

/// The peak of a process's resident memory, as Linux counts it.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
}

/// Processor time of the children that ended (proc_pid_stat(5), cutime and cstime, in hundredths of a second).
fn cpu_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_the_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = behind_the_name.split_whitespace().skip(13).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}
