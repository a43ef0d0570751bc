//! Access tokens instead of passwords (OAuth 2.0, RFC 6749): agreed to once by a person, renewed ever after.
//!
//! ```text
//! device    a code to enter on any other machine (RFC 8628)
//! browser   a page that leads back to this machine (RFC 8252, with PKCE, RFC 7636)
//! grant     what a provider's token endpoint answers
//! vault     the tokens of one mailbox: kept in a file, renewed before they expire
//! http      one POST, with limits
//! ```
//!
//! No library for OAuth: what is needed are four requests with a form and a JSON answer, and what matters is around
//! them (one renewal at a time, no token lost when the provider replaces it, none ever shown).
//!
//! Everything here blocks; callers that may not wait use a thread of their own.

mod browser;
mod device;
mod grant;
mod http;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

pub use browser::Browser;
pub use device::Device;
pub use grant::Granted;
pub use vault::Vault;

/// Who gives tokens, to whom, and what for.
#[derive(Clone)]
pub struct Provider {
    /// How touchbase is registered there.
    pub client_id: String,
    /// The secret of that registration, where there is one; asked for when needed.
    pub client_secret: Option<ClientSecret>,
    /// How a person agrees.
    pub way: Way,
    /// Where tokens are given and renewed.
    pub token_endpoint: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// A PEM file with certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Reads the client's secret, or says without it why it cannot.
pub type ClientSecret = Arc<dyn Fn() -> Result<SecretString, String> + Send + Sync>;

/// How a person agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By entering a code on any machine; the endpoint that gives the code.
    Device(String),
    /// In a browser that is led back here; the page to open, and what it wants to be told besides.
    Browser {
        /// The authorization endpoint.
        page: String,
        /// Fields of this provider alone.
        extra: Vec<(String, String)>,
    },
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("way", &self.way).field("token_endpoint", &self.token_endpoint).finish()
    }
}

/// Why there is no token. No text holds a token, a code or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// Nobody has agreed yet.
    #[error("nobody has agreed yet that this mailbox may be read")]
    NotAgreed,
    /// What was agreed holds no longer: expired, revoked, or the password was changed.
    #[error("the permission to read this mailbox has ended: {0}")]
    Ended(String),
    /// The person said no.
    #[error("it was not agreed to")]
    Declined,
    /// The person did not answer in time.
    #[error("nobody agreed in time")]
    TooLate,
    /// The provider cannot be reached, or does not answer as it should.
    #[error("{0}")]
    Unreachable(String),
    /// The provider refuses for a reason that only another configuration mends.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// A file cannot be used.
    #[error("cannot use {path}: {why}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        why: String,
    },
}

impl OAuthError {
    /// Whether it may work soon, without anybody doing anything.
    pub fn may_retry(&self) -> bool {
        matches!(self, OAuthError::Unreachable(_))
    }

    /// What to do about it, for the mailbox of this name.
    pub fn hint(&self, mailbox: &str) -> String {
        match self {
            OAuthError::NotAgreed | OAuthError::Ended(_) => {
                format!("run `touchbase login {mailbox}` and agree; the daemon goes on by itself then")
            }
            OAuthError::Declined | OAuthError::TooLate => format!("run `touchbase login {mailbox}` again"),
            OAuthError::Unreachable(_) => "check the network and the endpoints under `oauth`; it is tried again".into(),
            OAuthError::Refused(_) => {
                "check `client-id`, the client's secret and `scopes` against the registration with the provider".into()
            }
            OAuthError::File { .. } => {
                "check who owns it and that nobody else may read it; `touchbase login` writes it anew".into()
            }
        }
    }
}
