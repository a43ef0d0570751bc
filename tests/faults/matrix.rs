//! Every case there is.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::{after, auth, cron, cut, garbage, idle, races, sizes, slow, status, time, uids};

/// Every case, group by group.
pub fn cases() -> Vec<Case> {
    [
        after::cases(),
        auth::cases(),
        cron::cases(),
        cut::cases(),
        garbage::cases(),
        idle::cases(),
        races::cases(),
        sizes::cases(),
        slow::cases(),
        status::cases(),
        time::cases(),
        uids::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How many faults and cases each group has. A fault is what goes wrong at which step; in another scene it is another
/// case.
pub fn counts() -> BTreeMap<String, (usize, usize)> {
    let mut groups: BTreeMap<String, (BTreeSet<String>, usize)> = BTreeMap::new();
    for case in cases() {
        let (faults, cases) = groups.entry(case.group().to_owned()).or_default();
        faults.insert(case.name.clone());
        *cases += 1;
    }
    groups.into_iter().map(|(group, (faults, cases))| (group, (faults.len(), cases))).collect()
}
