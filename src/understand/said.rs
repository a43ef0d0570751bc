//! What the first words of a mail say of who wrote them: a program, somebody away, somebody who wrote to many.
//!
//! One look at the words answers both [`super::auto_reply`] and
//! [`super::bulk`], whose lists these are (auto_reply.toml, bulk.toml).

use std::sync::OnceLock;

use super::phrases::{Lexicon, Table};
use super::prepared::prepared;

/// What the words say, each once; how often for `meanwhile` and `received`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// That the mail is an automatic answer.
    pub automatic: bool,
    /// That its author is away.
    pub away: bool,
    /// That its author left for good.
    pub left: bool,
    /// That the sender shall confirm something first.
    pub challenge: bool,
    /// What to do meanwhile.
    pub meanwhile: usize,
    /// That a mail was received.
    pub received: usize,
    /// That it went to many.
    pub mass: bool,
    /// That a program sent it and that nobody reads answers.
    pub machine: bool,
}

/// What one phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Automatic,
    Away,
    Meanwhile,
    Left,
    Received,
    Challenge,
    Mass,
    Machine,
}

impl Said {
    /// What folded words say.
    pub fn of(folded: &str) -> Said {
        let mut said = Said::default();
        for hit in lexicon().find(folded) {
            match hit.answer {
                Says::Automatic => said.automatic = true,
                Says::Away => said.away = true,
                Says::Left => said.left = true,
                Says::Challenge => said.challenge = true,
                Says::Meanwhile => said.meanwhile += 1,
                Says::Received => said.received += 1,
                Says::Mass => said.mass = true,
                Says::Machine => said.machine = true,
            }
        }
        said
    }
}

fn lexicon() -> &'static Lexicon<Says> {
    static LEXICON: OnceLock<Lexicon<Says>> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let answers = Table::compiled_in(prepared!("src/understand/auto_reply"));
        let to_many = Table::compiled_in(prepared!("src/understand/bulk"));
        let of_answers = [
            ("automatic", Says::Automatic),
            ("away", Says::Away),
            ("meanwhile", Says::Meanwhile),
            ("left", Says::Left),
            ("received", Says::Received),
            ("challenge", Says::Challenge),
        ];
        let of_many = [("mass", Says::Mass), ("machine", Says::Machine)];
        answers.phrases(&of_answers).chain(to_many.phrases(&of_many)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::phrases::fold;

    #[test]
    fn one_look_finds_what_every_list_says() {
        let said = Said::of(&fold("This is an automatic reply: I am out of the office. Please do not reply."));
        assert!(said.automatic && said.away && said.machine, "{said:?}");
        assert!(!said.left && !said.mass && said.received == 0, "{said:?}");
        assert_eq!(Said::of("the pump arrived today"), Said::default());
    }
}
