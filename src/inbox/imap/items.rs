//! The values of a FETCH response (RFC 3501, 9: msg-att), read without recursion and to a depth.
//!
//! For what the library is not asked to read: structures of mails, which strangers nest as deep as they like and
//! which overflow its stack, and the parts of mails.

use std::borrow::Cow;

/// Lists within lists that are read. A mail within a mail takes four; nobody writes ten of them.
const DEEPEST: usize = 64;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// An atom or a number; `NIL` is one.
    Word(&'a [u8]),
    /// A quoted string or a literal.
    Text(Cow<'a, [u8]>),
    /// What stands in parentheses.
    List(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// Its bytes, unless it is a list or NIL.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Word(word) if word.eq_ignore_ascii_case(b"NIL") => None,
            Value::Word(word) => Some(word),
            Value::Text(text) => Some(text),
            Value::List(_) => None,
        }
    }

    /// The same as text in lower case; empty when there is none.
    pub fn lower(&self) -> String {
        self.bytes().map(|bytes| String::from_utf8_lossy(bytes).to_ascii_lowercase()).unwrap_or_default()
    }

    /// A number.
    pub fn number(&self) -> Option<u64> {
        std::str::from_utf8(self.bytes()?).ok()?.parse().ok()
    }

    /// The values in the list; none when it is no list.
    pub fn list(&self) -> &[Value<'a>] {
        if let Value::List(list) = self { list } else { &[] }
    }
}

/// The names and values of a FETCH response that is whole: `* 12 FETCH (UID 7 BODYSTRUCTURE (…))`. `None` when it
/// cannot be read or is too deep.
pub fn of_fetch(bytes: &[u8]) -> Option<Vec<(&[u8], Value<'_>)>> {
    let mut values = match list(bytes.get(bytes.iter().position(|&b| b == b'(')?..)?)? {
        Value::List(list) => list.into_iter(),
        _ => return None,
    };
    let mut pairs = Vec::new();
    while let Some(name) = values.next() {
        let Value::Word(name) = name else { return None };
        pairs.push((name, values.next()?));
    }
    Some(pairs)
}

/// The list that `rest` begins with; nothing but a line's end may follow it.
fn list(mut rest: &[u8]) -> Option<Value<'_>> {
    let mut open: Vec<Vec<Value<'_>>> = Vec::new();
    loop {
        let value = match *rest.first()? {
            b' ' => {
                rest = rest.get(1..)?;
                continue;
            }
            b'(' if open.len() < DEEPEST => {
                open.push(Vec::new());
                rest = rest.get(1..)?;
                continue;
            }
            b')' => {
                rest = rest.get(1..)?;
                Value::List(open.pop()?)
            }
            b'"' => quoted(&mut rest)?,
            b'{' => literal(&mut rest)?,
            _ => word(&mut rest)?,
        };
        match open.last_mut() {
            Some(list) => list.push(value),
            None => return rest.trim_ascii().is_empty().then_some(value),
        }
    }
}

fn word<'a>(rest: &mut &'a [u8]) -> Option<Value<'a>> {
    let end = rest.iter().position(|b| b" ()\"{\r\n".contains(b))?;
    let (word, after) = rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
    *rest = after;
    Some(Value::Word(word))
}

fn quoted<'a>(rest: &mut &'a [u8]) -> Option<Value<'a>> {
    let inner = rest.get(1..)?;
    let mut escaped = false;
    let end = inner.iter().position(|&b| {
        let ends = b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        ends
    })?;
    let text = inner.get(..end)?;
    *rest = inner.get(end + 1..)?;
    let plain = if text.contains(&b'\\') { Cow::Owned(super::frame::unescaped(text)) } else { Cow::Borrowed(text) };
    Some(Value::Text(plain))
}

fn literal<'a>(rest: &mut &'a [u8]) -> Option<Value<'a>> {
    let line = rest.iter().position(|&b| b == b'\n')?;
    let digits = rest.get(1..line)?.strip_suffix(b"}\r")?;
    let size: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let (text, after) = rest.get(line + 1..)?.split_at_checked(size)?;
    *rest = after;
    Some(Value::Text(Cow::Borrowed(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_strings_literals_and_lists_are_told_apart() {
        let fetch = b"* 1 FETCH (UID 7 BODY[1.MIME] {4}\r\na)\"b X (\"q\\\"\" NIL ((1))))\r\n";
        let pairs = of_fetch(fetch).unwrap();
        assert_eq!(pairs[0], (&b"UID"[..], Value::Word(b"7")));
        assert_eq!(pairs[1], (&b"BODY[1.MIME]"[..], Value::Text(b"a)\"b".into())));
        let [quoted, nil, deep] = pairs[2].1.list() else { panic!("three") };
        assert_eq!((quoted.bytes(), nil.bytes()), (Some(&b"q\""[..]), None));
        assert_eq!(deep.list()[0].list()[0].number(), Some(1));
    }

    #[test]
    fn what_is_cut_too_deep_or_followed_by_more_is_not_read() {
        let nested = format!("* 1 FETCH (X {}{})\r\n", "(".repeat(100_000), ")".repeat(100_000));
        for odd in ["* 1 FETCH (UID 7", "* 1 FETCH (UID)", "* 1 FETCH (UID 7) x\r\n", "* 1 FETCH", &nested] {
            assert_eq!(of_fetch(odd.as_bytes()), None, "{}", odd.len());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            of_fetch(&[b"(", bytes.as_slice()].concat());
        }
    }
}
