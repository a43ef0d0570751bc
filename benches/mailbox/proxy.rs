//! A line between a client and the server: late by so many milliseconds, and with an ear for one word.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// A running line; it lasts as long as the bench.
pub struct Line {
    pub port: u16,
    /// When the server said the word, each time.
    pub heard: Receiver<Instant>,
}

/// Opens a line to a server on this machine; `delay` is added in each direction.
pub fn open(server: u16, delay: Duration, word: &'static [u8]) -> Line {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let (tell, heard) = mpsc::channel();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(("127.0.0.1", server)) else { return };
            let _ = (client.set_nodelay(true), far.set_nodelay(true));
            carry(clone(&client), clone(&far), delay, None);
            carry(far, client, delay, Some((tell.clone(), word)));
        }
    });
    Line { port, heard }
}

fn clone(stream: &TcpStream) -> TcpStream {
    stream.try_clone().expect("a socket")
}

fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration, ear: Option<(Sender<Instant>, &'static [u8])>) {
    let (put, take) = mpsc::sync_channel::<(Instant, Vec<u8>)>(4_096);
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let (now, bytes) = (Instant::now(), buffer[..read].to_vec());
            if let Some((tell, word)) = &ear
                && bytes.windows(word.len()).any(|part| part == *word)
            {
                let _ = tell.send(now);
            }
            if put.send((now + delay, bytes)).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (when, bytes) in take {
            thread::sleep(when.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
