//! `promises`, `corrections`, `issues`: what stays open until something follows, and how people close it.

mod standing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::args::{MattersAction, MattersArgs, Numbers};
use super::{office, output};
use crate::config::Config;
use crate::daemon::reporting;
use crate::failure::{Code, Failure};
use crate::measure::Closed;
use crate::store::{Decided, MatterTold, Reader, Store};
use crate::understand::{SignalKind, orders};
use crate::{clock, wiring};
use standing::Standing;

/// Characters of a sentence in a table.
const SENTENCE: usize = 100;

/// Which of the three a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// What we promised.
    Promises,
    /// What customers corrected.
    Corrections,
    /// What does not work for customers.
    Issues,
}

impl Family {
    const ALL: [Family; 3] = [Family::Promises, Family::Corrections, Family::Issues];

    fn kinds(self) -> &'static [SignalKind] {
        match self {
            Family::Promises => &[SignalKind::Promise],
            Family::Corrections => &[SignalKind::Correction, SignalKind::CorrectionHint],
            Family::Issues => &[SignalKind::Issue],
        }
    }

    /// The command's name.
    fn command(self) -> &'static str {
        match self {
            Family::Promises => "promises",
            Family::Corrections => "corrections",
            Family::Issues => "issues",
        }
    }

    fn none(self) -> &'static str {
        match self {
            Family::Promises => "no promise is open",
            Family::Corrections => "no correction is open",
            Family::Issues => "no issue is open",
        }
    }
}

