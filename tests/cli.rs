//! The command line as a user meets it: what goes to which stream, in which shape, with which exit code.

#[path = "cli/check.rs"]
mod check;
#[path = "cli/disk.rs"]
mod disk;
#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "cli/house.rs"]
mod house;
#[path = "cli/imap.rs"]
mod imap;
#[path = "cli/lists.rs"]
mod lists;
#[path = "cli/matters.rs"]
mod matters;
#[path = "cli/people.rs"]
mod people;
#[path = "cli/reading.rs"]
mod reading;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/shell.rs"]
mod shell;
#[path = "cli/signatures.rs"]
mod signatures;
#[path = "cli/trouble.rs"]
mod trouble;
#[path = "cli/unsettled.rs"]
mod unsettled;
