//! Disks that are full, read-only or damaged, and others who write to the record: what is said, and nothing lost.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::House;

/// Far above what anything here takes, on a busy machine as well.
const LONG: Duration = Duration::from_secs(120);

/// Runs a script in a mount namespace of its own, with the program as `$0`; nothing is left behind, whatever happens.
fn in_a_namespace(house: &House, script: &str) {
    let ended = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_touchbase")])
        .current_dir(house.path(""))
        .status()
        .expect("unshare, from the package util-linux");
    assert!(ended.success(), "mounting was refused, or a later command failed: {ended}");
}

fn on_small_disk() -> House {
    let house = House::new();
    fs::create_dir(house.path("small")).expect("a folder");
    house.configure("[store]\nurl = \"sqlite:small/touchbase.db\"\n");
    house
}

fn read(house: &House, name: &str) -> String {
    fs::read_to_string(house.path(name)).unwrap_or_default()
}

fn number(house: &House, sql: &str) -> i64 {
    let store = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    store.query_row(sql, [], |row| row.get(0)).expect(sql)
}

const SETTLED: &str = "SELECT count(*) FROM delivery WHERE state = 'settled'";

/// The sizes end within making the file, the log, the tables, the lease, the contacts; and before the first mail.
#[test]
fn a_disk_that_is_full_at_any_step_says_so_and_goes_on_when_there_is_room() {
    let sizes = [4, 8, 12, 16, 32, 64, 128, 160, 192, 224, 256, 288, 320, 400, 1_000, 30_000, 65_000];
    let house = on_small_disk();
    let script = r#"
        for size in SIZES; do
            mount -t tmpfs -o "size=${size}k" tmpfs small || exit 99
            "$0" --config touchbase.toml once >out.$size 2>err.$size; echo $? >code.$size
            mount -o remount,size=100m small
            "$0" --config touchbase.toml once >/dev/null 2>again.$size || exit 98
            "$0" --config touchbase.toml status --json >status.$size || exit 97
            umount small
        done"#;
    in_a_namespace(&house, &script.replace("SIZES", &sizes.map(|size| size.to_string()).join(" ")));
    for size in sizes {
        let (code, said) = (read(&house, &format!("code.{size}")), read(&house, &format!("err.{size}")));
        assert_eq!(code.trim(), "73", "{size} KiB: {said}");
        assert!(said.contains("hint:") && !said.contains("report this"), "{size} KiB: {said}");
        let status: Value = serde_json::from_str(&read(&house, &format!("status.{size}"))).expect("JSON");
        let settled: u64 = status["deliveries"].as_object().expect("counts").values().filter_map(Value::as_u64).sum();
        assert_eq!(settled, 4, "{size} KiB: {status}");
    }
    assert!(
        read(&house, "err.65000").contains("64 MiB wanted before mail is fetched"),
        "{}",
        read(&house, "err.65000")
    );
}

#[test]
fn a_daemon_on_a_full_disk_stays_tells_why_and_reads_on_when_there_is_room() {
    let house = on_small_disk();
    let script = r#"
        mount -t tmpfs -o size=30m tmpfs small || exit 99
        "$0" --config touchbase.toml run 2>said & daemon=$!
        for wait in $(seq 600); do
            "$0" --config touchbase.toml status --json >waiting 2>/dev/null
            grep -q 'wanted before mail' waiting && break
            sleep 0.1
        done
        kill -0 $daemon || exit 98
        mount -o remount,size=100m small
        for wait in $(seq 1000); do
            "$0" --config touchbase.toml status --json >read || exit 97
            grep -q '"recorded":1' read && break
            sleep 0.1
        done
        kill $daemon; wait $daemon"#;
    in_a_namespace(&house, script);
    let waiting: Value = serde_json::from_str(&read(&house, "waiting")).expect("JSON");
    let mailbox = &waiting["mailboxes"][0];
    assert!(mailbox["reason"].to_string().contains("MiB free") && mailbox["next_try"].is_string(), "{waiting}");
    let read: Value = serde_json::from_str(&read(&house, "read")).expect("JSON");
    assert_eq!((&read["deliveries"]["recorded"], &read["mailboxes"][0]["reason"]), (&Value::from(1), &Value::Null));
}

