//! What the phrase lists find in new text, sentence by sentence (measures.md, "Shared definitions").
//!
//! Every hit names its sentence, so that a person can judge it. The lists are
//! files under `config/phrases/`, one for each language, all tried at once,
//! because a mail does not say its language and people mix them. A list's
//! `unless` phrases take a sentence back, and words such as "not" or "if" what
//! stands behind them ([`context`]); that is all the grammar there is.
//! A list that is right less than four times in five is worse than none: it is
//! off (`on = false`) in the languages where it is so, until somebody mends it.

mod amount;
mod context;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::due::{self, Dates};
use super::phrases::{Lexicon, fold, unspaced};
use super::sentence;
use super::{Signal, SignalKind};
use crate::mail::{Moment, Untrusted};
use context::Context;

/// Words of a closer at most (measures.md).
const CLOSER_WORDS: usize = 8;
/// Bytes of text that are read, and signals kept.
const TEXT: usize = 200_000;
const SIGNALS: usize = 500;

/// The lists of one language, as its file holds them. A list that is not there is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Language {
    /// Requests without a question mark.
    ask: List,
    /// Thanks, ok.
    closer: List,
    /// Thanks.
    thanks: List,
    /// "That's not right."
    correction: List,
    /// Names a problem.
    issue: List,
    /// Says that it works again.
    solved: List,
    /// Went live, won, launched.
    success: List,
    /// Congratulates.
    congratulation: List,
    /// "I will"; a promise only with a date.
    promise: List,
    /// Invoices, prices, renewals.
    money: List,
    /// Left the organisation.
    left_company: List,
    /// "Actually", "to clarify".
    correction_hint: List,
    /// Delays, refusals.
    bad_news: List,
    /// Asks for payment.
    dunning: List,
    /// "You are right."
    acknowledgement: List,
    /// Words that change what a phrase behind them says.
    context: context::Words,
    /// Words for days, by what day they mean.
    dates: BTreeMap<String, Vec<String>>,
}

/// Phrases, and those that take a sentence back.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct List {
    /// Whether it is used.
    on: bool,
    phrases: Vec<String>,
    unless: Vec<String>,
}

impl Default for List {
    fn default() -> List {
        List { on: true, phrases: Vec::new(), unless: Vec::new() }
    }
}

/// What one phrase says about its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// That it is of that kind, in the language of that number.
    Says(SignalKind, u8),
    /// That it is not of that kind, whatever else stands in it.
    Unless(SignalKind),
    /// What a phrase of the same language means behind it.
    Context(Context, u8),
}

/// What all phrases of a sentence say.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    found: Kinds,
    unless: Kinds,
}

/// What phrases say that begin at one place. One word may be a phrase in several languages; the words around it show
/// which of them is spoken, so that what one of them takes back is said in none.
#[derive(Debug, Clone, Copy, Default)]
struct Here {
    start: usize,
    found: Kinds,
    taken_back: Kinds,
}

/// A small set of kinds.
#[derive(Debug, Clone, Copy, Default)]
struct Kinds(u32);

/// The lists of every language, ready to search.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    lexicon: Lexicon<Mark>,
    dates: Dates,
    languages: u8,
}

impl Phrases {
    /// Reads the files' contents. The error names what is wrong, for a person who edits them.
    pub fn parse<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Phrases, String> {
        let mut phrases = Phrases::default();
        for file in files {
            phrases.add(&toml::from_str(file).map_err(|error| error.to_string())?)?;
        }
        Ok(phrases)
    }

