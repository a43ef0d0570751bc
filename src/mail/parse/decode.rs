//! Transfer encodings, charsets and MIME parameters: the only file that names `mail_parser`.
//!
//! Its message parser is not used. Measured with 0.11.9: multiparts whose boundary never comes cost
//! it quadratic time (twice as many, five times as long), 100,000 nested mails overflow the stack,
//! `Fr om:` is read as `From:`, and of several fields the last one wins. What is used are its
//! tables, on single values of bounded size.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;

use crate::mail::header::guess_text;

/// Bytes of a `Content-Type` or `Content-Disposition` that are read.
const PARAMETERS_LIMIT: usize = 8 * 1024;

/// How a part's bytes are wrapped (RFC 2045, 6). An unknown encoding is read as none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// 7bit, 8bit, binary.
    #[default]
    None,
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
}

impl Encoding {
    /// The encoding that a `Content-Transfer-Encoding` field names.
    pub fn named(value: &str) -> Encoding {
        let word = value.split([' ', ';', '(', '\t']).next().unwrap_or("");
        match word.to_ascii_lowercase().as_str() {
            "base64" => Encoding::Base64,
            "quoted-printable" => Encoding::QuotedPrintable,
            _ => Encoding::None,
        }
    }

    /// The content itself. Damaged places are passed over, never an error.
    pub fn decode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Encoding::None => bytes.to_vec(),
            Encoding::Base64 => base64(bytes),
            Encoding::QuotedPrintable => quoted_printable(bytes),
        }
    }

    /// The first bytes of the content: at least `limit` of them where there are as many.
    pub fn decode_start(self, bytes: &[u8], limit: usize) -> Vec<u8> {
        let raw = match self {
            Encoding::None => limit,
            Encoding::Base64 => limit.saturating_mul(3) / 2,
            Encoding::QuotedPrintable => limit.saturating_mul(4),
        };
        self.decode(bytes.get(..raw).unwrap_or(bytes))
    }

    /// About how much so many encoded bytes hold: exactly, for whole lines of base64 as all programs make them; with the
    /// last line, whose padding is not known, at most two bytes more.
    pub fn size_of(self, encoded: u64) -> u64 {
        match self {
            Encoding::None | Encoding::QuotedPrintable => encoded,
            // 76 letters and CRLF for 57 bytes (RFC 2045, 6.8).
            Encoding::Base64 => encoded / 78 * 57 + encoded % 78 / 4 * 3,
        }
    }

    /// The content's size in bytes, reckoned without decoding it.
    pub fn decoded_size(self, bytes: &[u8]) -> u64 {
        let ends = || memchr::memchr2_iter(b'\r', b'\n', bytes).count();
        let size = match self {
            Encoding::None => bytes.len(),
            Encoding::Base64 => {
                let padding = bytes.trim_ascii_end().iter().rev().take_while(|b| **b == b'=').take(2).count();
                (bytes.len().saturating_sub(ends()) / 4 * 3).saturating_sub(padding)
            }
            Encoding::QuotedPrintable => {
                let escapes = memchr::memchr_iter(b'=', bytes).map(|at| match bytes.get(at + 1) {
                    Some(b'\n') => 2,
                    Some(b'\r') => 3,
                    _ => 2,
                });
                bytes.len().saturating_sub(escapes.sum())
            }
        };
        u64::try_from(size).unwrap_or(u64::MAX)
    }
}

/// base64 (RFC 2045, 6.8); characters outside its alphabet are ignored, as the RFC asks.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    base64_decode(bytes).unwrap_or_else(|| {
        let alphabet = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        let clean: Vec<u8> = bytes.iter().filter(alphabet).copied().collect();
        base64_decode(&clean).unwrap_or_default()
    })
}

/// quoted-printable (RFC 2045, 6.7); a `=` that escapes nothing stands for itself.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        rest = behind;
        let words = line.trim_ascii_end();
        // Form feeds and the like at the end are content; only spaces and the line end are padding.
        let soft = words.strip_suffix(b"=");
        unescape(soft.unwrap_or(words), &mut out);
        match (soft, line) {
            (None, [.., b'\r', b'\n']) => out.extend(b"\r\n"),
            (None, [.., b'\n']) => out.push(b'\n'),
            _ => {}
        }
    }
    out
}

/// Replaces `=XX` by its byte.
pub fn unescape(mut bytes: &[u8], out: &mut Vec<u8>) {
    while let Some((plain, rest)) = memchr::memchr(b'=', bytes).and_then(|at| bytes.split_at_checked(at)) {
        out.extend_from_slice(plain);
        let escaped = match rest {
            [_, high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        out.push(escaped.map_or(b'=', |(high, low)| high << 4 | low));
        bytes = rest.get(if escaped.is_some() { 3 } else { 1 }..).unwrap_or_default();
    }
    out.extend_from_slice(bytes);
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Text of bytes in a named charset, and whether that charset is known. Bytes labelled ASCII or
/// Latin-1 that are UTF-8 are read as UTF-8: no other text looks like it by chance.
pub fn text(bytes: &[u8], charset: Option<&str>) -> (String, bool) {
    let label = charset.unwrap_or("").trim().to_ascii_lowercase();
    match label.as_str() {
        // What is UTF-8, as it nearly always is, is checked fastest by the whole.
        "utf-8" | "utf8" => {
            let whole = std::str::from_utf8(bytes).map(str::to_owned);
            return (whole.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned()), true);
        }
        "" | "us-ascii" | "ascii" | "iso-8859-1" | "latin1" | "windows-1252" | "cp1252" => {
            return (guess_text(bytes), true);
        }
        _ => {}
    }
    let label = match label.as_str() {
        "unicode-1-1-utf-7" | "csunicode11utf7" | "utf7" => "utf-7",
        "cp932" | "ms932" => "shift_jis",
        other => other,
    };
    match charset_decoder(label.as_bytes()) {
        Some(decode) => (decode(bytes), true),
        None => (guess_text(bytes), false),
    }
}

/// The charset that a page names in itself (`<meta charset=…>`), looked for in its first kilobyte as browsers do.
pub fn charset_of_page(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes)).to_ascii_lowercase();
    let (_, rest) = start.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(rest.len());
    // A page in UTF-16 could not have been read this far.
    rest.get(..end).filter(|name| !name.is_empty() && !name.starts_with("utf-16")).map(str::to_owned)
}

