//! Notes to self and words to touchbase.
//!
//! A colleague's mail to the capture address alone is a note: a call, a
//! lunch. Whom it is about stands in its words: addresses, `@customer`, or
//! names that the directory knows. `#private`, `#skip` and `@customer` count in
//! the first line only, so that they cannot slip in with quoted words.

use crate::mail::{Address, Mail, Participant, Role};
use crate::mailbox::Route;

use super::{Command, Team, people};

/// More addresses than this in one note name nobody in particular.
const MOST_MENTIONED: usize = 50;

/// Whether a colleague wrote it to nobody but us: only capture addresses, or nobody at all.
pub fn is_note(mail: &Mail, route: Route, team: &Team) -> bool {
    let recorded = matches!(route, Route::Capture | Route::Unknown) || team.sees_itself(mail);
    let undisclosed = mail.headers.first("To").is_some_and(|to| to.to_ascii_lowercase().contains("undisclosed"));
    recorded && team.written_to(&mail.participants).next().is_none() && !undisclosed
}

/// The people whose addresses the words name, ours left out.
pub fn mentioned(text: &str, team: &Team) -> Vec<Participant> {
    let mut found: Vec<Address> = Vec::new();
    for word in text.split_whitespace().filter(|word| word.contains('@')) {
        let Some((address, _)) = people::first_address(word) else { continue };
        let known = found.iter().any(|one| one.key() == address.key());
        if !known && !team.has(&address) && !team.is_capture(&address) {
            found.push(address);
        }
        if found.len() == MOST_MENTIONED {
            break;
        }
    }
    found.into_iter().map(|address| Participant { role: Role::To, name: None, address: Some(address) }).collect()
}

/// The commands in the first line of a colleague's new words, and the words without them. A mention
/// in a sentence (`thanks @ann`) is no command: commands stand at the beginning or the end of the line.
pub fn commands(text: &str) -> (Vec<Command>, String) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut words: Vec<&str> = first.split_whitespace().collect();
    let mut found = Vec::new();
    while let Some(command) = words.first().and_then(|word| command(word)) {
        found.push(command);
        words.remove(0);
    }
    while let Some(command) = words.last().and_then(|word| command(word)) {
        found.push(command);
        words.pop();
    }
    if found.is_empty() {
        return (found, text.to_owned());
    }
    let remaining = [words.join(" "), rest.to_owned()].join("\n");
    (found, remaining.trim().to_owned())
}

fn command(word: &str) -> Option<Command> {
    match word.to_lowercase().as_str() {
        "#private" => return Some(Command::Private),
        "#skip" => return Some(Command::Skip),
        _ => {}
    }
    let name = word.strip_prefix('@')?.trim_end_matches([',', ':', '.', ';']);
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '&'));
    (plain && name.chars().any(char::is_alphanumeric)).then(|| Command::Customer(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_at_either_end_of_the_first_line() {
        let (found, text) = commands("#private @acme: called Ann\n#skip this");
        assert_eq!(found, [Command::Private, Command::Customer("acme".into())]);
        assert_eq!(text, "called Ann\n#skip this");
        assert_eq!(commands("lunch with Ann @acme").1, "lunch with Ann");
        assert_eq!(commands("thanks @ann for this").0, []);
        assert_eq!(commands("write ann@acme.example").0, []);
    }
}
