//! `check`: configuration, connection, login, folders, store and report folder; every problem at once.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Json;
use super::{office, output};
use crate::config::Config;
use crate::failure::{Code, Failure};
use crate::inbox::{imap, maildir};
use crate::publish;
use crate::store::Store;
use crate::wiring::{self, Inbox, People};

/// One thing that was looked at.
struct Finding {
    what: String,
    ok: bool,
    detail: String,
    hint: Option<String>,
}

impl Finding {
    fn good(what: impl Into<String>, detail: impl Into<String>) -> Finding {
        Finding { what: what.into(), ok: true, detail: detail.into(), hint: None }
    }

    fn bad(what: impl Into<String>, failure: &Failure) -> Finding {
        let hint = failure.hint_text().map(str::to_owned);
        Finding { what: what.into(), ok: false, detail: failure.in_one_line(), hint }
    }
}

pub fn check(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let path = office::config_path(config);
    let findings = match wiring::load(path) {
        Ok(config) => {
            let mut findings = vec![Finding::good("configuration", path.display().to_string())];
            findings.extend(look(&config)?);
            findings
        }
        // Nothing else can be asked, and these problems say so all at once.
        Err(failure) if !args.json => return Err(failure),
        Err(failure) => vec![Finding::bad("configuration", &failure)],
    };
    let wrong = findings.iter().any(|finding| !finding.ok);
    match args.json {
        true => output::json(&findings.iter().map(as_object).collect::<Vec<_>>())?,
        false => output::text(&told(&findings))?,
    }
    Ok(ExitCode::from(if wrong { Code::Problems as u8 } else { 0 }))
}

fn look(config: &Config) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![contacts(config), store(config), reports(config)];
    if config.trust.authentication_results.is_empty() {
        findings
            .push(Finding::good("trust", "no receiving server vouches for colleagues; the team list alone decides"));
    } else {
        findings.push(Finding::good("trust", config.trust.authentication_results.join(", ")));
    }
    let runtime = wiring::runtime()?;
    for mailbox in &config.mailboxes {
        let one = Config { mailboxes: vec![mailbox.clone()], ..config.clone() };
        let what = format!("mailbox {}", mailbox.name);
        match wiring::inboxes(&one) {
            Err(failure) => findings.push(Finding::bad(format!("{what}: password"), &failure)),
            Ok(inboxes) => {
                for inbox in inboxes {
                    findings.extend(runtime.block_on(probe(&what, inbox)));
                }
            }
        }
    }
    runtime.shutdown_background();
    Ok(findings)
}

fn contacts(config: &Config) -> Finding {
    match People::read(config) {
        Ok(people) => Finding::good("contacts", format!("{} customer(s) in the contacts files", people.customers())),
        Err(failure) => Finding::bad("contacts", &failure),
    }
}

fn store(config: &Config) -> Finding {
    match Store::open(&wiring::store_settings(config)) {
        Ok(store) => Finding::good("store", store.path().display().to_string()),
        Err(error) => Finding::bad("store", &wiring::store_failure(error)),
    }
}

fn reports(config: &Config) -> Finding {
    let directory = config.report.directory.clone();
    match publish::files::probe(&publish::Settings { directory: directory.clone() }) {
        Ok(()) => Finding::good("report folder", directory.display().to_string()),
        Err(error) => Finding::bad("report folder", &wiring::publish_failure(&error)),
    }
}

async fn probe(what: &str, inbox: Inbox) -> Vec<Finding> {
    let steps = match inbox {
        Inbox::Imap(settings) => imap::probe(&settings).await,
        Inbox::Maildir(settings) => maildir::probe(&settings),
    };
    let finding = |step: imap::Step| Finding {
        what: format!("{what}: {}", step.what),
        ok: step.ok,
        detail: step.detail,
        hint: step.hint,
    };
    steps.into_iter().map(finding).collect()
}

fn told(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = if finding.ok { "ok   " } else { "WRONG" };
        text += &format!("{mark}  {}: {}\n", finding.what, finding.detail);
        if let Some(hint) = finding.hint.as_ref().filter(|_| !finding.ok) {
            text += &format!("       hint: {hint}\n");
        }
    }
    text
}

fn as_object(finding: &Finding) -> Value {
    json!({"what": finding.what, "ok": finding.ok, "detail": finding.detail, "hint": finding.hint})
}
