//! Quotes known by the marks before their lines.

use std::ops::Range;

use super::{Finder, is_marked};
use crate::understand::attribution;
use crate::understand::boundary::is_original_message;
use crate::understand::reply::runs::{is_broken_end, runs};
use crate::understand::reply::written::{self, Circumstances};

impl Finder<'_> {
    /// Runs of lines behind quote marks, with the broken ends of long lines between them.
    pub(super) fn by_marks(&mut self, rendered: bool) {
        let runs = runs(self.lines);
        let keep = if rendered { self.unannounced(&runs) } else { self.own(&runs) };
        let mut said = false;
        let mut last_end = None;
        for (Range { start, end }, keep) in runs.into_iter().zip(keep) {
            if keep {
                continue;
            }
            if let Some(previous) = last_end
                && previous + 1 == start
                && is_broken_end(self.lines, previous)
            {
                self.cut(previous, start);
            }
            self.cut(start, end);
            last_end = Some(end);
            if !said {
                self.because("quote marks", start);
                said = true;
            }
        }
    }

    /// Block quotes that nothing announces are the author's where something announces others.
    fn unannounced(&self, runs: &[Range<usize>]) -> Vec<bool> {
        let announced: Vec<bool> = runs.iter().map(|run| self.is_announced(run)).collect();
        let some = announced.contains(&true);
        announced.into_iter().map(|announced| some && !announced).collect()
    }

    /// Lines behind `>` that are no quote.
    fn own(&self, runs: &[Range<usize>]) -> Vec<bool> {
        let unmarked = |at: &usize| self.lines.get(*at).is_some_and(|line| line.depth == 0);
        let trail = self.blocks.keys().copied().find(unmarked);
        written::own(
            self.lines,
            runs,
            &Circumstances { may_answer: self.known.may_answer, announced: &|run| self.is_announced(run), trail },
        )
    }

    /// Whether a client marked the run that begins at `start`, or an attribution stands above or at its beginning.
    fn is_announced(&self, run: &Range<usize>) -> bool {
        let Range { start, end } = *run;
        let Some(line) = self.lines.get(start) else { return false };
        let above = (0..start).rev().find(|&i| self.lines.get(i).is_some_and(|l| !l.is_blank()));
        let inside = self.below(start);
        let headed = |i: usize| self.blocks.range(..=i).next_back().is_some_and(|(_, end)| *end > i);
        let said = |i: usize| self.lines.get(i).is_some_and(|line| is_original_message(line.words()));
        is_marked(line)
            || above.is_some_and(|i| headed(i) || said(i))
            || self.blocks.range(start..end).next().is_some()
            || above.is_some_and(|i| attribution::ending_at(self.lines, i, true).is_some())
            || (inside..(inside + 4).min(end)).any(|i| attribution::ending_at(self.lines, i, true).is_some())
    }
}
