//! Everything the record says as of one instant: the door to all measures.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::answer::Answer;
use super::dealings::{self, Dealings};
use super::sight::Sight;
use super::year::Found;
use super::{
    Arrivals, Balance, BlindSpot, Corrections, Coverage, CustomerNo, Departures, Issues, LastHeard, Listening,
    MoneyOnly, OpenLoops, Promises, Record, Silence, Successes, Voices, Wording, WorkingTime, Year,
};
use super::{
    arrivals, balance, blind_spot, corrections, coverage, departures, issues, last_heard, listening, money, open_loops,
    promises, silence, successes, voices, year,
};

/// How many weeks a rhythm shows.
const WEEKS: usize = 26;

/// How many things of one kind a report quotes of one customer, the latest.
pub const QUOTED: usize = 3;

/// Everything the record says as of one instant. The words behind it are asked for afterwards,
/// by [`Findings::interactions`], so that a report loads the few mails it shows and not a million.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Who waits for whom.
    pub open_loops: OpenLoops,
    /// Each customer we ever exchanged a personal word with, by number.
    pub relations: Vec<Relation>,
}

/// The fifteen measures of one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Which customer.
    pub customer: CustomerNo,
    /// When the latest personal word was exchanged.
    pub latest: Timestamp,
    /// Whether that was in W(365).
    pub is_active: bool,
    /// Personal mails of each of the last 26 weeks up to the report's day, the oldest first: theirs, ours.
    pub rhythm: Vec<(u32, u32)>,
    /// Measure 1.
    pub listening: Answer<Listening>,
    /// Measure 2.
    pub balance: Answer<Balance>,
    /// Measure 3.
    pub last_heard: Answer<LastHeard>,
    /// Measure 4.
    pub promises: Promises,
    /// Measure 5.
    pub corrections: Corrections,
    /// Measure 6.
    pub issues: Issues,
    /// Measure 7.
    pub successes: Successes,
    /// Measure 8.
    pub arrivals: Arrivals,
    /// Measure 9.
    pub departures: Departures,
    /// Measure 10.
    pub silence: Answer<Silence>,
    /// Measure 11.
    pub voices: Answer<Voices>,
    /// Measure 12.
    pub money: Answer<MoneyOnly>,
    /// Measure 13.
    pub coverage: Answer<Coverage>,
    /// Measure 14.
    pub year: Year,
    /// Measure 15.
    pub blind_spot: Answer<BlindSpot>,
}

impl Findings {
    /// What the record says as of an instant, which is excluded.
    pub fn of(record: &Record, wording: &dyn Wording, working: &WorkingTime, as_of: Timestamp) -> Findings {
        let relations = Findings::relations(record, wording, working, as_of);
        Findings { open_loops: open_loops::open_loops(record, working, as_of), relations }
    }

    /// The same without the open loops, for those who look back.
    pub fn relations(record: &Record, wording: &dyn Wording, working: &WorkingTime, as_of: Timestamp) -> Vec<Relation> {
        let sight = Sight::of(record, wording, working, as_of);
        let mut relations = Vec::new();
        dealings::each(record, &sight.at, |dealings| relations.extend(Relation::of(&dealings, &sight)));
        relations
    }

    /// What is said of one customer.
    pub fn relation(&self, customer: CustomerNo) -> Option<&Relation> {
        let at = self.relations.binary_search_by_key(&customer, |relation| relation.customer).ok()?;
        self.relations.get(at)
    }

    /// The interactions whose words a day's report shows: the open loops, and of each customer what is open or
    /// deserves attention, a few of each kind.
    pub fn interactions(&self) -> BTreeSet<i64> {
        let OpenLoops { on_us, on_them } = &self.open_loops;
        let waiting = on_us.iter().chain(on_them).map(|waiting| waiting.entry.interaction);
        let active = self.relations.iter().filter(|relation| relation.is_active);
        waiting.chain(active.flat_map(Relation::quoted)).collect()
    }
}

