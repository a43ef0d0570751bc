//! Which lines of a header our own servers wrote: those above the first hop that is not ours.
//!
//! Servers write on top, so what a stranger sent lies below what our border
//! server wrote. But our own servers may hand a mail on before it is
//! delivered, each with a `Received:` of its own (Dovecot's LMTP does, a
//! content filter on this machine does), and a milter's results may stand
//! directly above or directly below its server's `Received:`. So our hops are
//! passed through, up to the first that took the mail from outside, and the
//! stamps directly below that one still count.
//!
//! A stranger can write stamps where a milter would. That is why a server has
//! to stamp every mail or remove forged stamps (RFC 8601, 5), and why all
//! lines of ours have to agree.

use std::net::IpAddr;

use crate::mail::{Domain, Headers};

/// The values of the `Authentication-Results` that our servers can have written, top to bottom.
pub(super) fn results<'h>(headers: &'h Headers, ids: &[String]) -> Vec<&'h str> {
    let mut found = Vec::new();
    let mut outside = false;
    for field in &headers.0 {
        let name = field.name.to_ascii_lowercase();
        match name.as_str() {
            "received" => {
                let hop = Hop::parse(&field.value);
                if outside || !hop.is_ours(ids) {
                    break;
                }
                outside = hop.came_from_outside(ids);
            }
            "authentication-results" => found.push(field.value.as_str()),
            name if is_stamp(name) => {}
            _ => break,
        }
    }
    found
}

/// Fields that servers write on top of a mail they pass on.
fn is_stamp(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "return-path",
        "received-spf",
        "delivered-to",
        "envelope-to",
        "delivery-date",
        "authentication-results-original",
        "original-recipient",
        "domainkey-signature",
    ];
    NAMES.contains(&name) || ["x-", "arc-", "dkim-"].iter().any(|prefix| name.starts_with(prefix))
}

/// One `Received:` (RFC 5321, 4.4), as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hop {
    /// The name behind `from`: what the client called itself, or what was found for it.
    from: Option<String>,
    /// The comment behind it, where servers put the name and number they saw.
    seen: Option<String>,
    /// The name behind `by`.
    by: Option<String>,
    /// The protocol behind `with`, lower case.
    with: Option<String>,
}

impl Hop {
    fn parse(value: &str) -> Hop {
        let mut hop = Hop::default();
        let mut words = Words { rest: value };
        while let Some(word) = words.next() {
            let slot = match word.to_ascii_lowercase().as_str() {
                "from" if hop.by.is_none() => &mut hop.from,
                "by" => &mut hop.by,
                "with" => &mut hop.with,
                _ => continue,
            };
            if slot.is_none() {
                *slot = words.next().map(|w| w.to_ascii_lowercase());
            }
            if hop.by.is_none() && hop.seen.is_none() {
                hop.seen = words.comment().map(str::to_ascii_lowercase);
            }
        }
        hop
    }

    /// Whether a server of ours wrote it: by its name, because it stays on this machine, or as local delivery.
    fn is_ours(&self, ids: &[String]) -> bool {
        self.is_local_delivery() || self.by.as_deref().is_some_and(|by| is_our_host(by, ids))
    }

    fn is_local_delivery(&self) -> bool {
        self.with.as_deref().is_some_and(|with| with.starts_with("lmtp"))
    }

    /// Whether the mail came from a stranger's machine here. What the client says of itself does not
    /// count, only the name or number that our server saw.
    fn came_from_outside(&self, ids: &[String]) -> bool {
        if self.is_local_delivery() {
            return false;
        }
        let Some(from) = self.from.as_deref() else { return false };
        let Some(seen) = self.seen.as_deref() else { return !is_our_host(from, ids) };
        let numbers =
            || seen.split(|c: char| !c.is_ascii_hexdigit() && !".:".contains(c)).filter_map(|n| n.parse().ok());
        if numbers().next().is_some() && numbers().all(|n| is_private(&n)) {
            return false;
        }
        let name = seen.split([' ', '\t', '[']).next().unwrap_or_default();
        // Exim puts the name it verified in front and what the client said behind.
        let verified = if name.is_empty() && seen.contains("helo=") { from } else { name };
        !is_our_host(verified, ids)
    }
}

