//! A provider asks whether somebody's mail may be forwarded here, with a code to confirm it.
//!
//! Gmail starts to forward only after a person has typed the code, or opened the link, that it mails to the
//! address forwarded to. That address is ours and nobody reads it, so the report has to show both. Read by
//! what stays the same in every language: the sender, a number, a link into Google's own mail settings. The link
//! of a forged request can therefore lead nowhere else.

use serde::{Deserialize, Serialize};

use crate::mail::{Address, Body, Domain, Html, Mail, Role};

/// Who sends these requests.
const SENDERS: &[&str] = &["forwarding-noreply@google.com", "forwarding-noreply@gmail.com"];
/// Where Google's links to confirm one begin.
const LINKS: &[&str] = &["https://mail-settings.google.com/mail/vf-", "https://mail.google.com/mail/vf-"];
/// How many digits a code has.
const CODE: std::ops::RangeInclusive<usize> = 6..=12;
/// A link is longer than its beginning and shorter than this, in bytes.
const LONGEST_LINK: usize = 400;

/// A request to forward somebody's mail to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardingRequest {
    /// Whose mail would be forwarded, where the request says so.
    pub account: Option<Address>,
    /// The number to type in that account's settings.
    pub code: String,
    /// The link that confirms without typing.
    pub link: Option<String>,
}

/// The request a mail makes, if it comes from where such requests come from and holds a code.
pub fn of(mail: &Mail) -> Option<ForwardingRequest> {
    let author = mail.author()?.address.as_ref()?;
    if !SENDERS.contains(&author.key().as_str()) {
        return None;
    }
    let body =
        mail.plain.as_ref().or_else(|| mail.html.as_ref().map(Html::body)).map(Body::to_text).unwrap_or_default();
    let subject = mail.subject.raw();
    let code = code_in(subject).or_else(|| body.lines().filter(|line| !line.contains("://")).find_map(code_in))?;
    Some(ForwardingRequest { account: account(mail, author.domain(), subject, &body), code, link: link(&body) })
}

/// The first run of digits that is long enough for a code.
fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| CODE.contains(&run.len())).map(str::to_owned)
}

/// The first address, in the subject or else the words, that is neither the sender's kind nor one it was sent to.
fn account(mail: &Mail, provider: Domain, subject: &str, body: &str) -> Option<Address> {
    let ours: Vec<String> = mail.role(Role::To).filter_map(|p| p.address.as_ref()).map(Address::key).collect();
    subject
        .split_whitespace()
        .chain(body.split_whitespace())
        .filter(|word| word.contains('@'))
        .filter_map(|word| Address::parse(word.trim_matches(|c: char| !c.is_alphanumeric())))
        .find(|address| address.domain() != provider && !ours.contains(&address.key()))
}

fn link(body: &str) -> Option<String> {
    let mut words = body.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']'));
    let confirms = |word: &&str| LINKS.iter().any(|begin| word.len() > begin.len() && word.starts_with(begin));
    let plain = |word: &&str| word.len() <= LONGEST_LINK && word.bytes().all(|byte| byte.is_ascii_graphic());
    words.find(|word| confirms(word) && plain(word)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    fn request(from: &str, subject: &str, body: &str) -> Option<ForwardingRequest> {
        let mail = format!("From: {from}\r\nTo: log@us.example\r\nSubject: {subject}\r\n\r\n{body}\r\n");
        of(&parse(mail.as_bytes()))
    }

    const GOOGLE: &str = "Gmail Team <forwarding-noreply@google.com>";

    #[test]
    fn account_code_and_link_are_read_in_any_language() {
        let link = "https://mail-settings.google.com/mail/vf-%5BANGjdJ8%5D-x";
        let english = request(
            GOOGLE,
            "(#412345678) Gmail Forwarding Confirmation - Receive Mail from mara@us.example",
            &format!("mara@us.example has asked to forward mail to log@us.example\r\n\r\n{link}\r\n"),
        );
        let german = request(
            GOOGLE,
            "Weiterleitung",
            &format!("mara@us.example will an log@us.example weiterleiten.\r\nCode: 412345678\r\n<{link}>\r\n"),
        );
        for found in [english, german] {
            let found = found.unwrap();
            assert_eq!(found.account, Address::parse("mara@us.example"));
            assert_eq!((found.code.as_str(), found.link.as_deref()), ("412345678", Some(link)));
        }
    }

    #[test]
    fn a_link_that_leads_elsewhere_is_not_shown() {
        for link in [
            "http://mail.google.com/mail/vf-x",
            "https://mail.google.com.evil.example/mail/vf-x",
            "https://evil.example/?https://mail.google.com/mail/vf-x",
            "https://mail.google.com/mail/vf-",
        ] {
            assert_eq!(request(GOOGLE, "(#412345678) x", link).unwrap().link, None, "{link}");
        }
    }

    #[test]
    fn anybody_else_makes_no_request() {
        let subject = "(#412345678) Gmail Forwarding Confirmation - Receive Mail from mara@us.example";
        assert_eq!(request("Gmail Team <forwarding-noreply@google.com.evil.example>", subject, "x"), None);
        assert_eq!(request(GOOGLE, "Your forwarding was turned off", "by mara@us.example"), None);
    }
}
