//! Lines below which another mail stands: separators with words, runs of labelled header lines.

use std::sync::LazyLock;

use crate::understand::letters::lowered;
use crate::understand::wordlist::Phrases;

static ORIGINAL: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/original.txt")));

/// Whether a line is nothing but a row of dashes, underscores or the like.
pub fn is_rule(line: &str) -> bool {
    let line = line.trim().trim_start_matches('>').trim();
    line.len() >= 3 && line.chars().all(is_rule_char)
}

fn is_rule_char(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '=' | '*' | '~' | '\u{2013}' | '\u{2014}' | '\u{2015}' | '\u{2500}' | '\u{2501}' | ' ' | '\u{ad}'
    )
}

/// `----- Original Message -----` in any language that is known.
pub(super) fn is_original_message(line: &str) -> bool {
    words_between_rules(line).is_some_and(|words| {
        let lower = lowered(words);
        ORIGINAL.is(&lower) || ORIGINAL.at_start(&lower).is_some() && words.split_whitespace().count() <= 4
    })
}

/// The words of a line that has dashes on both sides.
pub(super) fn words_between_rules(line: &str) -> Option<&str> {
    let line = line.trim().trim_matches('*');
    if !line.starts_with(is_rule_char) {
        return None;
    }
    let inner = line.trim_matches(is_rule_char);
    let (before, after) = line.split_once(inner)?;
    let dashes = |side: &str| side.trim().chars().count() >= 2;
    let inner = inner.trim_end_matches([':', '\u{ff1a}']).trim();
    (!inner.is_empty() && inner.chars().count() <= 60 && dashes(before) && dashes(after)).then_some(inner)
}
