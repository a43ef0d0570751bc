//! What proves who we are: a password, or an OAuth access token, asked for at each login so that it may change.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::SecretString;

use crate::inbox::InboxError;

/// A way to get the password or the token.
#[derive(Clone)]
pub struct Password {
    ask: Arc<dyn Fn(Option<SecretString>) -> Answer + Send + Sync>,
    kind: Kind,
}

type Answer = Pin<Box<dyn Future<Output = Result<SecretString, Denied>> + Send>>;

/// What is shown to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A password, for PLAIN and LOGIN.
    Password,
    /// An access token (RFC 6750), for OAUTHBEARER and XOAUTH2.
    Token,
}

/// Why there is no password or token. No text holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// Only a person can help.
    Person {
        /// What is wrong.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// It may work soon: a provider that does not answer.
    Later(String),
}

impl Password {
    /// A password, from a function that reads it, or says without any secret why it cannot.
    pub fn new<F, A>(ask: F) -> Password
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<SecretString, String>> + Send + 'static,
    {
        let ask = move |_| -> Answer {
            let asked = ask();
            Box::pin(async move {
                asked.await.map_err(|why| Denied::Person {
                    what: why,
                    hint: "check the password's file, credential or command".into(),
                })
            })
        };
        Password { ask: Arc::new(ask), kind: Kind::Password }
    }

    /// An access token. The function is given the one that was just refused, if that is why it is asked, and then
    /// gives another, or the same when there is no other.
    pub fn token<F, A>(ask: F) -> Password
    where
        F: Fn(Option<SecretString>) -> A + Send + Sync + 'static,
        A: Future<Output = Result<SecretString, Denied>> + Send + 'static,
    {
        Password { ask: Arc::new(move |refused| Box::pin(ask(refused))), kind: Kind::Token }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) async fn ask(&self, mailbox: &str, refused: Option<SecretString>) -> Result<SecretString, InboxError> {
        let name = match self.kind {
            Kind::Password => "password",
            Kind::Token => "token",
        };
        (self.ask)(refused).await.map_err(|denied| match denied {
            Denied::Person { what, hint } => InboxError::Configuration {
                what: format!("cannot get the {name} of mailbox `{mailbox}`: {what}"),
                hint,
            },
            Denied::Later(why) => InboxError::Retry(format!("cannot get the {name} of mailbox `{mailbox}`: {why}")),
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}
