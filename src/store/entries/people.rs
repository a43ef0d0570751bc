//! People of a chronicle: who of those that mails write in many ways is one person, and how they were last written.
//!
//! A contact is one person with whatever address, anybody else an address, else a name.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::lean::facts::{alone, numbers};
use super::super::value::Columns;
use super::super::{Reader, Result, person};
use crate::contacts::{ContactId, CustomerId};
use crate::measure::{PersonNo, Roster, Someone};

/// Which list of a row, in the order in which a row is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum List {
    To,
    Cc,
}

/// Where somebody was seen: the entry's place, the list (the author's before all), the place in it.
type Seen = (usize, Option<List>, usize);

/// By packed list: its people, and where it was last seen. Most rows share theirs with many.
type Lists = HashMap<Box<[u8]>, (Arc<[PersonNo]>, usize)>;

#[derive(Debug, Default)]
pub(super) struct People {
    /// By their number in lean rows, which count from 1.
    written: Vec<Option<Written>>,
    persons: HashMap<Key, PersonNo>,
    /// Of several addressed, and of several with a copy.
    lists: [Lists; 2],
    nobody: Option<Arc<[PersonNo]>>,
}

/// Somebody as one mail writes them.
#[derive(Debug)]
struct Written {
    contact: Option<ContactId>,
    customer: Option<CustomerId>,
    team: bool,
    name: Option<String>,
    address: Option<String>,
    /// Who that is, once they were seen.
    number: Option<PersonNo>,
    /// Where they last wrote, were the only one addressed, and the only one with a copy.
    wrote: Option<usize>,
    to: Option<usize>,
    cc: Option<usize>,
    /// The list of nobody but them.
    alone: Option<Arc<[PersonNo]>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Contact(ContactId),
    Written(String),
}

impl Written {
    /// Where they were seen last, lists of several left aside.
    fn last(&self) -> Option<Seen> {
        let wrote = self.wrote.map(|place| (place, None, 0));
        let to = self.to.map(|place| (place, Some(List::To), 0));
        wrote.max(to).max(self.cc.map(|place| (place, Some(List::Cc), 0)))
    }

    fn key(&self) -> Key {
        match (&self.contact, &self.address, &self.name) {
            (Some(contact), ..) => Key::Contact(contact.clone()),
            (None, Some(address), _) => Key::Written(address.to_lowercase()),
            (None, None, name) => Key::Written(person::folded_name(name.as_deref().unwrap_or_default())),
        }
    }
}

impl People {
    /// Takes in whoever lean rows know that is not known here yet.
    pub(super) fn learn(&mut self, reader: &Reader) -> Result<()> {
        let known = i64::try_from(self.written.len()).unwrap_or(i64::MAX);
        let sql = "SELECT id, contact, customer, team, name, address FROM someone WHERE id >= ?1 ORDER BY id";
        let mut statement = reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query([known])?;
        while let Some(row) = rows.next()? {
            let mut columns = Columns::of(row);
            let id = usize::try_from(columns.next::<i64>()?).unwrap_or_default();
            self.written.resize_with(id, || None);
            self.written.push(Some(written(&mut columns)?));
        }
        Ok(())
    }

    /// The author of the entry at a place, by number; 0 is nobody.
    pub(super) fn author(&mut self, roster: &mut Roster, number: u64, place: usize) -> Option<PersonNo> {
        let person = self.person(roster, number)?;
        if let Some(written) = usize::try_from(number).ok().and_then(|at| self.written.get_mut(at)?.as_mut()) {
            written.wrote = Some(place);
        }
        Some(person)
    }

    /// The people of a list of the entry at a place, in its order, each once.
    pub(super) fn list(&mut self, roster: &mut Roster, packed: &[u8], place: usize, which: List) -> Arc<[PersonNo]> {
        if packed.is_empty() {
            return self.nobody.get_or_insert_with(|| Arc::new([])).clone();
        }
        if let Some(number) = alone(packed) {
            return self.one(roster, number, place, which);
        }
        if let Some((people, last)) = self.known(which).get_mut(packed) {
            *last = place;
            return people.clone();
        }
        let mut people: Vec<PersonNo> = Vec::new();
        for number in numbers(packed) {
            people.extend(self.person(roster, number).filter(|person| !people.contains(person)));
        }
        let people: Arc<[PersonNo]> = people.into();
        self.known(which).insert(packed.into(), (people.clone(), place));
        people
    }

    /// A list of one, as most are: found by the number, without a table.
    fn one(&mut self, roster: &mut Roster, number: u64, place: usize, which: List) -> Arc<[PersonNo]> {
        let person = self.person(roster, number);
        let written = usize::try_from(number).ok().and_then(|at| self.written.get_mut(at)?.as_mut());
        let Some((written, person)) = written.zip(person) else { return Arc::new([]) };
        match which {
            List::To => written.to = Some(place),
            List::Cc => written.cc = Some(place),
        }
        written.alone.get_or_insert_with(|| Arc::new([person])).clone()
    }

    fn known(&mut self, which: List) -> &mut Lists {
        let [to, cc] = &mut self.lists;
        match which {
            List::To => to,
            List::Cc => cc,
        }
    }

    /// Somebody's number in the roster; a new one when they are seen for the first time.
    fn person(&mut self, roster: &mut Roster, number: u64) -> Option<PersonNo> {
        let written = self.written.get_mut(usize::try_from(number).ok()?)?.as_mut()?;
        if written.number.is_none() {
            let found = *self.persons.entry(written.key()).or_insert_with(|| roster.add(Someone::default()));
            written.number = Some(found);
        }
        written.number
    }

    /// Everybody seen so far, by folded address.
    pub(super) fn by_address(&self) -> HashMap<String, PersonNo> {
        let seen = self.written.iter().flatten();
        seen.filter_map(|one| Some((one.address.as_ref()?.to_lowercase(), one.number?))).collect()
    }

    /// Tells the roster how everybody was last written.
    pub(super) fn describe(&self, roster: &mut Roster) {
        let mut last: Vec<Option<Seen>> = self.written.iter().map(|one| one.as_ref()?.last()).collect();
        let [to, cc] = &self.lists;
        let lists = to.iter().map(|list| (List::To, list)).chain(cc.iter().map(|list| (List::Cc, list)));
        for (which, (packed, (_, place))) in lists {
            for (position, number) in numbers(packed).enumerate() {
                let seen = Some((*place, Some(which), position));
                if let Some(last) = usize::try_from(number).ok().and_then(|at| last.get_mut(at)) {
                    *last = seen.max(*last);
                }
            }
        }
        let mut in_order: Vec<(Seen, &Written)> =
            last.iter().zip(&self.written).filter_map(|(seen, written)| Some(((*seen)?, written.as_ref()?))).collect();
        in_order.sort_unstable_by_key(|(seen, _)| *seen);
        for (_, written) in in_order {
            let Some(number) = written.number else { continue };
            let before = roster.person(number).cloned().unwrap_or_default();
            let someone = Someone {
                contact: written.contact.clone(),
                customer: written.customer.as_ref().map(|id| roster.customer(id)),
                team: written.team,
                name: written.name.clone().or(before.name),
                address: written.address.clone().or(before.address),
            };
            roster.describe_person(number, someone);
        }
    }
}

fn written(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Written> {
    Ok(Written {
        contact: columns.maybe_word()?,
        customer: columns.maybe_word()?,
        team: columns.next()?,
        name: columns.next()?,
        address: columns.next()?,
        number: None,
        wrote: None,
        to: None,
        cc: None,
        alone: None,
    })
}
