//! Names and addresses as forwards write them, which is not as headers do.
//!
//! Separators may be commas or semicolons, names may be `Last, First`,
//! addresses may be missing, doubled, in any bracket, or a directory path that
//! only Exchange or Notes understands. A piece without one plain address
//! keeps its name alone: matching may know the name, this file never invents.

use std::borrow::Cow;

use super::plain::is_invisible;
use crate::mail::{Address, Participant, Role, Untrusted};

/// More people on one line than this are not read.
const MOST: usize = 500;

/// The people on a header line, each in that role.
pub fn read(text: &str, role: Role) -> Vec<Participant> {
    let text: &str = &without_invisible(text);
    if let Some(name) = x400_name(text) {
        return vec![Participant { role, name: Some(Untrusted::new(name)), address: None }];
    }
    pieces(text).into_iter().filter_map(|piece| one(&piece, role)).take(MOST).collect()
}

/// Zero-width and bidirectional marks are no part of a name or an address.
fn without_invisible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        text.chars().filter(|c| !is_invisible(*c) || is_joiner(*c)).collect::<String>().into()
    }
}

/// Persian names and Indian scripts need them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// The one person on an author line.
pub fn author(text: &str) -> Option<Participant> {
    let mut people = read(text, Role::From);
    match people.len() {
        0 => None,
        1 => people.pop(),
        // `Li, Ann` without an address: one person whose name has a comma.
        _ if people.iter().all(|p| p.address.is_none()) => one(text, Role::From),
        _ => {
            let addressed = people.iter().filter(|p| p.address.is_some()).count();
            let first = people.into_iter().next()?;
            // `Ann Li, INTERNET:ann@acme.example`: an author has one address, wherever it stands.
            if first.address.is_some() || addressed != 1 {
                return Some(first);
            }
            let (address, _) = first_address(text)?;
            Some(Participant { address: Some(address), ..first })
        }
    }
}

/// The words between separators, with `Last, First <address>` kept together.
fn pieces(text: &str) -> Vec<String> {
    let by_semicolon = split_outside(text, |c| matches!(c, ';' | '；'));
    if by_semicolon.len() > 1 && by_semicolon.iter().skip(1).any(|p| !p.trim().is_empty()) {
        return by_semicolon.into_iter().flat_map(|piece| comma_pieces(&piece, true)).collect();
    }
    comma_pieces(text, false)
}

/// Splits at commas, and joins a name without address to the address that follows it.
fn comma_pieces(text: &str, one_person: bool) -> Vec<String> {
    let parts = split_outside(text, |c| matches!(c, ',' | '，' | '、' | '،' | ';'));
    let addressed = parts.iter().filter(|p| p.contains('@') || p.contains("</")).count();
    if addressed == 0 {
        let single = one_person
            || (parts.len() == 2 && parts.iter().all(|p| p.split_whitespace().count() <= 2) && !text.contains('/'));
        return if single { vec![text.to_owned()] } else { parts };
    }
    let mut joined: Vec<String> = Vec::new();
    let mut waiting: Option<String> = None;
    for part in parts {
        let named = has_bracketed_address(&part);
        match waiting.take() {
            Some(last) if named => joined.push(format!("{last}, {}", part.trim())),
            Some(last) => {
                joined.push(last);
                if part.contains('@') { joined.push(part) } else { waiting = Some(part) }
            }
            None if part.contains('@') => joined.push(part),
            None => waiting = Some(part),
        }
    }
    joined.extend(waiting);
    joined
}

fn has_bracketed_address(part: &str) -> bool {
    let open = part.find(['<', '[', '(']);
    open.is_some_and(|at| {
        at > 0
            && part.get(at..).is_some_and(|rest| rest.contains('@') || rest.starts_with("</"))
            && !part.get(..at).unwrap_or("").contains('@')
    })
}

/// Splits where `is_separator` says so, but not inside quotes or brackets.
fn split_outside(text: &str, is_separator: impl Fn(char) -> bool) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quote, mut depth) = (None, 0u32);
    let mut previous = ' ';
    for c in text.chars() {
        match (quote, c) {
            (Some(open), _) if c == open && previous != '\\' => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some('"'),
            (None, '\'') if part.trim().is_empty() => quote = Some('\''),
            (None, '<' | '[' | '(') => depth += 1,
            (None, '>' | ']' | ')') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 && is_separator(c) => {
                parts.push(std::mem::take(&mut part));
                previous = c;
                continue;
            }
            _ => {}
        }
        part.push(c);
        previous = c;
    }
    parts.push(part);
    if quote.is_some() && parts.len() == 1 {
        // An apostrophe or quote that never closes quotes nothing.
        return text.split(is_separator).map(str::to_owned).filter(|p| !p.trim().is_empty()).collect();
    }
    parts.into_iter().filter(|p| !p.trim().is_empty()).collect()
}

