//! What was to be done to settled mails where they lie, and what was done.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::{Folder, Mail};
use super::scene::Scene;

/// How a mail lies in its folder, and how often in the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lies {
    /// Whether it is in its folder.
    pub here: bool,
    /// Marked as seen.
    pub seen: bool,
    /// Marked to be removed.
    pub deleted: bool,
    /// Copies in the other folder.
    pub there: usize,
}

/// What is to be seen of it all in the end.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// How every mail should lie; `None` where nothing was to be done.
    pub wished: Option<Lies>,
    /// How each of them does, by number; those that somebody else has removed left out.
    pub lie: BTreeMap<usize, Lies>,
}

impl Done {
    /// In a scene, with its folder as it is in the end.
    pub fn of(scene: Scene, folder: &Folder) -> Done {
        let here = Lies { here: true, ..Lies::default() };
        let wished = match scene {
            Scene::Seen => Some(Lies { seen: true, ..here }),
            Scene::Deleted => Some(Lies::default()),
            Scene::Marked => Some(Lies { deleted: true, ..here }),
            Scene::Moved | Scene::Copied => Some(Lies { there: 1, ..Lies::default() }),
            _ => None,
        };
        let there = folder.other.as_deref().unwrap_or_default();
        let lies = |number: usize| {
            let mail: Option<&Mail> = folder.mails.iter().find(|mail| mail.number == number);
            let (seen, deleted) = mail.map(|mail| (mail.seen, mail.deleted)).unwrap_or_default();
            Lies { here: mail.is_some(), seen, deleted, there: there.iter().filter(|other| **other == number).count() }
        };
        let left: BTreeSet<usize> = folder.ever.difference(&folder.taken).copied().collect();
        Done { wished, lie: left.into_iter().map(|number| (number, lies(number))).collect() }
    }
}
