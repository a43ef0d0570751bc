//! What a mail means, read from the mail alone: whose words, which words, written by a person or not.
//!
//! Pure and total: any mail gives a [`Reading`], and every answer carries its
//! [`Evidence`]. Who the people are is asked elsewhere ([`crate::contacts`]),
//! whether the author may be believed as well ([`crate::trust`]).

mod armour;
pub mod attached;
mod attribution;
pub mod auto_reply;
pub mod automation;
pub mod block;
pub mod bounce;
mod boundary;
pub mod bulk;
pub mod calendar;
pub mod content;
pub mod content_words;
pub mod direction;
mod disclaimer;
pub mod due;
pub mod exchange;
pub mod forward;
pub mod forwarding_request;
pub mod icalendar;
pub mod labels;
mod letters;
mod lines;
pub mod note;
pub mod orders;
pub mod own_report;
pub mod people;
pub mod phrases;
pub mod plain;
mod prefix;
pub(crate) mod prepared;
mod read;
pub mod recipient;
pub mod redirect;
pub mod reply;
mod said;
pub mod sentence;
pub mod separators;
pub mod shape;
pub mod signal;
pub mod signature;
pub mod subject;
pub mod team;
pub mod weight;
pub mod when;
mod wordlist;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::mail::{Address, Attachment, Defect, Domain, MessageId, Moment, Participant, Untrusted};

pub use forwarding_request::ForwardingRequest;
pub use read::{Wanted, understand, understand_with};

/// Our side: who may BCC and forward, and where they send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Our people's addresses, normalised (see [`Address::key`](crate::mail::Address::key)).
    pub addresses: Vec<Address>,
    /// Our domains: everybody there is a colleague. Subdomains are not.
    pub domains: Vec<Domain>,
    /// Addresses that only exist to record: never people, neither ours nor a customer's.
    pub capture_addresses: Vec<Address>,
    /// Treat every mail's author as a colleague (`explain --assume-team`).
    pub assume: bool,
}

/// What was understood of one mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The carrier's own facts.
    pub envelope: Envelope,
    /// Whether the carrier's one author is one of us by address (or assumed to be). Not yet believed.
    pub author_is_team: bool,
    /// Whether the carrier was written by a person.
    pub automation: Automation,
    /// What kind of automatic answer it is, when it is one.
    pub auto_reply: Option<AutoReply>,
    /// Recipients that a bounce says failed.
    pub failed: Vec<FailedRecipient>,
    /// Whether it is a mail that touchbase itself sent.
    pub own_report: bool,
    /// A provider's request to forward somebody's mail to us.
    pub forwarding_request: Option<ForwardingRequest>,
    /// `#private`, `#skip`, `@customer` in the first new line, `done 3` in an answer to a report; obeyed only from
    /// trusted colleagues.
    pub commands: Vec<Command>,
    /// The report of ours that it answers, by its identifier's shape: whether we sent it, the record knows.
    pub answers: Option<MessageId>,
    /// The exchanges it reports: one, several for attached mails, none when it holds nothing.
    pub exchanges: Vec<Exchange>,
    /// Why, answer by answer.
    pub evidence: Vec<Evidence>,
}

/// The carrier's own facts, as `explain` shows them under `mail`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Its Message-ID.
    pub message_id: Option<MessageId>,
    /// Its Date.
    pub date: Option<Moment>,
    /// Its Subject.
    pub subject: Untrusted,
    /// Its From, To and Cc.
    pub participants: Vec<Participant>,
    /// Its size as delivered.
    pub bytes: u64,
    /// What was wrong with it.
    pub defects: Vec<Defect>,
}

/// One exchange as the mail tells it; people are not matched yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Mail, note or meeting.
    pub kind: Kind,
    /// By author: ours is outbound.
    pub direction: Direction,
    /// How it came to us.
    pub capture: Capture,
    /// The original's Message-ID where it is known.
    pub message_id: Option<MessageId>,
    /// When the original was sent; `None` when nothing says so.
    pub occurred_at: Option<Moment>,
    /// Whether the mail stated the instant with its offset.
    pub exact: bool,
    /// The original's own subject, prefixes included.
    pub subject: Untrusted,
    /// Who wrote it; `None` when the mail does not tell.
    pub author: Option<Participant>,
    /// To, Cc, Bcc (and attendees), capture addresses left out.
    pub recipients: Vec<Participant>,
    /// Everything below the original's headers.
    pub body: Untrusted,
    /// Only its newly written words: neither quotes nor signature.
    pub text: Untrusted,
    /// The signature, if there is one.
    pub signature: Option<Untrusted>,
    /// What the forwarder wrote around it.
    pub comment: Option<Untrusted>,
    /// Whether a person wrote the original.
    pub automation: Automation,
    /// References, root first, parent last.
    pub conversation: Vec<MessageId>,
    /// What the phrase lists found in `text`.
    pub signals: Vec<Signal>,
    /// Names, types and sizes of attached files.
    pub attachments: Vec<Attachment>,
    /// Whether it quotes lines and its author's new words stand directly below them.
    pub interleaved: bool,
    /// The quoted words that it answers directly below them: at most 40 passages of at most 500 bytes, in order.
    pub answered: Vec<Untrusted>,
}

