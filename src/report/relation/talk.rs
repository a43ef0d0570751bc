//! Who talks, and of what: measures 1, 2, 11 and 12.

use super::Telling;
use super::say::{answer, percent, told};
use crate::measure::{Relation, Share};
use crate::report::day::Measured;
use crate::report::phrase::some;

/// "Acme: they wrote 38 % of the words (n = 22); it was 57 %".
pub fn listening(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.listening, &whom, "whose words", |known| {
        let before = known.before.map(|before| format!("; it was {}", percent(before))).unwrap_or_default();
        let text = format!("{whom}: they wrote {} of the words (n = {}){before}", percent(known.theirs), known.n);
        told(known.theirs.value(), known.n, known.flagged, text, known.evidence.clone())
    })
}

/// "Last 8 mails to Beta: 6 asked for something".
pub fn balance(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.balance, &whom, "giving and asking", |known| {
        let Share { part, whole } = known.given;
        let asked = match whole - part {
            0 => "none asked for anything".to_owned(),
            asked => format!("{asked} asked for something"),
        };
        let text = format!("Last {whole} mails to {whom}: {asked}");
        told(known.given.value(), whole as usize, known.flagged, text, known.evidence.clone())
    })
}

/// "At Acme 1.2 voices of 5 known; our side 1.0".
pub fn voices(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.voices, &whom, "how many voices", |known| {
        let theirs = known.theirs.map_or("no voice".to_owned(), |voices| format!("{voices:.1} voices"));
        let of = match known.known {
            0 => String::new(),
            known => format!(" of {known} known"),
        };
        let ours = known.ours.map_or("silent".to_owned(), |voices| format!("{voices:.1}"));
        let text = format!("At {whom} {theirs}{of}; our side {ours} (n = {})", known.n);
        told(known.theirs, known.n, known.flagged, text, known.evidence.clone())
    })
}

/// "Our last 3 mails to Beta were all about money".
pub fn money_only(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.money, &whom, "how much of it is money", |known| {
        let Share { part, whole } = known.money;
        let text = match part {
            _ if part == whole => format!("Our last {whole} mails to {whom} were all about money"),
            _ if known.last_three => format!("Our last 3 mails to {whom} were all about money (n = {whole})"),
            0 => format!("None of our last {whole} mails to {whom} was about money"),
            1 => format!("One of our last {whole} mails to {whom} was about money"),
            _ => format!("{} of our last {} to {whom} were about money", part, some(whole as usize, "mail", "mails")),
        };
        told(known.money.value(), whole as usize, known.flagged, text, known.evidence.clone())
    })
}
