//! OAuth for mailboxes: from the configuration to the vault of their tokens, and from there to a login.

use std::sync::Arc;

use crate::clock;
use crate::config::{self, Login, OAuth, Source};
use crate::failure::{Code, Failure};
use crate::inbox::imap::{Denied, Password};
use crate::oauth::{OAuthError, Provider, Vault, Way};

/// The vault of a mailbox's tokens; `None` when it uses a password, or none.
pub fn vault(mailbox: &config::Mailbox) -> Option<Vault> {
    match &mailbox.source {
        Source::Imap(config::Imap { login: Login::OAuth(oauth), ca_file, .. }) => {
            Some(Vault { provider: provider(oauth, ca_file.clone()), path: oauth.tokens.clone(), clock: clock::now })
        }
        _ => None,
    }
}

fn provider(oauth: &OAuth, ca_file: Option<std::path::PathBuf>) -> Provider {
    let secret = oauth.client_secret.clone();
    let way = match (&oauth.device_endpoint, &oauth.authorization_endpoint) {
        (Some(endpoint), _) => Way::Device(endpoint.clone()),
        (None, page) => Way::Browser {
            page: page.clone().unwrap_or_default(),
            extra: oauth.extra.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        },
    };
    Provider {
        client_id: oauth.client_id.clone(),
        client_secret: secret.map(|source| {
            let ask: crate::oauth::ClientSecret = Arc::new(move || source.read().map_err(|error| error.to_string()));
            ask
        }),
        way,
        token_endpoint: oauth.token_endpoint.clone(),
        scopes: oauth.scopes.clone(),
        ca_file,
    }
}

/// The token at each login, on a thread that may wait for the provider.
pub(super) fn token(mailbox: &str, vault: Vault) -> Password {
    let name = mailbox.to_owned();
    Password::token(move |refused| {
        let (vault, name) = (vault.clone(), name.clone());
        async move {
            let asked = tokio::task::spawn_blocking(move || {
                vault.access(refused.as_ref()).map_err(|error| denied(&error, &name))
            });
            asked.await.unwrap_or_else(|_| Err(Denied::Later("it could not be asked for".to_owned())))
        }
    })
}

/// What `status` shows is one line, so what to do stands in it.
fn denied(error: &OAuthError, mailbox: &str) -> Denied {
    if error.may_retry() {
        return Denied::Later(error.to_string());
    }
    let what = match error {
        OAuthError::NotAgreed | OAuthError::Ended(_) => format!("{error} (run `touchbase login {mailbox}`)"),
        other => other.to_string(),
    };
    Denied::Person { what, hint: error.hint(mailbox) }
}

/// Agreeing failed.
pub fn oauth_failure(mailbox: &str, error: &OAuthError) -> Failure {
    let code = match error {
        OAuthError::Unreachable(_) | OAuthError::Ended(_) => Code::Unavailable,
        OAuthError::Declined | OAuthError::TooLate | OAuthError::NotAgreed => Code::TryLater,
        OAuthError::Refused(_) => Code::Configuration,
        OAuthError::File { .. } => Code::CannotWrite,
    };
    Failure::new(code, format!("cannot get a token for mailbox {mailbox}")).because(error).hint(error.hint(mailbox))
}