/// A server's own name, another one of the same registered domain, or this machine.
fn is_our_host(host: &str, ids: &[String]) -> bool {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.');
    if host == "localhost" || host.starts_with("localhost.") {
        return true;
    }
    if let Ok(number) = host.parse::<IpAddr>() {
        return is_private(&number);
    }
    ids.iter().any(|id| host.eq_ignore_ascii_case(id) || share_a_domain(host, id))
}

fn share_a_domain(host: &str, id: &str) -> bool {
    let registered = |name: &str| Domain::parse(name).and_then(|d| d.registrable());
    registered(host).is_some_and(|domain| registered(id) == Some(domain))
}

/// Numbers that mean nothing outside: this machine, its network, and 6to4 of those, as Gmail uses.
fn is_private(number: &IpAddr) -> bool {
    match number {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => {
            let [first, high, low, ..] = v6.segments();
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            let mapped = v6.to_ipv4_mapped().is_some_and(|v4| is_private(&v4.into()));
            v6.is_loopback()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || mapped
                || (first == 0x2002 && is_private(&std::net::Ipv4Addr::new(a, b, c, d).into()))
        }
    }
}

/// The words of a `Received:` up to its date, comments aside.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        while self.comment().is_some() {}
        let end = self.rest.find(|c: char| c.is_whitespace() || "(;".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// The comment that comes next, without its brackets.
    fn comment(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let inner = self.rest.strip_prefix('(')?;
        let mut depth = 1_u32;
        let end = inner.char_indices().find(|(_, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = end.map_or(inner.len(), |(at, _)| at);
        self.rest = inner.get(end + 1..).unwrap_or_default();
        inner.get(..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_ours_by_name_by_machine_and_as_local_delivery() {
        let ids = ["mx.us.example".to_owned()];
        let table = [
            ("from a.example (a.example [203.0.113.5]) by mx.us.example (Postfix) with ESMTPS id 1; Fri", true, true),
            ("from mx.us.example (mx.us.example [203.0.113.9]) by imap.us.example with ESMTP", true, false),
            ("from mx.us.example (unknown [203.0.113.5]) by mx.us.example with ESMTP", true, true),
            ("from mx.us.example (evil.example [203.0.113.5]) by mx.us.example with ESMTP", true, true),
            ("from mx.us.example ([203.0.113.5]) by mx.us.example with ESMTP", true, true),
            ("from localhost (evil.example [203.0.113.5]) by mx.us.example", true, true),
            ("from evil.example (localhost [127.0.0.1]) by mx.us.example with ESMTP", true, false),
            ("from mx.us.example by mx.us.example with LMTP id x for <a@us.example>; date", true, false),
            ("from x.example by delivery-7 with LMTP", true, false),
            (
                "from localhost ([127.0.0.1]) by localhost (mx.us.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP",
                true,
                false,
            ),
            ("by 2002:a05:6a10:1234::1 with SMTP id abc; date", true, false),
            ("by 2001:db8::1 with SMTP id abc; date", false, false),
            ("from mx1.us.example ([203.0.113.5] helo=mx1.us.example) by mx2.us.example with esmtps", true, false),
            ("from a.example ([203.0.113.5] helo=mx.us.example) by mx2.us.example with esmtps", true, true),
            ("from a.example by mx.us.example.evil.example with ESMTP", false, true),
            ("from a.example by mx.evil.example with ESMTP", false, true),
            ("from by (x [203.0.113.1]) by mx.us.example", true, true),
            ("(qmail 1 invoked by uid 2)", false, false),
            ("", false, false),
            ("from (by (", false, false),
        ];
        for (value, ours, outside) in table {
            let hop = Hop::parse(value);
            assert_eq!((hop.is_ours(&ids), hop.came_from_outside(&ids)), (ours, outside), "{value} {hop:?}");
        }
    }
}
