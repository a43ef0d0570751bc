//! What people settled by hand on a day, from the store to the report.

use jiff::Timestamp;

use crate::contacts::CustomerId;
use crate::mail::Untrusted;
use crate::measure::Closed;
use crate::report::settled::{Decision, in_vain};
use crate::report::{Report, Settled};
use crate::store::{self, MatterTold, Reader, Settling};

/// Adds it to the report of a day that goes from one instant to before another. What was asked for in vain needs a
/// person, and is about no customer.
pub fn add(
    report: &mut Report,
    reader: &Reader,
    (from, until): (Timestamp, Timestamp),
    customer: Option<&CustomerId>,
) -> store::Result<()> {
    let settled = reader.settled_between(from, until)?;
    let about = |one: &&Settling| customer.is_none_or(|customer| one.matter.customers.contains(customer));
    report.settled = settled.iter().filter(about).map(|one| told(one, report)).collect();
    if customer.is_none() {
        let vain = reader.unheeded_between(from, until)?;
        report.today.trouble.extend(vain.iter().map(|one| in_vain(one.number, one.older)));
    }
    Ok(())
}

fn told(settling: &Settling, report: &Report) -> Settled {
    let matter = &settling.matter;
    Settled {
        number: matter.matter.number,
        decision: match settling.decision {
            store::Decision::Closed(Closed::Done) => Decision::Done,
            store::Decision::Closed(Closed::Dismissed) => Decision::Dismissed,
            store::Decision::Reopened => Decision::Reopened,
            store::Decision::Later(day) => Decision::Later(day),
        },
        customer: matter.customers.first().cloned(),
        name: name(matter, report),
        sentence: matter.sentence.clone(),
        interaction: matter.matter.interaction,
    }
}

/// Who said it to us, or to whom we said it: as we know them, as they wrote it, or the address.
pub fn name(matter: &MatterTold, report: &Report) -> Untrusted {
    let person = matter.with.as_ref();
    let known = person.and_then(|p| p.contact.as_ref()).and_then(|id| report.context.names.contact(id));
    let given = || {
        let participant = &person?.participant;
        let address = || participant.address.as_ref().map(|address| Untrusted::new(address.as_str()));
        participant.name.clone().or_else(address)
    };
    known.or_else(given).unwrap_or_default()
}
