//! `[report.mail]`: from the configuration to the postman, and from its errors to what a person reads.

use crate::config::{self, Config, ReportMail};
use crate::failure::{Code, Failure};
use crate::mail::Address;
use crate::postman::{Patience, PostmanError, Settings, Tls};

/// Which server takes our mail. The password is asked for each time, on a thread that may wait, so that it may change.
///
/// # Errors
/// `Person` when there is no password.
pub async fn postman(mail: &ReportMail) -> Result<Settings, PostmanError> {
    let login = match mail.login.clone() {
        None => None,
        Some((user, source)) => {
            let read = tokio::task::spawn_blocking(move || source.read()).await;
            let read = read.map_err(|_| PostmanError::Later("the password could not be asked for".to_owned()))?;
            let password = read.map_err(|error| PostmanError::Person {
                what: format!("cannot get the password of {user}: {error}"),
                hint: error.hint(),
            })?;
            Some((user, password))
        }
    };
    Ok(Settings {
        host: mail.smtp.clone(),
        port: mail.port,
        tls: match mail.tls {
            config::Tls::Implicit => Tls::Implicit,
            config::Tls::Starttls => Tls::StartTls,
            config::Tls::None => Tls::None,
        },
        ca_file: mail.ca_file.clone(),
        login,
        from: mail.from.clone(),
        patience: Patience::default(),
    })
}

/// Where answers to a report are read: the first address that only records.
pub fn answers_to(config: &Config) -> Option<Address> {
    config.mailboxes.iter().find_map(|mailbox| mailbox.capture_addresses.first().cloned())
}

/// The report could not be mailed.
pub fn postman_failure(error: &PostmanError) -> Failure {
    let code = match error {
        PostmanError::Later(_) => Code::TryLater,
        PostmanError::Refused(_) => Code::Unavailable,
        PostmanError::Person { .. } => Code::Configuration,
    };
    Failure::new(code, "cannot mail the report").because(error).hint(error.hint())
}
