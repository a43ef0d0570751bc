//! `check --store`: the record examined part by part, with the one command that mends each fault.

use super::finding::{Finding, Grade};
use crate::config::Config;
use crate::failure::Failure;
use crate::store::{self, Examined, Part, StoreError};
use crate::wiring;

pub(super) fn examined(config: &Config) -> Vec<Finding> {
    match store::examine(&wiring::store_settings(config)) {
        Ok(examined) => examined.into_iter().flat_map(of_part).collect(),
        Err(StoreError::NotFound(_)) => {
            let path = config.store.path.display();
            vec![Finding::good("store", format!("there is none at {path} yet; the first start makes it"))]
        }
        Err(error) => vec![cannot(error)],
    }
}

/// The record cannot be asked at all.
fn cannot(error: StoreError) -> Finding {
    let is_broken = matches!(error, StoreError::Broken(_));
    let failure: Failure = wiring::store_failure(error);
    Finding::wrong("store", &if is_broken { failure.hint(RESTORE) } else { failure })
}

fn of_part(Examined { part, detail, faults }: Examined) -> Vec<Finding> {
    let what = match part {
        Part::Schema => "store: version",
        Part::Pages => "store: pages",
        Part::References => "store: references",
        Part::SearchIndex => "store: search index",
        Part::Lean => "store: lean rows",
        Part::Facts => "store: facts",
    };
    if faults.is_empty() {
        return vec![Finding::good(what, detail)];
    }
    let wrong = |fault: String| Finding {
        what: what.to_owned(),
        grade: Grade::Wrong,
        detail: fault,
        hint: Some(remedy(part).to_owned()),
    };
    faults.into_iter().map(wrong).collect()
}

const RESTORE: &str = "stop touchbase, then `touchbase restore BACKUP` with your latest sound backup: the damaged record \
                       is kept beside it, and mail that came since is read again";

/// What mends it. Index and lean rows are made of the rest, so nothing is lost with them.
fn remedy(part: Part) -> &'static str {
    match part {
        Part::Schema => "remove the file, it holds nothing yet; the next start makes it anew",
        Part::SearchIndex | Part::Lean => "`touchbase reindex` builds it again from the record; nothing is lost",
        Part::Pages | Part::References | Part::Facts => RESTORE,
    }
}
