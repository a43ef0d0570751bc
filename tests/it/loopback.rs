//! What every real server of the tests needs: ports, certificates, LMTP, and a box that is ended as a whole.
#![allow(dead_code)]

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Ports that nobody listens on.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("a port").port())
}

/// Waits until something greets on a port with these words; `log` tells why not.
pub fn until_greeted(port: u16, words: &str, log: impl Fn() -> String) {
    let began = Instant::now();
    loop {
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
            let mut greeting = String::new();
            if BufReader::new(stream).read_line(&mut greeting).is_ok() && greeting.starts_with(words) {
                return;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(60), "nobody greets on port {port}:\n{}", log());
        sleep(Duration::from_millis(20));
    }
}

/// Waits until something takes connections on a port; `log` tells why not.
pub fn until_open(port: u16, log: impl Fn() -> String) {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "nobody answers on port {port}:\n{}", log());
        sleep(Duration::from_millis(20));
    }
}

/// Processes in a box of their own (mount and process namespaces): they cannot outlive it, wherever they fork to, and
/// end without warning when it is dropped.
pub struct Boxed {
    child: Child,
}

impl Boxed {
    /// Runs a shell script as the box's first process. What it prints goes to `log`.
    pub fn run(script: &str, log: &Path) -> Boxed {
        let log = fs::OpenOptions::new().create(true).append(true).open(log).expect("a log");
        let child = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("unshare, from the package util-linux; these tests need root");
        Boxed { child }
    }
}

impl Drop for Boxed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A mail server that hands mail over (RFC 2033).
pub struct Lmtp {
    stream: TcpStream,
    answers: Lines<BufReader<TcpStream>>,
}

impl Lmtp {
    /// Connects and says who it is.
    pub fn connect(port: u16) -> Lmtp {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("LMTP");
        // Otherwise the second half of a line waits for the server to acknowledge the first, which takes it 40 ms.
        stream.set_nodelay(true).expect("LMTP");
        let answers = BufReader::new(stream.try_clone().expect("LMTP")).lines();
        let mut lmtp = Lmtp { stream, answers };
        lmtp.expect("220");
        lmtp.say("LHLO test", "250");
        lmtp
    }

    fn expect(&mut self, code: &str) {
        loop {
            let line = self.answers.next().expect("an answer").expect("an answer");
            if line.as_bytes().get(3) != Some(&b'-') {
                assert!(line.starts_with(code), "LMTP says {line}");
                return;
            }
        }
    }

    fn say(&mut self, line: &str, code: &str) {
        write!(self.stream, "{line}\r\n").expect("LMTP");
        self.expect(code);
    }

    /// Delivers a mail; its bytes arrive as they are, but for line ends.
    pub fn deliver(&mut self, user: &str, mail: &[u8]) {
        self.say("MAIL FROM:<>", "250");
        self.say(&format!("RCPT TO:<{user}>"), "250");
        self.say("DATA", "354");
        let mut data = Vec::with_capacity(mail.len() + 1024);
        for line in mail.strip_suffix(b"\n").unwrap_or(mail).split(|byte| *byte == b'\n') {
            data.extend_from_slice(if line.starts_with(b".") { b"." } else { b"" });
            data.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            data.extend_from_slice(b"\r\n");
        }
        data.extend_from_slice(b".\r\n");
        self.stream.write_all(&data).expect("LMTP");
        self.expect("250");
    }
}

/// In `folder`: an authority (`ca.pem`), a certificate it signed for `localhost` (`server.pem`, `server.key`), and
/// another authority (`other.pem`).
pub fn certificates(folder: &Path) {
    for name in ["ca", "other"] {
        let words = format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -keyout {name}.key -out {name}.pem \
             -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
        );
        openssl(folder, &words, &["-subj", "/CN=touchbase tests"]);
    }
    let request = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout server.key \
                   -out server.csr";
    openssl(folder, request, &[]);
    let extensions = "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n\
                      authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n";
    fs::write(folder.join("ext.cnf"), extensions).expect("extensions");
    let signing = "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ext.cnf \
                   -out server.pem";
    openssl(folder, signing, &[]);
}

fn openssl(folder: &Path, words: &str, more: &[&str]) {
    let output = Command::new("openssl").current_dir(folder).args(words.split_whitespace()).args(more).output();
    let output = output.expect("openssl");
    assert!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
}
