//! What people call the measures, and what the number of each counts.

/// A measure of measures.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// Its key in product.md.
    pub key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What its number is: `their share of the words`.
    pub counts: &'static str,
    /// In what it is counted.
    pub unit: Unit,
}

/// In what a measure's number is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A part of a whole, 0 to 1.
    Share,
    /// Whole things: days, mails.
    Count,
    /// Voices, of which there may be one and a half.
    Voices,
}

/// All of them, in the order of measures.md.
pub const TOPICS: [Topic; 15] = [
    topic("listening_share", "Listening", "their share of the words", Unit::Share),
    topic("give_balance", "Giving and asking", "mails of ours that gave, of those that gave or asked", Unit::Share),
    topic("last_heard", "The last they heard", "working days since our last word", Unit::Count),
    topic("promises", "Promises", "promises kept, of those that fell due", Unit::Share),
    topic("corrections", "Corrections", "corrections we thanked for", Unit::Share),
    topic("issues", "Issues", "issues solved", Unit::Share),
    topic("successes", "Successes", "successes cheered", Unit::Share),
    topic("arrivals", "Who came", "newcomers greeted", Unit::Share),
    topic("departures", "Who left", "leavers seen off", Unit::Share),
    topic("silence", "Keeping in touch", "days since the last exchange", Unit::Count),
    topic("voices", "Voices", "voices on their side", Unit::Voices),
    topic("money_only", "Money", "mails of ours about money", Unit::Share),
    topic("answer_coverage", "Questions answered", "questions our answers took up", Unit::Share),
    topic("year", "Our year", "mails within a year", Unit::Count),
    topic("blind_spot", "What we see", "mails we never saw", Unit::Share),
];

const fn topic(key: &'static str, name: &'static str, counts: &'static str, unit: Unit) -> Topic {
    Topic { key, name, counts, unit }
}

/// The topic with a key.
pub fn of(key: &str) -> Option<Topic> {
    TOPICS.into_iter().find(|topic| topic.key == key)
}

impl Unit {
    /// A number in it: `38 %`, `12`, `1.4`.
    pub fn say(self, value: f64) -> String {
        match self {
            Unit::Share => format!("{:.0} %", value * 100.0),
            Unit::Count => format!("{value:.0}"),
            Unit::Voices => format!("{value:.1}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_in_their_unit() {
        let said = [Unit::Share.say(0.375), Unit::Count.say(12.0), Unit::Voices.say(1.44)];
        assert_eq!(said, ["38 %", "12", "1.4"]);
        assert_eq!(of("silence").map(|topic| topic.name), Some("Keeping in touch"));
        assert_eq!(of("charm"), None);
    }
}
