//! Reports by mail, on a real server: Postfix takes them, Dovecot keeps them, touchbase reads them again.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/postfix.rs"]
mod postfix;
#[path = "it/program.rs"]
mod program;
#[path = "mailing/scripted.rs"]
mod scripted;
#[path = "mailing/story.rs"]
mod story;
