//! What the phrase lists find in new text, sentence by sentence (measures.md, "Shared definitions").
//!
//! Every hit names its sentence, so that a person can judge it. The lists are
//! files under `config/phrases/`, one for each language, all tried at once,
//! because a mail does not say its language and people mix them; only what a
//! sentence is surely not in is left out ([`spoken`]). A list's `unless` phrases take a sentence back, and words such as "not" or "if" what
//! stands behind them ([`context`]); that is all the grammar there is.
//! A list that is right less than four times in five is worse than none: it is
//! off (`on = false`) in the languages where it is so, until somebody mends it.

mod amount;
mod context;
mod detail;
mod language;
mod lists;
mod marks;
mod spoken;

use std::cell::LazyCell;
use std::rc::Rc;
use std::sync::OnceLock;

use super::due::{self, Dates};
use super::letters::unspaced;
use super::phrases::{Hit, Lexicon, fold};
use super::{Signal, SignalKind, prepared, sentence};
use crate::mail::{Moment, Untrusted};
use language::{Language, OURS};
pub use lists::{Lists, Wrong};
use marks::{Mark, Marks};
use spoken::{Spoken, Tongues};

/// Words of a closer at most (measures.md).
const CLOSER_WORDS: usize = 8;
/// Bytes of text that are read, and signals kept.
const TEXT: usize = 200_000;
const SIGNALS: usize = 500;

/// The lists of every language, ready to search.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    lexicon: Lexicon<Mark>,
    dates: Dates,
    spoken: Spoken,
}

impl Phrases {
    /// Reads the files' contents. The error names what is wrong, for a person who edits them.
    pub fn parse<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Phrases, String> {
        let read = |file| toml::from_str(file).map_err(|error: toml::de::Error| error.to_string());
        Phrases::of(&files.into_iter().map(read).collect::<Result<Vec<Language<'_>>, String>>()?)
    }

    /// The lists that touchbase comes with.
    pub fn built_in() -> &'static Phrases {
        static BUILT_IN: OnceLock<Phrases> = OnceLock::new();
        BUILT_IN.get_or_init(|| Phrases::of(&OURS.map(|(_, file)| prepared::read(file))).unwrap_or_default())
    }