/// One person: the first address in the words, and the name before it.
fn one(words: &str, role: Role) -> Option<Participant> {
    let (address, name_end) = match first_address(words) {
        Some((address, at)) => (Some(address), at),
        None => (None, words.len()),
    };
    let before = words.get(..name_end).unwrap_or("");
    let named = clean_name(before).or_else(|| address.as_ref().and_then(|_| name_behind(words)));
    let name = named.filter(|name| !is_address_itself(name));
    (name.is_some() || address.is_some()).then(|| Participant { role, name: name.map(Untrusted::new), address })
}

/// The first plain address and where the words before it end.
pub fn first_address(words: &str) -> Option<(Address, usize)> {
    let is_part = |c: char| !c.is_whitespace() && !"<>[]()\"',;:，；、：|".contains(c);
    for (at, _) in words.match_indices('@').take(20) {
        let start = words
            .get(..at)?
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_part(*c) || *c == '\'')
            .last()
            .map_or(at, |(i, _)| i);
        let rest = words.get(at + 1..)?;
        let end = rest.find(|c| !is_part(c)).map_or(words.len(), |i| at + 1 + i);
        let found = words.get(start..end)?.trim_matches(|c| matches!(c, '.' | '*' | '\'' | '_' | '…'));
        if let Some(address) = address(found) {
            let opening = words.get(..start)?.trim_end_matches(|c: char| c.is_whitespace() || "<[(*'\":".contains(c));
            let opening = strip_scheme(opening);
            return Some((address, opening.len()));
        }
    }
    None
}

/// `Name<mailto:` and `Name [SMTP:` end before the scheme.
fn strip_scheme(opening: &str) -> &str {
    for scheme in ["mailto", "MAILTO", "Mailto", "SMTP", "smtp", "INTERNET", "Internet", "internet"] {
        if let Some(rest) = opening.strip_suffix(scheme) {
            return rest.trim_end_matches(|c: char| c.is_whitespace() || "<[(".contains(c));
        }
    }
    opening
}

/// `ann@acme.example (Ann Li)`.
fn name_behind(words: &str) -> Option<String> {
    let (_, behind) = words.split_once('(')?;
    let (inner, _) = behind.split_once(')')?;
    clean_name(inner).filter(|name| !name.contains('@'))
}

/// A name without the quotes, paths and link leftovers around it.
fn clean_name(words: &str) -> Option<String> {
    let cut = words.find("</").or_else(|| words.find("<mailto")).or_else(|| words.find("[mailto"));
    let words = cut.and_then(|at| words.get(..at)).unwrap_or(words);
    let words = words.split("<http").next().unwrap_or(words);
    let words = notes_name(words.trim());
    let name =
        words.trim_matches(|c: char| c.is_whitespace() || "\"'*<>[]()`“”„«»;,".contains(c)).replace("\\\"", "\"");
    let name = super::plain::squeezed(&name.replace('\u{feff}', ""));
    let name = if name.contains('(') && !name.contains(')') && words.contains(')') { format!("{name})") } else { name };
    name.chars().any(char::is_alphabetic).then_some(name)
}

/// `CN=Ann Li/OU=Sales/O=ACME`, `Ann Li/Sales/ACME@ACME` and `/o=ACME/cn=ANN` to the common name.
fn notes_name(words: &str) -> &str {
    // The domain of a Notes name has no full stop: `Ann Li@ACME`.
    let words = words.split_once('@').filter(|(_, domain)| !domain.contains('.')).map_or(words, |(name, _)| name);
    if words.contains("://") || !words.contains('/') {
        return words;
    }
    let common =
        words.split('/').find_map(|p| p.get(..3).filter(|k| k.eq_ignore_ascii_case("cn=")).and_then(|_| p.get(3..)));
    match common {
        Some(name) => name,
        None => words.split('/').find(|p| !p.trim().is_empty()).unwrap_or(words),
    }
}

