//! A person at a terminal: a pseudo-terminal with the program on its other end.
#![allow(dead_code)]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const SOON: Duration = Duration::from_secs(20);

/// The program, and what stands on the screen.
pub struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<Mutex<String>>,
    read: usize,
}

impl Terminal {
    /// Starts the program in a folder.
    pub fn start(words: &[&str], folder: &Path) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&master).expect("a pseudo-terminal");
        unlockpt(&master).expect("a pseudo-terminal");
        let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let line = || OpenOptions::new().read(true).write(true).open(&name).expect("its other end");
        let child = Command::new(env!("CARGO_BIN_EXE_touchbase"))
            .args(words)
            .current_dir(folder)
            .env_remove("STATE_DIRECTORY")
            .env_remove("CREDENTIALS_DIRECTORY")
            .stdin(line())
            .stdout(line())
            .stderr(line())
            .spawn()
            .expect("touchbase starts");
        let keyboard = File::from(master);
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut shows, shared) = (keyboard.try_clone().expect("a screen"), Arc::clone(&screen));
        // Ends with the program: reading from a terminal that nobody writes to any more is an error.
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = shows.read(&mut bytes) {
                shared.lock().expect("a screen").push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        Terminal { child, keyboard, screen, read: 0 }
    }

    /// Everything that was shown.
    pub fn screen(&self) -> String {
        self.screen.lock().expect("a screen").clone()
    }

    /// Waits for these words, below those waited for before.
    pub fn shows(&mut self, words: &str) {
        let began = Instant::now();
        loop {
            let screen = self.screen();
            if let Some(at) = screen[self.read..].find(words) {
                self.read += at + words.len();
                return;
            }
            assert!(began.elapsed() < SOON, "never shown: {words:?}\n{screen}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        writeln!(self.keyboard, "{line}").expect("a keyboard");
    }

    /// Waits for a question and answers it.
    pub fn answers(&mut self, question: &str, answer: &str) {
        self.shows(question);
        // The colon ends every question; what hides typing is done before it is shown, or right behind it.
        self.shows(": ");
        std::thread::sleep(Duration::from_millis(50));
        self.types(answer);
    }

    /// Waits for the end; gives the exit code and the whole screen.
    pub fn ends(mut self) -> (Option<i32>, String) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                std::thread::sleep(Duration::from_millis(100));
                return (status.code(), self.screen());
            }
            assert!(began.elapsed() < SOON, "it does not end:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
