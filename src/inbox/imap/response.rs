//! What a server says (RFC 3501, 7), as far as we need it. What is not understood is [`Response::Other`] and skipped:
//! servers are allowed to say things we never asked for. Nothing here fails or panics, whatever the bytes.

use jiff::Timestamp;

use super::scan::Scanner;
use super::wire::Part;

/// One response.
#[derive(Debug, PartialEq, Eq)]
pub enum Response {
    /// `+`: go on.
    Continue,
    /// The end of a command.
    Tagged {
        /// The tag of the command.
        tag: String,
        /// How it ended.
        outcome: Outcome,
    },
    /// An untagged `OK`, `NO`, `BAD`, `BYE` or `PREAUTH`.
    Status(Outcome),
    /// How many mails the folder holds.
    Exists(u32),
    /// A mail left.
    Expunge,
    /// About one mail.
    Fetch(Box<Fetched>),
    /// The UIDs found.
    Search(Vec<u32>),
    /// What the server can do, upper case.
    Capability(Vec<String>),
    /// A folder.
    List(Folder),
    /// Anything else.
    Other,
}

/// How a command ended, or what the server remarks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// OK, NO and so on.
    pub verdict: Verdict,
    /// The response code without its brackets: `UIDNEXT 5`; empty when there is none.
    pub code: String,
    /// The words for a person: cleaned, at most 200 characters.
    pub text: String,
}

/// The word an outcome starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Ok,
    /// Refused.
    No,
    /// Not understood.
    Bad,
    /// The server closes the connection.
    Bye,
    /// Logged in already.
    PreAuth,
}

/// What a FETCH response tells of one mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID; `None` when missing, 0, too large or stated twice with different numbers.
    pub uid: Option<u32>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// When it arrived.
    pub arrived: Option<Timestamp>,
    /// `BODY[]`, or a beginning of it; `None` when missing or NIL.
    pub body: Option<Vec<u8>>,
}

/// A line of LIST.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Attributes, lower case: `\sent`.
    pub attributes: Vec<String>,
    /// The name as it stood, in modified UTF-7.
    pub name: Vec<u8>,
}

impl Response {
    /// Whether a response that begins so may hold literals. Those with words for people do not, and the words may
    /// end in anything.
    pub fn may_hold_literals(before: &[Part], line: &[u8]) -> bool {
        if !before.is_empty() {
            return true;
        }
        let Some(rest) = line.strip_prefix(b"* ") else { return false };
        let word = rest.split(|&b| b == b' ').next().unwrap_or_default();
        verdict(word).is_none()
    }

    /// Reads the parts of one response.
    pub fn parse(parts: Vec<Part>) -> Response {
        let mut scan = Scanner::new(parts);
        match scan.word().as_slice() {
            b"*" => untagged(scan),
            b"+" => Response::Continue,
            tag => {
                let tag = String::from_utf8_lossy(tag).into_owned();
                match outcome(&mut scan) {
                    Some(outcome) => Response::Tagged { tag, outcome },
                    None => Response::Other,
                }
            }
        }
    }
}

fn untagged(mut scan: Scanner) -> Response {
    let before = scan.mark();
    let word = scan.word();
    if let Some(number) = number(&word) {
        let Ok(number) = u32::try_from(number) else { return Response::Other };
        return match scan.word().to_ascii_uppercase().as_slice() {
            b"EXISTS" => Response::Exists(number),
            b"EXPUNGE" => Response::Expunge,
            b"FETCH" => Response::Fetch(Box::new(fetched(scan))),
            _ => Response::Other,
        };
    }
    match word.to_ascii_uppercase().as_slice() {
        b"SEARCH" => Response::Search(scan.words().iter().filter_map(|w| uid(w)).collect()),
        b"CAPABILITY" => Response::Capability(scan.words().iter().map(|w| upper(w)).collect()),
        b"LIST" => folder(scan).map_or(Response::Other, Response::List),
        _ => {
            scan.back_to(before);
            outcome(&mut scan).map_or(Response::Other, Response::Status)
        }
    }
}

fn outcome(scan: &mut Scanner) -> Option<Outcome> {
    let verdict = verdict(&scan.word())?;
    let rest = scan.rest_of_line();
    let (code, text) = match rest.strip_prefix(b"[") {
        Some(inner) => match inner.iter().position(|&b| b == b']') {
            Some(end) => (inner.get(..end).unwrap_or_default(), inner.get(end + 1..).unwrap_or_default()),
            None => (&b""[..], rest),
        },
        None => (&b""[..], rest),
    };
    let code = String::from_utf8_lossy(code).into_owned();
    Some(Outcome { verdict, code, text: clean(text) })
}

fn verdict(word: &[u8]) -> Option<Verdict> {
    Some(match word.to_ascii_uppercase().as_slice() {
        b"OK" => Verdict::Ok,
        b"NO" => Verdict::No,
        b"BAD" => Verdict::Bad,
        b"BYE" => Verdict::Bye,
        b"PREAUTH" => Verdict::PreAuth,
        _ => return None,
    })
}

/// Words of the server fit for one line of a log: no control characters, not endless.
fn clean(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text.get(..text.len().min(1000)).unwrap_or_default()).into_owned();
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

fn fetched(mut scan: Scanner) -> Fetched {
    let mut fetched = Fetched::default();
    let mut uids: Vec<Option<u32>> = Vec::new();
    scan.open_list();
    while let Some(name) = scan.item_name() {
        match name.as_str() {
            "UID" => uids.push(scan.text_value().and_then(|v| uid(&v))),
            "RFC822.SIZE" => fetched.size = scan.text_value().and_then(|v| number(&v)).or(fetched.size),
            "INTERNALDATE" => fetched.arrived = scan.text_value().and_then(|v| internal_date(&v)),
            _ if name.starts_with("BODY[]") => {
                let value = scan.text_value();
                fetched.body = fetched.body.take().or(value);
            }
            _ => scan.skip_value(),
        }
    }
    uids.dedup();
    fetched.uid = if let [one] = uids.as_slice() { *one } else { None };
    fetched
}

