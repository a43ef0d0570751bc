//! `explain`: how mails would be read and why, without recording them.
//!
//! It is the daemon's own path, worker process included, so it serves as support tool, as test oracle and
//! as documentation. It needs no store, and without a configuration it knows nobody; where the configuration's store
//! exists, it is asked how earlier mails of the same author ended.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::StreamExt;
use jiff::Timestamp;

use super::args::ExplainArgs;
use super::output;
use crate::config::Config;
use crate::daemon::ledger::unreadable;
use crate::failure::{Code, Failure};
use crate::interaction::{Disposition, Interaction, Person};
use crate::mail::{Address, Untrusted};
use crate::mailbox::{Delivery, Mailbox, Route};
use crate::pipeline::{self, Known, Understood};
use crate::store::{Reader, Store, StoreError};
use crate::understand::signal::Lists;
use crate::understand::{AutoReply, Reading};
use crate::wiring::{self, People};
use crate::worker::Pool;

/// Mails being read at once.
const AT_ONCE: usize = 4;

/// How much of a sentence is shown, in characters.
const SENTENCE: usize = 120;

/// A mail's answers.
pub struct Explained {
    /// What was understood.
    pub understood: Understood,
    /// What would become of it.
    pub disposition: Disposition,
}

impl Explained {
    /// Has the record tell how earlier mails of the same authors ended, as settling would.
    pub fn recall(&mut self, record: &Reader, lists: &Lists) {
        for interaction in &mut self.disposition.interactions {
            let asked = |author| record.earlier_mails(author, &interaction.text).ok();
            let earlier = interaction.whose_ending().and_then(asked);
            if let Some((signed, evidence)) = earlier.and_then(|earlier| interaction.signed_as(&earlier, lists)) {
                *interaction = signed;
                self.understood.reading.evidence.push(evidence);
            }
        }
    }
}

pub fn explain(config: &Option<PathBuf>, args: ExplainArgs) -> Result<ExitCode, Failure> {
    let (mut known, record) = match config {
        Some(path) => {
            let config = wiring::load(path)?;
            (People::read(&config)?.known(&config), record(&config))
        }
        None => (Known::default(), None),
    };
    known.rules.team.assume = args.assume_team;
    // Every file is looked for first, so that a typo in the last name does not cost the first answers.
    for file in args.files.iter().filter(|file| !is_stdin(file)) {
        fs::metadata(file).map_err(|e| missing(file, &e))?;
    }
    wiring::runtime()?.block_on(explain_all(known, record, args))
}

/// The record, if there is one that may be read.
fn record(config: &Config) -> Option<Reader> {
    match Store::open_to_read(&wiring::store_settings(config)) {
        Ok(reader) => Some(reader),
        Err(StoreError::NotFound(_)) => None,
        Err(error) => {
            output::aside(&format!("earlier mails were not asked about signatures: {error}"));
            None
        }
    }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn missing(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::NoInput, format!("cannot read {}", file.display()))
        .because(error)
        .hint("name a file that holds one mail, or `-` to read one from standard input")
}

