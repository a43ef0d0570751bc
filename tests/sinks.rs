//! A stranger's words in everything the program prints or writes, read again by the parsers that people's tools are
//! made of: an HTML5 tree builder, a CommonMark parser, a CSV reader, a terminal's state machine and a JSON reader.
//! Nothing of a mail may become an element, a link, a formula or an escape sequence.
//!
//! Every payload comes in by mail in every place that a mail has: subject, names, text, the name of a file; from a
//! contact, from a stranger, and from somebody who pretends to be one of us.

#[path = "sinks/cell.rs"]
mod cell;
#[path = "sinks/letter.rs"]
mod letter;
#[path = "sinks/mails.rs"]
mod mails;
#[path = "sinks/markdown.rs"]
mod markdown;
#[path = "sinks/page.rs"]
mod page;
#[path = "sinks/payloads.rs"]
mod payloads;
#[path = "it/program.rs"]
mod program;
#[path = "sinks/screen.rs"]
mod screen;
