//! Which parts of a large mail are fetched, and how they become a mail again.
//!
//! The words cross the wire and the files stay: every header, every text, every mail within that is small or can be
//! taken apart itself. The mail is put together again from the server's own bytes: each part's header as it stood,
//! each boundary as declared. A file that stayed keeps its header, which gets one more field ([`LEFT_OUT`]) with the
//! number of encoded bytes that are not here, and, where it is base64, its last line, so that its size is known
//! (of a large file to two bytes, see [`COUNTED`]). So reading that mail comes to the same as reading all of it: what
//! reading looks at is there, byte for byte, and of the rest it only ever used the size.
//!
//! Whatever is odd (a multipart without a boundary, one whose header declares another, parts without end) has no
//! plan, and the mail is fetched whole.

use std::collections::BTreeMap;

use super::structure::Part;
use crate::mail::parse::LEFT_OUT;

/// Mails up to so many bytes are fetched whole without a question.
pub const LARGE: u64 = 64 * 1024;
/// A plan that leaves less than this on the server is not worth it.
const WORTH: u64 = 32 * 1024;
/// Parts of a mail that are fetched.
const MOST_PARTS: usize = 60;
/// Bytes of the mail's header, and of a part's.
const HEADER: u64 = 1024 * 1024;
const PART_HEADER: u64 = 64 * 1024;
/// Bytes of a text that are fetched when it is not encoded: more than are read of it in any charset.
const TEXT: u64 = 2 * 1024 * 1024 + 64;
/// Encoded bytes of a mail within that cannot be taken apart.
const MAIL: u64 = 16 * 1024 * 1024;
/// Encoded bytes of a file up to which its last line is fetched for its very size. A server that keeps mails with
/// other line ends than it sends (Dovecot, as a rule) reads all of a part to find its end: with 5 % of the mails
/// carrying files, that was an eighth of the time of reading them. Without it a size is at most two bytes too large.
const COUNTED: u64 = 1024 * 1024;
/// A line of base64 with its end, and what it holds.
const BASE64_LINE: u64 = 78;

/// What is asked for, in the order in which it stands in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pieces: Vec<Piece>,
    /// About how many bytes come.
    pub bytes: u64,
    /// How many encoded bytes stay.
    pub left: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A section's beginning, or what follows its first `from` bytes.
    Section { name: String, from: u64, most: u64 },
    /// The header of a part: its section, the boundary it has to declare, what is left out of the part.
    Header { name: String, most: u64, boundary: Vec<u8>, left: u64 },
    /// Between the parts.
    Text(Vec<u8>),
}

impl Plan {
    /// The plan for a mail; `None` when it is better fetched whole.
    pub fn of(mail: &Part) -> Option<Plan> {
        let mut plan = Plan { pieces: Vec::new(), bytes: 0, left: 0 };
        plan.mail("", mail)?;
        (plan.pieces.len() <= MOST_PARTS * 4 && plan.left >= WORTH).then_some(plan)
    }

