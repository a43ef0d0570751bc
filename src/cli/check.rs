//! `check`: configuration, connections, logins, folders, store and report folder; every problem at once.
//!
//! It changes nothing: what does not exist yet is not made, because whoever runs the check is often not
//! the user that will run the service, and would own it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Json;
use super::{office, output};
use crate::config::{After, Config, ConfigError, ReportMail};
use crate::failure::{Code, Failure};
use crate::inbox::{imap, maildir};
use crate::postman;
use crate::publish;
use crate::store::Store;
use crate::wiring::{self, Inbox, People};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Good,
    /// It works, and perhaps not as meant.
    Doubtful,
    Wrong,
}

/// One thing that was looked at.
struct Finding {
    what: String,
    grade: Grade,
    detail: String,
    hint: Option<String>,
}

impl Finding {
    fn good(what: impl Into<String>, detail: impl Into<String>) -> Finding {
        Finding { what: what.into(), grade: Grade::Good, detail: detail.into(), hint: None }
    }

    fn doubtful(what: impl Into<String>, detail: impl Into<String>, hint: impl Into<String>) -> Finding {
        Finding { what: what.into(), grade: Grade::Doubtful, detail: detail.into(), hint: Some(hint.into()) }
    }

    fn wrong(what: impl Into<String>, failure: &Failure) -> Finding {
        let hint = failure.hint_text().map(str::to_owned);
        Finding { what: what.into(), grade: Grade::Wrong, detail: failure.in_one_line(), hint }
    }
}

pub fn check(config: &Option<PathBuf>, args: Json) -> Result<ExitCode, Failure> {
    let path = office::config_path(config);
    let (findings, bad) = match Config::load(path) {
        Ok(config) => {
            let mut findings = vec![Finding::good("configuration", path.display().to_string())];
            findings.extend(look(&config)?);
            (findings, Code::Problems)
        }
        // Nothing else can be asked, and these problems say so all at once.
        Err(error) if args.json => (problems(&error), Code::Configuration),
        Err(error) => return Err(wiring::config_failure(&error)),
    };
    match args.json {
        true => output::json(&findings.iter().map(as_object).collect::<Vec<_>>())?,
        false => output::text(&told(&findings))?,
    }
    let wrong = findings.iter().any(|finding| finding.grade == Grade::Wrong);
    Ok(ExitCode::from(if wrong { bad as u8 } else { 0 }))
}

/// Every problem of a configuration as a finding of its own.
fn problems(error: &ConfigError) -> Vec<Finding> {
    if !error.path.exists() {
        return vec![Finding::wrong("configuration", &wiring::config_failure(error))];
    }
    let finding = |problem: &crate::config::Problem| Finding {
        what: "configuration".into(),
        grade: Grade::Wrong,
        detail: crate::config::Problem { hint: None, ..problem.clone() }.to_string(),
        hint: problem.hint.clone(),
    };
    error.problems.iter().map(finding).collect()
}

fn look(config: &Config) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![contacts(config), store(config), reports(config), trust(config)];
    if config.mailboxes.is_empty() {
        let hint = "add a [[mailbox]] section; config/touchbase.toml of the source tree shows one";
        findings.push(Finding::doubtful("mailboxes", "none is configured, so no mail will be read", hint));
    }
    let runtime = wiring::runtime()?;
    if let Some(mail) = &config.report.mail {
        findings.push(runtime.block_on(post(mail)));
        findings.extend(answers(config));
    }
    for mailbox in &config.mailboxes {
        if mailbox.after == After::Delete && mailbox.capture_addresses.is_empty() {
            let what = format!("mailbox {}: after", mailbox.name);
            let detail = "every mail of a mailbox without capture addresses, perhaps somebody's own, will be deleted";
            findings.push(Finding::doubtful(what, detail, "set `after` to \"leave\" or \"seen\" if that is not meant"));
        }
        let one = Config { mailboxes: vec![mailbox.clone()], ..config.clone() };
        let what = format!("mailbox {}", mailbox.name);
        match wiring::inboxes(&one) {
            Err(failure) => findings.push(Finding::wrong(format!("{what}: password"), &failure)),
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
        Err(failure) => Finding::wrong("contacts", &failure),
        Ok(_) if config.contacts.files.is_empty() => {
            Finding::good("contacts", "no contacts file is configured; only `touchbase contacts` tells who is known")
        }
        Ok(people) => Finding::good("contacts", format!("{} customer(s) in the contacts files", people.customers())),
    }
}

