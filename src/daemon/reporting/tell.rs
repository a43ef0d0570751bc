//! From what was found to a day's report: which mails it quotes, tells and tells late, and what it says besides.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::{Editor, settled};
use crate::contacts::CustomerId;
use crate::interaction::Recorded;
use crate::measure::calendar::day_span;
use crate::measure::{Findings, Roster};
use crate::report::{Facts, Report, schedule};
use crate::store;

/// Of how many conversations that wait a day's report shows the words.
const WAITING_SHOWN: usize = 1_000;

/// What is known of a day besides its findings.
pub(super) struct Known<'k> {
    /// The last sequence number that is known.
    pub(super) watermark: i64,
    /// Who the numbers in the findings are.
    pub(super) roster: &'k Roster,
}

impl Editor<'_> {
    /// The report of a day, optionally about one customer only.
    pub(super) fn tell(
        &self,
        date: Date,
        known: &Known<'_>,
        findings: &Findings,
        customer: Option<&CustomerId>,
    ) -> store::Result<Report> {
        let (zone, span) = (self.settings.zone(), self.span(date)?);
        let Known { watermark, roster } = *known;
        let mut days = self.published.clone();
        days.insert(date, watermark);
        let about = |recorded: &Recorded| customer.is_none_or(|c| recorded.interaction.customers.contains(c));
        let told_here = |recorded: &Recorded, late: bool| {
            let day = zone.to_datetime(recorded.interaction.occurred_at.timestamp).date();
            let told = schedule::assign(recorded.sequence, day, &days);
            about(recorded) && told == Some(schedule::Told { report: date, late })
        };
        let mut exchanges = self.reader.interactions_between(span.start, span.end)?;
        exchanges.retain(|recorded| told_here(recorded, false));
        let mut late = self.late_candidates(span.start, watermark)?;
        late.retain(|recorded| told_here(recorded, true));
        let (words, sentences) = shown(findings);
        let mut quoted = self.quoted(words)?;
        for id in sentences {
            quoted.push(self.reader.outline(id)?);
        }
        let mut report = Report::new(&Facts {
            date,
            zone: zone.clone(),
            hours_per_day: self.settings.working.hours_per_day(),
            customers: &self.customers,
            quoted: &quoted,
            roster,
            findings,
            exchanges: &exchanges,
            late: &late,
            unmatched: &self.strangers(span.end)?,
            quarantine: &self.held(span.end)?,
            forwarding_requests: &self.forwarding_requests(span.end)?,
            mailboxes: &self.mailboxes(span.end)?,
            formats: &self.settings.formats,
            previous: days.range(..date).next_back().map(|(day, _)| *day),
            anything_recorded: watermark > 0,
            version: env!("CARGO_PKG_VERSION"),
        });
        settled::add(&mut report, self.reader, (span.start, span.end), customer)?;
        Ok(report)
    }

    /// What joined the record after the reports of the last weeks were written, and took place before `start`.
    fn late_candidates(&self, start: Timestamp, watermark: i64) -> store::Result<Vec<Recorded>> {
        let oldest = start.to_zoned(self.settings.zone().clone()).date();
        let oldest = oldest.checked_sub(Span::new().days(schedule::DAYS_BACK)).unwrap_or(oldest);
        let earliest = day_span(oldest, self.settings.zone()).map_or(Timestamp::MIN, |span| span.start);
        match self.published.range(oldest..).map(|(_, watermark)| *watermark).min() {
            Some(lowest) => self.reader.late(lowest, watermark, (earliest, start)),
            None => Ok(Vec::new()),
        }
    }
}

/// The interactions of which the day shows the words, and those of which it shows a sentence. Of what waits, the
/// latest: older ones are counted on the page, told in full on their customer's, and stand in the JSON without their
/// words.
fn shown(findings: &Findings) -> (BTreeSet<i64>, BTreeSet<i64>) {
    let loops = findings.open_loops.on_us.iter().chain(&findings.open_loops.on_them);
    let mut waiting: Vec<_> = loops.map(|waiting| waiting.entry.order()).collect();
    waiting.sort_unstable_by_key(|order| std::cmp::Reverse(*order));
    let waiting = waiting.into_iter().take(WAITING_SHOWN).map(|(_, interaction)| interaction);
    let active = || findings.relations.iter().filter(|relation| relation.is_active);
    let quoted: BTreeSet<i64> = active().flat_map(|relation| relation.quoted()).collect();
    let looked_back = active().flat_map(|relation| relation.year.lines()).filter(|line| quoted.contains(line));
    let words: BTreeSet<i64> = waiting.chain(looked_back).collect();
    let sentences = quoted.difference(&words).copied().collect();
    (words, sentences)
}
