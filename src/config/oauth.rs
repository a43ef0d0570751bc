//! `oauth` of a mailbox: who gives the tokens, and as whom touchbase is registered there.
//!
//! Google and Microsoft need a `client-id` alone; a generic provider also its endpoints and scopes.

use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::places::Places;
use super::secret::{self, PasswordSource};
use super::section::{Fault, Section};
use super::value;

/// `oauth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// The client's registered name.
    pub client_id: String,
    /// Where the client's secret is found, where it has one.
    pub client_secret: Option<PasswordSource>,
    /// Where a code to enter elsewhere is asked for (RFC 8628); without it a browser is led back here.
    pub device_endpoint: Option<String>,
    /// The page for that browser.
    pub authorization_endpoint: Option<String>,
    /// What that page wants to be told besides.
    pub extra: Vec<(&'static str, &'static str)>,
    /// Where tokens are given and renewed.
    pub token_endpoint: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// The file that keeps the tokens, absolute.
    pub tokens: PathBuf,
}

/// Providers known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Google,
    Microsoft,
    Generic,
}

const KNOWN: [(&str, Known); 3] =
    [("google", Known::Google), ("microsoft", Known::Microsoft), ("generic", Known::Generic)];
/// Keys that the providers known by name do not need.
const GENERIC_KEYS: [&str; 4] = ["device-endpoint", "authorization-endpoint", "token-endpoint", "scopes"];
const SECRET_KEYS: [&str; 3] = ["client-secret-credential", "client-secret-file", "client-secret-command"];
/// What stays as it is in the name of a file.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Reads it, if it is written; a problem is noted when it cannot be used.
pub(super) fn read(mailbox: &mut Section<'_>, name: &str, places: &Places) -> Option<OAuth> {
    if mailbox.has("oauth") && !mailbox.is_table("oauth") {
        mailbox.ask("oauth");
        let fault = Fault::new("does not say as whom touchbase is registered with the provider");
        mailbox.refuse("oauth", fault.hint("such as { provider = \"microsoft\", client-id = \"...\" }"));
        return None;
    }
    let mut section = mailbox.section("oauth");
    if !section.is_there() {
        return None;
    }
    let known = section.required("provider", "\"google\", \"microsoft\" or \"generic\"", value::word(&KNOWN));
    let hint = "the name the provider gave this program when you registered it";
    let client_id = section.required("client-id", hint, value::text).unwrap_or_default();
    section.literal_secret("client-secret", &SECRET_KEYS);
    let client_secret = secret::read_named(&mut section, places, SECRET_KEYS);
    let tokens = places.writing("tokens").join(format!("{}.json", utf8_percent_encode(name, PLAIN)));
    let oauth = match known {
        None => {
            section.forgive(&GENERIC_KEYS);
            section.forgive(&["tenant"]);
            None
        }
        Some(Known::Google) => Some(google()),
        Some(Known::Microsoft) => Some(microsoft(&section.or("tenant", "common".to_owned(), tenant))),
        Some(Known::Generic) => generic(&mut section),
    };
    section.misplaced(&GENERIC_KEYS, "it is known for this provider; for another one set provider = \"generic\"");
    section.misplaced(&["tenant"], "it is for provider = \"microsoft\"");
    section.close();
    oauth.map(|oauth| OAuth { client_id, client_secret, tokens, ..oauth })
}

fn bare() -> OAuth {
    OAuth {
        client_id: String::new(),
        client_secret: None,
        device_endpoint: None,
        authorization_endpoint: None,
        extra: Vec::new(),
        token_endpoint: String::new(),
        scopes: Vec::new(),
        tokens: PathBuf::new(),
    }
}

/// Google's device codes open no mailboxes (its scope for mail is not among those allowed there), so a browser it is.
/// Without the two fields there is no refresh token.
fn google() -> OAuth {
    OAuth {
        authorization_endpoint: Some("https://accounts.google.com/o/oauth2/v2/auth".to_owned()),
        extra: vec![("access_type", "offline"), ("prompt", "consent")],
        token_endpoint: "https://oauth2.googleapis.com/token".to_owned(),
        scopes: vec!["https://mail.google.com/".to_owned()],
        ..bare()
    }
}

fn microsoft(tenant: &str) -> OAuth {
    let endpoint = |name: &str| format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{name}");
    OAuth {
        device_endpoint: Some(endpoint("devicecode")),
        token_endpoint: endpoint("token"),
        scopes: vec!["https://outlook.office.com/IMAP.AccessAsUser.All".to_owned(), "offline_access".to_owned()],
        ..bare()
    }
}

fn generic(section: &mut Section<'_>) -> Option<OAuth> {
    let device_endpoint = section.get("device-endpoint", value::endpoint);
    let authorization_endpoint = section.get("authorization-endpoint", value::endpoint);
    let token_endpoint =
        section.required("token-endpoint", "where tokens are given, an https:// address", value::endpoint);
    let scopes = section.list("scopes", value::text).unwrap_or_default();
    if !section.has("device-endpoint") && !section.has("authorization-endpoint") {
        let fault = Fault::new("is missing");
        section
            .refuse("device-endpoint", fault.hint("or `authorization-endpoint`, for providers without device codes"));
    }
    Some(OAuth { device_endpoint, authorization_endpoint, token_endpoint: token_endpoint?, scopes, ..bare() })
}

/// A directory of Microsoft's: a word, a domain or a number.
fn tenant(value: &toml::de::DeValue<'_>) -> super::section::Answer<String> {
    let tenant = value::text(value)?;
    match tenant.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
        true => Ok(tenant),
        false => Err(Fault::new("is no tenant").hint("such as \"common\", \"us.example\" or its number")),
    }
}
