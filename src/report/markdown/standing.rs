//! How the relationships are doing, as Markdown.

use super::{Page, words};
use crate::report::day::{Item, Report};
use crate::report::standing::{self, Standing, Told};

/// How many items of one measure are told.
const ITEMS: usize = 3;

impl Page<'_> {
    /// What a day's page tells of its relationships.
    pub(super) fn standings(&mut self, report: &Report) {
        let standings = standing::select(report);
        if standings.is_empty() {
            return;
        }
        self.line("\n## How the relationships are doing");
        for standing in &standings.flagged {
            self.standing(standing);
        }
        if standings.more_flagged > 0 {
            self.line(&format!("\nand something to look at with {} more customers", standings.more_flagged));
        }
        let calm = standings.calm.len() + standings.more_calm;
        if calm > 0 {
            self.line(&format!("\n### Nothing stands out ({calm})\n"));
            for standing in &standings.calm {
                let line = format!("- **{}**: {}", self.customer(standing.customer), in_short(standing));
                self.line(&line);
            }
        }
        if standings.more_calm > 0 {
            self.line(&format!("- and {} more", standings.more_calm));
        }
    }

    fn standing(&mut self, standing: &Standing<'_>) {
        self.line(&format!("\n### {}\n", self.customer(standing.customer)));
        for told in &standing.flagged {
            self.line(&format!("- **{}**: {}", told.topic.name, sentence(told)));
            for item in told.open_items().take(ITEMS) {
                self.line(&format!("  - {}", self::item(told, item)));
            }
            let more = told.open_items().count().saturating_sub(ITEMS);
            if more > 0 {
                self.line(&format!("  - and {more} more"));
            }
        }
        let others = in_short(standing);
        if !others.is_empty() {
            self.line(&format!("- Besides: {others}"));
        }
    }
}

/// What needs nobody, on one line.
fn in_short(standing: &Standing<'_>) -> String {
    let mut parts: Vec<String> =
        standing.calm.iter().map(|told| format!("{}: {}", told.topic.name, sentence(told))).collect();
    let topics = |told: &[Told<'_>]| {
        let named = told.iter().map(|told| format!("{} (n = {})", told.topic.name.to_lowercase(), told.measured.n));
        named.collect::<Vec<_>>().join(", ")
    };
    if !standing.unseen.is_empty() {
        parts.push(format!("too little seen of {}", topics(&standing.unseen)));
    }
    if !standing.withheld.is_empty() {
        let withheld = topics(&standing.withheld);
        parts.push(format!("withheld, for we see less than half of the conversation: {withheld}"));
    }
    parts.extend(standing.sight.map(|sight| words(&sight.text)));
    parts.join(" · ")
}

fn sentence(told: &Told<'_>) -> String {
    format!("{} (n = {})", words(&told.sentence), told.measured.n)
}

fn item(told: &Told<'_>, item: &Item) -> String {
    let (text, sentence) = told.added_by(item);
    let number = item.number.map(|number| format!("[{number}] ")).unwrap_or_default();
    let sentence = sentence.map(|sentence| format!(" – “{}”", words(&sentence))).unwrap_or_default();
    format!("{number}{}{sentence}", words(&text))
}
