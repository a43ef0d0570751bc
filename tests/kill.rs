//! The daemon is killed without warning, again and again, while mail arrives: none is lost, none is doubled.
//!
//! A thousand mails reach a real Dovecot in bursts: ordinary ones, the same bytes again, forwards of mails that
//! came before, strangers, newsletters, forged colleagues, hostile ones. What must come of each is known
//! beforehand. After every death a copy of the store is examined as it lies there; in the end everything is.
//!
//! `TOUCHBASE_SEED` repeats a run, as far as chance is ours; `TOUCHBASE_KILLS` asks for another number of deaths, and
//! `TOUCHBASE_MINUTES` for an end after that time, however many there were (`tests/soak`).

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "kill/grave.rs"]
mod grave;
#[path = "it/program.rs"]
mod program;
#[path = "kill/story.rs"]
mod story;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant, SystemTime};

use dovecot::Dovecot;
use grave::{Cradle, Grave, Place};
use program::{Daemon, Program};
use rustix::process::Signal;
use story::{Dice, Oracle, story};

/// Deaths, and mails that arrive meanwhile, unless more are asked for.
const KILLS: usize = 300;
const MAILS: usize = 1_000;
/// Enough for any number of deaths: each copy of the store is read whole.
const MOST_MAILS: usize = 3_000;
/// How long a life goes on that waits for something.
const LIFE: Duration = Duration::from_millis(500);
const MINUTE: Duration = Duration::from_secs(60);

fn configuration(server: &Dovecot) -> String {
    format!(
        "[team]\naddresses = [\"me@us.example\"]\n\
         [[mailbox]]\nname = \"capture\"\nkind = \"imap\"\nhost = \"localhost\"\nport = {}\nca-file = \"{}\"\n\
         user = \"{}\"\npassword-file = \"password\"\ncapture-addresses = [\"log@us.example\"]\n\
         [contacts]\nfiles = [\"contacts.csv\"]\n[trust]\nauthentication-results = [\"mx.us.example\"]\n",
        server.imaps_port,
        server.ca_file.display(),
        server.user
    )
}

const CONTACTS: &str = "customer,name,address\nAcme,Ann Li,ann@acme.example\nBirch,Bo Birch,bo@birch.example\n";

/// When a life ends. Chance alone would hit the short steps, which matter most, too seldom.
enum Moment {
    /// After so long.
    After(Duration),
    /// As soon as so many mails were settled.
    Settled(usize),
    /// As soon as the log was written to so often: within a commit, if we are quick.
    Written(u64),
}

impl Moment {
    fn draw(dice: &mut Dice) -> Moment {
        match dice.below(10) {
            // Long enough for a mail that was cut off twice to be tried a third time.
            _ if dice.below(60) == 0 => Moment::After(Duration::from_millis(2_000 + dice.below(1_500))),
            0..2 => Moment::After(Duration::from_millis(dice.below(60))),
            2..5 => Moment::After(Duration::from_millis(dice.below(400))),
            5..7 => Moment::Settled(1 + dice.below(5) as usize),
            _ => Moment::Written(1 + dice.below(8)),
        }
    }

    /// Waits for it, or for a checkpoint if `for_checkpoint` is set: then the file itself is written to.
    fn wait(&self, daemon: &Daemon, database: &Path, for_checkpoint: bool) {
        let changed = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
        let log = database.with_extension("db-wal");
        let (began, file, mut last) = (Instant::now(), changed(database), changed(&log));
        let mut writes = 0;
        let mut wrote = |now: Option<SystemTime>| {
            writes += u64::from(now != last);
            last = now;
            writes
        };
        let longest = if let Moment::After(time) = self { *time } else { LIFE };
        while began.elapsed() < longest {
            let now = match self {
                Moment::After(_) => false,
                Moment::Settled(mails) => daemon.said().matches("mail settled").count() >= *mails,
                Moment::Written(times) => wrote(changed(&log)) >= *times,
            };
            if now || for_checkpoint && file.is_some() && changed(database) != file {
                return;
            }
            sleep(Duration::from_micros(200));
        }
    }
}

/// How often to kill, and for how long at the most.
#[derive(Clone, Copy)]
struct Wish {
    kills: usize,
    until: Option<Instant>,
}

