//! One POST of a form, answered by JSON: never to be redirected, at most 64 KiB, at most half a minute.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::OAuthError;

/// For the whole exchange.
const PATIENCE: Duration = Duration::from_secs(30);
/// For reaching the server.
const CONNECT: Duration = Duration::from_secs(10);
/// More than any answer with tokens in it.
const MOST: u64 = 64 * 1024;

/// The status and what the server says. Errors hold no word of the answer, which may be a token.
pub fn post(url: &str, ca_file: Option<&Path>, fields: &[(&str, &str)]) -> Result<(u16, Value), OAuthError> {
    let host = host_of(url);
    let failed = |error: ureq::Error| OAuthError::Unreachable(format!("{host} cannot be asked: {error}"));
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(CONNECT))
            // Tokens go where the configuration says and nowhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .http_status_as_error(false)
            .max_response_header_size(MOST as usize)
            .user_agent(concat!("touchbase/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .tls_config(TlsConfig::builder().root_certs(roots(ca_file)?).build())
            .build(),
    );
    let mut answer = agent.post(url).send_form(fields.iter().copied()).map_err(failed)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(MOST).read_to_vec().map_err(failed)?;
    match serde_json::from_slice(&body) {
        Ok(said) => Ok((status, said)),
        Err(_) => Err(OAuthError::Unreachable(format!("{host} answers with status {status} and no JSON"))),
    }
}

/// The system's roots and, added to them, our own.
fn roots(ca_file: Option<&Path>) -> Result<RootCerts, OAuthError> {
    let mut found = rustls_native_certs::load_native_certs().certs;
    if let Some(path) = ca_file {
        let ours: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        let unusable = |why: String| OAuthError::File { path: path.display().to_string(), why };
        found.extend(ours.map_err(|error| unusable(error.to_string()))?);
    }
    let certificates: Vec<_> = found.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    Ok(RootCerts::new_with_certs(&certificates))
}

/// The server's name in a URL, for words.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', ':']).next().unwrap_or(rest)
}
