//! `check`: the friend at set-up. Configuration, contacts, trust, store, report folder and every mailbox step by step;
//! every problem at once, each with what to do about it.
//!
//! It changes nothing: what does not exist yet is not made, because whoever runs the check is often not
//! the user that will run the service, and would own it.

mod contacts;
mod finding;
mod folders;
mod mailboxes;
mod post;
mod record;
mod trust;

use std::path::PathBuf;
use std::process::ExitCode;

use super::args::CheckArgs;
use super::{office, output};
use crate::config::{Config, ConfigError, Problem};
use crate::failure::{Code, Failure};
use crate::wiring;
use finding::{Finding, Grade};

pub fn check(config: &Option<PathBuf>, args: CheckArgs) -> Result<ExitCode, Failure> {
    let path = office::config_path(config);
    let (findings, bad) = match Config::load(path) {
        Ok(config) if args.store => (record::examined(&config), Code::Problems),
        Ok(config) => {
            let filled_in = wiring::filled_in(path, &config);
            let mut findings = vec![match filled_in {
                Ok(()) => Finding::good("configuration", path.display().to_string()),
                Err(failure) => Finding::wrong("configuration", &failure),
            }];
            findings.extend(look(&config)?);
            (findings, Code::Problems)
        }
        // Nothing else can be asked, and these problems say so all at once.
        Err(error) if args.json => (problems(&error), Code::Configuration),
        Err(error) => return Err(wiring::config_failure(&error)),
    };
    match args.json {
        true => output::json(&findings.iter().map(Finding::as_object).collect::<Vec<_>>())?,
        false => output::text(&finding::told(&findings))?,
    }
    let wrong = findings.iter().any(|finding| finding.grade == Grade::Wrong);
    Ok(ExitCode::from(if wrong { bad as u8 } else { 0 }))
}

/// Every problem of a configuration as a finding of its own.
fn problems(error: &ConfigError) -> Vec<Finding> {
    if !error.path.exists() {
        return vec![Finding::wrong("configuration", &wiring::config_failure(error))];
    }
    let finding = |problem: &Problem| Finding {
        what: "configuration".into(),
        grade: Grade::Wrong,
        detail: Problem { hint: None, ..problem.clone() }.to_string(),
        hint: problem.hint.clone(),
    };
    error.problems.iter().map(finding).collect()
}

/// What is listened for, where that is not ours alone; what is wrong with it is a problem of the configuration.
fn phrases(config: &Config) -> Option<Finding> {
    let directory = config.phrases.directory.as_ref()?;
    let own = config.phrases.lists.own().collect::<Vec<_>>().join(", ");
    let said = match own.as_str() {
        "" => format!("no lists in {}: those that touchbase comes with are in use", directory.display()),
        own => format!("own lists for {own} in {}; what they leave out is ours", directory.display()),
    };
    Some(Finding::good("phrases", said))
}

/// Everything there is to look at, in the order in which a person would mend it.
fn look(config: &Config) -> Result<Vec<Finding>, Failure> {
    let mut findings = contacts::look(config);
    findings.extend(phrases(config));
    findings.push(folders::store(config));
    findings.push(folders::reports(config));
    findings.push(trust::policy(config));
    let runtime = wiring::runtime()?;
    findings.extend(runtime.block_on(post::look(config)));
    findings.extend(runtime.block_on(mailboxes::look(config)));
    runtime.shutdown_background();
    Ok(findings)
}