/// The given name and surname of one X.400 address (`G=Ann;S=Li;O=ACME;P=ACME;A=MCI;C=US`), which has no other.
fn x400_name(text: &str) -> Option<String> {
    if text.contains('@') || text.len() > 300 {
        return None;
    }
    let pairs = text.split([';', '/', ',']).filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(String, &str)> = pairs.map(|(key, value)| (key.trim().to_lowercase(), value.trim())).collect();
    let value = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, value)| *value);
    value("c").or(value("a")).or(value("p"))?;
    let surname = value("s")?;
    Some(value("g").map_or(surname.to_owned(), |given| format!("{given} {surname}")))
}

fn is_address_itself(name: &str) -> bool {
    name.contains('@') && !name.contains(char::is_whitespace)
}

/// An address of a forward's header block must have a full stop in its domain: `ACME@ACME` is a Notes path.
fn address(text: &str) -> Option<Address> {
    let (_, domain) = text.split_once('@')?;
    domain.contains('.').then(|| Address::parse(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let people = read(text, Role::To);
        let one = |p: &Participant| {
            let name = p.name.as_ref().map_or("-", |n| n.raw());
            format!("{name} <{}>", p.address.as_ref().map_or("-", |a| a.as_str()))
        };
        people.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn people_are_read_as_clients_write_them() {
        for (text, expected) in [
            ("Ann Li <ann@acme.example>", "Ann Li <ann@acme.example>"),
            ("ann@acme.example <ann@acme.example>; bo@x.example", "- <ann@acme.example>; - <bo@x.example>"),
            ("\"Li, Ann\" <ann@acme.example>, Bo", "Li, Ann <ann@acme.example>; Bo <->"),
            ("Li, Ann <ann@acme.example>, bo@x.example <bo@x.example>", "Li, Ann <ann@acme.example>; - <bo@x.example>"),
            ("Walter, Ann <a@x.example>, Li, Bo<b@x.example>", "Walter, Ann <a@x.example>; Li, Bo <b@x.example>"),
            ("Li, Ann", "Li, Ann <->"),
            ("Li, Ann; Roe, Bo", "Li, Ann <->; Roe, Bo <->"),
            ("Ann Li [mailto:ann@acme.example]", "Ann Li <ann@acme.example>"),
            ("Ann Li [SMTP:ann@acme.example]", "Ann Li <ann@acme.example>"),
            (
                "Ann<mailto:ann@a.example> <ann@a.example<mailto:ann@a.example>> on behalf of t@b.example<mailto:t@b.example>",
                "Ann <ann@a.example>",
            ),
            ("'ann@acme.example' <ann@acme.example>", "- <ann@acme.example>"),
            ("\"'ann@acme.example'\" <ann@acme.example>", "- <ann@acme.example>"),
            ("'Li, Ann' <ann@acme.example>, \"Bo\" <b@x.example>", "Li, Ann <ann@acme.example>; Bo <b@x.example>"),
            ("Sean O'Connor <s@x.example>", "Sean O'Connor <s@x.example>"),
            ("Ann Li/Sales/ACME@ACME", "Ann Li <->"),
            ("CN=Ann Li/OU=Sales/O=ACME", "Ann Li <->"),
            ("Li, Ann </O=ACME/OU=NA/CN=RECIPIENTS/CN=ALI>", "Li, Ann <->"),
            ("Li, Ann (Legal)", "Li, Ann (Legal) <->"),
            ("G=Ann;S=Li;O=ACME;P=ACME;A=MCI;C=US", "Ann Li <->"),
            ("ann@acme.example (Ann Li)", "Ann Li <ann@acme.example>"),
            ("Ann Li (ann@acme.example)", "Ann Li <ann@acme.example>"),
            ("*Ann Li* <ann@acme.example>", "Ann Li <ann@acme.example>"),
            ("Ann Li\u{200b} <ann@acme.example\u{200b}>", "Ann Li <ann@acme.example>"),
            (">INTERNET:ann@acme.example", "- <ann@acme.example>"),
            ("Ann Li, 100417,2231", "Ann Li <->"),
            ("undisclosed-recipients:;", "undisclosed-recipients: <->"),
            ("o'neil@x.example", "- <o'neil@x.example>"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn an_author_whose_name_has_a_comma_is_one_person() {
        let bare = author("Ann Li, INTERNET:ann@acme.example").unwrap();
        assert_eq!((bare.name.unwrap().raw(), bare.address.unwrap().as_str()), ("Ann Li", "ann@acme.example"));
        assert_eq!(author("Van der Berg, Ann Maria").unwrap().name.unwrap().raw(), "Van der Berg, Ann Maria");
    }
}
