//! What `init` asks, in the order in which a person can answer.

use super::dialog::{Dialog, Question};
use super::{InitArgs, Provider};
use crate::contacts::domains;
use crate::failure::Failure;
use crate::mail::{Address, Domain};

/// What a configuration is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) provider: Provider,
    pub(super) host: String,
    pub(super) user: String,
    pub(super) team: Vec<Colleague>,
    /// Empty: somebody's own mailbox is watched.
    pub(super) capture: Option<Address>,
    pub(super) proof: Proof,
    pub(super) time_zone: String,
    pub(super) reports: String,
}

/// One of us, or everybody at a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Colleague {
    Address(Address),
    Domain(Domain),
}

/// How touchbase logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    File(String),
    Command(String),
    Credential(String),
    OAuth(String),
}

/// Asks for everything that no flag says.
///
/// # Errors
/// A flag that cannot be used, or answers that are missing (64).
pub(super) fn gather(args: &InitArgs, mut dialog: Dialog) -> Result<Answers, Failure> {
    let gathered = ask_all(args, &mut dialog)?;
    dialog.end()?;
    // Whatever is missing was told by `end`.
    gathered.ok_or_else(|| Failure::new(crate::failure::Code::Usage, "init was not told everything"))
}

fn ask_all(args: &InitArgs, dialog: &mut Dialog) -> Result<Option<Answers>, Failure> {
    let words = "The address of the mailbox that touchbase reads";
    let address = dialog.ask(question("--address", &args.address, words, None), address)?;
    let provider = match (args.provider, address.as_ref().and_then(Provider::of)) {
        (Some(said), _) => Some(said),
        (None, Some(known)) => {
            dialog.say(&format!("  {} is at {}.", address.as_ref().map_or("", Address::as_str), known.facts().name));
            Some(known)
        }
        (None, None) => ask_provider(dialog)?,
    };
    let host = match provider.map(Provider::facts).filter(|facts| !facts.host.is_empty()) {
        Some(facts) if args.host.is_none() => Some(facts.host.to_owned()),
        _ => {
            let guess = address.as_ref().filter(|_| dialog.has_person()).map(|a| format!("imap.{}", a.domain()));
            dialog.ask(question("--host", &args.host, "Its IMAP server", guess), host)?
        }
    };
    let capture = ask_capture(args, dialog, address.as_ref())?;
    let proposed = address.as_ref().and_then(|address| usual_team(address, capture.as_ref()?.as_ref()));
    let team = ask_team(args, dialog, proposed)?;
    let proof = ask_proof(args, dialog, provider, matches!(capture, Some(Some(_))))?;
    let zone = jiff::tz::TimeZone::system().iana_name().unwrap_or("system").to_owned();
    let zone = question("--time-zone", &args.time_zone, "Your time zone", Some(zone));
    let time_zone = dialog.ask(zone, time_zone)?;
    let folder = question("--reports", &args.reports, "The folder for the daily page", Some("reports".to_owned()));
    let reports = dialog.ask(folder, |answer| Ok(answer.to_owned()))?;
    let all = (|| {
        let (address, provider) = (address?, provider?);
        Some(Answers {
            provider,
            host: host?,
            user: args.user.clone().unwrap_or_else(|| provider.user(&address)),
            team: team?,
            capture: capture?,
            proof: proof?,
            time_zone: time_zone?,
            reports: reports?,
        })
    })();
    Ok(all)
}

fn question<'q>(
    flag: &'static str,
    given: &'q Option<String>,
    words: &'q str,
    proposed: Option<String>,
) -> Question<'q> {
    Question { flag, given: given.as_deref(), words, proposed }
}

/// A domain of one's own does not tell who serves it.
fn ask_provider(dialog: &mut Dialog) -> Result<Option<Provider>, Failure> {
    for (at, provider) in Provider::ALL.into_iter().enumerate() {
        dialog.say(&format!("  {}  {}", at + 1, provider.facts().name));
    }
    // Without anybody to ask, the server's name says all that is needed.
    let own = Provider::ALL.len().to_string();
    dialog.ask(question("--provider", &None, "Who runs that mailbox", Some(own)), |answer| {
        let chosen = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        chosen
            .and_then(|at| Provider::ALL.get(at).copied())
            .ok_or_else(|| format!("a number from 1 to {}", Provider::ALL.len()))
    })
}

