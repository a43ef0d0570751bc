//! A mail server that takes every letter, for all houses.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread::spawn;

/// Where it listens; it is started when somebody asks first, and ends with the tests.
pub fn port() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("a port").port();
        spawn(move || listener.incoming().flatten().for_each(|stream| drop(spawn(|| serve(stream)))));
        port
    })
}

/// One connection, until the program falls or says goodbye.
fn serve(mut out: TcpStream) -> Option<()> {
    let mut lines = BufReader::new(out.try_clone().ok()?).lines();
    write!(out, "220 ready\r\n").ok()?;
    let mut letter = false;
    while let Some(Ok(line)) = lines.next() {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "." if letter => "250 taken",
            _ if letter => continue,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        letter = answer.starts_with("354");
        write!(out, "{answer}\r\n").ok()?;
    }
    Some(())
}
