//! Full text: subjects, new words, comments, names and addresses.
//!
//! What somebody types is words, never the index's query language: each word is quoted, so that quotes,
//! operators and column names in it mean themselves. `"two words"` is a phrase, `deliv*` a beginning.
//! Scripts without spaces (Chinese, Japanese, Thai) have no words the index knows; a question with such letters
//! reads the texts themselves, which is slower and finds them.

use rusqlite::params;

use super::{Reader, Result};
use crate::interaction::Recorded;
use crate::mail::Untrusted;

/// One interaction that holds the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The interaction.
    pub recorded: Recorded,
    /// The words around the first hit.
    pub snippet: Untrusted,
}

impl Reader {
    /// Interactions that hold all of `words`, newest first, at most `limit`. No words find nothing.
    pub fn search(&self, words: &str, limit: usize) -> Result<Vec<Found>> {
        let terms = terms(words);
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        if terms.iter().any(|t| t.words.chars().any(without_spaces)) {
            return self.search_texts(&terms, limit);
        }
        let question: Vec<String> = terms.iter().map(Term::quoted).collect();
        let sql = "SELECT fulltext.rowid AS id, snippet(fulltext, -1, '', '', '…', 24) AS snippet
                   FROM fulltext JOIN interaction AS i ON i.id = fulltext.rowid
                   WHERE fulltext MATCH ?1 ORDER BY i.occurred_at DESC, i.id DESC LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![question.join(" AND "), limit as i64], |row| {
            Ok((row.get::<_, i64>("id")?, row.get::<_, String>("snippet")?))
        })?;
        rows.map(|row| row.map_err(Into::into).and_then(|(id, snippet)| self.found(id, snippet))).collect()
    }

    fn found(&self, id: i64, snippet: String) -> Result<Found> {
        Ok(Found { recorded: self.get(id)?, snippet: Untrusted::new(snippet) })
    }

    /// Reads texts from the newest on until there are `limit` that hold every term.
    fn search_texts(&self, terms: &[Term], limit: usize) -> Result<Vec<Found>> {
        let sql = "SELECT id, subject || char(10) || text || char(10) || coalesce(comment, '') || char(10) || people
                   AS story FROM interaction ORDER BY occurred_at DESC, id DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()?
            && found.len() < limit
        {
            let story: String = row.get("story")?;
            let folded = story.to_lowercase();
            if terms.iter().all(|t| folded.contains(&t.words.to_lowercase())) {
                let snippet = terms.first().map(|t| around(&story, &t.words)).unwrap_or_default();
                found.push(self.found(row.get("id")?, snippet)?);
            }
        }
        Ok(found)
    }
}

/// A word or phrase to be found.
struct Term {
    words: String,
    beginning: bool,
}

impl Term {
    /// A string of the index's query language that means exactly these words.
    fn quoted(&self) -> String {
        let star = if self.beginning { " *" } else { "" };
        format!("\"{}\"{star}", self.words.replace('"', "\"\""))
    }
}

/// What somebody typed, taken apart: quoted phrases and single words that hold a letter or digit.
fn terms(typed: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for (index, piece) in typed.split('"').enumerate() {
        // What stands between an odd and an even quotation mark is a phrase.
        let phrase = index % 2 == 1;
        let words: Vec<&str> = if phrase { vec![piece] } else { piece.split_whitespace().collect() };
        for word in words {
            let beginning = !phrase && word.ends_with('*');
            let words: String = word.trim_end_matches('*').chars().filter(|c| !c.is_control()).collect();
            if words.chars().any(char::is_alphanumeric) {
                terms.push(Term { words, beginning });
            }
        }
    }
    terms.truncate(32);
    terms
}

/// Letters of scripts that set no spaces between words.
fn without_spaces(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Some forty letters on each side of the first place that holds `word`.
fn around(story: &str, word: &str) -> String {
    let at = story.find(word).unwrap_or(0);
    let (before, from) = story.split_at_checked(at).unwrap_or(("", story));
    let lead: Vec<char> = before.chars().rev().take(40).collect();
    lead.into_iter().rev().chain(from.chars().take(word.chars().count() + 40)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_quotes_are_words_like_others() {
        let question = |typed| terms(typed).iter().map(Term::quoted).collect::<Vec<_>>().join(" AND ");
        assert_eq!(question("plan OR NEAR(x) subject:y"), r#""plan" AND "OR" AND "NEAR(x)" AND "subject:y""#);
        assert_eq!(question("\"two words\" deliv* * -- \u{0}"), r#""two words" AND "deliv" *"#);
        assert_eq!(question("an \"open end"), r#""an" AND "open end""#);
    }
}
