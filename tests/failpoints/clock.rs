//! The clock of a running daemon is set forty days on, and back: mail is read, nothing is reported or let go for it.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::disk::shim;
use super::house::{arrives, number, place};
use super::scenarios::{lived_in, mail, reported};

/// Far above what anything here takes, on a busy machine as well.
const LONG: Duration = Duration::from_secs(90);
/// The daemon looks around every two seconds.
const SOME_LOOKS: Duration = Duration::from_secs(5);
const FORTY_DAYS: i64 = 40 * 86_400;

struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(what: &str, house: &Path, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        let said = || fs::read_to_string(house.join("stderr")).unwrap_or_default();
        assert!(began.elapsed() < LONG, "not in time: {what}\n{}", said());
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_clock_that_is_set_by_days_makes_no_report_and_lets_go_of_nothing() {
    let ((_folder, shim), house) = (shim(), place());
    let house = house.path();
    lived_in(house);
    fs::write(house.join("wrong"), "0").expect("a clock");
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchbase"));
    command.arg("--config").arg(house.join("touchbase.toml")).arg("run").current_dir(house);
    command.env("LD_PRELOAD", shim).env("SHIM_CLOCK", house.join("wrong"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(house.join("stderr")).expect("a log"));
    let _daemon = Daemon(command.spawn().expect("the program"));
    until("its reports", house, || reported(house));
    let mails = || number(house, "SELECT count(*) FROM delivery WHERE state = 'settled'").unwrap_or(0);
    let set = || fs::read_to_string(house.join("stderr")).expect("a log").matches("the clock was set").count();
    for (times, seconds) in [(1, FORTY_DAYS), (2, 0)] {
        fs::write(house.join("wrong"), seconds.to_string()).expect("a clock");
        until("it is noticed", house, || set() == times);
        let before = mails();
        let subject = format!("Crane {times}");
        arrives(house, &subject, &mail("Ann Li <ann@acme.example>", 0, &subject, "\nThe words."));
        until("mail is read", house, || mails() == before + 1);
        sleep(SOME_LOOKS);
        assert!(reported(house), "a report was written by a clock that nobody should believe yet");
    }
}
