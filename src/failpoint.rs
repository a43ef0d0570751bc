//! The durable steps: everything after which a disk or a server holds what it did not hold before.
//!
//! Each has a name here, and [`before`] and [`after`] stand around it where it is made. In the program as it is
//! built for use both are nothing, and no environment reaches them. With the feature `failpoints`, which only
//! `tests/failpoints.rs` asks for, the program can be told to fall there: it is started again, and whatever the
//! step, the end must be the one of a program that never fell.

/// Declares [`Step`] and the list of all of them from one table.
macro_rules! steps {
    ($($(#[$says:meta])* $step:ident,)*) => {
        /// A durable step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Step { $($(#[$says])* $step,)* }

        impl Step {
            /// Every durable step there is.
            pub const ALL: &[Step] = &[$(Step::$step,)*];
        }
    };
}

steps! {
    // Setting up.
    /// The record's file is made, empty.
    MakeStore,
    /// It gets a write-ahead log.
    TurnOnLog,
    /// It is marked as ours.
    MarkAsOurs,
    /// Its tables come to the newest version.
    Migrate,
    /// What an earlier version recorded gets its lean rows.
    CatchUp,
    /// This process becomes the one writer.
    TakeLease,
    /// A contacts file's customers replace those it named before.
    SaveCustomers,
    /// Those who are known now join the record.
    Rematch,
    /// Unmatched notes are read again for names.
    RereadNotes,
    /// The contacts that all of this was done for.
    MarkDirectory,
    // Reading mail.
    /// A folder's numbers begin to count, or go on to do so.
    OpenEpoch,
    /// A window's mails are written down, with their first attempts, and the cursor moves.
    List,
    /// One more attempt is counted.
    CountAttempt,
    /// Attempts that were the connection's fault are taken back.
    GiveBack,
    /// A mail could not be fetched or settled.
    NoteFailed,
    /// Mails are no longer there.
    NoteVanished,
    /// Dispositions, interactions and raw bytes of a batch.
    Settle,
    /// A folder was read to its end.
    NoteSuccess,
    /// A folder could not be read.
    NoteFailure,
    /// The day before which mails are left alone.
    NoteSince,
    /// A folder was compared with what is known of it.
    NoteComparison,
    // What `after` wants.
    /// Whether settled mails are owed something.
    Wish,
    /// On the server, or in the Maildir: mails become seen.
    MarkSeen,
    /// On the server: mails are marked to be removed.
    MarkDeleted,
    /// On the server: marked mails are removed; in the Maildir: a mail is.
    Expunge,
    /// On the server, or in the Maildir: mails are moved.
    Move,
    /// On the server, or in the Maildir: the folder they go to is made.
    MakeFolder,
    /// The Maildir's folders know for good what was done in them.
    SyncMails,
    /// On the server: mails are copied.
    Copy,
    /// What was done is owed no longer.
    CrossOut,
    // Reports.
    /// A page is complete beside its place.
    WritePage,
    /// It is renamed into its place.
    PlacePage,
    /// The folder knows its new names for good.
    SyncPages,
    /// A day was reported, with its watermark.
    NoteReport,
    // Mailing them.
    /// Who is to get a report by mail is written down.
    QueueLetter,
    /// One more attempt to mail it is counted.
    CountSending,
    /// On the server: it takes the letter upon itself.
    HandOver,
    /// What became of the attempt.
    NoteSending,
    // What a person decides.
    /// A contact is added.
    AddContact,
    /// A customer is removed.
    RemoveCustomer,
    /// A contact is removed.
    RemoveContact,
    /// A stranger is ignored from now on.
    Ignore,
    /// A mail of the quarantine is settled anew.
    Resettle,
    /// A mail of the quarantine is dropped.
    DropHeld,
    /// A matter is closed.
    CloseMatter,
    /// A matter that was closed is open again.
    ReopenMatter,
    /// A matter is put off.
    PutOffMatter,
    // Letting go.
    /// A person's interactions, names and raw mails go, a tombstone stays.
    Forget,
    /// The full-text index is rebuilt without their words.
    RebuildIndex,
    /// Free pages are swept.
    Vacuum,
    /// The log is emptied into the file.
    EmptyLog,
    /// The sweep is over.
    EndSweep,
    /// Unmatched interactions have been kept long enough.
    ExpireUnmatched,
    /// Interactions have been kept long enough.
    ExpireInteractions,
    // Files for others.
    /// A backup is complete beside its place.
    WriteBackup,
    /// It is renamed into its place.
    PlaceBackup,
    /// An export is complete beside its place.
    WriteExport,
    /// It is renamed into its place.
    PlaceExport,
    // Tokens.
    /// A mailbox's tokens are complete beside their place.
    WriteTokens,
    /// They are renamed into their place.
    PlaceTokens,
}

#[cfg(feature = "failpoints")]
pub use armed::{after, arm, before};

/// A durable step is about to be made.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn before(_: Step) {}

/// A durable step has been made.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn after(_: Step) {}

/// What tests alone can ask for.
#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Step;

    /// What was asked for.
    enum Wish {
        /// Tell of every step, on standard error.
        Trace,
        /// Do this the nth time that a step is reached.
        Fall { how: How, moment: String, step: String, nth: u32, seen: AtomicU32 },
    }

    enum How {
        Abort,
        Freeze,
    }

    static WISH: OnceLock<Wish> = OnceLock::new();

    /// Takes a wish: `trace`, or `abort|freeze:before|after:STEP:NTH`.
    ///
    /// # Panics
    /// When it is none, so that no test runs without the fall it asked for.
    pub fn arm(wish: &str) {
        let wish = match wish.split(':').collect::<Vec<_>>()[..] {
            ["trace"] => Wish::Trace,
            [how, moment @ ("before" | "after"), step, nth] => Wish::Fall {
                how: match how {
                    "abort" => How::Abort,
                    "freeze" => How::Freeze,
                    other => panic!("no such fall: {other}"),
                },
                moment: moment.to_owned(),
                step: step.to_owned(),
                nth: nth.parse().expect("how many times"),
                seen: AtomicU32::new(0),
            },
            _ => panic!("no such failpoint: {wish}"),
        };
        let _ = WISH.set(wish);
    }

    /// A durable step is about to be made.
    pub fn before(step: Step) {
        reach("before", step);
    }

    /// A durable step has been made.
    pub fn after(step: Step) {
        reach("after", step);
    }

    fn reach(now: &str, at: Step) {
        match WISH.get() {
            None => {}
            Some(Wish::Trace) => eprintln!("failpoint {now}:{at:?}"),
            Some(Wish::Fall { how, moment, step, nth, seen }) => {
                let here = moment == now && *step == format!("{at:?}");
                if !here || seen.fetch_add(1, Ordering::Relaxed) + 1 != *nth {
                    return;
                }
                match how {
                    How::Abort => std::process::abort(),
                    How::Freeze => loop {
                        std::thread::park();
                    },
                }
            }
        }
    }
}
