//! From a host's name to a stream that may be trusted: addresses, TCP, TLS (RFC 8314), each with its own patience.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, CertificateError, ClientConfig};

use super::certificate::Certificate;
use super::roots::Roots;
use super::wire::Stream;
use super::{Settings, Tls};
use crate::inbox::InboxError;

/// A stream under TLS, and what the server's certificate says.
pub struct Secured {
    /// The stream.
    pub stream: Box<dyn Stream>,
    /// The certificate; `None` when it could not be read.
    pub certificate: Option<Certificate>,
}

/// How a server is reached.
#[derive(Clone)]
pub enum Dial {
    /// Over TCP, at the addresses its name has.
    Network,
    /// Over a stream that is open already: a tunnel, or a test's pipe. Whoever opens it vouches for where it leads.
    Through(Arc<dyn Fn() -> io::Result<Box<dyn Stream>> + Send + Sync>),
}

/// An open stream to the server, not protected yet.
pub async fn reach(settings: &Settings, dial: &Dial) -> Result<Box<dyn Stream>, InboxError> {
    match dial {
        Dial::Network => {
            let addresses = resolve(settings).await?;
            Ok(Box::new(tcp(settings, &addresses).await?))
        }
        Dial::Through(open) => {
            let cannot = |error| InboxError::Retry(format!("cannot connect to {}: {error}", settings.host));
            open().map_err(cannot)
        }
    }
}

/// Every address the host has. Plain text is refused here already unless all of them are this machine.
pub async fn resolve(settings: &Settings) -> Result<Vec<SocketAddr>, InboxError> {
    let host = settings.host.trim_start_matches('[').trim_end_matches(']');
    let looked_up = timeout(settings.patience.resolve, lookup_host((host, settings.port))).await;
    let addresses: Vec<SocketAddr> = match looked_up {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(error)) => return Err(InboxError::Retry(format!("cannot find the address of {host}: {error}"))),
        Err(_) => return Err(InboxError::Retry(format!("cannot find the address of {host} in time"))),
    };
    if addresses.is_empty() {
        return Err(InboxError::Retry(format!("{host} has no address")));
    }
    if settings.tls == Tls::None && !addresses.iter().all(|a| loopback(a.ip())) {
        return Err(InboxError::Configuration {
            what: format!("`tls = \"none\"` would send the password to {host} in plain text"),
            hint: "set `tls` to \"implicit\" or \"starttls\"; plain text is for servers on this machine".into(),
        });
    }
    Ok(addresses)
}

/// The first address that answers.
pub async fn tcp(settings: &Settings, addresses: &[SocketAddr]) -> Result<TcpStream, InboxError> {
    let mut last = None;
    for address in addresses {
        match timeout(settings.patience.connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                keep_alive(&stream);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(io::ErrorKind::TimedOut.into()),
        }
    }
    let why = last.map(|error| error.to_string()).unwrap_or_default();
    Err(InboxError::Retry(format!("cannot connect to {} port {}: {why}", settings.host, settings.port)))
}

/// Puts TLS over a stream and checks whom it leads to.
pub async fn secure(settings: &Settings, stream: impl Stream + 'static) -> Result<Secured, InboxError> {
    let host = settings.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(|_| InboxError::Configuration {
        what: format!("`{}` is no name a certificate could have", settings.host),
        hint: "set `host` to the server's name".into(),
    })?;
    let connector = TlsConnector::from(Arc::new(client(settings.ca_file.as_deref())?));
    let stream = timeout(settings.patience.tls, connector.connect(name, stream))
        .await
        .map_err(|_| InboxError::Retry(format!("{} does not answer to TLS in time", settings.host)))?
        .map_err(|error| tls_error(&settings.host, &error))?;
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let certificate = certificate.and_then(|der| Certificate::read(der));
    Ok(Secured { stream: Box::new(stream), certificate })
}

/// Checks servers by the roots of the system and our own.
fn client(ca_file: Option<&Path>) -> Result<ClientConfig, InboxError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = Roots::read(ca_file, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| InboxError::Retry(error.to_string()))?;
    // What this calls dangerous is to check in another way; these are the library's checks, asked one after the other.
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(roots)).with_no_client_auth())
}

/// Certificates a person must look at; everything else may pass by itself.
fn tls_error(host: &str, error: &io::Error) -> InboxError {
    let inner = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(wrong)) => {
            InboxError::Certificate { host: host.to_owned(), why: in_words(wrong) }
        }
        Some(rustls::Error::InvalidMessage(_)) => InboxError::Configuration {
            what: format!("{host} does not speak TLS on this port"),
            hint: "set `tls` to \"starttls\", or `port` to the one for implicit TLS (993)".into(),
        },
        _ => InboxError::Retry(format!("no TLS with {host}: {error}")),
    }
}

fn in_words(wrong: &CertificateError) -> String {
    match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".into(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet".into(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name".into()
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => "nobody trusted has signed it".into(),
        other => format!("{other:?}").chars().take(100).collect(),
    }
}

/// Half-open connections are found within two minutes (NAT, suspend). A system without these options has its defaults.
fn keep_alive(stream: &TcpStream) {
    let _ = sockopt::set_socket_keepalive(stream, true);
    let _ = sockopt::set_tcp_keepidle(stream, Duration::from_secs(60));
    let _ = sockopt::set_tcp_keepintvl(stream, Duration::from_secs(15));
    let _ = sockopt::set_tcp_keepcnt(stream, 4);
    let _ = sockopt::set_tcp_user_timeout(stream, 90_000);
    let _ = stream.set_nodelay(true);
}

fn loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
