//! What phrases find, and what they do not.

use super::*;
use crate::understand::prepared::prepared;

fn found(phrases: &[&str], text: &str) -> bool {
    phrases.iter().map(|phrase| (*phrase, ())).collect::<Lexicon<()>>().has(&fold(text))
}

#[test]
fn every_table_that_is_compiled_in_is_well_formed() {
    let tables = [
        prepared!("src/understand/auto_reply"),
        prepared!("src/understand/bounce"),
        prepared!("src/understand/bulk"),
        prepared!("src/understand/calendar"),
    ];
    assert!(tables.into_iter().all(|toml| !Table::compiled_in(toml).is_empty()));
}

#[test]
fn words_are_found_whole_and_stems_are_not() {
    assert!(found(&["out of office"], "I am Out of\n Office."));
    assert!(!found(&["out of office"], "out of offices"));
    assert!(found(&["abwesen*"], "Meine Abwesenheit"));
    assert!(!found(&["wesen*"], "Abwesenheit"));
}

#[test]
fn ends_of_words_are_found_behind_two_letters() {
    assert!(found(&["*remos"], "Les llamaremos mañana."));
    assert!(found(&["nous ... *rons"], "Nous vous appellerons lundi."));
    assert!(!found(&["*remos"], "llamaremosle remos premos"));
    assert!(!found(&["je ... *rai"], "Je sais que c'est vrai."));
    assert!(!found(&["nous ... *rons"], "Appellerons-nous"));
    assert!(found(&["*abcd", "ab*"], "xxabcd"), "beside phrases that begin");
}

#[test]
fn accents_case_and_apostrophes_do_not_matter() {
    assert!(found(&["réponse automatique"], "REPONSE AUTOMATIQUE"));
    assert!(found(&["i'm away"], "I’m away"));
    assert!(found(&["straße"], "STRASSE"));
}

#[test]
fn pieces_stand_in_order_in_one_sentence() {
    assert!(found(&["away ... until"], "I am away from my desk until Monday"));
    assert!(!found(&["away ... until"], "I was away. Until Monday then."));
    assert!(!found(&["away ... until"], "until now nobody was away"));
}

#[test]
fn an_anchored_phrase_stands_only_at_the_beginning() {
    assert!(found(&["^automatic reply"], "  \"Automatic reply: x"));
    assert!(!found(&["^automatic reply"], "Re: Automatic reply: x"));
}

#[test]
fn scripts_without_spaces_are_read_anywhere() {
    assert!(found(&["自动回复"], "这是自动回复邮件"));
    assert!(found(&["不在"], "本日は不在です"));
}
