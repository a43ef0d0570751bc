//! Runs of lines behind quote marks, and what only looks like one.

use std::ops::Range;

use crate::mail::text::Line;

/// Runs of quoted lines, blank lines between two of them included.
pub(super) fn runs(lines: &[Line]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| line.depth > 0) {
        match runs.last_mut() {
            Some(run) if lines.get(run.end..index).is_some_and(|gap| gap.iter().all(Line::is_blank)) => {
                run.end = index + 1
            }
            _ => runs.push(index..index + 1),
        }
    }
    let written =
        |run: &Range<usize>| lines.get(run.clone()).is_some_and(|lines| lines.iter().any(|line| !line.is_blank()));
    let any = runs.iter().any(written);
    runs.retain(|run| any || written(run));
    runs
}

/// A single line that begins with `>` without being quoted: `> 5 litres`, `>From` of mbox files, `>>> offer <<<`.
pub(super) fn is_no_quote(lines: &[Line], start: usize, end: usize) -> bool {
    let Some(line) = lines.get(start) else { return false };
    if end != start + 1 {
        return false;
    }
    let text = |index: Option<usize>| index.and_then(|i| lines.get(i)).filter(|line| !line.is_blank());
    let above = text(start.checked_sub(1));
    let open = above.is_some_and(|above| !above.words().trim_end().ends_with([':', ',']));
    let number = line.words().starts_with(|c: char| c.is_ascii_digit() || c == '=');
    line.text.starts_with(">From ")
        || line.words().trim_end().ends_with("<<")
        || open && (number || line.depth >= 3) && text(Some(end)).is_some()
}

/// Whether the unmarked line at `index`, between two quoted ones, is the end of the long line above it.
pub(super) fn is_broken_end(lines: &[Line], index: usize) -> bool {
    let (Some(above), Some(line)) = (index.checked_sub(1).and_then(|i| lines.get(i)), lines.get(index)) else {
        return false;
    };
    let words = line.words().trim();
    let first = words.split_whitespace().next().unwrap_or("").chars().count();
    let full = above.text.chars().count() + 1 + first >= 70;
    let lower = words.chars().next().is_some_and(char::is_lowercase);
    let open = above.words().matches(['(', '<']).count() > above.words().matches([')', '>']).count();
    let link = words.starts_with(['(', '<']) && words.contains("://");
    !words.is_empty() && (full && lower || open || link)
}