#[test]
fn a_read_only_disk_is_named_and_nothing_is_lost() {
    let house = House::lived_in();
    house
        .write("Maildir/new/5.later", "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Later\n\nWords.\n");
    fs::create_dir(house.path("ro")).expect("a folder");
    let script = r#"
        mount --bind . ro && mount -o remount,ro,bind ro || exit 99
        "$0" --config ro/touchbase.toml once >/dev/null 2>err; echo $? >code"#;
    in_a_namespace(&house, script);
    let said = read(&house, "err");
    assert!(["69", "73"].contains(&read(&house, "code").trim()), "{said}");
    assert!(said.contains("hint:") && !said.contains("report this"), "{said}");
    assert_eq!(house.json(&["once", "--json"])["mails"], 1);
}

#[test]
fn another_writer_is_waited_for_and_then_told_of() {
    let house = House::lived_in();
    house
        .write("Maildir/new/5.later", "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Later\n\nWords.\n");
    let mut other = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    let writing = other.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("a transaction");
    let said = house.run(&["once"]);
    assert_eq!(said.code, 75, "{}", said.err);
    assert!(said.err.contains("another touchbase command is writing"), "{}", said.err);
    // One that is done within the patience of a command is only waited for.
    let waiting = std::thread::scope(|threads| {
        let waits = threads.spawn(|| house.run(&["once"]));
        sleep(Duration::from_millis(500));
        drop(writing);
        waits.join().expect("a command")
    });
    assert_eq!(waiting.code, 0, "{}", waiting.err);
    assert_eq!(number(&house, SETTLED), 5);
}

#[test]
fn a_daemon_waits_for_another_writer_as_long_as_it_takes() {
    let house = House::lived_in();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_touchbase"))
        .arg("--config")
        .arg(house.path("touchbase.toml"))
        .arg("run")
        .stderr(fs::File::create(house.path("said")).expect("a log"))
        .stdout(Stdio::null())
        .spawn()
        .expect("touchbase starts");
    let began = Instant::now();
    let until = |what: &str, so: &dyn Fn() -> bool| {
        while !so() {
            assert!(began.elapsed() < LONG, "never {what}: {}", read(&house, "said"));
            sleep(Duration::from_millis(50));
        }
    };
    until("watched", &|| read(&house, "said").contains("mailbox watched"));
    let mut other = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    other.busy_timeout(LONG).expect("patience");
    let writing = other.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("a transaction");
    house
        .write("Maildir/new/5.later", "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Later\n\nWords.\n");
    until("refused", &|| read(&house, "said").contains("busy") || read(&house, "said").contains("cannot write"));
    drop(writing);
    drop(other);
    until("read", &|| number(&house, SETTLED) == 5);
    assert!(daemon.try_wait().expect("a child").is_none(), "{}", read(&house, "said"));
    let _ = daemon.kill();
    let _ = daemon.wait();
}

#[test]
fn a_lock_file_that_was_left_behind_locks_nobody_out() {
    let house = House::lived_in();
    house.write("touchbase.db.lock", "1\n");
    assert_eq!(house.json(&["once", "--json"])["mails"], 0);
}

#[test]
fn a_deleted_log_costs_a_second_reading_and_no_mail() {
    let house = House::lived_in();
    let keeps_open = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    keeps_open.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
    house
        .write("Maildir/new/5.later", "From: Ann Li <ann@acme.example>\nTo: me@us.example\nSubject: Later\n\nWords.\n");
    assert_eq!(house.json(&["once", "--json"])["mails"], 1);
    // As it lies there while somebody has it open: the file, whose log a tidy hand removes.
    fs::copy(house.path("touchbase.db"), house.path("copy")).expect("a copy");
    drop(keeps_open);
    fs::rename(house.path("copy"), house.path("touchbase.db")).expect("the copy in its place");
    for log in ["touchbase.db-wal", "touchbase.db-shm"] {
        let _ = fs::remove_file(house.path(log));
    }
    assert_eq!(house.json(&["once", "--json"])["mails"], 1, "it is read again");
    assert_eq!(number(&house, SETTLED), 5);
    assert_eq!(number(&house, "SELECT count(*) FROM interaction WHERE subject = 'Later'"), 1);
}

#[test]
fn a_damaged_page_is_told_of_with_what_to_do_and_the_daemon_ends() {
    let house = House::lived_in();
    let store = rusqlite::Connection::open(house.path("touchbase.db")).expect("the record");
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
    drop(store);
    let file = OpenOptions::new().write(true).open(house.path("touchbase.db")).expect("the record");
    let length = file.metadata().expect("its size").len();
    for page in 2..length / 4096 {
        file.write_all_at(&[0xA5; 4096], page * 4096).expect("damage");
    }
    drop(file);
    house.refuses(&["once"], 69, &["damaged", "restore the latest `touchbase backup`"]);
    house.refuses(&["run"], 69, &["damaged", "restore the latest `touchbase backup`"]);
}