fn folder(mut scan: Scanner) -> Option<Folder> {
    let attributes = scan.list_of_words().iter().map(|w| String::from_utf8_lossy(w).to_lowercase()).collect();
    scan.skip_value();
    Some(Folder { attributes, name: scan.text_value()? })
}

/// `19-Nov-2026 09:12:00 +0100`, the day padded with a space or a zero (RFC 3501, 9: date-time).
pub(crate) fn internal_date(value: &[u8]) -> Option<Timestamp> {
    let value = std::str::from_utf8(value).ok()?.trim();
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", value).ok()?.to_timestamp().ok()
}

fn number(word: &[u8]) -> Option<u64> {
    let digits = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    if digits { std::str::from_utf8(word).ok()?.parse().ok() } else { None }
}

fn uid(word: &[u8]) -> Option<u32> {
    number(word).and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0)
}

fn upper(word: &[u8]) -> String {
    String::from_utf8_lossy(word).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Response {
        Response::parse(vec![Part::Text(text.as_bytes().to_vec())])
    }

    #[test]
    fn a_fetch_tells_uid_size_date_and_body() {
        let parts = vec![
            Part::Text(b"* 12 FETCH (FLAGS (\\Seen $X (odd)) UID 42 RFC822.SIZE 5 INTERNALDATE \" 9-Nov-2026 09:12:00 +0100\" BODY[] ".to_vec()),
            Part::Literal(b"hello".to_vec()),
            Part::Text(b")".to_vec()),
        ];
        let Response::Fetch(mail) = Response::parse(parts) else { panic!("not a FETCH") };
        assert_eq!((mail.uid, mail.size, mail.body.as_deref()), (Some(42), Some(5), Some(&b"hello"[..])));
        assert_eq!(mail.arrived.map(|t| t.to_string()).as_deref(), Some("2026-11-09T08:12:00Z"));
    }

    #[test]
    fn a_quoted_body_loses_its_escapes_and_a_nil_body_is_none() {
        let body = |text: &str| match line(text) {
            Response::Fetch(mail) => mail.body,
            other => panic!("{other:?}"),
        };
        assert_eq!(body(r#"* 1 FETCH (UID 1 BODY[] "a\"b\\c")"#).as_deref(), Some(&b"a\"b\\c"[..]));
        assert_eq!(body("* 1 FETCH (UID 1 BODY[] NIL)"), None);
        assert_eq!(body("* 1 FETCH (UID 1 BODY[]<0> \"beginning\")").as_deref(), Some(&b"beginning"[..]));
    }

    #[test]
    fn a_uid_that_is_zero_too_large_or_contradicts_itself_is_none() {
        let uid = |text: &str| match line(text) {
            Response::Fetch(mail) => mail.uid,
            other => panic!("{other:?}"),
        };
        assert_eq!(uid("* 1 FETCH (UID 7 UID 7)"), Some(7));
        for odd in ["UID 0", "UID 4294967296", "UID -1", "UID 7 UID 8", "UID NIL", "UID", "FLAGS ()"] {
            assert_eq!(uid(&format!("* 1 FETCH ({odd})")), None, "{odd}");
        }
    }

    #[test]
    fn codes_and_words_of_any_language_are_read() {
        let Response::Tagged { tag, outcome } = line("A7 OK [READ-ONLY]Übersicht") else { panic!("not tagged") };
        assert_eq!((tag.as_str(), outcome.code.as_str(), outcome.text.as_str()), ("A7", "READ-ONLY", "Übersicht"));
        let Response::Status(bye) = line("* BYE [ALERT]é…") else { panic!("not a status") };
        assert_eq!(bye.verdict, Verdict::Bye);
    }

    #[test]
    fn what_is_not_known_is_skipped() {
        for text in [
            "* ESEARCH (TAG \"A1\") UID COUNT 5",
            "* NAMESPACE NIL NIL NIL",
            "* X",
            "*",
            "",
            "* 1",
            "* 1 X",
            "A1",
            "A1 MAYBE",
        ] {
            assert_eq!(line(text), Response::Other, "{text}");
        }
        assert_eq!(line("* SEARCH 1 2 x 4294967296 0 3"), Response::Search(vec![1, 2, 3]));
        assert_eq!(line("* 23 exists"), Response::Exists(23));
    }

    #[test]
    fn a_folder_has_attributes_and_a_name_quoted_or_not() {
        let expect = |name: &str| Response::List(Folder { attributes: vec!["\\sent".into()], name: name.into() });
        assert_eq!(line(r#"* LIST (\Sent) "/" "Sent \"x\"""#), expect("Sent \"x\""));
        assert_eq!(line(r"* LIST (\Sent) NIL Sent"), expect("Sent"));
    }

    #[test]
    fn lists_nested_a_million_deep_are_skipped() {
        let deep = format!("* 1 FETCH (BODYSTRUCTURE {} UID 5)", "(".repeat(1_000_000));
        let Response::Fetch(mail) = line(&deep) else { panic!("not a FETCH") };
        assert_eq!(mail.uid, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in proptest::collection::vec(any::<u8>(), 0..200), body in proptest::collection::vec(any::<u8>(), 0..20)) {
            let mut fetch = b"* 1 FETCH (".to_vec();
            fetch.extend_from_slice(&text);
            Response::parse(vec![Part::Text(text)]);
            Response::parse(vec![Part::Text(fetch), Part::Literal(body), Part::Text(b")".to_vec())]);
        }
    }
}
