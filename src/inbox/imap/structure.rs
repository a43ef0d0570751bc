//! What a mail is made of, as the server tells it (RFC 3501, 7.4.2: BODYSTRUCTURE).

use super::items::Value;
use crate::mail::parse::decoded;

/// One part, and the parts within.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Type and subtype, lower case.
    pub media_type: String,
    /// What separates its parts; empty for a part that has none.
    pub boundary: Vec<u8>,
    /// The parts of a multipart; the body of a mail, alone.
    pub within: Vec<Part>,
    /// `Content-Transfer-Encoding`, lower case.
    pub encoding: String,
    /// Its size as it is encoded, in bytes.
    pub octets: u64,
    /// Whether it is declared to be an attachment.
    pub attachment: bool,
    /// Whether a file name of it is that of a mail.
    pub named_mail: bool,
}

impl Part {
    /// Reads a structure; `None` when it is not one. As deep as the list it is read from, which has a limit.
    pub fn read(value: &Value<'_>) -> Option<Part> {
        let list = value.list();
        match list.first()? {
            Value::List(_) => multipart(list),
            _ => single(list),
        }
    }

    /// Whether it is a multipart.
    pub fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }
}

fn multipart(list: &[Value<'_>]) -> Option<Part> {
    let count = list.iter().take_while(|value| matches!(value, Value::List(_))).count();
    let (parts, rest) = list.split_at_checked(count)?;
    let within: Option<Vec<Part>> = parts.iter().map(Part::read).collect();
    let boundary = parameter(rest.get(1)?, "boundary").unwrap_or_default();
    Some(Part {
        media_type: format!("multipart/{}", rest.first()?.lower()),
        boundary,
        within: within?,
        ..Part::default()
    })
}

fn single(list: &[Value<'_>]) -> Option<Part> {
    let [main, sub, parameters, _id, _words, encoding, octets, rest @ ..] = list else { return None };
    let media_type = format!("{}/{}", main.lower(), sub.lower());
    let is_mail = media_type == "message/rfc822" || media_type == "message/global";
    // A mail within has its envelope, its body and its lines here, a text its lines; then come MD5 and disposition.
    let inner = if is_mail { rest.get(1).filter(|body| !body.list().is_empty()) } else { None };
    let extras = match (inner, main.lower().as_str()) {
        (Some(_), _) => 3,
        (None, "text") => 1,
        _ => 0,
    };
    let disposition = rest.get(extras + 1).map(Value::list).unwrap_or_default();
    let declared = disposition.first().map(Value::lower).unwrap_or_default();
    let named = |list: Option<&Value<'_>>| list.is_some_and(names_mail);
    Some(Part {
        within: inner.and_then(Part::read).into_iter().collect(),
        encoding: encoding.lower(),
        octets: octets.number()?,
        attachment: declared == "attachment",
        named_mail: named(Some(parameters)) || named(disposition.get(1)),
        media_type,
        boundary: Vec::new(),
    })
}

/// The value of a parameter in a list of names and values.
fn parameter(list: &Value<'_>, name: &str) -> Option<Vec<u8>> {
    let mut pairs = list.list().chunks_exact(2);
    pairs.find_map(|pair| (pair.first()?.lower() == name).then(|| pair.last()?.bytes().map(<[u8]>::to_vec))?)
}

/// Whether any value may be the name of a file that holds a mail, however it is encoded.
fn names_mail(parameters: &Value<'_>) -> bool {
    let mut values = parameters.list().iter().skip(1).step_by(2);
    values.any(|value| {
        value.bytes().is_some_and(|name| decoded(&String::from_utf8_lossy(name)).to_lowercase().contains(".eml"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::imap::items;

    fn read(structure: &str) -> Option<Part> {
        let fetch = format!("* 1 FETCH (BODYSTRUCTURE {structure})\r\n");
        let pairs = items::of_fetch(fetch.as_bytes())?;
        Part::read(&pairs.first()?.1)
    }

    #[test]
    fn a_letter_with_a_file_and_a_forwarded_mail() {
        let mixed = read(
            r#"(("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 120 4 NIL NIL NIL NIL)
            ("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 200000 NIL ("attachment" ("filename" "a.pdf")) NIL NIL)
            ("message" "rfc822" NIL NIL NIL "7bit" 900 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL)
              ("TEXT" "HTML" NIL NIL NIL "8BIT" 700 9 NIL NIL NIL NIL) 30 NIL ("inline" NIL) NIL NIL)
            "mixed" ("BOUNDARY" "=_b") NIL NIL NIL)"#
                .replace('\n', "")
                .as_str(),
        )
        .unwrap();
        assert_eq!((mixed.media_type.as_str(), mixed.boundary.as_slice()), ("multipart/mixed", &b"=_b"[..]));
        let [text, file, mail] = mixed.within.as_slice() else { panic!("three parts") };
        assert_eq!((text.media_type.as_str(), text.octets, text.attachment), ("text/plain", 120, false));
        assert_eq!((file.media_type.as_str(), file.octets, file.attachment), ("application/pdf", 200_000, true));
        assert_eq!(mail.within.first().map(|body| body.media_type.as_str()), Some("text/html"));
    }

    #[test]
    fn a_name_that_hides_a_mail_is_seen_in_every_encoding() {
        for name in ["\"name\" \"Re.EML\"", "\"name\" \"=?utf-8?B?w6QuZW1s?=\"", "\"name*\" \"utf-8''%C3%A4.eml\""] {
            let part = read(&format!(r#"("application" "octet-stream" ({name}) NIL NIL "base64" 9)"#)).unwrap();
            assert!(part.named_mail, "{name}");
        }
    }

    #[test]
    fn what_is_no_structure_is_none() {
        for odd in ["NIL", "()", "(\"text\")", "((\"text\"))", "(\"a\" \"b\" NIL NIL NIL \"7bit\" x)", "((()))"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
