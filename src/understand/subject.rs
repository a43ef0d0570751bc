//! What a subject is about, free of what mail programs put before it.
//!
//! Conversations are grouped by this base form (in the manner of RFC 5256,
//! 2.1), so it knows reply and forward prefixes of many languages. A bracketed
//! tag is dropped unless it holds a digit: a ticket's number tells two
//! matters apart, a list's name does not.

use std::sync::LazyLock;

use super::wordlist::Phrases;

static REPLIES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/replies.txt")));
static FORWARDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("words/forwards.txt")));

/// No prefix is longer, in characters.
const LONGEST_PREFIX: usize = 20;

/// Prefixes that are not in the tables are no longer, in characters, the colon included.
const LONGEST_UNKNOWN: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Reply,
    Forward,
    /// A bracketed tag without digits.
    Tag,
}

/// The subject without prefixes, counters and list tags, in lower case, white space collapsed.
///
/// Equal for all mails of one conversation. Empty if the subject holds nothing else.
pub fn base(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((_, behind)) = prefix(rest) {
        rest = behind;
    }
    let mut words = rest.to_lowercase();
    for trailer in ["(fwd)", "(fw)", "(wg)"] {
        words.truncate(words.trim_end().trim_end_matches(trailer).len());
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the first prefix, tags aside, is a reply's.
pub fn is_reply(subject: &str) -> bool {
    leading(subject) == Some(Prefix::Reply)
}

/// Whether the first prefix, tags aside, is a forward's, or the subject ends in `(fwd)`.
pub fn is_forward(subject: &str) -> bool {
    leading(subject) == Some(Prefix::Forward) || subject.trim_end().to_ascii_lowercase().ends_with("(fwd)")
}

/// Whether the subject begins with the prefix of a reply or forward, or with a word as short before a colon, which may
/// be one in a language nobody listed.
pub fn has_prefix(subject: &str) -> bool {
    let short = |subject: &str| subject.chars().take(LONGEST_UNKNOWN).any(|c| matches!(c, ':' | '\u{ff1a}'));
    leading(subject).is_some() || is_forward(subject) || short(subject)
}

fn leading(subject: &str) -> Option<Prefix> {
    let mut rest = subject.trim();
    loop {
        match prefix(rest)? {
            (Prefix::Tag, behind) => rest = behind,
            (found, _) => return Some(found),
        }
    }
}

/// The prefix that a trimmed subject begins with, and what stands behind it.
fn prefix(subject: &str) -> Option<(Prefix, &str)> {
    if let Some(inner) = subject.strip_prefix('[') {
        let (tag, behind) = inner.split_once(']')?;
        let is_tag = !tag.contains(|c: char| c.is_ascii_digit() || c == '[') && !behind.trim().is_empty();
        return is_tag.then(|| (Prefix::Tag, behind.trim_start()));
    }
    let colon =
        subject.char_indices().take(LONGEST_PREFIX).find(|(_, c)| matches!(c, ':' | '\u{ff1a}' | '\u{a789}'))?;
    let (word, behind) = (subject.get(..colon.0)?, subject.get(colon.0 + colon.1.len_utf8()..)?);
    let word = without_counter(word.trim_end()).to_lowercase();
    let word = word.trim_matches(|c: char| c.is_whitespace() || super::super::mail::text::is_invisible(c));
    let found = if REPLIES.is(word) {
        Prefix::Reply
    } else if FORWARDS.is(word) {
        Prefix::Forward
    } else {
        return None;
    };
    Some((found, behind.trim_start()))
}

/// `Re[2]`, `Re (2)`, `Re^2`, `Re*2`, `Re2`: how often, which nobody wants to know.
fn without_counter(word: &str) -> &str {
    let bare = word.trim_end_matches([']', ')']).trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.len() == word.len() {
        return word;
    }
    bare.trim_end_matches(['[', '(', '^', '*', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_many_languages_lead_to_one_base() {
        for subject in [
            "Delivery plan",
            "Re: Delivery  plan",
            "RE: AW: delivery plan",
            "SV: VS: Delivery plan",
            "R: Delivery plan",
            "Rif: Delivery plan",
            "Antw: Odp: Delivery plan",
            "YNT: Delivery plan",
            "Vá: Delivery plan",
            "\u{7b54}\u{590d}: Delivery plan",
            "\u{56de}\u{590d}\u{ff1a}\u{8f6c}\u{53d1}\u{ff1a}Delivery plan",
            "Re[2]: Delivery plan",
            "Re^3: Delivery plan",
            "Re (2): Delivery plan",
            "RE : TR : Delivery plan",
            "[crm] Re: [crm] Delivery plan",
            "Fwd: Delivery plan (fwd)",
            "ENC: RES: Delivery plan",
            "Απ: Delivery plan",
            "Ответ: Delivery plan",
        ] {
            assert_eq!(base(subject), "delivery plan", "{subject}");
        }
    }

    #[test]
    fn words_that_only_look_like_prefixes_stay() {
        assert_eq!(base("Reminder: invoice 12"), "reminder: invoice 12");
        assert_eq!(base("Regarding: us"), "regarding: us");
        assert_eq!(base("Re"), "re");
        assert_eq!(base("12:30 lunch"), "12:30 lunch");
        assert_eq!(base("[Ticket 41] printer"), "[ticket 41] printer");
    }

    #[test]
    fn the_first_prefix_says_what_a_mail_is() {
        assert!(is_reply("[list] AW: Fwd: x") && !is_forward("[list] AW: Fwd: x"));
        assert!(is_forward("WG: Re: x") && !is_reply("WG: Re: x"));
        assert!(is_forward("\u{8f49}\u{5bc4}: x"));
        assert!(!is_reply("Request: x") && !is_forward("Forwarding: x"));
    }

    #[test]
    fn a_subject_of_nothing_but_prefixes_ends() {
        assert_eq!(base(&"Re: ".repeat(100_000)), "");
        assert_eq!(base("[list]"), "[list]");
    }
}