pub fn matters(config: &Option<PathBuf>, family: Family, args: MattersArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    match args.action {
        MattersAction::List { all, json } => list(&office::reader(&config)?, &config, family, all, json)?,
        MattersAction::Done(which) => close(&config, family, &which, Closed::Done)?,
        MattersAction::Dismiss(which) => close(&config, family, &which, Closed::Dismissed)?,
        MattersAction::Later { number, day, json } => put_off(&config, family, number, &day.join(" "), json)?,
        MattersAction::Reopen(which) => reopen(&config, family, &which)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(reader: &Reader, config: &Config, family: Family, all: bool, as_json: bool) -> Result<(), Failure> {
    let mut told = reader.matters(family.kinds(), !all).map_err(wiring::store_failure)?;
    // What was decided in this very second counts: the record keeps seconds, and as of an instant means before it.
    let now = clock::now().saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
    let findings = reporting::findings(reader, &reporting::Settings::of(config), now)?;
    let standings = standing::of(&findings, family);
    told.retain(|one| all || standings.get(&one.matter.number).is_some_and(|standing| !standing.over));
    if as_json {
        return output::json(&told.iter().map(|one| as_object(one, &standings)).collect::<Vec<_>>());
    }
    let zone = config.report.zone();
    let row = |one: &MatterTold| {
        let customers: Vec<&str> = one.customers.iter().map(|id| id.0.as_str()).collect();
        let mut row = vec![
            one.matter.number.to_string(),
            customers.join(", "),
            who(one),
            one.sentence.line(SENTENCE).log(),
            output::day(one.at, &zone),
        ];
        // Only promises fall due.
        row.extend((family == Family::Promises).then(|| one.matter.due.map(|day| day.to_string()).unwrap_or_default()));
        row.push(state(one, &standings));
        row
    };
    let headings: &[&str] = match family {
        Family::Promises => &["no.", "customer", "to", "words", "said", "due", "state"],
        Family::Corrections | Family::Issues => &["no.", "customer", "from", "words", "said", "state"],
    };
    output::table(headings, told.iter().map(row).collect(), family.none())
}

/// Who said it to us, or whom we said it to.
fn who(one: &MatterTold) -> String {
    let person = one.with.as_ref().map(|person| &person.participant);
    let name = person.and_then(|p| p.name.as_ref()).map(|name| name.log());
    name.or_else(|| person.and_then(|p| p.address.as_ref()).map(ToString::to_string)).unwrap_or_default()
}

/// How it stands, in a word: what somebody decided, and otherwise what the mails say.
fn state(one: &MatterTold, standings: &BTreeMap<i64, Standing>) -> String {
    match (one.matter.closed, one.matter.not_before) {
        (Some(Closed::Done), _) => "done".to_owned(),
        (Some(Closed::Dismissed), _) => "dismissed".to_owned(),
        (None, Some(day)) => format!("later: {day}"),
        (None, None) => standings.get(&one.matter.number).map_or("past", |standing| standing.word).to_owned(),
    }
}

fn as_object(one: &MatterTold, standings: &BTreeMap<i64, Standing>) -> Value {
    let person = one.with.as_ref();
    json!({
        "number": one.matter.number,
        "signal": one.matter.kind,
        "customers": one.customers,
        "name": person.and_then(|p| p.participant.name.as_ref()),
        "address": person.and_then(|p| p.participant.address.as_ref()),
        "contact": person.and_then(|p| p.contact.as_ref()),
        "sentence": one.sentence,
        "said": one.at.to_string(),
        "due": one.matter.due,
        "state": standings.get(&one.matter.number).map(|standing| standing.word),
        "closed": one.matter.closed,
        "not_before": one.matter.not_before,
        "interaction": one.matter.interaction,
    })
}

/// The store, once every number is known to be one of this family: all of them are settled, or none.
fn opened(config: &Config, family: Family, numbers: &[i64]) -> Result<Store, Failure> {
    let store = office::store(config)?;
    for number in numbers {
        let found = store.matter(*number).map_err(wiring::store_failure)?;
        let Some(kind) = found.map(|one| one.matter.kind) else { return Err(unknown(family, *number)) };
        if family.kinds().contains(&kind) {
            continue;
        }
        let other = Family::ALL.into_iter().find(|other| other.kinds().contains(&kind)).unwrap_or(family);
        let failure = Failure::new(Code::NoInput, format!("number {number} is not among the {}", family.command()));
        return Err(failure.hint(format!("it is among the {}: `touchbase {0} list`", other.command())));
    }
    Ok(store)
}

fn unknown(family: Family, number: i64) -> Failure {
    let hint = format!("`touchbase {} list --all` shows them", family.command());
    Failure::new(Code::NoInput, format!("nothing has the number {number}")).hint(hint)
}

fn close(config: &Config, family: Family, which: &Numbers, how: Closed) -> Result<(), Failure> {
    let word = output::word(&how);
    each(config, family, which, &word, |store, number, now| store.close_matter(number, how, now))
}

fn reopen(config: &Config, family: Family, which: &Numbers) -> Result<(), Failure> {
    each(config, family, which, "open", Store::reopen_matter)
}

fn each(
    config: &Config,
    family: Family,
    which: &Numbers,
    state: &str,
    decide: impl Fn(&mut Store, i64, Timestamp) -> crate::store::Result<Decided>,
) -> Result<(), Failure> {
    let mut store = opened(config, family, &which.numbers)?;
    let (mut words, mut objects) = (String::new(), Vec::new());
    for number in &which.numbers {
        let decided = decide(&mut store, *number, clock::now()).map_err(wiring::store_failure)?;
        let (state, changed) = match decided {
            Decided::Now => (state.to_owned(), true),
            Decided::Already(closed) => (closed.map_or_else(|| "open".to_owned(), |how| output::word(&how)), false),
            Decided::NoSuchMatter => return Err(unknown(family, *number)),
        };
        words += &format!("{number} is {}{state}\n", if changed { "" } else { "already " });
        objects.push(json!({"number": number, "state": state, "changed": changed}));
    }
    output::done(which.json.json, &words, || Value::Array(objects))
}

fn put_off(config: &Config, family: Family, number: i64, day: &str, as_json: bool) -> Result<(), Failure> {
    let today = config.report.zone().to_datetime(clock::now()).date();
    let until = orders::day(day, today).ok_or_else(|| {
        Failure::new(Code::Usage, format!("{day:?} is no day that is still to come"))
            .hint("such as `friday`, `tomorrow`, `next week`, `2 weeks`, `1 december` or `2026-12-01`")
    })?;
    let mut store = opened(config, family, &[number])?;
    match store.put_off_matter(number, until, clock::now()).map_err(wiring::store_failure)? {
        Decided::Now => {}
        Decided::NoSuchMatter => return Err(unknown(family, number)),
        Decided::Already(_) => {
            return Err(Failure::new(Code::Usage, format!("number {number} is closed already"))
                .hint(format!("`touchbase {} reopen {number}` opens it again", family.command())));
        }
    }
    let words = format!("{number} is left out of reports until {until}\n");
    output::done(as_json, &words, || json!({"number": number, "not_before": until}))
}
