//! What is kept of entries so old that no window of a measure reaches them.
//!
//! Measures look back a year. Of what lies before they need single entries (the last word of a conversation that
//! still waits, a customer's first and latest) and single facts (who was seen already). A [`Sieve`] is shown the old
//! entries, keeps these and lets go of the rest: findings over what is left are those over everything, at a fraction
//! of the memory. It holds for one instant; nothing can be told of a later one from what it kept.

use jiff::Timestamp;

use super::dealings::concerns;
use super::hash::{ByNumber, Numbers};
use super::open_loops::{Correspondence, correspondences, wants};
use super::standpoint::Standpoint;
use super::{CustomerNo, Entry, PersonNo, Roster, WorkingTime};
use crate::understand::SignalKind;

/// What is known of the entries that were let go; nothing where none were.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Before when entries were let go.
    until: Option<Timestamp>,
    /// By person: whether one of these entries had them on it.
    seen: Vec<bool>,
    /// Conversations of which entries are left, and whose last word of the past waits for nobody.
    settled: Numbers<i64>,
    /// Of our last word to a customer, whether they had asked something before it.
    asked: ByNumber<(CustomerNo, i64), bool>,
}

impl Past {
    /// Before when entries may be let go in findings as of an instant.
    pub fn end(working: &WorkingTime, as_of: Timestamp) -> Timestamp {
        Standpoint::new(working, None, as_of).earliest_day()
    }

    /// Whether somebody was on an entry of the past.
    pub(super) fn saw(&self, person: PersonNo) -> bool {
        self.seen.get(person.0 as usize).copied().unwrap_or(false)
    }

    /// Whether nobody waits after the last word that is left of a conversation: it was answered by what is left no
    /// more, or was not the last. What was said after the past speaks for itself.
    pub(super) fn settled(&self, last: &Entry) -> bool {
        self.holds(last) && self.settled.contains(&last.conversation)
    }

    /// Whether an entry is of the past.
    pub(super) fn holds(&self, entry: &Entry) -> bool {
        self.until.is_some_and(|until| entry.at < until)
    }

    /// Whether a customer had asked something in its conversation before this entry of ours, where it is known here.
    pub(super) fn asked_before(&self, customer: CustomerNo, entry: &Entry) -> Option<bool> {
        self.asked.get(&(customer, entry.interaction)).copied()
    }
}

/// Takes the entries of the past in their order, and keeps what findings need.
#[derive(Debug, Default)]
pub struct Sieve {
    /// Conversations that go on after the past: their entries are kept.
    going_on: Numbers<i64>,
    kept: Vec<Entry>,
    /// By conversation: its last word, if it still waits for somebody.
    waiting: ByNumber<i64, Entry>,
    /// What would answer the words that wait, with their conversations.
    awaited: ByNumber<Correspondence, Vec<i64>>,
    /// By customer and conversation: what they asked since we wrote last.
    asked: ByNumber<(CustomerNo, i64), Asked>,
    /// By customer.
    ends: Vec<Ends>,
    past: Past,
}

/// Whether a customer asked something.
#[derive(Debug, Default)]
struct Asked {
    surely: bool,
    /// Mails of several customers that ask, of which it is not known yet whom they concern.
    perhaps: Vec<Entry>,
}

/// The first entry that surely concerns a customer, and the last of either side.
#[derive(Debug, Default)]
struct Ends {
    first: Option<Entry>,
    theirs: Option<Entry>,
    ours: Option<(Entry, Asked)>,
}

impl Sieve {
    /// A sieve for what was before an instant; these conversations go on at it or later.
    pub fn new(until: Timestamp, going_on: impl IntoIterator<Item = i64>) -> Sieve {
        let going_on = going_on.into_iter().collect();
        Sieve { going_on, past: Past { until: Some(until), ..Past::default() }, ..Sieve::default() }
    }

    /// Takes the next entry, which is later than those before.
    pub fn take(&mut self, entry: Entry) {
        if !entry.personal() {
            return;
        }
        for person in entry.people() {
            let person = person.0 as usize;
            self.past.seen.resize(self.past.seen.len().max(person + 1), false);
            self.past.seen.get_mut(person).into_iter().for_each(|seen| *seen = true);
        }
        self.wait(&entry);
        // Whom the mail of somebody else's people concerns is known once everybody's home is.
        let divided = entry.inbound && entry.customers.len() > 1;
        if divided || self.going_on.contains(&entry.conversation) {
            self.kept.push(entry.clone());
        }
        for customer in entry.customers.iter().skip(1) {
            self.meet(*customer, entry.clone(), divided);
        }
        if let Some(customer) = entry.customers.first().copied() {
            self.meet(customer, entry, divided);
        }
    }

    /// The entries that are kept, in their order, and what is known of the others. The roster is described by now.
    pub fn finish(self, roster: &Roster) -> (Vec<Entry>, Past) {
        let Sieve { going_on, mut kept, waiting, ends, mut past, .. } = self;
        for (customer, Ends { first, theirs, ours }) in (0..).map(CustomerNo).zip(ends) {
            kept.extend(first.into_iter().chain(theirs));
            let Some((entry, asked)) = ours else { continue };
            if !going_on.contains(&entry.conversation) {
                let asked = asked.surely || asked.perhaps.iter().any(|ask| concerns(ask, customer, roster));
                past.asked.insert((customer, entry.interaction), asked);
            }
            kept.push(entry);
        }
        let settled = |entry: &&Entry| !waiting.contains_key(&entry.conversation);
        past.settled = kept.iter().filter(settled).map(|entry| entry.conversation).collect();
        kept.extend(waiting.into_values());
        kept.sort_by_key(Entry::order);
        kept.dedup_by_key(|entry| entry.interaction);
        (kept, past)
    }

