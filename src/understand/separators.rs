//! Which lines announce a forward, which end one, and which only divide.
//!
//! The words stand in separators.toml; as with labels they are evidence, not
//! a gate. A language whose exact words are missing is read by its stems (a
//! word for forwarding and a word for a message in one short line), and one
//! that is missing altogether by the dashes around the words.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::labels::is_caseless;
use super::plain::{plain, squeezed};
use super::prepared::{self, prepared};

/// How a line above a block announces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Announcement {
    /// Words of a forward, in a language we know.
    Forward,
    /// "Original message", which stands above replies as well.
    Original,
    /// Words between runs of dashes, in a language we do not know.
    Dashed,
    /// A rule: dashes or underscores alone.
    Rule,
    /// `------- Message 2`, between the messages of a digest (RFC 934).
    Next,
}

/// Longer lines separate nothing.
const LONGEST: usize = 160;
/// Drawn in a line of dashes, to cut along.
const SCISSORS: [&str; 3] = ["8<", ">8", "✂"];
/// More words than this are a sentence, not an announcement by stems.
const MOST_WORDS: usize = 5;

/// What a line announces, if it stands above a block.
pub fn announcement(words: &str) -> Option<Announcement> {
    let line = spelled(words)?;
    let core = core(&line);
    if core.is_empty() {
        return (line.chars().filter(|c| is_dash(*c)).count() >= 5).then_some(Announcement::Rule);
    }
    let table = table();
    if known(&table.forward, core) {
        return Some(Announcement::Forward);
    }
    if known(&table.original, core) {
        return Some(Announcement::Original);
    }
    let (before, after) = dashes_around(&line);
    if before >= 3 && is_counted_message(core) {
        return Some(Announcement::Next);
    }
    let set_apart = (before >= 3 && after >= 3) || line.ends_with([':', '：']);
    if set_apart && !is_end(words) && speaks_of_a_forward(core) {
        return Some(Announcement::Forward);
    }
    (before >= 4 && after >= 4 && core.chars().count() <= 60).then_some(Announcement::Dashed)
}

/// `message 2`, `message 2 of 3`.
fn is_counted_message(core: &str) -> bool {
    let mut words = core.split(' ');
    let message = words.next().is_some_and(|word| table().messages.iter().any(|stem| word.starts_with(stem.as_str())));
    let counted = words.next().is_some_and(|word| word.len() <= 3 && word.chars().all(|c| c.is_ascii_digit()));
    message && counted && words.count() <= 2
}

/// What follows an announcement that names the original's author: `Forwarded message from Ann Li on Tue Mar 4 …`.
pub fn told_of_original(words: &str) -> Option<&str> {
    let words = words.trim();
    if words.len() > LONGEST * 2 || !may_tell_of_original(words) || !words.contains(char::is_numeric) {
        return None;
    }
    let ends = words.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take(2 * MOST_WORDS);
    let behind = ends
        .filter_map(|at| words.split_at_checked(at))
        .find(|(start, _)| spelled(start).is_some_and(|start| table().from.contains(core(&start))));
    behind
        .map(|(_, rest)| rest.trim_matches(|c: char| c.is_whitespace() || is_dash(c) && !matches!(c, '<' | '>' | '.')))
}

/// Whether a line's first letter, marks aside, begins an announcement that names an author: nearly all lines are
/// refused by it before they are spelled out. Scissors may stand before it, and other scripts are spelled first.
fn may_tell_of_original(words: &str) -> bool {
    let first = words.trim_start_matches(is_around_core).chars().next();
    first.is_some_and(|first| {
        let first = first.to_ascii_lowercase();
        !first.is_ascii() || first == '8' || table().from.iter().any(|start| start.starts_with(first))
    })
}

/// Whether a line says that the forwarded mail ends there.
pub fn is_end(words: &str) -> bool {
    let Some(line) = spelled(words) else { return false };
    let (before, after) = dashes_around(&line);
    let marked = before >= 2 || after >= 2;
    let core = core(&line);
    let ends = |first: &str| table().ends.contains(first);
    marked
        && (known(&table().end, core)
            || (core.split(' ').count() <= 2 * MOST_WORDS
                && (core.split(' ').take(3).any(ends) || core.split(' ').next_back().is_some_and(ends))
                && speaks_of_a_forward(core)))
}

/// Whether a line is nothing but three or more dashes.
pub fn is_rule(words: &str) -> bool {
    let words = words.trim();
    words.chars().count() >= 3 && words.chars().all(is_dash)
}

/// Whether a line is the one along which some clients cut: `===8<=== Original message text ===`.
pub fn is_cut(words: &str) -> bool {
    let dashes = words.chars().filter(|c| is_dash(*c)).count();
    words.len() <= LONGEST && dashes >= 6 && SCISSORS.iter().any(|scissors| words.contains(scissors))
}

fn spelled(words: &str) -> Option<String> {
    let line = SCISSORS.iter().fold(squeezed(&plain(words)), |line, scissors| line.replace(scissors, "--"));
    (!line.is_empty() && line.chars().count() <= LONGEST).then_some(line)
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '*' | '~' | '#' | '—' | '–' | '‐' | '─' | '━' | '+' | '<' | '>' | '|' | '.' | '·')
}

fn dashes_around(line: &str) -> (usize, usize) {
    let before = line.chars().take_while(|c| is_dash(*c)).count();
    (before, line.chars().rev().take_while(|c| is_dash(*c)).count())
}