async fn explain_all(known: Known, record: Option<Reader>, args: ExplainArgs) -> Result<ExitCode, Failure> {
    let pool = Arc::new(Pool::new(wiring::reader(AT_ONCE.min(args.files.len())), &known.rules));
    let known = Arc::new(known);
    let answers = futures_util::stream::iter(args.files.clone()).map(|file| {
        let (pool, known) = (pool.clone(), known.clone());
        async move { explain_one(&file, &pool, &known).await.map(|answer| (file, answer)) }
    });
    let mut answers = std::pin::pin!(answers.buffered(AT_ONCE));
    let several = args.files.len() > 1;
    while let Some(answer) = answers.next().await {
        let (file, mut explained) = answer?;
        if let Some(record) = &record {
            explained.recall(record, &known.rules.phrases);
        }
        let json = || pipeline::explain::json(&explained.understood, &explained.disposition);
        match args.json {
            true if several => output::json_line(&json())?,
            true => output::json(&json())?,
            false if several => output::text(&format!("{}\n{}\n", file.display(), told(&explained)))?,
            false => output::text(&told(&explained))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn explain_one(file: &Path, pool: &Pool, known: &Known) -> Result<Explained, Failure> {
    let bytes = bytes_of(file)?;
    let delivery = Delivery {
        mailbox: Mailbox { name: "explain".into(), folder: String::new() },
        route: Route::Unknown,
        sent_folder: false,
        arrived: Timestamp::UNIX_EPOCH,
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        bytes,
    };
    Ok(ask(&delivery, pool, known, None).await)
}

async fn ask(delivery: &Delivery, pool: &Pool, known: &Known, arrived: Option<Timestamp>) -> Explained {
    match pool.read(delivery).await {
        Ok(understood) => {
            let disposition = pipeline::conclude(&understood, delivery.route, arrived, known);
            Explained { understood, disposition }
        }
        Err(unread) => {
            Explained { understood: Understood::nothing(delivery.size), disposition: unreadable(unread.to_string()) }
        }
    }
}

/// Reads one mail the way the daemon would.
pub fn read(delivery: &Delivery, known: &Known, arrived: Option<Timestamp>) -> Result<Explained, Failure> {
    let settings = wiring::reader(1);
    wiring::runtime()?.block_on(async {
        let pool = Pool::new(settings, &known.rules);
        Ok(ask(delivery, &pool, known, arrived).await)
    })
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    if !is_stdin(file) {
        return fs::read(file).map_err(|e| missing(file, &e));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|e| missing(file, &e))
}

/// The answer in words.
pub fn told(explained: &Explained) -> String {
    let Explained { understood: Understood { reading, verdict }, disposition } = explained;
    let mut text = format!("would be {}", output::word(&disposition.outcome));
    if let Some(reason) = &disposition.reason {
        text += &format!(": {}", Untrusted::new(reason).terminal());
    }
    text += "\n";
    let author = if reading.author_is_team { "one of the team" } else { "from outside" };
    text += &format!("author is {author}; {}\n", verdict.reason);
    text += &told_automation(reading);
    for interaction in &disposition.interactions {
        text += &told_interaction(interaction);
    }
    if !reading.evidence.is_empty() {
        text += "because\n";
    }
    for evidence in &reading.evidence {
        let line = evidence.line.map(|line| format!(", line {line}")).unwrap_or_default();
        text += &format!("  {}: {} ({}{line})\n", evidence.question, evidence.answer, evidence.rule);
        if let Some(words) = &evidence.words {
            text += &format!("      | {}\n", words.line(usize::MAX).terminal());
        }
    }
    for defect in &reading.envelope.defects {
        text += &format!("  defect: {}: {}\n", defect.kind, defect.detail);
    }
    text
}

/// What an automatic answer says, and whom a bounce did not reach.
fn told_automation(reading: &Reading) -> String {
    let answer = match &reading.auto_reply {
        None => String::new(),
        Some(AutoReply::Away) => "automatic answer: away for a while\n".to_owned(),
        Some(AutoReply::Left { successors }) if successors.is_empty() => "automatic answer: has left\n".to_owned(),
        Some(AutoReply::Left { successors }) => {
            let named: Vec<&str> = successors.iter().map(Address::as_str).collect();
            format!("automatic answer: has left; it names {}\n", Untrusted::new(named.join(", ")).terminal())
        }
        Some(AutoReply::Received) => "automatic answer: the mail was received\n".to_owned(),
        Some(AutoReply::Other) => "automatic answer\n".to_owned(),
    };
    let failed = reading.failed.iter().map(|failed| {
        let status = failed.status.as_ref().map(|status| format!(" ({})", Untrusted::new(status).terminal()));
        let how = if failed.permanent { "for good" } else { "for now" };
        let whom = Untrusted::new(failed.address.as_str()).terminal();
        format!("did not reach {whom}, {how}{}\n", status.unwrap_or_default())
    });
    answer + &failed.collect::<String>()
}

fn told_interaction(i: &Interaction) -> String {
    let who = |p: &Person| {
        let name = p.participant.name.as_ref().map(|name| name.terminal()).unwrap_or_default();
        let address = p.participant.address.as_ref().map(|a| format!("<{a}>")).unwrap_or_default();
        let known = p.customer.as_ref().map(|c| format!(" [{}]", c.0)).unwrap_or_default();
        format!("{name} {address}{known}").trim().to_owned()
    };
    let mut text = format!(
        "\n{} {} ({}), {}{}\n",
        output::word(&i.direction),
        output::word(&i.kind),
        output::word(&i.capture),
        i.occurred_at,
        if i.exact { "" } else { " (the zone, or the time, was assumed)" },
    );
    text += &format!("  from     {}\n", i.author.as_ref().map_or("nobody could tell".to_owned(), who));
    for recipient in &i.recipients {
        text += &format!("  {:<8} {}\n", recipient.participant.role.as_str(), who(recipient));
    }
    text += &format!("  subject  {}\n", i.subject.terminal());
    if let Some(comment) = &i.comment {
        text += &indented("comment", &comment.terminal());
    }
    text += &indented("text", &i.text.terminal());
    for signal in &i.signals {
        let due = signal.due.map(|day| format!(", due {day}")).unwrap_or_default();
        let sentence = signal.sentence.line(SENTENCE).terminal();
        text += &format!("  signal   {}{due}: {sentence}\n", output::word(&signal.signal));
    }
    text
}

fn indented(label: &str, words: &str) -> String {
    words.lines().enumerate().map(|(at, line)| format!("  {:<8} {line}\n", if at == 0 { label } else { "" })).collect()
}
