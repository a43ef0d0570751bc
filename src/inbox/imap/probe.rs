//! What `check` asks of a server, step by step, until one fails.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::connect::{self, Dial};
use super::session::Session;
use super::{After, Settings};
use crate::inbox::InboxError;

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What: `find imap.example.org`.
    pub what: String,
    /// Whether it works.
    pub ok: bool,
    /// What came out, or why not.
    pub detail: String,
    /// What a person might do about it.
    pub hint: Option<String>,
}

impl Step {
    pub(crate) fn fine(what: impl Into<String>, detail: impl Into<String>) -> Step {
        Step { what: what.into(), ok: true, detail: detail.into(), hint: None }
    }

    pub(crate) fn wrong(what: impl Into<String>, error: &InboxError) -> Step {
        Step { what: what.into(), ok: false, detail: error.to_string(), hint: error.hint() }
    }
}

/// Finds the host, connects, checks the certificate, logs in and opens each folder for reading.
pub async fn probe(settings: &Settings) -> Vec<Step> {
    let mut steps = Vec::new();
    let what = format!("find {}", settings.host);
    match connect::resolve(settings).await {
        Ok(found) => {
            let addresses: Vec<String> = found.iter().map(|a| a.ip().to_string()).collect();
            steps.push(Step::fine(what, addresses.join(", ")));
        }
        Err(error) => {
            steps.push(Step::wrong(what, &error));
            return steps;
        }
    }
    let what = format!("connect to port {}", settings.port);
    let mut session = match Session::connect(settings, &Dial::Network).await {
        Ok(session) => session,
        Err(error) => {
            steps.push(Step::wrong(what, &error));
            return steps;
        }
    };
    steps.push(Step::fine(what, "it answers"));
    steps.extend(certificate(settings, &session));
    let what = format!("log in as {}", settings.user);
    match session.login(settings).await {
        Ok(()) => {
            let idle = if session.can("IDLE") { "new mail is told at once" } else { "no IDLE: it is polled" };
            steps.push(Step::fine(what, idle));
        }
        Err(error) => {
            steps.push(Step::wrong(what, &error));
            return steps;
        }
    }
    folders(settings, &mut session, &mut steps).await;
    if settings.after != After::Leave {
        // Whether it may be done shows when it is done: opening a folder to change it changes it already (`\Recent`).
        steps.push(Step::fine("afterwards", how(&settings.after, &session)));
    }
    session.logout().await;
    steps
}

/// What will be done, as far as the server can.
fn how(after: &After, session: &Session) -> String {
    let removal = if session.can("UIDPLUS") { "deleted" } else { "marked as deleted, since the server has no UIDPLUS" };
    match after {
        After::Leave => "nothing".to_owned(),
        After::Seen => "settled mails are marked as seen".to_owned(),
        After::Delete => format!("settled mails are {removal}"),
        After::Move(folder) if session.can("MOVE") => format!("settled mails are moved to {folder}"),
        After::Move(folder) => format!("settled mails are copied to {folder}, then {removal}"),
    }
}

/// Logs in and out again.
///
/// # Errors
/// Why it cannot.
pub async fn try_login(settings: &Settings) -> Result<(), InboxError> {
    let mut session = Session::connect(settings, &Dial::Network).await?;
    session.login(settings).await?;
    session.logout().await;
    Ok(())
}

fn certificate(settings: &Settings, session: &Session) -> Option<Step> {
    let until = session.valid_until?;
    let left = until.duration_since((settings.clock)());
    let mut step = Step::fine("certificate", format!("valid until {}", until.to_zoned(TimeZone::UTC).date()));
    if left < SignedDuration::from_hours(14 * 24) {
        step.hint = Some(format!("it expires in {} days: have it renewed", left.as_hours().max(0) / 24));
    }
    Some(step)
}

async fn folders(settings: &Settings, session: &mut Session, steps: &mut Vec<Step>) {
    for folder in &settings.folders {
        let what = format!("open {folder}");
        match session.examine(folder).await {
            Ok(opened) => steps.push(Step::fine(what, format!("{} mails", opened.exists))),
            Err(error) => {
                let mut step = Step::wrong(what, &error);
                if let InboxError::Configuration { .. } = error
                    && let Ok(known) = session.folders().await
                {
                    let names: Vec<String> = known.into_iter().take(30).map(|(name, _)| name).collect();
                    step.hint = Some(format!("the folders there are: {}", names.join(", ")));
                }
                let gone = matches!(error, InboxError::Retry(_));
                steps.push(step);
                if gone {
                    return;
                }
            }
        }
    }
}
