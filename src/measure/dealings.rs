//! What passed between us and one customer: the grouping that every measure shares.
//!
//! The entries of a customer are put into the order of time once, and each learns what stands beside it in its
//! conversation. After that every measure is a walk over a slice; none searches a conversation again.

use std::cell::OnceCell;
use std::ops::Range;

use jiff::Timestamp;

use super::standpoint::Standpoint;
use super::{CustomerNo, Entry, Past, PersonNo, Record, Roster};
use crate::understand::SignalKind;

/// No neighbour.
const NONE: u32 = u32::MAX;

/// Personal entries with one customer, by time. What somebody else's people wrote with this customer in copy is
/// not among them: it is neither said to us by this customer nor by us to it.
pub struct Dealings<'r> {
    /// Whose.
    pub customer: CustomerNo,
    entries: Vec<&'r Entry>,
    beside: Vec<Beside>,
    written_to: OnceCell<Vec<(PersonNo, u32)>>,
}

/// What stands around an entry in its conversation, as places.
#[derive(Debug, Clone, Copy)]
struct Beside {
    /// The last before it from the other side.
    other_before: u32,
    /// The first after it from the other side.
    other_after: u32,
    /// The first after it from the same side.
    same_after: u32,
    /// Whether it is the first of its conversation.
    opens: bool,
    /// Whether the other side asked something since this side wrote last.
    was_asked: bool,
    /// Whether both sides wrote in its conversation.
    two_way: bool,
    /// How many days before the report's own it was written; [`LONG_AGO`] when that is further than days are known.
    days_ago: u16,
}

/// Further back than days are known.
const LONG_AGO: u16 = u16::MAX;

/// One entry and its place among the dealings.
#[derive(Debug, Clone, Copy)]
pub struct Place<'d, 'r> {
    dealings: &'d Dealings<'r>,
    at: u32,
    /// The entry.
    pub entry: &'r Entry,
}

/// The personal entries of every customer that are known at a standpoint, customers by number.
pub fn each<'r>(record: &'r Record, at: &Standpoint<'_>, mut tell: impl FnMut(Dealings<'r>)) {
    let known = |entry: &Entry| entry.personal() && entry.at < at.as_of;
    let mut places: Vec<(CustomerNo, u32)> = Vec::new();
    for (place, entry) in (0..).zip(&record.entries).filter(|(_, entry)| known(entry)) {
        let concerned = entry.customers.iter().filter(|customer| concerns(entry, **customer, &record.roster));
        places.extend(concerned.map(|customer| (*customer, place)));
    }
    places.sort_unstable();
    for group in places.chunk_by(|a, b| a.0 == b.0) {
        let Some((customer, _)) = group.first() else { continue };
        let entries = group.iter().filter_map(|(_, place)| record.entries.get(*place as usize)).collect();
        tell(Dealings::new(*customer, entries, &record.past, at));
    }
}

/// Whether an entry passed between us and this customer, of all the customers on it.
pub(super) fn concerns(entry: &Entry, customer: CustomerNo, roster: &Roster) -> bool {
    if !entry.inbound || entry.customers.len() < 2 {
        return true;
    }
    let home = entry.author.and_then(|author| roster.person(author)).and_then(|someone| someone.customer);
    home.is_none_or(|home| home == customer || !entry.customers.contains(&home))
}

