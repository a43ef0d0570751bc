//! The whole program on one screen: one mail in, one disposition out.

use serde::{Deserialize, Serialize};

use crate::mail::{self, Defect, Mail};
use crate::mailbox::Delivery;
use crate::trust::{self, Policy, Verdict};
use crate::understand::{Reading, Team};

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

/// Reads one mail: its bytes, what they mean, whether its author may be believed.
pub fn read(delivery: &Delivery, rules: &Rules) -> Understood {
    understood(mail::parse(&delivery.bytes), delivery, rules)
}

/// The same from the header alone, for a mail whose body could not be read in time, memory or at all.
pub fn read_headers_only(delivery: &Delivery, rules: &Rules) -> Understood {
    understood(mail::headers_only(&delivery.bytes), delivery, rules)
}

fn understood(mut mail: Mail, delivery: &Delivery, rules: &Rules) -> Understood {
    if delivery.size > mail.bytes {
        mail.defects.push(Defect::new("truncated", "only the beginning of the mail was fetched"));
        mail.bytes = delivery.size;
    }
    let reading = stub::understand(&mail, delivery.route, &rules.team);
    let verdict = trust::judge(&mail, delivery.sent_folder, &rules.trust);
    Understood { reading, verdict }
}

/// STUB until branch `blocks` is merged: replaced by `understand::understand`.
mod stub {
    use super::*;
    use crate::mailbox::Route;
    use crate::understand::{Automation, Envelope};

    pub fn understand(mail: &Mail, _route: Route, _team: &Team) -> Reading {
        let envelope = Envelope {
            message_id: mail.message_id.clone(),
            date: mail.date,
            subject: mail.subject.clone(),
            participants: mail.participants.clone(),
            bytes: mail.bytes,
            defects: mail.defects.clone(),
        };
        Reading {
            envelope,
            author_is_team: false,
            automation: Automation::None,
            auto_reply: None,
            failed: Vec::new(),
            own_report: false,
            commands: Vec::new(),
            exchanges: Vec::new(),
            evidence: Vec::new(),
        }
    }
}
