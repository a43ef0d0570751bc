//! What the phrases in a sentence say together.

use super::context::{self, Context};
use super::{Lexicon, SignalKind};

/// What one phrase says about its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// That it is of that kind, in the language of that number.
    Says(SignalKind, u8),
    /// That it is not of that kind, whatever else stands in it.
    Unless(SignalKind),
    /// What a phrase of the same language means behind it.
    Context(Context, u8),
}

/// What all phrases of a sentence say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
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
    /// What the phrases in a folded sentence say. `asked`: it is a question, whose last clause thanks nobody, and hints
    /// at a mistake only where it doubts: "shouldn't it be ten?"
    pub(super) fn of(lexicon: &Lexicon<Mark>, folded: &str, asked: bool) -> Marks {
        let mut marks = Marks::default();
        let question = if asked { context::last_clause(folded) } else { folded.len() };
        let (mut doubted, mut hinted) = (false, false);
        let mut contexts: Vec<(Context, u8, usize)> = Vec::new();
        let mut here = Here::default();
        for hit in lexicon.find(folded) {
            match hit.answer {
                Mark::Unless(kind) => marks.unless = marks.unless.with(kind),
                // The last one is the nearest, so that it alone decides.
                Mark::Context(context, spoken) => {
                    doubted |= context == Context::Negation && hit.start >= question;
                    match contexts.iter_mut().find(|c| (c.0, c.1) == (context, spoken)) {
                        Some(known) => known.2 = hit.end,
                        None => contexts.push((context, spoken, hit.end)),
                    }
                }
                Mark::Says(kind, spoken) => {
                    let taken_back = contexts.iter().any(|&(context, of, end)| {
                        let between = folded.get(end..hit.start);
                        of == spoken && between.is_some_and(|between| context.takes_back(kind, between))
                    });
                    marks.found = marks.found.and(here.move_to(hit.start));
                    let asked = hit.start >= question;
                    hinted |= !asked && kind == SignalKind::CorrectionHint;
                    let taken_back = taken_back || asked && kind == SignalKind::Thanks;
                    let kinds = if taken_back { &mut here.taken_back } else { &mut here.found };
                    *kinds = kinds.with(kind);
                }
            }
        }
        marks.found = marks.found.and(here.move_to(folded.len()));
        if !doubted && !hinted {
            marks.found = marks.found.without(Kinds::default().with(SignalKind::CorrectionHint));
        }
        marks
    }

    /// Whether a phrase takes that list back.
    pub(super) fn takes_back(self, kind: SignalKind) -> bool {
        self.unless.has(kind)
    }

    /// Whether a phrase of that list is there, and none that takes it back.
    pub(super) fn say(self, kind: SignalKind) -> bool {
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