/// What sort of event an exchange was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A mail.
    Email,
    /// A colleague's note to self: a call, a lunch.
    Note,
    /// Calendar mail.
    Meeting,
}

/// Which way the words went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From outside to us.
    Inbound,
    /// From us to outside.
    Outbound,
    /// Among us.
    Internal,
}

/// How an exchange came to us (product.md, "How mail gets in").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// The capture address stands in To or Cc, or nothing says otherwise.
    Direct,
    /// A colleague's mail with our address in no header.
    Bcc,
    /// Forwarded inline.
    Forward,
    /// Forwarded as an attachment.
    Attached,
    /// Redirected or auto-forwarded: From is still the original's.
    Redirect,
    /// Found in a watched mailbox.
    Watched,
    /// History.
    Import,
    /// A note to self.
    Note,
}

/// Whether a person wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Automation {
    /// A person did.
    #[default]
    None,
    /// An automatic answer (RFC 3834).
    AutoReply,
    /// A delivery report (RFC 3464).
    Bounce,
    /// A list, a newsletter, a notification.
    Bulk,
    /// Bare calendar mail without words.
    Calendar,
}

/// What an automatic answer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoReply {
    /// Away for a while.
    Away,
    /// Left the organisation; perhaps with who follows.
    Left {
        /// Other addresses of that domain named in it.
        successors: Vec<Address>,
    },
    /// "We received your mail", tickets.
    Received,
    /// Another automatic answer.
    Other,
}

/// One recipient that a bounce names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRecipient {
    /// Whom it did not reach.
    pub address: Address,
    /// Whether trying again is pointless (5.x.x).
    pub permanent: bool,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
}

/// A word to touchbase in the first new line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// `#private`: keep who and when, not the words.
    Private,
    /// `#skip`: record nothing.
    Skip,
    /// `@customer`: it is about that customer.
    Customer(String),
    /// `done 3` in an answer to a report: matter 3 is done.
    Done(i64),
    /// `dismiss 3`: it was none, or does not matter any more.
    Dismiss(i64),
    /// `later 3 friday`: it is not to be told before that day.
    Later(i64, jiff::civil::Date),
    /// `reopen 3`: it is open again.
    Reopen(i64),
}

/// What a phrase list found: one sentence of the new text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Which list.
    pub signal: SignalKind,
    /// The sentence it stands in.
    pub sentence: Untrusted,
    /// For a promise, the day it falls due.
    pub due: Option<jiff::civil::Date>,
}

/// The lists (measures.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Asks for something.
    Ask,
    /// Ends a conversation: thanks, ok.
    Closer,
    /// Thanks.
    Thanks,
    /// Corrects us.
    Correction,
    /// Names a problem.
    Issue,
    /// Says a problem is solved.
    Solved,
    /// Tells of a success.
    Success,
    /// Congratulates.
    Congratulation,
    /// Promises something by a day.
    Promise,
    /// Is about money.
    Money,
    /// Says that somebody left the organisation.
    LeftCompany,
    /// Perhaps corrects us: `actually`, `to clarify`. Too weak to be shown by itself.
    CorrectionHint,
    /// Brings bad news: a delay, a refusal, an apology for either.
    BadNews,
    /// Asks for payment: an invoice, a reminder.
    Dunning,
    /// Accepts a correction: `you are right`, `noted`, `sorry for the mix-up`.
    Acknowledgement,
}

impl SignalKind {
    /// Whether it is shown as a signal (product.md names those); the others only serve the measures.
    pub fn is_told(self) -> bool {
        !matches!(
            self,
            SignalKind::CorrectionHint | SignalKind::BadNews | SignalKind::Dunning | SignalKind::Acknowledgement
        )
    }
}

/// How much of a line evidence shows, in bytes.
const SHOWN: usize = 100;

/// One answer and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was asked: `forward`, `author`, `text`, `automation`, ...
    pub question: Cow<'static, str>,
    /// The answer, free of the mail's own words.
    pub answer: String,
    /// The rule that decided.
    pub rule: String,
    /// The line it rests on, counted from 1 in the text that was read.
    pub line: Option<u32>,
    /// What that line says, or its beginning.
    pub words: Option<Untrusted>,
}

impl Reading {
    /// What is understood of a mail that nobody could read: nothing but its size, in bytes.
    pub fn nothing(bytes: u64) -> Reading {
        Reading {
            envelope: Envelope { bytes, ..Envelope::default() },
            author_is_team: false,
            automation: Automation::None,
            auto_reply: None,
            failed: Vec::new(),
            own_report: false,
            forwarding_request: None,
            commands: Vec::new(),
            answers: None,
            exchanges: Vec::new(),
            evidence: Vec::new(),
        }
    }
}

impl Evidence {
    /// An answer with its rule and no line.
    pub fn new(question: &'static str, answer: impl Into<String>, rule: impl Into<String>) -> Evidence {
        Evidence {
            question: Cow::Borrowed(question),
            answer: answer.into(),
            rule: rule.into(),
            line: None,
            words: None,
        }
    }

    /// The same, resting on line `index` of a text, counted from 0, which says `words`.
    pub fn at_line(mut self, index: usize, words: &str) -> Evidence {
        self.line = u32::try_from(index + 1).ok();
        self.words = Some(Untrusted::new(shape::cut(words, SHOWN)).line(SHOWN)).filter(|words| !words.is_blank());
        self
    }
}
