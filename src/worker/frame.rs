//! What goes over the pipes: a length (four bytes, little-endian), then that many bytes.
//!
//! The daemon sends the rules once, then for every few mails their [`Request`]s
//! and their bytes, one mail behind the other; the worker answers with [`Answers`].

use std::io::{self, Read, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::mailbox::{Delivery, Mailbox, Route};
use crate::pipeline::Understood;

/// Bytes of a mail that a worker takes.
pub const MAIL_LIMIT: usize = 160 * 1024 * 1024;
/// Bytes of anything else in a frame; an answer holds at most a few bodies.
pub const FRAME_LIMIT: usize = 48 * 1024 * 1024;

/// A delivery but for its bytes, and how to read it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    headers_only: bool,
    mailbox: Mailbox,
    route: Route,
    sent_folder: bool,
    arrived: Timestamp,
    size: u64,
    /// How many of the bytes are this mail's.
    length: u32,
}

impl Request {
    /// The request for a delivery.
    pub fn of(delivery: &Delivery, headers_only: bool) -> Request {
        Request {
            headers_only,
            mailbox: delivery.mailbox.clone(),
            route: delivery.route,
            sent_folder: delivery.sent_folder,
            arrived: delivery.arrived,
            size: delivery.size,
            length: u32::try_from(sent(delivery).len()).unwrap_or(u32::MAX),
        }
    }

    /// How many of the bytes that follow are its mail's.
    pub fn length(&self) -> usize {
        self.length as usize
    }

    /// The delivery again, and whether only its header shall be read.
    pub fn delivery(self, bytes: Vec<u8>) -> (Delivery, bool) {
        let Request { headers_only, mailbox, route, sent_folder, arrived, size, .. } = self;
        (Delivery { mailbox, route, sent_folder, arrived, bytes, size }, headers_only)
    }
}

/// As much of a mail as a worker takes.
pub fn sent(delivery: &Delivery) -> &[u8] {
    delivery.bytes.get(..MAIL_LIMIT).unwrap_or(&delivery.bytes)
}

/// What a worker says of the mails it was given.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answers {
    /// What it understood of each, in their order, or why not.
    pub results: Vec<Result<Understood, String>>,
    /// Its memory now, in bytes.
    pub resident: u64,
}

/// The bytes of a frame's content.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Writing plain data to memory has no way to fail; an empty frame would be refused by the reader.
    postcard::to_stdvec(value).unwrap_or_default()
}

/// The value of a frame's content.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    postcard::from_bytes(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The length that stands before a frame.
pub fn length(bytes: usize) -> io::Result<[u8; 4]> {
    u32::try_from(bytes).map(u32::to_le_bytes).map_err(|_| too_long())
}

/// The length read back, if it is not above the limit.
pub fn checked_length(bytes: [u8; 4], limit: usize) -> io::Result<usize> {
    let length = usize::try_from(u32::from_le_bytes(bytes)).map_err(|_| too_long())?;
    if length > limit { Err(too_long()) } else { Ok(length) }
}

/// Reads a frame; `None` at the end of the stream.
pub fn read(input: &mut impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut bytes = vec![0; checked_length(length, limit)?];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// Adds a frame to what is to be written.
pub fn put(out: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    out.extend_from_slice(&length(bytes.len())?);
    out.extend_from_slice(bytes);
    Ok(())
}

/// Writes a frame.
pub fn write(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&length(bytes.len())?)?;
    output.write_all(bytes)?;
    output.flush()
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than its limit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Address, Attachment, Defect, MessageId, Moment, Participant, Role, Untrusted};
    use crate::trust::{Authenticated, Verdict};
    use crate::understand::{
        AutoReply, Automation, Capture, Command, Direction, Envelope, Evidence, Exchange, FailedRecipient,
        ForwardingRequest, Kind, Reading, Signal, SignalKind,
    };

    #[test]
    fn frames_come_back_as_they_went() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"one").unwrap();
        write(&mut pipe, b"").unwrap();
        let mut input = pipe.as_slice();
        assert_eq!(read(&mut input, 10).unwrap(), Some(b"one".to_vec()));
        assert_eq!(read(&mut input, 10).unwrap(), Some(vec![]));
        assert_eq!(read(&mut input, 10).unwrap(), None);
    }

    /// A value in every place that could be empty, so that none of the types loses or refuses anything on the way.
    fn everything() -> Understood {
        let address = || Address::parse("ann@acme.example").unwrap();
        let moment = Moment::from_header("20 Nov 2026 09:12 +0100");
        let exchange = Exchange {
            kind: Kind::Meeting,
            direction: Direction::Inbound,
            capture: Capture::Attached,
            message_id: MessageId::parse("<1@x>"),
            occurred_at: moment,
            exact: true,
            subject: Untrusted::new("é"),
            author: Participant { role: Role::From, name: Some(Untrusted::new("Ann")), address: Some(address()) }
                .into(),
            recipients: vec![Participant { role: Role::Attendee, name: None, address: None }],
            body: Untrusted::new("body"),
            text: Untrusted::new("text"),
            signature: Some(Untrusted::new("signature")),
            comment: Some(Untrusted::new("comment")),
            automation: Automation::Bulk,
            conversation: MessageId::parse_all("<1@x> <2@x>"),
            signals: vec![Signal {
                signal: SignalKind::LeftCompany,
                sentence: Untrusted::new("gone"),
                due: Some(jiff::civil::date(2026, 11, 20)),
            }],
            attachments: vec![Attachment { name: None, media_type: "a/b".into(), bytes: 7 }],
            interleaved: true,
            answered: vec![Untrusted::new("quoted")],
        };
        let envelope = Envelope { date: moment, defects: vec![Defect::new("kind", "detail")], ..Envelope::default() };
        let reading = Reading {
            envelope,
            author_is_team: true,
            automation: Automation::AutoReply,
            auto_reply: Some(AutoReply::Left { successors: vec![address()] }),
            failed: vec![FailedRecipient { address: address(), permanent: true, status: Some("5.1.1".into()) }],
            own_report: true,
            forwarding_request: Some(ForwardingRequest { account: None, code: "123456".into(), link: None }),
            commands: vec![Command::Private, Command::Customer("acme".into()), Command::Done(3)],
            answers: crate::mail::MessageId::parse("<report@us.example>"),
            exchanges: vec![exchange],
            evidence: vec![Evidence::new("text", "answer", "rule").at_line(3, "words")],
        };
        let verdict = Verdict { authenticated: Authenticated::Fail, by: Some("mx".into()), reason: "r".into() };
        Understood { reading, verdict }
    }

    #[test]
    fn an_answer_crosses_whole() {
        let answers = Answers { results: vec![Ok(everything()), Err("why".into())], resident: 1 };
        let back: Answers = decode(&encode(&answers)).unwrap();
        assert_eq!((back.results, back.resident), (answers.results, answers.resident));
    }

    #[test]
    fn frames_that_lie_are_refused() {
        assert!(read(&mut &[255, 255, 255, 255, 0][..], 10).is_err());
        assert!(read(&mut &[5, 0, 0, 0, 1][..], 10).is_err());
        assert!(decode::<Answers>(b"garbage").is_err());
    }
}
