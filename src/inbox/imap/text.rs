//! What we say to a server: quoted strings, base64, modified UTF-7 (RFC 3501, 5.1.3) and sets of numbers.
//! Sets are built from numbers alone, so nothing a stranger wrote can become part of a command.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MODIFIED: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Base64 with padding (RFC 4648, 4), as SASL wants it.
pub fn base64(bytes: &[u8]) -> String {
    let mut text = encode(bytes, STANDARD);
    text.push_str(match bytes.len() % 3 {
        1 => "==",
        2 => "=",
        _ => "",
    });
    text
}

/// The bytes behind base64, padded or not; `None` when it is none.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    decode(text.trim_end_matches('='), STANDARD)
}

/// A folder's name as IMAP wants it, in modified UTF-7.
pub fn folder_name(name: &str) -> String {
    let mut coded = String::new();
    let mut run: Vec<u8> = Vec::new();
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            end_run(&mut coded, &mut run);
            coded.push(character);
            if character == '&' {
                coded.push('-');
            }
        } else {
            run.extend(character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    end_run(&mut coded, &mut run);
    coded
}

/// A folder's name as a person writes it. What is not valid modified UTF-7 is taken as UTF-8, which some servers send.
pub fn folder_from(coded: &[u8]) -> String {
    let plain = String::from_utf8_lossy(coded).into_owned();
    let mut name = String::new();
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        let Some((run, after)) = after.split_once('-') else { return plain };
        if run.is_empty() {
            name.push('&');
        } else {
            let Some(decoded) = decode_run(run) else { return plain };
            name.push_str(&decoded);
        }
        rest = after;
    }
    name.push_str(rest);
    name
}

/// A quoted string (RFC 3501, 9); `None` for what cannot be quoted: controls and anything but ASCII.
pub fn quoted(text: &str) -> Option<String> {
    let fit = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    fit.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A sequence set (RFC 3501, 9): neighbours as ranges, `1:3,7`. The numbers must be sorted.
pub fn set(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) || *last == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let words = ranges.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}:{b}") });
    words.collect::<Vec<_>>().join(",")
}

fn end_run(coded: &mut String, run: &mut Vec<u8>) {
    if !run.is_empty() {
        coded.push('&');
        coded.push_str(&encode(run, MODIFIED));
        coded.push('-');
        run.clear();
    }
}

fn encode(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &b| bits << 8 | u32::from(b)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let letter = bits >> (18 - 6 * place) & 63;
            text.push(char::from(alphabet.get(letter as usize).copied().unwrap_or(b'A')));
        }
    }
    text
}

fn decode_run(run: &str) -> Option<String> {
    let bytes = decode(run, MODIFIED)?;
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |u, &b| u << 8 | u16::from(b))).collect();
    String::from_utf16(&units).ok()
}

fn decode(text: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0u32, 0);
    let mut bytes = Vec::new();
    for letter in text.bytes() {
        let value = alphabet.iter().position(|&l| l == letter)?;
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn umlauts_and_ampersands_go_out_in_modified_utf7() {
        assert_eq!(folder_name("Entwürfe"), "Entw&APw-rfe");
        assert_eq!(folder_name("R&D"), "R&-D");
        assert_eq!(folder_name("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!(folder_from(b"&ZeVnLIqe-"), "日本語");
        assert_eq!(folder_from("Entwürfe".as_bytes()), "Entwürfe");
        assert_eq!(folder_from(b"a & b"), "a & b");
    }

    #[test]
    fn base64_is_padded() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn sets_join_neighbours() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10, 10]), "1:3,7,9:10");
        assert_eq!(set(&[u32::MAX - 1, u32::MAX]), "4294967294:4294967295");
        assert_eq!(set(&[]), "");
    }

    #[test]
    fn a_line_break_cannot_be_quoted_into_a_command() {
        assert_eq!(quoted("a\"b\\c").as_deref(), Some(r#""a\"b\\c""#));
        for odd in ["a\r\nX DELETE INBOX", "\0", "ü"] {
            assert_eq!(quoted(odd), None);
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in "\\PC*") {
            prop_assert_eq!(folder_from(folder_name(&name).as_bytes()), name);
        }

        #[test]
        fn every_bytes_come_back_from_base64(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(from_base64(&base64(&bytes)), Some(bytes));
        }

        #[test]
        fn no_bytes_make_a_name_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            folder_from(&bytes);
        }
    }
}
