//! Sentences that say nothing of what a mail is about: "I hope you are well", "Thank you for your mail".

use std::sync::LazyLock;

use crate::understand::phrases::{Lexicon, Table, fold};
use crate::understand::prepared::prepared;

/// Words of such a sentence at most; a longer one goes on to say something.
const WORDS: usize = 14;

static COURTESIES: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let table = Table::compiled_in(prepared!("src/report/gist/courtesies"));
    Lexicon::of_table(&table, &[("courtesy", ())]).anchored()
});

/// Whether a sentence is one.
pub(super) fn is_one(sentence: &str) -> bool {
    sentence.split_whitespace().nth(WORDS).is_none() && COURTESIES.has(&fold(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        assert!(!Table::compiled_in(prepared!("src/report/gist/courtesies")).is_empty());
    }

    #[test]
    fn wishes_thanks_and_goodbyes_are_courtesies() {
        for sentence in [
            "I hope this finds you well.",
            "Vielen Dank für Ihre Nachricht vom Montag!",
            "Comment allez-vous ?",
            "¿Qué tal todo?",
            "Grazie per la tua mail.",
            "Alvast bedankt voor de moeite.",
            "Desculpe a demora.",
            "Re: order 4411",
        ] {
            assert!(is_one(sentence), "{sentence}");
        }
    }

    #[test]
    fn what_says_something_is_none() {
        for sentence in [
            "The boiler is fixed.",
            "We hope to open in May.",
            "Thanks for the twelve chairs.",
            "Thank you for your mail, in which you asked about the roof: it is tight since Monday and dry within.",
            "",
        ] {
            assert!(!is_one(sentence), "{sentence}");
        }
    }
}