/// Kills the daemon again and again while mail arrives; gives how often it died where.
fn kill_while_mail_arrives(
    program: &Program,
    server: &Dovecot,
    mails: &[Vec<u8>],
    wish: Wish,
    dice: &mut Dice,
) -> BTreeMap<Place, usize> {
    let (arrived, died, mut places) = (AtomicBool::new(false), AtomicUsize::new(0), BTreeMap::new());
    let is_time = || wish.until.is_some_and(|until| Instant::now() > until);
    let (database, mut settled) = (program.path("touchbase.db"), 0);
    let mut bursts = Dice(dice.below(u64::MAX) | 1);
    scope(|threads| {
        threads.spawn(|| {
            let mut rest = mails;
            while !rest.is_empty() {
                // In step with the deaths, so that there is mail in every life.
                while died.load(Ordering::Relaxed) * mails.len() < (mails.len() - rest.len()) * wish.kills && !is_time()
                {
                    sleep(Duration::from_millis(5));
                }
                let (now, later) = rest.split_at(rest.len().min(1 + bursts.below(20) as usize));
                now.iter().for_each(|mail| server.deliver(mail));
                rest = later;
            }
            arrived.store(true, Ordering::Relaxed);
        });
        while died.load(Ordering::Relaxed) < wish.kills && !is_time() || !arrived.load(Ordering::Relaxed) {
            // Each life's words alone are looked at.
            let _ = fs::remove_file(program.path("stderr"));
            let before = Cradle::of(&database);
            let daemon = program.start(&[]);
            Moment::draw(dice).wait(&daemon, &database, dice.below(2) == 0);
            daemon.kill();
            let said = fs::read_to_string(program.path("stderr")).unwrap_or_default();
            let grave = Grave::of(&database, &before, &said);
            assert!(grave.settled >= settled, "{} mails were settled, now {grave:?}", settled);
            settled = grave.settled;
            *places.entry(grave.place).or_default() += 1;
            if died.fetch_add(1, Ordering::Relaxed) % 500 == 499 {
                println!("{} kills, {settled} mails settled, died in {places:?}", died.load(Ordering::Relaxed));
            }
        }
    });
    places
}

fn on_record(program: &Program) -> Oracle {
    let mut found = Oracle::default();
    let status = program.json(&["status", "--json"]);
    for (word, count) in status["deliveries"].as_object().expect("counts") {
        found.dispositions.insert(word.clone(), count.as_u64().expect("a count"));
    }
    for interaction in program.lines(&["export", "--all"]) {
        let word = |key: &str| interaction[key].as_str().expect("a word").to_owned();
        found.interaction(&word("subject"), &word("disposition"));
    }
    found
}

/// Mails whose third attempt was cut off as well are in the quarantine, unread and with their bytes: nobody could
/// tell them from one that kills its reader. A person has them read again; gives how many there were.
fn read_again_what_died_three_times(program: &Program) -> usize {
    let held = program.json(&["quarantine", "list", "--json"]);
    let cut_off = |held: &&serde_json::Value| held["reason"].to_string().contains("failed");
    let ids: Vec<String> =
        held.as_array().expect("a list").iter().filter(cut_off).map(|held| held["number"].to_string()).collect();
    for id in &ids {
        program.does(&["quarantine", "retry", id]);
    }
    ids.len()
}

/// The store's own word: every delivery there is was settled, and the file is sound.
fn the_store_is_sound(program: &Program, mails: usize) {
    let store = rusqlite::Connection::open(program.path("touchbase.db")).expect("the store");
    let number = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    assert_eq!(number("SELECT count(*) FROM delivery"), mails as i64);
    assert_eq!(number("SELECT count(*) FROM delivery WHERE state <> 'settled'"), 0);
    let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(sound, "ok");
}

fn asked_for(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}

#[test]
fn a_daemon_killed_three_hundred_times_loses_and_doubles_nothing() {
    let kills = asked_for("TOUCHBASE_KILLS").map_or(KILLS, |kills| kills as usize);
    let until = asked_for("TOUCHBASE_MINUTES").map(|minutes| Instant::now() + MINUTE * minutes as u32);
    let seed = asked_for("TOUCHBASE_SEED").unwrap_or_else(|| u64::from(std::process::id()) * 7_919 + 1);
    println!("TOUCHBASE_SEED={seed}");
    let mut dice = Dice(seed | 1);
    let length = (MAILS * kills / KILLS).clamp(MAILS, MOST_MAILS);
    let (mails, oracle) = story(length, &mut dice);
    let server = Dovecot::start();
    let program = Program::new(&configuration(&server), CONTACTS, &server.password);

    let began = Instant::now();
    let places = kill_while_mail_arrives(&program, &server, &mails, Wish { kills, until }, &mut dice);
    let kills: usize = places.values().sum();
    println!("{kills} kills in {:?}, died in {places:?}", began.elapsed());
    for place in [Place::Starting, Place::InHand, Place::Commit] {
        assert!(places.contains_key(&place), "no life ended in {place:?}");
    }
    println!("settled meanwhile: {:?}", on_record(&program).dispositions);

    let mut daemon = program.start(&[]);
    daemon.until("every mail is settled", 10 * MINUTE, |_| {
        sleep(Duration::from_millis(200));
        on_record(&program).dispositions.values().sum::<u64>() >= mails.len() as u64
    });
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(MINUTE), Some(0));
    let again = read_again_what_died_three_times(&program);
    println!("all settled after {:?}; {again} died three times and were read again", began.elapsed());

    let found = on_record(&program);
    assert_eq!(found.dispositions, oracle.dispositions, "TOUCHBASE_SEED={seed}");
    let lost: Vec<_> = oracle.interactions.keys().filter(|key| !found.interactions.contains_key(*key)).collect();
    let more: Vec<_> = found.interactions.iter().filter(|(key, n)| oracle.interactions.get(*key) != Some(n)).collect();
    assert!(lost.is_empty() && more.is_empty(), "TOUCHBASE_SEED={seed}\nlost {lost:?}\nmore {more:?}");
    the_store_is_sound(&program, mails.len());
    assert_eq!(program.json(&["once", "--json"])["mails"], 0, "nothing is left to read");
    println!("{kills} kills, {} mails: 0 lost, 0 doubled", mails.len());
}
