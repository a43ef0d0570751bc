//! A code to enter on any other machine (RFC 8628): right for a server without a browser.

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::grant::{self, Answer, Granted};
use super::{OAuthError, Provider, http};

/// What the grant is called (RFC 8628, 3.4).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How often to ask when the provider does not say (RFC 8628, 3.2).
const INTERVAL: Duration = Duration::from_secs(5);
/// What "slow down" adds (RFC 8628, 3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// The longest any provider's code is waited for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// A person is being asked.
#[derive(Debug)]
pub struct Device {
    /// What to enter; from the provider, not to be trusted on a terminal.
    pub user_code: String,
    /// Where; from the provider as well.
    pub page: String,
    /// The same with the code in it, where the provider gives one.
    pub page_with_code: Option<String>,
    /// For how long.
    pub lifetime: Duration,
    code: SecretString,
    interval: Duration,
}

impl Device {
    /// Asks the provider for a code.
    ///
    /// # Errors
    /// The provider cannot be reached, or does not know the client.
    pub fn begin(provider: &Provider, endpoint: &str) -> Result<Device, OAuthError> {
        let scope = provider.scopes.join(" ");
        let fields = [("client_id", provider.client_id.as_str()), ("scope", scope.as_str())];
        let (status, said) = http::post(endpoint, provider.ca_file.as_deref(), &fields)?;
        let text = |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned);
        if let Some(code) = text("error") {
            return Err(grant::refused(&code, &grant::clean(&text("error_description").unwrap_or_default())));
        }
        let seconds = |key: &str| said.get(key).and_then(Value::as_u64).map(Duration::from_secs);
        // Google wrote `verification_url` before the standard had a name for it.
        let page = text("verification_uri").or_else(|| text("verification_url"));
        match (text("device_code"), text("user_code"), page) {
            (Some(code), Some(user_code), Some(page)) => Ok(Device {
                user_code,
                page,
                page_with_code: text("verification_uri_complete"),
                lifetime: seconds("expires_in").unwrap_or(LONGEST).min(LONGEST),
                code: SecretString::from(code),
                interval: seconds("interval").unwrap_or(INTERVAL).max(Duration::from_secs(1)),
            }),
            _ => Err(OAuthError::Unreachable(format!("the provider answers with status {status} and without a code"))),
        }
    }

    /// Waits until the person has agreed, has said no, or the code has expired.
    ///
    /// # Errors
    /// What became of it.
    pub fn wait(&self, provider: &Provider) -> Result<Granted, OAuthError> {
        let (began, mut interval) = (Instant::now(), self.interval);
        loop {
            if began.elapsed() + interval > self.lifetime {
                return Err(OAuthError::TooLate);
            }
            std::thread::sleep(interval);
            let fields = [("grant_type", GRANT), ("device_code", self.code.expose_secret())];
            match grant::ask(provider, &fields) {
                Ok(Answer::Granted(granted)) => return Ok(granted),
                Ok(Answer::Refused { code, words }) => match code.as_str() {
                    "authorization_pending" => {}
                    "slow_down" => interval += SLOWER,
                    "access_denied" | "authorization_declined" => return Err(OAuthError::Declined),
                    "expired_token" => return Err(OAuthError::TooLate),
                    _ => return Err(grant::refused(&code, &words)),
                },
                // The network may come back while the code holds; the standard wants longer pauses then.
                Err(OAuthError::Unreachable(_)) => interval = (interval * 2).max(Duration::from_secs(1)),
                Err(error) => return Err(error),
            }
        }
    }
}
