//! Addresses (RFC 5322, 3.4.1), held strictly: what does not have exactly one meaning is no address.
//!
//! A parser that reads `"a@good"@evil` or `a@good@evil` one way while a server
//! reads it another lets a stranger be taken for a colleague. So anything but a
//! plain `local@domain` is refused: routes, quoted words that need their
//! quotes, address literals, invisible characters. White space around it is no
//! part of it and is refused as well.

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Bytes of a local part. RFC 5321 says 64, but reply addresses of ticket systems are longer.
const LOCAL_LIMIT: usize = 200;

/// `local@domain`: local part as written, domain in lower-case A-labels (UTS 46). Safe to print:
/// it holds no space, control, bracket, quote or invisible character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

/// A domain in lower-case A-labels, such as `xn--mller-kva.example`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Address {
    /// Takes an addr-spec (RFC 5322, 3.4.1; RFC 6531 for other scripts). A quoted local part that
    /// needs no quotes loses them. `None` for anything that could be read in two ways.
    pub fn parse(text: &str) -> Option<Address> {
        let (local, domain) = text.rsplit_once('@')?;
        let local = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(local);
        let local: String = if local.is_ascii() { local.to_owned() } else { local.nfc().collect() };
        let domain = Domain::parse(domain)?;
        (local.len() <= LOCAL_LIMIT && is_dot_atom(&local)).then(|| Address([&local, "@", &domain.0].concat()))
    }

    /// The address as `local@domain`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which two addresses are the same one: all of it in lower case. No server we know
    /// of delivers `Ann@` and `ann@` to different people (RFC 5321, 2.4 would permit it).
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// What stands before the `@`, as written.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> Domain {
        Domain(self.0.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned())
    }

    /// The address without its `+tag` (RFC 5233): `ann@` of `ann+x@`. `None` when it has none.
    pub fn without_tag(&self) -> Option<Address> {
        let (local, domain) = self.0.rsplit_once('@')?;
        let (base, _) = local.split_once('+')?;
        let base = base.trim_end_matches('.');
        (!base.is_empty()).then(|| Address(format!("{base}@{domain}")))
    }
}

impl Domain {
    /// Takes a domain in any script and case, and gives its lower-case A-labels (UTS 46, non-transitional).
    /// `None` for address literals, empty labels, a dot at the end, and names that DNS could not hold.
    pub fn parse(text: &str) -> Option<Domain> {
        // UTS 46 drops or maps these silently, so that two spellings would look like one.
        if text.chars().any(|c| c.is_whitespace() || super::untrusted::is_invisible(c)) {
            return None;
        }
        let ascii = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::URL).ok()?;
        let well_formed = ascii.len() <= 253 && ascii.split('.').all(is_label);
        well_formed.then(|| Domain(ascii.into_owned()))
    }

    /// The domain's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that somebody registered, by the public suffix list: `acme.co.uk` of
    /// `mail.acme.co.uk`. `None` for a public suffix itself and for a single label.
    pub fn registrable(&self) -> Option<Domain> {
        psl::domain_str(&self.0).map(|name| Domain(name.to_owned()))
    }

    /// Whether it is `outer` or lies below it.
    pub fn is_within(&self, outer: &Domain) -> bool {
        self.0.strip_suffix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// Dot-atom (RFC 5322, 3.2.3), widened to letters, digits and marks of every script (RFC 6531, 3.3).
fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(c: char) -> bool {
    match c {
        c if c.is_ascii() => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c),
        c => !super::untrusted::is_invisible(c) && (c.is_alphanumeric() || is_combining_mark(c)),
    }
}

/// A DNS label; an underscore is no host name but stands in addresses people have.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Address::parse(text).map(|a| a.to_string())
    }

    #[test]
    fn the_local_part_stays_and_the_domain_becomes_a_labels() {
        assert_eq!(parsed("Ann.Li@Acme.Example").as_deref(), Some("Ann.Li@acme.example"));
        assert_eq!(parsed("info@Müller.example").as_deref(), Some("info@xn--mller-kva.example"));
        assert_eq!(parsed("info@xn--mller-kva.example").as_deref(), Some("info@xn--mller-kva.example"));
        assert_eq!(parsed("ann@faß.example").as_deref(), Some("ann@xn--fa-hia.example"));
        assert_eq!(parsed("иван@почта.example").as_deref(), Some("иван@xn--80a1acny.example"));
        assert_eq!(parsed("o'hara+x=y@x_y.example").as_deref(), Some("o'hara+x=y@x_y.example"));
        assert_eq!(parsed("\"ann.li\"@acme.example").as_deref(), Some("ann.li@acme.example"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_address() {
        let refused = [
            "",
            "@",
            "a@",
            "@b",
            "ann",
            "a@b@evil.example",
            "\"a@good.example\"@evil.example",
            "a@good.example\0@evil.example",
            "<@good.example:b@evil.example>",
            "@good.example:b@evil.example",
            "a b@x.example",
            " a@x.example",
            "a@x.example ",
            "a@x.example\n",
            "<a@x.example>",
            "a@x..example",
            "a@.example",
            "a@x.example.",
            "a@[127.0.0.1]",
            "a@[IPv6:::1]",
            "\"a b\"@x.example",
            "\"\"@x.example",
            "a..b@x.example",
            ".a@x.example",
            "a.@x.example",
            "a@x.ex ample",
            "a@x.example,b@y.example",
            "a@x.example;b",
            "a(b)@x.example",
            "a\u{202e}@x.example",
            "a@x\u{200b}.example",
            "a@ex\u{ad}ample.example",
            "a\u{200d}b@x.example",
            "a@x.example\u{e0041}",
            "a\\b@x.example",
            "a@x/y",
            "a@x.example?",
            "a\u{7f}@x.example",
            "a＠x.example",
            "a@good.example＠evil.example",
            "a@x\u{3002}\u{3002}example",
        ];
        for text in refused {
            assert_eq!(parsed(text), None, "{text:?}");
        }
        assert_eq!(parsed(&format!("{}@x.example", "a".repeat(201))), None);
        assert_eq!(parsed(&format!("a@{}.example", "x".repeat(64))), None);
        assert_eq!(parsed(&format!("a@{}example", "x.".repeat(130))), None);
    }

    #[test]
    fn keys_ignore_case_and_tags_come_off_on_request() {
        let address = Address::parse("Ann.Li+news@Acme.example").unwrap();
        assert_eq!(address.key(), "ann.li+news@acme.example");
        assert_eq!((address.local(), address.domain().as_str()), ("Ann.Li+news", "acme.example"));
        assert_eq!(address.without_tag().map(|a| a.to_string()).as_deref(), Some("Ann.Li@acme.example"));
        assert_eq!(Address::parse("ann@acme.example").unwrap().without_tag(), None);
        assert_eq!(Address::parse("+x@acme.example").unwrap().without_tag(), None);
    }

    #[test]
    fn domains_know_what_was_registered_and_what_lies_below() {
        let domain = |text: &str| Domain::parse(text).unwrap();
        assert_eq!(domain("mail.acme.co.uk").registrable(), Some(domain("acme.co.uk")));
        assert_eq!(domain("a.b.acme.example").registrable(), Some(domain("acme.example")));
        assert_eq!(domain("co.uk").registrable(), None);
        assert!(domain("mail.acme.example").is_within(&domain("ACME.example")));
        assert!(domain("acme.example").is_within(&domain("acme.example")));
        assert!(!domain("notacme.example").is_within(&domain("acme.example")));
        assert!(!domain("acme.example").is_within(&domain("mail.acme.example")));
    }
}
