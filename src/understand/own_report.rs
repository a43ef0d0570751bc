//! The Message-IDs of the reports we mail: `<touchbase.report.2026-11-20.TOKEN@us.example>`.
//!
//! The token is made from the record's salt, so that nobody can make one up. Here only the shape is read; whether
//! this record sent it is known where the record is.

use jiff::civil::Date;

use crate::mail::{Domain, MessageId};

const BEGINNING: &str = "<touchbase.report.";
/// Hexadecimal digits: 128 bits.
const TOKEN: usize = 32;

/// The identifier of a day's report. The token is 32 hexadecimal digits.
pub fn message_id(day: Date, token: &str, domain: &Domain) -> String {
    format!("{BEGINNING}{day}.{token}@{}>", domain.as_str())
}

/// Whether an identifier has this shape.
pub fn is_one(id: &MessageId) -> bool {
    let Some((day, token)) = id
        .as_str()
        .strip_prefix(BEGINNING)
        .and_then(|rest| rest.split_once('@'))
        .and_then(|(local, _)| local.split_once('.'))
    else {
        return false;
    };
    day.parse::<Date>().is_ok() && token.len() == TOKEN && token.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_shape_is_one() {
        let domain = Domain::parse("us.example").unwrap();
        let ours = message_id(jiff::civil::date(2026, 11, 20), &"0a".repeat(16), &domain);
        let is = |text: &str| MessageId::parse(text).is_some_and(|id| is_one(&id));
        assert!(is(&ours));
        for other in
            [ours.replace("0a", "0g"), ours.replace("0a0a", "0a"), ours.replace("-11-", "-13-"), ours.replace('@', ".")]
        {
            assert!(!is(&other), "{other}");
        }
    }
}
