//! No address in the log above debug: whatever else an event tells, servers' own words included.
//!
//! A server that refuses a letter or a login names whom it means, and a contacts file with a mistake its people.
//! Such words are told as they are, but for the part before the `@`.

use std::borrow::Cow;
use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// What stands for the part before the `@`.
const MASK: &str = "…";

/// Whether events of this level may name addresses.
pub fn may_name(level: Level) -> bool {
    level > Level::INFO
}

/// The text with the local part of everything that looks like an address (RFC 5322, 3.4.1) masked.
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        match local_part(before) {
            Some(start) if is_domain(after) => {
                told += before.get(..start).unwrap_or_default();
                told += MASK;
            }
            _ => told += before,
        }
        told.push('@');
        rest = after;
    }
    if told.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(told + rest)
}

/// Where the local part begins that `text` ends with; `None` without one.
fn local_part(text: &str) -> Option<usize> {
    if let Some(quoted) = text.strip_suffix('"') {
        return quoted.rfind('"');
    }
    let word = |c: char| !c.is_whitespace() && !c.is_control() && !"()<>[]:;@\\,\"'`".contains(c);
    let start = text.len() - text.chars().rev().take_while(|c| word(*c)).map(char::len_utf8).sum::<usize>();
    (start < text.len()).then_some(start)
}

/// Whether `text` begins like a domain.
fn is_domain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '[')
}

/// Standard error, where lines above debug are masked.
pub struct Stderr;

/// One line on its way to [`Stderr`].
pub struct Line {
    masks: bool,
}

impl<'a> MakeWriter<'a> for Stderr {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { masks: true }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Line {
        Line { masks: !may_name(*event.level()) }
    }
}

impl Write for Line {
    /// Takes all of `bytes`: the layer hands over a line at a time.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.masks {
            true => io::stderr().write_all(masked(&String::from_utf8_lossy(bytes)).as_bytes())?,
            false => io::stderr().write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn local_parts_are_masked_wherever_servers_write_them() {
        for (said, told) in [
            (
                "cannot log in to imap.us.example as log@us.example: no",
                "cannot log in to imap.us.example as …@us.example: no",
            ),
            ("550 5.1.1 <ann.li+x@acme.example>: unknown", "550 5.1.1 <…@acme.example>: unknown"),
            ("a@b.example,c=d@e.example", "…@b.example,…@e.example"),
            ("\"Ann Li\"@acme.example", "…@acme.example"),
            ("jörg@bücher.example and ann@[192.0.2.1]", "…@bücher.example and …@[192.0.2.1]"),
            ("routed:a@b@c.example", "routed:…@…@c.example"),
            ("'ann@acme.example' `ann@acme.example`", "'…@acme.example' `…@acme.example`"),
        ] {
            assert_eq!(masked(said), told);
        }
    }

    #[test]
    fn what_is_no_address_is_told_as_it_is() {
        for said in ["", "@acme wrote", "3 @ 5", "a@", "mail settled outcome=Recorded", "@"] {
            assert_eq!(masked(said), said);
        }
    }

    proptest! {
        #[test]
        fn no_local_part_survives(before in "\\PC{0,20}", local in "[a-z0-9.!#$%&*+/=?^_{|}~-]{3,20}", after in "\\PC{0,20}") {
            let said = format!("{before} <{local}@acme.example> {after}");
            let told = masked(&said);
            let address = format!("{local}@");
            prop_assert!(!told.contains(&address), "{}", told);
            prop_assert!(told.contains("@acme.example"));
        }
    }
}