/// Who vouches for colleagues.
fn trust(config: &Config) -> Finding {
    match config.trust.authentication_results.as_slice() {
        [] => Finding::doubtful(
            "trust",
            "no receiving server vouches for colleagues: whoever writes in their name is believed",
            "name your mail server's authserv-id under [trust] authentication-results",
        ),
        servers => Finding::good("trust", format!("colleagues are believed when {} says so", servers.join(" or "))),
    }
}

fn store(config: &Config) -> Finding {
    let path = &config.store.path;
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !path.exists() {
        return match writable(folder) {
            Ok(()) => Finding::good("store", format!("{}, to be made at the first start", path.display())),
            Err(failure) => Finding::wrong("store", &failure.hint("check [store] url, and who may write there")),
        };
    }
    let opened = Store::open_to_read(&wiring::store_settings(config)).map_err(wiring::store_failure);
    match opened.and_then(|reader| writable(folder).map(|()| reader)) {
        Ok(_) => Finding::good("store", path.display().to_string()),
        Err(failure) => Finding::wrong("store", &failure),
    }
}

fn reports(config: &Config) -> Finding {
    let directory = &config.report.directory;
    if !directory.exists() {
        return match writable(directory) {
            Ok(()) => {
                Finding::good("report folder", format!("{}, to be made with the first report", directory.display()))
            }
            Err(failure) => Finding::wrong("report folder", &failure.hint("check [report] directory")),
        };
    }
    match publish::files::probe(&publish::Settings { directory: directory.clone() }) {
        Ok(()) => Finding::good("report folder", directory.display().to_string()),
        Err(error) => Finding::wrong("report folder", &wiring::publish_failure(&error)),
    }
}

/// Connects to the server that mails reports and logs in; sends nothing.
async fn post(mail: &ReportMail) -> Finding {
    let asked = match wiring::postman(mail).await {
        Ok(settings) => postman::probe(&settings).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(found) => Finding::good("report by mail", found),
        Err(error) => Finding::wrong("report by mail", &wiring::postman_failure(&error)),
    }
}

/// Whether an answer to a mailed report is read by anybody but a person.
fn answers(config: &Config) -> Option<Finding> {
    if wiring::answers_to(config).is_some() || config.mailboxes.is_empty() {
        return None;
    }
    Some(Finding::doubtful(
        "answers to reports",
        "no mailbox has capture addresses: \"done 3\" is obeyed only where answers arrive in a watched mailbox",
        "name the address that is only for touchbase under `capture-addresses`",
    ))
}

/// Whether a page's worth of bytes can be written into a folder, or into the nearest one above it that exists.
fn writable(folder: &Path) -> Result<(), Failure> {
    let existing = folder.ancestors().find(|above| above.exists()).unwrap_or(Path::new("/"));
    let written = tempfile::NamedTempFile::with_prefix_in(".touchbase-", existing)
        .and_then(|mut file| file.write_all(&[0; 4096]).and_then(|()| file.as_file().sync_all()));
    written
        .map_err(|e| Failure::new(Code::CannotWrite, format!("cannot write into {}", existing.display())).because(&e))
}

async fn probe(what: &str, inbox: Inbox) -> Vec<Finding> {
    let steps = match inbox {
        Inbox::Imap(settings) => imap::probe(&settings).await,
        Inbox::Maildir(settings) => maildir::probe(&settings),
    };
    let finding = |step: imap::Step| Finding {
        what: format!("{what}: {}", step.what),
        grade: if step.ok { Grade::Good } else { Grade::Wrong },
        detail: step.detail,
        hint: step.hint,
    };
    steps.into_iter().map(finding).collect()
}

fn told(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.grade {
            Grade::Good => "ok   ",
            Grade::Doubtful => "note ",
            Grade::Wrong => "WRONG",
        };
        text += &format!("{mark}  {}: {}\n", finding.what, finding.detail);
        if let Some(hint) = finding.hint.as_ref().filter(|_| finding.grade != Grade::Good) {
            text += &format!("       hint: {hint}\n");
        }
    }
    text
}

fn as_object(finding: &Finding) -> Value {
    json!({
        "what": finding.what,
        "ok": finding.grade != Grade::Wrong,
        "doubtful": finding.grade == Grade::Doubtful,
        "detail": finding.detail,
        "hint": finding.hint,
    })
}