impl<'r> Dealings<'r> {
    fn new(customer: CustomerNo, mut entries: Vec<&'r Entry>, past: &Past, at: &Standpoint<'_>) -> Dealings<'r> {
        if !entries.is_sorted_by_key(|entry| entry.order()) {
            entries.sort_by_key(|entry| entry.order());
        }
        let nothing = Beside {
            other_before: NONE,
            other_after: NONE,
            same_after: NONE,
            opens: false,
            was_asked: false,
            two_way: false,
            days_ago: LONG_AGO,
        };
        let mut beside = vec![nothing; entries.len()];
        for (beside, days) in beside.iter_mut().zip(at.days_of(entries.iter().map(|entry| entry.at))) {
            beside.days_ago = days.and_then(|days| u16::try_from(days).ok()).unwrap_or(LONG_AGO);
        }
        let mut by_conversation: Vec<(i64, u32)> = entries.iter().map(|e| e.conversation).zip(0..).collect();
        by_conversation.sort_unstable();
        for conversation in by_conversation.chunk_by(|a, b| a.0 == b.0) {
            join(conversation, &entries, &mut beside);
        }
        for (entry, beside) in entries.iter().zip(&mut beside).take_while(|(entry, _)| past.holds(entry)) {
            beside.was_asked = past.asked_before(customer, entry).unwrap_or(beside.was_asked);
        }
        Dealings { customer, entries, beside, written_to: OnceCell::new() }
    }

    /// All of them.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = Place<'_, 'r>> {
        self.range(0..self.entries.len())
    }

    /// Those since an instant.
    pub fn since(&self, from: Timestamp) -> impl DoubleEndedIterator<Item = Place<'_, 'r>> {
        self.range(self.first_since(from)..self.entries.len())
    }

    /// Those since an instant and before another.
    pub fn between(&self, from: Timestamp, until: Timestamp) -> impl DoubleEndedIterator<Item = Place<'_, 'r>> {
        self.range(self.first_since(from)..self.first_since(until))
    }

    /// What we wrote to a person, by time, from an instant on.
    pub fn written_to(&self, person: PersonNo, from: Timestamp) -> impl Iterator<Item = Place<'_, 'r>> {
        let written = self.written_to.get_or_init(|| self.find_written());
        let from = u32::try_from(self.first_since(from)).unwrap_or(NONE);
        let first = written.partition_point(|written| *written < (person, from));
        let theirs = written.get(first..).unwrap_or_default().iter().take_while(move |(to, _)| *to == person);
        theirs.filter_map(|(_, at)| self.place(*at))
    }

    fn find_written(&self) -> Vec<(PersonNo, u32)> {
        let ours = self.entries.iter().zip(0..).filter(|(entry, _)| !entry.inbound);
        let mut written: Vec<(PersonNo, u32)> =
            ours.flat_map(|(entry, at)| entry.people().map(move |person| (person, at))).collect();
        written.sort_unstable();
        written
    }

    fn range(&self, places: Range<usize>) -> impl DoubleEndedIterator<Item = Place<'_, 'r>> {
        let from = u32::try_from(places.start).unwrap_or(NONE);
        let entries = self.entries.get(places).unwrap_or_default();
        (0..entries.len()).filter_map(move |n| {
            Some(Place { dealings: self, at: from + u32::try_from(n).ok()?, entry: entries.get(n)? })
        })
    }

    fn first_since(&self, from: Timestamp) -> usize {
        self.entries.partition_point(|entry| entry.at < from)
    }

    fn place(&self, at: u32) -> Option<Place<'_, 'r>> {
        self.entries.get(at as usize).map(|entry| Place { dealings: self, at, entry })
    }
}

/// Tells the entries of one conversation about one another; `places` are by time.
fn join(places: &[(i64, u32)], entries: &[&Entry], beside: &mut [Beside]) {
    let inbound = |at: u32| entries.get(at as usize).is_some_and(|entry| entry.inbound);
    let asks = |at: u32| entries.get(at as usize).is_some_and(|entry| entry.says(SignalKind::Ask));
    let two_way = places.windows(2).any(|pair| matches!(pair, [(_, a), (_, b)] if inbound(*a) != inbound(*b)));
    // By side: the last place seen, and whether it asked since the other side wrote.
    let (mut last, mut asked) = ([NONE; 2], [false; 2]);
    for (n, (_, at)) in places.iter().enumerate() {
        let (side, other) = if inbound(*at) { (1, 0) } else { (0, 1) };
        if let Some(here) = beside.get_mut(*at as usize) {
            (here.opens, here.two_way) = (n == 0, two_way);
            (here.other_before, here.was_asked) = (last[other], asked[other]);
        }
        asked[other] = false;
        asked[side] |= asks(*at);
        last[side] = *at;
    }
    let mut next = [NONE; 2];
    for (_, at) in places.iter().rev() {
        let (side, other) = if inbound(*at) { (1, 0) } else { (0, 1) };
        if let Some(here) = beside.get_mut(*at as usize) {
            (here.same_after, here.other_after) = (next[side], next[other]);
        }
        next[side] = *at;
    }
}

impl<'d, 'r> Place<'d, 'r> {
    /// The first of its conversation after it that the other side wrote: its answer.
    pub fn answer(&self) -> Option<Place<'d, 'r>> {
        self.dealings.place(self.beside()?.other_after)
    }

    /// The last of its conversation before it that the other side wrote.
    pub fn answers(&self) -> Option<Place<'d, 'r>> {
        self.dealings.place(self.beside()?.other_before)
    }

    /// Those of its conversation after it that its own side wrote, by time.
    pub fn goes_on(&self) -> impl Iterator<Item = Place<'d, 'r>> + use<'d, 'r> {
        std::iter::successors(self.next(), Place::next)
    }

