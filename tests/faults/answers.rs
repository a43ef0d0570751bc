//! What an ordinary server answers (RFC 3501, RFC 2177), as far as the client asks.

use super::fault::{Answer, Step};
use super::folder::{Deed, Folder, Mail};
use super::server::{ServerTls, Traits};

/// What a connection has been told of the folder: the UIDs in the order of their sequence numbers.
#[derive(Debug, Default)]
pub struct View {
    uids: Option<Vec<u64>>,
}

impl View {
    /// What has changed since the client was last told, told now.
    pub fn news(&mut self, folder: &Folder) -> Answer {
        let mut untagged = Vec::new();
        let Some(known) = &mut self.uids else { return Answer::default() };
        let now: Vec<u64> = folder.mails.iter().map(|mail| mail.uid).collect();
        for place in (0..known.len()).rev() {
            if !now.contains(&known[place]) {
                untagged.push(line(format!("* {} EXPUNGE", place + 1)));
            }
        }
        known.retain(|uid| now.contains(uid));
        if now.len() > known.len() {
            untagged.push(line(format!("* {} EXISTS", now.len())));
        }
        *known = now;
        Answer { untagged, ..Answer::default() }
    }

    fn place(&self, uid: u64) -> Option<usize> {
        self.uids.as_ref()?.iter().position(|known| *known == uid).map(|place| place + 1)
    }
}

/// Which step of the protocol a command is.
pub fn step(command: &str) -> Step {
    let starts = |words: &str| command.starts_with(words);
    match command {
        "CAPABILITY" => Step::Capability,
        "STARTTLS" => Step::StartTls,
        "NOOP" => Step::Noop,
        "IDLE" => Step::Idle,
        "DONE" => Step::Done,
        "LOGOUT" => Step::Logout,
        _ if starts("LOGIN ") => Step::Login,
        _ if starts("AUTHENTICATE ") => Step::Authenticate,
        _ if starts("ID ") => Step::Id,
        _ if starts("LIST ") => Step::List,
        _ if starts("EXAMINE ") => Step::Examine,
        _ if starts("SELECT ") => Step::Select,
        _ if starts("UID STORE ") => Step::Store,
        _ if starts("UID EXPUNGE ") => Step::Expunge,
        _ if starts("UID MOVE ") => Step::Move,
        _ if starts("UID COPY ") => Step::Copy,
        _ if starts("CREATE ") => Step::Create,
        _ if starts("UID SEARCH ") => Step::Search,
        _ if starts("FETCH ") => Step::LastUid,
        _ if starts("UID FETCH ") && command.contains("(UID RFC822.SIZE") => Step::Enumerate,
        _ if starts("UID FETCH ") && command.contains("(UID BODYSTRUCTURE") => Step::Structure,
        _ if starts("UID FETCH ") && command.contains("(UID BODY.PEEK[]") => Step::Fetch,
        _ if starts("UID FETCH ") && command.contains("(UID BODY.PEEK[") => Step::Parts,
        _ => Step::Other,
    }
}

/// The honest answer.
pub fn honest(step: Step, tag: &str, command: &str, view: &mut View, folder: &Folder, traits: &Traits) -> Answer {
    let mut answer = Answer { tag: tag.to_owned(), tagged: line(format!("{tag} OK done")), ..Answer::default() };
    match step {
        Step::Capability => {
            let start = if matches!(traits.tls, ServerTls::Start(_)) { " STARTTLS" } else { "" };
            answer.untagged.push(line(format!("* CAPABILITY {}{start}", traits.capabilities)));
        }
        Step::Authenticate | Step::Idle => {
            answer.untagged.push(line("+ go on".into()));
            answer.tagged.clear();
        }
        Step::Id => answer.untagged.push(line("* ID (\"name\" \"faulty\")".into())),
        Step::List => answer.untagged.push(line("* LIST (\\HasNoChildren) \"/\" Customers".into())),
        Step::Examine => examine(&mut answer, "READ-ONLY", view, folder, traits),
        Step::Select => examine(&mut answer, "READ-WRITE", view, folder, traits),
        Step::Move | Step::Copy if folder.other.is_none() => {
            answer.tagged = line(format!("{tag} NO [TRYCREATE] there is no such folder"));
        }
        Step::Store | Step::Expunge | Step::Move | Step::Copy | Step::Create => {
            answer.deed = deed(step, command, folder)
        }
        Step::Search => {
            let found = wanted(command.split(' ').nth(3).unwrap_or_default(), folder);
            let uids: Vec<String> = found.iter().map(|mail| mail.uid.to_string()).collect();
            answer.untagged.push(line(format!("* SEARCH {}", uids.join(" ")).trim_end().to_owned()));
        }
        Step::LastUid => {
            let place = command.split(' ').nth(1).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
            // Numbers mean what this connection was told last, whatever has happened since.
            let uids = view.uids.as_deref().unwrap_or_default();
            if let Some(uid) = place.checked_sub(1).and_then(|place| uids.get(place)) {
                answer.untagged.push(line(format!("* {place} FETCH (UID {uid})")));
            }
        }
        Step::Enumerate | Step::Structure | Step::Parts | Step::Fetch => {
            fetch(&mut answer, step, command, view, folder)
        }
        Step::Noop => answer.untagged = view.news(folder).untagged,
        Step::Logout => answer.untagged.push(line("* BYE".into())),
        Step::Other => answer.tagged = line(format!("{tag} BAD what")),
        _ => {}
    }
    // Whatever was asked, what is new is told along with it.
    if matches!(step, Step::Enumerate | Step::Fetch | Step::Done) {
        answer.untagged.extend(view.news(folder).untagged);
    }
    answer
}

