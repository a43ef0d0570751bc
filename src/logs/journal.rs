//! Log lines as the journal wants them: every fact a field of its own, and all of them in the message too.
//!
//! systemd's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL) is one datagram of `KEY=value` lines. The
//! ready-made layer puts facts into fields alone, where `journalctl -u touchbase` does not show them: an
//! operator would read "mailbox cannot be read" and not why.

use std::fmt::{self, Debug, Write};
use std::io;
use std::os::unix::net::UnixDatagram;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::masked::{masked, may_name};

const SOCKET: &str = "/run/systemd/journal/socket";
/// The most bytes of one fact: what is longer would not fit a datagram together with the others.
const LONGEST: usize = 8 * 1024;

/// The journal of this machine.
pub struct Journal {
    socket: UnixDatagram,
}

impl Journal {
    /// Connects to the journal.
    ///
    /// # Errors
    /// There is none.
    pub fn connect() -> io::Result<Journal> {
        let socket = UnixDatagram::unbound()?;
        socket.connect(SOCKET)?;
        Ok(Journal { socket })
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        let mut facts = Facts { masks: !may_name(level), ..Facts::default() };
        event.record(&mut facts);
        // A journal that does not listen is no reason to stop working.
        let _ = self.socket.send(&entry(level, event.metadata().target(), facts));
    }
}

/// One entry of the journal.
fn entry(level: Level, target: &str, facts: Facts) -> Vec<u8> {
    let mut entry = Vec::new();
    put(&mut entry, "MESSAGE", &(facts.message + &facts.said));
    put(&mut entry, "PRIORITY", priority(level));
    put(&mut entry, "SYSLOG_IDENTIFIER", "touchbase");
    put(&mut entry, "TOUCHBASE_TARGET", target);
    for (name, value) in &facts.fields {
        put(&mut entry, &format!("TOUCHBASE_{}", name.to_ascii_uppercase().replace(['.', '-'], "_")), value);
    }
    entry
}

/// syslog(3)'s severities.
fn priority(level: Level) -> &'static str {
    match level {
        Level::ERROR => "3",
        Level::WARN => "4",
        Level::INFO => "6",
        Level::DEBUG | Level::TRACE => "7",
    }
}

/// One field; with its length before it when it has several lines.
fn put(entry: &mut Vec<u8>, name: &str, value: &str) {
    let value = value.get(..value.floor_char_boundary(LONGEST)).unwrap_or_default();
    entry.extend_from_slice(name.as_bytes());
    if value.contains('\n') {
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value.as_bytes());
    entry.push(b'\n');
}

/// The facts of an event, in their order.
#[derive(Default)]
struct Facts {
    /// Whether addresses in them are masked.
    masks: bool,
    message: String,
    /// ` name=value` for each.
    said: String,
    fields: Vec<(&'static str, String)>,
}

impl Facts {
    fn note(&mut self, field: &Field, value: String) {
        let value = if self.masks { masked(&value).into_owned() } else { value };
        match field.name() {
            "message" => self.message = value,
            name => {
                // A String takes whatever is written into it.
                let _ = write!(self.said, " {name}={value}");
                self.fields.push((name, value));
            }
        }
    }
}

impl Visit for Facts {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.note(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.note(field, value.to_owned());
    }
}

impl Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Journal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_fields_and_can_be_read_in_the_message() {
        let facts = Facts {
            masks: true,
            message: "mailbox cannot be read".into(),
            said: " mailbox=capture lag=3".into(),
            fields: vec![("mailbox", "capture".into()), ("lag", "3".into())],
        };
        let sent = String::from_utf8(entry(Level::WARN, "touchbase::daemon", facts)).unwrap();
        let expected = "MESSAGE=mailbox cannot be read mailbox=capture lag=3\nPRIORITY=4\nSYSLOG_IDENTIFIER=touchbase\n\
                        TOUCHBASE_TARGET=touchbase::daemon\nTOUCHBASE_MAILBOX=capture\nTOUCHBASE_LAG=3\n";
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_value_of_several_lines_cannot_make_up_a_field() {
        let mut sent = Vec::new();
        put(&mut sent, "MESSAGE", "one\nPRIORITY=0");
        assert_eq!(sent, b"MESSAGE\n\x0e\0\0\0\0\0\0\0one\nPRIORITY=0\n");
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let mut sent = Vec::new();
        put(&mut sent, "A", &"é".repeat(LONGEST));
        assert_eq!(sent.len(), "A=".len() + LONGEST + 1);
    }
}
