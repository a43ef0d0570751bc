//! The whole program on one screen: one mail in, one disposition out.
//!
//! Two halves, because a stranger's bytes are read in a process of their own:
//! [`read`] needs only the bytes and a few rules, [`conclude`] needs the
//! directory and never sees the bytes. [`process`] is both, in one breath.

pub mod explain;

use serde::{Deserialize, Serialize};

use crate::contacts::Directory;
use crate::interaction::{self, Context, Disposition, Privacy};
use crate::mail::{self, Defect, Mail};
use crate::mailbox::{Delivery, Route};
use crate::trust::{self, Policy, Verdict};
use crate::understand::{self, Reading, Team};

/// What reading a mail depends on besides its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Our side.
    pub team: Team,
    /// Whom we believe.
    pub trust: Policy,
}

/// What the parsing process hands back: the reading and whether its author may be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// What the mail means.
    pub reading: Reading,
    /// Whether its author is who it says.
    pub verdict: Verdict,
}

impl Understood {
    /// What is understood of a mail that nobody could read: nothing but its size, in bytes.
    pub fn nothing(bytes: u64) -> Understood {
        Understood {
            reading: Reading::nothing(bytes),
            verdict: Verdict {
                authenticated: trust::Authenticated::Unknown,
                by: None,
                reason: "it could not be read".into(),
            },
        }
    }
}

/// What concluding depends on besides what was understood.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The same rules that the mail was read by.
    pub rules: Rules,
    /// Who is known.
    pub directory: Directory,
    /// What may be kept.
    pub privacy: Privacy,
}

/// What one mail means to us. Pure: the same bytes, rules and directory always give the same disposition.
pub fn process(delivery: &Delivery, known: &Known) -> Disposition {
    let understood = read(delivery, &known.rules);
    conclude(&understood, delivery.route, Some(delivery.arrived), known)
}

/// The half that touches a stranger's bytes.
pub fn read(delivery: &Delivery, rules: &Rules) -> Understood {
    understand(mail::parse(&delivery.bytes), delivery, rules)
}

/// The same from the header fields and the raw text alone, for a mail that could not be parsed within its limits.
pub fn read_headers_only(delivery: &Delivery, rules: &Rules) -> Understood {
    understand(mail::headers_only(&delivery.bytes), delivery, rules)
}

fn understand(mut mail: Mail, delivery: &Delivery, rules: &Rules) -> Understood {
    if delivery.size > mail.bytes {
        mail.defects.push(Defect::new("truncated", "only the beginning of the mail was fetched"));
        mail.bytes = delivery.size;
    }
    Understood {
        verdict: trust::judge(&mail, delivery.sent_folder, &rules.trust),
        reading: understand::understand(&mail, delivery.route, &rules.team),
    }
}

/// The half that knows people. `arrived` is `None` for a mail that never arrived anywhere.
pub fn conclude(understood: &Understood, route: Route, arrived: Option<jiff::Timestamp>, known: &Known) -> Disposition {
    let context = Context {
        team: &known.rules.team,
        vouching: !known.rules.trust.authentication_results.is_empty(),
        directory: &known.directory,
        privacy: &known.privacy,
        route,
        arrived,
    };
    interaction::decide(&understood.reading, &understood.verdict, context)
}
