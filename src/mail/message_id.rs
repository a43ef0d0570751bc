//! Message identifiers (RFC 5322, 3.6.4).

use serde::{Deserialize, Serialize};

/// A message identifier with its angle brackets, such as `<a1@x.example>`. Only an index: anyone can claim any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// Takes the first `<…>` of a field: 3 to 998 bytes, without spaces or control characters. `None` for anything else.
    pub fn parse(field: &str) -> Option<MessageId> {
        MessageId::parse_all(field).into_iter().next()
    }

    /// Every well-formed `<…>` of a field, in order, without repetition; at most 200.
    pub fn parse_all(field: &str) -> Vec<MessageId> {
        let mut found = Vec::new();
        for piece in field.split('<').skip(1) {
            let Some((inner, _)) = piece.split_once('>') else { continue };
            let well_formed = !inner.is_empty()
                && inner.len() <= 996
                && !inner.chars().any(|c| c.is_whitespace() || c.is_control() || c == '<');
            let id = MessageId(format!("<{inner}>"));
            if well_formed && !found.contains(&id) {
                found.push(id);
            }
            if found.len() == 200 {
                break;
            }
        }
        found
    }

    /// The identifier with its brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_in_order_without_repetition() {
        let ids = MessageId::parse_all("<a@x> junk <b@x>\t<a@x> <> <c d@x>");
        assert_eq!(ids.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["<a@x>", "<b@x>"]);
    }

    #[test]
    fn words_without_brackets_are_no_id() {
        assert_eq!(MessageId::parse("a@x"), None);
    }
}