    /// The answer and whatever its side wrote after it, by time.
    pub fn answered_by(&self) -> impl Iterator<Item = Place<'d, 'r>> + use<'d, 'r> {
        std::iter::successors(self.answer(), Place::next)
    }

    /// Whether it opens its conversation, as far as we know.
    pub fn opens(&self) -> bool {
        self.beside().is_some_and(|beside| beside.opens)
    }

    /// Whether the other side asked something since this side wrote last.
    pub fn was_asked(&self) -> bool {
        self.beside().is_some_and(|beside| beside.was_asked)
    }

    /// Whether both sides wrote in its conversation.
    pub fn is_two_way(&self) -> bool {
        self.beside().is_some_and(|beside| beside.two_way)
    }

    /// How many days before the report's own it was written; `None` when it was more than a year and a month ago.
    pub fn days_ago(&self) -> Option<usize> {
        self.beside().map(|beside| beside.days_ago).filter(|days| *days != LONG_AGO).map(usize::from)
    }

    fn next(&self) -> Option<Place<'d, 'r>> {
        self.dealings.place(self.beside()?.same_after)
    }

    fn beside(&self) -> Option<&'d Beside> {
        self.dealings.beside.get(self.at as usize)
    }
}

impl std::fmt::Debug for Dealings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dealings({:?}, {} entries)", self.customer, self.entries.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of(story: &Story) -> Vec<(u32, Vec<i64>)> {
        let mut found = Vec::new();
        each(&story.record, &Standpoint::new(&story.working, None, story.as_of()), |d| {
            found.push((d.customer.0, d.all().map(|p| p.entry.interaction).collect()));
        });
        found
    }

    #[test]
    fn every_customer_has_its_own_and_machines_have_none() {
        let story = Story::of(
            "2026-11-20",
            &["11-18T10:00 in ann@acme a", "11-18T11:00 in bob@beta b", "11-18T12:00 in ann@acme a robot"],
        );
        assert_eq!(of(&story), [(0, vec![1]), (1, vec![2])]);
    }

    #[test]
    fn a_mail_of_one_customer_with_another_in_copy_is_not_the_others_word() {
        let story =
            Story::of("2026-11-20", &["11-18T10:00 in ann@acme,bob@beta a", "11-18T11:00 out ann@acme,bob@beta a"]);
        assert_eq!(of(&story), [(0, vec![1, 2]), (1, vec![2])]);
    }

    #[test]
    fn what_is_not_known_yet_is_left_out_and_disorder_is_put_in_order() {
        let story = Story::of(
            "2026-11-20",
            &["11-18T11:00 in ann@acme a", "11-18T10:00 out ann@acme a", "11-21T00:00 in ann@acme a"],
        );
        assert_eq!(of(&story), [(0, vec![2, 1])]);
    }

    #[test]
    fn neighbours_are_those_of_the_conversation() {
        let story = Story::of(
            "2026-11-20",
            &[
                "11-18T10:00 in ann@acme a ask",
                "11-18T11:00 in ann@acme b",
                "11-18T12:00 in ann@acme a",
                "11-18T13:00 out ann@acme a",
                "11-18T14:00 out ann@acme a",
                "11-18T15:00 in ann@acme a",
            ],
        );
        each(&story.record, &Standpoint::new(&story.working, None, story.as_of()), |d| {
            let number = |p: Option<Place<'_, '_>>| p.map(|p| p.entry.interaction);
            let places: Vec<_> = d.all().collect();
            let answers: Vec<_> = places.iter().map(|p| number(p.answer())).collect();
            assert_eq!(answers, [Some(4), None, Some(4), Some(6), Some(6), None]);
            let before: Vec<_> = places.iter().map(|p| number(p.answers())).collect();
            assert_eq!(before, [None, None, None, Some(3), Some(3), Some(5)]);
            let asked: Vec<_> = places.iter().map(Place::was_asked).collect();
            assert_eq!(asked, [false, false, false, true, false, false], "the second of ours answers no ask any more");
            let two_way: Vec<_> = places.iter().map(Place::is_two_way).collect();
            assert_eq!(two_way, [true, false, true, true, true, true]);
            let opens: Vec<_> = places.iter().map(Place::opens).collect();
            assert_eq!(opens, [true, true, false, false, false, false]);
            let replies: Vec<_> = places[0].answered_by().map(|p| p.entry.interaction).collect();
            assert_eq!(replies, [4, 5]);
            let person = places[0].entry.author.unwrap();
            let written: Vec<_> = d.written_to(person, places[4].entry.at).map(|p| p.entry.interaction).collect();
            assert_eq!(written, [5]);
        });
    }
}
