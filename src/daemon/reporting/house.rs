//! What a report says besides the record of exchanges: who is not known, what is held, how the mailboxes are.

use jiff::Timestamp;

use super::Editor;
use crate::contacts::domains;
use crate::mail::Untrusted;
use crate::report::{Held, MailboxState, Stranger};
use crate::store;
use crate::understand::ForwardingRequest;

/// For how long a request to forward mail here is told.
const REQUESTS_TOLD: jiff::SignedDuration = jiff::SignedDuration::from_hours(72);

impl Editor<'_> {
    pub(super) fn strangers(&self, as_of: Timestamp) -> store::Result<Vec<Stranger>> {
        let people = self.reader.unmatched_people(domains::is_freemail)?;
        let known_by_then = people.into_iter().filter(|person| person.first < as_of);
        Ok(known_by_then
            .map(|person| Stranger {
                address: person.address,
                name: person.name,
                mails: person.count,
                last: person.last.min(as_of),
                subject: person.subjects.into_iter().next().unwrap_or_default(),
            })
            .collect())
    }

    pub(super) fn held(&self, as_of: Timestamp) -> store::Result<Vec<Held>> {
        let held = self.reader.quarantine()?.into_iter().filter(|held| held.arrived < as_of);
        Ok(held
            .map(|held| Held {
                number: held.id.0,
                outcome: held.outcome,
                reason: held.reason,
                from: held.author,
                subject: held.subject.unwrap_or_default(),
                arrived: held.arrived,
            })
            .collect())
    }

    /// Requests to forward mail here are told for a few days: a code is not typed on a Sunday.
    pub(super) fn forwarding_requests(&self, as_of: Timestamp) -> store::Result<Vec<ForwardingRequest>> {
        let from = as_of.checked_sub(REQUESTS_TOLD).unwrap_or(Timestamp::MIN);
        let requests = self.reader.forwarding_requests(from, as_of)?;
        Ok(requests.into_iter().map(|requested| requested.request).collect())
    }

    /// How the mailboxes stood at the day's end. What was read later was read by then as well, as far as the day
    /// is concerned, so that tomorrow's reading does not change today's page.
    pub(super) fn mailboxes(&self, as_of: Timestamp) -> store::Result<Vec<MailboxState>> {
        let state = |mailbox: store::MailboxState| MailboxState {
            name: match mailbox.mailbox.folder.as_str() {
                "INBOX" => mailbox.mailbox.name,
                folder => format!("{}/{folder}", mailbox.mailbox.name),
            },
            last_success: mailbox.last_success.map(|at| at.min(as_of)),
            lag: mailbox.pending,
            failure: mailbox.last_failure.zip(mailbox.failure).map(|(since, why)| (since, Untrusted::new(why))),
        };
        Ok(self.reader.mailboxes()?.into_iter().map(state).collect())
    }
}
