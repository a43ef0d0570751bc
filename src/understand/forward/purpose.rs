//! What a colleague's mail with a block is for: to report somebody's words, or to answer them.

use crate::mail::{Mail, Participant};
use crate::mailbox::Route;
use crate::understand::block::Block;
use crate::understand::separators::Announcement;
use crate::understand::{Team, subject};

/// The rule by which a mail forwards what its first block introduces; `None` when it answers or only quotes.
pub fn forwards(mail: &Mail, block: &Block, route: Route, team: &Team) -> Option<&'static str> {
    let announced = block.announced == Some(Announcement::Forward);
    let others: Vec<&Participant> = team.written_to(&mail.participants).collect();
    let outsiders = others.iter().filter(|p| !team.has_person(p)).count();
    if !announced && others.iter().any(|p| is_author(p, block)) {
        return None;
    }
    if outsiders == 0 {
        return Some("goes only to us, and holds a header block");
    }
    // Where it is known which addresses record, a mail to outsiders is a mail to them.
    let open = team.capture_addresses.is_empty() && matches!(route, Route::Unknown | Route::Import);
    let subject = mail.subject.raw();
    match (open, announced) {
        (false, _) => None,
        (true, _) if subject::is_reply(subject) => None,
        (true, true) => Some("announced as a forward"),
        (true, false) if subject::is_forward(subject) => Some("header block, and a subject that says forward"),
        (true, false) if block.attribution => None,
        (true, false) => Some("header block, and its author is not written to"),
    }
}

/// Whether somebody written to is the author that the block names: by address, else by name.
fn is_author(person: &Participant, block: &Block) -> bool {
    let Some(author) = &block.author else { return false };
    match (&author.address, &person.address) {
        (Some(author), Some(person)) => author.key() == person.key(),
        _ => same_name(author, person),
    }
}

/// Whether two participants have the same name, `Last, First` or not.
pub fn same_name(one: &Participant, other: &Participant) -> bool {
    let words = |p: &Participant| {
        let name = p.name.as_ref().map_or(String::new(), |n| crate::understand::plain::plain(n.raw()));
        let mut words: Vec<String> = name.split(|c: char| c.is_whitespace() || c == ',').map(str::to_owned).collect();
        words.retain(|w| !w.is_empty());
        words.sort();
        words
    };
    let words_of_one = words(one);
    words_of_one.len() > 1 && words_of_one == words(other)
}

/// The original's subject when its block has none: the carrier's, if that says it was forwarded.
pub fn subject_of_original(carrier: &str) -> Option<&str> {
    let (_, rest) = carrier.split_once([':', '：'])?;
    subject::is_forward(carrier).then_some(rest.trim())
}
