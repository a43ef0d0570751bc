//! The report as a mail: text and HTML side by side, marked so that nobody answers it by machine.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::PostmanError;
use crate::mail::{Address, MessageId};

/// One letter, the same for everybody who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whom it is from; shown with our name.
    pub from: Address,
    /// Everybody who gets it.
    pub to: Vec<Address>,
    /// Where answers are read; `None` when nobody reads them but `from`.
    pub reply_to: Option<Address>,
    /// Its identifier, the same each time it is tried.
    pub message_id: MessageId,
    /// When it was written.
    pub written: Timestamp,
    /// The header that tells our mails (`X-Touchbase-Report`), and its value.
    pub mark: (&'static str, String),
    /// What it is about.
    pub subject: String,
    /// As Markdown, for those who read plain text.
    pub text: String,
    /// As a page.
    pub html: String,
}

/// The letter's bytes: multipart/alternative (RFC 2046, 5.1.4), ASCII, no line too long for any server. The same
/// letter has the same bytes.
///
/// # Errors
/// `Refused` for an address that no mail can have.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, PostmanError> {
    let refused = |error: &dyn std::fmt::Display| PostmanError::Refused(format!("cannot write the letter: {error}"));
    let mailbox = |name: Option<&str>, address: &Address| {
        let parsed = address.as_str().parse().map_err(|error: lettre::address::AddressError| refused(&error));
        parsed.map(|address| Mailbox::new(name.map(str::to_owned), address))
    };
    let seconds = Duration::from_secs(letter.written.as_second().unsigned_abs());
    let mut message = Message::builder()
        .from(mailbox(Some("touchbase"), &letter.from)?)
        .subject(&letter.subject)
        .date(SystemTime::UNIX_EPOCH + seconds)
        .message_id(Some(letter.message_id.as_str().to_owned()));
    for address in &letter.to {
        message = message.to(mailbox(None, address)?);
    }
    if let Some(address) = &letter.reply_to {
        message = message.reply_to(mailbox(Some("touchbase"), address)?);
    }
    let (mark, day) = &letter.mark;
    // RFC 3834, 5; the second is Microsoft's. No Precedence and no List field: it is a letter to colleagues.
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), (mark, day)] {
        message = message.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let part = |kind: ContentType, words: &str| SinglePart::builder().header(kind).body(words.to_owned());
    let both = MultiPart::alternative()
        .boundary(boundary(&letter.message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    Ok(message.multipart(both).map_err(|error| refused(&error))?.formatted())
}

/// A line that stands in no letter, the same each time: the identifier's own letters.
fn boundary(id: &MessageId) -> String {
    let plain: String = id.as_str().chars().filter(char::is_ascii_alphanumeric).take(50).collect();
    format!("=_{plain}")
}
