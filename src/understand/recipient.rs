//! Addresses and delivery codes in running text, as delivery reports have them.
//!
//! Reads SMTP reply codes (RFC 5321, 4.2) and enhanced status codes (RFC
//! 3463). Refuses what only looks like one: parts of IP addresses and of
//! longer numbers.

use crate::mail::Address;

/// The longest address looked at, in bytes on either side of the `@`.
const SIDE: usize = 200;

/// Every address in a text with the byte where it begins, in order. Bounded work for each `@`.
pub fn addresses(text: &str) -> impl Iterator<Item = (usize, Address)> + '_ {
    text.match_indices('@').filter_map(move |(at, _)| {
        let local = text.get(floor(text, at.saturating_sub(SIDE))..at)?;
        let domain = text.get(at + 1..floor(text, (at + 1 + SIDE).min(text.len())))?;
        let local = local.rsplit(|c: char| !in_local(c)).next()?.trim_start_matches(['.', '\'', '=', '/']);
        let domain = domain.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.')).next()?;
        let domain = domain.trim_end_matches(['.', '-']);
        let plain = domain.contains('.') || domain == "localhost";
        let address = Address::parse(&format!("{local}@{domain}")).filter(|_| plain)?;
        Some((at - local.len(), address))
    })
}

fn in_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The first enhanced status code, such as `5.1.1`: class 2, 4 or 5, then one to three digits twice.
pub fn status(text: &str) -> Option<&str> {
    tokens(text).find(|token| {
        let mut parts = token.split('.');
        let class = parts.next().is_some_and(|class| matches!(class, "2" | "4" | "5"));
        let number = |part: Option<&str>| part.is_some_and(|p| (1..=3).contains(&p.len()));
        class && number(parts.next()) && number(parts.next()) && parts.next().is_none()
    })
}

/// The first SMTP reply code that refuses: 4yz or 5yz, with y up to 7.
pub fn reply_code(text: &str) -> Option<u16> {
    tokens(text).filter(|t| t.len() == 3).filter_map(|t| t.parse().ok()).find(|code: &u16| {
        matches!(code, 421 | 422 | 431 | 432 | 441 | 442 | 446 | 447 | 449..=459 | 471 | 500..=505 | 510..=557 | 571)
    })
}

/// Runs of digits and dots that no letter or digit touches.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '@'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_between_any_marks() {
        let text = "<a.b@x.example>: and (rfc822;c+d@y.example), to=\"e@z.example.\" not @ or f@g";
        let found: Vec<String> = addresses(text).map(|(_, a)| a.to_string()).collect();
        assert_eq!(found, ["a.b@x.example", "c+d@y.example", "e@z.example"]);
    }

    #[test]
    fn codes_are_told_from_other_numbers() {
        assert_eq!(status("host 192.5.1.1 said: 550 #5.1.1 no"), Some("5.1.1"));
        assert_eq!(status("version 5.1.1.2, 15.1.1"), None);
        assert_eq!(reply_code("said: 550-5.1.1"), Some(550));
        assert_eq!(reply_code("we paid 5500 and 399"), None);
    }
}
