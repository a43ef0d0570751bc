//! Open loops: who waits for whom (measures.md, "Open loops").
//!
//! A conversation waits on us when the last a person wrote in it came in and
//! does not merely close it, and we have not written since, neither in the
//! conversation nor to that contact under the same base subject: answers
//! often leave the thread. It waits on them when the last word was our ask
//! and three working days have passed.
//!
//! One pass finds each conversation's last word, a second looks for answers
//! elsewhere, so a million entries cost a few look-ups each, and memory grows
//! with what is open.

use jiff::Timestamp;

use super::calendar::WorkingTime;
use super::hash::ByNumber;
use super::{Entry, Past, PersonNo, Record};
use crate::understand::SignalKind;

/// For how many working days nobody is reminded of an ask of ours.
const PATIENCE_IN_WORKING_DAYS: f64 = 3.0;

/// Who waits for whom, the longest wait first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OpenLoops {
    /// They wrote last.
    pub on_us: Vec<Waiting>,
    /// We asked last.
    pub on_them: Vec<Waiting>,
}

/// One conversation that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its last word.
    pub entry: Entry,
    /// How long it has waited, in working hours.
    pub working_hours: f64,
}

/// The loops open as of an instant; what was written at it or later is not yet known.
pub fn open_loops(record: &Record, working: &WorkingTime, as_of: Timestamp) -> OpenLoops {
    let known = || record.entries.iter().filter(|e| e.personal() && e.at < as_of);
    let mut open = last_words(known(), &record.past);
    let answers = Answers::to(&open, known());
    open.retain(|last| !answers.came_after(last));
    let Some(earliest) = open.iter().map(|e| e.at).min() else { return OpenLoops::default() };
    let ruler = working.ruler(earliest, as_of);
    let waiting = |e: &&Entry| Waiting { entry: (*e).clone(), working_hours: ruler.hours_since(e.at) };

    let patience = PATIENCE_IN_WORKING_DAYS * working.hours_per_day();
    let (inbound, outbound): (Vec<_>, Vec<_>) = open.into_iter().partition(|e| e.inbound);
    let mut on_us: Vec<Waiting> = inbound.iter().map(waiting).collect();
    let mut on_them: Vec<Waiting> = outbound.iter().map(waiting).filter(|w| w.working_hours >= patience).collect();
    for list in [&mut on_us, &mut on_them] {
        list.sort_by_key(|w| w.entry.order());
    }
    OpenLoops { on_us, on_them }
}

/// Each conversation's latest personal entry, if it still wants something from the other side.
fn last_words<'a>(known: impl Iterator<Item = &'a Entry>, past: &Past) -> Vec<&'a Entry> {
    let mut last_words: ByNumber<i64, &Entry> = ByNumber::default();
    for entry in known {
        let last = last_words.entry(entry.conversation).or_insert(entry);
        if last.order() < entry.order() {
            *last = entry;
        }
    }
    last_words.into_values().filter(|last| wants(last) && !past.settled(last)).collect()
}

/// Whether a last word wants something from the other side.
pub(super) fn wants(last: &Entry) -> bool {
    let wants = if last.inbound { !last.says(SignalKind::Closer) } else { last.says(SignalKind::Ask) };
    wants && !last.customers.is_empty()
}

/// A direction, a person and a heading.
pub(super) type Correspondence = (bool, PersonNo, u64);

/// When the latest of each correspondence was; only those that could answer something are kept.
struct Answers {
    latest: ByNumber<Correspondence, (Timestamp, i64)>,
}

impl Answers {
    /// What the other side of each of these wrote last, in whatever conversation.
    fn to<'a>(open: &[&Entry], known: impl Iterator<Item = &'a Entry>) -> Answers {
        let awaited = open.iter().flat_map(|last| correspondences(last, !last.inbound));
        let mut latest: ByNumber<_, _> = awaited.map(|c| (c, (Timestamp::MIN, i64::MIN))).collect();
        for entry in known {
            for correspondence in correspondences(entry, entry.inbound) {
                if let Some(at) = latest.get_mut(&correspondence) {
                    *at = entry.order().max(*at);
                }
            }
        }
        Answers { latest }
    }

    /// Whether the other side wrote after this.
    fn came_after(&self, last: &Entry) -> bool {
        correspondences(last, !last.inbound).any(|c| self.latest.get(&c).is_some_and(|at| *at > last.order()))
    }
}