    /// The items of a FETCH command. Made of numbers alone, nothing of a stranger's.
    pub fn items(&self) -> String {
        let items = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Section { name, from, most } => Some(format!("BODY.PEEK[{name}]<{from}.{most}>")),
            Piece::Header { name, most, .. } => Some(format!("BODY.PEEK[{name}]<0.{most}>")),
            Piece::Text(_) => None,
        });
        items.collect::<Vec<_>>().join(" ")
    }

    /// The mail from the sections that came; `None` when one is missing or says something else than the structure.
    pub fn mail_from(&self, sections: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
        let mut mail = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Section { name, .. } => mail.extend_from_slice(sections.get(name)?),
                Piece::Text(text) => mail.extend_from_slice(text),
                Piece::Header { name, boundary, left, .. } => {
                    let header = sections.get(name)?.trim_ascii_end();
                    memchr::memmem::find(header, boundary)?;
                    if !header.is_empty() {
                        mail.extend_from_slice(header);
                        mail.extend_from_slice(b"\r\n");
                    }
                    if *left > 0 {
                        mail.extend_from_slice(format!("{LEFT_OUT}: {left}\r\n").as_bytes());
                    }
                    mail.extend_from_slice(b"\r\n");
                }
            }
        }
        Some(mail)
    }

    /// A mail: its header, its body. The number of its first part is below `path`.
    fn mail(&mut self, path: &str, body: &Part) -> Option<()> {
        let header = if path.is_empty() { "HEADER".to_owned() } else { format!("{path}.HEADER") };
        // A body that is no multipart is the mail's part number one.
        let inner = if body.is_multipart() { path.to_owned() } else { below(path, 1) };
        self.part(header, HEADER, &inner, body)
    }

    /// A part: its header, named already, and its content.
    fn part(&mut self, header: String, most: u64, path: &str, part: &Part) -> Option<()> {
        let (boundary, content) = (part.boundary.clone(), content(part));
        let left = match content {
            Content::Start(most) => part.octets.saturating_sub(most),
            Content::End(from) => from,
            Content::Within | Content::Mail => 0,
        };
        self.left += left;
        self.bytes += 2_000;
        self.pieces.push(Piece::Header { name: header, most, boundary, left });
        let name = path.to_owned();
        match content {
            Content::Within => return self.parts(path, part),
            Content::Mail => return self.mail(path, part.within.first()?),
            Content::Start(most) => self.section(name, 0, most.min(part.octets)),
            Content::End(from) => self.section(name, from, part.octets.saturating_sub(from)),
        }
        Some(())
    }

    fn section(&mut self, name: String, from: u64, most: u64) {
        if most > 0 {
            self.bytes += most;
            self.pieces.push(Piece::Section { name, from, most });
        }
    }

    fn parts(&mut self, path: &str, multipart: &Part) -> Option<()> {
        let delimiter = multipart.boundary.as_slice();
        if delimiter.is_empty() || delimiter.len() > 200 || multipart.within.is_empty() {
            return None;
        }
        for (index, part) in multipart.within.iter().enumerate() {
            let path = below(path, index + 1);
            self.pieces.push(Piece::Text([b"--", delimiter, b"\r\n"].concat()));
            self.part(format!("{path}.MIME"), PART_HEADER, &path, part)?;
            self.pieces.push(Piece::Text(b"\r\n".to_vec()));
            if self.pieces.len() > MOST_PARTS * 4 {
                return None;
            }
        }
        self.pieces.push(Piece::Text([b"--", delimiter, b"--\r\n"].concat()));
        Some(())
    }
}

/// What of a part is fetched.
enum Content {
    /// So much of its beginning.
    Start(u64),
    /// What follows so many bytes.
    End(u64),
    /// Its parts.
    Within,
    /// The mail that it is, taken apart in turn.
    Mail,
}

/// Only what is surely a file stays; the questions are those of `mail::parse::content`.
fn content(part: &Part) -> Content {
    let (main, sub) = part.media_type.split_once('/').unwrap_or_default();
    let plain = !matches!(part.encoding.as_str(), "base64" | "quoted-printable");
    match main {
        "multipart" => Content::Within,
        "message" if plain && part.octets > LARGE && !part.within.is_empty() => Content::Mail,
        "message" => Content::Start(MAIL),
        _ if part.named_mail => Content::Start(MAIL),
        "text" if part.attachment && !matches!(sub, "calendar" | "rfc822-headers") => file(part),
        "text" => text(part),
        _ if matches!(part.media_type.as_str(), "application/ics" | "application/xhtml+xml") => text(part),
        _ => file(part),
    }
}

/// As much of a text as is read of it (`mail::parse::decode`).
fn text(part: &Part) -> Content {
    Content::Start(match part.encoding.as_str() {
        "base64" => TEXT * 3 / 2,
        "quoted-printable" => TEXT * 4,
        _ => TEXT,
    })
}

/// The last line of base64 tells how much it holds; nothing of another file is needed, as long as it is worth leaving,
/// nor of a large one.
fn file(part: &Part) -> Content {
    match part.encoding.as_str() {
        _ if part.octets <= BASE64_LINE * 4 => Content::Start(part.octets),
        "base64" if part.octets <= COUNTED => Content::End((part.octets - 1) / BASE64_LINE * BASE64_LINE),
        _ => Content::End(part.octets),
    }
}

fn below(path: &str, number: usize) -> String {
    if path.is_empty() { number.to_string() } else { format!("{path}.{number}") }
}
