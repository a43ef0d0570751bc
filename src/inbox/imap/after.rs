//! What happens to settled mails on the server (`after`): seen, moved, deleted.
//!
//! The folder is opened to be changed on a connection of its own; the one that reads stays read-only. What is owed is
//! asked of the ledger, which knows it from the same transaction that settled the mail. Everything here may be done
//! twice: a mail that is gone is no error, a flag that is set stays set, and a copy is written down before its
//! original is touched. Only UIDs are ever named, only those that are owed, and only while the folder's promise is the
//! one they were given under. A plain EXPUNGE would also remove what other people have marked; it is never said.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::connect::Dial;
use super::door::Door;
use super::response::{Code, Outcome};
use super::session::{Answer, Session, said};
use super::{After, Settings, text};
use crate::failpoint::{self, Step};
use crate::inbox::{InboxError, Ledger, LedgerError};
use crate::mailbox::{Deed, DeliveryId, Key, Mailbox, OwedMail, Uid, UidValidity};

/// UIDs in one command: some servers take lines of a thousand characters at most.
const GROUP: usize = 90;
/// How long a connection is kept for the next mail.
const LINGER: Duration = Duration::from_secs(4 * 60);
/// How often to look for what others have settled: a person who released a mail from the quarantine.
const LOOK: Duration = Duration::from_secs(10 * 60);
/// The longest pause after failures.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Does what is owed in one folder, once. Connects only if anything is.
///
/// # Errors
/// The connection, or what the server refuses.
pub async fn once<L: Ledger>(
    dial: &Dial,
    settings: &Settings,
    ledger: &Arc<L>,
    mailbox: &Mailbox,
) -> Result<(), InboxError> {
    if settings.after == After::Leave || ledger.owed(mailbox).await?.mails.is_empty() {
        return Ok(());
    }
    let mut session = Session::connect(settings, dial).await?;
    session.login(settings).await?;
    settle_up(&mut session, settings, ledger, mailbox, || false).await?;
    session.logout().await;
    Ok(())
}

