//! Who vouches for colleagues, and what recent mails say about who could: evidence instead of a guess.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::finding::Finding;
use crate::config::{Config, Mailbox};
use crate::inbox::probe::Recent;
use crate::mail::Headers;
use crate::mailbox::{self, Delivery};
use crate::pipeline::Rules;
use crate::trust::{Authenticated, Policy, Survey};
use crate::wiring;
use crate::worker::Pool;

/// Fewer mails than this prove nothing about what is on top of all of them.
const FEW: usize = 5;
/// Headers that one question to the reading process holds.
const TOGETHER: usize = 20;

/// What the configuration says.
pub(super) fn policy(config: &Config) -> Finding {
    match config.trust.authentication_results.as_slice() {
        [] => Finding::doubtful(
            "trust",
            "no receiving server vouches for colleagues: whoever writes in their name is believed",
            "name your mail server's authserv-id under [trust] authentication-results; what each mailbox says about \
             it is told below",
        ),
        servers => Finding::good("trust", format!("colleagues are believed when {} says so", servers.join(" or "))),
    }
}

/// What a mailbox's recent mails say about it.
pub(super) async fn of_mailbox(config: &Config, mailbox: &Mailbox, recent: Vec<Recent>) -> Option<Finding> {
    let what = format!("mailbox {}: trust", mailbox.name);
    // Where the owner's sent mail lies, the login vouches, and no server marks anything.
    let mails: Vec<Vec<u8>> = recent.into_iter().filter(|mail| !mail.sent_folder).map(|mail| mail.header).collect();
    let headers: Vec<Headers> = mails.iter().map(|mail| Headers::split(mail).0).collect();
    let survey = Survey::of(&headers);
    if survey.arrived == 0 {
        return Some(Finding::good(what, "no mail has come here yet that could tell who vouches"));
    }
    let configured = &config.trust.authentication_results;
    let all = survey.arrived;
    if !configured.is_empty() {
        let tally = Tally::of(config, mailbox, mails, configured.clone()).await;
        let marked = survey.marked_by(configured);
        let said =
            format!("a server named under [trust] is on top of {marked} of the {all} most recent mails; {tally}");
        return Some(match (marked, tally.all_pass()) {
            (0, _) => Finding::doubtful(what, said, format!("on top there: {}", frequent(&survey))),
            (_, false) => {
                Finding::doubtful(what, said, "the others wait in the quarantine: `touchbase quarantine list`")
            }
            (_, true) => Finding::good(what, said),
        });
    }
    let Some(id) = survey.always() else { return Some(nobody_always(what, &survey)) };
    let tally = Tally::of(config, mailbox, mails, vec![id.to_owned()]).await;
    if all < FEW {
        let said = format!("{id} is on top of all {all} mails that came here, which are too few to tell; {tally}");
        return Some(Finding::doubtful(what, said, "check again once more mail has come, also from outside"));
    }
    let said = format!("{id} is on top of all {all} most recent mails; {tally}");
    let line = format!("to have it vouch, write under [trust]:\nauthentication-results = [\"{id}\"]");
    Some(Finding::doubtful(what, said, line))
}

/// Nothing can be proposed; why.
fn nobody_always(what: String, survey: &Survey) -> Finding {
    let all = survey.arrived;
    let (said, hint) = match survey.nameless {
        0 => (
            format!("no server is on top of all {all} most recent mails: {}", frequent(survey)),
            "leave [trust] empty, or have your mail server mark every mail it takes (RFC 8601, 5)",
        ),
        nameless => (
            format!(
                "on {nameless} of the {all} most recent mails the line on top names no server, so none can be trusted"
            ),
            "leave [trust] empty: your provider (Microsoft 365 does) does not say who is speaking",
        ),
    };
    Finding::doubtful(what, said, hint)
}

fn frequent(survey: &Survey) -> String {
    let told = survey.by_frequency().into_iter().take(3).map(|(id, mails)| format!("{id} (on {mails})"));
    match told.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "nobody".to_owned(),
        told => told,
    }
}

/// How many of our colleagues' mails would be believed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    mails: usize,
    pass: usize,
    /// Why not, and how often.
    reasons: BTreeMap<String, usize>,
}

impl Tally {
    /// Judges mails with these servers vouching, in the process where strangers' bytes are read.
    async fn of(config: &Config, mailbox: &Mailbox, mails: Vec<Vec<u8>>, servers: Vec<String>) -> Tally {
        let rules = Rules { trust: Policy { authentication_results: servers }, ..wiring::rules(config) };
        let pool = Pool::new(wiring::reader(1), &rules);
        let deliveries: Vec<Delivery> = mails.into_iter().map(|header| delivery(mailbox, header)).collect();
        let mut tally = Tally::default();
        for some in deliveries.chunks(TOGETHER) {
            let answers = pool.read_together(&some.iter().collect::<Vec<_>>()).await;
            for understood in answers.into_iter().flatten().filter(|answer| answer.reading.author_is_team) {
                tally.mails += 1;
                match understood.verdict.authenticated {
                    Authenticated::Pass => tally.pass += 1,
                    _ => *tally.reasons.entry(understood.verdict.reason).or_default() += 1,
                }
            }
        }
        tally
    }

    fn all_pass(&self) -> bool {
        self.pass == self.mails
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.mails, self.all_pass()) {
            (0, _) => write!(f, "none of them is from a colleague"),
            (mails, true) => write!(f, "{mails} of {mails} mails from colleagues would be believed"),
            (mails, false) => {
                let why = self.reasons.iter().max_by_key(|(_, times)| **times).map_or("", |(why, _)| why);
                write!(f, "{} of {mails} mails from colleagues would be believed (mostly: {why})", self.pass)
            }
        }
    }
}

fn delivery(mailbox: &Mailbox, header: Vec<u8>) -> Delivery {
    Delivery {
        mailbox: mailbox::Mailbox { name: mailbox.name.clone(), folder: String::new() },
        route: mailbox.route(),
        sent_folder: false,
        arrived: Timestamp::UNIX_EPOCH,
        size: header.len() as u64,
        bytes: header,
    }
}