impl Relation {
    /// The measures of one customer; `None` without any dealings.
    fn of(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Option<Relation> {
        let latest = dealings.all().next_back()?.entry.at;
        let blind_spot = blind_spot::blind_spot(dealings, sight);
        let blind = blind_spot.known().is_some_and(|spot| spot.blind);
        let promises = promises::promises(dealings, sight);
        let corrections = corrections::corrections(dealings, sight);
        let issues = issues::issues(dealings, sight);
        let successes = successes::successes(dealings, sight);
        let departures = departures::departures(dealings, sight);
        let found = Found {
            promises: &promises,
            corrections: &corrections,
            issues: &issues,
            successes: &successes,
            departures: &departures,
        };
        Some(Relation {
            customer: dealings.customer,
            latest,
            is_active: latest >= sight.at.since(365),
            rhythm: rhythm(dealings, sight),
            listening: listening::listening(dealings, sight).unless_blind(blind, |found| found.n),
            balance: balance::balance(dealings, sight).unless_blind(blind, |found| found.given.whole as usize),
            last_heard: last_heard::last_heard(dealings, sight),
            arrivals: arrivals::arrivals(dealings, sight),
            silence: silence::silence(dealings, sight).unless_blind(blind, |found| found.n),
            voices: voices::voices(dealings, sight),
            money: money::money_only(dealings, sight),
            coverage: coverage::coverage(dealings, sight).unless_blind(blind, |found| found.covered.whole as usize),
            year: year::year(dealings, sight, &found),
            promises,
            corrections,
            issues,
            successes,
            departures,
            blind_spot,
        })
    }

    /// The interactions whose words a day's report shows of this customer.
    pub fn quoted(&self) -> BTreeSet<i64> {
        let heard = self.last_heard.known().filter(|heard| heard.flagged).map(|heard| heard.interaction);
        let promises = self.promises.told().into_iter().map(|promised| promised.interaction);
        let corrections = self.corrections.all.iter().rev().filter(|c| c.told).map(|c| c.interaction);
        let issues = self.issues.all.iter().rev().filter(|issue| issue.flag.is_some()).map(|issue| issue.interaction);
        let successes = self.successes.all.iter().rev().filter(|success| success.told).map(|s| s.interaction);
        let missed = self.coverage.known().into_iter().flat_map(|coverage| coverage.missed.iter().rev());
        let looked_back = self.year.occasion.filter(|occasion| matches!(occasion, year::Occasion::Anniversary(_)));
        heard
            .into_iter()
            .chain(promises)
            .chain(corrections.take(QUOTED))
            .chain(issues.take(QUOTED))
            .chain(successes.take(QUOTED))
            .chain(missed.take(QUOTED).map(|missed| missed.interaction))
            .chain(looked_back.into_iter().flat_map(|_| self.year.lines()))
            .collect()
    }

    /// The same with what a customer's own page shows besides: the lines of the year, and our last word.
    pub fn quoted_in_full(&self) -> BTreeSet<i64> {
        let mut quoted = self.quoted();
        quoted.extend(self.year.lines());
        quoted.extend(self.last_heard.known().map(|heard| heard.interaction));
        quoted
    }
}

fn rhythm(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Vec<(u32, u32)> {
    let mut weeks = vec![(0, 0); WEEKS];
    for place in dealings.since(sight.at.since(7 * WEEKS)) {
        let week = place.days_ago().and_then(|ago| WEEKS.checked_sub(1 + ago / 7));
        match week.and_then(|week| weeks.get_mut(week)) {
            Some((theirs, _)) if place.entry.inbound => *theirs += 1,
            Some((_, ours)) => *ours += 1,
            None => {}
        }
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;
    use crate::measure::{Entry, NoWords, PersonNo, Someone};
    use jiff::tz::TimeZone;

    #[test]
    fn an_empty_record_says_nothing() {
        let story = Story::of::<&str>("2026-11-20", &[]);
        assert_eq!(story.findings(), Findings::default());
        assert!(story.findings().interactions().is_empty());
    }

    #[test]
    fn each_customer_is_told_of_by_number_and_found_by_it() {
        let mails = ["11-19T10:00 in zoe@zeta a", "11-18T10:00 in ann@acme b", "2024-01-01T10:00 in bob@beta c"];
        let findings = Story::of("2026-11-20", &mails).findings();
        let told: Vec<_> =
            findings.relations.iter().map(|relation| (relation.customer.0, relation.is_active)).collect();
        assert_eq!(told, [(0, true), (1, true), (2, false)]);
        assert_eq!(findings.relation(CustomerNo(2)).map(|relation| relation.customer.0), Some(2));
        assert_eq!(findings.relation(CustomerNo(3)), None);
    }

    #[test]
    fn rhythm_is_of_26_weeks_that_end_with_the_day() {
        let mails = [
            "11-20T23:59 in ann@acme a",
            "11-14T00:00 out ann@acme a",
            "11-13T23:59 out ann@acme a",
            "05-23T00:00 in ann@acme a",
            "05-22T23:59 in ann@acme a",
        ];
        let rhythm = Story::of("2026-11-20", &mails).told().rhythm;
        let sum = rhythm.iter().fold((0, 0), |sum, week| (sum.0 + week.0, sum.1 + week.1));
        assert_eq!((rhythm.len(), sum), (26, (2, 2)));
        assert_eq!((rhythm[25], rhythm[24], rhythm[0]), ((1, 1), (0, 1), (1, 0)));
    }

    #[test]
    fn what_is_quoted_is_open_or_flagged_and_little() {
        let mut mails: Vec<String> = (0..40).map(|n| format!("11-10T10:{n:02} in ann@acme c{n} success")).collect();
        mails.push("11-02T10:00 out ann@acme x promise=2026-11-03".into());
        mails.push("11-02T10:00 out ann@acme y promise=2026-12-24".into());
        let findings = Story::of("2026-11-20", &mails).findings();
        let quoted = findings.relations[0].quoted();
        assert_eq!(quoted.into_iter().collect::<Vec<_>>(), [38, 39, 40, 41]);
        let in_full = findings.relations[0].quoted_in_full();
        assert!(in_full.contains(&42), "our last word");
        let shown: Vec<_> = in_full.into_iter().filter(|n| *n < 38).collect();
        assert!(shown.is_empty(), "the year began with the promise and its warmest are the latest: {shown:?}");
    }

    /// A million lines would take a debug build a minute on a busy machine; a fifth of them has to take seconds, as
    /// anything quadratic would take hours: one customer has half of them, one conversation a tenth.
    #[test]
    fn two_hundred_thousand_entries_are_walked_a_few_times_each() {
        let mut record = Record::default();
        for n in 0..1_000 {
            let id = crate::contacts::CustomerId(format!("c{n}"));
            let customer = Some(record.roster.customer(&id));
            record.roster.add(Someone { customer, ..Someone::default() });
        }
        let template =
            Story::of("2026-11-20", &["11-10T10:00 in ann@acme a ask thanks success"]).record.entries.remove(0);
        record.entries = (0..200_000_i64)
            .map(|n| {
                let who = if n % 2 == 0 { 0 } else { (n % 1_000) as u32 };
                Entry {
                    interaction: n,
                    conversation: if n % 10 == 0 { 0 } else { n / 7 },
                    heading: (n % 90) as u64,
                    inbound: n % 3 != 0,
                    at: Timestamp::from_second(1_763_600_000 + n * 150).unwrap(),
                    author: Some(PersonNo(who)),
                    to: [PersonNo(who)].into(),
                    customers: [CustomerNo(who)].into(),
                    ..template.clone()
                }
            })
            .collect();
        let working = WorkingTime::usual(TimeZone::UTC);
        let began = std::time::Instant::now();
        let findings = Findings::of(&record, &NoWords, &working, "2026-11-21T00:00:00Z".parse().unwrap());
        assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
        assert_eq!(findings.relations.len(), 501);
    }
}
