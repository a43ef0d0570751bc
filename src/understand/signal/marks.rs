//! What the phrases in a sentence say together.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::context::{self, Context};
use super::spoken::Tongues;
use super::{Hit, Lexicon, SignalKind};

/// What one phrase says about its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// That it is of that kind, in the language of that number.
    Says(SignalKind, u8),
    /// The same, if the sentence names something that can be wrong.
    Vaguely(SignalKind, u8),
    /// That it is not of that kind, whatever else stands in it.
    Unless(SignalKind, u8),
    /// What a phrase of the same language means behind it.
    Context(Context, u8),
}

/// What all phrases of a sentence say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    found: Kinds,
    vague: Kinds,
    unless: Kinds,
    denied: bool,
}

/// One phrase that was found.
#[derive(Debug, Clone, Copy)]
struct Said {
    kind: SignalKind,
    start: usize,
    spoken: u8,
    vague: bool,
    /// Whether words before it take it back.
    taken_back: bool,
}

/// How many kinds a set has room for.
const KINDS: usize = u32::BITS as usize;

/// A small set of kinds.
#[derive(Debug, Clone, Copy, Default)]
struct Kinds(u32);

impl Mark {
    /// The language it is a phrase of, by its number.
    pub(super) fn spoken(self) -> u8 {
        match self {
            Mark::Says(_, spoken) | Mark::Vaguely(_, spoken) | Mark::Unless(_, spoken) | Mark::Context(_, spoken) => {
                spoken
            }
        }
    }
}

impl Marks {
    /// What the phrases in a folded sentence say. `asked`: it is a question, whose last clause thanks nobody, and hints
    /// at a mistake only where it doubts: "shouldn't it be ten?" `tongues`: the languages it may be in, asked only if
    /// any phrase is there.
    pub(super) fn of(
        lexicon: &Lexicon<Mark>,
        folded: &str,
        asked: bool,
        tongues: impl FnOnce() -> Rc<Tongues>,
    ) -> Marks {
        let mut marks = Marks::default();
        let question = if asked { context::last_clause(folded) } else { folded.len() };
        let (mut doubted, mut hinted) = (false, false);
        let mut contexts: Vec<(Context, u8, usize)> = Vec::new();
        let (mut said, mut unless) = (Vec::new(), BTreeSet::new());
        let hits: Vec<Hit<Mark>> = lexicon.find(folded).collect();
        // Without these nothing is said, whatever the language.
        let says = |hit: &Hit<Mark>| !matches!(hit.answer, Mark::Context(..));
        if !hits.iter().any(says) {
            return marks;
        }
        let tongues = tongues();
        for hit in hits.iter().filter(|hit| !tongues.rule_out(hit.answer.spoken())) {
            match hit.answer {
                Mark::Unless(kind, spoken) => {
                    unless.insert((kind, spoken));
                }
                // The last one is the nearest, so that it alone decides.
                Mark::Context(context, spoken) => {
                    marks.denied |= context == Context::Negation;
                    doubted |= context == Context::Negation && hit.start >= question;
                    match contexts.iter_mut().find(|c| (c.0, c.1) == (context, spoken)) {
                        Some(known) => known.2 = hit.end,
                        None => contexts.push((context, spoken, hit.end)),
                    }
                }
                Mark::Vaguely(kind, spoken) if !asked => {
                    said.push(Said { kind, start: hit.start, spoken, vague: true, taken_back: false });
                }
                Mark::Vaguely(..) => {}
                Mark::Says(kind, spoken) => {
                    let taken_back = contexts.iter().any(|&(context, of, end)| {
                        let between = folded.get(end..hit.start);
                        of == spoken && between.is_some_and(|between| context.takes_back(kind, between))
                    });
                    let asked = hit.start >= question;
                    hinted |= !asked && kind == SignalKind::CorrectionHint;
                    let taken_back = taken_back || asked && kind == SignalKind::Thanks;
                    said.push(Said { kind, start: hit.start, spoken, vague: false, taken_back });
                }
            }
        }
        said.iter_mut().for_each(|said| said.taken_back |= unless.contains(&(said.kind, said.spoken)));
        marks.unless = unless.iter().fold(Kinds::default(), |kinds, (kind, _)| kinds.with(*kind));
        (marks.found, marks.vague) = (heard(&said, false, &tongues), heard(&said, true, &tongues));
        // Who thanks or congratulates in the same breath found nothing wrong: "I meant to say thank you".
        let content = marks.say(SignalKind::Thanks) || marks.say(SignalKind::Congratulation);
        let hint = Kinds::default().with(SignalKind::CorrectionHint);
        if content || !doubted && !hinted {
            marks.found = marks.found.without(hint);
        }
        if content {
            marks.vague = marks.vague.without(hint);
        }
        marks
    }

    /// The same, what is vague believed where the sentence names something that can be wrong, or says "not". `named`
    /// is asked only where it matters.
    pub(super) fn believed(mut self, named: impl FnOnce() -> bool) -> Marks {
        if self.vague.0 != 0 && (self.denied || named()) {
            self.found = self.found.and(self.vague);
        }
        self
    }

    /// Whether a phrase of any language takes that list back.
    pub(super) fn takes_back(self, kind: SignalKind) -> bool {
        self.unless.has(kind)
    }

    /// Whether a phrase of that list is there, and none that takes it back.
    pub(super) fn say(self, kind: SignalKind) -> bool {
        self.found.has(kind)
    }
}

/// The kinds that are said, of those that are vague or of the others. One word may be a phrase in several languages:
/// for each kind those count whose other words weigh most; and of a word that they share, what one of them takes back
/// is said in none.
fn heard(said: &[Said], vague: bool, tongues: &Tongues) -> Kinds {
    let mut most = [0_u16; KINDS];
    for said in said {
        if let Some(most) = most.get_mut(said.kind as usize) {
            *most = (*most).max(tongues.weight(said.spoken));
        }
    }
    let counts = |said: &&Said| most.get(said.kind as usize) == Some(&tongues.weight(said.spoken));
    let mut heard = Kinds::default();
    for word in said.chunk_by(|one, next| one.start == next.start) {
        let (mut there, mut taken_back) = (Kinds::default(), Kinds::default());
        for said in word.iter().filter(|said| said.vague == vague).filter(counts) {
            there = there.with(said.kind);
            taken_back = if said.taken_back { taken_back.with(said.kind) } else { taken_back };
        }
        heard = heard.and(there.without(taken_back));
    }
    heard
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
