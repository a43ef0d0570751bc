//! Every mailbox, step by step, and what its recent mails say about trust.

use super::finding::Finding;
use super::trust;
use crate::config::{After, Config, Mailbox};
use crate::inbox::probe::Probe;
use crate::inbox::{imap, maildir};
use crate::wiring::{self, Inbox};

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    if config.mailboxes.is_empty() {
        let hint = "add a [[mailbox]] section; config/touchbase.toml of the source tree shows one";
        return vec![Finding::doubtful("mailboxes", "none is configured, so no mail will be read", hint)];
    }
    let mut findings = Vec::new();
    for mailbox in &config.mailboxes {
        findings.extend(is_meant(mailbox));
        match wiring::inbox(mailbox) {
            Err(failure) => findings.push(Finding::wrong(format!("mailbox {}: password", mailbox.name), &failure)),
            Ok(inbox) => {
                let Probe { steps, recent } = probe(inbox).await;
                findings.extend(steps.into_iter().map(|step| Finding::of_step(&mailbox.name, step)));
                findings.extend(trust::of_mailbox(config, mailbox, recent).await);
            }
        }
    }
    findings
}

async fn probe(inbox: Inbox) -> Probe {
    match inbox {
        Inbox::Imap(settings) => imap::probe(&settings).await,
        Inbox::Maildir(settings) => maildir::probe(&settings),
    }
}

/// What is allowed and perhaps not wanted.
fn is_meant(mailbox: &Mailbox) -> Option<Finding> {
    (mailbox.after == After::Delete && mailbox.capture_addresses.is_empty()).then(|| {
        Finding::doubtful(
            format!("mailbox {}: after", mailbox.name),
            "every mail of a mailbox without capture addresses, perhaps somebody's own, will be deleted",
            "set `after` to \"leave\" or \"seen\" if that is not meant",
        )
    })
}
