//! What measures said before, as Markdown: of one customer only.

use super::Page;
use crate::report::day::Report;
use crate::report::history;
use crate::report::topic::TOPICS;

impl Page<'_> {
    /// Each measure that has a value, with what it was at the ends of earlier quarters.
    pub(super) fn histories(&mut self, report: &Report) {
        for relationship in &report.relationships {
            let told: Vec<String> = TOPICS
                .into_iter()
                .filter_map(|topic| Some((topic, relationship.measures.get(topic.key)?)))
                .filter(|(_, measured)| !measured.earlier.is_empty())
                .map(|(topic, measured)| {
                    let was = history::in_words(topic, measured, report.date);
                    format!("- **{}**, {}: {was}", topic.name, topic.counts)
                })
                .collect();
            if !told.is_empty() {
                self.line(&format!("\n## How it was with {}\n", self.customer(&relationship.customer)));
                told.iter().for_each(|line| self.line(line));
            }
        }
    }
}
