//! A fetch that throws every byte away: what the server and TLS cost anybody.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The first argument that makes the bench such a fetch.
pub const BARE: &str = "--bare-fetch";

/// Bytes that the last line of an answer may have.
const LINE: usize = 1_000;

/// `PORT CA USER PASSWORD`.
pub fn fetch(arguments: &[String]) -> i32 {
    let [port, ca, user, password] = arguments else { return 64 };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).expect("a certificate") {
        roots.add(certificate.expect("a certificate")).expect("a certificate");
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let tls = ClientConnection::new(Arc::new(config), name).expect("TLS");
    let tcp = TcpStream::connect(("127.0.0.1", port.parse().expect("a port"))).expect("a server");
    tcp.set_nodelay(true).expect("a server");
    let mut stream = StreamOwned::new(tls, tcp);
    say(&mut stream, "A1", &format!("LOGIN {user} \"{password}\""));
    say(&mut stream, "A2", "EXAMINE INBOX");
    say(&mut stream, "A3", "UID FETCH 1:* (UID BODY.PEEK[])");
    0
}

/// Sends a command and reads to the line that ends its answer. Only the end of what was read is looked at: a search through
/// all of it would take longer than the fetch.
fn say(stream: &mut impl ReadWrite, tag: &str, command: &str) {
    stream.write_all(format!("{tag} {command}\r\n").as_bytes()).and_then(|()| stream.flush()).expect("a connection");
    let (mut buffer, mut tail) = (vec![0; 64 * 1024], Vec::new());
    let end = format!("{tag} OK");
    loop {
        let read = stream.read(&mut buffer).expect("an answer");
        assert!(read > 0, "the server left");
        tail.extend_from_slice(&buffer[read.saturating_sub(LINE)..read]);
        tail.drain(..tail.len().saturating_sub(LINE));
        let Some(told) = tail.strip_suffix(b"\r\n") else { continue };
        let line = told.rsplit(|byte| *byte == b'\n').next().unwrap_or(told);
        if line.starts_with(end.as_bytes()) {
            return;
        }
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}
