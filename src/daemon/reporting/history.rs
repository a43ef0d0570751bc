//! What measures said at the ends of earlier quarters, from the store to the report.

use super::Editor;
use crate::measure::Findings;
use crate::report::Report;
use crate::report::history::{self, History};
use crate::store::{self, Chronicle};

impl Editor<'_> {
    /// What measures of the customers of a chronicle said before the day of a report, at whose end it stands; it
    /// stands there again afterwards. One walk through the record for each end, and so never for a day's page.
    pub(super) fn history(&self, chronicle: &mut Chronicle, report: &Report) -> store::Result<History> {
        let mut history = History::default();
        let Some(began) = chronicle.record().entries.first().map(|entry| entry.at) else { return Ok(history) };
        self.reader.at_once(|| {
            for date in history::ends(report.date) {
                let end = self.span(date)?.end;
                if end > began {
                    let record = chronicle.look_back(self.reader, end, self.lately(date))?;
                    let words = self.reader.words();
                    let relations = Findings::relations(record, &words, &self.settings.working, end);
                    words.finish()?;
                    history.add(date, &relations, &record.roster, report);
                }
            }
            let end = self.span(report.date)?.end;
            chronicle.look_back(self.reader, end, self.lately(report.date)).map(drop)
        })?;
        Ok(history)
    }
}