/// The words between the marks.
fn core(line: &str) -> &str {
    line.trim_matches(is_around_core)
}

fn is_around_core(c: char) -> bool {
    is_dash(c) || c.is_whitespace() || matches!(c, ':' | '：' | '[' | ']' | '(' | ')' | '"')
}

/// The words themselves, or with a name and a date behind them ("Forwarded by Ann Li on 3 May").
fn known(table: &BTreeSet<String>, core: &str) -> bool {
    if table.contains(core) {
        return true;
    }
    let mut ends = core.char_indices().filter(|(_, c)| c.is_whitespace() || *c == ':').map(|(at, _)| at);
    ends.any(|at| core.get(..at).is_some_and(|start| by_somebody(start) && table.contains(start)))
}

fn by_somebody(start: &str) -> bool {
    const BY: [&str; 26] = [
        "by",
        "from",
        "von",
        "durch",
        "door",
        "van",
        "par",
        "por",
        "da",
        "di",
        "av",
        "af",
        "fra",
        "från",
        "от",
        "від",
        "od",
        "przez",
        "oleh",
        "de",
        "předal",
        "přeposlal",
        "переслал",
        "edelleenlähettänyt",
        "edelleen",
        "message",
    ];
    start.split(' ').next_back().is_some_and(|word| BY.contains(&word))
}

/// A word for forwarding and another for a message, in a few words.
fn speaks_of_a_forward(core: &str) -> bool {
    let words: Vec<&str> = core.split(' ').collect();
    if words.len() > 2 * MOST_WORDS {
        return false;
    }
    let begins = |stems: &[String], word: &str| {
        let inside = word.chars().next().is_some_and(is_caseless);
        stems.iter().any(|stem| if inside { word.contains(stem.as_str()) } else { word.starts_with(stem.as_str()) })
    };
    let at =
        |stems: &[String]| (0..words.len()).filter(|at| words.get(*at).is_some_and(|w| begins(stems, w))).collect();
    let (sent_on, messages): (Vec<usize>, Vec<usize>) = (at(&table().forwarding), at(&table().messages));
    let unspaced = words.iter().any(|word| word.chars().next().is_some_and(is_caseless));
    sent_on.iter().any(|one| messages.iter().any(|other| one != other || unspaced))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Lists {
    forward: Vec<String>,
    from: Vec<String>,
    original: Vec<String>,
    end: Vec<String>,
    ends: Vec<String>,
    forwarding: Vec<String>,
    messages: Vec<String>,
}

struct Table {
    forward: BTreeSet<String>,
    from: BTreeSet<String>,
    original: BTreeSet<String>,
    end: BTreeSet<String>,
    ends: BTreeSet<String>,
    forwarding: Vec<String>,
    messages: Vec<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lists: Lists = prepared::read(prepared!("src/understand/separators"));
        let spell = |lines: Vec<String>| lines.iter().map(|line| squeezed(&plain(line))).collect::<Vec<_>>();
        Table {
            forward: spell(lists.forward).into_iter().chain(spell(lists.from.clone())).collect(),
            from: spell(lists.from).into_iter().collect(),
            original: spell(lists.original).into_iter().collect(),
            end: spell(lists.end).into_iter().collect(),
            ends: spell(lists.ends).into_iter().collect(),
            forwarding: spell(lists.forwarding),
            messages: spell(lists.messages),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements_are_known_by_words_or_by_shape() {
        use Announcement::*;
        for (line, expected) in [
            ("---------- Forwarded message ---------", Some(Forward)),
            ("Anfang der weitergeleiteten Nachricht:", Some(Forward)),
            ("----- Forwarded by Jane Doe/Sales/ACME on 03/11/2021 15:51 -----", Some(Forward)),
            ("-----Original Message-----", Some(Original)),
            ("-------- Foobar quuxian --------", Some(Dashed)),
            ("________________________________", Some(Rule)),
            ("İletilen ileti başlangıcı:", Some(Forward)),
            ("Továbbított levél kezdete:", Some(Forward)),
            ("転送開始のメッセージ:", Some(Forward)),
            ("----- End forwarded message -----", Some(Dashed)),
            ("------- Message 2", Some(Next)),
            ("----- Repassado por Ines Carvalho/Brasil/US em 27/02/2006 12:27 -----", Some(Forward)),
            ("*** Forwarding note from RFENN   --PENNVM2   94/11/08 16:33 ***", Some(Forward)),
            ("-- ", None),
            ("Message 2", None),
            ("I forwarded your message today", None),
            ("I forwarded message 5 to you", None),
        ] {
            assert_eq!(announcement(line), expected, "{line}");
        }
    }

    #[test]
    fn the_end_of_a_forward_is_known_in_many_languages() {
        for line in [
            "----- End forwarded message -----",
            "------- End of Forwarded Message",
            "--- Ende der weitergeleiteten Nachricht / End of forwarded message ---",
            "-------- Конец пересылаемого сообщения --------",
            "----- Fin du message transféré -----",
            "----- Einde doorgestuurd bericht -----",
        ] {
            assert!(is_end(line), "{line}");
        }
        for line in
            ["---------- Forwarded message ---------", "That is the end of the forwarded message.", "-- ", "-----"]
        {
            assert!(!is_end(line), "{line}");
        }
    }
}
