//! How near we are: measures 3, 10 and 15.

use super::Telling;
use super::say::{ago, answer, told};
use crate::measure::{Class, Relation, Share};
use crate::report::day::Measured;
use crate::report::phrase::some;

/// "Gamma last heard from us 12 days ago: 'invoice 4411 is overdue'".
pub fn last_heard(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.last_heard, &whom, "our last word", |known| {
        let words = known.class.signal().and_then(|kind| telling.sentence(known.interaction, None, &[kind]));
        let what = match words {
            Some(words) => format!("'{}'", words.raw()),
            None => match known.class {
                Class::Invoice => "an invoice",
                Class::BadNews => "bad news",
                Class::Ask => "a question",
                Class::Answer => "an answer",
                Class::Thanks => "thanks",
                Class::News => "news",
            }
            .to_owned(),
        };
        let text = format!("{whom} last heard from us {}: {what}", ago(known.days, telling.day));
        told(Some(known.working_days), 1, known.flagged, text, vec![known.interaction])
    })
}

/// "Usually every 9 days with Acme; 24 days now".
pub fn silence(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.silence, &whom, "the rhythm", |known| {
        let every = match known.usual {
            1 => "every day".to_owned(),
            days => format!("every {days} days"),
        };
        let wish = if known.cadence { "Meant to be" } else { "Usually" };
        let now = some(known.days.max(0) as usize, "day", "days");
        let text = format!("{wish} {every} with {whom}; {now} now (n = {})", known.n);
        told(Some(known.days as f64), known.n, known.flagged, text, known.evidence.clone())
    })
}

/// "We see about 60 % of the Acme conversation".
pub fn blind_spot(telling: &Telling<'_>, relation: &Relation) -> Measured {
    let whom = telling.customer(relation);
    answer(&relation.blind_spot, &whom, "what we do not see", |known| {
        let Share { part, whole } = known.unseen;
        let seen = (whole - part.min(whole)) as f64 / whole.max(1) as f64 * 100.0;
        let days = |n: usize| some(n, "day", "days");
        let sides = match (known.only_out, known.only_in) {
            (0, 0) => String::new(),
            (out, 0) => format!("; {} with our mail only", days(out)),
            (0, inbound) => format!("; {} with theirs only", days(inbound)),
            (out, inbound) => format!("; {} with our mail only, {inbound} with theirs only", days(out)),
        };
        let text = format!("We see about {seen:.0} % of the {whom} conversation (n = {whole}){sides}");
        told(known.unseen.value(), whole as usize, known.blind, text, Vec::new())
    })
}