/// The capture address; `Some(None)` for somebody's own mailbox.
fn ask_capture(
    args: &InitArgs,
    dialog: &mut Dialog,
    mailbox: Option<&Address>,
) -> Result<Option<Option<Address>>, Failure> {
    if args.own_mailbox {
        return Ok(Some(None));
    }
    let words = "The address you will BCC and forward to; `own` if this is somebody's own mailbox, to be read as it is";
    let proposed = mailbox.map(|address| address.as_str().to_owned());
    dialog.ask(question("--capture", &args.capture, words, proposed), |answer| match answer {
        "own" => Ok(None),
        other => address(other).map(Some),
    })
}

/// Everybody at the mailbox's domain; where strangers have addresses as well, nobody but the mailbox's owner.
fn usual_team(address: &Address, capture: Option<&Address>) -> Option<String> {
    match (domains::is_freemail(&address.domain()), capture) {
        (false, _) => Some(address.domain().to_string()),
        (true, None) => Some(address.as_str().to_owned()),
        // Behind a capture address is nobody, so it is no colleague's.
        (true, Some(_)) => None,
    }
}

fn ask_team(args: &InitArgs, dialog: &mut Dialog, proposed: Option<String>) -> Result<Option<Vec<Colleague>>, Failure> {
    let given = (!args.team.is_empty()).then(|| args.team.join(" "));
    let words = "Your team: its domain, or the addresses of everybody in it";
    dialog.ask(question("--team", &given, words, proposed), |answer| {
        let team: Vec<Colleague> =
            answer.split([' ', ',', ';']).filter(|word| !word.is_empty()).map(colleague).collect::<Result<_, _>>()?;
        if team.is_empty() {
            Err("nobody is named: no forward and no BCC would be obeyed".to_owned())
        } else {
            Ok(team)
        }
    })
}

fn ask_proof(
    args: &InitArgs,
    dialog: &mut Dialog,
    provider: Option<Provider>,
    captures: bool,
) -> Result<Option<Proof>, Failure> {
    let flags = [
        args.password_command.clone().map(Proof::Command),
        args.password_credential.clone().map(Proof::Credential),
        args.oauth_client_id.clone().map(Proof::OAuth),
    ];
    if let Some(proof) = flags.into_iter().flatten().next() {
        return Ok(Some(proof));
    }
    if let Some(facts) = provider.map(Provider::facts) {
        dialog.say(&format!("  {}.", facts.before));
        if facts.tokens_only && args.password_file.is_none() {
            let words = "The client-id under which touchbase is registered there";
            return dialog.ask(question("--oauth-client-id", &None, words, None), |id| match id {
                "" => Err("there is no login without one; docs/microsoft-365.md says how to get it".to_owned()),
                id => Ok(Proof::OAuth(id.to_owned())),
            });
        }
    }
    let name = if captures { "capture.password" } else { "mail.password" };
    let words = "The file for the password, beside the configuration";
    dialog.ask(question("--password-file", &args.password_file, words, Some(name.to_owned())), |file| {
        Ok(Proof::File(file.to_owned()))
    })
}

fn address(answer: &str) -> Result<Address, String> {
    Address::parse(answer).ok_or_else(|| "that is no mail address, such as log@us.example".to_owned())
}

fn host(answer: &str) -> Result<String, String> {
    let sound = !answer.is_empty() && answer.chars().all(|c| c.is_alphanumeric() || "-._".contains(c));
    sound.then(|| answer.to_owned()).ok_or_else(|| "that is no server's name, such as imap.us.example".to_owned())
}

fn time_zone(answer: &str) -> Result<String, String> {
    match answer == "system" || jiff::tz::TimeZone::get(answer).is_ok() {
        true => Ok(answer.to_owned()),
        false => Err("that is no time zone, such as Europe/Brussels".to_owned()),
    }
}

fn colleague(word: &str) -> Result<Colleague, String> {
    if word.contains('@') {
        return address(word).map(Colleague::Address);
    }
    match Domain::parse(word) {
        Some(domain) if domains::is_freemail(&domain) => {
            Err(format!("everybody has an address at {domain}: name your colleagues one by one"))
        }
        Some(domain) => Ok(Colleague::Domain(domain)),
        None => Err(format!("{word} is neither an address nor a domain")),
    }
}
