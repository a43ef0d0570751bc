//! Which words are header labels.
//!
//! The table (labels.toml) is evidence, not a gate: a block in a language
//! that is not in it can still be read by its shape ([`super::block`]).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::plain::{is_invisible, plain, squeezed};
use super::prepared::{self, prepared};

/// No label is longer, in characters.
const LONGEST: usize = 48;

/// What a header line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Who wrote.
    From,
    /// To whom.
    To,
    /// Who gets a copy.
    Cc,
    /// Who gets a hidden copy.
    Bcc,
    /// What about.
    Subject,
    /// When.
    Date,
    /// Where answers go.
    ReplyTo,
    /// File names.
    Attachments,
    /// Anything else that clients copy: importance, organisation.
    Other,
}

/// A set of kinds: what a label may mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// That kind alone.
    pub const fn one(kind: Kind) -> Kinds {
        Kinds(1 << kind as u16)
    }

    /// Whether the label may mean that.
    pub fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u16 & 1 == 1
    }

    /// Whether the label is unknown.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// With one kind more.
    pub fn with(self, kind: Kind) -> Kinds {
        Kinds(self.0 | 1 << kind as u16)
    }

    /// The kinds in it that are not in `other`.
    pub fn without(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }

    /// Every kind in it.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        use Kind::*;
        [From, To, Cc, Bcc, Subject, Date, ReplyTo, Attachments, Other].into_iter().filter(move |k| self.has(*k))
    }
}

/// What a label may mean; empty when it is unknown.
pub fn kinds(label: &str) -> Kinds {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(Table::read);
    let known = Some(label).filter(|label| table.may_know(label)).and_then(|label| table.known.get(&normal(label)));
    known.copied().unwrap_or_else(|| extension(label))
}

/// Every label of every language.
struct Table {
    /// By their normal spelling.
    known: BTreeMap<String, Kinds>,
    /// For each small ASCII letter, the lengths in bytes of the labels that begin with it, as bits.
    lengths: [u64; 26],
}

impl Table {
    fn read() -> Table {
        let languages: BTreeMap<String, BTreeMap<Kind, Vec<String>>> =
            prepared::read(prepared!("src/understand/labels"));
        let mut table = Table { known: BTreeMap::new(), lengths: [0; 26] };
        for (kind, labels) in languages.into_values().flatten() {
            for label in labels {
                let known = table.known.entry(normal(&label)).or_default();
                *known = known.with(kind);
            }
        }
        for label in table.known.keys() {
            if let Some(lengths) = letter(label).and_then(|at| table.lengths.get_mut(at)) {
                *lengths |= 1 << label.len().min(63);
            }
        }
        table
    }

    /// Whether a label may be known as far as its first letter and its length tell. Few lines of prose are as long as
    /// a label that begins like them, and spelling them out costs much more.
    fn may_know(&self, label: &str) -> bool {
        let lengths = letter(label).and_then(|at| self.lengths.get(at));
        lengths.is_none_or(|lengths| lengths >> label.len().min(63) & 1 == 1) || !is_spelled_plainly(label)
    }
}

/// Whether nothing but the case of its letters tells a label that begins with a letter from its normal spelling.
fn is_spelled_plainly(label: &str) -> bool {
    let visible = label.bytes().all(|b| matches!(b, b' '..=b'~'));
    visible && label.ends_with(|c: char| c.is_ascii_alphanumeric()) && !label.contains("  ")
}

/// The place in the alphabet of the ASCII letter, in any case, that a text begins with.
fn letter(text: &str) -> Option<usize> {
    let first = text.bytes().next().filter(u8::is_ascii_alphabetic)?;
    Some(usize::from(first.to_ascii_lowercase() - b'a'))
}

/// `X-Mailer` and what else programs name so (RFC 6648): a header line, whatever it is about.
fn extension(label: &str) -> Kinds {
    let rest = label.strip_prefix("X-").or_else(|| label.strip_prefix("x-")).unwrap_or("");
    let named = rest.len() > 1 && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if named { Kinds::default().with(Kind::Other) } else { Kinds::default() }
}

fn normal(label: &str) -> String {
    squeezed(&plain(label)).trim_matches(|c: char| is_colon(c) || is_mark(c)).trim().to_owned()
}

