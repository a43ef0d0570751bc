//! Originals attached as mails of their own (`message/rfc822`, `.eml`).
//!
//! Only a colleague's mail that goes to us reports what it carries; a
//! customer's mail with a mail attached stays the customer's mail, and so does
//! ours to a customer. What an attached mail forwards in turn is read the same
//! way, as often as the parser let mails nest.

use crate::mail::Mail;
use crate::mailbox::Route;

use super::{Team, content, subject};

/// The rule by which a colleague's mail reports the mails attached to it; `None` when they are just files.
pub fn rule(mail: &Mail, route: Route, team: &Team) -> Option<&'static str> {
    if mail.attached.is_empty() {
        return None;
    }
    let outsiders = team.written_to(&mail.participants).any(|p| !team.has_person(p));
    let open = team.capture_addresses.is_empty() && matches!(route, Route::Unknown | Route::Import);
    let says = subject::is_forward(mail.subject.raw());
    let wordless = content::of_mail(mail).text.split_whitespace().count() < 60;
    match (outsiders, open) {
        (false, _) => Some("mails attached, sent only to us"),
        (true, true) if says || (wordless && !subject::is_reply(mail.subject.raw())) => {
            Some("mails attached, and little else")
        }
        _ => None,
    }
}
