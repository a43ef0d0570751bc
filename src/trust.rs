//! Whether a mail's author is who it says, as far as our own receiving server vouches for it.
//!
//! Anyone can write any From line, and only colleagues may make touchbase
//! record what a mail's body claims. So the author is believed on the word of
//! servers that the operator named, found where only they can have written
//! ([`block`]), read exactly ([`results`]), about exactly the address that we
//! read ([`author`]). Nothing here asks the network: keys change, and what a
//! server saw when the mail arrived cannot be seen again.
//!
//! No line of ours means `unknown`, never `pass`: some providers write none
//! when a signature is broken.

mod author;
mod block;
mod results;
mod survey;
mod tokens;

use serde::{Deserialize, Serialize};

use crate::mail::{Domain, Mail};
use results::{Outcome, Results};

pub use survey::Survey;

/// What the operator trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The authserv-ids of our own receiving servers (RFC 8601, 2.5), compared whole, ASCII case ignored.
    /// Empty: nobody vouches, and the team list alone decides.
    pub authentication_results: Vec<String>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether our server says that the author's domain sent it.
    pub authenticated: Authenticated,
    /// The authserv-id that said so.
    pub by: Option<String>,
    /// Why, in words for a person, free of the mail's own words.
    pub reason: String,
}

/// The three answers of product.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authenticated {
    /// A trusted server says so, aligned with From.
    Pass,
    /// A trusted server says the contrary.
    Fail,
    /// Nobody trusted says anything.
    Unknown,
}

impl Authenticated {
    /// The word used in JSON and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Authenticated::Pass => "pass",
            Authenticated::Fail => "fail",
            Authenticated::Unknown => "unknown",
        }
    }
}

impl Verdict {
    fn new(authenticated: Authenticated, by: Option<&str>, reason: &str) -> Verdict {
        Verdict { authenticated, by: by.map(str::to_owned), reason: reason.to_owned() }
    }
}

/// Whether the author of a mail may be believed to be who From says.
///
/// `sent_folder`: the mail lies where its owner's own mail is kept, so that the
/// login to the mailbox vouches for it.
pub fn judge(mail: &Mail, sent_folder: bool, policy: &Policy) -> Verdict {
    if sent_folder {
        return Verdict::new(Authenticated::Pass, None, "it lies in the mailbox's own Sent folder");
    }
    let author = match author::read(mail) {
        Ok(author) => author.domain(),
        Err(flaw) => return Verdict::new(flaw.authenticated(), None, flaw.reason()),
    };
    let ids = &policy.authentication_results;
    if ids.is_empty() {
        return Verdict::new(Authenticated::Unknown, None, "nobody is configured to vouch");
    }
    let ours = |id: &str| ids.iter().find(|known| known.eq_ignore_ascii_case(id));
    let mut lines = Vec::new();
    let mut by = None;
    for value in block::results(&mail.headers, ids) {
        let line = Results::parse(value);
        let id = line.as_ref().map_or_else(|| results::claimed_id(value), |line| &line.id);
        let Some(id) = ours(id) else { continue };
        by = by.or(Some(id.as_str()));
        match line {
            Some(line) => lines.push(line),
            None => return Verdict::new(Authenticated::Unknown, by, "our server's results cannot be read exactly"),
        }
    }
    let (authenticated, reason) = weigh(&lines, &author);
    Verdict::new(authenticated, by, reason)
}

/// What all lines of our servers say together about an author's domain.
fn weigh(lines: &[Results], author: &Domain) -> (Authenticated, &'static str) {
    use Authenticated::{Fail, Pass, Unknown};
    let all = |method| lines.iter().flat_map(move |line| line.of(method));
    if lines.is_empty() {
        return (Unknown, "our server left no results on it");
    }
    if all("dmarc").any(|r| r.is("fail")) {
        return (Fail, "our server says dmarc=fail");
    }
    if all("dmarc").any(|r| r.is("pass") && r.has("header.from")) {
        return weigh_dmarc(lines, author);
    }
    let aligned = |r: &Outcome| r.is("pass") && signer(r).is_some_and(|domain| is_aligned(&domain, author));
    let silent_or_aligned = |line: &Results| line.of("dkim").next().is_none() || line.of("dkim").any(aligned);
    match (all("dkim").any(aligned), lines.iter().all(silent_or_aligned)) {
        (true, true) => (Pass, "our server says dkim=pass for the author's domain"),
        (true, false) => (Fail, "our server's results contradict each other"),
        (false, _) if all("spf").any(|r| r.is("pass")) => (Unknown, "only SPF passed, which does not speak for From"),
        (false, _) => (Unknown, "nothing that our server found speaks for the author's domain"),
    }
}

/// Somebody of ours said dmarc=pass: about this domain, all of them, and with something to rest it on?
fn weigh_dmarc(lines: &[Results], author: &Domain) -> (Authenticated, &'static str) {
    use Authenticated::{Fail, Pass, Unknown};
    let all = |method| lines.iter().flat_map(move |line| line.of(method));
    if !all("dmarc").all(|r| r.is("pass")) {
        return (Fail, "our server's results contradict each other");
    }
    if all("dmarc").any(|r| r.has("header.from") && r.domain("header.from").as_ref() != Some(author)) {
        return (Fail, "our server vouches for another domain than that of From");
    }
    let signed = |r: &Outcome| r.is("pass") && signer(r).is_none_or(|domain| is_aligned(&domain, author));
    let sent = |r: &Outcome| r.is("pass") && sender(r).is_none_or(|domain| is_aligned(&domain, author));
    let both_known = all("dkim").next().is_some() && all("spf").next().is_some();
    match both_known && !all("dkim").any(signed) && !all("spf").any(sent) {
        true => (Unknown, "our server says dmarc=pass, but neither its DKIM nor its SPF result supports it"),
        false => (Pass, "our server says dmarc=pass for the author's domain"),
    }
}

/// Who signed (RFC 8601, 2.7.1): `header.d`, or else the domain of `header.i`.
fn signer(result: &Outcome) -> Option<Domain> {
    if result.has("header.d") { result.domain("header.d") } else { result.domain("header.i") }
}

/// Who sent, by the envelope (RFC 8601, 2.7.2).
fn sender(result: &Outcome) -> Option<Domain> {
    if result.has("smtp.mailfrom") { result.domain("smtp.mailfrom") } else { result.domain("smtp.helo") }
}

/// Relaxed alignment (RFC 7489, 3.1): the same registered domain.
fn is_aligned(domain: &Domain, author: &Domain) -> bool {
    domain == author || domain.registrable().is_some_and(|registered| author.registrable() == Some(registered))
}

#[cfg(test)]
mod tests;