    fn of(languages: &[Language<'_>]) -> Result<Phrases, String> {
        let mut all: Vec<(&str, Mark)> = Vec::new();
        for (language, spoken) in languages.iter().zip(0..) {
            for (kind, list) in language.lists().into_iter().filter(|(_, list)| list.on) {
                all.extend(list.phrases.iter().map(|phrase| (&**phrase, Mark::Says(kind, spoken))));
                all.extend(list.vague.iter().map(|phrase| (&**phrase, Mark::Vaguely(kind, spoken))));
                all.extend(list.unless.iter().map(|phrase| (&**phrase, Mark::Unless(kind, spoken))));
            }
            all.extend(language.context.all().map(|(word, context)| (word, Mark::Context(context, spoken))));
        }
        let dates = Dates::of(languages.iter().map(|language| &language.dates).zip(0..))?;
        let spoken = Spoken::of_languages(languages.iter().map(|language| &language.frequent).zip(0..));
        Ok(Phrases { lexicon: all.into_iter().collect(), dates, spoken })
    }

    /// What is found in new text, in its order; for each sentence a kind once. `sent` makes days of
    /// "tomorrow" and "by Friday", in the author's offset.
    pub fn find(&self, text: &str, sent: Option<Moment>) -> Vec<Signal> {
        let text = super::shape::cut(text, TEXT);
        let mut signals = Vec::new();
        let tongues = LazyCell::new(|| Rc::new(self.spoken.of(&fold(text))));
        for sentence in sentence::split(text) {
            let found = self.of_sentence(sentence, sent, || tongues.clone());
            signals.extend(found.into_iter().map(|(kind, due)| signal(kind, sentence, due)));
            if signals.len() >= SIGNALS {
                break;
            }
        }
        let open = |kind: SignalKind| kind.is_told() && !matches!(kind, SignalKind::Thanks | SignalKind::Solved);
        let open = signals.iter().any(|s| open(s.signal));
        if !open && self.closes(text) {
            signals.push(signal(SignalKind::Closer, text.trim(), None));
        }
        signals
    }

    /// `of_text`: what its whole text tells of its language.
    fn of_sentence(
        &self,
        sentence: &str,
        sent: Option<Moment>,
        of_text: impl Fn() -> Rc<Tongues>,
    ) -> Vec<(SignalKind, Option<jiff::civil::Date>)> {
        let folded = fold(sentence);
        let asked = asks(sentence);
        let tongues = LazyCell::new(|| Rc::new(self.spoken.of_sentence(&folded, of_text)));
        let marks = Marks::of(&self.lexicon, &folded, asked, || tongues.clone());
        let marks = marks.believed(|| detail::is_in(sentence, &folded, &self.dates, |spoken| tongues.rule_out(spoken)));
        let mut found = Vec::new();
        if asked || marks.say(SignalKind::Ask) {
            found.push((SignalKind::Ask, None));
        }
        for kind in PLAIN {
            let amount = kind == SignalKind::Money && !marks.takes_back(kind) && amount::is_in(&folded);
            if amount || marks.say(kind) && !(asked && STATED.contains(&kind)) {
                found.push((kind, None));
            }
        }
        if !asked && marks.say(SignalKind::Promise) {
            let promises = |mark| matches!(mark, Mark::Says(SignalKind::Promise, spoken) if !tongues.rule_out(spoken));
            let said = self.lexicon.find(&folded).find(|hit| promises(hit.answer)).map_or(0, |hit| hit.start);
            let due = due::find(&self.dates, &folded, said, sent, |spoken| tongues.rule_out(spoken));
            found.extend(due.map(|due| (SignalKind::Promise, due)));
        }
        found
    }

    /// Whole text at most 8 words, no question mark, on the list.
    fn closes(&self, text: &str) -> bool {
        if text.len() > 400 || text.contains(['?', '？', '؟']) || words(text) > CLOSER_WORDS {
            return false;
        }
        let folded = fold(text);
        Marks::of(&self.lexicon, &folded, false, || Rc::new(self.spoken.of(&folded))).say(SignalKind::Closer)
    }
}

/// What the built-in lists find: [`Phrases::find`] of [`Phrases::built_in`].
pub fn find(text: &str, sent: Option<Moment>) -> Vec<Signal> {
    Phrases::built_in().find(text, sent)
}

/// The kinds that a phrase alone decides.
const PLAIN: [SignalKind; 12] = [
    SignalKind::Thanks,
    SignalKind::Correction,
    SignalKind::Issue,
    SignalKind::Solved,
    SignalKind::Success,
    SignalKind::Congratulation,
    SignalKind::Money,
    SignalKind::LeftCompany,
    SignalKind::CorrectionHint,
    SignalKind::BadNews,
    SignalKind::Dunning,
    SignalKind::Acknowledgement,
];

/// The kinds that tell of something, so that a question does not: "Is it solved?"
const STATED: [SignalKind; 5] = [
    SignalKind::Solved,
    SignalKind::Success,
    SignalKind::LeftCompany,
    SignalKind::BadNews,
    SignalKind::Acknowledgement,
];

fn signal(signal: SignalKind, sentence: &str, due: Option<jiff::civil::Date>) -> Signal {
    Signal { signal, sentence: Untrusted::new(sentence), due }
}

/// Ends in a question mark of its own: not one of a URL, not one inside quotes.
fn asks(sentence: &str) -> bool {
    let end = sentence.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '!' | '.' | ')'));
    let greek = end.ends_with(';')
        && end.chars().rev().nth(1).is_some_and(|c| matches!(c, '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}'));
    let last = end.rsplit(char::is_whitespace).next().unwrap_or("");
    let url = last.contains("://") || last.starts_with("www.");
    (end.ends_with(['?', '？', '؟', '\u{037E}']) || greek) && !url && !sentence.trim_start().starts_with('>')
}