    /// What waits after an entry: what it answers does not any more, and it may do so itself.
    fn wait(&mut self, entry: &Entry) {
        for answer in correspondences(entry, entry.inbound) {
            for conversation in self.awaited.remove(&answer).unwrap_or_default() {
                let last = self.waiting.get(&conversation);
                if last.is_some_and(|last| correspondences(last, !last.inbound).any(|awaited| awaited == answer)) {
                    self.waiting.remove(&conversation);
                }
            }
        }
        if wants(entry) {
            for awaited in correspondences(entry, !entry.inbound) {
                self.awaited.entry(awaited).or_default().push(entry.conversation);
            }
            self.waiting.insert(entry.conversation, entry.clone());
        } else {
            self.waiting.remove(&entry.conversation);
        }
    }

    fn meet(&mut self, customer: CustomerNo, entry: Entry, divided: bool) {
        let place = customer.0 as usize;
        if self.ends.len() <= place {
            self.ends.resize_with(place + 1, Ends::default);
        }
        let Some(ends) = self.ends.get_mut(place) else { return };
        let conversation = (customer, entry.conversation);
        if divided {
            if entry.says(SignalKind::Ask) {
                self.asked.entry(conversation).or_default().perhaps.push(entry);
            }
            return;
        }
        ends.first.get_or_insert_with(|| entry.clone());
        if !entry.inbound {
            let asked = self.asked.remove(&conversation).unwrap_or_default();
            ends.ours = Some((entry, asked));
            return;
        }
        if entry.says(SignalKind::Ask) {
            self.asked.entry(conversation).or_default().surely = true;
        }
        ends.theirs = Some(entry);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure::story::Story;
    use crate::measure::{Findings, Record};

    const DAY: &str = "2026-11-20";

    /// The same record, its past sifted.
    fn sifted(story: &Story) -> Record {
        let until = Past::end(&story.working, story.as_of());
        let mut record = story.record.clone();
        let recent = record.entries.split_off(record.entries.partition_point(|entry| entry.at < until));
        let mut sieve = Sieve::new(until, recent.iter().map(|entry| entry.conversation));
        record.entries.into_iter().for_each(|entry| sieve.take(entry));
        (record.entries, record.past) = sieve.finish(&record.roster);
        record.entries.extend(recent);
        record
    }

    fn findings(story: &Story, record: &Record) -> Findings {
        Findings::of(record, &story.words, &story.working, story.as_of())
    }

    /// A line of [`Story`], anywhere in three years.
    fn mail() -> impl Strategy<Value = String> {
        let people = ["ann@acme", "bea?@acme", "bob@beta", "ann@acme,bob@beta", "bob@beta,bea?@acme", "cy?@gamma"];
        let says = ["", "", "ask", "ask", "closer", "thanks", "promise=2026-11-10:1+2", "solved", "issue", "hint"];
        let marks = ["", "", "", "robot", "note", "re=same", "cc=eve?@acme", "cc=bob@beta"];
        let when = (2024..2027i32, 1..13u32, 1..29u32, 0..24u32);
        // Few conversations, so that many cross the end of the past; and some days just around it.
        let near = prop_oneof![
            4 => when.prop_map(|(year, month, day, hour)| format!("{year}-{month:02}-{day:02}T{hour:02}:00")),
            1 => (10..25u32, 0..24u32).prop_map(|(day, hour)| format!("2025-10-{day:02}T{hour:02}:00")),
        ];
        let pick = |words: &'static [&'static str]| proptest::sample::select(words);
        let about = (0..12u32, any::<bool>(), pick(people.to_vec().leak()), pick(says.to_vec().leak()));
        (near, about, pick(marks.to_vec().leak())).prop_map(|(when, (conversation, inbound, people, says), mark)| {
            let way = if inbound { "in" } else { "out" };
            format!("{when} {way} {people} c{conversation} {says} {mark}")
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

        #[test]
        fn findings_over_what_is_kept_are_those_over_everything(mails in proptest::collection::vec(mail(), 0..60)) {
            let story = Story::of(DAY, &mails);
            let sifted = sifted(&story);
            prop_assert!(sifted.entries.len() <= story.record.entries.len());
            prop_assert_eq!(findings(&story, &sifted), story.findings());
        }
    }

    #[test]
    fn a_long_exchange_that_is_over_leaves_its_ends() {
        let mut mails: Vec<String> = (1..28).map(|day| format!("2024-02-{day:02}T10:00 in ann@acme a ask")).collect();
        mails.push("2024-02-28T10:00 out ann@acme a".to_owned());
        mails.push("2024-03-01T10:00 in ann@acme b".to_owned());
        let story = Story::of(DAY, &mails);
        let kept: Vec<i64> = sifted(&story).entries.iter().map(|entry| entry.interaction).collect();
        assert_eq!(kept, [1, 28, 29], "their first, our last, and what waits");
        assert_eq!(findings(&story, &sifted(&story)), story.findings());
    }

    #[test]
    fn what_was_answered_elsewhere_waits_no_more_though_a_robot_goes_on_with_it() {
        let mails = [
            "2024-01-01T09:00 out ann@acme first",
            "2024-01-01T10:00 in ann@acme,bob@beta a re=same",
            "2024-01-02T10:00 out ann@acme b re=same",
            "2024-01-03T10:00 out ann@acme,bob@beta c",
            "2026-11-01T10:00 out ann@acme a robot",
        ];
        let story = Story::of(DAY, &mails);
        let sifted = sifted(&story);
        assert!(sifted.entries.iter().all(|entry| entry.interaction != 3), "the answer was let go of");
        assert_eq!(findings(&story, &sifted).open_loops.on_us, []);
        assert_eq!(findings(&story, &sifted), story.findings());
    }
}
