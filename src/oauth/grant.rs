//! What a token endpoint answers (RFC 6749, 5): tokens, or why not.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{OAuthError, Provider, http};

/// Tokens as they were given.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Shown to the mail server.
    pub access: SecretString,
    /// Exchanged for the next access token; a renewal may keep the old one.
    pub refresh: Option<SecretString>,
    /// How long the access token holds; `None` when the provider does not say.
    pub lifetime: Option<Duration>,
}

/// What came of asking.
#[derive(Debug)]
pub enum Answer {
    /// Tokens.
    Granted(Granted),
    /// An error code of the standard, such as `invalid_grant`, with the provider's words for a person.
    Refused {
        /// The code.
        code: String,
        /// The words, cleaned.
        words: String,
    },
}

/// Asks the token endpoint.
pub fn ask(provider: &Provider, fields: &[(&str, &str)]) -> Result<Answer, OAuthError> {
    let secret = client_secret(provider)?;
    let mut all = vec![("client_id", provider.client_id.as_str())];
    all.extend(secret.as_ref().map(|secret| ("client_secret", secret.expose_secret())));
    all.extend_from_slice(fields);
    let (status, said) = http::post(&provider.token_endpoint, provider.ca_file.as_deref(), &all)?;
    read(status, &said)
}

fn client_secret(provider: &Provider) -> Result<Option<SecretString>, OAuthError> {
    let Some(ask) = &provider.client_secret else { return Ok(None) };
    ask().map(Some).map_err(|why| OAuthError::Refused(format!("the client's secret is missing: {why}")))
}

/// What an answer means. Some providers say errors with a status of 200.
pub fn read(status: u16, said: &Value) -> Result<Answer, OAuthError> {
    let text = |key: &str| said.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(code) = text("error") {
        let words = clean(text("error_description").unwrap_or_default());
        return Ok(Answer::Refused { code: clean(code), words });
    }
    if !(200..300).contains(&status) {
        return Err(OAuthError::Unreachable(format!("the provider answers with status {status}")));
    }
    let Some(access) = text("access_token").filter(|token| fit(token)) else {
        return Err(OAuthError::Unreachable("the provider answers without a token that can be used".into()));
    };
    // A number, though some write it as text.
    let seconds = said.get("expires_in").and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()));
    Ok(Answer::Granted(Granted {
        access: SecretString::from(access),
        refresh: text("refresh_token").filter(|token| fit(token)).map(SecretString::from),
        lifetime: seconds.map(Duration::from_secs),
    }))
}

/// Whether a token can be said to a mail server: visible ASCII (RFC 6750, 2.1), and not endless.
fn fit(token: &str) -> bool {
    token.len() <= 32 * 1024 && token.bytes().all(|b| b.is_ascii_graphic())
}

/// A refusal that no particular code explains, as an error.
pub fn refused(code: &str, words: &str) -> OAuthError {
    match code {
        // RFC 6749, 4.1.2.1: these pass.
        "temporarily_unavailable" | "server_error" => OAuthError::Unreachable(told(code, words)),
        _ => OAuthError::Refused(told(code, words)),
    }
}

/// `invalid_grant: The refresh token has expired`.
pub fn told(code: &str, words: &str) -> String {
    if words.is_empty() { code.to_owned() } else { format!("{code}: {words}") }
}

/// Words of a provider fit for one line: no control characters, and the first sentence or 160 characters of them,
/// because what follows may be traces and identifiers.
pub fn clean(words: &str) -> String {
    let line: String = words.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    line.trim().chars().take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tokens_are_read_and_have_no_debug_text() {
        let said = json!({"access_token": "canary-a", "refresh_token": "canary-r", "expires_in": "3599"});
        let Ok(Answer::Granted(granted)) = read(200, &said) else { panic!("not granted") };
        assert_eq!(granted.lifetime, Some(Duration::from_secs(3599)));
        assert_eq!(granted.refresh.as_ref().map(|r| r.expose_secret()), Some("canary-r"));
        assert!(!format!("{granted:?}").contains("canary"));
    }

    #[test]
    fn an_error_is_read_whatever_the_status() {
        for status in [200, 400, 401] {
            let said = json!({"error": "invalid_grant", "error_description": "Token expired.\r\nTrace ID: 1"});
            let Ok(Answer::Refused { code, words }) = read(status, &said) else { panic!("not refused") };
            assert_eq!((code.as_str(), words.as_str()), ("invalid_grant", "Token expired."));
        }
    }

    #[test]
    fn an_answer_without_a_usable_token_is_no_token() {
        for said in [json!({}), json!({"access_token": ""}), json!({"access_token": "a\u{1}b"}), json!([1])] {
            assert!(matches!(read(200, &said), Err(OAuthError::Unreachable(_))), "{said}");
        }
        assert!(matches!(read(502, &json!({"access_token": "x"})), Err(OAuthError::Unreachable(_))));
    }
}
