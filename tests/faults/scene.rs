//! The scenes in which faults strike.

use std::collections::BTreeSet;

use touchbase::inbox::imap::After;

use super::server::Traits;

/// What the mailbox goes through while the fault waits for its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scene {
    /// Five mails lie there; touchbase has never seen them.
    FirstFill,
    /// Three of seven are new when it is started again.
    CatchUp,
    /// It idles, and two arrive.
    Arrival,
    /// It idles, two arrive, and the connection is lost.
    Reconnect,
    /// Two of four have large files.
    Large,
    /// Numbers with a hole of two thousand between them.
    Sparse,
    /// Seven hundred mails lie there: one window of them is recorded while those of another come.
    Flood,
    /// A server that does not tell the next UID and cannot idle.
    Plain,
    /// Five mails lie there, and the program is run as cron does: to its end, and five minutes later again.
    Once,
    /// Five mails are to be marked as seen once they are settled.
    Seen,
    /// They are to be deleted.
    Deleted,
    /// They are to be deleted, and the server can only mark them (no UIDPLUS).
    Marked,
    /// They are to be moved.
    Moved,
    /// They are to be moved, and the server can only copy and delete them.
    Copied,
}

impl Scene {
    /// Its name in the name of a case.
    pub fn name(self) -> &'static str {
        match self {
            Scene::FirstFill => "first-fill",
            Scene::CatchUp => "catch-up",
            Scene::Arrival => "arrival",
            Scene::Reconnect => "reconnect",
            Scene::Large => "large",
            Scene::Sparse => "sparse",
            Scene::Flood => "flood",
            Scene::Plain => "plain",
            Scene::Once => "once",
            Scene::Seen => "seen",
            Scene::Deleted => "deleted",
            Scene::Marked => "marked",
            Scene::Moved => "moved",
            Scene::Copied => "copied",
        }
    }

    /// The numbers of the mails in the scene, without the last one that arrives when all is over.
    pub fn mails(self) -> BTreeSet<usize> {
        let count = match self {
            Scene::CatchUp => 7,
            Scene::Large | Scene::Sparse => 4,
            Scene::Flood => 1_200,
            Scene::Plain => 3,
            _ => 5,
        };
        (1..=count).collect()
    }

    /// The numbers of those that are read while the fault may strike.
    pub fn new_mails(self) -> BTreeSet<usize> {
        let old = match self {
            Scene::CatchUp => 4,
            Scene::Arrival | Scene::Reconnect => 3,
            _ => 0,
        };
        self.mails().into_iter().filter(|number| *number > old).collect()
    }

    /// What is to happen to settled mails.
    pub fn after(self) -> After {
        match self {
            Scene::Seen => After::Seen,
            Scene::Deleted | Scene::Marked => After::Delete,
            Scene::Moved | Scene::Copied => After::Move("Done".into()),
            _ => After::Leave,
        }
    }

    /// The server it takes place at.
    pub fn traits(self) -> Traits {
        let can = |capabilities| Traits { capabilities, ..Traits::ordinary() };
        match self {
            Scene::Plain => Traits { tells_next: false, ..can("IMAP4rev1") },
            Scene::CatchUp => can("IMAP4rev1 IDLE AUTH=PLAIN"),
            Scene::Deleted | Scene::Copied => can("IMAP4rev1 IDLE UIDPLUS"),
            Scene::Moved => can("IMAP4rev1 IDLE UIDPLUS MOVE"),
            _ => Traits::ordinary(),
        }
    }
}
