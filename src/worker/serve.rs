//! The worker's own side: give up what it does not need, then answer mail by mail.

use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use jiff::Timestamp;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::frame::{self, Answers, FRAME_LIMIT, MAIL_LIMIT, Request};
use crate::mailbox::{Delivery, Mailbox, Route};
use crate::pipeline::{self, Rules, Understood};
use crate::understand::Team;

/// Memory of the whole process, in bytes.
const MEMORY: u64 = 512 * 1024 * 1024;
/// Open files: the pipes, and one to look up its own memory.
const FILES: u64 = 8;
/// Seconds of computing that one mail may cost, and one more as the system counts whole ones.
const SECONDS_PER_MAIL: u64 = 4;
/// Stack of the thread that parses, in bytes.
const STACK: usize = 16 * 1024 * 1024;

/// A mail with something of all that mails have.
const SAMPLE: &[u8] = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Re: plan\r\n\r\n\
    Thanks, I will send it by Friday.\r\n\r\nBest regards,\r\nAnn\r\n\r\n\
    On Thu, Nov 19, 2026 at 4:12 PM Bo <bo@b.example> wrote:\r\n> From: Bo\r\n";

/// Answers on stdin and stdout until stdin ends: the body of `touchbase parse-worker`.
pub fn serve() -> io::Result<()> {
    give_up_what_is_not_needed()?;
    // A panic is told in the answer; its text could hold words of the mail.
    panic::set_hook(Box::new(|_| {}));
    let answers = || answer_all(&mut io::stdin().lock(), &mut io::stdout().lock());
    let thread = thread::Builder::new().stack_size(STACK).spawn(answers)?;
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the parsing thread panicked")))
}

fn give_up_what_is_not_needed() -> io::Result<()> {
    // The daemon may die while a mail is being read. The signal comes with the end of the thread that
    // started us, so the daemon must start workers from threads that live as long as it does.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    limit(Resource::As, MEMORY)?;
    limit(Resource::Nofile, FILES)?;
    limit(Resource::Core, 0)
}

/// Sets a limit for good; one that is stricter already stays.
fn limit(resource: Resource, value: u64) -> io::Result<()> {
    let value = getrlimit(resource).maximum.map_or(value, |maximum| maximum.min(value));
    Ok(setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?)
}

/// Allows some seconds more than were used so far; past them the system ends the process.
fn limit_computing() -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let seconds = u64::try_from(used).unwrap_or(0) + 1 + SECONDS_PER_MAIL;
    let maximum = getrlimit(Resource::Cpu).maximum;
    let current = Some(maximum.map_or(seconds, |maximum| maximum.min(seconds)));
    Ok(setrlimit(Resource::Cpu, Rlimit { current, maximum })?)
}

fn answer_all(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let Some(rules) = frame::read(input, FRAME_LIMIT)? else { return Ok(()) };
    let rules: Rules = frame::decode(&rules)?;
    make_ready(&rules);
    while let Some(requests) = frame::read(input, FRAME_LIMIT)? {
        let requests: Vec<Request> = frame::decode(&requests)?;
        let Some(bytes) = frame::read(input, MAIL_LIMIT)? else { return Ok(()) };
        limit_computing()?;
        let results = answers(requests, bytes, &rules);
        frame::write(output, &bounded(Answers { results, resident: resident() }))?;
    }
    Ok(())
}

/// Reads a mail that nobody sent, for which most lists are looked at: then they are there when the first one comes.
fn make_ready(rules: &Rules) {
    let mailbox = Mailbox { name: String::new(), folder: String::new() };
    let delivery = Delivery {
        mailbox,
        route: Route::Unknown,
        sent_folder: false,
        arrived: Timestamp::UNIX_EPOCH,
        size: SAMPLE.len() as u64,
        bytes: SAMPLE.to_vec(),
    };
    rules.phrases.phrases();
    let assumed = Rules { team: Team { assume: true, ..Team::default() }, ..rules.clone() };
    // If that should ever fail, the first mail finds out, and is told of.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| pipeline::read(&delivery, &assumed)));
}

/// One answer for each mail, whose bytes stand one behind the other.
fn answers(requests: Vec<Request>, mut bytes: Vec<u8>, rules: &Rules) -> Vec<Result<Understood, String>> {
    let count = requests.len();
    let mut from = 0;
    let one = |request: Request| {
        // A mail alone, which may be large, is not copied.
        let mail = if count == 1 { std::mem::take(&mut bytes) } else { piece(&bytes, from, request.length()) };
        from += request.length();
        answer(request, mail, rules)
    };
    requests.into_iter().map(one).collect()
}

fn piece(bytes: &[u8], from: usize, length: usize) -> Vec<u8> {
    bytes.get(from..from.saturating_add(length)).unwrap_or_default().to_vec()
}

fn answer(request: Request, bytes: Vec<u8>, rules: &Rules) -> Result<Understood, String> {
    let read = || {
        let (delivery, headers_only) = request.delivery(bytes);
        if headers_only { pipeline::read_headers_only(&delivery, rules) } else { pipeline::read(&delivery, rules) }
    };
    panic::catch_unwind(AssertUnwindSafe(read)).map_err(|_| "parsing it ran into a fault of ours".to_owned())
}

/// The answers' bytes, or those of as many refusals when there are more than the daemon would take.
fn bounded(answers: Answers) -> Vec<u8> {
    let bytes = frame::encode(&answers);
    if bytes.len() <= FRAME_LIMIT {
        return bytes;
    }
    let refusal = || Err("what it holds is more than can be handed over".to_owned());
    let results = answers.results.iter().map(|_| refusal()).collect();
    frame::encode(&Answers { results, resident: answers.resident })
}

/// This process's memory, in bytes (proc(5), `VmRSS`); 0 where nobody tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
    let kibibytes = line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
    kibibytes.unwrap_or(0).saturating_mul(1024)
}
