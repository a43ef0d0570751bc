//! Requests to forward somebody's mail here, kept until a person has read of them in the report.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::epochs::DeliveryId;
use super::value::{instant, maybe};
use super::writing::Writing;
use super::{Reader, Result};
use crate::understand::ForwardingRequest;

/// A provider's request, and when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedForwarding {
    /// What it asks.
    pub request: ForwardingRequest,
    /// When its mail arrived.
    pub arrived: Timestamp,
}

/// Keeps what a delivery asks.
pub(super) fn keep(w: &Writing<'_>, delivery: DeliveryId, request: &ForwardingRequest) -> Result<()> {
    let account = request.account.as_ref().map(|address| address.key());
    w.run(
        "INSERT INTO forwarding_request (delivery, account, code, link) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![delivery.0, account, request.code, request.link],
    )?;
    Ok(())
}

impl Reader {
    /// The requests that first arrived from `from` until before `until`, oldest first.
    pub fn forwarding_requests(&self, from: Timestamp, until: Timestamp) -> Result<Vec<RequestedForwarding>> {
        let sql = "SELECT f.account, f.code, f.link, min(d.arrived) AS arrived
                   FROM forwarding_request AS f JOIN delivery AS d ON d.id = f.delivery
                   GROUP BY f.account, f.code, f.link HAVING min(d.arrived) >= ?1 AND min(d.arrived) < ?2
                   ORDER BY min(d.id)";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([from.as_second(), until.as_second()], requested)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn requested(row: &Row<'_>) -> rusqlite::Result<RequestedForwarding> {
    Ok(RequestedForwarding {
        request: ForwardingRequest { account: maybe(row, "account")?, code: row.get("code")?, link: row.get("link")? },
        arrived: instant(row, "arrived")?,
    })
}
