//! The words of structured header fields (RFC 5322, 3.2): atoms, quoted strings and comments.
//!
//! Results lines and From lines are attacked by breaking out of comments and
//! quotes, so what is not perfectly well formed is refused whole instead of
//! being repaired: nobody can know what the writer meant.

/// One word or sign; comments are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Nothing, not even a comment, stands between this and the one before.
    pub(super) glued: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of anything else.
    Word(String),
    /// A quoted string, without quotes and escapes.
    Quoted(String),
    /// One of the signs that were asked for.
    Sign(char),
}

impl Token {
    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// The text of a word or quoted string.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(text) | Kind::Quoted(text) => Some(text),
            Kind::Sign(_) => None,
        }
    }
}

/// Splits a field's value. `None` when a quote or comment does not end, a bracket closes nothing, a
/// control character stands in it, or a quote opens inside a comment and does not close there: that
/// is how a stranger's quoted local part, repeated in a server's comment, breaks out of it.
pub(super) fn tokens(value: &str, signs: &str) -> Option<Vec<Token>> {
    let mut found: Vec<Token> = Vec::new();
    let mut glued = false;
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let kind = match c {
            ' ' | '\t' => {
                glued = false;
                continue;
            }
            '(' => {
                skip_comment(&mut chars)?;
                glued = false;
                continue;
            }
            ')' => return None,
            '"' => Kind::Quoted(quoted(&mut chars)?),
            c if c.is_control() => return None,
            c if signs.contains(c) => Kind::Sign(c),
            c => {
                let mut word = String::from(c);
                let inside = |c: &char| !" \t()\"".contains(*c) && !signs.contains(*c) && !c.is_control();
                while let Some(next) = chars.next_if(inside) {
                    word.push(next);
                }
                Kind::Word(word)
            }
        };
        found.push(Token { kind, glued });
        glued = true;
    }
    Some(found)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn quoted(chars: &mut Chars<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => text.push(chars.next()?),
            c => text.push(c),
        }
    }
}

fn skip_comment(chars: &mut Chars<'_>) -> Option<()> {
    let mut depth = 1_u32;
    let mut quotes = 0_u32;
    while depth > 0 {
        match chars.next()? {
            '(' => depth += 1,
            ')' => depth -= 1,
            '"' => quotes += 1,
            '\\' => drop(chars.next()?),
            _ => {}
        }
    }
    quotes.is_multiple_of(2).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(value: &str) -> Option<String> {
        let tokens = tokens(value, ";=")?;
        let shown = tokens.iter().map(|t| {
            let gap = if t.glued { "" } else { " " };
            match &t.kind {
                Kind::Word(w) => format!("{gap}{w}"),
                Kind::Quoted(q) => format!("{gap}[{q}]"),
                Kind::Sign(s) => format!("{gap}{s}"),
            }
        });
        Some(shown.collect())
    }

    #[test]
    fn comments_go_and_quotes_hold_together() {
        assert_eq!(told("a (b (c) \\) d)=e; f").as_deref(), Some(" a =e; f"));
        assert_eq!(told(r#"a="b;\"c"d"#).as_deref(), Some(r#" a=[b;"c]d"#));
        assert_eq!(told("").as_deref(), Some(""));
        assert_eq!(told("a(\"b\")").as_deref(), Some(" a"));
    }

    #[test]
    fn what_does_not_end_is_refused() {
        for value in ["a (b", "a \"b", "a )", "((((", "a (\"b) c (d\")", "a \"b\\", "a (b\\", "a\0b", "a\rb"] {
            assert_eq!(told(value), None, "{value:?}");
        }
        assert_eq!(told(&"(".repeat(1_000_000)), None);
    }
}
