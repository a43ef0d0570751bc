//! What a server's certificate says to a person (RFC 5280, 4.1): until when it is valid, and who issued it. Just enough
//! DER for these two questions; whether it is to be trusted is rustls's business.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Object identifiers of the name parts that people know an issuer by (RFC 5280, 4.1.2.4), in DER.
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// A certificate's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its `notAfter`.
    pub valid_until: Timestamp,
    /// Organisation and common name of whoever issued it, such as `Let's Encrypt, R11`; empty when it names neither.
    pub issuer: String,
}

impl Certificate {
    /// Reads a certificate; `None` when the bytes are none.
    pub fn read(der: &[u8]) -> Option<Certificate> {
        let (_, certificate, _) = element(der)?;
        let (_, mut fields, _) = element(certificate)?;
        if fields.first() == Some(&0xa0) {
            fields = element(fields)?.2; // the version, which may be missing
        }
        for _ in ["serial number", "signature algorithm"] {
            fields = element(fields)?.2;
        }
        let (_, issuer, fields) = element(fields)?;
        let (_, validity, _) = element(fields)?;
        let (_, _, after) = element(validity)?;
        let (tag, time, _) = element(after)?;
        let valid_until = time_of(tag, std::str::from_utf8(time).ok()?)?;
        let names = [ORGANISATION, COMMON_NAME].into_iter().filter_map(|kind| name_part(issuer, kind));
        Some(Certificate { valid_until, issuer: names.collect::<Vec<_>>().join(", ") })
    }
}

/// The first part of that kind in a distinguished name: a sequence of sets of (kind, text).
fn name_part(mut name: &[u8], kind: &[u8]) -> Option<String> {
    while let Some((_, mut set, rest)) = element(name) {
        while let Some((_, pair, others)) = element(set) {
            let (_, oid, value) = element(pair)?;
            if oid == kind {
                let (tag, text, _) = element(value)?;
                return text_of(tag, text);
            }
            set = others;
        }
        name = rest;
    }
    None
}

/// UTF8String, PrintableString, IA5String; TeletexString as Latin 1, as everybody writes it; BMPString.
fn text_of(tag: u8, text: &[u8]) -> Option<String> {
    match tag {
        0x0c | 0x13 | 0x16 => std::str::from_utf8(text).ok().map(str::to_owned),
        0x14 => Some(text.iter().map(|&byte| char::from(byte)).collect()),
        0x1e => {
            let units: Vec<u16> =
                text.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, &b| unit << 8 | u16::from(b))).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

/// One DER element: its tag, its content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=127 => (usize::from(first), rest),
        129..=131 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first - 128))?;
            (digits.iter().fold(0, |n, &d| n << 8 | usize::from(d)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// UTCTime `YYMMDDHHMMSSZ` (up to 2049) or GeneralizedTime `YYYYMMDDHHMMSSZ`.
fn time_of(tag: u8, text: &str) -> Option<Timestamp> {
    let text = match tag {
        0x17 if text.get(..2)? < "50" => format!("20{text}"),
        0x17 => format!("19{text}"),
        _ => text.to_owned(),
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DER of one element.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn name(parts: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
        let sets = parts.iter().map(|(kind, tag, text)| {
            let pair = [der(0x06, kind), der(*tag, text)].concat();
            der(0x31, &der(0x30, &pair))
        });
        der(0x30, &sets.collect::<Vec<_>>().concat())
    }

    /// A certificate up to its validity, which is as far as it is read.
    fn certificate(issuer: &[u8]) -> Vec<u8> {
        let validity = der(0x30, &[der(0x17, b"260101000000Z"), der(0x17, b"270102030405Z")].concat());
        let fields = [der(0x02, &[7]), der(0x30, &[]), issuer.to_vec(), validity].concat();
        der(0x30, &der(0x30, &fields))
    }

    #[test]
    fn the_issuer_is_told_by_organisation_and_name_in_whatever_text() {
        type Parts<'a> = &'a [(&'a [u8], u8, &'a [u8])];
        let table: [(Parts<'_>, &str); 5] = [
            (
                &[(&[0x55, 4, 6], 0x13, b"US"), (ORGANISATION, 0x13, b"Let's Encrypt"), (COMMON_NAME, 0x13, b"R11")],
                "Let's Encrypt, R11",
            ),
            (&[(COMMON_NAME, 0x0c, "Büro".as_bytes())], "Büro"),
            (&[(ORGANISATION, 0x14, b"B\xfcro")], "Büro"),
            (&[(COMMON_NAME, 0x1e, b"\0B\0\xfc")], "Bü"),
            (&[], ""),
        ];
        for (parts, expected) in table {
            let read = Certificate::read(&certificate(&name(parts))).unwrap();
            assert_eq!(read.issuer, expected);
            assert_eq!(read.valid_until.to_string(), "2027-01-02T03:04:05Z");
        }
    }

    #[test]
    fn two_digit_years_turn_at_fifty() {
        let year = |text| time_of(0x17, text).map(|t| t.to_string());
        assert_eq!(year("491231235959Z").as_deref(), Some("2049-12-31T23:59:59Z"));
        assert_eq!(year("500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(time_of(0x18, "20610203040506Z").map(|t| t.to_string()).as_deref(), Some("2061-02-03T04:05:06Z"));
    }

    #[test]
    fn bytes_that_are_no_certificate_say_nothing() {
        for bytes in [&b""[..], b"\x30", b"\x30\x82\xff\xff", b"\x30\x03\x30\x01\x00", &[0xff; 40]] {
            assert_eq!(Certificate::read(bytes), None);
        }
    }
}
