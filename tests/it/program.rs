//! touchbase as a person has it: the built program, a folder with its configuration, and what it prints.
#![allow(dead_code)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A folder with `touchbase.toml`, `contacts.csv` and a password, in which the program is run.
pub struct Program {
    folder: tempfile::TempDir,
}

/// What a command came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    /// Writes the files. The password file is `password`, readable by its owner alone.
    pub fn new(configuration: &str, contacts: &str, password: &str) -> Program {
        let folder = tempfile::Builder::new().prefix("tb-program").tempdir().expect("a temporary folder");
        let program = Program { folder };
        program.write("touchbase.toml", configuration);
        program.write("contacts.csv", contacts);
        program.write("password", password);
        fs::set_permissions(program.path("password"), Permissions::from_mode(0o600)).expect("permissions");
        program
    }

    /// A file in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes one, whole or not at all, as careful editors do.
    pub fn write(&self, name: &str, text: &str) {
        let beside = self.path(&format!("{name}.new"));
        fs::write(&beside, text).expect("a file");
        fs::rename(beside, self.path(name)).expect("a file");
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchbase"));
        command.arg("--config").arg(self.path("touchbase.toml")).args(words);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for inherited in
            ["STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM"]
        {
            command.env_remove(inherited);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, words: &[&str]) -> Ran {
        let output = self.command(words).output().expect("the program");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command that has to succeed; gives what it printed.
    pub fn does(&self, words: &[&str]) -> String {
        let ran = self.run(words);
        assert_eq!(ran.code, 0, "touchbase {words:?} said\n{}{}", ran.out, ran.err);
        ran.out
    }

    /// The same for a command that prints one JSON value.
    pub fn json(&self, words: &[&str]) -> Value {
        let out = self.does(words);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("touchbase {words:?}: {error}\n{out}"))
    }

    /// The same for a command that prints one object a line.
    pub fn lines(&self, words: &[&str]) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}\n{line}"));
        self.does(words).lines().map(parse).collect()
    }

    /// Starts the daemon. What it says goes to `stderr` in its folder.
    pub fn start(&self, environment: &[(&str, &Path)]) -> Daemon {
        self.start_in(&["run"], environment)
    }

    /// Starts a command that takes its time. What it says goes the same way.
    pub fn start_command(&self, words: &[&str]) -> Daemon {
        self.start_in(words, &[])
    }

    fn start_in(&self, words: &[&str], environment: &[(&str, &Path)]) -> Daemon {
        let said = fs::OpenOptions::new().create(true).append(true).open(self.path("stderr")).expect("a log");
        let from = said.metadata().expect("a log").len() as usize;
        let mut command = self.command(words);
        command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(said);
        Daemon { child: command.spawn().expect("the program"), said: self.path("stderr"), from }
    }
}

/// A running command, most often `touchbase run`; killed when dropped.
pub struct Daemon {
    child: Child,
    said: PathBuf,
    /// Where in that file its own words begin.
    from: usize,
}

impl Daemon {
    /// Everything it has said.
    pub fn said(&self) -> String {
        let said = fs::read(&self.said).unwrap_or_default();
        String::from_utf8_lossy(said.get(self.from..).unwrap_or_default()).into_owned()
    }

    /// Waits until it has said so, for `within` at most.
    pub fn says(&mut self, words: &str, within: Duration) {
        self.until(words, within, |daemon| daemon.said().contains(words));
    }

    /// Waits until something is so.
    pub fn until(&mut self, what: &str, within: Duration, so: impl Fn(&Daemon) -> bool) {
        let began = Instant::now();
        while !so(self) {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended with {ended:?} before {what:?}:\n{}", self.said());
            assert!(began.elapsed() < within, "not within {within:?}: {what:?}\n{}", self.said());
            sleep(Duration::from_millis(20));
        }
    }

    /// The most memory it has held so far, in bytes; `None` once it has ended.
    pub fn peak_memory(&mut self) -> Option<u64> {
        if self.child.try_wait().expect("a child").is_some() {
            return None;
        }
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        peak.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a running child");
    }

    /// Waits for its end; gives its exit code.
    pub fn ends(mut self, within: Duration) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            assert!(began.elapsed() < within, "still running after {within:?}:\n{}", self.said());
            sleep(Duration::from_millis(10));
        }
    }

    /// Kills it without warning and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
