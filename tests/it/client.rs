//! Somebody else's mail program: a few commands of IMAP in plain text, to look at a mailbox and to disturb it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection that is logged in.
pub struct Client {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    tags: u32,
}

impl Client {
    /// Connects and logs in.
    pub fn log_in(port: u16, user: &str, password: &str) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("IMAP");
        stream.set_nodelay(true).expect("IMAP");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
        let reader = BufReader::new(stream.try_clone().expect("IMAP"));
        let mut client = Client { stream, reader, tags: 0 };
        let greeting = client.line();
        assert!(greeting.starts_with("* OK"), "IMAP greets with {greeting}");
        client.does(&format!("LOGIN {user} \"{password}\""));
        client
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.reader.read_line(&mut line).expect("IMAP") > 0, "the server has hung up");
        line.trim_end().to_owned()
    }

    /// One command; its untagged answers, and the tagged one without its tag.
    pub fn asks(&mut self, command: &str) -> (Vec<String>, String) {
        self.tags += 1;
        let tag = format!("C{} ", self.tags);
        write!(self.stream, "{tag}{command}\r\n").expect("IMAP");
        let mut told = Vec::new();
        loop {
            let line = self.line();
            match line.strip_prefix(&tag) {
                Some(end) => return (told, end.to_owned()),
                None => told.push(line),
            }
        }
    }

    /// A command that has to succeed; its untagged answers.
    pub fn does(&mut self, command: &str) -> Vec<String> {
        let (told, end) = self.asks(command);
        assert!(end.starts_with("OK"), "{command}: {end}");
        told
    }

    /// Subject to flags, for every mail in a folder; `\Recent` is nobody's business. Nothing for a folder that is not
    /// there.
    pub fn folder(&mut self, name: &str) -> BTreeMap<String, String> {
        let (told, end) = self.asks(&format!("EXAMINE \"{name}\""));
        if !end.starts_with("OK") || told.iter().any(|line| line == "* 0 EXISTS") {
            return BTreeMap::new();
        }
        let (mut found, mut flags) = (BTreeMap::new(), String::new());
        for line in self.does("FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])") {
            if let Some((_, after)) = line.split_once("FLAGS (") {
                let words = after.split(')').next().unwrap_or_default().split(' ');
                flags = words.filter(|word| *word != "\\Recent").collect::<Vec<_>>().join(" ");
            } else if let Some(subject) = line.strip_prefix("Subject: ") {
                found.insert(subject.to_owned(), flags.clone());
            }
        }
        found
    }

    /// The subjects of every mail in a folder.
    pub fn subjects(&mut self, name: &str) -> Vec<String> {
        self.folder(name).into_keys().collect()
    }
}
