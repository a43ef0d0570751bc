//! A small IMAP server that breaks: it hands over so many mails and then closes the connection in the middle of one.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::spawn;

/// What the server holds and how it behaves.
pub struct Imap {
    /// The mails, by UID from 1.
    pub mails: Vec<String>,
    /// How many more times a connection breaks in the middle of the second mail it is asked for.
    pub breaks: AtomicU32,
    /// Whether it lets in who shows this (base64) to AUTHENTICATE.
    pub lets_in: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

impl Imap {
    /// Starts it; it ends with the tests. Tells where it listens.
    pub fn start(self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let server = Arc::new(self);
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                spawn(move || server.serve(stream));
            }
        });
        port
    }

    /// One connection, until it breaks, the program falls or says goodbye.
    fn serve(&self, mut out: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(out.try_clone().ok()?).lines();
        write!(out, "* OK ready\r\n").ok()?;
        while let Some(Ok(line)) = lines.next() {
            let (tag, command) = line.split_once(' ').unwrap_or(("", &line));
            let words: Vec<&str> = command.split(' ').collect();
            let mut verdict = "OK done";
            match words[..] {
                ["CAPABILITY"] => write!(out, "* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\n").ok()?,
                ["AUTHENTICATE", _, shown] if !(self.lets_in)(shown) => verdict = "NO not you",
                ["EXAMINE", ..] => {
                    let (count, next) = (self.mails.len(), self.mails.len() + 1);
                    write!(out, "* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\n").ok()?;
                }
                ["UID", "FETCH", uids, "(UID", "RFC822.SIZE", ..] => {
                    for (uid, mail) in self.wanted(uids) {
                        write!(out, "* {uid} FETCH (UID {uid} RFC822.SIZE {})\r\n", mail.len()).ok()?;
                    }
                }
                ["UID", "FETCH", uids, ..] => self.hand_over(&mut out, uids)?,
                ["LOGOUT"] => write!(out, "* BYE\r\n").ok()?,
                _ => {}
            }
            write!(out, "{tag} {verdict}\r\n").ok()?;
        }
        Some(())
    }

    /// `None` when the connection broke.
    fn hand_over(&self, out: &mut TcpStream, uids: &str) -> Option<()> {
        let breaks = self.breaks.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        for (place, (uid, mail)) in self.wanted(uids).into_iter().enumerate() {
            let said = format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{mail})\r\n", mail.len());
            if breaks && place == 1 {
                out.write_all(&said.as_bytes()[..said.len() / 2]).ok()?;
                out.shutdown(Shutdown::Both).ok()?;
                return None;
            }
            out.write_all(said.as_bytes()).ok()?;
        }
        Some(())
    }

    fn wanted(&self, set: &str) -> Vec<(usize, &String)> {
        let ranges = set.split(',').map(|range| range.split_once(':').unwrap_or((range, range)));
        let ranges: Vec<(usize, usize)> =
            ranges.filter_map(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?))).collect();
        let all = self.mails.iter().enumerate().map(|(place, mail)| (place + 1, mail));
        all.filter(|(uid, _)| ranges.iter().any(|(low, high)| (low..=high).contains(&uid))).collect()
    }
}
