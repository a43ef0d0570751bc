//! systemd's watchdog is fed by a loop and a writer that are both alive: a writer that stands still starves it.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::house::{arrives, build, place};

/// Far above what anything here takes, on a busy machine as well.
const LONG: Duration = Duration::from_secs(120);
/// The loop feeds every two seconds; who says nothing for so long feeds no more.
const SILENCE: Duration = Duration::from_secs(12);

const MAIL: &str = "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Crane\n\nThe words.\n";

struct Watched {
    house: tempfile::TempDir,
    socket: UnixDatagram,
    daemon: Child,
}

impl Watched {
    fn start(wish: Option<&str>) -> Watched {
        let house = place();
        build(house.path());
        let socket = UnixDatagram::bind(house.path().join("notify")).expect("a socket");
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchbase"));
        command.arg("--config").arg(house.path().join("touchbase.toml")).arg("run");
        command.env("NOTIFY_SOCKET", house.path().join("notify")).envs(wish.map(|wish| ("TOUCHBASE_FAILPOINT", wish)));
        let daemon = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
        Watched { house, socket, daemon }
    }

    /// Waits for a ping, for so long.
    fn is_fed(&self, within: Duration) -> bool {
        let (began, mut buffer) = (Instant::now(), [0; 4096]);
        while let Some(left) = within.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
            self.socket.set_read_timeout(Some(left)).expect("a timeout");
            let Ok(length) = self.socket.recv(&mut buffer) else { return false };
            if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == "WATCHDOG=1") {
                return true;
            }
        }
        false
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[test]
fn a_writer_that_stands_still_starves_the_watchdog() {
    let mut watched = Watched::start(Some("freeze:before:Settle:1"));
    assert!(watched.is_fed(LONG), "it is fed while all is well");
    arrives(watched.house.path(), "1.mail", MAIL);
    let began = Instant::now();
    while watched.is_fed(SILENCE) {
        assert!(began.elapsed() < LONG, "it is fed although the writer stands still");
    }
    assert!(watched.daemon.try_wait().expect("a child").is_none(), "it stands still, and has not ended");
}

#[test]
fn a_writer_that_writes_feeds_it() {
    let watched = Watched::start(None);
    for number in 1..=3 {
        arrives(watched.house.path(), &format!("{number}.mail"), MAIL);
        assert!(watched.is_fed(LONG));
    }
}