/// Marks that make a label bold or indent it in plain text.
fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '•' | '·' | '|' | '>' | '#') || is_invisible(c)
}

/// The label before the first colon and the value behind it, both without bold marks. `None` when
/// what stands before the colon is too long, or too strange, to be a label.
pub fn split(words: &str) -> Option<(&str, &str)> {
    let (at, colon) = first_colon(words)?;
    let label = words.get(..at)?.trim_matches(|c: char| c.is_whitespace() || is_mark(c));
    let value = words.get(at + colon.len_utf8()..)?;
    // `*From:* Ann` and `*From: *Ann`: what was opened before the label is closed behind the colon.
    let closed = value.trim_start_matches(['*', '_']);
    let opened = closed.len() == value.len() && words.trim_start().starts_with('*');
    let value = closed.trim_start().strip_prefix('*').filter(|_| opened).unwrap_or(closed);
    let value = value.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    (!label.is_empty()).then_some((label, value))
}

/// The first colon among the first [`LONGEST`] characters, and where it stands.
fn first_colon(words: &str) -> Option<(usize, char)> {
    let near = words.as_bytes().get(..LONGEST).unwrap_or(words.as_bytes());
    // Most lines are ASCII, which is looked through many letters at a time.
    if near.is_ascii() {
        return memchr::memchr(b':', near).map(|at| (at, ':'));
    }
    words.char_indices().take(LONGEST).find(|(_, c)| is_colon(*c))
}

/// How many colons a line holds.
pub fn colons(words: &str) -> usize {
    if words.is_ascii() {
        return memchr::memchr_iter(b':', words.as_bytes()).count();
    }
    words.chars().filter(|c| is_colon(*c)).count()
}

/// The colon of any script: Latin, wide, small, upright; Armenian writes its short stop, Khmer and Ethiopic have their own.
pub fn is_colon(c: char) -> bool {
    c == ':'
        || !c.is_ascii()
            && matches!(
                c,
                '：' | '﹕' | '︰' | '\u{2236}' | '\u{55D}' | '\u{589}' | '\u{17D6}' | '\u{1365}' | '\u{1366}'
            )
}

/// The same for a table row whose cells are joined by a tab and whose label has no colon.
pub fn split_cells(words: &str) -> Option<(&str, &str)> {
    let (label, value) = words.trim().split_once('\t')?;
    (!kinds(label).is_empty()).then_some((label.trim(), value.trim()))
}

/// Whether words could be a label in some language: up to five short words, most of them letters.
pub fn looks_like_label(label: &str) -> bool {
    let letters = label.chars().filter(|c| c.is_alphabetic() || u32::from(*c) >= 0x300).count();
    let count = label.chars().count();
    let first = label.chars().next().is_some_and(|c| c.is_alphabetic() && (!c.is_lowercase() || is_caseless(c)));
    first && count <= 30 && label.split_whitespace().count() <= 5 && letters * 10 >= count * 7
}

/// A letter of a script whose words do not begin with capitals; Georgian has some, but not for that.
pub fn is_caseless(c: char) -> bool {
    matches!(c, '\u{10A0}'..='\u{10FF}') || (c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_languages_are_known_however_they_are_marked() {
        for (line, kind) in [
            ("*From:* Ann", Kind::From),
            ("De\u{202f}: Ann", Kind::From),
            ("发件人：Ann", Kind::From),
            ("\u{200f}מאת: Ann", Kind::From),
            ("İlgili: x", Kind::Other),
            ("Kopie (CC): Ann", Kind::Cc),
            ("**Betreff**: x", Kind::Subject),
            ("GÖNDERİLDİ: x", Kind::Date),
        ] {
            let (label, _) = split(line).unwrap();
            assert!(kinds(label).has(kind) || kind == Kind::Other, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_label_is_missed_by_its_length(known in 0..10_000_usize, caps: bool, mark in "[ *_>\t\u{200b}]{0,2}") {
            let table = Table::read();
            let label = table.known.keys().nth(known % table.known.len()).cloned().unwrap_or_default();
            let spelled = if caps { label.to_ascii_uppercase() } else { label.replace(' ', &format!(" {}", mark.trim_matches(is_mark))) };
            let marked = format!("{mark}{spelled}{mark}");
            proptest::prop_assert!(!table.known.contains_key(&normal(&marked)) || table.may_know(&marked), "{}", marked);
        }
    }
}
