//! What unknown labels mean, by what stands behind them.
//!
//! In every client the author stands before those written to, a date reads as
//! a date, and the subject is what is left. Only a block whose other lines
//! or separator already speak for it is completed this way.

use crate::understand::labels::{Kind, Kinds};
use crate::understand::{people, when};

use super::run::Run;

/// Gives the unknown labels of a run a meaning, and the ambiguous ones a single one.
pub fn complete(run: &mut Run, separated: bool) {
    if !run.has(Kind::From) && run.known_kinds() <= 2 && is_headers_by_shape(run, separated) {
        // A label or two that another language happens to have mean nothing here.
        run.fields.iter_mut().for_each(|f| f.kinds = Kinds::default());
    }
    let unknown = run.fields.iter().all(|f| f.kinds.is_empty());
    settle_ambiguous(run);
    split_date_from_author(run);
    if unknown && !is_headers_by_shape(run, separated) {
        return;
    }
    if unknown {
        // As with known labels: the author is named first.
        take(run, Kind::From, &|value| people::first_address(value).is_some());
        take(run, Kind::To, &|value| people::first_address(value).is_some());
        take(run, Kind::Cc, &|value| people::first_address(value).is_some());
    }
    take(run, Kind::Date, &|value| when::read(value, None).is_some());
    if !unknown && separated && run.has(Kind::Date) && run.known_kinds() >= 2 {
        // Unknown labels among known ones: those with addresses, in the order that every client keeps.
        let addressed = |value: &str| people::first_address(value).is_some();
        take(run, Kind::From, &addressed);
        take(run, Kind::To, &addressed);
    }
    if unknown {
        take(run, Kind::Subject, &|value| !value.is_empty() && !value.contains('@'));
    }
}

/// A label that means two things in two languages takes the one its value allows and no other label has.
fn settle_ambiguous(run: &mut Run) {
    for at in 0..run.fields.len() {
        let others: Kinds = run
            .fields
            .iter()
            .enumerate()
            .filter(|(i, f)| *i != at && f.kinds.iter().count() == 1)
            .flat_map(|(_, f)| f.kinds.iter())
            .fold(Kinds::default(), Kinds::with);
        let Some(field) = run.fields.get_mut(at) else { return };
        if field.kinds.iter().count() < 2 {
            continue;
        }
        let free = field.kinds.without(others);
        let fits = |kind: &Kind| match kind {
            Kind::Date => when::read(&field.value, None).is_some(),
            Kind::Subject => people::first_address(&field.value).is_none() && when::read(&field.value, None).is_none(),
            _ => true,
        };
        let chosen = free.iter().find(fits).or_else(|| free.iter().next());
        field.kinds = chosen.map(|k| Kinds::default().with(k)).unwrap_or_default();
    }
}

/// Notes puts the date behind the name: `From:  Ann Li        03/26/2001 01:44 PM`.
fn split_date_from_author(run: &mut Run) {
    if run.has(Kind::Date) {
        return;
    }
    let Some(field) = run.fields.iter_mut().find(|f| f.kinds.has(Kind::From)) else { return };
    let gap = field.value.match_indices("  ").chain(field.value.match_indices('\t')).map(|(at, _)| at).next();
    let Some((name, rest)) = gap.and_then(|at| field.value.split_at_checked(at)) else { return };
    if when::read(rest, None).is_some() {
        run.spare_date = Some(rest.trim().to_owned());
        field.value = name.trim().to_owned();
    }
}

/// Unknown labels alone: several lines, one of them `Name <address>`, one of them a date. Without a
/// separator above, four lines and two addresses: a contact form has fewer.
fn is_headers_by_shape(run: &Run, separated: bool) -> bool {
    if !(3..=9).contains(&run.fields.len()) {
        return false;
    }
    let addressed = run.fields.iter().filter(|f| people::first_address(&f.value).is_some()).count();
    let bracketed = run.fields.iter().any(|f| f.value.contains('<') && f.value.contains('@'));
    let enough = if separated { addressed >= 1 } else { run.fields.len() >= 4 && addressed >= 2 && bracketed };
    enough && run.fields.iter().any(|f| when::read(&f.value, None).is_some())
}

fn take(run: &mut Run, kind: Kind, fits: &dyn Fn(&str) -> bool) {
    if run.has(kind) {
        return;
    }
    if let Some(field) = run.fields.iter_mut().find(|f| f.kinds.is_empty() && fits(&f.value)) {
        field.kinds = Kinds::default().with(kind);
    }
}
