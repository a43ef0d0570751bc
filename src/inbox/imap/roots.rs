//! Who may vouch for a server: `ca-file`, and everybody the system trusts.
//!
//! The system's list is some hundred files, and reading them takes longer than a pass that finds nothing new. So the
//! few that are at hand are asked first: those of `ca-file`, or the one file that Debian and others keep with all of
//! theirs. If these do not vouch for the server, everybody is read and asked, and their answer counts, whatever it is:
//! a server is trusted, or refused with a reason, exactly as if all had been read at once.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls_native_certs::{load_certs_from_paths, load_native_certs};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::inbox::InboxError;

/// All that the system trusts in one file, where there is one (Debian, Arch, Alpine; a link in Fedora).
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";
/// What a person may have named instead of the system's list.
const NAMED: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Asks those at hand, then everybody.
#[derive(Debug)]
pub struct Roots {
    /// The authorities of `ca-file`, trusted besides the system's.
    own: Vec<CertificateDer<'static>>,
    at_hand: Arc<WebPkiServerVerifier>,
    everybody: OnceLock<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Roots {
    /// Those of `ca-file`, if there is one, and the system's.
    ///
    /// # Errors
    /// `Configuration` when `ca-file` cannot be used, and when nobody at all could vouch for a server.
    pub fn read(ca_file: Option<&Path>, provider: &Arc<CryptoProvider>) -> Result<Roots, InboxError> {
        let mut own = Vec::new();
        let mut at_hand = RootCertStore::empty();
        match ca_file {
            Some(path) => {
                own = of_file(path)?;
                for certificate in &own {
                    at_hand.add(certificate.clone()).map_err(|error| unusable(path, &error.to_string()))?;
                }
            }
            None if NAMED.iter().all(|name| std::env::var_os(name).is_none()) => {
                at_hand.add_parsable_certificates(load_certs_from_paths(Some(Path::new(BUNDLE)), None).certs);
            }
            None => {}
        }
        if at_hand.is_empty() {
            at_hand.add_parsable_certificates(load_native_certs().certs);
        }
        let at_hand = verifier(at_hand, provider).ok_or_else(|| InboxError::Configuration {
            what: "no certificate authority is known, so no server can be trusted".into(),
            hint: "install the package `ca-certificates`, or set `ca-file`".into(),
        })?;
        Ok(Roots { own, at_hand, everybody: OnceLock::new(), provider: Arc::clone(provider) })
    }

    fn everybody(&self) -> &WebPkiServerVerifier {
        self.everybody.get_or_init(|| {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(load_native_certs().certs);
            roots.add_parsable_certificates(self.own.iter().cloned());
            verifier(roots, &self.provider).unwrap_or_else(|| Arc::clone(&self.at_hand))
        })
    }
}

/// `None` when there is nobody to ask.
fn verifier(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Option<Arc<WebPkiServerVerifier>> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build().ok()
}

/// The certificates of a PEM file, at least one.
fn of_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, InboxError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(unusable(path, "it holds no certificate")),
        Err(error) => Err(unusable(path, &error.to_string())),
    }
}

fn unusable(path: &Path, why: &str) -> InboxError {
    InboxError::Configuration {
        what: format!("cannot use `ca-file` {}: {why}", path.display()),
        hint: "it must be a readable PEM file with the authority's certificate".into(),
    }
}

impl ServerCertVerifier for Roots {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let ask = |who: &WebPkiServerVerifier| {
            who.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        ask(&self.at_hand).or_else(|_| ask(self.everybody()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