/// An entry's correspondences in a direction. Who wrote in is its author alone; whom we wrote to is everyone on it.
pub(super) fn correspondences(entry: &Entry, inbound: bool) -> impl Iterator<Item = Correspondence> {
    let named = if entry.inbound { 1 } else { usize::MAX };
    let heading = entry.heading;
    entry.people().take(named).map(move |person| (inbound, person, heading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::CustomerNo;
    use crate::understand::{Automation, Kind};
    use jiff::tz::TimeZone;

    const AS_OF: &str = "2026-11-21T00:00:00+01";

    /// `2 conversation ann plan 18T10 in` and then any of `asks closes robot`. A person's number is their first letter.
    fn entry(line: &str) -> Entry {
        let words: Vec<&str> = line.split(' ').collect();
        let first = |word: &str| word.bytes().next().map_or(0, u32::from);
        let (person, inbound) = (PersonNo(first(words[2])), words[5] == "in");
        let signal = |word: &&str| match *word {
            "asks" => Some(SignalKind::Ask),
            "closes" => Some(SignalKind::Closer),
            _ => None,
        };
        Entry {
            interaction: words[0].parse().unwrap(),
            conversation: words[1].parse().unwrap(),
            author: inbound.then_some(person),
            to: if inbound { [].into() } else { [person].into() },
            cc: [].into(),
            heading: u64::from(first(words[3])),
            at: format!("2026-11-{}:00:00+01", words[4]).parse().unwrap(),
            inbound,
            automation: if words.contains(&"robot") { Automation::AutoReply } else { Automation::None },
            kind: Kind::Email,
            signals: words.iter().filter_map(signal).collect(),
            interleaved: false,
            customers: [CustomerNo(0)].into(),
            words: 10,
        }
    }

    fn loops(lines: &[&str]) -> OpenLoops {
        let entries: Vec<Entry> = lines.iter().map(|l| entry(l)).collect();
        let working = WorkingTime::usual(TimeZone::get("Europe/Brussels").unwrap());
        open_loops(&record(entries), &working, AS_OF.parse().unwrap())
    }

    fn waits(lines: &[&str]) -> (Vec<i64>, Vec<i64>) {
        let ids = |list: Vec<Waiting>| list.iter().map(|w| w.entry.interaction).collect();
        let open = loops(lines);
        (ids(open.on_us), ids(open.on_them))
    }

    fn record(entries: Vec<Entry>) -> Record {
        Record { entries, ..Record::default() }
    }

    #[test]
    fn their_last_word_waits_on_us_until_we_write() {
        assert_eq!(waits(&["1 1 ann plan 18T10 in"]), (vec![1], vec![]));
        assert_eq!(waits(&["1 1 ann plan 18T10 in", "2 1 ann plan 18T11 out"]), (vec![], vec![]));
        assert_eq!(waits(&["1 1 ann plan 18T10 out", "2 1 ann plan 18T11 in"]), (vec![2], vec![]));
    }

    #[test]
    fn thanks_and_machines_leave_nothing_open() {
        assert_eq!(waits(&["1 1 ann plan 18T10 in closes"]), (vec![], vec![]));
        assert_eq!(waits(&["1 1 ann plan 18T10 in robot"]), (vec![], vec![]));
        // An automatic answer of ours is no answer, one of theirs does not hide our ask.
        assert_eq!(waits(&["1 1 ann plan 18T10 in", "2 1 ann plan 18T11 out robot"]), (vec![1], vec![]));
        assert_eq!(waits(&["1 1 ann plan 16T10 out asks", "2 1 ann plan 16T11 in robot"]), (vec![], vec![1]));
    }

    #[test]
    fn an_answer_in_a_new_conversation_counts_under_the_same_subject_to_the_same_contact() {
        let asked = "1 1 ann plan 18T10 in";
        assert_eq!(waits(&[asked, "2 2 ann plan 18T11 out"]), (vec![], vec![]));
        assert_eq!(waits(&[asked, "2 2 bea plan 18T11 out"]), (vec![1], vec![]));
        assert_eq!(waits(&[asked, "2 2 ann tea 18T11 out"]), (vec![1], vec![]));
        assert_eq!(waits(&[asked, "2 2 ann plan 18T09 out"]), (vec![1], vec![]), "earlier is no answer");
    }

    #[test]
    fn our_ask_waits_on_them_from_three_working_days_on() {
        // As of the end of Friday: Tuesday 16:00 is 25 working hours old, Wednesday 09:00 exactly 24.
        assert_eq!(waits(&["1 1 ann plan 17T16 out asks"]), (vec![], vec![1]));
        assert_eq!(waits(&["1 1 ann plan 18T09 out asks"]), (vec![], vec![1]));
        assert_eq!(waits(&["1 1 ann plan 18T10 out asks"]), (vec![], vec![]));
        assert_eq!(waits(&["1 1 ann plan 10T10 out"]), (vec![], vec![]), "nothing was asked");
        assert_eq!(waits(&["1 1 ann plan 10T10 out asks", "2 2 ann plan 12T10 in closes"]), (vec![], vec![]));
    }

    #[test]
    fn the_oldest_stands_first_whatever_order_the_entries_came_in() {
        let lines = ["3 3 c x 19T10 in", "2 2 b y 17T10 in", "4 4 d z 17T10 in", "1 1 a w 20T10 in"];
        assert_eq!(waits(&lines).0, [2, 4, 3, 1]);
        let ages: Vec<f64> = loops(&lines).on_us.iter().map(|w| w.working_hours).collect();
        assert_eq!(ages, [31.0, 31.0, 15.0, 7.0]);
    }

    #[test]
    fn what_comes_at_the_end_of_the_day_or_later_is_not_known_yet() {
        assert_eq!(waits(&["1 1 ann plan 18T10 in", "2 1 ann plan 21T00 out"]), (vec![1], vec![]));
        assert_eq!(waits(&["1 1 ann plan 21T00 in"]), (vec![], vec![]));
    }

    #[test]
    fn of_two_at_the_same_instant_the_later_recorded_is_the_last_word() {
        assert_eq!(waits(&["1 1 ann plan 18T10 in", "2 1 ann plan 18T10 out"]), (vec![], vec![]));
        assert_eq!(waits(&["2 1 ann plan 18T10 in", "1 1 ann plan 18T10 out"]), (vec![2], vec![]));
    }

    #[test]
    fn strangers_wait_elsewhere() {
        let mut stranger = entry("1 1 ann plan 18T10 in");
        stranger.customers = [].into();
        let working = WorkingTime::usual(TimeZone::UTC);
        assert_eq!(open_loops(&record(vec![stranger]), &working, AS_OF.parse().unwrap()), OpenLoops::default());
    }

    #[test]
    fn half_a_million_entries_are_looked_at_a_few_times_each() {
        let entries: Vec<Entry> = (0..500_000_i64)
            .map(|n| Entry {
                interaction: n,
                conversation: n % 150_000,
                inbound: n % 3 != 0,
                at: Timestamp::from_second(1_500_000_000 + n * 500).unwrap(),
                author: Some(PersonNo((n % 5_000) as u32)),
                to: [PersonNo((n % 5_000) as u32)].into(),
                ..entry("1 1 ann plan 18T10 in asks")
            })
            .collect();
        let working = WorkingTime::usual(TimeZone::UTC);
        let began = std::time::Instant::now();
        let open = open_loops(&record(entries), &working, AS_OF.parse().unwrap());
        // Quadratic work would take hours; a debug build on a busy machine takes seconds.
        assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
        assert!(!open.on_us.is_empty());
    }
}