/// Does what is owed in one folder whenever it is woken, until told to stop.
pub async fn keep<L: Ledger>(
    settings: Arc<Settings>,
    ledger: Arc<L>,
    door: Arc<Door>,
    mailbox: Mailbox,
    woken: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    let mut backoff = Backoff::new(settings.patience.pause, LONGEST);
    let mut kept: Option<(Session, Instant)> = None;
    loop {
        // Not cut off in the middle: a copy whose answer nobody heard would be made again.
        let stopping = stop.clone();
        let result = catch_up(&settings, &ledger, &door, &mailbox, &mut kept, || *stopping.borrow()).await;
        let pause = match result {
            Ok(()) => {
                backoff.reset();
                None
            }
            Err(InboxError::Ledger(LedgerError::Closed)) => return,
            Err(error) => {
                kept = None;
                let least = if let InboxError::BackOff { wait, .. } = error { wait } else { Duration::ZERO };
                let pause = backoff.next(super::watch::chance()).max(least);
                tracing::warn!(mailbox = %mailbox.name, folder = %mailbox.folder, reason = %error,
                    seconds = pause.as_secs(), "settled mails wait to be seen, moved or deleted");
                Some(pause)
            }
        };
        let next = async {
            match pause {
                Some(pause) => sleep(pause).await,
                None => wait(&mut kept, &woken).await,
            }
        };
        tokio::select! {
            () = next => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Until there may be more, letting go of a connection nobody uses.
async fn wait(kept: &mut Option<(Session, Instant)>, woken: &Notify) {
    if kept.is_some() && timeout(LINGER, woken.notified()).await.is_ok() {
        return;
    }
    if let Some((session, _)) = kept.take() {
        session.logout().await;
    }
    let _ = timeout(LOOK, woken.notified()).await;
}

async fn catch_up<L: Ledger>(
    settings: &Settings,
    ledger: &Arc<L>,
    door: &Door,
    mailbox: &Mailbox,
    kept: &mut Option<(Session, Instant)>,
    stopping: impl Fn() -> bool + Send + Sync,
) -> Result<(), InboxError> {
    // What was handed over is owed nothing before it is settled.
    ledger.settled().await?;
    if ledger.owed(mailbox).await?.mails.is_empty() {
        return Ok(());
    }
    // A connection that was kept may have been closed by the server meanwhile, which is nobody's failure.
    let fresh = kept.as_ref().is_none_or(|(_, used)| used.elapsed() > LINGER);
    let mut session = match kept.take() {
        Some((session, _)) if !fresh => session,
        _ => door.enter(settings).await?,
    };
    match settle_up(&mut session, settings, ledger, mailbox, &stopping).await {
        Err(InboxError::Retry(_)) if !fresh => {
            session = door.enter(settings).await?;
            settle_up(&mut session, settings, ledger, mailbox, &stopping).await?;
        }
        result => result?,
    }
    *kept = Some((session, Instant::now()));
    Ok(())
}

/// Does everything that is owed, a group at a time, until told to stop.
async fn settle_up<L: Ledger>(
    session: &mut Session,
    settings: &Settings,
    ledger: &Arc<L>,
    mailbox: &Mailbox,
    stopping: impl Fn() -> bool + Send + Sync,
) -> Result<(), InboxError> {
    let opened = session.select(&mailbox.folder).await?;
    loop {
        let owed = ledger.owed(mailbox).await?;
        // Numbers of another promise, or of none, may mean other mails. The reader will find out and start anew.
        if owed.mails.is_empty() || owed.validity != opened.validity || opened.validity == UidValidity(0) {
            return Ok(());
        }
        for group in owed.mails.chunks(GROUP) {
            if stopping() {
                return Ok(());
            }
            let mut acting = Acting { session, ledger };
            match &settings.after {
                After::Leave => return Ok(()),
                After::Seen => acting.seen(group).await?,
                After::Delete => acting.delete(group).await?,
                After::Move(folder) => acting.move_to(folder, group).await?,
            }
        }
    }
}

/// One group of mails, on a folder that is open to be changed.
struct Acting<'a, L> {
    session: &'a mut Session,
    ledger: &'a Arc<L>,
}

impl<L: Ledger> Acting<'_, L> {
    async fn seen(&mut self, mails: &[OwedMail]) -> Result<(), InboxError> {
        self.command(Step::MarkSeen, &format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set(mails))).await?;
        self.done(mails, Deed::All).await
    }

    /// Without UIDPLUS (RFC 4315) the mails stay, marked as deleted, until somebody expunges the folder.
    async fn delete(&mut self, mails: &[OwedMail]) -> Result<(), InboxError> {
        let set = set(mails);
        self.command(Step::MarkDeleted, &format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)")).await?;
        if self.session.can("UIDPLUS") {
            self.command(Step::Expunge, &format!("UID EXPUNGE {set}")).await?;
        }
        self.done(mails, Deed::All).await
    }

    /// MOVE (RFC 6851), else a copy, which is written down, and then a removal.
    async fn move_to(&mut self, folder: &str, mails: &[OwedMail]) -> Result<(), InboxError> {
        let (copied, whole): (Vec<OwedMail>, Vec<OwedMail>) = mails.iter().cloned().partition(|mail| mail.copied);
        let name = text::quoted(&text::folder_name(folder)).unwrap_or_default();
        if !whole.is_empty() && self.session.can("MOVE") {
            self.with_folder(Step::Move, &format!("UID MOVE {} {name}", set(&whole)), &name).await?;
            self.done(&whole, Deed::All).await?;
        } else if !whole.is_empty() {
            self.with_folder(Step::Copy, &format!("UID COPY {} {name}", set(&whole)), &name).await?;
            self.done(&whole, Deed::Copied).await?;
            self.delete(&whole).await?;
        }
        if copied.is_empty() { Ok(()) } else { self.delete(&copied).await }
    }

    /// A command that needs a folder, which is made if the server says that it may be (RFC 3501, 7.1: TRYCREATE).
    async fn with_folder(&mut self, step: Step, line: &str, name: &str) -> Result<(), InboxError> {
        failpoint::before(step);
        let answer = self.session.command(line).await?;
        failpoint::after(step);
        match answer {
            Answer::Done(_) => Ok(()),
            Answer::Refused(Outcome { code: Some(Code::Other(code)), .. })
                if code.eq_ignore_ascii_case("TRYCREATE") =>
            {
                self.command(Step::MakeFolder, &format!("CREATE {name}")).await?;
                self.command(step, line).await
            }
            Answer::Refused(outcome) => Err(self.refused(&outcome)),
        }
    }

    async fn command(&mut self, step: Step, line: &str) -> Result<(), InboxError> {
        failpoint::before(step);
        let answer = self.session.command(line).await?;
        failpoint::after(step);
        match answer {
            Answer::Done(_) => Ok(()),
            Answer::Refused(outcome) => Err(self.refused(&outcome)),
        }
    }

    fn refused(&self, outcome: &Outcome) -> InboxError {
        InboxError::Configuration {
            what: format!("{} does not do what `after` wants: {}", self.session.host, said(outcome)),
            hint: "check that `user` may change the folder and write into the other one, or set `after = \"leave\"`"
                .into(),
        }
    }

    async fn done(&mut self, mails: &[OwedMail], deed: Deed) -> Result<(), InboxError> {
        let ids: Vec<DeliveryId> = mails.iter().map(|mail| mail.id).collect();
        Ok(self.ledger.did(ids, deed).await?)
    }
}

/// The UIDs of these mails.
fn set(mails: &[OwedMail]) -> String {
    let mut uids: Vec<u32> =
        mails.iter().filter_map(|mail| if let Key::Uid(Uid(uid)) = mail.key { Some(uid) } else { None }).collect();
    uids.sort_unstable();
    text::set(&uids)
}
