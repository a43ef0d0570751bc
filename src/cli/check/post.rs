//! Whether the report can be mailed, and whether an answer to it is read.

use super::finding::Finding;
use crate::config::{Config, ReportMail};
use crate::{postman, wiring};

/// Nothing where no report is to be mailed.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    match &config.report.mail {
        Some(mail) => [post(mail).await].into_iter().chain(answers(config)).collect(),
        None => Vec::new(),
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