/// What a command wants done to the folder.
fn deed(step: Step, command: &str, folder: &Folder) -> Option<Deed> {
    let uids = wanted(command.split(' ').nth(2).unwrap_or_default(), folder).iter().map(|mail| mail.uid).collect();
    match step {
        Step::Store if command.ends_with("+FLAGS.SILENT (\\Seen)") => Some(Deed::See(uids)),
        Step::Store if command.ends_with("+FLAGS.SILENT (\\Deleted)") => Some(Deed::Mark(uids)),
        Step::Expunge => Some(Deed::Expunge(uids)),
        Step::Move => Some(Deed::Move(uids)),
        Step::Copy => Some(Deed::Copy(uids)),
        Step::Create => Some(Deed::Create),
        _ => None,
    }
}

fn examine(answer: &mut Answer, how: &str, view: &mut View, folder: &Folder, traits: &Traits) {
    view.uids = Some(folder.mails.iter().map(|mail| mail.uid).collect());
    answer.untagged = vec![
        line("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)".into()),
        line("* OK [PERMANENTFLAGS ()] flags".into()),
        line(format!("* {} EXISTS", folder.mails.len())),
        line("* 0 RECENT".into()),
        line(format!("* OK [UIDVALIDITY {}] valid", folder.validity)),
    ];
    if traits.tells_next {
        answer.untagged.push(line(format!("* OK [UIDNEXT {}] next", folder.next)));
    }
    answer.tagged = line(format!("{} OK [{how}] opened", answer.tag));
}

fn fetch(answer: &mut Answer, step: Step, command: &str, view: &View, folder: &Folder) {
    for mail in wanted(command.split(' ').nth(2).unwrap_or_default(), folder) {
        // A mail that this connection has not been told of has no sequence number in it yet.
        let Some(place) = view.place(mail.uid) else { continue };
        let start = format!("* {place} FETCH (UID {} ", mail.uid);
        let response = match step {
            Step::Enumerate => {
                answer.listed.push(mail.number);
                format!("{start}RFC822.SIZE {} INTERNALDATE \"{}\")\r\n", mail.size, mail.arrived).into_bytes()
            }
            Step::Structure => format!("{start}BODYSTRUCTURE {})\r\n", mail.structure).into_bytes(),
            Step::Parts => parts(&start, command, mail),
            _ => [format!("{start}BODY[] {{{}}}\r\n", mail.bytes.len()).as_bytes(), &mail.bytes, b")\r\n"].concat(),
        };
        answer.untagged.push(response);
    }
}

/// The sections asked for: `BODY.PEEK[1.MIME]<0.65536>`.
fn parts(start: &str, command: &str, mail: &Mail) -> Vec<u8> {
    let mut response = start.trim_end().as_bytes().to_vec();
    for item in command.split("BODY.PEEK[").skip(1) {
        let Some((name, range)) = item.split_once("]<") else { continue };
        let range: String = range.chars().take_while(|c| *c != '>').collect();
        let Some((from, most)) = range.split_once('.') else { continue };
        let (from, most) = (from.parse().unwrap_or(0), most.parse().unwrap_or(0usize));
        let whole = mail.sections.get(name).map(Vec::as_slice).unwrap_or_default();
        let part = whole.get(from..).map(|rest| &rest[..rest.len().min(most)]).unwrap_or_default();
        response.extend_from_slice(format!(" BODY[{name}]<{from}> {{{}}}\r\n", part.len()).as_bytes());
        response.extend_from_slice(part);
    }
    response.extend_from_slice(b")\r\n");
    response
}

/// The mails of a set of UIDs.
fn wanted<'a>(set: &str, folder: &'a Folder) -> Vec<&'a Mail> {
    let ranges: Vec<(u64, u64)> = set
        .split(',')
        .filter_map(|range| {
            let (low, high) = range.split_once(':').unwrap_or((range, range));
            Some((low.parse().ok()?, high.parse().ok()?))
        })
        .collect();
    let in_set = |uid: u64| ranges.iter().any(|(low, high)| (*low..=*high).contains(&uid));
    folder.mails.iter().filter(|mail| in_set(mail.uid)).collect()
}

fn line(text: String) -> Vec<u8> {
    (text + "\r\n").into_bytes()
}
