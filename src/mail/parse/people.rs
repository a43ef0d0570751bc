//! Address lists (RFC 5322, 3.4 and 4.4): names and addresses, groups, comments.
//!
//! Names are read generously, addresses are not: an entry that could mean two
//! addresses (`<a@x> <b@y>`, `a@x b@y`, a route) keeps its name and has none.

use super::encoded::decoded;
use crate::mail::Address;

/// Entries of one field that are read.
pub const LIMIT: usize = 500;

/// One entry: the display name, decoded, and the address if it is a valid one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The display name, or else the comment behind the address.
    pub name: Option<String>,
    /// The address.
    pub address: Option<Address>,
}

/// The entries of an unfolded address field, in order; at most [`LIMIT`]. Whether there were more is
/// told as well.
pub fn list(value: &str) -> (Vec<Person>, bool) {
    let mut reader = Reader::default();
    for c in value.chars() {
        reader.take(c);
        if reader.people.len() > LIMIT {
            reader.people.truncate(LIMIT);
            return (reader.people, true);
        }
    }
    reader.finish_entry();
    let more = reader.people.len() > LIMIT;
    reader.people.truncate(LIMIT);
    (reader.people, more)
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Place {
    #[default]
    Words,
    Quoted,
    Angle,
    AngleQuoted,
}

/// A state machine over the characters of the field: one pass, no look-ahead.
#[derive(Default)]
struct Reader {
    people: Vec<Person>,
    place: Place,
    escaped: bool,
    /// How deep in comments; they nest.
    comments: usize,
    entry: Entry,
    /// How many of the last people are bare words before a comma: perhaps the beginning of a name that has one.
    begun: usize,
}

/// `Li, Ann, PhD <ann@acme.example>`: a name has no more commas.
const MOST_COMMAS: usize = 2;

#[derive(Default)]
struct Entry {
    /// What stands outside brackets and comments, without its quotes.
    name: String,
    /// The same with its quotes: an address, if there are no brackets.
    bare: String,
    comment: String,
    angle: String,
    angles: usize,
    /// Words stand behind the brackets.
    trailing: bool,
    /// Something was passed over that may have been another address.
    doubtful: bool,
}

impl Reader {
    fn take(&mut self, c: char) {
        if std::mem::take(&mut self.escaped) {
            return self.keep(c);
        }
        let in_quotes = matches!(self.place, Place::Quoted | Place::AngleQuoted);
        match c {
            '\\' if in_quotes || self.comments > 0 => {
                self.escaped = true;
                if self.place == Place::Quoted {
                    self.entry.bare.push(c);
                }
            }
            '(' if !in_quotes => {
                self.comments += 1;
                if self.comments > 1 {
                    self.keep(c);
                }
            }
            ')' if self.comments > 0 => {
                self.comments -= 1;
                if self.comments > 0 {
                    self.keep(c);
                }
            }
            c if self.comments > 0 => self.keep(c),
            c => self.take_in_place(c),
        }
    }

    fn take_in_place(&mut self, c: char) {
        match (self.place, c) {
            (Place::Words, '"') => self.quote(Place::Quoted),
            (Place::Quoted, '"') => self.quote(Place::Words),
            (Place::Angle, '"') => self.angle_quote(Place::AngleQuoted),
            (Place::AngleQuoted, '"') => self.angle_quote(Place::Angle),
            (Place::Words, ',') => self.finish_part(),
            (Place::Words, ';') => self.finish_entry(),
            (Place::Words, ':') => self.begin_group(),
            (Place::Words, '<') => {
                self.place = Place::Angle;
                self.entry.angles += 1;
                self.entry.name.push(' ');
            }
            (Place::Angle, '>') => self.place = Place::Words,
            (Place::Angle, '<') => self.entry.doubtful = true,
            // A bracket that never closes must not swallow the people behind it.
            (Place::Angle, ',' | ';') => self.finish_entry(),
            (_, c) => self.keep(c),
        }
    }

    fn quote(&mut self, place: Place) {
        self.place = place;
        self.entry.bare.push('"');
    }

    fn angle_quote(&mut self, place: Place) {
        self.place = place;
        self.entry.angle.push('"');
    }

    fn keep(&mut self, c: char) {
        let entry = &mut self.entry;
        match self.place {
            _ if self.comments > 0 => entry.comment.push(c),
            Place::Angle | Place::AngleQuoted => entry.angle.push(c),
            Place::Words | Place::Quoted => {
                entry.trailing |= entry.angles > 0 && !c.is_whitespace();
                entry.name.push(c);
                entry.bare.push(c);
            }
        }
    }

    /// What came before the colon was the group's name, or `mailto`; one with an `@` in it was not.
    fn begin_group(&mut self) {
        let doubtful = self.entry.doubtful || self.entry.bare.contains('@') || self.entry.angles > 0;
        self.entry = Entry { doubtful, ..Entry::default() };
        self.begun = 0;
    }

    /// A comma behind bare words may stand inside a name that nobody quoted: `Li, Ann <ann@acme.example>`.
    fn finish_part(&mut self) {
        let bare = self.entry.is_bare_words() && self.place == Place::Words;
        let begun = if bare { self.begun + 1 } else { 0 };
        self.finish_entry();
        self.begun = begun;
    }

    fn finish_entry(&mut self) {
        self.entry.doubtful |= matches!(self.place, Place::Angle | Place::AngleQuoted);
        self.place = Place::Words;
        self.comments = 0;
        let entry = std::mem::take(&mut self.entry);
        let begun = std::mem::take(&mut self.begun);
        let ends_name = entry.angles == 1 && !entry.bare.contains(['@', '"']) && !entry.name.trim().is_empty();
        let Some(mut person) = entry.person() else { return };
        if (1..=MOST_COMMAS).contains(&begun) && ends_name && person.address.is_some() {
            let first = self.people.len().saturating_sub(begun);
            let parts = self.people.drain(first..).chain([person.clone()]).filter_map(|p| p.name);
            person.name = Some(parts.collect::<Vec<_>>().join(", "));
        }
        self.people.push(person);
    }
}

impl Entry {
    /// Unquoted words without any address.
    fn is_bare_words(&self) -> bool {
        self.angles == 0
            && !self.doubtful
            && !self.bare.contains(['@', '"'])
            && self.comment.is_empty()
            && !self.bare.trim().is_empty()
    }

    fn person(self) -> Option<Person> {
        let bare = self.bare.trim();
        let (name, address) = match self.angles {
            0 if bare.contains('@') => match Address::parse(bare) {
                Some(address) => ("", Some(address)),
                None => (self.name.as_str(), None),
            },
            0 => (self.name.as_str(), None),
            // Programs do put an address where the name belongs, but before the brackets.
            1 if !bare.contains('@') || !self.trailing => (self.name.as_str(), Address::parse(self.angle.trim())),
            _ => (self.name.as_str(), None),
        };
        let address = address.filter(|_| !self.doubtful);
        let name = shown_name(name).or_else(|| shown_name(&self.comment));
        (name.is_some() || address.is_some() || self.angles > 0).then_some(Person { name, address })
    }
}

/// A display name without the quotes that some programs put inside the quotes.
fn shown_name(name: &str) -> Option<String> {
    let name = decoded(name.trim());
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let unquoted = name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(&name).trim();
    (!unquoted.is_empty()).then(|| unquoted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<(Option<String>, Option<String>)> {
        list(value).0.into_iter().map(|p| (p.name, p.address.map(|a| a.to_string()))).collect()
    }

    fn one(name: &str, address: &str) -> Vec<(Option<String>, Option<String>)> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        vec![(some(name), some(address))]
    }

    #[test]
    fn every_form_of_a_person_is_read() {
        for (value, name, address) in [
            ("ann@acme.example", "", "ann@acme.example"),
            ("<ann@acme.example>", "", "ann@acme.example"),
            ("Ann Li <ann@acme.example>", "Ann Li", "ann@acme.example"),
            ("Ann Li<ann@acme.example>", "Ann Li", "ann@acme.example"),
            ("\"Li, Ann\" <ann@acme.example>", "Li, Ann", "ann@acme.example"),
            ("\"Ann \\\"A\\\" Li\" <ann@acme.example>", "Ann \"A\" Li", "ann@acme.example"),
            ("ann@acme.example (Ann (A) Li)", "Ann (A) Li", "ann@acme.example"),
            ("Ann (sales, all of it) Li <ann@acme.example>", "Ann Li", "ann@acme.example"),
            ("=?utf-8?q?J=C3=B6rg?= M. <j@acme.example>", "Jörg M.", "j@acme.example"),
            ("\"=?utf-8?q?J=C3=B6rg?=\" <j@acme.example>", "Jörg", "j@acme.example"),
            ("\"'Ann Li'\" <ann@acme.example>", "Ann Li", "ann@acme.example"),
            ("\"ann@acme.example\" <ann@acme.example>", "ann@acme.example", "ann@acme.example"),
            ("ann@acme.example <ann@acme.example>", "ann@acme.example", "ann@acme.example"),
            (" , ann@acme.example <ann@acme.example>", "ann@acme.example", "ann@acme.example"),
            ("mailto:ann@acme.example", "", "ann@acme.example"),
            ("\"ann.li\"@acme.example", "", "ann.li@acme.example"),
            ("Ann Li", "Ann Li", ""),
        ] {
            assert_eq!(read(value), one(name, address), "{value:?}");
        }
    }

    #[test]
    fn lists_and_groups_are_taken_apart() {
        let everyone = read("Sales: Ann <ann@a.example>, bob@b.example; , Cy <cy@c.example>;d@d.example,");
        let addresses: Vec<_> = everyone.into_iter().filter_map(|(_, address)| address).collect();
        assert_eq!(addresses, ["ann@a.example", "bob@b.example", "cy@c.example", "d@d.example"]);
        assert_eq!(read("undisclosed-recipients:;"), vec![]);
        assert_eq!(read(" , ,; "), vec![]);
    }

    #[test]
    fn what_could_mean_two_addresses_means_none() {
        for value in [
            "<a@good.example> <b@evil.example>",
            "a@good.example b@evil.example",
            "<a@good.example> b@evil.example",
            "a@good.example@evil.example",
            "\"a@good.example\"@evil.example",
            "<@good.example:b@evil.example>",
            "@good.example:b@evil.example",
            "<<a@good.example>",
            "<a@good.example",
            "a@good.example\0@evil.example",
            "<a@good.example>:b@evil.example",
            "a@good.example: b@evil.example",
        ] {
            let addresses: Vec<_> = read(value).into_iter().filter_map(|(_, address)| address).collect();
            assert!(addresses.is_empty(), "{value:?} gave {addresses:?}");
        }
    }

    #[test]
    fn an_open_bracket_hides_nobody_behind_it() {
        let people = read("Ann <ann@a.example, Bob <bob@b.example>");
        assert_eq!(people.get(1), one("Bob", "bob@b.example").first());
    }

    #[test]
    fn a_name_with_an_unquoted_comma_is_one_person() {
        assert_eq!(read("Li, Ann <ann@a.example>"), one("Li, Ann", "ann@a.example"));
        assert_eq!(read("Li, Ann [Sales] <ann@a.example>, b@b.example").len(), 2);
        assert_eq!(read("Ann <ann@a.example>, Bo <bo@b.example>").len(), 2);
        assert_eq!(read("\"Li\", Ann <ann@a.example>").len(), 2);
        assert_eq!(read("a, b, c, d, Ann <ann@a.example>").len(), 5);
    }

    #[test]
    fn a_long_list_is_cut() {
        let (people, more) = list(&"a@x.example,".repeat(1_000));
        assert_eq!((people.len(), more), (LIMIT, true));
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_people_or_none(text in "[a@<>\"\\\\(),;: é=?\\x00]{0,40}") {
            let _ = list(&text);
        }
    }
}
