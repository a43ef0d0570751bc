//! From the server's EXISTS to the row on disk, in a running daemon.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::generate::Mailbox;
use super::{Place, median, peers, proxy};

/// Delivers mail after mail by LMTP and gives the milliseconds of each.
pub fn measure(place: &Place, mails: usize) -> Vec<f64> {
    let line = proxy::open(place.server.imap_port, Duration::ZERO, b" EXISTS");
    let folder = place.folder.path().join("arrival");
    fs::create_dir_all(&folder).expect("a folder");
    peers::touchbase_files(place, &folder, line.port, false);
    let daemon = Daemon::start(&folder);
    let store = daemon.store(&folder);
    let mut make = Mailbox::new(0.0);
    let mut waited = Vec::new();
    std::thread::sleep(Duration::from_secs(2));
    for _ in 0..mails {
        while line.heard.try_recv().is_ok() {}
        let before = settled(&store);
        place.server.deliver(&make.make().0);
        let heard = line.heard.recv_timeout(Duration::from_secs(10)).expect("an EXISTS");
        while settled(&store) == before {
            assert!(heard.elapsed() < Duration::from_secs(10), "not recorded");
            std::thread::sleep(Duration::from_micros(200));
        }
        waited.push(heard.elapsed().as_secs_f64() * 1e3);
    }
    println!("EXISTS to row committed, {mails} mails: median {:.1} ms", median(&waited));
    waited
}

fn settled(store: &Connection) -> i64 {
    store.query_row("SELECT count(*) FROM delivery WHERE state = 'settled'", [], |row| row.get(0)).expect("a count")
}

struct Daemon(Child);

impl Daemon {
    fn start(folder: &Path) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchbase"));
        command.args(["--config", "touchbase.toml", "run"]).current_dir(folder);
        Daemon(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program"))
    }

    fn store(&self, folder: &Path) -> Connection {
        let began = Instant::now();
        loop {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
            if let Ok(store) = Connection::open_with_flags(folder.join("touchbase.db"), flags)
                && store.query_row("SELECT count(*) FROM delivery", [], |row| row.get::<_, i64>(0)).is_ok()
            {
                return store;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "the daemon does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
