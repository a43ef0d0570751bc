//! Mailing reports: what waits in the store is handed to the server, later and later, and never twice knowingly.
//!
//! An attempt is counted before it is made, with the time of the next one: whatever ends the program in between,
//! nobody tries sooner. A letter is made anew for each attempt and has the same Message-ID each time, so that one
//! whose fate is not known (the server fell silent after its last byte) can be told from a second one.

use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::keeper::Keeper;
use super::reporting;
use crate::config::{Config, ReportMail};
use crate::failure::{Code, Failure};
use crate::postman::{self, PostmanError, Session};
use crate::report::{self, Letter};
use crate::store::{self, LONGEST_PAUSE, QueuedLetter, Sending, Store};
use crate::understand::automation::OWN_REPORT;
use crate::{clock, wiring};

/// The pause after the first attempt, the second and so on; the last one from then on.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(20 * 60),
    LONGEST_PAUSE,
];
/// After this nobody wants to read it any more: there are newer ones.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Tries every letter whose time has come, once. What goes wrong is in the store and in the log.
///
/// # Errors
/// The store's.
pub async fn send_due(keeper: &Keeper, config: &Config, now: Timestamp) -> Result<(), Failure> {
    let Some(mail) = &config.report.mail else { return Ok(()) };
    let due = keeper.ask(move |store| store.letters_due(now)).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mut round = Round { keeper, config, mail, session: None, written: None };
    for letter in &due {
        let outcome = round.attempt(letter).await?;
        round.note(letter, outcome).await?;
    }
    if let Some(session) = round.session {
        session.close().await;
    }
    Ok(())
}

/// One look at what waits.
struct Round<'a> {
    keeper: &'a Keeper,
    config: &'a Config,
    mail: &'a ReportMail,
    /// The open connection, kept from letter to letter.
    session: Option<Session>,
    /// The day that was written last: the same for every recipient.
    written: Option<(Date, Letter)>,
}

impl Round<'_> {
    /// Tries one letter. The outer error is the store's.
    async fn attempt(&mut self, letter: &QueuedLetter) -> Result<Result<(), PostmanError>, Failure> {
        let wanted = |one: &&crate::mail::Address| one.key() == letter.recipient.key();
        let Some(recipient) = self.mail.to.iter().find(wanted) else {
            return Ok(Err(PostmanError::Refused("is not among `to` under [report.mail] any more".to_owned())));
        };
        let bytes = match postman::compose(&self.compose(letter).await?) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        let (id, next) = (letter.id, clock::now() + pause(letter.attempts + 1));
        self.keeper.ask(move |store| store.count_sending(id, next)).await?;
        let mut session = match self.session.take() {
            Some(session) => session,
            None => match self.connect().await {
                Ok(session) => session,
                Err(error) => return Ok(Err(error)),
            },
        };
        let sent = session.send(recipient, &bytes).await;
        // What state a connection is in after a silence nobody knows: the next letter gets another.
        if !matches!(sent, Err(PostmanError::Later(_) | PostmanError::Person { .. })) {
            self.session = Some(session);
        }
        Ok(sent)
    }

    async fn connect(&self) -> Result<Session, PostmanError> {
        Session::open(&wiring::postman(self.mail).await?).await
    }

    /// The report as it stands in the record, which is as its page was published unless somebody was erased since.
    async fn compose(&mut self, letter: &QueuedLetter) -> Result<postman::Letter, Failure> {
        let day = letter.day;
        if self.written.as_ref().is_none_or(|(written, _)| *written != day) {
            let settings = reporting::Settings::of(self.config);
            let place: store::Settings = wiring::store_settings(self.config);
            let rendered = tokio::task::spawn_blocking(move || {
                let reader = Store::open_to_read(&place).map_err(wiring::store_failure)?;
                reporting::day(&reader, &settings, day, None).map(|report| report::letter(&report))
            });
            let rendered = rendered.await.map_err(|_| Failure::new(Code::Bug, "a report could not be rendered"))??;
            self.written = Some((day, rendered));
        }
        let (_, Letter { subject, text, html }) =
            self.written.clone().ok_or_else(|| Failure::new(Code::Bug, "a report was not rendered"))?;
        Ok(postman::Letter {
            from: self.mail.from.clone(),
            to: self.mail.to.clone(),
            reply_to: wiring::answers_to(self.config),
            message_id: letter.message_id.clone(),
            written: letter.written,
            mark: (OWN_REPORT, day.to_string()),
            subject,
            text,
            html,
        })
    }

    /// Writes down what came of it, and tells.
    async fn note(&self, letter: &QueuedLetter, outcome: Result<(), PostmanError>) -> Result<(), Failure> {
        let (id, date, attempt) = (letter.id, letter.day, letter.attempts + 1);
        let now = clock::now();
        let sending = match outcome {
            Ok(()) => {
                tracing::info!(letter = id, %date, attempt, "report mailed");
                Sending::Sent
            }
            Err(PostmanError::Refused(why)) => {
                tracing::error!(letter = id, %date, attempt, reason = why, "report not mailed, and not tried again");
                Sending::Refused(why)
            }
            Err(error) if now + pause(attempt) > letter.written + GIVEN_UP => {
                let why = format!("given up after {attempt} attempts: {error}");
                tracing::error!(letter = id, %date, attempt, reason = why, "report not mailed, and not tried again");
                Sending::Refused(why)
            }
            Err(error) => {
                tracing::warn!(letter = id, %date, attempt, reason = %error, "report not mailed yet; will try again");
                Sending::Postponed(error.to_string())
            }
        };
        self.keeper.ask(move |store| store.note_sending(id, &sending, now)).await?;
        Ok(())
    }
}

/// How long to wait after so many attempts.
fn pause(attempts: u32) -> Duration {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    PAUSES.get(at).copied().unwrap_or(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let pauses: Vec<u64> = [1, 2, 3, 4, 5, 6, 70].map(|attempt| pause(attempt).as_secs()).into();
        assert_eq!(pauses, [15, 60, 300, 1_200, 3_600, 3_600, 3_600]);
    }
}