/// Words as people count them; two characters of a script without spaces make one.
fn words(text: &str) -> usize {
    let unspaced_count = text.chars().filter(|&c| unspaced(c)).count();
    let spaced = text.split_whitespace().filter(|w| w.contains(|c: char| c.is_alphanumeric() && !unspaced(c))).count();
    spaced + unspaced_count.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<SignalKind> {
        find(text, None).into_iter().map(|s| s.signal).collect()
    }

    #[test]
    fn the_built_in_lists_are_well_formed() {
        for (_, file) in OURS {
            let language: Language = serde_json::from_str(file).unwrap();
            assert_eq!(Phrases::of(&[language]).err(), None);
        }
    }

    #[test]
    fn what_is_folded_when_the_program_is_built_is_found_like_what_a_person_writes() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/phrases");
        let files = OURS.map(|(name, _)| std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap());
        let written = Phrases::parse(files.iter().map(String::as_str)).unwrap();
        let mut phrases = 0;
        for file in &files {
            let language: Language = toml::from_str(file).unwrap();
            for phrase in language.lists().into_iter().flat_map(|(_, list)| &list.phrases) {
                let text = phrase.replace("...", "x").replace(['^', '*'], "");
                assert_eq!(Phrases::built_in().find(&text, None), written.find(&text, None), "{text}");
                phrases += 1;
            }
        }
        assert!(phrases > 5_000, "{phrases}");
        // Whatever else is in a list is folded twice as well.
        assert!(files.iter().flat_map(|file| file.split('"')).all(|text| fold(&fold(text)) == fold(text)));
    }

    #[test]
    fn a_question_is_an_ask_but_not_in_a_url_or_in_quotes() {
        assert!(kinds("Shall we meet on Monday?").contains(&SignalKind::Ask));
        assert!(kinds("届きましたか？").contains(&SignalKind::Ask));
        assert!(!kinds("It is at https://x.example/find?").contains(&SignalKind::Ask));
        assert!(!kinds("He said \"where?\"").contains(&SignalKind::Ask));
        assert!(!kinds("We met at noon; it rained.").contains(&SignalKind::Ask));
    }

    #[test]
    fn a_closer_is_the_whole_short_text() {
        assert_eq!(kinds("Thanks, Ann!"), [SignalKind::Thanks, SignalKind::Closer]);
        assert!(
            !kinds("Thanks, Ann! We looked at the plan and have three more things to discuss.")
                .contains(&SignalKind::Closer)
        );
        assert!(!kinds("Ok, but the login still fails.").contains(&SignalKind::Closer));
        assert!(!kinds("Ok?").contains(&SignalKind::Closer));
    }

    #[test]
    fn lists_that_only_serve_measures_leave_a_closer_one() {
        assert_eq!(kinds("Noted, you're right."), [SignalKind::Acknowledgement, SignalKind::Closer]);
    }

    const LIST: &str = "[issue]\nphrases = ['broke']\n[solved]\nphrases = ['mended']\n[thanks]\nphrases = ['thanks']
        [correction_hint]\nphrases = ['we say', \"didn't we say\"]
        [context]\nnegation = ['never', \"didn't\"]\ncondition = ['if']\nwish = ['should']\nothers = ['rival']";

    fn of_list(text: &str) -> Vec<SignalKind> {
        Phrases::parse([LIST]).unwrap().find(text, None).into_iter().map(|s| s.signal).collect()
    }

    #[test]
    fn words_before_a_phrase_take_it_back_within_their_clause() {
        assert_eq!(of_list("It never broke."), []);
        assert_eq!(of_list("It never in all those years broke."), [SignalKind::Issue], "too far away");
        assert_eq!(of_list("Never, it broke."), [SignalKind::Issue], "another clause");
        assert_eq!(of_list("It broke, never again."), [SignalKind::Issue], "behind it");
        assert_eq!(of_list("If the old lift in the hall broke, call me."), []);
        assert_eq!(of_list("Our rival broke it."), []);
        assert_eq!(of_list("It should be mended."), []);
        assert_eq!(of_list("It should not have come to that it broke."), [SignalKind::Issue], "no wish");
    }

    #[test]
    fn what_its_own_language_takes_back_is_said_in_none() {
        let other = "[issue]\nphrases = ['broke']";
        for files in [[LIST, other], [other, LIST]] {
            assert!(Phrases::parse(files).unwrap().find("It never broke.", None).is_empty());
        }
    }

    #[test]
    fn the_last_clause_of_a_question_thanks_nobody_and_hints_only_by_doubting() {
        assert_eq!(of_list("Thanks, when does it come?"), [SignalKind::Ask, SignalKind::Thanks]);
        assert_eq!(of_list("Do they want thanks?"), [SignalKind::Ask]);
        assert_eq!(of_list("May we say ten?"), [SignalKind::Ask]);
        assert_eq!(of_list("Didn't we say ten?"), [SignalKind::Ask, SignalKind::CorrectionHint]);
        assert_eq!(of_list("We say ten, when does it come?"), [SignalKind::Ask, SignalKind::CorrectionHint]);
    }

    #[test]
    fn a_text_of_such_words_only_is_read_as_fast_as_any() {
        for piece in ["never broke if mended ", "案件", "é", "nous "] {
            let text = piece.repeat(TEXT / piece.len());
            let begun = std::time::Instant::now();
            assert!(Phrases::built_in().find(&text, None).len() < SIGNALS);
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{piece}: {:?}", begun.elapsed());
        }
    }

    #[test]
    fn vague_phrases_count_beside_something_that_can_be_wrong() {
        let list =
            "[correction_hint]\nvague = ['in fact']\n[thanks]\nphrases = ['thanks']\n[context]\nnegation = ['not']";
        let kinds = |text: &str| {
            let found = Phrases::parse([list]).unwrap().find(text, None);
            found.into_iter().any(|found| found.signal == SignalKind::CorrectionHint)
        };
        assert!(!kinds("In fact, it went very well."));
        assert!(kinds("In fact, it begins at 9."));
        assert!(kinds("In fact, Bea signed it."));
        assert!(kinds("In fact, it is the other door, not the blue one."));
        assert!(!kinds("In fact, thanks go to Bea."));
    }

    #[test]
    fn greetings_to_pass_on_are_no_ask() {
        for text in [
            "Please give the sailor our regards.",
            "Bitte grüßen Sie den Matrosen von uns.",
            "Por favor, dé recuerdos a su equipo.",
            "Donnez le bonjour à votre équipe.",
            "Mi saluti Anna, per favore.",
            "Doe de groeten aan Anna.",
            "Por favor dê os nossos cumprimentos à Ana.",
        ] {
            assert!(!kinds(text).contains(&SignalKind::Ask), "{text}");
        }
    }

    #[test]
    fn a_list_that_is_off_finds_nothing() {
        let kinds = |file| Phrases::parse([file]).unwrap().find("It broke.", None).len();
        assert_eq!(kinds("[issue]\nphrases = ['it broke']"), 1);
        assert_eq!(kinds("[issue]\non = false\nphrases = ['it broke']"), 0);
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_reason() {
        assert!(Phrases::parse(["[aks]\nphrases = []"]).err().is_some_and(|e| e.contains("aks")));
    }
}
