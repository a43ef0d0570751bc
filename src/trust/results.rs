//! `Authentication-Results` (RFC 8601, 2.2): what one server found out about one mail.
//!
//! One result at a time: a property belongs to the result it stands behind and
//! to no other, and what stands in a comment or a quoted string is never a
//! result. A version we do not know is not guessed at.

use super::tokens::{Kind, Token, tokens};
use crate::mail::{Address, Domain};

/// One line of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Results {
    /// Which server says so (authserv-id).
    pub(super) id: String,
    /// What it says, in order; empty for `none`.
    pub(super) results: Vec<Outcome>,
}

/// One result with the properties it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// `dmarc`, `dkim`, `spf`, ..., lower case.
    pub(super) method: String,
    /// `pass`, `fail`, `none`, ..., lower case.
    pub(super) result: String,
    /// Name and value, such as `header.from`, lower case names.
    properties: Vec<(String, String)>,
}

impl Results {
    /// Reads a value. `None` when it is not well formed, has no authserv-id or another version.
    pub(super) fn parse(value: &str) -> Option<Results> {
        let tokens = tokens(value, ";=")?;
        let mut parts = tokens.split(|t| t.is(';'));
        let id = authserv_id(parts.next()?)?;
        let results = parts.filter_map(Outcome::parse).collect();
        Some(Results { id, results })
    }

    /// The results of one method.
    pub(super) fn of<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Outcome> + 'a {
        self.results.iter().filter(move |r| r.method == method)
    }
}

impl Outcome {
    /// `method[/1]=result` and then `ptype.property=value`, again and again.
    fn parse(tokens: &[Token]) -> Option<Outcome> {
        let [method, equals, rest @ ..] = tokens else { return None };
        let Kind::Word(method) = &method.kind else { return None };
        let method = match method.split_once('/') {
            Some((method, "1")) => method,
            Some(_) => return None,
            None => method,
        };
        let (result, mut rest) = value(rest).filter(|_| equals.is('='))?;
        let mut properties = Vec::new();
        while let [first, after @ ..] = rest {
            rest = after;
            let (Kind::Word(name), Some(equals)) = (&first.kind, after.first()) else { continue };
            if let Some((value, after)) = after.get(1..).and_then(value).filter(|_| equals.is('=')) {
                properties.push((name.to_ascii_lowercase(), value));
                rest = after;
            }
        }
        Some(Outcome { method: method.to_ascii_lowercase(), result: result.to_ascii_lowercase(), properties })
    }

    pub(super) fn is(&self, result: &str) -> bool {
        self.result == result
    }

    /// The domain a property names, itself or behind an `@`. `None` when it is missing, no domain,
    /// or there twice: then nobody knows which one was checked.
    pub(super) fn domain(&self, property: &str) -> Option<Domain> {
        let mut found = self.properties.iter().filter(|(name, _)| name == property).map(|(_, value)| value);
        let value = found.next().filter(|_| found.next().is_none())?;
        match value.strip_prefix('@') {
            Some(domain) => Domain::parse(domain),
            None if value.contains('@') => Address::parse(value).map(|a| a.domain()),
            None => Domain::parse(value),
        }
    }

    /// Whether a property is there at all.
    pub(super) fn has(&self, property: &str) -> bool {
        self.properties.iter().any(|(name, _)| name == property)
    }
}

/// The word before a line's results, as far as it can be seen without reading the line exactly.
pub(super) fn claimed_id(value: &str) -> &str {
    value.trim_start().split([' ', '\t', ';', '(']).next().unwrap_or_default()
}

/// The id, and perhaps a version, which has to be 1.
fn authserv_id(tokens: &[Token]) -> Option<String> {
    let (id, rest) = value(tokens)?;
    match rest {
        [] => Some(id),
        [version] if version.text() == Some("1") => Some(id),
        _ => None,
    }
}

/// One value: a token and whatever is glued to it; what follows it.
fn value(tokens: &[Token]) -> Option<(String, &[Token])> {
    let (first, rest) = tokens.split_first()?;
    let mut text = first.text()?.to_owned();
    let glued = rest.iter().take_while(|t| t.glued).count();
    let (more, rest) = rest.split_at_checked(glued)?;
    for token in more {
        match &token.kind {
            Kind::Word(word) | Kind::Quoted(word) => text.push_str(word),
            Kind::Sign(sign) => text.push(*sign),
        }
    }
    Some((text, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(value: &str) -> Option<String> {
        let line = Results::parse(value)?;
        let results = line.results.iter().map(|r| {
            let properties = r.properties.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
            format!("; {}={}{properties}", r.method, r.result)
        });
        Some(format!("{}{}", line.id, results.collect::<String>()))
    }

    #[test]
    fn results_are_read_one_at_a_time() {
        let table = [
            ("mx.us.example; none", "mx.us.example"),
            ("mx.us.example", "mx.us.example"),
            ("mx.us.example 1; DMARC=Pass Header.From=us.example", "mx.us.example; dmarc=pass header.from=us.example"),
            (
                "mx.us.example (ours) ; dkim/1 = pass header.d = us.example;",
                "mx.us.example; dkim=pass header.d=us.example",
            ),
            (
                "\"mx.us.example\"; spf=pass smtp.mailfrom=\"a b\"@us.example",
                "mx.us.example; spf=pass smtp.mailfrom=a b@us.example",
            ),
            (
                "mx; dkim=pass header.b=a/b+c=; dmarc=pass(p=NONE) header.from=x.example",
                "mx; dkim=pass header.b=a/b+c=; dmarc=pass header.from=x.example",
            ),
            ("mx; dkim/2=pass header.d=x.example", "mx"),
            (
                "mx; dkim=pass reason=\"good; dmarc=pass\" header.d=x.example",
                "mx; dkim=pass reason=good; dmarc=pass header.d=x.example",
            ),
            ("mx; =pass; dkim; dkim=; spf=fail", "mx; spf=fail"),
            ("mx; spf=pass stray words smtp.mailfrom=a@x.example", "mx; spf=pass smtp.mailfrom=a@x.example"),
        ];
        for (value, expected) in table {
            assert_eq!(told(value).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn lines_without_an_id_or_of_another_version_are_not_read() {
        for value in [
            "",
            ";",
            "; dkim=pass",
            "spf=pass smtp.mailfrom=x.example; dkim=pass",
            "mx 2; dkim=pass",
            "mx us; dkim=pass",
            "mx; dkim=pass (",
            "mx; dkim=pass reason=\"x",
        ] {
            assert!(told(value).is_none_or(|t| t.starts_with("spf=")), "{value}");
        }
    }

    #[test]
    fn a_property_that_stands_twice_says_nothing() {
        let line = Results::parse("mx; dkim=pass header.d=a.example header.d=b.example header.i=@c.example").unwrap();
        assert_eq!(line.results[0].domain("header.d"), None);
        assert_eq!(line.results[0].domain("header.i").map(|d| d.to_string()).as_deref(), Some("c.example"));
    }
}
