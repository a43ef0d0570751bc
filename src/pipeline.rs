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
use crate::understand::signal::Lists;
use crate::understand::{self, Reading, Team, Wanted};

/// What reading a mail depends on besides its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Our side.
    pub team: Team,
    /// Whom we believe.
    pub trust: Policy,
    /// What is listened for.
    pub phrases: Lists,
    /// How much is asked for.
    pub wanted: Wanted,
}

impl Rules {
    /// The same, for whoever only keeps a record: words that no record keeps are not looked for.
    pub fn for_a_record(&self) -> Rules {
        Rules { wanted: Wanted::WhatIsKept, ..self.clone() }
    }
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
        if mail.left_out == 0 {
            mail.defects.push(Defect::new("truncated", "only the beginning of the mail was fetched"));
        }
        mail.bytes = delivery.size;
    }
    Understood {
        verdict: trust::judge(&mail, delivery.sent_folder, &rules.trust),
        reading: understand::understand_with(&mail, delivery.route, &rules.team, rules.phrases.phrases(), rules.wanted),
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::contacts::{Contact, ContactId, Customer, CustomerId};
    use crate::interaction::{Keep, Outcome};
    use crate::mail::Address;
    use crate::mailbox::Mailbox;
    use crate::understand::{Capture, Direction};

    fn known() -> Known {
        let ann = Contact {
            id: ContactId("ann-li".into()),
            name: Some("Ann Li".into()),
            addresses: Address::parse("ann@acme.example").into_iter().collect(),
            role: None,
            phone: None,
            since: None,
            notes: None,
        };
        let acme = Customer {
            id: CustomerId("acme".into()),
            name: "Acme".into(),
            domains: Vec::new(),
            cadence_days: None,
            since: None,
            notes: None,
            contacts: vec![ann],
        };
        let team = Team {
            addresses: Address::parse("me@us.example").into_iter().collect(),
            capture_addresses: Address::parse("log@us.example").into_iter().collect(),
            ..Team::default()
        };
        Known {
            rules: Rules { team, ..Rules::default() },
            directory: Directory::new(vec![acme], &[]),
            privacy: Privacy::default(),
        }
    }

    fn delivery(mail: &str) -> Delivery {
        Delivery {
            mailbox: Mailbox { name: "capture".into(), folder: "INBOX".into() },
            route: Route::Capture,
            sent_folder: false,
            arrived: Timestamp::from_second(1_795_200_000).unwrap(),
            size: mail.len() as u64,
            bytes: mail.as_bytes().to_vec(),
        }
    }

    const FORWARD: &str = "From: me@us.example\r\nTo: log@us.example\r\nSubject: for the log\r\n\
        Date: Fri, 20 Nov 2026 17:05:00 +0100\r\nMessage-ID: <f@us.example>\r\n\r\n\
        She waits.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ann Li <ann@acme.example>\r\n\
        Date: Fri, Nov 20, 2026 at 9:12 AM\r\nSubject: Delivery plan\r\nTo: <me@us.example>\r\n\r\n\
        When does the crane come?\r\n";

    #[test]
    fn answers_below_quoted_lines_are_told_and_their_quotes_kept_only_with_the_words() {
        let mail = "From: Ann Li <ann@acme.example>\r\nTo: log@us.example\r\nSubject: Re: plan\r\n\
            Message-ID: <i@acme.example>\r\nDate: Fri, 20 Nov 2026 17:05:00 +0100\r\n\r\n\
            Hello,\r\n\r\n> Does the crane come on Monday?\r\nYes, at nine.\r\n> And who pays?\r\n";
        let told = |known: &Known| {
            let found = process(&delivery(mail), known).interactions.remove(0);
            (found.interleaved, found.answered.iter().map(|passage| passage.raw().to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(told(&known()), (true, vec!["Does the crane come on Monday?".to_owned()]));
        for keep in [Keep::Excerpt, Keep::None] {
            let privacy = Privacy { text: keep, ..Privacy::default() };
            assert_eq!(told(&Known { privacy, ..known() }), (true, Vec::new()));
        }
    }

    #[test]
    fn a_forward_is_recorded_under_the_customers_name_at_the_customers_time() {
        let disposition = process(&delivery(FORWARD), &known());
        assert_eq!((disposition.outcome, disposition.reason.as_deref()), (Outcome::Recorded, None));
        let [interaction] = disposition.interactions.as_slice() else { panic!("one exchange") };
        assert_eq!((interaction.capture, interaction.direction), (Capture::Forward, Direction::Inbound));
        assert_eq!(interaction.customers, [CustomerId("acme".into())]);
        assert_eq!(interaction.occurred_at.to_string(), "2026-11-20T09:12:00+01:00");
        assert_eq!(interaction.text.raw(), "When does the crane come?");
        assert_eq!(interaction.comment.as_ref().map(|c| c.raw()), Some("She waits."));
    }

    #[test]
    fn for_a_record_only_the_words_of_bulk_from_outside_are_left_unread() {
        let news = "From: News <news@acme.example>\r\nTo: readers@acme.example\r\nSubject: News\r\nPrecedence: bulk\r\n\
            List-Id: <news.acme.example>\r\nList-Unsubscribe: <https://acme.example/u>\r\n\r\nWe sell cranes.\r\n";
        let ours = news.replace("news@acme.example", "me@us.example");
        let attached = format!(
            "From: Me <me@us.example>\r\nTo: log@us.example\r\nSubject: Fwd: News\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee below.\r\n--b\r\n\
            Content-Type: message/rfc822\r\n\r\n{news}\r\n--b--\r\n"
        );
        let reported = [ours.as_str(), FORWARD, &attached].map(|mail| (mail, false));
        for (mail, is_left_unread) in [(news, true)].into_iter().chain(reported) {
            let (whole, rules) = (known(), known().rules.for_a_record());
            let kept = Known { rules, ..known() };
            let (whole, kept) = (process(&delivery(mail), &whole), process(&delivery(mail), &kept));
            assert_eq!((whole.outcome, &whole.reason), (kept.outcome, &kept.reason));
            assert_eq!(whole == kept, !is_left_unread, "{mail}");
            assert!(whole.interactions.iter().all(|interaction| !interaction.text.is_blank()));
        }
    }

    #[test]
    fn the_same_mail_always_comes_to_the_same() {
        assert_eq!(process(&delivery(FORWARD), &known()), process(&delivery(FORWARD), &known()));
    }

    #[test]
    fn bytes_that_are_no_mail_are_unreadable_and_not_lost() {
        let disposition = process(&delivery("\0\u{1}\u{2} torn"), &known());
        assert_eq!(disposition.outcome, Outcome::Unreadable);
        assert!(disposition.reason.is_some());
    }
}
