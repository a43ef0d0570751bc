//! A fetch that throws every byte away: what the server and TLS cost anybody.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The first argument that makes the bench such a fetch.
pub const BARE: &str = "--bare-fetch";

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
    let mut stream = StreamOwned::new(tls, tcp);
    say(&mut stream, "A1", &format!("LOGIN {user} \"{password}\""));
    say(&mut stream, "A2", "EXAMINE INBOX");
    say(&mut stream, "A3", "UID FETCH 1:* (UID BODY.PEEK[])");
    0
}

/// Sends a command and reads to the line that ends its answer.
fn say(stream: &mut impl ReadWrite, tag: &str, command: &str) {
    write!(stream, "{tag} {command}\r\n").and_then(|()| stream.flush()).expect("a connection");
    let (mut buffer, mut tail) = (vec![0; 64 * 1024], Vec::new());
    let end = format!("\r\n{tag} OK");
    loop {
        let read = stream.read(&mut buffer).expect("an answer");
        assert!(read > 0, "the server left");
        tail.extend_from_slice(&buffer[..read]);
        let keep = tail.len().saturating_sub(4_000);
        tail.drain(..keep);
        let line = tail.windows(end.len()).any(|part| part == end.as_bytes()) || tail.starts_with(&end.as_bytes()[2..]);
        if line && tail.ends_with(b"\r\n") {
            return;
        }
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}
