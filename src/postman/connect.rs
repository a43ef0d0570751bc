//! From a server's name to a stream that may be trusted.
//!
//! TLS is put over the connection here and not by the library: its buffer outlives STARTTLS, so whoever sits in
//! between could have words of their own read as if they came protected (CVE-2011-0411 and its kin). Here a byte
//! between STARTTLS and the handshake ends the connection.

use std::fmt;
use std::io::{self, Cursor};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf, Take};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

use super::{PostmanError, Settings, Tls};

/// More than any server says in one session.
const MOST_SAID: u64 = 1024 * 1024;
/// More than any answer before TLS.
const MOST_SAID_BEFORE_TLS: u64 = 16 * 1024;

/// What a stream has to be.
trait Both: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug> Both for T {}

/// A stream on which the server's greeting comes next.
#[derive(Debug)]
pub struct Line {
    /// What is read before the stream itself: the greeting, where it was heard before TLS.
    heard: Cursor<&'static [u8]>,
    stream: Take<Box<dyn Both>>,
    peer: SocketAddr,
    /// Our end's address, by which we greet (RFC 5321, 4.1.4).
    pub here: IpAddr,
}

/// Opens the stream and protects it as the settings say.
pub async fn connect(settings: &Settings) -> Result<Line, PostmanError> {
    let stream = reach(settings).await?;
    let (Ok(peer), Ok(here)) = (stream.peer_addr(), stream.local_addr()) else {
        return Err(PostmanError::Later(format!("{} closed the connection", settings.host)));
    };
    let (stream, heard): (Box<dyn Both>, &'static [u8]) = match settings.tls {
        Tls::None => (Box::new(stream), b""),
        Tls::Implicit => (Box::new(secure(settings, stream).await?), b""),
        Tls::StartTls => (Box::new(secure(settings, ask_for_tls(settings, stream).await?).await?), b"220 heard\r\n"),
    };
    Ok(Line { heard: Cursor::new(heard), stream: stream.take(MOST_SAID), peer, here: here.ip().to_canonical() })
}

/// The first address that answers. Plain text is refused unless every one is this machine.
async fn reach(settings: &Settings) -> Result<TcpStream, PostmanError> {
    let host = bare(&settings.host);
    let cannot = |error: io::Error| PostmanError::Later(format!("cannot find the address of {host}: {error}"));
    let addresses: Vec<SocketAddr> = lookup_host((host, settings.port)).await.map_err(cannot)?.collect();
    if settings.tls == Tls::None && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
        let what = format!("`tls = \"none\"` would send the report to {host} in plain text");
        return Err(PostmanError::person(what, "set `tls` to \"implicit\" or \"starttls\""));
    }
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(PostmanError::Later(format!("cannot connect to {host} port {}: {last}", settings.port)))
}

/// Asks for TLS (RFC 3207). Whatever the server said of itself before is forgotten with the stream's buffer.
async fn ask_for_tls(settings: &Settings, stream: TcpStream) -> Result<TcpStream, PostmanError> {
    let host = &settings.host;
    let broken = |error: io::Error| PostmanError::Later(format!("{host} closed the connection: {error}"));
    let mut said = BufReader::new(stream.take(MOST_SAID_BEFORE_TLS));
    // No letter was shown yet, so none is refused.
    let later = |error: PostmanError| PostmanError::Later(error.to_string());
    expect(&mut said, "220", host).await.map_err(later)?;
    said.get_mut().get_mut().write_all(b"EHLO [127.0.0.1]\r\n").await.map_err(broken)?;
    expect(&mut said, "250", host).await.map_err(later)?;
    said.get_mut().get_mut().write_all(b"STARTTLS\r\n").await.map_err(broken)?;
    expect(&mut said, "220", host).await.map_err(|error| match error {
        PostmanError::Refused(_) => PostmanError::person(
            format!("{host} offers no STARTTLS"),
            "set `tls` to \"implicit\", or ask whoever runs the server",
        ),
        other => other,
    })?;
    if !said.buffer().is_empty() {
        let what = format!("{host} spoke between STARTTLS and TLS: somebody may sit in between");
        return Err(PostmanError::person(what, "use `tls = \"implicit\"`, and ask who runs the network"));
    }
    Ok(said.into_inner().into_inner())
}

/// Reads one answer to its last line, and wants this code. `Refused` is an answer that will not change (5xx).
async fn expect(said: &mut BufReader<Take<TcpStream>>, code: &str, host: &str) -> Result<(), PostmanError> {
    loop {
        let mut line = String::new();
        let read = said.read_line(&mut line).await;
        if !matches!(read, Ok(1..)) || !line.ends_with('\n') {
            return Err(PostmanError::Later(format!("{host} does not speak SMTP on this port")));
        }
        match (line.get(..3), line.get(3..4)) {
            (Some(found), Some("-")) if found == code => {}
            (Some(found), _) if found == code => return Ok(()),
            (Some(found), _) => {
                let words = format!("{host} answers {}", super::session::shown(&line));
                return Err(if found.starts_with('5') {
                    PostmanError::Refused(words)
                } else {
                    PostmanError::Later(words)
                });
            }
            _ => return Err(PostmanError::Later(format!("{host} does not speak SMTP on this port"))),
        }
    }
}

/// Puts TLS over a stream and checks whom it leads to.
async fn secure(
    settings: &Settings,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, PostmanError> {
    let name = ServerName::try_from(bare(&settings.host).to_owned()).map_err(|_| {
        let what = format!("`{}` is no name a certificate could have", settings.host);
        PostmanError::person(what, "set `smtp` to the server's name")
    })?;
    let connector = TlsConnector::from(Arc::new(client(settings.ca_file.as_deref())?));
    connector.connect(name, stream).await.map_err(|error| tls_error(&settings.host, &error))
}

/// The system's roots and, added to them, our own.
fn client(ca_file: Option<&Path>) -> Result<ClientConfig, PostmanError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        let added = read.map_err(|error| error.to_string()).and_then(|found| match found.is_empty() {
            true => Err("it holds no certificate".to_owned()),
            false => found.into_iter().try_for_each(|one| roots.add(one).map_err(|error| error.to_string())),
        });
        added.map_err(|why| {
            let what = format!("cannot use `ca-file` {}: {why}", path.display());
            PostmanError::person(what, "it must be a readable PEM file with the authority's certificate")
        })?;
    }
    if roots.is_empty() {
        let hint = "install the package `ca-certificates`, or set `ca-file`";
        return Err(PostmanError::person("no certificate authority is known, so no server can be trusted", hint));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| PostmanError::Later(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn tls_error(host: &str, error: &io::Error) -> PostmanError {
    match error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(wrong)) => PostmanError::person(
            format!("the certificate of {host} is not accepted: {}", in_words(wrong)),
            "check `smtp` under [report.mail]; a server with an authority of its own needs `ca-file`",
        ),
        Some(rustls::Error::InvalidMessage(_)) => PostmanError::person(
            format!("{host} does not speak TLS on this port"),
            "set `tls` to \"starttls\", or `port` to the one for implicit TLS (465)",
        ),
        _ => PostmanError::Later(format!("no TLS with {host}: {error}")),
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

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.heard.position() < self.heard.get_ref().len() as u64 {
            return Pin::new(&mut self.heard).poll_read(cx, into);
        }
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(self.stream.get_mut()).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.stream.get_mut()).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.stream.get_mut()).poll_shutdown(cx)
    }
}
