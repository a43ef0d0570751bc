//! The one author of a mail, read so strictly that no server can have read somebody else.
//!
//! Servers and clients have been shown to read one From line differently in
//! many ways, and each difference lets a stranger be authenticated as himself
//! and shown as a colleague. So a mail has one author only if it has one From
//! field, with one mailbox, in plain form, and the parser of mails came to the
//! same address.

use super::Authenticated;
use super::tokens::{Kind, Token, tokens};
use crate::mail::{Address, Mail, Role};

/// Why a mail has no one author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// No From field.
    Missing,
    /// Several, or one under a disguised name.
    Several,
    /// It names nobody, several people or a group.
    NotOne,
    /// It is not in plain form.
    Unclear,
    /// The parser of mails read another address.
    ReadTwice,
}

impl Flaw {
    /// Two From fields and two readings are no accident; the others may be.
    pub(super) fn authenticated(self) -> Authenticated {
        match self {
            Flaw::Several | Flaw::ReadTwice => Authenticated::Fail,
            Flaw::Missing | Flaw::NotOne | Flaw::Unclear => Authenticated::Unknown,
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Flaw::Missing => "it has no From field",
            Flaw::Several => "it has more than one From field",
            Flaw::NotOne => "its From field does not name exactly one author",
            Flaw::Unclear => "its From field can be read in more than one way",
            Flaw::ReadTwice => "its From field names different authors to different readers",
        }
    }
}

/// The author's address.
pub(super) fn read(mail: &Mail) -> Result<Address, Flaw> {
    let is_from = |name: &str| {
        let bare = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        bare.eq(*b"from")
    };
    let mut fields = mail.headers.0.iter().filter(|field| is_from(&field.name));
    let field = match (fields.next(), fields.next()) {
        (None, _) => return Err(Flaw::Missing),
        (Some(one), None) if one.name.eq_ignore_ascii_case("from") => one,
        _ => return Err(Flaw::Several),
    };
    let address = mailbox(&field.value)?;
    let mut parsed = mail.role(Role::From).map(|p| p.address.as_ref().map(Address::key));
    match (parsed.next(), parsed.next()) {
        (Some(Some(key)), None) if key == address.key() => Ok(address),
        _ => Err(Flaw::ReadTwice),
    }
}

/// One mailbox (RFC 5322, 3.4): `name <address>` or `address`, comments aside.
pub(super) fn mailbox(value: &str) -> Result<Address, Flaw> {
    let tokens = tokens(value, "<>@,;:").ok_or(Flaw::Unclear)?;
    let signs = |sign: char| tokens.iter().filter(|t| t.is(sign)).count();
    if tokens.is_empty() || signs(',') > 0 || signs(';') > 0 || signs(':') > 0 {
        return Err(Flaw::NotOne);
    }
    let spec = match tokens.iter().position(|t| t.is('<')) {
        None => tokens.as_slice(),
        Some(open) => {
            let (name, rest) = tokens.split_at_checked(open).ok_or(Flaw::Unclear)?;
            let [_, inside @ .., close] = rest else { return Err(Flaw::Unclear) };
            // The first inside touches the bracket or not, as it likes.
            let plain = !name.iter().any(|t| t.is('@') || t.is('>')) && close.is('>');
            if !plain || signs('<') != 1 || signs('>') != 1 {
                return Err(Flaw::Unclear);
            }
            inside
        }
    };
    addr_spec(spec).ok_or(Flaw::Unclear)
}

/// `local@domain` without a gap.
fn addr_spec(tokens: &[Token]) -> Option<Address> {
    let [local, at, domain] = tokens else { return None };
    if !at.is('@') || !at.glued || !domain.glued {
        return None;
    }
    let (Some(local), Kind::Word(domain)) = (local.text(), &domain.kind) else { return None };
    Address::parse(&format!("{local}@{domain}"))
}