    /// The lists that touchbase comes with.
    pub fn built_in() -> &'static Phrases {
        static BUILT_IN: OnceLock<Phrases> = OnceLock::new();
        BUILT_IN.get_or_init(|| Phrases::parse(FILES.iter().copied()).unwrap_or_default())
    }

    fn add<'a>(&mut self, language: &'a Language) -> Result<(), String> {
        let spoken = self.languages;
        self.languages = self.languages.saturating_add(1);
        let mut all: Vec<(&str, Mark)> = Vec::new();
        for (kind, list) in language.lists().into_iter().filter(|(_, list)| list.on) {
            let marked = |mark| move |phrase: &'a String| (phrase.as_str(), mark);
            all.extend(list.phrases.iter().map(marked(Mark::Says(kind, spoken))));
            all.extend(list.unless.iter().map(marked(Mark::Unless(kind))));
        }
        all.extend(language.context.all().map(|(word, context)| (word, Mark::Context(context, spoken))));
        self.lexicon.add_all(all);
        self.dates.add(&language.dates)
    }

    /// What is found in new text, in its order; for each sentence a kind once. `sent` makes days of
    /// "tomorrow" and "by Friday", in the author's offset.
    pub fn find(&self, text: &str, sent: Option<Moment>) -> Vec<Signal> {
        let text = super::shape::cut(text, TEXT);
        let mut signals = Vec::new();
        for sentence in sentence::split(text) {
            let found = self.of_sentence(sentence, sent);
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

    fn of_sentence(&self, sentence: &str, sent: Option<Moment>) -> Vec<(SignalKind, Option<jiff::civil::Date>)> {
        let folded = fold(sentence);
        let marks = self.marks(&folded);
        let asked = asks(sentence);
        let mut found = Vec::new();
        if asked || marks.say(SignalKind::Ask) {
            found.push((SignalKind::Ask, None));
        }
        for kind in PLAIN {
            let amount = kind == SignalKind::Money && !marks.unless.has(kind) && amount::is_in(&folded);
            if amount || marks.say(kind) && !(asked && STATED.contains(&kind)) {
                found.push((kind, None));
            }
        }
        if !asked && marks.say(SignalKind::Promise) {
            let promises = |mark| matches!(mark, Mark::Says(SignalKind::Promise, _));
            let said = self.lexicon.find(&folded).find(|hit| promises(hit.answer)).map_or(0, |hit| hit.start);
            let due = due::find(&self.dates, &folded, said, sent);
            found.extend(due.map(|due| (SignalKind::Promise, due)));
        }
        found
    }

    fn marks(&self, folded: &str) -> Marks {
        let mut marks = Marks::default();
        let mut contexts: Vec<(Context, u8, usize)> = Vec::new();
        let mut here = Here::default();
        for hit in self.lexicon.find(folded) {
            match hit.answer {
                Mark::Unless(kind) => marks.unless = marks.unless.with(kind),
                // The last one is the nearest, so that it alone decides.
                Mark::Context(context, spoken) => match contexts.iter_mut().find(|c| (c.0, c.1) == (context, spoken)) {
                    Some(known) => known.2 = hit.end,
                    None => contexts.push((context, spoken, hit.end)),
                },
                Mark::Says(kind, spoken) => {
                    let taken_back = contexts.iter().any(|&(context, of, end)| {
                        let between = folded.get(end..hit.start);
                        of == spoken && between.is_some_and(|between| context.takes_back(kind, between))
                    });
                    marks.found = marks.found.and(here.move_to(hit.start));
                    let kinds = if taken_back { &mut here.taken_back } else { &mut here.found };
                    *kinds = kinds.with(kind);
                }
            }
        }
        marks.found = marks.found.and(here.move_to(folded.len()));
        marks
    }

    /// Whole text at most 8 words, no question mark, on the list.
    fn closes(&self, text: &str) -> bool {
        if text.len() > 400 || text.contains(['?', '？', '؟']) || words(text) > CLOSER_WORDS {
            return false;
        }
        self.marks(&fold(text)).say(SignalKind::Closer)
    }
}

impl Here {
    /// Goes on to another place, and gives what was said before it, if it is another one.
    fn move_to(&mut self, start: usize) -> Kinds {
        if start == self.start {
            return Kinds::default();
        }
        let said = self.found.without(self.taken_back);
        *self = Here { start, ..Here::default() };
        said
    }
}

impl Marks {
    /// Whether a phrase of that list is there, and none that takes it back.
    fn say(self, kind: SignalKind) -> bool {
        self.found.has(kind) && !self.unless.has(kind)
    }
}

impl Kinds {
    fn with(self, kind: SignalKind) -> Kinds {
        Kinds(self.0 | 1 << kind as u32)
    }

    fn and(self, others: Kinds) -> Kinds {
        Kinds(self.0 | others.0)
    }

    fn without(self, others: Kinds) -> Kinds {
        Kinds(self.0 & !others.0)
    }

    fn has(self, kind: SignalKind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }
}

/// What the built-in lists find: [`Phrases::find`] of [`Phrases::built_in`].
pub fn find(text: &str, sent: Option<Moment>) -> Vec<Signal> {
    Phrases::built_in().find(text, sent)
}

const FILES: &[&str] = &[
    include_str!("../../config/phrases/de.toml"),
    include_str!("../../config/phrases/en.toml"),
    include_str!("../../config/phrases/es.toml"),
    include_str!("../../config/phrases/fr.toml"),
    include_str!("../../config/phrases/it.toml"),
    include_str!("../../config/phrases/nl.toml"),
    include_str!("../../config/phrases/pt.toml"),
];

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

impl Language {
    fn lists(&self) -> [(SignalKind, &List); 15] {
        [
            (SignalKind::Ask, &self.ask),
            (SignalKind::Closer, &self.closer),
            (SignalKind::Thanks, &self.thanks),
            (SignalKind::Correction, &self.correction),
            (SignalKind::Issue, &self.issue),
            (SignalKind::Solved, &self.solved),
            (SignalKind::Success, &self.success),
            (SignalKind::Congratulation, &self.congratulation),
            (SignalKind::Promise, &self.promise),
            (SignalKind::Money, &self.money),
            (SignalKind::LeftCompany, &self.left_company),
            (SignalKind::CorrectionHint, &self.correction_hint),
            (SignalKind::BadNews, &self.bad_news),
            (SignalKind::Dunning, &self.dunning),
            (SignalKind::Acknowledgement, &self.acknowledgement),
        ]
    }
}

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
        for file in FILES {
            assert_eq!(Phrases::parse([*file]).err(), None);
        }
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