/// A value with parameters: `Content-Type` (RFC 2045, 5) or `Content-Disposition` (RFC 2183), with
/// the continuations and charsets of RFC 2231 resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The value in lower case: `text/plain`, `attachment`.
    pub value: String,
    /// Name, in lower case, and value of each parameter.
    pub list: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a field. What cannot be read is empty.
    pub fn parse(field: &str) -> Parameters {
        let end = (0..=PARAMETERS_LIMIT.min(field.len())).rev().find(|at| field.is_char_boundary(*at)).unwrap_or(0);
        let mut line = field.get(..end).unwrap_or("").replace(['\r', '\n'], " ");
        line.push('\n');
        let parsed = MessageStream::new(line.as_bytes()).parse_content_type();
        let Some(parsed) = parsed.into_content_type() else { return Parameters::default() };
        let value = match parsed.subtype() {
            Some(subtype) => [parsed.ctype(), "/", subtype].concat(),
            None => parsed.ctype().to_owned(),
        };
        let list = parsed.attributes.unwrap_or_default().into_iter();
        Parameters {
            value: value.to_ascii_lowercase(),
            list: list.map(|a| (a.name.to_ascii_lowercase(), a.value.into_owned())).collect(),
        }
    }

    /// The first parameter of that name, in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_forgive_what_is_damaged() {
        assert_eq!(base64(b"SGVs\r\nbG8=\r\n"), b"Hello");
        assert_eq!(base64(b"SGV*s bG8"), b"Hello");
        assert_eq!(base64(b"!!!"), b"");
        assert_eq!(quoted_printable(b"a=3Db=\r\nc =  \r\nd \t\r\n=zz="), b"a=bc d\r\n=zz");
    }

    #[test]
    fn sizes_are_those_of_the_content() {
        for (encoding, raw) in [
            (Encoding::Base64, &b"SGVsbG8gd29ybGQh\r\nSGVsbG8=\r\n"[..]),
            (Encoding::QuotedPrintable, b"a=3Db=\r\nc\r\nd=\ne"),
            (Encoding::None, b"abc\r\n"),
        ] {
            let size = u64::try_from(encoding.decode(raw).len()).unwrap();
            assert_eq!(encoding.decoded_size(raw), size, "{encoding:?}");
        }
    }

    #[test]
    fn charsets_are_decoded_or_guessed() {
        assert_eq!(text(b"caf\xe9", Some("ISO-8859-1")), ("café".into(), true));
        assert_eq!(text("café".as_bytes(), Some("us-ascii")), ("café".into(), true));
        assert_eq!(text("café".as_bytes(), Some("iso-8859-1")), ("café".into(), true));
        assert_eq!(text(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251")), ("Привет".into(), true));
        assert_eq!(text(b"\x83n\x83\x8D\x81[", Some("Shift_JIS")), ("ハロー".into(), true));
        assert_eq!(text(b"\xc4\xe3\xba\xc3", Some("gb2312")), ("你好".into(), true));
        assert_eq!(text(b"\x1b$B%O%m!<\x1b(B", Some("iso-2022-jp")), ("ハロー".into(), true));
        assert_eq!(text(b"+ZYeB9FH6-", Some("unicode-1-1-utf-7")), ("文致出".into(), true));
        assert_eq!(text(b"caf\xe9", Some("x-made-up")), ("café".into(), false));
    }

    #[test]
    fn pages_may_name_their_charset() {
        let page = |meta: &str| charset_of_page(format!("<html><head>{meta}</head>").as_bytes());
        assert_eq!(
            page("<META http-equiv=content-type content=\"text/html; charset=KOI8-R\">").as_deref(),
            Some("koi8-r")
        );
        assert_eq!(page("<meta charset = 'utf-8'>").as_deref(), Some("utf-8"));
        assert_eq!((page("<meta>"), page("<meta charset=>")), (None, None));
    }

    #[test]
    fn parameters_are_read_with_their_continuations() {
        let parsed =
            Parameters::parse("Text/Plain; Charset=\"UTF-8\"; format=flowed; name*0*=utf-8''na%C3%AF; name*1=ve.txt");
        assert_eq!(parsed.value, "text/plain");
        assert_eq!((parsed.get("charset"), parsed.get("format")), (Some("UTF-8"), Some("flowed")));
        assert_eq!(parsed.get("name"), Some("naïve.txt"));
        assert_eq!(Parameters::parse("attachment; filename=a b.pdf").value, "attachment");
        assert_eq!(Parameters::parse("").value, "");
        assert_eq!(Parameters::parse("multipart/mixed; boundary=\"=_a b:c\"").get("boundary"), Some("=_a b:c"));
    }
}
